use proptest::prelude::*;

use super::{
    super::{
        lines::is_space,
        tests::{any_markdown, any_text, config},
    },
    *,
};

/// Finds the innermost block whose source holds `text`.
fn find(source: &str, document: &Document, text: &str) -> NodeId {
    let start = source.find(text).unwrap();
    let holds = |id: &NodeId| {
        let node = document.node(*id);
        document.element(*id).is_some()
            && node.span.as_ref().is_some_and(|s| s.start <= start && start + text.len() <= s.end)
    };
    (0..document.nodes.len() as u32).map(NodeId).rfind(holds).unwrap()
}

/// Cuts the blocks that hold `targets` (a run where there are two), and asserts that all can go.
fn cut(source: &str, kind: Kind, targets: &[(&str, &str)]) -> String {
    let (left, kept) = try_cut(source, kind, targets);
    assert_eq!(kept, 0);
    left
}

fn try_cut(source: &str, kind: Kind, targets: &[(&str, &str)]) -> (String, usize) {
    let document = parse(source, kind);
    let targets: Vec<_> = targets
        .iter()
        .map(|(first, last)| (find(source, &document, first), find(source, &document, last)))
        .collect();
    let plan = plan(source, kind, &document, &targets);
    (apply(source, &plan.cuts), plan.kept.len())
}

fn text(source: &str, target: &str) -> String {
    cut(source, Kind::Text, &[(target, target)])
}

fn markdown(source: &str, target: &str) -> String {
    cut(source, Kind::Markdown, &[(target, target)])
}

#[test]
fn one_gap_stays() {
    for kind in [Kind::Text, Kind::Markdown] {
        let cut = |source, target| cut(source, kind, &[(target, target)]);
        assert_eq!(cut("a\n\nX\n\nb\n", "X"), "a\n\nb\n");
        assert_eq!(cut("a\n\n\nX\n\nb\n", "X"), "a\n\n\nb\n");
        assert_eq!(cut("a\r\n\r\nX\r\n\r\nb", "X"), "a\r\n\r\nb");
        assert_eq!(cut("a\n \t\nX\n\nb", "X"), "a\n \t\nb");
        // At the start and at the end.
        assert_eq!(cut("X\n\na\n", "X"), "a\n");
        assert_eq!(cut("a\n\nX", "X"), "a\n");
        assert_eq!(cut("a\n\nX\n\n", "X"), "a\n\n");
        assert_eq!(cut("\n\nX\n\na", "X"), "\n\na");
        assert_eq!(cut("X\n", "X"), "");
        assert_eq!(cut("\nX", "X"), "");
    }
}

#[test]
fn runs_and_neighbours_go_as_one() {
    let source = "a\n\nX\n\nY\n\nb\n\nZ\n";
    assert_eq!(cut(source, Kind::Text, &[("X", "Y")]), "a\n\nb\n\nZ\n");
    assert_eq!(cut(source, Kind::Text, &[("X", "X"), ("Y", "Y")]), "a\n\nb\n\nZ\n");
    assert_eq!(cut(source, Kind::Text, &[("Z", "Z"), ("X", "Y")]), "a\n\nb\n");
    // One within the other.
    let source = "a\n\nX\nY\n\nb";
    let document = parse(source, Kind::Text);
    let x = find(source, &document, "X");
    let group = document.node(x).parent.unwrap();
    let plan = plan(source, Kind::Text, &document, &[(x, x), (group, group)]);
    assert_eq!(apply(source, &plan.cuts), "a\n\nb");
}

#[test]
fn lines_of_a_group() {
    let source = "×\nGive now\nb\n\nc\nWeekly\nYearly\n\nd";
    assert_eq!(cut(source, Kind::Text, &[("×", "Give")]), "b\n\nc\nWeekly\nYearly\n\nd");
    assert_eq!(cut(source, Kind::Text, &[("Weekly", "Yearly")]), "×\nGive now\nb\n\nc\n\nd");
    assert_eq!(cut(source, Kind::Text, &[("c", "c")]), "×\nGive now\nb\n\nWeekly\nYearly\n\nd");
    assert_eq!(cut(source, Kind::Text, &[("×", "b"), ("c", "Yearly")]), "d");
    assert_eq!(text("a\n- b\n- X\n- c\n", "X"), "a\n- b\n- c\n");
    assert_eq!(text("a\n\n- X\n\nb", "X"), "a\n\nb");
    assert_eq!(text("a\rX\rb", "X"), "a\rb");
}

#[test]
fn an_article_between_appeals() {
    let source = "×\nTired of banners?\nGive today\n\nThe harbour opens\n\nHale sees May.\n\n\
                  A word from us:\n\nWe need you.\n\nWeekly\nYearly\nGo on\n\nRead more";
    let left =
        cut(source, Kind::Text, &[("×", "Give"), ("A word", "We need"), ("Weekly", "Go on")]);
    assert_eq!(left, "The harbour opens\n\nHale sees May.\n\nRead more");
    let document = parse(source, Kind::Text);
    let last = find(source, &document, "Read more");
    let first = find(source, &document, "A word");
    let plan = plan(source, Kind::Text, &document, &[(first, last)]);
    let start = source.find("\nA word").unwrap();
    let cut = start..source.len();
    assert_eq!(plan.cuts, [cut]);
}

#[test]
fn phrases() {
    assert_eq!(text("See https://x.example now\n", "https"), "See now\n");
    assert_eq!(text("See (https://x.example) now\n", "https"), "See () now\n");
    assert_eq!(text("a\n\nhttps://x.example\n\nb", "https"), "a\n\nb");
    assert_eq!(markdown("a [X](/x) b\n\nc", "X"), "a b\n\nc");
    assert_eq!(markdown("- [X](/x)\n- b\n", "X"), "- b\n");
}

#[test]
fn markdown_blocks() {
    assert_eq!(markdown("- a\n- X\n- b\n", "X"), "- a\n- b\n");
    assert_eq!(markdown("- a\n\n- X\n\n- b\n", "X"), "- a\n\n- b\n");
    // From loose to tight, which reads the same.
    assert_eq!(markdown("- X\n\n- b\n- c\n", "X"), "- b\n- c\n");
    assert_eq!(markdown("a\n\n- X\n\nb\n", "X"), "a\n\nb\n");
    assert_eq!(markdown("- a\n  - X\n- b\n", "X"), "- a\n- b\n");
    assert_eq!(markdown("- a\n\n  X\n\n  b\n", "X"), "- a\n\n  b\n");
    assert_eq!(markdown("> a\n>\n> X\n>\n> b\n", "X"), "> a\n>\n> b\n");
    assert_eq!(markdown("> a\n>\n> X\n\nb\n", "X"), "> a\n\nb\n");
    assert_eq!(markdown("> X\n>\n> a\n\nb\n", "X"), "> a\n\nb\n");
    assert_eq!(markdown("# X\na\n\nb\n", "X"), "a\n\nb\n");
    assert_eq!(markdown("# a\nX\n# b\n", "X"), "# a\n# b\n");
    assert_eq!(markdown("|a|\n|-|\n|X|\n|b|\n", "X"), "|a|\n|-|\n|b|\n");
    assert_eq!(markdown("---\na: b\n---\n\nX\n\nc", "X"), "---\na: b\n---\n\nc");
}

#[test]
fn markdown_neighbours_do_not_join() {
    // The line end of the heading is the blank line that the paragraphs need.
    assert_eq!(markdown("a\n# X\nb\n", "X"), "a\n\nb\n");
    assert_eq!(markdown("a\r\n# X\r\nb\r\n", "X"), "a\r\n\r\nb\r\n");
    assert_eq!(markdown("- a\n# X\nb\n", "X"), "- a\n\nb\n");
    // No blank line parts two lists.
    let source = "- a\n\nX\n\n- b\n";
    assert_eq!(try_cut(source, Kind::Markdown, &[("X", "X")]), (source.into(), 1));
    // In plain text they are two anyway.
    assert_eq!(text(source, "X"), "- a\n\n- b\n");
    // A definition that is still needed.
    let source = "[a]\n\n[a]: /b\n";
    let document = parse(source, Kind::Markdown);
    let definition = NodeId(document.nodes.len() as u32 - 1);
    assert_eq!(document.node(definition).span, Some(5..13));
    let refused = plan(source, Kind::Markdown, &document, &[(definition, definition)]);
    assert_eq!(refused, Plan { cuts: Vec::new(), kept: vec![(definition, definition)] });
    // What cannot go does not hold back what can.
    let source = "- a\n\nX\n\n- b\n\nY\n\nc\n\nZ\n";
    let (left, kept) = try_cut(source, Kind::Markdown, &[("X", "X"), ("Y", "Y"), ("Z", "Z")]);
    assert_eq!((left.as_str(), kept), ("- a\n\nX\n\n- b\n\nc\n", 1));
}

#[test]
fn what_is_no_run_stays() {
    let source = "a\n\nb\n";
    let document = parse(source, Kind::Text);
    let (a, b) = (find(source, &document, "a"), find(source, &document, "b"));
    for run in [(b, a), (NodeId::ROOT, a), (a, NodeId(99)), (NodeId(1), NodeId(1))] {
        assert_eq!(plan(source, Kind::Text, &document, &[run]).kept, [run]);
    }
    assert_eq!(plan(source, Kind::Text, &document, &[]), Plan::default());
    // What is named twice stays or goes once.
    let twice = [(a, a), (b, a), (a, a), (b, a)];
    let planned = plan(source, Kind::Text, &document, &twice);
    assert_eq!((apply(source, &planned.cuts).as_str(), planned.kept), ("b\n", vec![(b, a)]));
}

#[test]
fn many_targets_take_few_proofs() {
    let source = "- a\n\nX\n\n".repeat(200);
    let document = parse(&source, Kind::Markdown);
    let targets: Vec<_> = (0..document.nodes.len() as u32)
        .map(NodeId)
        .filter(|id| document.name(*id).is_some_and(|name| &**name == "p"))
        .filter(|id| source[document.node(*id).span.clone().unwrap()].starts_with('X'))
        .map(|id| (id, id))
        .collect();
    // The last may go; the others part two lists each, and are given up at some point.
    let plan = plan(&source, Kind::Markdown, &document, &targets);
    assert!(plan.kept.len() >= 199);
}

/// Runs of siblings, chosen by numbers.
fn choose(document: &Document, numbers: &[(u16, u8)]) -> Vec<(NodeId, NodeId)> {
    let placed: Vec<NodeId> = (0..document.nodes.len() as u32)
        .map(NodeId)
        .filter(|id| document.node(*id).span.is_some() && document.element(*id).is_some())
        .collect();
    let run = |(first, length): &(u16, u8)| {
        let first = *placed.get(usize::from(*first) % placed.len().max(1))?;
        let siblings = std::iter::successors(Some(first), |id| document.node(*id).next);
        Some((first, siblings.take(usize::from(length % 3) + 1).last()?))
    };
    numbers.iter().filter_map(run).collect()
}

fn numbers() -> impl Strategy<Value = Vec<(u16, u8)>> {
    prop::collection::vec(any::<(u16, u8)>(), 0..5)
}

/// What every plan promises.
fn check(source: &str, kind: Kind, numbers: &[(u16, u8)]) -> Plan {
    let document = parse(source, kind);
    let targets = choose(&document, numbers);
    let plan = plan(source, kind, &document, &targets);
    for pair in plan.cuts.windows(2) {
        assert!(pair[0].end < pair[1].start, "{:?}", plan.cuts);
    }
    for cut in &plan.cuts {
        assert!(cut.start < cut.end && source.get(cut.clone()).is_some(), "{cut:?}");
    }
    let left = apply(source, &plan.cuts);
    // Once more changes nothing, and the rest reads as it did.
    let accepted: Vec<_> = targets.iter().copied().filter(|run| !plan.kept.contains(run)).collect();
    let gone = Planner { source, kind, document: &document }.gone(&accepted);
    assert_eq!(outline(&parse(&left, kind), |_| false), outline(&document, |id| gone[id.index()]));
    // Whatever does not go is still there, character for character.
    let mut covered = vec![false; source.len()];
    for (node, _) in document.nodes.iter().zip(&gone).filter(|(_, gone)| **gone) {
        covered[node.span.clone().unwrap()].fill(true);
    }
    for (first, last) in &accepted {
        let (first, last) = (document.node(*first), document.node(*last));
        covered[first.span.clone().unwrap().start..last.span.clone().unwrap().end].fill(true);
    }
    let said = |text: &str| text.chars().filter(|c| !is_space(*c)).collect::<String>();
    let rest: String =
        source.char_indices().filter(|(at, _)| !covered[*at]).map(|(_, c)| c).collect();
    if kind == Kind::Text {
        assert_eq!(said(&left), said(&rest));
    } else {
        // The blank lines of a quotation have its mark.
        assert_eq!(said(&left).replace('>', ""), said(&rest).replace('>', ""));
    }
    plan
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn plain_text_keeps_the_rest(source in any_text(), numbers in numbers()) {
        check(&source, Kind::Text, &numbers);
    }

    #[test]
    fn markdown_keeps_the_rest(source in any_markdown(), numbers in numbers()) {
        check(&source, Kind::Markdown, &numbers);
    }

    #[test]
    fn paragraphs_go_as_whole_lines(
        lines in prop::collection::vec("[A-Z][a-z]{0,8}[.]?", 1..12),
        gaps in prop::collection::vec(prop::sample::select(vec!["\n", "\n\n", "\n\n\n", "\r\n"]), 12),
        numbers in numbers(),
    ) {
        let source: String =
            lines.iter().zip(&gaps).flat_map(|(line, gap)| [line.as_str(), gap]).collect();
        let plan = check(&source, Kind::Text, &numbers);
        prop_assert!(plan.kept.is_empty());
        // Every line of the rest is a line of the source, with its own line end.
        let left = apply(&source, &plan.cuts);
        let mut all = source.split_inclusive('\n');
        for line in left.split_inclusive('\n') {
            prop_assert!(all.any(|other| other == line), "{line:?}");
        }
        prop_assert!(!left.starts_with(['\n', '\r']));
    }
}
