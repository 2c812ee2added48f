//! The integration tests: one binary, one module a subject.

mod appeals;
mod cli;
mod pages;
mod promises;
mod rules;
