//! Phrases in folded text.
//!
//! The tens of thousands of shipped phrases are found by looking up the words of the text in a
//! table that was packed at build time: an automaton for them would take longer to build than a
//! page to clean. The few that further rule files bring are found by aho-corasick, whose
//! prefilters pass over most of a text; it costs in proportion to their number, once for all
//! pages. Both only say where a phrase may stand; what stands there is compared by the same code.

use std::cell::Cell;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::block::PART;
use crate::rules::source::fold::MARK;
use crate::rules::source::phrase::{GAP_BYTES, has_word_edges};
use crate::rules::source::rule::{Ruleset, Sign, SignId};
use crate::rules::source::table::{Open, PackedSegment, Table};

/// Places at which phrases may be compared with the text of a page, in all and for each of its
/// bytes. Many phrases that begin alike and have gaps, `a ... b`, look at many places for each
/// `a`; the shipped ones come to an eighth of this on a text of nothing but appeals.
const PLACES: (u64, u64) = if cfg!(test) { (1 << 16, 1000) } else { (1 << 26, 2000) };

/// The places that may be looked at in a page whose text has so many bytes.
pub(crate) fn most_places(bytes: usize) -> u64 {
    PLACES.0 + PLACES.1 * bytes as u64
}

/// A phrase found in the folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) sign: SignId,
    /// The phrase's number over all tables.
    pub(crate) phrase: u32,
    /// Where it ends in the folded text.
    pub(crate) end: u32,
}

/// The most phrases for an automaton. So many take some milliseconds to build.
const FEW_PHRASES: usize = 2_000;

/// Where phrases of a table may stand, by the text of their first segment.
#[derive(Debug)]
struct Starts {
    automaton: AhoCorasick,
    /// For each pattern, the phrases that begin with it.
    phrases: Vec<Vec<u32>>,
}

impl Starts {
    /// `None` if there are none, or too many.
    fn of(table: &Table) -> Option<Starts> {
        if table.is_shipped() || table.len() == 0 || table.len() > FEW_PHRASES {
            return None;
        }
        let open = table.open();
        let mut by_text: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
        for phrase in 0..table.len() as u32 {
            by_text.entry(open.segment(phrase, 0).text).or_default().push(phrase);
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(by_text.keys())
            .ok()?;
        Some(Starts { automaton, phrases: by_text.into_values().collect() })
    }
}

/// The phrases of a rule set.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// The shipped phrases first, then those of further layers.
    tables: Vec<Table>,
    /// For each table, its automaton if it has one.
    starts: Vec<Option<Starts>>,
    /// For each sign, whether a phrase must be the whole of a part.
    whole: Vec<bool>,
}

impl Matcher {
    pub(crate) fn new(set: &Ruleset, tables: Vec<Table>) -> Matcher {
        let is_whole = |sign: &Sign| matches!(sign, Sign::Phrases { whole: true, .. });
        let starts = tables.iter().map(Starts::of).collect();
        Matcher { tables, starts, whole: set.signs.iter().map(is_whole).collect() }
    }

    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
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
    /// Looks no further when `left` places were looked at, of which it keeps count.
    pub(crate) fn find(&self, text: &str, left: &mut u64, found: impl FnMut(Hit)) {
        let mut hits = Vec::new();
        let places = Cell::new(*left);
        let mut base = 0;
        for (table, starts) in self.tables.iter().zip(&self.starts) {
            let (open, whole, left) = (table.open(), &self.whole, &places);
            let mut search = Search { table: open, base, whole, text, left, hits: &mut hits };
            match starts {
                Some(starts) => search.run_automaton(starts),
                None => search.run(),
            }
            base += table.len() as u32;
        }
        *left = places.get();
        // Of those that end together, the one whose last segment is longest is told first.
        hits.sort_unstable_by_key(|(hit, last)| (hit.end, std::cmp::Reverse(*last), hit.phrase));
        hits.dedup_by_key(|(hit, _)| (hit.end, hit.phrase));
        hits.into_iter().map(|(hit, _)| hit).for_each(found);
    }
}

/// The search for the phrases of one table in one text.
struct Search<'a> {
    table: Open<'a>,
    /// The number of the table's first phrase over all tables.
    base: u32,
    whole: &'a [bool],
    text: &'a str,
    /// The places that may still be looked at.
    left: &'a Cell<u64>,
    /// What was found, with the length of the last segment.
    hits: &'a mut Vec<(Hit, u32)>,
}

impl Search<'_> {
    fn run(&mut self) {
        let (table, text) = (self.table, self.text);
        table.find_keys(text, |phrase, place, at| {
            if let Some(start) = at.checked_sub(place.offset as usize) {
                self.check(phrase, place.segment, start);
            }
        });
        let first = |phrase| table.segment(phrase, 0).text.first().copied();
        let mut begins = [false; 256];
        for byte in table.always().filter_map(first) {
            begins[usize::from(byte)] = true;
        }
        for (start, byte) in text.bytes().enumerate() {
            if begins[usize::from(byte)] {
                let here = table.always().filter(|phrase| first(*phrase) == Some(byte));
                here.for_each(|phrase| self.check(phrase, 0, start));
            }
        }
    }

    fn run_automaton(&mut self, starts: &Starts) {
        for start in starts.automaton.find_overlapping_iter(self.text) {
            if self.left.get() == 0 {
                return;
            }
            for phrase in starts.phrases.get(start.pattern().as_usize()).into_iter().flatten() {
                self.check(*phrase, 0, start.start());
            }
        }
    }

    /// Adds the phrase if it stands where its segment begins at byte `start`.
    fn check(&mut self, phrase: u32, number: u32, start: usize) {
        if self.left.get() == 0 {
            return;
        }
        let segment = self.table.segment(phrase, number);
        if self.stands(&segment, start) {
            self.check_rest(phrase, number, start, segment.text.len());
        }
    }

    /// Adds the phrase if the rest of it stands around its segment of `length` bytes at `start`.
    #[inline(never)] // Few get here, and the many that do not are spared what this sets up.
    fn check_rest(&mut self, phrase: u32, number: u32, start: usize, mut length: usize) {
        let end = start + length;
        let last = self.table.segments(phrase).saturating_sub(1);
        if last == 0 {
            self.add(phrase, length, start, end);
            return;
        }
        // Where the first segment may begin and the last one end.
        let Some(first) = self.before(phrase, number, start) else { return };
        let mut ends = vec![end];
        for next in number + 1..=last {
            let next = self.table.segment(phrase, next);
            length = next.text.len();
            ends = self.after(&next, &ends);
        }
        for end in ends {
            self.add(phrase, length, first, end);
        }
    }

    /// Adds a phrase that was found, unless it must be the whole of its part and is not.
    fn add(&mut self, phrase: u32, length: usize, start: usize, end: usize) {
        let sign = self.table.sign(phrase);
        let whole = self.whole.get(sign.0 as usize).copied().unwrap_or(false);
        if !whole || is_whole(self.text, start, end) {
            let hit = Hit { sign, phrase: self.base + phrase, end: end as u32 };
            self.hits.push((hit, length as u32));
        }
    }

    /// The first place where the first segment of a phrase can begin if segment `number` begins
    /// at `start`.
    fn before(&self, phrase: u32, number: u32, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if number == 0 {
            return Some(start);
        }
        let mut starts = vec![start];
        for number in (0..number).rev() {
            let gap = self.table.segment(phrase, number + 1).gap;
            let segment = self.table.segment(phrase, number);
            let length = segment.text.len();
            let mut found = Vec::new();
            for start in starts {
                bridge(
                    bytes[..start].iter().rev(),
                    gap,
                    segment.text.last(),
                    |between| match (start - between).checked_sub(length) {
                        Some(at) if self.stands(&segment, at) => found.push(at),
                        _ => {}
                    },
                );
            }
            found.sort_unstable();
            found.dedup();
            starts = found;
        }
        starts.first().copied()
    }

    /// The ends of `segment` behind what ends at one of `ends`.
    fn after(&self, segment: &PackedSegment<'_>, ends: &[usize]) -> Vec<usize> {
        let bytes = self.text.as_bytes();
        let mut found = Vec::new();
        for end in ends {
            bridge(bytes[*end..].iter(), segment.gap, segment.text.first(), |between| {
                if self.stands(segment, end + between) {
                    found.push(end + between + segment.text.len());
                }
            });
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether the segment stands at byte `start`.
    fn stands(&self, segment: &PackedSegment<'_>, start: usize) -> bool {
        #[cfg(test)]
        crate::work::count(1);
        self.left.set(self.left.get().saturating_sub(1));
        let end = start + segment.text.len();
        // Nearly all that does not stand here differs in its last byte.
        let alike = |here: &[u8]| here.last() == segment.text.last() && here == segment.text;
        self.text.as_bytes().get(start..end).is_some_and(alike)
            && (!segment.begins_word || at_word_edge(self.text, start, true))
            && (!segment.ends_word || at_word_edge(self.text, end, false))
    }
}

/// Finds the byte `wanted` behind a gap that begins with these bytes: short enough, within a
/// sentence, and of no more than `gap` spaces. Tells how long the gap then is.
fn bridge<'a>(
    bytes: impl Iterator<Item = &'a u8>,
    gap: u8,
    wanted: Option<&u8>,
    mut found: impl FnMut(usize),
) {
    let mut spaces = 0;
    for (length, byte) in bytes.take(GAP_BYTES + 1).enumerate() {
        if Some(byte) == wanted {
            found(length);
        }
        spaces += usize::from(*byte == b' ');
        if spaces > usize::from(gap) || matches!(char::from(*byte), MARK | PART) {
            return;
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
        let mut folded = fold(text);
        folded.push(PART);
        let table = Table::pack(&mut set);
        let mut matcher = Matcher::new(&set, vec![table]);
        let hits = |matcher: &Matcher| {
            let mut hits = Vec::new();
            let mut places = u64::MAX;
            matcher.find(&folded, &mut places, |hit| hits.push(hit));
            hits
        };
        let by_automaton = hits(&matcher);
        matcher.starts = vec![None];
        assert_eq!(by_automaton, hits(&matcher), "{phrase} in {text}");
        !by_automaton.is_empty()
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

    /// So many places of a text are looked at for each of its bytes.
    #[test]
    fn shipped_phrases_look_at_few_places() {
        let rules = crate::Rules::builtin();
        for text in [
            "sign up for our newsletter ",
            "please support us donate now subscribe ",
            "become a member and support our independent journalism today ",
        ] {
            let mut folded = fold(&text.repeat(1000));
            folded.push(PART);
            let mut left = u64::MAX;
            rules.0.phrases.find(&folded, &mut left, |_| {});
            let each = (u64::MAX - left) / folded.len() as u64;
            assert!(each * 3 < PLACES.1, "{each} places for each byte of {text}");
        }
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

    proptest::proptest! {
        /// `finds` compares the two ways of finding where a phrase may stand.
        #[test]
        fn the_automaton_finds_what_the_table_finds(
            phrase in "(join|list|mail|li|読者)( (\\.\\.\\. )?(join|list\\*|\\*mail|our|者)){0,3}",
            text in "((join|our|list|mail|mailing|hotmail|読者|.|!) ?){0,30}",
        ) {
            finds(&phrase, false, &text);
        }
    }
}
