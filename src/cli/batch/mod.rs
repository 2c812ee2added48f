//! Many files: arguments, plan, work, report.

pub(crate) mod args;
mod diff;
mod journal;
mod plan;
mod pool;
mod progress;
pub(crate) mod restore;
pub(crate) mod summary;
mod walk;
mod work;

use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use anstream::{AutoStream, ColorChoice};
use dehusk::{Cleaner, Rules};

use super::args::CleanArgs;
use super::exit::Outcome;
use super::io::{Input, is_stdout, name, reason, same_place};
use super::{Stop, complain};
use diff::Look;
use journal::Journal;
use progress::Progress;
use summary::{Done, State, Summary};
use work::{Folders, Work};

/// Whether the arguments speak of more than one file, or of none that is written.
pub(super) fn is_meant(args: &CleanArgs) -> bool {
    let (files, many) = (&args.input.files, &args.many);
    files.len() > 1
        || many.files_from.is_some()
        || many.output_dir.is_some()
        || many.in_place
        || many.record_dir.is_some()
        || many.resume
        || args.report.only_looks()
        || files.iter().any(|file| file.is_dir())
}

pub(super) fn run(args: &CleanArgs) -> Result<Outcome, Stop> {
    check_places(args)?;
    check_summary(args)?;
    let (inputs, named) = inputs(args)?;
    let rules = super::rules(&args.rules)?;
    let cleaner = super::cleaner(&args.input, &args.what, rules.clone())?;
    let cleaner = cleaner.verify(args.output.verify);
    let plan = plan::plan(args, &inputs, named)?;
    let journal = journal(args, &rules)?;
    let mut summary = work(args, &cleaner, journal.as_ref(), &plan)?;
    for failure in summary.failures() {
        complain(failure);
    }
    report(args, &rules, &mut summary)?;
    Ok(if summary.failed() {
        Outcome::Failed
    } else if args.report.check && summary.found() {
        Outcome::Found
    } else {
        Outcome::Done
    })
}

/// Refuses what has no place to go, or would lose something there.
fn check_places(args: &CleanArgs) -> Result<(), Stop> {
    let many = &args.many;
    let placed = many.output_dir.is_some() || many.in_place;
    if let Some(output) = &args.output.output {
        return Err(Stop::usage(format!(
            "-o {} takes one result; for several, --output-dir DIR keeps their tree",
            name(output)
        )));
    }
    if args.output.record.is_some() {
        return Err(Stop::usage("--record takes one record; for several, use --record-dir DIR"));
    }
    if !placed && !args.report.only_looks() {
        let what = match &args.input.files[..] {
            [one] if one.is_dir() => format!("{}: this is a directory", name(one)),
            [one] => format!("{}: only one file", name(one)),
            _ => "several files need several places to go".into(),
        };
        return Err(Stop::usage(format!(
            "{what}; say what is to become of the results:\n  \
             --output-dir DIR  write them below DIR, in the same tree\n  \
             --in-place        replace the files; with --record-dir DIR this can be undone\n  \
             --check, --dry-run, --diff  only look"
        )));
    }
    if !args.output.to.is_own_form() && (many.in_place || many.record_dir.is_some()) {
        return Err(Stop::usage(
            "--in-place and --record-dir are for results in the inputs' own form; leave out --to",
        ));
    }
    if many.resume && many.output_dir.is_none() && many.record_dir.is_none() {
        return Err(Stop::usage(
            "--resume keeps its journal in the --output-dir or --record-dir, and there is none; \
             without it, to clean in place again is safe and changes nothing that is clean",
        ));
    }
    Ok(())
}

/// Refuses to write the summary over what is none.
pub(super) fn check_summary(args: &CleanArgs) -> Result<(), Stop> {
    let Some(path) = &args.report.summary_json else { return Ok(()) };
    let results = [&args.output.output, &args.output.record];
    if !is_stdout(Some(path)) && results.into_iter().flatten().any(|r| same_place(r, path)) {
        return Err(Stop::usage(format!(
            "{}: the summary would replace the result or its record; name another file",
            name(path)
        )));
    }
    if summary::is_something_else(path) {
        return Err(Stop::usage(format!(
            "{}: there is something already that is no summary; name another file",
            name(path)
        )));
    }
    Ok(())
}

/// The names of the inputs, and how many of them are arguments.
fn inputs(args: &CleanArgs) -> Result<(Vec<PathBuf>, usize), Stop> {
    let mut inputs = args.input.files.clone();
    let named = inputs.len();
    if let Some(list) = &args.many.files_from {
        let list = Input::new(list);
        if list.path().is_none() && inputs.iter().any(|file| is_stdout(Some(file))) {
            return Err(Stop::usage(
                "standard input cannot be both a page and the list of --files-from",
            ));
        }
        let names = list.read_plain().map_err(Stop::failed)?;
        inputs.extend(plan::list(&names, args.many.null));
    } else if inputs.is_empty() {
        super::inputs(&inputs)?;
        return Ok((vec!["-".into()], 1));
    }
    Ok((inputs, named))
}

/// The journal of the directory for results, with all that results depend on.
fn journal(args: &CleanArgs, rules: &Rules) -> Result<Option<Journal>, Stop> {
    let many = &args.many;
    let dir = if many.in_place { &many.record_dir } else { &many.output_dir };
    let Some(dir) = dir.as_ref().filter(|_| !args.report.only_looks() || many.resume) else {
        return Ok(None);
    };
    let categories: Vec<&str> =
        super::categories(&args.what).into_iter().map(dehusk::Category::name).collect();
    let settings = [
        env!("CARGO_PKG_VERSION"),
        &rules.fingerprint(),
        &categories.join(","),
        &format!("{:?} {:?}", args.input.from, args.output.to),
        &format!("{:?} {:?}", args.input.url, args.input.encoding),
    ];
    if !args.report.only_looks() {
        fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    }
    Journal::open(dir, &settings, many.resume).map(Some).map_err(|error| {
        let place = Journal::place(dir);
        Stop::failed(format!("{}: cannot be read: {}", name(&place), reason(&error)))
    })
}

fn unwritable(dir: &Path, error: &std::io::Error) -> Stop {
    Stop::failed(format!("{}: cannot be made: {}", name(dir), reason(error)))
}

fn work(
    args: &CleanArgs,
    cleaner: &Cleaner,
    journal: Option<&Journal>,
    plan: &plan::Plan,
) -> Result<Summary, Stop> {
    let looks = args.report.only_looks();
    let look = Look {
        coloured: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        safe: std::io::stdout().is_terminal(),
    };
    let work = Work { args, cleaner, journal, folders: Folders::default(), look };
    let jobs = args.many.jobs.or_else(|| thread::available_parallelism().ok());
    let progress = Progress::default();
    let mut summary = Summary::default();
    let mut run = || {
        let job = |at: usize| match plan.get(at) {
            Some(Ok(job)) => work.job(job),
            Some(Err(why)) => Done::new(State::Failed(why.clone())),
            None => Done::new(State::Skipped),
        };
        let tell = |at: usize, done: Done| {
            progress.add(&done);
            summary.add(at, &done);
            let out = &mut std::io::stdout().lock();
            if done.shown.is_empty() || args.report.quiet && !args.report.diff {
                return Ok(());
            }
            out.write_all(&done.shown)
                .and_then(|()| out.flush())
                .map_err(|error| Stop::write("standard output", &error))
        };
        pool::run(plan.len(), jobs.unwrap_or(NonZeroUsize::MIN), looks, job, tell)
    };
    if Progress::is_wanted(args.report.quiet || looks) {
        progress.show(plan.len(), run)?;
    } else {
        run()?;
    }
    Ok(summary)
}

/// Tells what was done, where somebody wants to know.
pub(super) fn report(args: &CleanArgs, rules: &Rules, summary: &mut Summary) -> Result<(), Stop> {
    let report = &args.report;
    let categories = super::categories(&args.what);
    let mut text = String::new();
    if is_meant(args) && !report.quiet && !report.check && !report.diff {
        text = summary.text(report.dry_run, report.stats);
    }
    if report.stats {
        text.push_str(&summary.stats(rules, &categories));
    }
    // If standard error is closed there is nobody to tell.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    if let Some(path) = &report.summary_json {
        super::put(Some(path), &mut summary.json(rules, &categories).as_bytes())?;
    }
    Ok(())
}
