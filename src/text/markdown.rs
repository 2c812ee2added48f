//! Markdown, read by pulldown-cmark and put into blocks that cover whole lines.
//!
//! Three things differ from what a renderer makes of it. The paragraph of a list item is always a
//! `p`, so that a list looks the same whether its items have blank lines between them or not. A
//! paragraph whose lines are statements of their own is a `div` with a `p` for each, as in plain
//! text. And what says nothing to a reader (link definitions, HTML comments, tags) is a comment.

use html5ever::{LocalName, local_name};
use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag};

use super::{
    build::Builder,
    lines::{Line, Lines, trim, wraps},
    links::text_with_links,
    plain,
};
use crate::dom::{Document, Span};

/// How deep blocks may nest before a file is read as plain text. Each further line of a paragraph
/// is compared with every container around it, so without a limit time grows with their product.
const MAX_NESTING: usize = 128;

/// How deep elements are nested in the document; what lies deeper is kept as text.
const MAX_DEPTH: usize = 512;

/// Reads Markdown.
pub(super) fn parse(source: &str) -> Document {
    if plain::is_data(source) || nests_too_deep(source) {
        return plain::parse(source);
    }
    let base = front_matter(source).map_or(0, |front| front.end);
    let mut reader = Reader::new(source, base);
    if base > 0 {
        reader.builder.open(local_name!("pre"), 0..base);
        let text = trim(source, 0..base);
        reader.builder.text(source.get(text.clone()).unwrap_or_default(), text);
        reader.builder.close();
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let body = source.get(base..).unwrap_or_default();
    for (event, span) in Parser::new_ext(body, options).into_offset_iter() {
        reader.event(event, span.start + base..span.end + base);
    }
    reader.finish()
}

/// Whether some line may lie in more containers than [`MAX_NESTING`], judged by its marks and its
/// indentation.
fn nests_too_deep(source: &str) -> bool {
    Lines::new(source).any(|line| {
        let text = source.get(line.start..line.end).unwrap_or_default();
        let (mut marks, mut columns) = (0, 0);
        let mut bytes = text.bytes().peekable();
        while let Some(byte) = bytes.next() {
            match byte {
                b' ' => columns += 1,
                b'\t' => columns += 4,
                b'>' => marks += 1,
                b'-' | b'*' | b'+' | b'.' | b')' if matches!(bytes.peek(), Some(b' ' | b'\t')) => {
                    marks += 1;
                }
                b'0'..=b'9' => {}
                _ => break,
            }
        }
        marks + columns / 2 > MAX_NESTING && plain::rule(text.trim()).is_none()
    })
}

/// Metadata between two lines of `---` or `+++` at the very start, as many generators want it.
/// A rule above the first paragraph is not that: the first line must look like a key.
fn front_matter(source: &str) -> Option<Span> {
    let said = |line: Line| source.get(line.start..line.end).unwrap_or_default().trim_end();
    let mut lines = Lines::new(source);
    let fence = said(lines.next()?);
    let first = said(lines.next()?);
    let separator = match fence {
        "---" => ':',
        "+++" => '=',
        _ => return None,
    };
    let (key, _) = first.split_once(separator)?;
    let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '"' | '\'' | ' ');
    if key.is_empty() || key.starts_with(' ') || !key.chars().all(named) {
        return None;
    }
    let end =
        lines.find(|line| said(*line) == fence || (fence == "---" && said(*line) == "..."))?;
    Some(0..end.next)
}

struct Reader<'a> {
    source: &'a str,
    builder: Builder,
    /// What the open tags became, outermost first.
    open: Vec<Open>,
    /// How many of them are links, and how many quotations.
    links: usize,
    quotes: usize,
    /// Whether the open table is at its head.
    head: bool,
    image: Option<Image>,
    /// Where the lines of the open paragraph end, and whether they wrap.
    breaks: Vec<(usize, bool)>,
    /// The end of the last block in `body`.
    covered: usize,
    /// The end of the last text.
    text_end: usize,
    /// The end of the last range that was trimmed, and what was left of it: nested blocks end
    /// together, and each would look at the same blank lines again.
    trimmed: (usize, usize),
}

/// What a tag became.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A block that holds blocks.
    Container,
    Quote,
    /// A block or phrase that holds text.
    Text,
    Link,
    /// A block whose text is no Markdown.
    Verbatim,
    /// A paragraph taken apart into lines: a `div` and a `p`.
    Lines,
    /// A paragraph without a tag: the text of a list item in a list without blank lines.
    Implied,
    /// No element, because it lies too deep; its text belongs to the one around it.
    Nothing,
    /// No element, and no text.
    Silent,
}

/// An image, while its alternative text is read.
struct Image {
    span: Span,
    src: String,
    alt: String,
    /// How many tags are open within.
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, covered: usize) -> Reader<'a> {
        Reader {
            source,
            builder: Builder::new(),
            open: Vec::new(),
            links: 0,
            quotes: 0,
            head: false,
            image: None,
            breaks: Vec::new(),
            covered,
            text_end: covered,
            trimmed: (0, 0),
        }
    }

    fn finish(mut self) -> Document {
        while !self.open.is_empty() {
            self.close_implied();
            self.end();
        }
        self.note_uncovered(self.source.len());
        self.builder.finish()
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        if let Some(image) = self.image.take() {
            self.image = self.in_image(image, event);
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(_) => {
                self.close_implied();
                self.end();
            }
            Event::Rule => {
                self.close_implied();
                let span = self.block(span);
                self.builder.leaf(local_name!("hr"), span);
            }
            Event::SoftBreak => self.line_break(false, span),
            Event::HardBreak => self.line_break(true, span),
            Event::Text(text) | Event::Html(text) => self.text(&text, span),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.phrase(Open::Text, local_name!("code"), Vec::new(), span.clone());
                self.builder.text(&text, span);
                self.end();
            }
            Event::InlineHtml(_) | Event::TaskListMarker(_) => {
                self.imply_paragraph(&span);
                self.builder.comment(self.source.get(span.clone()).unwrap_or_default(), span);
            }
            Event::FootnoteReference(_) => {
                let text = self.source.get(span.clone()).unwrap_or_default();
                self.text(text, span);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        use Open::{Container, Text, Verbatim};
        match tag {
            Tag::Paragraph => self.paragraph(span),
            Tag::Heading { level, .. } => self.open_block(heading(level), Text, span),
            Tag::BlockQuote(_) => {
                self.close_implied();
                self.quotes += 1;
                self.open_block(local_name!("blockquote"), Open::Quote, span);
            }
            Tag::CodeBlock(_) => self.open_block(local_name!("pre"), Verbatim, span),
            Tag::HtmlBlock => self.html(span),
            Tag::List(None) => self.open_block(local_name!("ul"), Container, span),
            Tag::List(Some(_)) => self.open_block(local_name!("ol"), Container, span),
            Tag::Item => self.open_block(local_name!("li"), Container, span),
            Tag::FootnoteDefinition(_) => self.open_block(local_name!("div"), Container, span),
            Tag::Table(_) => self.open_block(local_name!("table"), Container, span),
            Tag::TableHead => {
                self.head = true;
                self.open_block(local_name!("thead"), Container, span);
            }
            Tag::TableRow => {
                self.head = false;
                self.open_block(local_name!("tr"), Container, span);
            }
            Tag::TableCell => {
                let name = if self.head { local_name!("th") } else { local_name!("td") };
                self.push(name, Vec::new(), Text, span);
            }
            Tag::Link { link_type, dest_url, .. } => {
                let mail = if link_type == LinkType::Email { "mailto:" } else { "" };
                let href = format!("{mail}{dest_url}");
                let attrs = vec![(local_name!("href"), href.as_str())];
                self.phrase(Open::Link, local_name!("a"), attrs, span);
            }
            Tag::Image { dest_url, .. } => {
                self.imply_paragraph(&span);
                let (src, alt) = (dest_url.into_string(), String::new());
                self.image = Some(Image { span, src, alt, depth: 0 });
            }
            Tag::Emphasis => self.phrase(Text, local_name!("em"), Vec::new(), span),
            Tag::Strong => self.phrase(Text, local_name!("strong"), Vec::new(), span),
            Tag::Strikethrough => self.phrase(Text, local_name!("del"), Vec::new(), span),
            // Of extensions that are not asked for.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => self.open.push(Open::Nothing),
        }
    }

    fn end(&mut self) {
        match self.open.pop() {
            Some(Open::Lines) => {
                self.builder.close();
                self.builder.close();
            }
            Some(Open::Link) => {
                self.links = self.links.saturating_sub(1);
                self.builder.close();
            }
            Some(Open::Quote) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.builder.close();
            }
            Some(Open::Container | Open::Text | Open::Verbatim | Open::Implied) => {
                self.builder.close();
            }
            Some(Open::Nothing | Open::Silent) | None => {}
        }
    }

    /// Opens an element, or nothing if that would be too deep.
    fn push(&mut self, name: LocalName, attrs: Vec<(LocalName, &str)>, open: Open, span: Span) {
        if self.builder.depth() >= MAX_DEPTH {
            self.open.push(Open::Nothing);
            return;
        }
        self.links += usize::from(open == Open::Link);
        self.builder.open_with(name, attrs, span);
        self.open.push(open);
    }

    fn open_block(&mut self, name: LocalName, open: Open, span: Span) {
        self.close_implied();
        let span = self.block(span);
        self.push(name, Vec::new(), open, span);
    }

    /// Opens an element within a line.
    fn phrase(&mut self, open: Open, name: LocalName, attrs: Vec<(LocalName, &str)>, span: Span) {
        self.imply_paragraph(&span);
        self.push(name, attrs, open, span);
    }

    fn paragraph(&mut self, span: Span) {
        self.close_implied();
        let span = self.block(span);
        let lines: Vec<Line> = Lines::new(self.source.get(span.clone()).unwrap_or_default())
            .map(|line| Line {
                start: line.start + span.start,
                end: line.end + span.start,
                next: line.next + span.start,
            })
            .collect();
        let said: Vec<&str> = lines
            .iter()
            .map(|line| trim(self.source, line.start..line.end))
            .map(|text| self.source.get(text).unwrap_or_default())
            .collect();
        let wraps = wraps(&said);
        self.breaks.clear();
        self.breaks.extend(lines.iter().map(|line| line.next).zip(wraps));
        let inner = self.breaks.split_last().map_or(&[][..], |(_, inner)| inner);
        if inner.iter().all(|(_, wraps)| *wraps) || self.builder.depth() + 2 > MAX_DEPTH {
            self.push(local_name!("p"), Vec::new(), Open::Text, span);
        } else {
            self.push(local_name!("div"), Vec::new(), Open::Lines, span.clone());
            self.builder.open(local_name!("p"), span);
        }
    }

    fn html(&mut self, span: Span) {
        let text = self.source.get(trim(self.source, span.clone())).unwrap_or_default();
        let comment = text.strip_prefix("<!--").and_then(|rest| rest.split_once("-->"));
        if comment.is_some_and(|(_, behind)| behind.is_empty()) {
            self.close_implied();
            let span = self.block(span);
            self.builder.comment(text, span);
            self.open.push(Open::Silent);
        } else {
            self.open_block(local_name!("div"), Open::Verbatim, span);
        }
    }

    fn line_break(&mut self, hard: bool, span: Span) {
        let at = self.breaks.binary_search_by_key(&span.end, |(next, _)| *next);
        let wraps = at.ok().and_then(|at| self.breaks.get(at)).is_none_or(|(_, wraps)| *wraps);
        if self.open.last() == Some(&Open::Lines) && !wraps {
            let end = self.breaks.last().map_or(span.end, |(next, _)| *next);
            self.builder.extend(span.end);
            self.builder.close();
            self.builder.open(local_name!("p"), span.end..end);
        } else if hard {
            self.imply_paragraph(&span);
            self.builder.leaf(local_name!("br"), span);
        } else {
            self.builder.text("\n", span);
        }
    }

    fn text(&mut self, text: &str, span: Span) {
        if text.is_empty() || self.open.last() == Some(&Open::Silent) {
            return;
        }
        self.imply_paragraph(&span);
        let verbatim = self.source.get(span.clone()) == Some(text);
        if verbatim && self.links == 0 && self.open.last() != Some(&Open::Verbatim) {
            text_with_links(&mut self.builder, text, span.start);
        } else {
            self.builder.text(text, span);
        }
    }

    /// Takes an event within an image; gives the image back until it ends.
    fn in_image(&mut self, mut image: Image, event: Event<'_>) -> Option<Image> {
        match event {
            Event::Start(_) => image.depth += 1,
            Event::End(_) if image.depth > 0 => image.depth -= 1,
            Event::End(_) => {
                let (src, alt) = (local_name!("src"), local_name!("alt"));
                let attrs = vec![(src, image.src.as_str()), (alt, image.alt.as_str())];
                self.push(local_name!("img"), attrs, Open::Text, image.span);
                self.end();
                return None;
            }
            Event::Text(text) | Event::Code(text) => image.alt.push_str(&text),
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            _ => {}
        }
        Some(image)
    }

    fn imply_paragraph(&mut self, span: &Span) {
        if matches!(self.open.last(), Some(Open::Container | Open::Quote) | None) {
            // Its end is known when it ends.
            self.push(local_name!("p"), Vec::new(), Open::Implied, span.start..usize::MAX);
        }
        self.text_end = self.text_end.max(span.end);
    }

    fn close_implied(&mut self) {
        if self.open.last() == Some(&Open::Implied) {
            self.builder.extend(line_end(self.source, self.text_end));
            self.end();
        }
    }

    /// The whole lines of a block that stands at `span`: with its indentation and the marks of
    /// quotations around it, unless a list item begins in the same line, and without blank lines
    /// at its end.
    fn block(&mut self, span: Span) -> Span {
        // An item indented with a tab is given from the line end before it.
        let inside = self.source.get(span.clone()).unwrap_or_default();
        let span = span.end - inside.trim_start_matches([' ', '\t', '\r', '\n']).len()..span.end;
        let before = self.source.get(..span.start).unwrap_or_default();
        let prefix = before.trim_end_matches([' ', '\t', '>']);
        let start = if prefix.is_empty() || prefix.ends_with(['\n', '\r']) {
            prefix.len()
        } else {
            span.start
        };
        if self.trimmed.0 != span.end {
            let text = self.source.get(..span.end).unwrap_or_default();
            self.trimmed = (span.end, without_blank_lines(text, self.quotes > 0));
        }
        // An empty quotation is nothing but its mark.
        let end = if self.trimmed.1 > span.start { self.trimmed.1 } else { span.end };
        let span = start..line_end(self.source, end);
        if self.builder.depth() == 0 {
            self.note_uncovered(span.start);
            self.covered = self.covered.max(span.end);
        }
        span
    }

    /// Keeps what the parser passes over, such as link definitions.
    fn note_uncovered(&mut self, until: usize) {
        let (start, source) = (self.covered, self.source);
        let mut open: Option<Span> = None;
        for line in Lines::new(source.get(start..until).unwrap_or_default()) {
            if trim(source, start + line.start..start + line.end).is_empty() {
                if let Some(span) = open.take() {
                    self.builder.comment(source.get(span.clone()).unwrap_or_default(), span);
                }
            } else {
                let from = open.map_or(start + line.start, |span| span.start);
                open = Some(from..start + line.next);
            }
        }
        if let Some(span) = open {
            self.builder.comment(source.get(span.clone()).unwrap_or_default(), span);
        }
    }
}

fn heading(level: HeadingLevel) -> LocalName {
    match level {
        HeadingLevel::H1 => local_name!("h1"),
        HeadingLevel::H2 => local_name!("h2"),
        HeadingLevel::H3 => local_name!("h3"),
        HeadingLevel::H4 => local_name!("h4"),
        HeadingLevel::H5 => local_name!("h5"),
        HeadingLevel::H6 => local_name!("h6"),
    }
}

/// The length of `text` without the blank lines at its end and the line end before them. In a
/// quotation its marks do not make a line less blank.
fn without_blank_lines(text: &str, quoted: bool) -> usize {
    let mut rest = text;
    loop {
        let start = rest.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let last = rest.get(start..).unwrap_or_default();
        if start == 0
            || !last
                .bytes()
                .all(|b| matches!(b, b' ' | b'\t' | 0x0b | 0x0c) || (quoted && b == b'>'))
        {
            return rest.len();
        }
        rest = rest.get(..start - 1).unwrap_or_default();
    }
}

/// The start of the line after the one that ends at `at`, or has only white space from there on.
fn line_end(source: &str, at: usize) -> usize {
    if source.get(..at).is_some_and(|before| before.ends_with(['\n', '\r'])) {
        return at;
    }
    let rest = source.get(at..).unwrap_or_default();
    let tail = rest.trim_start_matches([' ', '\t']);
    let length = match tail.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [] => 0,
        _ => return at,
    };
    source.len() - tail.len() + length
}
