use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use base64::Engine;
use dehusk::{Cleaner, From, Rules};
use proptest::prelude::*;
use serde_json::Value;

use super::json;
use super::json::tests::{escaped, value};
use super::line::LineFilter;
use super::lines::{self, Done};
use crate::cli::ordered;
use crate::cli::pipe_args::{ContentArg, Offsets};

const APPEAL: &str = "<p>Advertisement</p>";

fn filter() -> LineFilter {
    LineFilter {
        cleaner: Cleaner::new(Rules::builtin()).encoding(Some("utf-8")).unwrap(),
        field: None,
        from: None,
        url_field: None,
        to: ContentArg::Same,
        cuts_field: None,
        offsets: Offsets::Chars,
        spans_only: false,
        error_field: "error".into(),
        max_bytes: 1 << 20,
    }
}

/// What a line becomes, and the error.
fn line(filter: &LineFilter, line: &str) -> (String, Option<String>) {
    let mut out = Vec::new();
    let error = filter.line(line.as_bytes(), 7, &mut out).err();
    (String::from_utf8(out).unwrap(), error)
}

#[track_caller]
fn becomes(filter: &LineFilter, before: &str, after: &str) {
    assert_eq!(line(filter, before), (after.to_string(), None));
}

#[test]
fn only_the_field_changes() {
    let page = "<h1>M\\u00fchle<\\/h1>\\n<p>Advertisement</p>\\n<p class=\\\"a\\\">It \\ud83c\\udf3e stood.";
    let clean = "<h1>M\\u00fchle<\\/h1>\\n\\n<p class=\\\"a\\\">It \\ud83c\\udf3e stood.";
    let before = format!(
        "\t{{ \"id\" : 123456789012345678901234567890.0e-7,\"a\":[1 , {{\"b\":\"\\ud800\"}}], \
         \"html\" :\"{page}\" ,\"z\":-0.0, \"z\":null}}  "
    );
    let after = before.replace(page, clean);
    becomes(&filter(), &before, &after);
    assert_ne!(before, after);
    becomes(&filter(), &after, &after);
}

#[test]
fn the_last_of_several_fields_of_a_name_counts() {
    let before = format!(r#"{{"html":"{APPEAL}","h\u0074ml":"<p>a</p>{APPEAL}"}}"#);
    let after = format!(r#"{{"html":"{APPEAL}","h\u0074ml":"<p>a</p>"}}"#);
    becomes(&filter(), &before, &after);
}

#[test]
fn the_field_and_its_kind() {
    let text = "The mill was old.\\n\\nAdvertisement\\n\\nIt stood empty.\\n";
    let clean = "The mill was old.\\n\\nIt stood empty.\\n";
    becomes(&filter(), &format!(r#"{{"text":"{text}"}}"#), &format!(r#"{{"text":"{clean}"}}"#));
    // Where there is both, the page is what is cleaned.
    let both = format!(r#"{{"text":"{text}","html":"<p>a</p>"}}"#);
    becomes(&filter(), &both, &both);
    let named = LineFilter { field: Some("page.html".into()), ..filter() };
    let nested = format!(r#"{{"page": {{"n":1, "html" : "<p>a</p>{APPEAL}" }}}}"#);
    becomes(&named, &nested, &nested.replace(APPEAL, ""));
    let dotted = format!(r#"{{"page":{{"html":"{APPEAL}"}},"page.html":"<p>a</p>{APPEAL}"}}"#);
    becomes(
        &named,
        &dotted,
        &format!(r#"{{"page":{{"html":"{APPEAL}"}},"page.html":"<p>a</p>"}}"#),
    );
    let forced = LineFilter { from: Some(From::Text), ..filter() };
    let page = r#"{"html":"<p>a</p><p>Advertisement</p>"}"#;
    becomes(&forced, page, page);
}

#[test]
fn null_and_empty_lines_stay() {
    for same in ["", "   ", "\r", r#"{"html":null}"#, r#"{"html":""}"#] {
        becomes(&filter(), same, same);
    }
    let cuts = LineFilter { cuts_field: Some("cuts".into()), ..filter() };
    becomes(&cuts, r#"{"html":null}"#, r#"{"html":null,"cuts":[]}"#);
}

#[test]
fn the_end_of_a_line_stays() {
    let before = format!("{{\"html\":\"<p>a</p>{APPEAL}\"}}\r");
    becomes(&filter(), &before, "{\"html\":\"<p>a</p>\"}\r");
    let (bad, _) = line(&filter(), "{\"a\":1}\r");
    assert!(bad.ends_with("}\r"), "{bad:?}");
    let (bad, _) = line(&filter(), "nothing\r");
    assert!(bad.ends_with("}\r"), "{bad:?}");
}

#[test]
fn spans_count_characters_or_bytes_of_what_the_field_said() {
    let before = r#"{"html":"<p>\ud83c\udf3e\u00fc🌾</p><p>Advertisement</p><p>b</p>"}"#;
    let spans = |offsets| {
        let filter =
            LineFilter { cuts_field: Some("cuts".into()), spans_only: true, offsets, ..filter() };
        let (after, _) = line(&filter, before);
        assert!(after.starts_with(before.strip_suffix('}').unwrap()), "{after}");
        let value: Value = serde_json::from_str(&after).unwrap();
        assert_eq!(value["cuts"][0][2], "ad-notice");
        (value["cuts"][0][0].as_u64().unwrap(), value["cuts"][0][1].as_u64().unwrap())
    };
    assert_eq!(spans(Offsets::Chars), (10, 30));
    assert_eq!(spans(Offsets::Bytes), (17, 37));
}

#[test]
fn an_old_cuts_field_is_replaced() {
    let filter = LineFilter { cuts_field: Some("cuts".into()), ..filter() };
    let before = format!(r#"{{"cuts": "old" ,"html":"<p>a</p>{APPEAL}"}}"#);
    becomes(&filter, &before, r#"{"cuts": [[8,28,"ad-notice"]] ,"html":"<p>a</p>"}"#);
}

#[test]
fn text_and_markdown() {
    let before = format!(r#"{{"n":1,"html":"<h1>The \"mill\"</h1>{APPEAL}"}}"#);
    let text = LineFilter { to: ContentArg::Text, ..filter() };
    becomes(&text, &before, r#"{"n":1,"html":"The \"mill\"\n"}"#);
    let markdown = LineFilter { to: ContentArg::Markdown, ..filter() };
    becomes(&markdown, &before, r##"{"n":1,"html":"# The \"mill\"\n"}"##);
}

#[test]
fn halves_of_surrogate_pairs_stay() {
    let before = format!(r#"{{"html":"<p>a\ud83c</p>{APPEAL}<p>\udf3e was old</p>"}}"#);
    becomes(&filter(), &before, &before.replace(APPEAL, ""));
    let text = LineFilter { to: ContentArg::Text, ..filter() };
    let (after, error) = line(&text, &before);
    assert!(error.unwrap().contains("half of a surrogate pair"));
    assert!(after.starts_with(before.strip_suffix('}').unwrap()), "{after}");
}

#[test]
fn two_halves_do_not_become_a_pair() {
    let before = format!(r#"{{"html":"The mill\ud83c{APPEAL}\udf3e was old"}}"#);
    let (after, error) = line(&filter(), &before);
    assert!(error.unwrap().contains("halves of surrogate pairs"), "{after}");
    assert!(after.starts_with(before.strip_suffix('}').unwrap()), "{after}");
    becomes(&filter(), &before.replace("\\udf3e", " "), r#"{"html":"The mill\ud83c  was old"}"#);
}

#[test]
fn errors_are_a_field_of_the_line() {
    for (before, after) in [
        ("{}", r#"{"error":"no field `html` or `text`; --field names another"}"#),
        (r#"{ "a":1 }"#, r#"{ "a":1,"error":"no field `html` or `text`; --field names another" }"#),
        (r#"{"html":[1]}"#, r#"{"html":[1],"error":"the field `html` holds no text"}"#),
        (r#"{"error":"x","html":5}"#, r#"{"error":"the field `html` holds no text","html":5}"#),
        (
            r#"["a"]"#,
            r#"{"error":"not a JSON object: expected an object at byte 1","line":7,"content":"[\"a\"]"}"#,
        ),
        (
            r#"{"html":"a"#,
            r#"{"error":"not a JSON object: expected the quote that ends the string at byte 11","line":7,"content":"{\"html\":\"a"}"#,
        ),
    ] {
        let (found, error) = line(&filter(), before);
        assert_eq!(found, after);
        assert!(error.is_some());
    }
    let deep = format!(r#"{{"html":"{}"}}"#, "<div>".repeat(600));
    let (found, error) = line(&filter(), &deep);
    assert!(error.unwrap().contains("nest"), "{found}");
    assert!(found.starts_with(deep.strip_suffix('}').unwrap()));
}

#[test]
fn bytes_that_are_not_utf8_come_back() {
    let mut out = Vec::new();
    let bytes = b"{\"html\":\"caf\xe9\"}";
    filter().line(bytes, 1, &mut out).unwrap_err();
    let value: Value = serde_json::from_slice(&out).unwrap();
    let content = value["content_base64"].as_str().unwrap();
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(content).unwrap(), bytes);
}

#[test]
fn a_byte_order_mark_stays_before_the_first_line() {
    let before = format!("\u{feff}{{\"html\":\"<p>a</p>{APPEAL}\"}}");
    let mut out = Vec::new();
    filter().line(before.as_bytes(), 1, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), before.replace(APPEAL, ""));
    assert!(line(&filter(), &before).1.is_some());
}

proptest! {
    #[test]
    fn a_line_is_cleaned_as_its_page_is(
        blocks in prop::collection::vec(
            prop::sample::select(vec![
                APPEAL, "<p>The mill \u{1f33e} was old.</p>", "<p>\u{e9}\"\\</p>\n",
                "<form><p>Sign up for our newsletter</p><input type=email></form>",
            ]),
            0..7,
        ),
        how in prop::collection::vec(any::<bool>(), 1..9),
        before in value(),
        after in value(),
    ) {
        let page = blocks.concat();
        let start = format!("{{\"a\":{before}, \"html\": \"");
        let end = format!("\",\t\"b\" : {after}");
        let given = format!("{start}{}{end} }}", escaped(&page, &how));
        let filter = LineFilter { cuts_field: Some("c".into()), ..filter() };
        let (found, error) = line(&filter, &given);
        prop_assert_eq!(error, None);
        let inner = found.strip_prefix(&start).and_then(|rest| rest.split_once(&end));
        let (inner, rest) = inner.expect("all other bytes stay");
        let cleaned = filter.cleaner.clone().from(From::Html).clean(page.as_bytes()).unwrap();
        let said = json::decode(inner);
        prop_assert_eq!(said.text.as_bytes(), &*cleaned.output);
        let value: Value = serde_json::from_str(&found).expect("JSON");
        prop_assert!(rest.starts_with(",\"c\":["));
        // What is not between the spans is what is left, in characters as in bytes.
        let chars: Vec<char> = page.chars().collect();
        let (mut left, mut at) = (String::new(), 0);
        for span in value["c"].as_array().unwrap() {
            let offset = |i: usize| span[i].as_u64().unwrap() as usize;
            left.extend(&chars[at..offset(0)]);
            at = offset(1);
        }
        left.extend(&chars[at..]);
        prop_assert_eq!(left.as_bytes(), &*cleaned.output);
    }
}

/// Gives its parts one read after the other.
struct Parts(Vec<Vec<u8>>);

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(part) = self.0.first_mut() else { return Ok(0) };
        if part == b"!" {
            return Err(io::Error::other("the cable is gone"));
        }
        let read = part.as_slice().read(buffer)?;
        part.drain(..read);
        if part.is_empty() {
            self.0.remove(0);
        }
        Ok(read)
    }
}

fn run(filter: LineFilter, parts: Vec<Vec<u8>>, jobs: usize) -> (Vec<Vec<u8>>, Done) {
    let cleaning = filter.clone();
    let results = ordered::start(
        jobs,
        move |batch| Done::of(&cleaning, &batch),
        move |feed| lines::read(Parts(parts), &filter, feed),
    );
    let (mut all, mut writes) = (Done::default(), Vec::new());
    let results = results.unwrap();
    while let Some(done) = results.next().unwrap() {
        all.lines += done.lines;
        all.errors += done.errors;
        all.first_error = all.first_error.or(done.first_error);
        all.broken = all.broken.or(done.broken);
        writes.push(done.bytes);
    }
    (writes, all)
}

#[test]
fn what_one_read_gives_one_write_takes() {
    let line = |n: usize| format!("{{\"n\":{n},\"html\":\"{APPEAL}\"}}\n").into_bytes();
    let (first, second) = (line(1), [line(2), line(3), line(4)].concat());
    let (start, end) = second.split_at(second.len() - 4);
    let (writes, done) = run(filter(), vec![first, start.to_vec(), end.to_vec()], 1);
    let lines: Vec<usize> =
        writes.iter().map(|write| write.iter().filter(|b| **b == b'\n').count()).collect();
    assert_eq!(lines, [1, 2, 1]);
    assert_eq!((done.lines, done.errors), (4, 0));
}

#[test]
fn a_failing_input_gives_what_was_read() {
    let (writes, done) = run(filter(), vec![b"{\"text\":1}\n{\"te".to_vec(), b"!".to_vec()], 2);
    assert_eq!(done.broken.unwrap().to_string(), "the cable is gone");
    assert_eq!((done.lines, done.errors), (2, 2));
    assert!(writes.concat().starts_with(b"{\"text\":1,\"error\":"));
}

#[test]
fn the_number_of_the_first_bad_line() {
    let filter = filter();
    let seen = Arc::new(Mutex::new(Vec::new()));
    for jobs in [1, 3] {
        let parts = vec![b"{\"text\":\"a\"}\n\n".to_vec(), b"{\"text\":null}\r\n{]\n{[".to_vec()];
        let (writes, done) = run(filter.clone(), parts, jobs);
        assert_eq!((done.lines, done.errors), (5, 2));
        assert_eq!(done.first_error.unwrap().0, 4);
        seen.lock().unwrap().push(writes.concat());
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], seen[1]);
    assert!(!seen[0].ends_with(b"\n"), "the last line had no end");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However the input arrives and however many threads work, the output is that of the lines
    /// one by one, long lines too.
    #[test]
    fn lines_are_what_they_are_however_they_arrive(
        lines in prop::collection::vec(
            (
                prop::sample::select(vec!["", "{\"text\":\"a\"}", " {  \"text\":\"", "[", "{", "\r"]),
                prop_oneof![Just(0), 90..120_usize, Just(70_000), Just(200_000)],
            ),
            0..12,
        ),
        end in any::<bool>(),
        cuts in prop::collection::vec(1..150_000_usize, 0..12),
        jobs in 1..4_usize,
    ) {
        let filter = LineFilter { max_bytes: 100, ..filter() };
        let lines: Vec<String> =
            lines.iter().map(|(start, fill)| format!("{start}{}", "x".repeat(*fill))).collect();
        let mut input = lines.join("\n").into_bytes();
        if end {
            input.push(b'\n');
        }
        let mut expected = Vec::new();
        for (whole, number) in input.split_inclusive(|byte| *byte == b'\n').zip(1..) {
            let line = whole.strip_suffix(b"\n").unwrap_or(whole);
            let _ = filter.line(line, number, &mut expected);
            expected.extend_from_slice(&whole[line.len()..]);
        }
        let mut parts = Vec::new();
        let mut rest = input.as_slice();
        for cut in cuts {
            let (part, after) = rest.split_at(cut.min(rest.len()));
            if !part.is_empty() {
                parts.push(part.to_vec());
            }
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(rest.to_vec());
        }
        let count = input.split_inclusive(|byte| *byte == b'\n').count() as u64;
        let (writes, done) = run(filter, parts, jobs);
        prop_assert_eq!(String::from_utf8(writes.concat()), String::from_utf8(expected));
        prop_assert_eq!(done.lines, count);
    }
}
