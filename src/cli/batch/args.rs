//! The options for many files.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

#[derive(Args, Debug)]
#[command(next_help_heading = "Many files")]
pub(crate) struct ManyArgs {
    /// Write the results below this directory, in the tree of the inputs
    ///
    /// The contents of a single directory go right below it; of several inputs, each goes there
    /// under its own name, as with `cp -r`. With --to the names end in .md, .txt or .json.
    /// `.dehusk-journal` in it says what is done, for --resume.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "record", "in_place"])]
    pub(crate) output_dir: Option<PathBuf>,
    /// Replace each file by its result; --record-dir keeps the way back
    #[arg(long, conflicts_with_all = ["output", "record"])]
    pub(crate) in_place: bool,
    /// Keep what was cut from each file in a record below this directory
    ///
    /// The record of `news/a.html` is `DIR/news/a.html.json`. `dehusk restore` puts back what was
    /// cut.
    #[arg(long, value_name = "DIR", conflicts_with = "record")]
    pub(crate) record_dir: Option<PathBuf>,
    /// Read the names of the inputs from this file, or from standard input if it is `-`
    ///
    /// One name a line; or each ended by a NUL, which is found out unless -0 says so.
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,
    /// Names end in NUL, in --files-from and in the list that --check writes
    #[arg(short = '0', long, hide_short_help = true)]
    pub(crate) null: bool,
    /// Take these files of directories, whatever their names; may be given several times
    ///
    /// Without it those are taken that are pages or text by their names (.html, .htm, .xhtml,
    /// .md, .txt and their like, also with .gz, .zst or .br), and those with other names that
    /// begin as HTML pages do. A glob as in .gitignore: `*.php`, `news/**`, `/index.html`.
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,
    /// Leave these files or directories of directories out; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Take files and directories whose names begin with a dot too
    #[arg(long, hide_short_help = true)]
    pub(crate) hidden: bool,
    /// Follow symbolic links in directories
    #[arg(long, hide_short_help = true)]
    pub(crate) follow: bool,
    /// Copy the other files of directories, so that pages find their pictures
    #[arg(long, requires = "output_dir", hide_short_help = true)]
    pub(crate) copy_others: bool,
    /// Skip what is done: same input, rules and options, and the result still there
    ///
    /// Goes by checksums, not by times. Works after a run that was broken off, too.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Work on this many files at once [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Report")]
pub(crate) struct ReportArgs {
    /// Write nothing; name the files with something to remove, and exit with 1 if there are any
    #[arg(long, conflicts_with_all = ["output", "record", "to"])]
    pub(crate) check: bool,
    /// Write nothing; tell what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write nothing; show what would change as a unified diff
    #[arg(long, conflicts_with = "to")]
    pub(crate) diff: bool,
    /// Tell for each rule how often it fired, and which rules never did
    #[arg(long)]
    pub(crate) stats: bool,
    /// Write the summary with all its figures as JSON to this file, or to standard output if `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) summary_json: Option<PathBuf>,
    /// Show no progress and no summary; failures are still told
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl ReportArgs {
    /// Whether the run only looks.
    pub(crate) fn only_looks(&self) -> bool {
        self.check || self.dry_run || self.diff
    }
}
