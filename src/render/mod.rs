//! Cleaned content in other forms: text, Markdown, JSON.

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
    /// HTML was asked for and the input is text or Markdown, which this does not make.
    pub fn render(&self, format: Format) -> Result<String, Error> {
        let text = self.text();
        match (format, self.kind) {
            (Format::Json, _) => Ok(self.json(&text)),
            (Format::Html, Kind::Html) => Ok(text),
            (Format::Html, _) => {
                Err(Error::format("text and Markdown cannot become HTML here; leave --to html out"))
            }
            (Format::Text, Kind::Html) => {
                let config = html2text::config::plain_no_decorate();
                config
                    .string_from_read(text.as_bytes(), NO_WRAP)
                    .map_err(|error| Error::format(format!("cannot become text: {error}")))
            }
            (Format::Markdown, Kind::Html) => htmd::HtmlToMarkdown::builder()
                .skip_tags(vec!["script", "style", "head", "template"])
                .build()
                .convert(&text)
                .map(|markdown| markdown + "\n")
                .map_err(|error| Error::format(format!("cannot become Markdown: {error}"))),
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
