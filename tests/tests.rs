//! The integration tests: one binary, one module a subject.

mod appeals;
mod browser;
mod check;
mod cli;
mod encodings;
mod fuzz;
mod guards;
mod pages;
mod promises;
mod realistic;
mod rules;
