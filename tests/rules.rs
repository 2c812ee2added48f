//! The shipped rule files.

mod docs;
mod proof;
mod wrong;

use std::fs;
use std::path::{Path, PathBuf};

use dehusk::{Cleaner, Rules};

fn shipped() -> Vec<PathBuf> {
    let mut dirs = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")];
    let mut files = Vec::new();
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() > 20, "the rules are there");
    files
}

/// A rule file must mean the same to the YAML 1.1 dialect of libyaml as to the parser that reads
/// it here, or its authors' other tools would read other rules.
#[test]
fn two_parsers_read_the_same() {
    for path in shipped() {
        let text = fs::read_to_string(&path).unwrap();
        let ours: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let theirs: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(ours, theirs, "{}", path.display());
    }
}

/// The shipped rules are the same whether they come packed in the binary or from their files.
#[test]
fn packed_rules_are_the_rules_of_the_files() {
    let read = Rules::builder()
        .use_builtin(false)
        .path(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"))
        .build()
        .unwrap_or_else(|errors| panic!("{errors}"));
    let packed = Rules::builtin();
    assert_eq!(read.len(), packed.len());
    let page = "<p>The mill is old.</p><p>Sign up for our newsletter</p><p>Advertisement</p>\
        <p>Please support our journalism with a donation.</p><p>It stood empty for long.</p>";
    let cuts = |rules: Rules| {
        let cleaned = Cleaner::new(rules).clean(page.as_bytes()).unwrap();
        cleaned.cuts.iter().map(|c| (c.rule.id.clone(), c.points)).collect::<Vec<_>>()
    };
    let found = cuts(packed);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found, cuts(read));
}

/// Phrases are sorted and written once, so that a change to a list shows as one line.
#[test]
fn lists_are_sorted() {
    for path in shipped() {
        let file: serde_json::Value =
            serde_saphyr::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let Some(lists) = file["lists"].as_object() else { continue };
        for (name, languages) in lists {
            for (language, phrases) in languages.as_object().unwrap() {
                let Some(phrases) = phrases.as_array() else { continue };
                let texts: Vec<&str> = phrases.iter().filter_map(|p| p.as_str()).collect();
                let mut sorted = texts.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(texts, sorted, "{} {name} {language}", path.display());
            }
        }
    }
}
