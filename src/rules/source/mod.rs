//! Rule files: their format, their mistakes, and the plain rules that they become.
//!
//! The build script compiles this module too, so that shipped rules are checked and packed when
//! the binary is built; it depends on nothing else of the crate.

pub(crate) mod case;
pub(crate) mod conditions;
mod extend;
pub(crate) mod fold;
pub(crate) mod format;
pub(crate) mod known;
pub(crate) mod layer;
pub(crate) mod phrase;
pub(crate) mod problem;
pub(crate) mod resolve;
pub(crate) mod rule;
pub(crate) mod selector;
pub(crate) mod table;
pub(crate) mod yaml;
