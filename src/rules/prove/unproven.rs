//! Parts of rules that no test needs.

use serde::Serialize;

use super::super::source::format::{self, Phrases, View};
use super::super::source::resolve::{Text, parse};
use super::super::source::rule::{Action, Rule, Ruleset, Sign};
use super::{Bench, Case, Suite, signs};
use crate::assess::name;

/// A part of a rule without which its tests come out the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unproven {
    /// Which part.
    pub what: String,
    /// The rule file, which is not the rule's own if the part is what another file adds to it.
    pub file: String,
    /// The line in the rule file.
    pub line: u32,
}

/// What the file of a rule says that the rule as it runs does not.
#[derive(Clone, Debug)]
pub(super) struct Source {
    rule: String,
    file: String,
    /// The line of its conditions.
    conditions: Option<u32>,
    /// The lines of those that have a place of their own, by their keys.
    places: Vec<(&'static str, u32)>,
    languages: Vec<Language>,
}

/// The phrases of one language among several that a rule holds itself.
#[derive(Clone, Debug)]
struct Language {
    name: String,
    line: u32,
    phrases: Vec<String>,
}

/// What the files say of their rules.
pub(super) fn sources(texts: &[Text]) -> Vec<Source> {
    let mut sources = Vec::new();
    for text in texts {
        let rules = parse(text, &mut Vec::new()).map(|file| file.rules).unwrap_or_default();
        sources.extend(rules.iter().filter_map(|rule| source(&text.name, rule)));
    }
    sources
}

fn source(file: &str, rule: &format::Rule) -> Option<Source> {
    let conditions = rule.conditions.as_ref();
    let inner = conditions.map(|c| &c.value).into_iter().flat_map(|c| [&c.phrases, &c.title]);
    let lines = rule.evidence.iter().flat_map(|line| [&line.value.phrases, &line.value.title]);
    let lists = inner.chain(lines).chain([&rule.opens, &rule.closes]).flatten();
    let mut languages = Vec::new();
    for list in lists {
        let Phrases::Here(list) = &list.value else { continue };
        // One language by itself is the line that it stands in.
        if list.languages.0.len() > 1 {
            languages.extend(list.languages.0.iter().map(|(name, phrases)| Language {
                name: name.value.clone(),
                line: name.referenced.line() as u32,
                phrases: phrases.iter().map(|phrase| phrase.value.clone()).collect(),
            }));
        }
    }
    Some(Source {
        rule: rule.id.as_ref().or(rule.extend.as_ref())?.value.clone(),
        file: file.to_string(),
        conditions: conditions.map(|c| c.referenced.line() as u32),
        places: conditions.map(|c| places(&c.value.view())).unwrap_or_default(),
        languages,
    })
}

/// The lines of conditions, by their keys.
fn places(conditions: &View<'_>) -> Vec<(&'static str, u32)> {
    let lists = [
        ("class_words", conditions.class_words),
        ("named", conditions.named),
        ("links", conditions.links),
        ("has", conditions.has),
        ("is", conditions.is),
        ("within", conditions.within),
        ("tags", conditions.tags),
        ("beside", conditions.beside),
    ];
    let phrases = [("phrases", conditions.phrases), ("title", conditions.title)];
    let lists = lists.iter().filter_map(|(key, list)| Some((*key, list.0.first()?.referenced)));
    let phrases =
        phrases.iter().filter_map(|(key, given)| Some((*key, given.as_ref()?.referenced)));
    let ranges = conditions.ranges.iter();
    let ranges = ranges.filter_map(|(key, _, range)| Some((*key, range.as_ref()?.referenced)));
    let all = lists.chain(phrases).chain(ranges);
    all.map(|(key, place)| (key, place.line() as u32)).collect()
}

/// Whether the phrases of a sign have to stay as they are, to be left out by language.
pub(super) fn is_needed(sign: &Sign, sources: &[Source]) -> bool {
    let Sign::Phrases { phrases, .. } = sign else { return false };
    let mut languages = sources.iter().flat_map(|source| &source.languages);
    languages.any(|language| {
        language.phrases.first().is_some_and(|text| phrases.iter().any(|p| p.text == *text))
    })
}

impl Suite {
    /// The parts of the rule called `id` that its tests do not need: each line of evidence, each
    /// condition under `where`, each selector, each language of phrases that the rule holds itself
    /// (shared lists are no single rule's), `up_to`, `opens`, `closes` and each site that is
    /// excluded is left out in turn, and if all tests still pass, it is named here.
    ///
    /// A rule whose tests do not pass as it is has nothing to say here: see [`Suite::run`].
    pub fn unproven(&self, id: &str) -> Vec<Unproven> {
        let Some(index) = self.set.rules.iter().position(|rule| rule.id == id) else {
            return Vec::new();
        };
        let rule = &self.set.rules[index];
        let cases: Vec<&Case> = self.cases.iter().filter(|case| case.rule == id).collect();
        if cases.is_empty() {
            let what = "the rule: it has no tests".into();
            return vec![Unproven { what, file: self.file(rule.file), line: rule.line }];
        }
        let holds = |set: Ruleset| {
            let bench = Bench::new(set, &self.tables, index);
            cases.iter().all(|case| bench.passes(case))
        };
        if !holds(self.set.clone()) {
            return Vec::new();
        }
        let sources = self.sources.iter().filter(|source| source.rule == id);
        let mut found = Vec::new();
        for (unproven, weaker) in self.weaker(rule) {
            let mut set = self.set.clone();
            set.rules[index] = weaker;
            if holds(set) {
                found.push(unproven);
            }
        }
        for (source, language) in sources.flat_map(|s| s.languages.iter().map(move |l| (s, l))) {
            if holds(self.without(rule, language)) {
                let what = format!("language `{}`", language.name);
                found.push(Unproven { what, file: source.file.clone(), line: language.line });
            }
        }
        found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        found
    }

    /// The rule with one part left out, in each way there is.
    fn weaker(&self, rule: &Rule) -> Vec<(Unproven, Rule)> {
        let mut all = Vec::new();
        let mut add_at = |what: String, file: u16, line: u32, change: &dyn Fn(&mut Rule)| {
            let mut weaker = rule.clone();
            change(&mut weaker);
            all.push((Unproven { what, file: self.file(file), line }, weaker));
        };
        let own = self.file(rule.file);
        let source = self.sources.iter().find(|s| s.rule == rule.id && s.file == own);
        for (i, test) in rule.conditions.iter().enumerate() {
            let name = name(test, &self.set);
            let key = name.split(' ').next().unwrap_or_default();
            let place = source.and_then(|source| {
                let place = source.places.iter().find(|(known, _)| *known == key);
                place.map(|(_, line)| *line).or(source.conditions)
            });
            add_at(
                format!("condition `{name}`"),
                rule.file,
                place.unwrap_or(rule.line),
                &|weaker| drop(weaker.conditions.remove(i)),
            );
        }
        if let Action::Score { evidence, .. } = &rule.action {
            for (i, line) in evidence.iter().enumerate() {
                let what = format!("evidence {:+} `{}`", line.points, line.label);
                add_at(what, line.file, line.line, &|weaker| {
                    if let Action::Score { evidence, .. } = &mut weaker.action {
                        evidence.remove(i);
                    }
                });
            }
        }
        let mut add = |what: String, line: u32, change: &dyn Fn(&mut Rule)| {
            add_at(what, rule.file, line, change);
        };
        for (i, site) in rule.sites.iter().enumerate().filter(|(_, site)| site.not) {
            let what = format!("site `{site}`");
            add(what, rule.line, &|weaker| drop(weaker.sites.remove(i)));
        }
        match &rule.action {
            Action::Score { opens, closes, .. } => {
                for (what, is_opener, given) in [("opens", true, opens), ("closes", false, closes)]
                {
                    if given.is_some() {
                        add(format!("`{what}`"), rule.line, &|weaker| {
                            if let Action::Score { opens, closes, .. } = &mut weaker.action {
                                *(if is_opener { opens } else { closes }) = None;
                            }
                        });
                    }
                }
            }
            Action::Remove { selectors, up_to } => {
                // Without its only selector no rule would be left.
                for (i, selector) in selectors.iter().enumerate().filter(|_| selectors.len() > 1) {
                    add(format!("selector `{selector}`"), rule.line, &|weaker| {
                        if let Action::Remove { selectors, .. } = &mut weaker.action {
                            selectors.remove(i);
                        }
                    });
                }
                if !up_to.is_empty() {
                    add("`up_to`".into(), rule.line, &|weaker| {
                        if let Action::Remove { up_to, .. } = &mut weaker.action {
                            up_to.clear();
                        }
                    });
                }
            }
            Action::Keep { .. } => {}
        }
        all
    }

    /// All rules, but `rule` without its phrases of one language.
    fn without(&self, rule: &Rule, language: &Language) -> Ruleset {
        let mut set = self.set.clone();
        for sign in signs(rule) {
            let Some(Sign::Phrases { phrases, .. }) = set.signs.get_mut(sign.0 as usize) else {
                continue;
            };
            for text in &language.phrases {
                if let Some(at) = phrases.iter().position(|phrase| phrase.text == *text) {
                    phrases.remove(at);
                }
            }
        }
        set
    }
}
