//! Keep the page, remove the husk, show why, undo it.

mod clean;
mod cut;
mod decode;
mod dom;
mod error;
mod evidence;
mod explain;
mod finding;
mod judge;
mod record;
mod render;
mod rules;
mod text;

pub use clean::{Cleaned, Cleaner, From, Limits};
pub use error::Error;
pub use finding::{BlockVerdict, Cut, NearMiss, Place, Reason, RuleRef, Verdict};
pub use record::Record;
pub use render::Format;
pub use rules::{Category, Problem, RuleErrors, Rules, RulesBuilder};
#[cfg(test)] mod dump;
