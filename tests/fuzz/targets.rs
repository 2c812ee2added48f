//! The bodies of the fuzz targets. Each takes any bytes and panics if a promise does not hold.
//! Driven by the tests here, and by cargo-fuzz from `fuzz/`.

use std::cell::LazyCell;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use dehusk::{Cleaner, Format, From, Record, Rules, RulesBuilder};

use crate::check::{check, everything};

thread_local! {
    static CLEANER: LazyCell<Cleaner> = LazyCell::new(everything);
}

/// Encodings that a page may be in, those with shift states among them.
const ENCODINGS: [&str; 18] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1255",
    "windows-1256",
    "iso-8859-2",
    "iso-8859-8-i",
    "koi8-r",
    "shift_jis",
    "euc-jp",
    "iso-2022-jp",
    "gbk",
    "gb18030",
    "big5",
    "euc-kr",
];

fn cleaner(from: From) -> Cleaner {
    CLEANER.with(|cleaner| Cleaner::clone(cleaner)).from(from)
}

fn hold(cleaner: &Cleaner, data: &[u8]) {
    assert_eq!(check(cleaner, data), Ok(()));
}

pub(crate) fn html(data: &[u8]) {
    let cleaner = cleaner(From::Html);
    hold(&cleaner, data);
    if let Ok(cleaned) = cleaner.clean(data) {
        for format in [Format::Text, Format::Markdown, Format::Json] {
            let _ = cleaned.render(format);
        }
    }
    let _ = cleaner.report(data);
    let _ = cleaner.blocks(data);
}

pub(crate) fn text(data: &[u8]) {
    hold(&cleaner(From::Text), data);
}

pub(crate) fn markdown(data: &[u8]) {
    hold(&cleaner(From::Markdown), data);
}

/// Whatever a rule file says, it is an error or a ruleset that keeps the promises.
pub(crate) fn rules(data: &[u8]) {
    let yaml = String::from_utf8_lossy(data);
    let builder: RulesBuilder =
        Rules::builder().use_builtin(false).text("fuzz.yaml", yaml.as_ref());
    let Ok(rules) = builder.build() else { return };
    let page = b"<title>Mill</title><h1>The mill</h1><div class=newsletter><p>Sign up</p><input type=email>\
        <button>Go</button></div><ul><li><a href=/donate>Donate $5</a><li>x</ul><p>It was built in 1802.</p>";
    let cleaner = everything_of(rules).url(Some("https://example.org/a/1".into()));
    hold(&cleaner.from(From::Html), page);
}

fn everything_of(rules: Rules) -> Cleaner {
    Cleaner::new(rules).categories(dehusk::Category::ALL)
}

/// The first byte picks the encoding that is said, from outside or by the page.
pub(crate) fn encodings(data: &[u8]) {
    let Some((first, page)) = data.split_first() else { return };
    let label = ENCODINGS[usize::from(*first) % ENCODINGS.len()];
    let from = if *first < 128 { From::Html } else { From::Text };
    let named = cleaner(from).encoding(Some(label));
    hold(&named.expect("a known label"), page);
    let declared = [format!("<meta charset={label}>").as_bytes(), page].concat();
    hold(&cleaner(From::Html), &declared);
}

/// A record that was tampered with is an error, or gives back what it says it does.
pub(crate) fn record(data: &[u8]) {
    let (json, result) = data.split_at(data.iter().position(|b| *b == b'\n').unwrap_or(data.len()));
    let Ok(json) = std::str::from_utf8(json) else { return };
    let Ok(record) = Record::from_json(json) else { return };
    if let Ok(source) = record.restore(result.get(1..).unwrap_or_default()) {
        assert!(record.is_of(&source), "it gave back something else");
    }
}

/// One line comes out for each that goes in, in order, whatever the number of threads.
pub(crate) fn jsonl(data: &[u8]) {
    let one = run(&["filter", "--jobs", "1"], data);
    let four = run(&["filter", "--jobs", "4"], data);
    assert!(one == four, "the number of threads matters");
    let lines = |bytes: &[u8]| bytes.split(|b| *b == b'\n').count();
    assert_eq!(
        lines(data.strip_suffix(b"\n").unwrap_or(data)),
        lines(one.strip_suffix(b"\n").unwrap_or(&one))
    );
    for line in one.split(|b| *b == b'\n') {
        assert!(std::str::from_utf8(line).is_ok(), "not UTF-8");
    }
}

pub(crate) fn warc(data: &[u8]) {
    let records = run(&["warc", "-"], data);
    let again = run(&["warc", "-", "--jobs", "1"], data);
    assert!(again.len() == records.len(), "the number of threads matters");
    run(&["warc", "-", "--jsonl"], data);
}

/// What the command says to `input`; it must end by itself, and well or with code 3.
fn run(args: &[&str], input: &[u8]) -> Vec<u8> {
    let built = option_env!("CARGO_BIN_EXE_dehusk").map(PathBuf::from);
    let binary = built.or_else(|| std::env::var_os("DEHUSK").map(PathBuf::from));
    let mut child = Command::new(binary.expect("DEHUSK names the built command"))
        .args(args)
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // It may well stop reading early.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("written");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{:?} {said}", output.status);
    output.stdout
}
