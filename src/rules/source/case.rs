//! The tests that stand in rule files, as plain data.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::format;
use super::problem::{Problem, Report};
use super::resolve::{Text, parse};

/// What a test wants of its snippet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// All of it goes.
    Remove,
    /// All of it stays.
    Keep,
    /// What is marked goes, the rest stays.
    Page,
}

/// What a snippet is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    Html,
    Text,
    Markdown,
}

/// A test of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Case {
    /// The id of the rule.
    pub(crate) rule: String,
    /// The file that it stands in, and the line there.
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) name: String,
    pub(crate) wanted: Wanted,
    pub(crate) form: Form,
    pub(crate) snippet: String,
    pub(crate) url: Option<String>,
    pub(crate) known_gap: bool,
}

/// The tests in rule files, in order, and what is wrong with them. A file that cannot be read at
/// all is left out without a word: whoever resolves it hears of it.
pub(crate) fn cases(texts: &[Text]) -> (Vec<Case>, Vec<Problem>) {
    let (mut cases, mut problems) = (Vec::new(), Vec::new());
    for text in texts {
        let Some(file) = parse(text, &mut Vec::new()) else { continue };
        let mut report = Report::new(&text.name, &text.text, &mut problems);
        for rule in &file.rules {
            let Some(id) = rule.id.as_ref().or(rule.extend.as_ref()) else { continue };
            cases.extend(
                rule.tests.iter().filter_map(|test| case(&id.value, &text.name, test, &mut report)),
            );
        }
    }
    (cases, problems)
}

fn case(
    rule: &str,
    file: &str,
    source: &Spanned<format::Test>,
    report: &mut Report<'_>,
) -> Option<Case> {
    let (place, test) = (source.referenced, &source.value);
    let form = match test.from.as_deref() {
        None | Some("html") => Form::Html,
        Some("text") => Form::Text,
        Some("markdown") => Form::Markdown,
        Some(other) => {
            let help = Some("`html`, `text` or `markdown`".into());
            report.at(place, format!("a snippet cannot be written in `{other}`"), help);
            return None;
        }
    };
    let (wanted, snippet) = match (&test.remove, &test.keep, &test.page) {
        (Some(snippet), None, None) => (Wanted::Remove, snippet),
        (None, Some(snippet), None) => (Wanted::Keep, snippet),
        (None, None, Some(snippet)) => (Wanted::Page, snippet),
        _ => {
            let help = "`remove` if all of the snippet goes, `keep` if all of it stays, `page` if \
                        just what is marked with `husk` goes";
            let message = "a test has exactly one of `remove`, `keep` and `page`";
            report.at(place, message, Some(help.into()));
            return None;
        }
    };
    Some(Case {
        rule: rule.to_string(),
        file: file.to_string(),
        line: place.line() as u32,
        name: test.name.clone(),
        wanted,
        form,
        snippet: snippet.clone(),
        url: test.url.clone(),
        known_gap: test.known_gap,
    })
}
