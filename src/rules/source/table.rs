//! Phrases packed into one run of bytes that is searched where it lies.
//!
//! There are tens of thousands of shipped phrases and most runs clean one page, so nothing may
//! be unpacked or built for all of them. Each phrase is filed under one key that any text with
//! the phrase must show: a whole word, the start or end of a word, or two neighbouring
//! characters of a script without spaces. The words of a page then give the few phrases that
//! can occur in it, and only those go into an automaton.
//!
//! The layout, all numbers little-endian `u32`:
//!
//! | part | content |
//! |---|---|
//! | head | phrases, segments, keys, bytes of text |
//! | phrases | sign, offset and length of the text, first segment, number of segments |
//! | segments | offset and length of the text, flags (1 begins word, 2 ends word, gap from bit 8) |
//! | buckets | for each upper 12 bits of a hash, its first key; one more at the end |
//! | keys | hash, phrase; sorted |
//! | always | number of phrases without key, then those |
//! | text | |

use std::borrow::Cow;
use std::collections::HashMap;

use super::phrase::{Phrase, Segment, has_word_edges};
use super::rule::{Ruleset, Sign, SignId};

/// The bits of a hash that choose its bucket.
const BUCKET_BITS: u32 = 12;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// Characters of the start or the end of a word that make a key.
const EDGE_CHARS: usize = 4;

/// The kinds of keys.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Start = 2,
    End = 3,
    Pair = 4,
}

/// Packed phrases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    bytes: Cow<'static, [u8]>,
}

impl Table {
    /// A table packed earlier.
    pub(crate) const fn packed(bytes: &'static [u8]) -> Table {
        Table { bytes: Cow::Borrowed(bytes) }
    }

    #[allow(dead_code)] // The build script writes them.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes the phrases out of the signs of `set` and packs them.
    pub(crate) fn pack(set: &mut Ruleset) -> Table {
        let mut phrases: Vec<(SignId, Phrase)> = Vec::new();
        for (i, sign) in set.signs.iter_mut().enumerate() {
            if let Sign::Phrases { phrases: own, .. } = sign {
                phrases.extend(own.drain(..).map(|phrase| (SignId(i as u16), phrase)));
            }
        }
        let mut frequency: HashMap<String, u32> = HashMap::new();
        for (_, phrase) in &phrases {
            for word in whole_words(phrase) {
                *frequency.entry(word.to_string()).or_default() += 1;
            }
        }
        let mut text = Text::default();
        let mut rows = Vec::new();
        let mut segments = Vec::new();
        let mut keys = Vec::new();
        let mut always = Vec::new();
        for (number, (sign, phrase)) in phrases.iter().enumerate() {
            let (offset, length) = text.add(&phrase.text);
            let first = (segments.len() / 3) as u32;
            rows.extend([u32::from(sign.0), offset, length, first, phrase.segments.len() as u32]);
            for segment in &phrase.segments {
                let (offset, length) = text.add(&segment.text);
                let flags = u32::from(segment.begins_word)
                    | u32::from(segment.ends_word) << 1
                    | u32::from(segment.gap) << 8;
                segments.extend([offset, length, flags]);
            }
            match key(phrase, &frequency) {
                Some(hash) => keys.push((hash, number as u32)),
                None => always.push(number as u32),
            }
        }
        keys.sort_unstable();
        let mut buckets = Vec::with_capacity(BUCKETS + 1);
        for bucket in 0..=BUCKETS as u64 {
            let from = bucket << (32 - BUCKET_BITS);
            buckets.push(keys.partition_point(|(hash, _)| u64::from(*hash) < from) as u32);
        }
        let head = [
            phrases.len() as u32,
            (segments.len() / 3) as u32,
            keys.len() as u32,
            text.bytes.len() as u32,
        ];
        let mut bytes = Vec::new();
        let mut put = |numbers: &[u32]| {
            numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        };
        put(&head);
        put(&rows);
        put(&segments);
        put(&buckets);
        keys.iter().for_each(|(hash, phrase)| put(&[*hash, *phrase]));
        put(&[always.len() as u32]);
        put(&always);
        bytes.extend_from_slice(&text.bytes);
        Table { bytes: Cow::Owned(bytes) }
    }

    /// The number of phrases.
    pub(crate) fn len(&self) -> usize {
        if self.bytes.is_empty() { 0 } else { self.number(0) as usize }
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = self.bytes.get(at * 4..at * 4 + 4).and_then(|b| b.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default())
    }

    fn segments_at(&self) -> usize {
        4 + self.len() * 5
    }

    fn buckets_at(&self) -> usize {
        self.segments_at() + self.number(1) as usize * 3
    }

    fn keys_at(&self) -> usize {
        self.buckets_at() + BUCKETS + 1
    }

    fn always_at(&self) -> usize {
        self.keys_at() + self.number(2) as usize * 2
    }

    fn text(&self, offset: u32, length: u32) -> &str {
        let base = (self.always_at() + 1 + self.number(self.always_at()) as usize) * 4;
        let from = base + offset as usize;
        let bytes = self.bytes.get(from..from + length as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The sign of a phrase.
    pub(crate) fn sign(&self, phrase: usize) -> SignId {
        SignId(self.number(4 + phrase * 5) as u16)
    }

    /// A phrase as its author wrote it.
    pub(crate) fn written(&self, phrase: usize) -> &str {
        let row = 4 + phrase * 5;
        self.text(self.number(row + 1), self.number(row + 2))
    }

    /// The segments of a phrase: text, whether a word must begin and end there, the gap before.
    pub(crate) fn segments(
        &self,
        phrase: usize,
    ) -> impl ExactSizeIterator<Item = (&str, bool, bool, u8)> + '_ {
        let row = 4 + phrase * 5;
        let (first, count) = (self.number(row + 3) as usize, self.number(row + 4) as usize);
        (first..first + count).map(move |segment| {
            let at = self.segments_at() + segment * 3;
            let flags = self.number(at + 2);
            let text = self.text(self.number(at), self.number(at + 1));
            (text, flags & 1 > 0, flags & 2 > 0, (flags >> 8) as u8)
        })
    }

    /// The phrases that can occur in `text`, each once, in order.
    pub(crate) fn candidates(&self, text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        if self.len() == 0 {
            return found;
        }
        let always = self.always_at();
        found.extend((1..=self.number(always) as usize).map(|i| self.number(always + i)));
        for word in text.split([' ', '\n']) {
            if word.is_empty() || word == "." {
                continue;
            }
            self.look_up(hash(Kind::Word, word), &mut found);
            if let Some(start) = first_chars(word) {
                self.look_up(hash(Kind::Start, start), &mut found);
            }
            if let Some(end) = last_chars(word) {
                self.look_up(hash(Kind::End, end), &mut found);
            }
            if !word.is_ascii() {
                pairs(word).for_each(|pair| self.look_up(hash(Kind::Pair, pair), &mut found));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn look_up(&self, hash: u32, found: &mut Vec<u32>) {
        let bucket = self.buckets_at() + (hash >> (32 - BUCKET_BITS)) as usize;
        let (from, to) = (self.number(bucket) as usize, self.number(bucket + 1) as usize);
        let keys = self.keys_at();
        for at in from..to {
            let here = self.number(keys + at * 2);
            if here == hash {
                found.push(self.number(keys + at * 2 + 1));
            } else if here > hash {
                break;
            }
        }
    }
}

#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    known: HashMap<String, u32>,
}

impl Text {
    fn add(&mut self, text: &str) -> (u32, u32) {
        let offset = *self.known.entry(text.to_string()).or_insert_with(|| {
            self.bytes.extend_from_slice(text.as_bytes());
            (self.bytes.len() - text.len()) as u32
        });
        (offset, text.len() as u32)
    }
}

/// The key that every text with `phrase` shows: the word that fewest other phrases have, if it
/// has a whole word; else the start, the end or two characters of a part of a word.
fn key(phrase: &Phrase, frequency: &HashMap<String, u32>) -> Option<u32> {
    let rarest = whole_words(phrase)
        .min_by_key(|word| (frequency.get(*word).copied(), std::cmp::Reverse(word.len())));
    if let Some(word) = rarest {
        return Some(hash(Kind::Word, word));
    }
    for segment in &phrase.segments {
        let first = segment.text.split(' ').next().unwrap_or_default();
        let last = segment.text.rsplit(' ').next().unwrap_or_default();
        if let Some(pair) = pairs(first).next() {
            return Some(hash(Kind::Pair, pair));
        }
        if segment.begins_word
            && let Some(start) = first_chars(first)
        {
            return Some(hash(Kind::Start, start));
        }
        if segment.ends_word
            && let Some(end) = last_chars(last)
        {
            return Some(hash(Kind::End, end));
        }
    }
    None
}

/// The words of a phrase that stand in a text as they are, with an edge on both sides.
fn whole_words(phrase: &Phrase) -> impl Iterator<Item = &str> {
    phrase.segments.iter().flat_map(|segment: &Segment| {
        let count = segment.text.split(' ').count();
        segment.text.split(' ').enumerate().filter_map(move |(i, word)| {
            let begins = i > 0 || segment.begins_word;
            let ends = i + 1 < count || segment.ends_word;
            (begins && ends && word.chars().all(has_word_edges)).then_some(word)
        })
    })
}

/// The first characters of a word that is longer, or as long.
fn first_chars(word: &str) -> Option<&str> {
    if !word.chars().all(has_word_edges) {
        return None;
    }
    match word.char_indices().nth(EDGE_CHARS) {
        Some((end, _)) => Some(&word[..end]),
        None => (word.chars().count() == EDGE_CHARS).then_some(word),
    }
}

fn last_chars(word: &str) -> Option<&str> {
    if !word.chars().all(has_word_edges) {
        return None;
    }
    word.char_indices().rev().nth(EDGE_CHARS - 1).map(|(start, _)| &word[start..])
}

/// All two neighbouring characters of scripts without spaces.
fn pairs(word: &str) -> impl Iterator<Item = &str> {
    let next = word.char_indices().skip(1);
    let pairs = word.char_indices().zip(next).filter_map(|((from, a), (at, b))| {
        let pair = !has_word_edges(a) && !has_word_edges(b);
        pair.then_some(from..at + b.len_utf8())
    });
    pairs.map(move |range| &word[range])
}

/// FNV-1a, 32 bits: the same on every machine, which the packed table needs.
fn hash(kind: Kind, text: &str) -> u32 {
    let bytes = std::iter::once(kind as u8).chain(text.bytes());
    let hash = bytes
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // The upper bits choose the bucket and are FNV's weaker ones.
    hash ^ hash.rotate_left(16)
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    fn table(phrases: &[&str]) -> Table {
        let phrases = phrases.iter().map(|p| Phrase::parse(p).unwrap()).collect();
        let mut set =
            Ruleset { signs: vec![Sign::Phrases { whole: false, phrases }], ..Default::default() };
        Table::pack(&mut set)
    }

    #[test]
    fn candidates_are_filed_by_what_a_text_must_show() {
        let phrases = [
            "join our list",
            "newsletter*",
            "*briefing",
            "*post*",
            "zapisz* się",
            "メルマガに登録",
            "don*",
        ];
        let table = table(&phrases);
        let found = |text: &str| -> Vec<&str> {
            let hits = table.candidates(&fold(text));
            hits.into_iter().map(|phrase| table.written(phrase as usize)).collect()
        };
        let always = ["*post*", "don*"];
        assert_eq!(found("nothing here"), always);
        assert_eq!(found("Newsletteranmeldung"), ["newsletter*", "*post*", "don*"]);
        assert_eq!(found("Morgenbriefing"), ["*briefing", "*post*", "don*"]);
        assert_eq!(found("無料メルマガに登録する"), ["*post*", "メルマガに登録", "don*"]);
        assert_eq!(found("zapiszcie się"), ["*post*", "zapisz* się", "don*"]);
        assert!(found("join our list").contains(&"join our list"));
    }

    #[test]
    fn an_empty_table_is_empty() {
        assert_eq!(Table::default().candidates("a b"), [0u32; 0]);
        assert_eq!(table(&[]).candidates("a b"), [0u32; 0]);
    }
}
