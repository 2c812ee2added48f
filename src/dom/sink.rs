//! The tree builder's hands: they put nodes into the arena.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, Namespace, QualName};

use super::facts::{Facts, NOWHERE};
use super::{Element, Node, NodeData, NodeId};

/// Builds the arena and notes what each token did to it.
pub(super) struct Sink {
    pub(super) nodes: RefCell<Vec<Node>>,
    pub(super) facts: RefCell<Facts>,
    /// The start of the token at hand; of text, that of the first token since the last markup.
    pub(super) token: Cell<u32>,
    /// Where the markup at hand stands.
    pub(super) markup: Cell<(u32, u32)>,
    /// Where the text at hand stands: the token's own place, or, while markup is at hand, that of
    /// the text before it, since text in tables is held back until the next tag.
    pub(super) text: Cell<(u32, u32)>,
    /// How many elements the token at hand made, and the last of them.
    pub(super) made: Cell<u32>,
    pub(super) last_made: Cell<NodeId>,
    /// The node that was next to be made when the token at hand came.
    pub(super) first_new: Cell<NodeId>,
    /// Whether the token at hand moved nodes or put one elsewhere than at the end of its parent.
    pub(super) moved: Cell<bool>,
    /// The last element the tree builder asked the name of.
    pub(super) named: Cell<NodeId>,
    /// Work so far that is not in proportion to the bytes read.
    pub(super) work: Cell<u64>,
}

/// The name of an element in the arena.
#[derive(Debug)]
pub(super) struct Name<'a>(Ref<'a, QualName>);

impl ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl Sink {
    pub(super) fn new(source: &str) -> Sink {
        // Saved pages have a node every 84 bytes.
        let mut nodes = Vec::with_capacity(source.len() / 64 + 16);
        nodes.push(Node::new(NodeData::Document));
        Sink {
            nodes: RefCell::new(nodes),
            facts: RefCell::default(),
            token: Cell::default(),
            markup: Cell::default(),
            text: Cell::default(),
            made: Cell::new(0),
            last_made: Cell::new(NodeId::ROOT),
            first_new: Cell::new(NodeId::ROOT),
            moved: Cell::new(false),
            named: Cell::new(NodeId::ROOT),
            work: Cell::new(0),
        }
    }

    /// Forgets what the last token did.
    pub(super) fn begin_token(&self, start: u32) {
        self.token.set(start);
        self.made.set(0);
        self.moved.set(false);
        self.first_new.set(NodeId(self.nodes.borrow().len() as u32));
    }

    pub(super) fn add_work(&self, work: usize) {
        self.work.set(self.work.get().saturating_add(work as u64));
    }

    pub(super) fn name(&self, id: NodeId) -> Ref<'_, QualName> {
        Ref::map(self.nodes.borrow(), |nodes| match &nodes[id.index()].data {
            NodeData::Element(element) => &element.name,
            _ => unreachable!("only elements are asked for their name"),
        })
    }

    /// Notes that the token at hand and `place` mean what they mean only together.
    fn tie(&self, place: u32) {
        self.facts.borrow_mut().link(self.token.get(), place);
    }
}

/// Where the node starts, for a tie to it.
fn start_of(node: &Node) -> u32 {
    node.span.as_ref().map_or(NOWHERE, |span| span.start as u32)
}

/// Makes a node for `data` that stands at `span`.
fn add(nodes: &mut Vec<Node>, data: NodeData, (start, end): (u32, u32)) -> NodeId {
    let id = NodeId(nodes.len() as u32);
    let mut node = Node::new(data);
    node.span = Some(start as usize..end as usize);
    nodes.push(node);
    id
}

/// Makes `child`, which has no parent, the last child of `parent`.
fn push_child(nodes: &mut [Node], parent: NodeId, child: NodeId) {
    let last = nodes[parent.index()].last_child.replace(child);
    match last {
        Some(last) => nodes[last.index()].next = Some(child),
        None => nodes[parent.index()].first_child = Some(child),
    }
    let node = &mut nodes[child.index()];
    node.parent = Some(parent);
    node.prev = last;
}

/// Puts `child`, which has no parent, before `sibling`, which has one.
fn insert_before(nodes: &mut [Node], sibling: NodeId, child: NodeId) {
    let Node { parent, prev, .. } = nodes[sibling.index()];
    nodes[sibling.index()].prev = Some(child);
    match (prev, parent) {
        (Some(prev), _) => nodes[prev.index()].next = Some(child),
        (None, Some(parent)) => nodes[parent.index()].first_child = Some(child),
        (None, None) => (),
    }
    let node = &mut nodes[child.index()];
    node.parent = parent;
    node.prev = prev;
    node.next = Some(sibling);
}

/// Takes `child` away from its parent, if it has one.
fn detach(nodes: &mut [Node], child: NodeId) {
    let node = &mut nodes[child.index()];
    let Some(parent) = node.parent.take() else { return };
    let (prev, next) = (node.prev.take(), node.next.take());
    match prev {
        Some(prev) => nodes[prev.index()].next = next,
        None => nodes[parent.index()].first_child = next,
    }
    match next {
        Some(next) => nodes[next.index()].prev = prev,
        None => nodes[parent.index()].last_child = prev,
    }
}

/// Adds `text` to the text node `id`, if there is one.
fn grow_text(nodes: &mut [Node], id: Option<NodeId>, text: &StrTendril) -> Option<NodeId> {
    let id = id?;
    match &mut nodes[id.index()].data {
        NodeData::Text(old) => {
            old.push_tendril(text);
            Some(id)
        }
        _ => None,
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Sink;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Sink {
        self
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        NodeId::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Name<'a> {
        self.named.set(*target);
        Name(self.name(*target))
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let id = NodeId(nodes.len() as u32);
        self.made.set(self.made.get() + 1);
        self.last_made.set(id);
        self.add_work(attrs.len());
        nodes.push(Node::new(NodeData::Element(Element {
            name,
            attrs,
            template: None,
            integration_point: flags.mathml_annotation_xml_integration_point,
        })));
        if flags.template {
            let content = NodeId(nodes.len() as u32);
            let mut fragment = Node::new(NodeData::Fragment);
            fragment.parent = Some(id);
            nodes.push(fragment);
            if let NodeData::Element(element) = &mut nodes[id.index()].data {
                element.template = Some(content);
            }
        }
        id
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        add(&mut self.nodes.borrow_mut(), NodeData::Comment(text), self.markup.get())
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        let data = NodeData::Instruction { target, data };
        add(&mut self.nodes.borrow_mut(), data, self.markup.get())
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let nodes = &mut *self.nodes.borrow_mut();
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                let span = self.text.get();
                let last = nodes[parent.index()].last_child;
                if let Some(id) = grow_text(nodes, last, &text) {
                    if id.index() + 1 != nodes.len() {
                        self.facts.borrow_mut().scatter(id);
                        self.tie(start_of(&nodes[id.index()]));
                    } else if let Some(old) = &mut nodes[id.index()].span {
                        old.end = span.1 as usize;
                    }
                    return;
                }
                add(nodes, NodeData::Text(text), span)
            }
        };
        push_child(nodes, *parent, child);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.moved.set(true);
        self.facts.borrow_mut().foster();
        let nodes = &mut *self.nodes.borrow_mut();
        if let Some(parent) = nodes[sibling.index()].parent {
            self.tie(start_of(&nodes[parent.index()]));
        }
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                let prev = nodes[sibling.index()].prev;
                let old = grow_text(nodes, prev, &text);
                let id = old.unwrap_or_else(|| add(nodes, NodeData::Text(text), self.text.get()));
                self.facts.borrow_mut().scatter(id);
                if old.is_some() {
                    return;
                }
                id
            }
        };
        detach(nodes, child);
        insert_before(nodes, *sibling, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        prev_element: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = self.nodes.borrow()[element.index()].parent.is_some();
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.moved.set(true);
            self.facts.borrow_mut().foster();
            self.tie(NOWHERE);
            self.append(prev_element, child);
        }
    }

    fn append_doctype_to_document(
        &self,
        name: StrTendril,
        public_id: StrTendril,
        system_id: StrTendril,
    ) {
        let nodes = &mut *self.nodes.borrow_mut();
        let data = NodeData::Doctype { name, public: public_id, system: system_id };
        let id = add(nodes, data, self.markup.get());
        push_child(nodes, NodeId::ROOT, id);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        match &self.nodes.borrow()[target.index()].data {
            NodeData::Element(Element { template: Some(content), .. }) => *content,
            _ => *target,
        }
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        if attrs.is_empty() {
            return;
        }
        self.tie(NOWHERE);
        if let NodeData::Element(element) = &mut self.nodes.borrow_mut()[target.index()].data {
            self.add_work(attrs.len() * element.attrs.len());
            for attr in attrs {
                if element.attrs.iter().all(|old| old.name != attr.name) {
                    element.attrs.push(attr);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.moved.set(true);
        detach(&mut self.nodes.borrow_mut(), *target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.moved.set(true);
        let nodes = &mut *self.nodes.borrow_mut();
        while let Some(child) = nodes[node.index()].first_child {
            detach(nodes, child);
            push_child(nodes, *new_parent, child);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &NodeId) -> bool {
        match &self.nodes.borrow()[target.index()].data {
            NodeData::Element(element) => element.integration_point,
            _ => false,
        }
    }

    // Shadow roots are for pages that run; here a template stays a template.
    fn allow_declarative_shadow_roots(&self, _parent: &NodeId) -> bool {
        false
    }
}
