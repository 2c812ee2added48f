//! From the conditions of a rule file to tests: names are looked up, contradictions found.

use serde_saphyr::Spanned;

use super::format::{self, OneOrMany, Phrases, View};
use super::known;
use super::phrase::Phrase;
use super::problem::{Report, nearest};
use super::resolve::Resolver;
use super::rule::{Line, Measure, Sign, SignId, Test};
use super::selector;

/// The most points of a line, and the fewest. The bar is 100; more than ten times as much is a
/// slip of the finger.
const MAX_POINTS: i32 = 1000;

impl Resolver {
    pub(super) fn evidence(
        &mut self,
        file: u16,
        lines: &[Spanned<format::Evidence>],
        report: &mut Report<'_>,
    ) -> Vec<Line> {
        lines
            .iter()
            .map(|spanned| {
                let source = &spanned.value;
                let points = source.points.value;
                if points == 0 || points.abs() > MAX_POINTS {
                    report.at(
                        source.points.referenced,
                        format!("{points} points do not make sense"),
                        Some(
                            "1 to 100 speak for a cut, negative ones against; a block goes at 100"
                                .into(),
                        ),
                    );
                }
                let (tests, label) = self.conditions(&source.view(), report);
                if tests.is_empty() && source.view().is_empty() {
                    report.at(
                        spanned.referenced,
                        "a line of evidence needs a sign",
                        Some(
                            "`phrases`, `class_words`, `links`, `email_input` and the like".into(),
                        ),
                    );
                }
                Line { points, tests, file, line: spanned.referenced.line() as u32, label }
            })
            .collect()
    }

    pub(super) fn phrases(
        &mut self,
        given: &Spanned<Phrases>,
        report: &mut Report<'_>,
    ) -> Option<(SignId, String)> {
        match &given.value {
            Phrases::Here(list) => {
                let phrases = phrases(list, &mut self.phrases_left, report);
                let sign = self.sign(Sign::Phrases { whole: list.whole, phrases });
                Some((sign, "phrases".into()))
            }
            Phrases::Lists(names) if names.len() == 1 => {
                let name = &names[0].value;
                let Some(sign) = self.set.lists.get(name) else {
                    let near = nearest(name, self.set.lists.keys().map(String::as_str));
                    let help = near.map_or_else(
                        || "a list is made with `lists:`; phrases in place: `{ en: [join our list] }`".into(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    report.at(given.referenced, format!("there is no list `{name}`"), Some(help));
                    return None;
                };
                Some((*sign, format!("phrases {name}")))
            }
            Phrases::Lists(names) => {
                // A list of phrases without its language is what people write first.
                let spaced = names.iter().any(|name| name.value.contains(' '));
                let help = if spaced {
                    "phrases stand under their language: `{ en: [join our list] }`"
                } else {
                    "one line of evidence for each list"
                };
                report.at(given.referenced, "this is not the name of one list", Some(help.into()));
                None
            }
        }
    }

    /// The id of a sign, shared with every rule that has the same.
    pub(super) fn sign(&mut self, sign: Sign) -> SignId {
        let at = self.set.signs.iter().position(|known| *known == sign).unwrap_or_else(|| {
            self.set.signs.push(sign);
            self.set.signs.len() - 1
        });
        SignId(at as u16)
    }

    pub(super) fn conditions(
        &mut self,
        source: &View<'_>,
        report: &mut Report<'_>,
    ) -> (Vec<Test>, String) {
        let mut tests = Vec::new();
        let mut labels = Vec::new();
        if let Some(given) = source.phrases
            && let Some((sign, label)) = self.phrases(given, report)
        {
            tests.push(Test::Sign(sign, true));
            labels.push(label);
        }
        if let Some(given) = source.title
            && let Some((sign, label)) = self.phrases(given, report)
        {
            tests.push(Test::Title(sign));
            labels.push(label.replacen("phrases", "title", 1));
        }
        if let Some(want) = source.menu {
            tests.push(Test::Menu(want));
            labels.push("menu".into());
        }
        if let Some(want) = source.listed {
            tests.push(Test::Listed(want));
            labels.push("listed".into());
        }
        for (given, own, label) in
            [(source.class_words, false, "class_words"), (source.named, true, "named")]
        {
            if !given.0.is_empty() {
                let words = given.0.iter().map(|word| class_words(word, report)).collect();
                let sign = self.sign(Sign::ClassWords(words));
                tests.push(if own { Test::Own(sign) } else { Test::Sign(sign, true) });
                labels.push(label.to_string());
            }
        }
        type Make = fn(Vec<String>) -> Sign;
        let places: [(&OneOrMany, Make, &str); 4] = [
            (source.links, Sign::Links, "links"),
            (source.has, Sign::Has, "has"),
            (source.is, Sign::Is, "is"),
            (source.within, Sign::Within, "within"),
        ];
        for (given, sign, label) in places {
            if given.0.is_empty() {
                continue;
            }
            let texts = match label {
                "links" => texts(given),
                _ => selectors(given, report),
            };
            tests.push(Test::Sign(self.sign(sign(texts)), true));
            labels.push(label.to_string());
        }
        for (given, sign, label) in [
            (source.email_input, Sign::EmailInput, "email_input"),
            (source.iban, Sign::Iban, "iban"),
        ] {
            if let Some(want) = given {
                tests.push(Test::Sign(self.sign(sign), want));
                labels.push(label.to_string());
            }
        }
        if !source.tags.0.is_empty() {
            known::elements(&source.tags.0, report);
            tests.push(Test::Tags(texts(source.tags)));
            labels.push("tags".into());
        }
        if !source.beside.0.is_empty() {
            let names = source.beside.0.iter();
            tests.push(Test::Beside(
                names.filter_map(|name| known::category(name, report)).collect(),
            ));
            labels.push("beside".into());
        }
        if let Some(want) = source.text_document {
            tests.push(Test::TextDocument(want));
            labels.push("text_document".into());
        }
        for (label, measure, given) in source.ranges {
            if let Some(given) = given
                && let Some((min, max)) = bounds(given, measure, label, report)
            {
                tests.push(Test::Range(measure, min, max));
                labels.push(label.to_string());
            }
        }
        (tests, labels.join(" + "))
    }
}

fn texts(given: &OneOrMany) -> Vec<String> {
    given.0.iter().map(|text| text.value.clone()).collect()
}

/// The selectors in `given`; what is wrong with one is shown at its place.
pub(super) fn selectors(given: &OneOrMany, report: &mut Report<'_>) -> Vec<String> {
    for text in &given.0 {
        if let Err(bad) = selector::check(&text.value) {
            let message = format!("selector: {}", bad.message);
            // `has: [href]` is a list to YAML, and what is in it half of a selector.
            let listed = given.0.len() == 1 && report.before(text.referenced).ends_with('[');
            let quotes = || "a selector that starts with `[` is written in quotes: '[href]'".into();
            report.within(text, bad.at, &message, bad.help.or_else(|| listed.then(quotes)));
        }
    }
    texts(given)
}

fn bounds(
    given: &Spanned<format::Range>,
    measure: Measure,
    label: &str,
    report: &mut Report<'_>,
) -> Option<(f32, f32)> {
    let (min, max) = (given.value.min, given.value.max);
    let share = matches!(measure, Measure::LinkDensity | Measure::PageShare | Measure::After);
    let most = if share { 1.0 } else { f64::INFINITY };
    let outside = [min, max].into_iter().flatten().find(|bound| !(0.0..=most).contains(bound));
    let fraction = [min, max].into_iter().flatten().find(|bound| !share && bound.fract() != 0.0);
    let wrong = match (min, max) {
        (None, None) => Some((
            format!("`{label}` has no bound"),
            "bounds are written `{ min: 2, max: 80 }`, with one of them or both".to_string(),
        )),
        (Some(min), Some(max)) if min > max => Some((
            format!("no block has {label} of at least {min} and at most {max}"),
            "`min` is the smaller one".to_string(),
        )),
        _ => outside.or(fraction).map(|bound| {
            let range =
                if share { "a share lies between 0 and 1" } else { "it is counted: 0, 1, 2 …" };
            (format!("{bound} is not a bound for `{label}`"), range.to_string())
        }),
    };
    match wrong {
        Some((message, help)) => {
            report.at(given.referenced, message, Some(help));
            None
        }
        None => {
            Some((min.unwrap_or(f64::NEG_INFINITY) as f32, max.unwrap_or(f64::INFINITY) as f32))
        }
    }
}

/// The phrases of a list, in all its languages, of which there may be `left`.
pub(super) fn phrases(
    list: &format::List,
    left: &mut usize,
    report: &mut Report<'_>,
) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    for (language, texts) in &list.languages.0 {
        known::language(language, report);
        for text in texts {
            known::truth(text, report);
            match Phrase::parse_all(&text.value) {
                Ok(all) => {
                    let Some(rest) = left.checked_sub(all.len()) else {
                        let help = "`(a|b) (c|d)` is short for four phrases";
                        let message = "all rules together have too many phrases";
                        report.at(text.referenced, message, Some(help.into()));
                        return phrases;
                    };
                    *left = rest;
                    phrases.extend(all);
                }
                Err(bad) => report.at(text.referenced, bad.message(), bad.help()),
            }
        }
    }
    phrases
}

fn class_words(text: &Spanned<String>, report: &mut Report<'_>) -> Vec<String> {
    known::truth(text, report);
    if text.value.contains('*') {
        return vec![text.value.to_lowercase()];
    }
    let mut folded = super::fold::Words::default();
    super::fold::fold_name(&text.value, &mut folded);
    let words: Vec<String> = folded.iter().map(str::to_string).collect();
    if words.is_empty() {
        let help = "words of a class or id, such as `newsletter` or `sign-up`";
        report.at(text.referenced, "there is no word in this", Some(help.into()));
    }
    words
}

/// Whether no block can pass both tests.
pub(crate) fn contradict(a: &Test, b: &Test, signs: &[Sign]) -> bool {
    let sign = |id: &SignId| signs.get(usize::from(id.0));
    match (a, b) {
        (Test::Sign(one, yes), Test::Sign(other, no)) => one == other && yes != no,
        (Test::Range(one, _, max), Test::Range(other, min, _)) if one == other && min > max => true,
        (Test::Range(one, min, _), Test::Range(other, _, max)) if one == other && min > max => true,
        (Test::Range(Measure::Fields, _, max), Test::Sign(id, true))
        | (Test::Sign(id, true), Test::Range(Measure::Fields, _, max)) => {
            *max < 1.0 && sign(id) == Some(&Sign::EmailInput)
        }
        (Test::Menu(a), Test::Menu(b))
        | (Test::Listed(a), Test::Listed(b))
        | (Test::TextDocument(a), Test::TextDocument(b)) => a != b,
        (Test::Tags(a), Test::Tags(b)) => !a.iter().any(|tag| b.contains(tag)),
        _ => false,
    }
}
