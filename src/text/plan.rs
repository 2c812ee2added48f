//! From nodes of a text to the bytes that go with them.
//!
//! Blocks go as whole lines. Of the blank lines on their two sides those before them stay, so
//! that what is left stands apart as it did; at the end of a file or of a container those behind
//! them stay. Nothing is ever added. A cut that would make the rest read differently is not made.

use super::{Kind, outline::outline, parse};
use crate::dom::{Document, NodeData, NodeId, Span};

/// How often the rest is parsed to find out which targets can go. One time is enough when all
/// can; each target that cannot takes about twice the logarithm of their number.
const MAX_PROOFS: usize = 64;

/// What to cut.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Ranges of the source, in order, apart from each other.
    pub(crate) cuts: Vec<Span>,
    /// The targets that stay, since without them the rest would read differently.
    pub(crate) kept: Vec<(NodeId, NodeId)>,
}

/// Plans to cut `targets`, runs of siblings from the first to the last, out of `document`, which
/// is `source` parsed as `kind`.
pub(crate) fn plan(
    source: &str,
    kind: Kind,
    document: &Document,
    targets: &[(NodeId, NodeId)],
) -> Plan {
    let planner = Planner { source, kind, document };
    let mut targets = targets.to_vec();
    targets.sort_unstable();
    targets.dedup();
    let (runs, mut kept): (Vec<_>, Vec<_>) =
        targets.into_iter().partition(|run| planner.is_run(*run));
    let (mut accepted, mut cuts) = (Vec::new(), Vec::new());
    let mut proofs = 0;
    // Halves of what failed, the first on top.
    let mut todo = vec![runs.as_slice()];
    while let Some(part) = todo.pop() {
        let before = accepted.len();
        accepted.extend_from_slice(part);
        let proved = if part.is_empty() || proofs == MAX_PROOFS {
            None
        } else {
            proofs += 1;
            planner.prove(&accepted)
        };
        if let Some(proved) = proved {
            cuts = proved;
            continue;
        }
        accepted.truncate(before);
        if part.len() > 1 && proofs < MAX_PROOFS {
            let (first, second) = part.split_at(part.len() / 2);
            todo.extend([second, first]);
        } else {
            kept.extend_from_slice(part);
        }
    }
    Plan { cuts, kept }
}

/// The source without `cuts`, which are in order and apart from each other.
pub(crate) fn apply(source: &str, cuts: &[Span]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for cut in cuts {
        out.push_str(source.get(at..cut.start).unwrap_or_default());
        at = cut.end;
    }
    out.push_str(source.get(at..).unwrap_or_default());
    out
}

struct Planner<'a> {
    source: &'a str,
    kind: Kind,
    document: &'a Document,
}

impl Planner<'_> {
    fn is_run(&self, (first, last): (NodeId, NodeId)) -> bool {
        let in_source = |id: NodeId| {
            self.document.nodes.get(id.index()).is_some_and(|node| node.span.is_some())
        };
        in_source(first) && in_source(last) && self.run(first, last).last() == Some(last)
    }

    /// The siblings from `first` to `last`.
    fn run(&self, first: NodeId, last: NodeId) -> impl Iterator<Item = NodeId> {
        let next = move |id: &NodeId| {
            if *id == last { None } else { self.document.node(*id).next }
        };
        std::iter::successors(Some(first), next)
    }

    /// The cuts for `runs`, if what they leave reads as before.
    fn prove(&self, runs: &[(NodeId, NodeId)]) -> Option<Vec<Span>> {
        let gone = self.gone(runs);
        let cuts = self.cuts(&gone);
        let left = apply(self.source, &cuts);
        let wanted = outline(self.document, |id| gone.get(id.index()).copied().unwrap_or(false));
        (outline(&parse(&left, self.kind), |_| false) == wanted).then_some(cuts)
    }

    /// Marks the nodes of `runs`, and each node whose children are all marked: an empty list is
    /// no list.
    fn gone(&self, runs: &[(NodeId, NodeId)]) -> Vec<bool> {
        let mut gone = vec![false; self.document.nodes.len()];
        // How many children of a node are left.
        let mut left = vec![0u32; self.document.nodes.len()];
        for parent in self.document.nodes.iter().filter_map(|node| node.parent) {
            if let Some(left) = left.get_mut(parent.index()) {
                *left += 1;
            }
        }
        let mut todo: Vec<NodeId> =
            runs.iter().flat_map(|(first, last)| self.run(*first, *last)).collect();
        while let Some(id) = todo.pop() {
            match gone.get_mut(id.index()) {
                Some(gone) if !*gone => *gone = true,
                _ => continue,
            }
            let Some(parent) = self.document.node(id).parent else { continue };
            let Some(left) = left.get_mut(parent.index()) else { continue };
            *left -= 1;
            if *left == 0 && self.document.node(parent).span.is_some() {
                todo.push(parent);
            }
        }
        gone
    }

    /// The ranges of the marked nodes.
    fn cuts(&self, gone: &[bool]) -> Vec<Span> {
        let is_gone = |id: NodeId| gone.get(id.index()).copied().unwrap_or(false);
        // Parents stand before their children.
        let mut hidden = vec![false; gone.len()];
        let mut cuts = Vec::new();
        for (at, node) in self.document.nodes.iter().enumerate() {
            let Some(parent) = node.parent else { continue };
            let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
            let covered = hidden.get(parent.index()).copied().unwrap_or(false);
            if let Some(hidden) = hidden.get_mut(at) {
                *hidden = covered || is_gone(id);
            }
            if covered || !is_gone(id) || node.prev.is_some_and(is_gone) {
                continue;
            }
            let last = std::iter::successors(Some(id), |id| self.document.node(*id).next)
                .take_while(|id| is_gone(*id))
                .last();
            let last = last.unwrap_or(id);
            cuts.push(if self.holds_lines(parent) && !self.is_text(id) {
                self.lines(parent, id, last)
            } else {
                self.phrase(id, last)
            });
        }
        merge(cuts)
    }

    /// Whether the children of a node stand in lines of their own.
    fn holds_lines(&self, id: NodeId) -> bool {
        self.document.name(id).is_some_and(|name| {
            matches!(&**name, "body" | "div" | "ul" | "ol" | "li" | "blockquote" | "table")
        })
    }

    fn is_text(&self, id: NodeId) -> bool {
        matches!(self.document.node(id).data, NodeData::Text(_))
    }

    fn span(&self, id: NodeId) -> Span {
        self.document.node(id).span.clone().unwrap_or(0..0)
    }

    /// The lines of a run of blocks, with the blank lines on one side of it.
    fn lines(&self, parent: NodeId, first: NodeId, last: NodeId) -> Span {
        let (start, end) = (self.span(first).start, self.span(last).end);
        let before = self.document.node(first).prev;
        let after = self.document.node(last).next;
        let gap_start = before.map_or(start, |id| self.span(id).end);
        let gap_end = after.map_or(end, |id| self.span(id).start);
        let gap_start = if self.is_blank(gap_start..start) { gap_start } else { start };
        let gap_end = if self.is_blank(end..gap_end) { gap_end } else { end };
        match (before, after) {
            (Some(_), Some(_)) if gap_start < start => start..gap_end,
            (Some(before), Some(_)) if gap_end == end && self.would_join(parent, before) => {
                // The line end alone is a blank line.
                start..start + without_line_end(self.source.get(start..end).unwrap_or_default())
            }
            (Some(_), Some(_)) => start..end,
            (Some(_), None) => gap_start..end,
            (None, Some(_)) => start..gap_end,
            (None, None) => 0..self.source.len(),
        }
    }

    fn is_blank(&self, span: Span) -> bool {
        // Within a quotation in Markdown, blank lines have its mark.
        let mark = |c: char| c == '>' && self.kind == Kind::Markdown;
        let text = self.source.get(span);
        text.is_some_and(|text| text.chars().all(|c| super::lines::is_space(c) || mark(c)))
    }

    /// Whether what stands behind `before`, without a blank line between, might become part of
    /// it. Only Markdown has blocks that end where another begins in the next line.
    fn would_join(&self, parent: NodeId, before: NodeId) -> bool {
        let name = |id: NodeId| self.document.name(id).map(|name| &**name);
        let lines_of_paragraph = name(parent) == Some("div") && name(before) == Some("p");
        self.kind == Kind::Markdown
            && !lines_of_paragraph
            && !matches!(name(parent), Some("ul" | "ol" | "table"))
            && !matches!(name(before), Some("h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr"))
    }

    /// A run of phrases within a block, with the space behind it if there is one before it.
    fn phrase(&self, first: NodeId, last: NodeId) -> Span {
        let (start, end) = (self.span(first).start, self.span(last).end);
        let before = self.source.get(..start).unwrap_or_default();
        let after = self.source.get(end..).unwrap_or_default();
        let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
        let spaced = before.is_empty() || before.ends_with([' ', '\t', '\n', '\r']);
        start..end + if spaced { spaces } else { 0 }
    }
}

fn without_line_end(text: &str) -> usize {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text).len()
}

/// Sorts ranges and joins those that touch.
fn merge(mut cuts: Vec<Span>) -> Vec<Span> {
    cuts.retain(|cut| cut.start < cut.end);
    cuts.sort_by_key(|cut| (cut.start, cut.end));
    let mut merged: Vec<Span> = Vec::new();
    for cut in cuts {
        match merged.last_mut() {
            Some(last) if cut.start <= last.end => last.end = last.end.max(cut.end),
            _ => merged.push(cut),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
