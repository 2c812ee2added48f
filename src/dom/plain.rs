//! Plain stretches of markup, which are most of a page, read without the tokenizer.
//!
//! html5ever's tokenizer goes from character to character, whatever comes. When it hands over
//! markup, it is in the data state with nothing read ahead, so what follows may as well be taken
//! from its input here, as long as there is one way to read it: text without references, tags whose
//! attributes are plainly written, the text of scripts and styles. At whatever is not, the
//! tokenizer goes on.

use html5ever::interface::Attribute;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token};
use html5ever::{LocalName, QualName, ns};

use super::track::Tracker;

/// Each attribute is compared with all before it. Tags with more are left to the tokenizer.
const MAX_ATTRIBUTES: usize = 64;

/// How many names are remembered: more than nearly any page has.
const REMEMBERED: usize = 256;

/// The references that are read here, without `;`.
const REFERENCES: [(&str, char); 18] = [
    ("nbsp", '\u{a0}'),
    ("amp", '&'),
    ("quot", '"'),
    ("lt", '<'),
    ("gt", '>'),
    ("rsquo", '’'),
    ("lsquo", '‘'),
    ("rdquo", '”'),
    ("ldquo", '“'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("eacute", 'é'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
];

/// Elements in which the tokenizer reads otherwise. It has to know their names.
const RAW: [&str; 10] = [
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
];

impl Tracker<'_> {
    /// Reads on behind a markup token for as long as all is plain.
    pub(super) fn read_plain(&self) {
        let Some(mut input) = self.input.pop_front() else { return };
        while self.stop.get().is_none() {
            let mut text = plain_text(input.as_bytes());
            if input.starts_with('\n') && self.drops_newline_here() {
                // It is no part of the text behind it.
                text = 1;
            }
            if text > 0 {
                self.read_text(&mut input, text);
                continue;
            }
            if let Some((c, length)) = reference(input.as_bytes()) {
                input.pop_front(length as u32);
                let end = (self.at() + length) as u32;
                let _ = self.process_text(Token::CharacterTokens(StrTendril::from_char(c)), end);
                continue;
            }
            let tag = || self.plain_tag(&input).map(|(tag, to)| (Token::TagToken(tag), to));
            let Some((token, length)) = plain_comment(&input).or_else(tag) else { break };
            input.pop_front(length as u32);
            let start = self.at() as u32;
            // What the tree builder says of these is to go on: with scripts, or with another
            // encoding, it would not.
            let _ = self.process_markup_at(token, start, start + length as u32);
        }
        if !input.is_empty() {
            self.input.push_front(input);
        }
    }

    /// Reads on behind the start tag of a script, a style or the like, up to what may end it: an
    /// end tag that begins with the same letter.
    pub(super) fn read_raw(&self, letter: u8) {
        let Some(mut input) = self.input.pop_front() else { return };
        let text = raw_text(&input, letter);
        if text > 0 {
            self.read_text(&mut input, text);
        }
        if !input.is_empty() {
            self.input.push_front(input);
        }
    }

    fn drops_newline_here(&self) -> bool {
        self.builder.sink.facts.borrow().drops_newline_at(self.at())
    }

    /// Reads so many bytes of text.
    fn read_text(&self, input: &mut StrTendril, length: usize) {
        let text = input.subtendril(0, length as u32);
        input.pop_front(length as u32);
        let end = (self.at() + length) as u32;
        let _ = self.process_text(Token::CharacterTokens(text), end);
    }

    /// The tag at the start of `input`, and how long it is, if it is a plain one.
    fn plain_tag(&self, input: &StrTendril) -> Option<(Tag, usize)> {
        let mut at = Reader { bytes: input.as_bytes(), at: 0 };
        at.eat(b'<').then_some(())?;
        let kind = if at.eat(b'/') { TagKind::EndTag } else { TagKind::StartTag };
        let from = at.at;
        at.bytes.get(from).is_some_and(u8::is_ascii_alphabetic).then_some(())?;
        at.skip(is_name);
        let name = input.get(from..at.at)?;
        if RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
            return None;
        }
        let (mut attrs, mut self_closing): (Vec<Attribute>, bool) = (Vec::new(), false);
        loop {
            let from = at.at;
            at.skip(is_space);
            if at.eat(b'>') {
                break;
            }
            if kind == TagKind::EndTag {
                return None;
            }
            if at.eat(b'/') {
                at.eat(b'>').then_some(())?;
                self_closing = true;
                break;
            }
            if at.at == from || attrs.len() == MAX_ATTRIBUTES {
                return None;
            }
            let (name, value) = at.attribute(input)?;
            let name = self.name_of(name);
            if attrs.iter().any(|attr| attr.name.local == name) {
                return None;
            }
            attrs.push(Attribute { name: QualName::new(None, ns!(), name), value });
        }
        let name = self.name_of(name);
        let tag = Tag { kind, name, self_closing, attrs, had_duplicate_attributes: false };
        Some((tag, at.at))
    }

    /// The interned `name`, remembered: pages repeat few.
    fn name_of(&self, name: &str) -> LocalName {
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return LocalName::from(name.to_ascii_lowercase());
        }
        let known = &mut *self.known_names.borrow_mut();
        known.resize(REMEMBERED, None);
        match known.get_mut(slot(name)) {
            Some(Some(known)) if **known == *name => known.clone(),
            Some(place) => place.insert(LocalName::from(name)).clone(),
            None => LocalName::from(name),
        }
    }
}

/// Where a name is remembered. One that pushes out another costs a look-up, no more.
fn slot(name: &str) -> usize {
    let bytes = name.as_bytes();
    let byte = |at: usize| usize::from(bytes.get(at).copied().unwrap_or(0));
    let mixed = byte(0) ^ byte(bytes.len() / 2) << 2 ^ byte(bytes.len().wrapping_sub(1)) << 4;
    (mixed ^ bytes.len() << 1) % REMEMBERED
}

/// The length of the text that `bytes` begin with, up to markup, a reference, or what is not read
/// as it stands.
fn plain_text(bytes: &[u8]) -> usize {
    let ends = |byte: &u8| matches!(byte, b'<' | b'&' | b'\r' | 0);
    bytes.iter().position(ends).unwrap_or(bytes.len())
}

/// The comment that `input` begins with, and how long it is, if it is a plain one: what is in it does
/// not look like its end or its beginning.
fn plain_comment(input: &StrTendril) -> Option<(Token, usize)> {
    const BEGIN: &str = "<!--";
    let text = input.strip_prefix(BEGIN)?;
    let length = text.find("--")?;
    let bytes = text.as_bytes();
    let plain = bytes.get(length + 2) == Some(&b'>')
        && !matches!(bytes.first(), Some(b'>' | b'-'))
        && !bytes[..length].iter().any(|byte| matches!(byte, b'\r' | 0));
    let comment = || Token::CommentToken(input.subtendril(BEGIN.len() as u32, length as u32));
    plain.then(|| (comment(), BEGIN.len() + length + b"-->".len()))
}

/// The length of the text of a script or style that `text` begins with, up to what may be an end
/// tag that begins with `letter`, or a comment, or is not read as it stands.
fn raw_text(text: &str, letter: u8) -> usize {
    let bytes = text.as_bytes();
    let (mut from, mut end) = (0, bytes.len());
    while let Some(at) = text[from..].find('<') {
        let goes_on = match bytes.get(from + at + 1..).unwrap_or_default() {
            [] | [b'!', ..] | [b'/'] => false,
            [b'/', next, ..] => !next.eq_ignore_ascii_case(&letter),
            _ => true,
        };
        if !goes_on {
            end = from + at;
            break;
        }
        from += at + 1;
    }
    bytes[..end].iter().position(|byte| matches!(byte, b'\r' | 0)).unwrap_or(end)
}

/// The character that `bytes` begin with a reference to, and how long that is, if it is one of those
/// that most are; an `&` that refers to nothing is one to itself.
fn reference(bytes: &[u8]) -> Option<(char, usize)> {
    let rest = bytes.strip_prefix(b"&")?;
    if let Some(number) = rest.strip_prefix(b"#") {
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let code = std::str::from_utf8(number.get(..digits.min(6))?).ok()?.parse::<u32>().ok()?;
        let plain = digits <= 6
            && matches!(code, 0x20..=0x7e | 0xa0..=0xd7ff)
            && number.get(digits) == Some(&b';');
        return plain.then_some((char::from_u32(code)?, digits + 3));
    }
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if name == 0 {
        return rest.first().is_some_and(|byte| *byte != 0).then_some(('&', 1));
    }
    let known = REFERENCES.iter().find(|(known, _)| rest.get(..name) == Some(known.as_bytes()));
    (rest.get(name) == Some(&b';')).then_some(known).flatten().map(|(_, c)| (*c, name + 2))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t')
}

/// Whether a name may hold the byte as it stands.
fn is_name(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b':' | b'.')
}

/// Whether a value without quotes may hold the byte as it stands.
fn is_bare(byte: u8) -> bool {
    !is_space(byte)
        && !matches!(byte, b'>' | b'&' | b'"' | b'\'' | b'<' | b'=' | b'`' | b'\r' | b'\x0C' | 0)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn skip(&mut self, is: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| is(**byte)).count();
    }

    /// The attribute at hand: its name and value.
    fn attribute<'i>(&mut self, input: &'i StrTendril) -> Option<(&'i str, StrTendril)> {
        let from = self.at;
        self.skip(is_name);
        let name = input.get(from..self.at).filter(|name| !name.is_empty())?;
        if !self.eat(b'=') {
            // An `=` may still follow, behind white space.
            let rest = self.bytes.get(self.at..)?;
            let next = rest.iter().find(|byte| !is_space(**byte));
            let ends = matches!(rest.first(), Some(b'>' | b'/'))
                || rest.first().is_some_and(|b| is_space(*b));
            return (ends && next.is_some_and(|next| *next != b'='))
                .then(|| (name, StrTendril::new()));
        }
        let quote = [b'"', b'\''].into_iter().find(|quote| self.eat(*quote));
        let from = self.at;
        let Some(quote) = quote else {
            self.skip(is_bare);
            let ends = self.bytes.get(self.at).is_some_and(|byte| *byte == b'>' || is_space(*byte));
            let length = self.at - from;
            return (ends && length > 0)
                .then(|| (name, input.subtendril(from as u32, length as u32)));
        };
        let mut decoded = String::new();
        let mut taken = from;
        loop {
            self.skip(|byte| byte != quote && !matches!(byte, b'&' | b'\r' | 0));
            if self.eat(quote) {
                break;
            }
            let rest = self.bytes.get(self.at..)?;
            if let Some((c, length)) = reference(rest) {
                decoded.push_str(input.get(taken..self.at)?);
                decoded.push(c);
                self.at += length;
                taken = self.at;
                continue;
            }
            let name = rest.strip_prefix(b"&")?;
            let name = 1 + name.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            // In an attribute, no name without `;` is one before `=`.
            if name == 1 || rest.get(name) != Some(&b'=') {
                return None;
            }
            self.at += name;
        }
        let end = self.at - 1;
        if taken == from {
            return Some((name, input.subtendril(from as u32, (end - from) as u32)));
        }
        decoded.push_str(input.get(taken..end)?);
        Some((name, StrTendril::from_slice(&decoded)))
    }
}
