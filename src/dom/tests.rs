//! The arena against the reference tree, and spans against the source.

use html5ever::tendril::TendrilSink;
use html5ever::tokenizer::TokenizerOpts;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName, parse_document};
use markup5ever_rcdom::{Handle, NodeData as RcData, RcDom};
use proptest::prelude::*;

use super::parse::{ParseError, ParseOptions, parse, parse_in_chunks};
use super::soup::{TORTURE, page, soup};
use super::{Document, NodeData, NodeId};

fn options() -> ParseOptions {
    ParseOptions::default()
}

fn parsed(source: &str) -> Document {
    parse(source, &options()).unwrap()
}

fn reference(source: &str) -> RcDom {
    let options = ParseOpts {
        tokenizer: TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() },
        tree_builder: TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() },
    };
    parse_document(RcDom::default(), options).one(source)
}

fn write_element(name: &QualName, attrs: &[Attribute]) -> String {
    let mut out = format!("element {:?} {} {}", name.prefix, name.ns, name.local);
    for Attribute { name, value } in attrs {
        out.push_str(&format!(" {:?} {} {}={:?}", name.prefix, name.ns, name.local, &**value));
    }
    out
}

/// Names the source a test fails on, also when the parser panics.
struct Tell<'a>(&'a str);

impl Drop for Tell<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("source: {:?}", self.0);
        }
    }
}

/// One line a node, indented by depth.
fn write_ours(document: &Document) -> String {
    let mut out = String::new();
    let mut todo = vec![(NodeId::ROOT, 0)];
    while let Some((id, depth)) = todo.pop() {
        let node = document.node(id);
        let line = match &node.data {
            NodeData::Document => "document".to_string(),
            NodeData::Fragment => "content".to_string(),
            NodeData::Doctype { name, public, system } => {
                format!("doctype {name} {:?} {:?}", &**public, &**system)
            }
            NodeData::Comment(text) => format!("comment {:?}", &**text),
            NodeData::Text(text) => format!("text {:?}", &**text),
            NodeData::Instruction { target, data } => format!("instruction {target} {data}"),
            NodeData::Element(element) => write_element(&element.name, &element.attrs),
        };
        out.push_str(&format!("{}{line}\n", " ".repeat(depth)));
        let mut children: Vec<NodeId> = document.children(id).collect();
        if let Some(content) = document.element(id).and_then(|element| element.template) {
            assert_eq!(document.node(content).parent, Some(id));
            children.push(content);
        }
        for pair in children.windows(2) {
            if document.node(pair[1]).prev.is_some() {
                assert_eq!(document.node(pair[1]).prev, Some(pair[0]));
            }
        }
        assert_eq!(node.last_child, document.children(id).last());
        todo.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
    }
    out
}

fn write_reference(dom: &RcDom) -> String {
    let mut out = String::new();
    let mut todo: Vec<(Handle, usize, bool)> = vec![(dom.document.clone(), 0, false)];
    while let Some((node, depth, content)) = todo.pop() {
        let mut children: Vec<(Handle, bool)> =
            node.children.borrow().iter().map(|child| (child.clone(), false)).collect();
        let line = match &node.data {
            RcData::Document if content => "content".to_string(),
            RcData::Document => "document".to_string(),
            RcData::Doctype { name, public_id, system_id } => {
                format!("doctype {name} {:?} {:?}", &**public_id, &**system_id)
            }
            RcData::Comment { contents } => format!("comment {:?}", &**contents),
            RcData::Text { contents } => format!("text {:?}", &**contents.borrow()),
            RcData::ProcessingInstruction { target, contents } => {
                format!("instruction {target} {contents}")
            }
            RcData::Element { name, attrs, template_contents, .. } => {
                if let Some(content) = &*template_contents.borrow() {
                    children.push((content.clone(), true));
                }
                write_element(name, &attrs.borrow())
            }
        };
        out.push_str(&format!("{}{line}\n", " ".repeat(depth)));
        todo.extend(children.into_iter().rev().map(|(child, c)| (child, depth + 1, c)));
    }
    out
}

/// Tags stand where their spans say, and text that the parser took as it stands reads the same.
fn check_spans(source: &str, document: &Document) {
    for node in &document.nodes {
        let Some(span) = &node.span else { continue };
        let bytes = source.get(span.clone()).expect("a span is a slice of the source");
        match &node.data {
            NodeData::Element(element) => {
                let name = &*element.name.local;
                let name = if bytes.get(..6).is_some_and(|b| b.eq_ignore_ascii_case("<image")) {
                    "image"
                } else {
                    name
                };
                let tag = bytes.strip_prefix('<').and_then(|tag| tag.get(..name.len()));
                let tag = tag.unwrap_or_default();
                assert!(tag.eq_ignore_ascii_case(name) || tag.contains('\0'), "{bytes:?} {name}");
                match &node.inner {
                    None => assert!(bytes.ends_with('>'), "{bytes:?}"),
                    Some(inner) => {
                        assert!(source[..inner.start].ends_with('>'));
                        assert!(inner.start <= inner.end && inner.end <= span.end);
                    }
                }
                if node.has_end_tag() {
                    let inner = node.inner.clone().unwrap();
                    assert!(source[inner.end..].starts_with("</"), "{bytes:?}");
                    assert!(bytes.ends_with('>'));
                }
            }
            NodeData::Comment(_) | NodeData::Doctype { .. } => assert!(bytes.starts_with('<')),
            _ => (),
        }
    }
}

/// The spans of children that were not moved stand within their parents', in order.
fn check_nesting(document: &Document) {
    for (index, node) in document.nodes.iter().enumerate() {
        let Some(inner) = &node.inner else { continue };
        let mut at = inner.start;
        for child in document.children(NodeId(index as u32)) {
            if document.facts.is_scattered(child) {
                continue;
            }
            if let Some(span) = &document.node(child).span {
                assert!(at <= span.start && span.end <= inner.end, "{node:?} {span:?}");
                at = span.end;
            }
        }
    }
}

fn check(source: &str) {
    let _tell = Tell(source);
    let document = parsed(source);
    assert_eq!(write_ours(&document), write_reference(&reference(source)), "{source:?}");
    check_spans(source, &document);
    check_chunks(source, &document);
}

/// The size of the chunks fed to the tokenizer makes no difference.
fn check_chunks(source: &str, document: &Document) {
    for size in [4, 5, 7, 16, 61] {
        let other = parse_in_chunks(source, &options(), size).unwrap();
        assert_eq!(write_ours(document), write_ours(&other), "{size} {source:?}");
        for (node, other) in document.nodes.iter().zip(&other.nodes) {
            assert_eq!(node.span, other.span, "{size} {source:?} {node:?}");
            assert_eq!(node.inner, other.inner, "{size} {source:?} {node:?}");
        }
        assert_eq!(format!("{:?}", document.facts), format!("{:?}", other.facts), "{source:?}");
    }
}

#[test]
fn torture_gives_the_reference_tree() {
    for source in TORTURE {
        check(source);
    }
}

#[test]
fn torture_in_pairs_gives_the_reference_tree() {
    for first in TORTURE {
        for second in TORTURE {
            let source = format!("{first}{second}");
            let _tell = Tell(&source);
            let document = parsed(&source);
            assert_eq!(write_ours(&document), write_reference(&reference(&source)), "{source:?}");
            check_spans(&source, &document);
        }
    }
}

#[test]
fn well_formed_spans_nest() {
    let source = "<html><head><title>t</title></head><body><p>a <b>c</b> d</p><!-- e --> \
                  <table><tbody><tr><td>f</td></tr></tbody></table><img></body></html>";
    let document = parsed(source);
    check_nesting(&document);
    let spans: Vec<&str> =
        document.nodes.iter().filter_map(|node| node.span.clone()).map(|s| &source[s]).collect();
    assert_eq!(spans[..4], [source, "<head><title>t</title></head>", "<title>t</title>", "t"]);
    assert!(spans.contains(&"<p>a <b>c</b> d</p>"));
    assert!(spans.contains(&"<!-- e -->"));
    assert!(spans.contains(&"<img>"));
    assert!(spans.contains(&"<table><tbody><tr><td>f</td></tr></tbody></table>"));
}

fn span_of<'a>(source: &'a str, document: &Document, name: &str) -> Option<&'a str> {
    let index = (0..document.nodes.len() as u32)
        .map(NodeId)
        .find(|id| document.name(*id).is_some_and(|n| **n == *name))?;
    document.node(index).span.clone().map(|span| &source[span])
}

#[test]
fn implied_ends_and_starts() {
    let source = "<ul><li>a<li>b</ul><table><tr><td>x</table>";
    let document = parsed(source);
    assert_eq!(span_of(source, &document, "li"), Some("<li>a"));
    assert_eq!(span_of(source, &document, "tbody"), None);
    assert_eq!(span_of(source, &document, "body"), None);
    assert_eq!(span_of(source, &document, "td"), Some("<td>x"));
    let source = "<p>a<div>b";
    let document = parsed(source);
    assert_eq!(span_of(source, &document, "p"), Some("<p>a"));
    assert_eq!(span_of(source, &document, "div"), Some("<div>b"));
}

#[test]
fn text_before_markup_ends_where_the_markup_starts() {
    for (source, wanted) in [
        ("a<<b>x</b>", "a<"),
        ("<title>x<</title>", "x<"),
        ("a<<!-- c -->", "a<"),
        ("a\r\n<b>x</b>", "a\r\n"),
        ("a&amp<b>x</b>", "a&amp"),
        ("<table> \n<tr>", " \n"),
        ("a<</>", "a<"),
        ("</>a", "a"),
        ("<svg><![CDATA[a<b]]></svg>", "<![CDATA[a<b]]>"),
        ("<title></></title>", "</>"),
        ("a&amp;", "a&amp;"),
        ("&lt;", "&lt;"),
        ("a&<b>", "a&"),
    ] {
        let document = parsed(source);
        let text = document.nodes.iter().find(|node| matches!(node.data, NodeData::Text(_)));
        let span = text.and_then(|node| node.span.clone()).unwrap();
        assert_eq!(&source[span], wanted);
    }
}

#[test]
fn white_space_and_text_of_one_token_stand_apart() {
    let source = "<head></head>\n  text";
    let document = parsed(source);
    let texts: Vec<&str> = document
        .nodes
        .iter()
        .filter(|node| matches!(node.data, NodeData::Text(_)))
        .map(|node| &source[node.span.clone().unwrap()])
        .collect();
    assert_eq!(texts, ["\n  ", "text"]);
}

#[test]
fn depth_is_limited() {
    let deep = "<div>".repeat(510) + "x";
    assert!(parse(&deep, &options()).is_ok());
    let source = format!("\n\n{}", "<div>".repeat(100_000));
    let error = parse(&source, &options()).unwrap_err();
    assert!(matches!(error, ParseError::TooDeep { limit: 512, at } if at.line == 3));
    assert!(error.to_string().contains("line 3, byte 2552"), "{error}");
}

#[test]
fn work_is_limited() {
    let many = |count: usize, make: &dyn Fn(usize) -> String| (0..count).map(make).collect();
    let attributes: String = many(300_000, &|i| format!(" a{i}"));
    let pages: Vec<String> = vec![
        format!("<p{attributes}>"),
        many(200_000, &|i| format!("<b id={i}></p>")),
        format!("<p>{}{}", many(400, &|i| format!("<b id={i}>")), "</p><p>x".repeat(50_000)),
        format!("<body>{}", many(100_000, &|i| format!("<html a{i}>"))),
        many(100_000, &|i| format!("<a id={i}><div>")),
        "<table>".repeat(300) + &"<b>x".repeat(50_000),
        format!("<b{}>", &attributes[..100_000]).repeat(20),
        "<b><div>".repeat(100_000),
        "<form>".repeat(200_000),
        "<template>".repeat(200_000),
        "<svg><g>".repeat(100_000),
        "&".repeat(1_000_000),
        "<".repeat(1_000_000),
        "<!".repeat(500_000),
        "\0".repeat(1_000_000),
        "</p>".repeat(200_000),
        "<table><td>".repeat(100_000),
        format!("<a x='{}'>", "/ ".repeat(2_000_000)),
        format!("<a x={}>", "/a".repeat(2_000_000)),
    ];
    for page in pages {
        let start = std::time::Instant::now();
        let result = parse(&page, &options());
        let took = start.elapsed();
        let head: String = page.chars().take(40).collect();
        eprintln!("{took:?} {} {head} {:?}", page.len(), result.err().map(|e| e.to_string()));
        assert!(took.as_secs() < 60, "{head}");
    }
}

/// As many cases as `PROPTEST_CASES` says, or a couple of seconds' worth.
pub(crate) fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(2_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn soup_gives_the_reference_tree(source in soup()) {
        check(&source);
    }

    #[test]
    fn pages_give_the_reference_tree(source in page()) {
        check(&source);
    }
}

/// Saved pages to test with: every `.html` file in the directory `DEHUSK_PAGES`.
pub(crate) fn saved_pages() -> Vec<(String, String)> {
    let directory = std::env::var_os("DEHUSK_PAGES").expect("DEHUSK_PAGES names a directory");
    let mut pages: Vec<(String, String)> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .map(|path| {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, text.trim_start_matches('\u{feff}').to_string())
        })
        .collect();
    pages.sort();
    pages
}

#[test]
#[ignore = "needs a directory of pages in DEHUSK_PAGES"]
fn saved_pages_give_the_reference_tree() {
    for (name, source) in saved_pages() {
        eprintln!("{name}");
        let document = parsed(&source);
        assert!(write_ours(&document) == write_reference(&reference(&source)), "{name}");
        check_spans(&source, &document);
    }
}

#[test]
fn fixtures_give_the_reference_tree() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");
    let mut seen = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let bytes = std::fs::read(&path).unwrap();
            check(&crate::decode::decode(&bytes, None, crate::text::Kind::Html).text);
            seen += 1;
        }
    }
    assert!(seen >= 30);
}
