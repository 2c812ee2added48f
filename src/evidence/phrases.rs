//! Phrases in folded text, found by aho-corasick.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::block::PART;
use crate::rules::source::fold::MARK;
use crate::rules::source::phrase::{GAP_BYTES, has_word_edges};
use crate::rules::source::rule::{Ruleset, Sign, SignId};
use crate::rules::source::table::Table;

/// A phrase found in the folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) sign: SignId,
    /// The phrase's number over all tables.
    pub(crate) phrase: u32,
    /// Where it ends in the folded text.
    pub(crate) end: u32,
}

/// The phrases of a rule set.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// The shipped phrases first, then those of further layers.
    tables: Vec<Table>,
    /// For each sign, whether a phrase must be the whole of a part.
    whole: Vec<bool>,
}

impl Matcher {
    pub(crate) fn new(set: &Ruleset, tables: Vec<Table>) -> Matcher {
        let is_whole = |sign: &Sign| matches!(sign, Sign::Phrases { whole: true, .. });
        Matcher { tables, whole: set.signs.iter().map(is_whole).collect() }
    }

    /// A phrase as its author wrote it, by its number over all tables.
    pub(crate) fn written(&self, mut phrase: usize) -> Option<&str> {
        for table in &self.tables {
            if phrase < table.len() {
                return Some(table.written(phrase));
            }
            phrase -= table.len();
        }
        None
    }

    /// Finds every phrase in `text`, which is parts ended by [`PART`], in order of their ends.
    pub(crate) fn find(&self, text: &str, found: impl FnMut(Hit)) {
        let mut search = Search::default();
        let mut base = 0;
        for table in &self.tables {
            for phrase in table.candidates(text) {
                search.add(table, phrase as usize, base, &self.whole);
            }
            base += table.len() as u32;
        }
        search.run(text, found);
    }
}

/// A segment's role in a phrase.
#[derive(Clone, Copy, Debug)]
struct Role {
    pattern: u32,
    segment: u8,
    begins_word: bool,
    ends_word: bool,
    gap: u8,
}

#[derive(Clone, Copy, Debug)]
struct Pattern {
    sign: SignId,
    phrase: u32,
    segments: u8,
    whole: bool,
    /// Where its progress is kept.
    slot: u32,
}

/// How far a phrase of several segments has been found: the end of a segment, and the start of
/// the first.
#[derive(Clone, Copy, Default)]
struct Progress {
    end: u32,
    start: u32,
}

/// The search for the phrases that can occur in one text.
#[derive(Default)]
struct Search<'a> {
    texts: Vec<&'a str>,
    index: HashMap<&'a str, u32>,
    roles: Vec<Vec<Role>>,
    patterns: Vec<Pattern>,
    slots: u32,
}

impl<'a> Search<'a> {
    fn add(&mut self, table: &'a Table, phrase: usize, base: u32, whole: &[bool]) {
        let sign = table.sign(phrase);
        let segments = table.segments(phrase);
        let pattern = self.patterns.len() as u32;
        self.patterns.push(Pattern {
            sign,
            phrase: base + phrase as u32,
            segments: segments.len() as u8,
            whole: whole.get(sign.0 as usize).copied().unwrap_or(false),
            slot: self.slots,
        });
        self.slots += (segments.len() as u32).saturating_sub(1);
        for (number, (text, begins_word, ends_word, gap)) in segments.enumerate() {
            let at = *self.index.entry(text).or_insert_with(|| {
                self.texts.push(text);
                self.roles.push(Vec::new());
                self.texts.len() as u32 - 1
            });
            let segment = number as u8;
            self.roles[at as usize].push(Role { pattern, segment, begins_word, ends_word, gap });
        }
    }

    fn run(&self, text: &str, mut found: impl FnMut(Hit)) {
        if self.texts.is_empty() {
            return;
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .prefilter(false)
            .build(&self.texts);
        // Only more states than 31 bits count fail, and the text has been scanned for keys first.
        let Ok(automaton) = automaton else { return };
        let mut progress = vec![Progress::default(); self.slots as usize];
        for hit in automaton.find_overlapping_iter(text) {
            let (start, end) = (hit.start(), hit.end());
            for role in &self.roles[hit.pattern().as_usize()] {
                if (role.begins_word && !at_word_edge(text, start, true))
                    || (role.ends_word && !at_word_edge(text, end, false))
                {
                    continue;
                }
                let pattern = &self.patterns[role.pattern as usize];
                let slot = pattern.slot as usize;
                let mut first = start as u32;
                if role.segment > 0 {
                    let before = progress[slot + role.segment as usize - 1];
                    if before.end == 0
                        || before.end as usize > start
                        || !bridges(&text[before.end as usize..start], role.gap)
                    {
                        continue;
                    }
                    first = before.start;
                }
                if role.segment + 1 < pattern.segments {
                    progress[slot + role.segment as usize] =
                        Progress { end: end as u32, start: first };
                } else if !pattern.whole || is_whole(text, first as usize, end) {
                    found(Hit { sign: pattern.sign, phrase: pattern.phrase, end: end as u32 });
                }
            }
        }
    }
}

/// Whether a word may begin (or end) at byte `at`.
fn at_word_edge(text: &str, at: usize, begin: bool) -> bool {
    let (before, after) = (text[..at].chars().next_back(), text[at..].chars().next());
    let (inner, outer) = if begin { (after, before) } else { (before, after) };
    match (inner, outer) {
        (Some(inner), Some(outer)) => {
            !outer.is_alphanumeric() || !has_word_edges(inner) || !has_word_edges(outer)
        }
        _ => true,
    }
}

/// Whether `between` is short enough for a gap and stays within a sentence.
fn bridges(between: &str, gap: u8) -> bool {
    between.len() <= GAP_BYTES
        && !between.contains([MARK, PART])
        && between.bytes().filter(|b| *b == b' ').count() <= gap as usize
}

/// Whether `start..end` is all of its part, sentence marks aside.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let ignored = |c: char| c == MARK || c == ' ';
    let before = text[..start].trim_end_matches(ignored);
    let after = text[end..].trim_start_matches(ignored);
    (before.is_empty() || before.ends_with(PART)) && (after.is_empty() || after.starts_with(PART))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::source::fold::fold;
    use crate::rules::source::phrase::Phrase;

    fn finds(phrase: &str, whole: bool, text: &str) -> bool {
        let mut set = Ruleset {
            signs: vec![Sign::Phrases { whole, phrases: vec![Phrase::parse(phrase).unwrap()] }],
            ..Default::default()
        };
        let mut found = false;
        let mut folded = fold(text);
        folded.push(PART);
        let table = Table::pack(&mut set);
        Matcher::new(&set, vec![table]).find(&folded, |_| found = true);
        found
    }

    #[test]
    fn words() {
        assert!(finds("join our list", false, "Please JOIN OUR list!"));
        assert!(!finds("join our list", false, "The rooms adjoin our listed hall."));
        assert!(finds("newsletter*", false, "Zur Newsletteranmeldung"));
        assert!(!finds("newsletter", false, "Zur Newsletteranmeldung"));
        assert!(finds("*newsletter", false, "der Sportnewsletter kommt"));
        assert!(finds("メルマガに登録", false, "無料メルマガに登録する"));
    }

    #[test]
    fn gaps() {
        let phrase = "sign up for ... newsletter*";
        assert!(finds(phrase, false, "Sign up for our free weekly Example newsletter today"));
        assert!(finds(phrase, false, "Sign up for newsletters"));
        assert!(!finds(phrase, false, "Sign up for a course. Our newsletter is free"));
        assert!(!finds(phrase, false, "Sign up for one two three four five six seven newsletter"));
        assert!(finds("zapisz* się", false, "Zapiszcie się"));
        assert!(!finds("zapisz* się", false, "Zapiszcie mi się"));
    }

    #[test]
    fn whole_blocks() {
        assert!(finds("advertisement", true, "– Advertisement –"));
        assert!(!finds("advertisement", true, "Advertisement rates"));
        assert!(finds(
            "story continues ... advertisement",
            true,
            "Story continues below advertisement"
        ));
    }
}
