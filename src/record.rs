//! Records: what was cut from an input, so that it can be put back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::finding::Reason;
use crate::{Category, Cleaned};

/// The version of the form of records.
const VERSION: u32 = 1;

/// What was cut from an input. With the cleaned result it gives the input back.
///
/// ```
/// use dehusk::{Cleaner, Record, Rules};
///
/// let page = b"<p>The mill.</p><form>Sign up for our newsletter <input type=email></form>";
/// let cleaned = Cleaner::new(Rules::builtin()).clean(page)?;
/// let record = Record::new("mill.html", page, &cleaned);
/// let again = Record::from_json(&record.to_json())?;
/// assert_eq!(again.restore(&cleaned.output)?, page);
/// # Ok::<(), dehusk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u32,
    source: Source,
    /// The result, to tell early that a record does not belong to a file.
    cleaned: Source,
    cuts: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    bytes: usize,
    sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    /// Offsets in the source, in bytes.
    start: usize,
    end: usize,
    category: Category,
    rule: String,
    points: i32,
    evidence: Vec<Evidence>,
    /// What went, as its reader saw it.
    text: String,
    /// What went, byte for byte, in base64: it need not be UTF-8.
    bytes: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Evidence {
    points: i32,
    sign: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    what: Option<String>,
}

impl Record {
    /// The record of a cleaning of `input`, which came from `path`.
    pub fn new(path: &str, input: &[u8], cleaned: &Cleaned<'_>) -> Record {
        let cuts = cleaned
            .cuts
            .iter()
            .map(|cut| {
                let range = cut.place.range.clone();
                Piece {
                    start: range.start,
                    end: range.end,
                    category: cut.category,
                    rule: cut.rule.id.clone(),
                    points: cut.points,
                    evidence: cut.evidence.iter().map(Evidence::from).collect(),
                    text: cut.text.clone(),
                    bytes: BASE64.encode(input.get(range).unwrap_or_default()),
                }
            })
            .collect();
        Record {
            version: VERSION,
            source: Source { path: Some(path.to_string()), ..Source::of(input) },
            cleaned: Source::of(&cleaned.output),
            cuts,
        }
    }

    /// The record as JSON.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// It is not a record, or one of a later version ([`Error::is_record`]).
    pub fn from_json(json: &str) -> Result<Record, Error> {
        let record: Record = serde_json::from_str(json)
            .map_err(|error| Error::record(format!("this is not a record: {error}")))?;
        if record.version != VERSION {
            return Err(Error::record(format!(
                "this record has version {}, and this dehusk reads version {VERSION}",
                record.version
            )));
        }
        Ok(record)
    }

    /// Whether `input` is what this is the record of, so that nothing has to be put back.
    pub fn is_of(&self, input: &[u8]) -> bool {
        self.source.is(&Source::of(input))
    }

    /// The input that `cleaned` came from.
    ///
    /// # Errors
    ///
    /// The record belongs to another file, or the file was changed since
    /// ([`Error::is_record`]).
    pub fn restore(&self, cleaned: &[u8]) -> Result<Vec<u8>, Error> {
        if Source::of(cleaned) != self.cleaned {
            return Err(Error::record(
                "the record belongs to another file, or the file was changed since it was cleaned: \
                 its checksum differs",
            ));
        }
        let broken = || Error::record("the record is damaged: its cuts do not fit its source");
        let mut source = Vec::with_capacity(cleaned.len());
        let mut rest = cleaned;
        for cut in &self.cuts {
            let kept = cut.start.checked_sub(source.len()).ok_or_else(broken)?;
            let (before, after) = rest.split_at_checked(kept).ok_or_else(broken)?;
            source.extend_from_slice(before);
            source.extend(BASE64.decode(&cut.bytes).map_err(|_| broken())?);
            if source.len() != cut.end {
                return Err(broken());
            }
            rest = after;
        }
        source.extend_from_slice(rest);
        if self.is_of(&source) { Ok(source) } else { Err(broken()) }
    }
}

impl Source {
    fn of(bytes: &[u8]) -> Source {
        let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Source { path: None, bytes: bytes.len(), sha256 }
    }

    /// Whether it is the same content, wherever it lay.
    fn is(&self, other: &Source) -> bool {
        (self.bytes, &self.sha256) == (other.bytes, &other.sha256)
    }
}

impl From<&Reason> for Evidence {
    fn from(reason: &Reason) -> Self {
        Evidence { points: reason.points, sign: reason.sign.clone(), what: reason.what.clone() }
    }
}
