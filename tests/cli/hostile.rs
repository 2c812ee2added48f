//! Directories and files that somebody has prepared: nothing is written where it should not be,
//! nothing is waited for in vain, and what cannot be read is said to be so.

use std::fs;
use std::time::{Duration, Instant};

use super::packed::gzip;
use super::{CLEAN, Desk, PAGE};

fn desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    desk.put("pages/a.html", PAGE);
    desk
}

/// What stands where a record is to go and is none may be anything, an input too.
#[test]
fn a_record_replaces_nothing_but_records() {
    for to in [&["--in-place"][..], &["--output-dir", "clean"]] {
        let desk = desk();
        desk.put("pages/a.html.json", "{\"mine\": 1}");
        let args = [&["pages", "--record-dir", "pages"], to].concat();
        desk.run(&args).code(3).says("pages/a.html.json: there is something already");
        assert_eq!(desk.text("pages/a.html.json"), "{\"mine\": 1}");
        assert_eq!(desk.text("pages/a.html"), PAGE);
        // An older record is replaced.
        fs::remove_file(desk.path("pages/a.html.json")).unwrap();
        let args = [&args[..], &["-q"]].concat();
        desk.run(&args).code(0);
        desk.put("pages/a.html", PAGE);
        desk.run(&args).code(0);
    }
}

/// One directory has many spellings.
#[test]
fn a_record_and_a_result_are_not_one_file() {
    let desk = desk();
    desk.put("pages/a.html.json", "{\"mine\": 1}");
    let there = desk.path("there");
    let there = there.to_str().unwrap();
    for made in [false, true] {
        for (results, records) in [("out", "./out"), ("there", there), ("pages/../out", "out")] {
            if made {
                fs::create_dir_all(desk.path(results)).unwrap();
            }
            let dirs = ["pages", "--output-dir", results, "--record-dir", records];
            let ran = desk.run(&[&dirs[..], &["--copy-others"]].concat()).code(2);
            ran.says("would both become");
        }
    }
}

#[test]
fn a_summary_replaces_nothing_but_summaries() {
    let desk = desk();
    for args in [
        &["pages", "--output-dir", "out"][..],
        &["pages", "--in-place"],
        &["pages/a.html", "-o", "b.html"],
        &["pages", "--check"],
    ] {
        let summary = ["--summary-json", "pages/a.html"];
        let ran = desk.run(&[args, &summary].concat()).code(2);
        ran.says("pages/a.html: there is something already that is no summary");
        assert_eq!(desk.text("pages/a.html"), PAGE);
    }
    for args in [
        &["pages", "--output-dir", "out", "--summary-json", "./out/a.html"][..],
        &["pages/a.html", "-o", "b.html", "--summary-json", "./b.html"],
        &["pages/a.html", "-o", "b.html", "--record", "c.json", "--summary-json", "./c.json"],
    ] {
        desk.run(args).code(2).says("the summary would replace");
    }
    assert_eq!(desk.names(), ["pages"]);
    for _ in 0..2 {
        desk.run(&["pages", "--check", "--summary-json", "sum.json"]).code(1);
        assert!(desk.text("sum.json").contains("never_fired"));
    }
}

/// What cannot be unpacked is not an empty page that nothing speaks for.
#[test]
fn what_cannot_be_unpacked_is_told_everywhere() {
    let desk = Desk::new();
    fs::create_dir(desk.path("dir")).unwrap();
    let mut damaged = gzip(PAGE.as_bytes());
    damaged.truncate(60);
    desk.put("page.html", &damaged);
    desk.put("dir/page.html", &damaged);
    desk.put(
        "r.yaml",
        "rules: [{ id: r, category: share, evidence: [{ points: 100, links: [/s] }] }]",
    );
    for args in [
        &["explain", "page.html"][..],
        &["explain", "page.html", "--containing", "mill"],
        &["explain", "page.html", "--rule", "newsletter-signup"],
        &["explain", "page.html", "--as-test"],
        &["explain", "page.html", "--json", "--select", "p"],
        &["explain", "page.html", "--html", "report.html"],
        &["rules", "new", "--page", "page.html", "--containing", "mill"],
        &["rules", "test", "r.yaml", "--pages", "dir"],
    ] {
        desk.run(args).code(3).says("page.html: not cleaned: it is not whole gzip");
    }
    // And what can be is read as the page it is.
    desk.put("page.html", gzip(PAGE.as_bytes()));
    let ran = desk.run(&["explain", "page.html", "--containing", "Sign up"]).code(0);
    assert!(ran.out().contains("cut, newsletter"), "{ran:?}");
    desk.run(&["rules", "new", "--page", "page.html", "--containing", "Sign up", "--id", "x"]);
}

/// Who sends cleaned pages may have packed something else.
#[test]
fn a_bomb_is_not_restored() {
    let desk = desk();
    desk.run(&["pages", "--in-place", "--record-dir", "undo", "-q"]).code(0);
    desk.put("pages/a.html", gzip(&vec![0; 5 << 20]));
    let small = ["--max-bytes", "1000000"];
    let too_large = "unpacked, it is larger than 1000000 bytes; --max-bytes raises the limit";
    let dir = ["restore", "pages", "--in-place", "--record-dir", "undo"];
    desk.run(&[&dir[..], &small].concat()).code(3).says(too_large);
    let one = ["restore", "pages/a.html", "--record", "undo/a.html.json"];
    let ran = desk.run(&[&one[..], &small].concat()).code(3).says(too_large);
    assert_eq!(ran.out(), "");
}

/// What a page, a rule file or a name may put before a terminal: a title, a cleared screen, a
/// colour by its one-byte form, and writing turned around.
const STEERS: &str = "\x1b]0;t\x07\x1b[2J\u{9b}31m\u{202e}\u{2066}\u{200f}\x08\x7f";

/// Whether a terminal would obey something in `shown` that is not a colour.
fn steers(shown: &str) -> bool {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    let bad = |text: &str| text.contains(|c| turns(c) || c.is_control() && STEERS.contains(c));
    let mut parts = shown.split('\x1b');
    let first = parts.next().unwrap_or_default();
    bad(first)
        || parts.any(|part| {
            let digits = |c: char| c.is_ascii_digit() || c == ';';
            let colour = part.strip_prefix('[').map(|rest| rest.trim_start_matches(digits));
            colour.and_then(|rest| rest.strip_prefix('m')).is_none_or(bad)
        })
}

#[test]
fn no_command_shows_what_steers() {
    assert!(!steers("\x1b[1;31mred\x1b[0m") && steers("\x1b[2J") && steers("\u{202e}"));
    let desk = Desk::new();
    let page = PAGE
        .replace("Sign up", &format!("{STEERS}Sign up{STEERS}"))
        .replace("mill", &format!("mill{STEERS}"))
        .replace(
            "<form>",
            &format!("<x{STEERS}y><form id='a{STEERS}' class='newsletter{STEERS}'>"),
        );
    let name = format!("page{STEERS}\n.html");
    fs::create_dir(desk.path("pages")).unwrap();
    desk.put(&name, &page);
    desk.put(format!("pages/{name}"), &page);
    let bad = format!("bad{STEERS}.yaml");
    desk.put(
        &bad,
        "rules: # \u{202e}\n  - id: a\n    foo\u{202e}: 1\n    category: \"\u{2066}\"\n",
    );
    let escapes = "\\x1b]0;t\\a\\x1b[2J\\x9b31m\\u202e\\u2066\\u200f";
    let evidence = format!(
        "[{{ points: 100, phrases: {{ en: [mill] }}, why: \"{escapes}\" }}, {{ points: 5, links: [\"/{escapes}\"] }}]"
    );
    desk.put("mine.yaml", format!(
        "rules:\n  - id: mine\n    category: donation\n    summary: \"{escapes}\"\n    evidence: {evidence}\n    tests:\n      \
         - {{ name: \"{escapes}\", keep: \"<p>mill {escapes}</p>\" }}\n      - {{ name: b, remove: \"<p>{escapes}</p>\" }}\n"
    ));
    desk.put(
        "id.yaml",
        format!("rules: [{{ id: \"a{escapes}\", category: donation, evidence: {evidence} }}]"),
    );
    let name = name.as_str();
    for args in [
        &["explain", name, "--all"][..],
        &["explain", name, "--containing", "Sign up"],
        &["explain", name, "--containing", STEERS],
        &["explain", name, "--select", "form, p, h1"],
        &["explain", name, "--select", STEERS],
        &["explain", name, "--rule", "newsletter-signup"],
        &["explain", name, "--rule", STEERS],
        &["explain", name, "--as-test"],
        &["explain", name, "--rules", "mine.yaml"],
        &["explain", name, "--max-bytes", "9"],
        &["explain", name, "--html", "pages"],
        &[name, "--max-bytes", "9", "-o", "out.html"],
        &[name, "-o", name, "--record", name],
        &["pages", "--dry-run", "--stats"],
        &["pages", "--check", "--max-bytes", "9"],
        &["pages", "--output-dir", "out", "--max-bytes", "9"],
        &["restore", name, "--record", name],
        &["restore", "pages", "--record-dir", "pages", "--in-place"],
        &["warc", name],
        &["filter", "--rules", &bad],
        &["rules", "list", "--rules", "mine.yaml"],
        &["rules", "list", "--rules", "id.yaml"],
        &["rules", "check", "--strict", "mine.yaml", "id.yaml", &bad],
        &["rules", "test", "mine.yaml"],
        &["rules", "test", "mine.yaml", STEERS],
        &["rules", "test", "mine.yaml", "--pages", "pages"],
        &["rules", "new", "--page", name, "--containing", "Sign up", "--id", "x", "-o", "x.yaml"],
        &["rules", "new", "--page", name, "--containing", STEERS],
        &[
            "rules",
            "new",
            "--page",
            name,
            "--select",
            "form",
            "--url",
            "https://a.org/",
            "--category",
            "share",
        ],
        &["rules", "new", "--text", STEERS, "--category", "donation"],
    ] {
        // With colours, since what is not for a terminal loses all sequences, ours and theirs.
        let ran = desk.command(args).env("CLICOLOR_FORCE", "1").output().unwrap();
        for shown in [&ran.stdout, &ran.stderr] {
            let shown = std::str::from_utf8(shown).unwrap();
            assert!(!steers(shown), "{args:?}: {shown:?}");
        }
        assert!(ran.stdout.len() + ran.stderr.len() > 0, "{args:?}");
    }
}

/// Needs some gigabytes of memory, and none of disk.
#[test]
#[ignore = "takes a minute"]
fn large_pages_of_one_text_or_one_line() {
    let desk = Desk::new();
    let text = |bytes: usize| {
        let text = "The mill stood empty for a century and nobody knew who had the key to it. ";
        text.repeat(bytes / text.len())
    };
    let text_of_100_mb = text(100_000_000);
    let page = format!("<p>{text_of_100_mb}</p>\n{PAGE}");
    let ran = desk.pipe(&["--from", "html"], page.as_bytes()).code(0);
    assert!(ran.out() == format!("<p>{text_of_100_mb}</p>\n{CLEAN}"));
    let line_of_500_mb = text(500_000_000);
    let ran = desk
        .pipe(&["--from", "text"], line_of_500_mb.as_bytes())
        .code(3)
        .says("standard input: not cleaned: larger than 268435456 bytes");
    assert!(ran.out() == line_of_500_mb);
    let ran = desk
        .pipe(&["--from", "text", "--max-bytes", "600000000"], line_of_500_mb.as_bytes())
        .code(0);
    assert!(ran.out() == line_of_500_mb);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    /// The journal is in the directory for results, and so is what it says.
    #[test]
    fn no_journal_is_written_through_a_link() {
        let desk = desk();
        desk.put("mine", "mine\n");
        fs::create_dir(desk.path("clean")).unwrap();
        symlink("../mine", desk.path("clean/.dehusk-journal")).unwrap();
        for resume in [&[][..], &["--resume"]] {
            let args = [&["pages", "--output-dir", "clean"], resume].concat();
            let ran = desk.run(&args).code(3);
            ran.says("clean/.dehusk-journal: cannot be read: this is not a regular file");
            assert_eq!(desk.text("mine"), "mine\n");
        }
    }

    /// Whether a pipe could be made there.
    fn pipe(desk: &Desk, name: &str) -> bool {
        let made = Command::new("mkfifo").arg(desk.path(name)).status();
        made.is_ok_and(|status| status.success())
    }

    /// A pipe that nobody writes to would be waited for for ever.
    #[test]
    fn pipes_are_not_waited_for() {
        let start = Instant::now();
        let desk = desk();
        for dir in ["clean", "undo", "more"] {
            fs::create_dir(desk.path(dir)).unwrap();
        }
        if !pipe(&desk, "clean/.dehusk-journal") {
            return;
        }
        // Should it wait, the test does not.
        let run = |args: &[&str]| {
            let limit = ["20", env!("CARGO_BIN_EXE_dehusk")];
            let mut command = Command::new("timeout");
            command.args(limit).args(args).current_dir(desk.path("")).env("HOME", desk.path(""));
            let ran = command.output().unwrap();
            (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
        };
        let refused = |args: &[&str], why: &str| {
            let (code, told) = run(args);
            assert!(code == Some(3) && told.contains(why), "{args:?}: {code:?} {told}");
        };
        let resume = ["pages", "--output-dir", "clean", "--resume"];
        refused(&resume, "clean/.dehusk-journal: cannot be read: this is not a regular file");
        assert!(pipe(&desk, "undo/a.html.json"));
        let in_place = ["pages", "--in-place", "--record-dir", "undo"];
        refused(&in_place, "undo/a.html.json: there is something already");
        assert_eq!(desk.text("pages/a.html"), PAGE);
        fs::remove_file(desk.path("undo/a.html.json")).unwrap();
        assert_eq!(run(&in_place).0, Some(0));
        assert_eq!(desk.text("pages/a.html"), CLEAN);
        fs::remove_file(desk.path("pages/a.html")).unwrap();
        assert!(pipe(&desk, "pages/a.html"));
        let restore = ["restore", "pages", "--in-place", "--record-dir", "undo"];
        refused(&restore, "only a regular file can be restored");
        desk.put("more/b.html", PAGE);
        assert!(pipe(&desk, "more/a.html"));
        desk.put(
            "r.yaml",
            "rules: [{ id: r, category: share, evidence: [{ points: 100, links: [/s] }] }]",
        );
        assert_eq!(run(&["rules", "test", "r.yaml", "--pages", "more"]).0, Some(0));
        assert!(start.elapsed() < Duration::from_secs(15));
    }
}
