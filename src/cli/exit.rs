//! What the command tells its caller by its exit code.

use std::process::ExitCode;

/// The outcome of a run; the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// All done.
    Done,
    /// `--check` found something to remove; a test of a rule failed.
    Found,
    /// An input could not be processed.
    Failed,
    /// The command line or a rule file is wrong.
    Usage,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::Found => 1,
            Outcome::Usage => 2,
            Outcome::Failed => 3,
        })
    }
}

/// The table of exit codes, as `--help` shows it.
macro_rules! codes {
    () => {
        "\
Exit codes:
  0  done
  1  --check found something to remove; a test of a rule failed
  2  the command line or a rule file is wrong
  3  an input could not be processed"
    };
}
pub(crate) use codes;
