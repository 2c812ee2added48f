//! What the parser's rules distinguish elements by, as far as they have to be followed.

use html5ever::tokenizer::TagKind;
use html5ever::{LocalName, local_name};

/// The kinds of elements, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Formatting,
    /// Puts a marker into the list of active formatting elements.
    Marker,
    Form,
    Template,
    Frameset,
    Html,
    Body,
    /// In it white space may go another way than the text beside it.
    Sorting,
    Other,
}

impl Kind {
    pub(super) fn of(name: &LocalName) -> Kind {
        match *name {
            local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u") => Kind::Formatting,
            local_name!("applet")
            | local_name!("caption")
            | local_name!("marquee")
            | local_name!("object")
            | local_name!("td")
            | local_name!("th") => Kind::Marker,
            local_name!("template") => Kind::Template,
            local_name!("head") | local_name!("noscript") | local_name!("colgroup") => {
                Kind::Sorting
            }
            local_name!("form") => Kind::Form,
            local_name!("frameset") => Kind::Frameset,
            local_name!("html") => Kind::Html,
            local_name!("body") => Kind::Body,
            _ => Kind::Other,
        }
    }

    /// Whether it puts a marker into the list of active formatting elements.
    pub(super) fn sets_marker(self) -> bool {
        matches!(self, Kind::Marker | Kind::Template)
    }

    /// Whether in it white space may go another way than the text beside it.
    pub(super) fn sorts_text(self) -> bool {
        matches!(self, Kind::Sorting | Kind::Template | Kind::Frameset | Kind::Html)
    }
}

/// Whether a tag that closes the element `name`, which put a marker into the list of active
/// formatting elements, takes the marker away.
pub(super) fn clears_marker(tag: &LocalName, which: TagKind, name: &LocalName) -> bool {
    match *name {
        local_name!("caption") | local_name!("td") | local_name!("th") => match *tag {
            local_name!("table") => which == TagKind::EndTag,
            local_name!("caption")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("tr") => true,
            _ => false,
        },
        _ => which == TagKind::EndTag && tag == name,
    }
}

/// Whether a newline right after this start tag is not text.
pub(super) fn drops_newline(name: &LocalName) -> bool {
    matches!(*name, local_name!("pre") | local_name!("listing") | local_name!("textarea"))
}

/// Whether an element of this name is a heading.
pub(crate) fn is_heading(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("h1")
            | local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6")
    )
}
