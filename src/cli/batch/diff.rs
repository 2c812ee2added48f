//! Unified diffs. What was cut is known, so nothing has to be searched for: the lines that a cut
//! touches go, and what is left of them comes in their place.

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::super::terminal::{lines as safe_lines, printable};

/// The lines around a change that are shown with it, as everywhere.
const CONTEXT: usize = 3;

const HEAD: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();
const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();
const SAME: Style = Style::new();

/// How a diff is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// In colours.
    pub(super) coloured: bool,
    /// To a terminal, which would obey control sequences; else byte for byte.
    pub(super) safe: bool,
}

/// Lines that go, and what comes in their place.
struct Change {
    old: Range<usize>,
    new: Vec<u8>,
}

/// The diff from `source`, called `name`, to what is left without `cuts`, which are in order.
pub(super) fn unified(name: &str, source: &[u8], cuts: &[Range<usize>], look: Look) -> Vec<u8> {
    let lines: Vec<&[u8]> = source.split_inclusive(|byte| *byte == b'\n').collect();
    let changes = changes(&lines, cuts);
    let mut out = Vec::new();
    let head = |mark: &str| format!("{mark} {}", printable(name));
    paint(&mut out, look, HEAD, &head("---"));
    paint(&mut out, look, HEAD, &head("+++"));
    let mut gone = 0; // Lines, by the hunks before.
    for hunk in changes.chunk_by(|one, next| next.old.start - one.old.end <= 2 * CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let start = first.old.start.saturating_sub(CONTEXT);
        let end = (last.old.end + CONTEXT).min(lines.len());
        let less: usize = hunk.iter().map(|c| c.old.len() - c.new_lines().count()).sum();
        let (old, new) = (end - start, end - start - less);
        let mut place = String::new();
        for (mark, start, count) in [("@@ -", start, old), (" +", start - gone, new)] {
            // Where there are no lines, the one before is named.
            let _ = write!(place, "{mark}{},{count}", start + usize::from(count > 0));
        }
        paint(&mut out, look, PLACE, &(place + " @@"));
        gone += less;
        let mut at = start;
        for change in hunk {
            line_by_line(&mut out, look, ' ', SAME, lines.get(at..change.old.start));
            line_by_line(&mut out, look, '-', OLD, lines.get(change.old.clone()));
            line_by_line(&mut out, look, '+', NEW, Some(&change.new_lines().collect::<Vec<_>>()));
            at = change.old.end;
        }
        line_by_line(&mut out, look, ' ', SAME, lines.get(at..end));
    }
    out
}

impl Change {
    fn new_lines(&self) -> impl Iterator<Item = &[u8]> {
        self.new.split_inclusive(|byte| *byte == b'\n')
    }
}

fn changes(lines: &[&[u8]], cuts: &[Range<usize>]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut open: Option<Change> = None;
    let (mut start, mut next) = (0, 0);
    for (number, line) in lines.iter().enumerate() {
        let end = start + line.len();
        while cuts.get(next).is_some_and(|cut| cut.end <= start) {
            next += 1;
        }
        let touched = cuts.get(next).is_some_and(|cut| cut.start < end && !cut.is_empty());
        // Without its end, what is left of a line runs on into the one after it.
        let runs_on = |change: &Change| change.new.last().is_some_and(|byte| *byte != b'\n');
        if !touched && !open.as_ref().is_some_and(runs_on) {
            changes.extend(open.take());
        } else {
            let change = open.get_or_insert(Change { old: number..number, new: Vec::new() });
            change.old.end = number + 1;
            let mut at = start;
            for cut in cuts.iter().skip(next).take_while(|cut| cut.start < end) {
                change.new.extend_from_slice(source_of(line, start, at..cut.start));
                at = cut.end;
            }
            change.new.extend_from_slice(source_of(line, start, at..end));
        }
        start = end;
    }
    changes.extend(open);
    changes
}

/// The part of `line`, which begins at `start`, that lies in `range`.
fn source_of(line: &[u8], start: usize, range: Range<usize>) -> &[u8] {
    line.get(range.start.saturating_sub(start)..range.end.saturating_sub(start)).unwrap_or_default()
}

fn line_by_line(out: &mut Vec<u8>, look: Look, mark: char, style: Style, lines: Option<&[&[u8]]>) {
    for line in lines.unwrap_or_default() {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        if look.coloured {
            let _ = write!(out, "{style}");
        }
        let _ = write!(out, "{mark}");
        if look.safe {
            out.extend(safe_lines(&String::from_utf8_lossy(text)).bytes());
        } else {
            out.extend_from_slice(text);
        }
        if look.coloured {
            let _ = write!(out, "{style:#}");
        }
        out.push(b'\n');
        if text.len() == line.len() {
            out.extend_from_slice(b"\\ No newline at end of file\n");
        }
    }
}

fn paint(out: &mut Vec<u8>, look: Look, style: Style, text: &str) {
    let style = if look.coloured { style } else { SAME };
    let _ = writeln!(out, "{style}{text}{style:#}");
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // One cut is a list of one.
mod tests {
    use super::*;

    fn plain(source: &str, cuts: &[Range<usize>]) -> String {
        String::from_utf8(unified("x", source.as_bytes(), cuts, Look::default())).unwrap()
    }

    #[test]
    fn whole_lines_and_parts_of_lines() {
        let source = "1\n2\n3\n4\n5\n6\n7\n8\n9 nine\n10\n";
        assert_eq!(
            plain(source, &[6..8, 17..22]),
            "--- x\n+++ x\n@@ -1,10 +1,9 @@\n 1\n 2\n 3\n-4\n 5\n 6\n 7\n 8\n-9 nine\n+9\n 10\n"
        );
    }

    #[test]
    fn far_changes_are_two_hunks() {
        let source: String = (10..30).map(|n| format!("{n}\n")).collect();
        assert_eq!(
            plain(&source, &[3..6, 45..48]),
            "--- x\n+++ x\n@@ -1,5 +1,4 @@\n 10\n-11\n 12\n 13\n 14\n\
             @@ -13,7 +12,6 @@\n 22\n 23\n 24\n-25\n 26\n 27\n 28\n"
        );
    }

    #[test]
    fn a_cut_over_line_ends_joins_what_is_left() {
        assert_eq!(
            plain("ab\ncd\nef\n", &[1..4]),
            "--- x\n+++ x\n@@ -1,3 +1,2 @@\n-ab\n-cd\n+ad\n ef\n"
        );
        assert_eq!(
            plain("ab\ncd\nef\n", &[1..3]),
            "--- x\n+++ x\n@@ -1,3 +1,2 @@\n-ab\n-cd\n+acd\n ef\n"
        );
        assert_eq!(
            plain("ab\ncd\nef", &[1..4, 5..7]),
            "--- x\n+++ x\n@@ -1,3 +1,1 @@\n-ab\n-cd\n-ef\n\\ No newline at end of file\n+adf\n\
             \\ No newline at end of file\n"
        );
    }

    #[test]
    fn all_or_nothing() {
        assert_eq!(plain("a\n", &[0..2]), "--- x\n+++ x\n@@ -1,1 +0,0 @@\n-a\n");
        assert_eq!(plain("a\n", &[]), "--- x\n+++ x\n");
        assert_eq!(plain("", &[]), "--- x\n+++ x\n");
    }

    #[test]
    fn a_terminal_is_not_steered() {
        let look = Look { coloured: false, safe: true };
        let shown = unified("x\x1b[2J", b"a\x1b[31m\nb\n", &[8..10], look);
        assert!(!shown.contains(&0x1b));
        let shown = unified("x", b"a\x1b[31m\xff\nb\n", &[9..11], Look::default());
        assert!(shown.windows(3).any(|bytes| bytes == b"m\xff\n"));
    }
}
