//! Folding: the one form in which page text and phrases are compared.
//!
//! Folded text is words separated by single spaces; a sentence's end is a word of its own, `.`.
//! Case, width, diacritics of Latin and Greek, Arabic vowel signs, quotes, hyphens and all other
//! punctuation are gone, so `S’inscrire à l’E-Mail-Newsletter!` and `s'inscrire a l email
//! newsletter` fold alike. Offsets in folded text say nothing about offsets in the source.

use unicode_normalization::{UnicodeNormalization, char::decompose_canonical, is_nfkc_quick};

/// The folded form of the end of a sentence, of a line, or of a field.
pub(crate) const MARK: char = '.';

/// Appends the folded form of `text` to `out`, separated from what is there by a space.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii()
        || text.chars().all(is_plain)
        || is_nfkc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes
    {
        Folder::new(out).run_words(text);
    } else {
        Folder::new(out).run(text.nfkc());
    }
}

/// Whether `c` folds alike before and after normalisation and combines with nothing before it.
/// These are most characters of most texts, and to look at ranges is cheaper than to look up
/// each.
fn is_plain(c: char) -> bool {
    matches!(c,
        '\0'..='\u{7f}'
        | '\u{a0}' | '«' | '»' | '\u{ad}' | '·' | '©' | '®' | '°' | '§' | '¡' | '¿'
        | '\u{c0}'..='\u{131}' | '\u{134}'..='\u{13e}' | '\u{141}'..='\u{148}'
        | '\u{14a}'..='\u{17e}'
        | '\u{388}'..='\u{3ce}'
        | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{621}'..='\u{63a}' | '\u{641}'..='\u{64a}'
        | '\u{2010}'..='\u{2016}' | '\u{2018}'..='\u{2023}' | '…' | '\u{202f}' | '€'
        | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fe}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// The folded form of `text`.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends a sentence mark, unless the text ends with one or is empty.
pub(crate) fn mark(out: &mut String) {
    if !out.is_empty() && !out.ends_with(MARK) {
        if !out.ends_with(' ') {
            out.push(' ');
        }
        out.push(MARK);
    }
}

/// What the folded text needs before the next letter.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    None,
    Space,
    Mark,
}

struct Folder<'a> {
    out: &'a mut String,
    gap: Gap,
}

impl<'a> Folder<'a> {
    fn new(out: &'a mut String) -> Self {
        let gap = if out.is_empty() { Gap::None } else { Gap::Space };
        Folder { out, gap }
    }

    fn run(mut self, chars: impl Iterator<Item = char>) {
        let mut chars = chars.peekable();
        let mut previous = ' ';
        while let Some(c) = chars.next() {
            if self.step(c, previous, chars.peek().copied()) {
                previous = c;
            }
        }
        if self.gap == Gap::Mark {
            mark(self.out);
        }
    }

    /// As [`run`](Self::run), stretches of plain words at a time.
    fn run_words(mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut previous = ' ';
        while at < bytes.len() {
            let words = plain_words(&bytes[at..]);
            if words > 0 {
                self.close_gap();
                let from = self.out.len();
                self.out.push_str(&text[at..at + words]);
                self.out[from..].make_ascii_lowercase();
                at += words;
                previous = 'a';
                continue;
            }
            let mut rest = text[at..].chars();
            let Some(c) = rest.next() else { break };
            at += c.len_utf8();
            if c.is_ascii_whitespace() {
                // Saved markup is indented: most of many texts is white space.
                at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                self.space();
                previous = c;
            } else if self.step(c, previous, rest.next()) {
                previous = c;
            }
        }
        if self.gap == Gap::Mark {
            mark(self.out);
        }
    }

    /// Folds one character; whether it counts as the one before the next.
    fn step(&mut self, c: char, previous: char, next: Option<char>) -> bool {
        match c {
            '-' | '\u{2010}' | '\u{2011}' => {
                // `e-mail` and `email`, `e-post` and `epost` are the same word everywhere.
                let joins = next.is_some_and(char::is_alphabetic)
                    && (self.out.ends_with(" e") || *self.out == "e");
                if !joins {
                    self.space();
                }
            }
            '.' | ':' => {
                let inside = previous.is_alphanumeric()
                    && next.is_some_and(|next| next.is_alphanumeric() || next == '/');
                if inside { self.space() } else { self.mark() }
            }
            '!' | '?' | ';' | '…' | '。' | '|' | '•' | '·' | '؟' | '।' | '\u{61b}' => {
                self.mark();
            }
            // Soft hyphens and zero-width characters are invisible inside words.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return false,
            c if c.is_ascii_alphanumeric() => self.push(c.to_ascii_lowercase()),
            c if c.is_ascii() => self.space(),
            c => self.fold_char(c),
        }
        true
    }

    fn space(&mut self) {
        if self.gap == Gap::None && !self.out.is_empty() {
            self.gap = Gap::Space;
        }
    }

    fn mark(&mut self) {
        if !self.out.is_empty() {
            self.gap = Gap::Mark;
        }
    }

    fn push(&mut self, c: char) {
        self.close_gap();
        self.out.push(c);
    }

    fn close_gap(&mut self) {
        match self.gap {
            Gap::None => {}
            Gap::Space => self.out.push(' '),
            Gap::Mark => {
                mark(self.out);
                self.out.push(' ');
            }
        }
        self.gap = Gap::None;
    }

    fn fold_char(&mut self, c: char) {
        for c in c.to_lowercase() {
            match c {
                'ß' => {
                    self.push('s');
                    self.push('s');
                }
                'æ' => {
                    self.push('a');
                    self.push('e');
                }
                'œ' => {
                    self.push('o');
                    self.push('e');
                }
                'ø' => self.push('o'),
                'đ' | 'ð' => self.push('d'),
                'ł' => self.push('l'),
                'ı' => self.push('i'),
                'ς' => self.push('σ'),
                'ё' => self.push('е'),
                // Combining marks, Arabic vowel signs and the Arabic stretching stroke.
                '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{670}' | '\u{640}' => {}
                'أ' | 'إ' | 'آ' | 'ٱ' => self.push('ا'),
                'ى' => self.push('ي'),
                'ة' => self.push('ه'),
                '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}'
                    if c.is_alphabetic() =>
                {
                    decompose_canonical(c, |part| {
                        if part.is_alphabetic() {
                            self.push(part);
                        }
                    })
                }
                c if c.is_alphanumeric() => self.push(c),
                _ => self.space(),
            }
        }
    }
}

/// The length of the words of ASCII, single spaces between them, that `bytes` begin with.
fn plain_words(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        match bytes[at..] {
            [b' ', next, ..] if at > 0 && next.is_ascii_alphanumeric() => at += 2,
            _ => return at,
        }
    }
}

/// Words one after the other, in one string.
#[derive(Debug, Default)]
pub(crate) struct Words {
    text: String,
    ends: Vec<usize>,
}

impl Words {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Whether nothing was pushed since the last word's end.
    fn is_between(&self) -> bool {
        self.ends.last().copied().unwrap_or(0) == self.text.len()
    }

    fn end_word(&mut self) {
        if !self.is_between() {
            self.ends.push(self.text.len());
        }
    }
}

/// Splits the words of a class, an id or another name in mark-up: at `-`, `_`, `:`, `/`, white
/// space, between letters and digits, and where lower case changes to upper.
pub(crate) fn fold_name(name: &str, out: &mut Words) {
    if name.is_ascii() {
        fold_ascii_name(name, out);
        return;
    }
    let mut lower_before = false;
    let mut digit_before = false;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            out.end_word();
            lower_before = false;
            continue;
        }
        let upper = c.is_uppercase();
        let digit = c.is_numeric();
        if !out.is_between() && digit != digit_before {
            out.end_word();
            lower_before = false;
        }
        let acronym_ends = upper
            && !lower_before
            && !out.is_between()
            && chars.peek().is_some_and(|next| next.is_lowercase());
        if (upper && lower_before) || acronym_ends {
            out.end_word();
        }
        lower_before = c.is_lowercase();
        digit_before = digit;
        if c.is_ascii() {
            out.text.push(c.to_ascii_lowercase());
        } else {
            out.text.extend(c.to_lowercase());
        }
    }
    out.end_word();
}

/// As [`fold_name`], a stretch at a time.
fn fold_ascii_name(name: &str, out: &mut Words) {
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let count = |is: fn(&u8) -> bool| rest.iter().take_while(|byte| is(byte)).count();
        let length = match bytes[at] {
            b'0'..=b'9' => count(u8::is_ascii_digit),
            b'a'..=b'z' => count(u8::is_ascii_lowercase),
            b'A'..=b'Z' => match count(u8::is_ascii_uppercase) {
                // One capital begins a word; of several the last does if small letters follow.
                1 => 1 + rest[1..].iter().take_while(|byte| byte.is_ascii_lowercase()).count(),
                capitals if rest.get(capitals).is_some_and(u8::is_ascii_lowercase) => capitals - 1,
                capitals => capitals,
            },
            _ => {
                at += 1;
                continue;
            }
        };
        let from = out.text.len();
        out.text.push_str(&name[at..at + length]);
        out.text[from..].make_ascii_lowercase();
        out.end_word();
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_and_case() {
        assert_eq!(fold("Don’t miss out – sign-up!  Now"), "don t miss out sign up . now");
        assert_eq!(fold("\u{a0}E-Mail-Newsletter:"), "email newsletter .");
        assert_eq!(fold("re-mail the letter"), "re mail the letter");
        assert_eq!(fold("see example.org/news at 10:30."), "see example org news at 10 30 .");
        assert_eq!(fold("×"), "");
    }

    #[test]
    fn languages() {
        assert_eq!(fold("ПОДПИШИТЕСЬ на рассылку, ЁЖ й"), "подпишитесь на рассылку еж й");
        assert_eq!(fold("Unterstützen Straße SPENDENFÄHIG"), "unterstutzen strasse spendenfahig");
        assert_eq!(fold("ΕΓΓΡΑΦΕΊΤΕ στους φίλους"), "εγγραφειτε στουσ φιλουσ");
        assert_eq!(fold("BAĞIŞ YAPIN İstanbul ılık"), "bagis yapin istanbul ilik");
        assert_eq!(fold("ＡＤ メールマガジン が"), "ad メールマガジン が");
        assert_eq!(fold("اِشْتَرِكْ فِي النَّشْرَةِ"), "اشترك في النشره");
        assert_eq!(fold("구독하기 구독"), "구독하기 구독");
    }

    #[test]
    fn plain_characters_need_no_normalisation() {
        let fold_slowly = |text: &str| {
            let mut out = String::new();
            Folder::new(&mut out).run(text.nfkc());
            out
        };
        for c in ('\0'..=char::MAX).filter(|c| is_plain(*c)) {
            for text in [format!("a{c}b {c}{c} .{c}1{c}-e{c}"), format!("{c}"), format!("é{c}")] {
                assert_eq!(fold(&text), fold_slowly(&text), "{c:?}");
            }
        }
    }

    #[test]
    fn words_fold_as_their_characters() {
        let pieces =
            ["a", "E", "-", ".", ":", "/", " ", "!", "1", "e-m", "é", "|", "x-y", "\u{ad}", "я"];
        let mut text = String::new();
        for number in 0..20_000_usize {
            text.clear();
            let mut rest = number.wrapping_mul(2_654_435_761) >> 4;
            while rest > 0 {
                text.push_str(pieces[rest % pieces.len()]);
                rest /= pieces.len();
            }
            for before in ["", "e", "a e", "x ."] {
                let (mut fast, mut slow) = (before.to_string(), before.to_string());
                Folder::new(&mut fast).run_words(&text);
                Folder::new(&mut slow).run(text.chars());
                assert_eq!(fast, slow, "{text:?} after {before:?}");
            }
        }
    }

    #[test]
    fn ascii_names_fold_as_any_name() {
        let letters = ['a', 'b', 'A', 'B', '1', '2', '-', ' '];
        for number in 0..8_usize.pow(6) {
            let name: String = (0..6).map(|i| letters[number >> (3 * i) & 7]).collect();
            let (mut fast, mut slow) = (Words::default(), Words::default());
            fold_ascii_name(&name, &mut fast);
            fold_name(&format!("{name}·"), &mut slow);
            assert!(fast.iter().eq(slow.iter()), "{name}");
        }
    }

    #[test]
    fn names() {
        let words = |name: &str| {
            let mut out = Words::default();
            fold_name(name, &mut out);
            out.iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words("c-newsletterBox__form"), "c newsletter box form");
        assert_eq!(words("GoogleDfpAd-adCaption"), "google dfp ad ad caption");
        assert_eq!(words("HTMLWidget2 mc_embed_signup"), "html widget 2 mc embed signup");
    }
}
