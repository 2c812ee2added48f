//! What is written, and in which form.

use super::{CLEAN, Desk, PAGE, fixture};

#[test]
fn same_and_html_are_the_bytes() {
    let desk = Desk::new();
    let page = fixture("russian-windows-1251.html");
    desk.put("page.html", &page);
    let same = desk.run(&["page.html"]).code(0).out;
    assert!(same.len() < page.len());
    assert!(std::str::from_utf8(&same).is_err(), "the encoding stays");
    assert_eq!(desk.run(&["page.html", "--to", "html"]).code(0).out, same);
}

#[test]
fn html_is_not_made_from_text() {
    let desk = Desk::new();
    desk.put("page.txt", fixture("exile-paper-text.txt"));
    let ran = desk.run(&["page.txt", "--to", "html", "-o", "out"]).code(2);
    ran.says("page.txt: text and Markdown cannot become HTML");
    assert_eq!(desk.names(), ["page.txt"]);
}

#[test]
fn text_and_markdown() {
    let desk = Desk::new();
    let page = "<title>Mill</title><h1>The <em>mill</em></h1><p>Built in <a href=/y>1802</a> by\n  a \
        baker, &amp; sold.<table><tr><td>Wheels<td>2<tr><td>Stones<td>4</table><hr><ul><li>flour\
        <li>bran</ul><ol><li>mill<li>bake</ol><blockquote>Dust!</blockquote><pre>a  b\nc</pre>\
        <script>let x = 1;</script><p><b>Closed</b> <img src=m.png alt='Door'>";
    desk.put("page.html", page);
    assert_eq!(
        desk.run(&["page.html", "--to", "text"]).code(0).out(),
        "The mill\n\nBuilt in 1802 by a baker, & sold.\n\nWheels\n2\nStones\n4\n* flour\n* bran\n\
         1. mill\n2. bake\n\n> Dust!\n\na  b\nc\n\nClosed [Door]\n"
    );
    let markdown = desk.run(&["page.html", "--to", "markdown"]).code(0);
    for line in [
        "# The *mill*",
        "Built in [1802](/y) by a baker, & sold.",
        "> Dust!",
        "**Closed** ![Door](m.png)",
    ] {
        assert!(markdown.out().lines().any(|l| l == line), "{line}: {}", markdown.out());
    }
    assert!(!markdown.out().contains("let x"));
}

#[test]
fn a_page_as_text_and_markdown_has_the_article_and_no_appeal() {
    let desk = Desk::new();
    desk.put("page.html", fixture("news-inline-signup.html"));
    desk.put("tables.html", fixture("table-layout.html"));
    for format in ["text", "markdown"] {
        let ran = desk.run(&["page.html", "--to", format]).code(0);
        let lines: Vec<&str> = ran.out().lines().collect();
        assert!(
            lines.iter().any(|line| line.starts_with("The Pellow swing bridge will not carry"))
        );
        for gone in ["High Water", "<p", "<div", "&ldquo;", "dataset", "{"] {
            assert!(!ran.out().contains(gone), "{format}: {gone}");
        }
        // A page made of tables is not drawn as boxes.
        let ran = desk.run(&["tables.html", "--to", format]).code(0);
        assert!(ran.out.len() < fixture("table-layout.html").len());
        assert!(!ran.out().contains(['│', '─']), "{format}");
    }
}

#[test]
fn text_and_markdown_are_utf8() {
    let desk = Desk::new();
    desk.put("page.html", fixture("russian-windows-1251.html"));
    for format in ["text", "markdown", "json"] {
        let ran = desk.run(&["page.html", "--to", format]).code(0);
        assert!(ran.out().contains('и'), "{format}");
        assert!(!ran.out().contains('\u{fffd}'), "{format}");
    }
}

#[test]
fn json_has_content_and_cuts() {
    let desk = Desk::with_page();
    let ran = desk.run(&["page.html", "--to", "json"]).code(0);
    let value: serde_json::Value = serde_json::from_slice(&ran.out).expect("JSON");
    assert_eq!(value["kind"], "html");
    assert_eq!(value["encoding"], "UTF-8");
    assert_eq!(value["content"], CLEAN);
    let cuts = value["cuts"].as_array().unwrap();
    assert_eq!(cuts.len(), 1);
    assert_eq!(cuts[0]["category"], "newsletter");
    let range = &cuts[0]["place"]["range"];
    let place = |end: &str| range[end].as_u64().unwrap() as usize;
    assert!(PAGE[place("start")..place("end")].starts_with("<form>"));
    for name in ["japanese-shift-jis.html", "exile-paper-markdown.md"] {
        desk.put(name, fixture(name));
        let ran = desk.run(&[name, "--to", "json"]).code(0);
        serde_json::from_slice::<serde_json::Value>(&ran.out).expect("JSON");
    }
}
