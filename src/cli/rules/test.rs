//! `dehusk rules test`: the tests in rule files.

use std::fmt::Write as _;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};

use super::args::TestArgs;
use super::pages;
use crate::cli::exit::Outcome;
use crate::cli::terminal::{lines, printable};
use crate::cli::{Stop, assessment, layers, put, rules_builder, wrong_rules};
use dehusk::{Fate, Layer, Outcome as Came, RuleRef, Rules, RulesBuilder, Suite, TestReport};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

pub(super) fn run(args: &TestArgs) -> Result<Outcome, Stop> {
    let mut suite = suite(args)?;
    let known = suite.rules();
    for id in &args.ids {
        if !known.iter().any(|rule| rule.id == *id) {
            let names: Vec<&str> = known.iter().map(|rule| rule.id.as_str()).collect();
            return Err(Stop::usage(format!(
                "there is no rule `{id}` to test; there are {}",
                names.join(", ")
            )));
        }
    }
    suite.retain(|id| args.ids.is_empty() || args.ids.iter().any(|wanted| wanted == id));
    if let Some(dir) = &args.pages {
        return pages::run(args, &suite, dir);
    }
    let results: Vec<(RuleRef, Vec<TestReport>)> =
        suite.rules().into_iter().map(|rule| (rule.clone(), suite.run(&rule.id))).collect();
    let failed = results.iter().flat_map(|(_, reports)| reports).any(|report| !report.passed());
    let report = if args.json { json(&results) } else { text(&results) };
    if args.json {
        put(None, &mut report.as_bytes())?;
    } else {
        anstream::stdout()
            .lock()
            .write_all(report.as_bytes())
            .map_err(|error| Stop::write("standard output", &error))?;
    }
    Ok(if failed { Outcome::Found } else { Outcome::Done })
}

/// The rules that the arguments name, with their tests.
fn suite(args: &TestArgs) -> Result<Suite, Stop> {
    if args.builtin {
        return Ok(Suite::builtin());
    }
    let paths: Vec<_> = args.rules.paths.iter().chain(&args.own).collect();
    let none_named = paths.is_empty();
    let builder = if none_named {
        rules_builder(&args.rules)
    } else {
        let builder = Rules::builder().use_builtin(!args.rules.no_builtin_rules);
        paths.into_iter().fold(builder, RulesBuilder::path)
    };
    let local = [Layer::System, Layer::User, Layer::Project];
    if none_named && builder.files(&local) == 0 {
        return Err(Stop::usage(format!(
            "there are no rules of yours to test: looked in {}; name a rule file, or --builtin for \
             the shipped ones",
            layers::looked_in()
        )));
    }
    builder.suite().map_err(|errors| wrong_rules(&errors))
}

fn json(results: &[(RuleRef, Vec<TestReport>)]) -> String {
    let mut out = String::new();
    for report in results.iter().flat_map(|(_, reports)| reports) {
        let mut value = serde_json::json!(report);
        value["passed"] = report.passed().into();
        let _ = writeln!(out, "{value}");
    }
    out
}

fn text(results: &[(RuleRef, Vec<TestReport>)]) -> String {
    let mut out = String::new();
    let width = results.iter().map(|(rule, _)| rule.id.chars().count()).max().unwrap_or(0);
    let (mut tests, mut failed, mut gaps, mut untested) = (0, 0, 0, 0);
    for (rule, reports) in results {
        let bad = reports.iter().filter(|report| !report.passed()).count();
        let known = reports.iter().filter(|report| report.known_gap && report.passed()).count();
        tests += reports.len();
        failed += bad;
        gaps += known;
        untested += usize::from(reports.is_empty());
        let mark = match (reports.len(), bad) {
            (0, _) => format!("{DIM}none  {DIM:#}"),
            (_, 0) => format!("{GOOD}ok    {GOOD:#}"),
            _ => format!("{BAD}FAILED{BAD:#}"),
        };
        let mut said = count(reports.len(), "test");
        if bad > 0 {
            let _ = write!(said, ", {bad} failed");
        }
        if known > 0 {
            let _ = write!(said, ", {}", count(known, "known gap"));
        }
        let at = printable(&format!("{}:{}", rule.file, rule.line));
        let id = printable(&rule.id);
        let _ = writeln!(out, "{mark}  {id:<width$}  {said}  {DIM}{at}{DIM:#}");
    }
    for report in results.iter().flat_map(|(_, reports)| reports).filter(|r| !r.passed()) {
        out.push('\n');
        failure(&mut out, report);
    }
    let mut sum = format!(
        "{}, {}: {} passed, {failed} failed",
        count(results.len(), "rule"),
        count(tests, "test"),
        tests - failed
    );
    if gaps > 0 {
        let _ = write!(sum, ", {}", count(gaps, "known gap"));
    }
    if untested > 0 {
        let _ = write!(sum, "; {} without tests", count(untested, "rule"));
    }
    let style = if failed > 0 { BAD } else { GOOD };
    let _ = writeln!(out, "\n{style}{sum}{style:#}");
    out
}

fn count(n: usize, one: &str) -> String {
    match n {
        0 => format!("no {one}s"),
        1 => format!("1 {one}"),
        _ => format!("{n} {one}s"),
    }
}

/// A failed test: the snippet with marks, and the reasons.
fn failure(out: &mut String, report: &TestReport) {
    let shield = report.missed.iter().any(|missed| missed.category.is_none());
    let what = match report.outcome {
        Came::Missed if shield => "missed: the shield keeps something that it should leave alone",
        Came::Overcut if shield => "overcut: the shield leaves alone something that it should keep",
        Came::Missed => "missed: something stayed that should have gone",
        Came::Overcut => "overcut: something went that should have stayed",
        Came::Broken => "the test itself is wrong",
        _ => "passes now: take `known_gap` out of it",
    };
    let at = printable(&format!("{}:{}", report.file, report.line));
    let (id, name) = (printable(&report.rule.id), printable(&report.name));
    let _ = writeln!(out, "{BAD}{id}, \"{name}\"{BAD:#}  {DIM}{at}{DIM:#}\n  {what}");
    for line in &report.lines {
        let (mark, style) = match line.fate {
            Fate::Stayed => (' ', Style::new()),
            Fate::Went => ('-', DIM),
            Fate::Missed => ('?', BAD),
            Fate::Overcut => ('!', BAD),
        };
        let text = lines(&line.text);
        let _ = writeln!(out, "  {style}{mark} | {}{style:#}", text.trim_end());
    }
    if let Some(note) = &report.note {
        let _ = writeln!(out, "  {}", printable(note));
    }
    if report.around {
        out.push_str("  the cut took some of the page around the snippet\n");
    }
    for cut in &report.overcut {
        let id = printable(&cut.rule.id);
        let _ = writeln!(out, "    {id}: {} points, 100 are enough", cut.points);
        for reason in &cut.evidence {
            let _ = write!(out, "      {:+5}  {}", reason.points, printable(&reason.sign));
            if let Some(what) = &reason.what {
                let _ = write!(out, " \"{}\"", printable(what));
            }
            out.push('\n');
        }
        if !cut.extent.is_empty() {
            let _ = writeln!(out, "      reaches over {}", printable(&cut.extent.join(", ")));
        }
    }
    for missed in &report.missed {
        assessment::write(out, missed, "    ");
    }
}
