//! The rule file format: serde types that mirror the YAML one to one, and nothing else.
//!
//! What runs is [`super::rule`]; [`super::resolve`] turns one into the other. The doc comments
//! here are the reference of the format.

// Some keys are there for people and for tests and do not run.
#![allow(dead_code)]

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor, value};
use serde_saphyr::Spanned;

use super::rule::Measure;

/// A rule file: the rules of one topic, of one site or of one publisher.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    /// The version of the format, 1.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub(crate) format: Option<Spanned<u32>>,
    /// One sentence: what this file is about.
    pub(crate) summary: Option<String>,
    /// The sites that all rules of this file are for. `example.com` means it and all below,
    /// `*.example.com` only below, `!shop.example.com` not that one, `example.com/blog/*` a path.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(crate) sites: Vec<Spanned<String>>,
    /// Named lists of phrases that rules refer to.
    pub(crate) lists: Named<List>,
    /// Ids of rules that are switched off: rules of other files of this layer, or of a layer below.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(crate) disable: Vec<Spanned<String>>,
    /// The rules.
    pub(crate) rules: Vec<Rule>,
}

/// A rule. Exactly one of `remove`, `evidence`, `shields` and `extend` says what kind it is.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// The rule's name, in kebab-case, unique. Reports show it.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) id: Option<Spanned<String>>,
    /// What the rule removes: `newsletter`, `donation`, `ad-notice`, `paywall`, `consent`,
    /// `share`, `recirculation` or `promotion`.
    #[cfg_attr(test, schemars(with = "Option<crate::rules::schema::CategoryName>"))]
    pub(crate) category: Option<Spanned<String>>,
    /// One sentence: what the block is.
    pub(crate) summary: Option<String>,
    /// Why the rule is right, for whoever wants to change it.
    pub(crate) because: Option<String>,
    /// `stable` (the default); `draft`: it runs with `--drafts`, and when its file is given with
    /// `--rules`; `off`: it never runs.
    #[cfg_attr(test, schemars(with = "Option<crate::rules::schema::StatusName>"))]
    pub(crate) status: Option<Spanned<String>>,
    /// The sites the rule is for, in addition to the file's; all sites if there are none.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(crate) sites: Vec<Spanned<String>>,
    /// CSS selectors of what goes, for certain. Only with `sites`.
    #[serde(default)]
    pub(crate) remove: OneOrMany,
    /// With `remove`: the nearest enclosing element of these names is what goes.
    #[serde(default)]
    pub(crate) up_to: OneOrMany,
    /// Conditions that must all hold.
    #[serde(default, rename = "where")]
    #[cfg_attr(test, schemars(with = "Option<Conditions>"))]
    pub(crate) conditions: Option<Spanned<Conditions>>,
    /// Lines that add points; a block with 100 goes.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<Evidence>"))]
    pub(crate) evidence: Vec<Spanned<Evidence>>,
    /// Categories that may not take a block that this rule fits.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<crate::rules::schema::CategoryName>"))]
    pub(crate) shields: Vec<Spanned<String>>,
    /// Phrases with which an appeal in running text begins.
    #[cfg_attr(test, schemars(with = "Option<Phrases>"))]
    pub(crate) opens: Option<Spanned<Phrases>>,
    /// Phrases with which an appeal in running text ends.
    #[cfg_attr(test, schemars(with = "Option<Phrases>"))]
    pub(crate) closes: Option<Spanned<Phrases>>,
    /// Guards that this rule lifts, by name; only with `sites`. `title` holds on to the only `h1`,
    /// `main` to the main part, `share` to 30 % of the words, `everything` to the last words.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<crate::rules::schema::GuardName>"))]
    pub(crate) lift: Vec<Spanned<String>>,
    /// The id of a rule that this entry adds to, instead of being one: `evidence` or selectors to
    /// `remove`, sites that are excluded, another `status`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) extend: Option<Spanned<String>>,
    /// Pages on which the rule was seen to be right.
    #[serde(default)]
    pub(crate) seen: Vec<Seen>,
    /// Proofs of the rule.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<Test>"))]
    pub(crate) tests: Vec<Spanned<Test>>,
}

/// Where a rule was seen to be right. Never fetched.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// The page.
    pub(crate) url: String,
    /// The day, as `2026-11-23`.
    pub(crate) date: String,
}

/// Declares a struct that has every condition among its fields: a line of evidence and `where` take
/// the same, and this way each has its description once.
macro_rules! with_conditions {
    ($(#[$attr:meta])* struct $name:ident { $($own:tt)* }) => {
        $(#[$attr])*
        pub(crate) struct $name {
            $($own)*
        /// Phrases, one of which must stand in the block: a language's list, or a named list.
            #[cfg_attr(test, schemars(with = "Option<Phrases>"))]
            pub(crate) phrases: Option<Spanned<Phrases>>,
            /// Words of a class, an id or a label, one of which the block or something in it must have.
            #[serde(default)]
            pub(crate) class_words: OneOrMany,
            /// Words as for `class_words`, which the block's own element must have.
            #[serde(default)]
            pub(crate) named: OneOrMany,
            /// Places that a link in the block must lead to: `/donate`, `patreon.com`, `donate.` (what
            /// a host begins with).
            #[serde(default)]
            pub(crate) links: OneOrMany,
            /// A CSS selector that something in the block must match.
            #[serde(default)]
            pub(crate) has: OneOrMany,
            /// A CSS selector that the block itself must match.
            #[serde(default)]
            pub(crate) is: OneOrMany,
            /// A CSS selector that the block or something around it must match.
            #[serde(default)]
            pub(crate) within: OneOrMany,
            /// Names of elements, one of which the block must be.
            #[serde(default)]
            pub(crate) tags: OneOrMany,
            /// Categories, of one of which the block before or after must be.
            #[serde(default)]
            #[cfg_attr(test, schemars(with = "crate::rules::schema::CategoryNames"))]
            pub(crate) beside: OneOrMany,
            /// Phrases, one of which must stand in the page's title or its main heading.
            #[cfg_attr(test, schemars(with = "Option<Phrases>"))]
            pub(crate) title: Option<Spanned<Phrases>>,
            /// Whether the block is a menu, or a link in one: three or more short links in a row.
            pub(crate) menu: Option<bool>,
            /// Whether the block is a short line between other short lines, as the entries of a menu are
            /// in text, an item of a list, or a heading.
            pub(crate) listed: Option<bool>,
            /// Whether the block holds a field for an e-mail address (and none for a password).
            pub(crate) email_input: Option<bool>,
            /// Whether the block holds an account to send money to: an IBAN with a right checksum, or an
            /// address for Bitcoin, Monero or Ethereum.
            pub(crate) iban: Option<bool>,
            /// Whether the document is text or Markdown.
            pub(crate) text_document: Option<bool>,
            /// The number of words.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) words: Option<Spanned<Range>>,
            /// The number of characters.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) chars: Option<Spanned<Range>>,
            /// The number of paragraphs of running text.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) paragraphs: Option<Spanned<Range>>,
            /// The number of words in the longest stretch of text.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) longest: Option<Spanned<Range>>,
            /// The number of lines, or of other stretches of text.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) lines: Option<Spanned<Range>>,
            /// The number of links.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) links_count: Option<Spanned<Range>>,
            /// The share of the text that stands in links, 0 to 1.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) link_density: Option<Spanned<Range>>,
            /// The number of fields to fill in.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) fields: Option<Spanned<Range>>,
            /// The number of fields to fill in of the form that the block is part of, boxes to tick
            /// aside; of the block, if it stands in no form.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) form_fields: Option<Spanned<Range>>,
            /// The number of buttons.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) buttons: Option<Spanned<Range>>,
            /// The number of amounts of money.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) amounts: Option<Spanned<Range>>,
            /// The number of headings.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) headings: Option<Spanned<Range>>,
            /// The number of figures, videos, tables, code blocks and the like.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) media: Option<Spanned<Range>>,
            /// The number of quotations.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) quotes: Option<Spanned<Range>>,
            /// The number of words on the page.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) page_words: Option<Spanned<Range>>,
            /// The block's share of the page's text, 0 to 1.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) page_share: Option<Spanned<Range>>,
            /// The number of headlines that are links.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) teasers: Option<Spanned<Range>>,
            /// The number of words on the page that stand in long paragraphs: an article has them,
            /// a page of teasers has not.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) page_prose: Option<Spanned<Range>>,
            /// The share of the page's words in long paragraphs (`page_prose`) that stand before the
            /// block, 0 to 1: near 1, the article is over.
            #[cfg_attr(test, schemars(with = "Option<Range>"))]
            pub(crate) after: Option<Spanned<Range>>,
        }

        impl $name {
            /// The conditions, to go through them.
            pub(crate) fn view(&self) -> View<'_> {
                View {
                    phrases: self.phrases.as_ref(),
                    title: self.title.as_ref(),
                    class_words: &self.class_words,
                    named: &self.named,
                    links: &self.links,
                    has: &self.has,
                    is: &self.is,
                    within: &self.within,
                    tags: &self.tags,
                    beside: &self.beside,
                    menu: self.menu,
                    listed: self.listed,
                    email_input: self.email_input,
                    iban: self.iban,
                    text_document: self.text_document,
                    ranges: [
                        ("words", Measure::Words, self.words.as_ref()),
                        ("chars", Measure::Chars, self.chars.as_ref()),
                        ("paragraphs", Measure::Paragraphs, self.paragraphs.as_ref()),
                        ("longest", Measure::Longest, self.longest.as_ref()),
                        ("lines", Measure::Lines, self.lines.as_ref()),
                        ("links_count", Measure::Links, self.links_count.as_ref()),
                        ("link_density", Measure::LinkDensity, self.link_density.as_ref()),
                        ("fields", Measure::Fields, self.fields.as_ref()),
                        ("form_fields", Measure::FormFields, self.form_fields.as_ref()),
                        ("buttons", Measure::Buttons, self.buttons.as_ref()),
                        ("amounts", Measure::Amounts, self.amounts.as_ref()),
                        ("headings", Measure::Headings, self.headings.as_ref()),
                        ("media", Measure::Media, self.media.as_ref()),
                        ("quotes", Measure::Quotes, self.quotes.as_ref()),
                        ("page_words", Measure::PageWords, self.page_words.as_ref()),
                        ("page_share", Measure::PageShare, self.page_share.as_ref()),
                        ("teasers", Measure::Teasers, self.teasers.as_ref()),
                        ("page_prose", Measure::PageProse, self.page_prose.as_ref()),
                        ("after", Measure::After, self.after.as_ref()),
                    ],
                }
            }
        }
    };
}

/// The conditions of a line of evidence or of `where`.
pub(crate) struct View<'a> {
    pub(crate) phrases: Option<&'a Spanned<Phrases>>,
    pub(crate) title: Option<&'a Spanned<Phrases>>,
    pub(crate) class_words: &'a OneOrMany,
    pub(crate) named: &'a OneOrMany,
    pub(crate) links: &'a OneOrMany,
    pub(crate) has: &'a OneOrMany,
    pub(crate) is: &'a OneOrMany,
    pub(crate) within: &'a OneOrMany,
    pub(crate) tags: &'a OneOrMany,
    pub(crate) beside: &'a OneOrMany,
    pub(crate) menu: Option<bool>,
    pub(crate) listed: Option<bool>,
    pub(crate) email_input: Option<bool>,
    pub(crate) iban: Option<bool>,
    pub(crate) text_document: Option<bool>,
    pub(crate) ranges: [(&'static str, Measure, Option<&'a Spanned<Range>>); 19],
}

impl View<'_> {
    /// Whether phrases are all that is asked.
    #[allow(dead_code)] // The build script does not ask.
    pub(crate) fn is_only_phrases(&self) -> bool {
        self.phrases.is_some() && View { phrases: None, ..*self }.is_empty()
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        let texts = [
            self.class_words,
            self.named,
            self.links,
            self.has,
            self.is,
            self.within,
            self.tags,
            self.beside,
        ];
        let flags = [self.menu, self.listed, self.email_input, self.iban, self.text_document];
        self.phrases.is_none()
            && self.title.is_none()
            && texts.iter().all(|texts| texts.0.is_empty())
            && flags.iter().all(Option::is_none)
            && self.ranges.iter().all(|(_, _, range)| range.is_none())
    }
}

with_conditions! {
    /// Conditions. All that are given must hold.
    #[derive(Debug, Default, serde::Deserialize)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields, default)]
    struct Conditions {}
}

with_conditions! {
    /// A line of evidence: conditions that must all hold, and what they are worth.
    #[derive(Debug, serde::Deserialize)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    struct Evidence {
        /// Whole points, from -1000 to 1000; negative ones speak against a cut.
        #[cfg_attr(test, schemars(with = "crate::rules::schema::Points"))]
        pub(crate) points: Spanned<i32>,
        /// Why, for negative points above all.
        pub(crate) why: Option<String>,
    }
}

/// Bounds, both inclusive.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// The least.
    pub(crate) min: Option<f64>,
    /// The most.
    pub(crate) max: Option<f64>,
}

/// A proof of a rule: a snippet, set in a page of neutral words, and what must become of it. It has
/// one of `remove`, `keep` and `page`. `[[prose 80]]` in it stands for 80 neutral words. HTML that
/// begins with `<!doctype` or `<html` is a whole page. Of a shield, `keep` means that it shields,
/// `remove` that it does not.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
    #[cfg_attr(test, schemars(with = "Option<crate::rules::schema::FormName>"))]
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
        let given = Spanned::<Texts>::deserialize(deserializer)?;
        Ok(OneOrMany(match given.value {
            Texts::One(text) => vec![Spanned::new(text, given.referenced, given.defined)],
            Texts::Many(texts) => texts,
        }))
    }
}

/// What [`OneOrMany`] is read from.
enum Texts {
    One(String),
    Many(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Texts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts::One(text.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(Texts::Many(texts))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
