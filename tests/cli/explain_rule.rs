//! `dehusk explain` of single blocks and single rules.

use super::{Desk, snapshot};

/// Rules of the test's own, so that the snapshot does not change with the shipped ones.
const RULES: &str = "\
lists:
  ask:
    en: [support the mill]
rules:
  - id: appeal
    category: donation
    where: { words: { max: 30 } }
    evidence:
      - points: 60
        phrases: ask
      - points: 50
        links: [/give]
      - points: 20
        class_words: [appeal]
        words: { max: 4 }
      - points: 15
        amounts: { min: 2 }
  - id: keep-notes
    shields: [donation]
    where: { is: .note }
  - id: box
    category: newsletter
    sites: [example.org]
    remove: .box
  - id: buttons
    category: share
    evidence: [{ points: 100, class_words: [buttons] }]
";

const PAGE: &str = "\
<h1>The mill</h1>
<p>It was built in 1802 beside the river, of stone from the hills, and it stood empty for long.</p>
<p class=appeal>Support the mill with a coin, if you have one to spare.</p>
<p>Support the mill. <a href=/give>Give now</a></p>
<p class=note>Support the mill! <a href=/give>Give later</a></p>
<section><p>Those who support the mill are many: the miller, his dog, the birds, the wind, the rain.</p>
<p>There is a box by the door for them all, and somebody looks after it. <a href=/give>Give today</a></p></section>
<div class=box>Write to me</div>
<p class=buttons>Tell a friend</p>
<script>var hidden = 'a word';</script>
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("page.html", PAGE);
    desk.put("rules.yaml", RULES);
    desk
}

fn run(desk: &Desk, args: &[&str]) -> super::Ran {
    let own = ["explain", "page.html", "--no-builtin-rules", "--rules", "rules.yaml"];
    desk.run(&[&own[..], args].concat())
}

#[test]
fn blocks_and_rules() {
    let desk = desk();
    let mut shown = String::new();
    for args in [
        // It lacks points; a bound says no to a line of evidence.
        &["--containing", "support the mill WITH A COIN"][..],
        // It goes.
        &["--containing", "give now"],
        // A shield keeps it.
        &["--containing", "Give later", "--rule", "appeal"],
        // A condition says no to what is around it.
        &["--select", "section", "--rule", "appeal"],
        // The site is not known; with it, the guard of small pages has nothing to say.
        &["--rule", "box"],
        &["--rule", "box", "--url", "https://example.org/"],
        // The category is off.
        &["--rule", "buttons"],
        &["--containing", "It was built"],
    ] {
        shown.push_str(&format!("$ dehusk explain page.html {}\n", args.join(" ")));
        shown.push_str(run(&desk, args).code(0).out());
        shown.push('\n');
    }
    snapshot("cli-explain-rule", &shown);
}

#[test]
fn what_is_not_there() {
    let desk = desk();
    run(&desk, &["--containing", "no such words"])
        .code(3)
        .says("page.html: nothing that the page shows contains \"no such words\"");
    run(&desk, &["--containing", "a word"])
        .code(3)
        .says("it stands in line 10, but in markup, a script or a comment");
    run(&desk, &["--select", "nav"]).code(3).says("no element matches `nav`");
    run(&desk, &["--select", "nav["]).code(3).says("`nav[`: `[` is not closed");
    run(&desk, &["--rule", "apeal"])
        .code(3)
        .says("there is no rule `apeal`; did you mean `appeal`?");
    run(&desk, &["--select", "p", "--containing", "x"]).code(2);
}

#[test]
fn all_places_of_a_text_are_told() {
    let ran = run(&desk(), &["--containing", "support the mill"]).code(0);
    assert!(ran.out().starts_with("page.html: 4 blocks with \"support the mill\"\n"), "{ran:?}");
}

#[test]
fn json_has_every_condition() {
    let ran = run(&desk(), &["--json", "--containing", "with a coin", "--rule", "appeal"]).code(0);
    let line: serde_json::Value = serde_json::from_str(ran.out()).expect("JSON");
    let seen = &line["blocks"][0]["assessments"][0];
    assert_eq!((&seen["points"], &seen["missing"]), (&60.into(), &40.into()));
    assert_eq!(seen["fires"], false);
    let condition = &seen["conditions"][0];
    assert_eq!((&condition["name"], &condition["met"]), (&"words".into(), &true.into()));
    assert_eq!(seen["evidence"].as_array().unwrap().len(), 4);
    assert_eq!(line["blocks"][0]["verdict"]["near"]["points"], 60);
}

#[test]
fn blocks_as_tests_pass_as_tests() {
    let desk = desk();
    let goes = run(&desk, &["--as-test"]).code(0);
    assert!(goes.out().contains("- name: Support the mill. Give now\n  remove: |\n"), "{goes:?}");
    let stays = run(&desk, &["--as-test", "--containing", "with a coin"]).code(0);
    assert!(stays.out().contains("  keep: |\n    <p class=\"appeal\">Support"), "{stays:?}");
    let wanted = run(&desk, &["--as-test=remove", "--containing", "with a coin"]).code(0);
    assert!(wanted.out().contains("  remove: |\n"), "{wanted:?}");
    let tests: String = format!("{}{}", goes.out(), stays.out())
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    let rules = RULES.split("  - id: keep-notes").next().unwrap();
    desk.put("tested.yaml", format!("{rules}    tests:\n{tests}"));
    let ran = desk.run(&["rules", "test", "tested.yaml"]).code(0);
    assert!(ran.out().contains(" passed, 0 failed"), "{ran:?}");
}

#[test]
fn text_as_a_test() {
    let desk = desk();
    desk.put(
        "page.txt",
        "The mill is old.\n\nSupport the mill: example.org/give\n\nIt is quiet.\n",
    );
    let args = ["explain", "page.txt", "--as-test", "--containing", "example.org"];
    let ran = desk.run(&args).code(0);
    assert_eq!(
        ran.out(),
        "- name: 'Support the mill: example.org/give'\n  from: text\n  keep: |\n    Support the \
         mill: example.org/give\n"
    );
}

#[test]
fn colours_are_for_terminals() {
    let desk = desk();
    let args = ["explain", "page.html", "--containing", "It was built"];
    assert!(!desk.run(&args).code(0).out().contains('\x1b'));
    let forced = desk.command(&args).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stdout.contains(&0x1b));
}
