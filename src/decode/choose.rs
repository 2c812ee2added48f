//! Which encoding the bytes are in.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

use super::prescan;

/// How much is looked at to tell UTF-16 by its zero bytes.
const UTF_16_SAMPLE: usize = 4096;

/// One zero byte in so many pairs makes UTF-16: about one word in ten has a space after it, even
/// where all letters lie beyond Latin-1.
const UTF_16_PAIRS: usize = 25;

/// How many bytes the detector is fed, and in which portions; portions of plain ASCII do not
/// count, since it learns nothing from them. It is sure after far fewer, and about ten times
/// slower than everything else here.
const DETECT: usize = 256 * 1024;
const PORTION: usize = 4 * 1024;

/// So many characters of well-formed UTF-8 outweigh a declared multi-byte encoding. A Chinese or
/// Korean pair of bytes is by chance well-formed in one case of seven, so eight in a row are
/// chance in one case of millions; one or two would not be.
const OUTWEIGHS_MULTI_BYTE: usize = 8;

/// Text is UTF-8 with a few broken bytes if it has so many whole characters for each of them.
const WHOLE_PER_BROKEN: usize = 8;

/// The encoding of `bytes`, which have no byte order mark.
///
/// A hint is obeyed: whoever gives it knows more than the bytes. A declaration *in* the bytes is
/// not, where they are well-formed UTF-8 with characters beyond ASCII: tools that save pages
/// convert them and leave the declaration as it was, and text in another encoding is by chance
/// well-formed UTF-8 next to never. The error would also be cheap: markup is ASCII in both
/// readings, so cuts fall on the same bytes; only words would be read wrongly.
pub(super) fn encoding(
    bytes: &[u8],
    hint: Option<&'static Encoding>,
    markup: bool,
) -> &'static Encoding {
    // What is called "replacement" decodes to nothing at all.
    if let Some(hint) = hint.filter(|hint| *hint != REPLACEMENT) {
        return hint;
    }
    if let Some(found) = utf_16(bytes) {
        return found;
    }
    let declared = if markup { prescan::declared(bytes) } else { None };
    if bytes.is_ascii() {
        return match declared {
            Some(declared) => declared,
            None if bytes.contains(&0x1b) => detect(bytes),
            None => UTF_8,
        };
    }
    if declared.is_none_or(|declared| declared == UTF_8) && std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let utf_8 = Utf8Count::of(bytes);
    match declared {
        Some(declared) if declared == UTF_8 => {
            if utf_8.broken <= utf_8.whole {
                UTF_8
            } else {
                detect(bytes)
            }
        }
        Some(declared) => {
            let enough = if declared.is_single_byte() { 1 } else { OUTWEIGHS_MULTI_BYTE };
            if utf_8.broken == 0 && utf_8.whole >= enough { UTF_8 } else { declared }
        }
        None if utf_8.whole > 0 && utf_8.broken <= utf_8.whole / WHOLE_PER_BROKEN => UTF_8,
        None => detect(bytes),
    }
}

/// Characters beyond ASCII, and places where the bytes are not UTF-8. A sequence cut off by the
/// end of the input is neither.
#[derive(Default)]
struct Utf8Count {
    whole: usize,
    broken: usize,
}

impl Utf8Count {
    fn of(bytes: &[u8]) -> Utf8Count {
        let mut count = Utf8Count::default();
        let mut rest = bytes;
        loop {
            let (valid, broken) = match std::str::from_utf8(rest) {
                Ok(_) => (rest.len(), None),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            let (whole, tail) = rest.split_at(valid);
            count.whole += whole.iter().filter(|&&byte| byte >= 0xc0).count();
            match broken {
                Some(len) => {
                    count.broken += 1;
                    rest = tail.get(len..).unwrap_or_default();
                }
                None => return count,
            }
        }
    }
}

/// UTF-16 without a byte order mark: zero bytes, all on one side of their pairs.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..UTF_16_SAMPLE).unwrap_or(bytes);
    if !sample.contains(&0) {
        return None;
    }
    let (mut little, mut big) = (0, 0);
    for pair in sample.chunks_exact(2) {
        match pair {
            [0, 0] => {}
            [_, 0] => little += 1,
            [0, _] => big += 1,
            _ => {}
        }
    }
    let enough = |found: usize| found * UTF_16_PAIRS >= sample.len() / 2;
    // U+4E00 and its like have their zero on the other side, but they are not one in eight.
    if little > 8 * big && enough(little) {
        Some(UTF_16LE)
    } else if big > 8 * little && enough(big) {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let mut fed = 0;
    for portion in bytes.chunks(PORTION) {
        detector.feed(portion, false);
        if !portion.is_ascii() || portion.contains(&0x1b) {
            fed += portion.len();
        }
        if fed >= DETECT {
            return detector.guess(None, Utf8Detection::Deny);
        }
    }
    detector.feed(&[], true);
    detector.guess(None, Utf8Detection::Deny)
}
