//! Rules ready to run: one table of phrases, one index of names, parsed selectors.

use crate::evidence::links::Links;
use crate::evidence::names::Names;
use crate::evidence::phrases::Matcher;
use crate::evidence::selectors::{Index, Selector};

use super::source::rule::{Action, Category, Line, Rule, Ruleset, Sign, SignId, Test};
use super::source::table::Table;

/// What the match of a selector means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Has,
    Is,
    Within,
}

/// The selectors of all signs.
#[derive(Debug, Default)]
pub(crate) struct Selectors {
    /// Each with its sign, what its match means, and its number among the sign's.
    pub(crate) all: Vec<(SignId, Kind, u32, Selector)>,
    /// Which of them can match an element, by their indexes.
    pub(crate) index: Index,
}

/// A rule set with everything that is derived from it once.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) set: Ruleset,
    pub(crate) phrases: Matcher,
    pub(crate) names: Names,
    pub(crate) links: Links,
    pub(crate) selectors: Selectors,
    /// For each rule, the selectors of `remove`.
    pub(crate) targets: Vec<Vec<Selector>>,
    /// The signs that a block has from what is around it.
    pub(crate) inherited: Vec<u64>,
    /// What can add points in pages, and in text.
    pub(crate) page: Helps,
    pub(crate) text: Helps,
}

/// The signs that can add points.
#[derive(Debug)]
pub(crate) struct Helps {
    /// For each rule, with the number of the word that each lies in.
    pub(crate) rules: Vec<Vec<(usize, u64)>>,
    /// For each category, in any rule of it.
    pub(crate) speaks_for: Vec<Vec<u64>>,
}

impl Helps {
    fn new(set: &Ruleset, text: bool, width: usize) -> Helps {
        let rules: Vec<Vec<u64>> = set.rules.iter().map(|rule| helps(rule, text, width)).collect();
        let speaks_for = Category::ALL
            .iter()
            .map(|category| {
                let mut all = vec![0; width];
                for (rule, signs) in set.rules.iter().zip(&rules) {
                    if rule.category == Some(*category) {
                        all.iter_mut().zip(signs).for_each(|(all, more)| *all |= more);
                    }
                }
                all
            })
            .collect();
        Helps { rules: rules.iter().map(|signs| words(signs)).collect(), speaks_for }
    }
}

impl Compiled {
    /// Which signs are worth asking selectors for, if only these categories are judged by the
    /// rules that apply: what some rule asks for, and what tells which categories a menu speaks for.
    pub(crate) fn asked(&self, categories: &[Category], applies: &[bool]) -> Vec<u64> {
        let mut asked = vec![0; self.inherited.len()];
        for (rule, applies) in self.set.rules.iter().zip(applies) {
            if !applies || rule.category.is_some_and(|category| !categories.contains(&category)) {
                continue;
            }
            let lines = match &rule.action {
                Action::Score { evidence, .. } => evidence.as_slice(),
                _ => &[],
            };
            let tests = lines.iter().flat_map(|line| &line.tests).chain(&rule.conditions);
            for test in tests {
                if let Test::Sign(sign, _) | Test::Own(sign) | Test::Title(sign) = test {
                    add(&mut asked, *sign);
                }
            }
        }
        // Of what is around them menus tell nothing.
        let own = |sign: &Sign| matches!(sign, Sign::Is(_) | Sign::Within(_));
        let speaks_for = self.page.speaks_for.iter().chain(&self.text.speaks_for);
        for (i, _) in self.set.signs.iter().enumerate().filter(|(_, sign)| !own(sign)) {
            let (word, bit) = (i / 64, 1 << (i % 64));
            if speaks_for.clone().any(|mask| mask[word] & bit != 0) {
                asked[word] |= bit;
            }
        }
        asked
    }
}

/// A selector that cannot be read: where it stands, and what is wrong.
#[derive(Debug)]
pub(crate) struct BadSelector {
    pub(crate) rule: String,
    pub(crate) selector: String,
    pub(crate) message: String,
}

impl Compiled {
    pub(crate) fn new(set: Ruleset, tables: Vec<Table>) -> (Compiled, Vec<BadSelector>) {
        let mut bad = Vec::new();
        let width = set.signs.len().div_ceil(64).max(1);
        let mut parse = |rule: &str, texts: &[String]| -> Vec<Selector> {
            texts
                .iter()
                .filter_map(|text| match Selector::parse(text) {
                    Ok(selector) => Some(selector),
                    Err(message) => {
                        let (rule, selector) = (rule.to_string(), text.clone());
                        bad.push(BadSelector { rule, selector, message });
                        None
                    }
                })
                .collect()
        };
        let mut selectors = Selectors::default();
        let mut inherited = vec![0; width];
        for (i, sign) in set.signs.iter().enumerate() {
            let (kind, texts) = match sign {
                Sign::Has(texts) => (Kind::Has, texts),
                Sign::Is(texts) => (Kind::Is, texts),
                Sign::Within(texts) => (Kind::Within, texts),
                _ => continue,
            };
            if kind == Kind::Within {
                add(&mut inherited, SignId(i as u16));
            }
            for (entry, selector) in parse("", texts).into_iter().enumerate() {
                selectors.index.add(selectors.all.len() as u32, &selector);
                selectors.all.push((SignId(i as u16), kind, entry as u32, selector));
            }
        }
        let targets = set
            .rules
            .iter()
            .map(|rule| match &rule.action {
                Action::Remove { selectors, .. } => parse(&rule.id, selectors),
                Action::Score { .. } | Action::Keep { .. } => Vec::new(),
            })
            .collect();
        let compiled = Compiled {
            phrases: Matcher::new(&set, tables),
            names: Names::new(&set),
            links: Links::new(&set),
            selectors,
            targets,
            inherited,
            page: Helps::new(&set, false, width),
            text: Helps::new(&set, true, width),
            set,
        };
        (compiled, bad)
    }
}

fn helps(rule: &Rule, text: bool, width: usize) -> Vec<u64> {
    let elsewhere = Test::TextDocument(!text);
    let mut signs = vec![0; width];
    if let Action::Score { evidence, .. } = &rule.action {
        let helpful = |line: &&Line| line.points > 0 && !line.tests.contains(&elsewhere);
        for line in evidence.iter().filter(helpful) {
            for test in &line.tests {
                if let Test::Sign(sign, true) | Test::Own(sign) = test {
                    add(&mut signs, *sign);
                }
            }
        }
    }
    signs
}

/// The words of a set that are not empty, with their numbers: a rule has few of many signs.
fn words(signs: &[u64]) -> Vec<(usize, u64)> {
    signs.iter().copied().enumerate().filter(|(_, word)| *word != 0).collect()
}

fn add(signs: &mut [u64], sign: SignId) {
    signs[sign.0 as usize / 64] |= 1 << (sign.0 % 64);
}
