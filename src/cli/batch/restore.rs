//! `dehusk restore --record-dir`: put back what was cut from the files of a directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use dehusk::Record;
use ignore::WalkBuilder;

use super::super::args::RestoreArgs;
use super::super::exit::Outcome;
use super::super::io::{self, Input, OWN_PREFIX, Sync, name, reason};
use super::super::{Stop, complain};
use super::summary::{number, plural};
use super::work::Folders;

enum Restored {
    Restored,
    /// There was nothing to put back.
    Original,
}

pub(crate) fn run(args: &RestoreArgs) -> Result<Outcome, Stop> {
    let Some(records) = &args.record_dir else { return Ok(Outcome::Done) };
    if !args.in_place && args.output_dir.is_none() {
        return Err(Stop::usage(
            "say where the originals are to go: --in-place, or --output-dir DIR",
        ));
    }
    for dir in [&args.cleaned, records] {
        if !dir.is_dir() {
            return Err(Stop::usage(format!(
                "{}: there is no such directory; for one file, use --record",
                name(dir)
            )));
        }
    }
    let folders = Folders::default();
    let (mut restored, mut originals, mut failed) = (0, 0, 0);
    let entries = WalkBuilder::new(records)
        .standard_filters(false)
        .sort_by_file_name(OsStr::cmp)
        .filter_entry(|entry| {
            !entry.file_name().as_encoded_bytes().starts_with(OWN_PREFIX.as_bytes())
        })
        .build();
    for entry in entries {
        let done = match &entry {
            Ok(entry) if !entry.file_type().is_some_and(|kind| kind.is_file()) => continue,
            Ok(entry) if entry.path().extension().is_none_or(|e| e != "json") => continue,
            Ok(entry) => one(args, &folders, records, entry.path()),
            Err(error) => Err(format!("{}: cannot be read: {error}", name(records))),
        };
        match done {
            Ok(Restored::Restored) => restored += 1,
            Ok(Restored::Original) => originals += 1,
            Err(why) => {
                failed += 1;
                complain(&why);
            }
        }
    }
    let mut told = format!("{} restored", plural(restored, "file"));
    for (count, what) in [(originals, "are the originals already"), (failed, "failed")] {
        if count > 0 {
            told.push_str(&format!(", {} {what}", number(count)));
        }
    }
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{told}\n").as_bytes());
    Ok(if failed > 0 { Outcome::Failed } else { Outcome::Done })
}

fn one(
    args: &RestoreArgs,
    folders: &Folders,
    records: &Path,
    path: &Path,
) -> Result<Restored, String> {
    let key = path.strip_prefix(records).unwrap_or(path).with_extension("");
    let cleaned = args.cleaned.join(&key);
    let failed =
        |why: String| format!("{}: cannot be restored with {}: {why}", name(&cleaned), name(path));
    // Whoever can put a link here and a record there would write to where the link leads.
    if let Some(link) = link_within(&args.cleaned, &key) {
        return Err(failed(format!(
            "`{}` is a link, and only what is in the directory itself is restored; for this file \
             alone, use --record",
            name(&link)
        )));
    }
    let json = Input::new(path).read_plain()?;
    let record = std::str::from_utf8(&json)
        .map_err(|_| format!("{}: this is not a record: it is not UTF-8", name(path)))
        .and_then(|json| {
            Record::from_json(json).map_err(|error| format!("{}: {error}", name(path)))
        })?;
    // A pipe would be waited for.
    if std::fs::metadata(&cleaned).is_ok_and(|found| !found.is_file()) {
        return Err(failed("only a regular file can be restored".into()));
    }
    let content = Input::File(cleaned.clone()).read(args.max_bytes)?;
    if let Some(trouble) = content.trouble() {
        return Err(failed(trouble));
    }
    let is_original = record.is_of(&content.bytes);
    if is_original && args.in_place {
        return Ok(Restored::Original);
    }
    let packed = if is_original {
        content.source().into()
    } else {
        let source = record.restore(&content.bytes).map_err(|error| failed(error.to_string()))?;
        let packed = content.pack(&source).map(std::borrow::Cow::into_owned);
        packed.map_err(|error| failed(reason(&error)))?
    };
    let (target, written) = match &args.output_dir {
        Some(dir) => {
            let target = dir.join(&key);
            let written = folders
                .prepare(dir, &target)
                .and_then(|()| io::write_here(&target, &mut &*packed, Sync::Never));
            (target, written)
        }
        None => {
            let written = io::write(Some(&cleaned), &mut &*packed, Sync::Always);
            (cleaned.clone(), written)
        }
    };
    written.map_err(|e| format!("{}: cannot be written: {}", name(&target), reason(&e)))?;
    Ok(if is_original { Restored::Original } else { Restored::Restored })
}

/// The first link on the way from the directory `root` to the file `key` in it.
fn link_within(root: &Path, key: &Path) -> Option<PathBuf> {
    let mut at = root.to_path_buf();
    key.components().find_map(|part| {
        at.push(part);
        at.is_symlink().then(|| at.clone())
    })
}
