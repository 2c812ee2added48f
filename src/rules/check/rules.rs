//! Rules that overlap, contradict themselves, or lack what others need to understand them.

use serde_saphyr::Spanned;

use super::super::source::conditions::contradict;
use super::super::source::format;
use super::super::source::known;
use super::super::source::problem::{Problem, Report, Severity};
use super::super::source::rule::{Action, Rule, Site, Why};
use super::Compiled;

/// What can be told from a file alone.
pub(super) fn look_over(file: &format::File, report: &mut Report<'_>) {
    let mistaken = report.problems.iter().any(|problem| problem.file == report.file);
    if !mistaken && file.rules.is_empty() && file.lists.0.is_empty() && file.disable.is_empty() {
        report.problems.push(Problem {
            severity: Severity::Warning,
            file: report.file.to_string(),
            message: "this file changes nothing: it has no `rules`, `lists` or `disable`".into(),
            ..Problem::default()
        });
    }
    sites(&file.sites, &[], report);
    for rule in &file.rules {
        sites(&rule.sites, &file.sites, report);
        rule.remove.0.iter().for_each(|selector| by_place(selector, report));
    }
}

/// Pseudo-classes that count neighbours.
const COUNTING: [&str; 9] = [
    ":first-child",
    ":first-of-type",
    ":last-child",
    ":last-of-type",
    ":nth-child(",
    ":nth-of-type(",
    ":nth-last-child(",
    ":nth-last-of-type(",
    ":only-child",
];

/// Reports a selector that goes by the place of what it matches among its neighbours.
fn by_place(selector: &Spanned<String>, report: &mut Report<'_>) {
    if subjects(&selector.value).any(|subject| COUNTING.iter().any(|name| subject.contains(name))) {
        let message = "this counts neighbours: where the block is gone, the next one comes into its \
                       place, and may go as well";
        let help = "say what the block is or has, as `.box` or `:has(> a[href*=\"/donate\"])`";
        report.say(Severity::Advice, selector.referenced, message, Some(help.into()));
    }
}

/// The last step of each selector of a list: what is matched.
fn subjects(list: &str) -> impl Iterator<Item = String> {
    let (mut all, mut last) = (Vec::new(), String::new());
    let (mut depth, mut quote) = (0usize, None);
    for c in list.chars() {
        match (quote, c) {
            (Some(open), _) => quote = (open != c).then_some(open),
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => {
                depth += 1;
                // What stands in brackets is not the step itself.
                if depth == 1 {
                    last.push(c);
                }
            }
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            (None, ',') => all.push(std::mem::take(&mut last)),
            (None, '>' | '+' | '~') => last.clear(),
            (None, c) if c.is_whitespace() => last.push(' '),
            (None, c) => {
                if last.ends_with(' ') {
                    last.clear();
                }
                last.push(c);
            }
        }
    }
    all.push(last);
    all.into_iter()
}

/// Reports sites that others cover. Those of the file stand before those of the rule.
fn sites(given: &[Spanned<String>], before: &[Spanned<String>], report: &mut Report<'_>) {
    // Which was told.
    if given.len().max(before.len()) > known::MAX_SITES {
        return;
    }
    let mut mute = Vec::new();
    let mut quiet = Report::new("", "", &mut mute);
    let mut read = |given: &Spanned<String>| known::site(given, &mut quiet);
    let all: Vec<(Option<Site>, &Spanned<String>)> =
        before.iter().chain(given).map(|given| (read(given), given)).collect();
    for (at, (site, source)) in all.iter().enumerate().skip(before.len()) {
        let Some(site) = site else { continue };
        let others = all.iter().enumerate().filter(|(other, _)| *other != at);
        let cover = others.clone().find(|(other, (known, _))| {
            let Some(known) = known else { return false };
            // Of two that are the same the first stays.
            known.covers(site) && (known != site || *other < at)
        });
        let barred = others.clone().find(|(_, (known, _))| {
            known.as_ref().is_some_and(|known| {
                known.not && !site.not && Site { not: false, ..known.clone() }.covers(site)
            })
        });
        let message = if let Some((_, (_, other))) = cover {
            format!("`{}` is covered by `{}`", source.value, other.value)
        } else if let Some((_, (_, other))) = barred {
            format!("`{}` is excluded by `{}`", source.value, other.value)
        } else {
            continue;
        };
        report.say(Severity::Warning, source.referenced, message, Some("leave it out".into()));
    }
}

/// What rules that are shared should have.
pub(super) fn look_over_strictly(file: &format::File, report: &mut Report<'_>) {
    if file.format.is_none() {
        report.problems.push(Problem {
            severity: Severity::Warning,
            file: report.file.to_string(),
            message: "`format` is missing".into(),
            help: Some("write `format: 1` at the top".into()),
            ..Problem::default()
        });
    }
    for rule in &file.rules {
        let Some(id) = &rule.id else { continue };
        for (key, missing, help) in [
            ("summary", rule.summary.is_none(), "one sentence: what the block is"),
            (
                "because",
                rule.because.is_none(),
                "why the rule is right, for whoever wants to change it",
            ),
            ("tests", rule.tests.is_empty(), "at least one snippet that goes, and one that stays"),
        ] {
            if missing {
                let message = format!("the rule `{}` has no `{key}`", id.value);
                report.say(Severity::Warning, id.referenced, message, Some(help.into()));
            }
        }
    }
}

/// What can be told of a file's rules when all others are known.
pub(super) fn look_over_in_company(file: &format::File, rules: &Compiled, report: &mut Report<'_>) {
    let set = &rules.set;
    let here =
        |index: u16| set.files.get(usize::from(index)).is_some_and(|name| name == report.file);
    let retired = set.retired.iter().map(|retired| &retired.rule);
    let all: Vec<&Rule> = set.rules.iter().chain(retired).collect();
    let mut never = Vec::new();
    for rule in &all {
        let Action::Score { evidence, .. } = &rule.action else { continue };
        for line in evidence.iter().filter(|line| here(line.file)) {
            let others = || line.tests.iter().chain(&rule.conditions);
            if line.tests.iter().any(|a| others().any(|b| contradict(a, b, &set.signs))) {
                never.push(line.line);
            }
        }
    }
    for rule in &file.rules {
        for line in &rule.evidence {
            let at = line.referenced;
            if never.contains(&(at.line() as u32)) {
                let help = "its conditions contradict each other or the rule's `where`";
                report.say(Severity::Warning, at, "this line never holds", Some(help.into()));
            }
        }
    }
    replaced(file, rules, report);
}

/// Tells once which rules of others this file replaces: one such id may be an accident.
fn replaced(file: &format::File, rules: &Compiled, report: &mut Report<'_>) {
    let set = &rules.set;
    let name = |file: u16| set.files.get(usize::from(file)).map_or("", String::as_str);
    let others: Vec<(&Spanned<String>, &Rule)> = file
        .rules
        .iter()
        .filter_map(|rule| rule.id.as_ref())
        .filter_map(|id| {
            let here = |why| matches!(why, Why::Replaced(spot) if name(spot.file) == report.file);
            let all = set.retired.iter().filter(|retired| retired.rule.id == id.value);
            all.filter(|retired| here(retired.why)).map(|retired| (id, &retired.rule)).next()
        })
        .collect();
    let Some((id, other)) = others.first() else { return };
    let place = format!("{} rule at {}:{}", set.layer(other.file), name(other.file), other.line);
    let more = match others.len() {
        1 => String::new(),
        2 => "; another rule here does so too".into(),
        count => format!("; {} other rules here do so too", count - 1),
    };
    let message = format!("`{}` replaces the {place}{more}", id.value);
    let help = "if that is not meant, choose another id, or add to that rule with `extend:`";
    report.say(Severity::Advice, id.referenced, message, Some(help.into()));
}
