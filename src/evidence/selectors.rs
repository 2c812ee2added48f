//! CSS selectors, matched by servo's `selectors` over the arena.

use std::borrow::Borrow;
use std::cell::Cell;
use std::fmt;

use cssparser::{Parser as CssParser, ToCss};
use html5ever::{LocalName, Namespace, local_name, ns};
use precomputed_hash::PrecomputedHash;
use selectors::attr::{
    AttrSelectorOperation, AttrSelectorOperator, CaseSensitivity, NamespaceConstraint,
    ParsedCaseSensitivity,
};
use selectors::bloom::BloomFilter;
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode,
    SelectorCaches,
};
use selectors::matching::{ElementSelectorFlags, matches_selector_list};
use selectors::parser::{Component, ParseRelative, SelectorParseErrorKind};
use selectors::{OpaqueElement, SelectorImpl, SelectorList};

use crate::dom::{Document, Element, NodeData, NodeId};
use crate::hash::RuleMap;
use crate::rules::source::selector;

/// Steps through a document that matching may take, in all and for each of its nodes. `a ~ b` looks
/// at all siblings before each `b`: of thousands of siblings, that is too much.
const STEPS: (u64, u64) = if cfg!(test) { (1 << 16, 100) } else { (1 << 26, 1000) };

/// What is kept while the selectors of a ruleset are matched with one document.
#[derive(Default)]
pub(crate) struct Caches {
    matcher: SelectorCaches,
    /// Steps taken through the document.
    steps: Cell<u64>,
    /// Elements asked about since filters were last dropped.
    asked: u32,
}

/// For each element asked about with `:has`, the matcher may keep a filter of 4 KiB of what is in it.
/// A million tables would fill gigabytes; so many fill 8 MiB.
const FILTERS: u32 = 2048;

impl Caches {
    fn make_room(&mut self) {
        self.asked += 1;
        if self.asked > FILTERS {
            self.asked = 0;
            drop(std::mem::take(&mut self.matcher.relative_selector_filter_map));
        }
    }

    /// Whether matching took more steps than it may: what was said since is not to be relied on.
    pub(crate) fn exhausted(&self, doc: &Document) -> bool {
        self.steps.get() > most_steps(doc)
    }
}

fn most_steps(doc: &Document) -> u64 {
    STEPS.0 + STEPS.1 * doc.nodes.len() as u64
}

/// A list of selectors, parsed.
#[derive(Clone, Debug)]
pub(crate) struct Selector(SelectorList<Simple>);

impl Selector {
    /// Parses a selector list.
    ///
    /// # Errors
    ///
    /// What is wrong, for whoever wrote it.
    pub(crate) fn parse(text: &str) -> Result<Selector, String> {
        selector::check(text).map_err(|bad| bad.message)?;
        let mut parser = CssParser::new(text);
        let list = SelectorList::parse(&SimpleParser, &mut parser, ParseRelative::No)
            .map_err(|_| UNREADABLE.to_string())?;
        if !parser.is_exhausted() {
            return Err(UNREADABLE.to_string());
        }
        Ok(Selector(list))
    }

    /// Whether the element at `id` matches; nothing does once matching took too many steps.
    pub(crate) fn matches(&self, doc: &Document, id: NodeId, caches: &mut Caches) -> bool {
        // To ask is a step too: there may be as many selectors as nodes.
        caches.steps.set(caches.steps.get() + self.0.slice().len() as u64);
        if caches.exhausted(doc) {
            return false;
        }
        caches.make_room();
        let Caches { matcher, steps, .. } = caches;
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            matcher,
            QuirksMode::NoQuirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        matches_selector_list(&self.0, At { doc, id, steps }, &mut context)
    }
}

/// Something that an element must show for a selector to match it.
#[derive(Debug, PartialEq, Eq)]
enum Need {
    Tag(LocalName),
    Id(LocalName),
    Class(LocalName),
    Attr(LocalName, Option<Asked>),
    Nothing,
}

impl Need {
    /// What each of the selectors in a list needs, and whether that is all it asks for.
    fn all(selector: &Selector, needs: &mut Vec<(Need, bool)>) {
        for complex in selector.0.slice() {
            let mut best = [None, None, None, None, None];
            let alone = complex.len() == 1;
            // From the right up to the first combinator: what the element itself must show.
            for simple in complex.iter() {
                match simple {
                    Component::ID(id) => best[0] = Some(vec![(Need::Id(id.0.clone()), alone)]),
                    Component::Class(class) => {
                        best[1] = Some(vec![(Need::Class(class.0.clone()), alone)]);
                    }
                    Component::LocalName(tag) => {
                        let (own, lower) = (tag.name.0.clone(), tag.lower_name.0.clone());
                        // What is not HTML is compared with case.
                        let alone = alone && own == lower;
                        best[3] = Some(vec![(Need::Tag(own), alone), (Need::Tag(lower), alone)]);
                    }
                    Component::AttributeInNoNamespaceExists { local_name, local_name_lower } => {
                        let (own, lower) = (local_name.0.clone(), local_name_lower.0.clone());
                        best[4] = Some(vec![
                            (Need::Attr(own, None), false),
                            (Need::Attr(lower, None), false),
                        ]);
                    }
                    Component::AttributeInNoNamespace {
                        local_name,
                        operator,
                        value,
                        case_sensitivity,
                    } => {
                        let asked = Asked::new(*operator, value, *case_sensitivity);
                        best[2] =
                            Some(vec![(Need::Attr(local_name.0.clone(), Some(asked)), false)]);
                    }
                    _ => {}
                }
            }
            let nothing = || vec![(Need::Nothing, false)];
            needs.extend(best.into_iter().flatten().next().unwrap_or_else(nothing));
        }
    }
}

/// What a selector asks of an attribute's value, as far as the attribute alone can tell.
#[derive(PartialEq, Eq)]
struct Asked {
    operator: AttrSelectorOperator,
    value: String,
    case: CaseSensitivity,
    /// The [`pairs`] of `value`, which every operator looks for as it stands.
    pairs: u64,
}

/// A bit for every two bytes that stand together in `text`, whatever their case, to tell at once of
/// most that they are not in another.
fn pairs(text: &str) -> u64 {
    let bit = |a: &u8, b: &u8| 1 << ((u32::from(a | 0x20) * 5 + u32::from(b | 0x20)) % 64);
    text.as_bytes()
        .iter()
        .zip(text.as_bytes().iter().skip(1))
        .fold(0, |bits, (a, b)| bits | bit(a, b))
}

impl Asked {
    fn new(operator: AttrSelectorOperator, value: &Value, case: ParsedCaseSensitivity) -> Asked {
        let case = match case {
            ParsedCaseSensitivity::ExplicitCaseSensitive | ParsedCaseSensitivity::CaseSensitive => {
                CaseSensitivity::CaseSensitive
            }
            // Without case is what fits some elements more than the selector does.
            _ => CaseSensitivity::AsciiCaseInsensitive,
        };
        Asked { operator, value: value.0.clone(), case, pairs: pairs(&value.0) }
    }

    /// Whether a value with these [`pairs`] may be what is asked for.
    fn may_fit(&self, value: &str, pairs: u64) -> bool {
        self.pairs & !pairs == 0 && self.operator.eval_str(value, &self.value, self.case)
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.operator.to_css(f)?;
        write!(f, "{:?} {:?}", self.value, self.case)
    }
}

/// A selector that may match an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    pub(crate) number: u32,
    /// It does match, whatever is around the element.
    pub(crate) sure: bool,
}

/// Selectors, by what an element must show for them to match it: few elements show anything that
/// any selector asks for.
#[derive(Debug, Default)]
pub(crate) struct Index {
    tags: ByName<Lead>,
    ids: ByText,
    classes: ByText,
    attrs: ByName<(Lead, Option<Asked>)>,
    others: Vec<Lead>,
}

/// Leads by the name of an element or attribute.
#[derive(Debug)]
struct ByName<T> {
    /// A bit for what the names' hashes end with, to tell at once of most that they are not here.
    filter: u64,
    leads: RuleMap<LocalName, Vec<T>>,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        ByName { filter: 0, leads: RuleMap::default() }
    }
}

impl<T> ByName<T> {
    fn bit(name: &LocalName) -> u64 {
        1 << (name.get_hash() % 64)
    }

    fn add(&mut self, name: LocalName, lead: T) {
        self.filter |= Self::bit(&name);
        self.leads.entry(name).or_default().push(lead);
    }

    fn get(&self, name: &LocalName) -> &[T] {
        let may = self.filter & Self::bit(name) != 0;
        may.then(|| self.leads.get(name)).flatten().map_or(&[], |leads| leads)
    }
}

/// Leads by an id or a class.
#[derive(Debug, Default)]
struct ByText {
    /// A bit for each length and last byte, to tell at once of most that they are not here.
    filter: u64,
    leads: RuleMap<String, Vec<Lead>>,
}

impl ByText {
    fn bit(text: &str) -> u64 {
        let last = text.as_bytes().last().copied().unwrap_or(0);
        1 << ((text.len() * 7 + usize::from(last)) % 64)
    }

    fn add(&mut self, text: &str, lead: Lead) {
        self.filter |= ByText::bit(text);
        self.leads.entry(text.to_string()).or_default().push(lead);
    }

    fn get(&self, text: &str) -> &[Lead] {
        let may = self.filter & ByText::bit(text) != 0;
        may.then(|| self.leads.get(text)).flatten().map_or(&[], |leads| leads)
    }
}

impl Index {
    /// Adds a selector under its number.
    pub(crate) fn add(&mut self, number: u32, selector: &Selector) {
        let mut needs = Vec::new();
        Need::all(selector, &mut needs);
        for (need, sure) in needs {
            let lead = Lead { number, sure };
            match need {
                Need::Tag(tag) => self.tags.add(tag, lead),
                Need::Id(id) => self.ids.add(&id, lead),
                Need::Class(class) => self.classes.add(&class, lead),
                Need::Attr(attr, asked) => self.attrs.add(attr, (lead, asked)),
                Need::Nothing => self.others.push(lead),
            }
        }
    }

    /// Puts the selectors that can match `element` into `found`, in order, each once.
    pub(crate) fn find(&self, element: &Element, found: &mut Vec<Lead>) {
        found.clear();
        found.extend_from_slice(&self.others);
        found.extend_from_slice(self.tags.get(&element.name.local));
        for attr in &element.attrs {
            let name = &attr.name.local;
            let leads = self.attrs.get(name);
            if !leads.is_empty() {
                let pairs = pairs(&attr.value);
                let may_fit = |asked: &Asked| asked.may_fit(&attr.value, pairs);
                let fits = leads.iter().filter(|(_, asked)| asked.as_ref().is_none_or(may_fit));
                found.extend(fits.map(|(lead, _)| *lead));
            }
            if *name == local_name!("id") {
                found.extend_from_slice(self.ids.get(&attr.value));
            } else if *name == local_name!("class") {
                for class in attr.value.split_ascii_whitespace() {
                    found.extend_from_slice(self.classes.get(class));
                }
            }
        }
        found.sort_unstable_by_key(|lead| (lead.number, !lead.sure));
        found.dedup_by_key(|lead| lead.number);
    }
}

/// What is said of a selector that passed [`selector::check`] and that the parser refuses. The
/// tests know none.
const UNREADABLE: &str = "this is not a CSS selector";

/// The types of our selectors: no pseudo-classes beyond the structural ones.
#[derive(Clone, Debug)]
pub(crate) struct Simple;

/// A name in a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(LocalName);

/// A value in an attribute selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value(String);

/// A pseudo-class or pseudo-element; there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Never {}

/// A namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Space(Namespace);

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name(LocalName::from(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value(text.to_string())
    }
}

impl AsRef<str> for Value {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Default for Name {
    fn default() -> Self {
        Name(LocalName::from(""))
    }
}

impl Borrow<LocalName> for Name {
    fn borrow(&self) -> &LocalName {
        &self.0
    }
}

impl Borrow<Namespace> for Space {
    fn borrow(&self) -> &Namespace {
        &self.0
    }
}

impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        self.0.precomputed_hash()
    }
}

impl PrecomputedHash for Space {
    fn precomputed_hash(&self) -> u32 {
        self.0.precomputed_hash()
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, out)
    }
}

impl ToCss for Value {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_string(&self.0, out)
    }
}

impl ToCss for Never {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl selectors::parser::NonTSPseudoClass for Never {
    fn is_active_or_hover(&self) -> bool {
        match *self {}
    }
    fn is_user_action_state(&self) -> bool {
        match *self {}
    }
}

impl selectors::parser::PseudoElement for Never {}

impl SelectorImpl for Simple {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Value;
    type Identifier = Name;
    type LocalName = Name;
    type NamespaceUrl = Space;
    type NamespacePrefix = Name;
    type BorrowedNamespaceUrl = Namespace;
    type BorrowedLocalName = LocalName;
    type NonTSPseudoClass = Never;
    type PseudoElement = Never;
}

struct SimpleParser;

impl<'i> selectors::parser::Parser<'i> for SimpleParser {
    type Impl = Simple;
    type Error = SelectorParseErrorKind;

    fn parse_is_and_where(&self) -> bool {
        true
    }
    fn parse_has(&self) -> bool {
        true
    }
    fn parse_nth_child_of(&self) -> bool {
        true
    }
    fn allow_forgiving_selectors(&self) -> bool {
        false
    }
}

/// An element of a document, as the matcher sees it.
#[derive(Clone, Copy)]
struct At<'a> {
    doc: &'a Document,
    id: NodeId,
    steps: &'a Cell<u64>,
}

impl fmt::Debug for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.id)
    }
}

impl<'a> At<'a> {
    fn data(self) -> Option<&'a Element> {
        self.doc.element(self.id)
    }

    fn step(self, next: impl Fn(&crate::dom::Node) -> Option<NodeId>) -> Option<Self> {
        self.first(next(self.doc.node(self.id)), next)
    }

    /// The first element from `at` on that is still there, if there are steps left.
    fn first(
        self,
        mut at: Option<NodeId>,
        next: impl Fn(&crate::dom::Node) -> Option<NodeId>,
    ) -> Option<Self> {
        let most = most_steps(self.doc);
        while let Some(id) = at {
            let steps = self.steps.get();
            if steps > most {
                return None;
            }
            self.steps.set(steps + 1);
            if self.doc.element(id).is_some() && !self.doc.is_removed(id) {
                return Some(At { id, ..self });
            }
            at = next(self.doc.node(id));
        }
        None
    }
}

impl selectors::Element for At<'_> {
    type Impl = Simple;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.doc.node(self.id))
    }
    fn parent_element(&self) -> Option<Self> {
        let parent = self.doc.node(self.id).parent?;
        self.doc.element(parent).map(|_| At { id: parent, ..*self })
    }
    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }
    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }
    fn is_pseudo_element(&self) -> bool {
        false
    }
    fn prev_sibling_element(&self) -> Option<Self> {
        self.step(|node| node.prev)
    }
    fn next_sibling_element(&self) -> Option<Self> {
        self.step(|node| node.next)
    }
    fn first_element_child(&self) -> Option<Self> {
        self.first(self.doc.node(self.id).first_child, |node| node.next)
    }
    fn is_html_element_in_html_document(&self) -> bool {
        self.data().is_some_and(|e| e.name.ns == ns!(html))
    }
    fn has_local_name(&self, name: &LocalName) -> bool {
        self.data().is_some_and(|e| e.name.local == *name)
    }
    fn has_namespace(&self, ns: &Namespace) -> bool {
        self.data().is_some_and(|e| e.name.ns == *ns)
    }
    fn is_same_type(&self, other: &Self) -> bool {
        self.data().map(|e| &e.name) == other.data().map(|e| &e.name)
    }
    fn attr_matches(
        &self,
        ns: &NamespaceConstraint<&Space>,
        name: &Name,
        operation: &AttrSelectorOperation<&Value>,
    ) -> bool {
        let Some(element) = self.data() else { return false };
        element.attrs.iter().any(|attr| {
            attr.name.local == name.0
                && match ns {
                    NamespaceConstraint::Any => true,
                    NamespaceConstraint::Specific(ns) => attr.name.ns == ns.0,
                }
                && operation.eval_str(&attr.value)
        })
    }
    fn match_non_ts_pseudo_class(&self, pc: &Never, _: &mut MatchingContext<'_, Simple>) -> bool {
        match *pc {}
    }
    fn match_pseudo_element(&self, pe: &Never, _: &mut MatchingContext<'_, Simple>) -> bool {
        match *pe {}
    }
    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}
    fn is_link(&self) -> bool {
        self.data().is_some_and(|e| e.name.local == local_name!("a") && e.attr("href").is_some())
    }
    fn is_html_slot_element(&self) -> bool {
        false
    }
    fn has_id(&self, id: &Name, case: CaseSensitivity) -> bool {
        self.data()
            .and_then(|e| e.attr("id"))
            .is_some_and(|value| case.eq(value.as_bytes(), id.0.as_bytes()))
    }
    fn has_class(&self, name: &Name, case: CaseSensitivity) -> bool {
        self.data().and_then(|e| e.attr("class")).is_some_and(|value| {
            value.split_ascii_whitespace().any(|class| case.eq(class.as_bytes(), name.0.as_bytes()))
        })
    }
    fn has_custom_state(&self, _: &Name) -> bool {
        false
    }
    fn imported_part(&self, _: &Name) -> Option<Name> {
        None
    }
    fn is_part(&self, _: &Name) -> bool {
        false
    }
    fn is_empty(&self) -> bool {
        self.doc.children(self.id).filter(|child| !self.doc.is_removed(*child)).all(|child| {
            match &self.doc.node(child).data {
                NodeData::Element(_) => false,
                NodeData::Text(text) => text.is_empty(),
                _ => true,
            }
        })
    }
    fn is_root(&self) -> bool {
        self.doc.node(self.id).parent == Some(NodeId::ROOT)
    }
    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    proptest! {
        /// What is looked over and found good is what can be parsed.
        #[test]
        fn the_grammar_is_that_of_the_parser(parts in vec(select(PARTS), 1..9)) {
            let text = parts.concat();
            if let Err(message) = Selector::parse(&text) {
                prop_assert_ne!(message, UNREADABLE, "{}", text);
            }
        }
    }

    const PARTS: &[&str] = &[
        "a",
        "div",
        "*",
        ".b",
        "#c",
        ".-d",
        ".\\31 x",
        ".é",
        "[e]",
        "[f=g]",
        "[h*='/i j' i]",
        "[k|=\"l\"]",
        " ",
        " > ",
        " + ",
        "~",
        ", ",
        ":not(",
        ":is(",
        ":has(",
        ":has(> ",
        ":where(",
        ")",
        ":root",
        ":empty",
        ":first-child",
        ":nth-child(2)",
        ":nth-child( 2n + 1 )",
        ":nth-child(odd of .m)",
        ":nth-last-child(-n+3)",
        ":nth-of-type(even)",
        ":nth-child(n of ",
        ":hover",
        "::before",
        "|",
        "/",
        "'",
        "[",
        "]",
        "\\",
        "1",
        "-",
    ];

    #[test]
    fn what_is_refused() {
        for bad in ["input[type=email", "div:hover", "a >", "", "p::before", ":has(", "a'"] {
            assert!(Selector::parse(bad).is_err(), "{bad}");
        }
        for good in ["#a > .b:not(.c)", "section:has(> p a[href*='/x'])", "p:nth-child(2 of .a), q"]
        {
            assert!(Selector::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn the_index_names_whatever_can_match() {
        let html = "<main id=a class='b C'><svg><linearGradient /></svg><p data-x=y>t<q>u</q></p>\
                    <input type=email></main>";
        let doc = crate::dom::parse::parse(html, &Default::default()).unwrap();
        let selectors = [
            "main",
            "MAIN",
            "#a",
            ".b",
            ".C",
            ".c",
            "p[data-x]",
            "[DATA-X]",
            "[data-x=y]",
            "*",
            ":not(p)",
            "main > p",
            "p q",
            ":is(p, q)",
            "q, input",
            "lineargradient",
            "linearGradient",
            "[type='EMAIL' i]",
            "main:has(q)",
            ":nth-child(2)",
            "#b, .b",
        ];
        let selectors = selectors.map(|text| Selector::parse(text).unwrap());
        let mut index = Index::default();
        for (number, selector) in selectors.iter().enumerate() {
            index.add(number as u32, selector);
        }
        let (mut found, mut matched) = (Vec::new(), 0);
        let mut caches = Caches::default();
        for id in (0..doc.nodes.len()).map(|id| NodeId(id as u32)) {
            let Some(element) = doc.element(id) else { continue };
            index.find(element, &mut found);
            for (number, selector) in selectors.iter().enumerate() {
                let lead = found.iter().find(|lead| lead.number == number as u32);
                if selector.matches(&doc, id, &mut caches) {
                    matched += 1;
                    assert!(lead.is_some(), "{selector:?}");
                } else {
                    assert!(lead.is_none_or(|lead| !lead.sure), "{selector:?}");
                }
            }
        }
        assert!(matched > 30, "{matched}");
    }
}
