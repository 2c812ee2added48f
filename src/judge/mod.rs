//! Judgement: evidence to verdicts, and how far each cut reaches.
//!
//! Nothing here knows HTML from text. A verdict starts at the smallest block that one rule brings
//! to [`BAR`] points; [`extent`] then moves it outwards and sideways over what belongs to the same
//! appeal; [`guards`] and shields have the last word.

mod cards;
pub(crate) mod extent;
pub(crate) mod guards;
pub(crate) mod points;
mod regions;
mod runs;

use crate::evidence::block::BlockId;
use crate::evidence::selectors::Caches;
use crate::rules::source::rule::{Action, BAR, Category, Test};
use extent::Grower;
use points::{Scale, Sum};
use runs::Runs;

/// The points from which a block that stays is worth a mention.
pub(crate) const NEAR: i32 = 60;

/// Why a region holds more than the block that the rule fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// The wrapper holds nothing else.
    Wrapper,
    /// The neighbour is an appeal itself.
    Appeal {
        rule: usize,
        sum: Sum,
    },
    /// The neighbour belongs to an appeal it stands beside.
    Beside {
        rule: usize,
        sum: Sum,
    },
    /// It stands between two parts of the appeal.
    Between,
    /// The appeal opens or closes with it.
    Opens,
    Closes,
    /// A symbol without words.
    Symbol,
    /// A heading that heads nothing else.
    Heading,
    /// It stands under a heading that is an appeal.
    Section,
    /// A teaser that is labelled as advertising.
    Card,
}

/// A run of sibling blocks that goes.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    pub(crate) category: Category,
    /// The rule's index, and what it counted.
    pub(crate) rule: usize,
    pub(crate) sum: Sum,
    /// The block that the rule fits, or the first and last of a run of blocks.
    pub(crate) seed: (BlockId, BlockId),
    pub(crate) from: BlockId,
    pub(crate) to: BlockId,
    pub(crate) joined: Vec<(BlockId, Joined)>,
}

/// A block that stays, though some rule says much for a cut.
#[derive(Clone, Debug)]
pub(crate) struct NearMiss {
    pub(crate) block: BlockId,
    pub(crate) category: Category,
    pub(crate) rule: usize,
    pub(crate) sum: Sum,
    /// Why it stays; `None` if points are missing.
    pub(crate) held: Option<Held>,
}

/// What keeps a block that has the points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// A shield, by the index of its rule.
    Shield(usize),
    Guard(guards::Guard),
}

/// What one round of judging says.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) regions: Vec<Region>,
    pub(crate) near: Vec<NearMiss>,
    /// Whether the selectors took more steps than they may.
    pub(crate) exhausted: bool,
}

/// Which rules take part.
pub(crate) struct Scope<'a> {
    pub(crate) categories: &'a [Category],
    /// For each rule, whether its sites fit.
    pub(crate) applies: &'a [bool],
}

/// Judges a document.
pub(crate) fn judge(scale: &Scale<'_>, scope: &Scope<'_>) -> Judgement {
    let outline = &scale.evidence.outline;
    let shields = shields(scale, scope);
    let mut judgement = Judgement::default();
    for category in scope.categories {
        let mut seeds = Vec::new();
        seek(scale, scope, *category, &shields, &mut seeds, &mut judgement.near);
        let grower = Grower { scale, scope, category: *category, shields: &shields };
        let mut regions = grower.grow(seeds);
        if scale.text_document && *category == Category::AdNotice {
            regions = cards::join(scale, regions);
        }
        for region in regions {
            match guards::check(scale, &region, &[]) {
                None => judgement.regions.push(region),
                Some(guard) => judgement.near.push(NearMiss {
                    block: region.from,
                    category: *category,
                    rule: region.rule,
                    sum: region.sum,
                    held: Some(Held::Guard(guard)),
                }),
            }
        }
    }
    judgement.near.sort_by_key(|miss| miss.block);
    let (removed, exhausted) = removals(scale, scope);
    judgement.regions.extend(removed);
    judgement.exhausted = exhausted || scale.evidence.exhausted;
    judgement.regions.sort_by_key(|r| (r.from, std::cmp::Reverse(outline.block(r.to).end)));
    judgement
}

/// How far an appeal of `category` would reach that is known to stand in `block`.
pub(crate) fn reach(
    scale: &Scale<'_>,
    scope: &Scope<'_>,
    shields: &Shields,
    category: Category,
    block: BlockId,
) -> (BlockId, BlockId) {
    let sum = Sum { points: BAR, lines: Vec::new() };
    let (from, to, joined) = (block, block, Vec::new());
    let seed = Region { category, rule: 0, sum, seed: (block, block), from, to, joined };
    let grown = Grower { scale, scope, category, shields }.grow(vec![seed]);
    grown.first().map_or((block, block), |region| (region.from, region.to))
}

/// The smallest blocks that a rule of `category` brings to the bar.
fn seek(
    scale: &Scale<'_>,
    scope: &Scope<'_>,
    category: Category,
    shields: &Shields,
    seeds: &mut Vec<Region>,
    near: &mut Vec<NearMiss>,
) {
    let outline = &scale.evidence.outline;
    let rules: Vec<usize> = scoring(scale, scope, category).collect();
    // Whether a part of the block is a seed (or a near miss) already.
    let mut taken = vec![false; outline.blocks.len()];
    let mut noted = vec![false; outline.blocks.len()];
    for i in (0..outline.blocks.len()).rev() {
        let block = BlockId(i as u32);
        if !taken[i] && scale.concerns_any(category, block) {
            let best = rules
                .iter()
                .filter(|rule| scale.concerns(**rule, block))
                .filter_map(|rule| {
                    scale.weigh(&scale.rules.set.rules[*rule], block, None).map(|sum| (*rule, sum))
                })
                .max_by_key(|(rule, sum)| (sum.points, std::cmp::Reverse(*rule)));
            if let Some((rule, mut sum)) = best {
                if sum.points >= BAR {
                    scale.weigh_form(&scale.rules.set.rules[rule], block, &mut sum);
                }
                let shield = shields.touching(category, block, outline.block(block).end);
                if sum.points >= BAR && shield.is_none() {
                    taken[i] = true;
                    let (from, to) = (block, block);
                    seeds.push(Region {
                        category,
                        rule,
                        sum,
                        seed: (block, block),
                        from,
                        to,
                        joined: vec![],
                    });
                } else if sum.points >= NEAR && !noted[i] {
                    noted[i] = true;
                    let held = shield.filter(|_| sum.points >= BAR).map(Held::Shield);
                    near.push(NearMiss { block, category, rule, sum, held });
                }
            }
        }
        if let Some(parent) = outline.blocks[i].parent {
            taken[parent.index()] |= taken[i];
            noted[parent.index()] |= noted[i];
        }
    }
    seeds.reverse();
    let runs = Runs { scale, category, rules: &rules, shields, taken: &taken };
    runs.seek(seeds);
    seeds.sort_by_key(|seed| seed.from);
}

/// The rules of `category` that gather points.
pub(crate) fn scoring<'a>(
    scale: &'a Scale<'_>,
    scope: &'a Scope<'_>,
    category: Category,
) -> impl Iterator<Item = usize> + 'a {
    scale.rules.set.rules.iter().enumerate().filter_map(move |(i, rule)| {
        (rule.category == Some(category)
            && scope.applies[i]
            && matches!(rule.action, Action::Score { .. }))
        .then_some(i)
    })
}

/// What site rules remove for certain, and whether the selectors took more steps than they may.
fn removals(scale: &Scale<'_>, scope: &Scope<'_>) -> (Vec<Region>, bool) {
    let outline = &scale.evidence.outline;
    let mut caches = Caches::default();
    let mut regions = Vec::new();
    for (rule, source) in scale.rules.set.rules.iter().enumerate() {
        let Action::Remove { up_to, .. } = &source.action else { continue };
        let Some(category) = source.category else { continue };
        if !scope.applies[rule] || !scope.categories.contains(&category) {
            continue;
        }
        let mut known = vec![false; outline.blocks.len()];
        for (id, owner) in &outline.elements {
            let hit = scale.rules.targets[rule]
                .iter()
                .any(|selector| selector.matches(scale.doc, *id, &mut caches));
            if !hit {
                continue;
            }
            let block = enclosing(scale, *owner, up_to);
            if std::mem::replace(&mut known[block.index()], true) {
                continue;
            }
            if !source.conditions.iter().all(|test| scale.holds(test, block, None)) {
                continue;
            }
            let sum = Sum { points: BAR, lines: vec![] };
            let region = Region {
                category,
                rule,
                sum,
                seed: (block, block),
                from: block,
                to: block,
                joined: vec![],
            };
            if guards::check(scale, &region, &source.lift).is_none() {
                regions.push(region);
            }
        }
    }
    (regions, caches.exhausted(scale.doc))
}

/// The nearest block around `owner` whose element has one of the names `up_to`; `owner` itself if
/// there is none or none is asked for.
pub(crate) fn enclosing(scale: &Scale<'_>, owner: BlockId, up_to: &[String]) -> BlockId {
    let outline = &scale.evidence.outline;
    let mut at = Some(owner);
    while let Some(block) = at {
        let name = scale.doc.name(outline.block(block).first);
        if name.is_some_and(|name| up_to.iter().any(|wanted| **wanted == **name)) {
            return block;
        }
        at = outline.block(block).parent;
    }
    owner
}

/// Which blocks are shielded from which categories, and by which rule.
pub(crate) struct Shields {
    /// For each block and category, one more than the index of the rule.
    by: Vec<[u16; Category::ALL.len()]>,
    /// Whether the block or something in it is shielded.
    holds: Vec<[bool; Category::ALL.len()]>,
}

impl Shields {
    /// The rule that shields `block`, or something around it.
    pub(crate) fn on(&self, category: Category, block: BlockId) -> Option<usize> {
        let by = self.by.get(block.index()).map_or(0, |all| all[category as usize]);
        (by > 0).then(|| by as usize - 1)
    }

    /// The rule that shields `block`, something around it, or something in it.
    pub(crate) fn touching(&self, category: Category, block: BlockId, end: u32) -> Option<usize> {
        self.on(category, block).or_else(|| {
            let inside = self.within(category, block);
            inside.then(|| (block.0..end).find_map(|i| self.on(category, BlockId(i)))).flatten()
        })
    }

    /// Whether `block` or something in it is shielded.
    pub(crate) fn within(&self, category: Category, block: BlockId) -> bool {
        self.holds.get(block.index()).is_some_and(|all| all[category as usize])
    }
}

pub(crate) fn shields(scale: &Scale<'_>, scope: &Scope<'_>) -> Shields {
    let outline = &scale.evidence.outline;
    let count = outline.blocks.len();
    let mut by = vec![[0; Category::ALL.len()]; count];
    let keeping = scale.rules.set.rules.iter().enumerate().filter_map(|(i, rule)| {
        let Action::Keep { shields } = &rule.action else { return None };
        let may = scope.applies[i] && rule.conditions.iter().all(|test| scale.may_hold(test));
        let mut conditions: Vec<&Test> = rule.conditions.iter().collect();
        // What few blocks show is soonest asked.
        conditions.sort_by_key(|test| !matches!(test, Test::Sign(_, true) | Test::Own(_)));
        may.then_some((i, conditions, shields))
    });
    // Most pages show nothing that most of them ask for.
    let keeping: Vec<_> = keeping.collect();
    for (i, by) in by.iter_mut().enumerate() {
        let subject = scale.subject(BlockId(i as u32));
        for (rule, conditions, shields) in &keeping {
            if conditions.iter().all(|test| scale.holds_of(test, &subject, None)) {
                for category in *shields {
                    by[*category as usize] = *rule as u16 + 1;
                }
            }
        }
    }
    for (i, block) in outline.blocks.iter().enumerate() {
        if let Some(parent) = block.parent {
            let around = by[parent.index()];
            for (own, around) in by[i].iter_mut().zip(around) {
                if *own == 0 {
                    *own = around;
                }
            }
        }
    }
    let mut holds: Vec<[bool; Category::ALL.len()]> =
        by.iter().map(|all| all.map(|rule| rule > 0)).collect();
    for i in (0..count).rev() {
        if let Some(parent) = outline.blocks[i].parent {
            let inside = holds[i];
            for (own, inside) in holds[parent.index()].iter_mut().zip(inside) {
                *own |= inside;
            }
        }
    }
    Shields { by, holds }
}
