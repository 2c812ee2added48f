//! Reads the YAML of rule files, and says what is wrong with it in the words of rule files.
//!
//! serde stops at the first mistake, and its authors want to hear of all: what is wrong is taken
//! out of a copy of the text, line for line, and the rest is read again.

use std::borrow::Cow;

use serde_saphyr::{Error, Location, MergeKeyPolicy, Options, budget::BudgetBreach};

use super::format::File;
use super::layer::Layer;
use super::problem::{Problem, Report, nearest};

/// How often a file with mistakes is read again. Whoever makes more has enough to do.
const MAX_MISTAKES: usize = 20;

/// A rule file as read: its name in reports, its text, where it comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) layer: Layer,
}

/// Reads one file's YAML; all its mistakes go to `problems`. `None` if nothing can be made of it.
pub(crate) fn parse(text: &Text, problems: &mut Vec<Problem>) -> Option<File> {
    // What some editors put before the text is no part of it.
    let mut source = Cow::Borrowed(text.text.strip_prefix('\u{feff}').unwrap_or(&text.text));
    let mut report = Report::new(&text.name, &text.text, problems);
    let mut renamed = Vec::new();
    for _ in 0..MAX_MISTAKES {
        // An empty file, or one of comments only, is a file without rules.
        if source.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Some(File::default());
        }
        let error = match serde_saphyr::from_str_with_options::<File>(&source, options()) {
            Ok(file) => return Some(file),
            Err(error) => error,
        };
        let error = error.without_snippet();
        // Two keys that were meant to be the same are one mistake.
        let told = matches!(error, Error::DuplicateMappingKey { key: Some(key), .. }
            if renamed.contains(key));
        if !told {
            tell(error, &mut report);
        }
        let mended = mend(&source, error, &mut renamed)?;
        source = Cow::Owned(mended);
    }
    None
}

fn options() -> Options {
    serde_saphyr::options! {
        with_snippet: false,
        // Other tools read rule files too, and some of them by the rules of YAML 1.1.
        no_schema: true,
        strict_booleans: true,
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
    }
}

fn tell(error: &Error, report: &mut Report<'_>) {
    let place = error.location().unwrap_or(Location::UNKNOWN);
    let line = report.line(place);
    let (message, help) = words(error, &Spot { line: &line, column: place.column() as usize });
    report.at(place, message, help);
    // The place of a tag is the place behind it.
    if let Error::UnsupportedTag { tag, .. } = error
        && let Some(at) = line.find(tag.as_str())
        && let Some(problem) = report.problems.last_mut()
    {
        problem.column = line[..at].chars().count() + 1;
    }
}

/// Where a mistake was found.
struct Spot<'a> {
    line: &'a str,
    column: usize,
}

impl<'a> Spot<'a> {
    /// The line from the mistake on.
    fn rest(&self) -> &'a str {
        let start = self.line.char_indices().nth(self.column.saturating_sub(1));
        start.map_or("", |(start, _)| &self.line[start..])
    }

    /// The value on the line, as its author meant it.
    fn value(&self) -> &'a str {
        let entry = self.line.trim_start().trim_start_matches("- ");
        let value = match entry.split_once(": ") {
            Some((key, rest)) if !key.contains(['\'', '"', ' ', '[', '(', '*', '#']) => rest,
            _ => entry,
        };
        value.trim()
    }

    /// Advice where a text is wanted and YAML takes it for something else.
    fn text(&self, expected: &str) -> Option<String> {
        let (value, rest) = (self.value(), self.rest().trim_end());
        let listed = self.line.trim_start().starts_with("- ") && !value.starts_with('#');
        let text = if listed || value.ends_with(rest) { rest } else { value };
        if kind(expected).starts_with("a text") { Spot::quotes(text) } else { None }
    }

    /// Advice for a line that is no YAML.
    fn unquoted(&self) -> Option<String> {
        if self.line.trim_start_matches(' ').starts_with('\t') {
            return Some("YAML is indented with spaces, never with tabs".into());
        }
        Spot::quotes(self.value())
    }

    /// Advice for a text that needs quotes.
    fn quotes(value: &str) -> Option<String> {
        Some(match value.chars().next()? {
            '[' => "a selector that starts with `[` is written in quotes: '[href]'".into(),
            first @ ('{' | '*' | '&' | '!' | '%' | '@' | '`' | '>' | '|' | '?' | '#') => {
                format!(
                    "a text that starts with `{first}` is written in quotes: '{}'",
                    brief(value)
                )
            }
            _ if value.contains(": ") => {
                format!("a text with `: ` in it is written in quotes: '{}'", brief(value))
            }
            _ => return None,
        })
    }
}

/// The start of a text, as an example.
fn brief(text: &str) -> String {
    const MOST: usize = 40;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// A message and advice for `error`, which stands on `line`.
fn words(error: &Error, spot: &Spot<'_>) -> (String, Option<String>) {
    let full = error.to_string();
    // The place is shown by the report; the message need not repeat it.
    let plain = || full.split(" at line ").next().unwrap_or(&full).to_string();
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let help = match nearest(field, expected.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if field.contains('.') && expected.contains(&"rules") => {
                    format!("sites stand in a list: `sites: [{field}]`, and rules under `rules:`")
                }
                None => format!("known here: {}", expected.join(", ")),
            };
            (format!("unknown key `{field}`"), Some(help))
        }
        Error::SerdeMissingField { field, .. } => {
            let help = match *field {
                "points" => "a line of evidence says what it is worth: `points: 40`",
                "name" => "a test says what it shows: `name: the box goes`",
                "date" => "the day it was seen: `date: 2026-11-23`",
                _ => "the page it was seen on: `url: https://example.org/a`",
            };
            (format!("`{field}` is missing"), Some(help.into()))
        }
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            let help = spot.text(expected).or_else(|| shape(expected, spot));
            (format!("{} is wanted here, not {}", kind(expected), kind(unexpected)), help)
        }
        Error::Unexpected { expected, .. } => (
            format!("{} is wanted here", kind(expected)),
            spot.text(expected).or_else(|| shape(expected, spot)),
        ),
        Error::UnexpectedSequenceEnd { .. } | Error::UnexpectedMappingEnd { .. } => {
            ("something is missing before this".into(), None)
        }
        Error::InvalidScalar { ty, .. } => {
            let help = "digits, without quotes and unit";
            (format!("{} is wanted here", number(ty)), Some(help.into()))
        }
        Error::InvalidBooleanStrict { .. } => ("`true` or `false` is wanted here".into(), None),
        Error::NullIntoString { .. } => (
            "there is no text here".into(),
            Some(match spot.line.find('#') {
                Some(at) => format!(
                    "`#` begins a comment; a text that starts with it is written in quotes: '{}'",
                    brief(spot.line[at..].trim_end())
                ),
                None => "write the text behind the key or dash, or take it out".into(),
            }),
        ),
        Error::QuotingRequired { value, .. } if value == "no" => (
            "`no` is a truth value to many YAML readers".into(),
            Some("Norwegian is `nb` or `nn`; as a word write it in quotes: 'no'".into()),
        ),
        Error::QuotingRequired { value, .. } => (
            format!("`{value}` is a number or truth value to many YAML readers"),
            Some(format!("for a text write it in quotes: '{value}'")),
        ),
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_ref().map_or(String::new(), |key| format!(" `{key}`"));
            (
                format!("the key{key} stands here for the second time"),
                Some("join the two, or take one out".into()),
            )
        }
        Error::MergeKeyNotAllowed { .. } => (
            "`<<` is not for rule files".into(),
            Some("YAML readers disagree on it; write the keys out".into()),
        ),
        Error::UnknownAnchor { .. } => (
            "`*` at the start of a text makes it the name of another value, which there is not"
                .into(),
            Some(format!("write the text in quotes: '{}'", star(spot.rest()))),
        ),
        Error::UnsupportedTag { tag, .. } => (
            format!("`{tag}` is not for rule files"),
            Some(format!("a text that starts with `!` is written in quotes: '{tag}'")),
        ),
        Error::MultipleDocuments { .. } => (
            "a rule file is one document; here `---` starts another".into(),
            Some("write the rules under one `rules:`".into()),
        ),
        Error::Eof { .. } => ("the file ends too early".into(), None),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => (
            "the names given with `&` stand for too much".into(),
            Some("write the values out".into()),
        ),
        Error::Budget { breach, .. } => budget(breach),
        Error::AliasError { error, .. } => words(error, spot),
        _ => syntax(&plain(), spot),
    }
}

fn budget(breach: &BudgetBreach) -> (String, Option<String>) {
    match breach {
        BudgetBreach::Depth { .. } => (
            "lists and maps are nested too deeply here".into(),
            Some("a text that starts with `[` or `{` is written in quotes: '[href]'".into()),
        ),
        BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. } => (
            "the file holds more than 250,000 values".into(),
            Some("divide it into several files; lists of the same name are joined".into()),
        ),
        BudgetBreach::Documents { .. } => ("a rule file is one document".into(), None),
        _ => (
            "the names given with `&` stand for too much".into(),
            Some("write the values out".into()),
        ),
    }
}

/// What the scanner says, in plainer words where newcomers meet it.
fn syntax(message: &str, spot: &Spot<'_>) -> (String, Option<String>) {
    let has = |text: &str| message.contains(text);
    let open = "a bracket or quote above may not be closed; a text with `: ` in it needs quotes";
    let (plain, help) = match () {
        () if has("recursion limit") => return budget(&BudgetBreach::Depth { depth: 0 }),
        () if has(" tab") || message.starts_with("tab") => (
            "there is a tab here or on the next line",
            "YAML is indented with spaces, never with tabs",
        ),
        () if has("expected ':'") => (
            "there is no `: ` on this line",
            "a key, a colon, a space, a value: `category: newsletter`",
        ),
        () if has("unknown escape") => (
            "`\\` begins an escape in double quotes, and this is none",
            "use single quotes, in which `\\` is only itself",
        ),
        () if has("unclosed quote") => (
            "this quote is not closed",
            "a text ends with the quote it begins with; within single quotes `'` is written `''`",
        ),
        () if has("block collection") || has("block mapping") => (
            "this line belongs to nothing above it",
            "what belongs together begins in the same column, indented with spaces",
        ),
        () if has("illegal placement of ':'") => ("there should be no `:` here", open),
        () if has("flow sequence") || has("flow mapping") || has("flow collection") => (
            "this bracket does not end as it should",
            "`[one, two]`, `{ key: value }`, and texts with `,` `[` or `{` in quotes",
        ),
        () if has("mapping values are not allowed") => ("there should be no `: ` here", open),
        () => return (message.to_string(), spot.unquoted()),
    };
    (plain.into(), spot.unquoted().or_else(|| Some(help.into())))
}

/// The text that begins with a star at the start of `rest`, where a flow list may go on behind it.
fn star(rest: &str) -> String {
    brief(rest.split([',', ']', '}']).next().unwrap_or(rest).trim_end())
}

/// A type as rule files call it.
fn kind(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(match name {
        "map" | "mapping" | "mapping start" | "struct File" => "a map of keys",
        "a sequence" | "sequence" | "seq" | "sequence start" => "a list",
        "string" | "a string" | "string scalar" | "scalar" | "scalar value" => "a text",
        "unit value" | "null" | "unit" => "nothing",
        name if name.starts_with("struct ") => "a map of keys",
        name if name.starts_with("boolean") => {
            return Cow::Owned(name.replacen("boolean", "the truth value", 1));
        }
        name if name.starts_with("string ") => {
            return Cow::Owned(name.replacen("string", "the text", 1));
        }
        name if name.starts_with("integer") || name.starts_with("floating") => {
            let value = name.split_once('`').map_or(name, |(_, rest)| rest.trim_end_matches('`'));
            return Cow::Owned(format!("the number {value}"));
        }
        name => name,
    })
}

fn number(ty: &str) -> &'static str {
    match ty {
        "f32" | "f64" | "float" | "floating point" => "a number",
        "bool" => "`true` or `false`",
        _ => "a whole number",
    }
}

/// How the wanted type is written.
fn shape(expected: &str, spot: &Spot<'_>) -> Option<String> {
    let example = match expected {
        "a sequence" | "sequence" | "seq" | "sequence start" => {
            "a list is written `[one, two]`, or one `- ` a line"
        }
        "map" | "mapping" | "mapping start" | "struct Range"
            if spot.rest().starts_with(|c: char| c.is_ascii_digit()) =>
        {
            "bounds are written `{ min: 2, max: 80 }`, with one of them or both"
        }
        "map" | "mapping" | "mapping start" | "struct File" if spot.column == 1 => {
            "a rule file begins with keys, and its rules stand under `rules:`"
        }
        "map" | "mapping" | "mapping start" | "a map of names" => {
            "names with what belongs to them, such as `newsletter-ask: { en: [join our list] }`"
        }
        "a text or a list of texts" => "write it behind the key, or take the key out",
        _ => return None,
    };
    Some(example.into())
}

/// `source` without the mistake, line for line the same; `None` where nothing can be saved.
///
/// A misspelt key is given its right name; these names go to `renamed`.
fn mend(source: &str, error: &Error, renamed: &mut Vec<String>) -> Option<String> {
    let place = error.location()?;
    let (line, column) = (place.line() as usize, place.column() as usize);
    let mut lines: Vec<String> = source.split('\n').map(str::to_string).collect();
    let here = lines.get(line.checked_sub(1)?)?.clone();
    let at = here.char_indices().nth(column.checked_sub(1)?).map(|(at, _)| at)?;
    let (before, rest) = here.split_at(at);
    match error {
        Error::SerdeUnknownField { field, expected, .. } if rest.starts_with(field.as_str()) => {
            if let Some(near) = nearest(field, expected.iter().copied()) {
                lines[line - 1] = format!("{before}{near}{}", &rest[field.len()..]);
                renamed.push(near.to_string());
            } else {
                blank_entry(&mut lines, line - 1, before)?;
            }
        }
        Error::DuplicateMappingKey { .. } => blank_entry(&mut lines, line - 1, before)?,
        Error::SerdeUnknownField { .. }
        | Error::SerdeMissingField { .. }
        | Error::SerdeInvalidType { .. }
        | Error::SerdeInvalidValue { .. }
        | Error::InvalidScalar { .. }
        | Error::InvalidBooleanStrict { .. }
        | Error::NullIntoString { .. }
        | Error::QuotingRequired { .. }
        | Error::Unexpected { .. } => blank_rule(&mut lines, line - 1)?,
        _ => return None,
    }
    let mended = lines.join("\n");
    (mended != source).then_some(mended)
}

/// Blanks the key behind `before` on `line`, with its value.
fn blank_entry(lines: &mut [String], line: usize, before: &str) -> Option<()> {
    if !before.chars().all(|c| c == ' ' || c == '-') {
        return blank_rule(lines, line);
    }
    let indent = before.len();
    if lines[line].contains('&') {
        return None; // What it names may be meant further on.
    }
    lines[line] = before.to_string();
    for below in lines.iter_mut().skip(line + 1) {
        let depth = below.len() - below.trim_start_matches(' ').len();
        let listed =
            depth == indent && below.trim_start().starts_with("- ") && !before.contains('-');
        if !below.trim().is_empty() && depth <= indent && !listed {
            break;
        }
        below.clear();
    }
    Some(())
}

/// Blanks the entry of `rules:` that `line` is part of.
fn blank_rule(lines: &mut [String], line: usize) -> Option<()> {
    let rules = lines.iter().position(|text| text.trim_end() == "rules:")?;
    let dashed = |text: &String| {
        let inner = text.trim_start_matches(' ');
        inner.starts_with("- ").then_some(text.len() - inner.len())
    };
    let indent = lines.iter().skip(rules + 1).find_map(dashed)?;
    let starts = |text: &String| dashed(text).is_some_and(|depth| depth <= indent);
    let first = (rules + 1..=line).rev().find(|at| starts(&lines[*at]))?;
    let ends = |text: &String| {
        !text.trim().is_empty() && (starts(text) || !text.starts_with([' ', '#', '-']))
    };
    let end = (first + 1..lines.len()).find(|at| ends(&lines[*at])).unwrap_or(lines.len());
    lines[first..end].iter_mut().for_each(String::clear);
    if !lines.iter().skip(rules + 1).any(starts) {
        lines[rules].clear(); // A key without a value would be the next mistake.
    }
    Some(())
}
