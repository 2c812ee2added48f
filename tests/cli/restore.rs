//! Records, and what they give back.

use super::{CLEAN, Desk, PAGE, PLAIN, fixture};

#[test]
fn there_and_back() {
    for name in [
        "news-inline-signup.html",
        "russian-windows-1251.html",
        "japanese-shift-jis.html",
        "crlf-uppercase-tags.html",
        "exile-paper-text.txt",
        "exile-paper-markdown.md",
    ] {
        let desk = Desk::new();
        let page = fixture(name);
        desk.put(name, &page);
        let ran = desk.run(&[name, "-o", "clean", "--record", "cuts.json"]).code(0);
        assert_eq!(ran.out(), "");
        assert!(desk.get("clean").len() < page.len(), "{name} has something to remove");
        let ran = desk.run(&["restore", "clean", "--record", "cuts.json"]).code(0);
        assert!(ran.out == page, "{name}");
        let cleaned = desk.get("clean");
        let ran = desk.pipe(&["restore", "-", "--record", "cuts.json"], &cleaned).code(0);
        assert!(ran.out == page, "{name}");
        desk.run(&["restore", "clean", "--record", "cuts.json", "-o", "clean"]).code(0);
        assert!(desk.get("clean") == page, "{name}");
    }
}

#[test]
fn a_page_without_cuts_has_a_record_too() {
    let desk = Desk::new();
    let ran = desk.pipe(&["--record", "cuts.json"], PLAIN.as_bytes()).code(0);
    assert_eq!(ran.out(), PLAIN);
    let ran = desk.pipe(&["restore", "--record", "cuts.json", "-"], PLAIN.as_bytes()).code(0);
    assert_eq!(ran.out(), PLAIN);
}

#[test]
fn the_record_can_go_to_standard_output() {
    let desk = Desk::with_page();
    let ran = desk.run(&["page.html", "-o", "page.html", "--record", "-"]).code(0);
    let ran = desk.pipe(&["restore", "page.html", "--record", "-"], &ran.out).code(0);
    assert_eq!(ran.out(), PAGE);
}

#[test]
fn a_changed_file_or_record_is_noticed() {
    let desk = Desk::with_page();
    desk.run(&["page.html", "-o", "clean.html", "--record", "cuts.json"]).code(0);
    let restore = ["restore", "clean.html", "--record", "cuts.json", "-o", "out.html"];
    let record = desk.text("cuts.json");

    desk.put("clean.html", CLEAN.replace("1802", "1803"));
    desk.run(&restore).code(3).says(
        "clean.html: cannot be restored with cuts.json: the record belongs to another file, or the \
         file was changed since it was cleaned",
    );
    desk.put("clean.html", CLEAN);

    for (from, to) in [("\"bytes\": \"", "\"bytes\": \"AAAA"), ("\"bytes\": \"", "\"bytes\": \"?")]
    {
        desk.put("cuts.json", record.replace(from, to));
        desk.run(&restore)
            .code(3)
            .says("clean.html: cannot be restored with cuts.json: the record is damaged");
    }
    desk.put("cuts.json", record.replace("\"version\": 1", "\"version\": 99"));
    desk.run(&restore).code(3).says("cuts.json: this record has version 99, and this dehusk reads");
    for broken in [&record.as_bytes()[..record.len() / 2], b"", b"[]", b"<p>", b"\xff\xfe", b"{}"] {
        desk.put("cuts.json", broken);
        desk.run(&restore).code(3).says("cuts.json: this is not a record: ");
    }
    std::fs::remove_file(desk.path("cuts.json")).unwrap();
    desk.run(&restore).code(3).says("cuts.json: cannot be read: there is no such file");
    assert_eq!(desk.names(), ["clean.html", "page.html"]);
}

#[test]
fn numbers_past_all_bounds_are_damage() {
    let desk = Desk::with_page();
    desk.run(&["page.html", "-o", "clean.html", "--record", "cuts.json"]).code(0);
    let mut record: serde_json::Value = serde_json::from_slice(&desk.get("cuts.json")).unwrap();
    for (start, end) in [(u64::MAX, u64::MAX), (0, u64::MAX), (PAGE.len() as u64, 0)] {
        record["cuts"][0]["start"] = start.into();
        record["cuts"][0]["end"] = end.into();
        desk.put("cuts.json", record.to_string());
        let ran = desk.run(&["restore", "clean.html", "--record", "cuts.json"]).code(3);
        assert_eq!(ran.says("the record is damaged").out(), "");
    }
}

#[test]
fn nothing_overwrites_what_it_should_keep() {
    let desk = Desk::with_page();
    let refused = |args: &[&str], message: &str| {
        let args: Vec<&str> = ["page.html"].iter().chain(args).copied().collect();
        assert_eq!(desk.run(&args).code(2).says(message).out(), "");
        assert_eq!(desk.names(), ["page.html"]);
        assert_eq!(desk.text("page.html"), PAGE);
    };
    refused(&["-o", "a", "--record", "a"], "-o and --record name the same file");
    refused(&["-o", "a", "--record", "./a"], "-o and --record name the same file");
    refused(&["--record", "page.html"], "--record names the input");
    refused(&["--record", "./page.html"], "--record names the input");
    refused(&["--record", "-"], "cannot both go to standard output");
    refused(&["--record", "a", "--to", "text"], "leave out --to");
    refused(&["--record", "a", "--to", "json", "-o", "b"], "leave out --to");
    desk.run(&["restore", "-", "--record", "-"]).code(2).says("cannot both be standard input");
}

#[test]
fn without_its_record_no_result_is_written() {
    let desk = Desk::with_page();
    let ran = desk.run(&["page.html", "-o", "out.html", "--record", "no/cuts.json"]).code(3);
    ran.says("no/cuts.json: cannot be written: there is no directory `no`");
    assert_eq!(desk.names(), ["page.html"]);
}

/// Whoever ships cleaned files with records must not write beside them: a record says what comes
/// of any file whose content is known.
#[cfg(unix)]
#[test]
fn no_original_is_written_through_a_link() {
    use std::fs;
    use std::os::unix::fs::symlink;

    let desk = Desk::with_page();
    for dir in ["cleaned", "records/sub", "elsewhere"] {
        fs::create_dir_all(desk.path(dir)).unwrap();
    }
    desk.run(&["page.html", "-o", "elsewhere/page.html", "--record", "records/sub/page.html.json"])
        .code(0);
    let known = desk.text("elsewhere/page.html");
    symlink("../elsewhere", desk.path("cleaned/sub")).unwrap();
    for to in [&["--in-place"][..], &["--output-dir", "back"]] {
        let args = [&["restore", "cleaned", "--record-dir", "records"], to].concat();
        desk.run(&args).code(3).says("`cleaned/sub` is a link");
        fs::remove_file(desk.path("cleaned/sub")).unwrap();
        fs::create_dir(desk.path("cleaned/sub")).unwrap();
        symlink("../../elsewhere/page.html", desk.path("cleaned/sub/page.html")).unwrap();
        desk.run(&args).code(3).says("`cleaned/sub/page.html` is a link");
        fs::remove_dir_all(desk.path("cleaned/sub")).unwrap();
        symlink("../elsewhere", desk.path("cleaned/sub")).unwrap();
    }
    assert_eq!(desk.text("elsewhere/page.html"), known);
    // The directory itself may be a link: whoever names it means it.
    fs::remove_file(desk.path("cleaned/sub")).unwrap();
    fs::create_dir(desk.path("cleaned/sub")).unwrap();
    desk.put("cleaned/sub/page.html", &known);
    symlink("cleaned", desk.path("link")).unwrap();
    let ran = desk.run(&["restore", "link", "--record-dir", "records", "--in-place"]);
    assert_eq!((ran.code, &*ran.err), (0, "1 file restored\n"));
    assert_eq!(desk.text("cleaned/sub/page.html"), PAGE);
}
