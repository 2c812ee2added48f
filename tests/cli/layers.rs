//! Layers of rules: those of the user and the project, and what is told of them.

use std::fs;

use super::{Desk, PAGE, snapshot};

const BOX: &str = "<h1>The mill</h1><p>It is old.</p><div class=letterbox>Write</div>\
    <div class=coins>Give</div><p>It is quiet.</p>";
const USER: &str = "\
sites: [example.org, '!shop.example.org']
rules:
  - id: letterbox
    category: newsletter
    remove: .letterbox
    lift: [share]
  - id: coins
    category: donation
    status: draft
    remove: .coins
";

/// A desk with rules of a user and of a project, and a page two directories below.
fn desk() -> Desk {
    let desk = Desk::new();
    for dir in [".config/dehusk/rules", "project/.dehusk/rules/sites", "project/pages"] {
        fs::create_dir_all(desk.path(dir)).unwrap();
    }
    desk.put(".config/dehusk/rules/mine.yaml", USER);
    desk.put("project/pages/page.html", BOX);
    desk
}

impl Desk {
    /// Runs among the project's pages.
    fn below(&self, args: &[&str]) -> super::Ran {
        let mut command = self.command(args);
        command.current_dir(self.path("project/pages"));
        super::Ran::from(command.output().expect("the command starts"))
    }
}

const URL: [&str; 3] = ["page.html", "--url", "https://example.org/"];

/// Which boxes are left.
fn left(desk: &Desk, more: &[&str]) -> String {
    let args: Vec<&str> = URL.iter().chain(more).copied().collect();
    let ran = desk.below(&args).code(0);
    let boxes = ["letterbox", "coins"].into_iter().filter(|name| ran.out().contains(name));
    boxes.collect::<Vec<_>>().join(" ")
}

#[test]
fn layers_add_up_and_later_ones_win() {
    let desk = desk();
    assert_eq!(left(&desk, &[]), "coins");
    assert_eq!(left(&desk, &["--no-local-rules"]), "letterbox coins");
    assert_eq!(left(&desk, &["--no-builtin-rules"]), "coins");

    // The project disables what the user has, and a rule for this run brings it back.
    desk.put("project/.dehusk/rules/sites/quiet.yml", "disable: [letterbox]");
    assert_eq!(left(&desk, &[]), "letterbox coins");
    let again =
        "rules: [{ id: letterbox, category: share, sites: [example.org], remove: .letterbox }]";
    desk.put("project/pages/again.yaml", again);
    assert_eq!(left(&desk, &["--rules", "again.yaml"]), "letterbox coins");
    assert_eq!(left(&desk, &["--rules", "again.yaml", "--all"]), "coins");

    // The nearest project is the one that counts.
    fs::create_dir_all(desk.path("project/pages/.dehusk/rules")).unwrap();
    assert_eq!(left(&desk, &[]), "coins");
}

#[test]
fn drafts_run_when_asked_for_or_given() {
    let desk = desk();
    assert_eq!(left(&desk, &[]), "coins");
    assert_eq!(left(&desk, &["--drafts"]), "");
    let mine = desk.path(".config/dehusk/rules/mine.yaml");
    assert_eq!(left(&desk, &["--rules", mine.to_str().unwrap()]), "");
    // A later layer can take a draft for ready, or switch a rule off.
    desk.put("project/.dehusk/rules/a.yaml", "rules: [{ extend: coins, status: stable }]");
    assert_eq!(left(&desk, &[]), "");
    desk.put("project/.dehusk/rules/b.yaml", "rules: [{ extend: letterbox, status: off }]");
    assert_eq!(left(&desk, &[]), "letterbox");
    desk.put("project/.dehusk/rules/a.yaml", "");
    let ran = desk.below(&["explain", "page.html", "--url", "example.org", "--drafts"]).code(0);
    assert!(ran.out().contains("    coins (a draft): 100 points"), "{ran:?}");
}

#[test]
fn shipped_rules_are_extended_and_excluded_for_a_site() {
    let desk = desk();
    desk.put("project/pages/page.html", PAGE);
    let goes = |url: &str| desk.below(&["--check", "page.html", "--url", url]).code == 1;
    assert!(goes("https://example.org/") && goes("https://example.com/"));
    let except = "rules: [{ extend: newsletter-signup, sites: ['!example.org'] }]";
    desk.put("project/.dehusk/rules/a.yaml", except);
    assert!(!goes("https://example.org/") && goes("https://example.com/"));

    desk.put("project/pages/page.html", "<p>The mill is old.</p><p>Letters of the miller</p>");
    assert!(!goes("https://example.com/"));
    let more = "rules:\n  - extend: newsletter-signup\n    evidence:\n      - points: 100\n        \
        phrases: { en: [letters of the miller] }\n";
    desk.put("project/.dehusk/rules/a.yaml", more);
    assert!(goes("https://example.com/"));
    // What comes from another file than the rule says so.
    let ran = desk.below(&["explain", "page.html"]).code(0);
    let shown = ran.out().lines().find(|line| line.contains("letters of the miller")).unwrap();
    assert!(shown.ends_with("project/.dehusk/rules/a.yaml:4"), "{shown}");
}

#[test]
fn a_mistake_in_any_layer_stops_every_run_with_its_place() {
    let desk = desk();
    let bad = USER.replace("category: d", "catgory: d");
    desk.put(".config/dehusk/rules/mine.yaml", bad);
    let ran = desk.below(&["page.html"]).code(2).says("/mine.yaml:8:5: unknown key `catgory`");
    assert_eq!(ran.out(), "");
    desk.below(&["page.html", "--no-local-rules"]).code(0);
}

#[test]
fn the_list_tells_where_rules_come_from_and_what_became_of_them() {
    let desk = desk();
    let more = "  - id: bench\n    category: share\n    remove: .bench\n  - id: doormat\n    \
        category: share\n    remove: .doormat\n";
    desk.put(".config/dehusk/rules/mine.yaml", format!("{USER}{more}"));
    desk.put(
        "project/.dehusk/rules/sites/quiet.yml",
        "disable: [bench]\nrules:\n  - extend: doormat\n    remove: .mat\n",
    );
    desk.put(
        "project/.dehusk/rules/off.yml",
        "sites: [example.org]\nrules:\n  - id: letterbox\n    category: newsletter\n    \
         status: off\n    remove: .letterbox\n",
    );
    let home = format!("{}/", desk.0.path().display());
    let ran = desk.below(&["rules", "list", "--no-builtin-rules"]).code(0);
    let shown = ran.out().replace(&home, "~/");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    snapshot("cli-rules-list", &shown);
    let all = desk.below(&["rules", "list"]).code(0);
    assert!(all.out().contains("rules/newsletter.yaml  built-in\n"), "{all:?}");

    let ran = desk
        .below(&[
            "rules",
            "list",
            "--json",
            "--no-builtin-rules",
            "--no-local-rules",
            "--rules",
            "../../.config/dehusk/rules",
        ])
        .code(0);
    let list: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(list[0]["id"], "letterbox");
    assert_eq!(list[0]["lifts"][0], "share");
    assert_eq!(list[0]["sites"][1], "!shop.example.org");
    assert_eq!(list[0]["place"]["layer"], "given");
    assert_eq!(list[0]["place"]["line"], 3);
    assert_eq!(list[1]["status"], "draft");
}

#[test]
fn check_tells_errors_from_warnings() {
    let desk = Desk::new();
    let ran = desk.run(&["rules", "check"]).code(0);
    assert!(ran.out().starts_with("no rule files to check; looked in "), "{ran:?}");

    fs::create_dir_all(desk.path(".dehusk/rules")).unwrap();
    let good = USER.replace("    lift: [share]\n", "");
    desk.put(".dehusk/rules/good.yaml", &good);
    assert_eq!(desk.run(&["rules", "check"]).code(0).out(), "1 file: no problems\n");
    // What shared rules should have; 1 for the file, 3 for each rule.
    let ran = desk.run(&["rules", "check", "--strict"]).code(1);
    assert!(ran.out().ends_with("1 file: 7 warnings\n"), "{ran:?}");

    desk.put(
        ".dehusk/rules/warn.yaml",
        "lists: { newsleter-ask: { cy: [ysgrifennwch at y golygydd] } }",
    );
    let ran = desk.run(&["rules", "check"]).code(0);
    assert!(ran.out().contains("help: did you mean `newsletter-ask`?"), "{ran:?}");

    // A named file is looked over alone, with the others as its company.
    desk.put("more.yaml", "disable: [letterbox]\n");
    assert_eq!(desk.run(&["rules", "check", "more.yaml"]).code(0).out(), "1 file: no problems\n");
    desk.put("more.yaml", "disable: [letterbx]\n");
    let ran = desk.run(&["rules", "check", "more.yaml", ".dehusk"]).code(2);
    snapshot("cli-rules-check", ran.out());

    let ran = desk.run(&["rules", "check", "more.yaml", "--json"]).code(2);
    let problems: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(problems[0]["severity"], "error");
    assert_eq!(problems[0]["file"], "more.yaml");
    assert_eq!((problems[0]["line"].as_u64(), problems[0]["column"].as_u64()), (Some(1), Some(11)));
    assert_eq!(problems[0]["help"], "did you mean `letterbox`?");
    desk.run(&["rules", "check", "nowhere.yaml"]).code(2);
}

/// Advice does not drown what is wrong.
#[test]
fn much_advice_on_a_file_is_cut_short() {
    let desk = Desk::new();
    let covered: Vec<String> =
        (b'a'..=b'h').map(|c| format!("millpost {0}{0}", c as char)).collect();
    let lists =
        format!("lists: {{ newsletter-ask: {{ any: [millpost*, {}] }} }}\n", covered.join(", "));
    desk.put("mine.yaml", lists);
    let ran = desk.run(&["rules", "check", "mine.yaml"]).code(0);
    assert_eq!(ran.out().matches("advice: `millpost ").count(), 5, "{ran:?}");
    let end =
        "mine.yaml: advice: and 3 more, left out; --json has all\n\n1 file: 8 pieces of advice\n";
    assert!(ran.out().ends_with(end), "{ran:?}");
    let ran = desk.run(&["rules", "check", "mine.yaml", "--json"]).code(0);
    assert_eq!(ran.out().matches("finds nothing that").count(), 8, "{ran:?}");
}

#[test]
fn the_schema_is_json() {
    let ran = Desk::new().run(&["rules", "schema"]).code(0);
    let schema: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
    assert!(schema.is_object());
}
