//! The integration tests: one binary, one module a subject.

mod cli;
mod pages;
mod promises;
mod rules;
