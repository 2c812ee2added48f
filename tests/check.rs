//! What holds for any input.

use dehusk::{Category, Cleaned, Cleaner, Record, Rules};

/// A cleaner with the shipped rules of all categories.
pub(crate) fn everything() -> Cleaner {
    Cleaner::new(Rules::builtin()).categories(Category::ALL)
}

/// Checks every promise that holds for any input.
pub(crate) fn check(cleaner: &Cleaner, input: &[u8]) -> Result<(), String> {
    let cleaned = match cleaner.clone().verify(true).clean(input) {
        Ok(cleaned) => cleaned,
        Err(error) if error.is_limit() => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    bytes(input, &cleaned)?;
    let again = cleaner.clean(&cleaned.output).map_err(|error| error.to_string())?;
    if let Some(cut) = again.cuts.first() {
        return Err(format!("not idempotent: {} {} {:?}", cut.rule.id, cut.place.path, cut.text));
    }
    let record = Record::new("input", input, &cleaned);
    let record = Record::from_json(&record.to_json()).map_err(|error| error.to_string())?;
    if record.restore(&cleaned.output).map_err(|error| error.to_string())? != input {
        return Err("the record does not give the input back".into());
    }
    Ok(())
}

/// The output is the input without the ranges of the cuts, which are in order and apart.
fn bytes(input: &[u8], cleaned: &Cleaned<'_>) -> Result<(), String> {
    let mut expected = Vec::new();
    let mut at = 0;
    for cut in &cleaned.cuts {
        let range = &cut.place.range;
        if range.start < at || range.is_empty() {
            return Err(format!("cut {range:?} overlaps what is before it, or is empty"));
        }
        expected.extend_from_slice(&input[at..range.start]);
        at = range.end;
    }
    expected.extend_from_slice(&input[at..]);
    if expected != *cleaned.output { Err("output is not input minus cuts".into()) } else { Ok(()) }
}
