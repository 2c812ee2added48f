//! What HTML and XML say about their own encoding: the WHATWG prescan.
//! <https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding>

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far to look. The standard says 1024 bytes; pages saved by other tools often begin with a
/// longer comment that tells where they come from.
const PRESCAN: usize = 4096;

/// The encoding that a `meta` element or the XML declaration names.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..PRESCAN).unwrap_or(bytes);
    from_meta(head).or_else(|| from_xml(head))
}

fn from_meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut scan = Scanner { bytes: head, at: 0 };
    while scan.at < head.len() {
        let rest = scan.rest();
        if rest.starts_with(b"<!--") {
            // `<!-->` is a whole comment: its dashes count for both ends.
            scan.at += 2;
            scan.skip_past(b"-->");
        } else if is_meta(rest) {
            scan.at += 5;
            if let Some(found) = scan.meta() {
                return Some(found);
            }
        } else if is_tag(rest) {
            scan.skip_until(|byte| byte.is_ascii_whitespace() || byte == b'>');
            while scan.attribute().is_some() {}
        } else if rest.starts_with(b"<!") || rest.starts_with(b"</") || rest.starts_with(b"<?") {
            scan.skip_past(b">");
        } else {
            scan.at += 1;
            scan.skip_until(|byte| byte == b'<');
        }
    }
    None
}

fn is_meta(rest: &[u8]) -> bool {
    rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"<meta"))
        && rest.get(5).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/')
}

fn is_tag(rest: &[u8]) -> bool {
    match rest {
        [b'<', b'/', letter, ..] | [b'<', letter, ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_until(&mut self, stop: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.iter().position(|&byte| stop(byte)).unwrap_or(rest.len());
    }

    fn skip_past(&mut self, end: &[u8]) {
        let rest = self.rest();
        let found = rest.windows(end.len()).position(|window| window == end);
        self.at += found.map_or(rest.len(), |found| found + end.len());
    }

    /// Reads the attributes of a `meta` element and what they declare.
    fn meta(&mut self) -> Option<&'static Encoding> {
        let (mut pragma, mut charset, mut content) = (false, None, None);
        while let Some((name, value)) = self.attribute() {
            // Of attributes with the same name the first counts.
            match name.as_slice() {
                b"http-equiv" => pragma |= value == b"content-type",
                b"charset" if charset.is_none() => charset = Some(label(&value)),
                b"content" if content.is_none() => content = charset_in(&value).map(label),
                _ => {}
            }
        }
        match (charset, content) {
            (Some(found), _) => found,
            (None, Some(found)) if pragma => found,
            _ => None,
        }
    }

    /// The next attribute of a tag, in lower case; `None` at the tag's end.
    fn attribute(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        self.skip_until(|byte| !byte.is_ascii_whitespace() && byte != b'/');
        if self.peek()? == b'>' {
            self.at += 1;
            return None;
        }
        let start = self.at;
        // A `=` in front is part of the name.
        self.at += 1;
        self.skip_until(|byte| byte.is_ascii_whitespace() || b"/>=".contains(&byte));
        let name = self.lower(start);
        self.skip_until(|byte| !byte.is_ascii_whitespace());
        if self.peek() != Some(b'=') {
            return Some((name, Vec::new()));
        }
        self.at += 1;
        self.skip_until(|byte| !byte.is_ascii_whitespace());
        let value = match self.peek()? {
            quote @ (b'"' | b'\'') => {
                self.at += 1;
                let start = self.at;
                self.skip_until(|byte| byte == quote);
                let value = self.lower(start);
                self.at += 1;
                value
            }
            _ => {
                let start = self.at;
                self.skip_until(|byte| byte.is_ascii_whitespace() || byte == b'>');
                self.lower(start)
            }
        };
        Some((name, value))
    }

    fn lower(&self, start: usize) -> Vec<u8> {
        self.bytes.get(start..self.at).unwrap_or_default().to_ascii_lowercase()
    }
}

/// The label behind `charset=` in the value of a `content` attribute.
fn charset_in(content: &[u8]) -> Option<&[u8]> {
    let mut rest = content;
    loop {
        let found = rest.windows(7).position(|window| window == b"charset")?;
        rest = rest.get(found + 7..)?.trim_ascii_start();
        if let Some(value) = rest.strip_prefix(b"=") {
            let value = value.trim_ascii_start();
            return match value.first()? {
                quote @ (b'"' | b'\'') => {
                    let value = value.get(1..)?;
                    value.get(..value.iter().position(|byte| byte == quote)?)
                }
                _ => value.split(|byte| byte.is_ascii_whitespace() || *byte == b';').next(),
            };
        }
    }
}

fn from_xml(head: &[u8]) -> Option<&'static Encoding> {
    let rest = head.strip_prefix(b"<?xml")?;
    let rest = rest.get(..rest.iter().position(|&byte| byte == b'>')?)?;
    let found = rest.windows(8).position(|window| window == b"encoding")?;
    let rest = rest.get(found + 8..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote @ (b'"' | b'\''), value) = rest.split_first()? else { return None };
    label(value.get(..value.iter().position(|byte| byte == quote)?)?)
}

/// The encoding that goes by `label`, as far as ASCII markup can declare it.
fn label(label: &[u8]) -> Option<&'static Encoding> {
    let found = Encoding::for_label_no_replacement(label)?;
    Some(if found == UTF_16LE || found == UTF_16BE {
        // The declaration could be read, so it is wrong.
        UTF_8
    } else if found.name() == "x-user-defined" {
        WINDOWS_1252
    } else {
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(html: &str) -> Option<&'static str> {
        declared(html.as_bytes()).map(Encoding::name)
    }

    #[test]
    fn reads_what_browsers_read() {
        let cases: &[(&str, Option<&str>)] = &[
            ("<meta charset=koi8-r>", Some("KOI8-R")),
            ("<META  CharSet = 'Windows-1251' />", Some("windows-1251")),
            ("<meta/charset=\"big5\">", Some("Big5")),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=shift_jis'>",
                Some("Shift_JIS"),
            ),
            (
                "<meta content='text/html; charset = \"gbk\"' http-equiv='content-type'>",
                Some("GBK"),
            ),
            // Without the pragma `content` says nothing.
            ("<meta name=x content='text/html; charset=gbk'>", None),
            ("<meta http-equiv=refresh content='charset=gbk'>", None),
            ("<meta http-equiv=content-type content='charset charset=gbk'>", Some("GBK")),
            ("<metadata charset=gbk>", None),
            ("<!-- <meta charset=gbk> --><meta charset=koi8-u>", Some("KOI8-U")),
            ("<!--><meta charset=gbk>", Some("GBK")),
            ("<!-- <meta charset=gbk>", None),
            ("<a title='<meta charset=gbk>'><meta charset=big5>", Some("Big5")),
            ("<? <meta charset=gbk><meta charset=big5>", Some("Big5")),
            ("<meta charset=nonsense><meta charset=big5>", Some("Big5")),
            ("<meta charset=utf-16le>", Some("UTF-8")),
            ("<meta charset=x-user-defined>", Some("windows-1252")),
            ("<meta charset=hz-gb-2312>", None),
            ("<meta charset=gbk charset=big5>", Some("GBK")),
            ("<?xml version='1.0' encoding='iso-8859-2'?><html>", Some("ISO-8859-2")),
            ("<?xml version='1.0' encoding='utf-16'?><html>", Some("UTF-8")),
            ("<?xml encoding='gbk'?><meta charset=big5>", Some("Big5")),
            ("<?xml version='1.0'?>", None),
            ("charset=gbk", None),
            ("<meta charset=", None),
            ("<meta charset='gbk", Some("GBK")),
            ("<", None),
            ("", None),
        ];
        for (html, wanted) in cases {
            assert_eq!(name(html), *wanted, "{html}");
        }
    }

    #[test]
    fn looks_no_further_than_the_limit() {
        let late = format!("{}<meta charset=gbk>", " ".repeat(PRESCAN));
        assert_eq!(name(&late), None);
        let fits = format!("{}<meta charset=gbk>", " ".repeat(PRESCAN - 18));
        assert_eq!(name(&fits), Some("GBK"));
    }
}
