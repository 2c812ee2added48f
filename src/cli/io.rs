//! Reading inputs, and writing outputs so that no half file is ever seen.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// An input file, or standard input.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    pub(crate) fn new(path: &Path) -> Input {
        if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_path_buf()) }
    }

    /// The inputs that a list of files means: standard input if there are none.
    pub(crate) fn all(files: &[PathBuf]) -> Vec<Input> {
        if files.is_empty() { vec![Input::Stdin] } else { files.iter().map(|f| Input::new(f)).collect() }
    }

    /// The file's path, for what goes by its name.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        match self {
            Input::Stdin => None,
            Input::File(path) => Some(path.clone()),
        }
    }

    /// The name in messages, safe to print.
    pub(crate) fn name(&self) -> String {
        match self {
            Input::Stdin => "standard input".to_string(),
            Input::File(path) => printable(&path.to_string_lossy()),
        }
    }

    /// Reads all of it, but no more than one byte over `limit`: enough for the library to see
    /// that it is too large.
    pub(crate) fn read(&self, limit: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let most = limit.saturating_add(1) as u64;
        match self {
            Input::Stdin => io::stdin().lock().take(most).read_to_end(&mut bytes)?,
            Input::File(path) => {
                let file = fs::File::open(path)?;
                if file.metadata()?.is_dir() {
                    return Err(io::Error::other("this is a directory, not a file"));
                }
                file.take(most).read_to_end(&mut bytes)?
            }
        };
        Ok(bytes)
    }
}

/// Writes to a file, or to standard output.
///
/// A file is written under another name in the same directory and then renamed, so that at every
/// moment there is the old file or the new one. What is not a regular file (a pipe, a device) is
/// written to directly.
pub(crate) fn write(target: Option<&Path>, bytes: &[u8]) -> io::Result<()> {
    let Some(path) = target.filter(|path| path.as_os_str() != "-") else {
        let mut out = io::stdout().lock();
        return out.write_all(bytes).and_then(|()| out.flush());
    };
    // A link stays a link: what it points to is replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let mut file = temporary(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file to write to before it is renamed. Temporary files are private unless asked; outputs are
/// not, so the umask alone decides.
fn temporary(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dehusk-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(dir)
}

/// `text` without what could steer a terminal: control characters and those that change the
/// direction of writing.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            c => c,
        })
        .collect()
}
