//! What is done, so that a later run can skip it.
//!
//! One line for each result, appended when it stands in its place:
//!
//! ```text
//! settings input result check name
//! ```
//!
//! The first three are SHA-256 checksums: of the version, the rules and the options; of the input;
//! of the result. Then comes one of the line's other fields, cut short, and the name of the
//! result below its directory, as JSON writes strings, bytes that are not UTF-8 as two digits
//! after a NUL. A line that a crash cut short does not fit its check and does not count; the last
//! one of a name does.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// The name of the file, in the directory for results or for records.
const NAME: &str = ".dehusk-journal";
/// The digits of a line's check: enough for what is no attack.
const CHECK: usize = 8;

/// The checksums of something that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    settings: String,
    input: String,
    result: String,
}

/// A journal that is open to be read and appended to.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: Mutex<Option<File>>,
    settings: String,
    done: HashMap<String, Stamp>,
}

impl Journal {
    /// The journal of `dir`. What is done is only read when it is to be skipped (`resume`).
    pub(super) fn open(dir: &Path, settings: &[&str], resume: bool) -> io::Result<Journal> {
        let path = Journal::place(dir);
        // A link leads elsewhere, and a pipe is waited for.
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other(
                "this is not a regular file; delete it, or choose another directory",
            ));
        }
        let mut done = HashMap::new();
        if resume {
            let mut text = Vec::new();
            match File::open(&path) {
                Ok(mut file) => drop(file.read_to_end(&mut text)?),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            // Without its end, the last line was cut short.
            let lines = text.split_inclusive(|byte| *byte == b'\n');
            done.extend(lines.filter_map(|line| read(line.strip_suffix(b"\n")?)));
        }
        let settings = sum(settings.join("\0").as_bytes());
        Ok(Journal { path, file: Mutex::new(None), settings, done })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the journal of `dir` is.
    pub(super) fn place(dir: &Path) -> PathBuf {
        dir.join(NAME)
    }

    /// The checksum of the result that was made of `input` with these settings, if it was.
    pub(super) fn result(&self, key: &Path, input: &str) -> Option<&str> {
        let stamp = self.stamp(key)?;
        (stamp.input == input).then_some(&*stamp.result)
    }

    /// Whether `content` is the result that was put in place of an input with these settings.
    pub(super) fn is_result(&self, key: &Path, content: &str) -> bool {
        self.stamp(key).is_some_and(|stamp| stamp.result == content)
    }

    fn stamp(&self, key: &Path) -> Option<&Stamp> {
        let stamp = self.done.get(&written(key));
        stamp.filter(|stamp| stamp.settings == self.settings)
    }

    /// Notes a result that stands in its place.
    pub(super) fn add(&self, key: &Path, input: &str, result: &str) -> io::Result<()> {
        let head = format!("{} {input} {result}", self.settings);
        let name = written(key);
        let line = format!("{head} {} {name}\n", check(&head, &name));
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = Some(append(&self.path)?);
        }
        // In one piece: two runs may write to one journal.
        file.as_mut().map_or(Ok(()), |file| file.write_all(line.as_bytes()))
    }
}

/// Opens the journal to append; a line that was cut short is ended.
fn append(path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

fn read(line: &[u8]) -> Option<(String, Stamp)> {
    let line = std::str::from_utf8(line).ok()?;
    let mut fields = line.splitn(5, ' ');
    let mut next = || fields.next();
    let (settings, input, result) = (next()?, next()?, next()?);
    let (found, name) = (next()?, next()?);
    if check(&format!("{settings} {input} {result}"), name) != found {
        return None;
    }
    let stamp = Stamp { settings: settings.into(), input: input.into(), result: result.into() };
    Some((name.to_string(), stamp))
}

fn check(head: &str, name: &str) -> String {
    let mut sum = sum(format!("{head} {name}").as_bytes());
    sum.truncate(CHECK);
    sum
}

/// A name on one line, each name otherwise.
fn written(key: &Path) -> String {
    let mut name = String::new();
    for chunk in key.as_os_str().as_encoded_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // No name has a NUL in it.
            name.push_str(&format!("\0{byte:02x}"));
        }
    }
    serde_json::Value::from(name).to_string()
}

/// The SHA-256 of `content`, in hexadecimal digits.
pub(super) fn sum(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_keeps_what_is_done() {
        let dir = tempfile::tempdir().unwrap();
        let keys = ["a.html", "b/c d\n.html", "\u{202e}.html"].map(Path::new);
        let journal = Journal::open(dir.path(), &["1", "x"], false).unwrap();
        for key in keys {
            journal.add(key, "in", "out").unwrap();
        }
        let again = Journal::open(dir.path(), &["1", "x"], true).unwrap();
        for key in keys {
            assert_eq!(again.result(key, "in"), Some("out"));
            assert_eq!(again.result(key, "changed"), None);
            assert!(again.is_result(key, "out") && !again.is_result(key, "in"));
        }
        assert_eq!(again.result(Path::new("b.html"), "in"), None);
        let other = Journal::open(dir.path(), &["1", "y"], true).unwrap();
        assert_eq!(other.result(keys[0], "in"), None);
        // The later line counts.
        again.add(keys[0], "new", "other").unwrap();
        let again = Journal::open(dir.path(), &["1", "x"], true).unwrap();
        assert_eq!(again.result(keys[0], "in"), None);
        assert_eq!(again.result(keys[0], "new"), Some("other"));
    }

    #[test]
    fn a_line_cut_short_anywhere_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (Path::new("a.html"), Path::new("b.html"));
        let journal = Journal::open(dir.path(), &[], false).unwrap();
        journal.add(a, "in", "out").unwrap();
        let first = std::fs::read(journal.path()).unwrap();
        journal.add(b, "in", "out").unwrap();
        let both = std::fs::read(journal.path()).unwrap();
        for end in first.len()..both.len() {
            std::fs::write(journal.path(), &both[..end]).unwrap();
            let torn = Journal::open(dir.path(), &[], true).unwrap();
            assert_eq!(torn.result(a, "in"), Some("out"));
            assert_eq!(torn.result(b, "in"), None);
            // What is written after it counts.
            torn.add(b, "in", "again").unwrap();
            let healed = Journal::open(dir.path(), &[], true).unwrap();
            assert_eq!(healed.result(b, "in"), Some("again"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_differ() {
        use std::os::unix::ffi::OsStrExt;
        let name = |bytes: &[u8]| written(Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_ne!(name(b"\xe9.html"), name(b"\xe8.html"));
        assert!(!name(b"a\n\xe9").contains('\n'));
    }
}
