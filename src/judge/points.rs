//! Evidence to points.

use crate::evidence::Evidence;
use crate::evidence::block::BlockId;
use crate::rules::compile::Compiled;
use crate::rules::source::rule::{Action, Category, Measure, Rule, Sign, SignId, Test};

/// The points of a rule on a block, with the lines that gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) points: i32,
    /// Indexes into the rule's evidence.
    pub(crate) lines: Vec<u16>,
}

/// A document with all that is needed to weigh its blocks.
pub(crate) struct Scale<'a> {
    pub(crate) doc: &'a crate::dom::Document,
    pub(crate) rules: &'a Compiled,
    pub(crate) evidence: &'a Evidence,
    pub(crate) text_document: bool,
}

impl Scale<'_> {
    /// Whether `rule` could give points to `block` at all.
    pub(crate) fn concerns(&self, rule: usize, block: BlockId) -> bool {
        let helps = &self.rules.helps[rule];
        let signs = self.evidence.signs.of(block);
        let own = self.evidence.own.of(block);
        let measured = self.evidence.outline.block(block).measures;
        helps.iter().zip(signs).any(|(help, has)| help & has != 0)
            || helps.iter().zip(own).any(|(help, has)| help & has != 0)
            || measured.email_fields > 0
            || measured.ibans > 0
    }

    /// What `rule` gives to `block`, which stands beside an appeal of category `beside`; `None`
    /// if one of its conditions does not hold.
    pub(crate) fn weigh(
        &self,
        rule: &Rule,
        block: BlockId,
        beside: Option<Category>,
    ) -> Option<Sum> {
        let Action::Score { evidence, .. } = &rule.action else { return None };
        if !rule.conditions.iter().all(|test| self.holds(test, block, beside)) {
            return None;
        }
        let mut sum = Sum { points: 0, lines: Vec::new() };
        for (i, line) in evidence.iter().enumerate() {
            if line.tests.iter().all(|test| self.holds(test, block, beside)) {
                sum.points += line.points;
                sum.lines.push(i as u16);
            }
        }
        Some(sum)
    }

    /// Whether a condition holds for `block`.
    pub(crate) fn holds(&self, test: &Test, block: BlockId, beside: Option<Category>) -> bool {
        match test {
            Test::Sign(sign, want) => self.shows(*sign, block) == *want,
            Test::Own(sign) => self.evidence.own.has(block, *sign),
            Test::Range(measure, min, max) => {
                let value = self.measure(*measure, block);
                value >= *min && value <= *max
            }
            Test::Tags(tags) => {
                let block = self.evidence.outline.block(block);
                !block.leaf
                    && self
                        .doc
                        .name(block.first)
                        .is_some_and(|name| tags.iter().any(|t| **t == **name))
            }
            Test::Beside(categories) => {
                beside.is_some_and(|category| categories.contains(&category))
            }
            Test::Title(sign) => self.evidence.title_shows(*sign),
            Test::Menu(want) => self.evidence.outline.block(block).menu == *want,
            Test::TextDocument(want) => self.text_document == *want,
        }
    }

    fn shows(&self, sign: SignId, block: BlockId) -> bool {
        let measures = &self.evidence.outline.block(block).measures;
        match &self.rules.set.signs[sign.0 as usize] {
            Sign::EmailInput => measures.email_fields > 0 && measures.passwords == 0,
            Sign::Iban => measures.ibans > 0,
            Sign::Is(_) | Sign::Within(_) => self.evidence.own.has(block, sign),
            _ => self.evidence.signs.has(block, sign),
        }
    }

    fn measure(&self, measure: Measure, block: BlockId) -> f32 {
        let outline = &self.evidence.outline;
        let measures = &outline.block(block).measures;
        let page_words = outline.blocks.first().map_or(0, |page| page.measures.words);
        match measure {
            Measure::Words => measures.words as f32,
            Measure::Chars => measures.chars as f32,
            Measure::Paragraphs => measures.paragraphs as f32,
            Measure::Longest => measures.longest as f32,
            Measure::Links => measures.links as f32,
            Measure::LinkDensity => measures.link_density(),
            Measure::Fields => measures.fields as f32,
            Measure::Buttons => measures.buttons as f32,
            Measure::Amounts => measures.amounts as f32,
            Measure::Headings => measures.headings as f32,
            Measure::Media => measures.media as f32,
            Measure::Quotes => measures.quotes as f32,
            Measure::PageWords => page_words as f32,
            Measure::PageShare => measures.words as f32 / page_words.max(1) as f32,
        }
    }

    /// The signs that some rule of `category` counts for a cut, shown by `block`.
    pub(crate) fn speaks_for(&self, category: Category, block: BlockId) -> bool {
        let mask = &self.rules.speaks_for[category as usize];
        let signs = self.evidence.signs.of(block);
        mask.iter().zip(signs).any(|(mask, has)| mask & has != 0)
            || match category {
                Category::Newsletter => {
                    self.evidence.outline.block(block).measures.email_fields > 0
                }
                Category::Donation => self.evidence.outline.block(block).measures.amounts > 0,
                _ => false,
            }
    }
}
