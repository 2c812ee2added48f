//! Every message that a newcomer is likely to meet, in one snapshot, to be read as one.

use std::fmt::Write;

use super::{Desk, fixture, snapshot};

#[test]
fn messages() {
    let desk = Desk::with_page();
    desk.put("notes.txt", fixture("exile-paper-text.txt"));
    desk.put(
        "rules.yaml",
        "rules:\n  - id: letterbox\n    category: newletter\n    remove: .letterbox\n",
    );
    desk.put("deep.html", "<div>".repeat(600));
    let mut shown = String::new();
    for line in [
        "missing.html",
        ".",
        "page.html page.html",
        "explian page.html",
        "page.html -o nowhere/clean.html",
        "page.html -o .",
        "page.html --form html",
        "page.html --from htm",
        "page.html --to markdwon",
        "page.html --only newletter",
        "page.html --only newsletter,donations",
        "page.html --also weather",
        "page.html --all --also share",
        "page.html --check -o clean.html",
        "page.html --max-bytes ten",
        "page.html --max-bytes 9",
        "page.html --encoding cp12345",
        "page.html --url /news/today",
        "page.html --rules none.yaml",
        "page.html --rules rules.yaml",
        "page.html --record page.html",
        "page.html --record cuts.json --to text",
        "page.html --record -",
        "notes.txt --to html",
        "deep.html",
        "--only share explain page.html",
        "explain",
        "explain missing.html",
        "explain --check page.html",
        "restore",
        "restore page.html",
        "restore page.html --record page.html",
        "filter page.html",
        "filter --cuts-field html",
        "filter --cuts-field error",
        "filter --spans-only --to text",
        "warc missing.warc",
        "warc page.html",
        "warc page.html --jsonl --pass-all",
        "-x",
    ] {
        let args: Vec<&str> = line.split(' ').collect();
        let ran = if line == "explain" { desk.pipe(&args, b"") } else { desk.run(&args) };
        if line == "explain" {
            assert_eq!(ran.code, 0);
            continue;
        }
        assert!(ran.code > 1, "{line}");
        write!(shown, "$ dehusk {line}\n{}[{}]\n\n", ran.err, ran.code).unwrap();
    }
    snapshot("cli-messages", shown.trim_end());
}
