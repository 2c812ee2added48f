//! What was read of a document and stays true when parts of it are taken out.
//!
//! After each round of cuts the document is read again. What an element's own mark-up says, and
//! what the text of a leaf says, is remembered from the round before.

use std::ops::Range;

use html5ever::local_name;

use super::block::Outline;
use super::names::{Found, Seen};
use super::phrases::Hit;
use super::selectors::Lead;
use crate::dom::{Document, Element, NodeId};
use crate::rules::compile::Compiled;

/// Something that an element's own mark-up shows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shown {
    /// The place that a link leads to.
    Link(Found),
    /// A word of a class or another name.
    Name(Found),
    /// A selector matches, or may; whether it does then depends on what is around.
    Selector(Lead),
}

/// What is remembered of one document.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    shown: Vec<Shown>,
    /// For each node, where its part of `shown` is, if it was read.
    elements: Vec<Option<(u32, u32)>>,
    texts: String,
    hits: Vec<Hit>,
    /// For each node with which a leaf began, one more than the leaf's index.
    starts: Vec<u32>,
    leaves: Vec<(Range<usize>, Range<usize>)>,
    /// The blocks, as they were last read, and which nodes were removed then.
    pub(super) outline: Option<Outline>,
    pub(super) removed: Vec<bool>,
    /// The places at which phrases may still be compared with the text.
    pub(super) places: Option<u64>,
}

/// What is only needed while reading.
#[derive(Default)]
pub(crate) struct Scratch<'a> {
    seen: Seen<'a>,
    target: String,
    leads: Vec<Lead>,
}

impl Memory {
    /// A memory for a document of so many nodes.
    pub(crate) fn new(nodes: usize) -> Memory {
        Memory { elements: vec![None; nodes], starts: vec![0; nodes], ..Memory::default() }
    }

    /// Takes the blocks of a reading that is over, for the next.
    pub(crate) fn keep(&mut self, outline: Outline) {
        self.outline = Some(outline);
    }

    /// For each node, whether anything in it was removed since the document was last read.
    pub(super) fn touched(&self, doc: &Document) -> Vec<bool> {
        let mut touched = vec![false; doc.nodes.len()];
        for id in (0..doc.removed.len()).filter(|id| doc.removed[*id]) {
            if self.removed.get(id) == Some(&true) {
                continue;
            }
            let mut around = Some(NodeId(id as u32));
            while let Some(at) = around.filter(|at| !touched[at.index()]) {
                touched[at.index()] = true;
                around = doc.node(at).parent;
            }
        }
        touched
    }

    /// What the mark-up of the element `id` shows.
    pub(crate) fn shown<'a>(
        &mut self,
        id: NodeId,
        element: &'a Element,
        rules: &Compiled,
        scratch: &mut Scratch<'a>,
    ) -> &[Shown] {
        let known = self.elements.get(id.index()).copied().flatten();
        let (from, to) = known.unwrap_or_else(|| {
            let from = self.shown.len() as u32;
            self.read(element, rules, scratch);
            let range = (from, self.shown.len() as u32);
            if let Some(element) = self.elements.get_mut(id.index()) {
                *element = Some(range);
            }
            range
        });
        &self.shown[from as usize..to as usize]
    }

    fn read<'a>(&mut self, element: &'a Element, rules: &Compiled, scratch: &mut Scratch<'a>) {
        let Scratch { seen, target, leads } = scratch;
        let shown = &mut self.shown;
        rules.names.find(element, seen, |found| shown.push(Shown::Name(found)));
        if let Some(place) = element
            .attribute(&local_name!("href"))
            .or_else(|| element.attribute(&local_name!("action")))
        {
            rules.links.find(place, target, |found| shown.push(Shown::Link(found)));
        }
        rules.selectors.index.find(element, leads);
        shown.extend(leads.iter().map(|lead| Shown::Selector(*lead)));
    }

    /// The phrases in the folded `text` of the leaf that begins with the node `first`.
    pub(crate) fn hits(&mut self, first: NodeId, text: &str, rules: &Compiled) -> &[Hit] {
        let start = self.starts.get(first.index()).map_or(0, |start| *start as usize);
        let known = start.checked_sub(1).and_then(|leaf| self.leaves.get(leaf)).cloned();
        let known = known.filter(|(known, _)| self.texts.get(known.clone()) == Some(text));
        let hits = known.map_or_else(|| self.search(first, text, rules), |(_, hits)| hits);
        &self.hits[hits]
    }

    fn search(&mut self, first: NodeId, text: &str, rules: &Compiled) -> Range<usize> {
        let from = self.texts.len();
        self.texts.push_str(text);
        let hits_from = self.hits.len();
        let places = self.places.get_or_insert(0);
        rules.phrases.find(text, places, |hit| self.hits.push(hit));
        let hits = hits_from..self.hits.len();
        self.leaves.push((from..self.texts.len(), hits.clone()));
        if let Some(start) = self.starts.get_mut(first.index()) {
            *start = self.leaves.len() as u32;
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::parse::{ParseOptions, parse};
    use crate::dom::soup::{page, soup, thick_soup};
    use crate::dom::tests::config;
    use proptest::prelude::*;

    /// Takes out the blocks that `cuts` choose, one after the other, and compares each reading
    /// that takes over what it can with one that does not.
    fn check(source: &str, cuts: &[usize]) {
        let Ok(mut doc) = parse(source, &ParseOptions::default()) else { return };
        let mut memory = Memory::new(doc.nodes.len());
        let mut outline = Outline::read(&doc);
        for cut in cuts {
            let block = &outline.blocks[cut % outline.blocks.len()];
            if block.first == NodeId::ROOT {
                continue;
            }
            memory.removed.clone_from(&doc.removed);
            doc.remove_run(block.first, block.last);
            outline = Outline::read_again(&doc, &outline, &memory.touched(&doc));
            assert_eq!(format!("{outline:?}"), format!("{:?}", Outline::read(&doc)), "{source}");
        }
    }

    #[test]
    fn what_is_taken_over_is_what_would_be_read() {
        let field = "<label for=a>E-Mail</label><form><p>x</p><input id=a></form>";
        let page = format!(
            "<title>t</title><h1>Mill</h1>{field}<a href=x><h2>y</h2>z</a><ul><li>a<li>b</ul>\
             <p>c<br>d</p>e<div>f</div>g"
        );
        for first in 0..24 {
            for second in 0..24 {
                check(&page, &[first, second, 2]);
            }
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn what_is_taken_over_of_soup_too(
            source in prop_oneof![page(), soup(), thick_soup()],
            cuts in prop::collection::vec(0..1000_usize, 1..5),
        ) {
            check(&source, &cuts);
        }
    }
}
