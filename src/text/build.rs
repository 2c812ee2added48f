//! Puts a document together from blocks in source order.

use html5ever::{Attribute, LocalName, QualName, local_name, ns, tendril::StrTendril};

use crate::dom::{Document, Element, Node, NodeData, NodeId, Span};

/// The longest text in one node. A tendril holds four gigabytes at most, and panics beyond.
const MAX_TEXT: usize = 1 << 30;

/// A document that grows at its end: blocks are opened, filled and closed in source order.
pub(super) struct Builder {
    document: Document,
    /// The open elements, `body` first, each the parent of the next.
    open: Vec<NodeId>,
}

impl Builder {
    /// A document with `html` and `body`, which stand nowhere in the source.
    pub(super) fn new() -> Builder {
        let mut builder = Builder { document: Document::new(Vec::new()), open: Vec::new() };
        let root = builder.push(NodeData::Document, None);
        builder.open.push(root);
        let html = builder.push(element(local_name!("html"), Vec::new()), None);
        builder.open.push(html);
        let body = builder.push(element(local_name!("body"), Vec::new()), None);
        builder.open = vec![body];
        builder
    }

    /// How many elements are open within `body`.
    pub(super) fn depth(&self) -> usize {
        self.open.len() - 1
    }

    pub(super) fn open(&mut self, name: LocalName, span: Span) {
        self.open_with(name, Vec::new(), span);
    }

    pub(super) fn open_with(
        &mut self,
        name: LocalName,
        attrs: Vec<(LocalName, &str)>,
        span: Span,
    ) -> NodeId {
        let attrs = attrs.into_iter().map(|(name, value)| Attribute {
            name: QualName::new(None, ns!(), name),
            value: bounded(value),
        });
        let id = self.push(element(name, attrs.collect()), Some(span));
        self.open.push(id);
        id
    }

    /// Closes the innermost element, but never `body`.
    pub(super) fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    /// Moves the end of the innermost open element.
    pub(super) fn extend(&mut self, end: usize) {
        if let Some(Node { span: Some(span), .. }) = self.node_mut(self.parent()) {
            span.end = end;
        }
    }

    /// An element without children.
    pub(super) fn leaf(&mut self, name: LocalName, span: Span) {
        self.open(name, span);
        self.close();
    }

    /// Text that stands at `span`. What follows text becomes part of the same node, whatever
    /// marks the source has between the two.
    pub(super) fn text(&mut self, text: &str, span: Span) {
        if text.is_empty() {
            return;
        }
        let span = self.within_parent(span);
        let last = self.node_mut(self.parent()).and_then(|parent| parent.last_child);
        if let Some(node) = self.node_mut(last)
            && let NodeData::Text(before) = &mut node.data
            && let Some(place) = &mut node.span
            && before.len() + text.len() <= MAX_TEXT
        {
            before.push_slice(text);
            place.end = span.end;
            return;
        }
        if text.len() <= MAX_TEXT {
            self.push(NodeData::Text(StrTendril::from_slice(text)), Some(span));
            return;
        }
        let (mut rest, mut start) = (text, span.start);
        while !rest.is_empty() {
            let cut = (0..=MAX_TEXT.min(rest.len())).rev().find(|at| rest.is_char_boundary(*at));
            let (piece, tail) = rest.split_at(cut.unwrap_or(rest.len()));
            let end = if tail.is_empty() { span.end } else { start + piece.len() };
            self.push(NodeData::Text(StrTendril::from_slice(piece)), Some(start..end));
            (rest, start) = (tail, end);
        }
    }

    /// Source that belongs to the document but says nothing to a reader.
    pub(super) fn comment(&mut self, text: &str, span: Span) {
        self.push(NodeData::Comment(bounded(text)), Some(span));
    }

    pub(super) fn finish(self) -> Document {
        self.document
    }

    fn parent(&self) -> Option<NodeId> {
        self.open.last().copied()
    }

    /// `span` as far as the parent reaches: blank lines at the end of a block belong to no block,
    /// even where they are part of a text.
    fn within_parent(&mut self, span: Span) -> Span {
        match self.node_mut(self.parent()) {
            Some(Node { span: Some(parent), .. }) => {
                let start = span.start.max(parent.start).min(parent.end);
                start..span.end.max(start).min(parent.end)
            }
            _ => span,
        }
    }

    fn node_mut(&mut self, id: Option<NodeId>) -> Option<&mut Node> {
        self.document.nodes.get_mut(id?.index())
    }

    /// Appends a node to the innermost open element.
    fn push(&mut self, data: NodeData, span: Option<Span>) -> NodeId {
        let id = NodeId(u32::try_from(self.document.nodes.len()).unwrap_or(u32::MAX));
        let span = span.map(|span| self.within_parent(span));
        let parent = self.parent();
        let prev = self.node_mut(parent).and_then(|parent| parent.last_child);
        if let Some(prev) = self.node_mut(prev) {
            prev.next = Some(id);
        }
        if let Some(parent) = self.node_mut(parent) {
            parent.first_child = parent.first_child.or(Some(id));
            parent.last_child = Some(id);
        }
        let (next, first_child, last_child, inner) = (None, None, None, None);
        let node = Node { parent, prev, next, first_child, last_child, data, span, inner };
        self.document.nodes.push(node);
        id
    }
}

fn element(name: LocalName, attrs: Vec<Attribute>) -> NodeData {
    let name = QualName::new(None, ns!(html), name);
    NodeData::Element(Element { name, attrs, template: None, integration_point: false })
}

/// `text`, or nothing where it is too long to be worth keeping.
fn bounded(text: &str) -> StrTendril {
    if text.len() <= MAX_TEXT { StrTendril::from_slice(text) } else { StrTendril::new() }
}
