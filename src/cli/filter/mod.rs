//! `dehusk filter`: lines of JSON in, lines of JSON out.

mod json;
mod line;
mod lines;
#[cfg(test)]
mod tests;

use std::io::{IsTerminal, StdoutLock, Write};

use dehusk::{Cleaner, Limits};

use self::line::LineFilter;
use self::lines::Done;
use super::exit::Outcome;
use super::ordered::Lost;
use super::pipe_args::FilterArgs;
use super::{Stop, complain, io, ordered, terminal};

/// Where the cuts go if they are all that is wanted.
const CUTS_FIELD: &str = "cuts";

pub(super) fn run(args: &FilterArgs) -> Result<Outcome, Stop> {
    let filter = filter(args)?;
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Stop::usage(
            "nothing to read: give lines of JSON on standard input\n\n\
             For more information, try 'dehusk filter --help'.",
        ));
    }
    let cleaning = filter.clone();
    let results = ordered::start(
        args.jobs.threads(),
        move |batch| Done::of(&cleaning, &batch),
        move |feed| lines::read(stdin.lock(), &filter, feed),
    )
    .map_err(super::no_threads)?;
    let (mut lines, mut errors, mut first) = (0, 0, None);
    let mut broken = None;
    let mut out = std::io::stdout().lock();
    while let Some(done) = results.next().map_err(|Lost| Stop::failed(Lost::MESSAGE))? {
        write(&done.bytes, &mut out).map_err(|error| Stop::write("standard output", &error))?;
        lines += done.lines;
        errors += done.errors;
        first = first.or(done.first_error);
        broken = done.broken;
    }
    if let Some((number, message)) = first {
        let lines = if lines == 1 { "1 line has".into() } else { format!("{lines} lines have") };
        complain(&format!("{errors} of {lines} an error, the first is line {number}: {message}"));
    }
    match broken {
        Some(error) => {
            Err(Stop::failed(format!("standard input: cannot be read: {}", io::reason(&error))))
        }
        None if errors > 0 => Ok(Outcome::Failed),
        None => Ok(Outcome::Done),
    }
}

/// Writes and flushes: whoever waits for the line gets it.
fn write(bytes: &[u8], out: &mut StdoutLock<'_>) -> std::io::Result<()> {
    if out.is_terminal() {
        return terminal::show(&mut &*bytes, out);
    }
    out.write_all(bytes)?;
    out.flush()
}

fn filter(args: &FilterArgs) -> Result<LineFilter, Stop> {
    let cuts_field = match &args.cuts_field {
        None if args.spans_only => Some(CUTS_FIELD.to_string()),
        named => named.clone(),
    };
    check_names(args, cuts_field.as_deref())?;
    Ok(LineFilter {
        cleaner: cleaner(args)?,
        field: args.field.clone(),
        from: args.from.map(super::from),
        url_field: args.url_field.clone(),
        to: args.to,
        cuts_field,
        offsets: args.offsets,
        spans_only: args.spans_only,
        error_field: args.error_field.clone(),
        max_bytes: args.max_bytes,
    })
}

/// Refuses what would write one field over another.
fn check_names(args: &FilterArgs, cuts_field: Option<&str>) -> Result<(), Stop> {
    let read = args.field.as_deref().map_or(line::FIELDS.to_vec(), |field| vec![field]);
    let holds = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let written = [("--cuts-field", cuts_field), ("--error-field", Some(&args.error_field))];
    for (option, name) in written {
        let Some(name) = name else { continue };
        if read.iter().any(|field| holds(name, field)) {
            return Err(Stop::usage(format!(
                "{option} {name} would write over the field that is cleaned; name another one"
            )));
        }
    }
    if cuts_field == Some(&args.error_field) {
        return Err(Stop::usage("--cuts-field and --error-field name the same field"));
    }
    Ok(())
}

fn cleaner(args: &FilterArgs) -> Result<Cleaner, Stop> {
    let cleaner = Cleaner::new(super::rules(&args.rules)?)
        .categories(super::categories(&args.what))
        .limits(limits(args.max_bytes, args.max_depth));
    // Whatever a string of JSON was saved from, it is Unicode now.
    cleaner.encoding(Some("utf-8")).map_err(|error| Stop::usage(error.to_string()))
}

pub(super) fn limits(max_bytes: usize, max_depth: usize) -> Limits {
    let mut limits = Limits::default();
    limits.max_bytes = max_bytes;
    limits.max_depth = max_depth;
    limits
}
