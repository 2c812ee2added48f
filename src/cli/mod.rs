//! The command line: one file a command, the arguments apart from the work.

pub(crate) mod args;
mod clean;
pub(crate) mod exit;
mod explain;
mod io;
mod restore;

use std::io::ErrorKind;

use args::{Cli, Command, FromArg, InputArgs, RulesArgs, WhatArgs};
use dehusk::{Category, Cleaner, Rules};
use exit::Outcome;

/// Why a command stopped early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Whoever reads our output has enough. Not an error.
    Pipe,
    /// Nothing can be done; the message is for the user.
    Error(Outcome, String),
}

impl Stop {
    fn usage(message: impl Into<String>) -> Stop {
        Stop::Error(Outcome::Usage, message.into())
    }

    fn failed(message: impl Into<String>) -> Stop {
        Stop::Error(Outcome::Failed, message.into())
    }

    /// A failure to write to `target`.
    fn write(target: &str, error: &std::io::Error) -> Stop {
        if error.kind() == ErrorKind::BrokenPipe {
            Stop::Pipe
        } else {
            Stop::failed(format!("{target}: cannot be written: {error}"))
        }
    }
}

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Result<Outcome, Stop> {
    match cli.command {
        None => clean::run(&cli.clean),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Restore(args)) => restore::run(&args),
    }
}

/// Reports a failure on standard error; standard output is for results.
pub(crate) fn complain(message: &str) {
    use std::io::Write;
    // If standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "dehusk: {message}");
}

fn rules(args: &RulesArgs) -> Result<Rules, Stop> {
    if args.paths.is_empty() {
        return Ok(if args.no_builtin_rules { Rules::none() } else { Rules::builtin() });
    }
    let mut builder = Rules::builder().use_builtin(!args.no_builtin_rules);
    for path in &args.paths {
        builder = builder.path(path);
    }
    builder.build().map_err(|errors| {
        let count = errors.problems().len();
        let plural = if count == 1 { "" } else { "s" };
        Stop::usage(format!("{count} mistake{plural} in the rules\n\n{errors}"))
    })
}

fn cleaner(input: &InputArgs, what: &WhatArgs, rules: Rules) -> Result<Cleaner, Stop> {
    let limits = {
        let mut limits = dehusk::Limits::default();
        limits.max_bytes = input.max_bytes;
        limits.max_depth = input.max_depth;
        limits
    };
    let from = match input.from {
        FromArg::Auto => dehusk::From::Auto,
        FromArg::Html => dehusk::From::Html,
        FromArg::Text => dehusk::From::Text,
        FromArg::Markdown => dehusk::From::Markdown,
    };
    Cleaner::new(rules)
        .categories(categories(what))
        .from(from)
        .url(input.url.clone())
        .limits(limits)
        .encoding(input.encoding.as_deref())
        .map_err(|error| Stop::usage(error.to_string()))
}

fn categories(what: &WhatArgs) -> Vec<Category> {
    let chosen: Vec<Category> = if what.all {
        Category::ALL.to_vec()
    } else if !what.only.is_empty() {
        what.only.clone()
    } else {
        Category::CORE.iter().chain(&what.also).copied().collect()
    };
    chosen.into_iter().filter(|category| !what.skip.contains(category)).collect()
}
