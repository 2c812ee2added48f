//! Cards of advertising in a text: a label, a headline, a label, a headline. Nothing tells where
//! the last card ends, but what stands between two labels of a row is one.

use super::guards::siblings;
use super::points::Scale;
use super::{Joined, Region};
use crate::evidence::block::{Block, BlockId};

/// Words of the longest label.
const LABEL_WORDS: u32 = 3;

/// Lines between two labels, and words of each: a teaser's kicker and headline.
const LINES: usize = 2;
const LINE_WORDS: u32 = 14;

/// Labels that make a row. Two of them may have a part of an article between them.
const LABELS: usize = 3;

/// Joins the labels of each row in `regions`, which stand in the order of the document.
pub(super) fn join(scale: &Scale<'_>, regions: Vec<Region>) -> Vec<Region> {
    let mut joined: Vec<Region> = Vec::with_capacity(regions.len());
    let mut row: Vec<Region> = Vec::new();
    for region in regions {
        if row.last().is_some_and(|last| between(scale, last, &region).is_none()) {
            close(scale, &mut row, &mut joined);
        }
        row.push(region);
    }
    close(scale, &mut row, &mut joined);
    joined
}

fn close(scale: &Scale<'_>, row: &mut Vec<Region>, joined: &mut Vec<Region>) {
    if row.len() < LABELS {
        joined.append(row);
        return;
    }
    let mut labels = row.drain(..);
    let Some(mut region) = labels.next() else { return };
    for label in labels {
        for id in between(scale, &region, &label).unwrap_or_default() {
            region.joined.push((id, Joined::Card));
        }
        region.joined.push((label.from, Joined::Appeal { rule: label.rule, sum: label.sum }));
        region.to = label.to;
    }
    joined.push(region);
}

/// The lines of the card between two labels, if there is one.
fn between(scale: &Scale<'_>, before: &Region, after: &Region) -> Option<Vec<BlockId>> {
    let outline = &scale.evidence.outline;
    let (first, last) = (outline.block(before.to), outline.block(after.from));
    let is_label = |block: &Block| block.measures.words <= LABEL_WORDS;
    if first.parent != last.parent || !is_label(first) || !is_label(last) {
        return None;
    }
    let lines = siblings(scale, BlockId(first.end), after.from.0).take(LINES + 1);
    let lines: Vec<BlockId> = lines.collect();
    let fits = |id: &BlockId| {
        let measures = &outline.block(*id).measures;
        measures.leaves == 1 && (1..=LINE_WORDS).contains(&measures.words) && measures.media == 0
    };
    ((1..=LINES).contains(&lines.len()) && lines.iter().all(fits)).then_some(lines)
}
