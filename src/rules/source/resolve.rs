//! From rule files to rules: layers are laid over each other, mistakes found.

use serde_saphyr::{Location, Spanned};

use super::conditions::{contradict, phrases, selectors};
use super::format;
use super::known;
use super::layer::Layer;
use super::problem::{Problem, Report, nearest};
use super::rule::{
    Action, BAR, Line, Retired, Rule, Ruleset, Sign, SignId, Site, Spot, Status, Test, Why,
};

pub(crate) use super::yaml::{Text, parse};

/// The most files, and the most different signs: their numbers have 16 bits.
const MAX_FILES: usize = u16::MAX as usize;
const MAX_SIGNS: usize = u16::MAX as usize;

/// The most rules: each is compared with all others, which takes a second or two for so many.
const MAX_RULES: usize = 10_000;

/// The most phrases, those counted that a group is short for: some hundred megabytes of memory.
const MAX_PHRASES: usize = 250_000;

/// The most sites of all rules, where a rule has those of its file too.
const MAX_SITES: usize = 200_000;

/// A file of a layer, read.
struct Source<'a> {
    index: u16,
    text: &'a Text,
    file: format::File,
}

/// Adds the files of further layers, lowest first, to the rules of `base`.
///
/// Every mistake of every file is in the second part; the rules are what is left without the
/// mistaken ones.
pub(crate) fn resolve(base: Ruleset, texts: &[Text]) -> (Ruleset, Vec<Problem>) {
    let mut problems = Vec::new();
    let known = base.files.len();
    let room = MAX_FILES.saturating_sub(known);
    if let Some(text) = texts.get(room) {
        problems.push(Problem {
            file: text.name.clone(),
            message: format!("there are more than {MAX_FILES} rule files"),
            help: Some("join some of them".into()),
            ..Problem::default()
        });
    }
    let texts = texts.get(..room).unwrap_or(texts);
    let mut resolver = Resolver { set: base, phrases_left: MAX_PHRASES, sites_left: MAX_SITES };
    resolver.set.files.extend(texts.iter().map(|text| text.name.clone()));
    resolver.set.layers.resize(known, Layer::Builtin);
    resolver.set.layers.extend(texts.iter().map(|text| text.layer));
    let mut sources = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        if let Some(file) = parse(text, &mut problems) {
            sources.push(Source { index: (known + i) as u16, text, file });
        }
    }
    let report = |source: &Source<'_>,
                  problems: &mut Vec<Problem>,
                  step: &mut dyn FnMut(&format::File, &mut Report<'_>)| {
        let text = source.text;
        step(&source.file, &mut Report::new(&text.name, &text.text, problems));
    };
    for source in &sources {
        report(source, &mut problems, &mut |file, report| {
            format_version(file, report);
            resolver.lists(file, report);
        });
    }
    for layer in sources.chunk_by(|a, b| a.text.layer == b.text.layer) {
        for source in layer {
            report(source, &mut problems, &mut |file, report| {
                resolver.rules(source.index, file, report)
            });
        }
        for source in layer {
            report(source, &mut problems, &mut |file, report| {
                resolver.extends(source.index, file, report)
            });
        }
        for source in layer {
            report(source, &mut problems, &mut |file, report| {
                resolver.disable(source.index, file, report)
            });
        }
    }
    if resolver.set.signs.len() > MAX_SIGNS {
        problems.push(Problem {
            file: sources.last().map_or(String::new(), |source| source.text.name.clone()),
            message: format!("all rules together have more than {MAX_SIGNS} different signs"),
            help: Some("share lists of phrases by name".into()),
            ..Problem::default()
        });
    }
    let file = |problem: &Problem| texts.iter().position(|text| text.name == problem.file);
    problems.sort_by_cached_key(|problem| (file(problem), problem.line, problem.column));
    (resolver.set, problems)
}

fn format_version(file: &format::File, report: &mut Report<'_>) {
    if let Some(format) = &file.format
        && format.value != 1
    {
        report.at(
            format.referenced,
            format!("format {} is not known", format.value),
            Some("this version of dehusk reads `format: 1`".into()),
        );
    }
}

pub(super) struct Resolver {
    pub(super) set: Ruleset,
    /// How many more there may be.
    pub(super) phrases_left: usize,
    sites_left: usize,
}

impl Resolver {
    fn lists(&mut self, file: &format::File, report: &mut Report<'_>) {
        for (name, list) in &file.lists.0 {
            let added = phrases(list, &mut self.phrases_left, report);
            let next = SignId(self.set.signs.len() as u16);
            let sign = *self.set.lists.entry(name.value.clone()).or_insert(next);
            if sign == next {
                self.set.signs.push(Sign::Phrases { whole: list.whole, phrases: added });
            } else if let Some(Sign::Phrases { whole, phrases }) =
                self.set.signs.get_mut(sign.0 as usize)
            {
                *whole |= list.whole;
                phrases.extend(added);
            }
        }
    }

    fn rules(&mut self, index: u16, file: &format::File, report: &mut Report<'_>) {
        let sites = known::sites(&file.sites, report);
        for source in file.rules.iter().filter(|source| source.extend.is_none()) {
            if self.set.rules.len() + self.set.retired.len() >= MAX_RULES {
                report.at(
                    first_place(source),
                    format!("all files together have more than {MAX_RULES} rules"),
                    Some("one rule may have many lines of evidence".into()),
                );
                return;
            }
            let Some(rule) = self.rule(index, &sites, source, report) else { continue };
            if let Some(at) = self.set.rules.iter().position(|known| known.id == rule.id) {
                let spot = Spot { file: index, line: rule.line };
                let replaced = self.set.rules.remove(at);
                self.set.retired.push(Retired { rule: replaced, why: Why::Replaced(spot) });
            }
            if rule.status == Status::Off {
                self.set.retired.push(Retired { rule, why: Why::Off });
            } else {
                self.set.rules.push(rule);
            }
        }
    }

    pub(super) fn place(&self, spot: Spot) -> String {
        let file = self.set.files.get(usize::from(spot.file)).map_or("", String::as_str);
        format!("{file}:{}", spot.line)
    }

    pub(super) fn status(&self, source: &format::Rule, report: &mut Report<'_>) -> Option<Status> {
        let given = source.status.as_ref()?;
        let found = Status::ALL.into_iter().find(|status| status.name() == given.value);
        if found.is_none() {
            let near = nearest(&given.value, Status::ALL.map(Status::name));
            let help = near.map_or("`stable`, `draft` or `off`".into(), |near| {
                format!("did you mean `{near}`?")
            });
            report.at(given.referenced, format!("`{}` is not a status", given.value), Some(help));
        }
        found
    }

    fn rule(
        &mut self,
        index: u16,
        sites: &[Site],
        source: &format::Rule,
        report: &mut Report<'_>,
    ) -> Option<Rule> {
        let Some(id) = &source.id else {
            report.at(
                first_place(source),
                "a rule needs an `id`",
                Some("a short name such as `id: newsletter-teaser`; reports show it".into()),
            );
            return None;
        };
        let place = id.referenced;
        if !known::is_kebab(&id.value) {
            let help = match known::to_kebab(&id.value) {
                Some(kebab) => format!("lower-case letters, digits and hyphens: `{kebab}`"),
                None => "lower-case letters, digits and hyphens: `newsletter-teaser`".into(),
            };
            report.at(place, format!("`{}` is not a rule id", id.value), Some(help));
        }
        self.twice(id, index, report)?;
        let status = self.status(source, report).unwrap_or_default();
        let own = known::sites(&source.sites, report);
        let Some(left) = self.sites_left.checked_sub(sites.len() + own.len()) else {
            report.at(
                place,
                format!("all rules together are for more than {MAX_SITES} sites"),
                Some("a rule has the sites of its file too; divide the file".into()),
            );
            return None;
        };
        self.sites_left = left;
        let sites: Vec<Site> = sites.iter().cloned().chain(own).collect();
        let category = source.category.as_ref().and_then(|name| known::category(name, report));
        let conditions = match &source.conditions {
            Some(given) => {
                if given.value.view().is_empty() {
                    report.at(
                        given.referenced,
                        "`where` has no condition",
                        Some("such as `where: { words: { max: 80 } }`".into()),
                    );
                }
                self.conditions(&given.value.view(), report).0
            }
            None => Vec::new(),
        };
        let action = self.action(index, id, source, &sites, &conditions, report)?;
        if category.is_none() && source.category.is_none() && source.shields.is_empty() {
            report.at(
                place,
                format!("the rule `{}` has no `category`", id.value),
                Some(format!("one of {}", known::category_names())),
            );
        }
        self.misplaced(source, &action, report);
        known::guards(&source.lift, report);
        if let Some(guard) = source.lift.first()
            && sites.iter().all(|site| site.not)
        {
            report.at(
                guard.referenced,
                "only a rule for named `sites` may `lift` a guard",
                Some("guards protect pages that the rule's author has not seen".into()),
            );
        }
        Some(Rule {
            id: id.value.clone(),
            category,
            summary: source.summary.clone().unwrap_or_default(),
            file: index,
            line: place.line() as u32,
            status,
            sites,
            conditions,
            action,
            lift: source.lift.iter().map(|s| s.value.clone()).collect(),
            extended: Vec::new(),
        })
    }

    /// Reports a rule whose id another one of its layer has.
    fn twice(&self, id: &Spanned<String>, index: u16, report: &mut Report<'_>) -> Option<()> {
        let layer = self.set.layer(index);
        let retired = self.set.retired.iter().filter(|retired| retired.why == Why::Off);
        let mut known = self.set.rules.iter().chain(retired.map(|retired| &retired.rule));
        let other = known.find(|rule| rule.id == id.value && self.set.layer(rule.file) == layer);
        let Some(other) = other else { return Some(()) };
        let at = self.place(Spot { file: other.file, line: other.line });
        report.at(
            id.referenced,
            format!("there is a rule `{}` already, at {at}", id.value),
            Some("choose another id; to add to that rule, write `extend:` for `id:`".into()),
        );
        None
    }

    fn action(
        &mut self,
        index: u16,
        id: &Spanned<String>,
        source: &format::Rule,
        sites: &[Site],
        conditions: &[Test],
        report: &mut Report<'_>,
    ) -> Option<Action> {
        let place = id.referenced;
        let kinds =
            [!source.remove.0.is_empty(), !source.evidence.is_empty(), !source.shields.is_empty()];
        Some(match kinds {
            [true, false, false] => {
                if sites.iter().all(|site| site.not) {
                    report.at(
                        place,
                        "a rule with `remove` needs `sites`",
                        Some("it removes without weighing; for all sites use `evidence`".into()),
                    );
                }
                known::elements(&source.up_to.0, report);
                Action::Remove {
                    selectors: selectors(&source.remove, report),
                    up_to: source.up_to.0.iter().map(|s| s.value.clone()).collect(),
                }
            }
            [false, true, false] => {
                let evidence = self.evidence(index, &source.evidence, report);
                self.reaches(id, conditions, &evidence, report);
                let phrases = |resolver: &mut Resolver,
                               given: &Option<Spanned<format::Phrases>>,
                               report: &mut Report<'_>| {
                    given
                        .as_ref()
                        .and_then(|given| resolver.phrases(given, report))
                        .map(|found| found.0)
                };
                Action::Score {
                    evidence,
                    opens: phrases(self, &source.opens, report),
                    closes: phrases(self, &source.closes, report),
                }
            }
            [false, false, true] => {
                if source.conditions.is_none() {
                    report.at(
                        place,
                        format!("`{}` would shield every block", id.value),
                        Some(
                            "say which ones with `where`, such as `where: { is: blockquote }`"
                                .into(),
                        ),
                    );
                }
                let shields = source.shields.iter();
                Action::Keep {
                    shields: shields.filter_map(|name| known::category(name, report)).collect(),
                }
            }
            [false, false, false] => {
                report.at(
                    place,
                    format!("the rule `{}` does nothing", id.value),
                    Some("it needs `remove` (on named sites), `evidence` (points) or `shields` (to keep)".into()),
                );
                return None;
            }
            _ => {
                report.at(
                    place,
                    "a rule has one of `remove`, `evidence` and `shields`, not several",
                    Some("write two rules: one that is certain, with `remove`; one that gathers points".into()),
                );
                return None;
            }
        })
    }

    /// Reports keys that the kind of the rule has no use for.
    fn misplaced(&self, source: &format::Rule, action: &Action, report: &mut Report<'_>) {
        let up_to = source.up_to.0.first().map(|text| text.referenced);
        let opens = source.opens.as_ref().map(|given| given.referenced);
        let closes = source.closes.as_ref().map(|given| given.referenced);
        let category = source.category.as_ref().map(|name| name.referenced);
        let (remove, score, keep) = match action {
            Action::Remove { .. } => (true, false, false),
            Action::Score { .. } => (false, true, false),
            Action::Keep { .. } => (false, false, true),
        };
        for (key, place, wrong, help) in [
            (
                "up_to",
                up_to,
                !remove,
                "it goes with `remove`; elsewhere the reach is found from the page",
            ),
            ("opens", opens, !score, "it goes with `evidence`"),
            ("closes", closes, !score, "it goes with `evidence`"),
            ("category", category, keep, "a shield has `shields`: the categories it holds off"),
        ] {
            if let Some(place) = place.filter(|_| wrong) {
                report.at(place, format!("`{key}` has no effect in this rule"), Some(help.into()));
            }
        }
    }

    /// Reports evidence that cannot come to the bar.
    fn reaches(
        &self,
        id: &Spanned<String>,
        conditions: &[Test],
        evidence: &[Line],
        report: &mut Report<'_>,
    ) {
        let held = |line: &&Line| {
            let tests = || line.tests.iter().chain(conditions);
            !line.tests.iter().any(|a| tests().any(|b| contradict(a, b, &self.set.signs)))
        };
        let most = |lines: &mut dyn Iterator<Item = &Line>| -> i64 {
            lines.map(|line| i64::from(line.points.max(0))).sum()
        };
        let all = most(&mut evidence.iter());
        let possible = most(&mut evidence.iter().filter(held));
        if possible >= i64::from(BAR) {
            return;
        }
        let (message, help) = if all < i64::from(BAR) {
            (
                format!("all evidence of `{}` together is {all} points", id.value),
                format!("a block goes at {BAR} points, so this rule never fires"),
            )
        } else {
            (
                format!("`{}` comes to {possible} points at most", id.value),
                format!(
                    "lines that contradict `where` or themselves never hold; a block goes at {BAR}"
                ),
            )
        };
        report.at(id.referenced, message, Some(help));
    }
}

fn first_place(rule: &format::Rule) -> Location {
    [
        rule.category.as_ref().map(|s| s.referenced),
        rule.status.as_ref().map(|s| s.referenced),
        rule.remove.0.first().map(|s| s.referenced),
        rule.evidence.first().map(|s| s.referenced),
        rule.shields.first().map(|s| s.referenced),
        rule.conditions.as_ref().map(|s| s.referenced),
        rule.sites.first().map(|s| s.referenced),
        rule.tests.first().map(|s| s.referenced),
    ]
    .into_iter()
    .flatten()
    .min_by_key(|place| (place.line(), place.column()))
    .unwrap_or(Location::UNKNOWN)
}
