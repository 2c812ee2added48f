//! The fixtures under `tests/pages`: pages, text and Markdown written for these tests.
//!
//! Beside each stands a `.expect` file with lines `- text` (must be gone) and `+ text` (must
//! stay). A line that begins with `~` is a known gap: `~- text` should be gone and is still
//! there, `~+ text` should be there and is lost; the day it is mended the line must be, too. The
//! snapshots show what became of each block, and then the result.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use dehusk::{Cleaner, Format, Rules, Verdict};

fn fixtures() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|e| ["html", "txt", "md"].contains(&e.to_str().unwrap_or("")))
        })
        .collect();
    files.sort();
    assert!(files.len() >= 30, "the fixtures are there");
    files
}

fn cleaner(path: &Path) -> Cleaner {
    Cleaner::new(Rules::builtin()).name(Some(path.to_path_buf()))
}

/// The visible text of a cleaned fixture, white space collapsed.
fn visible(path: &Path, bytes: &[u8]) -> String {
    // With no rules cleaning only decodes; blocks then are all there is to see.
    let nothing = Cleaner::new(Rules::none()).name(Some(path.to_path_buf()));
    let blocks = nothing.blocks(bytes).expect("fixtures are within the limits");
    blocks.into_iter().map(|block| block.text).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_asks_is_gone_and_what_tells_stays() {
    let mut wrong = String::new();
    for path in fixtures() {
        let name = path.file_name().unwrap().to_string_lossy().to_string();
        let input = fs::read(&path).unwrap();
        let expectations = fs::read_to_string(path.with_extension("expect")).unwrap();
        let cleaned = cleaner(&path).clean(&input).unwrap();
        let before = visible(&path, &input);
        let after = visible(&path, &cleaned.output);
        for line in expectations.lines() {
            let (gap, line) = match line.strip_prefix('~') {
                Some(rest) => (true, rest),
                None => (false, line),
            };
            let Some((sign @ ("- " | "+ "), text)) = line.split_at_checked(2) else { continue };
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (was, is) = (before.matches(&text).count(), after.matches(&text).count());
            let good = if sign == "- " { is < was } else { is > 0 };
            let word = match (was, sign, good, gap) {
                (0, ..) => "never there",
                (_, "- ", false, false) => "still there",
                (_, "+ ", false, false) => "lost",
                (_, _, true, true) => "mended: no gap any more",
                _ => continue,
            };
            writeln!(wrong, "{name}: {word}: {text}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn snapshots() {
    for path in fixtures() {
        let name = path.file_name().unwrap().to_string_lossy().replace('.', "-");
        let input = fs::read(&path).unwrap();
        let cleaner = cleaner(&path);
        let mut shown = String::new();
        for block in cleaner.blocks(&input).unwrap() {
            let text: String = block.text.chars().take(70).collect();
            let verdict = match &block.verdict {
                Verdict::Kept => "keep".to_string(),
                Verdict::Near(near) => {
                    format!("near {} {} {}", near.category, near.rule.id, near.points)
                }
                Verdict::Cut(cut) => {
                    format!("CUT  {} {} {}", cut.category, cut.rule.id, cut.points)
                }
                _ => unreachable!(),
            };
            writeln!(shown, "{verdict:<42} {:<8} {text}", block.element).unwrap();
        }
        let cleaned = cleaner.clean(&input).unwrap();
        let text = cleaned.render(Format::Text).unwrap();
        let output = format!("{shown}\n----\n{}", text.trim_end());
        insta::with_settings!({
            snapshot_path => "../snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, output);
        });
    }
}
