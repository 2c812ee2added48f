//! What is wrong with a rule file: where, what, and what to do about it.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde_saphyr::{Location, Spanned};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// No rule runs before it is mended.
    #[default]
    Error,
    /// The rules run, but hardly as their author means.
    Warning,
    /// All is well, and could be better.
    Advice,
}

/// A problem with a rule file.
///
/// Its [`Display`](fmt::Display) form has the place, the line with a caret under the mistake, and
/// advice where there is some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file as it was named.
    pub file: String,
    /// The line, from 1; 0 if the whole file is meant.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The line itself.
    pub excerpt: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
            Severity::Advice => "advice: ",
        };
        if self.line == 0 {
            write!(f, "{}: {severity}{}", self.file, self.message)?;
        } else {
            write!(f, "{}:{}:{}: {severity}{}", self.file, self.line, self.column, self.message)?;
            let number = self.line.to_string();
            let margin = " ".repeat(number.len());
            let (excerpt, caret) = self.window();
            write!(f, "\n{margin} |\n{number} | {excerpt}\n{margin} | ")?;
            write!(f, "{}^", " ".repeat(caret))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl Problem {
    /// What is shown of the line, and how far from its start the caret stands.
    fn window(&self) -> (String, usize) {
        // Tabs would put the caret in another place than the reader sees.
        let excerpt = self.excerpt.replace('\t', " ");
        let caret = self.column.saturating_sub(1);
        let from = caret.saturating_sub(MAX_EXCERPT * 2 / 3);
        let mut shown: String = excerpt.chars().skip(from).take(MAX_EXCERPT).collect();
        if from + MAX_EXCERPT < excerpt.chars().count() {
            shown.push('…');
        }
        match from {
            0 => (shown, caret),
            _ => (format!("…{shown}"), caret - from + 1),
        }
    }
}

/// The characters of a line that are shown: with its margin it fits a terminal's 100 columns.
const MAX_EXCERPT: usize = 90;

/// The characters of a line that are kept.
const MAX_LINE: usize = 2000;

/// The problems that are kept: nobody mends more at a time, and each takes a look at the text.
const MAX_PROBLEMS: usize = 1000;

/// The lines of a text that are looked up: enough for as many problems.
const MAX_LOOKS: usize = 3 * MAX_PROBLEMS;

/// What stands for all problems after them.
const MORE: &str = "there are more problems than are told here";

/// A rule file's text with the problems found in it so far.
pub(crate) struct Report<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) problems: &'a mut Vec<Problem>,
    /// How often a line has been looked up.
    looks: Cell<usize>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, problems: &'a mut Vec<Problem>) -> Report<'a> {
        Report { file, text, problems, looks: Cell::new(0) }
    }

    /// Whether lines are no longer looked up: each look goes through the text.
    fn is_tired(&self) -> bool {
        self.looks.replace(self.looks.get() + 1) >= MAX_LOOKS
    }

    /// The line at `place`.
    pub(crate) fn line(&self, place: Location) -> String {
        if self.is_tired() {
            return String::new();
        }
        let line = (place.line() as usize).checked_sub(1);
        let line = line.and_then(|line| self.text.lines().nth(line)).unwrap_or_default();
        line.strip_prefix('\u{feff}').unwrap_or(line).to_string()
    }

    /// What stands on the line before `place`.
    pub(crate) fn before(&self, place: Location) -> String {
        self.line(place).chars().take((place.column() as usize).saturating_sub(1)).collect()
    }

    /// Whether the text at `place` is in quotes.
    pub(crate) fn is_quoted(&self, place: Location) -> bool {
        if self.is_tired() {
            return true;
        }
        let at = (place.column() as usize).saturating_sub(1);
        matches!(self.line(place).chars().nth(at), Some('\'' | '"'))
    }

    /// A mistake.
    pub(crate) fn at(&mut self, place: Location, message: impl Into<String>, help: Option<String>) {
        self.say(Severity::Error, place, message, help);
    }

    pub(crate) fn say(
        &mut self,
        severity: Severity,
        place: Location,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let (line, column) = (place.line() as usize, place.column() as usize);
        if self.problems.len() >= MAX_PROBLEMS {
            match self.problems.last_mut().filter(|last| last.message == MORE) {
                // An error among them stays one.
                Some(last) => last.severity = last.severity.min(severity),
                None => self.problems.push(Problem {
                    severity,
                    file: self.file.to_string(),
                    line,
                    column,
                    message: MORE.into(),
                    help: Some("mend those above first".into()),
                    ..Problem::default()
                }),
            }
            return;
        }
        self.problems.push(Problem {
            severity,
            file: self.file.to_string(),
            line,
            column,
            message: message.into(),
            help,
            excerpt: self.line(place).chars().take(MAX_LINE).collect(),
        });
    }

    /// A mistake at byte `at` of a text. The caret stands there if the text stands on one line as
    /// it is, else at its start, and the text is in the message.
    pub(crate) fn within(
        &mut self,
        text: &Spanned<String>,
        at: usize,
        message: &str,
        help: Option<String>,
    ) {
        self.at(text.referenced, message, help);
        let problem = self.problems.last_mut().filter(|last| last.message != MORE);
        let Some(problem) = problem else { return };
        let start = problem.excerpt.char_indices().nth(problem.column.saturating_sub(1));
        let found = start.and_then(|(start, _)| {
            problem.excerpt[start..].find(text.value.as_str()).map(|found| start + found)
        });
        if let Some(start) = found
            && let Some(before) = problem.excerpt.get(..start + at)
        {
            problem.column = before.chars().count() + 1;
        } else if !text.value.is_empty() {
            problem.message = format!("{message}, in `{}`", shorten(&text.value));
        }
    }
}

/// A text that fits into a message, on one line.
fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The name in `known` that `name` was probably meant to be.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of letters to insert, leave out or change (Levenshtein), both texts cut at 64.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        assert_eq!(nearest("newletter", ["newsletter", "donation"]), Some("newsletter"));
        assert_eq!(nearest("weather", ["newsletter", "donation"]), None);
    }
}
