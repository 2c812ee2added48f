//! `dehusk restore`: put back what was cut.

use std::fmt::Display;

use super::Stop;
use super::args::RestoreArgs;
use super::exit::Outcome;
use super::io::{self, Input};
use dehusk::Record;

pub(super) fn run(args: &RestoreArgs) -> Result<Outcome, Stop> {
    let Some(record) = &args.record else { return super::batch::restore::run(args) };
    let (record, cleaned) = (Input::new(record), Input::new(&args.cleaned));
    if record.path().is_none() && cleaned.path().is_none() {
        return Err(Stop::usage("the cleaned file and its record cannot both be standard input"));
    }
    let (record_name, cleaned_name) = (record.name(), cleaned.name());
    let json = String::from_utf8(record.read_plain().map_err(Stop::failed)?).map_err(|_| {
        Stop::failed(format!("{record_name}: this is not a record: it is not UTF-8"))
    })?;
    let record = Record::from_json(&json)
        .map_err(|error| Stop::failed(format!("{record_name}: {error}")))?;
    let failed = |why: &dyn Display| {
        Stop::failed(format!("{cleaned_name}: cannot be restored with {record_name}: {why}"))
    };
    let content = cleaned.read(args.max_bytes).map_err(Stop::failed)?;
    if let Some(trouble) = content.trouble() {
        return Err(failed(&trouble));
    }
    let source = record.restore(&content.bytes).map_err(|error| failed(&error))?;
    let came = content.packed.map(|packed| packed.method);
    let output = args.output.as_deref();
    let source = match io::method(&cleaned, came, output) {
        Some(method) => method.pack(&source).map_err(|error| failed(&error))?,
        None => source,
    };
    super::put(output, &mut &*source)?;
    Ok(Outcome::Done)
}
