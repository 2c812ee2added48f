//! The integration tests: one binary, one module a subject.

mod appeals;
mod browser;
mod cli;
mod pages;
mod promises;
mod rules;
