//! What the HTML parser did that ties two places of the source together.
//!
//! Cutting bytes out of a page changes the tree by just the nodes cut if the parser is, after the
//! cut range, in the state it was in before it. A range of whole elements, each opened and closed
//! by its own tags, has that property unless something in it reaches out or something outside
//! reaches in: an element closed by a tag that is not its own, a formatting element the parser
//! opens again further down, content moved out of a table. Each of these is a [`Link`] between two
//! places, and a range is independent of the rest if no link has just one end in it.

use super::{NodeId, Span};

/// The place of nothing in the source: the far end of links that no range can hold.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Two places of the source that mean what they mean only together.
type Link = (u32, u32);

/// The ties the parser found.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Both ends of every link, each with its partner, ordered by place once parsing is done.
    ends: Vec<Link>,
    /// Where the contents of elements start that drop a newline there, in order.
    drops: Vec<u32>,
    /// Text nodes whose bytes do not stand together, ordered.
    scattered: Vec<NodeId>,
    /// Text was moved out of a table.
    fostered: bool,
    /// The parser did something that is not followed here: no range is known to be independent.
    lost: bool,
}

impl Facts {
    pub(super) fn link(&mut self, a: u32, b: u32) {
        self.ends.push((a, b));
        if b != NOWHERE {
            self.ends.push((b, a));
        }
    }

    pub(super) fn scatter(&mut self, text: NodeId) {
        self.scattered.push(text);
    }

    /// A newline at `place` is dropped.
    pub(super) fn drop_newline_at(&mut self, place: u32) {
        self.drops.push(place);
    }

    pub(super) fn foster(&mut self) {
        self.fostered = true;
    }

    pub(super) fn lose_track(&mut self) {
        self.lost = true;
    }

    /// Whether a newline at `place` would be dropped.
    pub(crate) fn drops_newline_at(&self, place: usize) -> bool {
        self.drops.binary_search_by_key(&place, |drop| *drop as usize).is_ok()
    }

    /// Whether text was moved out of a table.
    pub(crate) fn fostered(&self) -> bool {
        self.fostered
    }

    /// Whether the rest of the facts say nothing.
    pub(crate) fn lost(&self) -> bool {
        self.lost
    }

    pub(super) fn finish(&mut self) {
        self.ends.sort_unstable();
        self.ends.dedup();
        self.scattered.sort_unstable();
        self.scattered.dedup();
    }

    /// Whether nothing ties what is in `span` to what is outside it.
    pub(crate) fn independent(&self, span: &Span) -> bool {
        let first = self.ends.partition_point(|end| (end.0 as usize) < span.start);
        !self.lost
            && self.ends[first..]
                .iter()
                .take_while(|end| (end.0 as usize) < span.end)
                .all(|end| span.contains(&(end.1 as usize)))
    }

    /// Whether the bytes of this text node do not stand together.
    pub(crate) fn is_scattered(&self, text: NodeId) -> bool {
        self.scattered.binary_search(&text).is_ok()
    }
}
