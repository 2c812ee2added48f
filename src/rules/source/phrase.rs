//! Phrases: what a rule's author writes, and the segments that are searched for.
//!
//! A phrase is plain words. `*` at the start or end of a word lets the word go on there; `...`
//! between words stands for up to [`GAP_WORDS`] others in the same sentence. Each stretch of
//! fixed text between such places is a segment. `(a|b c)` stands for either, `(a|)` for `a` or
//! nothing: such a phrase is short for several.

use serde::{Deserialize, Serialize};

use super::fold::{MARK, fold};

/// How many words `...` may stand for. Six covers "sign up for the free weekly Example Times
/// newsletter"; more begins to join what does not belong together.
pub(crate) const GAP_WORDS: usize = 6;

/// How many bytes of folded text `...` may stand for: the bound for languages without spaces.
pub(crate) const GAP_BYTES: usize = 90;

/// How many phrases one with groups may stand for: enough for three groups of six.
const MAX_ALTERNATIVES: usize = 256;

/// A stretch of fixed, folded text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) text: String,
    /// A word must begin at its start.
    pub(crate) begins_word: bool,
    /// A word must end at its end.
    pub(crate) ends_word: bool,
    /// How many spaces may stand between the previous segment and this one.
    pub(crate) gap: u8,
}

/// A phrase, ready to be searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Phrase {
    /// As its author wrote it: this is what a report shows.
    pub(crate) text: String,
    pub(crate) segments: Vec<Segment>,
}

/// Why a text is not a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadPhrase {
    Empty,
    GapAtEdge,
    LoneStar,
    StarInside,
    Mark,
    Group,
    TooMany,
    Long,
}

/// The longest phrase, in bytes, and the most segments of one: several times what the longest
/// shipped ones have.
const MAX_BYTES: usize = 400;
const MAX_SEGMENTS: usize = 20;

impl BadPhrase {
    pub(crate) fn message(self) -> &'static str {
        match self {
            BadPhrase::Empty => "a phrase needs at least one letter or digit",
            BadPhrase::GapAtEdge => "`...` stands between words, not at the start or end",
            BadPhrase::LoneStar => "`*` stands at a word, not by itself",
            BadPhrase::StarInside => "`*` stands at the start or the end of a word, not inside it",
            BadPhrase::Group => "a group is written `(one|other)`",
            BadPhrase::TooMany => "this stands for too many phrases",
            BadPhrase::Mark => "a phrase lies within one sentence",
            BadPhrase::Long => "this phrase is too long",
        }
    }

    pub(crate) fn help(self) -> Option<String> {
        Some(match self {
            BadPhrase::Empty => "for symbols and pictures use `has` or `class_words`".into(),
            BadPhrase::GapAtEdge => "leave it out: a phrase is found anywhere in a block".into(),
            BadPhrase::LoneStar => "`newsletter*` lets a word go on; `...` stands for words".into(),
            BadPhrase::StarInside => "write two phrases".into(),
            BadPhrase::Group => "no group stands inside another, and each has a `|`".into(),
            BadPhrase::TooMany => {
                format!("write several lines, of at most {MAX_ALTERNATIVES} phrases each")
            }
            BadPhrase::Mark => "leave out `.`, `!`, `?` and `:`, or take one side of it".into(),
            BadPhrase::Long => format!(
                "a few words that no article would use are enough; at most {MAX_BYTES} bytes and \
                 {MAX_SEGMENTS} parts"
            ),
        })
    }
}

/// The phrases that `text` is short for: one for each choice from its groups.
fn alternatives(text: &str) -> Result<Vec<String>, BadPhrase> {
    let mut all = vec![String::new()];
    let mut rest = text;
    while let Some((before, group)) = rest.split_once('(') {
        let (choices, after) = group.split_once(')').ok_or(BadPhrase::Group)?;
        if before.contains([')', '|']) || choices.contains('(') || !choices.contains('|') {
            return Err(BadPhrase::Group);
        }
        let choices: Vec<&str> = choices.split('|').collect();
        if all.len() * choices.len() > MAX_ALTERNATIVES {
            return Err(BadPhrase::TooMany);
        }
        let chosen = |start: &String| {
            choices.iter().map(|choice| format!("{start}{before}{choice}")).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(chosen).collect();
        rest = after;
    }
    if rest.contains([')', '|']) {
        return Err(BadPhrase::Group);
    }
    for one in &mut all {
        one.push_str(rest);
        *one = one.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    Ok(all)
}

impl Phrase {
    /// Parses all phrases that `text` is short for.
    pub(crate) fn parse_all(text: &str) -> Result<Vec<Phrase>, BadPhrase> {
        alternatives(text)?.iter().map(|one| Phrase::parse(one)).collect()
    }

    /// Parses one phrase without groups.
    pub(crate) fn parse(text: &str) -> Result<Phrase, BadPhrase> {
        if text.len() > MAX_BYTES {
            return Err(BadPhrase::Long);
        }
        let mut segments: Vec<Segment> = Vec::new();
        // Whether the next word may be appended to the last segment, and the gap if it may not.
        let mut open = false;
        let mut gap = 0;
        let mut gap_pending = false;
        for token in text.split_whitespace() {
            if token == "..." || token == "…" {
                if segments.is_empty() || gap_pending {
                    return Err(BadPhrase::GapAtEdge);
                }
                open = false;
                gap = GAP_WORDS as u8 + 1;
                gap_pending = true;
                continue;
            }
            let core = token.trim_matches('*');
            if core.is_empty() {
                return Err(BadPhrase::LoneStar);
            }
            if core.contains('*') {
                return Err(BadPhrase::StarInside);
            }
            let begins_word = !token.starts_with('*');
            let ends_word = !token.ends_with('*');
            let folded = fold(core);
            if folded.contains(MARK) {
                return Err(BadPhrase::Mark);
            }
            if folded.is_empty() {
                continue;
            }
            match segments.last_mut() {
                Some(last) if open && begins_word => {
                    last.text.push(' ');
                    last.text.push_str(&folded);
                    last.ends_word = ends_word;
                }
                _ => segments.push(Segment {
                    text: folded,
                    begins_word,
                    ends_word,
                    gap: if gap == 0 && !segments.is_empty() { 1 } else { gap },
                }),
            }
            open = ends_word;
            gap = 0;
            gap_pending = false;
        }
        if gap_pending {
            return Err(BadPhrase::GapAtEdge);
        }
        if segments.is_empty() {
            return Err(BadPhrase::Empty);
        }
        if segments.len() > MAX_SEGMENTS {
            return Err(BadPhrase::Long);
        }
        Ok(Phrase { text: text.to_string(), segments })
    }
}

/// Whether a word test makes sense beside `c`: scripts written without spaces have none.
pub(crate) fn has_word_edges(c: char) -> bool {
    !matches!(c,
        '\u{e00}'..='\u{eff}'        // Thai, Lao
        | '\u{1000}'..='\u{109f}'    // Burmese
        | '\u{1780}'..='\u{17ff}'    // Khmer
        | '\u{3040}'..='\u{30ff}'    // Hiragana, Katakana
        | '\u{3400}'..='\u{9fff}'    // Chinese characters
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<(String, bool, bool, u8)> {
        let phrase = Phrase::parse(text).unwrap();
        phrase.segments.into_iter().map(|s| (s.text, s.begins_word, s.ends_word, s.gap)).collect()
    }

    #[test]
    fn groups_are_short_for_several() {
        let all = |text: &str| alternatives(text).map(|all| all.join("; "));
        assert_eq!(all("sign up").as_deref(), Ok("sign up"));
        assert_eq!(
            all("(each|every) (day|other week) ... inbox").as_deref(),
            Ok("each day ... inbox; each other week ... inbox; every day ... inbox; \
                every other week ... inbox")
        );
        assert_eq!(all("join (our|) list").as_deref(), Ok("join our list; join list"));
        assert_eq!(all("news(letter|mail)*").as_deref(), Ok("newsletter*; newsmail*"));
        for bad in ["join (our list", "join our) list", "a|b", "(a)", "(a|(b|c))"] {
            assert_eq!(all(bad), Err(BadPhrase::Group), "{bad}");
        }
        let many = "(a|b|c|d|e|f|g) ".repeat(3);
        assert_eq!(all(&many), Err(BadPhrase::TooMany));
    }

    #[test]
    fn segments() {
        assert_eq!(shape("Join our list"), [("join our list".into(), true, true, 0)]);
        assert_eq!(
            shape("sign up for ... *newsletter*"),
            [("sign up for".into(), true, true, 0), ("newsletter".into(), false, false, 7)]
        );
        assert_eq!(
            shape("zapisz* się"),
            [("zapisz".into(), true, false, 0), ("sie".into(), true, true, 1)]
        );
    }

    #[test]
    fn refused() {
        assert_eq!(Phrase::parse("..."), Err(BadPhrase::GapAtEdge));
        assert_eq!(Phrase::parse("a ..."), Err(BadPhrase::GapAtEdge));
        assert_eq!(Phrase::parse("a * b"), Err(BadPhrase::LoneStar));
        assert_eq!(Phrase::parse("a*b"), Err(BadPhrase::StarInside));
        assert_eq!(Phrase::parse("one. two"), Err(BadPhrase::Mark));
        assert_eq!(Phrase::parse(" × "), Err(BadPhrase::Empty));
        assert_eq!(Phrase::parse(&"word ".repeat(100)), Err(BadPhrase::Long));
        assert_eq!(Phrase::parse(&"a* ".repeat(30)), Err(BadPhrase::Long));
    }
}
