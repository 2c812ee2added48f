//! What is written about rules.

use std::fs;
use std::path::Path;

use dehusk::{Cleaner, Layer, Rules, Severity};

/// The blocks of YAML in a Markdown file, each with its line.
fn examples(name: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let mut examples: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        match line {
            "```yaml" => {
                examples.push((format!("{name}:{}", number + 1), String::new()));
                open = true;
            }
            "```" => open = false,
            _ if open => {
                let example = &mut examples.last_mut().unwrap().1;
                example.push_str(line);
                example.push('\n');
            }
            _ => {}
        }
    }
    examples
}

#[test]
fn every_example_is_a_rule_file_without_mistakes() {
    let mut count = 0;
    for name in ["README.md", "rules/README.md"] {
        for (place, text) in examples(name) {
            let problems = Rules::builder().text(place, text).check(&[Layer::Given], false);
            let wrong: Vec<String> = problems
                .iter()
                .filter(|problem| problem.severity != Severity::Advice)
                .map(ToString::to_string)
                .collect();
            assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
            count += 1;
        }
    }
    assert!(count >= 8, "{count}");
}

/// The rule of "a rule in five minutes" does on its page what is said there.
#[test]
fn the_five_minutes_lead_to_a_rule_that_works() {
    let first = examples("rules/README.md").remove(0).1;
    let page =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/five-minutes.html"))
            .unwrap();
    let cuts = |rules: Rules| {
        let cleaner = Cleaner::new(rules).url(Some("https://millvalley.example/a/weir".into()));
        let cleaned = cleaner.clean(&page).unwrap();
        cleaned.cuts.iter().map(|cut| cut.rule.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(cuts(Rules::builtin()), [""; 0]);
    let with = Rules::builder().text("millvalley.yaml", first).build().unwrap();
    assert_eq!(cuts(with), ["millvalley-bell"]);
}
