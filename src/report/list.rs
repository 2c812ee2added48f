//! The list of blocks beside the page: what became of each, and why.

use std::fmt::Write as _;

use super::escape::{attribute, escaped, grouped, short};
use super::items::{Item, State};

/// The characters of a block's text that the list shows,
const MAX_TEXT: usize = 600;

/// of the way to it in the page,
const MAX_PATH: usize = 300;

/// and the steps of its extent.
const MAX_EXTENT: usize = 40;

/// Appends the entry of an item.
pub(super) fn entry(out: &mut String, item: &Item<'_>) {
    let (number, category, word) = (item.number, item.category, item.state.word());
    let kind = if item.state.is_cut() { "cut" } else { "kept" };
    let _ = writeln!(
        out,
        "<li class=item id=item-{number} data-item={number} data-cat={category} data-state={kind}>\
         <details><summary><span class=n>{number}</span>\
         <span class=cat>{category}</span> <span class=state>{word}</span> \
         <span class=points>{} points</span>\
         <span class=text dir=auto>{}</span></summary>",
        item.points,
        escaped(&quote(item)),
    );
    why(out, item);
    out.push_str("<dl>");
    let line = grouped(item.place.line);
    let (start, end) = (item.place.range.start, item.place.range.end);
    fact(out, "Line", &line);
    fact(out, "Bytes", &format!("{} to {}", grouped(start), grouped(end)));
    if !item.place.path.is_empty() {
        fact(out, "Path", &short(&item.place.path, MAX_PATH));
    }
    if !item.extent.is_empty() {
        let steps: Vec<&str> = item.extent.iter().take(MAX_EXTENT).map(String::as_str).collect();
        let more = if item.extent.len() > MAX_EXTENT { ", …" } else { "" };
        fact(out, "Reaches over", &format!("{}{more}", runs(&steps)));
    }
    out.push_str("</dl></details></li>\n");
}

/// The text of an item, or what there is in its place.
fn quote(item: &Item<'_>) -> String {
    let text = short(item.text, MAX_TEXT);
    if text.is_empty() { "(no text)".into() } else { text }
}

/// The rule and its sum, line by line.
fn why(out: &mut String, item: &Item<'_>) {
    out.push_str("<table><caption>");
    let _ = write!(out, "Rule <b>{}</b> <span class=at>", escaped(&item.rule.id));
    let _ = write!(out, "{}:{}</span></caption><tbody>", escaped(&item.rule.file), item.rule.line);
    for reason in item.evidence {
        let _ =
            write!(out, "<tr><td>{:+}</td><th scope=row>{}", reason.points, escaped(&reason.sign));
        if let Some(what) = &reason.what {
            let _ = write!(out, " <q dir=auto>{}</q>", escaped(what));
        }
        if reason.line > 0 {
            let mut title = String::new();
            attribute(&mut title, &format!("{}:{}", item.rule.file, reason.line));
            let _ = write!(out, " <span class=at title=\"{title}\">line {}</span>", reason.line);
        }
        out.push_str("</th></tr>");
    }
    let verdict = match item.state {
        State::Cut => "100 are enough: cut".to_string(),
        _ => format!("kept: {}", item.kept.replacen("guard: ", "guard for the ", 1)),
    };
    let _ = write!(
        out,
        "</tbody><tfoot><tr><td>{}</td><th scope=row>{}</th></tr></tfoot></table>",
        item.points,
        escaped(&verdict)
    );
}

fn fact(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escaped(value));
}

/// Joins what repeats: `between, between, wrapper div` is `between (2), wrapper div`.
fn runs(steps: &[&str]) -> String {
    let words: Vec<String> = steps
        .chunk_by(|a, b| a == b)
        .filter_map(|run| {
            let step = run.first()?;
            Some(if run.len() > 1 { format!("{step} ({})", run.len()) } else { step.to_string() })
        })
        .collect();
    words.join(", ")
}
