//! The map from text to source for everything that is not plain UTF-8.
//!
//! It holds one checkpoint for about every [`STEP`] source bytes; what lies between is decoded
//! again, a byte at a time, when somebody asks. So it costs some two percent of the input.

use std::ops::Range;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};

/// The distance of checkpoints. A lookup walks at most about this many bytes (some ten
/// microseconds), a checkpoint takes 24.
const STEP: usize = 1024;

/// How much on each side of a cut is decoded to prove that the cut holds. Broken bytes reach at
/// most three bytes far (the longest sequence, of GB18030, has four).
const CONTEXT: usize = 64;

/// The most UTF-8 that one fed byte can set free: two pending characters and the one it ends.
const ROOM: usize = 16;

#[derive(Debug)]
pub(super) struct Map {
    checkpoints: Vec<Checkpoint>,
    /// Whether any bytes could not be decoded.
    malformed: bool,
}

/// A place where a character begins in both text and source.
#[derive(Clone, Copy, Debug, Default)]
struct Checkpoint {
    text: usize,
    source: usize,
    state: State,
}

/// The shift state of ISO-2022-JP; all other encodings of the web have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ascii,
    Roman,
    Katakana,
    Jis0208,
}

impl State {
    /// The state that an escape sequence leads to.
    fn of_escape(bytes: &[u8]) -> Option<State> {
        match bytes {
            b"\x1b(B" => Some(State::Ascii),
            b"\x1b(J" => Some(State::Roman),
            b"\x1b(I" => Some(State::Katakana),
            b"\x1b$@" | b"\x1b$B" => Some(State::Jis0208),
            _ => None,
        }
    }

    /// The state after `bytes`, which hold whole escape sequences or none.
    fn after(self, bytes: &[u8]) -> State {
        bytes.windows(3).filter_map(State::of_escape).next_back().unwrap_or(self)
    }

    /// Bytes that bring a fresh decoder into this state. The character after the escape is part
    /// of it: an escape that follows another at once is an error, so the one here must be spent.
    fn prime(self) -> &'static [u8] {
        match self {
            State::Ascii => b"",
            State::Roman => b"\x1b(JA",
            State::Katakana => b"\x1b(I!",
            State::Jis0208 => b"\x1b$B!!",
        }
    }
}

/// Two bytes that read differently in each [`State`].
const PROBE: &[u8] = b"\x5c\x7e";

/// Source bytes that cannot be told apart in the text: in most cases one character.
struct Unit {
    /// Where its bytes begin, escape sequences included.
    start: usize,
    /// Where they begin after the escape sequences.
    content: usize,
    end: usize,
    /// The UTF-8 length of what they decode to; more than one character for some of Big5, none
    /// for escape sequences at the end of the input.
    text_len: usize,
    malformed: bool,
}

/// Walks the units of `body`.
struct Units<'a> {
    encoding: &'static Encoding,
    body: &'a [u8],
    at: usize,
    state: State,
    decoder: Decoder,
}

impl<'a> Units<'a> {
    fn new(encoding: &'static Encoding, body: &'a [u8], from: Checkpoint) -> Units<'a> {
        let decoder = primed(encoding, from.state);
        Units { encoding, body, at: from.source, state: from.state, decoder }
    }

    /// The next unit; its text is appended to `out`.
    fn next(&mut self, out: &mut String) -> Option<Unit> {
        let (start, text_start) = (self.at, out.len());
        let mut end = start;
        let mut malformed = None;
        while out.len() == text_start && malformed.is_none() && end < self.body.len() {
            let byte = self.body.get(end..end + 1)?;
            let last = end + 1 == self.body.len();
            let mut buffer = [0; ROOM];
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(byte, &mut buffer, last);
            append(out, &buffer, written);
            end += read;
            match result {
                DecoderResult::Malformed(bad, extra) => malformed = Some((bad, extra)),
                DecoderResult::InputEmpty if last => break,
                // Room is reserved for whatever a byte can set free.
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
        if end == start && malformed.is_none() {
            return None;
        }
        let mut content = start;
        if let Some((bad, extra)) = malformed {
            // The decoder has taken in bytes of the next unit, and holds on to them. A new one
            // that reads them again sees the same and leaves no state to keep track of.
            end = end.saturating_sub(usize::from(extra)).max(start + 1);
            content = end.saturating_sub(usize::from(bad)).max(start);
            out.push(char::REPLACEMENT_CHARACTER);
        }
        let bytes = self.body.get(start..end).unwrap_or_default();
        if self.encoding == ISO_2022_JP {
            self.state = self.state.after(bytes);
            if malformed.is_none() {
                let escapes = bytes.chunks(3).take_while(|three| State::of_escape(three).is_some());
                content = start + 3 * escapes.count();
            }
        }
        if malformed.is_some() {
            self.decoder = primed(self.encoding, self.state);
        }
        self.at = end;
        let malformed = malformed.is_some();
        Some(Unit { start, content, end, text_len: out.len() - text_start, malformed })
    }
}

fn primed(encoding: &'static Encoding, state: State) -> Decoder {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    if state != State::Ascii {
        // Well formed by construction, and only its effect on the decoder counts.
        let _ = decoder.decode_to_utf8_without_replacement(state.prime(), &mut [0; ROOM], false);
    }
    decoder
}

impl Map {
    /// Decodes `body`, noting checkpoints.
    pub(super) fn build(encoding: &'static Encoding, body: &[u8]) -> (String, Map) {
        let mut text = String::with_capacity(body.len() + body.len() / 2);
        let mut map = Map { checkpoints: Vec::new(), malformed: false };
        let mut at = Checkpoint::default();
        while at.source < body.len() {
            map.checkpoints.push(at);
            match clean_end(encoding, body, at.source) {
                Some(end) => {
                    let chunk = body.get(at.source..end).unwrap_or_default();
                    map.malformed |= decode_chunk(encoding, chunk, &mut text);
                    at.source = end;
                }
                None => {
                    let mut units = Units::new(encoding, body, at);
                    while units.at < (at.source + STEP).min(body.len()) {
                        let Some(unit) = units.next(&mut text) else { break };
                        map.malformed |= unit.malformed;
                    }
                    if units.at == at.source {
                        break;
                    }
                    (at.source, at.state) = (units.at, units.state);
                }
            }
            at.text = text.len();
        }
        (text, map)
    }

    /// The unit boundary at `offset` of the text, before and after the escape sequences there;
    /// `None` within a unit.
    fn locate(
        &self,
        encoding: &'static Encoding,
        body: &[u8],
        offset: usize,
    ) -> Option<(usize, usize)> {
        let from = self.checkpoint_before(offset);
        let mut units = Units::new(encoding, body, from);
        let (mut text, mut scratch) = (from.text, String::new());
        loop {
            let Some(unit) = units.next(&mut scratch) else {
                return (text == offset).then_some((body.len(), body.len()));
            };
            if text == offset {
                return Some((
                    unit.start,
                    if unit.text_len == 0 { unit.end } else { unit.content },
                ));
            }
            text += unit.text_len;
            if text > offset {
                return None;
            }
            scratch.clear();
        }
    }

    /// Where the unit that holds `offset` begins.
    pub(super) fn offset(&self, encoding: &'static Encoding, body: &[u8], offset: usize) -> usize {
        let from = self.checkpoint_before(offset);
        let mut units = Units::new(encoding, body, from);
        let (mut text, mut scratch) = (from.text, String::new());
        while let Some(unit) = units.next(&mut scratch) {
            text += unit.text_len;
            if text > offset {
                return unit.content;
            }
            scratch.clear();
        }
        body.len()
    }

    /// See [`super::Decoded::to_source`].
    pub(super) fn removal(
        &self,
        encoding: &'static Encoding,
        body: &[u8],
        text: &str,
        range: Range<usize>,
    ) -> Option<Range<usize>> {
        let start = self.locate(encoding, body, range.start)?;
        if range.is_empty() {
            return Some(start.0..start.0);
        }
        let end = self.locate(encoding, body, range.end)?;
        // Whole well-formed units after whole well-formed units: nothing can join.
        if encoding != ISO_2022_JP && !self.malformed {
            return Some(start.0..end.0);
        }
        // Escape sequences at the two ends may stay or go; one of the four ways may leave the
        // decoder in the state that the rest needs.
        [(start.0, end.0), (start.0, end.1), (start.1, end.0), (start.1, end.1)]
            .into_iter()
            .find(|&(from, to)| self.proves(encoding, body, text, &range, from..to))
            .map(|(from, to)| from..to)
    }

    /// Whether `body` without `source` decodes to `text` without `range`, judged by decoding from
    /// a checkpoint before it to one behind it.
    fn proves(
        &self,
        encoding: &'static Encoding,
        body: &[u8],
        text: &str,
        range: &Range<usize>,
        source: Range<usize>,
    ) -> bool {
        let left = self.checkpoints.partition_point(|c| c.source + CONTEXT <= source.start);
        let left = self.checkpoints.get(left.saturating_sub(1)).copied().unwrap_or_default();
        let right = self.checkpoints.partition_point(|c| c.source < source.end + CONTEXT);
        let right = self.checkpoints.get(right).copied();
        let (right_text, right_source) =
            right.map_or((text.len(), body.len()), |right| (right.text, right.source));

        let (Some(bytes_before), Some(bytes_after), Some(before), Some(after)) = (
            body.get(left.source..source.start),
            body.get(source.end..right_source),
            text.get(left.text..range.start),
            text.get(range.end..right_text),
        ) else {
            return false;
        };
        let mut bytes = [left.state.prime(), bytes_before, bytes_after].concat();
        let mut wanted = String::new();
        decode_chunk(encoding, left.state.prime(), &mut wanted);
        wanted.push_str(before);
        wanted.push_str(after);
        // The text alone does not tell ASCII from JIS X 0201 Roman, which differ in two
        // characters; the probe has these two.
        if let (Some(right), true) = (right, encoding == ISO_2022_JP) {
            let mut probe = String::new();
            decode_chunk(encoding, right.state.prime(), &mut probe);
            let primed = probe.len();
            probe.clear();
            decode_chunk(encoding, &[right.state.prime(), PROBE].concat(), &mut probe);
            wanted.push_str(probe.get(primed..).unwrap_or_default());
            bytes.extend_from_slice(PROBE);
        }
        let mut found = String::new();
        decode_chunk(encoding, &bytes, &mut found);
        found == wanted
    }

    fn checkpoint_before(&self, offset: usize) -> Checkpoint {
        let after = self.checkpoints.partition_point(|checkpoint| checkpoint.text <= offset);
        self.checkpoints.get(after.saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// The end of a chunk that begins at `at` and can be decoded for itself; `None` where it takes a
/// walk to find one.
fn clean_end(encoding: &'static Encoding, body: &[u8], at: usize) -> Option<usize> {
    if encoding == ISO_2022_JP {
        return None;
    }
    let target = at.saturating_add(STEP);
    if target >= body.len() {
        return Some(body.len());
    }
    if encoding.is_single_byte() {
        return Some(target);
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        let high = if encoding == UTF_16LE { target - 1 } else { target - 2 };
        let splits_pair = body.get(high).is_some_and(|byte| byte & 0xfc == 0xd8);
        return Some(if splits_pair { target - 2 } else { target });
    }
    // No encoding has bytes below 0x30 as the second or later byte of a well-formed character, and
    // after an ill-formed one they stand for themselves.
    let ascii = body.get(at..target)?.iter().rposition(|&byte| byte < 0x30)?;
    Some(at + ascii + 1)
}

/// Appends what `bytes` decode to; `true` if some were malformed.
fn decode_chunk(encoding: &'static Encoding, bytes: &[u8], text: &mut String) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    // Not into the text itself: the decoder first visits all the room it is given.
    let mut buffer = [0; 4 * STEP];
    let (mut at, mut malformed) = (0, false);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (result, read, written, had_errors) = decoder.decode_to_utf8(rest, &mut buffer, true);
        append(text, &buffer, written);
        at += read;
        malformed |= had_errors;
        if result == CoderResult::InputEmpty {
            return malformed;
        }
    }
}

/// Appends the first `written` bytes of `buffer`, which the decoder wrote as UTF-8.
fn append(text: &mut String, buffer: &[u8], written: usize) {
    let written = buffer.get(..written).unwrap_or_default();
    text.push_str(std::str::from_utf8(written).unwrap_or_default());
}
