//! `dehusk rules`: what people do with rules, one file a command.

pub(crate) mod args;
mod check;
mod list;
mod new;
mod pages;
mod test;

use super::Stop;
use super::exit::Outcome;
use args::RulesCommand;

/// The schema that editors complete and check rule files with.
const SCHEMA: &str = include_str!("../../../rules/schema.json");

pub(super) fn run(command: &RulesCommand) -> Result<Outcome, Stop> {
    match command {
        RulesCommand::List(args) => list::run(args),
        RulesCommand::Check(args) => check::run(args),
        RulesCommand::Schema => {
            super::put(None, &mut SCHEMA.as_bytes())?;
            Ok(Outcome::Done)
        }
        RulesCommand::New(args) => new::run(args),
        RulesCommand::Test(args) => test::run(args),
    }
}
