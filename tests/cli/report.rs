//! `dehusk explain --html`.

use super::{Desk, PAGE, PLAIN};

#[test]
fn a_report_is_one_file() {
    let desk = Desk::with_page();
    let ran = desk.run(&["explain", "page.html", "--html", "report.html"]).code(0);
    assert_eq!(ran.out(), "");
    assert_eq!(desk.names(), ["page.html", "report.html"]);
    assert_eq!(desk.text("page.html"), PAGE);
    let report = desk.text("report.html");
    assert!(report.starts_with("<!DOCTYPE html>") && report.ends_with("</html>\n"));
    assert!(report.contains("<h1>page.html</h1>") && report.contains("newsletter-signup"));
    // What it brings along is small beside most pages.
    assert!(report.len() < 40_000, "{}", report.len());
    // A report of before is written anew.
    let ran = desk.pipe(&["explain", "--html", "report.html"], PLAIN.as_bytes()).code(0);
    assert_eq!(ran.out(), "");
    assert!(desk.text("report.html").contains("Nothing was cut, and nothing came close."));
    let ran = desk.run(&["explain", "page.html", "--html", "-"]).code(0);
    assert_eq!(ran.out(), report);
}

#[test]
fn nothing_else_is_written_over() {
    let desk = Desk::with_page();
    desk.put("other.html", PLAIN);
    for args in [
        &["explain", "--html", "page.html"][..],
        &["explain", "page.html", "--html", "page.html"],
        &["explain", "page.html", "--html", "other.html"],
    ] {
        desk.run(args).code(2).says("is there already and is not a report; name another file");
    }
    assert_eq!((desk.text("page.html"), desk.text("other.html")), (PAGE.into(), PLAIN.into()));
    // An empty file holds nothing to lose.
    desk.put("empty.html", "");
    desk.run(&["explain", "page.html", "--html", "empty.html"]).code(0);
}

#[test]
fn one_report_is_on_one_input() {
    let desk = Desk::with_page();
    desk.put("plain.html", PLAIN);
    desk.run(&["explain", "page.html", "plain.html", "--html", "report.html"])
        .code(2)
        .says("a report is on one input, not on 2; write one for each");
    desk.run(&["explain", "page.html", "--json", "--html", "report.html"])
        .code(2)
        .says("cannot be used with");
    desk.run(&["explain", "missing.html", "--html", "report.html"])
        .code(3)
        .says("missing.html: cannot be read: there is no such file");
    desk.run(&["explain", "page.html", "--max-bytes", "10", "--html", "report.html"])
        .code(3)
        .says("larger than 10 bytes");
    desk.run(&["explain", "page.html", "--html", "none/report.html"])
        .code(3)
        .says("there is no directory `none`");
    assert_eq!(desk.names(), ["page.html", "plain.html"]);
}

#[test]
fn text_and_markdown_have_reports_too() {
    let desk = Desk::new();
    for name in ["page.txt", "page.md"] {
        desk.put(name, "The mill was built in 1802.\n\nSubscribe to our newsletter <b>today</b>\n");
        desk.run(&["explain", name, "--html", "report.html"]).code(0);
        let report = desk.text("report.html");
        assert!(!report.contains("<iframe") && report.contains("&lt;b&gt;today"), "{name}");
    }
}
