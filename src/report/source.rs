//! The source of a page, line by line, with the bytes of each block marked.

use std::fmt::Write as _;
use std::ops::Range;

use super::escape::{self, grouped};
use super::items::{Item, Places};

/// Up to this many bytes a source is shown as a whole. What a browser lays out at once without a
/// pause.
const MAX_WHOLE: usize = 1 << 20;

/// Of a longer one, this much is shown before and after each block,
const AROUND: usize = 1_000;

/// this much of a block,
const MAX_BLOCK: usize = 16 << 10;

/// and this much in all.
const MAX_ALL: usize = 4 << 20;

/// Appends the lines of `source`.
pub(super) fn lines(out: &mut String, source: &str, items: &[Item<'_>], places: &Places) {
    let mut writer = Writer { out, source, items, places, seen: vec![false; items.len()] };
    let (mut number, mut at) = (1, 0);
    for part in parts(source, items) {
        let skipped = source.get(at..part.start).unwrap_or_default();
        writer.gap(skipped.len());
        number += skipped.bytes().filter(|b| *b == b'\n').count();
        let shown = source.get(part.clone()).unwrap_or_default();
        let mut start = part.start;
        for line in shown.split_inclusive('\n') {
            writer.line(number, start..start + line.len());
            start += line.len();
            number += usize::from(line.ends_with('\n'));
        }
        at = part.end;
    }
    writer.gap(source.len() - at);
}

/// The ranges to show, in order, apart from each other.
fn parts(source: &str, items: &[Item<'_>]) -> Vec<Range<usize>> {
    if source.len() <= MAX_WHOLE {
        return std::iter::once(0..source.len()).collect();
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut left = MAX_ALL;
    let beginning = std::iter::once(0..0);
    for span in beginning.chain(items.iter().map(|item| item.span.clone())) {
        let end = span.end.min(span.start + MAX_BLOCK) + AROUND;
        let start = source.floor_char_boundary(span.start.saturating_sub(AROUND));
        let end = source.floor_char_boundary(end.min(source.len()));
        let known = parts.last().map_or(0, |last| last.end);
        let new = end.saturating_sub(start.max(known));
        if new > left {
            break;
        }
        left -= new;
        match parts.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => parts.push(start..end),
        }
    }
    parts
}

struct Writer<'a> {
    out: &'a mut String,
    source: &'a str,
    items: &'a [Item<'a>],
    places: &'a Places,
    seen: Vec<bool>,
}

impl Writer<'_> {
    fn gap(&mut self, bytes: usize) {
        if bytes > 0 {
            let _ = writeln!(self.out, "<p class=gap>{} bytes not shown</p>", grouped(bytes));
        }
    }

    /// A line, its end included in `range`.
    fn line(&mut self, number: usize, range: Range<usize>) {
        // A line that goes as a whole leaves no gap in the view of what stays.
        let whole = self.places.at(range.start).iter().find_map(|index| {
            let item = self.items.get(*index)?;
            (item.state.is_cut() && item.span.end >= range.end).then_some(item)
        });
        let _ = write!(self.out, "<div class=line data-n={number}");
        if let Some(item) = whole {
            let _ = write!(self.out, " data-gone={}", item.category);
        }
        self.out.push('>');
        let mut at = range.start;
        while at < range.end {
            let end = self.places.next(at).map_or(range.end, |next| next.min(range.end));
            let marks: Vec<usize> = self.places.at(at).to_vec();
            let text = self.source.get(at..end).unwrap_or_default();
            let text = text.strip_suffix('\n').unwrap_or(text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            if !text.is_empty() {
                self.piece(text, &marks);
            }
            at = end;
        }
        self.out.push_str("</div>\n");
    }

    /// A piece of a line in which the same items stand.
    fn piece(&mut self, text: &str, marks: &[usize]) {
        let items = self.items;
        let shown = marks.iter().find(|index| items[**index].state.is_cut()).or(marks.last());
        let Some(first) = shown.and_then(|index| items.get(*index)) else {
            escape::text(self.out, text);
            return;
        };
        let numbers: Vec<String> = marks.iter().map(|i| items[*i].number.to_string()).collect();
        let _ = write!(
            self.out,
            "<mark data-dehusk=\"{}\" data-cat={} data-state={}",
            numbers.join(" "),
            first.category,
            if first.state.is_cut() { "cut" } else { "kept" }
        );
        if !text.trim().is_empty() && marks.iter().any(|index| !self.seen[*index]) {
            for index in marks {
                self.seen[*index] = true;
            }
            let _ = write!(
                self.out,
                " data-tag=\"{} {}\" tabindex=0 role=group aria-label=\"Block {}: {}, {}\"",
                first.number,
                first.category,
                first.number,
                first.state.word(),
                first.category
            );
        }
        self.out.push('>');
        escape::text(self.out, text);
        self.out.push_str("</mark>");
    }
}
