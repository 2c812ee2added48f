//! What is to be done: each input with its places.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use dehusk::From;

use super::super::Stop;
use super::super::args::{CleanArgs, ToArg};
use super::super::compress;
use super::super::io::{self, Input, name};
use super::args::ManyArgs;
use super::walk::walk;

/// A file to be cleaned, or copied.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) input: Input,
    /// Its name below the output directory and the directory of the records.
    pub(super) key: PathBuf,
    pub(super) target: Option<PathBuf>,
    pub(super) record: Option<PathBuf>,
    pub(super) page: bool,
}

/// What is to be done, in order; or why not, for the user.
pub(super) type Plan = Vec<Result<Job, String>>;

/// Plans a run over `inputs`, of which the first `named` are arguments and the rest comes from
/// a list.
pub(super) fn plan(args: &CleanArgs, inputs: &[PathBuf], named: usize) -> Result<Plan, Stop> {
    let many = &args.many;
    let results: Vec<PathBuf> = [&many.output_dir, &many.record_dir]
        .into_iter()
        .flatten()
        .filter_map(|dir| fs::canonicalize(dir).ok())
        .collect();
    let mut plan = Plan::new();
    for (at, path) in inputs.iter().enumerate() {
        if at < named && path.as_os_str() == "-" {
            if many.output_dir.is_some() || many.in_place {
                return Err(Stop::usage(
                    "standard input has no name to be written under; clean it by itself, with -o",
                ));
            }
            plan.push(Ok(job(many, args.output.to, Input::Stdin, PathBuf::new(), true)));
            continue;
        }
        let is_dir = match fs::metadata(path) {
            Ok(file) => file.is_dir(),
            Err(error) => {
                plan.push(Err(format!("{}: cannot be read: {}", name(path), io::reason(&error))));
                continue;
            }
        };
        if is_dir {
            check_apart(path, many)?;
        }
        let Some(key) = key(path, at < named, is_dir && inputs.len() == 1) else {
            plan.push(Err(format!(
                "{}: left out: with `..` its result could land outside of the directory for \
                 results; list names from a directory above",
                name(path)
            )));
            continue;
        };
        if !is_dir {
            plan.push(Ok(job(many, args.output.to, Input::File(path.clone()), key, true)));
            continue;
        }
        plan.extend(walk(path, many, &results)?.into_iter().map(|found| {
            let found = found?;
            let key = key.join(found.path.strip_prefix(path).unwrap_or(&found.path));
            Ok(job(many, args.output.to, Input::File(found.path), key, found.page))
        }));
    }
    places(plan, many, args.report.summary_json.as_deref())
}

/// The name of an input's result below the directory for results: `None` if it could lead out.
fn key(path: &Path, named: bool, alone: bool) -> Option<PathBuf> {
    if alone {
        return Some(PathBuf::new());
    }
    if named {
        // As `cp` does. `.` and `..` have no name, and stand for what is in them.
        return Some(path.file_name().map(PathBuf::from).unwrap_or_default());
    }
    let mut key = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => key.push(part),
            Component::ParentDir => return None,
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    Some(key)
}

fn job(args: &ManyArgs, to: ToArg, input: Input, key: PathBuf, page: bool) -> Job {
    let target = match &args.output_dir {
        Some(dir) if page => Some(dir.join(converted(&key, to))),
        Some(dir) => Some(dir.join(&key)),
        None if args.in_place => input.path().map(Path::to_path_buf),
        None => None,
    };
    let record = args.record_dir.as_ref().filter(|_| page).map(|dir| dir.join(record_name(&key)));
    Job { input, key, target, record, page }
}

/// `page.html` is `page.md` as Markdown, and `page.html.gz` is `page.md.gz`.
fn converted(key: &Path, to: ToArg) -> PathBuf {
    let extension = match to {
        ToArg::Same | ToArg::Html => return key.to_path_buf(),
        ToArg::Text => "txt",
        ToArg::Markdown => "md",
        ToArg::Json => "json",
    };
    let inner = compress::inner_name(key);
    let packed = key.extension().filter(|_| compress::Method::by_name(key).is_some());
    let mut new: OsString = match (From::by_name(inner), inner.file_stem()) {
        (Some(_), Some(stem)) => stem.into(),
        _ => inner.into(),
    };
    new.push(".");
    new.push(extension);
    if let Some(packed) = packed {
        new.push(".");
        new.push(packed);
    }
    key.with_file_name(new)
}

fn record_name(key: &Path) -> PathBuf {
    let mut record = key.as_os_str().to_os_string();
    record.push(".json");
    record.into()
}

/// Refuses a directory whose results would land in itself.
fn check_apart(input: &Path, args: &ManyArgs) -> Result<(), Stop> {
    let Some(output) = &args.output_dir else { return Ok(()) };
    match (fs::canonicalize(input), fs::canonicalize(output)) {
        (Ok(one), Ok(other)) if one == other => Err(Stop::usage(format!(
            "{}: this is the output directory too; --in-place replaces files by their results",
            name(input)
        ))),
        _ => Ok(()),
    }
}

/// Refuses what would be written over an input or over another result; drops inputs that are
/// named twice.
fn places(plan: Plan, args: &ManyArgs, summary: Option<&Path>) -> Result<Plan, Stop> {
    let mut folders = Folders::default();
    let output = args.output_dir.as_ref().and_then(|dir| fs::canonicalize(dir).ok());
    let mut taken: BTreeMap<PathBuf, (PathBuf, String)> = BTreeMap::new();
    let mut within: BTreeSet<PathBuf> = BTreeSet::new();
    let results = args.output_dir.as_deref().map(|dir| (dir, real_dir(dir)));
    let records = args.record_dir.as_deref().map(|dir| (dir, real_dir(dir)));
    let mut kept = Plan::with_capacity(plan.len());
    for job in plan {
        let Ok(job) = job else {
            kept.push(job);
            continue;
        };
        let Some(path) = job.input.path() else {
            kept.push(Ok(job));
            continue;
        };
        let source = folders.real(path, args.in_place);
        if let Some(output) = &output
            && let Ok(inner) = source.strip_prefix(output)
        {
            within.insert(inner.to_path_buf());
        }
        // In place it is the file itself that can be named twice.
        let place = if args.in_place { Some(&source) } else { job.target.as_ref() };
        let place = place.map(|place| (place, moved(place, results.as_ref())));
        let record = job.record.as_ref().map(|record| (record, moved(record, records.as_ref())));
        let mut again = false;
        for (place, real) in place.into_iter().chain(record) {
            match taken.get(&real) {
                Some((first, _)) if *first == source => again = true,
                Some((_, first)) => {
                    return Err(Stop::usage(format!(
                        "{first} and {} would both become {}; clean them in two runs, each with a \
                         directory of its own for results",
                        job.input.name(),
                        name(place)
                    )));
                }
                None => {
                    taken.insert(real, (source.clone(), job.input.name()));
                }
            }
        }
        if !again {
            kept.push(Ok(job));
        }
    }
    if let Some(summary) = summary
        && let Some((_, first)) = taken.get(&real_dir(summary))
    {
        return Err(Stop::usage(format!(
            "{}: the summary would replace what {first} becomes; name another file",
            name(summary)
        )));
    }
    if !within.is_empty()
        && let Some(output) = &args.output_dir
    {
        for job in kept.iter().flatten() {
            let inner = job.target.as_ref().and_then(|target| target.strip_prefix(output).ok());
            if inner.is_some_and(|inner| within.contains(inner)) {
                return Err(Stop::usage(format!(
                    "the result of {} would replace an input, {}; choose an --output-dir that \
                     holds no inputs",
                    job.input.name(),
                    name(&output.join(inner.unwrap_or(output)))
                )));
            }
        }
    }
    Ok(kept)
}

/// A directory's real path, as far as it is there: the same for every spelling.
fn real_dir(dir: &Path) -> PathBuf {
    let there = |dir: &Path| fs::canonicalize(dir).ok();
    there(dir)
        .or_else(|| Some(there(io::directory(dir))?.join(dir.file_name()?)))
        .or_else(|| std::path::absolute(dir).ok())
        .unwrap_or_else(|| dir.to_path_buf())
}

/// `path` by the real path of the directory that it was put in.
fn moved(path: &Path, dir: Option<&(&Path, PathBuf)>) -> PathBuf {
    let inner = dir.and_then(|(dir, real)| Some(real.join(path.strip_prefix(dir).ok()?)));
    inner.unwrap_or_else(|| path.to_path_buf())
}

/// Directories by their real paths, looked up once.
#[derive(Default)]
struct Folders(BTreeMap<PathBuf, PathBuf>);

impl Folders {
    /// The path of a file without links in its directories; `follow`: nor as its last part.
    fn real(&mut self, path: &Path, follow: bool) -> PathBuf {
        if follow && let Ok(path) = fs::canonicalize(path) {
            return path;
        }
        let (dir, file) = (io::directory(path), path.file_name().unwrap_or_default());
        if !self.0.contains_key(dir) {
            let real = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
            self.0.insert(dir.to_path_buf(), real);
        }
        self.0.get(dir).map_or_else(|| path.to_path_buf(), |dir| dir.join(file))
    }
}

/// The names in a list: each on a line, or each ended by a NUL.
pub(super) fn list(list: &[u8], null: bool) -> Vec<PathBuf> {
    let separator = if null || list.contains(&0) { 0 } else { b'\n' };
    list.split(|byte| *byte == separator).filter(|name| !name.is_empty()).map(path).collect()
}

#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(name).into()
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    let name = name.strip_suffix(b"\r").unwrap_or(name);
    String::from_utf8_lossy(name).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let names = |text: &[u8], null| list(text, null);
        assert_eq!(names(b"a\nb c\n\nd", false), ["a", "b c", "d"].map(PathBuf::from));
        assert_eq!(names(b"a\nb\0c\0", false), ["a\nb", "c"].map(PathBuf::from));
        assert_eq!(names(b"a\nb", true), [PathBuf::from("a\nb")]);
        assert!(names(b"", false).is_empty() && names(b"\n\n", false).is_empty());
    }

    #[test]
    fn names_of_results() {
        let key = |path: &str| key(Path::new(path), false, false);
        assert_eq!(key("a/./b.html"), Some("a/b.html".into()));
        assert_eq!(key("/srv/a.html"), Some("srv/a.html".into()));
        assert_eq!(key("a/../../b.html"), None);
        let converted = |name: &str| converted(Path::new(name), ToArg::Markdown);
        assert_eq!(converted("a/page.html"), Path::new("a/page.md"));
        assert_eq!(converted("page.html.gz"), Path::new("page.md.gz"));
        assert_eq!(converted("index.php"), Path::new("index.php.md"));
        assert_eq!(converted("article"), Path::new("article.md"));
        assert_eq!(record_name(Path::new("a/page.html")), Path::new("a/page.html.json"));
    }
}
