//! Plain text: groups of lines with blank lines between them.
//!
//! A group becomes one block, or a `div` with several: a heading, a list, a paragraph that some
//! program wrapped, and otherwise every line for itself, since that is how extractors write
//! statements, buttons and labels.

use html5ever::{LocalName, local_name};

use super::{
    build::Builder,
    lines::{Line, Lines, is_space, trim, wraps},
    links::text_with_links,
};
use crate::dom::{Document, Span};

/// What has more lines is data rather than something to read. It is kept as one block: some
/// hundred bytes for each line would take far more memory than the text.
const MAX_LINES: usize = 1 << 21;

/// The longest line that an underline can make a heading of.
const MAX_HEADING: usize = 120;

/// Reads plain text. Block spans cover whole lines with their line ends; blank lines belong to
/// no block.
pub(super) fn parse(source: &str) -> Document {
    parse_up_to(source, MAX_LINES)
}

fn parse_up_to(source: &str, max_lines: usize) -> Document {
    let mut builder = Builder::new();
    if has_more_lines(source, max_lines) {
        builder.open(local_name!("pre"), 0..source.len());
        builder.text(source, 0..source.len());
        return builder.finish();
    }
    let mut group = Vec::new();
    for line in Lines::new(source) {
        if trim(source, line.start..line.end).is_empty() {
            close_group(&mut builder, source, &mut group);
        } else {
            group.push(line);
        }
    }
    close_group(&mut builder, source, &mut group);
    builder.finish()
}

/// Whether this is data rather than something to read.
pub(super) fn is_data(source: &str) -> bool {
    has_more_lines(source, MAX_LINES)
}

fn has_more_lines(source: &str, max_lines: usize) -> bool {
    // Most texts are shorter than that in bytes.
    source.len() > max_lines && Lines::new(source).nth(max_lines).is_some()
}

/// What a group of lines holds. Spans of whole lines, spans of content.
enum Block {
    Paragraph { lines: Span, text: Span },
    Heading { name: LocalName, lines: Span, text: Span },
    Rule { lines: Span },
    List { name: LocalName, items: Vec<Item> },
}

struct Item {
    lines: Span,
    text: Span,
}

fn close_group(builder: &mut Builder, source: &str, group: &mut Vec<Line>) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let span = first.start..last.next;
    let blocks = blocks(source, group);
    let single = blocks.len() == 1;
    if !single {
        builder.open(local_name!("div"), span);
    }
    for block in blocks {
        append(builder, source, block);
    }
    if !single {
        builder.close();
    }
    group.clear();
}

fn append(builder: &mut Builder, source: &str, block: Block) {
    let mut leaf = |name, lines, text: Span| {
        builder.open(name, lines);
        text_with_links(builder, source.get(text.clone()).unwrap_or_default(), text.start);
        builder.close();
    };
    match block {
        Block::Paragraph { lines, text } => leaf(local_name!("p"), lines, text),
        Block::Heading { name, lines, text } => leaf(name, lines, text),
        Block::Rule { lines } => builder.leaf(local_name!("hr"), lines),
        Block::List { name, items } => {
            let (Some(first), Some(last)) = (items.first(), items.last()) else { return };
            builder.open(name, first.lines.start..last.lines.end);
            for Item { lines, text } in items {
                builder.open(local_name!("li"), lines.clone());
                builder.open(local_name!("p"), text.start..lines.end);
                text_with_links(builder, source.get(text.clone()).unwrap_or_default(), text.start);
                builder.close();
                builder.close();
            }
            builder.close();
        }
    }
}

/// Takes a group apart.
fn blocks(source: &str, group: &[Line]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut plain: Vec<Line> = Vec::new();
    let mut previous = "";
    for &line in group {
        let text = trim(source, line.start..line.end);
        let said = source.get(text.clone()).unwrap_or_default();
        if let Some(rule) = rule(said) {
            match (plain.as_slice(), rule) {
                ([title], '=' | '-') if underlines(source, title, said) => {
                    let name = if rule == '=' { local_name!("h1") } else { local_name!("h2") };
                    let text = trim(source, title.start..title.end);
                    blocks.push(Block::Heading { name, lines: title.start..line.next, text });
                    plain.clear();
                }
                _ => {
                    paragraphs(source, &mut plain, &mut blocks);
                    blocks.push(Block::Rule { lines: line.span() });
                }
            }
        } else if let Some((name, marker)) = heading(said) {
            paragraphs(source, &mut plain, &mut blocks);
            let text = trim(source, text.start + marker..text.end);
            blocks.push(Block::Heading { name, lines: line.span(), text });
        } else if let Some((name, marker)) = item(said) {
            paragraphs(source, &mut plain, &mut blocks);
            let text = trim(source, text.start + marker..text.end);
            let item = Item { lines: line.span(), text };
            match blocks.last_mut() {
                Some(Block::List { name: list, items }) if *list == name => items.push(item),
                _ => blocks.push(Block::List { name, items: vec![item] }),
            }
        } else if let (true, Some(Block::List { items, .. })) =
            (plain.is_empty(), blocks.last_mut())
            && let Some(item) = items.last_mut()
            && (indent(source, line.start) > indent(source, item.lines.start)
                || wraps(&[previous, said]).first() == Some(&true))
        {
            // The item goes on.
            item.lines.end = line.next;
            item.text.end = text.end;
        } else {
            plain.push(line);
        }
        previous = said;
    }
    paragraphs(source, &mut plain, &mut blocks);
    blocks
}

/// Turns lines without any mark into paragraphs.
fn paragraphs(source: &str, lines: &mut Vec<Line>, blocks: &mut Vec<Block>) {
    let texts: Vec<Span> = lines.iter().map(|line| trim(source, line.start..line.end)).collect();
    let said: Vec<&str> =
        texts.iter().map(|text| source.get(text.clone()).unwrap_or_default()).collect();
    let mut open: Option<(Span, Span)> = None;
    for ((line, text), wraps) in lines.iter().zip(texts).zip(wraps(&said)) {
        let (lines, text) = match open.take() {
            Some((lines, before)) => (lines.start..line.next, before.start..text.end),
            None => (line.span(), text),
        };
        if wraps {
            open = Some((lines, text));
        } else {
            blocks.push(Block::Paragraph { lines, text });
        }
    }
    lines.clear();
}

/// The character of a line that is nothing but a rule.
pub(super) fn rule(said: &str) -> Option<char> {
    let first = said.chars().next().filter(|c| matches!(c, '=' | '-' | '_' | '*' | '~' | '#'))?;
    let strokes = said.chars().filter(|c| *c == first).count();
    (strokes >= 3 && said.chars().all(|c| c == first || is_space(c))).then_some(first)
}

/// Whether `rule` is the underline of `title`, and not just what follows it.
fn underlines(source: &str, title: &Line, rule: &str) -> bool {
    let text = source.get(trim(source, title.start..title.end)).unwrap_or_default();
    let (title, rule) = (text.chars().take(MAX_HEADING + 1).count(), rule.chars().count());
    title <= MAX_HEADING && rule * 2 >= title && !text.contains(['.', ':', '!', ';'])
}

/// The level of a heading after `# `, and the length of its marker.
pub(super) fn heading(said: &str) -> Option<(LocalName, usize)> {
    let hashes = said.bytes().take_while(|byte| *byte == b'#').count();
    let name = match hashes {
        1 => local_name!("h1"),
        2 => local_name!("h2"),
        3 => local_name!("h3"),
        4 => local_name!("h4"),
        5 => local_name!("h5"),
        6 => local_name!("h6"),
        _ => return None,
    };
    said.get(hashes..)?.starts_with([' ', '\t']).then_some((name, hashes))
}

/// The kind of list that a line is an item of, and the length of its marker. Dashes are speech in
/// many languages, so only the hyphen is taken for a bullet.
fn item(said: &str) -> Option<(LocalName, usize)> {
    let digits = said.bytes().take_while(u8::is_ascii_digit).count();
    let (name, marker) = match (digits, said.get(digits..)?.chars().next()?) {
        (0, '-' | '*' | '+' | '•' | '‣' | '◦' | '·' | '▪' | '●') => {
            (local_name!("ul"), said.chars().next()?.len_utf8())
        }
        (1..=3, '.' | ')') => (local_name!("ol"), digits + 1),
        _ => return None,
    };
    let rest = said.get(marker..)?;
    (rest.starts_with([' ', '\t', '\u{a0}'])).then_some((name, marker))
}

fn indent(source: &str, start: usize) -> usize {
    let line = source.get(start..).unwrap_or_default();
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_one_block() {
        let names = |source: &str| {
            let document = parse_up_to(source, 3);
            let names = document.nodes.iter().filter_map(|node| match &node.data {
                crate::dom::NodeData::Element(element) => Some(element.name.local.to_string()),
                _ => None,
            });
            names.skip(2).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("a\nb\nc\n"), "div p p p");
        assert_eq!(names("a\nb\nc\nd"), "pre");
    }
}
