//! `dehusk restore`: put back what was cut.

use super::args::RestoreArgs;
use super::exit::Outcome;
use super::io::{self, Input};
use super::Stop;
use dehusk::Record;

pub(super) fn run(args: &RestoreArgs) -> Result<Outcome, Stop> {
    let read = |input: Input| {
        input
            .read(usize::MAX - 1)
            .map_err(|error| Stop::failed(format!("{}: cannot be read: {error}", input.name())))
    };
    let record_name = args.record.display();
    let json = String::from_utf8(read(Input::new(&args.record))?)
        .map_err(|_| Stop::failed(format!("{record_name}: this is not a record: it is not UTF-8")))?;
    let record = Record::from_json(&json)
        .map_err(|error| Stop::failed(format!("{record_name}: {error}")))?;
    let cleaned = read(Input::new(&args.cleaned))?;
    let source = record
        .restore(&cleaned)
        .map_err(|error| Stop::failed(format!("{record_name}: {error}")))?;
    let target = args.output.as_deref();
    let name = target.map_or("standard output".into(), |path| path.display().to_string());
    io::write(target, &source).map_err(|error| Stop::write(&name, &error))?;
    Ok(Outcome::Done)
}
