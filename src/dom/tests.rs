//! The arena against the reference tree, and spans against the source.

use html5ever::tendril::TendrilSink;
use html5ever::tokenizer::TokenizerOpts;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName, parse_document};
use markup5ever_rcdom::{Handle, NodeData as RcData, RcDom};
use proptest::prelude::*;

use super::parse::{ParseError, ParseOptions, Reading, parse, parse_as};
use super::soup::{TORTURE, markup, page, soup, thick_soup};
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
    #[allow(clippy::print_stderr, reason = "a test about to fail")]
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
                // The parser reads another character for U+0000.
                let bytes = bytes.replace('\0', "\u{fffd}");
                let name = &*element.name.local;
                let name = if bytes.get(..6).is_some_and(|b| b.eq_ignore_ascii_case("<image")) {
                    "image"
                } else {
                    name
                };
                let tag = bytes.strip_prefix('<').and_then(|tag| tag.get(..name.len()));
                let tag = tag.unwrap_or_default();
                assert!(tag.eq_ignore_ascii_case(name), "{bytes:?} {name}");
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

/// The spans of children stand within their parents', in order, unless the facts say that something
/// was moved. (What stands after the head may go into it.)
fn check_nesting(document: &Document) {
    let facts = &document.facts;
    for (index, node) in document.nodes.iter().enumerate() {
        let id = NodeId(index as u32);
        let (Some(span), Some(inner)) = (&node.span, &node.inner) else { continue };
        if !facts.independent(span) || document.name(id).is_some_and(|name| &**name == "head") {
            continue;
        }
        let mut at = inner.start;
        for child in document.children(id) {
            let Some(span) = &document.node(child).span else { continue };
            if facts.independent(span) && !facts.is_scattered(child) {
                assert!(at <= span.start && span.end <= inner.end, "{node:?} {span:?}");
                at = span.end;
            }
        }
    }
}

fn check(source: &str) {
    let _tell = Tell(source);
    check_plain(source, &options(), source.len());
    let document = parsed(source);
    assert_eq!(write_ours(&document), write_reference(&reference(source)), "{source:?}");
    check_spans(source, &document);
    check_nesting(&document);
    check_chunks(source, &document);
}

/// The size of the chunks fed to the tokenizer makes no difference.
fn check_chunks(source: &str, document: &Document) {
    check_chunks_of(source, document, [1, 2, 3, 7, 16, 61]);
}

fn check_chunks_of(source: &str, document: &Document, sizes: impl IntoIterator<Item = usize>) {
    for size in sizes {
        let other = parse_as(source, &options(), Reading { chunk: size, plain: true }).unwrap();
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
        check_chunks_of(source, &parsed(source), 1..source.len());
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

/// All that is known of a parse: the nodes with what is in them, where they stand and how they hang
/// together, and the facts; or why it failed and where.
fn all_of(source: &str, options: &ParseOptions, reading: Reading) -> String {
    let document = match parse_as(source, options, reading) {
        Ok(document) => document,
        Err(error) => return format!("{error:?}"),
    };
    let mut all = format!("{:?}\n", document.facts);
    for node in &document.nodes {
        all += &format!("{node:?}\n");
    }
    // Whose the bytes are is no matter.
    ["owned: ", "shared: ", "inline: "].iter().fold(all, |all, whose| all.replace(whose, ""))
}

/// What is read without the tokenizer comes to the same as what is read by it alone.
fn check_plain(source: &str, options: &ParseOptions, chunk: usize) {
    let _tell = Tell(source);
    let plain = all_of(source, options, Reading { chunk, plain: true });
    let other = all_of(source, options, Reading { chunk, plain: false });
    if let Some((plain, other)) = plain.lines().zip(other.lines()).find(|(a, b)| a != b) {
        panic!("{plain}\nis not\n{other}\nwith {options:?}, {chunk} bytes at a time");
    }
    assert_eq!(plain, other);
}

/// Where one way of reading leaves off and the other goes on.
#[test]
fn plain_and_other_markup_give_the_reference_tree() {
    let values = [
        "",
        "=",
        "=x",
        "= x",
        "=x/",
        "=a&b",
        "=a'b",
        "=''",
        "='x",
        "='x'y",
        "=\"x'y\"",
        "='a&b=1'",
        "='&amp;'",
        "='a&amp;b&ampc'",
        "='&amp=1'",
        "='&copy=1'",
        "='&copy;'",
        "='&#39;&#x27;'",
        "='&#0500001;'",
        "='&'",
        "='& &;'",
        "='a\rb'",
        "='a\0b'",
        "='\u{c}'",
        "='a\nb'",
        "='\r&a='",
        " = x",
        "\n=\tx",
        "=é",
    ];
    for value in values {
        for name in ["a", "aB", "data-x:y", "ä", "a\"", "xlink:href"] {
            check(&format!("<p {name}{value}>x<b {name}{value}/>y</b>z"));
            check(&format!("<svg><g {name}{value} {name}{value}><TITLE {name}{value}>z"));
        }
    }
    let texts = [
        "&",
        "&;",
        "& ",
        "&#",
        "&#;",
        "&#65",
        "&#65;",
        "&#0065;",
        "&#150;",
        "&#55296;",
        "&amp",
        "&amp;",
        "&ampx;",
        "&nbsp;",
        "&nbspx",
        "&lt;p>",
        "&notit;",
        "a\n\nb",
        "\n",
        "\r\n",
        "\0",
        "<",
        "</",
        "</>",
        "<!",
        "<!-",
        "<!---->",
        "<!--->",
        "<!-- a -->",
        "<!--a--b-->",
        "<!--a--!>",
        "<!--a\0-->",
        "<!--<!-->",
        "<!-- <!--a-->",
        "<!--a-",
        "<?a>",
        "</ a>",
        "<a/b>",
        "<DIV CLASS=X>",
        "</DIV >",
        "</p x=y>",
        "<br/>",
        "<x-y.z_1>",
        "<![CDATA[a]]>",
    ];
    for text in texts {
        for around in [
            "p", "pre", "table", "svg", "title", "textarea", "script", "style", "xmp", "head",
            "select",
        ] {
            check(&format!("<{around}>{text}x{text}</{around}>{text}y"));
            check(&format!("<body><{around}>\n{text}</x></{around}x></{around}>"));
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

fn many(count: usize, make: impl Fn(usize) -> String) -> String {
    (0..count).map(make).collect()
}

#[test]
fn work_is_limited() {
    let attributes = many(30_000, |i| format!(" a{i}"));
    let error = |source: &str| parse(source, &options()).map(|_| ()).unwrap_err();

    let one_tag = format!("\n<p{attributes}>");
    assert!(matches!(error(&one_tag), ParseError::TooManyAttributes { at, .. } if at.line == 2));
    let tags = format!("<p{}>", &attributes[..80_000]).repeat(10);
    assert!(matches!(error(&tags), ParseError::Tangled { .. }));
    let roots = many(50_000, |i| format!("<html a{i}>"));
    assert!(matches!(error(&roots), ParseError::Tangled { .. }));

    // Each paragraph opens all of the formatting elements again.
    let open = many(400, |i| format!("<b id={i}>"));
    let again = format!("<p>{open}{}", "</p><p>x".repeat(10_000));
    assert!(matches!(error(&again), ParseError::Tangled { .. }));
    let held = many(1_000, |i| format!("<b id={i}></p>"));
    assert!(matches!(error(&held), ParseError::TooDeep { .. }));
    check_plain(&held, &options(), 5_000);
    // Tables hold them back, each its own.
    let open = many(100, |i| format!("<b id={i}>"));
    let tables = format!("<table><td><p>{open}</p>").repeat(100);
    let source = tables + &"<i></i>".repeat(50_000);
    assert!(matches!(error(&source), ParseError::Tangled { .. }));
}

#[test]
fn values_are_not_counted_as_attributes() {
    let long = "/ a=b ".repeat(40_000);
    let bare = "/a=b".repeat(40_000);
    for source in
        [format!("<a x='{long}'>"), format!("<a x = \"{long}\">"), format!("<a x={bare}>")]
    {
        let document = parsed(&source);
        assert_eq!(document.element(NodeId(4)).map(|element| element.attrs.len()), Some(1));
    }
}

#[test]
fn where_a_limit_is_met_is_told_once() {
    let flat = ParseOptions { max_depth: 4, ..options() };
    let source = "<svg><foreignObject></body><style>x</style>";
    check_plain(source, &flat, source.len());
    let error = parse(source, &flat).unwrap_err();
    assert!(matches!(error, ParseError::TooDeep { at, .. } if at.byte == 27), "{error}");

    // Text that is sorted goes on word by word.
    let source = "<select><noscript><Title>xx</Title>--<noscript><svg>xx</svg><option>x</ p></option>x\
                  <frameset><!-->--<xmp><svg />";
    for max_nodes in 4..30 {
        let few = ParseOptions { max_nodes, ..options() };
        check_plain(source, &few, source.len());
    }
}

#[test]
fn nodes_are_limited() {
    let few = ParseOptions { max_nodes: 10, ..options() };
    let error = parse(&"<br>".repeat(20), &few).unwrap_err();
    assert!(matches!(error, ParseError::TooManyNodes { limit: 10, .. }), "{error}");
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
    fn thick_soup_gives_the_reference_tree(source in thick_soup()) {
        check(&source);
    }

    #[test]
    fn pages_give_the_reference_tree(source in page()) {
        check(&source);
    }

    #[test]
    fn plain_reading_makes_no_difference(source in markup(), chunk in 1..200_usize) {
        check_plain(&source, &options(), chunk);
        check_plain(&source, &options(), source.len());
        let few = ParseOptions { max_depth: 6, max_nodes: 20 };
        check_plain(&source, &few, source.len());
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
        let _tell = Tell(&name);
        let document = parsed(&source);
        assert!(write_ours(&document) == write_reference(&reference(&source)), "{name}");
        check_spans(&source, &document);
        check_nesting(&document);
        check_plain(&source, &options(), source.len());
        check_plain(&source, &options(), 1_000);
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
