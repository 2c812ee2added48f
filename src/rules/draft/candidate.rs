//! The ways to name an element, each with what speaks against it.

use super::names::{is_stable, is_telling, telling_start};
use super::selector::ancestors;
use super::sketch::is_skipped;
use crate::dom::{Document, Element, NodeId};

/// How many names of each element are tried.
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
pub(super) const STARTS_TELLING: usize = 1;
const CHILD: usize = 2;
pub(super) const FIXED: usize = 3;
pub(super) const NAMED: usize = 4;
const DEEPER: usize = 5;
/// Where a link leads that is no place for what the block asks: to an article, most likely, and to
/// another one tomorrow.
pub(super) const LINKED: usize = 8;
pub(super) const BARE: usize = 12;

/// A selector with what speaks against it.
pub(super) type Candidate = (usize, String);

/// The ways to name an element, with its tag for those that say little.
pub(super) fn own(doc: &Document, id: NodeId) -> Vec<Candidate> {
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
pub(super) fn simple(doc: &Document, id: NodeId) -> Vec<Candidate> {
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
pub(super) fn within(doc: &Document, target: NodeId) -> Vec<Candidate> {
    let mut all = Vec::new();
    let mut stack: Vec<NodeId> = doc.children(target).collect();
    let mut seen = 0;
    while let Some(id) = stack.pop() {
        if doc.element(id).is_none_or(is_skipped) {
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

pub(super) fn identifier(name: &str) -> String {
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
