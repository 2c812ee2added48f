//! Phrases in folded text, found by aho-corasick.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::block::PART;
use crate::rules::source::fold::MARK;
use crate::rules::source::phrase::{GAP_BYTES, Phrase, has_word_edges};
use crate::rules::source::rule::{Ruleset, Sign, SignId};

/// A phrase found in the folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) sign: SignId,
    /// Which of the sign's phrases.
    pub(crate) phrase: u32,
    /// Where it ends in the folded text.
    pub(crate) end: u32,
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
    /// Where its progress is kept during a search.
    slot: u32,
}

/// All phrases of a rule set in one automaton.
#[derive(Debug)]
pub(crate) struct Matcher {
    automaton: Option<AhoCorasick>,
    roles: Vec<Vec<Role>>,
    patterns: Vec<Pattern>,
    slots: usize,
}

/// How far a phrase of several segments has been found: the end of each found segment, and the
/// start of the first.
#[derive(Clone, Copy, Default)]
struct Progress {
    end: u32,
    start: u32,
}

impl Matcher {
    pub(crate) fn new(set: &Ruleset) -> Matcher {
        let mut texts: Vec<&str> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        let mut roles: Vec<Vec<Role>> = Vec::new();
        let mut patterns = Vec::new();
        let mut slots = 0;
        for (sign, known) in set.signs.iter().enumerate() {
            let Sign::Phrases { whole, phrases } = known else { continue };
            for (number, phrase) in phrases.iter().enumerate() {
                let pattern = patterns.len() as u32;
                patterns.push(Pattern {
                    sign: SignId(sign as u16),
                    phrase: number as u32,
                    segments: phrase.segments.len() as u8,
                    whole: *whole,
                    slot: slots,
                });
                slots += phrase.segments.len() as u32 - 1;
                add(phrase, pattern, &mut texts, &mut index, &mut roles);
            }
        }
        // No automaton can be built of nothing, and none is needed.
        let automaton = (!texts.is_empty())
            .then(|| {
                AhoCorasick::builder()
                    .match_kind(MatchKind::Standard)
                    .kind(Some(AhoCorasickKind::NoncontiguousNFA))
                    .prefilter(false)
                    .build(&texts)
                    .ok()
            })
            .flatten();
        Matcher { automaton, roles, patterns, slots: slots as usize }
    }

    /// Finds every phrase in `text`, which is parts ended by [`PART`], in order of their ends.
    pub(crate) fn find(&self, text: &str, mut found: impl FnMut(Hit)) {
        let Some(automaton) = &self.automaton else { return };
        let mut progress = vec![Progress::default(); self.slots];
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

fn add<'a>(
    phrase: &'a Phrase,
    pattern: u32,
    texts: &mut Vec<&'a str>,
    index: &mut HashMap<&'a str, usize>,
    roles: &mut Vec<Vec<Role>>,
) {
    for (number, segment) in phrase.segments.iter().enumerate() {
        let at = *index.entry(&segment.text).or_insert_with(|| {
            texts.push(&segment.text);
            roles.push(Vec::new());
            texts.len() - 1
        });
        roles[at].push(Role {
            pattern,
            segment: number as u8,
            begins_word: segment.begins_word,
            ends_word: segment.ends_word,
            gap: segment.gap,
        });
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

    fn finds(phrase: &str, whole: bool, text: &str) -> bool {
        let set = Ruleset {
            signs: vec![Sign::Phrases { whole, phrases: vec![Phrase::parse(phrase).unwrap()] }],
            ..Default::default()
        };
        let mut found = false;
        let mut folded = fold(text);
        folded.push(PART);
        Matcher::new(&set).find(&folded, |_| found = true);
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
        assert!(finds("story continues ... advertisement", true, "Story continues below advertisement"));
    }
}
