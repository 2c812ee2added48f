//! The report as markup; `tests/browser` shows it to a browser.

use super::allowed::{self, Show};
use super::items::{Item, MAX_ITEMS, Places, State};
use super::{SCRIPT, STYLE, frame, source};
use crate::dom::parse::{ParseOptions, parse};
use crate::dom::soup;
use crate::dom::{Document, NodeData};
use crate::finding::{Place, RuleRef};
use crate::{Category, Cleaner, From, Rules};
use proptest::prelude::*;

const RULES: &str = "\
lists: { ask: { any: [our weekly] } }
rules:
  - id: letter
    category: newsletter
    evidence:
      - points: 60
        email_input: true
      - points: 50
        phrases: ask
  - id: buttons
    category: share
    where: { words: { max: 60 } }
    evidence:
      - points: 80
        class_words: [share]
      - points: 40
        email_input: true
";

const PAGE: &str = "<!DOCTYPE html>\n<html lang=en onload=x()><head><title>T</title>\
    <link rel=stylesheet href=//h/s.css><style>p { color: red; background: url(//h/i.png) }</style></head>\n\
    <body><h1 style='width:url(//h)'>The mill</h1>\n<p>It was built in 1802.</p>\n\
    <form action=/s><p>Get our weekly letter \u{202e}&amp; more</p><input type=email name=e onfocus=x()></form>\n\
    <div class=share><a href=javascript:x()>Send &lt;it&gt;</a><img src=//h/a.png alt=a width=9></div>\n\
    <p>It stood empty for a century, and the wheel fell into the race.</p><script>x()</script></body></html>\n";

fn cleaner(rules: &str) -> Cleaner {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rules.yaml");
    std::fs::write(&path, rules).unwrap();
    let rules = Rules::builder().use_builtin(false).path(path).build().unwrap();
    Cleaner::new(rules).categories(Category::ALL).from(From::Html).name(Some("mill.html".into()))
}

/// The report without what it brings along for every page.
fn bare(report: &str, dir: &str) -> String {
    report
        .replace(STYLE, "…")
        .replace(SCRIPT, "…")
        .replace(&include_str!("frame.css").replace('"', "&quot;"), "…")
        .replace(dir, "rules.yaml")
        .split("'sha256-")
        .enumerate()
        .map(|(i, part)| if i == 0 { part } else { part.split_once('\'').map_or("", |p| p.1) })
        .collect::<Vec<_>>()
        .join("'sha256-…'")
}

#[test]
fn a_small_report() {
    let cleaner = cleaner(RULES);
    let file = cleaner.clean(PAGE.as_bytes()).unwrap().cuts[0].rule.file.clone();
    let report = cleaner.report(PAGE.as_bytes()).unwrap();
    insta::with_settings!({
        snapshot_path => "../../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("report", bare(&report, &file));
    });
}

#[test]
fn styles_and_script_are_small_and_end_where_they_should() {
    for (name, part) in [("css", STYLE), ("js", SCRIPT), ("frame", include_str!("frame.css"))] {
        assert!(part.len() < 12 * 1024, "{name}: {}", part.len());
        assert!(!part.contains("</") && !part.contains("<!--"), "{name}");
        assert!(!part.contains("http"), "{name} reaches out");
    }
    // The frame's style is put into an attribute as it is, but for these.
    assert!(!include_str!("frame.css").contains('&'));
}

fn document(html: &str) -> Document {
    parse(html, &ParseOptions::default()).unwrap()
}

fn framed(html: &str, max: usize) -> frame::Frame {
    frame::frame(&document(html), &[], &Places::new(&[]), max)
}

/// Whether nothing in the markup of a frame can do more than show something, by another parse.
fn is_harmless(html: &str) -> Result<(), String> {
    let doc = document(html);
    for node in &doc.nodes {
        let NodeData::Element(element) = &node.data else { continue };
        let name = &*element.name.local;
        let ours = matches!(name, "html" | "head" | "body" | "meta")
            || name == "style"
            || name.starts_with("dehusk-");
        if !ours && !matches!(allowed::show(element), Show::As(shown) if shown == name) {
            return Err(format!("element {name}"));
        }
        for attr in &element.attrs {
            let attribute = &*attr.name.local;
            if attribute.starts_with("on")
                || matches!(
                    attribute,
                    "href" | "srcset" | "action" | "formaction" | "name" | "srcdoc"
                ) && name != "meta"
                || attribute == "src" && !attr.value.starts_with("data:image/")
                || attr.value.contains("javascript:") && attribute == "href"
            {
                return Err(format!("attribute {attribute} of {name}"));
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn frames_of_any_soup_are_harmless(html in prop_oneof![soup::soup(), soup::thick_soup(), soup::page()]) {
        prop_assert_eq!(is_harmless(&framed(&html, frame::MAX_BYTES).html), Ok(()));
    }

    #[test]
    fn frames_of_any_tricks_are_harmless(pieces in prop::collection::vec(prop::sample::select(&[
        "<svg>", "</svg>", "<math>", "<mtext>", "<mglyph>", "<style>", "</style>", "<!--", "-->",
        "<img src=x onerror=x()>", "<a href=javascript:x()>", "<form action=x>", "<table>", "</table>",
        "<noscript>", "</noscript>", "<title>", "</title>", "<textarea>", "</textarea>", "<select>",
        "<template>", "</template>", "<iframe srcdoc=x>", "</iframe>", "<p title='</style><script>'>",
        "<base href=x>", "<meta http-equiv=refresh content=1>", "<foreignObject>", "<desc>", "<xmp>",
        "<annotation-xml encoding=text/html>", "<x-y onclick=x>", "<plaintext>", "&lt;script&gt;", "\"'>",
    ][..]), 0..16)) {
        prop_assert_eq!(is_harmless(&framed(&pieces.concat(), frame::MAX_BYTES).html), Ok(()));
    }
}

#[test]
fn only_pictures_in_the_file_are_shown() {
    let shown = |src: &str| framed(&format!("<img src=\"{src}\">"), 1 << 20).html.contains(src);
    assert!(shown("data:image/png;base64,iVBORw0KGgo="));
    for src in [
        "data:image/svg+xml;base64,AAAA",
        "data:image/png;base64,A&quot;A",
        "data:text/html;base64,AAAA",
        "DATA:image/png,http://h",
        "https://h/i.png",
        "i.png",
    ] {
        assert!(!shown(src), "{src}");
    }
}

#[test]
fn a_frame_has_a_limit() {
    let html = "<div class=a><p>It was built in 1802.</p></div>".repeat(1000);
    let whole = framed(&html, frame::MAX_BYTES);
    assert!(!whole.cut_short);
    let part = framed(&html, whole.html.len() / 2);
    assert!(part.cut_short && part.html.len() < whole.html.len() / 2 + 200, "{}", part.html.len());
    assert!(part.html.ends_with("</html>"));
    let text = framed(&format!("<p>{}", "é".repeat(100_000)), 50_000);
    assert!(text.cut_short && text.html.len() < 50_200, "{}", text.html.len());
}

fn item<'a>(
    number: usize,
    span: std::ops::Range<usize>,
    rule: &'a RuleRef,
    place: &'a Place,
) -> Item<'a> {
    Item {
        number,
        state: State::Cut,
        category: Category::Newsletter,
        place,
        span,
        rule,
        points: 100,
        evidence: &[],
        extent: &[],
        kept: "",
        text: "",
    }
}

#[test]
fn of_long_sources_the_blocks_are_shown() {
    let rule = RuleRef { id: "r".into(), file: "f".into(), line: 1, draft: false };
    let place = Place { range: 0..0, line: 1, path: String::new() };
    let line = "It was built in 1802.\n";
    let text = line.repeat(100_000);
    let items = [item(1, line.len() * 50_000..line.len() * 50_002, &rule, &place)];
    let mut out = String::new();
    source::lines(&mut out, &text, &items, &Places::new(&items));
    assert!(out.len() < 100_000, "{}", out.len());
    assert!(
        out.contains("<div class=line data-n=50001 data-gone=newsletter><mark data-dehusk=\"1\"")
    );
    assert_eq!(out.matches("bytes not shown").count(), 2, "{out}");
    // However many, and however long.
    let items: Vec<Item<'_>> =
        (0..MAX_ITEMS).map(|n| item(n + 1, n * 1000..n * 1000 + 900, &rule, &place)).collect();
    out.clear();
    source::lines(&mut out, &"x".repeat(3 << 20), &items, &Places::new(&items));
    assert!(out.len() < 8 << 20, "{}", out.len());
}

#[test]
fn nested_and_crossing_places() {
    let rule = RuleRef { id: "r".into(), file: "f".into(), line: 1, draft: false };
    let place = Place { range: 0..0, line: 1, path: String::new() };
    let items = [
        item(1, 2..10, &rule, &place),
        item(2, 4..6, &rule, &place),
        item(3, 8..12, &rule, &place),
    ];
    let places = Places::new(&items);
    let at: Vec<&[usize]> = [0, 2, 4, 5, 6, 9, 10, 12].map(|at| places.at(at)).to_vec();
    assert_eq!(at, [&[][..], &[0], &[0, 1], &[0, 1], &[0], &[0, 2], &[2], &[]]);
    assert_eq!([0, 2, 6, 12].map(|at| places.next(at)), [Some(2), Some(4), Some(8), None]);
    let mut out = String::new();
    source::lines(&mut out, "0123456789abcd", &items, &places);
    assert_eq!(out.matches("<mark").count(), out.matches("</mark>").count());
    assert!(out.contains("data-dehusk=\"1 3\""), "{out}");
}

#[test]
fn a_page_of_labels_alone_is_bounded() {
    let rules = "rules:\n  - id: label\n    category: ad-notice\n    evidence:\n      - points: 100\n        phrases: { any: [advert] }\n";
    let page =
        "<p>The mill stood empty for a century, and nobody came to see it.</p><p>advert</p>\n"
            .repeat(MAX_ITEMS + 500);
    let report = cleaner(rules).report(page.as_bytes()).unwrap();
    assert_eq!(report.matches("<li class=item").count(), MAX_ITEMS);
    assert!(report.contains("<p class=note>500 more are not in this report."));
}

#[test]
fn other_encodings_are_marked_where_they_stand() {
    let page = PAGE.replace("The mill", "Die Mühle");
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&page);
    let bytes = [b"<meta charset=windows-1252>", &bytes[..]].concat();
    let report = cleaner(RULES).report(&bytes).unwrap();
    assert!(report.contains("windows-1252") && report.contains("Die Mühle"));
    let marked =
        report.split("<mark data-dehusk=\"1\"").nth(1).and_then(|rest| rest.split_once('>'));
    assert!(marked.is_some_and(|(_, text)| text.starts_with("&lt;form")), "{marked:?}");
}

#[test]
fn names_cannot_break_out() {
    let cleaner = cleaner(RULES).name(Some("</title><script>x()</script>\u{202e}.html".into()));
    let report = cleaner.report(PAGE.as_bytes()).unwrap();
    assert_eq!(report.matches("<script>").count(), 1);
    assert_eq!(report.matches("</title>").count(), 1);
}

#[test]
fn pages_whose_style_sheets_are_elsewhere_are_shown_plainly() {
    let few = "<style>p { color: red }</style>";
    let many = format!("<style>{}</style>", "p { color: red } ".repeat(8000));
    let link = "<link rel='preload StyleSheet' href=a.css>";
    for (head, plain) in [
        (String::new(), true),
        (few.to_string(), false),
        (format!("{few}{link}"), true),
        (format!("{many}{link}"), false),
        (format!("{few}<link rel=icon href=a.css>"), false),
    ] {
        let report = cleaner(RULES).report(format!("{head}<p>The mill.</p>").as_bytes()).unwrap();
        assert_eq!(report.contains("In plain style"), plain, "{:.80}", head);
    }
}
