//! Blocks: the pieces of a document that are judged, and what is measured of them.
//!
//! A block is either an element that is laid out as a block, or a leaf: a maximal run of inline
//! content (text, links, fields, buttons) under one such element, ended by a block or a `br`.
//! Blocks stand in document order; a block's own parts follow it directly, up to its `end`.

use std::collections::HashSet;
use std::ops::Range;

use html5ever::{LocalName, local_name};

use super::flow::{self, Flow};
use crate::dom::{Document, Element, NodeData, NodeId, is_heading};
use crate::rules::source::fold::fold_into;

/// Ends a part of a leaf in folded text: a field, a button, the leaf itself. No phrase crosses it.
pub(crate) const PART: char = '\n';

/// The words a leaf needs to count as a paragraph of running text: about two lines of a page.
pub(crate) const PARAGRAPH_WORDS: u32 = 20;

/// The words of a leaf that is running text, if another one stands beside it: an article has
/// paragraphs side by side, a teaser, a notice or a footer has one.
pub(crate) const PROSE_WORDS: u32 = 30;

/// The words of the shortest headline: links of menus have fewer.
const HEADLINE_WORDS: u32 = 4;

/// The links that make a menu, and the words that each may have.
const MENU_LINKS: u32 = 3;
const MENU_WORDS: u32 = 5;

/// What stands in a page beside its forms, not in them.
const LANDMARKS: [&str; 3] = ["article", "main", "nav"];

/// The links in a form, at most; with more it is the page. On pages with labelled forms any number
/// from 6 to 20 gives the same.
const FORM_LINKS: u32 = 20;

/// The index of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BlockId(pub(crate) u32);

impl BlockId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is counted in a block and all its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measures {
    /// Words of text; a character of a script without spaces is half a word.
    pub(crate) words: u32,
    /// Characters of text.
    pub(crate) chars: u32,
    /// Words that stand in links.
    pub(crate) link_words: u32,
    pub(crate) links: u32,
    pub(crate) fields: u32,
    /// Fields to write in or choose from that a reader gets to: no boxes to tick, no traps for
    /// robots.
    pub(crate) entries: u32,
    pub(crate) buttons: u32,
    pub(crate) email_fields: u32,
    pub(crate) passwords: u32,
    /// Amounts of money.
    pub(crate) amounts: u32,
    /// Bank accounts and addresses of cryptocurrencies.
    pub(crate) accounts: u32,
    pub(crate) headings: u32,
    pub(crate) h1: u32,
    /// Leaves of at least [`PARAGRAPH_WORDS`] words, mostly not links.
    pub(crate) paragraphs: u32,
    /// The words of the longest leaf.
    pub(crate) longest: u32,
    /// Videos, audio, code, quotations, captions, table headings: what no appeal is made of.
    pub(crate) media: u32,
    pub(crate) images: u32,
    /// Quotations within text.
    pub(crate) quotes: u32,
    /// Leaves with text or fields.
    pub(crate) leaves: u32,
    /// Elements that hold a page's content as a whole.
    pub(crate) frames: u32,
    /// Headlines that are links: leaves of which most is linked, a few words or more.
    pub(crate) teasers: u32,
    /// Words of running text: in leaves of at least [`PROSE_WORDS`], mostly not links, of which
    /// two or more stand side by side.
    pub(crate) prose: u32,
}

impl Measures {
    pub(crate) fn add(&mut self, part: &Measures) {
        self.words += part.words;
        self.chars += part.chars;
        self.link_words += part.link_words;
        self.links += part.links;
        self.fields += part.fields;
        self.entries += part.entries;
        self.buttons += part.buttons;
        self.email_fields += part.email_fields;
        self.passwords += part.passwords;
        self.amounts += part.amounts;
        self.accounts += part.accounts;
        self.headings += part.headings;
        self.h1 += part.h1;
        self.paragraphs += part.paragraphs;
        self.longest = self.longest.max(part.longest);
        self.media += part.media;
        self.images += part.images;
        self.quotes += part.quotes;
        self.leaves += part.leaves;
        self.frames += part.frames;
        self.teasers += part.teasers;
        self.prose += part.prose;
    }

    /// The share of the words that stand in links.
    pub(crate) fn link_density(&self) -> f32 {
        if self.words == 0 { 0.0 } else { self.link_words as f32 / self.words as f32 }
    }
}

/// A block.
#[derive(Debug)]
pub(crate) struct Block {
    /// The first and last node; the same one for an element.
    pub(crate) first: NodeId,
    pub(crate) last: NodeId,
    pub(crate) parent: Option<BlockId>,
    /// The block before it under the same parent.
    pub(crate) prev: Option<BlockId>,
    /// The form that it is or is part of.
    pub(crate) form: Option<BlockId>,
    /// The index behind its last part.
    pub(crate) end: u32,
    /// A run of inline content.
    pub(crate) leaf: bool,
    /// In a heading element.
    pub(crate) heading: bool,
    /// Three or more short links in a row, or one of them.
    pub(crate) menu: bool,
    /// A leaf whose links all look like buttons.
    button_row: bool,
    /// A leaf's place in the folded text.
    pub(crate) folded: (u32, u32),
    /// The words of running text on the page before it.
    pub(crate) prose_before: u32,
    pub(crate) measures: Measures,
}

/// The blocks of a document.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) blocks: Vec<Block>,
    /// The folded text of all leaves, each ended by [`PART`]; then that of the page's title.
    pub(crate) folded: String,
    /// Where the title begins in it.
    pub(crate) title_from: u32,
    /// The block that each element belongs to (itself, or the leaf it stands in), in document
    /// order.
    pub(crate) elements: Vec<(NodeId, BlockId)>,
    /// Whether it takes a label somewhere on the page to tell what some field is for.
    labelled: bool,
}

impl Outline {
    pub(crate) fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    /// Reads the blocks of `doc`, leaving out what was removed.
    pub(crate) fn read(doc: &Document) -> Outline {
        Outline::read_with(doc, None)
    }

    /// Reads the blocks of `doc` again after more was removed since the `old` reading. Blocks in
    /// which nothing was, as `touched` tells of each node, are taken over.
    pub(super) fn read_again(doc: &Document, old: &Outline, touched: &[bool]) -> Outline {
        // The label may be gone.
        let old = (!old.labelled).then_some(Old { outline: old, touched, element: 0 });
        Outline::read_with(doc, old)
    }

    fn read_with(doc: &Document, old: Option<Old<'_>>) -> Outline {
        let mut reader = Reader {
            doc,
            flows: flow::of(doc),
            old,
            out: Outline::default(),
            open: Vec::new(),
            last_child: Vec::new(),
            run: None,
            links: 0,
            label: None,
            labelled: HashSet::new(),
            unclear: Vec::new(),
            folded: String::new(),
            spare: String::new(),
        };
        reader.walk();
        reader.end_run();
        let by_label = reader.unclear.iter().filter(|(id, _)| reader.labelled.contains(id));
        let mut out = reader.out;
        for (_, element) in by_label {
            let (_, block) = out.elements[*element];
            out.blocks[block.index()].measures.email_fields += 1;
            out.labelled = true;
        }
        super::prose::find(&mut out.blocks);
        for i in (0..out.blocks.len()).rev() {
            if let Some(parent) = out.blocks[i].parent {
                let part = out.blocks[i].measures;
                out.blocks[parent.index()].measures.add(&part);
            }
        }
        out.find_menus();
        out.find_forms(doc);
        out.title_from = out.folded.len() as u32;
        if let Some(title) = title(doc) {
            fold_into(&title, &mut out.folded);
            out.folded.push(PART);
        }
        out
    }

    /// Whether a leaf is as short as an entry of a list, and no sentence.
    pub(crate) fn is_short_line(&self, leaf: &Block) -> bool {
        let text = self.folded.get(leaf.folded.0 as usize..leaf.folded.1 as usize).unwrap_or("");
        let text = text.split(PART).next().unwrap_or("").trim_end();
        leaf.measures.words <= MENU_WORDS && !text.ends_with(['.', '!', '?', '…', '。', '！', '？'])
    }

    /// Tells of each block which form it is part of. A form around the page says nothing of what is
    /// in it: some sites send all of a page as one.
    fn find_forms(&mut self, doc: &Document) {
        let names = |block: &Block, all: &[&str]| {
            !block.leaf && doc.name(block.first).is_some_and(|name| all.contains(&&**name))
        };
        let landmarks: Vec<u32> = (0..)
            .zip(&self.blocks)
            .filter_map(|(i, block)| names(block, &LANDMARKS).then_some(i))
            .collect();
        for i in 0..self.blocks.len() {
            let block = &self.blocks[i];
            let next = landmarks.partition_point(|landmark| (*landmark as usize) < i);
            let is_page = block.measures.links > FORM_LINKS
                || landmarks.get(next).is_some_and(|landmark| *landmark < block.end);
            let form = if names(block, &["form"]) && !is_page {
                Some(BlockId(i as u32))
            } else {
                block.parent.and_then(|parent| self.block(parent).form)
            };
            self.blocks[i].form = form;
        }
    }

    /// Marks menus and the links in them.
    fn find_menus(&mut self) {
        let mut link_leaves = vec![0u32; self.blocks.len()];
        let mut text_leaves = vec![0u32; self.blocks.len()];
        for i in (0..self.blocks.len()).rev() {
            let block = &mut self.blocks[i];
            let measures = &block.measures;
            if block.leaf && measures.words > 0 {
                let linked = measures.links > 0 && measures.link_density() > 0.9;
                text_leaves[i] = 1;
                link_leaves[i] = u32::from(linked && measures.words <= MENU_WORDS);
                block.menu = measures.links >= MENU_LINKS
                    && !block.button_row
                    && measures.link_density() > 0.8
                    && measures.words <= MENU_WORDS * measures.links;
            } else if !block.leaf {
                block.menu = link_leaves[i] >= MENU_LINKS
                    && link_leaves[i] * 5 >= text_leaves[i] * 4
                    && measures.fields == 0;
            }
            if let Some(parent) = block.parent {
                link_leaves[parent.index()] += link_leaves[i];
                text_leaves[parent.index()] += text_leaves[i];
            }
        }
        for i in 0..self.blocks.len() {
            if !self.blocks[i].leaf && self.blocks[i].menu {
                let mut part = i + 1;
                while part < self.blocks[i].end as usize {
                    // A box that says more than its links do stands in a menu, and is none.
                    let links = link_leaves[part];
                    if links > 0 && links * 2 < text_leaves[part] {
                        part = self.blocks[part].end as usize;
                        continue;
                    }
                    self.blocks[part].menu |= links > 0;
                    part += 1;
                }
            }
        }
    }
}

/// The text of the page's `title`.
fn title(doc: &Document) -> Option<String> {
    let child = |of: NodeId, name: &str| {
        doc.children(of).find(|id| doc.name(*id).is_some_and(|own| &**own == name))
    };
    let head = child(child(NodeId::ROOT, "html")?, "head")?;
    let text = doc.children(child(head, "title")?).next()?;
    match &doc.node(text).data {
        NodeData::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// An outline of the same document from before more was removed.
struct Old<'a> {
    outline: &'a Outline,
    /// For each node, whether anything in it was removed since.
    touched: &'a [bool],
    /// How many of its elements were passed.
    element: usize,
}

impl Old<'_> {
    /// The old block that the node `id` was and, unless something in it was removed, still is,
    /// and its elements. Asked for nodes in the order of the document.
    fn block(&mut self, id: NodeId) -> Option<(Range<usize>, Range<usize>)> {
        if self.touched.get(id.index()).copied().unwrap_or(true) {
            return None;
        }
        let Outline { elements, blocks, .. } = self.outline;
        let passed = elements[self.element..].iter().take_while(|(at, _)| *at != id).count();
        self.element += passed;
        let from = self.element;
        let (_, block) = *elements.get(from)?;
        if blocks[block.index()].first != id || blocks[block.index()].leaf {
            return None;
        }
        let blocks = block.index()..blocks[block.index()].end as usize;
        let inside = |(_, owner): &&(NodeId, BlockId)| blocks.contains(&owner.index());
        self.element = from + elements[from..].iter().take_while(inside).count();
        Some((blocks, from..self.element))
    }
}

/// What is to be read in a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Shown,
    /// Nothing, though the node itself is shown and ends.
    Hidden,
    Nothing,
}

struct Run {
    first: NodeId,
    last: NodeId,
    text: String,
    /// Texts of fields and buttons, each a part of its own.
    parts: Vec<String>,
    measures: Measures,
    shown: bool,
    /// The length of `text` where the open button began.
    button: Option<usize>,
    /// The links that look like buttons.
    button_links: u32,
    /// Where the open link began in `text`.
    link: Option<usize>,
    /// Where the first links stand in `text`.
    row: Vec<(usize, usize)>,
    elements_from: usize,
    in_word: bool,
    half_words: u32,
    link_half_words: u32,
}

struct Reader<'a> {
    doc: &'a Document,
    flows: Vec<Flow>,
    old: Option<Old<'a>>,
    out: Outline,
    open: Vec<BlockId>,
    /// The last part of each block so far.
    last_child: Vec<Option<BlockId>>,
    run: Option<Run>,
    /// How many links are open.
    links: u32,
    /// The open label, and the id of the field it is for.
    label: Option<(NodeId, &'a str)>,
    /// The ids of fields that a label says are for an e-mail address.
    labelled: HashSet<&'a str>,
    /// The ids of fields of which only a label could say that, and their places in the elements.
    unclear: Vec<(&'a str, usize)>,
    /// Scratch for the folded text of a leaf.
    folded: String,
    /// The emptied text of the last run, for the next.
    spare: String,
}

impl<'a> Reader<'a> {
    /// Goes through the shown nodes in document order.
    fn walk(&mut self) {
        let doc = self.doc;
        let mut at = NodeId::ROOT;
        loop {
            let inside = self.enter(at);
            let node = doc.node(at);
            if let Some(child) = node.first_child.filter(|_| inside == Inside::Shown) {
                at = child;
                continue;
            }
            if inside != Inside::Nothing {
                self.leave(at);
            }
            // To the next node, out of all that end before it.
            loop {
                if at == NodeId::ROOT {
                    return;
                }
                let node = doc.node(at);
                if let Some(next) = node.next {
                    at = next;
                    break;
                }
                let Some(parent) = node.parent else { return };
                at = parent;
                self.leave(at);
            }
        }
    }

    fn enter(&mut self, id: NodeId) -> Inside {
        let doc = self.doc;
        let flow = self.flows[id.index()];
        match &doc.node(id).data {
            NodeData::Text(text) if !doc.is_removed(id) => {
                self.text(id, text);
                Inside::Nothing
            }
            NodeData::Element(element) => {
                if flow.skipped || doc.is_removed(id) {
                    return Inside::Nothing;
                }
                if flow.block {
                    self.end_run();
                    if element.name.local != local_name!("br") {
                        if self.take_over(id) {
                            return Inside::Nothing;
                        }
                        let block = self.push_block(id, id, false);
                        self.out.elements.push((id, block));
                        let measures = count_block(element);
                        self.links += measures.links;
                        self.out.blocks[block.index()].measures = measures;
                        self.open.push(block);
                    }
                } else {
                    self.inline(id, element);
                }
                if self.label.is_none() && element.name.local == local_name!("label") {
                    let field = element.attribute(&local_name!("for"));
                    self.label = field.map(|field| (id, field));
                }
                if flow.closed { Inside::Hidden } else { Inside::Shown }
            }
            NodeData::Document => {
                let block = self.push_block(id, id, false);
                self.open.push(block);
                Inside::Shown
            }
            _ => Inside::Nothing,
        }
    }

    fn leave(&mut self, id: NodeId) {
        let Some(element) = self.doc.element(id) else {
            self.end_run();
            self.close();
            return;
        };
        if is_link(element) {
            self.links = self.links.saturating_sub(1);
        }
        if self.label.is_some_and(|(label, _)| label == id) {
            self.label = None;
        }
        if self.flows[id.index()].block {
            if element.name.local != local_name!("br") {
                self.end_run();
                self.close();
            }
        } else if let Some(run) = &mut self.run {
            if is_button(element)
                && let Some(from) = run.button.take()
            {
                let label = run.text[from..].to_string();
                run.parts.push(label);
                run.text.push_str(" | ");
            } else if is_link(element)
                && let Some(from) = run.link.take()
                && run.row.len() < ROW_LINKS
            {
                run.row.push((from, run.text.len()));
            }
        }
    }

    /// Takes the block of the element `id` over from the old outline, if it is as it was.
    fn take_over(&mut self, id: NodeId) -> bool {
        let Some(old) = &mut self.old else { return false };
        let Some((blocks, elements)) = old.block(id) else { return false };
        let old = old.outline;
        let (from, to) = (blocks.start as u32, self.out.blocks.len() as u32);
        let moved = |block: BlockId| BlockId(block.0 - from + to);
        let owned = old.elements[elements].iter().map(|(id, owner)| (*id, moved(*owner)));
        self.out.elements.extend(owned);
        let text_to = self.out.folded.len() as u32;
        let mut text: Option<(u32, u32)> = None;
        let top = self.push_block(id, id, false);
        for (i, block) in old.blocks[blocks.clone()].iter().enumerate() {
            let mut taken = Block { menu: false, prose_before: 0, ..*block };
            if block.leaf {
                let (start, end) = block.folded;
                let (text_from, _) = *text.get_or_insert(block.folded);
                text = Some((text_from, end));
                taken.folded = (start - text_from + text_to, end - text_from + text_to);
                taken.measures.prose = prose(&taken.measures);
            } else if let Some(element) = self.doc.element(block.first) {
                taken.measures = count_block(element);
            }
            taken.end = block.end - from + to;
            if i == 0 {
                let own = &mut self.out.blocks[top.index()];
                (own.end, own.measures) = (taken.end, taken.measures);
                continue;
            }
            taken.parent = block.parent.map(moved);
            taken.prev = block.prev.map(moved);
            self.out.blocks.push(taken);
            self.last_child.push(None);
        }
        if let Some((from, to)) = text {
            self.out.folded.push_str(&old.folded[from as usize..to as usize]);
        }
        true
    }

    fn close(&mut self) {
        if let Some(block) = self.open.pop() {
            self.out.blocks[block.index()].end = self.out.blocks.len() as u32;
        }
    }

    fn push_block(&mut self, first: NodeId, last: NodeId, leaf: bool) -> BlockId {
        let id = BlockId(self.out.blocks.len() as u32);
        let parent = self.open.last().copied();
        let prev = match parent {
            Some(parent) => self.last_child[parent.index()].replace(id),
            None => None,
        };
        self.last_child.push(None);
        let heading = self.doc.name(first).is_some_and(is_heading)
            || self.open.last().is_some_and(|open| self.out.blocks[open.index()].heading);
        self.out.blocks.push(Block {
            first,
            last,
            parent,
            prev,
            form: None,
            end: id.0 + 1,
            leaf,
            heading,
            menu: false,
            button_row: false,
            folded: (0, 0),
            prose_before: 0,
            measures: Measures::default(),
        });
        id
    }

    /// The run that `id` belongs to, begun if need be; `None` if nothing is open.
    fn run(&mut self, id: NodeId) -> &mut Run {
        let top = self.open.last().map(|block| self.out.blocks[block.index()].first);
        let direct = self.doc.node(id).parent == top;
        let elements_from = self.out.elements.len();
        let spare = &mut self.spare;
        let run = self.run.get_or_insert_with(|| Run {
            first: id,
            last: id,
            text: std::mem::take(spare),
            parts: Vec::new(),
            measures: Measures::default(),
            shown: false,
            button: None,
            button_links: 0,
            link: None,
            row: Vec::new(),
            elements_from,
            in_word: false,
            half_words: 0,
            link_half_words: 0,
        });
        if direct {
            run.last = id;
        }
        run
    }

    fn text(&mut self, id: NodeId, text: &str) {
        if let Some((_, field)) = self.label
            && !self.labelled.contains(field)
        {
            let text = text.to_lowercase();
            if EMAIL_WORDS.iter().any(|word| text.contains(word)) {
                self.labelled.insert(field);
            }
        }
        let blank = is_blank(text);
        // White space between blocks is nobody's.
        if self.run.is_none() && blank {
            return;
        }
        let linked = self.links > 0;
        let run = self.run(id);
        run.shown |= !blank;
        run.text.push_str(text);
        let (chars, half_words) = super::words::count(text, &mut run.in_word);
        run.measures.chars += chars;
        run.half_words += half_words;
        if linked {
            run.link_half_words += half_words;
        }
    }

    fn inline(&mut self, id: NodeId, element: &'a Element) {
        let name = &element.name.local;
        let input = *name == local_name!("input");
        let field = input || matches!(*name, local_name!("textarea") | local_name!("select"));
        let kind = field.then(|| element.attribute(&local_name!("type"))).flatten();
        let kind = kind.unwrap_or("").to_ascii_lowercase();
        if input && kind == "hidden" {
            return;
        }
        let linked = is_link(element);
        let asks_for_email = input.then(|| asks_for_email(element, &kind));
        if asks_for_email == Some(Asks::Unclear)
            && let Some(id) = element.attribute(&local_name!("id"))
        {
            self.unclear.push((id, self.out.elements.len()));
        }
        let run = self.run(id);
        let measures = &mut run.measures;
        let label = || {
            ["placeholder", "value", "aria-label", "alt", "title"]
                .into_iter()
                .filter_map(|name| element.attr(name))
                .find(|text| !text.trim().is_empty())
                .unwrap_or("")
                .to_string()
        };
        match *name {
            local_name!("input") if matches!(&*kind, "submit" | "button" | "image" | "reset") => {
                measures.buttons += 1;
                run.parts.push(label());
                run.shown = true;
            }
            local_name!("input") | local_name!("textarea") | local_name!("select") => {
                measures.fields += 1;
                if kind == "password" {
                    measures.passwords += 1;
                }
                if asks_for_email == Some(Asks::Yes) {
                    measures.email_fields += 1;
                }
                let ticked = matches!(&*kind, "checkbox" | "radio");
                if !ticked && element.attr("tabindex") != Some("-1") {
                    measures.entries += 1;
                }
                if !ticked && input {
                    run.parts.push(label());
                }
                run.shown = true;
            }
            local_name!("button") => {
                measures.buttons += 1;
                run.shown = true;
                run.text.push_str(" | ");
                run.button = Some(run.text.len());
                let label = element.attribute(&local_name!("aria-label")).unwrap_or("").to_string();
                if !label.is_empty() {
                    run.parts.push(label);
                }
            }
            local_name!("img") => {
                measures.images += 1;
                if let Some(alt) = element.attribute(&local_name!("alt"))
                    && !alt.trim().is_empty()
                {
                    run.parts.push(alt.to_string());
                }
            }
            local_name!("video")
            | local_name!("audio")
            | local_name!("object")
            | local_name!("embed")
            | local_name!("math") => measures.media += 1,
            local_name!("a") if linked => {
                measures.links += 1;
                if element.attribute(&local_name!("role")) == Some("button") {
                    measures.buttons += 1;
                }
                if let Some(label) = element.attribute(&local_name!("aria-label"))
                    && !label.trim().is_empty()
                {
                    run.parts.push(label.to_string());
                }
                if is_button(element) {
                    run.button_links += 1;
                    run.text.push_str(" | ");
                    run.button = Some(run.text.len());
                } else {
                    run.link = Some(run.text.len());
                }
            }
            _ => {}
        }
        if linked {
            self.links += 1;
        }
        self.out.elements.push((id, BlockId(u32::MAX)));
    }

    /// Closes the run, as a leaf if it shows anything.
    fn end_run(&mut self) {
        let Some(mut run) = self.run.take() else { return };
        // White space behind the last shown node is nobody's either.
        while run.last != run.first
            && let NodeData::Text(text) = &self.doc.node(run.last).data
            && is_blank(text)
            && let Some(prev) = self.shown_before(run.last)
        {
            run.last = prev;
        }
        let block = if run.shown || run.measures.images > 0 || run.measures.media > 0 {
            self.leaf(&mut run)
        } else {
            self.open.last().copied().unwrap_or(BlockId(0))
        };
        for (_, owner) in &mut self.out.elements[run.elements_from..] {
            *owner = block;
        }
        run.text.clear();
        self.spare = run.text;
    }

    fn shown_before(&self, id: NodeId) -> Option<NodeId> {
        let mut at = self.doc.node(id).prev;
        while let Some(id) = at {
            if !self.doc.is_removed(id) {
                return Some(id);
            }
            at = self.doc.node(id).prev;
        }
        None
    }

    fn leaf(&mut self, run: &mut Run) -> BlockId {
        let id = self.push_block(run.first, run.last, true);
        let from = self.out.folded.len();
        // Links side by side and nothing else are a row of buttons.
        let linked = run.link_half_words * 10 >= run.half_words * 9;
        if linked && (2..=ROW_LINKS).contains(&run.row.len()) {
            run.parts.extend(run.row.iter().map(|(from, to)| run.text[*from..*to].to_string()));
        }
        let scratch = &mut self.folded;
        scratch.clear();
        fold_into(&run.text, scratch);
        self.out.folded.push_str(scratch);
        self.out.folded.push(PART);
        for part in &run.parts {
            scratch.clear();
            fold_into(part, scratch);
            if !scratch.is_empty() {
                self.out.folded.push_str(scratch);
                self.out.folded.push(PART);
            }
        }
        let block = &mut self.out.blocks[id.index()];
        block.folded = (from as u32, self.out.folded.len() as u32);
        block.button_row = run.button_links == run.measures.links && run.measures.links > 0;
        let mut measures = run.measures;
        measures.words = run.half_words.div_ceil(2);
        measures.link_words = run.link_half_words.div_ceil(2).min(measures.words);
        measures.longest = measures.words;
        measures.leaves = 1;
        measures.quotes = quotations(&run.text);
        if measures.words >= PARAGRAPH_WORDS && measures.link_words * 2 < measures.words {
            measures.paragraphs = 1;
        }
        measures.prose = prose(&measures);
        let links = measures.links.max(1);
        if measures.link_density() > 0.6 && measures.link_words >= HEADLINE_WORDS * links {
            measures.teasers = links;
        }
        if run.text.bytes().any(|b| b.is_ascii_digit()) {
            measures.amounts = super::money::amounts(&run.text);
            measures.accounts = super::money::accounts(&run.text);
        }
        block.measures = measures;
        id
    }
}

fn is_blank(text: &str) -> bool {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let rest = text.bytes().take_while(is_space).count();
    // Other white space is not ASCII.
    match text.as_bytes().get(rest) {
        Some(byte) => !byte.is_ascii() && text[rest..].chars().all(char::is_whitespace),
        None => true,
    }
}

/// The number of quotations in a text, by their opening marks.
fn quotations(text: &str) -> u32 {
    let is_opening = |c: &char| matches!(c, '“' | '„' | '«' | '「' | '『');
    let opening = if text.is_ascii() { 0 } else { text.chars().filter(is_opening).count() };
    let straight = text.bytes().filter(|b| *b == b'"').count() / 2;
    (opening + straight) as u32
}

/// What a block's own element counts for.
fn count_block(element: &Element) -> Measures {
    let mut measures = Measures { links: u32::from(is_link(element)), ..Measures::default() };
    match element.name.local {
        local_name!("h1") => {
            measures.headings += 1;
            measures.h1 += 1;
        }
        ref name if is_heading(name) => measures.headings += 1,
        local_name!("pre")
        | local_name!("blockquote")
        | local_name!("figcaption")
        | local_name!("th")
        | local_name!("video")
        | local_name!("audio") => measures.media += 1,
        local_name!("button") => measures.buttons += 1,
        _ if is_frame(&element.name.local) => measures.frames += 1,
        _ => {}
    }
    measures
}

/// The words of running text of a leaf.
fn prose(leaf: &Measures) -> u32 {
    let running = leaf.words >= PROSE_WORDS && leaf.link_words * 3 < leaf.words;
    if running { leaf.words } else { 0 }
}

/// Elements that hold a page's content as a whole.
pub(crate) fn is_frame(name: &LocalName) -> bool {
    matches!(*name, local_name!("html") | local_name!("body") | local_name!("main"))
}

fn is_link(element: &Element) -> bool {
    element.name.local == local_name!("a") && element.attribute(&local_name!("href")).is_some()
}

/// Whether an element looks like a button, whose label is a text of its own: many are links that a
/// class makes look so.
fn is_button(element: &Element) -> bool {
    element.name.local == local_name!("button")
        || is_link(element)
            && (element.attribute(&local_name!("role")) == Some("button")
                || element
                    .attribute(&local_name!("class"))
                    .is_some_and(|class| BUTTON_CLASSES.iter().any(|name| class.contains(name))))
}

/// The most links of a row whose texts are taken for labels of buttons.
const ROW_LINKS: usize = 6;

/// What the classes of links that look like buttons are made of.
const BUTTON_CLASSES: [&str; 4] = ["btn", "Btn", "button", "Button"];

/// What names and labels of fields for an e-mail address say, in lower case.
const EMAIL_WORDS: [&str; 14] = [
    "email",
    "e-mail",
    "mail address",
    "correo",
    "courriel",
    "posta elettronica",
    "e-post",
    "sähköposti",
    "почт",
    "メール",
    "邮箱",
    "郵箱",
    "이메일",
    "البريد",
];

/// Whether a field asks for an e-mail address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Yes,
    No,
    /// Unless its label says so.
    Unclear,
}

/// Whether a field asks for an e-mail address: by its type, or because its own names say so.
fn asks_for_email(element: &Element, kind: &str) -> Asks {
    if kind == "email" {
        return Asks::Yes;
    }
    if !matches!(kind, "" | "text") {
        return Asks::No;
    }
    let named = ["name", "id", "placeholder", "autocomplete", "aria-label", "class", "title"]
        .into_iter()
        .filter_map(|name| element.attr(name))
        .any(|value| {
            let value = value.to_lowercase();
            value == "mail" || EMAIL_WORDS.iter().any(|word| value.contains(word))
        });
    if named { Asks::Yes } else { Asks::Unclear }
}
