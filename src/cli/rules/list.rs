//! `dehusk rules list`: what rules there are, where from, and what became of them.

use std::fmt::Write as _;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use dehusk::{Inactive, Layer, RuleEntry, RulePlace, Status};

use super::args::ListArgs;
use crate::cli::Stop;
use crate::cli::exit::Outcome;
use crate::cli::terminal::printable;

const HEAD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GONE: Style = AnsiColor::Yellow.on_default();

/// The columns of a terminal that nobody has made wider.
const WIDTH: usize = 80;
/// How far what belongs to a rule is set in.
const INDENT: &str = "      ";

pub(super) fn run(args: &ListArgs) -> Result<Outcome, Stop> {
    let entries = crate::cli::rules(&args.rules)?.entries();
    if args.json {
        let json = serde_json::to_string_pretty(&entries)
            .map_err(|error| Stop::failed(error.to_string()))?;
        crate::cli::put(None, &mut format!("{json}\n").as_bytes())?;
    } else {
        anstream::stdout()
            .lock()
            .write_all(text(&entries).as_bytes())
            .map_err(|error| Stop::write("standard output", &error))?;
    }
    Ok(Outcome::Done)
}

fn text(entries: &[RuleEntry]) -> String {
    let mut out = String::new();
    let mut file: Option<(Layer, &str)> = None;
    for entry in entries {
        let place = &entry.place;
        if file != Some((place.layer, place.file.as_str())) {
            let gap = if file.is_some() { "\n" } else { "" };
            let _ = writeln!(
                out,
                "{gap}{HEAD}{}{HEAD:#}  {DIM}{}{DIM:#}",
                printable(&place.file),
                place.layer
            );
            file = Some((place.layer, &place.file));
        }
        rule(&mut out, entry);
    }
    let running = entries.iter().filter(|entry| entry.inactive.is_none()).count();
    let _ = writeln!(out, "\n{running} of {} rules run", entries.len());
    out
}

fn rule(out: &mut String, entry: &RuleEntry) {
    let what = match entry.category {
        Some(category) => category.to_string(),
        None if entry.shields.len() == 1 => format!("keeps {}", entry.shields[0]),
        None => format!("keeps {} categories", entry.shields.len()),
    };
    let _ = writeln!(out, "{:5} {:34} {what}", entry.place.line, printable(&entry.id));
    match &entry.inactive {
        None if entry.status == Status::Draft => {
            more(out, GONE, "draft, and runs: drafts are asked for or its file is given")
        }
        None => {}
        Some(Inactive::Draft) => more(out, GONE, "does not run: a draft; --drafts lets it"),
        Some(Inactive::Off) => more(out, GONE, "does not run: `status: off`"),
        Some(Inactive::Disabled(by)) => {
            more(out, GONE, &format!("does not run: disabled by {}", place(by)))
        }
        Some(Inactive::Replaced(by)) => {
            more(out, GONE, &format!("does not run: replaced by {}", place(by)))
        }
        Some(_) => more(out, GONE, "does not run"),
    }
    if !entry.sites.is_empty() {
        more(out, DIM, &format!("on {}", printable(&entry.sites.join(", "))));
    }
    for by in &entry.extended {
        more(out, DIM, &format!("extended by {}", place(by)));
    }
    if !entry.lifts.is_empty() {
        more(out, DIM, &format!("lifts the guard {}", printable(&entry.lifts.join(", "))));
    }
}

fn place(place: &RulePlace) -> String {
    format!("{}:{} ({})", printable(&place.file), place.line, place.layer)
}

/// A line about the rule above, broken where it is too wide.
fn more(out: &mut String, style: Style, text: &str) {
    let mut line = String::new();
    let mut flush = |line: &mut String| {
        if !line.is_empty() {
            let _ = writeln!(out, "{INDENT}{style}{line}{style:#}");
            line.clear();
        }
    };
    for word in text.split(' ') {
        let wide = INDENT.len() + line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && wide > WIDTH {
            flush(&mut line);
            line.push_str("  ");
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    flush(&mut line);
}
