//! From verdicts to findings: who said what, where, and why, in words.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::num::NonZeroU32;

use html5ever::LocalName;

use crate::decode::Decoded;
use crate::dom::{Document, NodeData, NodeId};
use crate::evidence::block::BlockId;
use crate::finding::{Cut, NearMiss, Place, Reason, RuleRef};
use crate::judge::points::{Scale, Sum};
use crate::judge::{self, Held, Joined, Region};
use crate::rules::source::rule::{Action, BAR, Sign, SignId, Status, Test};

/// The characters of a near miss's text that are kept: enough to recognise it.
const NEAR_CHARS: usize = 200;

/// Tells findings about one document.
pub(crate) struct Narrator<'a> {
    scale: &'a Scale<'a>,
    decoded: &'a Decoded<'a>,
    lines: &'a Lines<'a>,
    /// Where elements stand among their siblings, read when first asked for.
    ranks: RefCell<Ranks>,
}

/// The lines of a text, counted when first asked for: most pages have nothing to tell of.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    /// How many end before each [`STRIDE`] of the text.
    before: OnceCell<Vec<usize>>,
}

/// What is counted anew for each place.
const STRIDE: usize = 4096;

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Lines<'a> {
        Lines { text: text.as_bytes(), before: OnceCell::new() }
    }

    /// The line, from 1, of the byte `at`.
    pub(crate) fn of(&self, at: usize) -> usize {
        let before = self.before.get_or_init(|| {
            let mut count = 0;
            let strides = self.text.chunks(STRIDE).map(|stride| {
                count += breaks(stride);
                count
            });
            std::iter::once(0).chain(strides).collect()
        });
        let at = at.min(self.text.len());
        let stride = at / STRIDE;
        1 + before.get(stride).copied().unwrap_or(0) + breaks(&self.text[stride * STRIDE..at])
    }
}

/// The number of line feeds.
fn breaks(bytes: &[u8]) -> usize {
    // Sums of bytes are what compilers make vector code of.
    let in_chunk = |chunk: &[u8]| chunk.iter().map(|b| u8::from(*b == b'\n')).sum::<u8>();
    bytes.chunks(u8::MAX as usize).map(|chunk| usize::from(in_chunk(chunk))).sum()
}

impl<'a> Narrator<'a> {
    pub(crate) fn new(
        scale: &'a Scale<'a>,
        decoded: &'a Decoded<'a>,
        lines: &'a Lines<'a>,
    ) -> Self {
        Narrator { scale, decoded, lines, ranks: RefCell::default() }
    }

    pub(crate) fn cut(&self, region: &Region) -> Cut {
        let outline = &self.scale.evidence.outline;
        let (first, last) = (outline.block(region.from).first, outline.block(region.to).last);
        Cut {
            place: self.place(first, last),
            category: region.category,
            rule: self.rule(region.rule),
            points: region.sum.points,
            evidence: self.reasons(region.rule, &region.sum, region.seed),
            extent: region.joined.iter().map(|(block, why)| self.joined(*block, why)).collect(),
            text: text_of(self.scale.doc, first, last),
        }
    }

    pub(crate) fn near(&self, miss: &judge::NearMiss) -> NearMiss {
        let block = self.scale.evidence.outline.block(miss.block);
        let mut text = text_of(self.scale.doc, block.first, block.last);
        if let Some((at, _)) = text.char_indices().nth(NEAR_CHARS) {
            text.truncate(at);
            text.push('…');
        }
        let kept = match &miss.held {
            None => format!("{} points short", BAR - miss.sum.points),
            Some(Held::Shield(rule)) => {
                format!("shielded by {}", self.scale.rules.set.rules[*rule].id)
            }
            Some(Held::Guard(guard)) => format!("guard: {}", guard.name()),
        };
        NearMiss {
            place: self.place(block.first, block.last),
            category: miss.category,
            rule: self.rule(miss.rule),
            points: miss.sum.points,
            evidence: self.reasons(miss.rule, &miss.sum, (miss.block, miss.block)),
            kept,
            text,
        }
    }

    pub(crate) fn place(&self, first: NodeId, last: NodeId) -> Place {
        let doc = self.scale.doc;
        let start = doc.span(first).map_or(0, |span| span.start);
        let end = doc.span(last).map_or(start, |span| span.end.max(start));
        Place {
            range: self.decoded.source_offset(start)..self.decoded.source_offset(end),
            line: self.lines.of(start),
            path: if self.scale.text_document {
                String::new()
            } else {
                self.ranks.borrow_mut().path(doc, first)
            },
        }
    }

    pub(crate) fn rule(&self, index: usize) -> RuleRef {
        let set = &self.scale.rules.set;
        let rule = &set.rules[index];
        RuleRef {
            id: rule.id.clone(),
            file: set.files.get(rule.file as usize).cloned().unwrap_or_default(),
            line: rule.line,
            draft: rule.status == Status::Draft,
        }
    }

    fn file(&self, index: u16) -> String {
        self.scale.rules.set.files.get(usize::from(index)).cloned().unwrap_or_default()
    }

    fn reasons(&self, rule: usize, sum: &Sum, seed: (BlockId, BlockId)) -> Vec<Reason> {
        let Action::Score { evidence, .. } = &self.scale.rules.set.rules[rule].action else {
            return vec![Reason {
                points: BAR,
                sign: "remove".into(),
                what: None,
                file: None,
                line: 0,
            }];
        };
        sum.lines
            .iter()
            .filter_map(|line| evidence.get(*line as usize))
            .map(|line| {
                let what: Vec<String> = line
                    .tests
                    .iter()
                    .filter_map(|test| match test {
                        Test::Sign(sign, true) | Test::Own(sign) => self.shown(*sign, seed),
                        _ => None,
                    })
                    .collect();
                Reason {
                    points: line.points,
                    sign: line.label.clone(),
                    what: (!what.is_empty()).then(|| what.join(", ")),
                    file: (line.file != self.scale.rules.set.rules[rule].file)
                        .then(|| self.file(line.file)),
                    line: line.line,
                }
            })
            .collect()
    }

    /// Which entry of a sign was found in a run of blocks.
    pub(crate) fn shown(&self, sign: SignId, seed: (BlockId, BlockId)) -> Option<String> {
        let entry = self.scale.evidence.entry(seed, sign)? as usize;
        match self.scale.rules.set.signs.get(sign.0 as usize)? {
            Sign::Phrases { .. } => self.scale.rules.phrases.written(entry).map(str::to_string),
            Sign::ClassWords(words) => words.get(entry).map(|w| w.join("-")),
            Sign::Links(places) | Sign::Has(places) => places.get(entry).cloned(),
            _ => None,
        }
    }

    fn joined(&self, block: BlockId, why: &Joined) -> String {
        let named =
            |kind: &str, rule: usize| format!("{kind} {}", self.scale.rules.set.rules[rule].id);
        match why {
            Joined::Wrapper => {
                let first = self.scale.evidence.outline.block(block).first;
                let name = self.scale.doc.name(first).map_or("", |name| name);
                format!("wrapper {name}")
            }
            Joined::Appeal { rule, .. } => named("appeal", *rule),
            Joined::Beside { rule, .. } => named("beside", *rule),
            Joined::Between => "between".into(),
            Joined::Opens => "opener".into(),
            Joined::Closes => "closer".into(),
            Joined::Symbol => "symbol".into(),
            Joined::Heading => "heading".into(),
            Joined::Section => "section".into(),
            Joined::Card => "labelled card".into(),
        }
    }
}

/// Numbers of elements among their siblings.
#[derive(Default)]
struct Ranks {
    /// For each element its number, from 1; nothing if no other has its name.
    numbers: Vec<Option<NonZeroU32>>,
    /// Whether the children of a node were numbered: all of them at once, since a parent with many
    /// children may be told of many times.
    known: Vec<bool>,
}

impl Ranks {
    fn number(&mut self, doc: &Document, parent: NodeId) {
        self.numbers.resize(doc.nodes.len(), None);
        self.known.resize(doc.nodes.len(), false);
        if std::mem::replace(&mut self.known[parent.index()], true) {
            return;
        }
        let mut named: HashMap<&LocalName, u32> = HashMap::new();
        let elements = || doc.children(parent).filter_map(|id| Some((id, doc.name(id)?)));
        elements().for_each(|(_, name)| *named.entry(name).or_default() += 1);
        for ((id, name), number) in elements().zip(1..) {
            if named.get(name).is_some_and(|count| *count > 1) {
                self.numbers[id.index()] = NonZeroU32::new(number);
            }
        }
    }

    /// The way to `id` as a CSS selector, from `body` on.
    fn path(&mut self, doc: &Document, id: NodeId) -> String {
        let mut steps = Vec::new();
        let mut at = Some(id);
        while let Some(id) = at {
            let parent = doc.node(id).parent;
            if let Some(parent) = parent {
                self.number(doc, parent);
            }
            if let Some(name) = doc.name(id).filter(|name| &***name != "html") {
                steps.push(match self.numbers.get(id.index()).copied().flatten() {
                    None => name.to_string(),
                    Some(number) => format!("{name}:nth-child({number})"),
                });
            }
            at = parent;
        }
        steps.reverse();
        steps.join(" > ")
    }
}

/// The text of the siblings from `first` to `last`, white space collapsed, with the labels of
/// fields and buttons in brackets.
pub(crate) fn text_of(doc: &Document, first: NodeId, last: NodeId) -> String {
    let mut out = String::new();
    let mut push = |text: &str| {
        for word in text.split_whitespace() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    };
    let mut top = Some(first);
    while let Some(id) = top {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            if doc.is_removed(id) {
                continue;
            }
            match &doc.node(id).data {
                NodeData::Text(text) => push(text),
                NodeData::Element(element) => {
                    let name = &*element.name.local;
                    if matches!(
                        name,
                        "script" | "style" | "template" | "svg" | "iframe" | "noscript"
                    ) {
                        continue;
                    }
                    if name == "input"
                        && element.attr("type") != Some("hidden")
                        && let Some(label) =
                            element.attr("placeholder").or_else(|| element.attr("value"))
                    {
                        push(&format!("[{label}]"));
                    }
                    let mut child = doc.node(id).last_child;
                    while let Some(at) = child {
                        stack.push(at);
                        child = doc.node(at).prev;
                    }
                }
                _ => {}
            }
        }
        top = if id == last { None } else { doc.node(id).next };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let text = "a\n\nbc\n".repeat(STRIDE);
        let lines = Lines::new(&text);
        for at in (0..=text.len()).step_by(97).chain([text.len(), text.len() + 1]) {
            let before = &text[..at.min(text.len())];
            assert_eq!(lines.of(at), 1 + before.matches('\n').count(), "{at}");
        }
    }
}
