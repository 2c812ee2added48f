//! Lines: where they end, what is blank, and which of them are one paragraph.

use crate::dom::Span;

/// A line of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    /// The end of what the line says, before its line end.
    pub(super) end: usize,
    /// The start of the next line.
    pub(super) next: usize,
}

impl Line {
    /// The line as it stands, with its line end.
    pub(super) fn span(self) -> Span {
        self.start..self.next
    }
}

/// The lines of a source. LF, CR LF, CR, and Unicode's line and paragraph separators end a line;
/// a form feed does not, since it stands at the start of a page's first line.
pub(super) struct Lines<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(source: &'a str) -> Lines<'a> {
        Lines { source, at: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let bytes = self.source.as_bytes();
        let start = self.at;
        if start >= bytes.len() {
            return None;
        }
        let mut end = start;
        let length = loop {
            let rest = bytes.get(end..).unwrap_or_default();
            // 0xE2 begins the two separators, and much else.
            let Some(found) = rest.iter().position(|b| matches!(b, b'\n' | b'\r' | 0xe2)) else {
                end = bytes.len();
                break 0;
            };
            end += found;
            match bytes.get(end..).unwrap_or_default() {
                [b'\r', b'\n', ..] => break 2,
                [b'\n' | b'\r', ..] => break 1,
                [0xe2, 0x80, 0xa8 | 0xa9, ..] => break 3,
                _ => end += 1,
            }
        };
        self.at = end + length;
        Some(Line { start, end, next: self.at })
    }
}

/// White space, and what takes no space at all.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// `span` without the white space at its ends.
pub(super) fn trim(source: &str, span: Span) -> Span {
    let text = source.get(span.clone()).unwrap_or_default();
    let tail = text.trim_start_matches(is_space);
    let start = span.end - tail.len();
    start..start + tail.trim_end_matches(is_space).len()
}

/// Wrapped text has its longest line within these columns. Narrower lines are more likely to be
/// buttons, verse or addresses; programs that wrap do so at 65 to 80, and nobody beyond 120.
const WRAPPED: std::ops::RangeInclusive<usize> = 40..=120;

/// Tells which lines go on in the next line: for each line of `lines` (trimmed, none blank)
/// whether the break behind it was put there by a program that wrapped a paragraph.
///
/// Such a program breaks where the next word would not fit, so the line and the first word of the
/// next are longer than the longest line. That holds by chance too; therefore at least half of
/// such breaks must also read as if the sentence went on. Everything else is a line of its own.
pub(super) fn wraps(lines: &[&str]) -> Vec<bool> {
    let shapes: Vec<Shape> = lines.iter().map(|line| Shape::of(line)).collect();
    let mut wraps = vec![false; lines.len()];
    let mut start = 0;
    for (at, shape) in shapes.iter().enumerate() {
        let long = shape.width > *WRAPPED.end() && !shape.one_word;
        if long || at + 1 == shapes.len() {
            let end = if long { at } else { at + 1 };
            if let (Some(shapes), Some(wraps)) = (shapes.get(start..end), wraps.get_mut(start..end))
            {
                wraps_of_run(shapes, wraps);
            }
            start = at + 1;
        }
    }
    wraps
}

fn wraps_of_run(shapes: &[Shape], wraps: &mut [bool]) {
    // A link too long for any line says nothing about where lines end.
    let fits = |shape: &&Shape| shape.width <= *WRAPPED.end();
    let Some(longest) = shapes.iter().filter(fits).map(|shape| shape.width).max() else { return };
    if !WRAPPED.contains(&longest) {
        return;
    }
    let (mut full, mut goes_on) = (0, 0);
    let breaks = || shapes.iter().zip(shapes.iter().skip(1));
    for (line, next) in breaks() {
        if line.full(next, longest) {
            full += 1;
            goes_on += usize::from(line.goes_on(next));
        }
    }
    if goes_on == 0 || goes_on * 2 < full {
        return;
    }
    for ((line, next), wraps) in breaks().zip(wraps) {
        // Some programs wrap a little early.
        let early = line.width * 2 >= longest && next.starts == Start::Lower;
        *wraps = line.full(next, longest) || early;
    }
}

/// What matters of a line's looks.
struct Shape {
    /// In columns; counted no further than matters.
    width: usize,
    /// What the first word would add to the line before it, the space included.
    first_word: usize,
    one_word: bool,
    starts: Start,
    ends: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Lower,
    /// A letter of a script without upper and lower case.
    Uncased,
    /// An upper-case letter, a number, a link, no letter at all.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Sentence,
    Word,
    /// A comma, a hyphen: there must be more.
    Open,
}

impl Shape {
    fn of(line: &str) -> Shape {
        let limit = WRAPPED.end() + 1;
        let (mut width, mut word) = (0, None);
        for c in line.chars() {
            if is_space(c) {
                word.get_or_insert(width);
            }
            width += columns(c);
            if columns(c) == 2 {
                // Lines may break behind every ideograph.
                word.get_or_insert(width);
            }
            if width > limit && word.is_some() {
                break;
            }
        }
        let gap = usize::from(line.chars().next().is_some_and(|c| columns(c) == 1));
        let link = ["http://", "https://", "www."].iter().any(|start| line.starts_with(start));
        let starts = match line.chars().find(|c| c.is_alphanumeric()) {
            Some(c) if link || c.is_numeric() || c.is_uppercase() => Start::Other,
            Some(c) if c.is_lowercase() => Start::Lower,
            Some(_) => Start::Uncased,
            None => Start::Other,
        };
        let closing = |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』');
        let ends = match line.trim_end_matches(closing).chars().next_back() {
            Some('.' | '!' | '?' | '…' | ':' | ';' | '。' | '！' | '？' | '：' | '؟' | '।') => {
                End::Sentence
            }
            Some(',' | '-' | '–' | '—' | '(' | '[' | '、' | '，' | '،' | '&' | '/') => {
                End::Open
            }
            _ => End::Word,
        };
        let one_word = word.is_none();
        Shape { width, first_word: gap + word.unwrap_or(width), one_word, starts, ends }
    }

    fn full(&self, next: &Shape, longest: usize) -> bool {
        self.width + next.first_word > longest
    }

    fn goes_on(&self, next: &Shape) -> bool {
        next.starts == Start::Lower
            || self.ends == End::Open
            || (next.starts == Start::Uncased && self.ends == End::Word)
    }
}

/// How many columns a character takes on a terminal, roughly: East Asian wide characters two.
fn columns(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(source: &str) -> Vec<(usize, usize, usize)> {
        Lines::new(source).map(|line| (line.start, line.end, line.next)).collect()
    }

    #[test]
    fn every_line_end() {
        assert_eq!(ends(""), []);
        assert_eq!(ends("a"), [(0, 1, 1)]);
        assert_eq!(ends("a\n"), [(0, 1, 2)]);
        assert_eq!(ends("\r\na\rb"), [(0, 0, 2), (2, 3, 4), (4, 5, 5)]);
        assert_eq!(ends("a\u{2028}“\u{2029}"), [(0, 1, 4), (4, 7, 10)]);
        assert_eq!(ends("\x0ca\x0b\u{85}b"), [(0, 6, 6)]);
    }

    #[test]
    fn trims_what_takes_no_space_too() {
        assert_eq!(trim("\u{feff} \u{a0}ab\u{200b}\t", 0..11), 6..8);
        assert_eq!(trim(" \n", 0..2), 2..2);
    }

    /// Fills lines with words as an e-mail program does.
    fn wrap(text: &str, columns: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.into()),
            }
        }
        lines
    }

    fn joined(lines: &[&str]) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let mut open = false;
        for (line, wraps) in lines.iter().zip(wraps(lines)) {
            match out.last_mut() {
                Some(last) if open => {
                    last.push(' ');
                    last.push_str(line);
                }
                _ => out.push((*line).into()),
            }
            open = wraps;
        }
        out
    }

    const PROSE: [&str; 4] = [
        "The harbour had been closed since the storm, and nobody in the town could say when the \
         boats would leave again. Mr. Hale thought it would be May. His sister, who kept the \
         books, thought otherwise, but she was not asked; she had learnt to wait until somebody \
         needed a number.",
        "Die Brücke war seit dem Sturm gesperrt, und im Ort konnte niemand sagen, wann die Boote \
         wieder fahren würden. Der Wirt meinte, im Mai. Seine Schwester, die die Bücher führte, \
         war anderer Meinung, wurde aber nicht gefragt.",
        "Гавань была закрыта после шторма, и никто в городе не мог сказать, когда лодки снова \
         выйдут в море. Хозяин трактира думал, что в мае. Его сестра считала иначе, но её никто \
         не спрашивал.",
        "أغلق الميناء منذ العاصفة ولم يكن أحد في البلدة يعرف متى ستبحر القوارب مرة أخرى وكان \
         صاحب النزل يظن أن ذلك سيكون في مايو أما أخته فكانت ترى غير ذلك",
    ];

    #[test]
    fn wrapped_prose_is_one_paragraph() {
        for prose in PROSE {
            for columns in [60, 65, 72, 80] {
                let lines = wrap(prose, columns);
                let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                assert_eq!(joined(&lines), [prose], "at {columns}");
            }
        }
    }

    #[test]
    fn statements_are_lines_of_their_own() {
        let cases: &[&[&str]] = &[
            &["Weekly", "Once a year", "Other amount", "Go on"],
            &["×", "Reading without interruptions?", "We took all banners down in the spring."],
            &[
                "Keeping the lights on in this newsroom takes forty people and one old printer.",
                "They work through the night so that you can read it all by breakfast tomorrow.",
            ],
            &["The storm has passed and the boats are leaving again tomorrow", "Hale sees May"],
            &[PROSE[0], PROSE[1], PROSE[2]],
            &["https://example.org/a-rather-long-address/of-a-page", "https://example.org/b"],
            &["订阅", "每月", "继续"],
        ];
        for lines in cases {
            assert!(wraps(lines).iter().all(|wraps| !wraps), "{lines:?}");
        }
    }

    #[test]
    fn a_short_line_ends_a_wrapped_paragraph() {
        let mut lines = vec!["Chapter one".to_string()];
        lines.extend(wrap(PROSE[0], 72));
        lines.extend(wrap(PROSE[1], 72));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(joined(&lines), ["Chapter one", PROSE[0], PROSE[1]]);
    }

    #[test]
    fn a_long_link_does_not_hide_the_wrapping() {
        let link = format!("https://example.org/{}", "x".repeat(150));
        let mut lines = wrap(PROSE[0], 72);
        lines.insert(2, link.clone());
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(joined(&lines).len(), 1);
    }

    #[test]
    fn ideographs_wrap_anywhere() {
        let line = "港口自从风暴以来一直关闭着镇上没有人能说船什么时候会再次出发";
        let next = "店主认为要等到五月";
        assert_eq!(wraps(&[line, next]), [true, false]);
    }
}
