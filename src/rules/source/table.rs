//! Phrases packed into one run of bytes that is searched where it lies.
//!
//! There are tens of thousands of shipped phrases and most runs clean one page, so nothing may
//! be unpacked or built for all of them. Each phrase is filed under one key that any text with
//! the phrase must show: a whole word, the start or end of a word, or one or two neighbouring
//! characters of a script without spaces. Thousands of phrases share a key, so under it they are
//! filed once more, by a second key that the text must show as well. Every key of a text is looked
//! up where it stands, and the phrases whose second key is in the text, too, are compared with the
//! text there.
//!
//! The layout, all numbers little-endian `u32`:
//!
//! | part | content |
//! |---|---|
//! | head | phrases, segments, keys, bits of a hash that choose its bucket, phrases without key, phrases with one |
//! | phrases | sign, offset and length of the text, first segment, number of segments |
//! | segments | offset and length of the text, flags (1 begins word, 2 ends word, gap from bit 8) |
//! | buckets | for each upper bits of a hash, its first key; one more at the end |
//! | filter | a bit for each some more upper bits of a hash, whether there is such a key |
//! | keys | hash, hash of the second key or 0, first of the filed; sorted; one more at the end |
//! | filed | phrase, place of the key (segment from bit 24, offset in its text), probe |
//! | always | the phrases without key |
//! | text | |

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::phrase::{Phrase, has_word_edges};
use super::rule::{Ruleset, Sign, SignId};

/// About as many buckets as keys, so that most look-ups end at an empty one, within bounds: the
/// fewest make a small table, the most keep a huge one from being mostly buckets.
const BUCKET_BITS: std::ops::RangeInclusive<u32> = 4..=16;
/// More bits of a hash, for which a bit says whether there is a key: nearly no word of a text is
/// one, and so few bits lie in the cache.
const FILTER_BITS: u32 = 2;
/// Characters of the start or the end of a word that make a key. Starts of short words may have
/// fewer.
const EDGE_CHARS: usize = 4;
const SHORT_START: usize = 2;
/// Characters from which on a word is as rare as the longer ones.
const LONG_WORD: usize = 7;

/// The bits of a hash by which is told whether a text shows a key: a paragraph fills a tenth of so
/// many.
const SHOWN_BITS: u32 = 10;

/// The numbers at the head, of a key, and of a phrase filed under one.
const HEAD_NUMBERS: usize = 6;
const KEY_NUMBERS: usize = 3;
const FILED_NUMBERS: usize = 3;

/// The kinds of keys.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Start = 2,
    End = 3,
    Char = 4,
    Pair = 5,
}

/// Where in its phrase a key stands: the number of the segment, and the offset in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyPlace {
    pub(crate) segment: u32,
    pub(crate) offset: u32,
}

impl KeyPlace {
    /// A phrase whose key stands beyond what these bits tell goes without one.
    const OFFSET_BITS: u32 = 24;

    fn fits(self) -> bool {
        self.segment >> (32 - Self::OFFSET_BITS) == 0 && self.offset >> Self::OFFSET_BITS == 0
    }

    fn pack(self) -> u32 {
        self.segment << Self::OFFSET_BITS | self.offset
    }

    fn unpack(number: u32) -> KeyPlace {
        let offset = number & ((1 << Self::OFFSET_BITS) - 1);
        KeyPlace { segment: number >> Self::OFFSET_BITS, offset }
    }
}

/// A segment of a packed phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PackedSegment<'a> {
    pub(crate) text: &'a [u8],
    /// A word must begin at its start.
    pub(crate) begins_word: bool,
    /// A word must end at its end.
    pub(crate) ends_word: bool,
    /// How many spaces may stand between the previous segment and this one.
    pub(crate) gap: u8,
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

    /// Whether it was packed when the binary was built.
    #[allow(dead_code)] // The build script does not ask.
    pub(crate) fn is_shipped(&self) -> bool {
        matches!(self.bytes, Cow::Borrowed(_))
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
            for (word, _) in whole_words(phrase) {
                *frequency.entry(word.to_string()).or_default() += 1;
            }
        }
        let mut text = Text::default();
        let mut rows = Vec::new();
        let mut segments = Vec::new();
        let mut filed = Vec::new();
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
            match keys_of(phrase, &frequency).filter(|(_, place, _)| place.fits()) {
                Some((hash, place, second)) => {
                    let segment = phrase.segments[place.segment as usize].text.as_bytes();
                    filed.push((hash, second, number as u32, place.pack(), probe(segment)));
                }
                None => always.push(number as u32),
            }
        }
        filed.sort_unstable();
        let mut keys: Vec<(u32, u32, u32)> = Vec::new();
        for (from, (hash, second, ..)) in filed.iter().enumerate() {
            if keys.last().is_none_or(|(last, other, _)| (last, other) != (hash, second)) {
                keys.push((*hash, *second, from as u32));
            }
        }
        let bits = keys.len().max(1).ilog2().clamp(*BUCKET_BITS.start(), *BUCKET_BITS.end());
        let mut buckets = Vec::with_capacity((1 << bits) + 1);
        for bucket in 0..=1_u64 << bits {
            let from = bucket << (32 - bits);
            buckets.push(keys.partition_point(|(hash, ..)| u64::from(*hash) < from) as u32);
        }
        let mut filter = vec![0_u32; 1 << (bits + FILTER_BITS - 5)];
        for (hash, ..) in &keys {
            let bit = hash >> (32 - bits - FILTER_BITS);
            filter[bit as usize / 32] |= 1 << (bit % 32);
        }
        let head = [
            phrases.len() as u32,
            (segments.len() / 3) as u32,
            keys.len() as u32,
            bits,
            always.len() as u32,
            filed.len() as u32,
        ];
        let mut bytes = Vec::new();
        let mut put = |numbers: &[u32]| {
            numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        };
        put(&head);
        put(&rows);
        put(&segments);
        put(&buckets);
        put(&filter);
        keys.iter().for_each(|(hash, second, from)| put(&[*hash, *second, *from]));
        put(&[u32::MAX, 0, filed.len() as u32]);
        filed.iter().for_each(|(_, _, phrase, place, probe)| put(&[*phrase, *place, *probe]));
        put(&always);
        bytes.extend_from_slice(&text.bytes);
        Table { bytes: Cow::Owned(bytes) }
    }

    /// The number of phrases.
    pub(crate) fn len(&self) -> usize {
        number(&self.bytes, 0) as usize
    }

    /// A phrase as its author wrote it.
    pub(crate) fn written(&self, phrase: usize) -> &str {
        self.open().written(phrase)
    }

    /// The table, ready to be searched.
    pub(crate) fn open(&self) -> Open<'_> {
        let bytes: &[u8] = &self.bytes;
        let head = |at| number(bytes, at) as usize;
        let segments = HEAD_NUMBERS + head(0) * 5;
        let buckets = segments + head(1) * 3;
        let bits = number(bytes, 3).clamp(*BUCKET_BITS.start(), *BUCKET_BITS.end());
        let filter = buckets + (1 << bits) + 1;
        let keys = filter + (1 << (bits + FILTER_BITS - 5));
        let filed = keys + (head(2) + 1) * KEY_NUMBERS;
        let always = filed + head(5) * FILED_NUMBERS;
        let text = bytes.get((always + head(4)) * 4..).unwrap_or_default();
        let numbers = bytes.as_chunks().0;
        Open { numbers, segments, buckets, filter, shift: 32 - bits, keys, filed, always, text }
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at * 4..at * 4 + 4).and_then(|b| b.try_into().ok());
    u32::from_le_bytes(bytes.unwrap_or_default())
}

/// A table with the places of its parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open<'a> {
    numbers: &'a [[u8; 4]],
    segments: usize,
    buckets: usize,
    filter: usize,
    /// What leaves of a hash the bits that choose its bucket.
    shift: u32,
    keys: usize,
    filed: usize,
    always: usize,
    text: &'a [u8],
}

impl<'a> Open<'a> {
    fn number(&self, at: usize) -> u32 {
        self.numbers.get(at).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    fn bytes(&self, offset: u32, length: u32) -> &'a [u8] {
        let from = offset as usize;
        self.text.get(from..from + length as usize).unwrap_or_default()
    }

    /// The sign of a phrase.
    pub(crate) fn sign(&self, phrase: u32) -> SignId {
        SignId(self.number(HEAD_NUMBERS + phrase as usize * 5) as u16)
    }

    fn written(&self, phrase: usize) -> &'a str {
        let row = HEAD_NUMBERS + phrase * 5;
        let bytes = self.bytes(self.number(row + 1), self.number(row + 2));
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// How many segments a phrase has.
    pub(crate) fn segments(&self, phrase: u32) -> u32 {
        self.number(HEAD_NUMBERS + phrase as usize * 5 + 4)
    }

    /// A segment of a phrase.
    pub(crate) fn segment(&self, phrase: u32, segment: u32) -> PackedSegment<'a> {
        let first = self.number(HEAD_NUMBERS + phrase as usize * 5 + 3);
        let at = self.segments + (first + segment) as usize * 3;
        let flags = self.number(at + 2);
        PackedSegment {
            text: self.bytes(self.number(at), self.number(at + 1)),
            begins_word: flags & 1 > 0,
            ends_word: flags & 2 > 0,
            gap: (flags >> 8) as u8,
        }
    }

    /// The phrases without key, which may stand anywhere.
    pub(crate) fn always(&self) -> impl Iterator<Item = u32> + use<'a> {
        let open = *self;
        (0..open.number(4) as usize).map(move |i| open.number(open.always + i))
    }

    /// Finds in folded text the keys of phrases that may stand there: the phrase, where in it the
    /// key stands, and where in the text.
    pub(crate) fn find_keys(&self, text: &str, mut found: impl FnMut(u32, KeyPlace, usize)) {
        let mut shown = Shown::default();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            while at < bytes.len() && !matches!(bytes[at], b' ' | b'\n' | b'.' | 0xe0..) {
                at += 1;
            }
            if bytes.get(at).is_some_and(|byte| *byte >= 0xe0) {
                // Only from here on are there characters of scripts without spaces.
                at = self.find_in_mixed(text, start, &mut shown);
            } else {
                self.find_in_run(text, start, at, &mut shown);
            }
            at += 1;
        }
        for (hash, at) in &shown.keys {
            self.look_up(*hash, &shown, bytes, *at as usize, &mut found);
        }
    }

    /// Finds the keys in the word that begins at `start`; gives its end.
    fn find_in_mixed(&self, text: &str, start: usize, found: &mut Shown) -> usize {
        let mut run = start;
        let mut before: Option<usize> = None;
        for (i, c) in text[start..].char_indices() {
            let at = start + i;
            if matches!(c, ' ' | '\n' | '.') {
                self.find_in_run(text, run, at, found);
                return at;
            }
            if has_word_edges(c) {
                before = None;
                continue;
            }
            self.find_in_run(text, run, at, found);
            run = at + c.len_utf8();
            self.note(hash(Kind::Char, &text[at..run]), at, found);
            if let Some(before) = before {
                let hash = hash(Kind::Pair, &text[before..run]);
                found.add(hash);
                self.note(hash, before, found);
            }
            before = Some(at);
        }
        self.find_in_run(text, run, text.len(), found);
        text.len()
    }

    /// Finds the keys in a run of characters that words are made of.
    fn find_in_run(&self, text: &str, start: usize, end: usize, found: &mut Shown) {
        let bytes = &text.as_bytes()[start..end];
        if bytes.is_empty() {
            return;
        }
        let mut state = Hash::default();
        let mut chars = 0;
        for byte in bytes {
            if is_char_start(*byte) {
                if (SHORT_START..=EDGE_CHARS).contains(&chars) {
                    self.note(state.finish(Kind::Start), start, found);
                }
                chars += 1;
            }
            state.add(*byte);
        }
        let word = state.finish(Kind::Word);
        found.add(word);
        self.note(word, start, found);
        if (SHORT_START..=EDGE_CHARS).contains(&chars) {
            self.note(state.finish(Kind::Start), start, found);
        }
        if chars >= EDGE_CHARS {
            let tail = tail(bytes);
            let mut state = Hash::default();
            tail.iter().for_each(|byte| state.add(*byte));
            self.note(state.finish(Kind::End), end - tail.len(), found);
        }
    }

    /// Notes a key of the text, unless no phrase is filed under it.
    fn note(&self, hash: u32, at: usize, found: &mut Shown) {
        let bit = hash >> (self.shift - FILTER_BITS);
        if self.number(self.filter + bit as usize / 32) >> (bit % 32) & 1 == 1 {
            found.keys.push((hash, at as u32));
        }
    }

    fn look_up(
        &self,
        hash: u32,
        shown: &Shown,
        text: &[u8],
        at: usize,
        found: &mut impl FnMut(u32, KeyPlace, usize),
    ) {
        let bucket = self.buckets + (hash >> self.shift) as usize;
        let (from, to) = (self.number(bucket) as usize, self.number(bucket + 1) as usize);
        // The one behind the last tells where the filed under that end.
        let numbers = self.keys + from * KEY_NUMBERS..self.keys + (to + 1) * KEY_NUMBERS;
        let keys = self.numbers.get(numbers).unwrap_or_default().as_chunks::<KEY_NUMBERS>().0;
        for (key, next) in keys.iter().zip(keys.iter().skip(1)) {
            let [here, second, from] = key.map(u32::from_le_bytes);
            if here > hash {
                break;
            }
            if here == hash && (second == 0 || shown.may_have(second)) {
                let to = u32::from_le_bytes(next[2]);
                self.compare(from as usize..to as usize, text, at, found);
            }
        }
    }

    /// Finds those of the phrases filed from one place to another that may stand in the text if
    /// their key stands at byte `at`.
    fn compare(
        &self,
        filed: Range<usize>,
        text: &[u8],
        at: usize,
        found: &mut impl FnMut(u32, KeyPlace, usize),
    ) {
        let numbers =
            self.filed + filed.start * FILED_NUMBERS..self.filed + filed.end * FILED_NUMBERS;
        let filed = self.numbers.get(numbers).unwrap_or_default().as_chunks::<FILED_NUMBERS>().0;
        for phrase in filed {
            let [phrase, place, probe] = phrase.map(u32::from_le_bytes);
            let place = KeyPlace::unpack(place);
            let start = at.checked_sub(place.offset as usize);
            if start.is_some_and(|start| may_stand(probe, text, start)) {
                found(phrase, place, at);
            }
        }
    }
}

/// The keys that a text shows.
#[derive(Default)]
struct Shown {
    /// Those under which some phrase is filed, with their places.
    keys: Vec<(u32, u32)>,
    /// A bit for what the hashes begin with of all words, and of all pairs of characters of
    /// scripts without spaces.
    bits: [u64; 1 << (SHOWN_BITS - 6)],
}

impl Shown {
    fn add(&mut self, hash: u32) {
        let bit = hash >> (32 - SHOWN_BITS);
        self.bits[bit as usize / 64] |= 1 << (bit % 64);
    }

    fn may_have(&self, hash: u32) -> bool {
        let bit = hash >> (32 - SHOWN_BITS);
        self.bits[bit as usize / 64] >> (bit % 64) & 1 == 1
    }
}

/// What of a key's segment lies beside the key: its length, its first byte, the one in the middle
/// and the last. Many phrases share a key, and the rest of each lies somewhere else in the memory.
fn probe(segment: &[u8]) -> u32 {
    let seen = &segment[..segment.len().min(usize::from(u8::MAX))];
    let byte = |at: usize| seen.get(at).copied().unwrap_or(0);
    let (middle, last) = (seen.len() / 2, seen.len().saturating_sub(1));
    u32::from_le_bytes([seen.len() as u8, byte(0), byte(middle), byte(last)])
}

/// Whether the segment of a `probe` may stand at byte `start`.
fn may_stand(probe: u32, text: &[u8], start: usize) -> bool {
    let [length, first, middle, last] = probe.to_le_bytes();
    let length = usize::from(length);
    text.get(start..start + length).is_some_and(|here| {
        here.last() == Some(&last)
            && here.first() == Some(&first)
            && here.get(length / 2) == Some(&middle)
    })
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

/// The key that every text with `phrase` shows: its rarest whole word, if it has one; else
/// characters of a script without spaces, or the start or the end of a word. And a second one: the
/// next rarest word, or another pair of such characters; 0 if there is none.
fn keys_of(phrase: &Phrase, frequency: &HashMap<String, u32>) -> Option<(u32, KeyPlace, u32)> {
    // Long words are rare in any text; of those, what few phrases have is rarer still.
    let rarity = |word: &str| {
        let long = word.chars().count().min(LONG_WORD);
        (std::cmp::Reverse(long), frequency.get(word).copied())
    };
    let rarest = whole_words(phrase).min_by_key(|(word, _)| rarity(word));
    if let Some((word, place)) = rarest {
        let others = whole_words(phrase).map(|(other, _)| other).filter(|other| *other != word);
        let second = others.min_by_key(|other| rarity(other));
        return Some((
            hash(Kind::Word, word),
            place,
            second.map_or(0, |word| hash(Kind::Word, word)),
        ));
    }
    let (key, place) = part_key(phrase)?;
    let second = phrase.segments.iter().rev().find_map(|segment| last_pair(&segment.text));
    let second = second.map_or(0, |pair| hash(Kind::Pair, pair));
    Some((key, place, if second == key { 0 } else { second }))
}

/// A key of a phrase without whole words.
fn part_key(phrase: &Phrase) -> Option<(u32, KeyPlace)> {
    for (number, segment) in phrase.segments.iter().enumerate() {
        let place = |offset: usize| KeyPlace { segment: number as u32, offset: offset as u32 };
        let text = segment.text.as_str();
        if let Some((offset, pair)) = pair(text) {
            return Some((hash(Kind::Pair, pair), place(offset)));
        }
        if let Some((offset, c)) = text.char_indices().find(|(_, c)| !has_word_edges(*c)) {
            let end = offset + c.len_utf8();
            return Some((hash(Kind::Char, &text[offset..end]), place(offset)));
        }
        // What is left has no spaces and no other script: it would have had a whole word.
        let chars = text.chars().count();
        if segment.begins_word && chars >= SHORT_START {
            let end = text.char_indices().nth(EDGE_CHARS).map_or(text.len(), |(end, _)| end);
            return Some((hash(Kind::Start, &text[..end]), place(0)));
        }
        if segment.ends_word && chars >= EDGE_CHARS {
            let tail = tail(text.as_bytes()).len();
            let offset = text.len() - tail;
            return Some((hash(Kind::End, &text[offset..]), place(offset)));
        }
    }
    None
}

/// The words of a phrase that stand in a text as they are, with an edge on both sides.
fn whole_words(phrase: &Phrase) -> impl Iterator<Item = (&str, KeyPlace)> {
    phrase.segments.iter().enumerate().flat_map(|(number, segment)| {
        let text = segment.text.as_str();
        let is_edge = |c: char| c == ' ' || !has_word_edges(c);
        text.split(is_edge).filter_map(move |word| {
            let offset = word.as_ptr() as usize - text.as_ptr() as usize;
            let begins = offset > 0 || segment.begins_word;
            let ends = offset + word.len() < text.len() || segment.ends_word;
            let place = KeyPlace { segment: number as u32, offset: offset as u32 };
            (begins && ends && !word.is_empty()).then_some((word, place))
        })
    })
}

/// The last characters of a word that has as many.
fn tail(word: &[u8]) -> &[u8] {
    let starts = word.iter().enumerate().rev().filter(|(_, byte)| is_char_start(**byte));
    starts.take(EDGE_CHARS).last().map_or(word, |(start, _)| &word[start..])
}

fn is_char_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// The first two neighbouring characters of a script without spaces.
fn pair(text: &str) -> Option<(usize, &str)> {
    let next = text.char_indices().skip(1);
    text.char_indices().zip(next).find_map(|((from, a), (at, b))| {
        let pair = !has_word_edges(a) && !has_word_edges(b);
        pair.then(|| (from, &text[from..at + b.len_utf8()]))
    })
}

/// The last two neighbouring characters of a script without spaces.
fn last_pair(text: &str) -> Option<&str> {
    let next = text.char_indices().skip(1);
    let pairs = text.char_indices().zip(next).filter_map(|((from, a), (at, b))| {
        let pair = !has_word_edges(a) && !has_word_edges(b);
        pair.then(|| &text[from..at + b.len_utf8()])
    });
    pairs.last()
}

/// FNV-1a, 32 bits: the same on every machine, which the packed table needs.
#[derive(Clone, Copy)]
struct Hash(u32);

impl Default for Hash {
    fn default() -> Hash {
        Hash(0x811c_9dc5)
    }
}

impl Hash {
    fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }

    fn finish(mut self, kind: Kind) -> u32 {
        self.add(kind as u8);
        // The upper bits choose the bucket and are FNV's weaker ones.
        self.0 ^ self.0.rotate_left(16)
    }
}

fn hash(kind: Kind, text: &str) -> u32 {
    let mut hash = Hash::default();
    text.bytes().for_each(|byte| hash.add(byte));
    hash.finish(kind)
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
    fn phrases_are_filed_by_what_a_text_must_show() {
        let phrases = [
            "join our list",
            "newsletter*",
            "*briefing",
            "*post*",
            "zapisz* się",
            "メルマガに登録",
            "don*",
            "赏",
            "用app看",
        ];
        let table = table(&phrases);
        let found = |text: &str| -> Vec<&str> {
            let mut hits = Vec::new();
            let text = fold(text);
            table.open().find_keys(&text, |phrase, place, at| {
                let segment = table.open().segment(phrase, place.segment);
                let start = at - place.offset as usize;
                let before = &segment.text[..place.offset as usize];
                assert!(text.as_bytes()[start..].starts_with(before));
                hits.push(table.written(phrase as usize));
            });
            hits
        };
        assert_eq!(table.open().always().collect::<Vec<_>>(), [3]);
        assert_eq!(found("nothing here"), [""; 0]);
        assert_eq!(found("Newsletteranmeldung"), ["newsletter*"]);
        assert_eq!(found("Morgenbriefing"), ["*briefing"]);
        assert_eq!(found("briefing"), ["*briefing"]);
        assert_eq!(found("無料メルマガに登録する"), ["メルマガに登録"]);
        assert_eq!(found("zapiszcie się"), ["zapisz* się"]);
        assert_eq!(found("please join our list."), ["join our list"]);
        assert_eq!(found("don dona donate do"), ["don*"; 3]);
        assert_eq!(found("用APP看 赏"), ["用app看", "赏"]);
    }

    #[test]
    fn an_empty_table_is_empty() {
        for table in [Table::default(), table(&[])] {
            assert_eq!(table.len(), 0);
            table.open().find_keys("a b", |_, _, _| panic!("a key of nothing"));
            assert_eq!(table.open().always().count(), 0);
        }
    }
}
