//! Rules from files.

use std::fs;

use super::{CLEAN, Desk, PAGE, fixture};

const LETTERBOX: &str = "\
sites: [example.org]
rules:
  - id: letterbox
    category: newsletter
    remove: .letterbox
";
const BOX: &str =
    "<h1>The mill</h1><p>It is old.</p><div class=letterbox>Write</div><p>It is quiet.</p>";
const NO_BOX: &str = "<h1>The mill</h1><p>It is old.</p><p>It is quiet.</p>";

#[test]
fn without_rules_every_byte_stays() {
    let desk = Desk::new();
    for name in [
        "news-inline-signup.html",
        "russian-windows-1251.html",
        "japanese-shift-jis.html",
        "crlf-uppercase-tags.html",
        "misnested-markup.html",
        "exile-paper-text.txt",
        "exile-paper-markdown.md",
    ] {
        let page = fixture(name);
        desk.put(name, &page);
        assert!(desk.run(&[name, "--no-builtin-rules", "--all"]).code(0).out == page, "{name}");
        desk.run(&[name, "--no-builtin-rules", "--check"]).code(0);
    }
    let odd = b"\xef\xbb\xbf<p>\0\r\r\n\xff\xfe &amp <b><i></b>";
    let ran = desk.pipe(&["--no-builtin-rules"], odd).code(0);
    assert_eq!(ran.out, odd);
}

#[test]
fn files_and_directories_add_up() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("rules/sites")).unwrap();
    desk.put("rules/sites/box.yml", LETTERBOX);
    desk.put("rules/notes.txt", "this is not a rule file: {");
    desk.put(
        "more.yaml",
        "rules: [{id: bench, category: donation, sites: [example.org], remove: .bench}]",
    );
    let page = format!("{BOX}<aside class=bench>Coins</aside>{PAGE}");
    desk.put("page.html", &page);
    let run = |args: &[&str]| {
        let args: Vec<&str> = ["page.html", "--url", "https://www.example.org/mill"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        desk.run(&args).code(0).out().to_string()
    };
    let none = ["--no-builtin-rules"];
    let own = ["--no-builtin-rules", "--rules", "rules", "--rules", "more.yaml"];
    assert_eq!(run(&none), page);
    assert_eq!(run(&own), format!("{NO_BOX}{PAGE}"));
    assert_eq!(run(&own[1..]), format!("{NO_BOX}{CLEAN}"));
}

#[test]
fn rules_of_a_site_need_its_address() {
    let desk = Desk::new();
    desk.put("page.html", BOX);
    desk.put("rules.yaml", LETTERBOX);
    let run = |args: &[&str]| {
        let args: Vec<&str> =
            ["page.html", "--rules", "rules.yaml"].iter().chain(args).copied().collect();
        desk.run(&args).code(0).out().to_string()
    };
    assert_eq!(run(&[]), BOX);
    assert_eq!(run(&["--url", "https://example.com/"]), BOX);
    assert_eq!(run(&["--url", "https://example.org/"]), NO_BOX);
    assert_eq!(run(&["--url", "example.org"]), NO_BOX);
}

#[test]
fn mistakes_have_their_place_and_a_caret() {
    let desk = Desk::with_page();
    let mistake = |rules: &[u8], message: &str| {
        desk.put("rules.yaml", rules);
        for command in [&["page.html"][..], &["--check", "page.html"], &["explain", "page.html"]] {
            let args: Vec<&str> =
                command.iter().copied().chain(["--rules", "rules.yaml"]).collect();
            assert_eq!(desk.run(&args).code(2).says(message).out(), "");
        }
    };
    mistake(
        LETTERBOX.replace("category:", "catgory:").as_bytes(),
        "\nrules.yaml:4:5: unknown key `catgory`",
    );
    mistake(
        LETTERBOX.replace("category:", "catgory:").as_bytes(),
        "\n  |\n4 |     catgory: newsletter\n  |     ^",
    );
    mistake(LETTERBOX.replace("newsletter", "newletter").as_bytes(), "\nrules.yaml:4:15: ");
    mistake(
        LETTERBOX.replace(".letterbox", "'a[b'").as_bytes(),
        "rules.yaml:5:15: selector: `[` is not closed",
    );
    mistake(b"\xff\xfe", "rules.yaml: cannot be read: ");
    // Never a control sequence of the file's.
    desk.put("rules.yaml", LETTERBOX.replace(".letterbox", "\"a[\\e[31m\""));
    let ran = desk.run(&["page.html", "--rules", "rules.yaml"]).code(2);
    assert!(!ran.err.contains('\x1b'), "{ran:?}");
}

#[test]
fn all_mistakes_of_all_files_are_told_at_once() {
    let desk = Desk::with_page();
    desk.put("a.yaml", LETTERBOX.replace("category:", "catgory:"));
    let args = ["page.html", "--rules", "a.yaml", "--rules", "b.yaml", "-o", "out"];
    let ran = desk.run(&args).code(2).says("dehusk: 2 problems with the rules\n\n");
    ran.says("a.yaml:4:5: ").says("b.yaml: cannot be read: ");
    assert_eq!(desk.names(), ["a.yaml", "page.html"]);
}
