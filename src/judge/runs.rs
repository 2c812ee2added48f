//! Appeals that are a run of short blocks side by side, none of which says enough by itself: a
//! heading, a pitch, the name of a field, a button. In a page a wrapper mostly holds them
//! together; in text nothing does.

use super::points::{Scale, Subject, Sum};
use super::{BlockId, Region, Shields};
use crate::rules::source::rule::{BAR, Category};

/// Blocks and words of a run: what fits one box on a page.
const MOST_BLOCKS: usize = 7;
const MOST_WORDS: u32 = 140;

/// Words of the longest leaf of a run: a pitch of two or three lines.
const LONGEST: u32 = 70;

/// Blocks in a row, and words, that say nothing of the appeal.
const SILENT_BLOCKS: usize = 2;
const SILENT_WORDS: u32 = 25;

/// Seeks runs that a rule of one category brings to the bar.
pub(super) struct Runs<'a> {
    pub(super) scale: &'a Scale<'a>,
    pub(super) category: Category,
    pub(super) rules: &'a [usize],
    pub(super) shields: &'a Shields,
    /// Whether the block is a seed or holds one.
    pub(super) taken: &'a [bool],
}

impl Runs<'_> {
    pub(super) fn seek(&self, seeds: &mut Vec<Region>) {
        if self.category == Category::AdNotice {
            return;
        }
        let blocks = &self.scale.evidence.outline.blocks;
        // A block that ended a run does not begin another.
        let mut free = 0;
        for i in 0..blocks.len() as u32 {
            let from = BlockId(i);
            if i < free || !self.begins(from) {
                continue;
            }
            if let Some((to, rule, sum)) = self.run_from(from) {
                free = blocks[to.index()].end;
                let (category, joined) = (self.category, vec![]);
                seeds.push(Region { category, rule, sum, seed: (from, to), from, to, joined });
            }
        }
    }

    /// The shortest run from `from` on that reaches the bar.
    fn run_from(&self, from: BlockId) -> Option<(BlockId, usize, Sum)> {
        let outline = &self.scale.evidence.outline;
        let end = outline.block(outline.block(from).parent?).end;
        let mut run = self.scale.subject(from);
        let (mut silent_blocks, mut silent_words) = (0, 0);
        let mut to = from;
        for _ in 1..MOST_BLOCKS {
            to = BlockId(outline.block(to).end);
            if to.0 >= end || !self.fits(to) {
                return None;
            }
            self.scale.extend(&mut run, to);
            if run.measures().words > MOST_WORDS {
                return None;
            }
            if self.speaks(to) {
                silent_blocks = 0;
                if let Some((rule, mut sum)) = self.best(&run) {
                    self.scale.weigh_form(&self.scale.rules.set.rules[rule], from, &mut sum);
                    if sum.points >= BAR {
                        return Some((to, rule, sum));
                    }
                }
            } else {
                silent_blocks += 1;
                silent_words += outline.block(to).measures.words;
                if silent_blocks > SILENT_BLOCKS || silent_words > SILENT_WORDS {
                    return None;
                }
            }
        }
        None
    }

    fn best(&self, run: &Subject<'_>) -> Option<(usize, Sum)> {
        self.rules
            .iter()
            .filter_map(|rule| {
                let source = &self.scale.rules.set.rules[*rule];
                self.scale.weigh_subject(source, run, None).map(|sum| (*rule, sum))
            })
            .max_by_key(|(rule, sum)| (sum.points, std::cmp::Reverse(*rule)))
            .filter(|(_, sum)| sum.points >= BAR)
    }

    /// Teasers need a heading that says what they are.
    fn begins(&self, block: BlockId) -> bool {
        self.fits(block) && self.scale.speaks_for(self.category, block)
    }

    fn speaks(&self, block: BlockId) -> bool {
        let measures = &self.scale.evidence.outline.block(block).measures;
        let teaser = self.category == Category::Recirculation && measures.teasers > 0;
        self.begins(block) || (teaser && self.fits(block))
    }

    fn fits(&self, id: BlockId) -> bool {
        let block = self.scale.evidence.outline.block(id);
        let measures = &block.measures;
        !self.taken[id.index()]
            && !block.menu
            && measures.longest <= LONGEST
            && measures.media == 0
            && measures.h1 == 0
            && !self.shields.within(self.category, id)
            && self.shields.on(self.category, id).is_none()
    }
}
