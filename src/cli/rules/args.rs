//! The arguments of `dehusk rules`, as clap sees them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::RulesArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Run the tests that stand in rule files; try rules on pages of your own.
    ///
    /// Each rule is tested alone, with the lists it names; a rule with `beside` together with the
    /// rules of its file that it accompanies. Lines of a failed test are marked `-` if they went, `?` if
    /// they stayed and should have gone, `!` if they went and should have stayed.
    ///
    /// With --pages the rules are tried on a directory of pages instead: what would newly go is shown,
    /// and what would no longer go. --accept writes what was shown to a record beside the rules, and
    /// from then on only differences from it are shown, with exit code 1.
    Test(TestArgs),
}

#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// Rule files, or directories of them, whose tests are run
    #[arg(value_name = "PATH", conflicts_with = "builtin")]
    pub(crate) own: Vec<PathBuf>,
    /// Run the tests of the rules that dehusk ships
    #[arg(long)]
    pub(crate) builtin: bool,
    /// Only this rule; may be given several times
    #[arg(long = "rule", value_name = "ID")]
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// Show what the rules change on the pages in this directory
    ///
    /// The address of a page, for rules with `sites`, is read from the page itself: its canonical
    /// link, its og:url, or the note of the browser that saved it.
    #[arg(long, value_name = "DIR", help_heading = "Pages")]
    pub(crate) pages: Option<PathBuf>,
    /// Accept what is shown: write it to a record beside the rules (NAME.pages.json)
    #[arg(long, requires = "pages", help_heading = "Pages")]
    pub(crate) accept: bool,
    /// Write JSON: one line for each test, or for each piece that comes or goes on a page
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
