//! What fuzzing starts from: our own fixtures and rules.

use std::fs;
use std::path::{Path, PathBuf};

use dehusk::{Cleaner, Record, Rules};

/// Words that mean something to one of the targets.
pub(crate) const WORDS: &[&[u8]] = &[
    b"<p>",
    b"</p>",
    b"<div>",
    b"</div>",
    b"<b>",
    b"</b>",
    b"<a href=/donate>",
    b"</a>",
    b"<table>",
    b"<tr><td>",
    b"</table>",
    b"<ul><li>",
    b"<form>",
    b"</form>",
    b"<template>",
    b"<svg>",
    b"<math><mi>",
    b"<select><option>",
    b"<frameset>",
    b"<plaintext>",
    b"<textarea>",
    b"<title>",
    b"<noscript>",
    b"</body>",
    b"</html>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"&amp",
    b"&#0;",
    b"\0",
    b"\r\n",
    b"\r",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\x1b$B",
    b"\x1b(B",
    b"\x81",
    b"\xfc\xff",
    b"<meta charset=",
    b"shift_jis>",
    b"iso-2022-jp>",
    b"<br>",
    b"<pre>\n",
    b"Sign up for our newsletter",
    b"Donate now",
    b"Advertisement",
    b"<input type=email>",
    b"Please support our journalism.",
    b"We may earn a commission.",
    b"Once",
    b"Monthly",
    b"$5",
    b"\n\n",
    b"\n- ",
    b"\n> ",
    b"\n# ",
    b"\n```\n",
    b"\n    ",
    b"[a](b)",
    b"![",
    b"| a | b |\n|-|-|\n",
    b"***",
    b"~~~",
    b"\t",
    b"rules:\n",
    b"  - id: ",
    b"remove: ",
    b"evidence:\n",
    b"points: 100\n",
    b"phrases: ",
    b"{ en: [",
    b"]",
    b"}",
    b"*",
    b"...",
    b"(a|b)",
    b"'",
    b"\"",
    b": ",
    b"&a ",
    b"*a",
    b"<<: ",
    b"!!str ",
    b"extend: ",
    b"shields: ",
    b"where: ",
    b"has: ",
    b":has(> ",
    b":not(",
    b" ~ ",
    b"sites: [example.org]\n",
    b"up_to: ",
    b"lift: [share]\n",
    b"lists:\n",
    b"{\"html\": \"",
    b"\"}\n",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"1e999",
    b"WARC/1.0\r\n",
    b"Content-Length: ",
    b"WARC-Type: response\r\n",
    b"99999999999",
    b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"Content-Type: text/html\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"-1",
    b"\"start\":",
    b"\"end\":",
    b"\xe2\x80\xae",
    b"\xe2\x80\x9c",
];

fn files(dir: &str, extensions: &[&str]) -> Vec<Vec<u8>> {
    let mut todo = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(dir)];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(dir) = todo.pop() {
        for path in
            fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("readable").path())
        {
            let extension =
                path.extension().and_then(|name| name.to_str()).unwrap_or("").to_string();
            if path.is_dir() {
                todo.push(path);
            } else if extensions.contains(&&*extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    let read = found.iter().map(|path| fs::read(path).expect("readable"));
    read.filter(|content| content.len() <= super::LONGEST / 2).collect()
}

fn pages() -> Vec<Vec<u8>> {
    files("tests/pages", &["html", "htm"])
}

/// The seeds of a target.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "html" => pages(),
        "text" => files("tests/pages", &["txt", "md"]),
        "markdown" => files("tests/pages", &["md", "txt"]),
        "rules" => {
            let mut rules = files("tests/rules/wrong", &["yaml"]);
            rules.extend(files("rules", &["yaml"]).into_iter().filter(|rule| rule.len() < 8192));
            rules.push(RULES.as_bytes().to_vec());
            rules
        }
        "jsonl" => pages()
            .chunks(3)
            .map(|pages| pages.iter().flat_map(|page| line(page)).collect())
            .collect(),
        "warc" => pages()
            .chunks(3)
            .map(|pages| pages.iter().flat_map(|page| response(page)).collect())
            .collect(),
        "record" => pages().iter().map(|page| recorded(page)).collect(),
        "encodings" => {
            let labels =
                ["utf-16le", "windows-1251", "shift_jis", "iso-2022-jp", "gb18030", "euc-kr"];
            let pages = files("tests/pages", &["html", "txt"]);
            let coded =
                pages.iter().zip(labels.iter().cycle()).zip(0u8..).map(|((page, label), first)| {
                    let text = String::from_utf8_lossy(page);
                    let encoding =
                        encoding_rs::Encoding::for_label(label.as_bytes()).expect("known");
                    let bytes = match *label {
                        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                        _ => encoding.encode(&text).0.into_owned(),
                    };
                    [vec![first.wrapping_mul(5)], bytes].concat()
                });
            coded.collect()
        }
        _ => unreachable!("no such target"),
    }
}

const RULES: &str = "lists: { ask: { en: [support us, 'become a friend of ... mill*'] } }
rules:
  - id: card
    category: donation
    where: { words: { max: 80 }, link_density: { max: 0.9 } }
    evidence:
      - points: 60
        phrases: [ask]
      - points: 40
        links: [/donate]
      - points: 50
        class_words: [newsletter]
      - points: -100
        has: 'input[type=password], div:has(> p)'
  - id: shield
    shields: [donation]
    where: { is: 'blockquote' }
";

fn line(page: &[u8]) -> Vec<u8> {
    let html = String::from_utf8_lossy(page);
    format!("{}\n", serde_json::json!({ "id": 7, "html": html, "x": [1.50, null, "é"] }))
        .into_bytes()
}

fn response(page: &[u8]) -> Vec<u8> {
    let http =
        [b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n", page].concat();
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/a\r\n\
         WARC-Date: 2024-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:6a0b2f7e-0000-4000-8000-000000000001>\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        http.len()
    );
    [head.as_bytes(), &http, b"\r\n\r\n"].concat()
}

fn recorded(page: &[u8]) -> Vec<u8> {
    let cleaned = Cleaner::new(Rules::builtin()).clean(page).expect("a fixture");
    let json = Record::new("page.html", page, &cleaned).to_json();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    [json.to_string().as_bytes(), b"\n", &*cleaned.output].concat()
}
