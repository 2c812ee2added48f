//! Rules and tests written from examples.

mod names;
mod selector;
pub(crate) mod sketch;
pub(crate) mod yaml;

use std::fmt::Write;

use crate::dom::{Document, NodeId};
use crate::evidence::block::{BlockId, is_frame};
use crate::inspect::{Desk, Pick};

use crate::judge::guards::is_too_large_a_share;
use crate::judge::reach;
use crate::rules::site::Address;
use crate::rules::source::phrase::Phrase;
use crate::rules::source::rule::{Rule, Test};
use crate::text::Kind;
use crate::{Category, Cleaner, Error, Rules, address_of};
use sketch::{Text, sketch};
use yaml::{block, scalar};

/// Blocks that are told of when a text stands in several.
const MAX_PLACES: usize = 8;

/// The words of a block that name it.
const NAME_WORDS: usize = 8;

/// The points from which a rule says something of what a block is: more than it gives to any block
/// for being short.
const CATEGORY_POINTS: i32 = 50;

/// The most lines of a test that is made from a page. Longer ones nobody would read.
const MAX_LINES: usize = 40;

/// The most elements that stand in a test only to be counted.
const MAX_EMPTY: usize = 40;

/// What is known of a rule that is to be written, beside the example.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DraftOptions {
    /// Its id; else it is made from the site and the category.
    pub id: Option<String>,
    /// What the block is; else what the rules think.
    pub category: Option<Category>,
    /// The day on which the page was seen, as `2026-11-23`.
    pub date: Option<String>,
}

/// A rule written from an example, with its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// The rule file.
    pub yaml: String,
    /// The rule's id.
    pub id: String,
    /// What it removes.
    pub category: Category,
    /// What else its author should know.
    pub notes: Vec<String>,
}

impl Cleaner {
    /// Writes a rule for the site of a page that removes the block picked, and tests for it.
    ///
    /// ```
    /// use dehusk::{Cleaner, DraftOptions, Pick, Rules};
    ///
    /// let page = b"<link rel=canonical href=https://example.org/a><h1>The mill</h1><p>It is old.</p>\
    ///     <div class='post-support css-1x2y'><p>Chip in for the roof</p></div><p>It is quiet.</p>";
    /// let mut options = DraftOptions::default();
    /// options.category = Some(dehusk::Category::Donation);
    /// let pick = Pick::Containing("for the roof".into());
    /// let draft = Cleaner::new(Rules::builtin()).draft(page, &pick, &options)?;
    /// assert!(draft.yaml.contains("sites: [example.org]"));
    /// assert!(draft.yaml.contains("remove: '.post-support'"));
    /// # Ok::<(), dehusk::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The input is past the limits ([`Error::is_limit`]); or the block cannot be told, or what it
    /// is and where it is from is not known ([`Error::is_request`]).
    pub fn draft(&self, input: &[u8], pick: &Pick, options: &DraftOptions) -> Result<Draft, Error> {
        let url = self.address().map(str::to_string).or_else(|| address_of(input));
        let url = url.ok_or_else(|| {
            Error::request("the page does not say where it is from; give its address (--url)")
        })?;
        let cuts = self.clean(input)?.cuts;
        self.at_desk(input, |desk| {
            if desk.kind != Kind::Html {
                return Err(Error::request(
                    "text has no elements to select; write a rule with phrases (--text)",
                ));
            }
            let example = desk.example(pick, options)?;
            let mut notes = Vec::new();
            let at = desk.doc.span(example.targets[0]).map_or(0, |span| span.start);
            let at = desk.decoded.source_offset(at);
            if let Some(cut) = cuts.iter().find(|cut| cut.place.range.contains(&at)) {
                notes.push(format!("dehusk removes this block already, by {}", cut.rule.id));
            }
            desk.draft(&example, &url, options, notes)
        })?
    }
}

/// The block that a rule is written for.
struct Example {
    targets: Vec<NodeId>,
    category: Category,
    text: String,
}

impl Desk<'_> {
    fn example(&self, pick: &Pick, options: &DraftOptions) -> Result<Example, Error> {
        let runs = self.pick(pick)?;
        let is_text = matches!(pick, Pick::Containing(_));
        if is_text && runs.len() > 1 {
            return Err(Error::request(self.several(&runs)));
        }
        let (block, _) = *runs.first().ok_or_else(|| Error::request("nothing is picked"))?;
        let (words, page) = (self.words(block), self.words(BlockId(0)));
        if is_text && is_too_large_a_share(self.assessor.scale, words) {
            return Err(Error::request(format!(
                "the smallest block with all of this text has {words} of the page's {page} words; \
                 give a text that stands together, or take --select"
            )));
        }
        let category = options.category.or_else(|| self.category(block)).ok_or_else(|| {
            let names = Category::ALL.map(Category::name).join(", ");
            Error::request(format!(
                "no rule says what this block is; say it with --category: {names}"
            ))
        })?;
        let targets = if is_text {
            vec![self.target(block, category)]
        } else {
            runs.iter().map(|(block, _)| self.element(*block)).collect()
        };
        let (first, last) = (targets[0], targets[0]);
        let text = crate::explain::text_of(self.doc, first, last);
        if targets.iter().any(|id| self.doc.name(*id).is_none_or(is_frame)) {
            return Err(Error::request("this block is the page itself; pick something smaller"));
        }
        Ok(Example { targets, category, text })
    }

    fn words(&self, block: BlockId) -> u32 {
        self.outline().block(block).measures.words
    }

    /// Where a text stands that was meant to stand in one place.
    fn several(&self, runs: &[(BlockId, BlockId)]) -> String {
        let mut out = format!("the text stands in {} places:", runs.len());
        for (block, _) in runs.iter().take(MAX_PLACES) {
            let block = self.outline().block(*block);
            let place = self.assessor.narrator.place(block.first, block.last);
            let _ = write!(out, "\n  line {}  {}", place.line, place.path);
        }
        if runs.len() > MAX_PLACES {
            let _ = write!(out, "\n  and {} more", runs.len() - MAX_PLACES);
        }
        out.push_str("\nname more of the text that is meant, or take --select");
        out
    }

    /// What the rules think that a block is: what they cut it for, or what it is nearest to.
    fn category(&self, block: BlockId) -> Option<Category> {
        let outline = self.outline();
        let cut = self.assessor.regions.iter().find(|region| {
            region.from <= block && outline.block(block).end <= outline.block(region.to).end
        });
        let nearest = || {
            let rules = &self.assessor.scale.rules.set.rules;
            // What belongs to an appeal says nothing where there is none.
            let alone =
                |rule: &Rule| !rule.conditions.iter().any(|test| matches!(test, Test::Beside(_)));
            let removing =
                (0..rules.len()).filter(|i| rules[*i].category.is_some() && alone(&rules[*i]));
            let chain: Vec<BlockId> = self.chain(block).collect();
            let all = removing.flat_map(|rule| {
                chain.iter().map(move |id| self.assessor.assess(rule, *id)).collect::<Vec<_>>()
            });
            // A category that is off says as much about the block as one that is on.
            let told = all.filter(|assessment| assessment.points >= CATEGORY_POINTS);
            told.min_by_key(|a| (100 - a.points.min(100), a.distance())).and_then(|a| a.category)
        };
        cut.map(|region| region.category).or_else(nearest)
    }

    /// The element to remove for the appeal that stands in `block`.
    fn target(&self, block: BlockId, category: Category) -> NodeId {
        let Desk { assessor, .. } = self;
        let outline = self.outline();
        let cut = assessor.regions.iter().find(|region| {
            let end = outline.block(region.to).end;
            region.from <= block && outline.block(block).end <= end
        });
        let (from, to) = match cut {
            Some(region) => (region.from, region.to),
            None => reach(assessor.scale, assessor.scope, assessor.shields, category, block),
        };
        // What reaches over neighbours is no element; then the block's own one has to do.
        self.element(if from == to { from } else { block })
    }

    /// The element of a block; of a run of text, the one it stands in.
    fn element(&self, block: BlockId) -> NodeId {
        let block = self.outline().block(self.whole(block));
        if block.first == block.last && self.doc.element(block.first).is_some() {
            return block.first;
        }
        selector::ancestors(self.doc, block.first).next().unwrap_or(block.first)
    }

    fn draft(
        &self,
        example: &Example,
        url: &str,
        options: &DraftOptions,
        mut notes: Vec<String>,
    ) -> Result<Draft, Error> {
        let (selector, anchor) =
            selector::propose(self.doc, &example.targets).ok_or_else(|| {
                Error::request("no selector tells this block from all others on the page")
            })?;
        if selector.contains(":nth-of-type") {
            notes.push(
                "nothing there has a name that would last, so the selector goes by the place \
                 alone; look at it again when the site changes"
                    .into(),
            );
        }
        let host = Address::parse(url).host().to_string();
        let site = host.strip_prefix("www.").unwrap_or(&host).to_string();
        let category = example.category;
        let id = match &options.id {
            Some(id) => id.clone(),
            None => format!("{}-{}", kebab(&site), category.name()),
        };
        let words: Vec<&str> = example.text.split_whitespace().take(NAME_WORDS).collect();
        let begins = match words.join(" ").as_str() {
            "" => "A block without words.".to_string(),
            text => format!("The block that begins \"{text}\"."),
        };
        let mut out = format!(
            "format: 1\nsummary: {}\nsites: [{site}]\nrules:\n  - id: {id}\n    category: \
             {category}\n    summary: {}\n    because: The selector fits this block and nothing \
             else on the page it was seen on.\n    remove: {}\n",
            scalar(&format!("What {site} says for itself.")),
            scalar(&begins),
            quoted(&selector),
        );
        if let Some(date) = &options.date {
            let _ = write!(out, "    seen:\n      - {{ url: {}, date: {date} }}\n", quoted(url));
        }
        let tests = self.tests(example, anchor);
        out = keep_passing(out, &id, tests, &mut notes);
        Ok(Draft { yaml: out, id, category, notes })
    }

    /// Tests from the structure of the page, the most telling first.
    fn tests(&self, example: &Example, anchor: NodeId) -> Vec<String> {
        let doc = self.doc;
        let target = example.targets[0];
        let neutral = sketch(doc, (target, target), Text::Neutral, None, 0);
        // By itself the block has not what the selector asks to stand around it.
        let own = match anchor == target {
            true => sketch(doc, (target, target), Text::Own, None, 0),
            false => String::new(),
        };
        let text = if own.is_empty() { Text::Own } else { Text::Neutral };
        let around = self.around(target, anchor, text);
        let test = |name: &str, url: &str, key: &str, snippet: &str| {
            let fits = (1..=MAX_LINES).contains(&snippet.lines().count());
            fits.then(|| format!("      - name: {name}\n{url}{}", block(key, snippet, 8)))
        };
        let elsewhere = "        url: https://elsewhere.example/\n";
        [
            test("the block goes", "", "remove", &own),
            test("what stands around it stays", "", "page", &around),
            test("the same on another site stays", elsewhere, "keep", &neutral),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The block in its place, other words than its `text` neutral: with the elements before and after it, within
    /// all that is around it up to `anchor`.
    fn around(&self, target: NodeId, anchor: NodeId, text: Text) -> String {
        let doc = self.doc;
        let mut steps: Vec<NodeId> = selector::ancestors(doc, target)
            .take_while(|id| doc.name(*id).is_some_and(|name| !is_frame(name)))
            .collect();
        let far = steps.iter().position(|id| *id == anchor).map_or(1, |at| at + 1);
        steps.truncate(far);
        steps.reverse();
        let depth = steps.len();
        let mut lines = Vec::new();
        for (i, id) in steps.iter().enumerate() {
            // What stands before it, by which its place is counted.
            if i > 0 {
                let same = before(doc, *id).filter(|other| doc.name(*other) == doc.name(*id));
                lines.extend(empty(doc, *id, same.count(), i));
            }
            lines.push(format!("{}{}", "  ".repeat(i), sketch::open(doc, *id)));
        }
        let sibling = |next: fn(&Document, NodeId) -> Option<NodeId>| {
            let others = std::iter::successors(next(doc, target), move |id| next(doc, *id));
            let mut sketches = others
                .filter(|id| doc.element(*id).is_some())
                .map(|id| (id, sketch(doc, (id, id), Text::Neutral, None, depth)));
            sketches.find(|(_, sketch)| !sketch.is_empty())
        };
        // The nearest one before is shown, further ones are only counted.
        let (name, shown) = (doc.name(target), sibling(|doc, id| doc.node(id).prev));
        let further = before(doc, target).filter(|id| {
            doc.name(*id) == name && shown.as_ref().is_none_or(|(shown, _)| shown != id)
        });
        lines.extend(empty(doc, target, further.count(), depth));
        lines.extend(shown.map(|(_, sketch)| sketch));
        lines.push(sketch(doc, (target, target), text, Some(target), depth));
        lines.extend(sibling(|doc, id| doc.node(id).next).map(|(_, sketch)| sketch));
        for (i, id) in steps.iter().enumerate().rev() {
            let name = doc.name(*id).map_or("div", |name| name);
            lines.push(format!("{}</{name}>", "  ".repeat(i)));
        }
        lines.join("\n")
    }
}

/// What stands before a node, nearest first.
fn before(doc: &Document, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    std::iter::successors(doc.node(id).prev, |id| doc.node(*id).prev)
}

/// A line of empty elements of the name of `id`.
fn empty(doc: &Document, id: NodeId, count: usize, depth: usize) -> Option<String> {
    let name = doc.name(id)?;
    let tags = format!("<{name}></{name}>").repeat(count.min(MAX_EMPTY));
    (count > 0).then(|| format!("{}{tags}", "  ".repeat(depth)))
}

/// Writes a rule that finds phrases, each with its language, on all sites; and tests for it.
///
/// ```
/// use dehusk::{Category, draft_phrases};
///
/// let phrases = [("de".to_string(), "unterstütze die Mühle".to_string())];
/// let draft = draft_phrases(&phrases, Category::Donation, None)?;
/// assert!(draft.yaml.contains("de: [unterstütze die Mühle]"));
/// # Ok::<(), dehusk::Error>(())
/// ```
///
/// # Errors
///
/// A text is not a phrase ([`Error::is_request`]).
pub fn draft_phrases(
    phrases: &[(String, String)],
    category: Category,
    id: Option<&str>,
) -> Result<Draft, Error> {
    for (_, text) in phrases {
        Phrase::parse(text)
            .map_err(|bad| Error::request(format!("\"{text}\": {}", bad.message())))?;
    }
    let first = phrases.first().ok_or_else(|| Error::request("there is no phrase"))?;
    let id = match id {
        Some(id) => id.to_string(),
        None => {
            let words: Vec<String> =
                first.1.split_whitespace().take(3).map(kebab).filter(|w| !w.is_empty()).collect();
            let words = if words.is_empty() { "phrase".to_string() } else { words.join("-") };
            format!("{words}-{category}")
        }
    };
    let mut out = format!(
        "format: 1\nsummary: Phrases of my own.\nrules:\n  - id: {id}\n    category: {category}\n    \
         summary: {}\n    because: The words ask, and a short block has nothing else to say.\n    \
         evidence:\n      - points: 70\n        phrases:\n",
        scalar(&format!("A block that says \"{}\".", first.1)),
    );
    let mut languages: Vec<&str> = Vec::new();
    for (language, _) in phrases {
        if !languages.contains(&language.as_str()) {
            languages.push(language);
        }
    }
    for language in &languages {
        let own = phrases.iter().filter(|(name, _)| name == language);
        let own: Vec<String> = own.map(|(_, text)| flow(text)).collect();
        let _ = writeln!(out, "          {language}: [{}]", own.join(", "));
    }
    out.push_str("      - points: 40\n        words: { max: 40 }\n");
    let plain =
        |text: &str| text.replace('*', "").replace(" ... ", " one ").replace(" … ", " one ");
    let mut tests = Vec::new();
    for language in &languages {
        let Some((_, text)) = phrases.iter().find(|(name, _)| name == language) else { continue };
        let snippet = format!("<p>{}</p>", sketch::escaped(&plain(text)));
        let name = format!("      - name: {}\n", scalar(&format!("says it in {language}")));
        tests.push(format!("{name}{}", block("remove", &snippet, 8)));
    }
    let text = sketch::escaped(&plain(&first.1));
    let snippet = format!("<p>[[prose 50]] {text} [[prose 50]]</p>");
    let name = "      - name: a long paragraph mentions it\n";
    tests.push(format!("{name}{}", block("keep", &snippet, 8)));
    let mut notes = Vec::new();
    let yaml = keep_passing(out, &id, tests, &mut notes);
    Ok(Draft { yaml, id, category, notes })
}

/// The rule with those of its tests that pass.
fn keep_passing(rule: String, id: &str, tests: Vec<String>, notes: &mut Vec<String>) -> String {
    let passes = |test: &String| {
        let text = format!("{rule}    tests:\n{test}");
        let suite = Rules::builder().use_builtin(false).text("draft.yaml", text).suite();
        suite.is_ok_and(|suite| suite.run(id).iter().all(|report| report.passed()))
    };
    let count = tests.len();
    let good: Vec<String> = tests.into_iter().filter(passes).collect();
    if good.len() < count {
        notes.push(format!(
            "{} of {count} tests could not be made from this page; write some by hand",
            count - good.len()
        ));
    }
    if good.is_empty() { rule } else { format!("{rule}    tests:\n{}", good.concat()) }
}

/// A text in single quotes: how selectors and addresses are written.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text in a list in brackets, where commas have a meaning.
fn flow(text: &str) -> String {
    let plain = scalar(text);
    if plain.contains(',') && !plain.starts_with('\'') { quoted(text) } else { plain }
}

/// A name in the form of ids.
fn kebab(text: &str) -> String {
    let letters = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let text: String = letters.collect::<String>().to_ascii_lowercase();
    text.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
