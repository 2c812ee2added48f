//! What may happen where two pieces of the source come to stand together.

use html5ever::local_name;

use crate::dom::{Document, NodeId, Span};

/// Whether the markup on both sides of `cut` reads the same once they stand together. `parent` is
/// the node in which the cut starts.
pub(super) fn is_smooth(
    document: &Document,
    source: &str,
    cut: &Span,
    parent: Option<NodeId>,
) -> bool {
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
        Some(b'>') if matches!(next, b'\n' | b'\r') => !starts_pre(document, cut.start, parent),
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

/// Whether `place` is right after the start tag of an element that drops a newline there.
fn starts_pre(document: &Document, place: usize, parent: Option<NodeId>) -> bool {
    let Some(parent) = parent else { return false };
    let drops = document.name(parent).is_some_and(|name| {
        matches!(*name, local_name!("pre") | local_name!("listing") | local_name!("textarea"))
    });
    drops && document.node(parent).inner.as_ref().is_some_and(|inner| inner.start == place)
}
