//! Keep the page, remove the husk, show why, undo it.
#![allow(dead_code)]

mod decode;
mod dom;
mod evidence;
mod judge;
mod text;
mod rules;

pub use rules::{Category, Problem};
