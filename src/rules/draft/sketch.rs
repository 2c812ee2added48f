//! The structure of a part of a page, as a snippet for a test.

use std::fmt::Write;

use super::names::{is_stable, telling_start};
use crate::dom::{Document, Element, NodeData, NodeId};
use crate::evidence::flow::is_block_name;

/// The words of a run of text that are kept; neutral words stand for the others.
const OWN_WORDS: usize = 30;

/// The longest value of an attribute that is kept. Longer ones are data.
const MAX_VALUE_CHARS: usize = 120;

/// Words in brackets would be read as neutral ones.
const BRACKETS: (&str, &str) = ("[[", "[ [");

/// What becomes of a page's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// It is kept, if it is not long.
    Own,
    /// Neutral words stand for it.
    Neutral,
}

/// How much of a structure is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Detail {
    /// Elements in a row of the same tag and class.
    alike: usize,
    /// Levels; words stand for what is deeper.
    levels: usize,
}

impl Detail {
    /// All of it.
    pub(crate) const FULL: Detail = Detail { alike: usize::MAX, levels: usize::MAX };

    /// From all of it to hardly anything.
    pub(super) const ALL: [Detail; 5] = [
        Detail::FULL,
        Detail { alike: 2, ..Detail::FULL },
        Detail { alike: 2, levels: 6 },
        Detail { alike: 1, levels: 4 },
        Detail { alike: 1, levels: 2 },
    ];
}

/// Draws parts of a page as HTML, one block a line: with what rules look at, and without scripts,
/// styles and pictures' sources.
#[derive(Clone, Copy)]
pub(crate) struct Sketch<'a> {
    pub(crate) doc: &'a Document,
    pub(crate) text: Text,
    /// Elements that get the attribute `husk`.
    pub(crate) marked: &'a [NodeId],
    pub(crate) detail: Detail,
}

enum Step {
    Enter(NodeId, usize),
    Leave(NodeId, usize),
}

impl Sketch<'_> {
    /// The siblings from `first` to `last`, set in by `depth` levels.
    pub(crate) fn draw(&self, (first, last): (NodeId, NodeId), depth: usize) -> String {
        let mut out = String::new();
        let mut top = Some(first);
        while let Some(id) = top {
            let mut stack = vec![Step::Enter(id, depth)];
            while let Some(step) = stack.pop() {
                match step {
                    Step::Enter(id, level) => {
                        self.enter(id, level, level - depth, &mut out, &mut stack);
                    }
                    Step::Leave(id, level) => leave(self.doc, id, level, &mut out),
                }
            }
            top = if id == last { None } else { self.doc.node(id).next };
        }
        let lines = out.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }

    fn enter(
        &self,
        id: NodeId,
        depth: usize,
        level: usize,
        out: &mut String,
        stack: &mut Vec<Step>,
    ) {
        let doc = self.doc;
        match &doc.node(id).data {
            NodeData::Text(own) => words(own, self.text, out),
            NodeData::Element(element) if !is_skipped(element) => {
                if is_on_its_own(element) {
                    begin_line(depth, out);
                }
                let _ = write!(out, "<{}", element.name.local);
                attributes(element, out);
                if self.marked.contains(&id) {
                    out.push_str(" husk");
                }
                out.push('>');
                if is_void(element) {
                    return;
                }
                if level + 1 >= self.detail.levels {
                    let inner = crate::explain::text_of(doc, id, id);
                    let count = inner.split_whitespace().count();
                    if count > 0 {
                        let _ = write!(out, "[[prose {count}]]");
                    }
                    let _ = write!(out, "</{}>", element.name.local);
                    return;
                }
                stack.push(Step::Leave(id, depth));
                self.children(id, depth, stack);
            }
            _ => {}
        }
    }

    /// Puts the children of an element on the stack, the first on top.
    fn children(&self, id: NodeId, depth: usize, stack: &mut Vec<Step>) {
        let doc = self.doc;
        let from = stack.len();
        let (mut before, mut alike) = (None, 0);
        for child in doc.children(id) {
            if let Some(element) = doc.element(child) {
                let like = Some((&element.name.local, element.attr("class")));
                alike = if before == like { alike + 1 } else { 1 };
                before = like;
                if alike > self.detail.alike {
                    continue;
                }
            }
            stack.push(Step::Enter(child, depth + 1));
        }
        if let Some(pushed) = stack.get_mut(from..) {
            pushed.reverse();
        }
    }
}

/// The start tag of an element.
pub(super) fn open(doc: &Document, id: NodeId) -> String {
    let mut out = String::new();
    if let Some(element) = doc.element(id) {
        let _ = write!(out, "<{}", element.name.local);
        attributes(element, &mut out);
        out.push('>');
    }
    out
}

/// A text as it is written in HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape(text, &mut out);
    out
}

fn leave(doc: &Document, id: NodeId, depth: usize, out: &mut String) {
    let Some(element) = doc.element(id) else { return };
    // The end tag of what holds blocks stands on a line of its own.
    let holds_blocks = doc
        .children(id)
        .filter_map(|child| doc.element(child))
        .any(|child| is_on_its_own(child) && !is_skipped(child));
    if holds_blocks {
        begin_line(depth, out);
    } else if is_on_its_own(element) {
        out.truncate(out.trim_end().len());
    }
    let _ = write!(out, "</{}>", element.name.local);
}

/// Whether an element is laid out as a block, and begins a line of the snippet.
fn is_on_its_own(element: &Element) -> bool {
    let name = &element.name.local;
    is_block_name(name) && &**name != "br"
}

fn begin_line(depth: usize, out: &mut String) {
    if !out.is_empty() {
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    (0..depth).for_each(|_| out.push_str("  "));
}

fn words(own: &str, text: Text, out: &mut String) {
    if own.starts_with(char::is_whitespace) && !out.ends_with(char::is_whitespace) {
        out.push(' ');
    }
    let words: Vec<&str> = own.split_whitespace().collect();
    let keep = match text {
        Text::Own => OWN_WORDS,
        // What is only a sign says nothing.
        Text::Neutral if !own.contains(char::is_alphabetic) => words.len(),
        Text::Neutral => 0,
    };
    let kept = words.iter().take(keep).copied().collect::<Vec<_>>().join(" ");
    escape(&kept.replace(BRACKETS.0, BRACKETS.1), out);
    if words.len() > keep {
        let gap = if kept.is_empty() { "" } else { " " };
        let _ = write!(out, "{gap}[[prose {}]]", words.len() - keep);
    }
    if !words.is_empty() && own.ends_with(char::is_whitespace) {
        out.push(' ');
    }
}

fn attributes(element: &Element, out: &mut String) {
    const TELLING: [&str; 15] = [
        "id",
        "class",
        "href",
        "action",
        "type",
        "name",
        "role",
        "aria-label",
        "placeholder",
        "value",
        "alt",
        "title",
        "for",
        "rel",
        "autocomplete",
    ];
    for attr in &element.attrs {
        let name = &*attr.name.local;
        let telling = TELLING.contains(&name) || name.starts_with("data-");
        // What follows a question mark is different on every page.
        let mut value = match name {
            "href" | "action" => attr.value.split('?').next().unwrap_or_default(),
            _ => &*attr.value,
        };
        let chosen;
        if name == "class" && value.chars().count() > MAX_VALUE_CHARS {
            chosen = chosen_names(value);
            value = &chosen;
        }
        if !telling || value.chars().count() > MAX_VALUE_CHARS {
            continue;
        }
        let _ = write!(out, " {name}");
        if !value.is_empty() {
            out.push_str("=\"");
            escape(&value.replace(BRACKETS.0, BRACKETS.1), out);
            out.push('"');
        }
    }
}

/// Of many classes those that selectors may go by, as far as there is room.
fn chosen_names(classes: &str) -> String {
    let mut out = String::new();
    let names = classes.split_ascii_whitespace();
    for name in names.filter(|name| is_stable(name) || telling_start(name).is_some()) {
        if out.len() + name.len() >= MAX_VALUE_CHARS {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(name);
    }
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
}

/// Whether an element shows nothing that a rule would look at.
pub(super) fn is_skipped(element: &Element) -> bool {
    let hidden = element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"));
    let name = &*element.name.local;
    hidden
        || matches!(
            name,
            "script"
                | "style"
                | "svg"
                | "template"
                | "noscript"
                | "iframe"
                | "link"
                | "meta"
                | "source"
                | "path"
        )
}

fn is_void(element: &Element) -> bool {
    matches!(
        &*element.name.local,
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "track" | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::parse::{ParseOptions, parse};

    fn sketched(html: &str, text: Text) -> String {
        drawn(html, text, Detail::FULL)
    }

    fn drawn(html: &str, text: Text, detail: Detail) -> String {
        let doc = parse(html, &ParseOptions::default()).unwrap();
        let ids = (0..doc.nodes.len() as u32).map(NodeId);
        let body = ids.clone().find(|id| doc.name(*id).is_some_and(|n| &**n == "body")).unwrap();
        let node = doc.node(body);
        let sketch = Sketch { doc: &doc, text, marked: &[], detail };
        sketch.draw((node.first_child.unwrap(), node.last_child.unwrap()), 0)
    }

    #[test]
    fn structure_stays_and_noise_goes() {
        let html = "<div class='a b' style=x data-role=\"x&quot;y\"><script>1</script>\n\
            <p>One <b>&amp; two</b><br>three [[x]]</p><img src=a.png alt=Mill>\
            <a href='/a?b=c'>go</a></div>";
        assert_eq!(
            sketched(html, Text::Own),
            "<div class=\"a b\" data-role=\"x&quot;y\">\n  <p>One <b>&amp; two</b><br>three [ [x]]</p>\
             <img alt=\"Mill\"><a href=\"/a\">go</a>\n</div>"
        );
    }

    #[test]
    fn neutral_words_stand_for_others() {
        let long = "word ".repeat(50);
        assert_eq!(sketched(&format!("<p>{long}</p>"), Text::Neutral), "<p>[[prose 50]]</p>");
        let own = sketched(&format!("<p>{long}</p>"), Text::Own);
        assert!(own.ends_with("word [[prose 20]]</p>"), "{own}");
        assert_eq!(sketched("<p>× 3</p>", Text::Neutral), "<p>× 3</p>");
    }

    #[test]
    fn less_detail_where_there_is_no_room() {
        let html =
            "<ul><li class=a>One<li class=a>Two<li class=b>Three</ul><div><p>A <b>b c</b></div>";
        let few = Detail { alike: 1, ..Detail::FULL };
        assert_eq!(
            drawn(html, Text::Own, few),
            "<ul>\n  <li class=\"a\">One</li>\n  <li class=\"b\">Three</li>\n</ul>\n<div>\n  \
             <p>A <b>b c</b></p>\n</div>"
        );
        let flat = Detail { alike: 9, levels: 1 };
        assert_eq!(drawn(html, Text::Own, flat), "<ul>[[prose 3]]</ul>\n<div>[[prose 3]]</div>");
    }

    #[test]
    fn of_many_classes_those_that_say_something() {
        let html = format!("<p class='{} promo-box wide'>A</p>", "u-1x ".repeat(40));
        assert_eq!(sketched(&html, Text::Own), "<p class=\"promo-box wide\">A</p>");
    }
}
