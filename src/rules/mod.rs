//! Rules: read, checked, compiled.

pub(crate) mod compile;
pub(crate) mod source;

pub use source::{problem::Problem, rule::Category};
