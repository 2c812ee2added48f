//! Text that is safe to show: names, quotes and pages come from strangers, and a terminal obeys
//! the control sequences in what it is shown.

use std::io::{self, BufRead, Read, Write};

/// The bytes of a line that are held at a time.
const MAX_LINE: u64 = 1 << 20;

/// `text` on one line, without what could steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    lines(text).replace(['\n', '\t'], " ")
}

/// `text` without what could steer a terminal, its lines kept.
pub(crate) fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

/// Control characters, and those that change the direction of writing.
fn steers(c: char) -> bool {
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
    );
    turns || (c.is_control() && c != '\n' && c != '\t')
}

/// Copies `content` to a terminal, line by line, without what could steer it.
pub(crate) fn show(content: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let mut content = io::BufReader::new(content);
    let mut line = Vec::new();
    while content.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? > 0 {
        out.write_all(lines(&String::from_utf8_lossy(&line)).as_bytes())?;
        line.clear();
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_control_sequence() {
        let page = "<p>a\r\n\tb \u{1b}[2J \u{1b}]0;title\u{7} \u{9b}31m \u{202e}c\rd é</p>\n";
        let mut shown = Vec::new();
        show(&mut page.as_bytes(), &mut shown).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        assert_eq!(
            shown,
            "<p>a\n\tb \u{fffd}[2J \u{fffd}]0;title\u{fffd} \u{fffd}31m \u{fffd}c\u{fffd}d é</p>\n"
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_are_shown_as_such() {
        let mut shown = Vec::new();
        show(&mut &b"caf\xe9 \x9b31m\nnext"[..], &mut shown).unwrap();
        assert_eq!(shown, "caf\u{fffd} \u{fffd}31m\nnext".as_bytes());
    }

    #[test]
    fn no_character_that_steers_is_let_through() {
        let all: String = (0..=char::MAX as u32).filter_map(char::from_u32).collect();
        let shown = lines(&all);
        for c in shown.chars() {
            assert!(c == '\n' || c == '\t' || !c.is_control(), "U+{:04X}", c as u32);
        }
        // Unicode's Bidi_Control, and the format characters that it has since taken back.
        for c in "\u{61c}\u{200e}\u{200f}"
            .chars()
            .chain('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{206f}')
        {
            assert!(!shown.contains(c), "U+{:04X}", c as u32);
        }
        // Letters, joiners and accents stay.
        for c in "é中\u{200d}\u{200c}\u{301}🙂".chars() {
            assert!(shown.contains(c), "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(printable("a\nb\tc\x1b[31m"), "a b c\u{fffd}[31m");
    }
}
