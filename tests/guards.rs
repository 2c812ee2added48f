//! Guards: a rule file from a stranger can take too much of a page, but never the page.

use dehusk::{Category, Cleaner, From, Rules};

const STORY: &str = "<p>The mill was built in 1802 and stood empty for a century, until nobody knew \
                     any more who had the key to its only door, or cared to ask for it.</p>";

fn page() -> String {
    format!(
        "<title>x</title><body><h1>The mill</h1><main><div class=a>{}</div>{}</main><div class=b>{}</div>",
        STORY.repeat(4),
        STORY,
        STORY.repeat(5),
    )
}

/// What is left of the page when everything that `selector` matches is to go.
fn left(selector: &str, lift: &str) -> String {
    let rule = format!(
        "sites: [example.org]\nrules:\n  - id: greedy\n    category: donation\n    remove: ['{selector}']\n{lift}"
    );
    let rules = Rules::builder().use_builtin(false).text("greedy.yaml", rule).build().unwrap();
    let cleaner = Cleaner::new(rules).url(Some("https://example.org/".into())).from(From::Html);
    let page = page();
    let cleaned = cleaner.clean(page.as_bytes()).unwrap();
    for near in &cleaned.near {
        assert!(near.kept.starts_with("guard: "), "{}", near.kept);
    }
    String::from_utf8(cleaned.output.into_owned()).unwrap()
}

#[test]
fn each_guard_holds_until_it_is_lifted_by_name() {
    let page = page();
    let small = page.replace(&format!("</div>{STORY}</main>"), "</div></main>");
    for (selector, guard, without) in [
        ("h1", "title", page.replace("<h1>The mill</h1>", "")),
        (".a", "share", page.replace(&format!("<div class=a>{}</div>", STORY.repeat(4)), "")),
        (".b", "share", page.replace(&format!("<div class=b>{}</div>", STORY.repeat(5)), "")),
    ] {
        assert_eq!(left(selector, ""), page, "{selector}");
        for other in ["title", "share", "main", "everything"] {
            let found = left(selector, &format!("    lift: [{other}]\n"));
            assert_eq!(found, if other == guard { &*without } else { &page }, "{selector} {other}");
        }
    }
    assert_ne!(small, page);
    // The main part is too large a share as well, and each guard is lifted by its own name.
    for selector in ["main", "body", "html", "*"] {
        let found = left(selector, "");
        assert!(found.contains("<h1>") && found.contains("<main>"), "{selector}: {found}");
    }
    assert!(left("main", "    lift: [share]\n").contains("<main>"));
    assert!(!left("main", "    lift: [share, main]\n").contains("<main>"));
}

/// Rules for all pages lift nothing.
#[test]
fn greedy_rules_leave_a_page() {
    let lift = "    lift: [share]\n";
    let rule = |lift: &str| {
        format!(
            "rules:\n  - id: greedy\n    category: donation\n{lift}    evidence:\n      \
             - points: 100\n        phrases: {{ en: [nobody knew] }}\n"
        )
    };
    let build = |text: String| Rules::builder().use_builtin(false).text("g.yaml", text).build();
    let told = build(rule(lift)).unwrap_err().to_string();
    assert!(told.contains("only a rule for named `sites` may `lift` a guard"), "{told}");
    let rules = build(rule("")).unwrap();
    let cleaner = Cleaner::new(rules).categories(Category::ALL).from(From::Html);
    let other = "<p>Its wheel turned twice a minute, and the miller counted the turns by heart, day \
                 by day and year by year, as his father had done before him.</p>";
    let between = format!("{STORY}{}", other.repeat(4)).repeat(3);
    let page = format!(
        "<title>x</title><body><h1>What nobody knew</h1><main>{between}<div>{}</div></main>",
        STORY.repeat(12)
    );
    let cleaned = cleaner.clean(page.as_bytes()).unwrap();
    let output = std::str::from_utf8(&cleaned.output).unwrap();
    assert!(output.contains("<h1>What nobody knew</h1>") && output.contains("<main>"), "{output}");
    assert!(output.contains(&STORY.repeat(12)), "{output}");
    let words = |text: &str| text.split_whitespace().count() as f32;
    for cut in &cleaned.cuts {
        assert!(words(&cut.text) <= 0.31 * words(&page), "{}", cut.text);
    }
    assert_eq!(cleaned.cuts.len(), 3);
}
