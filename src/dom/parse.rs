//! HTML to [`Document`], with byte spans.

use std::fmt;

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};

use super::Document;
use super::track::{Stop, Tracker};

/// Browsers stop nesting here too (Blink's `kMaximumHTMLParserDOMTreeDepth`).
const MAX_DEPTH: usize = 512;

/// Some gigabytes of memory; a page of that many nodes has hundreds of megabytes.
const MAX_NODES: usize = 16_000_000;

/// Fed to the tokenizer at a time. Bounds what it can do before limits are looked at again.
const CHUNK: usize = 64 * 1024;

/// No tag of a real page comes near; html5ever compares every attribute with all before it.
const MAX_ATTRIBUTES: usize = 16_384;

/// Work out of proportion to the bytes read that a page of any length may cause: well under a
/// second.
const WORK: u64 = 1 << 28;

/// Nodes a page of any length may have beyond one for each byte.
const SPARE_NODES: usize = 64 * 1024;

/// What a page may demand of the parser.
#[derive(Clone, Debug)]
pub(crate) struct ParseOptions {
    /// How deep elements may nest.
    pub(crate) max_depth: usize,
    /// How many nodes the document may have.
    pub(crate) max_nodes: usize,
}

impl Default for ParseOptions {
    fn default() -> ParseOptions {
        ParseOptions { max_depth: MAX_DEPTH, max_nodes: MAX_NODES }
    }
}

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) byte: usize,
    /// Counted from one.
    pub(crate) line: usize,
}

/// Why a page could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ParseError {
    /// The source is longer than 32-bit offsets reach.
    TooLong { bytes: usize },
    /// Elements nest deeper than [`ParseOptions::max_depth`].
    TooDeep { limit: usize, at: Place },
    /// There are more nodes than [`ParseOptions::max_nodes`].
    TooManyNodes { limit: usize, at: Place },
    /// The markup makes the parser do much work for few bytes.
    Tangled { at: Place },
    /// A tag has more attributes than the parser takes.
    TooManyAttributes { limit: usize, at: Place },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}", self.line, self.byte)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseError::TooLong { bytes } => {
                write!(f, "the page has {bytes} bytes, more than 4 GiB; split it")
            }
            ParseError::TooDeep { limit, at } => write!(
                f,
                "elements nest more than {limit} deep at {at}; close what is left open there or \
                 raise the depth limit"
            ),
            ParseError::TooManyNodes { limit, at } => {
                write!(f, "more than {limit} nodes at {at}; split the page or raise the node limit")
            }
            ParseError::Tangled { at } => write!(
                f,
                "the markup before {at} makes the parser repeat itself out of all proportion to \
                 its length; look for formatting elements left open and for thousands of \
                 attributes or of made-up names"
            ),
            ParseError::TooManyAttributes { limit, at } => write!(
                f,
                "the tag at {at} has more than {limit} attributes; look for a missing quote"
            ),
        }
    }
}

impl std::error::Error for ParseError {}

/// The limits that hold for one page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) depth: usize,
    pub(super) nodes: usize,
    /// More nodes than bytes come only of formatting elements opened again and again.
    pub(super) growth: usize,
    pub(super) work: u64,
}

impl Limits {
    fn of(source: &str, options: &ParseOptions) -> Limits {
        Limits {
            depth: options.max_depth,
            nodes: options.max_nodes,
            growth: source.len().saturating_add(SPARE_NODES),
            work: WORK.saturating_add(source.len() as u64 * 64),
        }
    }
}

/// Parses `source`, which is without byte order mark, as an HTML document.
///
/// As in a browser without scripts: `noscript` holds elements. A fragment is a document too; the
/// parser makes up the `html`, `head` and `body` around it, which then have no span.
pub(crate) fn parse(source: &str, options: &ParseOptions) -> Result<Document, ParseError> {
    parse_as(source, options, Reading { chunk: CHUNK, plain: true })
}

/// How the tokenizer comes by its input. What it makes of it is always the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// How many bytes it is fed at a time.
    pub(super) chunk: usize,
    /// Whether plain stretches are read without it.
    pub(super) plain: bool,
}

pub(super) fn parse_as(
    source: &str,
    options: &ParseOptions,
    reading: Reading,
) -> Result<Document, ParseError> {
    if source.len() >= u32::MAX as usize {
        return Err(ParseError::TooLong { bytes: source.len() });
    }
    let limits = Limits::of(source, options);
    let input = BufferQueue::default();
    let tracker = Tracker::new(source, &input, limits, reading.plain);
    let tokenizer =
        Tokenizer::new(tracker, TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let mut open_tag = OpenTag::default();
    let mut rest = source;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(chunk_end(rest, reading.chunk));
        rest = tail;
        input.push_back(StrTendril::from_slice(head));
        tokenizer.sink.fed.set(source.len() - rest.len());
        // The tokenizer also comes back at scripts and declared encodings, to be called again.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        if let Some((stop, byte)) = tokenizer.sink.stop.get() {
            return Err(stopped(stop, place(source, byte), &limits));
        }
        let at = tokenizer.sink.at();
        if open_tag.count(source, at, source.len() - rest.len()) > MAX_ATTRIBUTES {
            let at = place(source, at);
            return Err(ParseError::TooManyAttributes { limit: MAX_ATTRIBUTES, at });
        }
    }
    tokenizer.end();
    match tokenizer.sink.stop.get() {
        Some((stop, byte)) => Err(stopped(stop, place(source, byte), &limits)),
        None => Ok(tokenizer.sink.into_document(options.clone())),
    }
}

/// The end of a chunk of about `size` bytes, and at least one character.
fn chunk_end(source: &str, size: usize) -> usize {
    (size..source.len()).find(|end| source.is_char_boundary(*end)).unwrap_or(source.len())
}

fn stopped(stop: Stop, at: Place, limits: &Limits) -> ParseError {
    match stop {
        Stop::Depth => ParseError::TooDeep { limit: limits.depth, at },
        Stop::Nodes => ParseError::TooManyNodes { limit: limits.nodes, at },
        Stop::Work | Stop::Growth => ParseError::Tangled { at },
    }
}

fn place(source: &str, byte: usize) -> Place {
    let before = &source.as_bytes()[..byte.min(source.len())];
    Place { byte, line: 1 + before.iter().filter(|b| **b == b'\n').count() }
}

/// Counts the attributes of a tag that has not ended yet.
///
/// The tokenizer hands over whole tags only, and by then has compared all attributes of the tag
/// with each other.
#[derive(Default)]
struct OpenTag {
    /// The end of the token before the tag.
    start: usize,
    /// How far the tag has been read.
    read: usize,
    state: Within,
    attributes: usize,
}

/// Where in a tag.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    /// Between attributes, or in the tag's name.
    #[default]
    Gap,
    Name,
    AfterName,
    /// After `=`.
    Equals,
    Value,
    Quoted(u8),
}

impl OpenTag {
    /// An upper bound of the attributes in what the tokenizer has read, up to `end`, since the end
    /// of the last token at `start`.
    fn count(&mut self, source: &str, start: usize, end: usize) -> usize {
        if start != self.start {
            *self = OpenTag { start, read: start, ..OpenTag::default() };
        }
        let bytes = source.as_bytes().get(self.read..end).unwrap_or_default();
        for byte in bytes {
            let space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0C');
            self.state = match (self.state, byte) {
                (Within::Quoted(quote), b) if *b == quote => Within::Gap,
                (Within::Quoted(quote), _) => Within::Quoted(quote),
                (Within::Equals, b'"' | b'\'') => Within::Quoted(*byte),
                (Within::Equals, _) if space => Within::Equals,
                (Within::Equals | Within::Value, _) if !space => Within::Value,
                (Within::Name | Within::AfterName, b'=') => Within::Equals,
                (_, b'/') => Within::Gap,
                (Within::Name | Within::AfterName, _) if space => Within::AfterName,
                _ if space => Within::Gap,
                (Within::Gap | Within::AfterName, _) => {
                    self.attributes += 1;
                    Within::Name
                }
                (state, _) => state,
            };
        }
        self.read = end;
        self.attributes
    }
}
