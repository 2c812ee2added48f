//! Rules prove themselves: their tests pass, and need every line of them.

use std::collections::HashMap;
use std::fs::{self, DirEntry};
use std::path::Path;

use dehusk::{Layer, Rules, Severity, Suite};

/// All shipped rules pass `dehusk rules check --strict rules`: each says what it is for and why,
/// its tests pass, and need every part of it; no phrase is there twice.
#[test]
fn shipped_rules_are_proven_line_by_line() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut found = Rules::builder().path(rules).check(&[Layer::Given], true);
    found.retain(|problem| problem.severity != Severity::Advice);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// Two lists that happen to have one name would be one list: whether a list wants whole texts is
/// said where it begins.
#[test]
fn shipped_lists_say_once_that_they_want_whole_texts() {
    let phrases = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/phrases");
    let mut files: Vec<_> = phrases.read_dir().expect("the shipped lists").flatten().collect();
    // As they are read.
    files.sort_by_key(DirEntry::file_name);
    let mut known: HashMap<String, bool> = HashMap::new();
    for file in files {
        let text = fs::read_to_string(file.path()).expect("readable");
        let read: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        for (name, list) in read["lists"].as_mapping().expect("a mapping") {
            let name = name.as_str().expect("a name").to_string();
            let whole = list.get("whole").is_some();
            let first = *known.entry(name.clone()).or_insert(whole);
            assert!(first || !whole, "{name} becomes another list in {:?}", file.file_name());
        }
    }
    assert!(known.values().filter(|whole| **whole).count() > 10, "{known:?}");
}

#[test]
fn all_tests_of_the_shipped_rules_pass() {
    let suite = Suite::builtin();
    let mut ran = 0;
    for rule in suite.rules() {
        for report in suite.run(&rule.id) {
            let (name, outcome) = (&report.name, report.outcome);
            assert!(report.passed(), "{}, \"{name}\": {outcome:?}", rule.id);
            ran += 1;
        }
    }
    assert!(ran > 200, "{ran}");
}

const LETTER: &str = "\
format: 1
rules:
  - id: letter
    category: newsletter
    summary: A request for the letter.
    because: Nobody else calls it so.
    where:
      email_input: true
      words: { max: 60 }
    evidence:
      - points: 60
        email_input: true
      - points: 50
        phrases: { en: [our letter] }
      - points: 40
        class_words: [letter]
    tests:
      - name: the words and a field
        remove: <aside>Get our letter <input type=email></aside>
      - name: a field alone
        keep: <aside>Mail <input type=email></aside>
";

fn strictly(text: &str) -> Vec<(usize, String)> {
    let problems = Rules::builder().text("letter.yaml", text).check(&[Layer::Given], true);
    problems.into_iter().map(|problem| (problem.line, problem.message)).collect()
}

#[test]
fn what_no_test_needs_has_its_place() {
    let found = strictly(LETTER);
    let wanted = [
        (8, "no test of `letter` needs it: condition `email_input`"),
        (9, "no test of `letter` needs it: condition `words`"),
        (15, "no test of `letter` needs it: evidence +40 `class_words`"),
    ];
    assert_eq!(found, wanted.map(|(line, message)| (line, message.to_string())));
    // Who does not ask strictly is not told, and need not wait.
    assert_eq!(Rules::builder().text("letter.yaml", LETTER).check(&[Layer::Given], false), []);
}

#[test]
fn tests_that_fail_are_told_instead() {
    let found = strictly(&LETTER.replace("Get our letter", "Get a letter"));
    let message = "a test of `letter` fails: \"the words and a field\"".to_string();
    assert_eq!(found, [(18, message)]);
    let gap = LETTER.replace("        keep:", "        known_gap: true\n        keep:");
    let message = "\"a field alone\" is no known gap any more: it passes".to_string();
    assert_eq!(strictly(&gap), [(20, message)]);
    let found = strictly(&LETTER.replace("        keep:", "        from: pdf\n        keep:"));
    assert_eq!(found, [(20, "a snippet cannot be written in `pdf`".to_string())]);
}

const ASK: &str = "\
lists:
  box: { en: [%], any: [newsletter*] }
rules:
  - id: box
    category: newsletter
    evidence:
      - points: 100
        phrases: box
        words: { max: 30 }
";

fn shadowed(text: &str) -> Vec<String> {
    let problems = Rules::builder().text("box.yaml", text).check(&[Layer::Given], false);
    problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn phrases_in_the_shadow_of_others_are_told() {
    let found = shadowed(&ASK.replace('%', "our newsletter, sign up ... box, sign up for a box"));
    let wanted = [
        "`our newsletter` finds nothing that `newsletter*` on line 2 does not",
        "`sign up for a box` finds nothing that `sign up ... box` on line 2 does not",
    ];
    assert_eq!(found, wanted);
    // With a word more than the gap takes, it may find what the other does not.
    assert_eq!(shadowed(&ASK.replace('%', "sign up ... box, sign up for ... box")), [""; 0]);
}

/// Whether a list wants whole texts may stand in another file.
#[test]
fn where_the_whole_text_is_wanted_a_part_of_it_is_no_shadow() {
    let more = "lists: { box: { whole: true } }";
    let text = ASK.replace('%', "sign up, sign up here, (sign|log) up");
    let builder = Rules::builder().text("box.yaml", text).text("more.yaml", more);
    let found: Vec<_> = builder.check(&[Layer::Given], false);
    let found: Vec<_> = found.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(found, ["`sign up` finds nothing that `(sign|log) up` on line 2 does not"]);
}

#[test]
fn what_dehusk_finds_already_is_told() {
    let found = shadowed("lists: { newsletter-word: { en: [mill newsletter, our millpost] } }");
    assert_eq!(found, ["`mill newsletter` is found already: dehusk ships `newsletter*`"]);
}

#[test]
fn shipped_files_are_not_measured_against_themselves() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let all = Rules::builder().path(&rules).check(&[Layer::Given], false);
    assert!(all.iter().all(|problem| !problem.message.contains("replaces")), "{all:?}");
    // One of them alone replaces a part of what is shipped, which is told once.
    let one = Rules::builder().path(rules.join("keep.yaml")).check(&[Layer::Given], false);
    let told: Vec<_> = one.iter().filter(|problem| problem.message.contains("replaces")).collect();
    assert_eq!(told.len(), 1, "{one:?}");
}

/// What a file adds to a rule of another is proven by the tests that it brings along.
#[test]
fn additions_are_proven_where_they_stand() {
    let more = "\
format: 1
rules:
  - extend: letter
    evidence:
      - points: 50
        phrases: { en: [our note] }
      - points: 30
        links: [/letter]
    tests:
      - name: a note
        remove: <aside>Get our note <input type=email></aside>
";
    let builder = Rules::builder().layer(Layer::User).text("letter.yaml", LETTER);
    let builder = builder.layer(Layer::Given).text("more.yaml", more);
    let found: Vec<_> = builder.check(&[Layer::Given], true);
    let places: Vec<_> = found.iter().map(|p| (p.file.as_str(), p.line, p.column)).collect();
    assert_eq!(places, [("more.yaml", 7, 9)], "{found:#?}");
}
