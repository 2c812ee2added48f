//! What a run tells: what would go, figures, differences.

use std::fs;
use std::process::{Command, Stdio};

use super::many::desk;
use super::{CLEAN, Desk, PAGE, PLAIN, fixture, snapshot};

#[test]
fn check_names_the_files() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.html", PLAIN), ("pages/c.html", PAGE)]);
    assert_eq!(desk.run(&["pages", "--check"]).code(1).out(), "pages/a.html\npages/c.html\n");
    assert_eq!(desk.run(&["pages", "--check", "-0"]).code(1).out(), "pages/a.html\0pages/c.html\0");
    assert_eq!(desk.run(&["pages", "--check", "-q"]).code(1).out(), "");
    assert_eq!(desk.run(&["pages/b.html", "--check"]).code(0).out(), "");
    desk.run(&["pages", "--check", "-o", "x"]).code(2);
}

#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.html", PLAIN)]);
    let args = ["pages", "--dry-run", "--output-dir", "clean", "--record-dir", "cuts"];
    let ran = desk.run(&args);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out(), "pages/a.html -> clean/a.html: 1 cut, 90 B\n");
    assert!(ran.err.starts_with("2 files: 1 to clean, 1 with nothing to remove\n"), "{ran:?}");
    desk.run(&["pages", "--dry-run", "--in-place"]);
    assert_eq!(desk.names(), ["pages"]);
    assert_eq!(desk.text("pages/a.html"), PAGE);
}

#[test]
fn a_diff_is_what_patch_applies() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    for name in [
        "news-inline-signup.html",
        "russian-windows-1251.html",
        "exile-paper-markdown.md",
        "ad-labels-between-paragraphs.html",
        "crlf-uppercase-tags.html",
    ] {
        desk.put(format!("pages/{name}"), fixture(name));
    }
    desk.run(&["pages", "--output-dir", "clean", "-q"]).code(0);
    let ran = desk.run(&["pages", "--diff"]).code(0);
    assert_eq!(desk.run(&["pages", "--diff", "--check"]).code(1).out, ran.out);
    let mut patch = Command::new("patch");
    patch.args(["-p0", "--binary", "-s"]).current_dir(desk.path("")).stdin(Stdio::piped());
    let Ok(mut patch) = patch.spawn() else { return };
    std::io::Write::write_all(&mut patch.stdin.take().unwrap(), &ran.out).unwrap();
    assert!(patch.wait().unwrap().success());
    assert_eq!(super::many::tree(&desk.path("pages")), super::many::tree(&desk.path("clean")));
}

#[test]
fn a_diff_has_colours_when_it_is_asked_to() {
    let desk = Desk::with_page();
    assert!(!desk.run(&["page.html", "--diff"]).code(0).out().contains('\x1b'));
    let ran = desk.command(&["page.html", "--diff"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    let shown = String::from_utf8(ran.stdout).unwrap();
    assert!(shown.contains("\x1b[31m-<form>"), "{shown:?}");
    assert_eq!(desk.text("page.html"), PAGE);
}

#[test]
fn statistics_for_each_rule() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.html", PLAIN), ("pages/c.html", PAGE)]);
    desk.put(
        "rules.yaml",
        "sites: [example.org]\nrules: [{id: one, category: newsletter, \
        remove: form}, {id: two, category: newsletter, remove: .letter}, {id: wall, category: \
        paywall, remove: .wall}]",
    );
    let args = [
        "pages",
        "--dry-run",
        "-q",
        "--stats",
        "--no-builtin-rules",
        "--rules",
        "rules.yaml",
        "--url",
        "https://example.org/",
    ];
    let ran = desk.run(&args);
    assert_eq!(ran.code, 0);
    snapshot("cli-stats", &ran.err);
    let json = desk.run(&[&args[..], &["--summary-json", "sum.json"]].concat());
    assert_eq!(json.code, 0);
    let summary = desk.text("sum.json").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    snapshot("cli-summary-json", &summary);
    // One file has figures, too.
    let ran = desk.run(&["pages/a.html", "--stats", "--only", "newsletter"]);
    assert_eq!((ran.code, ran.out()), (0, CLEAN));
    assert!(ran.err.contains("    newsletter-signup\n"), "{ran:?}");
}

#[test]
fn a_summary_has_the_failures() {
    let desk = desk(&[("pages/a.html", PAGE)]);
    let args = ["pages", "gone.html", "--check", "--summary-json", "sum.json"];
    desk.run(&args).code(3);
    let summary: serde_json::Value = serde_json::from_str(&desk.text("sum.json")).unwrap();
    assert_eq!(summary["files"]["failed"], 1);
    assert_eq!(summary["failures"][0], "gone.html: cannot be read: there is no such file");
    assert_eq!(summary["categories"]["newsletter"]["cuts"], 1);
}

#[test]
fn progress_is_shown_on_a_terminal_only() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    for n in 0..20 {
        desk.put(format!("pages/{n}.html"), PAGE);
    }
    let dehusk = env!("CARGO_BIN_EXE_dehusk");
    let on_terminal = |options: &str| {
        let line = format!("'{dehusk}' pages --output-dir clean {options} >out 2>/dev/tty");
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(desk.path("")).stdin(Stdio::null());
        let ran = script.output().ok().filter(|ran| ran.status.success())?;
        Some(String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let Some(shown) = on_terminal("") else { return };
    assert!(shown.contains("of 20 files, "), "{shown:?}");
    assert!(shown.contains("20 files: 20 cleaned"), "{shown:?}");
    assert_eq!(on_terminal("--quiet").as_deref(), Some(""));
    assert!(desk.get("out").is_empty());
    let piped = desk.run(&["pages", "--output-dir", "clean"]);
    assert!(!piped.err.contains(['\r', '\x1b']), "{piped:?}");
}

#[test]
fn a_broken_pipe_ends_quietly() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    for n in 0..50 {
        desk.put(format!("pages/{n}.html"), format!("{}{PAGE}", "<p>x\n".repeat(900)));
    }
    for look in ["--diff", "--check", "--dry-run"] {
        let mut child = desk
            .command(&["pages", look, "--jobs", "4"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ran = super::Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, &*ran.err), (0, ""), "{look}");
    }
}
