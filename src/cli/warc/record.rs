//! What becomes of a page: a `conversion` record, or a line of JSON.

use dehusk::{Cleaned, Format};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::reader::Head;
use crate::cli::pipe_args::ContentArg;

/// The two line ends that follow the block of each record.
pub(crate) const END: &[u8] = b"\r\n\r\n";

/// A cleaned page, with the record that it came from.
pub(crate) struct CleanPage<'a> {
    pub(crate) head: &'a Head,
    /// The Content-Type that the server gave.
    pub(crate) content_type: &'a str,
    pub(crate) cleaned: &'a Cleaned<'a>,
    /// Whether it is only the beginning of the page.
    pub(crate) cut_off: bool,
}

impl CleanPage<'_> {
    fn render(&self, to: ContentArg) -> Result<String, String> {
        let format = match to {
            ContentArg::Same => Format::Html,
            ContentArg::Text => Format::Text,
            ContentArg::Markdown => Format::Markdown,
        };
        self.cleaned.render(format).map_err(|error| format!("it {error}"))
    }

    /// A `conversion` record, with the line ends after it.
    ///
    /// Nothing in it depends on the clock or on chance: its date is that of the page.
    pub(crate) fn conversion(&self, to: ContentArg) -> Result<Vec<u8>, String> {
        let rendered;
        let (block, content_type) = match to {
            ContentArg::Same => (&*self.cleaned.output, self.content_type),
            ContentArg::Text | ContentArg::Markdown => {
                rendered = self.render(to)?;
                let kind = if to == ContentArg::Text { "text/plain" } else { "text/markdown" };
                (rendered.as_bytes(), &*format!("{kind}; charset=utf-8"))
            }
        };
        let digest = hex(&Sha256::digest(block));
        let truncated = self.head.get("WARC-Truncated").or(self.cut_off.then_some("unspecified"));
        let (id, length) = (self.id(content_type, &digest), block.len().to_string());
        let fields = [
            ("WARC-Type", Some("conversion")),
            ("WARC-Target-URI", self.head.get("WARC-Target-URI")),
            ("WARC-Date", self.head.get("WARC-Date")),
            ("WARC-Record-ID", Some(&*id)),
            ("WARC-Refers-To", self.head.get("WARC-Record-ID")),
            ("WARC-Warcinfo-ID", self.head.get("WARC-Warcinfo-ID")),
            ("WARC-Block-Digest", Some(&*format!("sha256:{digest}"))),
            ("WARC-Truncated", truncated),
            ("Content-Type", Some(content_type)),
            ("Content-Length", Some(&*length)),
        ];
        let mut record = format!("{}\r\n", self.head.version);
        for (name, value) in fields {
            if let Some(value) = value {
                record += &format!("{name}: {}\r\n", value.replace(char::is_control, " "));
            }
        }
        let mut record = record.into_bytes();
        record.extend_from_slice(b"\r\n");
        record.extend_from_slice(block);
        record.extend_from_slice(END);
        Ok(record)
    }

    /// An identifier that follows from the page and what became of it: a UUID of version 8, made
    /// of SHA-256 as in appendix B.2 of RFC 9562.
    fn id(&self, content_type: &str, digest: &str) -> String {
        let origin = self.head.get("WARC-Record-ID").unwrap_or_default();
        let address = self.head.get("WARC-Target-URI").unwrap_or_default();
        let date = self.head.get("WARC-Date").unwrap_or_default();
        let name = ["dehusk conversion", origin, address, date, content_type, digest].join("\n");
        let hash = Sha256::digest(name);
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        id[6] = id[6] & 0x0f | 0x80;
        id[8] = id[8] & 0x3f | 0x80;
        let id = hex(&id);
        let (a, b, c, d, e) = (&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
        format!("<urn:uuid:{a}-{b}-{c}-{d}-{e}>")
    }

    /// A line of JSON.
    pub(crate) fn line(&self, to: ContentArg) -> Result<Vec<u8>, String> {
        let content = self.render(to)?;
        let name = match to {
            ContentArg::Same => "html",
            ContentArg::Text => "text",
            ContentArg::Markdown => "markdown",
        };
        let mut fields = origin(self.head, self.content_type);
        fields.push(("encoding", json!(self.cleaned.encoding)));
        if self.cut_off || self.head.get("WARC-Truncated").is_some() {
            fields.push(("truncated", json!(true)));
        }
        fields.push(("cuts", json!(self.cleaned.cuts.len())));
        fields.push((name, json!(content)));
        Ok(object(&fields))
    }
}

/// A line of JSON for a page that could not be cleaned.
pub(crate) fn error_line(head: &Head, content_type: &str, message: &str) -> Vec<u8> {
    let mut fields = origin(head, content_type);
    fields.push(("error", json!(message)));
    object(&fields)
}

type Field = (&'static str, serde_json::Value);

fn origin(head: &Head, content_type: &str) -> Vec<Field> {
    vec![
        ("url", json!(address(head))),
        ("date", json!(head.get("WARC-Date"))),
        ("record_id", json!(head.get("WARC-Record-ID"))),
        ("content_type", json!(content_type)),
    ]
}

/// The fields in their order, which a map of serde_json would not keep.
fn object(fields: &[Field]) -> Vec<u8> {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}\n", fields.join(",")).into_bytes()
}

/// The address of the page. Some writers put it in angle brackets.
pub(crate) fn address(head: &Head) -> Option<&str> {
    let address = head.get("WARC-Target-URI")?;
    Some(address.strip_prefix('<').and_then(|a| a.strip_suffix('>')).unwrap_or(address))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
