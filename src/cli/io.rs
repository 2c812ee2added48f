//! Reading inputs, and writing outputs so that no half file is ever seen.

use std::borrow::Cow;
use std::fs;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use super::compress::{self, Method, Unpacking};
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
    /// The input, unpacked if it was compressed.
    pub(crate) bytes: Vec<u8>,
    /// The input as it came, if it was compressed.
    pub(crate) packed: Option<Packed>,
    /// What is still to be read, if the input is larger than the limit.
    pub(crate) rest: Option<Box<dyn Read>>,
    /// Why it cannot be cleaned, for the user.
    pub(crate) trouble: Option<String>,
    /// Whether that is its size.
    too_large: bool,
}

/// A compressed input.
pub(crate) struct Packed {
    pub(crate) method: Method,
    pub(crate) source: Vec<u8>,
}

impl Content {
    /// Why it cannot be cleaned, with advice for commands that have the option.
    pub(crate) fn trouble(&self) -> Option<String> {
        let advice = if self.too_large { "; --max-bytes raises the limit" } else { "" };
        self.trouble.as_ref().map(|trouble| format!("{trouble}{advice}"))
    }

    /// The input as it came, or as much of it as may be read.
    pub(crate) fn source(&self) -> &[u8] {
        self.packed.as_ref().map_or(&self.bytes, |packed| &packed.source)
    }

    /// The input as it came, the whole of it.
    pub(crate) fn pass_on(&mut self) -> impl Read {
        let rest = self.rest.take().unwrap_or(Box::new(io::empty()));
        self.packed.as_ref().map_or(&*self.bytes, |packed| &packed.source).chain(rest)
    }

    /// `result` in the compression of the input.
    pub(crate) fn pack<'a>(&self, result: &'a [u8]) -> io::Result<Cow<'a, [u8]>> {
        match &self.packed {
            Some(packed) => packed.method.pack(result).map(Cow::Owned),
            None => Ok(Cow::Borrowed(result)),
        }
    }
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
        self.try_read(limit).map_err(|error| self.unreadable(&error))
    }

    /// Reads the input as it is, whatever its size; the error is for the user.
    pub(crate) fn read_plain(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        self.open()
            .and_then(|mut source| source.read_to_end(&mut bytes))
            .map_err(|error| self.unreadable(&error))?;
        Ok(bytes)
    }

    fn unreadable(&self, error: &io::Error) -> String {
        format!("{}: cannot be read: {}", self.name(), reason(error))
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Input::Stdin => Box::new(io::stdin().lock()),
            Input::File(path) => {
                let file = fs::File::open(path)?;
                if file.metadata()?.is_dir() {
                    return Err(ErrorKind::IsADirectory.into());
                }
                Box::new(file)
            }
        })
    }

    fn try_read(&self, limit: usize) -> io::Result<Content> {
        let mut source = self.open()?;
        let mut bytes = Vec::new();
        source.by_ref().take(limit.saturating_add(1) as u64).read_to_end(&mut bytes)?;
        if bytes.len() > limit {
            let trouble = Some(format!("larger than {limit} bytes"));
            return Ok(Content {
                bytes,
                packed: None,
                rest: Some(source),
                trouble,
                too_large: true,
            });
        }
        let mut content =
            Content { bytes, packed: None, rest: None, trouble: None, too_large: false };
        let Some(method) = Method::of(&content.bytes, self.path()) else { return Ok(content) };
        let source = std::mem::take(&mut content.bytes);
        match compress::unpack(method, &source, limit) {
            Ok(inner) => content.bytes = inner,
            Err(Unpacking::TooLarge) => {
                content.trouble = Some(format!("unpacked, it is larger than {limit} bytes"));
                content.too_large = true;
            }
            Err(Unpacking::Damaged(error)) => {
                let why = format!("it is not whole {}: {}", method.name(), reason(&error));
                content.trouble = Some(why);
            }
        }
        content.packed = Some(Packed { method, source });
        Ok(content)
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

/// When a file has to be on the disk, not only in the system's hands, before it takes its name.
///
/// A killed process loses nothing of what it wrote; only a machine that stops does. To wait for
/// the disk takes longer than to clean most pages, so it is done where more could be lost than
/// what a second run makes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sync {
    /// The source is still there.
    Never,
    /// What is replaced may be the only one.
    IfReplacing,
    Always,
}

/// Writes to a file, or to standard output.
///
/// A file is written under another name in the same directory and then renamed, so that at every
/// moment there is the old file or the new one. What is not a regular file (a pipe, a device) is
/// written to directly.
pub(crate) fn write(target: Option<&Path>, content: &mut dyn Read, sync: Sync) -> io::Result<()> {
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
    replace(&linked(path), old.as_ref(), content, sync)
}

/// Writes to the file `path` itself: a link of that name is replaced, not followed.
pub(crate) fn write_here(path: &Path, content: &mut dyn Read, sync: Sync) -> io::Result<()> {
    let old = match fs::symlink_metadata(path) {
        Ok(old) if old.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        Ok(old) => Some(old).filter(fs::Metadata::is_file),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    replace(path, old.as_ref(), content, sync)
}

fn replace(
    path: &Path,
    old: Option<&fs::Metadata>,
    content: &mut dyn Read,
    sync: Sync,
) -> io::Result<()> {
    let mut file = temporary(path)?;
    io::copy(content, &mut file)?;
    if let Some(old) = old {
        keep_owner(file.as_file(), old);
        file.as_file().set_permissions(old.permissions())?;
    }
    if sync == Sync::Always || (sync == Sync::IfReplacing && old.is_some()) {
        file.as_file().sync_all()?;
    }
    file.persist(path).map_err(|error| error.error)?;
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

/// The directory that a file of this path is in.
pub(crate) fn directory(path: &Path) -> &Path {
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

/// How the names of temporary files, and of all others that are not results, begin.
pub(crate) const OWN_PREFIX: &str = ".dehusk-";
const TEMPORARY_SUFFIX: &str = ".tmp";

/// How to compress what comes of `input`, which was compressed as `came`: a file as its name says,
/// or as it was if it is the input; standard output as the input, unless somebody is to read it.
pub(crate) fn method(input: &Input, came: Option<Method>, output: Option<&Path>) -> Option<Method> {
    match output.filter(|_| !is_stdout(output)) {
        Some(path) if input.path().is_some_and(|input| same_place(input, path)) => came,
        Some(path) => Method::by_name(path),
        None => came.filter(|_| !io::stdout().is_terminal()),
    }
}

/// A file beside `path`, to write to before it takes its name. Temporary files are private unless
/// asked; outputs are not, so the umask alone decides.
fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let dir = directory(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(OWN_PREFIX).suffix(TEMPORARY_SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    loop {
        let file = builder.tempfile_in(dir).map_err(|error| {
            // The reader knows nothing of a temporary file: the trouble is with its directory.
            let dir = name(dir);
            match error.kind() {
                ErrorKind::NotFound => io::Error::other(format!("there is no directory `{dir}`")),
                ErrorKind::NotADirectory => io::Error::other(format!("`{dir}` is not a directory")),
                ErrorKind::PermissionDenied => io::Error::other(format!(
                    "no permission to make a file in the directory `{dir}`"
                )),
                _ => error,
            }
        })?;
        // The lock says that it is being written; where the system has none, none is swept.
        if file.as_file().lock().is_err() || !is_unlinked(file.as_file()) {
            return Ok(file);
        }
    }
}

/// Removes the temporary files in `dir` whose writers were killed.
pub(crate) fn sweep(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let own = name.starts_with(OWN_PREFIX.as_bytes())
            && name.ends_with(TEMPORARY_SUFFIX.as_bytes())
            && entry.file_type()?.is_file();
        if !own {
            continue;
        }
        // Another run may have been quicker, and may.
        if let Ok(file) = fs::File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Whether another process swept the file away before it was locked.
#[cfg(unix)]
fn is_unlinked(file: &fs::File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|file| file.nlink() == 0)
}

#[cfg(not(unix))]
fn is_unlinked(_: &fs::File) -> bool {
    false
}

/// Gives the new file the owner of the old one where the system lets us; it is no failure if not.
#[cfg(unix)]
fn keep_owner(file: &fs::File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) {}
