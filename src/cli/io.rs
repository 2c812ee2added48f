//! Reading inputs, and writing outputs so that no half file is ever seen.

use std::fs;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use super::terminal::{self, printable};

/// The links that are followed to find the file that an output path means, as on Linux.
const MAX_LINKS: usize = 40;

/// An input file, or standard input.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

/// What was read from an input.
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    /// What is still to be read, if the input is larger than the limit.
    pub(crate) rest: Option<Box<dyn Read>>,
}

impl Input {
    pub(crate) fn new(path: &Path) -> Input {
        if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_path_buf()) }
    }

    /// The inputs that a list of files means: standard input if there are none.
    pub(crate) fn all(files: &[PathBuf]) -> Vec<Input> {
        if files.is_empty() {
            vec![Input::Stdin]
        } else {
            files.iter().map(|f| Input::new(f)).collect()
        }
    }

    /// The file's path, for what goes by its name.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Input::Stdin => None,
            Input::File(path) => Some(path),
        }
    }

    /// The name in messages, safe to print.
    pub(crate) fn name(&self) -> String {
        self.path().map_or("standard input".into(), name)
    }

    /// Reads the input, up to a byte over `limit`; the error is for the user.
    pub(crate) fn read(&self, limit: usize) -> Result<Content, String> {
        self.try_read(limit)
            .map_err(|error| format!("{}: cannot be read: {}", self.name(), reason(&error)))
    }

    fn try_read(&self, limit: usize) -> io::Result<Content> {
        let mut source: Box<dyn Read> = match self {
            Input::Stdin => Box::new(io::stdin().lock()),
            Input::File(path) => {
                let file = fs::File::open(path)?;
                if file.metadata()?.is_dir() {
                    return Err(ErrorKind::IsADirectory.into());
                }
                Box::new(file)
            }
        };
        let mut bytes = Vec::new();
        source.by_ref().take(limit.saturating_add(1) as u64).read_to_end(&mut bytes)?;
        let rest = (bytes.len() > limit).then_some(source);
        Ok(Content { bytes, rest })
    }
}

/// The name of a file in messages, safe to print.
pub(crate) fn name(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Whether an output path means standard output.
pub(crate) fn is_stdout(target: Option<&Path>) -> bool {
    target.is_none_or(|path| path.as_os_str() == "-")
}

/// What went wrong, in words.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::IsADirectory => "this is a directory, not a file".into(),
        ErrorKind::PermissionDenied if error.get_ref().is_none() => "permission denied".into(),
        _ => {
            let text = error.to_string();
            text.split(" (os error ").next().unwrap_or(&text).to_string()
        }
    }
}

/// Writes to a file, or to standard output.
///
/// A file is written under another name in the same directory and then renamed, so that at every
/// moment there is the old file or the new one. What is not a regular file (a pipe, a device) is
/// written to directly.
pub(crate) fn write(target: Option<&Path>, content: &mut dyn Read) -> io::Result<()> {
    let Some(path) = target.filter(|_| !is_stdout(target)) else {
        let mut out = io::stdout().lock();
        if out.is_terminal() {
            return terminal::show(content, &mut out);
        }
        io::copy(content, &mut out)?;
        return out.flush();
    };
    let old = match fs::metadata(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        let mut file = fs::OpenOptions::new().write(true).open(path)?;
        return io::copy(content, &mut file).map(drop);
    }
    // A link stays a link: what it points to is replaced, or made.
    let path = linked(path);
    let mut file = temporary(&path)?;
    io::copy(content, &mut file)?;
    if let Some(old) = old {
        keep_owner(file.as_file(), &old);
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// The path that `path` stands for when links are followed, whether or not a file is there.
fn linked(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = directory(&path).join(target);
    }
    path
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

/// Whether two paths lead to the same place, whether or not a file is there yet.
pub(crate) fn same_place(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        let path = linked(path);
        let dir = fs::canonicalize(directory(&path)).ok()?;
        Some(dir.join(path.file_name()?))
    };
    a == b || place(a).is_some_and(|a| place(b) == Some(a))
}

/// A file beside `path`, to write to before it takes its name. Temporary files are private unless
/// asked; outputs are not, so the umask alone decides.
fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let dir = directory(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dehusk-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(dir).map_err(|error| {
        // The reader knows nothing of a temporary file: the trouble is with its directory.
        let dir = name(dir);
        match error.kind() {
            ErrorKind::NotFound => io::Error::other(format!("there is no directory `{dir}`")),
            ErrorKind::NotADirectory => io::Error::other(format!("`{dir}` is not a directory")),
            ErrorKind::PermissionDenied => {
                io::Error::other(format!("no permission to make a file in the directory `{dir}`"))
            }
            _ => error,
        }
    })
}

/// Gives the new file the owner of the old one where the system lets us; it is no failure if not.
#[cfg(unix)]
fn keep_owner(file: &fs::File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) {}
