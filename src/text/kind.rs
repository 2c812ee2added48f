//! What kind of input this is.

use std::path::Path;

/// The kinds of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Html,
    Text,
    Markdown,
}
pub(crate) fn detect(_path: Option<&Path>, _text: &str) -> Kind {
    Kind::Text
}
