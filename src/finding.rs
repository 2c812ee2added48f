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

/// A rule, by name and place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleRef {
    /// The rule's id.
    pub id: String,
    /// The rule file, and the line in it.
    pub file: String,
    /// The line of the rule's id, from 1.
    pub line: u32,
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
    /// The line in the rule file, from 1.
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

impl NearMiss {
    /// A cut that is not made, with the reason.
    pub(crate) fn refused(cut: Cut, why: String) -> NearMiss {
        let Cut { place, category, rule, points, evidence, text, .. } = cut;
        NearMiss { place, category, rule, points, evidence, kept: format!("not safe: {why}"), text }
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
