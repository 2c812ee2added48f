//! The options that say what the input is and what to remove.

use super::{CLEAN, Desk, PAGE, PLAIN, fixture};

#[test]
fn a_file_or_standard_input() {
    let desk = Desk::with_page();
    assert_eq!(desk.run(&["page.html"]).code(0).out(), CLEAN);
    assert_eq!(desk.pipe::<&str>(&[], PAGE.as_bytes()).code(0).out(), CLEAN);
    assert_eq!(desk.pipe(&["-"], PAGE.as_bytes()).code(0).out(), CLEAN);
    assert_eq!(desk.pipe(&["--", "-"], PAGE.as_bytes()).code(0).out(), CLEAN);
}

#[test]
fn nothing_in_nothing_out() {
    let desk = Desk::new();
    desk.put("empty.html", "");
    for format in ["same", "html", "text", "markdown"] {
        let ran = desk.run(&["empty.html", "--to", format]).code(0);
        assert_eq!(ran.out().trim(), "", "{format}");
    }
    assert_eq!(desk.pipe::<&str>(&[], b"").code(0).out(), "");
    desk.run(&["--check", "empty.html"]).code(0);
}

#[test]
fn from_overrules_name_and_content() {
    let desk = Desk::new();
    let page = "<p>Sign up for our newsletter</p>\n";
    desk.put("page.txt", page);
    let as_text = desk.run(&["explain", "--json", "page.txt"]).code(0);
    assert!(as_text.out().contains(r#""kind":"text""#), "{as_text:?}");
    let as_html = desk.run(&["explain", "--json", "--from", "html", "page.txt"]).code(0);
    assert!(as_html.out().contains(r#""kind":"html""#), "{as_html:?}");
    let as_markdown = desk.run(&["explain", "--json", "--from", "markdown", "page.txt"]).code(0);
    assert!(as_markdown.out().contains(r#""kind":"markdown""#), "{as_markdown:?}");
}

#[test]
fn categories() {
    let desk = Desk::with_page();
    let clean = |args: &[&str]| {
        let args: Vec<&str> = ["page.html"].iter().chain(args).copied().collect();
        desk.run(&args).code(0).out().to_string()
    };
    assert_eq!(clean(&["--only", "newsletter"]), CLEAN);
    assert_eq!(clean(&["--only", "donation,newsletter"]), CLEAN);
    assert_eq!(clean(&["--only", "donation", "--only", "newsletter"]), CLEAN);
    assert_eq!(clean(&["--only", "donation"]), PAGE);
    assert_eq!(clean(&["--skip", "newsletter"]), PAGE);
    assert_eq!(clean(&["--only", "newsletter", "--skip", "newsletter"]), PAGE);
    assert_eq!(clean(&["--all", "--skip", "newsletter"]), PAGE);
    assert_eq!(clean(&["--also", "consent,share"]), CLEAN);
    assert_eq!(clean(&["--all"]), CLEAN);
}

#[test]
fn categories_that_are_off_unless_asked_for() {
    let desk = Desk::new();
    desk.put(
        "rules.yaml",
        "rules: [{id: wall, category: paywall, sites: [example.org], remove: .wall}]",
    );
    let page = "<h1>The mill</h1><p>It is old.</p><div class=wall>Log in</div><p>It is quiet.</p>";
    desk.put("page.html", page);
    let base = [
        "page.html",
        "--no-builtin-rules",
        "--rules",
        "rules.yaml",
        "--url",
        "https://example.org/",
    ];
    let clean = |args: &[&str]| {
        let args: Vec<&str> = base.iter().chain(args).copied().collect();
        desk.run(&args).code(0).out().to_string()
    };
    assert_eq!(clean(&[]), page);
    let cut = "<h1>The mill</h1><p>It is old.</p><p>It is quiet.</p>";
    assert_eq!(clean(&["--also", "paywall"]), cut);
    assert_eq!(clean(&["--all"]), cut);
    assert_eq!(clean(&["--only", "paywall"]), cut);
}

#[test]
fn check_tells_by_its_code() {
    let desk = Desk::with_page();
    desk.put("plain.html", PLAIN);
    for (args, code) in [
        (vec!["page.html"], 1),
        (vec!["plain.html"], 0),
        (vec!["plain.html", "page.html"], 1),
        (vec!["page.html", "plain.html"], 1),
        (vec!["page.html", "--only", "donation"], 0),
        (vec!["page.html", "--verify"], 1),
    ] {
        let args: Vec<&str> = ["--check"].into_iter().chain(args).collect();
        let ran = desk.run(&args).code(code);
        assert_eq!(ran.out(), if code == 1 { "page.html\n" } else { "" }, "{args:?}");
    }
    assert_eq!(desk.pipe(&["--check"], PAGE.as_bytes()).code(1).out(), "standard input\n");
    // An input that cannot be read is worse than one with something to remove, and the others
    // are looked at all the same.
    let ran = desk.run(&["--check", "missing", "page.html", "absent.html"]).code(3);
    assert_eq!(ran.out(), "page.html\n");
    let ran = ran.says("missing: cannot be read: there is no such file");
    ran.says("absent.html: cannot be read: there is no such file");
    // What is on the desk stayed as it was.
    assert_eq!(desk.text("page.html"), PAGE);
}

#[test]
fn verify_gives_the_same_result() {
    let desk = Desk::with_page();
    assert_eq!(desk.run(&["page.html", "--verify"]).code(0).out(), CLEAN);
    desk.put("page.md", fixture("exile-paper-markdown.md"));
    let ran = desk.run(&["page.md", "--verify"]).code(0);
    assert_eq!(ran.out, desk.run(&["page.md"]).code(0).out);
}

#[test]
fn encoding_overrules_what_the_page_says() {
    let desk = Desk::new();
    desk.put("page.html", "<p>It was built in 1802.</p>");
    let ran = desk.run(&["explain", "--json", "page.html", "--encoding", "Shift_JIS"]).code(0);
    assert!(ran.out().contains(r#""encoding":"Shift_JIS""#), "{ran:?}");
    desk.run(&["page.html", "--encoding", "klingon"]).code(2).says("`klingon` is not an encoding");
}

#[test]
fn too_large_an_input_comes_back_as_it_is() {
    let desk = Desk::with_page();
    let size = PAGE.len().to_string();
    let less = (PAGE.len() - 1).to_string();
    assert_eq!(desk.run(&["page.html", "--max-bytes", &size]).code(0).out(), CLEAN);
    let message = format!("not cleaned: larger than {less} bytes; --max-bytes raises the limit");
    let ran = desk.run(&["page.html", "--max-bytes", &less]).code(3).says(&message);
    assert_eq!(ran.out(), PAGE);
    // Also one that does not fit into what is read at first, from a file or a pipe, to a file.
    let large = PAGE.repeat(900);
    let ran = desk.pipe(&["--max-bytes", "0"], large.as_bytes()).code(3);
    assert!(ran.says("standard input: not cleaned").out == large.as_bytes());
    desk.put("page.html", &large);
    desk.run(&["page.html", "--max-bytes", "10", "-o", "page.html"]).code(3);
    assert!(desk.text("page.html") == large);
    desk.run(&["page.html", "--max-bytes", "10", "--check"]).code(3);
    let ran = desk.run(&["page.html", "--max-bytes", "10", "--to", "text"]).code(3);
    assert_eq!(ran.out(), "");
    let ran = desk.run(&["explain", "page.html", "--max-bytes", "10"]).code(3);
    assert_eq!(ran.says("not cleaned: larger than 10 bytes").out(), "");
    let ran = desk.run(&["page.html", "--max-bytes", &usize::MAX.to_string()]).code(0);
    assert!(ran.out.len() < large.len());
}

#[test]
fn too_deep_an_input_comes_back_as_it_is() {
    let desk = Desk::new();
    let deep = format!("{}{PAGE}{}", "<div>".repeat(600), "</div>".repeat(600));
    desk.put("deep.html", &deep);
    let ran = desk.run(&["deep.html"]).code(3).says("nest more than 512 deep").says("--max-depth");
    assert_eq!(ran.out(), deep);
    let ran = desk.run(&["deep.html", "--max-depth", "700"]).code(0);
    assert_eq!(ran.out(), deep.replace(PAGE, CLEAN));
    // The converters stop where their stack might.
    let ran = desk.run(&["deep.html", "--max-depth", "700", "--to", "markdown"]).code(3);
    assert_eq!(ran.says("too deep to become text or Markdown").out(), "");
}
