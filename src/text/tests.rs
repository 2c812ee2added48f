use proptest::prelude::*;

use super::{lines::is_space, *};
use crate::dom::{NodeData, NodeId};

/// A document in one line: names, text, and the children in brackets.
fn sketch(document: &Document) -> String {
    fn node(document: &Document, id: NodeId, out: &mut String) {
        match &document.node(id).data {
            NodeData::Text(text) => out.push_str(&format!("{:?}", &**text)),
            NodeData::Element(element) => {
                out.push_str(&element.name.local);
                for attr in &element.attrs {
                    out.push_str(&format!(" {}={}", attr.name.local, &*attr.value));
                }
                out.push('(');
                children(document, id, out);
                out.push(')');
            }
            NodeData::Comment(text) => out.push_str(&format!("!{:?}", &**text)),
            _ => children(document, id, out),
        }
    }
    fn children(document: &Document, id: NodeId, out: &mut String) {
        for (i, child) in document.children(id).enumerate() {
            if i > 0 {
                out.push(' ');
            }
            node(document, child, out);
        }
    }
    let mut out = String::new();
    children(document, body(document), &mut out);
    out
}

fn body(document: &Document) -> NodeId {
    let html = document.children(NodeId::ROOT).next().unwrap();
    document.children(html).next().unwrap()
}

fn text(source: &str) -> String {
    sketch(&parse(source, Kind::Text))
}

#[test]
fn paragraphs_and_groups() {
    assert_eq!(text(""), "");
    assert_eq!(text("\n \n\t\n"), "");
    assert_eq!(text("One"), r#"p("One")"#);
    assert_eq!(text("\n\nOne\n\nTwo\n\n\n"), r#"p("One") p("Two")"#);
    assert_eq!(text("Weekly\nYearly\n"), r#"div(p("Weekly") p("Yearly"))"#);
    assert_eq!(text("×\nHello?\r\n\r\nGo on"), r#"div(p("×") p("Hello?")) p("Go on")"#);
    assert_eq!(text("a\rb\r\rc"), r#"div(p("a") p("b")) p("c")"#);
    assert_eq!(text("a\u{2028}b\u{2029}\x0c\nc"), r#"div(p("a") p("b")) p("c")"#);
    assert_eq!(text("\ta \u{a0}\n"), r#"p("a")"#);
}

#[test]
fn a_wrapped_paragraph_keeps_its_breaks() {
    let source = "The harbour had been closed since the storm, and nobody in the\n\
                  town could say when the boats would leave again.\n";
    let document = parse(source, Kind::Text);
    let p = document.node(body(&document)).first_child.unwrap();
    assert_eq!(document.node(p).span, Some(0..source.len()));
    let said = document.node(p).first_child.unwrap();
    assert_eq!(document.node(said).span, Some(0..source.len() - 1));
}

#[test]
fn headings() {
    assert_eq!(text("# One\nx\n### Two #"), r##"div(h1("One") p("x") h3("Two #"))"##);
    assert_eq!(text("Title\n=====\nx"), r#"div(h1("Title") p("x"))"#);
    assert_eq!(text("Part two\n--------"), r#"h2("Part two")"#);
    // Not headings: a number, a sentence before a rule, a rule behind two lines.
    assert_eq!(text("#1 song"), r##"p("#1 song")"##);
    assert_eq!(text("He left.\n--------"), r#"div(p("He left.") hr())"#);
    assert_eq!(text("a\nb\n---\nc"), r#"div(p("a") p("b") hr() p("c"))"#);
    assert_eq!(text("* * *"), "hr()");
    assert_eq!(text("#######"), "hr()");
}

#[test]
fn lists() {
    assert_eq!(text("- a\n- b\n"), r#"ul(li(p("a")) li(p("b")))"#);
    assert_eq!(
        text("You get:\n• a\n  and b\n• c\n1. d\n2) e\nf"),
        concat!(
            r#"div(p("You get:") ul(li(p("a\n  and b")) li(p("c"))) "#,
            r#"ol(li(p("d")) li(p("e"))) p("f"))"#,
        ),
    );
    assert_eq!(text("-a\n— Yes?\n2024. Then"), r#"div(p("-a") p("— Yes?") p("2024. Then"))"#);
    assert_eq!(text("-"), r#"p("-")"#);
}

#[test]
fn addresses_are_links() {
    assert_eq!(
        text("Give at https://example.org/x."),
        r#"p("Give at " a href=https://example.org/x("https://example.org/x") ".")"#,
    );
    assert_eq!(
        text("[Give](https://example.org/x)"),
        r#"p("[Give](" a href=https://example.org/x("https://example.org/x") ")")"#,
    );
}

/// What must hold for every document from text: spans lie in their parents and in order, each
/// block covers whole lines, verbatim text is what the source has at its span, and every
/// character that is not white space belongs to some block.
fn check(source: &str, document: &Document, kind: Kind) {
    let mut covered = vec![false; source.len()];
    for (at, node) in document.nodes.iter().enumerate() {
        let Some(span) = node.span.clone() else {
            assert!(at <= 2, "only html and body stand nowhere");
            continue;
        };
        assert!(source.get(span.clone()).is_some(), "{span:?}");
        if let Some(parent) = node.parent.and_then(|parent| document.node(parent).span.clone()) {
            assert!(parent.start <= span.start && span.end <= parent.end, "{span:?} {parent:?}");
        }
        if let Some(prev) = node.prev.and_then(|prev| document.node(prev).span.clone()) {
            assert!(prev.end <= span.start, "{prev:?} {span:?}");
        }
        match &node.data {
            NodeData::Text(text) if kind == Kind::Text => {
                assert_eq!(&**text, &source[span.clone()]);
            }
            _ => {}
        }
        if node.parent == Some(body(document)) {
            covered[span.clone()].fill(true);
            let line = lines::Lines::new(source).find(|line| line.start == span.start);
            assert!(line.is_some(), "{span:?} does not begin a line");
            let line = lines::Lines::new(source).find(|line| line.next == span.end);
            assert!(line.is_some(), "{span:?} does not end a line");
        }
    }
    for (at, c) in source.char_indices() {
        assert!(is_space(c) || covered[at], "{c:?} at {at} is lost");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "Bc",
        " ",
        "  ",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\t",
        "\u{2028}",
        "\u{c}",
        "- ",
        "1. ",
        "# ",
        "---",
        "=== ",
        "×",
        "é“",
        "https://a.example/b ",
        "www.",
        "the harbour, ",
        "and nobody in the town could say when the boats would leave again ",
        ".",
        ")",
        "\u{feff}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn plain_text_loses_nothing(source in any_text()) {
        check(&source, &parse(&source, Kind::Text), Kind::Text);
    }
}
