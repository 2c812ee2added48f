//! Phrases that are superfluous, that match too much, or that no rule asks for.

use serde_saphyr::Spanned;

use super::super::source::format::{self, List, Phrases};
use super::super::source::layer::Layer;
use super::super::source::phrase::{GAP_WORDS, Phrase, has_word_edges};
use super::super::source::problem::{Problem, Report, Severity, nearest};
use super::super::source::resolve::Text;
use super::super::source::rule::{Ruleset, Sign};
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
    for rule in &file.rules {
        let lines = rule.evidence.iter().filter_map(|line| line.value.phrases.as_ref());
        let titles = rule.evidence.iter().filter_map(|line| line.value.title.as_ref());
        let conditions = rule.conditions.iter().filter_map(|given| given.value.phrases.as_ref());
        let ends = rule.opens.iter().chain(&rule.closes);
        for phrases in lines.chain(titles).chain(conditions).chain(ends) {
            if let Phrases::Here(list) = &phrases.value {
                self::list(list, report);
            }
        }
    }
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
    covered(list, report);
    for (_, phrases) in &list.languages.0 {
        let unsorted = phrases.windows(2).find(|pair| pair[0].value > pair[1].value);
        if let Some([before, here]) = unsorted.filter(|_| phrases.len() >= SORTED_FROM) {
            let message = format!("`{}` would stand before `{}`", here.value, before.value);
            let help = "sorted lists are easier to read, and changes to them to compare";
            report.say(Severity::Advice, here.referenced, message, Some(help.into()));
        }
    }
}

/// Reports lines that find nothing that other lines of their language, or of `any`, do not.
fn covered(list: &List, report: &mut Report<'_>) {
    // Each phrase, by the line that it is on.
    let mut lines: Vec<(&str, &Spanned<String>)> = Vec::new();
    let mut line_of = Vec::new();
    let mut phrases = Vec::new();
    for (language, texts) in &list.languages.0 {
        for text in texts {
            let all = Phrase::parse_all(&text.value).unwrap_or_default();
            line_of.extend(all.iter().map(|_| lines.len()));
            phrases.extend(all);
            lines.push((&language.value, text));
        }
    }
    let examples: Vec<[String; 2]> =
        phrases.iter().map(|phrase| [example(phrase, 0), example(phrase, GAP_WORDS)]).collect();
    let segments: Vec<_> = phrases.iter().map(|phrase| phrase.segments.clone()).collect();
    let sign = Sign::Phrases { whole: list.whole, phrases };
    let mut set = Ruleset { signs: vec![sign], ..Ruleset::default() };
    let table = Table::pack(&mut set);
    let matcher = Matcher::new(&set, vec![table]);
    let find = |text: &str| {
        let (mut found, mut places) = (Vec::new(), u64::MAX);
        matcher.find(text, &mut places, |hit| found.push(hit.phrase as usize));
        found
    };
    let covers: Vec<Vec<usize>> = examples
        .iter()
        .enumerate()
        .map(|(number, [near, far])| {
            let (mut near, far) = (find(near), find(far));
            let line = line_of[number];
            near.retain(|other| {
                let alike = [lines[line].0, "any"].contains(&lines[line_of[*other]].0);
                line_of[*other] != line && alike && far.contains(other)
            });
            near.sort_unstable();
            near
        })
        .collect();
    // Of two that cover each other the first stays.
    let stays = |number: usize, other: usize| {
        number < other && covers.get(other).is_some_and(|covers| covers.contains(&number))
    };
    let coverer = |number: usize| covers[number].iter().find(|other| !stays(number, **other));
    let mut from = 0;
    for (line, (_, text)) in lines.iter().enumerate() {
        let own = from..from + line_of[from..].iter().take_while(|of| **of == line).count();
        from = own.end;
        let mut by = own.clone().map(coverer);
        let Some(Some(other)) =
            by.next().filter(|first| first.is_some() && by.all(|c| c.is_some()))
        else {
            continue;
        };
        let (written, at) =
            (&lines[line_of[*other]].1.value, lines[line_of[*other]].1.referenced.line());
        // A longer phrase tells more in reports; the same twice is a slip.
        let same = own.len() == 1 && segments[own.start] == segments[*other];
        let (severity, message) = if same {
            (Severity::Warning, format!("`{written}` on line {at} says the same"))
        } else {
            let message =
                format!("`{}` finds nothing that `{written}` on line {at} does not", text.value);
            (Severity::Advice, message)
        };
        report.say(severity, text.referenced, message, Some("leave it out".into()));
    }
}

/// Folded text that `phrase` matches, with so many words where it has `...`, and with letters
/// where a word may go on. What else matches it with few and with many words always does.
fn example(phrase: &Phrase, words: usize) -> String {
    const LETTERS: &str = "qx";
    let mut text = String::new();
    for segment in &phrase.segments {
        if !text.is_empty() {
            text.push(' ');
            if segment.gap > 1 {
                text.push_str(&format!("{LETTERS} ").repeat(words));
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
    let mut report = Report { file: &text.name, text: &text.text, problems };
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
