//! One line in, one line out.

use std::ops::Range;

use base64::Engine;
use dehusk::{Cleaned, Cleaner, Format, From};

use super::json::{self, Member, Object};
use crate::cli::pipe_args::{ContentArg, Offsets};

/// The fields that are cleaned if none is named, in this order.
pub(super) const FIELDS: [&str; 2] = ["html", "text"];
/// The field with the page's address if none is named.
const URL_FIELD: &str = "url";

/// What to do with each line.
#[derive(Clone, Debug)]
pub(crate) struct LineFilter {
    pub(crate) cleaner: Cleaner,
    pub(crate) field: Option<String>,
    /// What the field holds, if it was said.
    pub(crate) from: Option<From>,
    pub(crate) url_field: Option<String>,
    pub(crate) to: ContentArg,
    pub(crate) cuts_field: Option<String>,
    pub(crate) offsets: Offsets,
    /// Leave the field as it is.
    pub(crate) spans_only: bool,
    pub(crate) error_field: String,
    pub(crate) max_bytes: usize,
}

/// Bytes of a line to replace.
type Splice = (Range<usize>, String);

impl LineFilter {
    /// Appends to `out` what `line` becomes; both are without the line feed. The error is also in
    /// what was appended.
    pub(crate) fn line(&self, line: &[u8], number: u64, out: &mut Vec<u8>) -> Result<(), String> {
        if line.len() > self.max_bytes {
            let (head, rest, message) = self.too_long(line, number);
            out.extend_from_slice(&head);
            out.extend_from_slice(line.get(rest..).unwrap_or_default());
            return Err(message);
        }
        // A carriage return before the line feed belongs to the end of the line.
        let body = line.strip_suffix(b"\r").unwrap_or(line);
        let end = line.get(body.len()..).unwrap_or_default();
        let result = if body.iter().all(u8::is_ascii_whitespace) {
            out.extend_from_slice(body);
            Ok(())
        } else {
            self.body(body, number, out)
        };
        out.extend_from_slice(end);
        result
    }

    fn body(&self, body: &[u8], number: u64, out: &mut Vec<u8>) -> Result<(), String> {
        let Ok(text) = std::str::from_utf8(body) else {
            let message = "not UTF-8, as JSON has to be".to_string();
            let bytes = base64::engine::general_purpose::STANDARD.encode(body);
            out.extend(self.stand_in(&message, number, Some(("content_base64", &bytes))).bytes());
            return Err(message);
        };
        // Some programs begin a file with a byte order mark, which is no part of the JSON.
        let mark = text.len()
            - text.strip_prefix('\u{feff}').filter(|_| number == 1).unwrap_or(text).len();
        let (mark, text) = text.split_at(mark);
        out.extend_from_slice(mark.as_bytes());
        let object = match json::object(text) {
            Ok(object) => object,
            Err(mistake) => {
                let at = mark.len() + mistake.at + 1;
                let message =
                    format!("not a JSON object: expected {} at byte {at}", mistake.wanted);
                out.extend(self.stand_in(&message, number, Some(("content", text))).bytes());
                return Err(message);
            }
        };
        let (splices, result) = match self.splices(text, &object) {
            Ok(splices) => (splices, Ok(())),
            Err(message) => {
                let error = set(text, &object, &self.error_field, json::string(&message));
                (vec![error], Err(message))
            }
        };
        splice(text, splices, out);
        result
    }

    /// An object in place of a line that is none.
    fn stand_in(&self, message: &str, number: u64, content: Option<(&str, &str)>) -> String {
        let mut object = format!(
            "{{{}:{},\"line\":{number}",
            json::string(&self.error_field),
            json::string(message)
        );
        if let Some((name, content)) = content {
            object += &format!(",{}:{}", json::string(name), json::string(content));
        }
        object + "}"
    }

    /// What a line past the limit begins with, of which `start` is at least a byte more than the
    /// limit; from where on the line then follows as it was; and the message.
    ///
    /// Such a line is never held as a whole. It is not checked either: if it starts as an object
    /// does, the error becomes the first member.
    pub(crate) fn too_long(&self, start: &[u8], number: u64) -> (Vec<u8>, usize, String) {
        let message = format!(
            "longer than {} bytes, so it is passed on as it is; --max-bytes raises the limit",
            self.max_bytes
        );
        let start = start.get(..=self.max_bytes).unwrap_or(start);
        let mut rest = start.iter().enumerate().filter(|(_, byte)| !byte.is_ascii_whitespace());
        if let (Some((open, b'{')), Some((_, b'"'))) = (rest.next(), rest.next()) {
            let mut head = start.get(..=open).unwrap_or_default().to_vec();
            let (name, text) = (json::string(&self.error_field), json::string(&message));
            head.extend(format!("{name}:{text},").bytes());
            return (head, open + 1, message);
        }
        let message = format!(
            "longer than {} bytes and not an object, so it is left out; --max-bytes raises the limit",
            self.max_bytes
        );
        (self.stand_in(&message, number, None).into_bytes(), usize::MAX, message)
    }

    fn splices(&self, line: &str, object: &Object) -> Result<Vec<Splice>, String> {
        let (name, value) = self.field(line, object)?;
        let raw = line.get(value.clone()).unwrap_or_default();
        let mut splices = Vec::new();
        let spans = if raw == "null" {
            "[]".to_string()
        } else {
            let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
            let inner = inner.ok_or_else(|| format!("the field `{name}` holds no text"))?;
            let text = json::decode(inner);
            let cleaner = self.cleaner.clone().from(self.from.unwrap_or_else(|| kind(name)));
            let cleaned = cleaner
                .url(self.url(line, object))
                .clean(text.text.as_bytes())
                .map_err(|error| format!("the field `{name}` is not cleaned: {error}"))?;
            if !self.spans_only
                && let Some(new) = self.value(name, inner, &text, &cleaned)?
            {
                splices.push((value, new));
            }
            self.spans(&text.text, &cleaned)
        };
        if let Some(field) = &self.cuts_field {
            splices.push(set(line, object, field, spans));
            splices.sort_by_key(|(range, _)| range.start);
        }
        Ok(splices)
    }

    /// The field to clean.
    fn field(&self, line: &str, object: &Object) -> Result<(&str, Range<usize>), String> {
        if let Some(name) = &self.field {
            let value = find(line, object, name).ok_or_else(|| format!("no field `{name}`"))?;
            return Ok((name, value));
        }
        FIELDS
            .into_iter()
            .find_map(|name| Some((name, find(line, object, name)?)))
            .ok_or_else(|| "no field `html` or `text`; --field names another".into())
    }

    fn url(&self, line: &str, object: &Object) -> Option<String> {
        let value = find(line, object, self.url_field.as_deref().unwrap_or(URL_FIELD))?;
        let raw = line.get(value)?.strip_prefix('"')?.strip_suffix('"')?;
        Some(json::decode(raw).text.into_owned())
    }

    /// The new value of the field, if it changes.
    fn value(
        &self,
        name: &str,
        raw: &str,
        text: &json::Text<'_>,
        cleaned: &Cleaned<'_>,
    ) -> Result<Option<String>, String> {
        let format = match self.to {
            ContentArg::Same if cleaned.cuts.is_empty() => return Ok(None),
            ContentArg::Same => {
                let ranges: Vec<_> =
                    cleaned.cuts.iter().map(|cut| cut.place.range.clone()).collect();
                let new = json::without(raw, &ranges);
                // Two halves of different pairs must not become a pair.
                if text.lone && json::decode(&new).text.as_bytes() != &*cleaned.output {
                    return Err(format!(
                        "the field `{name}` is not cleaned: it would read differently, since it \
                         holds halves of surrogate pairs"
                    ));
                }
                return Ok(Some(format!("\"{new}\"")));
            }
            ContentArg::Text => Format::Text,
            ContentArg::Markdown => Format::Markdown,
        };
        if text.lone {
            return Err(format!(
                "the field `{name}` holds half of a surrogate pair, which no {} can hold",
                if format == Format::Text { "text" } else { "Markdown" }
            ));
        }
        let rendered =
            cleaned.render(format).map_err(|error| format!("the field `{name}` {error}"))?;
        Ok(Some(json::string(&rendered)))
    }

    /// The cuts as `[[start, end, "category"], ...]`.
    fn spans(&self, text: &str, cleaned: &Cleaned<'_>) -> String {
        let (mut byte, mut char) = (0, 0);
        let mut offset = |at: usize| match self.offsets {
            Offsets::Bytes => at,
            Offsets::Chars => {
                // The cuts are in order, so that the text is counted once.
                char += text.get(byte..at).map_or(0, |text| text.chars().count());
                byte = at;
                char
            }
        };
        let spans: Vec<String> = cleaned
            .cuts
            .iter()
            .map(|cut| {
                let (start, end) = (offset(cut.place.range.start), offset(cut.place.range.end));
                format!("[{start},{end},\"{}\"]", cut.category)
            })
            .collect();
        format!("[{}]", spans.join(","))
    }
}

/// What a field of this name holds.
fn kind(field: &str) -> From {
    match field.rsplit('.').next().unwrap_or(field) {
        "html" => From::Html,
        "text" => From::Text,
        "markdown" => From::Markdown,
        _ => From::Auto,
    }
}

/// The value of the field `name`: of a member of this name, else by a path such as `page.html`. Of
/// members of one name the last counts, as for most who read JSON.
fn find(line: &str, object: &Object, name: &str) -> Option<Range<usize>> {
    if let Some(member) = member(line, object, name) {
        return Some(member.value.clone());
    }
    let (first, rest) = name.split_once('.')?;
    let outer = member(line, object, first)?.value.clone();
    let inner = line.get(outer.clone())?;
    let found = find(inner, &json::object(inner).ok()?, rest)?;
    Some(outer.start + found.start..outer.start + found.end)
}

fn member<'a>(line: &str, object: &'a Object, name: &str) -> Option<&'a Member> {
    let named = |member: &&Member| {
        line.get(member.key.clone()).is_some_and(|key| json::decode(key).text == name)
    };
    object.members.iter().rev().find(named)
}

/// Gives a member its value, or adds it.
fn set(line: &str, object: &Object, name: &str, value: String) -> Splice {
    if let Some(member) = member(line, object, name) {
        return (member.value.clone(), value);
    }
    let comma = if object.members.is_empty() { "" } else { "," };
    (object.end..object.end, format!("{comma}{}:{value}", json::string(name)))
}

/// Appends `line` with the pieces replaced, which are in order and apart.
fn splice(line: &str, splices: Vec<Splice>, out: &mut Vec<u8>) {
    let mut at = 0;
    for (range, new) in splices {
        out.extend_from_slice(line.get(at..range.start).unwrap_or_default().as_bytes());
        out.extend_from_slice(new.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(line.get(at..).unwrap_or_default().as_bytes());
}
