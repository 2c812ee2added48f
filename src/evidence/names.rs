//! Words of classes, ids and other names in mark-up.

use std::collections::HashMap;

use crate::dom::Element;
use crate::rules::source::fold::fold_name;
use crate::rules::source::rule::{Ruleset, Sign, SignId};

/// A name found: which sign, and which of its entries.
pub(crate) type Found = (SignId, u32);

/// The longest attribute value that is read. Longer ones are data, not names.
const MAX_NAME_BYTES: usize = 400;

/// The entries of all `class_words` signs, by their first word.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_word: HashMap<String, Vec<(Vec<String>, Found)>>,
    starred: Vec<(Star, Found)>,
}

#[derive(Debug)]
enum Star {
    Prefix(String),
    Suffix(String),
    Inside(String),
}

impl Names {
    pub(crate) fn new(set: &Ruleset) -> Names {
        let mut names = Names::default();
        for (sign, known) in set.signs.iter().enumerate() {
            let Sign::ClassWords(entries) = known else { continue };
            for (number, words) in entries.iter().enumerate() {
                let found = (SignId(sign as u16), number as u32);
                let Some((first, rest)) = words.split_first() else { continue };
                let core = first.trim_matches('*').to_string();
                match (first.starts_with('*'), first.ends_with('*')) {
                    (true, true) => names.starred.push((Star::Inside(core), found)),
                    (true, false) => names.starred.push((Star::Suffix(core), found)),
                    (false, true) => names.starred.push((Star::Prefix(core), found)),
                    (false, false) => {
                        names.by_word.entry(core).or_default().push((rest.to_vec(), found));
                    }
                }
            }
        }
        names
    }

    /// What the names of `element` say. `seen` remembers values that were read before.
    pub(crate) fn find<'a>(
        &self,
        element: &'a Element,
        seen: &mut HashMap<&'a str, Vec<Found>>,
        mut found: impl FnMut(Found),
    ) {
        let tag = &*element.name.local;
        if tag.contains('-') {
            self.read(tag).into_iter().for_each(&mut found);
        }
        for attr in &element.attrs {
            let name = &*attr.name.local;
            let value: &'a str = &attr.value;
            let telling = matches!(name, "class" | "id" | "aria-label" | "name" | "role")
                || name.starts_with("data-");
            if !telling || value.len() > MAX_NAME_BYTES {
                continue;
            }
            let known = seen.entry(value).or_insert_with(|| self.read(value));
            known.iter().copied().for_each(&mut found);
        }
    }

    fn read(&self, value: &str) -> Vec<Found> {
        let mut words = Vec::new();
        fold_name(value, &mut words);
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for (rest, entry) in self.by_word.get(word).into_iter().flatten() {
                if words[at + 1..].starts_with(rest) && !found.contains(entry) {
                    found.push(*entry);
                }
            }
            for (star, entry) in &self.starred {
                let hit = match star {
                    Star::Prefix(core) => word.starts_with(core.as_str()),
                    Star::Suffix(core) => word.ends_with(core.as_str()),
                    Star::Inside(core) => word.contains(core.as_str()),
                };
                if hit && !found.contains(entry) {
                    found.push(*entry);
                }
            }
        }
        found
    }
}
