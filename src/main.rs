//! The `dehusk` command: arguments in, exit code out.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use cli::Stop;
use cli::exit::Outcome;

fn main() -> ExitCode {
    let result = match cli::args::Cli::try_parse() {
        Ok(cli) => cli::run(&cli),
        Err(answer) => cli::answer(&answer),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(Stop::Pipe) => Outcome::Done.into(),
        Err(Stop::Error(outcome, message)) => {
            cli::complain(&message);
            outcome.into()
        }
    }
}
