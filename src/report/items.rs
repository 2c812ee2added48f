//! What a report lists: cuts and what only just stays, in the order of the page.

use std::cmp::Reverse;
use std::ops::Range;

use crate::decode::Decoded;
use crate::finding::{Place, Reason, RuleRef};
use crate::{Category, Cleaned};

/// The blocks that a report lists and marks. No page that people read comes near; a list that is
/// longer serves nobody.
pub(super) const MAX_ITEMS: usize = 2_000;

/// What became of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Cut,
    Near,
    Shielded,
    Guarded,
    /// It has the points, and cutting it could change what stays.
    NotSafe,
}

impl State {
    pub(super) fn is_cut(self) -> bool {
        self == State::Cut
    }

    /// The word in the list.
    pub(super) fn word(self) -> &'static str {
        match self {
            State::Cut => "cut",
            State::Near => "near miss",
            State::Shielded => "shielded",
            State::Guarded => "guarded",
            State::NotSafe => "not safe to cut",
        }
    }

    fn of(kept: &str) -> State {
        if kept.starts_with("shielded") {
            State::Shielded
        } else if kept.starts_with("guard") {
            State::Guarded
        } else if kept.starts_with("not safe") {
            State::NotSafe
        } else {
            State::Near
        }
    }
}

/// A block of the list.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// Counted from 1, in the order of the page.
    pub(super) number: usize,
    pub(super) state: State,
    pub(super) category: Category,
    pub(super) place: &'a Place,
    /// Its place in the decoded text.
    pub(super) span: Range<usize>,
    pub(super) rule: &'a RuleRef,
    pub(super) points: i32,
    pub(super) evidence: &'a [Reason],
    /// What the cut took in beside the block that had the points.
    pub(super) extent: &'a [String],
    /// Why it stays; empty for cuts.
    pub(super) kept: &'a str,
    pub(super) text: &'a str,
}

/// The items of a cleaned input, by place, and how many there are beyond [`MAX_ITEMS`]: cuts come
/// first when there is not room for all.
pub(super) fn items<'a>(cleaned: &'a Cleaned<'_>, decoded: &Decoded<'_>) -> (Vec<Item<'a>>, usize) {
    let span = |place: &Place| {
        decoded.text_offset(place.range.start)..decoded.text_offset(place.range.end)
    };
    let cuts = cleaned.cuts.iter().map(|cut| Item {
        number: 0,
        state: State::Cut,
        category: cut.category,
        place: &cut.place,
        span: span(&cut.place),
        rule: &cut.rule,
        points: cut.points,
        evidence: &cut.evidence,
        extent: &cut.extent,
        kept: "",
        text: &cut.text,
    });
    let near = cleaned.near.iter().map(|near| Item {
        number: 0,
        state: State::of(&near.kept),
        category: near.category,
        place: &near.place,
        span: span(&near.place),
        rule: &near.rule,
        points: near.points,
        evidence: &near.evidence,
        extent: &[],
        kept: &near.kept,
        text: &near.text,
    });
    let mut items: Vec<Item<'_>> = cuts.chain(near).take(MAX_ITEMS).collect();
    items.sort_by_key(|item| (item.span.start, Reverse(item.span.end), !item.state.is_cut()));
    for (index, item) in items.iter_mut().enumerate() {
        item.number = index + 1;
    }
    let beyond = (cleaned.cuts.len() + cleaned.near.len()).saturating_sub(items.len());
    (items, beyond)
}

/// Which items stand at a place of the text.
#[derive(Debug)]
pub(super) struct Places {
    /// Where the set of items changes, and the items (by index) from there on.
    steps: Vec<(usize, Vec<usize>)>,
}

impl Places {
    pub(super) fn new(items: &[Item<'_>]) -> Places {
        let mut bounds: Vec<usize> =
            items.iter().flat_map(|item| [item.span.start, item.span.end]).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut open: Vec<usize> = Vec::new();
        let mut next = 0;
        let steps = bounds
            .into_iter()
            .map(|at| {
                open.retain(|index| items[*index].span.end > at);
                while let Some(item) = items.get(next).filter(|item| item.span.start <= at) {
                    if item.span.end > at {
                        open.push(next);
                    }
                    next += 1;
                }
                (at, open.clone())
            })
            .collect();
        Places { steps }
    }

    /// The items at `at`, the outermost first.
    pub(super) fn at(&self, at: usize) -> &[usize] {
        let after = self.steps.partition_point(|(start, _)| *start <= at);
        after.checked_sub(1).and_then(|i| self.steps.get(i)).map_or(&[], |(_, items)| items)
    }

    /// Where the items change next after `at`.
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        let after = self.steps.partition_point(|(start, _)| *start <= at);
        self.steps.get(after).map(|(start, _)| *start)
    }
}
