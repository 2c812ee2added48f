//! Tests for a rule, from the structure of the page it was written from.

use super::example::Example;
use super::selector;
use super::sketch::{self, Detail, Sketch, Text};
use super::yaml::block;
use crate::dom::{Document, NodeId};
use crate::evidence::block::is_frame;
use crate::inspect::Desk;

/// The most lines of a test that is made from a page. Longer ones nobody would read.
const MAX_LINES: usize = 40;

/// The most elements that stand in a test only to be counted.
const MAX_EMPTY: usize = 40;

/// What a rule is to find on the page.
pub(super) struct Suspects<'a> {
    /// All of it.
    pub(super) all: &'a [NodeId],
    /// The outermost element that its selector names.
    pub(super) anchor: NodeId,
    /// The words that it goes by, if it has no selector.
    pub(super) words: Option<&'a str>,
}

impl Desk<'_> {
    /// Tests from the structure of the page, the most telling first.
    pub(super) fn tests(&self, example: &Example, suspects: &Suspects<'_>) -> Vec<String> {
        let doc = self.doc;
        let target = example.targets[0];
        let draw = |text: Text| {
            fitting(|detail| Sketch { doc, text, marked: &[], detail }.draw((target, target), 0))
        };
        // By itself the block has not what the selector asks to stand around it.
        let own = if suspects.anchor == target { draw(Text::Own) } else { None };
        // Words are what a rule that goes by them must find.
        let own_words = own.is_none() || suspects.words.is_some();
        let text = if own_words { Text::Own } else { Text::Neutral };
        let around = fitting(|detail| {
            around(target, suspects.anchor, &Sketch { doc, text, marked: suspects.all, detail })
        });
        let same = draw(if suspects.words.is_some() { Text::Own } else { Text::Neutral });
        let story = suspects
            .words
            .map(|words| format!("<p>[[prose 50]] {} [[prose 50]]</p>", sketch::escaped(words)));
        let elsewhere = "        url: https://elsewhere.example/\n";
        [
            ("the block goes", "", "remove", own),
            ("what stands around it stays", "", "page", around),
            ("the same on another site stays", elsewhere, "keep", same),
            ("a long paragraph with the words stays", "", "keep", story),
        ]
        .into_iter()
        .filter_map(|(name, url, key, snippet)| {
            let snippet = snippet?;
            Some(format!("      - name: {name}\n{url}{}", block(key, &snippet, 8)))
        })
        .collect()
    }
}

/// A snippet in as much detail as there is room for.
fn fitting(draw: impl Fn(Detail) -> String) -> Option<String> {
    let mut snippets = Detail::ALL.into_iter().map(draw);
    snippets.find(|snippet| (1..=MAX_LINES).contains(&snippet.lines().count()))
}

/// The block in its place, other words than its own neutral: with the elements before and after it,
/// within all that is around it up to `anchor`.
fn around(target: NodeId, anchor: NodeId, own: &Sketch<'_>) -> String {
    let doc = own.doc;
    let other = Sketch { text: Text::Neutral, ..*own };
    let mut steps: Vec<NodeId> = selector::ancestors(doc, target)
        .take_while(|id| doc.name(*id).is_some_and(|name| !is_frame(name)))
        .collect();
    let far = steps.iter().position(|id| *id == anchor).map_or(1, |at| at + 1);
    steps.truncate(far);
    steps.reverse();
    let depth = steps.len();
    let mut lines = Vec::new();
    for (i, id) in steps.iter().enumerate() {
        // What stands before it, by which its place is counted.
        if i > 0 {
            let same = before(doc, *id).filter(|other| doc.name(*other) == doc.name(*id));
            lines.extend(empty(doc, *id, same.count(), i));
        }
        lines.push(format!("{}{}", "  ".repeat(i), sketch::open(doc, *id)));
    }
    let sibling = |next: fn(&Document, NodeId) -> Option<NodeId>| {
        let others = std::iter::successors(next(doc, target), move |id| next(doc, *id));
        let mut sketches = others
            .filter(|id| doc.element(*id).is_some())
            .map(|id| (id, other.draw((id, id), depth)));
        sketches.find(|(_, sketch)| !sketch.is_empty())
    };
    // The nearest one before is shown, further ones are only counted.
    let (name, shown) = (doc.name(target), sibling(|doc, id| doc.node(id).prev));
    let further = before(doc, target)
        .filter(|id| doc.name(*id) == name && shown.as_ref().is_none_or(|(shown, _)| shown != id));
    lines.extend(empty(doc, target, further.count(), depth));
    lines.extend(shown.map(|(_, sketch)| sketch));
    lines.push(own.draw((target, target), depth));
    lines.extend(sibling(|doc, id| doc.node(id).next).map(|(_, sketch)| sketch));
    for (i, id) in steps.iter().enumerate().rev() {
        let name = doc.name(*id).map_or("div", |name| name);
        lines.push(format!("{}</{name}>", "  ".repeat(i)));
    }
    lines.join("\n")
}

/// What stands before a node, nearest first.
fn before(doc: &Document, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    std::iter::successors(doc.node(id).prev, |id| doc.node(*id).prev)
}

/// A line of empty elements of the name of `id`.
fn empty(doc: &Document, id: NodeId, count: usize, depth: usize) -> Option<String> {
    let name = doc.name(id)?;
    let tags = format!("<{name}></{name}>").repeat(count.min(MAX_EMPTY));
    (count > 0).then(|| format!("{}{tags}", "  ".repeat(depth)))
}
