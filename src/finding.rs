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
}

/// From places of a result to those of the source that it was made of by taking out cuts.
pub(crate) struct Before {
    /// For each cut, in order, where it stood in the result.
    seams: Vec<usize>,
    /// Bytes and line feeds of all cuts up to each, from none on.
    gone: Vec<(usize, usize)>,
}

impl Before {
    /// `cuts` are in order and apart.
    pub(crate) fn new(cuts: &[Cut], source: &[u8]) -> Before {
        let (mut seams, mut gone) = (Vec::new(), vec![(0, 0)]);
        let (mut bytes, mut lines) = (0, 0);
        for cut in cuts {
            let range = &cut.place.range;
            seams.push(range.start - bytes);
            bytes += range.len();
            let cut = source.get(range.clone()).unwrap_or_default();
            lines += cut.iter().filter(|byte| **byte == b'\n').count();
            gone.push((bytes, lines));
        }
        Before { seams, gone }
    }

    /// The place in the source.
    pub(crate) fn place(&self, place: &Place) -> Place {
        let before = |at: usize| {
            let cuts = self.seams.partition_point(|seam| *seam <= at);
            self.gone.get(cuts).copied().unwrap_or_default()
        };
        let (bytes, lines) = before(place.range.start);
        let start = place.range.start + bytes;
        let end = match place.range.end.checked_sub(1) {
            Some(last) if last >= place.range.start => last + before(last).0 + 1,
            _ => start,
        };
        let (line, path) = (place.line + lines, place.path.clone());
        Place { range: start..end.max(start), line, path }
    }
}

/// Finds among places in the order of their starts those around a range.
pub(crate) struct Holders {
    starts: Vec<usize>,
    /// How far the places up to each reach.
    reach: Vec<usize>,
}

impl Holders {
    pub(crate) fn new<'a>(places: impl Iterator<Item = &'a Place>) -> Holders {
        let (mut starts, mut reach) = (Vec::new(), Vec::new());
        for place in places {
            starts.push(place.range.start);
            reach.push(place.range.end.max(reach.last().copied().unwrap_or(0)));
        }
        Holders { starts, reach }
    }

    /// The first that holds `range`: the first to reach as far, if it begins in time.
    pub(crate) fn first(&self, range: &Range<usize>) -> Option<usize> {
        let first = self.reach.partition_point(|reach| *reach < range.end);
        self.starts.get(first).is_some_and(|start| *start <= range.start).then_some(first)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn place(range: Range<usize>) -> Place {
        Place { range, line: 1, path: String::new() }
    }

    #[test]
    fn the_first_place_around_a_range_is_found() {
        let places = [place(0..4), place(0..9), place(2..5), place(12..20)];
        let holders = Holders::new(places.iter());
        for start in 0..22 {
            for end in start..22 {
                let wanted = places.iter().position(|p| p.holds(&place(start..end)));
                assert_eq!(holders.first(&(start..end)), wanted, "{start}..{end}");
            }
        }
    }
}
