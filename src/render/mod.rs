//! Cleaned content in other forms: text, Markdown, JSON.

use html2text::render::TextDecorator;

use crate::dom::parse::{ParseOptions, parse};
use crate::dom::{Document, NodeData};
use crate::text::Kind;
use crate::{Cleaned, Error};

/// A form to render cleaned content in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// HTML, for inputs that are HTML.
    Html,
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// JSON: the cleaned content, what it is, and the list of cuts.
    Json,
}

/// The columns at which plain text wraps: none, so that a paragraph is a line.
const NO_WRAP: usize = 1_000_000;

impl Cleaned<'_> {
    /// The cleaned content in another form, as UTF-8.
    ///
    /// # Errors
    ///
    /// HTML was asked for and the input is text or Markdown, which this does not make; or the page
    /// nests deeper than the default of [`Limits::max_depth`](crate::Limits::max_depth), which
    /// the conversions are not built for ([`Error::is_format`]).
    pub fn render(&self, format: Format) -> Result<String, Error> {
        let text = self.text();
        match (format, self.kind) {
            (Format::Json, _) => Ok(self.json(&text)),
            (Format::Html, Kind::Html) => Ok(text),
            (Format::Html, _) => {
                Err(Error::format("text and Markdown cannot become HTML here; leave --to html out"))
            }
            (Format::Text, Kind::Html) => {
                convertible(&text)?;
                html2text::config::with_decorator(Prose)
                    .raw_mode(true)
                    .string_from_read(text.as_bytes(), NO_WRAP)
                    .map_err(|error| Error::format(format!("cannot become text: {error}")))
            }
            (Format::Markdown, Kind::Html) => {
                let text = without_declarations(&text, &convertible(&text)?);
                htmd::HtmlToMarkdown::builder()
                    .skip_tags(vec!["script", "style", "head", "template"])
                    .build()
                    .convert(&text)
                    .map(|markdown| markdown + "\n")
                    .map_err(|error| Error::format(format!("cannot become Markdown: {error}")))
            }
            (Format::Text | Format::Markdown, _) => Ok(text),
        }
    }

    /// The output, decoded.
    fn text(&self) -> String {
        let encoding = encoding_rs::Encoding::for_label(self.encoding.as_bytes());
        encoding.unwrap_or(encoding_rs::UTF_8).decode(&self.output).0.into_owned()
    }

    fn json(&self, text: &str) -> String {
        let kind = match self.kind {
            Kind::Html => "html",
            Kind::Text => "text",
            Kind::Markdown => "markdown",
        };
        let value = serde_json::json!({
            "kind": kind,
            "encoding": self.encoding,
            "content": text,
            "cuts": self.cuts,
        });
        format!("{value:#}\n")
    }
}

/// Whether a page can be converted: the converters recurse, and a page past the usual limit of
/// depth could exhaust their stack.
fn convertible(html: &str) -> Result<Document, Error> {
    parse(html, &ParseOptions::default())
        .map_err(|_| Error::format("elements nest too deep to become text or Markdown"))
}

/// `html` with every `<meta …>` made a bare `<meta>`: what it declares is used already, and the
/// html5ever 0.38 that htmd builds on panics on a content that ends in `charset`.
fn without_declarations(html: &str, document: &Document) -> String {
    let mut out = String::with_capacity(html.len());
    let mut at = 0;
    for node in &document.nodes {
        if let (NodeData::Element(element), Some(span)) = (&node.data, &node.span)
            && &*element.name.local == "meta"
            && let Some(before) = html.get(at..span.start)
        {
            out.push_str(before);
            out.push_str("<meta>");
            at = span.end;
        }
    }
    out.push_str(html.get(at..).unwrap_or_default());
    out
}

/// Plain text as one would type it: bullets, numbers and quotation marks for mails, and nothing
/// around links, headings and emphasis.
#[derive(Clone, Copy, Debug)]
struct Prose;

impl TextDecorator for Prose {
    type Annotation = ();

    fn decorate_link_start(&mut self, _: &str) -> (String, ()) {
        Default::default()
    }

    fn decorate_link_end(&mut self) -> String {
        String::new()
    }

    fn decorate_em_start(&self) -> (String, ()) {
        Default::default()
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        Default::default()
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        Default::default()
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        Default::default()
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    fn decorate_image(&mut self, _: &str, alt: &str) -> (String, ()) {
        (format!("[{alt}]"), ())
    }

    fn header_prefix(&self, _: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".into()
    }

    fn unordered_item_prefix(&self) -> String {
        "* ".into()
    }

    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }

    fn make_subblock_decorator(&self) -> Self {
        Prose
    }
}
