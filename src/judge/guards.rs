//! Guards: what no rule may cut, however sure it is.

use super::Region;
use super::points::Scale;
use crate::evidence::block::BlockId;

/// The largest share of a page's words that one cut may take. Readability and trafilatura both
/// had to add such nets.
pub(crate) const MAX_SHARE: f32 = 0.3;

/// Pages with fewer words than this are not guarded by share: there the appeal is often half of
/// what is there (a feed item's teaser, a stub).
const SMALL_PAGE: u32 = 60;

/// A guard that held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The page's only `h1` would go.
    Title,
    /// The page's main part would go as a whole.
    Main,
    /// More than [`MAX_SHARE`] of the page's words would go.
    Share,
    /// Nothing would be left.
    Everything,
}

impl Guard {
    /// The name by which a site rule lifts it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Guard::Title => "title",
            Guard::Main => "main",
            Guard::Share => "share",
            Guard::Everything => "everything",
        }
    }
}

/// The guard that forbids `region`, if one does that is not among the `lifted`.
pub(crate) fn check(scale: &Scale<'_>, region: &Region, lifted: &[String]) -> Option<Guard> {
    let outline = &scale.evidence.outline;
    let page = outline.blocks.first()?.measures;
    let mut words = 0;
    let (mut h1, mut frames) = (0, 0);
    let end = outline.block(region.to).end;
    for block in siblings(scale, region.from, end) {
        words += outline.block(block).measures.words;
        h1 += outline.block(block).measures.h1;
        frames += outline.block(block).measures.frames;
    }
    if words > 0 && empties_title(scale, region.from, words) {
        h1 = page.h1;
    }
    let guards = [
        (Guard::Title, h1 > 0 && h1 == page.h1),
        (Guard::Everything, words == page.words && page.words > 0),
        (Guard::Share, is_too_large_a_share(scale, words)),
        (Guard::Main, frames > 0),
    ];
    // To lift one is not to lift those after it.
    let holds = |guard: Guard| !lifted.iter().any(|name| name == guard.name());
    guards.into_iter().find(|(guard, forbids)| *forbids && holds(*guard)).map(|(guard, _)| guard)
}

/// Whether `block`, with the words of those beside it that go too, is all that the page's only `h1`
/// says: one without words is no title either.
fn empties_title(scale: &Scale<'_>, block: BlockId, words: u32) -> bool {
    let outline = &scale.evidence.outline;
    let mut parent = outline.block(block).parent;
    while let Some(at) = parent {
        let around = outline.block(at);
        if around.measures.words > words {
            return false;
        }
        let is_title = scale.doc.name(around.first).is_some_and(|name| **name == *"h1");
        if is_title && outline.blocks.first().is_some_and(|page| page.measures.h1 == 1) {
            return true;
        }
        parent = around.parent;
    }
    false
}

/// Whether so many words are more of the page than one cut may take.
pub(crate) fn is_too_large_a_share(scale: &Scale<'_>, words: u32) -> bool {
    let page = scale.evidence.outline.blocks.first().map_or(0, |page| page.measures.words);
    page >= SMALL_PAGE && words as f32 / page as f32 > MAX_SHARE
}

/// The blocks side by side from `from` up to the index `end`.
pub(crate) fn siblings<'a>(
    scale: &'a Scale<'_>,
    from: BlockId,
    end: u32,
) -> impl Iterator<Item = BlockId> + 'a {
    let mut at = from.0;
    std::iter::from_fn(move || {
        (at < end).then(|| {
            #[cfg(test)]
            crate::work::count(1);
            let id = BlockId(at);
            at = scale.evidence.outline.block(id).end;
            id
        })
    })
}
