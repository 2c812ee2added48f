//! Single blocks of an input: which they are, what became of them, and why.

use serde::Serialize;

use crate::assess::{Assessment, Assessor};
use crate::decode::Decoded;
use crate::dom::Document;
use crate::evidence::Evidence;
use crate::evidence::block::{BlockId, Outline, PART, is_frame};
use crate::evidence::memory::Memory;
use crate::evidence::selectors::{Caches, Selector};
use crate::explain::{Lines, Narrator, text_of};
use crate::finding::{Place, Verdict};

use crate::judge::points::Scale;
use crate::judge::{Scope, judge, shields};
use crate::rules::draft::sketch::{Detail, Sketch, Text};
use crate::rules::draft::yaml;
use crate::rules::source::fold::{MARK, fold};
use crate::rules::source::problem::nearest;
use crate::text::Kind;
use crate::{Cleaner, Error};

/// The rules that are told of a block when none is asked for.
const MAX_RULES: usize = 3;

/// The blocks that are told of a rule when none is asked for.
const MAX_BLOCKS: usize = 5;

/// The words of a block that name its test.
const NAME_WORDS: usize = 6;

/// How blocks of an input are chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pick {
    /// The smallest blocks that contain this text, whatever its case and punctuation.
    Containing(String),
    /// The blocks of the elements that match this CSS selector.
    Select(String),
    /// All that is cut, each cut in one piece.
    Cuts,
}

/// A block with what became of it and how rules see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// Where the block stands.
    pub place: Place,
    /// Its text, white space collapsed.
    pub text: String,
    /// What became of it.
    pub verdict: Verdict,
    /// How it does under the rule that was asked for, or under those that came nearest to
    /// removing it, nearest first. Each tells of the block itself, or of the one around it under
    /// which the least is missing.
    pub assessments: Vec<Assessment>,
    /// Its structure and text, as a snippet for a test.
    pub snippet: String,
    #[serde(skip)]
    kind: Kind,
}

impl Inspection {
    /// The block as an entry for `tests:` in a rule file: that it goes, or that it stays. Without
    /// `goes`, what became of it.
    pub fn as_test(&self, goes: Option<bool>) -> String {
        let goes = goes.unwrap_or(matches!(self.verdict, Verdict::Cut(_)));
        let words: Vec<&str> = self.text.split_whitespace().take(NAME_WORDS).collect();
        let name = if words.is_empty() { "no words".into() } else { words.join(" ") };
        let mut out = format!("- name: {}\n", yaml::scalar(&name));
        match self.kind {
            Kind::Html => {}
            Kind::Text => out.push_str("  from: text\n"),
            Kind::Markdown => out.push_str("  from: markdown\n"),
        }
        out + &yaml::block(if goes { "remove" } else { "keep" }, &self.snippet, 2)
    }
}

/// An input with all that is needed to look at single blocks.
pub(crate) struct Desk<'a> {
    pub(crate) decoded: &'a Decoded<'a>,
    pub(crate) kind: Kind,
    pub(crate) doc: &'a Document,
    pub(crate) assessor: Assessor<'a>,
}

impl Cleaner {
    /// Looks at single blocks of an input: those picked, under `rule` or under the rules that come
    /// nearest to removing them; without a pick, those to which `rule` comes nearest.
    ///
    /// ```
    /// use dehusk::{Cleaner, Pick, Rules};
    ///
    /// let cleaner = Cleaner::new(Rules::builtin());
    /// let page = b"<p>The mill is old.</p><p>Our newsletter is forty years old.</p>";
    /// let pick = Pick::Containing("our newsletter".into());
    /// let blocks = cleaner.inspect(page, Some(&pick), Some("newsletter-signup"))?;
    /// assert_eq!(blocks.len(), 1);
    /// assert!(blocks[0].assessments[0].missing > 0);
    /// # Ok::<(), dehusk::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The input is past the limits ([`Error::is_limit`]); or there is no such rule, text or
    /// element, or the selector is none ([`Error::is_request`]).
    pub fn inspect(
        &self,
        input: &[u8],
        pick: Option<&Pick>,
        rule: Option<&str>,
    ) -> Result<Vec<Inspection>, Error> {
        let cleaned = self.clean(input)?;
        self.at_desk(input, |desk| {
            let rule = rule.map(|id| desk.rule(id)).transpose()?;
            let found = match (pick, rule) {
                (Some(pick), _) => {
                    let runs = desk.pick(pick)?.into_iter();
                    runs.map(|run| (run, desk.told(run.0, rule, pick))).collect()
                }
                (None, Some(rule)) => {
                    let blocks = desk.nearest_blocks(rule).into_iter();
                    blocks.map(|(block, told)| ((block, block), told)).collect::<Vec<_>>()
                }
                (None, None) => {
                    return Err(Error::request("neither a block nor a rule is asked for"));
                }
            };
            let outline = desk.outline();
            let inspections = found.into_iter().map(|((from, to), assessments)| {
                let judged = |from: BlockId, to: BlockId| {
                    let (first, last) = (outline.block(from).first, outline.block(to).last);
                    desk.assessor.narrator.place(first, last)
                };
                let own = judged(from, to);
                let cut = cleaned.cuts.iter().find(|cut| cut.place.holds(&own));
                let near = cleaned.near.iter().find(|near| near.place.holds(&own));
                let (from, to) =
                    if from == to { (desk.whole(from), desk.whole(to)) } else { (from, to) };
                let (first, last) = (outline.block(from).first, outline.block(to).last);
                let place = judged(from, to);
                Inspection {
                    text: text_of(desk.doc, first, last),
                    verdict: match (cut, near) {
                        (Some(cut), _) => Verdict::Cut(cut.clone()),
                        (None, Some(near)) => Verdict::Near(near.clone()),
                        (None, None) => Verdict::Kept,
                    },
                    snippet: desk.snippet(from, to),
                    kind: desk.kind,
                    place,
                    assessments,
                }
            });
            Ok(inspections.collect())
        })?
    }

    /// Reads an input and judges it once, for `look` to look around.
    pub(crate) fn at_desk<T>(
        &self,
        input: &[u8],
        look: impl FnOnce(&Desk<'_>) -> T,
    ) -> Result<T, Error> {
        let (decoded, kind) = self.read(input);
        let doc = self.parse(&decoded, kind)?;
        let scope = self.scope();
        let scope = Scope { categories: &scope.categories, applies: &scope.applies };
        let rules = &self.rules().0;
        let evidence = Evidence::read(&doc, rules, None, &mut Memory::new(doc.nodes.len()));
        let text_document = kind != Kind::Html;
        let scale = Scale { doc: &doc, rules, evidence: &evidence, text_document };
        let lines = Lines::new(&decoded.text);
        let narrator = Narrator::new(&scale, &decoded, &lines);
        let shields = shields(&scale, &scope);
        let judgement = judge(&scale, &scope);
        Ok(look(&Desk {
            decoded: &decoded,
            kind,
            doc: &doc,
            assessor: Assessor {
                scale: &scale,
                narrator: &narrator,
                shields: &shields,
                regions: &judgement.regions,
                scope: &scope,
                url: self.address(),
            },
        }))
    }
}

impl Desk<'_> {
    pub(crate) fn outline(&self) -> &Outline {
        &self.assessor.scale.evidence.outline
    }

    /// A run of blocks as a snippet for a test.
    fn snippet(&self, from: BlockId, to: BlockId) -> String {
        let outline = self.outline();
        if self.kind != Kind::Html {
            let spans = self.span(from).zip(self.span(to));
            let source = spans.and_then(|(a, b)| self.decoded.text.get(a.start..b.end));
            return source.unwrap_or_default().replace("\r\n", "\n");
        }
        let sketch = Sketch { doc: self.doc, text: Text::Own, marked: &[], detail: Detail::FULL };
        sketch.draw((outline.block(from).first, outline.block(to).last), 0)
    }

    /// The element that holds nothing but a run of text, for that run; any other block itself.
    pub(crate) fn whole(&self, id: BlockId) -> BlockId {
        let outline = self.outline();
        let around = outline.block(id).parent.filter(|parent| {
            let alone = parent.0 + 1 == id.0 && outline.block(*parent).end == id.0 + 1;
            let name = self.doc.name(outline.block(*parent).first);
            outline.block(id).leaf && alone && name.is_some_and(|name| !is_frame(name))
        });
        around.unwrap_or(id)
    }

    /// The runs of text and the like, in order.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = BlockId> + '_ {
        let blocks = self.outline().blocks.iter().enumerate();
        blocks.filter(|(_, block)| block.leaf).map(|(i, _)| BlockId(i as u32))
    }

    /// The bytes of a block in the decoded text.
    pub(crate) fn span(&self, id: BlockId) -> Option<std::ops::Range<usize>> {
        let block = self.outline().block(id);
        let (first, last) = (self.doc.span(block.first)?, self.doc.span(block.last)?);
        (first.start < last.end).then_some(first.start..last.end)
    }

    /// The index of the rule called `id`.
    fn rule(&self, id: &str) -> Result<usize, Error> {
        let rules = &self.assessor.scale.rules.set.rules;
        rules.iter().position(|rule| rule.id == id).ok_or_else(|| {
            let near = nearest(id, rules.iter().map(|rule| rule.id.as_str()));
            let help = near.map_or("`dehusk rules list` names them".into(), |near| {
                format!("did you mean `{near}`?")
            });
            Error::request(format!("there is no rule `{id}`; {help}"))
        })
    }

    /// The runs of blocks that `pick` means, in order; at least one unless it means the cuts.
    pub(crate) fn pick(&self, pick: &Pick) -> Result<Vec<(BlockId, BlockId)>, Error> {
        let (mut found, nothing) = match pick {
            Pick::Cuts => {
                // They are in order, and what holds another comes before it.
                let mut end = 0;
                let regions = self.assessor.regions.iter();
                let outermost = regions.filter(|region| {
                    let own = self.outline().block(region.to).end;
                    let outside = own > end;
                    end = end.max(own);
                    outside
                });
                return Ok(outermost.map(|region| (region.from, region.to)).collect());
            }
            Pick::Containing(text) => (self.containing(text), self.not_shown(text)),
            Pick::Select(css) => {
                let selector = Selector::parse(css)
                    .map_err(|message| Error::request(format!("`{css}`: {message}")))?;
                let mut caches = Caches::default();
                let hits = self
                    .outline()
                    .elements
                    .iter()
                    .filter(|(id, _)| selector.matches(self.doc, *id, &mut caches));
                (hits.map(|(_, block)| *block).collect(), format!("no element matches `{css}`"))
            }
        };
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            return Err(Error::request(nothing));
        }
        Ok(found.into_iter().map(|block| (block, block)).collect())
    }

    /// The smallest blocks that contain `text`.
    fn containing(&self, text: &str) -> Vec<BlockId> {
        // Words of the page with their leaves, sentence marks aside.
        let outline = self.outline();
        let (mut page, mut starts) = (String::new(), Vec::new());
        let leaves = outline.blocks.iter().enumerate().filter(|(_, block)| block.leaf);
        for (leaf, block) in leaves {
            let (from, to) = block.folded;
            let folded = outline.folded.get(from as usize..to as usize).unwrap_or_default();
            starts.push((page.len(), BlockId(leaf as u32)));
            words(folded).for_each(|word| {
                page.push_str(word);
                page.push(' ');
            });
        }
        let wanted = words(&fold(text)).collect::<Vec<_>>().join(" ");
        if wanted.is_empty() {
            return Vec::new();
        }
        let leaf = |at: usize| {
            let behind = starts.partition_point(|(start, _)| *start <= at);
            starts.get(behind.saturating_sub(1)).map(|(_, leaf)| *leaf)
        };
        let hits = page.match_indices(&wanted);
        hits.filter_map(|(at, _)| {
            let (first, last) = (leaf(at)?, leaf(at + wanted.len() - 1)?);
            let mut block = first;
            while outline.block(block).end <= last.0 {
                block = outline.block(block).parent?;
            }
            Some(block)
        })
        .collect()
    }

    /// Why there is no block with `text`.
    fn not_shown(&self, text: &str) -> String {
        let nothing = format!("nothing that the page shows contains \"{text}\"");
        match self.decoded.text.find(text.trim()) {
            Some(at) if !text.trim().is_empty() => {
                let line = self.decoded.text[..at].matches('\n').count() + 1;
                format!("{nothing}; it stands in line {line}, but in markup, a script or a comment")
            }
            _ => nothing,
        }
    }

    /// The block and those around it, up to what holds the page as a whole.
    pub(crate) fn chain(&self, block: BlockId) -> impl Iterator<Item = BlockId> + '_ {
        let outline = self.outline();
        std::iter::successors(Some(block), |id| outline.block(*id).parent).take_while(move |id| {
            let name = self.doc.name(outline.block(*id).first);
            *id == block || name.is_some_and(|name| !is_frame(name))
        })
    }

    fn told(&self, block: BlockId, rule: Option<usize>, pick: &Pick) -> Vec<Assessment> {
        let set = &self.assessor.scale.rules.set;
        let best = |rule: usize| {
            // Who selects an element means that very one.
            let around = if matches!(pick, Pick::Select(_)) { 1 } else { usize::MAX };
            let chain = self.chain(self.whole(block)).take(around);
            chain.map(|id| self.assessor.assess(rule, id)).min_by_key(Assessment::distance)
        };
        if let Some(rule) = rule {
            return best(rule).into_iter().collect();
        }
        let removing = (0..set.rules.len()).filter(|rule| set.rules[*rule].category.is_some());
        let mut all: Vec<Assessment> = removing.filter_map(best).filter(|a| a.points > 0).collect();
        all.sort_by_key(Assessment::distance);
        all.truncate(MAX_RULES);
        all
    }

    /// The blocks to which a rule comes nearest, in order.
    fn nearest_blocks(&self, rule: usize) -> Vec<(BlockId, Vec<Assessment>)> {
        let outline = self.outline();
        let ids = (0..outline.blocks.len() as u32).map(BlockId);
        // The smaller of two alike: it comes later.
        let mut all: Vec<(BlockId, Assessment)> =
            ids.map(|id| (id, self.assessor.assess(rule, id))).collect();
        all.sort_by_key(|(id, assessment)| (assessment.distance(), std::cmp::Reverse(*id)));
        let mut chosen: Vec<(BlockId, Vec<Assessment>)> = Vec::new();
        let nested = |a: BlockId, b: BlockId| a <= b && b.0 < outline.block(a).end;
        for (id, assessment) in all {
            let known = chosen.iter().any(|(other, _)| nested(id, *other) || nested(*other, id));
            if !known && assessment.points > 0 {
                chosen.push((id, vec![assessment]));
            }
            if chosen.len() == MAX_BLOCKS {
                break;
            }
        }
        chosen.sort_by_key(|(id, _)| *id);
        chosen
    }

    /// The assessment under `rule` of the block within `span` under which the least is missing.
    pub(crate) fn nearest_within(
        &self,
        rule: usize,
        span: &std::ops::Range<usize>,
    ) -> Option<Assessment> {
        let outline = self.outline();
        let within = |id: &BlockId| {
            self.span(*id).is_some_and(|own| own.start >= span.start && own.end <= span.end)
        };
        let ids = (0..outline.blocks.len() as u32).map(BlockId).filter(within);
        ids.map(|id| self.assessor.assess(rule, id)).min_by_key(Assessment::distance)
    }
}

/// The words of folded text without the marks between sentences.
fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split([' ', PART]).map(|word| word.trim_matches(MARK)).filter(|word| !word.is_empty())
}
