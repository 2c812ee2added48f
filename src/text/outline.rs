//! What a document says and how it is built, without where it stands: two documents with the same
//! outline read the same.

use super::lines::is_space;
use crate::dom::{Document, NodeData, NodeId};

/// Bytes that no UTF-8 has, so nothing a document says can look like structure.
const OPEN: u8 = 0xff;
const CLOSE: u8 = 0xfe;
const VALUE: u8 = 0xfd;
const COMMENT: u8 = 0xfc;

/// The outline of `document` without the nodes that `hidden` names. White space is as wide as a
/// space, and a group of one block is that block.
pub(super) fn outline(document: &Document, hidden: impl Fn(NodeId) -> bool) -> Vec<u8> {
    let mut out = Outline { bytes: Vec::new(), space: false };
    let shown = |id: Option<NodeId>| {
        std::iter::successors(id, |id| document.node(*id).next).find(|id| !hidden(*id))
    };
    let enters = |id: NodeId| match document.name(id) {
        Some(name) if &**name == "div" => {
            let first = shown(document.node(id).first_child);
            let second = first.and_then(|first| shown(document.node(first).next));
            second.is_some() || first.is_none_or(|first| document.element(first).is_none())
        }
        name => name.is_some(),
    };
    let mut at = shown(Some(NodeId::ROOT));
    'walk: while let Some(id) = at {
        out.enter(document, id, enters(id));
        at = shown(document.node(id).first_child);
        let mut up = id;
        while at.is_none() {
            out.leave(enters(up));
            at = shown(document.node(up).next);
            if at.is_none() {
                let Some(parent) = document.node(up).parent else { break 'walk };
                up = parent;
            }
        }
    }
    out.bytes
}

struct Outline {
    bytes: Vec<u8>,
    /// Whether white space has been seen since the last text.
    space: bool,
}

impl Outline {
    fn enter(&mut self, document: &Document, id: NodeId, shows: bool) {
        match &document.node(id).data {
            NodeData::Element(element) if shows => {
                self.mark(OPEN);
                self.bytes.extend_from_slice(element.name.local.as_bytes());
                for attr in &element.attrs {
                    self.mark(VALUE);
                    self.bytes.extend_from_slice(attr.name.local.as_bytes());
                    self.mark(VALUE);
                    self.bytes.extend_from_slice(attr.value.as_bytes());
                }
                self.mark(VALUE);
            }
            NodeData::Comment(text) => {
                self.mark(COMMENT);
                self.text(text);
                self.mark(COMMENT);
            }
            NodeData::Text(text) => self.text(text),
            _ => {}
        }
    }

    fn leave(&mut self, shows: bool) {
        if shows {
            self.mark(CLOSE);
        }
    }

    fn mark(&mut self, mark: u8) {
        self.space = false;
        self.bytes.push(mark);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if is_space(c) {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space)
                && self.bytes.last().is_some_and(|byte| *byte < COMMENT)
            {
                self.bytes.push(b' ');
            }
            self.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}
