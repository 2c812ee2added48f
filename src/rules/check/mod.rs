//! Looks rule files over for what YAML and its types let through: rules that run, but hardly as
//! they are meant.

mod lists;
mod proof;
mod rules;

use std::collections::BTreeMap;
use std::path::Path;

use super::RulesBuilder;
use super::compile::Compiled;
use super::source::format::{self, List};
use super::source::layer::Layer;
use super::source::problem::{Problem, Report, Severity};
use super::source::resolve::{Text, parse};
use super::source::rule::{Action, Sign, SignId, Test};

impl RulesBuilder {
    /// All that is wrong with the files of these layers, or could be better: errors as
    /// [`build`](Self::build) has them, warnings, and advice. `strict` also asks for what rules
    /// that are shared should have: `format`, `summary`, `because`, and `tests` that pass and that
    /// need every part of the rule, each of which is left out in turn.
    ///
    /// ```
    /// use dehusk::{Layer, Rules, Severity};
    ///
    /// let builder = Rules::builder().text("mine.yaml", "lists: { newsleter-ask: { cy: [ymunwch] } }");
    /// let problems = builder.check(&[Layer::Given], false);
    /// assert_eq!(problems[0].severity, Severity::Warning);
    /// assert_eq!(problems[0].help.as_deref(), Some("did you mean `newsletter-ask`?"));
    /// ```
    pub fn check(mut self, layers: &[Layer], strict: bool) -> Vec<Problem> {
        let texts = self.ordered();
        // Whoever looks the shipped files over means them instead of those that are packed.
        self.builtin &= !are_shipped_files(&texts);
        let suite = strict.then(|| self.clone().suite());
        let (rules, found) = self.try_build();
        let broken = found.iter().any(|(_, problem)| problem.severity == Severity::Error);
        let asked = found.into_iter().filter(|(layer, _)| layers.contains(layer));
        let mut problems: Vec<Problem> = asked.map(|(_, problem)| problem).collect();
        let mut read = Vec::new();
        for text in &texts {
            if let Some(file) = parse(text, &mut Vec::new()) {
                read.push((text, file));
            }
        }
        let lists = Lists::new(&read);
        for (text, file) in &read {
            if !layers.contains(&text.layer) {
                continue;
            }
            let mut report = Report::new(&text.name, &text.text, &mut problems);
            rules::look_over(file, &mut report);
            lists::look_over(file, &mut report);
            if strict {
                rules::look_over_strictly(file, &mut report);
            }
            // What is not there because of a mistake elsewhere is no second mistake.
            if !broken {
                rules::look_over_in_company(file, &rules.0, &mut report);
                lists::look_over_in_company(file, &rules.0, &mut report);
            }
        }
        if !broken {
            lists::shadowed(&read, &lists, &rules.0, layers, &mut problems);
        }
        let asked = read.iter().map(|(text, _)| *text);
        let asked: Vec<&Text> = asked.filter(|text| layers.contains(&text.layer)).collect();
        match &suite {
            Some(Ok(suite)) => proof::look_over(suite, &asked, &mut problems),
            Some(Err(errors)) => proof::look_over_mistaken(errors, &asked, &mut problems),
            None => {}
        }
        for (text, file) in &read {
            lists::over_match(text, file, &lists, layers, &mut problems);
        }
        let order = |problem: &Problem| {
            let file = texts.iter().position(|text| text.name == problem.file);
            (file, problem.line, problem.column, problem.severity)
        };
        problems.sort_by_cached_key(order);
        problems.dedup();
        problems
    }

    /// The number of files of these layers that could be read.
    pub fn files(&self, layers: &[Layer]) -> usize {
        self.texts.iter().filter(|(_, text)| layers.contains(&text.layer)).count()
    }
}

/// Whether a file for each of those that were packed is there.
fn are_shipped_files(texts: &[Text]) -> bool {
    let there = |file: &String| texts.iter().any(|text| Path::new(&text.name).ends_with(file));
    super::builtin_set().files.iter().all(there)
}

/// The named lists of all files, each with the files that it stands in.
struct Lists<'a>(BTreeMap<&'a str, Vec<(&'a Text, &'a List)>>);

impl<'a> Lists<'a> {
    fn new(read: &'a [(&'a Text, format::File)]) -> Self {
        let mut lists = BTreeMap::<&str, Vec<_>>::new();
        for (text, file) in read {
            for (name, list) in &file.lists.0 {
                lists.entry(&name.value).or_default().push((*text, list));
            }
        }
        Lists(lists)
    }
}

/// The signs that some rule asks for.
fn signs_in_use(rules: &Compiled) -> Vec<bool> {
    let mut used = vec![false; rules.set.signs.len()];
    let mut mark = |sign: &SignId| {
        if let Some(used) = used.get_mut(usize::from(sign.0)) {
            *used = true;
        }
    };
    let retired = rules.set.retired.iter().map(|retired| &retired.rule);
    for rule in rules.set.rules.iter().chain(retired) {
        let mut tests: Vec<&Test> = rule.conditions.iter().collect();
        if let Action::Score { evidence, opens, closes } = &rule.action {
            tests.extend(evidence.iter().flat_map(|line| &line.tests));
            opens.iter().chain(closes).for_each(&mut mark);
        }
        for test in tests {
            if let Test::Sign(sign, _) | Test::Own(sign) | Test::Title(sign) = test {
                mark(sign);
            }
        }
    }
    used
}

/// Whether a sign is a list of phrases.
fn is_list(rules: &Compiled, sign: SignId) -> bool {
    matches!(rules.set.signs.get(usize::from(sign.0)), Some(Sign::Phrases { .. }))
}
