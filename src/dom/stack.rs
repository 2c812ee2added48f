//! A copy of the tree builder's stack of open elements, to know when elements end.
//!
//! After every tag the top of the tree builder's stack tells what was opened and closed. In the few
//! cases in which the top does not tell the whole (formatting elements opened again, content moved
//! about) the copy is renewed from the tree builder's own. What ties distant places of the source
//! together goes into the [`Facts`](super::Facts).

use std::cell::RefCell;

use html5ever::interface::Tracer;
use html5ever::tokenizer::{TagKind, TokenSink};
use html5ever::{LocalName, local_name, ns};

use super::facts::NOWHERE;
use super::kind::{Kind, clears_marker, drops_newline, is_heading};
use super::names::Names;
use super::track::Tracker;
use super::{NodeData, NodeId};

/// An element on the stack of open elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    id: NodeId,
    /// The start of the token that made it.
    start: u32,
    /// The end of its own start tag, if it has one.
    content: Option<u32>,
    kind: Kind,
}

/// An entry of the list of active formatting elements.
#[derive(Clone, Copy, Debug)]
struct Active {
    id: NodeId,
    start: u32,
    /// Whether this is the marker that the element `id` put there.
    marker: bool,
}

/// What is known of the parse at the token at hand.
#[derive(Default)]
pub(super) struct State {
    /// The end of the last token.
    pub(super) at: u32,
    /// The start of the text before the token at hand, while there is any.
    pub(super) run: Option<u32>,
    /// The copy of the stack of open elements.
    pub(super) open: Vec<Open>,
    /// The copy of the list of active formatting elements.
    active: Vec<Active>,
    /// The form that `</form>` would close, and the start of its tag.
    pub(super) form: Option<(NodeId, u32)>,
    /// `</body>` was seen, and nothing yet that reopens the body.
    pub(super) after_body: bool,
    /// White space may go another way than the text beside it.
    pub(super) sorts_text: bool,
    pub(super) names: Names,
    /// Scratch for [`Tracker::renew`].
    handles: Vec<NodeId>,
}

impl State {
    pub(super) fn new() -> State {
        State { sorts_text: true, ..State::default() }
    }
}

/// The markup token at hand.
pub(super) struct Markup {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Name, kind and whether it is a start or an end tag; `None` for what is not a tag.
    pub(super) tag: Option<(LocalName, Kind, TagKind)>,
    /// How many attributes it has.
    pub(super) attributes: usize,
}

impl Markup {
    fn end_tag(&self) -> Option<&LocalName> {
        match &self.tag {
            Some((name, _, TagKind::EndTag)) => Some(name),
            _ => None,
        }
    }

    /// Whether it takes away the marker of the element `name`, which it closes.
    fn clears_marker(&self, name: &LocalName) -> bool {
        self.tag.as_ref().is_some_and(|(tag, _, which)| clears_marker(tag, *which, name))
    }

    fn start_tag(&self) -> Option<&LocalName> {
        match &self.tag {
            Some((name, _, TagKind::StartTag)) => Some(name),
            _ => None,
        }
    }
}

/// Collects the handles the tree builder holds.
struct Collect<'a>(RefCell<&'a mut Vec<NodeId>>);

impl Tracer for Collect<'_> {
    type Handle = NodeId;

    fn trace_handle(&self, node: &NodeId) {
        self.0.borrow_mut().push(*node);
    }
}

impl Tracker<'_> {
    /// The tree builder's current node.
    fn top(&self) -> Option<NodeId> {
        let named = &self.builder.sink.named;
        named.set(NodeId::ROOT);
        // Looks at the name of the current node, if there is one.
        let _ = self.builder.adjusted_current_node_present_but_not_in_html_namespace();
        Some(named.get()).filter(|id| *id != NodeId::ROOT)
    }

    /// Brings the copy of the stack up to date after `markup`.
    pub(super) fn follow(&self, state: &mut State, markup: &Markup) {
        let sink = &self.builder.sink;
        let most = u32::from(markup.tag.is_some());
        let plain =
            !sink.moved.get() && sink.made.get() <= most && !self.needs_renewal(state, markup);
        if !(plain && self.follow_top(state, markup)) {
            self.renew(state, markup);
        }
        // Framesets sort text too, but are not followed.
        state.sorts_text = sink.facts.borrow().lost()
            || state.open.last().is_none_or(|open| open.kind.sorts_text());
        #[cfg(all(test, debug_assertions))]
        self.check_copy(state);
        self.check_limits(state, markup.start as usize);
    }

    /// Whether the top of the stack does not tell what this tag did.
    fn needs_renewal(&self, state: &State, markup: &Markup) -> bool {
        let Some((name, kind, which)) = &markup.tag else { return false };
        match (kind, which) {
            // Clean is the end of the last formatting element opened, which is the current node.
            (Kind::Formatting, TagKind::EndTag) => {
                self.builder.sink.add_work(state.active.len());
                match (state.open.last(), state.active.last()) {
                    (Some(open), Some(active)) => {
                        active.marker
                            || open.id != active.id
                            || self.builder.sink.name(open.id).local != *name
                    }
                    _ => true,
                }
            }
            // An `a` or `nobr` in another closes it, and of four like elements the first is dropped.
            (Kind::Formatting, TagKind::StartTag) => {
                let alone = matches!(*name, local_name!("a") | local_name!("nobr"));
                let like = state.active.iter().rev().take_while(|active| !active.marker);
                let like = like.filter(|a| self.builder.sink.name(a.id).local == *name).count();
                self.builder.sink.add_work(like * (1 + markup.attributes));
                like >= if alone { 1 } else { 3 }
            }
            // Clean is the end of the form that the form pointer points to and that is open last.
            (Kind::Form, TagKind::EndTag) => match (state.open.last(), state.form) {
                (Some(open), Some((form, _))) => open.id != form,
                _ => true,
            },
            _ => false,
        }
    }

    /// Brings the copy up to date by the top of the stack alone. Says `false`, having changed
    /// nothing, if that is not enough.
    fn follow_top(&self, state: &mut State, markup: &Markup) -> bool {
        let sink = &self.builder.sink;
        let Some(top) = self.top() else { return state.open.is_empty() };
        if sink.made.get() == 0 {
            return match state.open.iter().rposition(|open| open.id == top) {
                Some(index) => {
                    self.close_above(state, index + 1, markup);
                    true
                }
                None => false,
            };
        }
        let made = sink.last_made.get();
        let Some((parent, usual)) = self.stack_parent(made) else { return false };
        let Some(index) = state.open.iter().rposition(|open| open.id == parent) else {
            return false;
        };
        // What is out of place in a table goes under these without closing the table.
        if !usual && index + 1 != state.open.len() {
            return false;
        }
        if top != made && top != state.open[index].id {
            return false;
        }
        self.close_above(state, index + 1, markup);
        let content = self.place(made, markup);
        if top == made {
            let open = Open { id: made, start: markup.start, content, kind: self.kind(made) };
            state.open.push(open);
            if open.kind == Kind::Formatting || open.kind.sets_marker() {
                let marker = open.kind.sets_marker();
                state.active.push(Active { id: made, start: markup.start, marker });
            }
        }
        if let Some((_, Kind::Form, TagKind::StartTag)) = markup.tag {
            self.note_form(state, made, markup.start);
        }
        true
    }

    /// The element under which `id` was put, and whether it is neither a template nor the root.
    fn stack_parent(&self, id: NodeId) -> Option<(NodeId, bool)> {
        let nodes = self.builder.sink.nodes.borrow();
        let parent = nodes[id.index()].parent?;
        let above = nodes[parent.index()].parent?;
        match nodes[parent.index()].data {
            NodeData::Fragment => Some((above, false)),
            _ => Some((parent, above != NodeId::ROOT)),
        }
    }

    /// Notes where the element `made` by `markup` stands, if that is its own start tag, and gives
    /// the end of that tag.
    fn place(&self, made: NodeId, markup: &Markup) -> Option<u32> {
        let tag = markup.start_tag()?;
        let mut nodes = self.builder.sink.nodes.borrow_mut();
        let node = &mut nodes[made.index()];
        let NodeData::Element(element) = &node.data else { return None };
        let name = &element.name.local;
        let own = name == tag
            || name.eq_ignore_ascii_case(tag)
            || (*tag == local_name!("image") && *name == local_name!("img"));
        if !own {
            return None;
        }
        node.span = Some(markup.start as usize..markup.end as usize);
        if drops_newline(tag) {
            self.builder.sink.facts.borrow_mut().drop_newline_at(markup.end);
        }
        Some(markup.end)
    }

    /// The kind of the element `id`, which is `Other` for all that is not HTML.
    fn kind(&self, id: NodeId) -> Kind {
        let name = self.builder.sink.name(id);
        if name.ns == ns!(html) { Kind::of(&name.local) } else { Kind::Other }
    }

    /// Follows the form pointer at a `<form>` that made an element.
    fn note_form(&self, state: &mut State, form: NodeId, start: u32) {
        let sink = &self.builder.sink;
        let in_template = state.open.iter().any(|open| open.kind == Kind::Template);
        if !in_template && sink.name(form).ns == ns!(html) {
            state.form = Some((form, start));
        }
    }

    /// Closes the open elements from `index` on.
    fn close_above(&self, state: &mut State, index: usize, markup: &Markup) {
        if state.open.len() <= index {
            return;
        }
        let mut markers = Vec::new();
        while state.open.len() > index
            && let Some(open) = state.open.pop()
        {
            let own = state.open.len() == index && self.closes(markup, open.id);
            self.close(open, own, markup);
            if open.kind.sets_marker() {
                markers.push(open.id);
            }
            if own && state.form.is_some_and(|(form, _)| form == open.id) {
                state.form = None;
            }
            if own && state.active.last().is_some_and(|last| last.id == open.id && !last.marker) {
                state.active.pop();
            }
        }
        self.clear_to_markers(state, &markers, markup);
    }

    /// Whether `markup` is the end tag of the element `id`.
    fn closes(&self, markup: &Markup, id: NodeId) -> bool {
        let Some(tag) = markup.end_tag() else { return false };
        let name = self.builder.sink.name(id);
        name.local == *tag
            || name.local.eq_ignore_ascii_case(tag)
            || (is_heading(&name.local) && is_heading(tag))
    }

    /// Notes where an element ends: with the end tag at hand if that is its `own`, else before it.
    fn close(&self, open: Open, own: bool, markup: &Markup) {
        let sink = &self.builder.sink;
        if !own || open.content.is_none() {
            sink.facts.borrow_mut().link(open.start, markup.start);
        }
        if let Some(content) = open.content {
            let node = &mut sink.nodes.borrow_mut()[open.id.index()];
            let end = if own { markup.end } else { markup.start };
            node.span = Some(open.start as usize..end as usize);
            node.inner = Some(content as usize..markup.start as usize);
        }
    }

    /// Follows the clearing of the active formatting elements when these elements, which put
    /// markers there, close.
    fn clear_to_markers(&self, state: &mut State, closed: &[NodeId], markup: &Markup) {
        let Some(first) = closed.first() else { return };
        let sink = &self.builder.sink;
        let marker = state.active.iter().rposition(|active| active.marker).filter(|index| {
            closed.len() == 1
                && state.active[*index].id == *first
                && markup.clears_marker(&sink.name(*first).local)
        });
        let Some(marker) = marker else {
            // A marker stays although its element is gone. Rare enough not to be followed.
            sink.facts.borrow_mut().lose_track();
            return;
        };
        // What was still active ends here, and with it what it did further up.
        for active in state.active.drain(marker..).skip(1) {
            sink.facts.borrow_mut().link(active.start, markup.start);
        }
    }

    /// Renews the copy from the tree builder's own stack and list.
    fn renew(&self, state: &mut State, markup: &Markup) {
        let top = self.top();
        let mut handles = std::mem::take(&mut state.handles);
        handles.clear();
        self.builder.trace_handles(&Collect(RefCell::new(&mut handles)));
        // First the document, then the stack, whose last is the top; then the formatting elements,
        // the head and the form.
        let stack_end = match top {
            Some(top) => handles.iter().position(|id| *id == top).map_or(1, |index| index + 1),
            None => 1,
        };
        let (stack, rest) = handles.split_at(stack_end.min(handles.len()));
        self.renew_open(state, stack.get(1..).unwrap_or_default(), markup);
        self.renew_active(state, rest, markup);
        self.renew_form(state, rest, markup);
        self.builder.sink.add_work(handles.len() + state.active.len());
        state.handles = handles;
    }

    fn renew_open(&self, state: &mut State, stack: &[NodeId], markup: &Markup) {
        let sink = &self.builder.sink;
        let old = std::mem::take(&mut state.open);
        let mut markers = Vec::new();
        // Both are in the order of opening, and what is not in the old one is newly made.
        let mut old = old.into_iter();
        let mut gone = Vec::new();
        for id in stack {
            let known = if *id < sink.first_new.get() {
                loop {
                    match old.next() {
                        Some(open) if open.id == *id => break Some(open),
                        Some(open) => gone.push(open),
                        None => break None,
                    }
                }
            } else {
                None
            };
            let open = known.unwrap_or_else(|| {
                let own = sink.made.get() > 0 && *id == sink.last_made.get();
                let content = if own { self.place(*id, markup) } else { None };
                Open { id: *id, start: markup.start, content, kind: self.kind(*id) }
            });
            state.open.push(open);
        }
        gone.extend(old);
        let lowest = gone.first().map(|open| open.id);
        for open in gone.into_iter().rev() {
            let own = Some(open.id) == lowest && self.closes(markup, open.id);
            self.close(open, own, markup);
            if open.kind.sets_marker() {
                markers.push(open.id);
            }
        }
        self.clear_to_markers(state, &markers, markup);
        // An element that holds nothing is not on the stack.
        let made = sink.last_made.get();
        if sink.made.get() > 0 && state.open.last().is_none_or(|open| open.id != made) {
            self.place(made, markup);
        }
    }

    fn renew_active(&self, state: &mut State, handles: &[NodeId], markup: &Markup) {
        let sink = &self.builder.sink;
        // The rest of the handles are the head and the form.
        let count = handles
            .iter()
            .take_while(|id| Kind::of(&sink.name(**id).local) == Kind::Formatting)
            .count();
        let now = &handles[..count];
        let marker = state.active.iter().rposition(|active| active.marker);
        let fixed = marker.map_or(0, |index| index + 1);
        let before = state.active[..fixed].iter().filter(|active| !active.marker);
        let prefix = before.clone().count();
        if prefix > now.len() || !before.map(|active| active.id).eq(now[..prefix].iter().copied()) {
            // Tokens change only what comes after the last marker.
            sink.facts.borrow_mut().lose_track();
        }
        // As with the stack: what is kept is in order, and the rest is newly made.
        let mut old = state.active.split_off(fixed).into_iter();
        let gone = |active: Active| {
            if active.start != markup.start {
                sink.facts.borrow_mut().link(active.start, markup.start);
            }
        };
        for id in now.get(prefix..).unwrap_or_default() {
            let mut known = None;
            while *id < sink.first_new.get()
                && known.is_none()
                && let Some(active) = old.next()
            {
                if active.id == *id {
                    known = Some(active);
                } else {
                    gone(active);
                }
            }
            let new = Active { id: *id, start: markup.start, marker: false };
            state.active.push(known.unwrap_or(new));
        }
        old.for_each(gone);
        // Markers that the token put there.
        for open in state.open.iter().rev().take_while(|open| open.start == markup.start) {
            if open.kind.sets_marker() && !state.active.iter().any(|a| a.marker && a.id == open.id)
            {
                state.active.push(Active { id: open.id, start: open.start, marker: true });
            }
        }
    }

    fn renew_form(&self, state: &mut State, handles: &[NodeId], markup: &Markup) {
        let sink = &self.builder.sink;
        let is_form = |id: &NodeId| sink.name(*id).local == local_name!("form");
        let now = handles.last().copied().filter(is_form);
        if state.form.map(|(form, _)| form) != now {
            if let Some((_, start)) = state.form {
                sink.facts.borrow_mut().link(start, markup.start);
            }
            state.form = now.map(|form| (form, markup.start));
        }
    }

    /// The copy is what it copies.
    #[cfg(all(test, debug_assertions))]
    fn check_copy(&self, state: &State) {
        let mut handles = Vec::new();
        self.builder.trace_handles(&Collect(RefCell::new(&mut handles)));
        let sink = &self.builder.sink;
        let open: Vec<NodeId> = state.open.iter().map(|open| open.id).collect();
        let active: Vec<NodeId> =
            state.active.iter().filter(|active| !active.marker).map(|active| active.id).collect();
        assert_eq!(open, handles[1..=open.len()], "stack");
        if sink.facts.borrow().lost() {
            return;
        }
        let rest = &handles[1 + open.len()..];
        assert_eq!(active, rest[..active.len()], "formatting elements");
        let rest = &rest[active.len()..];
        assert!(rest.len() <= 2);
        let last = rest.last().filter(|id| sink.name(**id).local == local_name!("form"));
        assert_eq!(state.form.map(|(form, _)| form), last.copied(), "form");
    }

    /// Ends what is still open at the end of the input.
    pub(super) fn finish(&self) {
        let state = &mut *self.state.borrow_mut();
        let markup = Markup { start: state.at, end: state.at, tag: None, attributes: 0 };
        let facts = &self.builder.sink.facts;
        while let Some(open) = state.open.pop() {
            self.close(open, false, &markup);
            facts.borrow_mut().link(open.start, NOWHERE);
        }
        for active in state.active.drain(..) {
            facts.borrow_mut().link(active.start, NOWHERE);
        }
        if let Some((_, start)) = state.form.take() {
            facts.borrow_mut().link(start, NOWHERE);
        }
    }
}
