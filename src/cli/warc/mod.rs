//! `dehusk warc`: the pages of a web archive.

mod feed;
mod http;
mod reader;
mod record;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use dehusk::{Cleaner, From};

use self::feed::{Done, Plan};
use super::exit::Outcome;
use super::io::{self as files, Input};
use super::ordered::{self, Lost, Results};
use super::pipe_args::WarcArgs;
use super::{Stop, complain};

pub(super) fn run(args: &WarcArgs) -> Result<Outcome, Stop> {
    let input = args.archive.as_deref().map_or(Input::Stdin, Input::new);
    if input.path().is_none() && io::stdin().is_terminal() {
        return Err(Stop::usage(
            "nothing to read: name an archive, or give it on standard input\n\n\
             For more information, try 'dehusk warc --help'.",
        ));
    }
    let cleaner = Cleaner::new(super::rules(&args.rules)?)
        .categories(super::categories(&args.what))
        .limits(super::filter::limits(args.max_bytes, args.max_depth))
        .from(From::Html);
    let name = input.name();
    let failed = |why: String| Stop::failed(format!("{name}: {why}"));
    let opened = match &input {
        Input::Stdin => reader::open(io::stdin()),
        Input::File(path) => reader::open(
            std::fs::File::open(path)
                .map_err(|error| failed(format!("cannot be read: {}", files::reason(&error))))?,
        ),
    };
    let (reader, gzip) = opened.map_err(|broken| failed(broken.0))?;
    let output = args.output.as_deref();
    let plan = Plan {
        cleaner,
        to: args.to,
        jsonl: args.jsonl,
        pass_all: args.pass_all,
        gzip: if files::is_stdout(output) { gzip && !args.jsonl } else { is_gzip(output) },
        max_bytes: args.max_bytes,
    };
    let working = plan.clone();
    let results = ordered::start(
        args.jobs.threads(),
        move |item| working.work(&item),
        move |feed| plan.feed(reader, feed),
    )
    .map_err(super::no_threads)?;
    // Where nothing at all can be read, an older output is not replaced with nothing.
    let lost = |Lost| Stop::failed(Lost::MESSAGE);
    let first = results.next().map_err(lost)?.unwrap_or_default();
    if let Some(why) = first.broken {
        return Err(failed(why));
    }
    let mut output_of = Output { results, current: first, at: 0, tally: Done::default() };
    super::put(output, &mut output_of)?;
    report(&name, &output_of.tally)
}

fn is_gzip(path: Option<&Path>) -> bool {
    path.and_then(Path::extension).is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

fn report(name: &str, tally: &Done) -> Result<Outcome, Stop> {
    if let Some(first) = &tally.first_failure {
        let pages = if tally.pages == 1 { "page" } else { "pages" };
        complain(&format!(
            "{name}: {} of {} {pages} not cleaned, the first is {first}",
            tally.failed, tally.pages
        ));
    }
    match &tally.broken {
        Some(why) => Err(Stop::failed(format!("{name}: {why}"))),
        None if tally.failed > 0 => Ok(Outcome::Failed),
        None => Ok(Outcome::Done),
    }
}

/// The output, made while it is read.
struct Output {
    results: Results<Done>,
    current: Done,
    at: usize,
    tally: Done,
}

impl Read for Output {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut rest = self.current.bytes.get(self.at..).unwrap_or_default();
            if !rest.is_empty() {
                let read = rest.read(buffer)?;
                self.at += read;
                return Ok(read);
            }
            self.tally.add(std::mem::take(&mut self.current));
            let lost = |Lost| io::Error::other(Lost::MESSAGE);
            let Some(next) = self.results.next().map_err(lost)? else { return Ok(0) };
            (self.current, self.at) = (next, 0);
        }
    }
}
