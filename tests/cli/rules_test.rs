//! `dehusk rules test`.

use std::fs;

use super::{Desk, snapshot};

/// A file of rules whose tests pass.
const GOOD: &str = "\
sites: [example.org]
rules:
  - id: letterbox
    category: newsletter
    remove: .letterbox
    up_to: section
    tests:
      - name: the section around the box
        page: |
          <article><p>The mill is old.</p>
          <section husk><h2>Stay</h2><div class=\"letterbox\">Write</div></section>
          <p>It is quiet.</p></article>
      - name: elsewhere
        url: https://example.com/
        keep: <div class=\"letterbox\">Write</div>
";

/// One rule of each kind, each with a test that fails in another way.
const BAD: &str = "\
rules:
  - id: appeal
    category: donation
    where: { words: { max: 30 } }
    evidence:
      - points: 60
        phrases: { en: [support the mill] }
      - points: 50
        links: [/give]
      - points: 20
        class_words: [appeal]
        words: { max: 5 }
    tests:
      - name: missed
        remove: |
          <p class=\"appeal\">Support the mill that stands by the river.</p>
      - name: too long
        remove: |
          <p>[[prose 40]] Support the mill. <a href=\"/give\">Give</a></p>
      - name: overcut
        page: |
          <p husk>Support the mill. <a href=\"/give\">Give</a></p>
          <p>Support the mill. <a href=\"/give\">Give</a></p>
      - name: wrong in itself
        keep: '[[verse 8]]'
      - name: not a gap any more
        known_gap: true
        keep: <p>The wheel turned.</p>
  - id: prose
    shields: [donation]
    where: { words: { min: 30, max: 90 } }
    tests:
      - name: too short
        keep: <p>[[prose 20]]</p>
  - id: untested
    category: share
    evidence: [{ points: 100, class_words: [share] }]
";

#[test]
fn a_line_for_each_rule() {
    let desk = Desk::new();
    desk.put("good.yaml", GOOD);
    let ran = desk.run(&["rules", "test", "good.yaml"]).code(0);
    assert_eq!(
        ran.out(),
        "ok      letterbox  2 tests  good.yaml:3\n\n1 rule, 2 tests: 2 passed, 0 failed\n"
    );
}

#[test]
fn failures_say_what_and_why() {
    let desk = Desk::new();
    desk.put("bad.yaml", BAD);
    let ran = desk.run(&["rules", "test", "bad.yaml"]).code(1);
    snapshot("cli-rules-test", ran.out());
}

#[test]
fn one_rule_by_its_id() {
    let desk = Desk::new();
    desk.put("bad.yaml", BAD);
    let ran = desk.run(&["rules", "test", "bad.yaml", "--rule", "untested"]).code(0);
    assert_eq!(
        ran.out(),
        "none    untested  no tests  bad.yaml:35\n\n\
         1 rule, no tests: 0 passed, 0 failed; 1 rule without tests\n"
    );
    let args = ["rules", "test", "bad.yaml", "--rule", "letter"];
    desk.run(&args).code(2).says("there is no rule `letter` to test; there are appeal, prose");
}

#[test]
fn the_shipped_tests_pass() {
    let ran = Desk::new().run(&["rules", "test", "--builtin"]).code(0);
    assert!(ran.out().contains("ok      share-prompt "), "{ran:?}");
}

#[test]
fn json_is_a_line_for_each_test() {
    let desk = Desk::new();
    desk.put("bad.yaml", BAD);
    let ran = desk.run(&["rules", "test", "bad.yaml", "--json"]).code(1);
    let lines: Vec<serde_json::Value> =
        ran.out().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let outcomes: Vec<&str> = lines.iter().map(|l| l["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["missed", "missed", "overcut", "broken", "kept", "overcut"]);
    assert_eq!(lines[0]["passed"], false);
    assert_eq!(lines[0]["missed"][0]["missing"], 40);
}

#[test]
fn what_cannot_be_tested() {
    let desk = Desk::new();
    desk.run(&["rules", "test"]).code(2).says("name a rule file, or --builtin");
    desk.run(&["rules", "test", "none.yaml"]).code(2).says("none.yaml: cannot be read");
    desk.put("both.yaml", GOOD.replace("keep:", "keep: x\n        remove:"));
    let ran = desk.run(&["rules", "test", "both.yaml"]).code(2);
    ran.says("both.yaml:13:9: a test has exactly one of `remove`, `keep` and `page`");
    desk.put("key.yaml", GOOD.replace("keep:", "keeps:"));
    desk.run(&["rules", "test", "key.yaml"]).code(2).says("key.yaml:15:9: unknown key `keeps`");
}

/// Pages for the rule of [`GOOD`], of which one is on its site.
fn pages(desk: &Desk) {
    fs::create_dir(desk.path("pages")).unwrap();
    let page = |link: &str| {
        format!(
            "{link}<h1>The mill</h1>\n<p>It is old.</p>\n<section>\n<div class=letterbox>Write to \
             me</div></section>\n<p>Advertisement</p>\n<p>It is quiet.</p>\n"
        )
    };
    desk.put("pages/here.html", page("<link rel=canonical href=https://example.org/a>\n"));
    desk.put("pages/there.html", page("<link rel=canonical href=https://example.com/a>\n"));
    desk.put("pages/notes.pdf", "not a page");
}

#[test]
fn pages_show_what_would_newly_go() {
    let desk = Desk::new();
    desk.put("good.yaml", GOOD);
    pages(&desk);
    let args = ["rules", "test", "good.yaml", "--pages", "pages"];
    let ran = desk.run(&args).code(0);
    assert_eq!(
        ran.out(),
        "pages/here.html:4  goes, newsletter (letterbox, 100 points)\n    > Write to me\n\n\
         2 pages: 1 newly going, 0 no longer going\n"
    );
    // A shield in the same place: something stays that went.
    desk.put("keep.yaml", "rules: [{id: k, shields: [ad-notice], where: {words: {max: 3}}}]");
    let ran = desk.run(&["rules", "test", "keep.yaml", "--pages", "pages"]).code(0);
    assert!(ran.out().contains("no longer goes, ad-notice (ad-label, 100 points)"), "{ran:?}");
    assert!(ran.out().ends_with("2 pages: 0 newly going, 2 no longer going\n"), "{ran:?}");
}

#[test]
fn what_was_accepted_is_not_shown_again() {
    let desk = Desk::new();
    desk.put("good.yaml", GOOD);
    pages(&desk);
    let args = ["rules", "test", "good.yaml", "--pages", "pages"];
    desk.run(&[&args[..], &["--accept"]].concat()).code(0);
    assert_eq!(desk.names(), ["good.pages.json", "good.yaml", "pages"]);
    snapshot("cli-rules-test-record", &desk.text("good.pages.json"));
    let ran = desk.run(&args).code(0);
    assert_eq!(ran.out(), "2 pages: 0 newly going, 0 no longer going that is not in the record\n");
    // The rule takes more now, and less elsewhere: both are news.
    desk.put("good.yaml", GOOD.replace(".letterbox\n    up_to: section", "h1 + p"));
    let ran = desk.run(&args).code(1);
    assert!(ran.out().contains("pages/here.html:3  goes, newsletter"), "{ran:?}");
    assert!(ran.out().contains("was accepted to go, and stays"), "{ran:?}");
    desk.put("good.pages.json", "{}");
    desk.run(&args).code(2).says("good.pages.json: this is not a record of --accept");
}

#[test]
fn wrong_places_for_pages() {
    let desk = Desk::new();
    desk.put("good.yaml", GOOD);
    fs::create_dir(desk.path("empty")).unwrap();
    let run = |dir: &str| desk.run(&["rules", "test", "good.yaml", "--pages", dir]);
    run("none").code(2).says("none: there is no such file");
    run("empty").code(2).says("empty: there is no page in this directory");
    let args = ["rules", "test", "--builtin", "--pages", "empty", "--accept"];
    desk.run(&args).code(2);
}

#[test]
fn the_rule_in_the_readme_passes_its_tests() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).unwrap();
    let examples: Vec<&str> =
        readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let rule = examples.iter().find(|text| text.contains("membership-card")).unwrap();
    let desk = Desk::new();
    desk.put("museum.yaml", rule);
    let ran = desk.run(&["rules", "test", "museum.yaml"]).code(0);
    assert!(ran.out().ends_with("1 rule, 4 tests: 4 passed, 0 failed\n"), "{ran:?}");
}

#[test]
fn pages_without_an_address_are_told_of() {
    let desk = Desk::new();
    desk.put(
        "good.yaml",
        "sites: [example.org]\nrules: [{ id: box, category: share, remove: .box }]\n",
    );
    fs::create_dir(desk.path("pages")).unwrap();
    desk.put("pages/a.html", "<h1>The mill</h1><p>It is old.</p><p class=box>Tell them</p>");
    let args = ["rules", "test", "good.yaml", "--pages", "pages"];
    let ran = desk.run(&args);
    assert_eq!((ran.code, ran.out()), (0, "1 page: 0 newly going, 0 no longer going\n"));
    assert!(ran.err.contains("note: 1 of 1 pages do not say where they are from"), "{ran:?}");
    let ran = desk.run(&[&args[..], &["--url", "https://example.org/"]].concat()).code(0);
    assert!(ran.out().contains("pages/a.html:1  goes, share (box, 100 points)"), "{ran:?}");
    assert!(!ran.err.contains("note"), "{ran:?}");
}

#[test]
fn without_a_path_the_rules_of_the_project_are_tested() {
    let desk = Desk::new();
    let ran = desk.run(&["rules", "test"]).code(2);
    ran.says("there are no rules of yours to test: looked in ");
    fs::create_dir_all(desk.path(".dehusk/rules")).unwrap();
    let rule = "sites: [example.org]\nrules:\n  - id: box\n    category: share\n    remove: .box\n    \
                tests:\n      - name: goes\n        remove: <p class=box>Tell them</p>\n";
    desk.put(".dehusk/rules/a.yaml", rule);
    let ran = desk.run(&["rules", "test"]).code(0);
    assert!(ran.out().ends_with("1 rule, 1 test: 1 passed, 0 failed\n"), "{ran:?}");
}
