//! Whether two documents have the same tree.

use std::borrow::Cow;
use std::fmt;

use super::{Document, NodeData, NodeId, Span};

/// Nodes to leave out, with all that is in them.
#[derive(Debug)]
pub(crate) struct Removed(Vec<bool>);

impl Removed {
    pub(crate) fn none(document: &Document) -> Removed {
        Removed(vec![false; document.nodes.len()])
    }

    pub(crate) fn insert(&mut self, id: NodeId) {
        if let Some(removed) = self.0.get_mut(id.index()) {
            *removed = true;
        }
    }

    pub(crate) fn contains(&self, id: NodeId) -> bool {
        self.0.get(id.index()).copied().unwrap_or(false)
    }
}

/// The first place at which two trees differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Where the node that was to be found stands in the source, if it has a place.
    pub(crate) span: Option<Span>,
    pub(crate) wanted: String,
    pub(crate) found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is wanted", self.wanted)?;
        if let Some(span) = &self.span {
            write!(f, " (bytes {} to {})", span.start, span.end)?;
        }
        write!(f, " but there is {}", self.found)
    }
}

/// Whether `document` without the nodes in `removed` has the same tree as `other`: the same names,
/// attributes and text. Text nodes that stand next to each other count as one.
pub(crate) fn compare(
    document: &Document,
    removed: &Removed,
    other: &Document,
) -> Result<(), Difference> {
    let mut wanted = Walk::new(document, Some(removed));
    let mut found = Walk::new(other, None);
    loop {
        let (node, step) = wanted.step();
        let (_, other_step) = found.step();
        if step != other_step {
            return Err(Difference {
                span: node.and_then(|id| document.node(id).span.clone()),
                wanted: step.to_string(),
                found: other_step.to_string(),
            });
        }
        if step == Step::End {
            return Ok(());
        }
    }
}

/// A step of a walk through a tree.
#[derive(Debug)]
enum Step<'a> {
    /// Into a node that can have children.
    Open(&'a NodeData),
    /// Out of it.
    Close,
    /// Past a comment or doctype.
    Leaf(&'a NodeData),
    Text(Cow<'a, str>),
    End,
}

impl PartialEq for Step<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Step::Open(a), Step::Open(b)) | (Step::Leaf(a), Step::Leaf(b)) => same(a, b),
            (Step::Text(a), Step::Text(b)) => a == b,
            (Step::Close, Step::Close) | (Step::End, Step::End) => true,
            _ => false,
        }
    }
}

fn same(a: &NodeData, b: &NodeData) -> bool {
    match (a, b) {
        (NodeData::Document, NodeData::Document) | (NodeData::Fragment, NodeData::Fragment) => true,
        (NodeData::Element(a), NodeData::Element(b)) => a.name == b.name && a.attrs == b.attrs,
        (NodeData::Comment(a), NodeData::Comment(b)) => a == b,
        (
            NodeData::Doctype { name, public, system },
            NodeData::Doctype { name: other_name, public: other_public, system: other_system },
        ) => name == other_name && public == other_public && system == other_system,
        (
            NodeData::Instruction { target, data },
            NodeData::Instruction { target: other_target, data: other_data },
        ) => target == other_target && data == other_data,
        _ => false,
    }
}

/// What of a text or comment a message shows.
const SHOWN: usize = 40;

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |text: &str| text.chars().take(SHOWN).collect::<String>();
        match self {
            Step::Open(NodeData::Element(element)) => write!(f, "<{}>", element.name.local),
            Step::Open(_) => write!(f, "the content of a template"),
            Step::Leaf(NodeData::Comment(text)) => write!(f, "the comment {:?}", short(text)),
            Step::Leaf(_) => write!(f, "a doctype"),
            Step::Text(text) => write!(f, "the text {:?}", short(text)),
            Step::Close => write!(f, "the end of an element"),
            Step::End => write!(f, "the end"),
        }
    }
}

/// A walk through a tree in document order.
struct Walk<'a> {
    document: &'a Document,
    removed: Option<&'a Removed>,
    /// For each node the walk is in, the child that comes next.
    next: Vec<Option<NodeId>>,
}

impl<'a> Walk<'a> {
    fn new(document: &'a Document, removed: Option<&'a Removed>) -> Walk<'a> {
        let first = document.nodes.first().and_then(|root| root.first_child);
        Walk { document, removed, next: vec![first] }
    }

    /// The first of `id` and the nodes after it that is not left out.
    fn kept(&self, mut id: Option<NodeId>) -> Option<NodeId> {
        while let Some(removed) = self.removed
            && let Some(node) = id
            && removed.contains(node)
        {
            id = self.document.node(node).next;
        }
        id
    }

    fn step(&mut self) -> (Option<NodeId>, Step<'a>) {
        let Some(next) = self.next.pop() else { return (None, Step::End) };
        let Some(id) = self.kept(next) else {
            return (None, if self.next.is_empty() { Step::End } else { Step::Close });
        };
        let node = self.document.node(id);
        let mut after = self.kept(node.next);
        let step = match &node.data {
            NodeData::Text(text) => {
                let mut text = Cow::Borrowed(&**text);
                while let Some(id) = after
                    && let NodeData::Text(more) = &self.document.node(id).data
                {
                    text.to_mut().push_str(more);
                    after = self.kept(self.document.node(id).next);
                }
                self.next.push(after);
                Step::Text(text)
            }
            NodeData::Element(element) => {
                self.next.extend([after, node.first_child]);
                if element.template.is_some() {
                    self.next.push(element.template);
                }
                Step::Open(&node.data)
            }
            NodeData::Fragment => {
                self.next.extend([after, node.first_child]);
                Step::Open(&node.data)
            }
            _ => {
                self.next.push(after);
                Step::Leaf(&node.data)
            }
        };
        (Some(id), step)
    }
}
