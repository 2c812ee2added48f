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
    if text.is_ascii() || is_nfkc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        Folder::new(out).run(text.chars());
    } else {
        Folder::new(out).run(text.nfkc());
    }
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
            match c {
                '-' | '\u{2010}' | '\u{2011}' => {
                    // `e-mail` and `email`, `e-post` and `epost` are the same word everywhere.
                    let joins = chars.peek().is_some_and(|next| next.is_alphabetic())
                        && (self.out.ends_with(" e") || *self.out == "e");
                    if !joins {
                        self.space();
                    }
                }
                '.' | ':' => {
                    let inside = previous.is_alphanumeric()
                        && chars.peek().is_some_and(|next| next.is_alphanumeric() || *next == '/');
                    if inside { self.space() } else { self.mark() }
                }
                '!' | '?' | ';' | '…' | '。' | '|' | '•' | '·' | '؟' | '।' | '\u{61b}' => {
                    self.mark()
                }
                // Soft hyphens and zero-width characters are invisible inside words.
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => continue,
                c if c.is_ascii_alphanumeric() => self.push(c.to_ascii_lowercase()),
                c if c.is_ascii() => self.space(),
                c => self.fold_char(c),
            }
            previous = c;
        }
        if self.gap == Gap::Mark {
            mark(self.out);
        }
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
        match self.gap {
            Gap::None => {}
            Gap::Space => self.out.push(' '),
            Gap::Mark => {
                mark(self.out);
                self.out.push(' ');
            }
        }
        self.gap = Gap::None;
        self.out.push(c);
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

/// Splits the words of a class, an id or another name in mark-up: at `-`, `_`, `:`, `/`, white
/// space, between letters and digits, and where lower case changes to upper.
pub(crate) fn fold_name(name: &str, out: &mut Vec<String>) {
    let mut word = String::new();
    let mut lower_before = false;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            flush(&mut word, out);
            lower_before = false;
            continue;
        }
        let upper = c.is_uppercase();
        let digit = c.is_numeric();
        if !word.is_empty() && digit != word.ends_with(char::is_numeric) {
            flush(&mut word, out);
            lower_before = false;
        }
        let acronym_ends = upper
            && !lower_before
            && !word.is_empty()
            && chars.peek().is_some_and(|next| next.is_lowercase());
        if (upper && lower_before) || acronym_ends {
            flush(&mut word, out);
        }
        lower_before = c.is_lowercase();
        word.extend(c.to_lowercase());
    }
    flush(&mut word, out);
}

fn flush(word: &mut String, out: &mut Vec<String>) {
    if !word.is_empty() {
        out.push(std::mem::take(word));
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
    fn names() {
        let words = |name: &str| {
            let mut out = Vec::new();
            fold_name(name, &mut out);
            out.join(" ")
        };
        assert_eq!(words("c-newsletterBox__form"), "c newsletter box form");
        assert_eq!(words("GoogleDfpAd-adCaption"), "google dfp ad ad caption");
        assert_eq!(words("HTMLWidget2 mc_embed_signup"), "html widget 2 mc embed signup");
    }
}
