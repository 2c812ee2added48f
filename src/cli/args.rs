//! The command line as clap sees it: types only, no work.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use dehusk::Category;

use super::batch::args::{ManyArgs, ReportArgs};
use super::exit;
use super::pipe_args::{self, FilterArgs, WarcArgs};

/// Remove newsletter signups, donation appeals and ad notices from saved pages and extracted text.
///
/// Reads an HTML page, plain text or Markdown and writes the same bytes without the appeals.
/// Nothing else changes: not the encoding, not the line ends, not a quote in an attribute.
/// An input that cannot be cleaned is passed on as it is, with exit code 3.
/// Several files, and directories, need a place for their results: --output-dir or --in-place.
/// Compressed inputs (gzip, zstd, brotli) stay compressed.
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
  dehusk page.html -o clean.html    clean one file
  dehusk pages/ --output-dir clean  clean a directory
  dehusk explain page.html          show what goes, and why";

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
  dehusk pages/ --output-dir clean/ --resume
      clean a directory, and what is new or changed in it the next time
  dehusk pages/ --in-place --record-dir undo/
  dehusk restore pages/ --in-place --record-dir undo/
      clean a directory in place, and undo that
  for f in pages/*.html; do dehusk \"$f\" -o \"clean/${f##*/}\"; done
      the same by the shell

",
    exit::codes!()
);

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  dehusk explain page.html
      show what goes and what only just stays
  dehusk explain page.html --html report.html
      the same to look at in a browser, on the page itself
  dehusk explain page.html --containing \"Support our newsroom\"
      show what becomes of one block, and why no rule takes it
  dehusk explain page.html --containing \"Support our newsroom\" --rule donation-appeal
      show each condition of a rule, and how many points are missing
  dehusk explain page.html --select .promo --as-test=remove
      write a block as a test, to paste under a rule";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what would go and what only just stays: where, by which rule, for what evidence
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Make the original again from a cleaned file and its record
    Restore(RestoreArgs),
    /// Clean a field of every line of JSON, from standard input to standard output
    #[command(long_about = pipe_args::FILTER_ABOUT)]
    Filter(FilterArgs),
    /// Clean the pages of a web archive (WARC), into another one or into lines of JSON
    #[command(long_about = pipe_args::WARC_ABOUT)]
    Warc(WarcArgs),
    /// List, check, write and test rules, and try them on pages of your own
    Rules {
        #[command(subcommand)]
        command: super::rules::args::RulesCommand,
    },
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
    #[command(flatten)]
    pub(crate) many: ManyArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// The files to read; `-` or none for standard input
    #[arg(value_name = "FILE", help_heading = None::<&str>)]
    pub(crate) files: Vec<PathBuf>,
    /// What the input is
    ///
    /// `auto` goes by the file's name (.html, .md, .txt and their like), else by its content.
    #[arg(long, value_name = "KIND", value_enum, default_value_t = FromArg::Auto)]
    pub(crate) from: FromArg,
    /// The address of the page, for the rules of single sites
    ///
    /// Such rules are left out when the address is not known.
    #[arg(long, value_name = "URL", value_parser = address)]
    pub(crate) url: Option<String>,
    /// The encoding of the input, such as windows-1251; found out unless given
    #[arg(long, value_name = "LABEL", hide_short_help = true)]
    pub(crate) encoding: Option<String>,
    /// Pass larger inputs on as they are, with exit code 3
    #[arg(long, value_name = "BYTES", hide_short_help = true,
          default_value_t = dehusk::Limits::default().max_bytes, value_parser = count)]
    pub(crate) max_bytes: usize,
    /// Pass inputs whose elements nest deeper on as they are, with exit code 3
    #[arg(long, value_name = "LEVELS", hide_short_help = true,
          default_value_t = dehusk::Limits::default().max_depth, value_parser = count)]
    pub(crate) max_depth: usize,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "What to remove")]
pub(crate) struct WhatArgs {
    /// Remove these only [default: newsletter,donation,ad-notice]
    ///
    /// A list of categories, separated by commas:
    ///   newsletter     signups for newsletters and mailing lists
    ///   donation       appeals for donations, membership and other support
    ///   ad-notice      "Advertisement" labels, requests to turn an ad blocker off
    ///   paywall        prompts to subscribe or log in to read on
    ///   consent        cookie and consent banners
    ///   share          rows of share buttons, prompts to follow
    ///   recirculation  "Read more", "Recommended for you"
    ///   promotion      the site's own app, shop and events
    #[arg(long, value_name = "CATEGORIES", value_delimiter = ',', value_parser = category(),
          hide_possible_values = true, verbatim_doc_comment)]
    pub(crate) only: Vec<Category>,
    /// Remove these too: paywall, consent, share, recirculation, promotion
    #[arg(long, value_name = "CATEGORIES", value_delimiter = ',', value_parser = category(),
          hide_possible_values = true, conflicts_with = "only")]
    pub(crate) also: Vec<Category>,
    /// Do not remove these
    #[arg(long, value_name = "CATEGORIES", value_delimiter = ',', value_parser = category(),
          hide_possible_values = true)]
    pub(crate) skip: Vec<Category>,
    /// Remove all of them
    #[arg(long, conflicts_with_all = ["only", "also"])]
    pub(crate) all: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RulesArgs {
    /// Add a rule file, or all rule files of a directory; may be given several times
    #[arg(long = "rules", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Leave out the rules that dehusk ships
    #[arg(long)]
    pub(crate) no_builtin_rules: bool,
    /// Leave out the rules of system, user and project; `dehusk rules list` names them
    ///
    /// Without this, rules are also read from /etc/dehusk/rules, from ~/.config/dehusk/rules, and
    /// from .dehusk/rules in the working directory or the nearest one above that has it.
    #[arg(long)]
    pub(crate) no_local_rules: bool,
    /// Run rules with `status: draft` too; those given with --rules run anyway
    #[arg(long, hide_short_help = true)]
    pub(crate) drafts: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write to this file; it may be the input itself [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// What to write
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ToArg::Same)]
    pub(crate) to: ToArg,
    /// Keep what was cut in this file, for `dehusk restore`
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Prove that nothing else changed, by parsing the result again
    ///
    /// Takes about twice the time. If the proof fails the input is passed on as it is, with exit
    /// code 3.
    #[arg(long)]
    pub(crate) verify: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    #[command(flatten)]
    pub(crate) which: WhichArgs,
    /// Write JSON: one line for each file
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Write a report on one input to this file, to open in a browser
    ///
    /// The report is complete in itself: it shows the page as it was, what was cut and what only
    /// just stays, and the evidence for each. Nothing of the page runs in it, and nothing is
    /// loaded from the network.
    #[arg(long, value_name = "REPORT", help_heading = "Output", conflicts_with = "json")]
    pub(crate) html: Option<PathBuf>,
}

/// Which blocks and rules `explain` looks at, instead of all that goes or nearly goes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Which blocks")]
pub(crate) struct WhichArgs {
    /// How the block does under this rule: every condition, and how many points are missing
    ///
    /// Without --containing and --select the blocks that come nearest to the rule are shown.
    #[arg(long, value_name = "ID")]
    pub(crate) rule: Option<String>,
    /// The smallest block that contains this text, whatever its case and punctuation
    #[arg(long, value_name = "TEXT", conflicts_with = "select")]
    pub(crate) containing: Option<String>,
    /// The blocks that match this CSS selector
    #[arg(long, value_name = "CSS")]
    pub(crate) select: Option<String>,
    /// Write the blocks as tests for a rule file: that they go, or stay, as they do now
    ///
    /// `--as-test=remove` and `--as-test=keep` say what should become of them.
    #[arg(long, value_name = "WANTED", value_enum, num_args = 0..=1, require_equals = true,
          default_missing_value = "now", conflicts_with = "json")]
    pub(crate) as_test: Option<AsTestArg>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AsTestArg {
    /// What becomes of them now
    Now,
    /// They go
    Remove,
    /// They stay
    Keep,
}

#[derive(Args, Debug)]
pub(crate) struct RestoreArgs {
    /// The cleaned file; `-` for standard input; or a directory of cleaned files
    #[arg(value_name = "CLEANED")]
    pub(crate) cleaned: PathBuf,
    /// The record that was written when it was cleaned
    #[arg(long, value_name = "FILE", required_unless_present = "record_dir")]
    pub(crate) record: Option<PathBuf>,
    /// Write to this file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The records of a directory: puts back all that they tell of
    #[arg(long, value_name = "DIR", conflicts_with_all = ["record", "output"])]
    pub(crate) record_dir: Option<PathBuf>,
    /// Replace the cleaned files by the originals
    #[arg(long, requires = "record_dir")]
    pub(crate) in_place: bool,
    /// Write the originals below this directory
    #[arg(long, value_name = "DIR", requires = "record_dir", conflicts_with = "in_place")]
    pub(crate) output_dir: Option<PathBuf>,
    /// Restore no cleaned file that is larger, unpacked
    #[arg(long, value_name = "BYTES",
          default_value_t = dehusk::Limits::default().max_bytes, value_parser = count)]
    pub(crate) max_bytes: usize,
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
    /// The input's own bytes without the cuts
    Same,
    /// The same, for inputs that are HTML
    Html,
    /// Plain text, in UTF-8
    Text,
    /// Markdown, in UTF-8
    Markdown,
    /// The cleaned content, its kind and encoding, and the list of cuts
    Json,
}

impl ToArg {
    /// Whether results are in the form of their inputs.
    pub(crate) fn is_own_form(self) -> bool {
        matches!(self, ToArg::Same | ToArg::Html)
    }
}

/// Looks whether a page can have this address: with a wrong one the rules of its site would be left
/// out without a word.
pub(crate) fn address(text: &str) -> Result<String, &'static str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    if rest.is_empty() || rest.starts_with(['/', '?', '#']) || text.contains(char::is_whitespace) {
        return Err("it names no site; give it as in https://example.org/page");
    }
    Ok(text.to_string())
}

fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| "a whole number is wanted, without a unit")
}

/// Reads a category. Clap lists the known ones in its messages, and names the nearest.
pub(crate) fn category() -> impl TypedValueParser<Value = Category> {
    PossibleValuesParser::new(Category::ALL.map(Category::name))
        .try_map(|name| Category::from_name(&name).ok_or("not a category"))
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
