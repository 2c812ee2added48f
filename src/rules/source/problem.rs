//! What is wrong with a rule file: where, what, and what to do about it.

use std::fmt;

use serde_saphyr::Location;

/// A mistake in a rule file.
///
/// Its [`Display`](fmt::Display) form has the place, the line with a caret under the mistake, and
/// advice where there is some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
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
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.message)?;
        } else {
            write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
            let number = self.line.to_string();
            let margin = " ".repeat(number.len());
            // Tabs would put the caret in another place than the reader sees.
            let excerpt = self.excerpt.replace('\t', " ");
            write!(f, "\n{margin} |\n{number} | {excerpt}\n{margin} | ")?;
            write!(f, "{}^", " ".repeat(self.column.saturating_sub(1)))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// A rule file's text with the problems found in it so far.
pub(crate) struct Report<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Report<'_> {
    pub(crate) fn at(&mut self, place: Location, message: impl Into<String>, help: Option<String>) {
        let (line, column) = (place.line() as usize, place.column() as usize);
        let excerpt = self.text.lines().nth(line.saturating_sub(1)).unwrap_or("").to_string();
        self.problems.push(Problem {
            file: self.file.to_string(),
            line,
            column,
            message: message.into(),
            help,
            excerpt,
        });
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
