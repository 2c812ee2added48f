//! `dehusk rules new`: from a page to a tested rule.

use super::{Desk, Ran, fixture, snapshot};

/// A page whose classes are hashed, with an appeal that no shipped rule knows.
const PAGE: &str = "\
<!DOCTYPE html>
<html lang=en><head><title>The mill</title>
<link rel=canonical href='https://www.mill.example/stories/wheel'></head>
<body><header class=css-9x1><a href=/>The Mill Post</a></header>
<main><article class=story-text>
<h1 class=css-1a2b3c>The wheel turns again</h1>
<p class=css-4d5e6f>The wheel was hung on Tuesday, after four years in a barn, and by noon it turned.</p>
<div class='css-7g8h9i sc-kRmdLP'><p class=css-4d5e6f>The Post has no owner but its readers.</p>
<p class=css-4d5e6f>Put a stone on our wall.</p><a class=css-1j2k href='/wall-of-friends/join?from=wheel'>Add a stone</a></div>
<p class=css-4d5e6f>Children threw corn into the race. Put a stone on it, said one, so that it sinks.</p>
</article></main><footer class=css-3f>The Mill Post, Lower Street</footer></body></html>
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("page.html", PAGE);
    desk
}

fn new(desk: &Desk, args: &[&str]) -> Ran {
    desk.run(&[&["rules", "new"], args].concat())
}

#[test]
fn from_a_block_to_a_rule_whose_tests_pass() {
    let desk = desk();
    let args =
        ["--page", "page.html", "--containing", "stone on our wall", "--category", "donation"];
    let ran = new(&desk, &args).code(0);
    let dated = ran.out().split("date: ").nth(1).and_then(|rest| rest.get(..10));
    let date = dated.expect("a date").to_string();
    snapshot("cli-rules-new", &ran.out().replace(&date, "2026-11-23"));
    // The same to a file, which can be run at once, and does what it says.
    let ran = new(&desk, &[&args[..], &["-o", "mill.yaml"]].concat()).code(0);
    assert!(ran.out().starts_with("mill.yaml: rule mill-example-donation, donation\n"), "{ran:?}");
    let ran = desk.run(&["rules", "test", "mill.yaml"]).code(0);
    assert!(ran.out().ends_with("1 rule, 3 tests: 3 passed, 0 failed\n"), "{ran:?}");
    let url = "https://mill.example/stories/wheel";
    let ran = desk.run(&["page.html", "--rules", "mill.yaml", "--url", url]).code(0);
    assert!(!ran.out().contains("Add a stone") && !ran.out().contains("no owner"), "{ran:?}");
    assert!(ran.out().contains("The wheel was hung") && ran.out().contains("Children threw"));
    // Never over what is there.
    let ran = new(&desk, &[&args[..], &["-o", "mill.yaml"]].concat()).code(2);
    ran.says("mill.yaml: there is such a file already");
}

#[test]
fn site_category_and_id_are_found_or_given() {
    let desk = Desk::new();
    desk.put("page.html", fixture("news-inline-signup.html"));
    let args = ["--page", "page.html", "--containing", "High Water, our weekly"];
    let ran = new(&desk, &args);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("note: dehusk removes this block already, by newsletter-signup"));
    let out = ran.out();
    assert!(out.contains("sites: [ledger.example]") && out.contains("category: newsletter"));
    let more = ["--url", "https://www.tide.example/", "--category", "promotion", "--id", "high"];
    let ran = new(&desk, &[&args[..], &more].concat());
    let out = ran.out();
    assert!(out.contains("sites: [tide.example]") && out.contains("category: promotion"), "{out}");
    assert!(out.contains("- id: high\n"), "{out}");
}

#[test]
fn a_selector_may_mean_several_blocks() {
    let desk = Desk::new();
    let teaser = "<div class='mill-teaser x1'><p>Walk to the mill on Sunday</p></div>";
    desk.put("page.html", format!("<h1>A</h1>{teaser}<p>One.</p>{teaser}<p>Two.</p>"));
    let url = ["--url", "https://mill.example/", "--category", "promotion"];
    let args = ["--page", "page.html", "--select", ".x1"];
    let ran = new(&desk, &[&args[..], &url].concat());
    assert!(ran.out().contains("remove: '.mill-teaser'"), "{ran:?}");
    assert!(ran.err.contains("note: 2 blocks are picked"), "{ran:?}");
}

#[test]
fn what_is_not_known_is_asked_for() {
    let desk = desk();
    let page = ["--page", "page.html"];
    let with = |args: &[&str]| new(&desk, &[&page[..], args].concat()).code(2);
    with(&["--containing", "put a stone"])
        .says("the text stands in 2 places; name more of it, or take one:\n  line 9:  --select '");
    with(&["--containing", "no such words"]).says("nothing that the page shows contains");
    with(&["--containing", "hung on Tuesday"]).says("say it with --category");
    with(&["--select", "main", "--category", "share"]).says("this block is the page itself");
    with(&["--select", "nav"]).says("no element matches `nav`");
    with(&[]).says("--containing TEXT or --select CSS");
    new(&desk, &["--containing", "x"]).code(2).says("--page FILE");
    desk.put("bare.html", "<p>The mill.</p><div><p>Chip in</p></div>");
    let bare = ["--page", "bare.html", "--containing", "chip in", "--category", "donation"];
    new(&desk, &bare).code(2).says("the page does not say where it is from");
    desk.put("page.txt", "The mill.\n\nChip in.\n");
    let text = ["--page", "page.txt", "--containing", "chip", "--url", "https://mill.example"];
    new(&desk, &text).code(2).says("text has no elements to select");
    new(&desk, &["--page", "none.html", "--containing", "x"]).code(3).says("no such file");
}

#[test]
fn phrases_in_several_languages() {
    let desk = Desk::new();
    let args = [
        "--text",
        "put a stone on our wall",
        "--lang",
        "en",
        "--text",
        "lege ... stein* in unsere wand",
        "--lang",
        "de",
        "--category",
        "donation",
    ];
    let ran = new(&desk, &args).code(0);
    snapshot("cli-rules-new-phrases", ran.out());
    new(&desk, &[&args[..], &["-o", "wall.yaml"]].concat()).code(0);
    let ran = desk.run(&["rules", "test", "wall.yaml"]).code(0);
    assert!(ran.out().ends_with("1 rule, 3 tests: 3 passed, 0 failed\n"), "{ran:?}");
    new(&desk, &["--text", "a stone"]).code(2).says("--category");
    let two = ["--text", "a b", "--text", "c d", "--text", "e f", "--lang", "de", "--lang", "fr"];
    new(&desk, &[&two[..], &["--category", "share"]].concat())
        .code(2)
        .says("3 texts and 2 languages");
    let no = ["--text", "støtt møllen vår", "--lang", "no", "--category", "donation"];
    new(&desk, &no).code(2).says("`no` is not a language; it is `nb` or `nn`");
    let id = ["--text", "chip in for the roof", "--category", "donation", "--id", "My Roof"];
    new(&desk, &id).code(2).says("`My Roof`");
    let bad = ["--text", "...", "--category", "share"];
    new(&desk, &bad).code(2).says("`...` stands between words");
}

#[test]
fn names_that_are_no_yaml() {
    let desk = Desk::new();
    desk.put(
        "page.html",
        "<h1>A</h1><div id=no-box><p>Yes: \"it's\" # {all} & [[this]]: *true</p></div><p>B.</p>",
    );
    let args = ["--page", "page.html", "--containing", "it's", "--category", "share"];
    let site = ["--url", "https://a.example/x?y=1#z", "-o", "rule.yaml"];
    new(&desk, &[&args[..], &site].concat()).code(0);
    let ran = desk.run(&["rules", "test", "rule.yaml"]).code(0);
    assert!(ran.out().ends_with("1 rule, 3 tests: 3 passed, 0 failed\n"), "{ran:?}");
}

/// Pages of other kinds, with something that no shipped rule takes for what it is: from each a rule
/// comes whose tests pass, that needs no more said of it, and that works.
#[test]
fn pages_that_nothing_covers() {
    let pages = [
        ("react.html", "oar with us", "donation", "div:has(> div > a[href*=\"/oars\"])"),
        (
            "table.html",
            "Put an apple",
            "donation",
            "table:has(> tbody > tr > td > a[href*=\"basket.htm\"])",
        ),
        ("blog.html", "Vpiši se in ga", "newsletter", ".okvir-blog"),
    ];
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/uncovered");
    let url = "https://orchard.example/grafting.htm";
    for (name, text, category, selector) in pages {
        let desk = Desk::new();
        desk.put(name, std::fs::read(from.join(name)).unwrap());
        let args = ["--page", name, "--containing", text, "--category", category, "-o", "new.yaml"];
        let address: &[&str] = if name == "table.html" { &["--url", url] } else { &[] };
        new(&desk, &[&args[..], address].concat()).code(0);
        let yaml = desk.text("new.yaml");
        assert!(yaml.contains(&format!("    remove: '{selector}'\n")), "{yaml}");
        let ran = desk.run(&["rules", "test", "new.yaml"]).code(0);
        assert!(ran.out().ends_with("1 rule, 3 tests: 3 passed, 0 failed\n"), "{ran:?}");
        let ran = desk.run(&["rules", "check", "--strict", "new.yaml"]).code(0);
        assert_eq!(ran.out(), "1 file: no problems\n");
        let site = yaml.split("sites: [").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
        let address = format!("https://www.{site}/");
        let ran = desk.run(&[name, "--rules", "new.yaml", "--url", &address]).code(0);
        assert!(!ran.out().contains(text), "{ran:?}");
    }
}

#[test]
fn a_text_from_all_over_the_page_is_no_block() {
    let desk = desk();
    let long = "word ".repeat(100);
    desk.put("page.html", PAGE.replace("<p class=css-4d5e6f>Put", &format!("<p>{long}<p>Put")));
    let text = format!("its readers. {}", long.trim());
    let args = ["--page", "page.html", "--containing", &text, "--category", "donation"];
    new(&desk, &args).code(2).says("give a text that stands together, or take --select");
}

/// Whoever types "a rule in five minutes" line by line has a rule that works.
#[test]
fn five_minutes_as_they_are_written() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("rules/README.md")).unwrap();
    let section = readme.split("\n## ").find(|text| text.starts_with("A rule in five")).unwrap();
    let desk = Desk::new();
    let page = std::fs::read(root.join("tests/rules/five-minutes.html")).unwrap();
    desk.put("page.html", page);
    let home = format!("{}/", desk.0.path().display());
    let mut outs = Vec::new();
    for line in section.lines().filter_map(|line| line.strip_prefix("$ dehusk ")) {
        // Every second part stands in quotes.
        let mut args = Vec::new();
        for (i, part) in line.split('"').enumerate() {
            match i % 2 {
                0 => args.extend(part.split_whitespace().map(|arg| arg.replace("~/", &home))),
                _ => args.push(part.to_string()),
            }
        }
        outs.push(desk.run(&args).code(0).out().to_string());
    }
    let [before, made, checked, tested, pages, after] = outs.as_slice() else {
        panic!("{outs:#?}")
    };
    assert!(before.contains("0 cuts") && made.contains("rule millvalley-example-newsletter"));
    assert_eq!(checked, "1 file: no problems\n");
    assert!(tested.ends_with("3 passed, 0 failed\n"), "{tested}");
    assert!(pages.contains("page.html") && pages.contains("The bell rings on Fridays"), "{pages}");
    assert!(after.contains("millvalley-example-newsletter"), "{after}");
}
