//! Plain text and Markdown, as the same kind of document that HTML becomes.

mod build;
mod kind;
mod lines;
mod links;
mod markdown;
mod outline;
mod plain;
mod plan;
#[cfg(test)]
mod tests;

use crate::dom::Document;

pub(crate) use self::{
    kind::{Kind, by_name, detect},
    plan::plan,
};

/// Reads plain text or Markdown into `html`, `body` and the blocks of the text.
///
/// Blocks cover whole lines, line ends included; blank lines between blocks belong to none of
/// them. Lines that belong together are in a `div`, the text of list items is in a `p`. `html`
/// and `body` stand nowhere in the source and have no span. HTML is not read here; it would be
/// taken for plain text.
pub(crate) fn parse(source: &str, kind: Kind) -> Document {
    match kind {
        Kind::Markdown => markdown::parse(source),
        Kind::Html | Kind::Text => plain::parse(source),
    }
}
