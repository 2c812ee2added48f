//! Bare addresses in running text.

use html5ever::local_name;

use super::{build::Builder, lines::is_space};

/// Longer than any address that works; browsers stop at some two thousand characters.
const MAX_ADDRESS: usize = 4096;

/// Appends the text that stands at `start`, with its addresses as links. `text` is what the
/// source has there, byte for byte.
pub(super) fn text_with_links(builder: &mut Builder, text: &str, start: usize) {
    let (mut done, mut at) = (0, 0);
    while let Some(link) = next_address(text, at) {
        let (from, to) = link;
        at = to;
        if to - from > MAX_ADDRESS {
            continue;
        }
        let address = text.get(from..to).unwrap_or_default();
        builder.text(text.get(done..from).unwrap_or_default(), start + done..start + from);
        builder.open_with(
            local_name!("a"),
            vec![(local_name!("href"), address)],
            start + from..start + to,
        );
        builder.text(address, start + from..start + to);
        builder.close();
        done = to;
    }
    builder.text(text.get(done..).unwrap_or_default(), start + done..start + text.len());
}

/// The next address in `text` from `at` on.
fn next_address(text: &str, mut at: usize) -> Option<(usize, usize)> {
    loop {
        let rest = text.as_bytes().get(at..)?;
        at += rest.iter().position(|byte| matches!(byte, b'h' | b'w'))?;
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let inside_word = before.is_some_and(char::is_alphanumeric);
        let rest = text.get(at..)?;
        let start = ["https://", "http://", "www."].iter().find(|start| rest.starts_with(**start));
        if let Some(start) = start
            && !inside_word
        {
            let end = address_end(rest);
            if end > start.len() {
                return Some((at, at + end));
            }
        }
        at += 1;
    }
}

/// Where the address that `text` begins with ends: before white space, brackets that no address
/// has, and the punctuation of the sentence around it.
fn address_end(text: &str) -> usize {
    let stops = |c: char| is_space(c) || matches!(c, '<' | '>' | '"' | '“' | '”' | '«' | '»' | '|');
    let mut address = text.get(..text.find(stops).unwrap_or(text.len())).unwrap_or_default();
    // Counted once: an address is walked from its end, but not for every bracket in it.
    let (mut opened, mut closed) = (address.matches('(').count(), address.matches(')').count());
    while let Some(last) = address.chars().next_back() {
        match last {
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '’' | '…' | ']' | '}' | '*' | '_' => {}
            ')' if closed > opened => closed -= 1,
            '(' => opened = opened.saturating_sub(1),
            _ => break,
        }
        address = address.get(..address.len() - last.len_utf8()).unwrap_or_default();
    }
    address.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<&str> {
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some((from, to)) = next_address(text, at) {
            found.push(&text[from..to]);
            at = to;
        }
        found
    }

    #[test]
    fn finds_addresses() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("see https://example.org/a.", &["https://example.org/a"]),
            ("(see http://example.org/a_(b))", &["http://example.org/a_(b)"]),
            (
                "<https://example.org>, www.example.org!",
                &["https://example.org", "www.example.org"],
            ),
            ("„https://example.org/ß“", &["https://example.org/ß"]),
            ("**https://example.org/x**", &["https://example.org/x"]),
            ("http:// alone, www. too, xhttp://a.b, awww.", &[]),
            ("https://...", &[]),
            ("a https://b.example", &["https://b.example"]),
            ("[Give](https://example.org/x)", &["https://example.org/x"]),
        ];
        for (text, wanted) in cases {
            assert_eq!(addresses(text), *wanted, "{text}");
        }
    }

    #[test]
    fn brackets_without_end_are_quick() {
        let text = format!("https://a{}", ")(".repeat(200_000));
        assert_eq!(addresses(&text).len(), 1);
        assert_eq!(addresses(&"https://(".repeat(100_000)).len(), 1);
    }
}
