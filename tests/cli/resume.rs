//! Runs that are broken off, repeated, or at work side by side.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use super::many::{desk, tree};
use super::{CLEAN, Desk, PAGE, PLAIN};

const RUN: [&str; 4] = ["pages", "--output-dir", "clean", "--resume"];

/// The first line of the summary of a run that went well.
#[track_caller]
fn summary(desk: &Desk, args: &[&str]) -> String {
    let ran = desk.run(args);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.err.lines().next().unwrap_or_default().to_string()
}

#[test]
fn what_is_done_is_skipped() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.html", PLAIN), ("pages/c.html", PAGE)]);
    assert_eq!(summary(&desk, &RUN), "3 files: 2 cleaned, 1 with nothing to remove");
    let done = "3 files: 0 cleaned, 3 done before";
    assert_eq!(summary(&desk, &RUN), done);
    // Times do not matter, content does.
    desk.put("pages/a.html", PAGE);
    assert_eq!(summary(&desk, &RUN), done);
    desk.put("pages/a.html", PLAIN);
    let one = "3 files: 0 cleaned, 1 with nothing to remove, 2 done before";
    assert_eq!(summary(&desk, &RUN), one);
    assert_eq!(desk.text("clean/a.html"), PLAIN);
    // A result that is gone or changed is made again.
    fs::remove_file(desk.path("clean/c.html")).unwrap();
    desk.put("clean/b.html", "changed");
    let two = "3 files: 1 cleaned, 1 with nothing to remove, 1 done before";
    assert_eq!(summary(&desk, &RUN), two);
    assert_eq!(
        (desk.text("clean/b.html"), desk.text("clean/c.html")),
        (PLAIN.into(), CLEAN.into())
    );
    // Without --resume all is done.
    assert_eq!(summary(&desk, &RUN[..3]), "3 files: 1 cleaned, 2 with nothing to remove");
    assert_eq!(summary(&desk, &RUN), done);
}

#[test]
fn other_rules_or_options_do_it_again() {
    let desk = desk(&[("pages/a.html", PAGE)]);
    desk.put("rules.yaml", "disable: [newsletter-signup]\nrules: []\n");
    let run = |args: &[&str]| summary(&desk, &[&RUN[..], args].concat());
    let (clean, keep) = ("1 file: 1 cleaned", "1 file: 0 cleaned, 1 with nothing to remove");
    let done = "1 file: 0 cleaned, 1 done before";
    for (args, first) in [
        (&[][..], clean),
        (&["--only", "donation"], keep),
        (&["--also", "share"], clean),
        (&["--rules", "rules.yaml"], keep),
        (&["--no-builtin-rules"], keep),
        (&["--url", "https://example.org/"], clean),
        (&["--from", "text"], clean),
        (&["--encoding", "windows-1251"], clean),
    ] {
        assert_eq!(run(args), first, "{args:?}");
        assert_eq!(run(args), done, "{args:?}");
    }
    // Rules are known by what they say.
    assert_eq!(run(&["--rules", "rules.yaml"]), keep);
    desk.put("rules.yaml", "disable: [donation-appeal]\nrules: []\n");
    assert_eq!(run(&["--rules", "rules.yaml"]), clean);
    // These change no result.
    assert_eq!(run(&["--rules", "rules.yaml", "--jobs", "3", "--verify"]), done);
}

#[test]
fn in_place_with_records() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.html", PLAIN)]);
    let run = ["pages", "--in-place", "--record-dir", "undo", "--resume"];
    assert_eq!(summary(&desk, &run), "2 files: 1 cleaned, 1 with nothing to remove");
    assert_eq!(summary(&desk, &run), "2 files: 0 cleaned, 2 done before");
    desk.run(&["restore", "pages", "--record-dir", "undo", "--in-place"]);
    assert_eq!(desk.text("pages/a.html"), PAGE);
    assert_eq!(summary(&desk, &run), "2 files: 1 cleaned, 1 done before");
    // A lost record is written again, though of what is clean there is no way back.
    fs::remove_file(desk.path("undo/b.html.json")).unwrap();
    assert_eq!(summary(&desk, &run), "2 files: 0 cleaned, 1 with nothing to remove, 1 done before");
    assert!(desk.path("undo/b.html.json").exists());
}

#[test]
fn a_broken_journal_only_costs_time() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.html", PAGE)]);
    summary(&desk, &RUN);
    for journal in [&b""[..], b"\n\n", b"\xff\0 x", b"a b c d e\n"] {
        desk.put("clean/.dehusk-journal", journal);
        assert_eq!(summary(&desk, &RUN), "2 files: 2 cleaned");
        assert_eq!(summary(&desk, &RUN), "2 files: 0 cleaned, 2 done before");
    }
    fs::remove_file(desk.path("clean/.dehusk-journal")).unwrap();
    fs::create_dir(desk.path("clean/.dehusk-journal")).unwrap();
    desk.run(&RUN).code(3).says("clean/.dehusk-journal: cannot be read");
}

/// Every file in `dir` is a whole result of its page, or the file `before` that was there.
fn check_whole(dir: &Path, expected: &dyn Fn(&str) -> Vec<u8>) -> usize {
    let files = tree(dir);
    for (name, content) in &files {
        assert!(*content == expected(name), "{name} has {} bytes", content.len());
    }
    files.len()
}

#[test]
fn killed_a_hundred_times_and_no_half_file() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    // Pages of several sizes, so that some writes take a while.
    let page = |n: usize| format!("{PAGE}{}", "<p>Flour, bran and meal.</p>\n".repeat(n * 7));
    let names: Vec<String> = (0..10).map(|n| format!("{n:02}.html")).collect();
    for (n, name) in names.iter().enumerate() {
        desk.put(format!("pages/{name}"), page(n));
    }
    let start = Instant::now();
    desk.run(&["pages", "--output-dir", "whole", "-q"]).code(0);
    let time = start.elapsed();
    let whole = tree(&desk.path("whole"));
    let mut killed = 0;
    let mut seen = 0;
    for round in 0..100 {
        let mut child = desk
            .command(&["pages", "--output-dir", "clean", "-q", "--jobs", "3", "--resume"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(time * (round % 20) / 20);
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        seen += check_whole(&desk.path("clean"), &|name| whole[name].clone());
        // From time to time all is to be done anew.
        if round % 5 == 4 {
            // A run that was killed early has not made it yet.
            let _ = fs::remove_dir_all(desk.path("clean"));
        }
    }
    assert!(killed > 20 && seen > 0, "{killed} of 100 runs were killed, {seen} results seen");
    summary(&desk, &RUN);
    assert_eq!(tree(&desk.path("clean")), whole);
    // What the killed runs left is swept away.
    let left = fs::read_dir(desk.path("clean")).unwrap().map(|e| e.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().ends_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn killed_in_place_and_nothing_lost() {
    let desk = Desk::new();
    let fill = || {
        let _ = fs::remove_dir_all(desk.path("pages"));
        fs::create_dir(desk.path("pages")).unwrap();
        for n in 0..12 {
            desk.put(format!("pages/{n}.html"), PAGE);
        }
    };
    let run = ["pages", "--in-place", "--record-dir", "undo", "-q"];
    fill();
    let start = Instant::now();
    desk.run(&run).code(0);
    let time = start.elapsed();
    fill();
    for round in 0..30 {
        let only = [&["--only", "donation"][..], &["--only", "newsletter"]][round % 2];
        let mut child = desk.command(&[&run[..], only].concat()).spawn().unwrap();
        thread::sleep(time * (round as u32 % 15) / 15);
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, content) in tree(&desk.path("pages")) {
            assert!(content == PAGE.as_bytes() || content == CLEAN.as_bytes(), "{name}");
        }
        if round % 3 == 2 {
            // Whatever was killed when, the originals come back.
            let ran = desk.run(&["restore", "pages", "--record-dir", "undo", "--in-place"]);
            assert_eq!(ran.code, 0, "{ran:?}");
            assert!(tree(&desk.path("pages")).values().all(|page| page == PAGE.as_bytes()));
        }
    }
}

#[test]
fn two_runs_at_once() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    for n in 0..60 {
        desk.put(format!("pages/{n}.html"), PAGE);
    }
    let runs: Vec<_> =
        (0..3).map(|_| desk.command(&RUN).stderr(Stdio::piped()).spawn().unwrap()).collect();
    for run in runs {
        let ran = super::Ran::from(run.wait_with_output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let clean = tree(&desk.path("clean"));
    assert_eq!(clean.len(), 60);
    assert!(clean.values().all(|page| page == CLEAN.as_bytes()));
    assert_eq!(summary(&desk, &RUN), "60 files: 0 cleaned, 60 done before");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_half_file() {
    let desk = Desk::new();
    for dir in ["pages", "small"] {
        fs::create_dir(desk.path(dir)).unwrap();
    }
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=200k", "tmpfs"])
        .arg(desk.path("small"))
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        return; // Only the superuser may mount, and not everywhere.
    }
    struct Mounted(std::path::PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
    let _mounted = Mounted(desk.path("small"));
    let page = format!("{PAGE}{}", "<p>Flour, bran and meal.</p>\n".repeat(900));
    for n in 0..20 {
        desk.put(format!("pages/{n:02}.html"), &page);
    }
    let ran = desk.run(&["pages", "--output-dir", "small/clean", "--jobs", "2"]).code(3);
    let ran = ran.says("cannot be written: No space left on device").says("20 files: ");
    let expected = page.replace(PAGE, CLEAN).into_bytes();
    let there = check_whole(&desk.path("small/clean"), &|_| expected.clone());
    assert!(there > 2 && there < 20, "{there}, {ran:?}");
    // With less to do there is room, and what is there is not done again. Two threads do not always
    // write the first pages first: of the others the results go, too.
    for n in there.min(6)..20 {
        fs::remove_file(desk.path(format!("pages/{n:02}.html"))).unwrap();
        let _ = fs::remove_file(desk.path(format!("small/clean/{n:02}.html")));
    }
    desk.run(&["pages", "--output-dir", "small/clean", "--resume", "-q"]).code(0);
}
