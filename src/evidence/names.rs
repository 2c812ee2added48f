//! Words of classes, ids and other names in mark-up.

use html5ever::local_name;

use crate::dom::Element;
use crate::hash::RuleMap;
use crate::rules::source::fold::{Words, fold_name};
use crate::rules::source::rule::{Ruleset, Sign, SignId};

/// A name found: which sign, and which of its entries.
pub(crate) type Found = (SignId, u32);

/// The longest attribute value that is read. Longer ones are data, not names.
const MAX_NAME_BYTES: usize = 400;

/// How many values are remembered. Few pages have more different ones among hundreds in a row.
const REMEMBERED: usize = 256;

/// The entries of all `class_words` signs.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By their first word.
    by_word: RuleMap<String, Vec<(Vec<String>, Found)>>,
    /// A bit for what each of these begins and ends with, to tell at once of most words that they
    /// are none.
    filter: [u64; 16],
    /// `word*`, `*word` and `*word*`.
    starred: Vec<(Star, Found)>,
    /// The indexes of `word*` by its first byte, and of `*word` by its last.
    prefixes: ByByte,
    suffixes: ByByte,
    inside: Vec<usize>,
}

/// Indexes by a byte.
#[derive(Debug)]
struct ByByte(Vec<Vec<usize>>);

impl Default for ByByte {
    fn default() -> ByByte {
        ByByte(vec![Vec::new(); 256])
    }
}

impl ByByte {
    fn add(&mut self, byte: u8, index: usize) {
        self.0[usize::from(byte)].push(index);
    }

    fn get(&self, byte: Option<&u8>) -> &[usize] {
        byte.and_then(|byte| self.0.get(usize::from(*byte))).map_or(&[], |found| found)
    }
}

#[derive(Debug)]
enum Star {
    Prefix(String),
    Suffix(String),
    Inside(String),
}

impl Star {
    fn fits(&self, word: &str) -> bool {
        match self {
            Star::Prefix(core) => word.starts_with(core.as_str()),
            Star::Suffix(core) => word.ends_with(core.as_str()),
            Star::Inside(core) => word.contains(core.as_str()),
        }
    }
}

/// What values said that were read lately, and what is needed to read one.
pub(crate) struct Seen<'a> {
    values: Vec<(&'a str, Vec<Found>)>,
    words: Words,
    stars: Vec<usize>,
}

impl Default for Seen<'_> {
    fn default() -> Self {
        Seen {
            values: vec![("", Vec::new()); REMEMBERED],
            words: Words::default(),
            stars: Vec::new(),
        }
    }
}

/// Where a value is remembered. One that pushes out another costs a reading, no more.
fn slot(value: &str) -> usize {
    let bytes = value.as_bytes();
    let half = |part: Option<&[u8; 8]>| part.map_or(0, |part| u64::from_le_bytes(*part));
    let ends = half(bytes.first_chunk()).rotate_left(5) ^ half(bytes.last_chunk());
    let mixed = (ends ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % REMEMBERED
}

/// Where in a filter the bit of a word is.
fn filter_bit(word: &str) -> (usize, u64) {
    let bytes = word.as_bytes();
    let byte = |at: Option<&u8>| usize::from(at.copied().unwrap_or(0));
    let mixed = byte(bytes.first()) * 67 + byte(bytes.last()) * 13 + bytes.len() * 5;
    (mixed / 64 % 16, 1 << (mixed % 64))
}

impl Names {
    pub(crate) fn new(set: &Ruleset) -> Names {
        let mut names = Names::default();
        for (sign, known) in set.signs.iter().enumerate() {
            let Sign::ClassWords(entries) = known else { continue };
            for (number, words) in entries.iter().enumerate() {
                let found = (SignId(sign as u16), number as u32);
                let Some((first, rest)) = words.split_first() else { continue };
                names.add(first, rest, found);
            }
        }
        names
    }

    fn add(&mut self, first: &str, rest: &[String], found: Found) {
        let core = first.trim_matches('*').to_string();
        let at = self.starred.len();
        let star = match (first.starts_with('*'), first.ends_with('*')) {
            (false, false) => {
                let (word, bit) = filter_bit(&core);
                self.filter[word] |= bit;
                self.by_word.entry(core).or_default().push((rest.to_vec(), found));
                return;
            }
            (true, true) => Star::Inside(core),
            (true, false) => Star::Suffix(core),
            (false, true) => Star::Prefix(core),
        };
        let (first, last) = match &star {
            Star::Prefix(core) => (core.bytes().next(), None),
            Star::Suffix(core) => (None, core.bytes().next_back()),
            Star::Inside(_) => (None, None),
        };
        match (first, last) {
            (Some(first), _) => self.prefixes.add(first, at),
            (_, Some(last)) => self.suffixes.add(last, at),
            (None, None) => self.inside.push(at),
        }
        self.starred.push((star, found));
    }

    /// What the names of `element` say.
    pub(crate) fn find<'a>(
        &self,
        element: &'a Element,
        seen: &mut Seen<'a>,
        mut found: impl FnMut(Found),
    ) {
        let tag = &*element.name.local;
        if tag.contains('-') {
            self.said(tag, seen).iter().copied().for_each(&mut found);
        }
        for attr in &element.attrs {
            let value: &'a str = &attr.value;
            let telling = match attr.name.local {
                local_name!("class")
                | local_name!("id")
                | local_name!("aria-label")
                | local_name!("name")
                | local_name!("role") => true,
                ref name => name.starts_with("data-"),
            };
            if telling && value.len() <= MAX_NAME_BYTES {
                self.said(value, seen).iter().copied().for_each(&mut found);
            }
        }
    }

    /// What a value says, read or remembered.
    fn said<'a, 's>(&self, value: &'a str, seen: &'s mut Seen<'a>) -> &'s [Found] {
        let Seen { values, words, stars } = seen;
        let (known, said) = &mut values[slot(value)];
        if *known != value {
            *known = value;
            said.clear();
            self.read(value, words, stars, said);
        }
        said
    }

    fn read(&self, value: &str, words: &mut Words, stars: &mut Vec<usize>, found: &mut Vec<Found>) {
        words.clear();
        fold_name(value, words);
        let mut add = |entry: &Found| {
            if !found.contains(entry) {
                found.push(*entry);
            }
        };
        for (at, word) in words.iter().enumerate() {
            let (at_word, bit) = filter_bit(word);
            let may = self.filter[at_word] & bit != 0;
            for (rest, entry) in may.then(|| self.by_word.get(word)).flatten().into_iter().flatten()
            {
                let mut rest = rest.iter().enumerate();
                if rest.all(|(i, next)| words.get(at + 1 + i) == Some(next)) {
                    add(entry);
                }
            }
            stars.clear();
            let bytes = word.as_bytes();
            stars.extend_from_slice(self.prefixes.get(bytes.first()));
            stars.extend_from_slice(self.suffixes.get(bytes.last()));
            stars.extend_from_slice(&self.inside);
            stars.sort_unstable();
            for (star, entry) in stars.iter().filter_map(|star| self.starred.get(*star)) {
                if star.fits(word) {
                    add(entry);
                }
            }
        }
    }
}
