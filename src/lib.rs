//! Keep the page, remove the husk, show why, undo it.
//!
//! dehusk takes a saved page (HTML) or already extracted text (plain text, Markdown) and removes
//! what the page says for itself to the reader: newsletter signups, donation appeals, ad notices;
//! on request also paywall prompts, consent banners, share bars, recirculation and promotion. All
//! else stays, byte for byte.
//!
//! ```
//! use dehusk::{Category, Cleaner, Rules};
//!
//! // Rules are compiled once and shared by all threads.
//! let cleaner = Cleaner::new(Rules::builtin());
//!
//! let page = "<article><p>The mill was built in 1802.</p>\
//!             <p><em>Advertisement</em></p><p>It stood empty for a century.</p></article>";
//! let cleaned = cleaner.clean(page.as_bytes())?;
//!
//! assert_eq!(
//!     &*cleaned.output,
//!     b"<article><p>The mill was built in 1802.</p>\
//!       <p>It stood empty for a century.</p></article>".as_slice()
//! );
//! let cut = &cleaned.cuts[0];
//! assert_eq!(cut.category, Category::AdNotice);
//! assert_eq!(cut.rule.id, "ad-label");
//! assert_eq!(cut.text, "Advertisement");
//! # Ok::<(), dehusk::Error>(())
//! ```
//!
//! # The way of a page
//!
//! ```text
//! bytes -> decode -> parse -> measure -> read -> judge -> cut -> render
//! ```
//!
//! - **decode** finds the encoding and keeps the way back to source bytes;
//! - **parse** streams html5ever (or the parser for text) into an arena whose nodes know their
//!   bytes;
//! - **measure** and **read** gather evidence for each block: phrases found by the text's words,
//!   words of classes and ids, CSS selectors, links, fields, amounts;
//! - **judge** adds the evidence up by the rules, finds how far each appeal reaches, and lets
//!   shields and guards have the last word;
//! - **cut** takes out byte ranges of which it is known, or proven, that the rest of the page
//!   parses as before;
//! - **render** gives the bytes, or text, Markdown, JSON; **report** a page to look at.
//!
//! # Promises
//!
//! 1. The output is the input minus the ranges of the cuts; nothing else changes.
//! 2. The output parses as the input does with the cut nodes taken out.
//! 3. Cleaning the output again changes nothing.
//! 4. Without rules the output is the input.
//! 5. Every cut names its rule, its evidence with points, its place and its text.
//! 6. A [`Record`] and the output give the input back.
//! 7. Work is bounded: past the [`Limits`] the input is left alone with an [`Error`].
//! 8. The same input, rules and version give the same output.
//! 9. No rule takes a page's only `h1`, its main part as a whole, or more than three tenths of
//!    its words in one cut (pages of under 60 words aside).
//!
//! The library prints nothing, exits never, holds no global state and uses no `unsafe`.

mod address;
mod assess;
mod clean;
mod cut;
mod decode;
mod dom;
mod error;
mod evidence;
mod explain;
mod finding;
mod hash;
mod inspect;
mod judge;
mod record;
mod render;
mod report;
mod rules;
#[cfg(test)]
mod speed;
mod text;
#[cfg(test)]
mod work;

pub use address::address_of;
pub use assess::{Assessment, Clue, Condition};
pub use clean::{Cleaned, Cleaner, From, Limits};
pub use error::Error;
pub use finding::{BlockVerdict, Cut, NearMiss, Place, Reason, RuleRef, Verdict};
pub use inspect::{Inspection, Pick};
pub use record::Record;
pub use render::Format;
pub use rules::draft::{Draft, DraftOptions, draft_phrases};
pub use rules::prove::{Fate, Outcome, SnippetLine, Suite, TestReport, Unproven};
pub use rules::{
    Category, Inactive, Layer, Problem, RuleEntry, RuleErrors, RulePlace, Rules, RulesBuilder,
    Severity, Status,
};
