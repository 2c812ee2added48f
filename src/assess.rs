//! One block against one rule: every condition with what was wanted and what was seen.

use serde::Serialize;

use crate::Category;
use crate::evidence::block::BlockId;
use crate::evidence::selectors::Caches;
use crate::explain::{Narrator, text_of};
use crate::finding::{Place, RuleRef};
use crate::judge::guards;
use crate::judge::points::{Scale, Sum};
use crate::judge::{Region, Scope, Shields, enclosing};
use crate::rules::source::rule::{Action, BAR, Measure, Ruleset, Sign, SignId, Site, Test};

/// The characters of a block's text that are kept: enough to recognise it.
const TEXT_CHARS: usize = 200;

/// How a block does under one rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// Where the block stands.
    pub place: Place,
    /// Its text, white space collapsed and shortened.
    pub text: String,
    /// The rule.
    pub rule: RuleRef,
    /// What the rule removes; nothing for a shield.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// The conditions of the whole rule. All must hold.
    pub conditions: Vec<Condition>,
    /// The lines of evidence, each with whether it counts.
    pub evidence: Vec<Clue>,
    /// The points of the lines that count; 100 for what a rule with `remove` selects.
    pub points: i32,
    /// Points that are missing to 100.
    pub missing: i32,
    /// The shield or the guard that keeps the block though it has the points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// Whether the rule removes the block (or, if it is a shield, keeps it).
    pub fires: bool,
}

/// A line of evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clue {
    /// What it gives if it counts.
    pub points: i32,
    /// Whether it counts: all of its conditions hold.
    pub counts: bool,
    /// Its conditions.
    pub conditions: Vec<Condition>,
    /// The line in the rule file.
    pub line: u32,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// The key in the rule file: `words`, `phrases newsletter-ask`.
    pub name: String,
    /// What the rule wants.
    pub wanted: String,
    /// What the block has.
    pub seen: String,
    /// Whether it holds.
    pub met: bool,
}

impl Assessment {
    /// How far the rule is from doing its work: points that are missing, and conditions that say
    /// no, each of which weighs like half of what is needed.
    pub(crate) fn distance(&self) -> i32 {
        let unmet = self.conditions.iter().filter(|condition| !condition.met).count() as i32;
        self.missing.max(0) + unmet * BAR / 2
    }
}

/// Assesses the blocks of one document.
pub(crate) struct Assessor<'a> {
    pub(crate) scale: &'a Scale<'a>,
    pub(crate) narrator: &'a Narrator<'a>,
    pub(crate) shields: &'a Shields,
    /// What is cut, for whatever stands beside.
    pub(crate) regions: &'a [Region],
    pub(crate) scope: &'a Scope<'a>,
    /// The page's address.
    pub(crate) url: Option<&'a str>,
}

impl Assessor<'_> {
    /// How `block` does under the rule of that index.
    pub(crate) fn assess(&self, rule: usize, block: BlockId) -> Assessment {
        let source = &self.scale.rules.set.rules[rule];
        let beside = self.beside(block);
        let test = |test: &Test| self.condition(test, block, beside);
        let mut conditions = Vec::new();
        if !source.sites.is_empty() {
            conditions.push(Condition {
                name: "sites".into(),
                wanted: few(&source.sites.iter().map(Site::to_string).collect::<Vec<_>>()),
                seen: self.url.map_or("no address is known (--url)".into(), str::to_string),
                met: self.scope.applies.get(rule).copied().unwrap_or(false),
            });
        }
        if let Some(category) = source.category
            && !self.scope.categories.contains(&category)
        {
            conditions.push(Condition {
                name: "category".into(),
                wanted: "to be asked for".into(),
                seen: format!("{category} is off (--also {category})"),
                met: false,
            });
        }
        conditions.extend(source.conditions.iter().map(test));
        let mut evidence = Vec::new();
        let mut points = 0;
        match &source.action {
            Action::Score { evidence: lines, .. } => {
                for line in lines {
                    let conditions: Vec<Condition> = line.tests.iter().map(test).collect();
                    let counts = conditions.iter().all(|condition| condition.met);
                    points += if counts { line.points } else { 0 };
                    evidence.push(Clue {
                        points: line.points,
                        counts,
                        conditions,
                        line: line.line,
                    });
                }
            }
            Action::Remove { selectors, up_to } => {
                let (selected, seen) = self.selected(rule, block, up_to);
                points = if selected { BAR } else { 0 };
                let wanted = selectors.join(", ");
                conditions.push(Condition { name: "remove".into(), wanted, seen, met: selected });
            }
            Action::Keep { .. } => points = BAR,
        }
        let met = conditions.iter().all(|condition| condition.met);
        let held = if met && points >= BAR { self.held(rule, block, points) } else { None };
        let outline = self.scale.evidence.outline.block(block);
        let mut text = text_of(self.scale.doc, outline.first, outline.last);
        if let Some((at, _)) = text.char_indices().nth(TEXT_CHARS) {
            text.truncate(at);
            text.push('…');
        }
        Assessment {
            place: self.narrator.place(outline.first, outline.last),
            text,
            rule: self.narrator.rule(rule),
            category: source.category,
            conditions,
            evidence,
            points,
            missing: (BAR - points).max(0),
            fires: met && points >= BAR && held.is_none(),
            held,
        }
    }

    /// Whether a rule with `remove` takes `block`, and what its selectors select.
    fn selected(&self, rule: usize, block: BlockId, up_to: &[String]) -> (bool, String) {
        let mut caches = Caches::default();
        let selectors = self.scale.rules.targets.get(rule).map(Vec::as_slice).unwrap_or_default();
        let (mut hits, mut here) = (0, false);
        for (id, owner) in &self.scale.evidence.outline.elements {
            if selectors.iter().any(|s| s.matches(self.scale.doc, *id, &mut caches)) {
                hits += 1;
                here |= enclosing(self.scale, *owner, up_to) == block;
            }
        }
        let seen = match (hits, here) {
            (0, _) => "nothing on the page matches".to_string(),
            (1, true) => "it matches, and nothing else does".to_string(),
            (1, false) => "an element matches, but not this block".to_string(),
            (n, true) => format!("it is one of {n} matches"),
            (n, false) => format!("{n} elements match, but not this block"),
        };
        (here, seen)
    }

    /// The shield or guard that keeps the block though it has the points.
    fn held(&self, rule: usize, block: BlockId, points: i32) -> Option<String> {
        let source = &self.scale.rules.set.rules[rule];
        let category = source.category?;
        let end = self.scale.evidence.outline.block(block).end;
        if matches!(source.action, Action::Score { .. })
            && let Some(shield) = self.shields.touching(category, block, end)
        {
            return Some(format!("shielded by {}", self.scale.rules.set.rules[shield].id));
        }
        let sum = Sum { points, lines: Vec::new() };
        let (from, to, joined) = (block, block, Vec::new());
        let region = Region { category, rule, sum, seed: (block, block), from, to, joined };
        let guard = guards::check(self.scale, &region, &source.lift)?;
        Some(format!("guard: {}", guard.name()))
    }

    /// The category of what is cut directly before or after `block`.
    fn beside(&self, block: BlockId) -> Option<Category> {
        let outline = &self.scale.evidence.outline;
        let end = outline.block(block).end;
        let touches = |region: &&Region| {
            outline.block(region.to).end == block.0
                || region.from.0 == end
                || (region.from <= block && end <= outline.block(region.to).end)
        };
        self.regions.iter().find(touches).map(|region| region.category)
    }

    fn condition(&self, test: &Test, block: BlockId, beside: Option<Category>) -> Condition {
        let met = self.scale.holds(test, block, beside);
        let outline = self.scale.evidence.outline.block(block);
        let is = |want: &bool| flag(*want == met).to_string();
        let (wanted, seen) = match test {
            Test::Sign(sign, want) => self.sign(*sign, *want, met, block),
            Test::Own(sign) => {
                let (wanted, _) = self.sign(*sign, true, met, block);
                let name = self.scale.doc.name(outline.first).map_or("text", |name| name);
                let seen = if met { "its own name".into() } else { format!("not on its {name}") };
                (wanted, seen)
            }
            Test::Range(measure, min, max) => (
                bounds(*min, *max),
                number(self.scale.measure(*measure, &self.scale.subject(block))),
            ),
            Test::Tags(tags) => {
                let name = self.scale.doc.name(outline.first).filter(|_| !outline.leaf);
                let seen = name.map_or("a run of text".into(), |name| name.to_string());
                (tags.join(", "), seen)
            }
            Test::Beside(categories) => {
                let names: Vec<&str> = categories.iter().map(|c| c.name()).collect();
                let seen = beside.map_or("no cut beside it", Category::name);
                (names.join(", "), seen.to_string())
            }
            Test::Title(_) => {
                let seen = if met { "found" } else { "none in the title" };
                ("one of its phrases".into(), seen.into())
            }
            Test::Menu(want) | Test::Listed(want) | Test::TextDocument(want) => {
                (flag(*want).into(), is(want))
            }
        };
        Condition { name: name(test, &self.scale.rules.set), wanted, seen, met }
    }

    /// What is wanted of a sign, and what is seen.
    fn sign(&self, id: SignId, want: bool, met: bool, block: BlockId) -> (String, String) {
        let shown = || match self.narrator.shown(id, (block, block)) {
            Some(entry) => format!("\"{entry}\""),
            None if met => "found".into(),
            None => "none".into(),
        };
        let own = || if met { "it does" } else { "it does not" }.to_string();
        match self.scale.rules.set.signs.get(id.0 as usize) {
            Some(Sign::Phrases { .. }) => ("one of its phrases".into(), shown()),
            Some(Sign::ClassWords(words)) => {
                let words: Vec<String> = words.iter().map(|words| words.join("-")).collect();
                (few(&words), shown())
            }
            Some(Sign::Links(entries) | Sign::Has(entries)) => (few(entries), shown()),
            Some(Sign::Is(selectors) | Sign::Within(selectors)) => (few(selectors), own()),
            Some(Sign::EmailInput | Sign::Iban) => (flag(want).into(), flag(want == met).into()),
            None => Default::default(),
        }
    }
}

/// A condition's key in a rule file, with the name of its list if it has one.
pub(crate) fn name(test: &Test, set: &Ruleset) -> String {
    let list = |key: &str, sign: &SignId| {
        let named = set.lists.iter().find(|(_, id)| *id == sign);
        named.map_or(key.to_string(), |(name, _)| format!("{key} {name}"))
    };
    let key = match test {
        Test::Sign(id, _) => match set.signs.get(id.0 as usize) {
            Some(Sign::Phrases { .. }) => return list("phrases", id),
            Some(Sign::ClassWords(_)) => "class_words",
            Some(Sign::Links(_)) => "links",
            Some(Sign::Has(_)) => "has",
            Some(Sign::Is(_)) => "is",
            Some(Sign::Within(_)) => "within",
            Some(Sign::EmailInput) => "email_input",
            Some(Sign::Iban) => "iban",
            None => "",
        },
        Test::Title(sign) => return list("title", sign),
        Test::Own(_) => "named",
        Test::Range(measure, ..) => key(*measure),
        Test::Tags(_) => "tags",
        Test::Beside(_) => "beside",
        Test::Menu(_) => "menu",
        Test::Listed(_) => "listed",
        Test::TextDocument(_) => "text_document",
    };
    key.to_string()
}

fn flag(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// The first entries of a list.
fn few(entries: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut shown = entries.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if entries.len() > SHOWN {
        shown.push_str(&format!(" and {} more", entries.len() - SHOWN));
    }
    shown
}

fn bounds(min: f32, max: f32) -> String {
    match (min.is_finite(), max.is_finite()) {
        (true, true) if min == max => number(min),
        (true, true) => format!("{} to {}", number(min), number(max)),
        (true, false) => format!("at least {}", number(min)),
        (false, true) => format!("at most {}", number(max)),
        (false, false) => "any".into(),
    }
}

fn number(value: f32) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.2}") }
}

/// The key of a measure in a rule file.
fn key(measure: Measure) -> &'static str {
    match measure {
        Measure::Words => "words",
        Measure::Chars => "chars",
        Measure::Paragraphs => "paragraphs",
        Measure::Longest => "longest",
        Measure::Lines => "lines",
        Measure::Links => "links_count",
        Measure::LinkDensity => "link_density",
        Measure::Fields => "fields",
        Measure::FormFields => "form_fields",
        Measure::Buttons => "buttons",
        Measure::Amounts => "amounts",
        Measure::Headings => "headings",
        Measure::Media => "media",
        Measure::Quotes => "quotes",
        Measure::PageWords => "page_words",
        Measure::PageShare => "page_share",
        Measure::Teasers => "teasers",
        Measure::PageProse => "page_prose",
        Measure::After => "after",
    }
}
