//! Whether two blocks of a page are of one kind.

use std::collections::BTreeSet;

use super::names::is_stable;
use crate::dom::{Document, NodeId};

/// The elements of a block that are compared.
const MAX_PARTS: usize = 200;

/// Whether two elements are built alike: two thirds of what one or the other is made of, by tags
/// and names, is in both.
pub(super) fn is_like(doc: &Document, one: NodeId, other: NodeId) -> bool {
    let (one, other) = (parts(doc, one), parts(doc, other));
    let (both, all) = (one.intersection(&other).count(), one.union(&other).count());
    both * 3 >= all * 2
}

/// What an element is made of: each tag with each name that somebody chose.
fn parts(doc: &Document, top: NodeId) -> BTreeSet<(&str, &str)> {
    let mut parts = BTreeSet::new();
    let mut stack = vec![top];
    let mut seen = 0;
    while let Some(id) = stack.pop() {
        let Some(element) = doc.element(id) else { continue };
        seen += 1;
        if seen > MAX_PARTS {
            break;
        }
        let tag = &*element.name.local;
        parts.insert((tag, ""));
        let classes = element.attr("class").unwrap_or_default().split_ascii_whitespace();
        parts.extend(classes.filter(|class| is_stable(class)).map(|class| (tag, class)));
        stack.extend(doc.children(id));
    }
    parts
}
