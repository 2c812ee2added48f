//! `dehusk explain`: every cut and every near miss, with the evidence.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::args::ExplainArgs;
use super::exit::Outcome;
use super::io::{self, Input};
use super::terminal::printable;
use super::{Stop, complain, compress, inspect};
use dehusk::{Cleaned, Cleaner, From, Place, Reason, RuleRef};

const CUT: Style = AnsiColor::Red.on_default().bold();
const KEPT: Style = AnsiColor::Green.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// The characters of a text that are shown.
const TEXT_CHARS: usize = 160;

pub(super) fn run(args: &ExplainArgs) -> Result<Outcome, Stop> {
    let inputs = super::inputs(&args.input.files)?;
    let cleaner = super::cleaner(&args.input, &args.what, super::rules(&args.rules)?)?;
    let limit = args.input.max_bytes;
    if let Some(target) = &args.html {
        return html(&inputs, &cleaner, limit, target);
    }
    let question = inspect::Question::of(&args.which, args.json);
    let mut outcome = Outcome::Done;
    for input in &inputs {
        let told = input.read(limit).and_then(|content| {
            if let Some(question) = &question {
                let name = input.name();
                if let Some(trouble) = content.trouble() {
                    return Err(format!("{name}: not cleaned: {trouble}"));
                }
                let path = input.path().map(compress::inner_name);
                return inspect::tell(&cleaner, path, &name, &content.bytes, question);
            }
            let cleaned = super::apply(&cleaner, input, &content)?;
            let tell = if args.json { json } else { text };
            Ok(tell(&input.name(), &cleaned))
        });
        match told {
            Ok(report) if args.json => super::put(None, &mut report.as_bytes())?,
            Ok(report) => anstream::stdout()
                .lock()
                .write_all(report.as_bytes())
                .map_err(|error| Stop::write("standard output", &error))?,
            Err(message) => {
                complain(&message);
                outcome = Outcome::Failed;
            }
        }
    }
    Ok(outcome)
}

/// How every report begins: what tells a report of before, to be written anew, from the page
/// whose name was given by mistake.
const REPORT_MARK: &str = "<meta name=generator content=\"dehusk ";

/// The bytes of a report in which its mark stands.
const REPORT_HEAD: u64 = 1024;

/// Writes a report.
fn html(inputs: &[Input], cleaner: &Cleaner, limit: usize, target: &Path) -> Result<Outcome, Stop> {
    let [input] = inputs else {
        return Err(Stop::usage(format!(
            "a report is on one input, not on {}; write one for each",
            inputs.len()
        )));
    };
    if !io::is_stdout(Some(target)) && is_something_else(target) {
        return Err(Stop::usage(format!(
            "{}: is there already and is not a report; name another file for the report",
            io::name(target)
        )));
    }
    let report = input.read(limit).and_then(|content| {
        let work = |cleaner: Cleaner| cleaner.report(&content.bytes);
        super::attempt(cleaner, input, &content, work)
    });
    match report {
        Ok(report) => super::put(Some(target), &mut report.as_bytes()).map(|()| Outcome::Done),
        Err(message) => {
            complain(&message);
            Ok(Outcome::Failed)
        }
    }
}

/// Whether there is a file at `target` that holds something and is not a report.
fn is_something_else(target: &Path) -> bool {
    let Ok(file) = std::fs::File::open(target) else { return false };
    let mut head = Vec::new();
    let read = file.metadata().and_then(|data| {
        if data.is_file() { file.take(REPORT_HEAD).read_to_end(&mut head) } else { Ok(0) }
    });
    read.is_err() || !head.is_empty() && !String::from_utf8_lossy(&head).contains(REPORT_MARK)
}

fn json(name: &str, cleaned: &Cleaned<'_>) -> String {
    let value = serde_json::json!({
        "path": name,
        "kind": kind(cleaned).to_lowercase(),
        "encoding": cleaned.encoding,
        "cuts": cleaned.cuts,
        "near": cleaned.near,
    });
    format!("{value}\n")
}

pub(super) fn kind(cleaned: &Cleaned<'_>) -> &'static str {
    match cleaned.from() {
        From::Text => "text",
        From::Markdown => "Markdown",
        _ => "HTML",
    }
}

fn text(name: &str, cleaned: &Cleaned<'_>) -> String {
    let mut out = String::new();
    let count =
        |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let _ = writeln!(
        out,
        "{name} ({}, {}): {}, {}\n",
        kind(cleaned),
        cleaned.encoding,
        count(cleaned.cuts.len(), "cut", "cuts"),
        count(cleaned.near.len(), "near miss", "near misses")
    );
    for cut in &cleaned.cuts {
        place(&mut out, &cut.place);
        let _ = writeln!(out, "  {CUT}cut, {}{CUT:#}", cut.category);
        rule(&mut out, &cut.rule, cut.points, "100 are enough");
        reasons(&mut out, &cut.evidence);
        if !cut.extent.is_empty() {
            let _ = writeln!(out, "    reaches over {}", printable(&runs(&cut.extent)));
        }
        quote(&mut out, &cut.text);
    }
    for near in &cleaned.near {
        place(&mut out, &near.place);
        let _ = writeln!(out, "  {KEPT}kept{KEPT:#}, looks like {}", near.category);
        rule(&mut out, &near.rule, near.points, &near.kept);
        reasons(&mut out, &near.evidence);
        quote(&mut out, &near.text);
    }
    out
}

pub(super) fn place(out: &mut String, place: &Place) {
    let _ = write!(out, "line {}", place.line);
    let _ = write!(out, "{DIM}, bytes {}..{}{DIM:#}", place.range.start, place.range.end);
    if !place.path.is_empty() {
        let _ = write!(out, "  {}", printable(&place.path));
    }
    out.push('\n');
}

pub(super) fn rule(out: &mut String, rule: &RuleRef, points: i32, rest: &str) {
    let at = format!("{}:{}", rule.file, rule.line);
    let (id, rest, at) = (printable(&rule.id), printable(rest), printable(&at));
    let draft = if rule.draft { " (a draft)" } else { "" };
    let _ = writeln!(out, "    {id}{draft}: {points} points, {rest}  {DIM}{at}{DIM:#}");
}

pub(super) fn reasons(out: &mut String, reasons: &[Reason]) {
    for reason in reasons {
        let _ = write!(out, "    {:+5}  {}", reason.points, printable(&reason.sign));
        if let Some(what) = &reason.what {
            let _ = write!(out, "  \"{}\"", printable(what));
        }
        if let Some(file) = &reason.file {
            let _ = write!(out, "  {DIM}{}:{}{DIM:#}", printable(file), reason.line);
        }
        out.push('\n');
    }
}

/// Joins what repeats: `between, between, wrapper div` is `between (2), wrapper div`.
pub(super) fn runs(extent: &[String]) -> String {
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for step in extent {
        match runs.last_mut() {
            Some((last, count)) if *last == step => *count += 1,
            _ => runs.push((step, 1)),
        }
    }
    let words: Vec<String> = runs
        .into_iter()
        .map(|(step, count)| if count > 1 { format!("{step} ({count})") } else { step.to_string() })
        .collect();
    words.join(", ")
}

pub(super) fn quote(out: &mut String, text: &str) {
    let mut short: String = text.chars().take(TEXT_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    let _ = writeln!(out, "    {DIM}> {}{DIM:#}\n", printable(&short));
}
