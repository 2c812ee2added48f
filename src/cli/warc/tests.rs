use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;

use super::http;
use super::reader::{self, Broken};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn record(kind: &str, block: &[u8]) -> Vec<u8> {
    let head = format!("WARC/1.0\r\nWARC-Type: {kind}\r\nContent-Length: {}\r\n\r\n", block.len());
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// The kinds and blocks of an archive, and why it ends if it is not its end.
fn read(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Option<Broken>) {
    let mut records = Vec::new();
    let (mut reader, _) = match reader::open(std::io::Cursor::new(bytes.to_vec())) {
        Ok(opened) => opened,
        Err(broken) => return (records, Some(broken)),
    };
    loop {
        let head = match reader.next() {
            Ok(Some(head)) => head,
            Ok(None) => return (records, None),
            Err(broken) => return (records, Some(broken)),
        };
        match reader.block() {
            Ok(block) => {
                records.push((head.get("warc-type").unwrap_or_default().to_string(), block))
            }
            Err(broken) => return (records, Some(broken)),
        }
    }
}

fn three() -> Vec<(String, Vec<u8>)> {
    [("warcinfo", "software: x\r\n"), ("response", ""), ("metadata", "a\r\n\r\nb\n")]
        .map(|(kind, block)| (kind.to_string(), block.as_bytes().to_vec()))
        .to_vec()
}

#[test]
fn records_one_after_the_other() {
    let records: Vec<Vec<u8>> = three().iter().map(|(kind, block)| record(kind, block)).collect();
    assert_eq!(read(&records.concat()), (three(), None));
    // A member each, one member for all, and a mixture.
    let members: Vec<Vec<u8>> = records.iter().map(|record| gzip(record)).collect();
    assert_eq!(read(&members.concat()), (three(), None));
    assert_eq!(read(&gzip(&records.concat())), (three(), None));
    let odd = [gzip(&records[..2].concat()), gzip(&records[2])].concat();
    assert_eq!(read(&odd), (three(), None));
    // Line feeds alone, more of them than wanted, or none at the end.
    let loose = b"WARC/1.1\nwarc-type:response\nCONTENT-LENGTH: 2\n\nab\n\n\n\n\
        WARC/1.1\r\nX:\r\n y\r\nWARC-Type: a\r\n  b\r\nContent-Length: 0\r\n\r\n";
    let expected = vec![("response".into(), b"ab".to_vec()), ("a b".into(), Vec::new())];
    assert_eq!(read(loose), (expected, None));
}

#[test]
fn a_file_that_is_cut_off_gives_what_was_whole() {
    let records: Vec<Vec<u8>> = three().iter().map(|(kind, block)| record(kind, block)).collect();
    let packed: Vec<Vec<u8>> = records.iter().map(|record| gzip(record)).collect();
    for members in [&records, &packed] {
        let file = members.concat();
        let ends: Vec<usize> = members
            .iter()
            .scan(0, |end, member| {
                *end += member.len();
                Some(*end)
            })
            .collect();
        for len in 1..file.len() {
            let (found, broken) = read(&file[..len]);
            let whole = ends.iter().filter(|end| **end <= len).count();
            // A record may be whole though something after it is missing: line ends, a checksum.
            assert!(found.len() >= whole && found.len() <= whole + 1, "{len}: {found:?}");
            assert_eq!(found, three()[..found.len()], "{len}");
            if found.len() == whole && !ends.contains(&len) {
                assert_eq!(
                    broken,
                    Some(Broken("the file ends in the middle of it".into())),
                    "{len}"
                );
            }
        }
    }
}

#[test]
fn a_damaged_file_gives_what_was_before() {
    let records: Vec<Vec<u8>> = three().iter().map(|(kind, block)| record(kind, block)).collect();
    let mut packed: Vec<Vec<u8>> = records.iter().map(|record| gzip(record)).collect();
    let checksum = packed[1].len() - 6;
    packed[1][checksum] ^= 1;
    let (found, broken) = read(&packed.concat());
    assert_eq!(found, three()[..1]);
    assert!(broken.unwrap().0.contains("checksum"));
}

#[test]
fn what_is_no_archive_is_said_to_be_none() {
    for (bytes, why) in [
        (&b""[..], "this is empty"),
        (b"<!DOCTYPE html>\n<p>a", "no WARC record begins here, but \"<!DOCTYPE html>\""),
        (b"\x28\xb5\x2f\xfd....", "zstd"),
        (b"WARC/1.0\r\nWARC-Type: x\r\n\r\n", "no Content-Length"),
        (b"WARC/1.0\r\nContent-Length: -1\r\n\r\n", "no Content-Length"),
        (b"WARC/1.0\r\nContent-Length: 99999999999\r\n\r\nab", "in the middle"),
        (b"WARC/1.0", "in the middle"),
    ] {
        let (found, broken) = read(bytes);
        assert!(found.is_empty());
        let broken = broken.expect("broken").0;
        assert!(broken.contains(why), "{broken}");
    }
    let endless = vec![b'W'; 3 << 20];
    assert!(read(&endless).1.unwrap().0.contains("within 1048576 bytes"));
    let long = ["WARC/1.0\r\n", &"X: y\r\n".repeat(300_000), "\r\n"].concat();
    assert!(read(long.as_bytes()).1.unwrap().0.contains("1048576"));
}

/// The body of a response with these lines in its head.
fn body(head: &str, body: &[u8]) -> Result<(Vec<u8>, bool), String> {
    let block = [b"HTTP/1.1 200 OK\r\n", head.as_bytes(), b"\r\n", body].concat();
    let response = http::parse(&block).expect("a response");
    response.body(100_000).map(|body| (body.bytes.into_owned(), body.cut_off))
}

#[test]
fn codings_are_undone() {
    let page = b"<p>The mill was built in 1802.</p>".repeat(9);
    let whole = Ok((page.clone(), false));
    assert_eq!(body("", &page), whole);
    assert_eq!(body("Content-Encoding: identity\r\n", &page), whole);
    assert_eq!(body("Content-Encoding: gzip\r\n", &gzip(&page)), whole);
    assert_eq!(body("content-encoding: X-GZIP\r\n", &gzip(&page)), whole);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(&page).unwrap();
    assert_eq!(body("Content-Encoding: deflate\r\n", &zlib.finish().unwrap()), whole);
    let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
    bare.write_all(&page).unwrap();
    assert_eq!(body("Content-Encoding: deflate\r\n", &bare.finish().unwrap()), whole);
    // An uncompressed block of brotli, and the mark of the end.
    let brotli = b"\x0b\x05\x80<p>mill</p>\x03";
    assert_eq!(body("Content-Encoding: br\r\n", brotli), Ok((b"<p>mill</p>".to_vec(), false)));
    assert_eq!(body("Content-Encoding: gzip, gzip\r\n", &gzip(&gzip(&page))), whole);
    let chunked = [b"5;a=b\r\n", &page[..5], b"\r\n12d\r\n", &page[5..], b"\r\n0\r\n\r\n"].concat();
    assert_eq!(page.len() - 5, 0x12d);
    assert_eq!(body("Transfer-Encoding: chunked\r\n", &chunked), whole);
    let packed = gzip(&page);
    let both = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
    assert_eq!(body("Content-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n", &both), whole);
    assert_eq!(body("Transfer-Encoding: gzip, chunked\r\n", &both), whole);
}

#[test]
fn codings_that_are_undone_already_are_left_alone() {
    let page = b"\xef\xbb\xbf \n<p>The mill</p>\n";
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let head = format!("Content-Encoding: {coding}\r\n");
        assert_eq!(body(&head, page), Ok((page.to_vec(), false)), "{coding}");
        assert!(body(&head, b"what is this?").is_err(), "{coding}");
    }
    assert_eq!(body("Transfer-Encoding: chunked\r\n", page), Ok((page.to_vec(), false)));
}

#[test]
fn a_body_that_is_cut_off_gives_what_is_there() {
    let page: Vec<u8> = (0..2000).flat_map(|n| format!("<p>{n}</p>").into_bytes()).collect();
    let packed = gzip(&page);
    let (part, cut_off) = body("Content-Encoding: gzip\r\n", &packed[..packed.len() / 2]).unwrap();
    assert!(cut_off && page.starts_with(&part) && part.len() > 100);
    let chunked = b"4\r\n<p>a\r\n8\r\nbcd";
    assert_eq!(body("Transfer-Encoding: chunked\r\n", chunked), Ok((b"<p>abcd".to_vec(), true)));
}

#[test]
fn a_bomb_is_too_large() {
    let bomb = gzip(&vec![b' '; 10_000_000]);
    let error = body("Content-Encoding: gzip\r\n", &bomb).unwrap_err();
    assert!(error.contains("larger than 100000 bytes"), "{error}");
    assert!(body("", &vec![b' '; 100_001]).is_err());
}

/// A header of a megabyte has room for a hundred thousand codings of one body.
#[test]
fn codings_upon_codings_are_refused() {
    for coding in ["gzip", "chunked"] {
        let codings = |n: usize| {
            let layer = |body: Vec<u8>| match coding {
                "gzip" => gzip(&body),
                _ => [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat(),
            };
            let coded = (0..n).fold(b"<p>x".to_vec(), |body, _| layer(body));
            body(&format!("Content-Encoding: {}\r\n", vec![coding; n].join(", ")), &coded)
        };
        assert_eq!(codings(5).unwrap(), (b"<p>x".to_vec(), false));
        assert_eq!(codings(6).unwrap_err(), "more than 5 codings are applied to it");
    }
}

#[test]
fn content_types() {
    assert_eq!(http::media_type("Text/HTML ; charset=x"), "text/html");
    assert_eq!(http::charset("text/html; Charset=\"koi8-r\"").as_deref(), Some("koi8-r"));
    assert_eq!(http::charset("text/html;a=b;charset=utf-8").as_deref(), Some("utf-8"));
    assert_eq!(http::charset("text/html; charset=").as_deref(), None);
    assert_eq!(http::charset("charset=utf-8").as_deref(), None);
}

proptest! {
    #[test]
    fn chunks_are_put_together(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = chunks.concat();
        let mut coded = Vec::new();
        for chunk in &chunks {
            coded.extend(format!("{:X}\r\n", chunk.len()).bytes());
            coded.extend(chunk);
            coded.extend(b"\r\n");
        }
        coded.extend(b"0\r\n\r\n");
        let head = "Transfer-Encoding: chunked\r\n";
        prop_assert_eq!(body(head, &coded), Ok((whole.clone(), false)));
        // However it is cut off, what comes is the beginning.
        let len = cut.index(coded.len());
        let (part, cut_off) = body(head, &coded[..len]).unwrap();
        if len >= 4 && !chunks.is_empty() {
            prop_assert!(whole.starts_with(&part));
            prop_assert!(cut_off || len + 4 >= coded.len());
        }
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200), pick in 0..4_usize) {
        read(&bytes);
        read(&[b"WARC/1.0\r\n", bytes.as_slice()].concat());
        read(&[b"WARC/1.0\r\nContent-Length: 9\r\n\r\n", bytes.as_slice()].concat());
        read(&[&gzip(b"WARC/1.0\r\nContent-Length: 0\r\n\r\n"), bytes.as_slice()].concat());
        let coding = ["gzip", "deflate", "br", "chunked"][pick];
        let head = format!("Content-Encoding: {coding}\r\n");
        let _ = body(&head, &bytes);
    }
}
