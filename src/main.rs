//! The `dehusk` command: arguments in, exit code out.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use cli::Stop;
use cli::exit::Outcome;

fn main() -> ExitCode {
    match cli::run(cli::args::Cli::parse()) {
        Ok(outcome) => outcome.into(),
        Err(Stop::Pipe) => Outcome::Done.into(),
        Err(Stop::Error(outcome, message)) => {
            cli::complain(&message);
            outcome.into()
        }
    }
}
