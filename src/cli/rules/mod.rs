//! `dehusk rules`: what people do with rules, one file a command.

pub(crate) mod args;
mod new;
mod pages;
mod test;

use super::Stop;
use super::exit::Outcome;
use args::RulesCommand;

pub(super) fn run(command: &RulesCommand) -> Result<Outcome, Stop> {
    match command {
        RulesCommand::New(args) => new::run(args),
        RulesCommand::Test(args) => test::run(args),
    }
}
