//! JSON as bytes: where the members of an object stand, and what a string says.
//!
//! A line is never read into values and written again: that would change numbers, escapes, white
//! space and repeated keys. It is checked, its members are found, and pieces are replaced.

#[cfg(test)]
pub(super) mod tests;

use std::borrow::Cow;
use std::ops::Range;

/// A member of an object. Both ranges are bytes of the whole line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// What stands between the quotes of the key.
    pub(crate) key: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// Why a line is not a JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The byte, from 0.
    pub(crate) at: usize,
    pub(crate) wanted: &'static str,
}

/// An object, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) members: Vec<Member>,
    /// Where a further member can be put: after the last one, or after the brace that opens.
    pub(crate) end: usize,
}

/// The members of the object that `line` holds, all of it checked by the grammar of RFC 8259.
pub(crate) fn object(line: &str) -> Result<Object, Mistake> {
    let mut scan = Scan { bytes: line.as_bytes(), at: 0 };
    scan.space();
    let object = scan.object()?;
    scan.space();
    if scan.at < scan.bytes.len() { Err(scan.wanted("the end of the line")) } else { Ok(object) }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn wanted(&self, wanted: &'static str) -> Mistake {
        Mistake { at: self.at, wanted }
    }

    fn take(&mut self, byte: u8, wanted: &'static str) -> Result<(), Mistake> {
        if self.peek() != Some(byte) {
            return Err(self.wanted(wanted));
        }
        self.at += 1;
        Ok(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn object(&mut self) -> Result<Object, Mistake> {
        self.take(b'{', "an object")?;
        let mut object = Object { members: Vec::new(), end: self.at };
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(object);
        }
        loop {
            let key = self.string("a key in quotes")?;
            self.space();
            self.take(b':', "`:`")?;
            self.space();
            let start = self.at;
            self.value()?;
            object.members.push(Member { key, value: start..self.at });
            object.end = self.at;
            self.space();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(object);
                }
                Some(b',') => self.at += 1,
                _ => return Err(self.wanted("`,` or `}`")),
            }
            self.space();
        }
    }

    /// Passes a value. What it nests is kept on a stack of our own, so that no line is too deep.
    fn value(&mut self) -> Result<(), Mistake> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            // Here a value begins.
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    self.space();
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                    } else {
                        open.push(b'}');
                        self.key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    self.space();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                    } else {
                        open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => {
                    self.string("a value")?;
                }
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.word(b"true")?,
                Some(b'f') => self.word(b"false")?,
                Some(b'n') => self.word(b"null")?,
                _ => return Err(self.wanted("a value")),
            }
            // Here one has ended, and perhaps what it stands in.
            loop {
                let Some(close) = open.last().copied() else { return Ok(()) };
                self.space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.space();
                        if close == b'}' {
                            self.key()?;
                        }
                        break;
                    }
                    Some(byte) if byte == close => {
                        self.at += 1;
                        open.pop();
                    }
                    _ if close == b'}' => return Err(self.wanted("`,` or `}`")),
                    _ => return Err(self.wanted("`,` or `]`")),
                }
            }
        }
    }

    /// Passes a key, up to its value.
    fn key(&mut self) -> Result<(), Mistake> {
        self.string("a key in quotes")?;
        self.space();
        self.take(b':', "`:`")?;
        self.space();
        Ok(())
    }

    /// Passes a string, and tells what stands between its quotes.
    fn string(&mut self, wanted: &'static str) -> Result<Range<usize>, Mistake> {
        self.take(b'"', wanted)?;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(start..self.at - 1);
                }
                Some(b'\\') => self.escape()?,
                Some(0..0x20) => {
                    return Err(self.wanted("an escape in place of a control character"));
                }
                Some(_) => self.at += 1,
                None => return Err(self.wanted("the quote that ends the string")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Mistake> {
        let wanted = "an escape such as \\n or \\u00e9";
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        self.at += match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|hex| hex.is_ascii_hexdigit()) => 6,
            _ => return Err(self.wanted(wanted)),
        };
        Ok(())
    }

    fn number(&mut self) -> Result<(), Mistake> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wanted("a digit")) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Mistake> {
        if !self.bytes.get(self.at..).unwrap_or_default().starts_with(word) {
            return Err(self.wanted("a value"));
        }
        self.at += word.len();
        Ok(())
    }
}

/// A piece of a string: characters that stand for themselves, or an escape.
enum Piece<'a> {
    Plain(&'a str),
    /// The character, the bytes of its escape, and whether it is half of a surrogate pair, which
    /// no character stands for.
    Escape(char, usize, bool),
}

/// The pieces of what stands between the quotes of a string that was checked.
fn pieces(raw: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let plain = rest.find('\\').unwrap_or(rest.len());
        let (piece, len) = if plain > 0 {
            (Piece::Plain(rest.get(..plain)?), plain)
        } else {
            let (char, len, lone) = escape(rest)?;
            (Piece::Escape(char, len, lone), len)
        };
        rest = rest.get(len..)?;
        Some(piece)
    })
}

/// The escape that `text` begins with.
fn escape(text: &str) -> Option<(char, usize, bool)> {
    let char = match text.as_bytes().get(1)? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = |at: usize| {
                let hex = text.get(at..).filter(|t| t.starts_with("\\u"))?.get(2..6)?;
                u16::from_str_radix(hex, 16).ok()
            };
            let first = unit(0)?;
            let one = char::decode_utf16([first]).next()?;
            return Some(match (one, unit(6)) {
                (Ok(char), _) => (char, 6, false),
                (Err(_), Some(second)) => match char::decode_utf16([first, second]).next()? {
                    Ok(char) => (char, 12, false),
                    Err(_) => (char::REPLACEMENT_CHARACTER, 6, true),
                },
                (Err(_), None) => (char::REPLACEMENT_CHARACTER, 6, true),
            });
        }
        other => char::from(*other),
    };
    Some((char, 2, false))
}

/// What a string says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    /// Half of a surrogate pair reads as U+FFFD, which is of the same length in characters (as
    /// Python counts them) and in bytes.
    pub(crate) text: Cow<'a, str>,
    /// Whether there was such a half.
    pub(crate) lone: bool,
}

/// What the string between whose quotes `raw` stands says.
pub(crate) fn decode(raw: &str) -> Text<'_> {
    if !raw.contains('\\') {
        return Text { text: Cow::Borrowed(raw), lone: false };
    }
    let (mut text, mut lone) = (String::with_capacity(raw.len()), false);
    for piece in pieces(raw) {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Escape(char, _, half) => {
                text.push(char);
                lone |= half;
            }
        }
    }
    Text { text: Cow::Owned(text), lone }
}

/// `raw` without the `ranges` of what it says, which are in order and apart: all other escapes
/// stay as they are.
pub(crate) fn without(raw: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut ranges = ranges.iter();
    let mut gone = ranges.next();
    // How far we are in `raw`, and in what it says.
    let (mut raw_at, mut at) = (0, 0);
    for piece in pieces(raw) {
        let (len, said) = match piece {
            Piece::Plain(plain) => (plain.len(), plain.len()),
            Piece::Escape(char, len, _) => (len, char.len_utf8()),
        };
        let mut from = 0;
        while let Some(range) = gone.filter(|range| range.start < at + said) {
            let plain = |offset: usize| offset.saturating_sub(at).min(len);
            out.push_str(raw.get(raw_at + from..raw_at + plain(range.start)).unwrap_or_default());
            if range.end < at + said {
                from = plain(range.end);
                gone = ranges.next();
            } else {
                // It takes the rest of the piece, and perhaps what follows.
                from = len;
                if range.end == at + said {
                    gone = ranges.next();
                }
                break;
            }
        }
        out.push_str(raw.get(raw_at + from..raw_at + len).unwrap_or_default());
        (raw_at, at) = (raw_at + len, at + said);
    }
    out
}

/// `text` as a JSON string, quotes included.
pub(crate) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
