//! The page in the frame of a report: its own markup as far as it only shows something, and the
//! marks of what was cut and what only just stays.

use std::fmt::Write as _;

use html5ever::ns;

use super::allowed::{self, Show};
use super::css::{self, Origin};
use super::escape::attribute;
use super::items::{Item, Places};
use crate::dom::{Document, Element, NodeData, NodeId};

/// The bytes of markup that go into the frame; what comes after is not shown. Browsers take some
/// seconds for this much.
pub(super) const MAX_BYTES: usize = 32 << 20;

/// What the frame may do: show styles and pictures that are in it. It holds for the frame even if
/// the page's markup were taken over as it is.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    base-uri 'none'; form-action 'none'";

const STYLE: &str = include_str!("frame.css");

/// The bytes of styles in the file that a page has to be readable until its style sheets come, and
/// that make no layout by themselves.
const FEW_STYLES: usize = 64 << 10;

/// A picture of one transparent dot, which stands where those that are not in the file would.
const BLANK: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/// The page in the frame.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) html: String,
    /// Whether there was no room for all of the page.
    pub(super) cut_short: bool,
    /// Whether the page's style sheets are not in it.
    pub(super) bare: bool,
}

/// Puts the page together with the marks of `items`.
pub(super) fn frame(doc: &Document, items: &[Item<'_>], places: &Places, max: usize) -> Frame {
    let mut writer = Writer {
        doc,
        items,
        places,
        max,
        out: String::new(),
        inside: vec![0; items.len()],
        seen: vec![false; items.len()],
        cut_short: false,
    };
    let bare = is_bare(doc);
    writer.head(bare);
    let body = doc
        .children(NodeId::ROOT)
        .filter(|id| doc.name(*id).is_some_and(|name| &**name == "html"))
        .flat_map(|html| doc.children(html))
        .find(|id| doc.name(*id).is_some_and(|name| &**name == "body"));
    match body {
        Some(body) => writer.tree(body),
        None => writer.out.push_str("<body>"),
    }
    writer.out.push_str("</html>");
    Frame { html: writer.out, cut_short: writer.cut_short, bare }
}

/// Whether a page lacks its style: it has no sheet in it, or few, and names others.
fn is_bare(doc: &Document) -> bool {
    let (mut bytes, mut sheets, mut elsewhere) = (0, 0, false);
    for (index, node) in doc.nodes.iter().enumerate() {
        let NodeData::Element(element) = &node.data else { continue };
        if allowed::show(element) == Show::Style {
            sheets += 1;
            for child in doc.children(NodeId(index as u32)) {
                if let NodeData::Text(text) = &doc.node(child).data {
                    bytes += text.len();
                }
            }
        }
        let is = |word: &str| word.eq_ignore_ascii_case("stylesheet");
        elsewhere |= &*element.name.local == "link"
            && element.attr("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(is));
    }
    sheets == 0 || elsewhere && bytes <= FEW_STYLES
}

/// What is to be written next.
enum Step<'a> {
    Open(NodeId),
    /// An end tag, and the items whose mark it ends.
    Close(&'a str, Vec<usize>),
}

struct Writer<'a> {
    doc: &'a Document,
    items: &'a [Item<'a>],
    places: &'a Places,
    max: usize,
    out: String,
    /// For each item, how many open elements bear its mark.
    inside: Vec<u32>,
    /// For each item, whether its mark has been written.
    seen: Vec<bool>,
    cut_short: bool,
}

impl<'a> Writer<'a> {
    /// All before the body. The policy stands first, so that it holds for all that follows; then
    /// the marks, since of two layers of styles the first has the last word where it says so.
    fn head(&mut self, bare: bool) {
        let doc = self.doc;
        self.out.push_str("<!DOCTYPE html>");
        let html = doc.children(NodeId::ROOT).find_map(|id| Some((id, doc.element(id)?)));
        match html {
            Some((_, element)) => self.start("html", element),
            None => self.out.push_str("<html"),
        }
        if bare {
            self.attribute("data-dehusk-bare", "");
        }
        let _ = write!(
            self.out,
            "><head><meta charset=utf-8><meta http-equiv=Content-Security-Policy content=\"\
             {POLICY}\"><meta name=referrer content=no-referrer><style>{STYLE}</style>\
             <style id=dehusk-now></style>"
        );
        let in_head = html
            .into_iter()
            .flat_map(|(html, _)| doc.children(html))
            .filter(|id| doc.name(*id).is_some_and(|name| &**name == "head"))
            .flat_map(|head| doc.children(head));
        for id in in_head {
            if let Some(element) = doc.element(id)
                && allowed::show(element) == Show::Style
            {
                self.sheet(id, element);
            }
        }
        self.out.push_str("</head>");
    }

    fn tree(&mut self, body: NodeId) {
        let doc = self.doc;
        let mut steps = vec![Step::Open(body)];
        while let Some(step) = steps.pop() {
            let id = match step {
                Step::Close(name, marks) => {
                    for mark in marks {
                        self.inside[mark] -= 1;
                    }
                    if !name.is_empty() {
                        let _ = write!(self.out, "</{name}>");
                    }
                    continue;
                }
                Step::Open(id) if self.out.len() < self.max => id,
                Step::Open(_) => {
                    self.cut_short = true;
                    continue;
                }
            };
            let element = match &doc.node(id).data {
                NodeData::Element(element) => element,
                NodeData::Text(text) => {
                    self.text(id, text);
                    continue;
                }
                _ => continue,
            };
            let shown = if id == body { Show::As("body") } else { allowed::show(element) };
            let marks = match shown {
                Show::As(_) | Show::Box(_) => self.marks(id),
                _ => Vec::new(),
            };
            let end = match shown {
                Show::Nothing => continue,
                Show::Style => {
                    self.sheet(id, element);
                    continue;
                }
                Show::Content => "",
                Show::As(name) => {
                    self.start(name, element);
                    self.mark(name, &marks);
                    self.out.push('>');
                    if allowed::is_void(name) {
                        continue;
                    }
                    name
                }
                Show::Box(word) => {
                    self.start("dehusk-box", element);
                    self.mark("dehusk-box", &marks);
                    let _ = write!(self.out, ">{word}</dehusk-box>");
                    continue;
                }
            };
            for mark in &marks {
                self.inside[*mark] += 1;
            }
            steps.push(Step::Close(end, marks));
            let mut child = doc.node(id).last_child;
            while let Some(at) = child {
                steps.push(Step::Open(at));
                child = doc.node(at).prev;
            }
        }
    }

    /// The items that begin to be marked at this node.
    fn marks(&self, id: NodeId) -> Vec<usize> {
        let Some(span) = self.doc.span(id).filter(|span| !span.is_empty()) else {
            return Vec::new();
        };
        let begins = |index: &usize| {
            self.items.get(*index).is_some_and(|item| item.span.end >= span.end)
                && self.inside.get(*index) == Some(&0)
        };
        let mut marks: Vec<usize> =
            self.places.at(span.start).iter().copied().filter(begins).collect();
        // The look of the mark is that of the first: a cut outdoes what only just stays.
        marks.sort_by_key(|index| !self.items[*index].state.is_cut());
        marks
    }

    /// Writes a start tag up to its `>`.
    fn start(&mut self, name: &str, element: &Element) {
        let _ = write!(self.out, "<{name}");
        let mut blank = name == "img";
        for attr in &element.attrs {
            let value = &*attr.value;
            let local = &*attr.name.local;
            if attr.name.ns != ns!() || self.out.len() + value.len() > self.max {
                continue;
            }
            if local == "style" {
                let mut style = String::new();
                css::clean(&mut style, value, Origin::Attribute);
                self.attribute("style", &style);
            } else if local == "src" && name == "img" && allowed::is_picture(value) {
                self.attribute("src", value);
                blank = false;
            } else if local == "href" && name == "a" {
                // What looks like a link should, but it leads nowhere.
                self.attribute("data-dehusk-link", "");
            } else if let Some(local) = allowed::attribute(element, attr) {
                self.attribute(local, value);
            }
        }
        if blank {
            self.attribute("src", BLANK);
            self.attribute("data-dehusk-blank", "");
        }
        if allowed::takes_focus(name) {
            self.attribute("tabindex", "-1");
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        attribute(&mut self.out, value);
        self.out.push('"');
    }

    /// Writes the attributes that mark an element.
    fn mark(&mut self, name: &str, marks: &[usize]) {
        let Some(first) = marks.first().and_then(|index| self.items.get(*index)) else { return };
        let numbers: Vec<String> =
            marks.iter().map(|index| self.items[*index].number.to_string()).collect();
        self.attribute("data-dehusk", &numbers.join(" "));
        self.attribute("data-dehusk-cat", first.category.name());
        self.attribute("data-dehusk-state", if first.state.is_cut() { "cut" } else { "kept" });
        let new = marks.iter().any(|index| !self.seen[*index]);
        if new && name != "body" {
            for index in marks {
                self.seen[*index] = true;
            }
            let label = format!("{} {}", first.number, first.category);
            // A label would be a cell of its own in these.
            if allowed::takes_marks(name) {
                self.attribute("data-dehusk-tag", &label);
            }
            let _ = write!(
                self.out,
                " tabindex=0 role=group aria-label=\"Block {}: {}, {}\"",
                first.number,
                first.state.word(),
                first.category
            );
        }
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let room = self.max.saturating_sub(self.out.len());
        let text = if text.len() > room {
            self.cut_short = true;
            &text[..text.floor_char_boundary(room)]
        } else {
            text
        };
        let parent = self.doc.node(id).parent.and_then(|parent| self.doc.element(parent));
        let takes = parent.is_some_and(|parent| {
            parent.name.ns == ns!(html) && allowed::takes_marks(&parent.name.local)
        });
        if parent.is_some_and(|parent| parent.name.ns == ns!(svg)) {
            return;
        }
        let marks = if takes && !text.trim().is_empty() { self.marks(id) } else { Vec::new() };
        if marks.is_empty() {
            attribute(&mut self.out, text);
            return;
        }
        self.out.push_str("<dehusk-mark");
        self.mark("dehusk-mark", &marks);
        self.out.push('>');
        attribute(&mut self.out, text);
        self.out.push_str("</dehusk-mark>");
    }

    /// Writes a style sheet of the page.
    fn sheet(&mut self, id: NodeId, element: &Element) {
        let kind = element.attr("type").unwrap_or_default();
        if !(kind.is_empty() || kind.eq_ignore_ascii_case("text/css")) {
            return;
        }
        for child in self.doc.children(id) {
            if let NodeData::Text(text) = &self.doc.node(child).data {
                if self.out.len() + text.len() > self.max {
                    self.cut_short = true;
                    return;
                }
                self.out.push_str("<style");
                if let Some(media) = element.attr("media") {
                    self.attribute("media", media);
                }
                self.out.push('>');
                css::clean(&mut self.out, text, Origin::Sheet);
                self.out.push_str("</style>");
            }
        }
    }
}
