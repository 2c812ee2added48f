//! Cuts against the promise: the tree minus the targets, and nothing else.

use proptest::prelude::*;

use super::planner::{Candidate, Planner};
use super::{How, Plan, PlannedCut, Refusal, Target, plan, remove, verify};
use crate::dom::parse::{ParseOptions, parse};
use crate::dom::soup::{TORTURE, page, soup, thick_soup};
use crate::dom::tests::{config, saved_pages};
use crate::dom::{Document, NodeId};

fn parsed(source: &str) -> Document {
    parse(source, &ParseOptions::default()).unwrap()
}

/// The first element named `name`, or whose `id` is `name`.
fn find(document: &Document, name: &str) -> NodeId {
    (0..document.nodes.len() as u32)
        .map(NodeId)
        .find(|id| {
            document
                .element(*id)
                .is_some_and(|e| &*e.name.local == name || e.attr("id") == Some(name))
        })
        .unwrap()
}

/// Plans one target, verifies the plan, and gives how it is cut and what remains.
fn cut(source: &str, pick: impl Fn(&Document) -> Target) -> Result<(How, String), Refusal> {
    let document = parsed(source);
    let targets = [pick(&document)];
    let plan = plan(&document, source, &targets);
    verify(source, &document, &targets, &plan.cuts).unwrap();
    match (&plan.cuts[..], &plan.refused[..]) {
        ([cut], []) => Ok((cut.how, remove(source, &plan.cuts))),
        ([], [(0, refusal)]) => Err(*refusal),
        _ => panic!("{plan:?}"),
    }
}

fn cut_named(source: &str, name: &str) -> Result<(How, String), Refusal> {
    cut(source, |document| Target::node(find(document, name)))
}

fn safe(rest: &str) -> Result<(How, String), Refusal> {
    Ok((How::Safe, rest.to_string()))
}

fn proven(rest: &str) -> Result<(How, String), Refusal> {
    Ok((How::Proven, rest.to_string()))
}

#[test]
fn a_paragraph_that_closes_one_leaves_its_end_tag() {
    let page = "<body><p>a <p id=x><a>b</a></p> <p>c";
    assert_eq!(cut_named(page, "x"), proven("<body><p>a </p> <p>c"));
    // Nothing stands between the two, so that nothing else need close the first.
    let page = "<body><p>a<p id=x>b</p><p>c";
    assert_eq!(cut_named(page, "x"), proven("<body><p>a<p>c"));
    // What closed it does not say where.
    let page = "<body><p>a<p id=x>b<div>c</div>d";
    assert_eq!(cut_named(page, "x"), proven("<body><p>a<div>c</div>d"));
    let page = "<body><p>a<div id=x>b</div>c";
    assert_eq!(cut_named(page, "x"), Err(Refusal::Changes));
}

#[test]
fn elements_with_their_own_tags_are_safe() {
    let page = "<body><p>a</p><div id=x><b>c</b><ul><li>d</ul></div><p>e</p>";
    assert_eq!(cut_named(page, "x"), safe("<body><p>a</p><p>e</p>"));
    assert_eq!(cut_named("<body><img><br>x", "br"), safe("<body><img>x"));
    assert_eq!(cut_named("<body><form><input></form>x", "form"), safe("<body>x"));
    let page = "<body><table><tbody><tr id=x><td>a</td></tr><tr><td>b</td></tr></tbody></table>";
    let rest = "<body><table><tbody><tr><td>b</td></tr></tbody></table>";
    assert_eq!(cut_named(page, "x"), safe(rest));
}

#[test]
fn runs_of_text_and_elements_are_safe() {
    let run = |document: &Document| {
        let body = find(document, "p");
        let children: Vec<NodeId> = document.children(body).collect();
        Target { first: children[1], last: children[3] }
    };
    assert_eq!(
        cut("<body><p><i>a</i>b<br>c<i>d</i></p>", run),
        safe("<body><p><i>a</i><i>d</i></p>")
    );
    assert_eq!(cut("<body><p>a<!-- b -->c<br>d</p>", run), safe("<body><p>ad</p>"));
}

#[test]
fn what_reaches_out_needs_proof() {
    assert_eq!(
        cut_named("<body><ul><li>a<li id=x>b<li>c</ul>", "x"),
        proven("<body><ul><li>a<li>c</ul>")
    );
    assert_eq!(cut_named("<div id=x>a</div><p>b</p>", "x"), proven("<p>b</p>"));
    assert_eq!(
        cut_named("<body><p><b>a</p><div id=x>b</div><p>c</b></p>", "x"),
        proven("<body><p><b>a</p><p>c</b></p>")
    );
}

#[test]
fn what_would_change_the_rest_is_refused() {
    let page = "<body><p>a<div id=x>b</div></p>c";
    assert_eq!(cut_named(page, "x"), Err(Refusal::Changes));
    let page = "<body><div><b id=x>a<p>b</b>c</p></div>d";
    assert_eq!(cut_named(page, "x"), Err(Refusal::Changes));
    let page = "<body>a<table><div id=x>b</div><tr><td>c</td></tr></table>";
    assert_eq!(cut_named(page, "x"), proven("<body>a<table><tr><td>c</td></tr></table>"));
    let page = "<table><caption>a</caption><tr><td>b</td></tr></table>";
    assert_eq!(cut_named(page, "tbody"), Err(Refusal::Implied));
    assert_eq!(cut_named("<body>x", "body"), Err(Refusal::Structure));
    let backwards =
        |document: &Document| Target { first: find(document, "b"), last: find(document, "a") };
    assert_eq!(cut("<body><a></a><b></b>", backwards), Err(Refusal::NotSiblings));
}

#[test]
fn seams_are_looked_at() {
    for page in [
        "<body>a<<i>x</i>b",
        "<body>a<<i>x</i>!b",
        "<body>a\r<i>x</i>\nb",
        "<body>a&am<i>x</i>p;b",
        "<body>a&<i>x</i>#38;",
        "<body>&not<i>x</i>in;",
        "<body><pre><i>x</i>\nb</pre>",
        "<body><textarea></textarea><pre><i>x</i>\r\nb</pre>",
    ] {
        assert_eq!(cut_named(page, "i"), Err(Refusal::Changes), "{page}");
    }
    assert_eq!(cut_named("\u{feff}", "head"), Err(Refusal::Structure));
    assert_eq!(cut_named("<body>a&<i>x</i> b", "i"), safe("<body>a& b"));
    assert_eq!(cut_named("<body>a<<i>x</i> b", "i"), safe("<body>a< b"));
    assert_eq!(cut_named("<body>a\n<i>x</i>\nb", "i"), safe("<body>a\n\nb"));
    assert_eq!(cut_named("<body><pre>\n<i>x</i>\nb</pre>", "i"), safe("<body><pre>\n\nb</pre>"));
}

#[test]
fn a_wrapper_goes_with_what_it_wraps() {
    let page = "<body><p>a</p><div id=y> <!-- b --><table><tr><td>c</td></tr></table></div>d";
    let document = parsed(page);
    let targets = [Target::node(find(&document, "tbody"))];
    let plan = plan(&document, page, &targets);
    let table = find(&document, "table");
    assert_eq!(plan.cuts[0].how, How::Climbed(table));
    verify(page, &document, &targets, &plan.cuts).unwrap();
    assert_eq!(remove(page, &plan.cuts), "<body><p>a</p><div id=y> <!-- b --></div>d");
}

#[test]
fn touching_cuts_become_one() {
    let page = "<body><p>a</p><p id=x>b</p><p id=y>c</p><p>d</p>";
    let document = parsed(page);
    let targets = ["y", "x"].map(|name| Target::node(find(&document, name)));
    let plan = plan(&document, page, &targets);
    let span = 14..page.find("<p>d").unwrap();
    let wanted = PlannedCut { span, targets: vec![0, 1], how: How::Safe };
    assert_eq!(plan, Plan { cuts: vec![wanted], refused: Vec::new() });
}

#[test]
fn a_target_in_a_target_is_cut_with_it() {
    let page = "<body><div id=x>a<p id=y>b</p>c</div>d";
    let document = parsed(page);
    let targets = ["y", "x"].map(|name| Target::node(find(&document, name)));
    let plan = plan(&document, page, &targets);
    assert_eq!(remove(page, &plan.cuts), "<body>d");
    verify(page, &document, &targets, &plan.cuts).unwrap();
}

#[test]
fn verify_tells_what_changed() {
    let page = "<body><p>a<div id=x>b</div></p>c";
    let document = parsed(page);
    let targets = [Target::node(find(&document, "x"))];
    let cuts = [PlannedCut { span: 10..27, targets: vec![0], how: How::Proven }];
    let mismatch = verify(page, &document, &targets, &cuts).unwrap_err();
    assert_eq!(
        mismatch.to_string(),
        "the result differs: <p> is wanted but there is the text \"c\""
    );
}

/// Picks targets by random numbers: a node each, and some of its siblings.
fn pick(document: &Document, picks: &[(usize, usize)]) -> Vec<Target> {
    let count = document.nodes.len();
    let mut targets = Vec::new();
    for (node, run) in picks {
        let first = NodeId((node % count) as u32);
        let next = |id: &NodeId| document.node(*id).next;
        let last = std::iter::successors(Some(first), next).take(1 + run % 4).last();
        targets.push(Target { first, last: last.unwrap_or(first) });
    }
    targets
}

/// Checks the plan as a whole and every safe cut by itself.
fn check(source: &str, document: &Document, targets: &[Target]) -> Plan {
    let plan = plan(document, source, targets);
    if let Err(mismatch) = verify(source, document, targets, &plan.cuts) {
        panic!("{mismatch}\n{source:?}\n{targets:?}\n{plan:?}");
    }
    assert!(plan.cuts.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
    let mut seen: Vec<usize> = plan.cuts.iter().flat_map(|cut| cut.targets.clone()).collect();
    seen.extend(plan.refused.iter().map(|(index, _)| *index));
    seen.sort_unstable();
    assert_eq!(seen, (0..targets.len()).collect::<Vec<_>>(), "{source:?} {targets:?}");
    plan
}

fn check_each(source: &str, document: &Document, targets: &[Target]) {
    for target in targets {
        check(source, document, std::slice::from_ref(target));
    }
}

#[test]
fn torture_keeps_the_promise() {
    for source in TORTURE {
        let document = parsed(source);
        let all: Vec<(usize, usize)> =
            (0..document.nodes.len()).flat_map(|node| (0..3).map(move |run| (node, run))).collect();
        let targets = pick(&document, &all);
        check_each(source, &document, &targets);
    }
}

fn picks() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((any::<usize>(), any::<usize>()), 1..6)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn soup_keeps_the_promise(source in soup(), picks in picks()) {
        let document = parsed(&source);
        let targets = pick(&document, &picks);
        check(&source, &document, &targets);
        check_each(&source, &document, &targets);
    }

    #[test]
    fn thick_soup_keeps_the_promise(source in thick_soup(), picks in picks()) {
        let document = parsed(&source);
        let targets = pick(&document, &picks);
        check(&source, &document, &targets);
        check_each(&source, &document, &targets);
    }

    #[test]
    fn pages_keep_the_promise(source in page(), picks in picks()) {
        let document = parsed(&source);
        let targets = pick(&document, &picks);
        check(&source, &document, &targets);
        check_each(&source, &document, &targets);
    }
}

/// A small generator of random numbers, so that the pages give the same targets every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize
    }
}

/// What became of the targets picked.
#[derive(Debug, Default)]
struct Count {
    safe: usize,
    proven: usize,
    climbed: usize,
    refused: usize,
    implied: usize,
}

impl Count {
    fn add(&mut self, plan: &Plan) {
        for cut in &plan.cuts {
            let count = match cut.how {
                How::Safe => &mut self.safe,
                How::Proven => &mut self.proven,
                How::Climbed(_) => &mut self.climbed,
            };
            *count += cut.targets.len();
        }
        for (_, refusal) in &plan.refused {
            match refusal {
                Refusal::Implied | Refusal::Structure => self.implied += 1,
                _ => self.refused += 1,
            }
        }
    }
}

/// How many of the elements that appeals mostly are can be cut by the facts alone, and of how many.
fn safe_blocks(source: &str, document: &Document) -> (usize, usize) {
    let planner = Planner::new(document, source, &[]);
    let is_safe = |target: Target| {
        planner
            .span(&target)
            .is_ok_and(|span| planner.is_sure(&Candidate::new(0, target, span, How::Safe)))
    };
    let blocks: Vec<Target> = (0..document.nodes.len() as u32)
        .map(NodeId)
        .filter(|id| {
            let name = document.name(*id);
            name.is_some_and(|name| matches!(&**name, "div" | "section" | "aside" | "form" | "p"))
        })
        .map(Target::node)
        .collect();
    (blocks.iter().filter(|target| is_safe(**target)).count(), blocks.len())
}

#[test]
#[ignore = "needs a directory of pages in DEHUSK_PAGES"]
#[allow(clippy::print_stderr, reason = "its figures are what it is for")]
fn saved_pages_keep_the_promise() {
    let mut count = Count::default();
    let (mut safe, mut blocks) = (0, 0);
    for (_, source) in saved_pages() {
        let document = parsed(&source);
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15 ^ source.len() as u64);
        for runs in [false, true] {
            let run = |numbers: &mut Numbers| if runs { numbers.next() } else { 0 };
            let picks: Vec<(usize, usize)> =
                (0..12).map(|_| (numbers.next(), run(&mut numbers))).collect();
            let targets = pick(&document, &picks);
            let plan = check(&source, &document, &targets);
            count.add(&plan);
            for cut in plan.cuts.iter().filter(|cut| cut.how == How::Safe) {
                verify(&source, &document, &targets, std::slice::from_ref(cut)).unwrap();
            }
        }
        let (page_safe, page_blocks) = safe_blocks(&source, &document);
        (safe, blocks) = (safe + page_safe, blocks + page_blocks);
    }
    eprintln!("{count:?}; of {blocks} blocks {safe} are safe");
}
