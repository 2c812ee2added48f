//! Snippets set in pages, with what must go marked.

use std::ops::Range;

use crate::dom::parse::{ParseOptions, parse};
use crate::dom::{Document, NodeData, NodeId};
use crate::rules::source::case::{Case, Form, Wanted};

/// The attribute, or the start of a line in a text, that marks what must go.
const MARK: &str = "husk";

/// Neutral words: nothing in them asks, quotes, counts money or says "we". A test holds every
/// shipped rule against them.
const PROSE: &str = "The mill by the river was built in the spring of that year, and the wheel \
turned until the stone above the door was worn smooth. Farmers from three valleys brought their \
grain on carts, waited in the yard and watched the water run under the wooden bridge. When the \
railway came the road fell quiet, the last miller moved to the town, and birch trees grew between \
the walls. A surveyor who walked along the bank in autumn found the axle still in place and drew \
it on the back of his map. The drawing hangs in the village hall today, beside a photograph of the \
flood and a list of the families who lived upstream.";

/// The paragraphs around a snippet, at least, and the words of each.
const PARAGRAPHS: usize = 6;
const PARAGRAPH_WORDS: usize = 40;

/// The words around a snippet for each word in it, so that the guard which keeps a rule from taking
/// too much of a page has nothing to say.
const WORDS_AROUND: usize = 4;

/// The most neutral words that a snippet may ask for at once, and in all.
const MAX_PROSE: usize = 5000;
const MAX_ALL_PROSE: usize = 50_000;

/// A snippet, set in a page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) text: String,
    /// The snippet's bytes in it.
    pub(super) snippet: Range<usize>,
    /// The bytes that must go.
    pub(super) husk: Vec<Range<usize>>,
    /// The lines of the snippet as its author wrote them, with their bytes in the page.
    pub(super) lines: Vec<(String, Range<usize>)>,
}

/// Sets the snippet of `case` in a page.
///
/// # Errors
///
/// What is wrong with the snippet, for its author.
pub(super) fn set(case: &Case) -> Result<Page, String> {
    match case.form {
        Form::Html => html(case),
        Form::Text | Form::Markdown => text(case),
    }
}

fn html(case: &Case) -> Result<Page, String> {
    let mut page = Page::new(case)?;
    let start = case.snippet.trim_start().get(..9).unwrap_or_default().to_ascii_lowercase();
    let whole = start.starts_with("<!doctype") || start.starts_with("<html");
    if !whole {
        let around = page.around(|paragraph| format!("<p>{paragraph}</p>\n"));
        page.frame(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>The old \
             mill</title></head>\n<body><main>\n<h1>The old mill</h1>\n",
            &around,
            "</main></body></html>\n",
        );
    }
    let doc = parse(&page.text, &ParseOptions::default()).map_err(|error| error.to_string())?;
    let tops = top_level(&doc, &page, whole);
    if tops.is_empty() {
        return Err("there is nothing in the snippet that a page would show".into());
    }
    page.husk = match case.wanted {
        Wanted::Keep => Vec::new(),
        Wanted::Remove => tops,
        Wanted::Page => marked(&doc),
    };
    page.check(case)
}

/// What of the snippet stands directly in the page around it; of a whole page, in its body.
fn top_level(doc: &Document, page: &Page, whole: bool) -> Vec<Range<usize>> {
    let snippet = &page.snippet;
    let around = |id: NodeId| match doc.name(id) {
        Some(name) if whole => &**name == "body",
        Some(_) => doc.span(id).is_some_and(|span| span.start < snippet.start),
        None => false,
    };
    let ids = (0..doc.nodes.len() as u32).map(NodeId);
    let tops = ids.filter(|id| doc.node(*id).parent.is_some_and(around));
    let spans = tops.filter_map(|id| {
        let span = doc.span(id)?;
        match doc.node(id).data {
            NodeData::Element(_) => (span.start >= snippet.start).then_some(span),
            NodeData::Text(_) => Some(span),
            _ => None,
        }
    });
    spans
        .map(|span| span.start.max(snippet.start)..span.end.min(snippet.end))
        .filter(|span| span.start < span.end && !page.text[span.clone()].trim().is_empty())
        .collect()
}

fn marked(doc: &Document) -> Vec<Range<usize>> {
    let ids = (0..doc.nodes.len() as u32).map(NodeId);
    ids.filter(|id| doc.element(*id).is_some_and(|element| element.attr(MARK).is_some()))
        .filter_map(|id| doc.span(id))
        .collect()
}

fn text(case: &Case) -> Result<Page, String> {
    let mut page = Page::new(case)?;
    let heading =
        if case.form == Form::Markdown { "# The old mill\n\n" } else { "The old mill\n\n" };
    // The marks are not part of the text.
    let mut bare = String::new();
    let mut marks = Vec::new();
    let lines = case.snippet.lines().zip(page.text.lines());
    let mut placed = Vec::new();
    for (written, line) in lines {
        let rest = line.strip_prefix(MARK).and_then(|rest| rest.strip_prefix(':'));
        let own = rest.map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest));
        let at = bare.len();
        bare.push_str(own);
        if rest.is_some() || case.wanted == Wanted::Remove {
            marks.push(at..bare.len());
        }
        placed.push((written.to_string(), at..bare.len()));
        bare.push('\n');
    }
    page.text = bare;
    page.snippet = 0..page.text.len();
    page.lines = placed;
    page.husk = marks;
    let around = page.around(|paragraph| format!("{paragraph}\n\n"));
    page.text.push('\n');
    page.frame(heading, &around, "");
    page.check(case)
}

impl Page {
    /// The snippet by itself, its neutral words spelt out.
    fn new(case: &Case) -> Result<Page, String> {
        if case.snippet.trim().is_empty() {
            return Err("the snippet is empty".into());
        }
        let (mut text, mut lines) = (String::new(), Vec::new());
        let mut left = MAX_ALL_PROSE;
        for line in case.snippet.lines() {
            let at = text.len();
            text.push_str(&spell_out(line, &mut left)?);
            lines.push((line.to_string(), at..text.len()));
            text.push('\n');
        }
        Ok(Page { snippet: 0..text.len(), text, husk: Vec::new(), lines })
    }

    /// Neutral paragraphs, in two halves.
    fn around(&self, paragraph: impl Fn(&str) -> String) -> [String; 2] {
        // Scripts without spaces have no words to count; five letters are about one.
        let words = self.text.split_whitespace().count().max(self.text.chars().count() / 6);
        let count = PARAGRAPHS.max(words * WORDS_AROUND / PARAGRAPH_WORDS + 1);
        let mut words = PROSE.split(' ').cycle();
        let mut paragraphs = (0..count).map(|_| {
            let own: Vec<&str> = words.by_ref().take(PARAGRAPH_WORDS).collect();
            paragraph(&sentence(&own.join(" ")))
        });
        [paragraphs.by_ref().take(count / 2).collect(), paragraphs.collect()]
    }

    /// Puts the snippet between what stands before and after it.
    fn frame(&mut self, head: &str, around: &[String; 2], foot: &str) {
        let [before, after] = around;
        let by = head.len() + before.len();
        self.text = format!("{head}{before}{}{after}{foot}", self.text);
        self.snippet = self.snippet.start + by..self.snippet.end + by;
        let ranges = self.lines.iter_mut().map(|(_, range)| range).chain(&mut self.husk);
        ranges.for_each(|range| *range = range.start + by..range.end + by);
    }

    fn check(self, case: &Case) -> Result<Page, String> {
        if case.wanted == Wanted::Page && self.husk.is_empty() {
            return Err(match case.form {
                Form::Html => "no element has the attribute `husk`; if all of it stays, use `keep`",
                _ => "no line begins with `husk:`; if all of it stays, use `keep`",
            }
            .into());
        }
        Ok(self)
    }
}

/// A line with `[[prose 80]]` replaced by 80 neutral words, of which there may be `left` in all.
fn spell_out(line: &str, left: &mut usize) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("[[") {
        let (place, behind) = after.split_once("]]").ok_or("`[[` is not closed by `]]`")?;
        let number = place.trim().strip_prefix("prose").map(|number| number.trim().parse());
        let count = match number {
            Some(Ok(count)) if (1..=MAX_PROSE).contains(&count) => count,
            _ => {
                return Err(format!(
                    "`[[{place}]]` is not known; `[[prose 80]]` stands for 80 neutral words, up to \
                     {MAX_PROSE}"
                ));
            }
        };
        *left = left
            .checked_sub(count)
            .ok_or_else(|| format!("a snippet has at most {MAX_ALL_PROSE} neutral words in all"))?;
        out.push_str(before);
        let words: Vec<&str> = PROSE.split(' ').cycle().take(count).collect();
        out.push_str(&sentence(&words.join(" ")));
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// Neutral words with a capital at the start and a full stop at the end.
fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches(['.', ',']))
}
