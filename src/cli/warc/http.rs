//! The HTTP response in a record: its head, and its body with the codings undone.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::reader::{Fields, text_of};

/// Each coding may take the time of the whole page; curl stops at as many.
const MAX_CODINGS: usize = 5;

/// A response.
pub(crate) struct Response<'a> {
    fields: Fields,
    body: &'a [u8],
}

/// A body as the browser saw it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Body<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Whether it ends before its codings do.
    pub(crate) cut_off: bool,
}

/// The response that the block of a record holds, if it holds one.
pub(crate) fn parse(block: &[u8]) -> Option<Response<'_>> {
    if !block.starts_with(b"HTTP/") {
        return None;
    }
    let mut fields = Fields::default();
    let mut at = 0;
    for (number, line) in block.split_inclusive(|byte| *byte == b'\n').enumerate() {
        at += line.len();
        let line = text_of(line);
        if line.is_empty() {
            break;
        }
        if number > 0 {
            fields.line(line);
        }
    }
    Some(Response { fields, body: block.get(at..)? })
}

impl<'a> Response<'a> {
    /// The value of Content-Type.
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.fields.get("Content-Type")
    }

    /// The body with the codings undone, up to `limit` bytes.
    pub(crate) fn body(&self, limit: usize) -> Result<Body<'a>, String> {
        let mut body = Body { bytes: Cow::Borrowed(self.body), cut_off: false };
        let mut codings_left = MAX_CODINGS;
        // What was done last is undone first.
        for field in ["Transfer-Encoding", "Content-Encoding"] {
            let codings = self.fields.get(field).unwrap_or_default();
            for coding in codings.rsplit(',') {
                let coding = coding.trim().to_ascii_lowercase();
                if ["", "identity", "none"].contains(&coding.as_str()) {
                    continue;
                }
                codings_left = codings_left
                    .checked_sub(1)
                    .ok_or_else(|| format!("more than {MAX_CODINGS} codings are applied to it"))?;
                if let Some((bytes, cut_off)) = decode(&coding, &body.bytes, limit)? {
                    body = Body { bytes: Cow::Owned(bytes), cut_off: body.cut_off || cut_off };
                }
            }
        }
        if body.bytes.len() > limit {
            return Err(too_large(limit));
        }
        Ok(body)
    }
}

/// The media type of a Content-Type.
pub(crate) fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The charset of a Content-Type.
pub(crate) fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.into())
    })
}

/// Undoes a coding, and tells whether the bytes ended too early. `None` if the coding was undone
/// when the archive was made, and only its name is left.
fn decode(coding: &str, bytes: &[u8], limit: usize) -> Result<Option<(Vec<u8>, bool)>, String> {
    let result = match coding {
        "chunked" => return Ok(unchunk(bytes)),
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(bytes), limit),
        // The standard means zlib by it; some servers send it bare.
        "deflate" => read(ZlibDecoder::new(bytes), limit).or_else(|error| match error {
            Trouble::Damaged => read(DeflateDecoder::new(bytes), limit),
            Trouble::TooLarge => Err(error),
        }),
        "br" => read(brotli::Decompressor::new(bytes, 4096), limit),
        _ if is_markup(bytes) => return Ok(None),
        _ => return Err(format!("its coding `{coding}` is not known here")),
    };
    match result {
        Ok(read) => Ok(Some(read)),
        Err(Trouble::TooLarge) => Err(too_large(limit)),
        Err(Trouble::Damaged) if bytes.is_empty() || is_markup(bytes) => Ok(None),
        Err(Trouble::Damaged) => Err(format!("its coding `{coding}` is damaged")),
    }
}

fn too_large(limit: usize) -> String {
    format!("its page is larger than {limit} bytes; --max-bytes raises the limit")
}

fn is_markup(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"<")
}

enum Trouble {
    Damaged,
    TooLarge,
}

/// Reads all that a decoder gives. What comes before the bytes end or are damaged counts, as in a
/// browser.
fn read(mut decoder: impl Read, limit: usize) -> Result<(Vec<u8>, bool), Trouble> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return Ok((bytes, false)),
            Ok(read) if bytes.len() + read > limit => return Err(Trouble::TooLarge),
            Ok(read) => bytes.extend_from_slice(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) if bytes.is_empty() => return Err(Trouble::Damaged),
            Err(_) => return Ok((bytes, true)),
        }
    }
}

/// Puts chunks together, and tells whether the last one is missing. `None` if there are none.
fn unchunk(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut whole = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut any = false;
    loop {
        let size = rest.iter().position(|byte| *byte == b'\n').and_then(|end| {
            let (line, after) = rest.split_at(end + 1);
            // Extensions may follow the size.
            let digits = text_of(line).split(|byte| *byte == b';').next()?.trim_ascii();
            let digits = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
            Some((usize::from_str_radix(digits, 16).ok()?, after))
        });
        let Some((size, after)) = size else { return any.then_some((whole, true)) };
        any = true;
        if size == 0 {
            return Some((whole, false));
        }
        let Some((chunk, after)) = after.split_at_checked(size) else {
            whole.extend_from_slice(after);
            return Some((whole, true));
        };
        whole.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or(after.strip_prefix(b"\n")).unwrap_or(after);
    }
}
