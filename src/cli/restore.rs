//! `dehusk restore`: put back what was cut.

use super::Stop;
use super::args::RestoreArgs;
use super::exit::Outcome;
use super::io::Input;
use dehusk::Record;

pub(super) fn run(args: &RestoreArgs) -> Result<Outcome, Stop> {
    let (record, cleaned) = (Input::new(&args.record), Input::new(&args.cleaned));
    if record.path().is_none() && cleaned.path().is_none() {
        return Err(Stop::usage("the cleaned file and its record cannot both be standard input"));
    }
    let (record_name, cleaned_name) = (record.name(), cleaned.name());
    let read =
        |input: &Input| input.read(usize::MAX).map(|content| content.bytes).map_err(Stop::failed);
    let json = String::from_utf8(read(&record)?).map_err(|_| {
        Stop::failed(format!("{record_name}: this is not a record: it is not UTF-8"))
    })?;
    let record = Record::from_json(&json)
        .map_err(|error| Stop::failed(format!("{record_name}: {error}")))?;
    let source = record.restore(&read(&cleaned)?).map_err(|error| {
        Stop::failed(format!("{cleaned_name}: cannot be restored with {record_name}: {error}"))
    })?;
    super::put(args.output.as_deref(), &mut &*source)?;
    Ok(Outcome::Done)
}
