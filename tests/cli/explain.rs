//! `dehusk explain`.

use super::{CLEAN, Desk, PAGE, PLAIN, fixture, snapshot};

/// Rules of the test's own, so that the snapshot shows the form of the report and does not change
/// with the shipped rules.
const RULES: &str = "\
lists:
  ask:
    any: [signing up, our weekly]
rules:
  - id: letter
    category: newsletter
    evidence:
      - points: 60
        email_input: true
      - points: 50
        phrases: ask
  - id: banner
    category: consent
    evidence:
      - points: 100
        class_words: [consent]
  - id: banner-kept
    shields: [consent]
    where:
      is: .consent-bar
  - id: buttons
    category: share
    evidence:
      - points: 80
        class_words: [share-tools]
      - points: 40
        email_input: true
";

#[test]
fn cuts_and_near_misses() {
    let desk = Desk::new();
    desk.put("page.html", fixture("news-inline-signup.html"));
    desk.put("rules.yaml", RULES);
    let args = ["explain", "page.html", "--no-builtin-rules", "--rules", "rules.yaml", "--all"];
    let ran = desk.run(&args).code(0);
    snapshot("cli-explain", ran.out());
}

#[test]
fn json_is_a_line_for_each_file() {
    let desk = Desk::with_page();
    desk.put("plain.html", PLAIN);
    let ran = desk.run(&["explain", "--json", "page.html", "plain.html"]).code(0);
    let lines: Vec<serde_json::Value> =
        ran.out().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["path"], &lines[1]["path"]), (&"page.html".into(), &"plain.html".into()));
    let cut = &lines[0]["cuts"][0];
    assert_eq!(cut["category"], "newsletter");
    assert_eq!(cut["place"]["line"], 4);
    assert!(cut["rule"]["file"].as_str().unwrap().ends_with(".yaml"));
    let points: i64 =
        cut["evidence"].as_array().unwrap().iter().map(|e| e["points"].as_i64().unwrap()).sum();
    assert_eq!(cut["points"], points);
    assert_eq!(lines[1]["cuts"], serde_json::json!([]));
}

#[test]
fn it_changes_nothing_and_agrees_with_cleaning() {
    let desk = Desk::with_page();
    let ran = desk.run(&["explain", "page.html"]).code(0);
    assert!(ran.out().starts_with("page.html (HTML, UTF-8): 1 cut, "), "{}", ran.out());
    assert_eq!(desk.text("page.html"), PAGE);
    assert_eq!(desk.run(&["page.html"]).code(0).out(), CLEAN);
    let ran = desk.pipe(&["explain"], PLAIN.as_bytes()).code(0);
    assert!(ran.out().starts_with("standard input (HTML, UTF-8): 0 cuts, 0 near misses\n"));
}

#[test]
fn one_bad_file_does_not_hide_the_others() {
    let desk = Desk::with_page();
    for json in [false, true] {
        let mut args = vec!["explain", "missing.html", "page.html"];
        args.extend(json.then_some("--json"));
        let ran =
            desk.run(&args).code(3).says("missing.html: cannot be read: there is no such file");
        assert!(ran.out().contains("newsletter"), "{ran:?}");
    }
}

#[test]
fn what_a_page_says_cannot_steer_the_terminal() {
    let desk = Desk::new();
    desk.put("page.html", PAGE.replace("Sign up", "\x1b[31mSign up \u{202e}\x07"));
    let ran = desk.run(&["explain", "page.html", "--from", "html"]).code(0);
    assert!(ran.out().contains("newsletter"), "{ran:?}");
    assert!(!ran.out().contains(['\x1b', '\u{202e}', '\x07']), "{ran:?}");
}

/// What a page can put into every part of an explanation: its text, the names of its elements
/// (which are the way to the block), and the name of its file.
const STEERS: &str = "\x1b]0;t\x07\x1b[2J\u{9b}31m\u{202e}\u{2066}\u{200f}\r\x08";

const STEER: [char; 8] =
    ['\x1b', '\x07', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200f}', '\r', '\x08'];

#[test]
fn no_part_of_an_explanation_steers() {
    let desk = Desk::new();
    let page = PAGE
        .replace("Sign up", &format!("{STEERS}Sign up{STEERS}"))
        .replace("<form>", &format!("<x{STEERS}y><form class='newsletter{STEERS}'>"));
    let name = "page\u{202e}\x1b[31m.html";
    desk.put(name, page);
    let ran = desk.run(&["explain", name, "--all"]).code(0);
    assert!(ran.out().contains("Sign up"), "{ran:?}");
    assert!(!ran.out().contains(STEER), "{ran:?}");
    let ran = desk.run(&["explain", "missing\u{202e}\x1b[31m.html"]).code(3);
    assert!(!ran.err.contains(['\x1b', '\u{202e}']), "{ran:?}");
}

#[test]
fn json_is_valid_and_exact_whatever_the_page() {
    let desk = Desk::new();
    let sign = format!("Sign \"up\" \\ </script> {STEERS}\u{0}\u{fffd}\u{10ffff}");
    let page = PAGE.replace("Sign up", &sign).replace("<h1>", "<h1>\u{1F600} \u{e9}");
    let mut bytes = page.into_bytes();
    // Bytes that are no text at all, before and in what is cut.
    let at = bytes.windows(6).position(|w| w == b"<form>").unwrap() + 6;
    bytes.splice(at..at, *b"\xff\xc3\x28 ");
    bytes.splice(15..15, *b"\xfe\xed\xa0\x80");
    desk.put("page.html", &bytes);
    let ran = desk.run(&["explain", "--json", "page.html", "--encoding", "utf-8"]).code(0);
    let told: serde_json::Value = serde_json::from_str(ran.out()).expect("JSON");
    let cut = &told["cuts"][0];
    assert!(cut["text"].as_str().unwrap().contains("Sign \"up\" \\ \u{1b}]0;t"), "{cut}");
    let end = |name: &str| usize::try_from(cut["place"]["range"][name].as_u64().unwrap()).unwrap();
    let gone = &bytes[end("start")..end("end")];
    assert!(gone.starts_with(b"<form>\xff\xc3\x28 ") && gone.ends_with(b"</form>"), "{gone:?}");
    assert_eq!(
        desk.run(&["page.html", "--encoding", "utf-8"]).code(0).out,
        [&bytes[..end("start")], &bytes[end("end")..]].concat()
    );
}

#[test]
fn colours_are_for_terminals() {
    let desk = Desk::with_page();
    let ran = desk.run(&["explain", "page.html"]).code(0);
    assert!(!ran.out().contains('\x1b'));
    let forced =
        desk.command(&["explain", "page.html"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stdout.contains(&0x1b));
    let forced =
        desk.command(&["explain", "none.html"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stderr.contains(&0x1b));
}
