//! The narrowest selector that will last.

use super::names::{is_stable, is_telling};
use crate::dom::{Document, Element, NodeId};
use crate::evidence::selectors::{Caches, Selector};

/// How far outwards an anchor is looked for, and how many names of each element are tried.
const MAX_ANCESTORS: usize = 8;
const MAX_SIMPLE: usize = 10;

/// The ways to name the block, or what is in it, that are tried with each anchor.
const MAX_CANDIDATES: usize = 40;

/// Elements within the block by which it may be told.
const MAX_WITHIN: usize = 40;

/// The longest value of an attribute that is worth to be written.
const MAX_VALUE: usize = 40;

/// What is added to the length of a selector, so that the likelier to last come first: ids and
/// telling names, then other names, then what is inside, then the place alone.
const TELLING: usize = 0;
const NAMED: usize = 20;
const INSIDE: usize = 25;
const BARE: usize = 60;

/// A selector with what speaks against it.
type Candidate = (usize, String);

/// The best selector that matches `wanted` and nothing else in the document; and the outermost
/// element that it names.
pub(super) fn propose(doc: &Document, wanted: &[NodeId]) -> Option<(String, NodeId)> {
    let target = *wanted.first()?;
    let shown: Vec<NodeId> =
        (0..doc.nodes.len() as u32).map(NodeId).filter(|id| doc.element(*id).is_some()).collect();
    let mut caches = Caches::default();
    let mut fits = |text: &str| {
        let Ok(selector) = Selector::parse(text) else { return false };
        wanted.iter().all(|id| selector.matches(doc, *id, &mut caches))
            && shown
                .iter()
                .all(|id| wanted.contains(id) || !selector.matches(doc, *id, &mut caches))
    };
    let own = own(doc, target);
    let within = within(doc, target);
    let mut first: Vec<Candidate> = own.clone();
    let tag = doc.name(target)?.to_string();
    for (cost, inner) in &within {
        first.push((cost + INSIDE, format!("{tag}:has({inner})")));
    }
    if let Some(found) = best(&mut first, &mut fits) {
        return Some((found, target));
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
                below.push((cost + more + INSIDE, format!("{anchor}{joint}{inner}")));
            }
        }
        if let Some(found) = best(&mut below, &mut fits) {
            return Some((found, ancestor));
        }
    }
    // The place alone, from the nearest element with a name.
    let mut path = step(doc, target);
    for ancestor in ancestors(doc, target) {
        let mut named: Vec<Candidate> = simple(doc, ancestor)
            .into_iter()
            .map(|(cost, anchor)| (cost, format!("{anchor} > {path}")))
            .collect();
        if let Some(found) = best(&mut named, &mut fits) {
            return Some((found, ancestor));
        }
        if doc.name(ancestor).is_some_and(|name| matches!(&**name, "body" | "html")) {
            let from_body = format!("{} > {path}", doc.name(ancestor)?);
            return fits(&from_body).then_some((from_body, ancestor));
        }
        path = format!("{} > {path}", step(doc, ancestor));
    }
    None
}

/// The cheapest candidate that fits.
fn best(candidates: &mut [Candidate], fits: &mut impl FnMut(&str) -> bool) -> Option<String> {
    candidates.sort_by_key(|(cost, text)| cost + text.len());
    candidates.iter().find(|(_, text)| fits(text)).map(|(_, text)| text.clone())
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
        all.push((cost + 1, format!("{name}{text}")));
        for (more, other) in names.iter().skip(i + 1) {
            all.push((cost.max(more) + 2, format!("{text}{other}")));
        }
    }
    shortest(all)
}

/// The ways to name an element by one thing that it has.
fn simple(doc: &Document, id: NodeId) -> Vec<Candidate> {
    let Some(element) = doc.element(id) else { return Vec::new() };
    let tag = &*element.name.local;
    let mut all = Vec::new();
    let cost = |text: &str| if is_telling(text) { TELLING } else { NAMED };
    if let Some(id) = element.attr("id").filter(|id| is_stable(id)) {
        all.push((cost(id), format!("#{}", identifier(id))));
    }
    let classes = element.attr("class").unwrap_or_default().split_ascii_whitespace();
    for class in classes.filter(|class| is_stable(class)) {
        all.push((cost(class), format!(".{}", identifier(class))));
    }
    for attr in &element.attrs {
        let (name, value) = (&*attr.name.local, &*attr.value);
        let data = name.strip_prefix("data-").is_some_and(is_stable);
        let fixed = matches!(name, "aria-label" | "name" | "type" | "role");
        if !(data || fixed) || value.len() > MAX_VALUE {
            continue;
        }
        let more = cost(&format!("{name} {value}"));
        if value.is_empty() {
            all.push((more, format!("{tag}[{name}]")));
        } else if !value.contains(|c: char| c.is_ascii_digit()) {
            all.push((more, format!("{tag}[{name}={}]", string(value))));
        }
    }
    if let Some(place) = place(element) {
        let name = if tag == "form" { "action" } else { "href" };
        all.push((cost(&place), format!("{tag}[{name}*={}]", string(&place))));
    }
    // Elements of which pages have few.
    if matches!(
        tag,
        "aside" | "form" | "dialog" | "footer" | "nav" | "header" | "main" | "article" | "body"
    ) {
        all.push((BARE, tag.to_string()));
    }
    all.sort_by_key(|(cost, text)| cost + text.len());
    all.truncate(MAX_SIMPLE);
    all
}

/// Where a link or a form leads, as far as it says something: a part of the path, or a host.
fn place(element: &Element) -> Option<String> {
    let target = element.attr("href").or_else(|| element.attr("action"))?;
    let target = target.split(['?', '#']).next().unwrap_or_default();
    let path = match target.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => target,
    };
    let mut parts = path.split('/').filter(|part| part.len() >= 3 && is_stable(part));
    let telling = parts.clone().find(|part| is_telling(part));
    telling.or_else(|| parts.next()).map(|part| format!("/{part}"))
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
        let child = if doc.node(id).parent == Some(target) { "> " } else { "" };
        let own = simple(doc, id).into_iter().filter(|(cost, _)| *cost < BARE);
        all.extend(own.map(|(cost, text)| (cost, format!("{child}{text}"))));
        stack.extend(doc.children(id));
    }
    shortest(all)
}

/// The candidates that are worth the work.
fn shortest(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.sort_by_key(|(cost, text)| cost + text.len());
    all.truncate(MAX_CANDIDATES);
    all
}

/// An element by its place among its like.
fn step(doc: &Document, id: NodeId) -> String {
    let Some(name) = doc.name(id) else { return "*".into() };
    let same = |other: &NodeId| doc.name(*other) == Some(name);
    let before = std::iter::successors(doc.node(id).prev, |prev| doc.node(*prev).prev);
    let number = before.filter(same).count() + 1;
    let alone = doc.node(id).parent.is_none_or(|p| doc.children(p).filter(same).count() == 1);
    if alone { name.to_string() } else { format!("{name}:nth-of-type({number})") }
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
        propose(&doc, &wanted).map(|(selector, _)| selector).unwrap_or_default()
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
    fn what_is_inside_where_names_are_hashed() {
        let html = "<section class=css-1a><a href='/x'>a</a></section><section class=css-1b wanted>\
            <p><a href='/newsletter-anmeldung/?x=1'>b</a></p></section>";
        assert_eq!(proposed(html), "section:has(a[href*=\"/newsletter-anmeldung\"])");
        let html = "<div class=a1>a</div><div class=b2 wanted><input type=email></div>";
        assert_eq!(proposed(html), "div:has(> input[type=\"email\"])");
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
