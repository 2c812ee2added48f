//! `dehusk rules check`: all that is wrong with rule files.

use std::fmt::Write as _;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use dehusk::{Layer, Problem, Severity};

use super::args::CheckArgs;
use crate::cli::exit::Outcome;
use crate::cli::terminal::{self, printable};
use crate::cli::{Stop, layers};

/// The pieces of advice on one file that are shown: more would hide what is wrong.
const MOST_ADVICE: usize = 5;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ADVICE: Style = AnsiColor::Cyan.on_default().bold();

pub(super) fn run(args: &CheckArgs) -> Result<Outcome, Stop> {
    let mut builder = crate::cli::rules_builder(&args.rules);
    for path in &args.files {
        builder = builder.path(path);
    }
    // Files that are named are looked over in the company of all others, which are left in peace.
    let all = [Layer::System, Layer::User, Layer::Project, Layer::Given];
    let layers = if args.files.is_empty() { &all[..] } else { &all[3..] };
    let files = builder.files(layers);
    let problems = builder.check(layers, args.strict);
    let outcome = outcome(&problems, args.strict);
    if args.json {
        let json = serde_json::to_string_pretty(&problems)
            .map_err(|error| Stop::failed(error.to_string()))?;
        crate::cli::put(None, &mut format!("{json}\n").as_bytes())?;
    } else {
        anstream::stdout()
            .lock()
            .write_all(text(&problems, files, args.strict).as_bytes())
            .map_err(|error| Stop::write("standard output", &error))?;
    }
    Ok(outcome)
}

fn outcome(problems: &[Problem], strict: bool) -> Outcome {
    match problems.iter().map(|problem| problem.severity).min() {
        Some(Severity::Error) => Outcome::Usage,
        Some(Severity::Warning) if strict => Outcome::Found,
        _ => Outcome::Done,
    }
}

fn text(problems: &[Problem], files: usize, strict: bool) -> String {
    let mut out = String::new();
    let is_advice = |problem: &&Problem| problem.severity == Severity::Advice;
    for file in problems.chunk_by(|a, b| a.file == b.file) {
        let advice = file.iter().filter(is_advice).count();
        let mut advised = 0;
        for problem in file {
            advised += usize::from(is_advice(&problem));
            if !is_advice(&problem) || advised <= MOST_ADVICE {
                show(problem, &mut out);
            }
        }
        if advice > MOST_ADVICE {
            let (more, name) = (advice - MOST_ADVICE, printable(&file[0].file));
            let _ = writeln!(out, "{name}: advice: and {more} more, left out; --json has all\n");
        }
    }
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let several = |count: usize, one: &str| match count {
        0 => String::new(),
        1 => format!("1 {one}"),
        _ if one == "advice" => format!("{count} pieces of advice"),
        _ => format!("{count} {one}s"),
    };
    let kinds =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Advice, "advice")];
    let found: Vec<String> = kinds
        .iter()
        .map(|(severity, word)| several(count(*severity), word))
        .filter(|text| !text.is_empty())
        .collect();
    let said = if found.is_empty() { "no problems".into() } else { found.join(", ") };
    let _ = match files {
        0 if problems.is_empty() => {
            writeln!(out, "no rule files to check; looked in {}", layers::looked_in())
        }
        _ => writeln!(out, "{}: {said}", several(files, "file")),
    };
    if outcome(problems, strict) == Outcome::Usage {
        let _ = writeln!(out, "no rule of any file runs before the errors are mended");
    }
    out
}

fn show(problem: &Problem, out: &mut String) {
    let shown = terminal::lines(&problem.to_string());
    let (place, rest) = shown.split_once(": ").unwrap_or(("", &shown));
    let (style, word) = match problem.severity {
        Severity::Warning => (WARNING, "warning"),
        Severity::Advice => (ADVICE, "advice"),
        _ => (ERROR, "error"),
    };
    let rest = rest.strip_prefix(word).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(rest);
    let _ = writeln!(out, "{place}: {style}{word}{style:#}: {rest}\n");
}
