//! Between tokenizer and tree builder: where each token stands.
//!
//! html5ever does not say where a token stands; it follows from how much of the input the tokenizer
//! has left when it hands the token over.

use std::cell::{Cell, RefCell};

use html5ever::LocalName;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};

use super::facts::NOWHERE;
use super::kind::Kind;
use super::parse::{Limits, ParseOptions};
use super::sink::Sink;
use super::stack::{Markup, State};
use super::{Document, NodeId};

/// A limit that was met.
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
    pub(super) input: &'a BufferQueue,
    /// Names of the page, each where it is looked for.
    pub(super) known_names: RefCell<Vec<Option<LocalName>>>,
    limits: Limits,
    /// Whether plain stretches are read without the tokenizer.
    plain: bool,
    pub(super) builder: TreeBuilder<NodeId, Sink>,
    pub(super) state: RefCell<State>,
    /// The bytes fed to the tokenizer so far.
    pub(super) fed: Cell<usize>,
    /// Why and at which byte parsing had to stop.
    pub(super) stop: Cell<Option<(Stop, usize)>>,
}

impl<'a> Tracker<'a> {
    pub(super) fn new(
        source: &'a str,
        input: &'a BufferQueue,
        limits: Limits,
        plain: bool,
    ) -> Tracker<'a> {
        let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        Tracker {
            source,
            input,
            known_names: RefCell::default(),
            limits,
            plain,
            builder: TreeBuilder::new(Sink::new(source), options),
            state: RefCell::new(State::new()),
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

    /// How far the tokenizer has read when it hands over markup. It then has nothing left of what
    /// it read ahead and put back, since all of that came before the `>`.
    fn markup_end(&self) -> u32 {
        let left = self.input.peek_front_chunk_mut().map_or(0, |front| front.len());
        (self.fed.get() - left) as u32
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
    fn markup_start(&self, at: u32, end: u32, opens: impl Fn(&[u8]) -> bool) -> u32 {
        let bytes = self.source.as_bytes();
        let from = at as usize;
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

    pub(super) fn process_text(&self, token: Token, end: u32) -> TokenSinkResult<NodeId> {
        let state = &mut *self.state.borrow_mut();
        if !state.after_body && !state.sorts_text {
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

    fn pass_text(&self, state: &mut State, token: Token, end: u32) -> TokenSinkResult<NodeId> {
        let sink = &self.builder.sink;
        let start = state.at;
        let run = *state.run.get_or_insert(start);
        state.at = end;
        sink.text.set((start, end));
        sink.begin_token(run);
        let result = self.builder.process_token(token, 1);
        if sink.made.get() > 0 || sink.moved.get() || state.sorts_text {
            self.follow(state, &Markup { start, end, tag: None, attributes: 0 });
        }
        result
    }

    fn process_markup(&self, token: Token) -> TokenSinkResult<NodeId> {
        let end = self.markup_end();
        let at = self.at() as u32;
        let start = match &token {
            Token::TagToken(_) => self.markup_start(at, end, opens_tag),
            Token::EOFToken => end,
            _ => self.markup_start(at, end, opens_comment),
        };
        self.process_markup_at(token, start, end)
    }

    /// Passes on the markup that stands there.
    pub(super) fn process_markup_at(
        &self,
        token: Token,
        start: u32,
        end: u32,
    ) -> TokenSinkResult<NodeId> {
        let sink = &self.builder.sink;
        let state = &mut *self.state.borrow_mut();
        let mut attributes = 0;
        let tag = match &token {
            Token::TagToken(tag) => {
                let kind = Kind::of(&tag.name);
                // Every attribute was compared with all before it.
                attributes = tag.attrs.len();
                let names = tag.attrs.iter().map(|attr| &attr.name.local).chain([&tag.name]);
                let names: usize = names.map(|name| state.names.cost(name)).sum();
                sink.add_work(attributes * attributes + names);
                Some((tag.name.clone(), kind, tag.kind))
            }
            _ => None,
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

    pub(super) fn check_limits(&self, state: &State, place: usize) {
        if self.stop.get().is_some() {
            // What is told is where a limit was met first.
            return;
        }
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
            Token::CharacterTokens(_) | Token::NullCharacterToken => {
                let end = self.text_end(self.at() as u32, &token);
                self.process_text(token, end)
            }
            Token::TagToken(_)
            | Token::CommentToken(_)
            | Token::DoctypeToken(_)
            | Token::EOFToken => {
                let letter = match &token {
                    Token::TagToken(tag) => tag.name.bytes().next(),
                    _ => None,
                };
                let result = self.process_markup(token);
                match result {
                    _ if !self.plain => {}
                    TokenSinkResult::RawData(RawKind::ScriptData | RawKind::Rawtext) => {
                        self.read_raw(letter.unwrap_or_default());
                    }
                    TokenSinkResult::RawData(_) | TokenSinkResult::Plaintext => {}
                    _ => self.read_plain(),
                }
                result
            }
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
