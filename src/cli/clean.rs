//! `dehusk [FILE]...`: clean.

use super::args::{CleanArgs, ToArg};
use super::exit::Outcome;
use super::io::{self, Input};
use super::{Stop, complain};
use dehusk::{Cleaned, Record};

pub(super) fn run(args: &CleanArgs) -> Result<Outcome, Stop> {
    let inputs = Input::all(&args.input.files);
    if inputs.len() > 1 && !args.output.check {
        return Err(Stop::usage(
            "several files need several places to go; clean them in a loop:\n  \
             for f in pages/*.html; do dehusk \"$f\" -o \"clean/${f##*/}\"; done",
        ));
    }
    let cleaner = super::cleaner(&args.input, &args.what, super::rules(&args.rules)?)?;
    let mut outcome = Outcome::Done;
    for input in &inputs {
        let name = input.name();
        let bytes = match input.read(args.input.max_bytes) {
            Ok(bytes) => bytes,
            Err(error) => {
                complain(&format!("{name}: cannot be read: {error}"));
                outcome = outcome.max(Outcome::Failed);
                continue;
            }
        };
        match cleaner.clone().name(input.path()).clean(&bytes) {
            Ok(cleaned) if args.output.check => {
                if !cleaned.cuts.is_empty() {
                    outcome = outcome.max(Outcome::Found);
                }
            }
            Ok(cleaned) => write(args, input, &bytes, &cleaned)?,
            Err(error) => {
                complain(&format!("{name}: not cleaned: {error}"));
                outcome = outcome.max(Outcome::Failed);
                // The caller gets the input as it was, never less.
                if !args.output.check && args.output.to == ToArg::Same && bytes.len() <= args.input.max_bytes
                {
                    put(args, &bytes)?;
                }
            }
        }
    }
    Ok(outcome)
}

fn write(args: &CleanArgs, input: &Input, bytes: &[u8], cleaned: &Cleaned<'_>) -> Result<(), Stop> {
    let format = match args.output.to {
        ToArg::Same => None,
        ToArg::Html => Some(dehusk::Format::Html),
        ToArg::Text => Some(dehusk::Format::Text),
        ToArg::Markdown => Some(dehusk::Format::Markdown),
        ToArg::Json => Some(dehusk::Format::Json),
    };
    // The record first: a result without its record could not be undone.
    if let Some(path) = &args.output.record {
        let json = Record::new(&input.name(), bytes, cleaned).to_json();
        io::write(Some(path), json.as_bytes())
            .map_err(|error| Stop::write(&path.display().to_string(), &error))?;
    }
    match format {
        None => put(args, &cleaned.output),
        Some(format) => {
            let rendered = cleaned.render(format).map_err(|error| Stop::usage(error.to_string()))?;
            put(args, rendered.as_bytes())
        }
    }
}

fn put(args: &CleanArgs, bytes: &[u8]) -> Result<(), Stop> {
    let target = args.output.output.as_deref();
    let name = target.map_or("standard output".into(), |path| path.display().to_string());
    io::write(target, bytes).map_err(|error| Stop::write(&name, &error))
}
