//! The files of a directory that are pages or text.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dehusk::From;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder};

use super::super::Stop;
use super::super::compress::{self, Method};
use super::super::io::{OWN_PREFIX, name};
use super::args::ManyArgs;

/// How much of a file with an unknown name is looked at.
const HEAD: usize = 1024;

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Whether it is to be cleaned; else it is one of the other files.
    pub(super) page: bool,
}

/// Finds the files below `root`, in the order of their names. The directories `not` are left out:
/// they are for results. What cannot be read is an error in the place of a file.
pub(super) fn walk(
    root: &Path,
    args: &ManyArgs,
    not: &[PathBuf],
) -> Result<Vec<Result<Found, String>>, Stop> {
    let globs = globs(root, args)?;
    let chosen = globs.num_whitelists() > 0;
    let not = not.to_vec();
    // Links to directories lead to results by another name.
    let is_result = move |entry: &DirEntry| {
        !not.is_empty()
            && entry.depth() > 0
            && entry.file_type().is_some_and(|kind| kind.is_dir())
            && fs::canonicalize(entry.path()).is_ok_and(|path| not.contains(&path))
    };
    let entries = WalkBuilder::new(root)
        // A page is not to be left out because some .gitignore says so.
        .standard_filters(false)
        .hidden(!args.hidden)
        .follow_links(args.follow)
        .overrides(globs)
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .filter_entry(move |entry| !is_own(entry) && !is_result(entry))
        .build();
    let mut found = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) if is_file(&entry, args.follow) => {
                let path = entry.into_path();
                match is_page(&path, chosen) {
                    Ok(page) if page || args.copy_others => found.push(Ok(Found { path, page })),
                    Ok(_) => {}
                    Err(error) => found.push(Err(unreadable(&path, &error))),
                }
            }
            Ok(_) => {}
            Err(error) => found.extend(trouble(root, &error).map(Err)),
        }
    }
    Ok(found)
}

fn globs(root: &Path, args: &ManyArgs) -> Result<Override, Stop> {
    let mut builder = OverrideBuilder::new(root);
    // The last one that matches counts: what is excluded stays so.
    let includes = args.include.iter().map(|glob| ("--include", glob, ""));
    let excludes = args.exclude.iter().map(|glob| ("--exclude", glob, "!"));
    for (option, glob, not) in includes.chain(excludes) {
        // These have a meaning at the start of a line of .gitignore, and none here.
        let escape = if glob.starts_with(['!', '#']) { "\\" } else { "" };
        builder.add(&format!("{not}{escape}{glob}")).map_err(|error| {
            let error = match error {
                ignore::Error::Glob { err, .. } => err,
                error => error.to_string(),
            };
            Stop::usage(format!("{option} {glob}: this is not a glob: {error}"))
        })?;
    }
    builder.build().map_err(|error| Stop::usage(format!("--include, --exclude: {error}")))
}

/// Whether it is one of the files that are only here for the time of a run, or to resume it.
fn is_own(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(OWN_PREFIX.as_bytes())
}

/// Whether it is a regular file: a pipe would wait for ever.
fn is_file(entry: &DirEntry, follow: bool) -> bool {
    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
    is_file || (follow && entry.path_is_symlink() && entry.path().is_file())
}

/// Whether a file is to be cleaned: because it was `chosen`, by its name, or by its content.
fn is_page(path: &Path, chosen: bool) -> io::Result<bool> {
    if chosen || From::by_name(compress::inner_name(path)).is_some() {
        return Ok(true);
    }
    let mut head = Vec::new();
    fs::File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    let Some(method) = Method::of(&head, Some(path)) else { return Ok(begins_as_html(&head)) };
    let mut inner = Vec::new();
    // The head ends in the middle of what is packed: that is no damage.
    if let Ok(reader) = method.reader(&head) {
        let _ = reader.take(HEAD as u64).read_to_end(&mut inner);
    }
    Ok(begins_as_html(&inner))
}

/// Whether a file that does not say so by its name is surely a page.
fn begins_as_html(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |tag: &str| {
        head.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    let has_root = || head.to_ascii_lowercase().windows(5).any(|tag| tag == b"<html");
    begins("<!doctype html")
        || begins("<html")
        || ((begins("<?xml") || begins("<!--")) && has_root())
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("{}: cannot be read: {}", name(path), super::super::io::reason(error))
}

/// What the walk could not do; `None` for a link back to where it came from, since all that is
/// there is walked anyway.
fn trouble(root: &Path, error: &ignore::Error) -> Option<String> {
    let mut path = root;
    let mut error = error;
    loop {
        match error {
            ignore::Error::WithPath { path: at, err } => (path, error) = (at, err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                error = err;
            }
            ignore::Error::Loop { .. } => return None,
            ignore::Error::Io(error) => return Some(unreadable(path, error)),
            error => return Some(format!("{}: cannot be read: {error}", name(path))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_at_its_head() {
        for head in [
            "<!DOCTYPE html>",
            "\u{feff}\n <HTML lang=en>",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C\">\n<html>",
            "<!-- saved from url=(0019)https://example.org -->\n<html>",
        ] {
            assert!(begins_as_html(head.as_bytes()), "{head}");
        }
        for head in ["", "<", "<svg>", "<?xml version=\"1.0\"?><rss>", "html", "<!doctype svg>"] {
            assert!(!begins_as_html(head.as_bytes()), "{head}");
        }
    }
}
