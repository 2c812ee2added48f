//! `dehusk [FILE]...`: clean.

use std::io::Read;
use std::path::Path;

use super::args::{CleanArgs, OutputArgs, ToArg};
use super::exit::Outcome;
use super::io::{self, Input};
use super::{Stop, complain, put};
use dehusk::{Cleaned, Cleaner, Format, From, Record};

pub(super) fn run(args: &CleanArgs) -> Result<Outcome, Stop> {
    let inputs = super::inputs(&args.input.files)?;
    check_command(&inputs, &args.output)?;
    check_places(&inputs, &args.output)?;
    let rules = super::rules(&args.rules)?;
    let cleaner = super::cleaner(&args.input, &args.what, rules)?.verify(args.output.verify);
    let mut outcome = Outcome::Done;
    for input in &inputs {
        outcome = outcome.max(clean(args, &cleaner, input)?);
    }
    Ok(outcome)
}

/// A mistyped or misplaced command is taken for a file, and to hear of missing files would be
/// puzzling.
fn check_command(inputs: &[Input], args: &OutputArgs) -> Result<(), Stop> {
    let Some(first) = inputs.first().and_then(Input::path) else { return Ok(()) };
    let Some(word) = first.to_str().filter(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
    else {
        return Ok(());
    };
    if args.check || first.exists() {
        return Ok(());
    }
    Err(Stop::usage(if ["explain", "restore", "filter", "warc"].contains(&word) {
        format!("{word}: there is no such file; the command of this name comes before all options")
    } else {
        format!(
            "{word}: there is no such file, and no such command: the commands are explain, restore, \
             filter, warc and help"
        )
    }))
}

/// Refuses what would overwrite one file with another.
fn check_places(inputs: &[Input], args: &OutputArgs) -> Result<(), Stop> {
    if inputs.len() > 1 && !args.check {
        return Err(Stop::usage(
            "several files need several places to go; clean them one by one:\n  \
             for f in pages/*.html; do dehusk \"$f\" -o \"clean/${f##*/}\"; done",
        ));
    }
    let Some(record) = args.record.as_deref() else { return Ok(()) };
    let output = args.output.as_deref();
    let same = |other: Option<&Path>| other.is_some_and(|other| io::same_place(record, other));
    if !matches!(args.to, ToArg::Same | ToArg::Html) {
        Err(Stop::usage(
            "--record is for results in the input's own form, which `dehusk restore` puts the cuts \
             back into; leave out --to",
        ))
    } else if io::is_stdout(Some(record)) && io::is_stdout(output) {
        Err(Stop::usage("the result and the record cannot both go to standard output; add -o FILE"))
    } else if same(output) {
        Err(Stop::usage("-o and --record name the same file; the record would replace the result"))
    } else if inputs.iter().any(|input| same(input.path())) {
        Err(Stop::usage("--record names the input; the record would replace it"))
    } else {
        Ok(())
    }
}

fn clean(args: &CleanArgs, cleaner: &Cleaner, input: &Input) -> Result<Outcome, Stop> {
    let content = match input.read(args.input.max_bytes) {
        Ok(content) => content,
        Err(message) => {
            complain(&message);
            return Ok(Outcome::Failed);
        }
    };
    match super::apply(cleaner, input, &content, args.input.max_bytes) {
        Ok(cleaned) if args.output.check && cleaned.cuts.is_empty() => Ok(Outcome::Done),
        Ok(_) if args.output.check => Ok(Outcome::Found),
        Ok(cleaned) => write(&args.output, input, &content.bytes, &cleaned).map(|()| Outcome::Done),
        Err(message) => {
            complain(&message);
            // The caller gets the input as it was, never less.
            if !args.output.check && matches!(args.output.to, ToArg::Same | ToArg::Html) {
                let rest = content.rest.unwrap_or(Box::new(std::io::empty()));
                put(args.output.output.as_deref(), &mut content.bytes.chain(rest))?;
            }
            Ok(Outcome::Failed)
        }
    }
}

fn write(
    args: &OutputArgs,
    input: &Input,
    bytes: &[u8],
    cleaned: &Cleaned<'_>,
) -> Result<(), Stop> {
    let format = match args.to {
        ToArg::Same => None,
        ToArg::Html if cleaned.from() == From::Html => None,
        ToArg::Html => Some(Format::Html),
        ToArg::Text => Some(Format::Text),
        ToArg::Markdown => Some(Format::Markdown),
        ToArg::Json => Some(Format::Json),
    };
    let rendered = match format {
        None => None,
        Some(format) => Some(cleaned.render(format).map_err(|error| {
            let stop = if args.to == ToArg::Html { Stop::usage } else { Stop::failed };
            stop(format!("{}: {error}", input.name()))
        })?),
    };
    // The record first: a result without its record could not be undone.
    if let Some(path) = &args.record {
        let record = Record::new(&input.name(), bytes, cleaned).to_json();
        put(Some(path), &mut record.as_bytes())?;
    }
    let mut result = rendered.as_ref().map_or(&*cleaned.output, |text| text.as_bytes());
    put(args.output.as_deref(), &mut result)
}
