//! The command line as clap sees it: types only, no work.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use dehusk::Category;

use super::exit;

/// Remove newsletter signups, donation appeals and ad notices from saved pages and extracted text.
///
/// Reads an HTML page, plain text or Markdown and writes the same bytes without the appeals.
/// Nothing else changes: not the encoding, not the line ends, not a quote in an attribute.
#[derive(Debug, Parser)]
#[command(
    name = "dehusk",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = AFTER_HELP,
    after_long_help = AFTER_LONG_HELP,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) clean: CleanArgs,
}

const AFTER_HELP: &str = "\
Examples:
  dehusk page.html -o clean.html        clean one file
  dehusk explain page.html              show what goes, and why
  for f in pages/*.html; do dehusk \"$f\" -o \"clean/${f##*/}\"; done";

const AFTER_LONG_HELP: &str = concat!(
    "\
Examples:
  dehusk page.html -o clean.html
      clean one file
  dehusk explain page.html
      show what goes, which rule says so, and what only just stays
  dehusk page.html -o clean.html --record cuts.json
  dehusk restore clean.html --record cuts.json
      keep what was cut, and put it back
  curl -s https://example.org/ | dehusk --to markdown
      clean standard input and write Markdown
  for f in pages/*.html; do dehusk \"$f\" -o \"clean/${f##*/}\"; done
      clean a directory

",
    exit::codes!()
);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show every cut and every near miss: the place, the rule, the evidence with its points.
    Explain(ExplainArgs),
    /// Give the original back from a cleaned file and its record.
    Restore(RestoreArgs),
}

#[derive(Args, Debug)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// Files to read; `-` or none for standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What the input is
    ///
    /// `auto` goes by the file's name, else by its content.
    #[arg(long, value_name = "KIND", value_enum, default_value_t = FromArg::Auto)]
    pub(crate) from: FromArg,
    /// Address of the page: site rules need it
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Encoding of the input, instead of finding out
    #[arg(long, value_name = "LABEL", hide_short_help = true)]
    pub(crate) encoding: Option<String>,
    /// Leave larger inputs alone
    #[arg(long, value_name = "BYTES", hide_short_help = true,
          default_value_t = dehusk::Limits::default().max_bytes)]
    pub(crate) max_bytes: usize,
    /// Leave inputs alone that nest elements deeper
    #[arg(long, value_name = "LEVELS", hide_short_help = true,
          default_value_t = dehusk::Limits::default().max_depth)]
    pub(crate) max_depth: usize,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "What to remove")]
pub(crate) struct WhatArgs {
    /// Remove these categories and no others
    ///
    /// The categories are newsletter, donation and ad-notice, which are on, and paywall, consent,
    /// share, recirculation and promotion, which are off unless asked for.
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = category)]
    pub(crate) only: Vec<Category>,
    /// Remove these as well: paywall, consent, share, recirculation, promotion
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = category,
          conflicts_with = "only")]
    pub(crate) also: Vec<Category>,
    /// Leave these alone
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = category)]
    pub(crate) skip: Vec<Category>,
    /// Remove every category
    #[arg(long, conflicts_with_all = ["only", "also"])]
    pub(crate) all: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RulesArgs {
    /// Add a rule file, or a directory of them
    #[arg(long = "rules", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Leave the shipped rules out
    #[arg(long)]
    pub(crate) no_builtin_rules: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// What to write
    ///
    /// `same` is the input's own bytes without the cuts; `text` and `markdown` convert a cleaned
    /// page; `json` has the cleaned content with the list of cuts.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ToArg::Same)]
    pub(crate) to: ToArg,
    /// Write what was cut to this file, for `dehusk restore`
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Write nothing; exit with 1 if something would be removed
    #[arg(long, conflicts_with_all = ["output", "record", "to"])]
    pub(crate) check: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// Write JSON, one object a file
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct RestoreArgs {
    /// The cleaned file; `-` for standard input
    #[arg(value_name = "CLEANED")]
    pub(crate) cleaned: PathBuf,
    /// The record that was written when it was cleaned
    #[arg(long, value_name = "FILE")]
    pub(crate) record: PathBuf,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FromArg {
    Auto,
    Html,
    Text,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ToArg {
    Same,
    Html,
    Text,
    Markdown,
    Json,
}

fn category(name: &str) -> Result<Category, String> {
    Category::from_name(name.trim()).ok_or_else(|| {
        let known: Vec<&str> = Category::ALL.iter().map(|c| c.name()).collect();
        format!("the categories are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
