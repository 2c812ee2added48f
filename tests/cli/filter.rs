//! `dehusk filter`: lines of JSON through a pipe.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{CLEAN, Desk, PAGE, Ran, fixture};

/// A line with a page to clean, and the same cleaned.
fn line(n: usize) -> (String, String) {
    let write = |page: &str| format!("{{\"id\": {n:04},\"html\": {}}}\n", json!(page));
    // Leading zeros are not JSON; the number is there to be told apart.
    let write = |page: &str| write(page).replace(&format!("{n:04}"), &n.to_string());
    (write(PAGE), write(CLEAN))
}

fn filter(args: &[&str], input: &str) -> Ran {
    let args: Vec<&str> = ["filter"].iter().chain(args).copied().collect();
    Desk::new().pipe(&args, input.as_bytes())
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).expect("JSON")
}

#[test]
fn a_line_out_for_a_line_in_in_order() {
    let lines: Vec<(String, String)> = (0..300).map(line).collect();
    let (input, output): (Vec<String>, Vec<String>) = lines.into_iter().unzip();
    for jobs in ["1", "2", "5", "0"] {
        let ran = filter(&["--jobs", jobs], &input.concat()).code(0);
        assert!(ran.out() == output.concat(), "{jobs} jobs");
    }
}

#[test]
fn nothing_in_nothing_out() {
    assert_eq!(filter(&[], "").code(0).out(), "");
    assert_eq!(filter(&[], "\n\r\n \n").code(0).out(), "\n\r\n \n");
}

#[test]
fn a_bad_line_stops_nothing() {
    let (input, output) = line(1);
    let ran = filter(&[], &format!("{input}nonsense\n\n{input}{{\"html\":1}}\n{input}")).code(3);
    let lines: Vec<&str> = ran.out().lines().collect();
    assert_eq!(lines.len(), 6);
    for at in [0, 3, 5] {
        assert_eq!(format!("{}\n", lines[at]), output);
    }
    assert_eq!(parse(lines[1])["content"], "nonsense");
    assert_eq!(parse(lines[1])["line"], 2);
    assert_eq!(lines[2], "");
    assert_eq!(parse(lines[4])["error"], "the field `html` holds no text");
    ran.says("2 of 6 lines have an error, the first is line 2: not a JSON object");
}

#[test]
fn the_rules_of_a_site_go_by_the_url_field() {
    let desk = Desk::new();
    desk.put(
        "site.yaml",
        "sites: [example.org]\nrules:\n  - id: box\n    category: promotion\n    remove: .box\n",
    );
    let page = "<p>The mill was built in 1802.</p><div class=box>The baker and his wife</div>";
    let page = format!("{page}<p>It stood empty for a century, and nobody knew why that was.</p>");
    let of = |name: &str, url: &str| format!("{}\n", json!({ "html": page, name: url }));
    let run = |args: &[&str], input: String| {
        let always = ["filter", "--rules", "site.yaml", "--also", "promotion"];
        let args: Vec<&str> = always.iter().chain(args).copied().collect();
        desk.pipe(&args, input.as_bytes()).code(0).out().contains("baker")
    };
    assert!(!run(&[], of("url", "https://example.org/a")));
    assert!(run(&[], of("url", "https://example.com/a")));
    assert!(run(&[], of("source", "https://example.org/a")));
    assert!(!run(&["--url-field", "source"], of("source", "https://example.org/a")));
}

#[test]
fn spans_of_a_text() {
    let text = String::from_utf8(fixture("exile-paper-text.txt")).unwrap();
    let input = format!("{}\n", json!({ "id": 1, "text": text }));
    let ran = filter(&["--spans-only"], &input).code(0);
    let value = parse(ran.out());
    assert_eq!(value["text"], text);
    let chars: Vec<char> = text.chars().collect();
    let (mut left, mut at) = (String::new(), 0);
    for span in value["cuts"].as_array().expect("cuts") {
        let offset = |i: usize| span[i].as_u64().unwrap() as usize;
        left.extend(&chars[at..offset(0)]);
        at = offset(1);
    }
    left.extend(&chars[at..]);
    assert!(left.len() < text.len());
    let cleaned = parse(filter(&[], &input).code(0).out());
    assert_eq!(cleaned["text"], left);
    assert_eq!(cleaned["cuts"], Value::Null);
}

#[test]
fn what_would_write_over_the_field_is_refused() {
    for args in [
        &["--cuts-field", "html"][..],
        &["--cuts-field", "text"],
        &["--field", "page.html", "--cuts-field", "page"],
        &["--error-field", "html"],
    ] {
        filter(args, "").code(2).says("would write over the field that is cleaned");
    }
    filter(&["--cuts-field", "error"], "").code(2).says("name the same field");
    filter(&["--spans-only", "--to", "text"], "").code(2);
    filter(&["--jobs", "many"], "").code(2);
}

#[test]
fn a_line_past_the_limit_is_passed_on() {
    let (input, output) = line(1);
    let long = format!(" {{\"html\":\"{}\"}}\n", "x".repeat(300_000));
    let ran = filter(&["--max-bytes", "1000"], &format!("{input}{long}[{long}{input}")).code(3);
    let lines: Vec<&str> = ran.out().lines().collect();
    assert_eq!(lines.len(), 4);
    for at in [0, 3] {
        assert_eq!(format!("{}\n", lines[at]), output);
    }
    let (start, rest) = lines[1].split_at(lines[1].find("\"html\"").unwrap());
    assert_eq!(rest, &long.trim_end()[2..]);
    assert!(start.starts_with(" {\"error\":\"longer than 1000 bytes"), "{start}");
    assert_eq!(parse(lines[1])["html"].as_str().unwrap().len(), 300_000);
    assert_eq!(parse(lines[2])["line"], 3);
    ran.says("2 of 4 lines");
}

/// The converters recurse: what the limit of depth lets pass has to fit a thread's stack.
#[test]
fn deep_pages_become_text_and_markdown() {
    for (open, close) in
        [("<div>", "</div>"), ("<ul><li>", "</ul>"), ("<blockquote>", "</blockquote>")]
    {
        let depth = 500 / open.matches('<').count();
        let page = format!("{}<p>The mill</p>{}", open.repeat(depth), close.repeat(depth));
        let input = format!("{}\n", json!({ "html": page }));
        for to in ["text", "markdown"] {
            assert!(
                filter(&["--to", to], &input).code(0).out().contains("The mill"),
                "{open} {to}"
            );
        }
    }
}

/// A program that sends a line and waits for the answer gets it.
#[test]
fn an_answer_comes_before_the_next_question() {
    let desk = Desk::new();
    for jobs in ["1", "3"] {
        let mut child = desk
            .command(&["filter", "--jobs", jobs])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        for n in 0..20 {
            let (question, answer) = line(n);
            stdin.write_all(question.as_bytes()).unwrap();
            let mut found = String::new();
            stdout.read_line(&mut found).unwrap();
            assert_eq!(found, answer);
        }
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}

/// When nobody reads any more the command ends, though its input goes on.
#[test]
fn a_broken_pipe_ends_it_quietly() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["filter"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    stdin.write_all(line(1).0.as_bytes()).unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "it waits for its input");
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
}

/// A million lines: order and count are kept, and memory does not grow. Some minutes in a release
/// build:
///
/// ```sh
/// cargo test --release -- --ignored --nocapture a_million_lines
/// ```
#[test]
#[ignore = "takes minutes"]
fn a_million_lines() {
    const LINES: usize = 1_000_000;
    let desk = Desk::new();
    for jobs in ["1", "2"] {
        let start = Instant::now();
        let mut child = desk
            .command(&["filter", "--jobs", jobs])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdin = std::io::BufWriter::new(child.stdin.take().unwrap());
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut peaks = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for n in 0..LINES {
                    stdin.write_all(line(n).0.as_bytes()).unwrap();
                }
            });
            let mut found = String::new();
            for n in 0..LINES {
                found.clear();
                stdout.read_line(&mut found).unwrap();
                assert_eq!(found, line(n).1);
                if n % (LINES / 4) == LINES / 8 {
                    peaks.extend(super::peak_memory(child.id()));
                }
            }
            assert_eq!(stdout.read_line(&mut found).unwrap(), 0, "no line more");
        });
        assert!(child.wait().unwrap().success());
        println!("{jobs} jobs: {LINES} lines in {:.1?}, peaks {peaks:?} KiB", start.elapsed());
        super::assert_constant(&peaks);
    }
}
