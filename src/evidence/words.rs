//! Words and characters of text.

use crate::rules::source::phrase::has_word_edges;

/// What a byte of ASCII is to the count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Word,
    /// Stands within words as well as between them.
    Joiner,
    Other,
}

const ASCII: [Class; 128] = {
    let mut classes = [Class::Other; 128];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        if c.is_ascii_alphanumeric() {
            classes[byte] = Class::Word;
        } else if c == b' ' || (c >= b'\t' && c <= b'\r') {
            classes[byte] = Class::Space;
        } else if c == b'\'' || c == b'-' {
            classes[byte] = Class::Joiner;
        }
        byte += 1;
    }
    classes
};

fn class(c: char) -> Class {
    if let Some(class) = ASCII.get(c as usize) {
        *class
    } else if c.is_alphanumeric() {
        Class::Word
    } else if c.is_whitespace() {
        Class::Space
    } else if c == '’' {
        Class::Joiner
    } else {
        Class::Other
    }
}

/// Characters that are not white space, and half words: a word is two, a character of a script
/// without spaces one. `in_word` tells whether the text before ends within a word, and then
/// whether this does.
pub(crate) fn count(text: &str, in_word: &mut bool) -> (u32, u32) {
    if text.is_ascii() {
        return count_ascii(text, in_word);
    }
    let (mut chars, mut half_words) = (0, 0);
    let mut within = *in_word;
    for c in text.chars() {
        let class = class(c);
        chars += u32::from(class != Class::Space);
        match class {
            Class::Word if !c.is_ascii() && !has_word_edges(c) => {
                half_words += 1;
                within = false;
            }
            Class::Word => {
                half_words += if within { 0 } else { 2 };
                within = true;
            }
            Class::Joiner => {}
            Class::Space | Class::Other => within = false,
        }
    }
    *in_word = within;
    (chars, half_words)
}

/// As [`count`], for what most text is.
fn count_ascii(text: &str, in_word: &mut bool) -> (u32, u32) {
    let (mut chars, mut words) = (0, 0);
    let mut within = *in_word;
    for byte in text.bytes() {
        let class = ASCII[usize::from(byte & 0x7f)];
        let word = class == Class::Word;
        chars += u32::from(class != Class::Space);
        words += u32::from(word && !within);
        within = word || within && class == Class::Joiner;
    }
    *in_word = within;
    (chars, 2 * words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> (u32, u32) {
        count(text, &mut false)
    }

    #[test]
    fn words_and_characters() {
        assert_eq!(counted(""), (0, 0));
        assert_eq!(counted("The mill's well-kept door."), (23, 8));
        assert_eq!(counted("It’s 12 – or so\u{a0}on"), (13, 10));
        assert_eq!(counted("メルマガ abc"), (7, 6));
    }

    #[test]
    fn a_word_may_go_on_in_the_next_text() {
        let mut in_word = false;
        assert_eq!(count("har", &mut in_word), (3, 2));
        assert!(in_word);
        assert_eq!(count("bour ", &mut in_word), (4, 0));
        assert!(!in_word);
    }

    #[test]
    fn classes_agree_with_unicode() {
        for c in '\0'..'\u{80}' {
            assert_eq!(class(c) == Class::Word, c.is_alphanumeric(), "{c:?}");
            assert_eq!(class(c) == Class::Space, c.is_whitespace(), "{c:?}");
        }
    }
}
