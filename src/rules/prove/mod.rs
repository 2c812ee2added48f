//! The tests in rule files, run.
//!
//! A rule is tested alone, with the lists that it names: a block goes if one rule brings it to the
//! bar, so what other rules say is no matter, and adding a rule cannot break the tests of another.
//! A rule with `beside` accompanies others; it is tested together with the rules of its own file
//! that remove what it stands beside, or with all such rules if its file has none.

mod page;
#[cfg(test)]
mod tests;
mod unproven;

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::compile::Compiled;
use super::source::case::{Case, Form, Wanted, cases};
use super::source::resolve::resolve;
use super::source::rule::{Action, Rule, Ruleset, Sign, SignId, Test};
use super::source::table::Table;
use super::{BUILTIN_PHRASES, RuleErrors, Rules, RulesBuilder, builtin_set};
use crate::Status;
use crate::assess::Assessment;
use crate::finding::{Cut, RuleRef};
use crate::{Category, Cleaner, Error, From};
use page::Page;
use unproven::Source;

pub use unproven::Unproven;

/// The tests of the shipped rules, as the build script packed them.
static BUILTIN_CASES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tests.bin"));

/// Rules with the tests that stand in their files.
///
/// ```
/// use dehusk::{Outcome, Rules};
///
/// let suite = Rules::builder()
///     .text("mine.yaml", r#"
///         sites: [example.org]
///         rules:
///           - id: letterbox
///             category: newsletter
///             remove: .letterbox
///             tests:
///               - name: the box goes
///                 url: https://example.org/
///                 remove: <div class="letterbox">Write to me</div>"#)
///     .suite()?;
/// let reports = suite.run("letterbox");
/// assert_eq!(reports[0].outcome, Outcome::Removed);
/// assert!(reports[0].passed());
/// # Ok::<(), dehusk::RuleErrors>(())
/// ```
#[derive(Clone, Debug)]
pub struct Suite {
    /// All rules; phrases that may have to be left out by language are still in their signs.
    set: Ruleset,
    tables: Vec<Table>,
    cases: Vec<Case>,
    /// The rules under test, by id, in order.
    ids: Vec<String>,
    sources: Vec<Source>,
}

impl RulesBuilder {
    /// The rules that were added, with their tests. The shipped rules are there for what the
    /// others refer to; their own tests are in [`Suite::builtin`].
    ///
    /// # Errors
    ///
    /// All mistakes of all files, those in tests too.
    pub fn suite(self) -> Result<Suite, RuleErrors> {
        let texts = self.ordered();
        let (cases, mistaken) = cases(&texts);
        let (base, mut tables) = if self.builtin {
            (builtin_set(), vec![BUILTIN_PHRASES.clone()])
        } else {
            (Ruleset::default(), Vec::new())
        };
        let shipped = base.files.len();
        let (mut set, _) = resolve(base, &texts);
        // A draft is there to be tested.
        set.settle_drafts(true);
        let sources = unproven::sources(&texts);
        tables.push(pack(&mut set, &sources));
        // Everything that is wrong with the rules, in the words of whoever loads them.
        let mut problems = self.build().err().map(|errors| errors.problems).unwrap_or_default();
        problems.extend(mistaken);
        if !problems.is_empty() {
            return Err(RuleErrors { problems });
        }
        let own = set.rules.iter().filter(|rule| rule.file as usize >= shipped);
        let mut ids: Vec<String> = own.map(|rule| rule.id.clone()).collect();
        // Tests may stand under `extend`, too.
        for case in &cases {
            if !ids.contains(&case.rule) {
                ids.push(case.rule.clone());
            }
        }
        ids.retain(|id| set.rules.iter().any(|rule| rule.id == *id));
        Ok(Suite { set, tables, cases, ids, sources })
    }
}

impl Suite {
    /// The shipped rules.
    pub fn builtin() -> Suite {
        let set = builtin_set();
        // The build script wrote them with the same types; a test unpacks them.
        let cases = postcard::from_bytes(BUILTIN_CASES).unwrap_or_default();
        let ids = set.rules.iter().map(|rule| rule.id.clone()).collect();
        let tables = vec![BUILTIN_PHRASES.clone()];
        Suite { set, tables, cases, ids, sources: Vec::new() }
    }

    /// The rules under test, in the order of their files.
    pub fn rules(&self) -> Vec<RuleRef> {
        let at = |id: &String| self.set.rules.iter().find(|rule| rule.id == *id);
        self.ids.iter().filter_map(at).map(|rule| self.named(rule)).collect()
    }

    /// The files in which the rule called `id`, what is added to it, and its tests stand.
    pub(crate) fn files(&self, id: &str) -> Vec<String> {
        let mut files: Vec<String> = self
            .cases
            .iter()
            .filter(|case| case.rule == id)
            .map(|case| case.file.clone())
            .collect();
        for rule in self.set.rules.iter().filter(|rule| rule.id == id) {
            files.push(self.file(rule.file));
            files.extend(rule.extended.iter().map(|spot| self.file(spot.file)));
        }
        files
    }

    /// The categories of the rules under test.
    pub fn categories(&self) -> Vec<Category> {
        let rules = self.set.rules.iter().filter(|rule| self.ids.contains(&rule.id));
        let found: Vec<Category> = rules.filter_map(|rule| rule.category).collect();
        Category::ALL.into_iter().filter(|category| found.contains(category)).collect()
    }

    /// Leaves out all rules under test for which `keep` says no.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.ids.retain(|id| keep(id));
    }

    /// All rules, and all but those under test: what a set of pages loses by the latter is what
    /// they remove.
    pub fn with_and_without(&self) -> (Rules, Rules) {
        let (mut with, mut tables) = (self.set.clone(), self.tables.clone());
        tables.push(Table::pack(&mut with));
        let mut without = with.clone();
        without.rules.retain(|rule| !self.ids.contains(&rule.id));
        let compile = |set| Rules(Arc::new(Compiled::new(set, tables.clone()).0));
        (compile(with), compile(without))
    }

    /// Runs the tests of the rule called `id`, in order; none if it has none.
    pub fn run(&self, id: &str) -> Vec<TestReport> {
        let Some(index) = self.set.rules.iter().position(|rule| rule.id == id) else {
            return Vec::new();
        };
        let own = self.cases.iter().filter(|case| case.rule == id);
        let mut own = own.peekable();
        if own.peek().is_none() {
            return Vec::new();
        }
        let bench = Bench::new(self.set.clone(), &self.tables, index);
        own.map(|case| bench.run(case)).collect()
    }

    fn named(&self, rule: &Rule) -> RuleRef {
        let (id, draft) = (rule.id.clone(), rule.status == Status::Draft);
        RuleRef { id, file: self.file(rule.file), line: rule.line, draft }
    }

    fn file(&self, index: u16) -> String {
        self.set.files.get(usize::from(index)).cloned().unwrap_or_default()
    }
}

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// All that should go went, and nothing else (of a shield: it left alone what it should).
    Removed,
    /// All stayed, as it should (of a shield: it kept all that it should).
    Kept,
    /// Something stayed that should have gone.
    Missed,
    /// Something went that should have stayed.
    Overcut,
    /// The test itself is wrong.
    Broken,
}

/// A line of a test's snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnippetLine {
    /// As its author wrote it.
    pub text: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a line of a snippet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It stayed, as it should.
    Stayed,
    /// It went, as it should.
    Went,
    /// It stayed and should have gone.
    Missed,
    /// It went and should have stayed.
    Overcut,
}

/// What a test showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TestReport {
    /// The rule.
    pub rule: RuleRef,
    /// The test's name, its file and its line.
    pub name: String,
    /// The file in which the test stands.
    pub file: String,
    /// The line of the test.
    pub line: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// The test is known to fail.
    pub known_gap: bool,
    /// The snippet, line by line.
    pub lines: Vec<SnippetLine>,
    /// The cut took some of the page around the snippet.
    pub around: bool,
    /// Of what stayed and should have gone: why.
    pub missed: Vec<Assessment>,
    /// What went and should have stayed, with the reasons.
    pub overcut: Vec<Cut>,
    /// What else there is to say: what is wrong with the test, why a cut was not safe.
    pub note: Option<String>,
}

impl TestReport {
    /// Whether it came out as its author says. A known gap has to fail: the day it does not, it
    /// is no gap any more.
    pub fn passed(&self) -> bool {
        match self.outcome {
            Outcome::Removed | Outcome::Kept => !self.known_gap,
            Outcome::Missed | Outcome::Overcut => self.known_gap,
            Outcome::Broken => false,
        }
    }
}

/// A rule set up to be tested.
struct Bench {
    rules: Rules,
    /// The rule under test, by its index in `rules`.
    rule: usize,
}

impl Bench {
    /// Sets the rule of that index up, with its companions.
    fn new(mut set: Ruleset, tables: &[Table], index: usize) -> Bench {
        let mut tables = tables.to_vec();
        tables.push(Table::pack(&mut set));
        let members = members(&set, index);
        let rule = members.iter().position(|member| *member == index).unwrap_or(0);
        set.rules = members.iter().map(|member| set.rules[*member].clone()).collect();
        // Signs that nobody here asks for are not looked for.
        let mut asked = vec![false; set.signs.len()];
        set.rules.iter().flat_map(signs).for_each(|sign| asked[sign.0 as usize] = true);
        for (sign, asked) in set.signs.iter_mut().zip(asked) {
            if !asked {
                *sign = Sign::Links(Vec::new());
            }
        }
        Bench { rules: Rules(Arc::new(Compiled::new(set, tables).0)), rule }
    }

    fn passes(&self, case: &Case) -> bool {
        self.run(case).passed()
    }

    fn run(&self, case: &Case) -> TestReport {
        let set = &self.rules.0.set;
        let rule = &set.rules[self.rule];
        let file = set.files.get(rule.file as usize).cloned().unwrap_or_default();
        let mut report = TestReport {
            rule: RuleRef {
                id: rule.id.clone(),
                file,
                line: rule.line,
                draft: rule.status == Status::Draft,
            },
            name: case.name.clone(),
            file: case.file.clone(),
            line: case.line,
            outcome: Outcome::Broken,
            known_gap: case.known_gap,
            lines: Vec::new(),
            around: false,
            missed: Vec::new(),
            overcut: Vec::new(),
            note: None,
        };
        let judged = page::set(case).and_then(|page| {
            self.judge(case, &page, &mut report).map_err(|error| error.to_string())
        });
        if let Err(message) = judged {
            report.note = Some(message);
        }
        report
    }

    fn judge(&self, case: &Case, page: &Page, report: &mut TestReport) -> Result<(), Error> {
        let from = match case.form {
            Form::Html => From::Html,
            Form::Text => From::Text,
            Form::Markdown => From::Markdown,
        };
        let rule = &self.rules.0.set.rules[self.rule];
        let cleaner = Cleaner::new(self.rules.clone())
            .categories(Category::ALL)
            .from(from)
            .url(case.url.clone().or_else(|| home(rule)));
        let wanted = mask(page, &page.husk);
        let (gone, counts, cuts) = match &rule.action {
            Action::Keep { shields } => {
                let (free, leaves) = self.unshielded(&cleaner, page, shields)?;
                (free, leaves, Vec::new())
            }
            _ => {
                let cleaned = cleaner.clean(page.text.as_bytes())?;
                report.note = cleaned
                    .near
                    .iter()
                    .find(|near| near.is_refused())
                    .map(|near| format!("a cut was not made: {}", near.kept));
                let ranges: Vec<_> = cleaned.cuts.iter().map(|c| c.place.range.clone()).collect();
                (mask(page, &ranges), vec![true; page.text.len()], cleaned.cuts)
            }
        };
        let shown = page.text.bytes().map(|byte| !byte.is_ascii_whitespace());
        let counts: Vec<bool> = counts.iter().zip(shown).map(|(a, b)| *a && b).collect();
        let fates = Fates { wanted, gone, counts };
        for (text, range) in &page.lines {
            report.lines.push(SnippetLine { text: text.clone(), fate: fates.of(range) });
        }
        let (missed, overcut) =
            (fates.missed(&(0..page.text.len())), fates.overcut(&(0..page.text.len())));
        let before = fates.overcut(&(0..page.snippet.start));
        report.around = before || fates.overcut(&(page.snippet.end..page.text.len()));
        report.outcome = match (overcut, missed, case.wanted) {
            (true, ..) => Outcome::Overcut,
            (_, true, _) => Outcome::Missed,
            (.., Wanted::Keep) => Outcome::Kept,
            _ => Outcome::Removed,
        };
        report.overcut = cuts.into_iter().filter(|cut| fates.overcut(&cut.place.range)).collect();
        if missed || (overcut && report.overcut.is_empty()) {
            let husk = page.husk.iter().filter(|husk| fates.missed(husk));
            let snippet = std::iter::once(&page.snippet).filter(|_| !missed);
            report.missed = cleaner.at_desk(page.text.as_bytes(), |desk| {
                husk.chain(snippet).filter_map(|at| desk.nearest_within(self.rule, at)).collect()
            })?;
        }
        Ok(())
    }

    /// For a shield: the bytes of the snippet that it leaves alone, and those that can be shielded
    /// at all, which are those of runs of text and the like.
    fn unshielded(
        &self,
        cleaner: &Cleaner,
        page: &Page,
        shields: &[Category],
    ) -> Result<(Vec<bool>, Vec<bool>), Error> {
        cleaner.at_desk(page.text.as_bytes(), |desk| {
            let (mut free, mut leaves) = (Vec::new(), Vec::new());
            for id in desk.leaves() {
                let Some(span) = desk.span(id) else { continue };
                let within = span.start.max(page.snippet.start)..span.end.min(page.snippet.end);
                if within.start >= within.end {
                    continue;
                }
                let on = |category: &Category| desk.assessor.shields.on(*category, id).is_some();
                if !shields.iter().all(on) {
                    free.push(within.clone());
                }
                leaves.push(within);
            }
            (mask(page, &free), mask(page, &leaves))
        })
    }
}

/// For each byte of a page, what should become of it, and what did.
struct Fates {
    wanted: Vec<bool>,
    gone: Vec<bool>,
    /// Whether it matters: white space does not.
    counts: Vec<bool>,
}

impl Fates {
    fn any(&self, range: &Range<usize>, wanted: bool, gone: bool) -> bool {
        range.clone().any(|at| {
            self.counts.get(at) == Some(&true)
                && self.wanted.get(at) == Some(&wanted)
                && self.gone.get(at) == Some(&gone)
        })
    }

    fn missed(&self, range: &Range<usize>) -> bool {
        self.any(range, true, false)
    }

    fn overcut(&self, range: &Range<usize>) -> bool {
        self.any(range, false, true)
    }

    fn of(&self, range: &Range<usize>) -> Fate {
        if self.overcut(range) {
            Fate::Overcut
        } else if self.missed(range) {
            Fate::Missed
        } else if self.any(range, true, true) {
            Fate::Went
        } else {
            Fate::Stayed
        }
    }
}

fn mask(page: &Page, ranges: &[Range<usize>]) -> Vec<bool> {
    let mut mask = vec![false; page.text.len()];
    for range in ranges {
        if let Some(part) = mask.get_mut(range.clone()) {
            part.fill(true);
        }
    }
    mask
}

/// Packs all phrases but those that may have to be left out by language.
fn pack(set: &mut Ruleset, sources: &[Source]) -> Table {
    let mut kept = Vec::new();
    for (i, sign) in set.signs.iter_mut().enumerate() {
        if unproven::is_needed(sign, sources)
            && let Sign::Phrases { phrases, .. } = sign
        {
            kept.push((i, std::mem::take(phrases)));
        }
    }
    let table = Table::pack(set);
    for (i, own) in kept {
        if let Some(Sign::Phrases { phrases, .. }) = set.signs.get_mut(i) {
            *phrases = own;
        }
    }
    table
}

/// The rules that take part in the tests of a rule: itself, and those that it stands beside.
fn members(set: &Ruleset, index: usize) -> Vec<usize> {
    let rule = &set.rules[index];
    let categories: Vec<Category> = conditions(rule)
        .filter_map(|test| match test {
            Test::Beside(categories) => Some(categories.iter().copied()),
            _ => None,
        })
        .flatten()
        .collect();
    let leads = |same_file: bool| {
        let all = set.rules.iter().enumerate();
        let fits = move |other: &&Rule| {
            matches!(other.action, Action::Score { .. }) && (!same_file || other.file == rule.file)
        };
        let own = categories.clone();
        all.filter(move |(i, other)| {
            *i != index && fits(other) && other.category.is_some_and(|c| own.contains(&c))
        })
        .map(|(i, _)| i)
        .collect::<Vec<usize>>()
    };
    let mut members = leads(true);
    if members.is_empty() {
        members = leads(false);
    }
    members.push(index);
    members.sort_unstable();
    members
}

/// A page of the first site of a rule: where its snippets stand unless they say otherwise.
fn home(rule: &Rule) -> Option<String> {
    let site = rule.sites.iter().find(|site| !site.not)?;
    let below = if site.only_below { "www." } else { "" };
    Some(format!("https://{below}{}{}", site.host, site.path))
}

/// All conditions of a rule, those of its evidence too.
fn conditions(rule: &Rule) -> impl Iterator<Item = &Test> {
    let lines = match &rule.action {
        Action::Score { evidence, .. } => evidence.as_slice(),
        _ => &[],
    };
    rule.conditions.iter().chain(lines.iter().flat_map(|line| &line.tests))
}

/// The signs that a rule asks for.
fn signs(rule: &Rule) -> Vec<SignId> {
    let mut signs: Vec<SignId> = conditions(rule)
        .filter_map(|test| match test {
            Test::Sign(sign, _) | Test::Own(sign) | Test::Title(sign) => Some(*sign),
            _ => None,
        })
        .collect();
    if let Action::Score { opens, closes, .. } = &rule.action {
        signs.extend(opens.iter().chain(closes));
    }
    signs
}
