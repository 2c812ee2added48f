//! Between tokenizer and tree builder: where each token stands, and which elements it closes.
//!
//! html5ever says neither where a token stands nor, for most elements, when they end. The first
//! follows from how much of the input the tokenizer has left when it hands over a token; the
//! second from watching the top of the tree builder's stack of open elements, of which this keeps
//! a copy. In the few cases in which the top does not tell the whole (formatting elements opened
//! again, content moved about) the copy is renewed from the tree builder's own.

use std::cell::{Cell, RefCell};

use html5ever::interface::Tracer;
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{LocalName, local_name, ns};

use super::facts::NOWHERE;
use super::parse::{Limits, ParseOptions};
use super::sink::Sink;
use super::{Document, NodeData, NodeId};

/// A limit that was met, and the place where.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    Depth,
    Nodes,
    Growth,
    Work,
}

/// The tokenizer's sink: notes where tokens stand and passes them on to the tree builder.
pub(super) struct Tracker<'a> {
    source: &'a str,
    /// What the tokenizer has yet to read of what it was fed.
    input: &'a BufferQueue,
    limits: Limits,
    builder: TreeBuilder<NodeId, Sink>,
    state: RefCell<State>,
    /// The bytes fed to the tokenizer so far.
    pub(super) fed: Cell<usize>,
    /// Why and at which byte parsing had to stop.
    pub(super) stop: Cell<Option<(Stop, usize)>>,
}

/// An element on the stack of open elements.
#[derive(Clone, Copy, Debug)]
struct Open {
    id: NodeId,
    /// The start of the token that made it.
    start: u32,
    /// The end of its own start tag, if it has one.
    content: Option<u32>,
}

/// An entry of the list of active formatting elements.
#[derive(Clone, Copy, Debug)]
struct Active {
    id: NodeId,
    start: u32,
    /// Whether this is the marker that the element `id` put there.
    marker: bool,
}

#[derive(Default)]
struct State {
    /// The end of the last token.
    at: u32,
    /// The start of the text before the token at hand, while there is any.
    run: Option<u32>,
    /// The copy of the stack of open elements.
    open: Vec<Open>,
    /// The copy of the list of active formatting elements.
    active: Vec<Active>,
    /// The form that `</form>` would close, and the start of its tag.
    form: Option<(NodeId, u32)>,
    /// `</body>` was seen, and nothing yet that reopens the body.
    after_body: bool,
    /// Scratch for [`Tracker::renew`].
    handles: Vec<NodeId>,
}

/// What the rules below distinguish elements by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Formatting,
    /// Puts a marker into the list of active formatting elements.
    Marker,
    Form,
    Frameset,
    Html,
    Body,
    Other,
}

impl Kind {
    fn of(name: &LocalName) -> Kind {
        match *name {
            local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u") => Kind::Formatting,
            local_name!("applet")
            | local_name!("caption")
            | local_name!("marquee")
            | local_name!("object")
            | local_name!("td")
            | local_name!("template")
            | local_name!("th") => Kind::Marker,
            local_name!("form") => Kind::Form,
            local_name!("frameset") => Kind::Frameset,
            local_name!("html") => Kind::Html,
            local_name!("body") => Kind::Body,
            _ => Kind::Other,
        }
    }
}

/// The markup token at hand.
struct Markup {
    start: u32,
    end: u32,
    /// Name, kind and whether it is a start or an end tag; `None` for what is not a tag.
    tag: Option<(LocalName, Kind, TagKind)>,
    /// How many attributes it has.
    attributes: usize,
}

impl Markup {
    fn end_tag(&self) -> Option<&LocalName> {
        match &self.tag {
            Some((name, _, TagKind::EndTag)) => Some(name),
            _ => None,
        }
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

impl<'a> Tracker<'a> {
    pub(super) fn new(source: &'a str, input: &'a BufferQueue, limits: Limits) -> Tracker<'a> {
        let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        Tracker {
            source,
            input,
            limits,
            builder: TreeBuilder::new(Sink::new(source), options),
            state: RefCell::default(),
            fed: Cell::new(0),
            stop: Cell::new(None),
        }
    }

    /// The end of the last token.
    pub(super) fn at(&self) -> usize {
        self.state.borrow().at as usize
    }

    pub(super) fn into_document(self, options: ParseOptions) -> Document {
        let sink = self.builder.sink;
        let mut facts = sink.facts.into_inner();
        facts.finish();
        Document { facts, options, ..Document::new(sink.nodes.into_inner()) }
    }

    /// How far the tokenizer has read.
    fn offset(&self) -> u32 {
        let Some(front) = self.input.pop_front() else { return self.fed.get() as u32 };
        let mut left = front.len();
        if !self.input.is_empty() {
            // What was read ahead and put back stands in buffers of its own.
            let mut rest = Vec::new();
            while let Some(buffer) = self.input.pop_front() {
                left += buffer.len();
                rest.push(buffer);
            }
            for buffer in rest.into_iter().rev() {
                self.input.push_front(buffer);
            }
        }
        self.input.push_front(front);
        (self.fed.get() - left) as u32
    }

    /// The start of the markup that ends at `end`: the first `<` at or after the end of the last
    /// token that `opens` it.
    fn markup_start(&self, state: &State, end: u32, opens: impl Fn(&[u8]) -> bool) -> u32 {
        let bytes = self.source.as_bytes();
        let from = state.at as usize;
        let is_start =
            |at: usize| bytes.get(at) == Some(&b'<') && bytes.get(at + 1..).is_some_and(&opens);
        (from..end as usize).find(|at| is_start(*at)).unwrap_or(from) as u32
    }

    /// The end of the text `token` after the token that ended at `at`.
    fn text_end(&self, at: u32, token: &Token) -> u32 {
        let bytes = self.source.as_bytes();
        let rest = bytes.get(at as usize..).unwrap_or_default();
        if let Token::CharacterTokens(text) = token
            && rest.starts_with(text.as_bytes())
            && !matches!(rest.first(), Some(b'&'))
            && !rest.starts_with(b"<![CDATA[")
        {
            // What stands in the source as it is read. The tokenizer may have read one character
            // more, to tell that a `<` is text.
            return at + text.len() as u32;
        }
        let end = self.offset();
        // Of `\r\n` it makes a newline before it reads the second.
        let crlf = end.checked_sub(1).and_then(|end| bytes.get(end as usize..));
        end + u32::from(crlf.is_some_and(|rest| rest.starts_with(b"\r\n")))
    }

    /// Skips `</>`, which is an error and nothing else.
    fn skip_nothing(&self) {
        let at = &mut self.state.borrow_mut().at;
        let end = *at as usize + 3;
        if self.source.get(*at as usize..end) == Some("</>") && self.offset() as usize == end {
            *at = end as u32;
        }
    }

    fn process_text(&self, token: Token) -> TokenSinkResult<NodeId> {
        let state = &mut *self.state.borrow_mut();
        let end = self.text_end(state.at, &token);
        if !state.after_body && self.takes_all_text(state) {
            return self.pass_text(state, token, end);
        }
        // White space may go one way and what stands beside it another.
        let Token::CharacterTokens(mut text) = token else {
            self.leave_after_body(state, state.at, false);
            return self.pass_text(state, token, end);
        };
        while let Some((length, blank)) = first_run(&text)
            && length < text.len()
        {
            let run = text.subtendril(0, length as u32);
            text.pop_front(length as u32);
            self.leave_after_body(state, state.at, blank);
            let run_end = state.at + length as u32;
            // What the tree builder says of text is always to go on.
            let _ = self.pass_text(state, Token::CharacterTokens(run), run_end);
        }
        self.leave_after_body(state, state.at, text.starts_with(is_space));
        self.pass_text(state, Token::CharacterTokens(text), end)
    }

    /// Whether all text goes to the same place, be it white space or not.
    fn takes_all_text(&self, state: &State) -> bool {
        let name = |open: &Open| self.builder.sink.name(open.id).local.clone();
        let in_body = state.open.get(1).is_some_and(|open| name(open) == local_name!("body"));
        in_body
            && state.open.last().is_some_and(|open| {
                !matches!(name(open), local_name!("colgroup") | local_name!("template"))
            })
    }

    fn pass_text(&self, state: &mut State, token: Token, end: u32) -> TokenSinkResult<NodeId> {
        let sink = &self.builder.sink;
        let start = state.at;
        let run = *state.run.get_or_insert(start);
        state.at = end;
        sink.text.set((start, end));
        sink.begin_token(run);
        let result = self.builder.process_token(token, 1);
        self.follow(state, &Markup { start, end, tag: None, attributes: 0 });
        result
    }

    fn process_markup(&self, token: Token) -> TokenSinkResult<NodeId> {
        let sink = &self.builder.sink;
        let end = self.offset();
        let state = &mut *self.state.borrow_mut();
        let mut attributes = 0;
        let (start, tag) = match &token {
            Token::TagToken(tag) => {
                let kind = Kind::of(&tag.name);
                // Every attribute was compared with all before it.
                attributes = tag.attrs.len();
                sink.add_work(attributes * attributes);
                (self.markup_start(state, end, opens_tag), Some((tag.name.clone(), kind, tag.kind)))
            }
            Token::EOFToken => (end, None),
            _ => (self.markup_start(state, end, opens_comment), None),
        };
        // Nothing is done at a doctype, not even with text that is held back.
        let doctype = matches!(token, Token::DoctypeToken(_));
        let run = if doctype { state.run } else { state.run.take() };
        sink.text.set((run.unwrap_or(start), start));
        sink.markup.set((start, end));
        state.at = end;
        sink.begin_token(start);
        let markup = Markup { start, end, tag, attributes };
        if state.open.is_empty() && !matches!(token, Token::CommentToken(_)) {
            // Once there was a tag, even one that is ignored, a doctype is too late.
            sink.facts.borrow_mut().link(start, NOWHERE);
        }
        if let Some((_, kind, which)) = &markup.tag {
            match kind {
                Kind::Html | Kind::Body if *which == TagKind::EndTag => {
                    if self.adjusted_current_node_present_but_not_in_html_namespace() {
                        // What comes next does not reopen the body while it is foreign.
                        sink.facts.borrow_mut().lose_track();
                    }
                    sink.facts.borrow_mut().link(start, NOWHERE);
                    state.after_body = true;
                }
                Kind::Html => (),
                Kind::Frameset => sink.facts.borrow_mut().lose_track(),
                _ => self.leave_after_body(state, start, false),
            }
        }
        let last = matches!(token, Token::EOFToken);
        let result = self.builder.process_token(token, 1);
        if let Some(run) = run
            && (sink.moved.get() || sink.made.get() > u32::from(!last))
        {
            // What moved may be the text before, held back until now.
            sink.facts.borrow_mut().link(run, if last { NOWHERE } else { start });
        }
        if !last {
            self.follow(state, &markup);
        }
        result
    }

    /// After `</body>` the first thing that is not white space reopens the body.
    fn leave_after_body(&self, state: &mut State, place: u32, is_blank: bool) {
        if state.after_body && !is_blank {
            state.after_body = false;
            self.builder.sink.facts.borrow_mut().link(place, NOWHERE);
        }
    }

    /// The tree builder's current node.
    fn top(&self) -> Option<NodeId> {
        let named = &self.builder.sink.named;
        named.set(NodeId::ROOT);
        // Looks at the name of the current node, if there is one.
        let _ = self.builder.adjusted_current_node_present_but_not_in_html_namespace();
        Some(named.get()).filter(|id| *id != NodeId::ROOT)
    }

    /// Brings the copy of the stack up to date after `markup`.
    fn follow(&self, state: &mut State, markup: &Markup) {
        let sink = &self.builder.sink;
        let most = u32::from(markup.tag.is_some());
        let plain =
            !sink.moved.get() && sink.made.get() <= most && !self.needs_renewal(state, markup);
        if !(plain && self.follow_top(state, markup)) {
            self.renew(state, markup);
        }
        #[cfg(test)]
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
            state.open.push(Open { id: made, start: markup.start, content });
            self.activate(state, made, markup.start);
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

    /// Enters an element that was just opened into the list of active formatting elements, if it
    /// belongs there.
    fn activate(&self, state: &mut State, id: NodeId, start: u32) {
        let name = self.builder.sink.name(id);
        if name.ns != ns!(html) {
            return;
        }
        match Kind::of(&name.local) {
            Kind::Formatting => state.active.push(Active { id, start, marker: false }),
            Kind::Marker => state.active.push(Active { id, start, marker: true }),
            _ => (),
        }
    }

    /// Follows the form pointer at a `<form>` that made an element.
    fn note_form(&self, state: &mut State, form: NodeId, start: u32) {
        let sink = &self.builder.sink;
        let in_template = state.open.iter().any(|open| {
            let name = sink.name(open.id);
            name.ns == ns!(html) && name.local == local_name!("template")
        });
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
            if self.is_marker(open.id) {
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

    fn is_marker(&self, id: NodeId) -> bool {
        let name = self.builder.sink.name(id);
        Kind::of(&name.local) == Kind::Marker && name.ns == ns!(html)
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
                && clears_marker(markup, &sink.name(*first).local)
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
        self.builder.sink.add_work(handles.len());
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
                Open { id: *id, start: markup.start, content }
            });
            state.open.push(open);
        }
        gone.extend(old);
        let lowest = gone.first().map(|open| open.id);
        for open in gone.into_iter().rev() {
            let own = Some(open.id) == lowest && self.closes(markup, open.id);
            self.close(open, own, markup);
            if self.is_marker(open.id) {
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
        let old = state.active.split_off(fixed);
        for id in now.get(prefix..).unwrap_or_default() {
            let known = old.iter().find(|active| active.id == *id).copied();
            let new = Active { id: *id, start: markup.start, marker: false };
            state.active.push(known.unwrap_or(new));
        }
        for active in old {
            if !now.contains(&active.id) && active.start != markup.start {
                sink.facts.borrow_mut().link(active.start, markup.start);
            }
        }
        // Markers that the token put there.
        for open in state.open.iter().rev().take_while(|open| open.start == markup.start) {
            if self.is_marker(open.id) && !state.active.iter().any(|a| a.marker && a.id == open.id)
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
    #[cfg(test)]
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

    fn check_limits(&self, state: &State, place: usize) {
        let sink = &self.builder.sink;
        let nodes = sink.nodes.borrow().len();
        let stop = if state.open.len() > self.limits.depth {
            Stop::Depth
        } else if nodes > self.limits.nodes {
            Stop::Nodes
        } else if nodes > self.limits.growth {
            Stop::Growth
        } else if sink.work.get() > self.limits.work {
            Stop::Work
        } else {
            return;
        };
        self.stop.set(Some((stop, place)));
    }

    /// Ends what is still open at the end of the input.
    fn finish(&self) {
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

impl TokenSink for Tracker<'_> {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        if self.stop.get().is_some() {
            return TokenSinkResult::Continue;
        }
        match token {
            // Passed on since the tree builder forgets at errors that it was to skip a newline.
            Token::ParseError(_) => {
                self.skip_nothing();
                self.builder.process_token(token, line)
            }
            Token::CharacterTokens(_) | Token::NullCharacterToken => self.process_text(token),
            Token::TagToken(_)
            | Token::CommentToken(_)
            | Token::DoctypeToken(_)
            | Token::EOFToken => self.process_markup(token),
        }
    }

    fn end(&self) {
        self.builder.end();
        self.finish();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Whether a tag that closes the element `name`, which put a marker into the list of active
/// formatting elements, takes the marker away.
fn clears_marker(markup: &Markup, name: &LocalName) -> bool {
    let Some((tag, _, which)) = &markup.tag else { return false };
    match *name {
        local_name!("caption") | local_name!("td") | local_name!("th") => match *tag {
            local_name!("table") => *which == TagKind::EndTag,
            local_name!("caption")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("tr") => true,
            _ => false,
        },
        _ => *which == TagKind::EndTag && tag == name,
    }
}

/// Whether a newline right after this start tag is not text.
fn drops_newline(name: &LocalName) -> bool {
    matches!(*name, local_name!("pre") | local_name!("listing") | local_name!("textarea"))
}

fn is_heading(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("h1")
            | local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6")
    )
}

/// The length of the first run of white space or of anything else, and whether it is white space.
fn first_run(text: &str) -> Option<(usize, bool)> {
    let blank = is_space(text.chars().next()?);
    let length = text.find(|c| is_space(c) != blank).unwrap_or(text.len());
    Some((length, blank))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0C' | '\r')
}

/// Whether a `<` before these bytes opens a tag.
fn opens_tag(rest: &[u8]) -> bool {
    match rest {
        [b'/', letter, ..] | [letter, ..] => letter.is_ascii_alphabetic(),
        [] => false,
    }
}

/// Whether a `<` before these bytes opens a comment, a doctype, or what the parser takes for one.
fn opens_comment(rest: &[u8]) -> bool {
    match rest {
        [b'!' | b'?', ..] => true,
        [b'/', next, ..] => !next.is_ascii_alphabetic() && *next != b'>',
        _ => false,
    }
}
