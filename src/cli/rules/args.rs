//! The arguments of `dehusk rules`, as clap sees them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use dehusk::Category;

use crate::cli::args::{RulesArgs, address, category};

#[derive(Debug, Subcommand)]
#[command(after_help = ALL_EXAMPLES)]
pub(crate) enum RulesCommand {
    /// List all rules: what they are for, where they come from, what became of them
    ///
    /// Rules come in layers: those that dehusk ships, those of the system (/etc/dehusk/rules), of
    /// the user (~/.config/dehusk/rules), of the project (.dehusk/rules, looked for upwards from
    /// here), and those given with --rules. A rule replaces one of the same id in a layer before.
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArgs),
    /// Look rule files over, and tell all that is wrong with them
    ///
    /// Errors are what keeps rules from running at all (exit code 2). Warnings are about rules that
    /// run, but hardly as they are meant; with --strict they are failures (exit code 1). Advice is
    /// what could be better.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Run the tests that stand in rule files; try rules on pages of your own
    ///
    /// Each rule is tested alone, with the lists it names; a rule with `beside` together with the
    /// rules of its file that it accompanies. Lines of a failed test are marked `-` if they went, `?` if
    /// they stayed and should have gone, `!` if they went and should have stayed.
    ///
    /// With --pages the rules are tried on a directory of pages instead: what would newly go is shown,
    /// and what would no longer go. --accept writes what was shown to a record beside the rules, and
    /// from then on only differences from it are shown, with exit code 1.
    #[command(after_help = TEST_EXAMPLES)]
    Test(TestArgs),
    /// Write a rule and its tests from a block on a saved page, or from phrases
    ///
    /// The rule gets the shortest selector that fits the block, and nothing else on the page unless
    /// it is of the same kind, and that will most likely last: names that somebody chose before
    /// names that a build made, what is in the block before its place. Where nothing has a name, the
    /// rule goes by the block's words. Its tests are made from the page's structure. It is for the
    /// site of the page, which is read from the page itself unless --url says it.
    ///
    /// With --text the rule is for all sites and looks for phrases in short blocks.
    #[command(after_help = NEW_EXAMPLES)]
    New(NewArgs),
    /// Print the JSON Schema of rule files, for editors
    ///
    /// With it an editor completes keys and marks mistakes. A rule file names it in its first line:
    ///
    ///   # yaml-language-server: $schema=schema.json
    #[command(after_help = SCHEMA_EXAMPLES, verbatim_doc_comment)]
    Schema,
}

const ALL_EXAMPLES: &str = "\
Examples:
  dehusk rules new --page saved.html --containing \"Support our newsroom\" -o newsroom.yaml
      write a rule and its tests from a block that should have gone
  dehusk rules check newsroom.yaml
  dehusk rules test newsroom.yaml
      look it over and run its tests
  dehusk rules test newsroom.yaml --pages saved/
      see what it would take from pages of your own";

const LIST_EXAMPLES: &str = "\
Examples:
  dehusk rules list
  dehusk rules list --rules newsroom.yaml --no-builtin-rules
      see what one file holds, and which guards its rules lift
  dehusk rules list --json | jq -r '.[] | select(.inactive) | .id'
      name the rules that do not run";

const CHECK_EXAMPLES: &str = "\
Examples:
  dehusk rules check
      look over all rules of system, user and project
  dehusk rules check newsroom.yaml --strict
      ask of a rule what others need to trust it";

const TEST_EXAMPLES: &str = "\
Examples:
  dehusk rules test
      run the tests of all rules of system, user and project
  dehusk rules test newsroom.yaml --rule newsroom-appeal
  dehusk rules test newsroom.yaml --pages saved/
      show what it changes on pages of your own
  dehusk rules test newsroom.yaml --pages saved/ --accept
      accept that; from now on only what is different is shown";

const SCHEMA_EXAMPLES: &str = "\
Example:
  dehusk rules schema > schema.json";

const NEW_EXAMPLES: &str = "\
Examples:
  dehusk rules new --page saved.html --containing \"Support our newsroom\" -o newsroom.yaml
  dehusk rules new --page saved.html --select .promo --category promotion
  dehusk rules new --text \"chip in for the roof\" --lang en \\
                   --text \"spende fürs dach\" --lang de --category donation";

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// Write JSON: one list
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Rule files, or directories of them [default: the rules of system, user and project]
    #[arg(value_name = "PATH")]
    pub(crate) files: Vec<PathBuf>,
    /// Fail on warnings too, and demand `format`, `summary`, `because`, and tests that need every line
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// Write JSON: one list of problems
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// Rule files, or directories of them, whose tests are run [default: the rules of system, user
    /// and project]
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
    /// link, its og:url, or the note of the browser that saved it; else it is that of --url.
    #[arg(long, value_name = "DIR", help_heading = "Pages")]
    pub(crate) pages: Option<PathBuf>,
    /// The address of the pages that do not say their own
    #[arg(long, value_name = "URL", value_parser = address, requires = "pages", help_heading = "Pages")]
    pub(crate) url: Option<String>,
    /// Accept what is shown: write it to a record beside the rules (NAME.pages.json)
    #[arg(long, requires = "pages", help_heading = "Pages")]
    pub(crate) accept: bool,
    /// Write JSON: one line for each test, or for each piece that comes or goes on a page
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// The saved page that has the block
    #[arg(long, value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
    /// A text in the block; the block around it is found
    #[arg(long, value_name = "TEXT", conflicts_with = "select")]
    pub(crate) containing: Option<String>,
    /// A CSS selector of the block
    #[arg(long, value_name = "CSS")]
    pub(crate) select: Option<String>,
    /// A phrase to find on all sites; may be given several times
    #[arg(long, value_name = "PHRASE", conflicts_with_all = ["page", "containing", "select"])]
    pub(crate) text: Vec<String>,
    /// The language of the phrase: one for all, or one for each
    #[arg(long, value_name = "CODE", requires = "text")]
    pub(crate) lang: Vec<String>,
    /// What the block asks for; found out from the rules unless given
    #[arg(long, value_name = "CATEGORY", value_parser = category())]
    pub(crate) category: Option<Category>,
    /// The address of the page, if it does not say it itself
    #[arg(long, value_name = "URL", value_parser = address)]
    pub(crate) url: Option<String>,
    /// The id of the rule; made from the site and the category unless given
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// Write to this file, which must not be there yet [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}
