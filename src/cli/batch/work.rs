//! One file of many: read, clean, write.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::Path;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use dehusk::{Cleaned, Cleaner, Record};

use super::super::args::CleanArgs;
use super::super::io::{self, Content, Input, Sync, name, reason};
use super::diff::{self, Look};
use super::journal::{Journal, sum};
use super::plan::Job;
use super::summary::{Done, State, plural, size};

/// What all workers share.
pub(super) struct Work<'a> {
    pub(super) args: &'a CleanArgs,
    pub(super) cleaner: &'a Cleaner,
    pub(super) journal: Option<&'a Journal>,
    pub(super) folders: Folders,
    pub(super) look: Look,
}

impl Work<'_> {
    /// Does a job; what goes wrong is in the answer.
    pub(super) fn job(&self, job: &Job) -> Done {
        let done = if job.page { self.page(job) } else { self.copy(job) };
        done.unwrap_or_else(|why| Done::new(State::Failed(why)))
    }

    fn page(&self, job: &Job) -> Result<Done, String> {
        let before = if self.in_place() { Some(replaceable(&job.input)?) } else { None };
        let mut content = job.input.read(self.args.input.max_bytes)?;
        let source_sum = self.journal.map(|_| sum(content.source())).unwrap_or_default();
        if self.args.many.resume && self.is_done(job, &source_sum) {
            return Ok(Done::new(State::Skipped));
        }
        let current = self.original(job, &content);
        let current = current.map(|original| std::mem::replace(&mut content.bytes, original));
        let cleaned = match super::super::apply(self.cleaner, &job.input, &content) {
            Ok(cleaned) => cleaned,
            Err(why) => {
                self.pass_on(job, &mut content)?;
                return Err(why);
            }
        };
        let mut done = Done::of(&cleaned, content.bytes.len());
        let rendered = super::super::clean::rendered(&self.args.output, &job.input, &cleaned)
            .map_err(|(_, why)| why)?;
        if current.as_ref().is_some_and(|current| current[..] == cleaned.output[..]) {
            return Ok(Done::new(State::Skipped));
        }
        if self.args.report.only_looks() {
            done.shown = self.shown(job, &content, &cleaned, &done);
            return Ok(done);
        }
        if let Some(before) = before {
            check_same(job, &before)?;
            if current.is_some() {
                // The record is about to be replaced, and at every moment the way back from what
                // stands here must be known.
                let original = content.pack(&content.bytes).map_err(|e| unwritten(job, &e))?;
                self.write(job, &mut &*original)?;
            }
        }
        self.record(job, &content, &cleaned)?;
        let result = match &rendered {
            Some(text) => content.pack(text.as_bytes()),
            // Nothing was cut: the input, also in how it is compressed.
            None if cleaned.cuts.is_empty() && current.is_none() => Ok(content.source().into()),
            None => content.pack(&cleaned.output),
        };
        let result = result.map_err(|error| unwritten(job, &error))?;
        if !(self.in_place() && result[..] == *content.source()) {
            self.write(job, &mut &*result)?;
        }
        if let Some(journal) = self.journal {
            journal.add(&job.key, &source_sum, &sum(&result)).map_err(|error| {
                format!("{}: cannot be written: {}", name(journal.path()), reason(&error))
            })?;
        }
        Ok(done)
    }

    fn in_place(&self) -> bool {
        self.args.many.in_place
    }

    fn copy(&self, job: &Job) -> Result<Done, String> {
        if self.args.report.only_looks() {
            return Ok(Done::new(State::Copied));
        }
        let unreadable =
            |error| format!("{}: cannot be read: {}", job.input.name(), reason(&error));
        let path = job.input.path().unwrap_or(Path::new(""));
        let mut file = fs::File::open(path).map_err(unreadable)?;
        self.write(job, &mut file)?;
        Ok(Done::new(State::Copied))
    }

    /// Whether the result of an input with this checksum stands in its place.
    fn is_done(&self, job: &Job, source_sum: &str) -> bool {
        let Some(journal) = self.journal else { return false };
        if job.record.as_ref().is_some_and(|record| !record.is_file()) {
            return false;
        }
        if self.in_place() {
            return journal.is_result(&job.key, source_sum);
        }
        let is = |path: &Path, result: &str| {
            fs::symlink_metadata(path).is_ok_and(|file| file.is_file())
                && fs::read(path).is_ok_and(|found| sum(&found) == result)
        };
        match (journal.result(&job.key, source_sum), &job.target) {
            (Some(result), Some(target)) => is(target, result),
            _ => false,
        }
    }

    /// The original of a file that was cleaned in place before, which its record gives back: the
    /// new record then leads there too.
    fn original(&self, job: &Job, content: &Content) -> Option<Vec<u8>> {
        let record = record_at(job.record.as_ref().filter(|_| self.in_place())?)?;
        let original = record.restore(&content.bytes).ok()?;
        (original != content.bytes).then_some(original)
    }

    fn record(&self, job: &Job, content: &Content, cleaned: &Cleaned<'_>) -> Result<(), String> {
        let (Some(path), Some(dir)) = (&job.record, &self.args.many.record_dir) else {
            return Ok(());
        };
        if path.symlink_metadata().is_ok() && record_at(path).is_none() {
            return Err(format!(
                "{}: there is something already that is no record of this version; move it away, \
                 or choose another --record-dir",
                name(path)
            ));
        }
        let record = Record::new(&job.input.name(), &content.bytes, cleaned).to_json();
        let sync = if self.in_place() { Sync::Always } else { Sync::Never };
        self.folders
            .prepare(dir, path)
            .and_then(|()| io::write_here(path, &mut record.as_bytes(), sync))
            .map_err(|error| format!("{}: cannot be written: {}", name(path), reason(&error)))
    }

    /// Gives on what cannot be cleaned as it is.
    fn pass_on(&self, job: &Job, content: &mut Content) -> Result<(), String> {
        if self.in_place() || self.args.report.only_looks() || !self.args.output.to.is_own_form() {
            return Ok(());
        }
        self.write(job, &mut content.pass_on())
    }

    fn write(&self, job: &Job, content: &mut dyn Read) -> Result<(), String> {
        let Some(target) = &job.target else { return Ok(()) };
        match &self.args.many.output_dir {
            // Never outside of it: neither through a link to a directory nor through one to a file.
            Some(dir) => self
                .folders
                .prepare(dir, target)
                .and_then(|()| io::write_here(target, content, Sync::Never)),
            None => io::write(Some(target), content, Sync::Always),
        }
        .map_err(|error| unwritten(job, &error))
    }

    /// What there is to see of a job where nothing is written.
    fn shown(&self, job: &Job, content: &Content, cleaned: &Cleaned<'_>, done: &Done) -> Vec<u8> {
        let report = &self.args.report;
        if cleaned.cuts.is_empty() {
            return Vec::new();
        }
        if report.diff {
            let cuts: Vec<Range<usize>> =
                cleaned.cuts.iter().map(|cut| cut.place.range.clone()).collect();
            return diff::unified(&job.input.name(), &content.bytes, &cuts, self.look);
        }
        if report.check {
            // The names are for other programs, unless they are for eyes.
            let mut shown = match job.input.path() {
                Some(path) if !self.look.safe => path.as_os_str().as_encoded_bytes().to_vec(),
                _ => job.input.name().into_bytes(),
            };
            shown.push(if self.args.many.null { 0 } else { b'\n' });
            return shown;
        }
        let to = match &job.target {
            Some(target) if !self.in_place() => format!(" -> {}", name(target)),
            _ => String::new(),
        };
        let cuts = plural(done.cuts.len() as u64, "cut");
        let less = size(done.bytes_in - done.bytes_out);
        format!("{}{to}: {cuts}, {less}\n", job.input.name()).into_bytes()
    }
}

/// The record that is there. Whatever else there is, a pipe above all, is not read.
fn record_at(path: &Path) -> Option<Record> {
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    Record::from_json(&is_file.then(|| fs::read_to_string(path).ok())??).ok()
}

fn unwritten(job: &Job, error: &std::io::Error) -> String {
    let place = job.target.as_deref().map_or_else(|| job.input.name(), name);
    format!("{place}: cannot be written: {}", reason(error))
}

/// A file that is to be replaced has to be one.
fn replaceable(input: &Input) -> Result<fs::Metadata, String> {
    let path = input.path().unwrap_or(Path::new(""));
    let file = fs::metadata(path)
        .map_err(|error| format!("{}: cannot be read: {}", input.name(), reason(&error)))?;
    if file.is_file() {
        Ok(file)
    } else {
        Err(format!("{}: not cleaned: only a regular file can be replaced", input.name()))
    }
}

/// Whether a file is still the one that was read: what somebody wrote since must not be lost.
fn check_same(job: &Job, before: &fs::Metadata) -> Result<(), String> {
    let now = replaceable(&job.input)?;
    let same = now.len() == before.len() && now.modified().ok() == before.modified().ok();
    if same {
        Ok(())
    } else {
        Err(format!("{}: not cleaned: it was changed in the meantime", job.input.name()))
    }
}

/// The directories that results are written to.
#[derive(Debug, Default)]
pub(super) struct Folders(Mutex<BTreeSet<PathBuf>>);

impl Folders {
    /// Makes the directory of `file`, which lies below `root`, and sweeps away what killed runs
    /// left there.
    pub(super) fn prepare(&self, root: &Path, file: &Path) -> std::io::Result<()> {
        let dir = io::directory(file);
        if self.lock().contains(dir) {
            return Ok(());
        }
        fs::create_dir_all(root)?;
        let mut at = root.to_path_buf();
        for part in dir.strip_prefix(root).unwrap_or(Path::new("")) {
            at.push(part);
            match fs::create_dir(&at) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if !fs::symlink_metadata(&at)?.is_dir() {
                        return Err(std::io::Error::other(format!(
                            "`{}` is a link or a file, and results stay within `{}`",
                            name(&at),
                            name(root)
                        )));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        io::sweep(dir)?;
        self.lock().insert(dir.to_path_buf());
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_to_since_it_was_read_is_not_replaced() {
        let desk = tempfile::tempdir().unwrap();
        let path = desk.path().join("page.html");
        fs::write(&path, "one").unwrap();
        let (input, key) = (Input::File(path.clone()), "page.html".into());
        let job = Job { input, key, target: Some(path.clone()), record: None, page: true };
        let before = replaceable(&job.input).unwrap();
        assert_eq!(check_same(&job, &before), Ok(()));
        fs::write(&path, "one more").unwrap();
        assert!(check_same(&job, &before).unwrap_err().contains("it was changed in the meantime"));
        fs::remove_file(&path).unwrap();
        assert!(check_same(&job, &before).unwrap_err().contains("there is no such file"));
    }
}
