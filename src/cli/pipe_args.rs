//! The options of the commands that work on streams: `filter` and `warc`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{FromArg, RulesArgs, WhatArgs};

/// The largest line, and the largest record of an archive, in bytes: far more than a page has, and
/// little enough to be held by several threads.
const MAX_BYTES: usize = 64 << 20;

#[derive(Args, Debug)]
#[command(after_help = FILTER_HELP, after_long_help = FILTER_LONG_HELP)]
pub(crate) struct FilterArgs {
    /// The field to clean [default: html, else text]
    ///
    /// A field within another one is named by its path, as in `page.html`. What is called `html`
    /// is read as HTML, `text` as plain text and `markdown` as Markdown; of other fields the
    /// content tells, unless --from is given. `null` stays. Of several fields of one name the last
    /// one counts.
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(crate) field: Option<String>,
    /// What the field holds [default: by its name, else by its content]
    #[arg(long, value_name = "KIND", value_enum, help_heading = "Input")]
    pub(crate) from: Option<FromArg>,
    /// The field with the page's address, for the rules of single sites [default: url]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(crate) url_field: Option<String>,
    /// Pass longer lines on as they are, with an `error` as their first field
    ///
    /// They are not checked. If they are no objects they are left out, and only the error stays.
    #[arg(long, value_name = "BYTES", hide_short_help = true, help_heading = "Input",
          default_value_t = MAX_BYTES, value_parser = count)]
    pub(crate) max_bytes: usize,
    /// Pass pages whose elements nest deeper on as they are, with an `error`
    #[arg(long, value_name = "LEVELS", hide_short_help = true, help_heading = "Input",
          default_value_t = dehusk::Limits::default().max_depth, value_parser = count)]
    pub(crate) max_depth: usize,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// What to write into the field
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ContentArg::Same,
          help_heading = "Output")]
    pub(crate) to: ContentArg,
    /// Write where the cuts were into this field: [[start, end, "category"], ...]
    ///
    /// The offsets are those in the field as it was. If there is a field of this name its value is
    /// replaced.
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub(crate) cuts_field: Option<String>,
    /// How to count offsets
    #[arg(long, value_name = "UNIT", value_enum, default_value_t = Offsets::Chars,
          help_heading = "Output")]
    pub(crate) offsets: Offsets,
    /// Leave the field as it is and only write the cuts [default of --cuts-field: cuts]
    #[arg(long, conflicts_with = "to", help_heading = "Output")]
    pub(crate) spans_only: bool,
    /// The field that says why a line was not cleaned
    #[arg(long, value_name = "NAME", default_value = "error", help_heading = "Output")]
    pub(crate) error_field: String,
    #[command(flatten)]
    pub(crate) jobs: JobsArgs,
}

pub(crate) const FILTER_ABOUT: &str = "\
Clean a field of every line of JSON, from standard input to standard output

For each line there is one line, in the same order, and nothing else. Of a line only the field \
changes: all other bytes stay, white space, numbers and escapes too. What can be read at once is \
cleaned and written at once, so that a program can send a line and wait for the answer.

A line that cannot be cleaned comes back as it is with a field `error`. Where there is no JSON \
object to put it in, the line is {\"error\": WHY, \"line\": NUMBER, \"content\": THE LINE}, with \
`content_base64` in place of `content` if the line is not UTF-8. Empty lines stay empty.";

const FILTER_HELP: &str = "\
Examples:
  dehusk filter < pages.jsonl > clean.jsonl
  dehusk filter --field text --cuts-field cuts --spans-only < docs.jsonl
  parallel --pipe --block 10M dehusk filter < pages.jsonl > clean.jsonl";

const FILTER_LONG_HELP: &str = "\
Examples:
  dehusk filter < pages.jsonl > clean.jsonl
      clean the field `html` (or `text`) of every line
  dehusk filter --to text --jobs 4 < pages.jsonl > texts.jsonl
      clean it and make it plain text, with four threads
  dehusk filter --field text --cuts-field cuts --spans-only < docs.jsonl
      leave the text and add where the appeals are
  parallel --pipe --block 10M dehusk filter < pages.jsonl > clean.jsonl
      one process a core
  sh -c 'dehusk filter || test $? = 3'
      for Hadoop streaming and Spark, where lines with an `error` are not to
      fail the task

Exit codes:
  0  done
  2  the command line or a rule file is wrong
  3  a line has an `error`, or the input cannot be read";

#[derive(Args, Debug)]
#[command(after_help = WARC_HELP, after_long_help = WARC_LONG_HELP)]
pub(crate) struct WarcArgs {
    /// The archive, compressed or not; `-` or none for standard input
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: Option<PathBuf>,
    /// Pass larger records by: they are not cleaned
    ///
    /// It also limits what a page is when its codings are undone.
    #[arg(long, value_name = "BYTES", hide_short_help = true, help_heading = "Input",
          default_value_t = MAX_BYTES, value_parser = count)]
    pub(crate) max_bytes: usize,
    /// Pass pages whose elements nest deeper by
    #[arg(long, value_name = "LEVELS", hide_short_help = true, help_heading = "Input",
          default_value_t = dehusk::Limits::default().max_depth, value_parser = count)]
    pub(crate) max_depth: usize,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    /// Write to this file [default: standard output]
    ///
    /// If its name ends with .gz it is compressed, each record by itself. Standard output is
    /// compressed if the archive is.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// What the pages become
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ContentArg::Same,
          help_heading = "Output")]
    pub(crate) to: ContentArg,
    /// Write a line of JSON for each page in place of an archive
    ///
    /// Its fields are `url`, `date`, `record_id`, `content_type`, `encoding`, `cuts` (the number
    /// of them) and the page in `html`, `text` or `markdown`, as --to says. A page that could not
    /// be cleaned has a field `error` in place of the last three.
    #[arg(long, help_heading = "Output", conflicts_with = "pass_all")]
    pub(crate) jsonl: bool,
    /// Copy all records of the archive too
    #[arg(long, help_heading = "Output")]
    pub(crate) pass_all: bool,
    #[command(flatten)]
    pub(crate) jobs: JobsArgs,
}

pub(crate) const WARC_ABOUT: &str = "\
Clean the pages of a web archive (WARC), into another one or into lines of JSON

Pages are `response` records of HTTP whose content is text/html or application/xhtml+xml. The \
codings of the transfer and of the content (chunked, gzip, deflate, br) are undone, the charset of \
the HTTP header is obeyed, and the address is used for the rules of single sites.

For each page a `conversion` record is written that refers to it (WARC-Refers-To), with its \
address and date; its WARC-Record-ID follows from the page and the result, so that a second run \
gives the same file. `warcinfo` records are copied, everything else is passed by: requests, \
metadata, revisits, images, segments of records, empty pages. With --pass-all it is copied, byte \
for byte, the pages as they were too, and each conversion follows its page.

An archive that is cut off or damaged gives what was whole before that place, and exit code 3.";

const WARC_HELP: &str = "\
Examples:
  dehusk warc crawl.warc.gz -o clean.warc.gz
  dehusk warc crawl.warc.gz --jsonl --to text > texts.jsonl";

const WARC_LONG_HELP: &str = "\
Examples:
  dehusk warc crawl.warc.gz -o clean.warc.gz
      an archive of the cleaned pages
  dehusk warc crawl.warc.gz --to text -o crawl.wet.gz
      their text, as in WET files
  dehusk warc crawl.warc.gz --pass-all -o both.warc.gz
      the whole archive, each page followed by its conversion
  curl -s URL | dehusk warc --jsonl --to text > texts.jsonl
      a line of JSON for each page

Exit codes:
  0  done
  2  the command line or a rule file is wrong
  3  a page was not cleaned, or the archive is damaged, cut off or none";

#[derive(Args, Debug)]
pub(crate) struct JobsArgs {
    /// The number of threads that clean; 0 for one a core
    ///
    /// One is enough where an engine starts a process for each core. Whatever the number, the
    /// output is the same.
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = count,
          help_heading = None::<&str>)]
    jobs: usize,
}

impl JobsArgs {
    pub(crate) fn threads(&self) -> usize {
        match self.jobs {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            jobs => jobs,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ContentArg {
    /// What it was, without the cuts
    Same,
    /// Plain text
    Text,
    /// Markdown
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Offsets {
    /// Code points, as Python counts them
    Chars,
    /// Bytes of UTF-8
    Bytes,
}

fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| "a whole number is wanted, without a unit")
}
