//! Rules and tests written from examples.

pub(crate) mod sketch;
pub(crate) mod yaml;
