//! Evidence: what is found in a document, block by block.
//!
//! Every sign that some rule asks for is looked for once; a block has a sign if it, or anything
//! in it, shows it. Rules then only compare bits and numbers.

pub(crate) mod block;
pub(crate) mod flow;
pub(crate) mod links;
pub(crate) mod memory;
pub(crate) mod money;
pub(crate) mod names;
pub(crate) mod phrases;
mod prose;
pub(crate) mod selectors;
mod words;

use crate::dom::Document;
use crate::rules::compile::{Compiled, Kind};
use crate::rules::source::rule::SignId;
use block::{BlockId, Outline};
use memory::{Memory, Scratch, Shown};

/// A sign found: where, and which of its entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) sign: SignId,
    pub(crate) block: BlockId,
    pub(crate) entry: u32,
}

/// A set of signs for each block.
#[derive(Debug, Default)]
pub(crate) struct SignSets {
    width: usize,
    bits: Vec<u64>,
}

impl SignSets {
    pub(crate) fn new(blocks: usize, width: usize) -> SignSets {
        SignSets { width, bits: vec![0; blocks * width] }
    }

    pub(crate) fn of(&self, block: BlockId) -> &[u64] {
        &self.bits[block.index() * self.width..][..self.width]
    }

    pub(crate) fn has(&self, block: BlockId, sign: SignId) -> bool {
        has(self.of(block), sign)
    }

    fn set(&mut self, block: BlockId, sign: SignId) {
        let bit = sign.0 as usize;
        self.bits[block.index() * self.width + bit / 64] |= 1 << (bit % 64);
    }

    /// Whether `block` has any of the signs in `mask`.
    pub(crate) fn any(&self, block: BlockId, mask: &[u64]) -> bool {
        self.of(block).iter().zip(mask).any(|(has, mask)| has & mask != 0)
    }

    /// The signs that any block has.
    fn union(&self) -> Vec<u64> {
        let mut all = vec![0; self.width];
        for signs in self.bits.chunks_exact(self.width.max(1)) {
            all.iter_mut().zip(signs).for_each(|(all, one)| *all |= one);
        }
        all
    }

    /// Adds the signs of `from` that are in `mask` to those of `to`, another block.
    fn join(&mut self, from: BlockId, to: BlockId, mask: Option<&[u64]>) {
        let (low, high) = (from.index().min(to.index()), from.index().max(to.index()));
        let (before, after) = self.bits.split_at_mut(high * self.width);
        let (low, high) = (&mut before[low * self.width..][..self.width], &mut after[..self.width]);
        let (from, to) = if from < to { (low, high) } else { (high, low) };
        match mask {
            Some(mask) => {
                let masked = from.iter().zip(mask).map(|(from, mask)| from & mask);
                to.iter_mut().zip(masked).for_each(|(to, from)| *to |= from);
            }
            None => to.iter_mut().zip(from).for_each(|(to, from)| *to |= *from),
        }
    }
}

/// Whether a set of signs has `sign`.
pub(crate) fn has(set: &[u64], sign: SignId) -> bool {
    let bit = sign.0 as usize;
    set.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

/// All evidence of a document.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) outline: Outline,
    /// Signs shown by the block or anything in it.
    pub(crate) signs: SignSets,
    /// Signs that the block's own element shows.
    pub(crate) own: SignSets,
    /// In the order of their blocks.
    found: Vec<Found>,
    /// Signs that any block shows, and those that any block's own element does.
    anywhere: (Vec<u64>, Vec<u64>),
    /// Signs shown by the page's title.
    title: Vec<u64>,
    /// Whether the selectors or the phrases took more steps than they may.
    pub(crate) exhausted: bool,
}

impl Evidence {
    /// Reads a document with compiled rules, and remembers what need not be read again. Selectors
    /// are asked only for the signs that are in `asked`, if that is given.
    pub(crate) fn read(
        doc: &Document,
        rules: &Compiled,
        asked: Option<&[u64]>,
        memory: &mut Memory,
    ) -> Evidence {
        let outline = match memory.outline.take() {
            Some(old) => Outline::read_again(doc, &old, &memory.touched(doc)),
            None => Outline::read(doc),
        };
        memory.removed.clone_from(&doc.removed);
        memory.places.get_or_insert(phrases::most_places(outline.folded.len()));
        let width = rules.set.signs.len().div_ceil(64).max(1);
        let mut reader =
            Reader { signs: SignSets::new(outline.blocks.len(), width), found: Vec::new() };
        let mut own = SignSets::new(outline.blocks.len(), width);
        let mut scratch = Scratch::default();
        let mut caches = selectors::Caches::default();
        for (id, block) in &outline.elements {
            let Some(element) = doc.element(*id) else { continue };
            let itself = outline.block(*block).first == *id && !outline.block(*block).leaf;
            for shown in memory.shown(*id, element, rules, &mut scratch) {
                match shown {
                    Shown::Link((sign, entry)) => reader.add(*sign, *block, *entry),
                    Shown::Name((sign, entry)) => {
                        reader.add(*sign, *block, *entry);
                        if itself {
                            own.set(*block, *sign);
                        }
                    }
                    Shown::Selector(lead) => {
                        let Some((sign, kind, entry, selector)) =
                            rules.selectors.all.get(lead.number as usize)
                        else {
                            continue;
                        };
                        let new = match kind {
                            Kind::Has => !reader.signs.has(*block, *sign),
                            _ => itself && !own.has(*block, *sign),
                        };
                        if new
                            && asked.is_none_or(|asked| has(asked, *sign))
                            && (lead.sure || selector.matches(doc, *id, &mut caches))
                        {
                            match kind {
                                Kind::Has => reader.add(*sign, *block, *entry),
                                _ => own.set(*block, *sign),
                            }
                        }
                    }
                }
            }
        }
        for (i, leaf) in outline.blocks.iter().enumerate().filter(|(_, block)| block.leaf) {
            let text = &outline.folded[leaf.folded.0 as usize..leaf.folded.1 as usize];
            for hit in memory.hits(leaf.first, text, rules) {
                reader.add(hit.sign, BlockId(i as u32), hit.phrase);
            }
        }
        let mut title = vec![0; width];
        let places = memory.places.get_or_insert(0);
        rules.phrases.find(&outline.folded[outline.title_from as usize..], places, |hit| {
            title[hit.sign.0 as usize / 64] |= 1 << (hit.sign.0 % 64);
        });
        let Reader { mut signs, mut found } = reader;
        found.sort_by_key(|found| found.block);
        for i in (0..outline.blocks.len()).rev() {
            let (id, block) = (BlockId(i as u32), &outline.blocks[i]);
            let Some(parent) = block.parent else { continue };
            if block.menu && !outline.block(parent).menu {
                let said = said_by_menu(id, &outline, &signs, rules);
                signs.join(id, parent, Some(&said));
            } else {
                signs.join(id, parent, None);
            }
        }
        for i in 0..outline.blocks.len() {
            if let Some(parent) = outline.blocks[i].parent {
                own.join(parent, BlockId(i as u32), Some(&rules.inherited));
            }
        }
        // Without a title, the first main heading says what the page is about.
        let first_heading = outline.blocks.iter().position(|block| {
            block.measures.h1 > 0 && doc.name(block.first).is_some_and(|name| &**name == "h1")
        });
        if outline.title_from as usize == outline.folded.len()
            && let Some(heading) = first_heading
        {
            title.copy_from_slice(signs.of(BlockId(heading as u32)));
        }
        let exhausted = caches.exhausted(doc) || memory.places == Some(0);
        let anywhere = (signs.union(), own.union());
        Evidence { outline, signs, own, found, anywhere, title, exhausted }
    }

    /// Whether any block shows `sign`.
    pub(crate) fn shown_anywhere(&self, sign: SignId) -> bool {
        has(&self.anywhere.0, sign)
    }

    /// Whether the own element of any block shows `sign`.
    pub(crate) fn own_anywhere(&self, sign: SignId) -> bool {
        has(&self.anywhere.1, sign)
    }

    /// Whether the page's title or main heading shows `sign`.
    pub(crate) fn title_shows(&self, sign: SignId) -> bool {
        has(&self.title, sign)
    }

    /// The first entry of `sign` found in the siblings from `from` to `to`.
    pub(crate) fn entry(&self, (from, to): (BlockId, BlockId), sign: SignId) -> Option<u32> {
        let end = self.outline.block(to).end;
        let first = self.found.partition_point(|found| found.block < from);
        self.found[first..]
            .iter()
            .take_while(|found| found.block.0 < end)
            .find(|found| {
                #[cfg(test)]
                crate::work::count(1);
                found.sign == sign
            })
            .map(|found| found.entry)
    }
}

/// The signs of a menu that what holds it shows too: those of the categories for which most of its
/// links speak. One link to the page for donors says nothing about the footer that it stands in;
/// five links to ways of giving do.
fn said_by_menu(menu: BlockId, outline: &Outline, signs: &SignSets, rules: &Compiled) -> Vec<u64> {
    let leaves: Vec<BlockId> = (menu.0..outline.block(menu).end)
        .map(BlockId)
        .filter(|id| outline.block(*id).leaf && outline.block(*id).measures.words > 0)
        .collect();
    let mut said = vec![0; rules.inherited.len()];
    for mask in &rules.page.speaks_for {
        let speaks =
            |id: &&BlockId| signs.of(**id).iter().zip(mask).any(|(has, mask)| has & mask != 0);
        if leaves.len() > 1 && leaves.iter().filter(speaks).count() * 2 > leaves.len() {
            said.iter_mut().zip(mask).for_each(|(said, mask)| *said |= mask);
        }
    }
    said
}

struct Reader {
    signs: SignSets,
    found: Vec<Found>,
}

impl Reader {
    fn add(&mut self, sign: SignId, block: BlockId, entry: u32) {
        if !self.signs.has(block, sign) {
            self.signs.set(block, sign);
            self.found.push(Found { sign, block, entry });
        }
    }
}
