//! Regions by place.

use std::collections::BTreeMap;

use super::Region;
use crate::evidence::block::{BlockId, Outline};

/// Counts a region that is looked at.
fn count() {
    #[cfg(test)]
    crate::work::count(1);
}

/// Regions in the order of their first blocks, found by place.
pub(super) struct Regions<'a> {
    outline: &'a Outline,
    /// By the first block and the index behind the last.
    by_place: BTreeMap<(u32, u32), Region>,
}

impl Regions<'_> {
    pub(super) fn new(outline: &Outline) -> Regions<'_> {
        Regions { outline, by_place: BTreeMap::new() }
    }

    fn place(&self, region: &Region) -> (u32, u32) {
        (region.from.0, self.outline.block(region.to).end)
    }

    pub(super) fn insert(&mut self, region: Region) {
        self.by_place.insert(self.place(&region), region);
    }

    /// Takes out the first.
    pub(super) fn pop(&mut self) -> Option<Region> {
        self.by_place.pop_first().map(|(_, region)| region)
    }

    /// The first that lies within `block`.
    pub(super) fn within(&self, block: BlockId) -> Option<&Region> {
        let end = self.outline.block(block).end;
        let begun = self.by_place.range((block.0, 0)..(end, 0));
        let begun = begun.inspect(|_| count());
        begun.map(|(place, region)| (place.1, region)).find(|(to, _)| *to <= end).map(|(_, r)| r)
    }

    /// Whether `block` holds one, or stands in one.
    pub(super) fn touch(&self, block: BlockId) -> bool {
        let before = self.by_place.range(..(block.0, u32::MAX)).next_back();
        before.is_some_and(|((_, to), _)| *to > block.0) || self.within(block).is_some()
    }

    /// Takes out those that lie within `region`.
    pub(super) fn remove_covered(&mut self, region: &Region) {
        let (from, end) = self.place(region);
        let begun = self.by_place.range((from, 0)..(end, 0)).map(|(place, _)| *place);
        let begun = begun.inspect(|_| count());
        let covered: Vec<_> = begun.filter(|(_, to)| *to <= end).collect();
        for place in covered {
            self.by_place.remove(&place);
        }
    }

    pub(super) fn into_vec(self) -> Vec<Region> {
        self.by_place.into_values().collect()
    }
}
