//! `dehusk rules test --pages`: what rules change on a directory of pages.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::args::TestArgs;
use crate::cli::exit::Outcome;
use crate::cli::io::{self, Input};
use crate::cli::terminal::printable;
use crate::cli::{Stop, complain, put};
use dehusk::{Category, Cleaner, Cut, Limits, Suite, address_of};

const GOES: Style = AnsiColor::Red.on_default().bold();
const STAYS: Style = AnsiColor::Green.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// The endings of the files in a directory that are pages.
const PAGES: [&str; 10] =
    ["html", "htm", "xhtml", "xht", "shtml", "md", "markdown", "mdown", "txt", "text"];

/// The characters of a text that are shown.
const TEXT_CHARS: usize = 120;

/// The version of the form of records.
const VERSION: u32 = 1;

/// What rules change on a set of pages, as far as somebody has looked at it and found it right.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    version: u32,
    /// Pages on which something changes, in the order of their paths.
    pages: Vec<Page>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Page {
    path: String,
    /// Of the page's bytes: a page that has changed is another page.
    sha256: String,
    changes: Vec<Change>,
}

/// A piece of a page that comes or goes with the rules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Change {
    /// It goes with the rules and stays without them; else the other way round.
    goes: bool,
    line: usize,
    category: Category,
    rule: String,
    points: i32,
    text: String,
}

pub(super) fn run(args: &TestArgs, suite: &Suite, dir: &Path) -> Result<Outcome, Stop> {
    let files = files(dir)
        .map_err(|error| Stop::usage(format!("{}: {}", io::name(dir), io::reason(&error))))?;
    if files.is_empty() {
        return Err(Stop::usage(format!(
            "{}: there is no page in this directory (.html, .md, .txt and their like)",
            io::name(dir)
        )));
    }
    let place = record_place(args);
    if args.accept && place.is_none() {
        return Err(Stop::usage("--accept writes beside a rule file; name one"));
    }
    let record = place.as_deref().map(read).transpose()?.flatten();
    let (with, without) = suite.with_and_without();
    let categories: Vec<Category> = Category::CORE.into_iter().chain(suite.categories()).collect();
    let for_sites = with.entries().iter().any(|entry| !entry.sites.is_empty());
    let cleaner = |rules| Cleaner::new(rules).categories(categories.iter().copied());
    let (with, without) = (cleaner(with), cleaner(without));
    let mut seen = Record { version: VERSION, pages: Vec::new() };
    let (mut failed, mut homeless) = (false, 0);
    for file in &files {
        let compared = compare(file, &with, &without, args.url.as_deref());
        homeless += usize::from(compared.as_ref().is_ok_and(|(_, known)| !known));
        match compared.map(|(page, _)| page) {
            Ok(page) if page.changes.is_empty() => {}
            Ok(page) => seen.pages.push(page),
            Err(message) => {
                complain(&message);
                failed = true;
            }
        }
    }
    if for_sites && homeless > 0 {
        let of = files.len();
        complain(&format!(
            "note: {homeless} of {of} pages do not say where they are from, so rules for sites did \
             not run on them; give the address with --url"
        ));
    }
    let news = news(&seen, record.as_ref());
    if args.json {
        put(None, &mut json(&news).as_bytes())?;
    } else {
        let report = text(&news, files.len(), record.as_ref());
        anstream::stdout()
            .lock()
            .write_all(report.as_bytes())
            .map_err(|error| Stop::write("standard output", &error))?;
    }
    if let Some(place) = place.filter(|_| args.accept) {
        let text = serde_json::to_string_pretty(&seen).map_err(|e| Stop::failed(e.to_string()))?;
        put(Some(&place), &mut format!("{text}\n").as_bytes())?;
        return Ok(if failed { Outcome::Failed } else { Outcome::Done });
    }
    let differs = record.is_some() && !news.is_empty();
    Ok(match (failed, differs) {
        (true, _) => Outcome::Failed,
        (false, true) => Outcome::Found,
        (false, false) => Outcome::Done,
    })
}

/// The pages below a directory, sorted.
fn files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut dirs, mut files) = (vec![dir.to_path_buf()], Vec::new());
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            let path = entry.path();
            let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
            if entry.file_type()?.is_dir() {
                dirs.push(path);
            } else if ending.is_some_and(|ending| PAGES.contains(&ending.as_str()))
                // A pipe would be waited for.
                && fs::metadata(&path).map_or(true, |found| found.is_file())
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Where the record of the rules stands: `mine.pages.json` beside `mine.yaml`, `pages.json` in a
/// directory of rules.
fn record_place(args: &TestArgs) -> Option<PathBuf> {
    let rules = args.own.first().or(args.rules.paths.first())?;
    Some(if rules.is_dir() { rules.join("pages.json") } else { rules.with_extension("pages.json") })
}

fn read(place: &Path) -> Result<Option<Record>, Stop> {
    let text = match fs::read_to_string(place) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Stop::usage(format!("{}: {}", io::name(place), io::reason(&error))));
        }
    };
    match serde_json::from_str::<Record>(&text) {
        Ok(record) if record.version == VERSION => Ok(Some(record)),
        Ok(record) => Err(Stop::usage(format!(
            "{}: a record of version {}; this version of dehusk reads version {VERSION}",
            io::name(place),
            record.version
        ))),
        Err(error) => Err(Stop::usage(format!(
            "{}: this is not a record of --accept: {error}; delete it to begin anew",
            io::name(place)
        ))),
    }
}

/// What changes on a page, and whether its address is known: `url`, if it does not say it.
fn compare(
    file: &Path,
    with: &Cleaner,
    without: &Cleaner,
    url: Option<&str>,
) -> Result<(Page, bool), String> {
    let limit = Limits::default().max_bytes;
    let content = Input::new(file).read(limit)?;
    let name = io::name(file);
    if let Some(trouble) = &content.trouble {
        return Err(format!("{name}: not cleaned: {trouble}"));
    }
    let page = &content.bytes;
    let url = address_of(page).or(url.map(str::to_string));
    let cuts = |cleaner: &Cleaner| {
        let cleaner = cleaner.clone().name(Some(file.to_path_buf())).url(url.clone());
        cleaner.clean(page).map(|cleaned| cleaned.cuts).map_err(|e| format!("{name}: {e}"))
    };
    let (after, before) = (cuts(with)?, cuts(without)?);
    let changes = |cuts: &[Cut], others: &[Cut], goes: bool| -> Vec<Change> {
        let own = cuts.iter().filter(|cut| !covered(page, cut, others));
        own.map(|cut| Change {
            goes,
            line: cut.place.line,
            category: cut.category,
            rule: cut.rule.id.clone(),
            points: cut.points,
            text: shorten(&cut.text),
        })
        .collect()
    };
    let mut all = changes(&after, &before, true);
    all.extend(changes(&before, &after, false));
    all.sort_by_key(|change| change.line);
    let sha256 = Sha256::digest(page).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((Page { path: name, sha256, changes: all }, url.is_some()))
}

/// Whether others take all of the cut, white space aside.
fn covered(page: &[u8], cut: &Cut, others: &[Cut]) -> bool {
    let mut at = cut.place.range.start;
    let blank = |from: usize, to: usize| {
        page.get(from..to.max(from)).unwrap_or_default().iter().all(u8::is_ascii_whitespace)
    };
    for other in others.iter().map(|cut| &cut.place.range) {
        if other.end > at && other.start < cut.place.range.end {
            if !blank(at, other.start) {
                return false;
            }
            at = at.max(other.end);
        }
    }
    blank(at, cut.place.range.end)
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

/// A change that is not in the record, or one of the record that is not there any more.
struct News<'a> {
    path: &'a str,
    change: &'a Change,
    /// It stands in the record and did not happen.
    over: bool,
}

fn news<'a>(seen: &'a Record, record: Option<&'a Record>) -> Vec<News<'a>> {
    // Lines and points may move without anybody having to look again.
    let key = |page: &'a Page, change: &'a Change| {
        (&page.sha256, change.goes, change.category, &change.text)
    };
    let all = |record: &'a Record| {
        record.pages.iter().flat_map(|page| page.changes.iter().map(move |change| (page, change)))
    };
    let known: BTreeSet<_> =
        record.into_iter().flat_map(all).map(|(page, change)| key(page, change)).collect();
    let now: BTreeSet<_> = all(seen).map(|(page, change)| key(page, change)).collect();
    let new = all(seen).filter(|(page, change)| !known.contains(&key(page, change)));
    let over = record.into_iter().flat_map(all);
    let over = over.filter(|(page, change)| !now.contains(&key(page, change)));
    new.map(|(page, change)| News { path: &page.path, change, over: false })
        .chain(over.map(|(page, change)| News { path: &page.path, change, over: true }))
        .collect()
}

fn json(news: &[News<'_>]) -> String {
    let mut out = String::new();
    for News { path, change, over } in news {
        let mut value = serde_json::json!(change);
        value["path"] = (*path).into();
        value["accepted"] = (*over).into();
        let _ = writeln!(out, "{value}");
    }
    out
}

fn text(news: &[News<'_>], files: usize, record: Option<&Record>) -> String {
    let mut out = String::new();
    for News { path, change, over } in news {
        let (style, what) = match (change.goes, over) {
            (true, false) => (GOES, "goes"),
            (false, false) => (STAYS, "no longer goes"),
            (true, true) => (STAYS, "was accepted to go, and stays"),
            (false, true) => (GOES, "was accepted to stay, and goes"),
        };
        let rule = printable(&change.rule);
        let _ = writeln!(
            out,
            "{}:{}  {style}{what}{style:#}, {} ({rule}, {} points)\n    {DIM}> {}{DIM:#}",
            printable(path),
            change.line,
            change.category,
            change.points,
            printable(&change.text)
        );
    }
    let count = |goes: bool| news.iter().filter(|n| !n.over && n.change.goes == goes).count();
    let (goes, stays) = (count(true), count(false));
    let pages = if files == 1 { "1 page".to_string() } else { format!("{files} pages") };
    let than = if record.is_some() { " that is not in the record" } else { "" };
    let gap = if news.is_empty() { "" } else { "\n" };
    let _ = write!(out, "{gap}{pages}: {goes} newly going, {stays} no longer going{than}");
    let over = news.iter().filter(|n| n.over).count();
    if over > 0 {
        let _ = write!(out, "; {over} of the record did not happen");
    }
    out.push('\n');
    out
}
