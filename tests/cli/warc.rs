//! `dehusk warc`: web archives.

use std::io::{Read, Write};
use std::process::Stdio;
use std::time::Instant;

use flate2::Compression;
use flate2::read::{GzDecoder, MultiGzDecoder};
use flate2::write::GzEncoder;
use serde_json::Value;

use super::{CLEAN, Desk, PAGE, fixture};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

/// A record with an id that ends with `n`.
fn record(kind: &str, n: usize, content_type: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\n\
         WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{n:012}>\r\n\
         WARC-Date: 2024-05-0{}T10:20:30Z\r\nWARC-Target-URI: https://example.org/{n}\r\n\
         WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        n % 9 + 1,
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(n: usize, head: &str, body: &[u8]) -> Vec<u8> {
    let block = [format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(), body].concat();
    record("response", n, "application/http; msgtype=response", &block)
}

fn page(n: usize) -> Vec<u8> {
    response(n, "Content-Type: text/html; charset=utf-8\r\n", PAGE.as_bytes())
}

/// An archive with all that should be passed by, and the pages 3 and 5.
fn archive() -> Vec<Vec<u8>> {
    let chunked = format!("{:x}\r\n{PAGE}\r\n0\r\n\r\n", PAGE.len());
    vec![
        record("warcinfo", 1, "application/warc-fields", b"software: mill/1\r\n"),
        record("request", 2, "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
        page(3),
        response(4, "Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n\x00"),
        response(
            5,
            "content-type: TEXT/HTML\r\nTransfer-Encoding: chunked\r\n",
            chunked.as_bytes(),
        ),
        response(6, "Content-Type: text/html\r\n", b""),
        response(7, "Content-Type: text/plain\r\n", b"Sign up for our newsletter\n"),
        record("metadata", 8, "application/warc-fields", b"via: x\r\n"),
        record("revisit", 9, "application/http; msgtype=response", b"HTTP/1.1 304 No\r\n\r\n"),
    ]
}

type Fields = Vec<(String, String)>;

/// The records of an archive: fields and block.
fn records(mut bytes: &[u8]) -> Vec<(Fields, Vec<u8>)> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("the end of a head");
        let head = std::str::from_utf8(&bytes[..end]).expect("UTF-8");
        let fields: Fields = head
            .lines()
            .skip(1)
            .map(|line| line.split_once(": ").expect("a field"))
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let len: usize = value(&fields, "Content-Length").parse().unwrap();
        records.push((fields, bytes[end + 4..][..len].to_vec()));
        bytes = bytes[end + 4 + len..].strip_prefix(b"\r\n\r\n").expect("two line ends");
    }
    records
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    &fields.iter().find(|field| field.0 == name).unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn pages_become_conversions_and_the_rest_is_passed_by() {
    let desk = Desk::new();
    let archive = archive();
    desk.put("in.warc", archive.concat());
    assert_eq!(desk.run(&["warc", "in.warc", "-o", "out.warc"]).code(0).out(), "");
    let out = desk.get("out.warc");
    assert!(out.starts_with(&archive[0]), "the warcinfo record is copied");
    let found = records(&out[archive[0].len()..]);
    assert_eq!(found.len(), 2);
    for ((fields, block), n) in found.iter().zip([3, 5]) {
        assert_eq!(String::from_utf8_lossy(block), CLEAN);
        assert_eq!(value(fields, "WARC-Type"), "conversion");
        let origin = format!("<urn:uuid:00000000-0000-4000-8000-{n:012}>");
        assert_eq!(value(fields, "WARC-Refers-To"), origin);
        assert_eq!(value(fields, "WARC-Target-URI"), format!("https://example.org/{n}"));
        assert_eq!(value(fields, "WARC-Date"), format!("2024-05-0{}T10:20:30Z", n + 1));
        assert!(value(fields, "WARC-Warcinfo-ID").ends_with("1>"));
        assert!(value(fields, "WARC-Block-Digest").starts_with("sha256:"));
        let id = value(fields, "WARC-Record-ID");
        assert!(id.starts_with("<urn:uuid:") && id.len() == origin.len() && id != origin);
    }
    assert_eq!(value(&found[0].0, "Content-Type"), "text/html; charset=utf-8");
    assert_eq!(value(&found[1].0, "Content-Type"), "TEXT/HTML");
    assert_ne!(value(&found[0].0, "WARC-Record-ID"), value(&found[1].0, "WARC-Record-ID"));
    // The same again, with any number of threads and from standard input.
    for jobs in ["1", "4"] {
        let ran = desk.pipe(&["warc", "--jobs", jobs], &archive.concat()).code(0);
        assert!(ran.out == out, "{jobs} jobs");
    }
}

#[test]
fn compressed_archives_have_a_member_for_each_record() {
    let desk = Desk::new();
    let members: Vec<Vec<u8>> = archive().iter().map(|record| gzip(record)).collect();
    desk.put("in.warc.gz", members.concat());
    desk.put("in.warc", archive().concat());
    desk.run(&["warc", "in.warc.gz", "-o", "out.warc.gz"]).code(0);
    desk.run(&["warc", "in.warc", "-o", "out.warc"]).code(0);
    let out = desk.get("out.warc.gz");
    assert_eq!(gunzip(&out), desk.get("out.warc"));
    let mut first = Vec::new();
    GzDecoder::new(&*out).read_to_end(&mut first).unwrap();
    assert_eq!(first, archive()[0]);
    // Compressed or not goes by the name of the output; standard output is as the input.
    desk.run(&["warc", "in.warc.gz", "-o", "plain.warc"]).code(0);
    assert_eq!(desk.get("plain.warc"), desk.get("out.warc"));
    assert_eq!(desk.run(&["warc", "in.warc.gz"]).code(0).out, out);
}

#[test]
fn pass_all_keeps_every_record_byte_for_byte() {
    let desk = Desk::new();
    let archive = archive();
    desk.put("in.warc", archive.concat());
    for limit in ["1000000", "150"] {
        let args = ["warc", "in.warc", "--pass-all", "--max-bytes", limit, "-o", "out.warc"];
        let ran = desk.run(&args);
        assert_eq!(ran.code, if limit == "150" { 3 } else { 0 }, "{ran:?}");
        let out = desk.get("out.warc");
        let mut rest = out.as_slice();
        let mut conversions = 0;
        for record in &archive {
            rest = rest.strip_prefix(record.as_slice()).expect("the record as it was");
            let next = rest.windows(8).skip(1).position(|w| w == b"WARC/1.1").map(|at| at + 1);
            let first = &rest[..next.unwrap_or(rest.len())];
            if first.windows(10).any(|w| w == b"conversion") {
                conversions += 1;
                rest = &rest[first.len()..];
            }
        }
        assert!(rest.is_empty());
        assert_eq!(conversions, if limit == "150" { 0 } else { 2 });
    }
}

#[test]
fn text_markdown_and_lines() {
    let desk = Desk::new();
    desk.put("in.warc", archive().concat());
    let text = "The mill\n\nIt was built in 1802.\n\nIt stood empty for a century.\n";
    desk.run(&["warc", "in.warc", "--to", "text", "-o", "out.warc"]).code(0);
    let found = records(&desk.get("out.warc"));
    assert_eq!(value(&found[1].0, "Content-Type"), "text/plain; charset=utf-8");
    assert_eq!(String::from_utf8_lossy(&found[1].1), text);
    let ran = desk.run(&["warc", "in.warc", "--jsonl", "--to", "text"]).code(0);
    let lines: Vec<Value> =
        ran.out().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["text"], text);
    assert_eq!(lines[0]["url"], "https://example.org/3");
    assert_eq!(lines[0]["date"], "2024-05-04T10:20:30Z");
    assert_eq!(lines[0]["record_id"], "<urn:uuid:00000000-0000-4000-8000-000000000003>");
    assert_eq!(lines[0]["content_type"], "text/html; charset=utf-8");
    assert_eq!(lines[0]["encoding"], "UTF-8");
    assert_eq!(lines[0]["cuts"], 1);
    let ran = desk.run(&["warc", "in.warc", "--jsonl"]).code(0);
    assert_eq!(
        serde_json::from_str::<Value>(ran.out().lines().next().unwrap()).unwrap()["html"],
        CLEAN
    );
    let ran = desk.run(&["warc", "in.warc", "--jsonl", "--to", "markdown"]).code(0);
    assert!(ran.out().contains("\"markdown\":\"# The mill\\n"));
    desk.run(&["warc", "in.warc", "--jsonl", "--pass-all"]).code(2);
}

#[test]
fn the_charset_of_the_http_header_is_obeyed() {
    let desk = Desk::new();
    let page = fixture("russian-windows-1251.html");
    let said = String::from_utf8_lossy(&page)
        .to_lowercase()
        .replace("charset=windows-1251", "charset=utf-8");
    assert!(said.contains("charset=utf-8"), "the fixture declares its encoding");
    let mut wrong = page.clone();
    let at = String::from_utf8_lossy(&page).find("windows-1251").unwrap();
    wrong.splice(at..at + "windows-1251".len(), *b"koi8-r");
    desk.put(
        "in.warc",
        [
            response(1, "Content-Type: text/html; charset=windows-1251\r\n", &wrong),
            response(2, "Content-Type: text/html; charset=klingon\r\n", &page),
        ]
        .concat(),
    );
    let ran = desk.run(&["warc", "in.warc", "--jsonl"]).code(0);
    let lines: Vec<Value> = ran.out().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    for line in &lines {
        assert_eq!(line["encoding"], "windows-1251");
        assert!(line["cuts"].as_u64().unwrap() > 0);
    }
    // Within an archive the bytes stay in their encoding.
    desk.run(&["warc", "in.warc", "-o", "out.warc"]).code(0);
    desk.put("page.html", &page);
    let cleaned = desk.run(&["page.html"]).code(0).out;
    let out = desk.get("out.warc");
    assert!(out.windows(cleaned.len()).any(|window| window == cleaned));
}

#[test]
fn a_truncated_archive_gives_what_was_whole() {
    let desk = Desk::new();
    let members = [page(1), page(2), page(3)].map(|record| gzip(&record));
    let whole = members[..2].concat();
    desk.put("whole.warc.gz", &whole);
    desk.put("in.warc.gz", [&whole, &members[2][..members[2].len() / 2]].concat());
    desk.run(&["warc", "whole.warc.gz", "-o", "whole-out.warc.gz"]).code(0);
    desk.run(&["warc", "in.warc.gz", "-o", "out.warc.gz"])
        .code(3)
        .says("in.warc.gz: record 3: the file ends in the middle of it; the 2 before it are done");
    assert_eq!(desk.get("out.warc.gz"), desk.get("whole-out.warc.gz"));
}

#[test]
fn where_nothing_can_be_read_nothing_is_written() {
    let desk = Desk::with_page();
    desk.put("out.warc", "old");
    desk.put("empty.warc", "");
    desk.put("half.warc", &page(1)[..200]);
    for (name, why) in [
        ("page.html", "page.html: record 1: no WARC record begins here"),
        ("empty.warc", "empty.warc: this is empty"),
        ("half.warc", "half.warc: record 1: the file ends in the middle of it"),
        ("missing.warc", "missing.warc: cannot be read: there is no such file"),
        (".", "directory"),
    ] {
        desk.run(&["warc", name, "-o", "out.warc"]).code(3).says(why);
        assert_eq!(desk.text("out.warc"), "old");
    }
}

#[test]
fn pages_that_cannot_be_cleaned_are_counted() {
    let desk = Desk::new();
    let deep = response(2, "Content-Type: text/html\r\n", "<div>".repeat(600).as_bytes());
    let odd = response(3, "Content-Type: text/html\r\nContent-Encoding: br\r\n", b"\xff\xff\xff");
    let large = response(4, "Content-Type: text/html\r\n", &vec![b'x'; 9_000]);
    desk.put("in.warc", [page(1), deep, odd, large, page(5)].concat());
    let args = ["warc", "in.warc", "--max-bytes", "5000"];
    let ran = desk.run(&args).code(3);
    assert_eq!(records(&ran.out).len(), 2);
    ran.says("in.warc: 3 of 5 pages not cleaned, the first is https://example.org/2: ");
    let ran = desk.run(&["warc", "in.warc", "--max-bytes", "5000", "--jsonl"]).code(3);
    let lines: Vec<Value> = ran.out().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let failed: Vec<bool> = lines.iter().map(|line| line["error"].is_string()).collect();
    assert_eq!(failed, [false, true, true, true, false]);
}

/// An archive of a gigabyte that is made while it is read: memory does not grow. A minute or two
/// in a release build:
///
/// ```sh
/// cargo test --release -- --ignored --nocapture a_gigabyte
/// ```
#[test]
#[ignore = "takes minutes"]
fn a_gigabyte_of_archive() {
    const BYTES: usize = 1 << 30;
    let desk = Desk::new();
    let filler: String = (0..400)
        .map(|n| {
            format!("<p>Wheel {n} of the mill turned once in nine seconds, so they said.</p>\n")
        })
        .collect();
    let body = PAGE.replace("<h1>", &format!("{filler}<h1>"));
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    let image = response(1, "Content-Type: image/png\r\n", &vec![7; 300_000]);
    let video = response(1, "Content-Type: video/mp4\r\n", &vec![7; 80 << 20]);
    for jobs in ["1", "2"] {
        let start = Instant::now();
        let mut child = desk
            .command(&["warc", "--jobs", jobs])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let id = child.id();
        let mut peaks = Vec::new();
        let (mut pages, mut found, mut bytes) = (0, 0, 0);
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || {
                let mut buffer = vec![0; 1 << 20];
                let mut tail: Vec<u8> = Vec::new();
                let mut count = 0;
                loop {
                    let read = stdout.read(&mut buffer).unwrap();
                    if read == 0 {
                        return count;
                    }
                    tail.extend_from_slice(&buffer[..read]);
                    let mark = b"WARC-Type: conversion";
                    count += tail.windows(mark.len()).filter(|w| w == mark).count();
                    tail.drain(..tail.len().saturating_sub(mark.len() - 1));
                }
            });
            let mut quarter = 0;
            while bytes < BYTES {
                for n in 0..100 {
                    let record = response(n, html, body.as_bytes());
                    stdin.write_all(&record).unwrap();
                    pages += 1;
                    bytes += record.len();
                }
                for record in [&image, &video] {
                    if record.len() < 1 << 20 || bytes / (BYTES / 4) > quarter {
                        stdin.write_all(record).unwrap();
                        bytes += record.len();
                    }
                }
                if bytes / (BYTES / 4) > quarter {
                    quarter = bytes / (BYTES / 4);
                    peaks.extend(super::peak_memory(id));
                }
            }
            drop(stdin);
            found = reading.join().unwrap();
        });
        assert!(child.wait().unwrap().success());
        assert_eq!(found, pages);
        println!(
            "{jobs} jobs: {bytes} bytes, {pages} pages in {:.1?}, peaks {peaks:?} KiB",
            start.elapsed()
        );
        super::assert_constant(&peaks);
    }
}
