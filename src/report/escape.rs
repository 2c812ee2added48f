//! Text of strangers in our own markup.

use std::fmt::Write as _;

/// Appends `text` as the content of an element, with what steers the direction of writing or
/// shows nothing at all made visible: a report that can be led to show another order of letters
/// than the page has is no report.
pub(super) fn text(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(c),
            _ => match mark(c) {
                Some(name) => {
                    let code = u32::from(c);
                    let _ = write!(out, "<i class=ctl title=\"U+{code:04X}\">{name}</i>");
                }
                None if c.is_control() => {
                    let code = u32::from(c);
                    let _ = write!(out, "<i class=ctl title=\"U+{code:04X}\">{code:02X}</i>");
                }
                None => out.push(c),
            },
        }
    }
}

/// Appends `text` as the value of an attribute in double quotes.
pub(super) fn attribute(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

/// The usual short name of a character that changes the direction of writing.
fn mark(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{61c}' => "ALM",
        '\u{200e}' => "LRM",
        '\u{200f}' => "RLM",
        '\u{202a}' => "LRE",
        '\u{202b}' => "RLE",
        '\u{202c}' => "PDF",
        '\u{202d}' => "LRO",
        '\u{202e}' => "RLO",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        _ => return None,
    })
}

/// `text` as the content of an element; see [`text`].
pub(super) fn escaped(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    text(&mut out, content);
    out
}

/// At most `max` characters of `text`, with a sign where some are left out.
pub(super) fn short(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_string(),
    }
}

/// A number with its thousands set apart: `12,345`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{attribute, escaped, grouped, short};

    #[test]
    fn markup_is_text() {
        assert_eq!(escaped("</i><script>&amp;"), "&lt;/i&gt;&lt;script&gt;&amp;amp;");
        let mut value = String::new();
        attribute(&mut value, "\"><script>'&");
        assert_eq!(value, "&quot;&gt;&lt;script&gt;'&amp;");
    }

    #[test]
    fn what_steers_is_shown() {
        assert_eq!(
            escaped("a\u{202e}b\u{1b}[2J\n"),
            "a<i class=ctl title=\"U+202E\">RLO</i>b<i class=ctl title=\"U+001B\">1B</i>[2J\n"
        );
        let turns = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        let shown = escaped(turns);
        assert!(!shown.contains(|c| turns.contains(c)), "{shown}");
    }

    #[test]
    fn numbers_and_excerpts() {
        let numbers = [0, 12, 123, 1234, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "12", "123", "1,234", "1,234,567"]);
        assert_eq!(short("héllo", 2), "hé…");
        assert_eq!(short("hé", 2), "hé");
    }
}
