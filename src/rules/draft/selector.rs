//! The narrowest selector that will last.

use super::names::{is_numbered, is_stable, is_telling, telling_start};
use super::similar::is_like;
use crate::dom::{Document, Element, NodeId};
use crate::evidence::selectors::{Caches, Selector};

/// How far outwards an anchor is looked for, and how many names of each element are tried.
const MAX_ANCESTORS: usize = 8;
const MAX_SIMPLE: usize = 10;

/// The ways to name the block, or what is in it, that are tried with each anchor.
const MAX_CANDIDATES: usize = 40;

/// Elements within the block by which it may be told.
const MAX_WITHIN: usize = 40;

/// The most elements that are named on the way to one within the block.
const MAX_STEPS: usize = 4;

/// The longest value of an attribute that is worth to be written.
const MAX_VALUE: usize = 40;

/// What speaks against a selector. Names that say what the block is come first, whatever their
/// length; then children that do; then ids and data, other names, what is deeper inside (on the next
/// page that may fit an element further out), and the place alone.
const TELLING: usize = 0;
const STARTS_TELLING: usize = 1;
const CHILD: usize = 2;
const FIXED: usize = 3;
const NAMED: usize = 4;
const DEEPER: usize = 5;
/// Where a link leads that is no place for what the block asks: to an article, most likely, and to
/// another one tomorrow.
const LINKED: usize = 8;
const BARE: usize = 12;

/// A selector with what speaks against it.
type Candidate = (usize, String);

/// The blocks of one kind that one selector may mean.
const MAX_ALIKE: usize = 30;

/// How far a selector can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sureness {
    /// It goes by names that somebody chose.
    Name,
    /// It goes by a name with a number.
    Number,
    /// It goes by the place alone.
    Place,
}

/// A selector for a block.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub(super) selector: String,
    /// The outermost element that it names.
    pub(super) anchor: NodeId,
    /// All that it matches: what was wanted, and what is of the same kind.
    pub(super) all: Vec<NodeId>,
    pub(super) sureness: Sureness,
}

/// What selectors match in a document.
struct Matcher<'a> {
    doc: &'a Document,
    elements: Vec<NodeId>,
    wanted: &'a [NodeId],
    caches: Caches,
}

impl Matcher<'_> {
    fn all(&mut self, text: &str) -> Vec<NodeId> {
        let Ok(selector) = Selector::parse(text) else { return Vec::new() };
        let matches = |id: &NodeId| selector.matches(self.doc, *id, &mut self.caches);
        self.elements.iter().copied().filter(matches).collect()
    }

    /// Whether it matches what is wanted and nothing else.
    fn fits(&mut self, text: &str) -> bool {
        let Ok(selector) = Selector::parse(text) else { return false };
        let mut matches = |id: &NodeId| selector.matches(self.doc, *id, &mut self.caches);
        self.wanted.iter().all(&mut matches)
            && self.elements.iter().all(|id| self.wanted.contains(id) || !matches(id))
    }

    /// The cheapest candidate that fits.
    fn best(&mut self, candidates: &mut [Candidate]) -> Option<Candidate> {
        candidates.sort_by_key(|(cost, text)| (*cost, text.len()));
        candidates.iter().find(|(_, text)| self.fits(text)).cloned()
    }

    /// The cheapest candidate that matches, beside what is wanted, only what is built alike.
    fn kind(&mut self, candidates: &[Candidate]) -> Option<(String, Vec<NodeId>)> {
        let first = *self.wanted.first()?;
        candidates.iter().find_map(|(_, text)| {
            let all = self.all(text);
            let has_wanted = self.wanted.iter().all(|id| all.contains(id));
            let alike = |id: &NodeId| {
                self.wanted.contains(id)
                    || self.doc.name(*id) == self.doc.name(first)
                        && is_like(self.doc, first, *id)
                        && !ancestors(self.doc, *id).any(|outer| all.contains(&outer))
            };
            let fits = has_wanted && all.len() <= MAX_ALIKE && all.iter().all(alike);
            fits.then(|| (text.clone(), all.clone()))
        })
    }
}

/// The best selector that matches `wanted` and nothing else in the document, or nothing but what is
/// of its kind.
pub(super) fn propose(doc: &Document, wanted: &[NodeId]) -> Option<Proposal> {
    let target = *wanted.first()?;
    let elements =
        (0..doc.nodes.len() as u32).map(NodeId).filter(|id| doc.element(*id).is_some()).collect();
    let mut matcher = Matcher { doc, elements, wanted, caches: Caches::default() };
    let found = |selector: String, anchor: NodeId, sureness: Sureness| Proposal {
        selector,
        anchor,
        all: wanted.to_vec(),
        sureness,
    };
    let own = own(doc, target);
    let within = within(doc, target);
    let mut first: Vec<Candidate> = own.clone();
    let tag = doc.name(target)?.to_string();
    for (cost, inner) in &within {
        first.push((*cost, format!("{tag}:has({inner})")));
    }
    let alone = matcher.best(&mut first);
    // A name that says what the block is, shared with others of its kind, is better than what
    // tells it from them today.
    let telling: Vec<Candidate> =
        own.iter().filter(|(cost, _)| *cost <= STARTS_TELLING).cloned().collect();
    if alone.as_ref().is_none_or(|(cost, _)| *cost >= FIXED)
        && let Some((selector, all)) = matcher.kind(&telling)
    {
        return Some(Proposal { selector, anchor: target, all, sureness: Sureness::Name });
    }
    if let Some((_, selector)) = alone {
        return Some(found(selector, target, Sureness::Name));
    }
    // Not by itself, but below something with a name.
    for ancestor in ancestors(doc, target).take(MAX_ANCESTORS) {
        let is_parent = doc.node(target).parent == Some(ancestor);
        let joint = if is_parent { " > " } else { " " };
        let mut below: Vec<Candidate> = Vec::new();
        for (cost, anchor) in simple(doc, ancestor) {
            for (more, inner) in own.iter().chain(std::iter::once(&(BARE, tag.clone()))) {
                below.push((cost + more, format!("{anchor}{joint}{inner}")));
            }
            for (more, inner) in &within {
                let inner = format!("{tag}:has({inner})");
                below.push((cost + more, format!("{anchor}{joint}{inner}")));
            }
        }
        if let Some((_, selector)) = matcher.best(&mut below) {
            return Some(found(selector, ancestor, Sureness::Name));
        }
    }
    let named: Vec<Candidate> = own.into_iter().filter(|(cost, _)| *cost < BARE).collect();
    if let Some((selector, all)) = matcher.kind(&named) {
        return Some(Proposal { selector, anchor: target, all, sureness: Sureness::Name });
    }
    let number = doc.element(target).and_then(|e| e.attr("id")).filter(|id| is_numbered(id));
    if let Some(selector) = number.map(|id| format!("#{}", identifier(id)))
        && matcher.fits(&selector)
    {
        return Some(found(selector, target, Sureness::Number));
    }
    by_place(&mut matcher, target)
        .map(|(selector, anchor)| found(selector, anchor, Sureness::Place))
}

/// A selector by the place alone, from the nearest element with a name. Only where none of the
/// neighbours comes into this place when the block is gone: it would be the next to go.
fn by_place(matcher: &mut Matcher<'_>, target: NodeId) -> Option<(String, NodeId)> {
    let doc = matcher.doc;
    let mut path = last_step(doc, target)?;
    for ancestor in ancestors(doc, target) {
        let mut named: Vec<Candidate> = simple(doc, ancestor)
            .into_iter()
            .map(|(cost, anchor)| (cost, format!("{anchor} > {path}")))
            .collect();
        if let Some((_, selector)) = matcher.best(&mut named) {
            return Some((selector, ancestor));
        }
        if doc.name(ancestor).is_some_and(|name| matches!(&**name, "body" | "html")) {
            let from_body = format!("{} > {path}", doc.name(ancestor)?);
            return matcher.fits(&from_body).then_some((from_body, ancestor));
        }
        path = format!("{} > {path}", step(doc, ancestor));
    }
    None
}

/// The elements around `id`, nearest first.
pub(super) fn ancestors(doc: &Document, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    std::iter::successors(doc.node(id).parent, |id| doc.node(*id).parent)
        .filter(|id| doc.element(*id).is_some())
}

/// The ways to name an element, with its tag for those that say little.
fn own(doc: &Document, id: NodeId) -> Vec<Candidate> {
    let mut all = simple(doc, id);
    let Some(name) = doc.name(id) else { return all };
    let names: Vec<Candidate> =
        all.iter().filter(|(_, text)| text.starts_with('.')).cloned().collect();
    for (i, (cost, text)) in names.iter().enumerate() {
        all.push((*cost, format!("{name}{text}")));
        for (more, other) in names.iter().skip(i + 1) {
            all.push((*cost.min(more), format!("{text}{other}")));
        }
    }
    shortest(all)
}

/// The ways to name an element by one thing that it has.
fn simple(doc: &Document, id: NodeId) -> Vec<Candidate> {
    let Some(element) = doc.element(id) else { return Vec::new() };
    let tag = &*element.name.local;
    let mut all = Vec::new();
    let cost = |text: &str, other: usize| if is_telling(text) { TELLING } else { other };
    if let Some(id) = element.attr("id").filter(|id| is_stable(id)) {
        all.push((cost(id, FIXED), format!("#{}", identifier(id))));
    }
    for class in element.attr("class").unwrap_or_default().split_ascii_whitespace() {
        if is_stable(class) {
            all.push((cost(class, NAMED), format!(".{}", identifier(class))));
        } else if let Some(start) = telling_start(class) {
            all.push((STARTS_TELLING, format!("{tag}[class*={}]", string(start))));
        }
    }
    for attr in &element.attrs {
        let (name, value) = (&*attr.name.local, &*attr.value);
        let data = name.strip_prefix("data-").is_some_and(is_stable);
        let fixed = matches!(name, "aria-label" | "name" | "type" | "role");
        if !(data || fixed) || value.len() > MAX_VALUE {
            continue;
        }
        let more = cost(&format!("{name} {value}"), if data { FIXED } else { NAMED });
        if value.is_empty() {
            all.push((more, format!("{tag}[{name}]")));
        } else if !value.contains(|c: char| c.is_ascii_digit()) {
            all.push((more, format!("{tag}[{name}={}]", string(value))));
        }
    }
    if let Some(place) = place(element) {
        let name = if tag == "form" { "action" } else { "href" };
        all.push((cost(&place, LINKED), format!("{tag}[{name}*={}]", string(&place))));
    } else if let Some(host) = element.attr("href").and_then(host) {
        all.push((cost(host, LINKED), format!("{tag}[href*={}]", string(host))));
    }
    // Elements of which pages have few.
    if matches!(
        tag,
        "aside" | "form" | "dialog" | "footer" | "nav" | "header" | "main" | "article" | "body"
    ) {
        all.push((BARE, tag.to_string()));
    }
    all.sort_by_key(|(cost, text)| (*cost, text.len()));
    all.truncate(MAX_SIMPLE);
    all
}

/// Where a link or a form leads, as far as it says something: a part of the path, or a file.
fn place(element: &Element) -> Option<String> {
    let target = element.attr("href").or_else(|| element.attr("action"))?;
    let target = target.split(['?', '#']).next().unwrap_or_default();
    let path = match target.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => target,
    };
    let lasts = |part: &&str| {
        let name = part.split_once('.').map_or(*part, |(name, _)| name);
        name.len() >= 3 && is_stable(name)
    };
    let mut parts = path.split('/').filter(lasts);
    let telling = parts.clone().find(|part| is_telling(part));
    let part = telling.or_else(|| parts.next())?;
    let whole = format!("/{part}");
    Some(if target.contains(&whole) { whole } else { part.to_string() })
}

/// The site that a link leads to, if it leads to its front page.
fn host(target: &str) -> Option<&str> {
    let (_, rest) = target.split_once("://")?;
    let host = rest.strip_prefix("www.").unwrap_or(rest);
    let host = host.split(['?', '#']).next()?.trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    (host.len() <= MAX_VALUE && host.contains('.') && host.chars().all(plain)).then_some(host)
}

/// The ways to name what stands in the block: links, fields, names.
fn within(doc: &Document, target: NodeId) -> Vec<Candidate> {
    let mut all = Vec::new();
    let mut stack: Vec<NodeId> = doc.children(target).collect();
    let mut seen = 0;
    while let Some(id) = stack.pop() {
        if doc.element(id).is_none() {
            continue;
        }
        seen += 1;
        if seen > MAX_WITHIN {
            break;
        }
        let is_child = doc.node(id).parent == Some(target);
        let (child, more) = if is_child { ("> ", CHILD) } else { ("", DEEPER) };
        let own = simple(doc, id).into_iter().filter(|(cost, _)| *cost < BARE);
        let steps = steps(doc, target, id).filter(|_| !is_child);
        for (cost, text) in own {
            // Where an element further out has it in it too, only the way to it tells them apart.
            if let Some(steps) = &steps {
                all.push((cost + more + 1, format!("> {steps} > {text}")));
            }
            all.push((cost + more, format!("{child}{text}")));
        }
        stack.extend(doc.children(id));
    }
    shortest(all)
}

/// The names of the elements between two of which one stands in the other, if they are few.
fn steps(doc: &Document, outer: NodeId, inner: NodeId) -> Option<String> {
    let mut names = Vec::new();
    for id in ancestors(doc, inner).take_while(|id| *id != outer) {
        names.push(doc.name(id)?.to_string());
        if names.len() > MAX_STEPS {
            return None;
        }
    }
    names.reverse();
    Some(names.join(" > "))
}

/// The candidates that are worth the work.
fn shortest(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.sort_by_key(|(cost, text)| (*cost, text.len()));
    all.truncate(MAX_CANDIDATES);
    all
}

/// An element by its place among its like: how many there are before and after it.
fn among(doc: &Document, id: NodeId) -> (usize, usize) {
    let name = doc.name(id);
    let same = |other: &NodeId| doc.name(*other) == name;
    let before = std::iter::successors(doc.node(id).prev, |id| doc.node(*id).prev);
    let after = std::iter::successors(doc.node(id).next, |id| doc.node(*id).next);
    (before.filter(same).count(), after.filter(same).count())
}

/// The step of a path to an element.
fn step(doc: &Document, id: NodeId) -> String {
    let Some(name) = doc.name(id) else { return "*".into() };
    match among(doc, id) {
        (0, 0) => name.to_string(),
        (before, _) => format!("{name}:nth-of-type({})", before + 1),
    }
}

/// The last step of a path: it must not fit a neighbour when the element is gone. The first or the
/// last of its like, counted from the other end, has none to follow.
fn last_step(doc: &Document, id: NodeId) -> Option<String> {
    let name = doc.name(id)?;
    match among(doc, id) {
        (0, 0) => Some(name.to_string()),
        (before, 0) => Some(format!("{name}:nth-of-type({})", before + 1)),
        (0, after) => Some(format!("{name}:nth-last-of-type({})", after + 1)),
        _ => None,
    }
}

fn identifier(name: &str) -> String {
    let mut out = String::new();
    // Writing to a text does not fail.
    let _ = cssparser::serialize_identifier(name, &mut out);
    out
}

fn string(value: &str) -> String {
    let mut out = String::new();
    let _ = cssparser::serialize_string(value, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::parse::{ParseOptions, parse};

    /// What is proposed for the elements with the attribute `wanted`.
    fn proposed(html: &str) -> String {
        let doc = parse(html, &ParseOptions::default()).unwrap();
        let ids = (0..doc.nodes.len() as u32).map(NodeId);
        let wanted: Vec<NodeId> =
            ids.filter(|id| doc.element(*id).is_some_and(|e| e.attr("wanted").is_some())).collect();
        propose(&doc, &wanted).map(|found| found.selector).unwrap_or_default()
    }

    #[test]
    fn words_before_hashes() {
        let html =
            "<div class='css-1x2y newsletter-box wide' wanted>x</div><div class=wide>y</div>";
        assert_eq!(proposed(html), ".newsletter-box");
        assert_eq!(proposed("<div id=nl-box class=a wanted></div><div class=a></div>"), "#nl-box");
        assert_eq!(proposed("<div id=post-12 class='promo' wanted>"), ".promo");
    }

    #[test]
    fn telling_names_before_short_ones() {
        let html = "<div class='gb-box post-support-our-newsroom-wrapper' wanted>x</div>";
        assert_eq!(proposed(html), ".post-support-our-newsroom-wrapper");
        let html = "<div class=gb-box wanted><form class=newsletter-form></form></div>";
        assert_eq!(proposed(html), "div:has(> .newsletter-form)");
        let html = "<div class='box' id=lower-rail wanted>x</div>";
        assert_eq!(proposed(html), "#lower-rail");
        let html = "<div class='css-1 DonateBox_root__x7Fq2' wanted>x</div><div class=css-1></div>";
        assert_eq!(proposed(html), "div[class*=\"DonateBox_root__\"]");
    }

    #[test]
    fn what_is_inside_where_names_are_hashed() {
        let html = "<section class=css-1a><a href='/x'>a</a></section><section class=css-1b wanted>\
            <p><a href='/newsletter-anmeldung/?x=1'>b</a></p></section>";
        assert_eq!(proposed(html), "section:has(a[href*=\"/newsletter-anmeldung\"])");
        let html = "<div class=a1>a</div><div class=b2 wanted><input type=email></div>";
        assert_eq!(proposed(html), "div:has(> input[type=\"email\"])");
    }

    #[test]
    fn the_way_to_what_is_inside() {
        let html = "<table><tr><td><p>a</p><table wanted><tr><td><a href=hat.htm>hat</a></table>\
            <a href=index.htm>b</a></table>";
        assert_eq!(proposed(html), "table:has(> tbody > tr > td > a[href*=\"hat.htm\"])");
    }

    #[test]
    fn attributes() {
        let html = "<div>a</div><div data-component='support-banner' wanted>b</div>";
        assert_eq!(proposed(html), "div[data-component=\"support-banner\"]");
        let html = "<div>a</div><div aria-label='Support us' wanted>b</div>";
        assert_eq!(proposed(html), "div[aria-label=\"Support us\"]");
    }

    #[test]
    fn all_of_several_and_nothing_else() {
        let html = "<p class=promo wanted>a</p><p class=promo wanted>b</p><p>c</p>";
        assert_eq!(proposed(html), ".promo");
        let html = "<p class=box wanted>a</p><main id=story><p class=box>b</p></main>";
        assert_eq!(proposed(html), "body > .box");
    }

    #[test]
    fn below_something_with_a_name() {
        let html = "<div class=story><div class=css-1><p class=x1>a</p></div></div>\
            <div class=after-story><div class=css-1 wanted><p class=x1>b</p></div></div>";
        assert_eq!(proposed(html), ".after-story > div");
    }

    #[test]
    fn the_place_alone_is_the_last_resort() {
        let html = "<div class=q1><p>a</p><p wanted>b</p><p>c</p></div><div><p>d</p></div>";
        assert_eq!(proposed(html), "body > div:nth-of-type(1) > p:nth-of-type(2)");
    }
}
