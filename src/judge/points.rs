//! Evidence to points.

use std::borrow::Cow;

use crate::evidence::block::{Block, BlockId, Measures};
use crate::evidence::{Evidence, has};
use crate::rules::compile::{Compiled, Helps};
use crate::rules::source::rule::{Action, Category, Measure, Rule, Sign, SignId, Test};

/// Blocks among which the line before or after another is sought: as many as hold one line.
const NEAR_BLOCKS: usize = 8;

/// The points of a rule on a block, with the lines that gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) points: i32,
    /// Indexes into the rule's evidence.
    pub(crate) lines: Vec<u16>,
}

/// What a rule looks at: a block, or a run of sibling blocks as if they were one.
pub(crate) struct Subject<'a> {
    /// The block, if it is one.
    block: Option<BlockId>,
    /// Where it begins.
    first: BlockId,
    signs: Cow<'a, [u64]>,
    own: Cow<'a, [u64]>,
    measures: Cow<'a, Measures>,
}

impl Subject<'_> {
    pub(crate) fn measures(&self) -> &Measures {
        &self.measures
    }
}

/// A document with all that is needed to weigh its blocks.
pub(crate) struct Scale<'a> {
    pub(crate) doc: &'a crate::dom::Document,
    pub(crate) rules: &'a Compiled,
    pub(crate) evidence: &'a Evidence,
    pub(crate) text_document: bool,
}

impl Scale<'_> {
    /// Whether any rule of `category` could give points to `block` at all.
    pub(crate) fn concerns_any(&self, category: Category, block: BlockId) -> bool {
        let mask = &self.helps().speaks_for[category as usize];
        self.has_field(block)
            || self.evidence.signs.any(block, mask)
            || self.evidence.own.any(block, mask)
    }

    /// Whether `rule` could give points to `block` at all.
    pub(crate) fn concerns(&self, rule: usize, block: BlockId) -> bool {
        let (signs, own) = (self.evidence.signs.of(block), self.evidence.own.of(block));
        let shows = |(word, mask): &(usize, u64)| (signs[*word] | own[*word]) & mask != 0;
        self.has_field(block) || self.helps().rules[rule].iter().any(shows)
    }

    /// What can add points in a document of this kind.
    pub(crate) fn helps(&self) -> &Helps {
        if self.text_document { &self.rules.text } else { &self.rules.page }
    }

    fn has_field(&self, block: BlockId) -> bool {
        let measured = &self.evidence.outline.block(block).measures;
        measured.email_fields > 0 || measured.accounts > 0
    }

    /// `block` as a rule sees it.
    pub(crate) fn subject(&self, block: BlockId) -> Subject<'_> {
        Subject {
            block: Some(block),
            first: block,
            signs: Cow::Borrowed(self.evidence.signs.of(block)),
            own: Cow::Borrowed(self.evidence.own.of(block)),
            measures: Cow::Borrowed(&self.evidence.outline.block(block).measures),
        }
    }

    /// Adds the next sibling to a run, which shows what any of its blocks shows; of what an
    /// element shows by itself, only what all of them do.
    pub(crate) fn extend(&self, run: &mut Subject<'_>, block: BlockId) {
        run.block = None;
        let signs = self.evidence.signs.of(block);
        run.signs.to_mut().iter_mut().zip(signs).for_each(|(all, one)| *all |= one);
        let own = self.evidence.own.of(block);
        run.own.to_mut().iter_mut().zip(own).for_each(|(all, one)| *all &= one);
        run.measures.to_mut().add(&self.evidence.outline.block(block).measures);
    }

    /// What `rule` gives to `block`, which stands beside an appeal of category `beside`; `None`
    /// if one of its conditions does not hold.
    pub(crate) fn weigh(
        &self,
        rule: &Rule,
        block: BlockId,
        beside: Option<Category>,
    ) -> Option<Sum> {
        self.weigh_subject(rule, &self.subject(block), beside)
    }

    /// The same for any subject.
    pub(crate) fn weigh_subject(
        &self,
        rule: &Rule,
        subject: &Subject<'_>,
        beside: Option<Category>,
    ) -> Option<Sum> {
        let Action::Score { evidence, .. } = &rule.action else { return None };
        if !rule.conditions.iter().all(|test| self.holds_of(test, subject, beside)) {
            return None;
        }
        let mut sum = Sum { points: 0, lines: Vec::new() };
        for (i, line) in evidence.iter().enumerate() {
            if line.tests.iter().all(|test| self.holds_of(test, subject, beside)) {
                sum.points += line.points;
                sum.lines.push(i as u16);
            }
        }
        Some(sum)
    }

    /// The entries of the form that the subject is part of, or its own.
    fn form_fields(&self, subject: &Subject<'_>) -> u32 {
        let outline = &self.evidence.outline;
        let form = outline.block(subject.first).form;
        form.map_or(subject.measures(), |form| &outline.block(form).measures).entries
    }

    /// Takes from the points of a block what speaks against the form that it is part of: a form is
    /// one thing, and what it is for may stand in another part.
    pub(crate) fn weigh_form(&self, rule: &Rule, block: BlockId, sum: &mut Sum) {
        let Action::Score { evidence, .. } = &rule.action else { return };
        let Some(form) = self.evidence.outline.block(block).form.filter(|form| *form != block)
        else {
            return;
        };
        let form = self.subject(form);
        for (i, line) in evidence.iter().enumerate() {
            let against = line.points < 0 && !sum.lines.contains(&(i as u16));
            if against && line.tests.iter().all(|test| self.holds_of(test, &form, None)) {
                sum.points += line.points;
                sum.lines.push(i as u16);
            }
        }
    }

    /// Whether a condition can hold for any block of the page at all.
    pub(crate) fn may_hold(&self, test: &Test) -> bool {
        match test {
            Test::Sign(sign, true) => match &self.rules.set.signs[sign.0 as usize] {
                Sign::EmailInput | Sign::Iban => true,
                Sign::Is(_) | Sign::Within(_) => self.evidence.own_anywhere(*sign),
                _ => self.evidence.shown_anywhere(*sign),
            },
            Test::Own(sign) => self.evidence.own_anywhere(*sign),
            Test::Title(sign) => self.evidence.title_shows(*sign),
            Test::TextDocument(want) => self.text_document == *want,
            _ => true,
        }
    }

    /// Whether a condition holds for `block`.
    pub(crate) fn holds(&self, test: &Test, block: BlockId, beside: Option<Category>) -> bool {
        self.holds_of(test, &self.subject(block), beside)
    }

    /// The same for any subject.
    pub(crate) fn holds_of(
        &self,
        test: &Test,
        subject: &Subject<'_>,
        beside: Option<Category>,
    ) -> bool {
        match test {
            Test::Sign(sign, want) => self.shows(*sign, subject) == *want,
            Test::Own(sign) => has(&subject.own, *sign),
            Test::Range(measure, min, max) => {
                let value = self.measure(*measure, subject);
                value >= *min && value <= *max
            }
            Test::Tags(tags) => {
                let block = subject.block.map(|block| self.evidence.outline.block(block));
                block
                    .filter(|block| !block.leaf)
                    .and_then(|block| self.doc.name(block.first))
                    .is_some_and(|name| tags.iter().any(|t| **t == **name))
            }
            Test::Beside(categories) => {
                beside.is_some_and(|category| categories.contains(&category))
            }
            Test::Title(sign) => self.evidence.title_shows(*sign),
            Test::Menu(want) => {
                subject.block.is_some_and(|block| self.evidence.outline.block(block).menu) == *want
            }
            // Of a run, its first block tells.
            Test::Listed(want) => self.is_listed(subject.first) == *want,
            Test::TextDocument(want) => self.text_document == *want,
        }
    }

    /// Whether the block is a short line between short lines, an item of a list, or a heading. The
    /// first and the last line of a document have one beside them only.
    fn is_listed(&self, block: BlockId) -> bool {
        let outline = &self.evidence.outline;
        let (start, end) = (block.index(), outline.block(block).end as usize);
        let blocks = &outline.blocks;
        let line = |block: &&Block| block.leaf && block.measures.words > 0;
        let before = || blocks[..start].iter().rev().take(NEAR_BLOCKS).find(line);
        let after = || blocks[end..].iter().take(NEAR_BLOCKS).find(line);
        let short = |block: &Block| outline.is_short_line(block);
        let around = std::iter::successors(Some(block), |id| outline.block(*id).parent);
        let is_item = |id: BlockId| {
            self.doc.name(outline.block(id).first).is_some_and(|name| &**name == "li")
        };
        outline.block(block).heading
            || around.take(NEAR_BLOCKS).any(is_item)
            || outline.block(block).measures.leaves == 1
                && blocks[start..end].iter().find(line).is_some_and(short)
                && before().is_none_or(short)
                && after().is_none_or(short)
    }

    fn shows(&self, sign: SignId, subject: &Subject<'_>) -> bool {
        let measures = subject.measures();
        match &self.rules.set.signs[sign.0 as usize] {
            Sign::EmailInput => measures.email_fields > 0 && measures.passwords == 0,
            Sign::Iban => measures.accounts > 0,
            Sign::Is(_) | Sign::Within(_) => has(&subject.own, sign),
            _ => has(&subject.signs, sign),
        }
    }

    pub(crate) fn measure(&self, measure: Measure, subject: &Subject<'_>) -> f32 {
        let measures = subject.measures();
        let outline = &self.evidence.outline;
        let page = || outline.blocks.first().map(|page| page.measures).unwrap_or_default();
        match measure {
            Measure::Words => measures.words as f32,
            Measure::Chars => measures.chars as f32,
            Measure::Paragraphs => measures.paragraphs as f32,
            Measure::Longest => measures.longest as f32,
            Measure::Lines => measures.leaves as f32,
            Measure::Links => measures.links as f32,
            Measure::LinkDensity => measures.link_density(),
            Measure::Fields => measures.fields as f32,
            Measure::FormFields => self.form_fields(subject) as f32,
            Measure::Buttons => measures.buttons as f32,
            Measure::Amounts => measures.amounts as f32,
            Measure::Headings => measures.headings as f32,
            Measure::Media => measures.media as f32,
            Measure::Quotes => measures.quotes as f32,
            Measure::PageWords => page().words as f32,
            Measure::PageShare => measures.words as f32 / page().words.max(1) as f32,
            Measure::Teasers => measures.teasers as f32,
            Measure::PageProse => page().prose as f32,
            Measure::After => {
                let before = outline.block(subject.first).prose_before;
                before as f32 / page().prose.max(1) as f32
            }
        }
    }

    /// The signs that some rule of `category` counts for a cut, shown by `block`.
    pub(crate) fn speaks_for(&self, category: Category, block: BlockId) -> bool {
        let mask = &self.helps().speaks_for[category as usize];
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
