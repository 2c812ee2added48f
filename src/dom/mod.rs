//! The document: an arena of nodes that know where they stand in the source.
//!
//! HTML, plain text and Markdown all become a [`Document`]; what judges it later does not know
//! which of the three it was. Nodes are addressed by [`NodeId`], an index into one vector, so a
//! tree of a million nodes is one allocation and dropping it recurses nowhere.

pub(crate) mod compare;
mod facts;
mod kind;
mod names;
pub(crate) mod parse;
mod plain;
mod sink;
#[cfg(test)]
pub(crate) mod soup;
mod stack;
#[cfg(test)]
pub(crate) mod tests;
mod track;

use std::ops::Range;

use html5ever::{Attribute, LocalName, QualName, tendril::StrTendril};

pub(crate) use facts::Facts;
pub(crate) use kind::is_heading;
use parse::ParseOptions;

/// The index of a node in its [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

impl NodeId {
    /// The document node, the root of every tree.
    pub(crate) const ROOT: NodeId = NodeId(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open range of bytes in the decoded text.
pub(crate) type Span = Range<usize>;

/// What a node is.
#[derive(Debug)]
pub(crate) enum NodeData {
    /// The root.
    Document,
    /// A doctype.
    Doctype { name: StrTendril, public: StrTendril, system: StrTendril },
    /// A comment (or, in HTML, what the parser turns into one).
    Comment(StrTendril),
    /// Text, character references resolved.
    Text(StrTendril),
    /// An element.
    Element(Element),
    /// The content of a `template` element: it hangs on the element, not in its children. Its
    /// parent is that element.
    Fragment,
    /// A processing instruction (XML only; kept for completeness of the tree).
    Instruction { target: StrTendril, data: StrTendril },
}

/// An element's name and attributes, in source order.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: QualName,
    pub(crate) attrs: Vec<Attribute>,
    /// The [`NodeData::Fragment`] of a `template`.
    pub(crate) template: Option<NodeId>,
    /// `annotation-xml` with an HTML encoding.
    pub(crate) integration_point: bool,
}

/// A node with its links and its place in the source.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) parent: Option<NodeId>,
    pub(crate) prev: Option<NodeId>,
    pub(crate) next: Option<NodeId>,
    pub(crate) first_child: Option<NodeId>,
    pub(crate) last_child: Option<NodeId>,
    pub(crate) data: NodeData,
    /// Where the node stands, from the first byte of its start tag to the last of its end tag, or
    /// to where it ends if it has none. `None` for what the parser made up.
    pub(crate) span: Option<Span>,
    /// From the end of the start tag to the start of the end tag, or to where the element ends if
    /// it has none. `None` for all that can hold nothing.
    pub(crate) inner: Option<Span>,
}

impl Node {
    /// A node that is linked to nothing and stands nowhere.
    pub(crate) fn new(data: NodeData) -> Node {
        Node {
            parent: None,
            prev: None,
            next: None,
            first_child: None,
            last_child: None,
            data,
            span: None,
            inner: None,
        }
    }

    /// Whether the source holds an end tag of this element.
    #[cfg(test)]
    pub(crate) fn has_end_tag(&self) -> bool {
        match (&self.span, &self.inner) {
            (Some(span), Some(inner)) => inner.end < span.end,
            _ => false,
        }
    }
}

/// A parsed input.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) nodes: Vec<Node>,
    /// What the parser did that ties distant places of the source together.
    pub(crate) facts: Facts,
    /// What it was parsed with.
    pub(crate) options: ParseOptions,
    /// Nodes taken out by an earlier round of judging, by index; empty before the first cut.
    pub(crate) removed: Vec<bool>,
}

impl Document {
    /// A document of these nodes, the first of which is its root.
    pub(crate) fn new(nodes: Vec<Node>) -> Document {
        Document {
            nodes,
            facts: Facts::default(),
            options: ParseOptions::default(),
            removed: Vec::new(),
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        #[cfg(test)]
        crate::work::count(1);
        &self.nodes[id.index()]
    }

    /// Where a node stands in the decoded text.
    pub(crate) fn span(&self, id: NodeId) -> Option<Span> {
        self.node(id).span.clone()
    }

    /// Whether the node itself was taken out (not: one around it).
    pub(crate) fn is_removed(&self, id: NodeId) -> bool {
        self.removed.get(id.index()).copied().unwrap_or(false)
    }

    /// Takes a node out, with all that is in it.
    pub(crate) fn remove(&mut self, id: NodeId) {
        if self.removed.is_empty() {
            self.removed = vec![false; self.nodes.len()];
        }
        self.removed[id.index()] = true;
    }

    /// Takes out the siblings from `first` to `last`.
    pub(crate) fn remove_run(&mut self, first: NodeId, last: NodeId) {
        let mut at = Some(first);
        while let Some(id) = at {
            self.remove(id);
            at = if id == last { None } else { self.node(id).next };
        }
    }

    /// The element at `id`, if it is one.
    pub(crate) fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.node(id).data {
            NodeData::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The local name of the element at `id`.
    pub(crate) fn name(&self, id: NodeId) -> Option<&LocalName> {
        self.element(id).map(|element| &element.name.local)
    }

    /// The children of `id`, in order.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).first_child, |child| self.node(*child).next)
    }
}

impl Element {
    /// The value of the attribute `name` (no namespace), if it is there: as [`attr`](Self::attr),
    /// for names that the parser knows, which are compared as numbers.
    pub(crate) fn attribute(&self, name: &LocalName) -> Option<&str> {
        self.attrs.iter().find(|a| a.name.local == *name).map(|a| &*a.value)
    }

    /// The value of the attribute `name` (no namespace), if it is there.
    pub(crate) fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
    }
}
