//! Cuts (placeholder until the planner lands).
use crate::dom::{Document, NodeId, Span};
pub(crate) fn naive(doc: &Document, targets: &[(NodeId, NodeId)]) -> (Vec<(Span, Vec<usize>)>, Vec<usize>) {
    let mut spans: Vec<(Span, Vec<usize>)> = Vec::new();
    let mut refused = Vec::new();
    let mut order: Vec<usize> = (0..targets.len()).collect();
    let span = |i: usize| -> Option<Span> {
        let (f, l) = targets[i];
        Some(doc.span(f)?.start..doc.span(l)?.end)
    };
    order.retain(|i| match span(*i) { Some(s) if s.start < s.end => true, _ => { refused.push(*i); false } });
    order.sort_by_key(|i| span(*i).map(|s| (s.start, std::cmp::Reverse(s.end))));
    for i in order {
        let Some(s) = span(i) else { continue };
        match spans.last_mut() {
            Some((last, members)) if s.start <= last.end => { last.end = last.end.max(s.end); members.push(i); }
            _ => spans.push((s, vec![i])),
        }
    }
    refused.sort();
    (spans, refused)
}
