//! What may happen where two pieces of the source come to stand together.

use crate::dom::{Document, Span};

/// Whether the markup on both sides of `cut` reads the same once they stand together.
pub(super) fn is_smooth(document: &Document, source: &str, cut: &Span) -> bool {
    let left = source.as_bytes().get(..cut.start).unwrap_or_default();
    let right = source.as_bytes().get(cut.end..).unwrap_or_default();
    let Some(next) = right.first() else { return true };
    match left.last() {
        // A byte order mark would be one only now.
        None => !right.starts_with("\u{feff}".as_bytes()),
        // Two line ends would become one.
        Some(b'\r') => *next != b'\n',
        // A `<` that is text would open a tag or comment.
        Some(b'<') => !(next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')),
        Some(b'>') if matches!(next, b'\n' | b'\r') => !document.facts.drops_newline_at(cut.start),
        _ => !completes_reference(left, *next),
    }
}

/// Whether the unfinished character reference at the end of `left`, if there is one, goes on
/// with `next`.
fn completes_reference(left: &[u8], next: u8) -> bool {
    if !(next.is_ascii_alphanumeric() || matches!(next, b';' | b'#')) {
        return false;
    }
    let tail = left.iter().rev().find(|b| !b.is_ascii_alphanumeric() && **b != b'#');
    tail == Some(&b'&')
}
