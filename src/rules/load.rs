//! Reads rule files from directories.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::source::layer::Layer;
use super::source::problem::Problem;
use super::source::resolve::Text;

/// The largest rule file that is read, in bytes. The largest shipped one has under 200 KB.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// The most directories below one that is given.
const MAX_DIRS: usize = 10_000;

/// Rule files, and what could not be read.
#[derive(Default)]
pub(super) struct Loaded {
    /// Each with its real path.
    pub(super) texts: Vec<(Option<PathBuf>, Text)>,
    pub(super) problems: Vec<Problem>,
}

/// Reads a rule file, or all rule files below a directory.
pub(super) fn load(path: &Path, layer: Layer) -> Loaded {
    let mut loaded = Loaded::default();
    // A file that is named may be a pipe; in a directory only files are looked for.
    let files = if path.is_dir() { loaded.find(path) } else { vec![path.to_path_buf()] };
    // Whoever names a directory means that there is something; a layer's may be empty yet.
    if files.is_empty() && loaded.problems.is_empty() && layer == Layer::Given {
        loaded.trouble(path, "there is no .yaml or .yml file in this directory".into());
    }
    for file in files {
        match read(&file) {
            Ok(text) => {
                let text = Text { name: file.display().to_string(), text, layer };
                loaded.texts.push((fs::canonicalize(&file).ok(), text));
            }
            Err(error) => loaded.trouble(&file, reason(&file, &error)),
        }
    }
    loaded
}

impl Loaded {
    fn trouble(&mut self, path: &Path, message: String) {
        self.problems.push(Problem {
            file: path.display().to_string(),
            message,
            ..Problem::default()
        });
    }

    /// The rule files below `top`, sorted. Links are followed, but no directory is read twice.
    fn find(&mut self, top: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut seen = BTreeSet::new();
        let mut dirs = vec![top.to_path_buf()];
        while let Some(dir) = dirs.pop() {
            if !fs::canonicalize(&dir).is_ok_and(|real| seen.insert(real)) {
                continue;
            }
            if seen.len() > MAX_DIRS {
                self.trouble(top, format!("there are more than {MAX_DIRS} directories in it"));
                return Vec::new();
            }
            let entries = fs::read_dir(&dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            let mut entries = match entries {
                Ok(entries) => entries,
                Err(error) => {
                    self.trouble(&dir, reason(&dir, &error));
                    continue;
                }
            };
            // Where two links lead to one directory, the first by name is read.
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
            for entry in entries {
                // Editors keep their own files beside those they edit, with a dot before the name.
                if entry.file_name().to_string_lossy().starts_with('.') {
                    continue;
                }
                let path = entry.path();
                let named = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
                match fs::metadata(&path) {
                    Ok(meta) if meta.is_dir() => dirs.push(path),
                    Ok(meta) if named && !meta.is_file() => {
                        self.trouble(&path, "this is neither a file nor a directory".into());
                    }
                    // What cannot be looked at is reported when it is read.
                    _ if named => files.push(path),
                    _ => {}
                }
            }
        }
        files.sort();
        files
    }
}

fn read(path: &Path) -> io::Result<String> {
    // The size that a pipe or a device reports says nothing; what is read does.
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let most = MAX_FILE_BYTES >> 20;
        return Err(io::Error::other(format!(
            "it has more than {most} MiB, which no rule file needs"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let bytes = error.as_bytes();
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return io::Error::other("it is UTF-16; save it as UTF-8");
        }
        let before = bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        io::Error::other(format!("it is not UTF-8 (line {line}); save it as UTF-8"))
    })
}

/// Why `path` cannot be read, for its owner.
fn reason(path: &Path, error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or(&text);
    let why = match error.kind() {
        ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => format!("it is a link to {}, which is not there", target.display()),
            Err(_) => "there is no such file".into(),
        },
        ErrorKind::PermissionDenied => "permission denied".into(),
        _ => text.to_string(),
    };
    format!("cannot be read: {why}")
}
