//! The rule file format: serde types that mirror the YAML one to one, and nothing else.
//!
//! What runs is [`super::rule`]; [`super::resolve`] turns one into the other. The doc comments
//! here are the reference of the format.

// Some keys are there for people and for tests and do not run.
#![allow(dead_code)]

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor, value};
use serde_saphyr::Spanned;

/// A rule file: the rules of one topic, of one site or of one publisher.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    /// The version of the format, 1.
    pub(crate) format: Option<Spanned<u32>>,
    /// One sentence: what this file is about.
    pub(crate) summary: Option<String>,
    /// The sites that all rules of this file are for. `example.com` means it and all below,
    /// `*.example.com` only below, `!shop.example.com` not that one, `example.com/blog/*` a path.
    pub(crate) sites: Vec<Spanned<String>>,
    /// Named lists of phrases that rules refer to.
    pub(crate) lists: Named<List>,
    /// Ids of rules, from this file's layer or below, that are switched off.
    pub(crate) disable: Vec<Spanned<String>>,
    /// The rules.
    pub(crate) rules: Vec<Rule>,
}

/// A rule. Exactly one of `remove`, `evidence`, `shields` and `extend` says what kind it is.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// The rule's name, in kebab-case, unique. Reports show it.
    pub(crate) id: Option<Spanned<String>>,
    /// What the rule removes: `newsletter`, `donation`, `ad-notice`, `paywall`, `consent`,
    /// `share`, `recirculation` or `promotion`.
    pub(crate) category: Option<Spanned<String>>,
    /// One sentence: what the block is.
    pub(crate) summary: Option<String>,
    /// Why the rule is right, for whoever wants to change it.
    pub(crate) because: Option<String>,
    /// `stable` (the default), `draft` or `off`.
    pub(crate) status: Option<Spanned<String>>,
    /// The sites the rule is for, in addition to the file's.
    #[serde(default)]
    pub(crate) sites: Vec<Spanned<String>>,
    /// CSS selectors of what goes, for certain. Only with `sites`.
    #[serde(default)]
    pub(crate) remove: OneOrMany,
    /// With `remove`: the nearest enclosing element of these names is what goes.
    #[serde(default)]
    pub(crate) up_to: OneOrMany,
    /// Conditions that must all hold.
    #[serde(default, rename = "where")]
    pub(crate) conditions: Option<Spanned<Conditions>>,
    /// Lines that add points; a block with 100 goes.
    #[serde(default)]
    pub(crate) evidence: Vec<Spanned<Evidence>>,
    /// Categories that may not take a block that this rule fits.
    #[serde(default)]
    pub(crate) shields: Vec<Spanned<String>>,
    /// Phrases with which an appeal in running text begins.
    #[serde(default)]
    pub(crate) opens: Option<Spanned<Phrases>>,
    /// Phrases with which an appeal in running text ends.
    #[serde(default)]
    pub(crate) closes: Option<Spanned<Phrases>>,
    /// Guards that this rule lifts, by name; only with `sites`.
    #[serde(default)]
    pub(crate) lift: Vec<Spanned<String>>,
    /// The id of a rule that this entry adds to, instead of being one.
    pub(crate) extend: Option<Spanned<String>>,
    /// Pages on which the rule was seen to be right.
    #[serde(default)]
    pub(crate) seen: Vec<Seen>,
    /// Proofs of the rule.
    #[serde(default)]
    pub(crate) tests: Vec<Spanned<Test>>,
}

/// Where a rule was seen to be right. Never fetched.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// The page.
    pub(crate) url: String,
    /// The day, as `2026-11-23`.
    pub(crate) date: String,
}

/// A line of evidence: conditions that must all hold, and what they are worth.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// Whole points; negative ones speak against a cut.
    pub(crate) points: Spanned<i32>,
    /// Why, for negative points above all.
    pub(crate) why: Option<String>,
    #[serde(default)]
    pub(crate) phrases: Option<Spanned<Phrases>>,
    #[serde(default)]
    pub(crate) class_words: OneOrMany,
    #[serde(default)]
    pub(crate) named: OneOrMany,
    #[serde(default)]
    pub(crate) links: OneOrMany,
    #[serde(default)]
    pub(crate) has: OneOrMany,
    #[serde(default)]
    pub(crate) is: OneOrMany,
    #[serde(default)]
    pub(crate) within: OneOrMany,
    #[serde(default)]
    pub(crate) tags: OneOrMany,
    #[serde(default)]
    pub(crate) beside: OneOrMany,
    #[serde(default)]
    pub(crate) title: Option<Spanned<Phrases>>,
    pub(crate) menu: Option<bool>,
    pub(crate) email_input: Option<bool>,
    pub(crate) iban: Option<bool>,
    pub(crate) text_document: Option<bool>,
    pub(crate) words: Option<Range>,
    pub(crate) chars: Option<Range>,
    pub(crate) paragraphs: Option<Range>,
    pub(crate) longest: Option<Range>,
    pub(crate) links_count: Option<Range>,
    pub(crate) link_density: Option<Range>,
    pub(crate) fields: Option<Range>,
    pub(crate) buttons: Option<Range>,
    pub(crate) amounts: Option<Range>,
    pub(crate) headings: Option<Range>,
    pub(crate) media: Option<Range>,
    pub(crate) quotes: Option<Range>,
    pub(crate) page_words: Option<Range>,
    pub(crate) page_share: Option<Range>,
}

/// Conditions. All that are given must hold.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Conditions {
    /// Phrases, one of which must stand in the block: a language's list, or a named list.
    pub(crate) phrases: Option<Spanned<Phrases>>,
    /// Words of a class, an id or a label, one of which the block or something in it must have.
    pub(crate) class_words: OneOrMany,
    /// The same, but the block's own element must have them.
    pub(crate) named: OneOrMany,
    /// Places that a link in the block must lead to: `/donate`, `patreon.com`.
    pub(crate) links: OneOrMany,
    /// A CSS selector that something in the block must match.
    pub(crate) has: OneOrMany,
    /// A CSS selector that the block itself must match.
    pub(crate) is: OneOrMany,
    /// A CSS selector that the block or something around it must match.
    pub(crate) within: OneOrMany,
    /// Names of elements, one of which the block must be.
    pub(crate) tags: OneOrMany,
    /// Categories, of one of which the block before or after must be.
    pub(crate) beside: OneOrMany,
    /// Phrases, one of which must stand in the page's title or its main heading.
    pub(crate) title: Option<Spanned<Phrases>>,
    /// Whether the block is a menu, or a link in one: three or more short links in a row.
    pub(crate) menu: Option<bool>,
    /// Whether the block holds a field for an e-mail address (and none for a password).
    pub(crate) email_input: Option<bool>,
    /// Whether the block holds an IBAN with a right checksum.
    pub(crate) iban: Option<bool>,
    /// Whether the document is text or Markdown.
    pub(crate) text_document: Option<bool>,
    /// The number of words.
    pub(crate) words: Option<Range>,
    /// The number of characters.
    pub(crate) chars: Option<Range>,
    /// The number of paragraphs of running text.
    pub(crate) paragraphs: Option<Range>,
    /// The number of words in the longest stretch of text.
    pub(crate) longest: Option<Range>,
    /// The number of links.
    pub(crate) links_count: Option<Range>,
    /// The share of the text that stands in links, 0 to 1.
    pub(crate) link_density: Option<Range>,
    /// The number of fields to fill in.
    pub(crate) fields: Option<Range>,
    /// The number of buttons.
    pub(crate) buttons: Option<Range>,
    /// The number of amounts of money.
    pub(crate) amounts: Option<Range>,
    /// The number of headings.
    pub(crate) headings: Option<Range>,
    /// The number of figures, videos, tables, code blocks and the like.
    pub(crate) media: Option<Range>,
    /// The number of quotations.
    pub(crate) quotes: Option<Range>,
    /// The number of words on the page.
    pub(crate) page_words: Option<Range>,
    /// The block's share of the page's text, 0 to 1.
    pub(crate) page_share: Option<Range>,
}

/// Bounds, both inclusive.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
}

/// A proof of a rule: a snippet, set in a page of neutral words, and what must become of it. It has
/// one of `remove`, `keep` and `page`. `[[prose 80]]` in it stands for 80 neutral words. HTML that
/// begins with `<!doctype` or `<html` is a whole page. Of a shield, `keep` means that it shields,
/// `remove` that it does not.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    /// What the test shows.
    pub(crate) name: String,
    /// A snippet of which every top-level element must go.
    pub(crate) remove: Option<String>,
    /// A snippet of which nothing may go.
    pub(crate) keep: Option<String>,
    /// A snippet of which exactly the elements with the attribute `husk` must go; in text and
    /// Markdown, the lines that begin with `husk:`.
    pub(crate) page: Option<String>,
    /// `html` (the default), `text` or `markdown`.
    pub(crate) from: Option<String>,
    /// The address of the page, for rules with `sites`; without it, a page of the first of them.
    pub(crate) url: Option<String>,
    /// The test is known to fail; it is reported the day it passes.
    #[serde(default)]
    pub(crate) known_gap: bool,
}

/// A named list of phrases.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// A phrase must be the whole text of the block: a button, a label.
    pub(crate) whole: bool,
    /// By language.
    pub(crate) languages: Named<Vec<Spanned<String>>>,
}

/// Phrases written in place, or the names of lists.
#[derive(Clone, Debug)]
pub(crate) enum Phrases {
    Here(List),
    Lists(Vec<Spanned<String>>),
}

/// A map that keeps the order of its file and the place of its keys.
#[derive(Clone, Debug)]
pub(crate) struct Named<T>(pub(crate) Vec<(Spanned<String>, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named(Vec::new())
    }
}

/// A text, or a list of texts.
#[derive(Debug, Default)]
pub(crate) struct OneOrMany(pub(crate) Vec<Spanned<String>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Named<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of names")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Named(entries))
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Languages;
        impl<'de> Visitor<'de> for Languages {
            type Value = List;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("phrases by language, such as `en: [sign up for our newsletter]`")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List, A::Error> {
                let mut list = List::default();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    if key.value == "whole" {
                        list.whole = map.next_value()?;
                    } else {
                        list.languages.0.push((key, map.next_value()?));
                    }
                }
                Ok(list)
            }
        }
        deserializer.deserialize_map(Languages)
    }
}

impl<'de> Deserialize<'de> for Phrases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Phrases;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("phrases by language, or the names of lists")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Phrases, A::Error> {
                List::deserialize(value::MapAccessDeserializer::new(map)).map(Phrases::Here)
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Phrases, E> {
                let place = serde_saphyr::Location::UNKNOWN;
                Ok(Phrases::Lists(vec![Spanned::new(name.to_string(), place, place)]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Phrases, A::Error> {
                let mut lists = Vec::new();
                while let Some(name) = seq.next_element()? {
                    lists.push(name);
                }
                Ok(Phrases::Lists(lists))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
                let place = serde_saphyr::Location::UNKNOWN;
                Ok(OneOrMany(vec![Spanned::new(text.to_string(), place, place)]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany(texts))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}
