//! From bytes to text, with the way back.
//!
//! Everything after this module works on text; cuts are made in the source's own bytes. A
//! [`Decoded`] therefore knows for every character where its bytes stand, and refuses a cut that
//! would make the bytes around it decode to anything else.

mod choose;
mod map;
mod prescan;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Range};

use encoding_rs::{Encoding, UTF_8};

use self::map::Map;
use crate::text::Kind;

/// Decoded input.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    /// The text, without a byte order mark; borrowed where the source is valid UTF-8.
    pub(crate) text: Cow<'a, str>,
    /// The encoding the source was read in.
    pub(crate) encoding: &'static Encoding,
    /// The source after its byte order mark.
    body: &'a [u8],
    /// The length of the byte order mark.
    mark: usize,
    /// `None` where text and body are the same bytes.
    map: Option<Map>,
}

/// Decodes `bytes`. A byte order mark has the first word, then `hint`, then what the bytes say of
/// themselves; what HTML declares in its markup is read only for [`Kind::Html`], which is also
/// the kind to give when the kind is not known yet.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    hint: Option<&'static Encoding>,
    kind: Kind,
) -> Decoded<'a> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (choose::encoding(bytes, hint, kind == Kind::Html), 0),
    };
    let body = bytes.get(mark..).unwrap_or_default();
    let borrowed = if encoding == UTF_8 || (encoding.is_ascii_compatible() && body.is_ascii()) {
        std::str::from_utf8(body).ok()
    } else {
        None
    };
    let (text, map) = match borrowed {
        Some(text) => (Cow::Borrowed(text), None),
        None => {
            let (text, map) = Map::build(encoding, body);
            (Cow::Owned(text), Some(map))
        }
    };
    Decoded { text, encoding, body, mark, map }
}

impl Decoded<'_> {
    /// The source bytes to take out so that exactly `range` of the text is gone: what is left
    /// decodes to the rest of the text. `None` where no such bytes exist: the range splits a
    /// source character, stops half way between two shift states, or would let broken bytes on
    /// its two sides join.
    ///
    /// Ranges that touch must be merged first: two stateful ranges may share an escape sequence.
    pub(crate) fn to_source(&self, range: Range<usize>) -> Option<Range<usize>> {
        if range.start > range.end
            || !self.text.is_char_boundary(range.start)
            || !self.text.is_char_boundary(range.end)
        {
            return None;
        }
        let found = match &self.map {
            None => range,
            Some(map) => map.removal(self.encoding, self.body, &self.text, range)?,
        };
        Some(found.start + self.mark..found.end + self.mark)
    }

    /// Where in the source the character at `offset` of the text begins, for reports.
    pub(crate) fn source_offset(&self, offset: usize) -> usize {
        self.mark
            + match &self.map {
                None => offset.min(self.body.len()),
                Some(map) => map.offset(self.encoding, self.body, offset),
            }
    }

    /// The first character of the text that begins at `offset` of the source or after it, for
    /// reports.
    pub(crate) fn text_offset(&self, offset: usize) -> usize {
        let (mut low, mut high) = (0, self.text.len());
        while low < high {
            let middle = self.text.floor_char_boundary(low + (high - low) / 2);
            if self.source_offset(middle) >= offset {
                high = middle;
            } else {
                low = self.text.ceil_char_boundary(middle + 1);
            }
        }
        low
    }

    /// Whether taking `cuts` out of the source leaves bytes that decode to the text without
    /// their ranges. Each pair is a range of the text and what [`Decoded::to_source`] gave for
    /// it, in order. Each cut is proved when it is mapped; this proves them together, which says
    /// more only where broken bytes stand within a few characters of two cuts.
    pub(crate) fn holds(&self, cuts: &[(Range<usize>, Range<usize>)]) -> bool {
        if self.map.is_none() {
            return true;
        }
        let (mut bytes, mut text) = (Vec::new(), String::new());
        let (mut text_at, mut byte_at) = (0, self.mark);
        let end = (self.text.len()..self.text.len(), self.mark + self.body.len()..0);
        for (gone, source) in cuts.iter().chain(std::iter::once(&end)) {
            let (Some(kept), Some(kept_bytes)) = (
                self.text.get(text_at..gone.start),
                source
                    .start
                    .checked_sub(self.mark)
                    .and_then(|end| self.body.get(byte_at - self.mark..end)),
            ) else {
                return false;
            };
            text.push_str(kept);
            bytes.extend_from_slice(kept_bytes);
            (text_at, byte_at) = (gone.end, source.end);
        }
        self.encoding.decode_without_bom_handling(&bytes).0 == text
    }
}
