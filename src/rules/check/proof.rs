//! Rules whose tests fail, and parts of rules that no test needs.

use super::super::RuleErrors;
use super::super::prove::{Suite, TestReport};
use super::super::source::problem::{Problem, Severity};
use super::Text;

/// What the tests of the rules in these files show, and what they do not.
pub(super) fn look_over(suite: &Suite, texts: &[&Text], problems: &mut Vec<Problem>) {
    let mut warn = |file: &str, line: u32, message: String, help: &str| {
        let Some(text) = texts.iter().find(|text| text.name == file) else { return };
        problems.push(warning(text, line as usize, message, help));
    };
    for rule in suite.rules() {
        if !suite.files(&rule.id).iter().any(|file| texts.iter().any(|text| text.name == *file)) {
            continue;
        }
        let tests = suite.run(&rule.id);
        for test in tests.iter().filter(|test| !test.passed()) {
            let message = match test.known_gap {
                true => format!("\"{}\" is no known gap any more: it passes", test.name),
                false => format!("a test of `{}` fails: \"{}\"", rule.id, test.name),
            };
            let help = match test.known_gap {
                true => "take `known_gap` out of it",
                false => "`dehusk rules test` shows what came of it",
            };
            warn(&test.file, test.line, message, help);
        }
        // That a rule has no tests is told elsewhere, and where one fails nothing is proven.
        if tests.is_empty() || !tests.iter().all(TestReport::passed) {
            continue;
        }
        for part in suite.unproven(&rule.id) {
            let message = format!("no test of `{}` needs it: {}", rule.id, part.what);
            let help = "add a test that comes out otherwise without it, or leave it out";
            warn(&part.file, part.line, message, help);
        }
    }
}

/// The mistakes for which the tests of these files cannot be run, those that were told aside.
pub(super) fn look_over_mistaken(
    errors: &RuleErrors,
    texts: &[&Text],
    problems: &mut Vec<Problem>,
) {
    for problem in errors.problems() {
        let asked = texts.iter().any(|text| text.name == problem.file);
        if asked && !problems.contains(problem) {
            problems.push(problem.clone());
        }
    }
}

fn warning(text: &Text, line: usize, message: String, help: &str) -> Problem {
    let excerpt = text.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    Problem {
        severity: Severity::Warning,
        file: text.name.clone(),
        line,
        column: excerpt.chars().take_while(|c| matches!(c, ' ' | '-')).count() + 1,
        message,
        help: Some(help.into()),
        excerpt: excerpt.to_string(),
    }
}
