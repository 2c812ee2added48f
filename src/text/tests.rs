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
    // Wrapped without an indent.
    assert!(
        text("- You get the whole archive of all our years and two\ntickets.\nGo on")
            .ends_with(r#"two\ntickets."))) p("Go on"))"#),
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

fn markdown(source: &str) -> String {
    sketch(&parse(source, Kind::Markdown))
}

#[test]
fn markdown_blocks() {
    assert_eq!(markdown(""), "");
    assert_eq!(markdown("# One #\n\nTwo\n===\n"), r#"h1("One") h1("Two")"#);
    assert_eq!(markdown("a\n\n***\n```rs\nb\n```\n"), r#"p("a") hr() pre("b\n")"#);
    assert_eq!(markdown("> a\n>\n> b\n"), r#"blockquote(p("a") p("b"))"#);
    assert_eq!(
        markdown("|a|b|\n|-|-|\n|c|d|\n"),
        r#"table(thead(th("a") th("b")) tr(td("c") td("d")))"#,
    );
    assert_eq!(markdown("[^1]: a\n\nb[^1]"), r#"div(p("a")) p("b[^1]")"#);
    assert_eq!(markdown(">\n"), "blockquote()");
}

#[test]
fn markdown_phrases() {
    assert_eq!(
        markdown("*a* **b** ~~c~~ `d` &amp; \\* <b>e</b>"),
        concat!(
            r#"p(em("a") " " strong("b") " " del("c") " " code("d") " & * " "#,
            r#"!"<b>" "e" !"</b>")"#,
        ),
    );
    assert_eq!(
        markdown("[a *b*](/c) <https://d.example> <e@f.example> https://g.example."),
        concat!(
            r#"p(a href=/c("a " em("b")) " " a href=https://d.example("https://d.example") " " "#,
            r#"a href=mailto:e@f.example("e@f.example") " " "#,
            r#"a href=https://g.example("https://g.example") ".")"#,
        ),
    );
    assert_eq!(
        markdown("a ![b *c* ![d](e)](f.png) g"),
        r#"p("a " img src=f.png alt=b c d() " g")"#,
    );
}

#[test]
fn a_list_looks_the_same_tight_and_loose() {
    let list = r#"ul(li(p("a")) li(p("b" em("c"))) li())"#;
    assert_eq!(markdown("- a\n- b*c*\n-\n"), list);
    assert_eq!(markdown("- a\n\n- b*c*\n\n-\n"), list);
    assert_eq!(
        markdown("3. a\n   - b\n\n     c\n4. [x] d"),
        r#"ol(li(p("a") ul(li(p("b") p("c")))) li(p(!"[x]" "d")))"#,
    );
    // Items indented with a tab.
    assert_eq!(markdown("- 1.\n\t* a\n\t* b"), r#"ul(li(ol(li()) ul(li(p("a")) li(p("b")))))"#);
    assert_eq!(markdown("- [x] d"), r#"ul(li(p(!"[x]" "d")))"#);
}

#[test]
fn markdown_lines_that_stand_for_themselves() {
    let source = "Weekly\nOnce a *year*\nOther [amount](/a)  \nGo on\n\nEnd";
    assert_eq!(
        markdown(source),
        concat!(
            r#"div(p("Weekly") p("Once a " em("year")) p("Other " a href=/a("amount")) "#,
            r#"p("Go on")) p("End")"#,
        ),
    );
    let document = parse(source, Kind::Markdown);
    let div = document.node(body(&document)).first_child.unwrap();
    let lines: Vec<_> = document
        .children(div)
        .map(|line| &source[document.node(line).span.clone().unwrap()])
        .collect();
    assert_eq!(lines, source.lines().take(4).map(|l| format!("{l}\n")).collect::<Vec<_>>());
    // Wrapped prose is one paragraph.
    let prose = "The harbour had been closed since the *storm, and nobody in\n\
                 the* town could say when the boats would leave.";
    assert!(markdown(prose).starts_with(r#"p("The harbour"#));
    // A phrase across lines holds them together.
    assert_eq!(markdown("a *b\nc* d"), r#"div(p("a " em("b\nc") " d"))"#);
    assert_eq!(markdown("a *b  \nc* d"), r#"div(p("a " em("b" br() "c") " d"))"#);
}

#[test]
fn what_says_nothing_is_a_comment() {
    assert_eq!(markdown("a\n\n[b]: /c\n[d]: /e\n\nf"), r#"p("a") !"[b]: /c\n[d]: /e\n" p("f")"#);
    assert_eq!(markdown("<!-- a -->\n\nb"), r#"!"<!-- a -->" p("b")"#);
    assert_eq!(markdown("<div>\na\n</div>\n\nb"), r#"div("<div>\na\n</div>\n") p("b")"#);
    assert_eq!(markdown("<!-- a --> b\n"), r#"div("<!-- a --> b\n")"#);
}

#[test]
fn front_matter_is_one_opaque_block() {
    assert_eq!(
        markdown("---\ntitle: a\n\nb: c\n---\n# d"),
        r#"pre("---\ntitle: a\n\nb: c\n---") h1("d")"#,
    );
    assert_eq!(markdown("+++\na = 1\n+++\n"), r#"pre("+++\na = 1\n+++")"#);
    // Rules around a paragraph are not front matter, at the start or later.
    assert_eq!(markdown("---\nGive now\n\n---\n"), r#"hr() p("Give now") hr()"#);
    assert_eq!(markdown("a\n\n---\nb: c\n\n---\n"), r#"p("a") hr() p("b: c") hr()"#);
    assert_eq!(markdown("---\na: b\n"), r#"hr() p("a: b")"#);
}

#[test]
fn deep_nesting_is_bounded() {
    // Read as plain text.
    assert!(markdown(&"> ".repeat(10_000)).starts_with(r#"p("> >"#));
    // Each line would be compared with each container.
    let lists = format!("{}a\n{}", "- ".repeat(100_000), "b\n".repeat(100_000));
    assert!(parse(&lists, Kind::Markdown).nodes.len() > 100_000);
    let phrases = format!("{}{}", "*a **a ".repeat(2_000), "a** a*".repeat(2_000));
    let document = parse(&phrases, Kind::Markdown);
    let deepest = (0..document.nodes.len() as u32)
        .map(|id| std::iter::successors(Some(NodeId(id)), |id| document.node(*id).parent).count())
        .max();
    assert!(deepest < Some(600), "{deepest:?}");
    // A rule is no nesting.
    assert_eq!(markdown(&"- ".repeat(200)), "hr()");
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
            let mut lines = lines::Lines::new(source);
            assert!(lines.any(|line| line.start == span.start), "{span:?} begins within a line");
            let mut lines = lines::Lines::new(source);
            assert!(lines.any(|line| line.next == span.end), "{span:?} ends within a line");
        }
    }
    for (at, c) in source.char_indices() {
        assert!(is_space(c) || covered[at], "{c:?} at {at} of {source:?} is lost");
    }
}

/// Failures become tests by hand, not by a file of seeds.
pub(super) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

pub(super) fn any_text() -> impl Strategy<Value = String> {
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
    #![proptest_config(config())]

    #[test]
    fn plain_text_loses_nothing(source in any_text()) {
        check(&source, &parse(&source, Kind::Text), Kind::Text);
    }
}

/// A footnote within the line of another is left out: pulldown-cmark gives them one after the
/// other, so both have a part of the line.
pub(super) fn any_markdown() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "Bc",
        " ",
        "  ",
        "    ",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\t",
        "- ",
        "* ",
        "1. ",
        "# ",
        "---",
        "===",
        "> ",
        ">",
        "*",
        "**",
        "_",
        "`",
        "```\n",
        "[a]: /b",
        "[a](b)",
        "![",
        "](",
        "]",
        "<div>",
        "</div>\n",
        "<!--",
        "-->",
        "<b>",
        "|a|b|\n",
        "|-|-|\n",
        "&amp;",
        "\\",
        "\n[^1]: a\n",
        "[ ] ",
        "é",
        "https://a.example/b ",
        "the harbour, ",
        "\u{2028}",
        "and nobody in the town could say when the boats would leave again ",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn markdown_loses_nothing(source in any_markdown()) {
        check(&source, &parse(&source, Kind::Markdown), Kind::Markdown);
    }
}
