//! `dehusk explain --rule`, `--containing`, `--select`: single blocks, and how rules see them.

use std::fmt::Write as _;
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::args::{AsTestArg, WhichArgs};
use super::assessment;
use super::explain::{place, quote, reasons, rule, runs};
use super::terminal::{lines, printable};
use dehusk::{Cleaner, Inspection, Pick, Verdict};

const CUT: Style = AnsiColor::Red.on_default().bold();
const KEPT: Style = AnsiColor::Green.on_default().bold();

/// What is asked about an input.
pub(super) struct Question {
    pick: Option<Pick>,
    rule: Option<String>,
    as_test: Option<AsTestArg>,
    json: bool,
}

impl Question {
    /// The question that the arguments ask; none if all cuts and near misses are wanted.
    pub(super) fn of(which: &WhichArgs, json: bool) -> Option<Question> {
        let WhichArgs { rule, containing, select, as_test } = which;
        let pick = match (containing, select) {
            (Some(text), _) => Some(Pick::Containing(text.clone())),
            (None, Some(css)) => Some(Pick::Select(css.clone())),
            (None, None) => None,
        };
        let asked = pick.is_some() || rule.is_some() || as_test.is_some();
        asked.then(|| Question { pick, rule: rule.clone(), as_test: *as_test, json })
    }
}

/// Answers a question about an input; the error is for the user.
pub(super) fn tell(
    cleaner: &Cleaner,
    path: Option<&Path>,
    name: &str,
    bytes: &[u8],
    question: &Question,
) -> Result<String, String> {
    let cleaner = cleaner.clone().name(path.map(Path::to_path_buf));
    let all = Pick::Cuts;
    let pick = match question {
        Question { pick: None, rule: None, .. } => Some(&all),
        _ => question.pick.as_ref(),
    };
    let blocks = cleaner
        .inspect(bytes, pick, question.rule.as_deref())
        .map_err(|error| format!("{name}: {error}"))?;
    if let Some(wanted) = question.as_test {
        let goes = match wanted {
            AsTestArg::Now => None,
            AsTestArg::Remove => Some(true),
            AsTestArg::Keep => Some(false),
        };
        return Ok(blocks.iter().map(|block| lines(&block.as_test(goes))).collect());
    }
    if question.json {
        return Ok(format!("{}\n", serde_json::json!({ "path": name, "blocks": blocks })));
    }
    Ok(text(name, &blocks, question))
}

fn text(name: &str, blocks: &[Inspection], question: &Question) -> String {
    let count = match blocks.len() {
        1 => "1 block".to_string(),
        n => format!("{n} blocks"),
    };
    let what = match (&question.pick, &question.rule) {
        (Some(Pick::Containing(text)), _) => format!("{count} with \"{text}\""),
        (Some(Pick::Select(css)), _) => format!("{count} of {css}"),
        (_, Some(rule)) if blocks.is_empty() => format!("nothing on this page speaks for {rule}"),
        (_, Some(rule)) => format!("{count} nearest to {rule}"),
        _ => count,
    };
    let mut out = format!("{name}: {}\n\n", printable(&what));
    for block in blocks {
        tell_block(&mut out, block);
    }
    out
}

fn tell_block(out: &mut String, block: &Inspection) {
    place(out, &block.place);
    match &block.verdict {
        Verdict::Cut(cut) => {
            let _ = writeln!(out, "  {CUT}cut, {}{CUT:#}", cut.category);
            rule(out, &cut.rule, cut.points, "100 are enough");
            reasons(out, &cut.evidence);
            if !cut.extent.is_empty() {
                let _ = writeln!(out, "    reaches over {}", printable(&runs(&cut.extent)));
            }
            if cut.place != block.place {
                let range = &cut.place.range;
                let _ = writeln!(
                    out,
                    "    all of the cut: line {}, bytes {}..{}",
                    cut.place.line, range.start, range.end
                );
            }
            out.push_str("    no shield and no guard keeps it\n");
        }
        Verdict::Near(near) => {
            let _ = writeln!(
                out,
                "  {KEPT}kept{KEPT:#}, looks like {}: {}",
                near.category,
                printable(&near.kept)
            );
        }
        _ => {
            let _ = writeln!(out, "  {KEPT}kept{KEPT:#}");
        }
    }
    quote(out, &block.text);
    // Of a block that went the cut has told what there is to tell.
    let told = |id: &str| matches!(&block.verdict, Verdict::Cut(cut) if cut.rule.id == id);
    let gone = matches!(block.verdict, Verdict::Cut(_));
    let asked = block.assessments.len() == 1;
    let rest = block.assessments.iter().filter(|a| !gone || (asked && !told(&a.rule.id)));
    let mut any = false;
    for assessment in rest {
        if assessment.place != block.place {
            let at = &assessment.place;
            let _ = write!(out, "    around it, line {}, ", at.line);
            let _ = writeln!(out, "bytes {}..{}:", at.range.start, at.range.end);
        }
        assessment::write(out, assessment, "    ");
        any = true;
    }
    if !any && !gone {
        out.push_str("    no rule has anything to say of it\n");
    }
    if any || !gone {
        out.push('\n');
    }
}
