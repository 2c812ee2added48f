//! How a rule sees a block, in words: what `explain` and `rules test` show of a near miss.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::terminal::printable;
use dehusk::{Assessment, Clue, Condition};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// What a condition sees when there is nothing to see.
const NOTHING: [&str; 4] = ["none", "none in the title", "0", "no"];

/// Writes an assessment, each line behind `indent`.
pub(super) fn write(out: &mut String, assessment: &Assessment, indent: &str) {
    let at = format!("{}:{}", assessment.rule.file, assessment.rule.line);
    let (id, at) = (printable(&assessment.rule.id), printable(&at));
    let _ = writeln!(out, "{indent}{id}: {}  {DIM}{at}{DIM:#}", verdict(assessment));
    let (unmet, met): (Vec<_>, Vec<_>) = assessment.conditions.iter().partition(|c| !c.met);
    for condition in unmet {
        let _ = writeln!(out, "{indent}  {BAD}{:>5}{BAD:#}  {}", "no", told(condition));
    }
    for condition in met {
        let _ = writeln!(out, "{indent}  {GOOD}{:>5}{GOOD:#}  {}", "yes", told(condition));
    }
    for clue in assessment.evidence.iter().filter(|clue| clue.counts) {
        let signs: Vec<String> = clue.conditions.iter().map(short).collect();
        let _ = writeln!(out, "{indent}  {:+5}  {}", clue.points, signs.join(" + "));
    }
    // Lines that would help: what was there and did not fit, then what was not there.
    let idle = assessment.evidence.iter().filter(|clue| !clue.counts && clue.points > 0);
    let (absent, unfit): (Vec<&Clue>, Vec<&Clue>) = idle.partition(|clue| is_absent(clue));
    for clue in unfit {
        let (no, yes): (Vec<_>, Vec<_>) = clue.conditions.iter().partition(|c| !c.met);
        let yes: String = yes.into_iter().map(|c| short(c) + ", but ").collect();
        let no: Vec<String> = no.into_iter().map(told).collect();
        let (points, no) = (clue.points, no.join(", "));
        let _ = writeln!(out, "{indent}  {DIM}{:>5}  {points:+} for {yes}{no}{DIM:#}", "not");
    }
    if !absent.is_empty() {
        let names: Vec<String> = absent.iter().map(|clue| absence(clue)).collect();
        let _ = writeln!(out, "{indent}  {DIM}{:>5}  {}{DIM:#}", "none", names.join(", "));
    }
}

fn verdict(assessment: &Assessment) -> String {
    let unmet = assessment.conditions.iter().filter(|c| !c.met).count();
    let conditions = match unmet {
        0 => String::new(),
        1 => "a condition says no".to_string(),
        n => format!("{n} conditions say no"),
    };
    let shield = assessment.category.is_none();
    match (&assessment.held, assessment.missing, conditions.as_str()) {
        _ if assessment.fires && shield => "shields it".into(),
        _ if assessment.fires => format!("{} points, 100 are enough", assessment.points),
        (Some(held), ..) => format!("{} points, but {}", assessment.points, printable(held)),
        (None, 0, no) if shield => format!("does not shield it: {no}"),
        (None, 0, no) => format!("{} points, but {no}", assessment.points),
        (None, missing, "") => format!("{} points, {missing} short", assessment.points),
        (None, missing, no) => format!("{} points, {missing} short, and {no}", assessment.points),
    }
}

/// `words: 80, at most 60`.
fn told(condition: &Condition) -> String {
    let Condition { name, wanted, seen, .. } = condition;
    printable(&match name.as_str() {
        "remove" => format!("{name} {wanted}: {seen}"),
        _ => format!("{name} {seen}, wanted {wanted}"),
    })
}

/// `words 12`, `phrases share-ask "share this"`.
fn short(condition: &Condition) -> String {
    let Condition { name, seen, .. } = condition;
    match seen.as_str() {
        "yes" | "found" | "it does" | "its own name" => printable(name),
        _ => printable(&format!("{name} {seen}")),
    }
}

/// Whether nothing of what the line asks for is there: no sign, or no more than a bound that holds
/// for nearly every block.
fn is_absent(clue: &Clue) -> bool {
    clue.conditions.iter().all(|c| c.met || NOTHING.contains(&c.seen.as_str()))
}

/// `class_words (+40)`.
fn absence(clue: &Clue) -> String {
    let missing = clue.conditions.iter().filter(|c| !c.met).map(|c| c.name.as_str());
    printable(&format!("{} ({:+})", missing.collect::<Vec<_>>().join(" + "), clue.points))
}
