use super::{Fate, Outcome, Suite, TestReport};
use crate::{Category, Cleaner, Rules};

/// The suite of a file with these rules.
fn suite(rules: &str) -> Suite {
    let text = format!("rules:\n{rules}");
    let builder = Rules::builder().use_builtin(false).text("mine.yaml", text);
    builder.suite().unwrap_or_else(|errors| panic!("{errors}"))
}

/// The report of the only test of a rule that scores a field and the words that ask for it.
fn letter(test: &str) -> TestReport {
    let rule = "
  - id: letter
    category: newsletter
    where: { words: { max: 60 } }
    evidence:
      - points: 60
        email_input: true
      - points: 50
        phrases: { en: [our letter] }
    tests:
      - name: the test
        ";
    suite(&format!("{rule}{}", test.replace('\n', "\n        "))).run("letter").remove(0)
}

const ASKS: &str = "<aside>Get our letter <input type=email></aside>";

#[test]
fn what_comes_of_a_test() {
    let outcome = |test: &str| letter(test).outcome;
    assert_eq!(outcome(&format!("remove: {ASKS}")), Outcome::Removed);
    assert_eq!(outcome(&format!("keep: {ASKS}")), Outcome::Overcut);
    assert_eq!(outcome("keep: <p>Get our letter</p>"), Outcome::Kept);
    assert_eq!(outcome("remove: <p>Get our letter</p>"), Outcome::Missed);
    assert_eq!(outcome("remove: '[[prose 5] x'"), Outcome::Broken);
    assert_eq!(outcome("remove: '[[verse 5]]'"), Outcome::Broken);
    assert_eq!(outcome("remove: ''"), Outcome::Broken);
    assert_eq!(outcome("page: <p>x</p>"), Outcome::Broken);
}

#[test]
fn every_piece_of_a_snippet_is_looked_at() {
    let report = letter(&format!("remove: |\n  {ASKS}\n  <p>The wheel turned.</p>"));
    assert_eq!(report.outcome, Outcome::Missed);
    let fates: Vec<Fate> = report.lines.iter().map(|line| line.fate).collect();
    assert_eq!(fates, [Fate::Went, Fate::Missed]);
    // Text that stands by itself is a piece, too.
    assert_eq!(letter(&format!("remove: |\n  The wheel. {ASKS}")).outcome, Outcome::Missed);
}

#[test]
fn a_page_shows_how_far_a_cut_reaches() {
    let page = |inner: &str| {
        letter(&format!(
            "page: |\n  <div><p>{}</p>\n  {inner}\n  </div>",
            "The wheel turned and the carts came over the bridge to the yard of the mill where they stood until the evening of the day."
        ))
    };
    let report = page("<aside husk>Get our letter <input type=email></aside>");
    assert_eq!(report.outcome, Outcome::Removed, "{report:#?}");
    let report = page("<aside>Get our letter <input type=email husk></aside>");
    assert_eq!(report.outcome, Outcome::Overcut);
    assert_eq!(report.lines[1].fate, Fate::Overcut);
    assert_eq!(report.overcut[0].rule.id, "letter");
}

#[test]
fn a_miss_says_what_was_missing() {
    let report = letter("remove: <p>Get our letter</p>");
    let [missed] = report.missed.as_slice() else { panic!("{report:#?}") };
    assert_eq!((missed.points, missed.missing, missed.fires), (50, 50, false));
    let idle: Vec<_> = missed.evidence.iter().filter(|clue| !clue.counts).collect();
    assert_eq!(idle.len(), 1);
    assert_eq!(idle[0].conditions[0].name, "email_input");
    let report = letter("remove: <p>[[prose 80]] Get our letter <input type=email></p>");
    let [missed] = report.missed.as_slice() else { panic!("{report:#?}") };
    assert_eq!((missed.points, missed.missing, missed.fires), (110, 0, false));
    let no: Vec<_> = missed.conditions.iter().filter(|condition| !condition.met).collect();
    assert_eq!((no[0].name.as_str(), no[0].wanted.as_str()), ("words", "at most 60"));
    assert_eq!(no[0].seen, "83");
}

#[test]
fn a_known_gap_has_to_fail() {
    assert!(letter("known_gap: true\nremove: <p>Get our letter</p>").passed());
    assert!(!letter(&format!("known_gap: true\nremove: {ASKS}")).passed());
}

#[test]
fn long_snippets_are_not_guarded_by_their_share_of_the_page() {
    let rule = "
  - id: appeal
    category: donation
    evidence: [{ points: 100, class_words: [appeal] }]
    tests:
      - name: long
        remove: <div class=appeal><p>[[prose 400]]</p><p>[[prose 100]]</p></div>
";
    assert_eq!(suite(rule).run("appeal")[0].outcome, Outcome::Removed);
}

#[test]
fn text_and_markdown() {
    let rule = |form: &str, page: &str| {
        let text = format!(
            "
  - id: appeal
    category: donation
    evidence: [{{ points: 100, phrases: {{ en: [support the mill] }} }}]
    tests:
      - name: text
        from: {form}
        {}
",
            page.replace('\n', "\n          ")
        );
        suite(&text).run("appeal").remove(0)
    };
    let page = "page: |\nThe wheel turned.\n\nhusk: Support the mill today!\n\nThe carts came.";
    assert_eq!(rule("text", page).outcome, Outcome::Removed);
    assert_eq!(rule("markdown", page).outcome, Outcome::Removed);
    assert_eq!(rule("text", "remove: Support the mill.").outcome, Outcome::Removed);
    let keep = rule("text", "keep: |\nThe wheel.\n\nSupport the mill.");
    assert_eq!(keep.outcome, Outcome::Overcut);
    assert_eq!(keep.lines[2].fate, Fate::Overcut);
    let markdown = "page: |\n- The wheel turned.\n- The carts came.\n\nhusk: **Support the mill**";
    assert_eq!(rule("markdown", markdown).outcome, Outcome::Removed);
}

#[test]
fn shields_keep_or_leave_alone() {
    let outcome = |test: &str| {
        let rule = format!(
            "
  - id: prose
    shields: [newsletter]
    where: {{ words: {{ min: 30, max: 100 }}, email_input: false }}
    tests:
      - name: shield
        {test}
"
        );
        suite(&rule).run("prose").remove(0)
    };
    assert_eq!(outcome("keep: <p>[[prose 40]]</p>").outcome, Outcome::Kept);
    assert_eq!(outcome("remove: <p>[[prose 20]]</p>").outcome, Outcome::Removed);
    assert_eq!(outcome("remove: <p>[[prose 40]]</p>").outcome, Outcome::Missed);
    let report = outcome("keep: <p>[[prose 40]] <input type=email></p>");
    assert_eq!(report.outcome, Outcome::Overcut);
    assert!(report.missed[0].conditions.iter().any(|c| c.name == "email_input" && !c.met));
}

#[test]
fn rules_of_sites_need_the_address() {
    let rule = |url: &str, test: &str| {
        let rule = format!(
            "
  - id: box
    category: newsletter
    sites: [example.org, '!shop.example.org']
    remove: .box a
    up_to: section
    tests:
      - name: site
        url: {url}
        {test}: <section class=box><p>x</p><a href=/a>y</a></section>
"
        );
        suite(&rule).run("box").remove(0)
    };
    assert_eq!(rule("https://example.org/", "remove").outcome, Outcome::Removed);
    assert_eq!(rule("https://shop.example.org/", "keep").outcome, Outcome::Kept);
    assert_eq!(rule("''", "keep").outcome, Outcome::Kept);
    let missed = rule("https://example.com/", "remove");
    assert_eq!(missed.outcome, Outcome::Missed);
    assert!(missed.missed[0].conditions.iter().any(|c| c.name == "sites" && !c.met));
}

#[test]
fn a_page_without_an_address_is_on_the_first_site() {
    let rule = "
  - id: box
    category: newsletter
    sites: ['!shop.example.org', '*.example.org', example.com/blog/*]
    remove: .box
    tests:
      - name: site
        remove: <section class=box>x</section>
";
    assert_eq!(suite(rule).run("box")[0].outcome, Outcome::Removed);
}

const COMPANY: &str = "
  - id: leader
    category: newsletter
    where: { words: { max: 20 } }
    evidence: [{ points: 100, phrases: { en: [our letter] } }]
  - id: companion
    category: newsletter
    where: { beside: newsletter, words: { max: 20 } }
    evidence: [{ points: 100, phrases: { en: [no spam] } }]
    tests:
      - name: small print
        remove: |
          <p>Get our letter</p>
          <p>No spam, ever</p>
      - name: alone
        keep: <p>No spam, ever</p>
";

#[test]
fn companions_are_tested_with_what_they_accompany() {
    let suite = suite(COMPANY);
    assert!(suite.run("companion").iter().all(TestReport::passed));
    assert_eq!(suite.unproven("companion").len(), 1, "nothing proves the words");
    assert_eq!(suite.unproven("companion")[0].what, "condition `words`");
    assert_eq!(suite.unproven("leader")[0].what, "the rule: it has no tests");
}

#[test]
fn other_rules_do_not_help() {
    let other = "
  - id: other
    category: newsletter
    evidence: [{ points: 100, phrases: { en: [get it] } }]
  - id: mine
    category: newsletter
    evidence: [{ points: 100, phrases: { en: [our letter] } }]
    tests:
      - name: the other's words
        remove: <p>Get it</p>
";
    assert_eq!(suite(other).run("mine")[0].outcome, Outcome::Missed);
}

#[test]
fn what_no_test_needs_is_unproven() {
    let rule = "
  - id: letter
    category: newsletter
    where:
      words: { max: 60 }
    evidence:
      - points: 60
        email_input: true
      - points: 50
        phrases:
          en: [our letter]
          de: [unser brief]
      - points: 40
        class_words: [letter]
    tests:
      - name: the words and a field
        remove: <aside>Get our letter <input type=email></aside>
      - name: a field alone
        keep: <aside>Mail <input type=email></aside>
";
    let lines = |rule: &str| -> Vec<(String, u32)> {
        suite(rule).unproven("letter").into_iter().map(|u| (u.what, u.line)).collect()
    };
    let found = lines(rule);
    let wanted = [
        ("condition `words`".to_string(), 6),
        ("language `de`".to_string(), 13),
        ("evidence +40 `class_words`".to_string(), 14),
    ];
    assert_eq!(found, wanted);
    let more = "
      - name: German
        remove: <aside>Unser Brief <input type=email></aside>
      - name: its class
        remove: <aside class=letter>Mail <input type=email></aside>
      - name: a long one
        keep: <div>[[prose 80]] Get our letter <input type=email></div>
";
    assert_eq!(lines(&format!("{}{more}", rule.trim_end())), []);
    // A rule whose tests fail has nothing proven or unproven.
    assert_eq!(lines(&rule.replace("Get our", "Get a")), []);
}

/// Some kilobytes could stand for gigabytes.
#[test]
fn neutral_words_have_a_limit_in_all() {
    let prose = "[[prose 5000]]".repeat(11);
    let report = letter(&format!("keep: '<p>{prose}</p>'"));
    assert_eq!(report.outcome, Outcome::Broken);
    assert!(report.note.is_some_and(|note| note.contains("at most 50000 neutral words")));
}

#[test]
fn mistakes_in_tests_have_a_place() {
    let text = "
rules:
  - id: a
    category: share
    evidence: [{ points: 100, class_words: [share] }]
    tests:
      - name: both
        keep: x
        remove: y
      - name: form
        from: pdf
        keep: x
";
    let errors = Rules::builder().text("a.yaml", text).suite().unwrap_err();
    let places: Vec<_> = errors.problems().iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(places, [(7, 9), (10, 9)]);
}

#[test]
fn neutral_words_are_neutral() {
    let suite = suite(
        "
  - id: a
    category: share
    evidence: [{ points: 100, class_words: [share] }]
    tests:
      - name: prose
        keep: <p>[[prose 300]]</p><p>[[prose 10]]</p><div>[[prose 40]]</div>
",
    );
    let page = super::page::set(&suite.cases[0]).unwrap();
    let cleaner = Cleaner::new(Rules::builtin()).categories(Category::ALL);
    let cleaned = cleaner.clean(page.text.as_bytes()).unwrap();
    assert_eq!((cleaned.cuts, cleaned.near), (vec![], vec![]));
    let paragraphs = page.text.matches("<p>").count();
    assert!(paragraphs >= 35, "{paragraphs} paragraphs around 350 words");
}

#[test]
fn the_shipped_tests_are_there() {
    let suite = Suite::builtin();
    assert_eq!(suite.rules().len(), Rules::builtin().len());
    assert!(!suite.cases.is_empty());
}

#[test]
fn shipped_rules_with_tests_have_nothing_unproven() {
    let suite = Suite::builtin();
    for rule in suite.rules() {
        if !suite.run(&rule.id).is_empty() {
            assert_eq!(suite.unproven(&rule.id), [], "{}", rule.id);
        }
    }
}
