//! The address of a saved page, as the page itself has it.

use crate::dom::parse::{ParseOptions, parse};
use crate::dom::{Document, Element, NodeData, NodeId};
use crate::text::Kind;

/// How far into a page its address is looked for, in bytes of source.
const HEAD_BYTES: usize = 1 << 20;

/// The address of a saved page, if the page has it: from its canonical link, its `og:url`, or the
/// note of the browser or tool that saved it.
///
/// ```
/// let page = b"<link rel=canonical href='https://example.org/mill'><p>The mill.</p>";
/// assert_eq!(dehusk::address_of(page).as_deref(), Some("https://example.org/mill"));
/// assert_eq!(dehusk::address_of(b"<p>The mill.</p>"), None);
/// ```
pub fn address_of(page: &[u8]) -> Option<String> {
    let head = page.get(..HEAD_BYTES.min(page.len())).unwrap_or_default();
    let decoded = crate::decode::decode(head, None, Kind::Html);
    let doc = parse(&decoded.text, &ParseOptions::default()).ok()?;
    value_of(&doc, "link", ("rel", "canonical"), "href")
        .or_else(|| saved_from(&doc))
        .or_else(|| value_of(&doc, "meta", ("property", "og:url"), "content"))
}

/// The first address in the attribute `wanted` of an element `tag` that has `word` in `name`.
fn value_of(doc: &Document, tag: &str, (name, word): (&str, &str), wanted: &str) -> Option<String> {
    let is_it = |element: &&Element| {
        let own = element.attr(name).unwrap_or_default();
        &*element.name.local == tag
            && own.split_ascii_whitespace().any(|own| own.eq_ignore_ascii_case(word))
    };
    let elements = (0..doc.nodes.len() as u32).filter_map(|id| doc.element(NodeId(id)));
    elements.filter(is_it).filter_map(|element| element.attr(wanted)).find_map(web)
}

/// What a browser writes (`saved from url=(0024)https://…`), or SingleFile (`url: https://…`).
fn saved_from(doc: &Document) -> Option<String> {
    doc.nodes.iter().find_map(|node| {
        let NodeData::Comment(text) = &node.data else { return None };
        let (_, rest) = text
            .split_once("saved from url=")
            .or_else(|| text.contains("SingleFile").then(|| text.split_once("url:")).flatten())?;
        let rest = rest.trim_start();
        let rest = match rest.strip_prefix('(') {
            Some(numbered) => numbered.split_once(')')?.1,
            None => rest,
        };
        web(rest.split_whitespace().next()?)
    })
}

/// An address on the web; others name no site.
fn web(text: &str) -> Option<String> {
    let text = text.trim();
    let known = text.starts_with("https://") || text.starts_with("http://");
    known.then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_pages_say_it() {
        let is = |page: &str| address_of(page.as_bytes());
        let wanted = Some("https://example.org/a".to_string());
        assert_eq!(is("<link rel='canonical' href=' https://example.org/a '>"), wanted);
        assert_eq!(is("<meta property=og:url content=https://example.org/a>"), wanted);
        assert_eq!(is("<!-- saved from url=(0021)https://example.org/a -->\n<p>x"), wanted);
        assert_eq!(
            is("<!--\n Page saved with SingleFile \n url: https://example.org/a \n-->"),
            wanted
        );
        assert_eq!(is("<link rel=canonical href=/a><p>x"), None);
    }
}
