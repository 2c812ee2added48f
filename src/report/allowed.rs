//! What of a page's markup comes into the frame of a report: names that only show something.
//!
//! A list of what is let through, not of what is kept out: new elements and attributes with new
//! powers are out until they are looked at.

use html5ever::{Attribute, ns};

use crate::dom::Element;

/// How an element appears in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show<'a> {
    /// Under this name.
    As(&'a str),
    /// As a box with this word on it: it would show something from elsewhere.
    Box(&'static str),
    /// Its content only.
    Content,
    /// A style sheet.
    Style,
    /// Not at all.
    Nothing,
}

#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo", "big",
    "blockquote", "br", "button", "caption", "center", "cite", "code", "col", "colgroup", "dd",
    "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "em", "fieldset", "figcaption",
    "figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "i", "img", "input", "ins", "kbd", "label", "legend", "li", "main", "map", "mark",
    "menu", "meter", "nav", "nobr", "ol", "optgroup", "option", "output", "p", "picture", "pre",
    "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "search", "section",
    "select", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "textarea", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
];

const VOID: &[&str] = &["area", "br", "col", "hr", "img", "input", "wbr"];

/// Elements that take no element but those of their own in them, so that a mark cannot stand
/// around a text of theirs.
#[rustfmt::skip]
const NO_MARKS_IN: &[&str] = &[
    "select", "optgroup", "option", "textarea", "table", "tbody", "thead", "tfoot", "tr",
    "colgroup",
];

const SHAPES: &[&str] =
    &["svg", "g", "path", "circle", "rect", "ellipse", "line", "polyline", "polygon"];

#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "checked", "class",
    "clear", "color", "cols", "colspan", "dir", "disabled", "face", "height", "hidden", "high",
    "id", "label", "lang", "low", "max", "media", "min", "multiple", "noshade", "nowrap",
    "open", "optimum", "placeholder", "reversed", "role", "rows", "rowspan", "rules", "scope",
    "selected", "size", "span", "start", "text", "title", "type", "valign", "value", "width",
];

#[rustfmt::skip]
const SHAPE_ATTRIBUTES: &[&str] = &[
    "class", "id", "viewBox", "width", "height", "fill", "stroke", "stroke-width", "fill-rule",
    "clip-rule", "stroke-linecap", "stroke-linejoin", "opacity", "d", "cx", "cy", "r", "rx",
    "ry", "x", "y", "x1", "x2", "y1", "y2", "points", "transform", "preserveAspectRatio",
];

#[rustfmt::skip]
const INPUT_TYPES: &[&str] = &[
    "button", "checkbox", "email", "number", "password", "radio", "reset", "search", "submit",
    "tel", "url",
];

/// Pictures that are in the page itself, of kinds that hold nothing but dots.
const PICTURES: &[&str] = &[
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
    "data:image/avif;base64,",
];

/// How `element` appears.
pub(super) fn show(element: &Element) -> Show<'_> {
    let name = &*element.name.local;
    match element.name.ns {
        ns!(html) => {}
        ns!(svg) if SHAPES.contains(&name) => return Show::As(name),
        // Formulas are shown as their letters.
        ns!(mathml) if !name.starts_with("annotation") => return Show::Content,
        _ => return Show::Nothing,
    }
    match name {
        "input" if element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden")) => {
            Show::Nothing
        }
        _ if ELEMENTS.contains(&name) => Show::As(name),
        "style" => Show::Style,
        "noscript" => Show::As("div"),
        "listing" | "xmp" | "plaintext" => Show::As("pre"),
        "iframe" => Show::Box("iframe"),
        "video" => Show::Box("video"),
        "audio" => Show::Box("audio"),
        "embed" => Show::Box("embed"),
        "object" | "applet" => Show::Box("object"),
        "canvas" => Show::Box("canvas"),
        "marquee" | "fencedframe" | "portal" => Show::As("div"),
        "script" | "template" | "head" | "title" | "base" | "link" | "meta" | "frame"
        | "frameset" | "noframes" | "noembed" | "param" | "source" | "track" | "datalist" => {
            Show::Nothing
        }
        // Elements of a page's own making are boxes with a name for its styles.
        _ if is_custom(name) => Show::As(name),
        _ => Show::As("span"),
    }
}

fn is_custom(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.contains('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether an element of this name has no end tag.
pub(super) fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

/// Whether a mark can stand around a text in an element of this name.
pub(super) fn takes_marks(name: &str) -> bool {
    !NO_MARKS_IN.contains(&name) && !SHAPES.contains(&name)
}

/// Whether an element of this name can be typed in, or reached with the Tab key.
pub(super) fn takes_focus(name: &str) -> bool {
    matches!(name, "button" | "input" | "select" | "textarea" | "summary")
}

/// The name under which an attribute comes along, if it does. `style` and `src` are looked at
/// elsewhere. `name` is not let through: by names, forms and pictures stand in for the methods of
/// a document.
pub(super) fn attribute<'a>(element: &Element, attr: &'a Attribute) -> Option<&'a str> {
    let name = &*attr.name.local;
    let known = match element.name.ns {
        ns!(svg) => SHAPE_ATTRIBUTES.contains(&name) && !attr.value.contains(['(', '\\']),
        _ if name == "type" && &*element.name.local == "input" => {
            INPUT_TYPES.iter().any(|kind| attr.value.eq_ignore_ascii_case(kind))
        }
        // What a field holds is the reader's own: it may have been typed before the page was
        // saved, and shown it is all the same.
        _ => {
            ATTRIBUTES.contains(&name)
                || name.strip_prefix("aria-").is_some_and(|rest| {
                    !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase())
                })
        }
    };
    (known && attr.name.ns == ns!()).then_some(name)
}

/// Whether `src` holds the picture itself.
pub(super) fn is_picture(src: &str) -> bool {
    PICTURES.iter().any(|start| {
        src.strip_prefix(start).is_some_and(|data| {
            data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        })
    })
}
