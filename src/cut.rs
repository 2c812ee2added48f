//! Nodes to byte ranges, such that cutting the ranges removes the nodes and changes nothing else.
//!
//! Most elements can be cut by what the parser noted of them (see [`Facts`](crate::dom::Facts)).
//! Of the rest, those are cut of which a second parse shows that nothing else changes.

mod planner;
mod seam;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::dom::compare::{Difference, Removed, compare};
use crate::dom::parse::{ParseError, parse};
use crate::dom::{Document, NodeId, Span};
use planner::Planner;

/// Nodes to cut: `first`, `last`, and the siblings between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) first: NodeId,
    pub(crate) last: NodeId,
}

impl Target {
    /// One node.
    pub(crate) fn node(id: NodeId) -> Target {
        Target { first: id, last: id }
    }

    /// The nodes, up to where the siblings end if `last` is not among them.
    fn nodes<'a>(&self, document: &'a Document) -> impl Iterator<Item = NodeId> + use<'a> {
        let last = self.last;
        let next = move |id: &NodeId| document.node(*id).next.filter(|_| *id != last);
        std::iter::successors(Some(self.first), next)
    }
}

/// Why it is known that a cut changes nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By what the parser noted.
    Safe,
    /// By a second parse.
    Proven,
    /// The targets could not be cut, but this element, which holds nothing else, can.
    Climbed(NodeId),
}

/// A range of bytes to cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedCut {
    pub(crate) span: Span,
    /// The indices of the targets in it, in order.
    pub(crate) targets: Vec<usize>,
    pub(crate) how: How,
}

/// Why a target is not cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The last node is not the first or one after it under the same parent.
    NotSiblings,
    /// The document itself, its doctype, or its `html`, `head` or `body`.
    Structure,
    /// The parser made it up; no bytes of the source are it.
    Implied,
    /// It was moved: its bytes stand elsewhere than it stands in the tree.
    Displaced,
    /// A second parse showed that the cut changes more than it should.
    Changes,
    /// Too many cuts of the page needed proof for this one to get it.
    Unproven,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::NotSiblings => "its nodes are not siblings in order",
            Refusal::Structure => "it is part of the frame of the page",
            Refusal::Implied => "it has no bytes of its own: the parser made it up",
            Refusal::Displaced => "its bytes do not stand where it stands in the tree",
            Refusal::Changes => "without its bytes the rest of the page would be read differently",
            Refusal::Unproven => "too many cuts of this page needed proof to prove this one",
        })
    }
}

/// What to cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// In order, and disjoint.
    pub(crate) cuts: Vec<PlannedCut>,
    /// Targets that are not cut, in order.
    pub(crate) refused: Vec<(usize, Refusal)>,
}

/// The cut source does not have the tree it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// It cannot be parsed.
    Unparsable(ParseError),
    /// Something else changed.
    Different(Difference),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Unparsable(error) => write!(f, "the result cannot be parsed: {error}"),
            Mismatch::Different(difference) => write!(f, "the result differs: {difference}"),
        }
    }
}

/// Finds the ranges that remove the targets from the tree and leave the rest as it is.
pub(crate) fn plan(document: &Document, source: &str, targets: &[Target]) -> Plan {
    Planner::new(document, source, targets).plan()
}

/// `source` without the bytes of `cuts`.
pub(crate) fn remove(source: &str, cuts: &[PlannedCut]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for cut in cuts {
        out.push_str(source.get(at..cut.span.start).unwrap_or_default());
        at = at.max(cut.span.end);
    }
    out.push_str(source.get(at..).unwrap_or_default());
    out
}

/// Proves that `cuts` remove their targets from the tree and change nothing else.
pub(crate) fn verify(
    source: &str,
    document: &Document,
    targets: &[Target],
    cuts: &[PlannedCut],
) -> Result<(), Mismatch> {
    let mut removed = Removed::none(document);
    for cut in cuts {
        match cut.how {
            How::Climbed(wrapper) => removed.insert(wrapper),
            How::Safe | How::Proven => {
                let targets = cut.targets.iter().filter_map(|index| targets.get(*index));
                for id in targets.flat_map(|target| target.nodes(document)) {
                    removed.insert(id);
                }
            }
        }
    }
    let result = parse(&remove(source, cuts), &document.options).map_err(Mismatch::Unparsable)?;
    compare(document, &removed, &result).map_err(Mismatch::Different)
}
