//! What a cleaning found, in plain data: cuts, near misses, and the evidence for both.

use std::ops::Range;

use serde::Serialize;

use crate::Category;

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The bytes of the source.
    pub range: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The way from the root, as a CSS selector: `body > main > aside:nth-child(9)`.
    pub path: String,
}

impl Place {
    /// Whether `other` lies within this place.
    pub(crate) fn holds(&self, other: &Place) -> bool {
        self.range.start <= other.range.start && other.range.end <= self.range.end
    }

    /// This place of a result, in the source that it was made of by taking out `cuts`.
    pub(crate) fn before(&self, cuts: &[Cut], source: &[u8]) -> Place {
        let mut line = self.line;
        let mut shift = |mut at: usize, count: bool| {
            for cut in cuts {
                let gone = &cut.place.range;
                if gone.start > at {
                    break;
                }
                at += gone.len();
                if count {
                    let bytes = source.get(gone.clone()).unwrap_or_default();
                    line += bytes.iter().filter(|byte| **byte == b'\n').count();
                }
            }
            at
        };
        let start = shift(self.range.start, true);
        let end = match self.range.end.checked_sub(1) {
            Some(last) if last >= self.range.start => shift(last, false) + 1,
            _ => start,
        };
        Place { range: start..end.max(start), line, path: self.path.clone() }
    }
}

/// A rule, by name and place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleRef {
    /// The rule's id.
    pub id: String,
    /// The rule file, and the line in it.
    pub file: String,
    /// The line of the rule's id, from 1.
    pub line: u32,
    /// Whether the rule is a draft.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
}

/// A line of evidence that held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The points it gave.
    pub points: i32,
    /// Its sign: `phrases newsletter-ask`, `email_input`.
    pub sign: String,
    /// What showed it: the phrase, the words of a class, the place a link leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The file it stands in, if another one than the rule's adds it to the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in that file, from 1.
    pub line: u32,
}

/// A piece of the input that was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Where it stood.
    pub place: Place,
    /// What it asked for.
    pub category: Category,
    /// The rule that said so.
    pub rule: RuleRef,
    /// The sum of its evidence.
    pub points: i32,
    /// The evidence.
    pub evidence: Vec<Reason>,
    /// What else the cut took in, and why: `heading`, `wrapper`, `beside`, `between`.
    pub extent: Vec<String>,
    /// The text that went, white space collapsed.
    pub text: String,
}

/// A piece of the input that stays, though some rule says much for a cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NearMiss {
    /// Where it stands.
    pub place: Place,
    /// What it seems to ask for.
    pub category: Category,
    /// The rule that says so.
    pub rule: RuleRef,
    /// The sum of its evidence.
    pub points: i32,
    /// The evidence.
    pub evidence: Vec<Reason>,
    /// Why it stays: how many points are missing, the shield or guard, or why cutting it would
    /// not be safe.
    pub kept: String,
    /// Its text, white space collapsed.
    pub text: String,
}

/// How the reason begins where a cut is not made since it would change what stays.
const NOT_SAFE: &str = "not safe: ";

impl NearMiss {
    /// A cut that is not made, with the reason.
    pub(crate) fn refused(cut: Cut, why: String) -> NearMiss {
        let Cut { place, category, rule, points, evidence, text, .. } = cut;
        let kept = format!("{NOT_SAFE}{why}");
        NearMiss { place, category, rule, points, evidence, kept, text }
    }

    /// Whether it has the points and only could not be cut safely.
    pub(crate) fn is_refused(&self) -> bool {
        self.kept.starts_with(NOT_SAFE)
    }
}

/// A block of the input with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockVerdict {
    /// The bytes of the source.
    pub range: Range<usize>,
    /// The name of the element it stands in.
    pub element: String,
    /// The number of words.
    pub words: u32,
    /// Its text, white space collapsed.
    pub text: String,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// It stays, and nothing speaks against it.
    Kept,
    /// It stays, though some rule says much for a cut.
    Near(NearMiss),
    /// It was cut.
    Cut(Cut),
}
