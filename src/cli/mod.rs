//! The command line: one file a command, the arguments apart from the work.

pub(crate) mod args;
mod assessment;
mod batch;
mod clean;
mod compress;
pub(crate) mod exit;
mod explain;
mod filter;
mod inspect;
mod io;
mod layers;
mod ordered;
pub(crate) mod pipe_args;
mod restore;
mod rules;
mod terminal;
mod warc;

use std::io::{ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use args::{Cli, Command, FromArg, InputArgs, RulesArgs, WhatArgs};
use dehusk::{Category, Cleaned, Cleaner, Layer, Rules, RulesBuilder};
use exit::Outcome;
use io::{Content, Input, Sync};

const ERROR: Style = AnsiColor::Red.on_default().bold();

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
            Stop::failed(format!("{target}: cannot be written: {}", io::reason(error)))
        }
    }
}

/// Runs a command.
pub(crate) fn run(cli: &Cli) -> Result<Outcome, Stop> {
    match &cli.command {
        None => clean::run(&cli.clean),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Restore(args)) => restore::run(args),
        Some(Command::Filter(args)) => filter::run(args),
        Some(Command::Warc(args)) => warc::run(args),
        Some(Command::Rules { command }) => rules::run(command),
    }
}

/// What clap has to say: help and the version, or what is wrong with the arguments.
pub(crate) fn answer(answer: &clap::Error) -> Result<Outcome, Stop> {
    if answer.use_stderr() {
        let text = answer.render().to_string();
        return Err(Stop::usage(text.strip_prefix("error: ").unwrap_or(&text).trim_end()));
    }
    answer.print().map_err(|error| Stop::write("standard output", &error))?;
    Ok(Outcome::Done)
}

/// Reports a failure on standard error; standard output is for results.
pub(crate) fn complain(message: &str) {
    let message = terminal::lines(message);
    // If standard error is closed there is nobody to tell.
    let _ = writeln!(anstream::stderr().lock(), "{ERROR}dehusk:{ERROR:#} {message}");
}

/// Writes a result to a file, or to standard output.
fn put(target: Option<&Path>, content: &mut dyn Read) -> Result<(), Stop> {
    put_synced(target, content, Sync::IfReplacing)
}

fn put_synced(target: Option<&Path>, content: &mut dyn Read, sync: Sync) -> Result<(), Stop> {
    let name = target.filter(|_| !io::is_stdout(target)).map_or("standard output".into(), io::name);
    io::write(target, content, sync).map_err(|error| Stop::write(&name, &error))
}

/// The inputs that the arguments name.
fn inputs(files: &[PathBuf]) -> Result<Vec<Input>, Stop> {
    if files.is_empty() && std::io::stdin().is_terminal() {
        return Err(Stop::usage(
            "nothing to read: name a file, or give the page on standard input\n\n\
             For more information, try '--help'.",
        ));
    }
    Ok(Input::all(files))
}

fn no_threads(error: std::io::Error) -> Stop {
    Stop::failed(format!("no thread can be started ({}); use fewer --jobs", io::reason(&error)))
}

/// Cleans what was read from `input`; the error is for the user.
fn apply<'a>(
    cleaner: &Cleaner,
    input: &Input,
    content: &'a Content,
) -> Result<Cleaned<'a>, String> {
    attempt(cleaner, input, content, |cleaner| cleaner.clean(&content.bytes))
}

/// Has a cleaner `work` on what was read from `input`; the error is for the user.
fn attempt<T>(
    cleaner: &Cleaner,
    input: &Input,
    content: &Content,
    work: impl FnOnce(Cleaner) -> Result<T, dehusk::Error>,
) -> Result<T, String> {
    let failed = |why: &str| format!("{}: not cleaned: {why}", input.name());
    if let Some(trouble) = content.trouble() {
        return Err(failed(&trouble));
    }
    let name = input.path().map(|path| compress::inner_name(path).to_path_buf());
    work(cleaner.clone().name(name)).map_err(|error| {
        let advice = if error.is_depth() { " (--max-depth)" } else { "" };
        failed(&format!("{error}{advice}"))
    })
}

/// The rules of all layers that the arguments leave in.
fn rules_builder(args: &RulesArgs) -> RulesBuilder {
    let mut builder = Rules::builder().use_builtin(!args.no_builtin_rules).use_drafts(args.drafts);
    if !args.no_local_rules {
        for (layer, dir) in layers::found() {
            builder = builder.layer(layer).path(dir);
        }
    }
    builder = builder.layer(Layer::Given);
    args.paths.iter().fold(builder, RulesBuilder::path)
}

fn rules(args: &RulesArgs) -> Result<Rules, Stop> {
    rules_builder(args).build().map_err(|errors| wrong_rules(&errors))
}

fn wrong_rules(errors: &dehusk::RuleErrors) -> Stop {
    let count = errors.problems().len();
    let plural = if count == 1 { "" } else { "s" };
    Stop::usage(format!("{count} problem{plural} with the rules\n\n{errors}"))
}

fn cleaner(input: &InputArgs, what: &WhatArgs, rules: Rules) -> Result<Cleaner, Stop> {
    let limits = {
        let mut limits = dehusk::Limits::default();
        limits.max_bytes = input.max_bytes;
        limits.max_depth = input.max_depth;
        limits
    };
    Cleaner::new(rules)
        .categories(categories(what))
        .from(from(input.from))
        .url(input.url.clone())
        .limits(limits)
        .encoding(input.encoding.as_deref())
        .map_err(|error| Stop::usage(error.to_string()))
}

fn from(from: FromArg) -> dehusk::From {
    match from {
        FromArg::Auto => dehusk::From::Auto,
        FromArg::Html => dehusk::From::Html,
        FromArg::Text => dehusk::From::Text,
        FromArg::Markdown => dehusk::From::Markdown,
    }
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
