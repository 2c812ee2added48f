//! Appeals and look-alikes in every language, one by one: `tests/appeals/LANGUAGE.yaml`.
//!
//! Each entry is set between paragraphs of neutral prose in its language, once as HTML and, if it
//! is written as plain lines, once as text. What is under a category must go, what is under
//! `keep` must stay, and so must the prose. An entry that begins with `<` is HTML. Under `gaps`
//! stands what is known to be missed; the day it is found it must move up.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use dehusk::{Cleaned, Cleaner, From, Rules};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    prose: Vec<String>,
    #[serde(default)]
    newsletter: Vec<String>,
    #[serde(default)]
    donation: Vec<String>,
    #[serde(default, rename = "ad-notice")]
    ad_notice: Vec<String>,
    keep: Vec<String>,
    #[serde(default)]
    gaps: BTreeMap<String, Vec<String>>,
}

fn files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/appeals");
    let mut files: Vec<PathBuf> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The page around an entry, and where the entry stands in it.
fn page(file: &File, entry: &str, html: bool) -> (String, usize, usize) {
    let block = |text: &str| match (html, text.trim_start().starts_with('<')) {
        (true, true) => format!("{text}\n"),
        (true, false) => text.trim().lines().map(|line| format!("<p>{line}</p>\n")).collect(),
        (false, _) => format!("{}\n\n", text.trim()),
    };
    let prose = |range: &[String]| range.iter().map(|text| block(text)).collect::<String>();
    let (before, after) = file.prose.split_at(file.prose.len() / 2);
    let mut page = if html {
        format!("<!DOCTYPE html>\n<title>{0}</title>\n<main><h1>{0}</h1>\n", file.title)
    } else {
        format!("{}\n\n", file.title)
    };
    page.push_str(&prose(before));
    let from = page.len();
    page.push_str(&block(entry));
    let to = page.len();
    page.push_str(&prose(after));
    if html {
        page.push_str("</main>\n");
    }
    (page, from, to)
}

/// The bytes other than white space of `range` that are gone, and those of the rest.
fn gone(page: &str, cleaned: &Cleaned<'_>, from: usize, to: usize) -> (usize, usize, usize) {
    let ink = |range: std::ops::Range<usize>| {
        page[range].bytes().filter(|byte| !byte.is_ascii_whitespace()).count()
    };
    let (mut inside, mut outside) = (0, 0);
    for cut in &cleaned.cuts {
        let range = &cut.place.range;
        inside += ink(range.start.clamp(from, to)..range.end.clamp(from, to));
        outside += ink(range.start.min(from)..range.end.min(from));
        outside += ink(range.start.max(to)..range.end.max(to));
    }
    (inside, ink(from..to), outside)
}

#[test]
fn appeals_go_and_what_looks_like_them_stays() {
    let mut wrong = String::new();
    let rules = Rules::builtin();
    for path in files() {
        let language = path.file_stem().unwrap().to_string_lossy().to_string();
        let file: File = serde_saphyr::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(file.prose.len() >= 4, "{language}: prose around the entries");
        let lists = [
            ("newsletter", &file.newsletter, false),
            ("donation", &file.donation, false),
            ("ad-notice", &file.ad_notice, false),
            ("keep", &file.keep, false),
        ];
        let gaps = file.gaps.iter().map(|(name, entries)| (name.as_str(), entries, true));
        for (list, entries, gap) in lists.into_iter().chain(gaps) {
            for entry in entries {
                let markup = entry.trim_start().starts_with('<');
                let mut good = true;
                let mut said = "";
                for html in [true, false] {
                    if !html && markup {
                        continue;
                    }
                    let (page, from, to) = page(&file, entry, html);
                    let kind = if html { From::Html } else { From::Text };
                    let cleaner = Cleaner::new(rules.clone()).from(kind);
                    let cleaned = cleaner.clean(page.as_bytes()).unwrap();
                    let (inside, all, outside) = gone(&page, &cleaned, from, to);
                    let right = if list == "keep" { inside == 0 } else { inside == all };
                    if outside > 0 || !right {
                        good = false;
                        said = match (html, outside > 0, list == "keep") {
                            (_, true, _) => "takes prose along",
                            (true, _, true) => "lost",
                            (true, _, false) => "still there",
                            (false, _, true) => "lost as text",
                            (false, _, false) => "still there as text",
                        };
                    }
                }
                if good == gap {
                    let said = if good { "mended: no gap any more" } else { said };
                    writeln!(wrong, "{language} {list}: {said}: {entry}").unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
