//! Phrases that are superfluous, that match too much, or that no rule asks for.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use serde_saphyr::Spanned;

use super::super::source::format::{self, List, Phrases};
use super::super::source::layer::Layer;
use super::super::source::phrase::{GAP_BYTES, GAP_WORDS, Phrase, Segment, has_word_edges};
use super::super::source::problem::{Problem, Report, Severity, nearest};
use super::super::source::resolve::Text;
use super::super::source::rule::{Ruleset, Sign, SignId};
use super::super::source::table::Table;
use super::{Compiled, Lists, is_list, signs_in_use};
use crate::evidence::block::PART;
use crate::evidence::phrases::Matcher;

/// From so many phrases on, order helps to find one.
const SORTED_FROM: usize = 12;

/// A single word with fewer letters is part of ordinary writing.
const TELLING_LETTERS: usize = 8;

/// What can be told from a file alone.
pub(super) fn look_over(file: &format::File, report: &mut Report<'_>) {
    for (_, list) in &file.lists.0 {
        self::list(list, report);
    }
    for list in lists_of_rules(file) {
        self::list(list, report);
    }
}

/// The lists that stand in rules themselves.
fn lists_of_rules(file: &format::File) -> impl Iterator<Item = &List> {
    file.rules.iter().flat_map(|rule| {
        let lines = rule.evidence.iter().filter_map(|line| line.value.phrases.as_ref());
        let titles = rule.evidence.iter().filter_map(|line| line.value.title.as_ref());
        let conditions = rule.conditions.iter().filter_map(|given| given.value.phrases.as_ref());
        let ends = rule.opens.iter().chain(&rule.closes);
        lines.chain(titles).chain(conditions).chain(ends).filter_map(|phrases| {
            match &phrases.value {
                Phrases::Here(list) => Some(list),
                Phrases::Lists(_) => None,
            }
        })
    })
}

fn list(list: &List, report: &mut Report<'_>) {
    if list.languages.0.iter().all(|(_, phrases)| phrases.is_empty())
        && let Some((language, _)) = list.languages.0.first()
    {
        report.say(
            Severity::Warning,
            language.referenced,
            "there are no phrases here",
            Some("add some, or take the key out".into()),
        );
    }
    for (_, phrases) in &list.languages.0 {
        let unsorted = phrases.windows(2).find(|pair| pair[0].value > pair[1].value);
        if let Some([before, here]) = unsorted.filter(|_| phrases.len() >= SORTED_FROM) {
            let message = format!("`{}` would stand before `{}`", here.value, before.value);
            let help = "sorted lists are easier to read, and changes to them to compare";
            report.say(Severity::Advice, here.referenced, message, Some(help.into()));
        }
    }
}

/// Reports phrases that find nothing that others of their list do not, in the files of `layers`.
pub(super) fn shadowed(
    read: &[(&Text, format::File)],
    lists: &Lists<'_>,
    rules: &Compiled,
    layers: &[Layer],
    problems: &mut Vec<Problem>,
) {
    let told = |text: &Text| layers.contains(&text.layer);
    for (text, file) in read.iter().filter(|(text, _)| told(text)) {
        for list in lists_of_rules(file) {
            for (language, _) in &list.languages.0 {
                let shadows = Shadows::new(&[(*text, list)], &language.value, list.whole);
                shadows.report(told, problems);
            }
        }
    }
    for (name, files) in &lists.0 {
        let sign = rules.set.lists.get(*name).copied();
        let known = sign.and_then(|sign| rules.set.signs.get(usize::from(sign.0)));
        let whole = matches!(known, Some(Sign::Phrases { whole: true, .. }));
        let languages = files.iter().flat_map(|(_, list)| &list.languages.0);
        let languages: BTreeSet<&str> = languages.map(|(name, _)| name.value.as_str()).collect();
        for language in languages {
            let mut shadows = Shadows::new(files, language, whole);
            if let Some(sign) = sign {
                shadows.add_shipped(rules, sign);
            }
            shadows.report(told, problems);
        }
    }
}

/// A line of a list.
struct Line<'a> {
    file: &'a Text,
    language: &'a str,
    text: &'a Spanned<String>,
    /// Which phrases it stands for.
    phrases: Range<usize>,
}

/// A list's phrases of one language and of `any`, in all files that add to them, and which stand in
/// the shadow of others.
struct Shadows<'a> {
    language: &'a str,
    lines: Vec<Line<'a>>,
    segments: Vec<Vec<Segment>>,
    /// For each phrase, folded texts that it matches.
    examples: Vec<[String; 2]>,
    /// For each phrase, one that finds all that it finds.
    by: Vec<Option<usize>>,
    /// For each phrase, one that dehusk ships and that finds all that it finds.
    by_shipped: Vec<Option<String>>,
}

impl<'a> Shadows<'a> {
    fn new(lists: &[(&'a Text, &'a List)], language: &'a str, whole: bool) -> Self {
        let mut lines = Vec::new();
        let mut phrases = Vec::new();
        for (file, list) in lists {
            let alike = |name: &str| [language, "any"].contains(&name);
            for (language, texts) in list.languages.0.iter().filter(|(own, _)| alike(&own.value)) {
                for text in texts {
                    let from = phrases.len();
                    phrases.extend(Phrase::parse_all(&text.value).unwrap_or_default());
                    let phrases = from..phrases.len();
                    lines.push(Line { file, language: &language.value, text, phrases });
                }
            }
        }
        let examples: Vec<_> =
            phrases.iter().map(|p| [false, true].map(|f| example(p, f))).collect();
        let segments: Vec<_> = phrases.iter().map(|phrase| phrase.segments.clone()).collect();
        let signs = vec![Sign::Phrases { whole, phrases }];
        let mut set = Ruleset { signs, ..Ruleset::default() };
        let table = Table::pack(&mut set);
        let matcher = Matcher::new(&set, vec![table]);
        let mut of_line = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            of_line.resize(line.phrases.end, at);
        }
        let covers = |(number, example): (usize, &[String; 2])| {
            let mut others = finding_of(&matcher, example, SignId(0));
            others.retain(|other| of_line[*other] != of_line[number]);
            others
        };
        let covers: Vec<Vec<usize>> = examples.iter().enumerate().map(covers).collect();
        // Of two that cover each other that of the longer line stays, else the first.
        let rank = |number: usize| {
            let line = of_line[number];
            (Reverse(lines[line].phrases.len()), line)
        };
        let stays = |number: usize, other: usize| {
            rank(number) < rank(other) && covers[other].contains(&number)
        };
        let by = |at: usize| covers[at].iter().copied().find(|other| !stays(at, *other));
        let by = (0..covers.len()).map(by).collect();
        Shadows { by_shipped: vec![None; segments.len()], language, lines, segments, examples, by }
    }

    /// Adds what the shipped phrases of the list find.
    fn add_shipped(&mut self, rules: &Compiled, sign: SignId) {
        let tables = rules.phrases.tables();
        let shipped = tables.first().filter(|table| table.is_shipped()).map_or(0, Table::len);
        if shipped == 0 {
            return;
        }
        for (by, example) in self.by_shipped.iter_mut().zip(&self.examples) {
            let found = finding_of(&rules.phrases, example, sign);
            let found = found.into_iter().find(|phrase| *phrase < shipped);
            *by = found.and_then(|phrase| rules.phrases.written(phrase)).map(str::to_string);
        }
    }

    fn report(&self, told: impl Fn(&Text) -> bool, problems: &mut Vec<Problem>) {
        let lines = self.lines.iter().filter(|line| line.language == self.language);
        for line in lines.filter(|line| told(line.file)) {
            let Some((severity, message)) = self.message(line) else { continue };
            let mut report = Report::new(&line.file.name, &line.file.text, problems);
            report.say(severity, line.text.referenced, message, Some("leave it out".into()));
        }
    }

    fn message(&self, line: &Line<'_>) -> Option<(Severity, String)> {
        let own = &line.text.value;
        let by: Option<Vec<usize>> = self.by[line.phrases.clone()].iter().copied().collect();
        if let Some(other) = by.and_then(|by| by.first().copied()) {
            let other_line = self.lines.iter().find(|line| line.phrases.contains(&other))?;
            let at = other_line.text.referenced.line();
            let place = match other_line.file.name == line.file.name {
                true => format!("line {at}"),
                false => format!("{}:{at}", other_line.file.name),
            };
            let written = &other_line.text.value;
            // Of two that are alike one is a slip; what is only within another may be meant.
            let same = line.phrases.len() == 1
                && other_line.phrases.len() == 1
                && self.segments[line.phrases.start] == self.segments[other];
            return Some(if same {
                (Severity::Warning, format!("`{written}` on {place} says the same"))
            } else {
                let said = format!("`{own}` finds nothing that `{written}` on {place} does not");
                (Severity::Advice, said)
            });
        }
        let shipped: Option<Vec<&String>> =
            self.by_shipped[line.phrases.clone()].iter().map(Option::as_ref).collect();
        let written = shipped?.first().copied()?;
        Some((Severity::Advice, format!("`{own}` is found already: dehusk ships `{written}`")))
    }
}

/// The phrases of a sign that match all examples of another, the first first.
fn finding_of(matcher: &Matcher, [near, far]: &[String; 2], sign: SignId) -> Vec<usize> {
    let find = |text: &str| {
        let (mut found, mut places) = (BTreeSet::new(), u64::MAX);
        matcher.find(text, &mut places, |hit| {
            if hit.sign == sign {
                found.insert(hit.phrase as usize);
            }
        });
        found
    };
    find(near).intersection(&find(far)).copied().collect()
}

/// Folded text that `phrase` matches, with nothing or as much as may be where it has `...`, and
/// with letters where a word may go on. What else matches both always does.
fn example(phrase: &Phrase, far: bool) -> String {
    const LETTERS: &str = "qx";
    let word = format!("{} ", LETTERS.repeat(GAP_BYTES / GAP_WORDS / LETTERS.len() - 1));
    let mut text = String::new();
    for segment in &phrase.segments {
        if !text.is_empty() {
            text.push(' ');
            if segment.gap > 1 {
                text.push_str(&word.repeat(if far { GAP_WORDS } else { 0 }));
            }
        }
        text.push_str(if segment.begins_word { "" } else { LETTERS });
        text.push_str(&segment.text);
        text.push_str(if segment.ends_word { "" } else { LETTERS });
    }
    text.push(PART);
    text
}

/// What can be told of a file's lists when all rules are known.
pub(super) fn look_over_in_company(file: &format::File, rules: &Compiled, report: &mut Report<'_>) {
    if file.lists.0.is_empty() {
        return;
    }
    let used = signs_in_use(rules);
    let in_use = |name: &str| {
        rules.set.lists.get(name).is_some_and(|sign| {
            is_list(rules, *sign) && used.get(usize::from(sign.0)).copied().unwrap_or(false)
        })
    };
    for (name, _) in file.lists.0.iter().filter(|(name, _)| !in_use(&name.value)) {
        let known = rules.set.lists.keys().map(String::as_str);
        let help = match nearest(&name.value, known.filter(|known| in_use(known))) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("name it in a line of evidence: `phrases: {}`", name.value),
        };
        let message = format!("no rule asks for the list `{}`", name.value);
        report.say(Severity::Warning, name.referenced, message, Some(help));
    }
}

/// Reports short words that alone make evidence, on whatever block.
pub(super) fn over_match(
    text: &Text,
    file: &format::File,
    lists: &Lists<'_>,
    layers: &[Layer],
    problems: &mut Vec<Problem>,
) {
    for rule in file.rules.iter().filter(|rule| rule.conditions.is_none()) {
        for line in &rule.evidence {
            let points = line.value.points.value;
            let Some(phrases) = line.value.phrases.as_ref() else { continue };
            if points <= 0 || !line.value.view().is_only_phrases() {
                continue;
            }
            match &phrases.value {
                Phrases::Here(list) if layers.contains(&text.layer) => {
                    short_words(text, list, problems);
                }
                Phrases::Here(_) => {}
                Phrases::Lists(names) => {
                    let found = names.iter().filter_map(|name| lists.0.get(name.value.as_str()));
                    for (text, list) in found.flatten() {
                        if layers.contains(&text.layer) {
                            short_words(text, list, problems);
                        }
                    }
                }
            }
        }
    }
}

fn short_words(text: &Text, list: &List, problems: &mut Vec<Problem>) {
    let mut report = Report::new(&text.name, &text.text, problems);
    if list.whole {
        return;
    }
    for phrase in list.languages.0.iter().flat_map(|(_, phrases)| phrases) {
        let all = Phrase::parse_all(&phrase.value).unwrap_or_default();
        let telling = all.iter().all(|phrase| match phrase.segments.as_slice() {
            [only] => {
                only.text.contains(' ')
                    || only.text.chars().count() >= TELLING_LETTERS
                    || !only.text.chars().all(has_word_edges)
            }
            _ => true,
        });
        if !telling {
            let message = format!("`{}` stands in many texts that ask for nothing", phrase.value);
            let help = "use more of what is said, or bound the blocks with `where: { words: { max: 60 } }`";
            report.say(Severity::Warning, phrase.referenced, message, Some(help.into()));
        }
    }
}
