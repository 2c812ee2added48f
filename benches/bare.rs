//! html5ever with an arena that holds no more than the tree: what a page costs at least.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, LocalName, Namespace, ParseOpts, QualName, parse_document};

type Id = usize;

/// A node's own content.
#[allow(dead_code, reason = "a tree that somebody would read")]
enum NodeData {
    Document,
    Fragment,
    Doctype { name: StrTendril, public: StrTendril, system: StrTendril },
    Comment(StrTendril),
    Text(StrTendril),
    Element { name: QualName, attrs: Vec<Attribute>, template: Option<Id> },
    Instruction { target: StrTendril, data: StrTendril },
}

struct Bare {
    parent: Option<u32>,
    prev: Option<u32>,
    next: Option<u32>,
    first: Option<u32>,
    last: Option<u32>,
    data: NodeData,
}

/// The least a tree sink can do and still build the tree.
#[derive(Default)]
pub(crate) struct Arena(RefCell<Vec<Bare>>);

impl Arena {
    fn add(&self, data: NodeData) -> Id {
        let mut nodes = self.0.borrow_mut();
        nodes.push(Bare { parent: None, prev: None, next: None, first: None, last: None, data });
        nodes.len() - 1
    }
}

fn detach(nodes: &mut [Bare], id: Id) {
    let (parent, prev, next) =
        (nodes[id].parent.take(), nodes[id].prev.take(), nodes[id].next.take());
    let Some(parent) = parent else { return };
    match prev {
        Some(prev) => nodes[prev as usize].next = next,
        None => nodes[parent as usize].first = next,
    }
    match next {
        Some(next) => nodes[next as usize].prev = prev,
        None => nodes[parent as usize].last = prev,
    }
}

fn push(nodes: &mut [Bare], parent: Id, id: Id) {
    let last = nodes[parent].last.replace(id as u32);
    match last {
        Some(last) => nodes[last as usize].next = Some(id as u32),
        None => nodes[parent].first = Some(id as u32),
    }
    nodes[id].parent = Some(parent as u32);
    nodes[id].prev = last;
}

fn insert(nodes: &mut [Bare], sibling: Id, id: Id) {
    let (parent, prev) = (nodes[sibling].parent, nodes[sibling].prev);
    nodes[sibling].prev = Some(id as u32);
    match (prev, parent) {
        (Some(prev), _) => nodes[prev as usize].next = Some(id as u32),
        (None, Some(parent)) => nodes[parent as usize].first = Some(id as u32),
        (None, None) => (),
    }
    (nodes[id].parent, nodes[id].prev, nodes[id].next) = (parent, prev, Some(sibling as u32));
}

fn grow(nodes: &mut [Bare], id: Option<u32>, text: &StrTendril) -> bool {
    match id.map(|id| &mut nodes[id as usize].data) {
        Some(NodeData::Text(old)) => {
            old.push_tendril(text);
            true
        }
        _ => false,
    }
}

#[derive(Debug)]
pub(crate) struct Name<'a>(Ref<'a, QualName>);

impl ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Arena {
    type Handle = Id;
    type Output = Arena;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Arena {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Name<'a> {
        Name(Ref::map(self.0.borrow(), |nodes| match &nodes[*target].data {
            NodeData::Element { name, .. } => name,
            _ => unreachable!(),
        }))
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Id {
        let template = flags.template.then(|| self.add(NodeData::Fragment));
        self.add(NodeData::Element { name, attrs, template })
    }

    fn create_comment(&self, text: StrTendril) -> Id {
        self.add(NodeData::Comment(text))
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Id {
        self.add(NodeData::Instruction { target, data })
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                let last = self.0.borrow()[*parent].last;
                if grow(&mut self.0.borrow_mut(), last, &text) {
                    return;
                }
                self.add(NodeData::Text(text))
            }
        };
        push(&mut self.0.borrow_mut(), *parent, child);
    }

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                let prev = self.0.borrow()[*sibling].prev;
                if grow(&mut self.0.borrow_mut(), prev, &text) {
                    return;
                }
                self.add(NodeData::Text(text))
            }
        };
        let nodes = &mut *self.0.borrow_mut();
        detach(nodes, child);
        insert(nodes, *sibling, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, prev: &Id, child: NodeOrText<Id>) {
        if self.0.borrow()[*element].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev, child);
        }
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        let id = self.add(NodeData::Doctype { name, public, system });
        push(&mut self.0.borrow_mut(), 0, id);
    }

    fn get_template_contents(&self, target: &Id) -> Id {
        match &self.0.borrow()[*target].data {
            NodeData::Element { template: Some(template), .. } => *template,
            _ => *target,
        }
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &Id, attrs: Vec<Attribute>) {
        if let NodeData::Element { attrs: own, .. } = &mut self.0.borrow_mut()[*target].data {
            for attr in attrs {
                if own.iter().all(|old| old.name != attr.name) {
                    own.push(attr);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        detach(&mut self.0.borrow_mut(), *target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        let nodes = &mut *self.0.borrow_mut();
        while let Some(child) = nodes[*node].first {
            detach(nodes, child as usize);
            push(nodes, *new_parent, child as usize);
        }
    }
}

/// Parses a page.
pub(crate) fn parse(source: &str) -> Arena {
    let arena = Arena::default();
    arena.add(NodeData::Document);
    let tree_builder = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    parse_document(arena, ParseOpts { tree_builder, ..ParseOpts::default() }).one(source)
}
