//! The block that a rule is written for.

use std::fmt::Write;

use super::names::{is_stable, is_telling};
use super::{MAX_PLACES, PHRASE_WORDS, selector};
use crate::dom::NodeId;
use crate::evidence::block::{Block, BlockId, PART, is_frame};
use crate::explain::text_of;
use crate::inspect::{Desk, Pick};
use crate::judge::guards::is_too_large_a_share;
use crate::judge::reach;
use crate::rules::source::fold::MARK;
use crate::rules::source::phrase::Phrase;
use crate::rules::source::rule::{Rule, Test};
use crate::{Category, Error};

/// The points from which a rule says something of what a block is: more than it gives to any block
/// for being short.
const CATEGORY_POINTS: i32 = 50;

/// The words that a box with a telling name may have beside those of the block in it: a heading, a
/// button and a line of small print.
const BOX_WORDS: u32 = 20;

/// The phrases that are tried.
const MAX_PHRASES: usize = 5;

/// What a rule is written for.
pub(super) struct Example {
    pub(super) targets: Vec<NodeId>,
    pub(super) category: Category,
    pub(super) text: String,
    /// Words by which it could be known, best first.
    pub(super) phrases: Vec<String>,
}

impl Desk<'_> {
    pub(super) fn example(
        &self,
        pick: &Pick,
        options: &super::DraftOptions,
    ) -> Result<Example, Error> {
        let runs = self.pick(pick)?;
        let text = match pick {
            Pick::Containing(text) => Some(text.as_str()),
            _ => None,
        };
        let (mut block, _) = *runs.first().ok_or_else(|| Error::request("nothing is picked"))?;
        if text.is_some() && runs.len() > 1 {
            block = match self.common(&runs) {
                Some(common) => common,
                None => self.one_of(&runs, options.category)?,
            };
        }
        let (words, page) = (self.words(block), self.words(BlockId(0)));
        if text.is_some() && is_too_large_a_share(self.assessor.scale, words) {
            return Err(Error::request(format!(
                "the smallest block with all of this text has {words} of the page's {page} words; \
                 give a text that stands together, or take --select"
            )));
        }
        let category = options.category.or_else(|| self.category(block)).ok_or_else(|| {
            let names = Category::ALL.map(Category::name).join(", ");
            Error::request(format!(
                "no rule says what this block is; say it with --category: {names}"
            ))
        })?;
        let targets = match text {
            Some(_) => vec![self.target(block, category)],
            None => runs.iter().map(|(block, _)| self.element(*block)).collect(),
        };
        if targets.iter().any(|id| self.doc.name(*id).is_none_or(is_frame)) {
            return Err(Error::request("this block is the page itself; pick something smaller"));
        }
        let shown = text_of(self.doc, targets[0], targets[0]);
        let given = text.and_then(phrase);
        let mut phrases: Vec<String> = given.into_iter().chain(self.phrases(targets[0])).collect();
        phrases.truncate(MAX_PHRASES);
        Ok(Example { targets, category, text: shown, phrases })
    }

    /// A few words of each run of text in an element: none goes over the end of a run.
    fn phrases(&self, target: NodeId) -> impl Iterator<Item = String> {
        let outline = self.outline();
        let inside = move |block: &Block| {
            block.first == target
                || selector::ancestors(self.doc, block.first).any(|outer| outer == target)
        };
        let runs = self.leaves().map(|leaf| outline.block(leaf)).filter(move |run| inside(run));
        runs.filter_map(|run| {
            let (from, to) = run.folded;
            phrase(outline.folded.get(from as usize..to as usize)?)
        })
    }

    fn words(&self, block: BlockId) -> u32 {
        self.outline().block(block).measures.words
    }

    /// The small block that all of several stand in, as the words of a picture and below it do.
    fn common(&self, runs: &[(BlockId, BlockId)]) -> Option<BlockId> {
        let outline = self.outline();
        let (first, last) = (runs.first()?.0, runs.last()?.0);
        let mut block = first;
        while outline.block(block).end <= last.0 {
            block = outline.block(block).parent?;
        }
        let frame = self.doc.name(outline.block(block).first).is_none_or(is_frame);
        (!frame && self.words(block) <= BOX_WORDS).then_some(block)
    }

    /// The first of several blocks if one selector means them all; else the error tells them apart.
    fn one_of(
        &self,
        runs: &[(BlockId, BlockId)],
        category: Option<Category>,
    ) -> Result<BlockId, Error> {
        let mut places: Vec<(String, Vec<String>)> = Vec::new();
        for (block, _) in runs.iter().take(MAX_PLACES) {
            let category = category.or_else(|| self.category(*block));
            let target = match category {
                Some(category) => self.target(*block, category),
                None => self.element(*block),
            };
            let shown = self.outline().block(*block);
            let place = self.assessor.narrator.place(shown.first, shown.last);
            let css = selector::propose(self.doc, &[target], category).map(|found| found.selector);
            let css = css.unwrap_or(place.path);
            let line = place.line.to_string();
            match places.iter_mut().find(|(known, _)| *known == css) {
                Some((_, lines)) => lines.push(line),
                None => places.push((css, vec![line])),
            }
        }
        if let ([_], [(block, _), ..]) = (places.as_slice(), runs)
            && runs.len() <= MAX_PLACES
        {
            return Ok(*block);
        }
        let count = runs.len();
        let mut out = format!("the text stands in {count} places; name more of it, or take one:");
        for (css, mut lines) in places {
            lines.dedup();
            // Ready for a shell, whatever stands in the page.
            let css = css.replace('\'', "'\\''");
            let _ = write!(out, "\n  line {}:  --select '{css}'", lines.join(", "));
        }
        if count > MAX_PLACES {
            let _ = write!(out, "\n  and {} more", count - MAX_PLACES);
        }
        Err(Error::request(out))
    }

    /// What the rules think that a block is: what they cut it for, or what it is nearest to.
    fn category(&self, block: BlockId) -> Option<Category> {
        let outline = self.outline();
        let cut = self.assessor.regions.iter().find(|region| {
            region.from <= block && outline.block(block).end <= outline.block(region.to).end
        });
        let nearest = || {
            let rules = &self.assessor.scale.rules.set.rules;
            // What belongs to an appeal says nothing where there is none.
            let alone =
                |rule: &Rule| !rule.conditions.iter().any(|test| matches!(test, Test::Beside(_)));
            let removing =
                (0..rules.len()).filter(|i| rules[*i].category.is_some() && alone(&rules[*i]));
            let chain: Vec<BlockId> = self.chain(block).collect();
            let all = removing.flat_map(|rule| {
                chain.iter().map(move |id| self.assessor.assess(rule, *id)).collect::<Vec<_>>()
            });
            // A category that is off says as much about the block as one that is on.
            let told = all.filter(|assessment| assessment.points >= CATEGORY_POINTS);
            told.min_by_key(|a| (100 - a.points.min(100), a.distance())).and_then(|a| a.category)
        };
        cut.map(|region| region.category).or_else(nearest)
    }

    /// The element to remove for the appeal that stands in `block`.
    fn target(&self, block: BlockId, category: Category) -> NodeId {
        let Desk { assessor, .. } = self;
        let outline = self.outline();
        // A cut for something else is of another extent.
        let cut = assessor.regions.iter().find(|region| {
            let end = outline.block(region.to).end;
            region.category == category && region.from <= block && outline.block(block).end <= end
        });
        let (from, to) = match cut {
            Some(region) => (region.from, region.to),
            None => reach(assessor.scale, assessor.scope, assessor.shields, category, block),
        };
        // What reaches over neighbours is no element; then the block's own one has to do.
        let block = self.whole(if from == to { from } else { block });
        self.element(self.named(block).unwrap_or(block))
    }

    /// The box around a block whose name says what it is, if it holds little else.
    fn named(&self, block: BlockId) -> Option<BlockId> {
        let outline = self.outline();
        let tells = |id: BlockId| {
            let element = self.doc.element(outline.block(id).first);
            let names = element.into_iter().flat_map(|element| {
                let classes = element.attr("class").unwrap_or_default().split_ascii_whitespace();
                classes.chain(element.attr("id"))
            });
            names.into_iter().any(|name| is_stable(name) && is_telling(name))
        };
        if tells(block) {
            return None;
        }
        let most = self.words(block) + self.words(block).max(BOX_WORDS);
        let fits = |id: &BlockId| {
            let measures = &outline.block(*id).measures;
            measures.words <= most && measures.h1 == outline.block(block).measures.h1
        };
        self.chain(block).skip(1).take_while(fits).find(|id| tells(*id))
    }

    /// The element of a block; of a run of text, the one it stands in.
    fn element(&self, block: BlockId) -> NodeId {
        let block = self.outline().block(self.whole(block));
        if block.first == block.last && self.doc.element(block.first).is_some() {
            return block.first;
        }
        selector::ancestors(self.doc, block.first).next().unwrap_or(block.first)
    }
}

/// A few words of a text that a rule can look for: the first that stand in one sentence.
fn phrase(text: &str) -> Option<String> {
    let mut sentences = text.split(['!', '?', ':', ';', '。', '！', '？', MARK, PART]);
    sentences.find_map(|sentence| {
        let clean = |word: &str| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            word.replace(['*', '(', ')', '|'], "").to_lowercase()
        };
        let words: Vec<String> =
            sentence.split_whitespace().map(clean).filter(|word| !word.is_empty()).collect();
        let enough = words.len() >= *PHRASE_WORDS.start();
        let words = words.get(..words.len().min(*PHRASE_WORDS.end())).unwrap_or_default().join(" ");
        (enough && Phrase::parse(&words).is_ok()).then_some(words)
    })
}

#[cfg(test)]
mod tests {
    use super::phrase;

    #[test]
    fn phrases_of_a_text() {
        let found = |text: &str| phrase(text).unwrap_or_default();
        assert_eq!(
            found("Hello! Our mill needs *you*, and you know it"),
            "our mill needs you and you know it"
        );
        assert_eq!(found("Too short"), "");
        assert_eq!(found("- / ... !"), "");
    }
}
