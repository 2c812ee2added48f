//! Keep the page, remove the husk, show why, undo it.
#![allow(dead_code)]

mod decode;
mod dom;
mod text;
