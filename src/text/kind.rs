//! What kind of input this is: by its name, or by its looks.

use std::path::Path;

use super::{
    lines::{Lines, trim},
    plain,
};

/// The kinds of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HTML, a page or a fragment.
    Html,
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
}

/// How much of a text is looked at. Whatever a file is, it is within its first pages.
const SAMPLE: usize = 64 * 1024;

/// Elements that make blocks, and so make a text without a doctype HTML.
const BLOCKS: &[&str] = &[
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "div",
    "dl",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "img",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "span",
    "style",
    "table",
    "title",
    "ul",
];

/// The kind of the input called `path` (if it has a name) that holds `text`.
pub(crate) fn detect(path: Option<&Path>, text: &str) -> Kind {
    path.and_then(by_name).unwrap_or_else(|| by_looks(text))
}

/// The kind that a file name tells.
pub(crate) fn by_name(path: &Path) -> Option<Kind> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "html" | "htm" | "xhtml" | "xht" | "shtml" => Some(Kind::Html),
        "md" | "markdown" | "mdown" | "mkd" => Some(Kind::Markdown),
        "txt" | "text" => Some(Kind::Text),
        _ => None,
    }
}

fn by_looks(text: &str) -> Kind {
    let mut end = SAMPLE.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = text.get(..end).unwrap_or_default();
    let start = after_comments(sample);
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| begins_with(start, tag))
        || (begins_with(start, "<?xml") && contains_tag(start, "html"))
    {
        return Kind::Html;
    }
    let tags = Tags::of(sample);
    let markdown = markdown_signs(sample);
    // Markdown may begin with markup of its own, but then it goes on as Markdown.
    let html = if block_tag(start).is_some() {
        tags.closing > 0 || tags.all > 1
    } else {
        // Prose that speaks of tags has them between its words.
        tags.closing > 0 && tags.at_edges >= 2 && tags.at_edges * 2 >= tags.all
    };
    if html && markdown < STRONG.max(tags.at_edges) {
        Kind::Html
    } else if markdown >= STRONG {
        Kind::Markdown
    } else {
        Kind::Text
    }
}

/// What is left of `text` after white space and comments at its start.
fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start_matches(super::lines::is_space);
    while let Some((_, behind)) =
        rest.strip_prefix("<!--").and_then(|comment| comment.split_once("-->"))
    {
        rest = behind.trim_start_matches(super::lines::is_space);
    }
    rest
}

fn begins_with(text: &str, tag: &str) -> bool {
    text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
        && text.get(tag.len()..).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

fn contains_tag(text: &str, name: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        block_tag(text.get(at..).unwrap_or_default())
            .is_some_and(|tag| !tag.closes && tag.name.eq_ignore_ascii_case(name))
    })
}

struct BlockTag<'a> {
    name: &'a str,
    closes: bool,
    /// Its length, with both angle brackets.
    length: usize,
}

/// The tag of a block that `text` begins with.
fn block_tag(text: &str) -> Option<BlockTag<'_>> {
    let inner = text.strip_prefix('<')?;
    let (closes, named) = match inner.strip_prefix('/') {
        Some(named) => (true, named),
        None => (false, inner),
    };
    let length = named.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (name, rest) = named.split_at(length);
    if !rest.starts_with([' ', '\t', '\n', '\r', '>', '/']) || !is_block(name) {
        return None;
    }
    // A `<` before the `>` means that there is none.
    let close = rest.find(['>', '<']).filter(|at| rest.as_bytes().get(*at) == Some(&b'>'))?;
    Some(BlockTag { name, closes, length: text.len() - rest.len() + close + 1 })
}

fn is_block(name: &str) -> bool {
    BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block))
}

/// Tags of blocks in a text.
#[derive(Default)]
struct Tags {
    all: usize,
    closing: usize,
    /// Those that begin a line, end one, or touch another tag.
    at_edges: usize,
}

impl Tags {
    fn of(text: &str) -> Tags {
        let mut tags = Tags::default();
        for (at, _) in text.match_indices('<') {
            let Some(tag) = text.get(at..).and_then(block_tag) else { continue };
            let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t']);
            let after =
                text.get(at + tag.length..).unwrap_or_default().trim_start_matches([' ', '\t']);
            let edge = before.is_empty()
                || before.ends_with(['\n', '\r', '>'])
                || after.is_empty()
                || after.starts_with(['\n', '\r', '<']);
            tags.all += 1;
            tags.closing += usize::from(tag.closes);
            tags.at_edges += usize::from(edge);
        }
        tags
    }
}

/// A sign that only Markdown has counts this much; signs that plain text may also have count one
/// each.
const STRONG: usize = 3;

/// How much a text looks like Markdown. Lists count for nothing: they look the same in plain text,
/// and are read in the same way there.
fn markdown_signs(text: &str) -> usize {
    let mut signs = 0;
    let mut fences = 0;
    for line in Lines::new(text) {
        let said = text.get(trim(text, line.start..line.end)).unwrap_or_default();
        if said.starts_with("```") || said.starts_with("~~~") {
            fences += 1;
        } else if plain::heading(said).is_some() || is_table_rule(said) {
            signs += STRONG;
        } else if said.starts_with("> ") {
            signs += 1;
        }
        signs += links(said) * STRONG;
        signs += said.matches("**").count() / 2;
    }
    signs + fences / 2 * STRONG
}

fn is_table_rule(said: &str) -> bool {
    said.contains('|') && said.contains("--") && said.chars().all(|c| "|-: \t".contains(c))
}

/// Counts `[text](target)`.
fn links(said: &str) -> usize {
    said.match_indices("](")
        .filter(|(at, _)| {
            let target = said.get(at + 2..).unwrap_or_default();
            let known = ["http", "/", "#", "mailto:", "./", "../", "<"];
            known.iter().any(|start| target.starts_with(start)) && target.contains(')')
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let kind = |name: &str| detect(Some(Path::new(name)), "");
        assert_eq!(kind("a/b.HTML"), Kind::Html);
        assert_eq!(kind("b.shtml"), Kind::Html);
        assert_eq!(kind("README.markdown"), Kind::Markdown);
        assert_eq!(kind("b.md"), Kind::Markdown);
        // The name outweighs the looks.
        assert_eq!(detect(Some(Path::new("b.txt")), "<p>a</p>"), Kind::Text);
        assert_eq!(detect(Some(Path::new("b.unknown")), "<p>a</p>"), Kind::Html);
    }

    #[test]
    fn looks() {
        let cases: &[(Kind, &[&str])] = &[
            (
                Kind::Html,
                &[
                    "<!DOCTYPE html>",
                    " \u{feff}\n<!-- saved from elsewhere -->\n<HTML lang=en>",
                    "<?xml version='1.0'?>\n<html>",
                    "<p>A fragment of a feed.</p>",
                    "<p>One.<p>Two.",
                    "<div class=a><h1># 1</h1><a href='/b'>c</a></div>",
                    "Loose words first.<br>\n<p>Then <b>more</b>.</p>\n<p>And more.</p>",
                    "<p>[1](/x) **bold**</p><p>a</p><p>b</p><p>c</p><p>d</p>",
                ],
            ),
            (
                Kind::Text,
                &[
                    "",
                    "Just words.",
                    "Put a <div> around it, and close it with </div> behind it.",
                    "The <p> element\nis what the <div> element is not; </p> ends it.",
                    "a < b and c > d",
                    "- one\n- two\n\n1. three",
                    "He scored (see [1]) twice.",
                    "<someone@example.org> wrote:\n> Yes.",
                    "#1 in the charts",
                ],
            ),
            (
                Kind::Markdown,
                &[
                    "# Title\n\nWords.",
                    "Words with [a link](https://example.org).",
                    "<p align=center><img src=a.png></p>\n\n# Title\n\n[a](/b) and [c](/d)",
                    "```\ncode\n```",
                    "a|b\n--|--\nc|d",
                    "**One** and **two** and **three**.",
                    "Use `<div>`:\n\n```html\n<div>\n</div>\n```\n\n## Next\n",
                ],
            ),
        ];
        for (kind, texts) in cases {
            for text in *texts {
                assert_eq!(detect(None, text), *kind, "{text}");
            }
        }
    }

    #[test]
    fn hostile_looks_are_quick() {
        for text in ["<p ", "<p <", "](", "[](/", "<!--", "**", "<", "| --"] {
            detect(None, &text.repeat(400_000));
        }
    }
}
