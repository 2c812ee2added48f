//! `dehusk [FILE]...`: clean.

use std::borrow::Cow;
use std::path::Path;

use super::args::{CleanArgs, OutputArgs, ToArg};
use super::batch;
use super::batch::summary::{Done, State, Summary};
use super::exit::Outcome;
use super::io::{self, Content, Input, Sync};
use super::{Stop, complain, put, put_synced};
use dehusk::{Cleaned, Cleaner, Format, From, Record};

pub(super) fn run(args: &CleanArgs) -> Result<Outcome, Stop> {
    check_command(args)?;
    if batch::is_meant(args) {
        return batch::run(args);
    }
    let inputs = super::inputs(&args.input.files)?;
    check_places(&inputs, &args.output)?;
    batch::check_summary(args)?;
    let rules = super::rules(&args.rules)?;
    let cleaner = super::cleaner(&args.input, &args.what, rules.clone())?;
    let cleaner = cleaner.verify(args.output.verify);
    let mut summary = Summary::default();
    for (at, input) in inputs.iter().enumerate() {
        let done = clean(args, &cleaner, input)?;
        if let State::Failed(message) = &done.state {
            complain(message);
        }
        summary.add(at, &done);
    }
    batch::report(args, &rules, &mut summary)?;
    Ok(if summary.failed() { Outcome::Failed } else { Outcome::Done })
}

/// A mistyped or misplaced command is taken for a file, and to hear of missing files would be
/// puzzling.
fn check_command(args: &CleanArgs) -> Result<(), Stop> {
    let Some(first) = args.input.files.first() else { return Ok(()) };
    let Some(word) = first.to_str().filter(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
    else {
        return Ok(());
    };
    if args.report.check || first.exists() {
        return Ok(());
    }
    Err(Stop::usage(if ["explain", "restore", "filter", "warc", "rules"].contains(&word) {
        format!("{word}: there is no such file; the command of this name comes before all options")
    } else {
        format!(
            "{word}: there is no such file, and no such command: the commands are explain, restore, \
             filter, warc, rules and help"
        )
    }))
}

/// Refuses what would overwrite one file with another.
fn check_places(inputs: &[Input], args: &OutputArgs) -> Result<(), Stop> {
    let Some(record) = args.record.as_deref() else { return Ok(()) };
    let output = args.output.as_deref();
    let same = |other: Option<&Path>| other.is_some_and(|other| io::same_place(record, other));
    if !args.to.is_own_form() {
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

fn clean(args: &CleanArgs, cleaner: &Cleaner, input: &Input) -> Result<Done, Stop> {
    let failed = |why| Ok(Done::new(State::Failed(why)));
    let mut content = match input.read(args.input.max_bytes) {
        Ok(content) => content,
        Err(why) => return failed(why),
    };
    match super::apply(cleaner, input, &content) {
        Ok(cleaned) => {
            write(&args.output, input, &content, &cleaned)?;
            Ok(Done::of(&cleaned, content.bytes.len()))
        }
        Err(why) => {
            // The caller gets the input as it was, never less.
            if args.output.to.is_own_form() {
                put(args.output.output.as_deref(), &mut content.pass_on())?;
            }
            failed(why)
        }
    }
}

/// The cleaned content in the form that was asked for, unless that is its own. The error says
/// whether the arguments are to blame, and is for the user.
pub(super) fn rendered(
    args: &OutputArgs,
    input: &Input,
    cleaned: &Cleaned<'_>,
) -> Result<Option<String>, (Outcome, String)> {
    let format = match args.to {
        ToArg::Same => return Ok(None),
        ToArg::Html if cleaned.from() == From::Html => return Ok(None),
        ToArg::Html => Format::Html,
        ToArg::Text => Format::Text,
        ToArg::Markdown => Format::Markdown,
        ToArg::Json => Format::Json,
    };
    cleaned.render(format).map(Some).map_err(|error| {
        let outcome = if args.to == ToArg::Html { Outcome::Usage } else { Outcome::Failed };
        (outcome, format!("{}: {error}", input.name()))
    })
}

fn write(
    args: &OutputArgs,
    input: &Input,
    content: &Content,
    cleaned: &Cleaned<'_>,
) -> Result<(), Stop> {
    let rendered =
        rendered(args, input, cleaned).map_err(|(outcome, why)| Stop::Error(outcome, why))?;
    let output = args.output.as_deref();
    // The record first: a result without its record could not be undone.
    if let Some(path) = &args.record {
        let record = Record::new(&input.name(), &content.bytes, cleaned).to_json();
        // If the result replaces a file, the way back has to be on the disk before.
        let replaces = output.is_some_and(Path::exists);
        let sync = if replaces { Sync::Always } else { Sync::IfReplacing };
        put_synced(Some(path), &mut record.as_bytes(), sync)?;
    }
    let result = rendered.as_ref().map_or(&*cleaned.output, |text| text.as_bytes());
    let packed = pack(args, input, content, cleaned, result)
        .map_err(|error| Stop::write(&output.map_or("standard output".into(), io::name), &error))?;
    put(output, &mut &*packed)
}

/// The result in its compression.
fn pack<'a>(
    args: &OutputArgs,
    input: &Input,
    content: &'a Content,
    cleaned: &Cleaned<'_>,
    result: &'a [u8],
) -> std::io::Result<Cow<'a, [u8]>> {
    let came = content.packed.as_ref().map(|packed| packed.method);
    let output = args.output.as_deref();
    let method = if args.to.is_own_form() || !io::is_stdout(output) {
        io::method(input, came, output)
    } else {
        None
    };
    match method {
        // Nothing was cut: the input, also in how it is compressed.
        Some(_) if method == came && cleaned.cuts.is_empty() && args.to.is_own_form() => {
            Ok(content.source().into())
        }
        Some(method) => method.pack(result).map(Cow::Owned),
        None => Ok(result.into()),
    }
}
