//! Which cuts go by the facts, which by proof, and which not.

use std::collections::{BTreeMap, BTreeSet};

use html5ever::{local_name, ns};

use super::{How, Plan, PlannedCut, Refusal, Target, seam, verify};
use crate::dom::compare::Removed;
use crate::dom::{Document, NodeData, NodeId, Span};

/// Parses a page costs at most beyond the first, however many cuts need proof.
const MAX_PROOFS: usize = 16;

/// How far out a wrapper may be that is cut instead of what it wraps.
const MAX_CLIMB: usize = 4;

/// A range that would cut one target.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    target: usize,
    /// What is removed: the target, or its wrapper.
    nodes: Target,
    span: Span,
    how: How,
    /// Whether the facts alone say that it can be cut.
    by_facts: bool,
}

impl Candidate {
    pub(super) fn new(target: usize, nodes: Target, span: Span, how: How) -> Candidate {
        Candidate { target, nodes, span, how, by_facts: false }
    }
}

/// Sorts targets by how they can be cut.
pub(super) struct Planner<'a> {
    document: &'a Document,
    source: &'a str,
    targets: &'a [Target],
    accepted: Vec<Candidate>,
    /// How many parses were spent on proofs.
    proofs: usize,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        document: &'a Document,
        source: &'a str,
        targets: &'a [Target],
    ) -> Planner<'a> {
        Planner { document, source, targets, accepted: Vec::new(), proofs: 0 }
    }

    /// Plans the cuts.
    pub(super) fn plan(mut self) -> Plan {
        let mut refused = Vec::new();
        let mut doubtful = Vec::new();
        for (index, target) in self.targets.iter().enumerate() {
            match self.span(target) {
                Ok(span) => {
                    let candidate = Candidate::new(index, *target, span, How::Proven);
                    if self.is_independent(&candidate) {
                        self.accepted.push(Candidate {
                            how: How::Safe,
                            by_facts: true,
                            ..candidate
                        });
                    } else {
                        doubtful.push(candidate);
                    }
                }
                Err(refusal) => refused.push((index, refusal)),
            }
        }
        doubtful.append(&mut self.take_rough());
        refused.extend(self.prove(doubtful));
        self.climb_for(&mut refused);
        refused.sort_unstable_by_key(|(index, _)| *index);
        Plan { cuts: self.into_cuts(), refused }
    }

    /// The bytes of `target`.
    pub(super) fn span(&self, target: &Target) -> Result<Span, Refusal> {
        let mut last = None;
        for id in target.nodes(self.document) {
            if is_structure(self.document, id) {
                return Err(Refusal::Structure);
            }
            last = Some(id);
        }
        if last != Some(target.last) {
            return Err(Refusal::NotSiblings);
        }
        let place = |id: NodeId| self.document.node(id).span.clone().ok_or(Refusal::Implied);
        let span = place(target.first)?.start..place(target.last)?.end;
        if span.start >= span.end || self.source.get(span.clone()).is_none() {
            return Err(Refusal::Displaced);
        }
        Ok(span)
    }

    /// Whether the facts alone say that the candidate's bytes are its nodes and tie to nothing.
    fn is_independent(&self, candidate: &Candidate) -> bool {
        let facts = &self.document.facts;
        let parent = self.document.node(candidate.nodes.first).parent;
        let inner = parent.and_then(|parent| self.document.node(parent).inner.as_ref());
        facts.independent(&candidate.span)
            && inner.is_none_or(|inner| within(&candidate.span, inner))
            && !self.is_in_template(candidate.nodes.first)
            && !(facts.fostered() && self.is_in_table(candidate.nodes.first))
            && self.is_contiguous(candidate)
    }

    /// Whether the parser made just the candidate's nodes from the candidate's bytes.
    fn is_contiguous(&self, candidate: &Candidate) -> bool {
        let document = self.document;
        let (mut count, mut lowest, mut highest) = (0, usize::MAX, 0);
        let mut todo: Vec<NodeId> = Vec::new();
        for top in candidate.nodes.nodes(document) {
            todo.push(top);
            while let Some(id) = todo.pop() {
                count += 1;
                lowest = lowest.min(id.index());
                highest = highest.max(id.index());
                let node = document.node(id);
                if node.span.as_ref().is_some_and(|span| !within(span, &candidate.span))
                    || document.facts.is_scattered(id)
                {
                    return false;
                }
                todo.extend(document.children(id));
                todo.extend(document.element(id).and_then(|element| element.template));
            }
        }
        let stands_inside = |index: Option<usize>| {
            index
                .and_then(|index| document.nodes.get(index))
                .and_then(|node| node.span.as_ref())
                .is_some_and(|span| candidate.span.contains(&span.start))
        };
        count == highest + 1 - lowest
            && !stands_inside(lowest.checked_sub(1))
            && !stands_inside(highest.checked_add(1))
    }

    /// In a template the first start tag decides how the rest is read.
    fn is_in_template(&self, id: NodeId) -> bool {
        let parent = |id: &NodeId| self.document.node(*id).parent;
        std::iter::successors(parent(&id), parent)
            .any(|id| matches!(self.document.node(id).data, NodeData::Fragment))
    }

    /// Whether text at this place is collected before it is told whether it may stay in a table.
    fn is_in_table(&self, id: NodeId) -> bool {
        let parent = self.document.node(id).parent;
        parent.and_then(|parent| self.document.name(parent)).is_some_and(|name| {
            matches!(
                *name,
                local_name!("table")
                    | local_name!("tbody")
                    | local_name!("thead")
                    | local_name!("tfoot")
                    | local_name!("tr")
            )
        })
    }

    /// Takes back the accepted cuts at whose seam the sides would run into each other.
    fn take_rough(&mut self) -> Vec<Candidate> {
        self.accepted.sort_by_key(|candidate| (candidate.span.start, candidate.span.end));
        let mut smooth = Vec::with_capacity(self.accepted.len());
        let mut rough = Vec::new();
        for group in touching(&self.accepted) {
            let Some(span) = hull(group) else { continue };
            if seam::is_smooth(self.document, self.source, &span) {
                smooth.extend_from_slice(group);
            } else {
                let doubtful = group.iter().cloned();
                rough.extend(doubtful.map(|c| Candidate {
                    how: How::Proven,
                    by_facts: false,
                    ..c
                }));
            }
        }
        self.accepted = smooth;
        rough
    }

    /// Accepts of `doubtful` what can be cut along with what is accepted already. Gives the rest,
    /// with the reason.
    fn prove(&mut self, doubtful: Vec<Candidate>) -> Vec<(usize, Refusal)> {
        let mut refused = Vec::new();
        let mut groups = vec![doubtful];
        while let Some(mut group) = groups.pop() {
            if group.is_empty() {
                continue;
            }
            if self.proofs >= MAX_PROOFS {
                refused.extend(group.iter().map(|c| (c.target, Refusal::Unproven)));
            } else if self.holds_with(&group) {
                self.accepted.append(&mut group);
            } else if let [candidate] = &group[..] {
                match self.leaving_end_tag(candidate) {
                    Some(left) => self.accepted.push(left),
                    None => refused.push((candidate.target, Refusal::Changes)),
                }
            } else {
                let rest = group.split_off(group.len() / 2);
                groups.extend([rest, group]);
            }
        }
        refused
    }

    /// Cuts a paragraph that closed one before it but for its end tag, if a parse shows that this
    /// closes the one before just where it was closed: `<p>One <p>Two</p>` becomes `<p>One </p>`.
    fn leaving_end_tag(&mut self, candidate: &Candidate) -> Option<Candidate> {
        let Target { first, last } = candidate.nodes;
        let is_paragraph = self.document.name(last).is_some_and(|name| *name == local_name!("p"));
        let end = self.document.node(last).inner.as_ref()?.end;
        if first != last || !is_paragraph || end >= candidate.span.end {
            return None;
        }
        let span = candidate.span.start..end;
        let left = Candidate { span, ..candidate.clone() };
        let may = self.proofs < MAX_PROOFS && self.holds_with(std::slice::from_ref(&left));
        may.then_some(left)
    }

    /// Whether a parse shows that the accepted cuts and `more` change nothing else.
    fn holds_with(&mut self, more: &[Candidate]) -> bool {
        self.proofs += 1;
        let all: Vec<Candidate> = self.accepted.iter().chain(more).cloned().collect();
        let cuts = join(all);
        verify(self.source, self.document, self.targets, &cuts).is_ok()
    }

    /// Takes out of `refused` the targets for which an element around them can be cut.
    fn climb_for(&mut self, refused: &mut Vec<(usize, Refusal)>) {
        if refused.is_empty() {
            return;
        }
        let mut around = Around::new(self);
        refused.retain(|(index, _)| {
            !(self.join_outer(*index, &around) || self.climb(*index, &mut around))
        });
    }

    /// Joins a target to the accepted cut around it, if there is one.
    fn join_outer(&mut self, index: usize, around: &Around) -> bool {
        let Some(target) = self.targets.get(index) else { return false };
        let parent = |id: &NodeId| self.document.node(*id).parent;
        let outer = std::iter::successors(parent(&target.first), parent)
            .find_map(|id| self.accepted.get(*around.cut.get(&id)?).cloned());
        let Some(outer) = outer else { return false };
        self.accepted.push(Candidate { target: index, ..outer });
        true
    }

    /// Accepts, instead of a target that cannot be cut, an element around it that holds nothing
    /// but what is wrapped. Says whether there is one.
    fn climb(&mut self, index: usize, around: &mut Around) -> bool {
        let Some(target) = self.targets.get(index) else { return false };
        let parent = |id: &NodeId| self.document.node(*id).parent;
        for wrapper in std::iter::successors(parent(&target.first), parent).take(MAX_CLIMB) {
            if around.holds_more(wrapper, self.document) {
                return false;
            }
            around.wrap(wrapper, self.document);
            let nodes = Target::node(wrapper);
            let Ok(span) = self.span(&nodes) else { continue };
            let how = How::Climbed(wrapper);
            let mut candidate = Candidate::new(index, nodes, span, how);
            candidate.by_facts = around.is_clear_of(&candidate.span) && self.is_sure(&candidate);
            if candidate.by_facts
                || (self.proofs < MAX_PROOFS && self.holds_with(std::slice::from_ref(&candidate)))
            {
                around.accept(&candidate, self.accepted.len(), self.document);
                self.accepted.push(candidate);
                return true;
            }
        }
        false
    }

    /// Whether the candidate can be cut by the facts alone if nothing is cut that touches it.
    pub(super) fn is_sure(&self, candidate: &Candidate) -> bool {
        self.is_independent(candidate)
            && seam::is_smooth(self.document, self.source, &candidate.span)
    }

    fn into_cuts(self) -> Vec<PlannedCut> {
        join(self.accepted)
    }
}

/// What goes, as seen from the elements around it. Counted once, since many targets may share
/// what is around them.
struct Around {
    /// Targets, and the wrappers of nothing else.
    wrapped: Removed,
    /// Of the wrappers asked about, how many children are neither wrapped nor nothing.
    others: BTreeMap<NodeId, usize>,
    /// In which of the accepted candidates a node is cut.
    cut: BTreeMap<NodeId, usize>,
    /// Where the accepted candidates start and end.
    starts: BTreeSet<usize>,
    ends: BTreeSet<usize>,
    /// Whether all of them can be cut by the facts. These are those of the whole page: they hold
    /// beside other cuts only if these go by them too.
    by_facts: bool,
}

impl Around {
    fn new(planner: &Planner<'_>) -> Around {
        let document = planner.document;
        let mut around = Around {
            wrapped: Removed::none(document),
            others: BTreeMap::new(),
            cut: BTreeMap::new(),
            starts: BTreeSet::new(),
            ends: BTreeSet::new(),
            by_facts: true,
        };
        for id in planner.targets.iter().flat_map(|target| target.nodes(document)) {
            around.wrapped.insert(id);
        }
        for (index, candidate) in planner.accepted.iter().enumerate() {
            around.accept(candidate, index, document);
        }
        around
    }

    fn accept(&mut self, candidate: &Candidate, index: usize, document: &Document) {
        self.cut.extend(candidate.nodes.nodes(document).map(|id| (id, index)));
        self.starts.insert(candidate.span.start);
        self.ends.insert(candidate.span.end);
        self.by_facts &= candidate.by_facts;
    }

    /// Whether a wrapper holds anything but what is wrapped, white space and comments.
    fn holds_more(&mut self, wrapper: NodeId, document: &Document) -> bool {
        let wrapped = &self.wrapped;
        let is_other = |id: &NodeId| match &document.node(*id).data {
            _ if wrapped.contains(*id) => false,
            NodeData::Comment(_) => false,
            NodeData::Text(text) => !text.chars().all(char::is_whitespace),
            _ => true,
        };
        let count = || document.children(wrapper).filter(is_other).count();
        *self.others.entry(wrapper).or_insert_with(count) > 0
    }

    /// Counts an element that holds nothing else as wrapped.
    fn wrap(&mut self, wrapper: NodeId, document: &Document) {
        if self.wrapped.contains(wrapper) {
            return;
        }
        self.wrapped.insert(wrapper);
        let parent = document.node(wrapper).parent;
        if let Some(others) = parent.and_then(|parent| self.others.get_mut(&parent)) {
            *others -= 1;
        }
    }

    /// Whether all that is accepted goes by the facts, and none of it touches `span`.
    fn is_clear_of(&self, span: &Span) -> bool {
        let touched = self.ends.contains(&span.start) || self.starts.contains(&span.end);
        self.by_facts && !touched
    }
}

/// Whether cutting the node would cut the frame of the page.
fn is_structure(document: &Document, id: NodeId) -> bool {
    match &document.node(id).data {
        NodeData::Document | NodeData::Doctype { .. } | NodeData::Fragment => true,
        NodeData::Element(element) => {
            element.name.ns == ns!(html)
                && matches!(
                    element.name.local,
                    local_name!("html") | local_name!("head") | local_name!("body")
                )
        }
        _ => false,
    }
}

fn within(inner: &Span, outer: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The candidates, which are in order, in groups that overlap or touch.
fn touching(candidates: &[Candidate]) -> impl Iterator<Item = &[Candidate]> {
    let mut end = 0;
    candidates.chunk_by(move |a, b| {
        end = a.span.end.max(end);
        b.span.start <= end
    })
}

/// The range from the first to the last byte of the candidates.
fn hull(candidates: &[Candidate]) -> Option<Span> {
    let start = candidates.iter().map(|candidate| candidate.span.start).min()?;
    let end = candidates.iter().map(|candidate| candidate.span.end).max()?;
    Some(start..end)
}

/// Cuts of the candidates, those that overlap or touch as one.
fn join(mut candidates: Vec<Candidate>) -> Vec<PlannedCut> {
    candidates
        .sort_by_key(|candidate| (candidate.span.start, std::cmp::Reverse(candidate.span.end)));
    let mut cuts: Vec<PlannedCut> = Vec::new();
    for candidate in candidates {
        let climbs = |how: How| matches!(how, How::Climbed(_));
        match cuts.last_mut() {
            Some(last)
                if candidate.span.start < last.span.end
                    || (candidate.span.start == last.span.end
                        && !climbs(last.how)
                        && !climbs(candidate.how)) =>
            {
                // What is in another cut is cut as that is.
                if candidate.span.end > last.span.end {
                    last.span.end = candidate.span.end;
                    if last.how == How::Safe {
                        last.how = candidate.how;
                    }
                }
                last.targets.push(candidate.target);
            }
            _ => cuts.push(PlannedCut {
                span: candidate.span,
                targets: vec![candidate.target],
                how: candidate.how,
            }),
        }
    }
    for cut in &mut cuts {
        cut.targets.sort_unstable();
    }
    cuts
}
