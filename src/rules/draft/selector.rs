//! The narrowest selector that will last.

use super::candidate::{
    BARE, Candidate, FIXED, LINKED, NAMED, STARTS_TELLING, identifier, own, simple, within,
};
use super::names::is_numbered;
use super::similar::is_like;
use crate::Category;
use crate::dom::{Document, NodeId};
use crate::evidence::selectors::{Caches, Selector};

/// How far outwards an anchor is looked for.
const MAX_ANCESTORS: usize = 8;

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
    /// Words that a name of such a block has.
    stems: &'static [&'static str],
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
        let stems = self.stems;
        candidates.sort_by_cached_key(|(cost, text)| {
            let text = text.to_ascii_lowercase();
            (*cost, !stems.iter().any(|stem| text.contains(stem)), text.len())
        });
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
pub(super) fn propose(
    doc: &Document,
    wanted: &[NodeId],
    category: Option<Category>,
) -> Option<Proposal> {
    let target = *wanted.first()?;
    let elements =
        (0..doc.nodes.len() as u32).map(NodeId).filter(|id| doc.element(*id).is_some()).collect();
    let mut matcher = Matcher {
        doc,
        elements,
        wanted,
        stems: category.map_or(&[], stems),
        caches: Caches::default(),
    };
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
    let up_to = |most: usize| -> Vec<Candidate> {
        own.iter().filter(|(cost, _)| *cost <= most).cloned().collect()
    };
    let price = alone.as_ref().map_or(usize::MAX, |(cost, _)| *cost);
    let mut shared = None;
    if price >= FIXED {
        shared = matcher.kind(&up_to(STARTS_TELLING));
    }
    // Other names mean too much, but for the parts of one list of teasers.
    if shared.is_none() && price >= LINKED && category == Some(Category::Recirculation) {
        let parent = |id: &NodeId| doc.node(*id).parent == doc.node(target).parent;
        shared = matcher.kind(&up_to(NAMED)).filter(|(_, all)| all.iter().all(parent));
    }
    if let Some((selector, all)) = shared {
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
    let number = doc.element(target).and_then(|e| e.attr("id")).filter(|id| is_numbered(id));
    if let Some(selector) = number.map(|id| format!("#{}", identifier(id)))
        && matcher.fits(&selector)
    {
        return Some(found(selector, target, Sureness::Number));
    }
    by_place(&mut matcher, target)
        .map(|(selector, anchor)| found(selector, anchor, Sureness::Place))
}

/// Words that names of blocks of a category have.
fn stems(category: Category) -> &'static [&'static str] {
    match category {
        Category::Newsletter => &["newsletter", "subscri", "signup", "sign-up", "mail"],
        Category::Donation => &["donat", "support", "member", "spende", "don-"],
        Category::AdNotice => &["advert", "anzeige", "sponsor"],
        Category::Paywall => &["paywall", "regwall", "subscri"],
        Category::Consent => &["consent", "cookie"],
        Category::Share => &["share", "social"],
        Category::Recirculation => &["related", "recommend", "teaser"],
        Category::Promotion => &["promo", "banner", "cta"],
    }
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
        propose(&doc, &wanted, None).map(|found| found.selector).unwrap_or_default()
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
        let place = |wanted: usize| {
            let part = |n: usize| format!("<p {}>a</p>", if n == wanted { "wanted" } else { "" });
            let parts: String = (1..=3).map(part).collect();
            proposed(&format!("<div class=q1>{parts}</div><div><p>d</p></div>"))
        };
        assert_eq!(place(1), "body > div:nth-of-type(1) > p:nth-last-of-type(3)");
        assert_eq!(place(3), "body > div:nth-of-type(1) > p:nth-of-type(3)");
        // The third would be the second when that is gone.
        assert_eq!(place(2), "");
    }
}
