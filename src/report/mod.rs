//! A report: one HTML file that shows a page as it was, what was cut and what only just stayed,
//! and why.
//!
//! The page is a stranger, so it is kept out of the report's own document: it stands in a frame
//! without scripts, of markup written anew from the document by a list of what is let through
//! ([`allowed`], [`css`]), under a policy that loads nothing. Either alone would do.

mod allowed;
mod css;
mod escape;
mod frame;
mod items;
mod list;
mod source;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use self::escape::{attribute, escaped, grouped};
use self::items::{Item, Places};
use crate::decode::Decoded;
use crate::dom::Document;
use crate::text::Kind;
use crate::{Category, Cleaned};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// A cleaned input and what it was read into.
pub(crate) struct Report<'a> {
    /// The name of the input.
    pub(crate) name: &'a str,
    pub(crate) input: &'a [u8],
    pub(crate) decoded: &'a Decoded<'a>,
    pub(crate) doc: &'a Document,
    pub(crate) cleaned: &'a Cleaned<'a>,
}

impl Report<'_> {
    /// The report as an HTML document.
    pub(crate) fn html(&self) -> String {
        let (items, beyond) = items::items(self.cleaned, self.decoded);
        let places = Places::new(&items);
        let mut out = String::new();
        self.head(&mut out);
        self.bar(&mut out, &items);
        out.push_str("<main>\n");
        self.page(&mut out, &items, &places);
        list(&mut out, &items, beyond);
        let _ = write!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
        out
    }

    fn is_html(&self) -> bool {
        self.cleaned.kind == Kind::Html
    }

    /// Frames made of a document's own text come under its policy too, so styles in the markup
    /// have to be allowed here for the page's sake.
    fn head(&self, out: &mut String) {
        let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
        let _ = write!(
            out,
            "<!DOCTYPE html>\n<html lang=en data-view=before>\n<head>\n<meta charset=utf-8>\n\
             <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; \
             script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src data:; \
             base-uri 'none'; form-action 'none'\">\n\
             <meta name=generator content=\"dehusk {}\">\n\
             <meta name=referrer content=no-referrer>\n\
             <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
             <title>{} - dehusk</title>\n<style>{STYLE}</style>\n</head>\n",
            env!("CARGO_PKG_VERSION"),
            title(self.name),
        );
    }

    /// The name of the page, what became of it in figures, and what is shown.
    fn bar(&self, out: &mut String, items: &[Item<'_>]) {
        let cut: usize = self.cleaned.cuts.iter().map(|cut| cut.place.range.len()).sum();
        let share = cut as f64 * 100.0 / self.input.len().max(1) as f64;
        let kind = match self.cleaned.kind {
            Kind::Html => "HTML",
            Kind::Text => "Text",
            Kind::Markdown => "Markdown",
        };
        let _ = write!(
            out,
            "<body>\n<a class=skip href=#list>To the list of blocks</a>\n<header>\n\
             <div class=title><h1>{}</h1>\n<p>{kind}, {}, {} bytes. <b>{}</b>, {} bytes \
             ({share:.1} %). <b>{}</b>.</p></div>\n",
            escaped(self.name),
            self.cleaned.encoding,
            grouped(self.input.len()),
            count(self.cleaned.cuts.len(), "cut", "cuts"),
            grouped(cut),
            count(self.cleaned.near.len(), "near miss", "near misses"),
        );
        out.push_str("<fieldset class=views hidden><legend>View</legend>");
        let views: &[(&str, &str)] =
            &[("before", "Before"), ("after", "After"), ("source", "Source")];
        for (value, label) in views.iter().take(if self.is_html() { 3 } else { 2 }) {
            let checked = if *value == "before" { " checked" } else { "" };
            let _ = write!(
                out,
                "<label><input type=radio name=view value={value}{checked}><span>{label}</span></label>"
            );
        }
        out.push_str("</fieldset>\n");
        if items.is_empty() {
            out.push_str("</header>\n");
            return;
        }
        out.push_str("<fieldset class=show hidden><legend>Show</legend>");
        for category in Category::ALL {
            let of = items.iter().filter(|item| item.category == category).count();
            if of > 0 {
                toggle(out, "cat", category.name(), category.name(), of);
            }
        }
        let kept = items.iter().filter(|item| !item.state.is_cut()).count();
        if kept > 0 && kept < items.len() {
            toggle(out, "state", "kept", "near misses", kept);
        }
        out.push_str("</fieldset>\n</header>\n");
    }

    /// The page in its frame, and its source.
    fn page(&self, out: &mut String, items: &[Item<'_>], places: &Places) {
        out.push_str("<section class=page aria-label=Page>\n");
        if self.is_html() {
            let frame = frame::frame(self.doc, items, places, frame::MAX_BYTES);
            if frame.cut_short {
                let _ = writeln!(
                    out,
                    "<p class=note>The page is too large to be shown as a whole: this is its \
                     beginning. Blocks further down are shown in its source.</p>"
                );
            }
            if frame.bare {
                let _ = writeln!(
                    out,
                    "<p class=\"note plain\">In plain style: the page's style sheets are not in its file.</p>"
                );
            }
            out.push_str("<iframe id=frame title=\"The page\" sandbox=allow-same-origin srcdoc=\"");
            // Of what a value in quotes holds, only these two mean something.
            out.push_str(&frame.html.replace('&', "&amp;").replace('"', "&quot;"));
            out.push_str("\"></iframe>\n");
        }
        let hidden = if self.is_html() { " hidden" } else { "" };
        let _ = writeln!(out, "<div id=source tabindex=0 role=region aria-label=Source{hidden}>");
        source::lines(out, &self.decoded.text, items, places);
        out.push_str("</div>\n</section>\n");
    }
}

fn list(out: &mut String, items: &[Item<'_>], beyond: usize) {
    out.push_str("<section class=list id=list aria-label=Blocks tabindex=-1>\n");
    if items.is_empty() {
        out.push_str(
            "<p class=empty>Nothing was cut, and nothing came close. Why a block stays is told by \
             <code>dehusk explain --containing \"some of its words\"</code>.</p>\n</section>\n",
        );
        return;
    }
    out.push_str(
        "<div class=tools hidden><label class=filter><span>Filter</span>\
         <input type=search id=filter placeholder=\"text, rule, sign\" autocomplete=off></label>\
         <button type=button id=all aria-pressed=false>Open all</button>\
         <p id=status role=status></p></div>\n<ol>\n",
    );
    for item in items {
        list::entry(out, item);
    }
    out.push_str("</ol>\n");
    if beyond > 0 {
        let _ = writeln!(
            out,
            "<p class=note>{} more are not in this report. <code>dehusk explain --json</code> \
             lists all.</p>",
            grouped(beyond)
        );
    }
    out.push_str(
        "<p class=keys hidden><span><kbd>j</kbd> <kbd>k</kbd> next, previous</span> \
         <span><kbd>Enter</kbd> to the page and back</span> <span><kbd>/</kbd> filter</span> \
         <span><kbd>b</kbd> before</span> <span><kbd>a</kbd> after</span> \
         <span><kbd>s</kbd> source</span> <span><kbd>Esc</kbd> out</span></p>\n</section>\n",
    );
}

fn toggle(out: &mut String, of: &str, value: &str, label: &str, count: usize) {
    let _ = write!(
        out,
        "<label data-{of}={value}><input type=checkbox checked name={of} value={value}>\
         <span>{label}</span> <small>{count}</small></label>"
    );
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// A title is text only: nothing in it can be set off, so what steers is left out.
fn title(name: &str) -> String {
    let turns = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out = String::new();
    attribute(&mut out, &name.replace(turns, "\u{fffd}"));
    out
}
