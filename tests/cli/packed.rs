//! Compressed files: in and out, told by what they are.

use std::fs;
use std::io::{Read, Write};

use super::{CLEAN, Desk, PAGE, PLAIN};

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut out, &Default::default()).unwrap();
    out
}

fn unpack(name: &str, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let read = match name.rsplit('.').next() {
        Some("gz") => flate2::read::MultiGzDecoder::new(content).read_to_end(&mut out),
        Some("zst") => zstd::Decoder::new(content).unwrap().read_to_end(&mut out),
        _ => brotli::Decompressor::new(content, 4096).read_to_end(&mut out),
    };
    read.expect("whole");
    out
}

type Pack = fn(&[u8]) -> Vec<u8>;

const ALL: [(&str, Pack); 3] =
    [("page.html.gz", gzip), ("page.html.zst", zstd), ("page.html.br", brotli)];

#[test]
fn a_directory_stays_compressed() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    for (name, pack) in ALL {
        desk.put(format!("pages/{name}"), pack(PAGE.as_bytes()));
        desk.put(format!("pages/plain-{name}"), pack(PLAIN.as_bytes()));
    }
    desk.put("pages/unnamed", gzip(PAGE.as_bytes()));
    desk.run(&["pages", "--output-dir", "clean", "--record-dir", "cuts", "-q"]).code(0);
    for (name, _) in ALL {
        let got = unpack(name, &desk.get(format!("clean/{name}")));
        assert_eq!(String::from_utf8(got).unwrap(), CLEAN, "{name}");
        // Where nothing is cut, nothing changes.
        let plain = format!("plain-{name}");
        assert!(desk.get(format!("clean/{plain}")) == desk.get(format!("pages/{plain}")));
    }
    assert_eq!(unpack("x.gz", &desk.get("clean/unnamed")), CLEAN.as_bytes());
    desk.run(&["restore", "clean", "--record-dir", "cuts", "--output-dir", "back"]);
    for (name, _) in ALL {
        assert_eq!(unpack(name, &desk.get(format!("back/{name}"))), PAGE.as_bytes(), "{name}");
    }
    desk.run(&["pages", "--output-dir", "text", "--to", "text", "-q", "--exclude", "plain*"])
        .code(0);
    assert!(unpack("x.gz", &desk.get("text/page.txt.gz")).starts_with(b"The mill"));
}

#[test]
fn one_file() {
    let desk = Desk::new();
    for (name, pack) in ALL {
        desk.put(name, pack(PAGE.as_bytes()));
        // Standard output has what came in; a file what its name says.
        assert_eq!(unpack(name, &desk.run(&[name]).code(0).out), CLEAN.as_bytes());
        desk.run(&[name, "-o", "clean.html"]).code(0);
        assert_eq!(desk.text("clean.html"), CLEAN);
        assert!(desk.run(&[name, "--to", "text"]).code(0).out().starts_with("The mill"));
        for (other, _) in ALL {
            let other = format!("to-{other}");
            desk.run(&[name, "-o", &other]).code(0);
            assert_eq!(unpack(&other, &desk.get(&other)), CLEAN.as_bytes());
        }
        let ran = desk.run(&["explain", "--json", name]).code(0);
        assert!(ran.out().contains("newsletter-signup"));
        desk.run(&[name, "--check"]).code(1);
        desk.run(&[name, "-o", name, "--record", "cuts.json"]).code(0);
        assert_eq!(unpack(name, &desk.get(name)), CLEAN.as_bytes());
        desk.run(&["restore", name, "--record", "cuts.json", "-o", name]).code(0);
        assert_eq!(unpack(name, &desk.get(name)), PAGE.as_bytes());
    }
    let ran = desk.pipe::<&str>(&[], &gzip(PAGE.as_bytes())).code(0);
    assert_eq!(unpack("x.gz", &ran.out), CLEAN.as_bytes());
}

#[test]
fn content_decides_not_the_name() {
    let desk = Desk::new();
    desk.put("page.html.gz", PAGE);
    desk.put("page.html", zstd(PAGE.as_bytes()));
    assert_eq!(desk.run(&["page.html.gz"]).code(0).out(), CLEAN);
    desk.run(&["page.html.gz", "page.html", "--in-place", "-q"]).code(0);
    assert_eq!(desk.text("page.html.gz"), CLEAN);
    assert_eq!(unpack("x.zst", &desk.get("page.html")), CLEAN.as_bytes());
}

#[test]
fn a_damaged_file_is_passed_on_as_it_is() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    for (name, pack) in ALL {
        let whole = pack(PAGE.as_bytes());
        desk.put(name, &whole[..whole.len() - 3]);
        let ran = desk.run(&[name]).code(3).says(&format!("{name}: not cleaned: it is not whole "));
        assert!(ran.out == desk.get(name));
        desk.put(format!("pages/{name}"), desk.get(name));
        desk.run(&["restore", name, "--record", name]).code(3);
    }
    desk.run(&["pages", "--output-dir", "clean"]).code(3).says("3 files: 0 cleaned, 3 failed");
    assert_eq!(super::many::tree(&desk.path("clean")), super::many::tree(&desk.path("pages")));
}

#[test]
fn a_bomb_does_not_go_off() {
    let desk = Desk::new();
    let zeros = vec![b' '; 20 << 20];
    for (name, pack) in ALL {
        desk.put(name, pack(&zeros));
        assert!(desk.get(name).len() < 100_000);
        let ran = desk.run(&[name, "--max-bytes", "100000"]).code(3);
        let ran = ran.says("not cleaned: unpacked, it is larger than 100000 bytes");
        assert!(ran.out == desk.get(name), "{name}");
    }
}
