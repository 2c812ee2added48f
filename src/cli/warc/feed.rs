//! From records to what is written.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use dehusk::Cleaner;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::http::{self, Response};
use super::reader::{AnyReader, Broken, Head};
use super::record::{self, CleanPage, END};
use crate::cli::io::reason;
use crate::cli::ordered::{Feed, Gone};
use crate::cli::pipe_args::ContentArg;

/// What a record that is too large to be held is handed on in.
const PART: u64 = 256 << 10;

/// How much of such a record is looked at to tell whether it is a page.
const HTTP_HEAD: u64 = 64 << 10;

/// The media types of pages.
const PAGES: [&str; 2] = ["text/html", "application/xhtml+xml"];

/// What to do with the records.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) cleaner: Cleaner,
    pub(crate) to: ContentArg,
    pub(crate) jsonl: bool,
    pub(crate) pass_all: bool,
    /// Whether to compress what is written, each record by itself.
    pub(crate) gzip: bool,
    pub(crate) max_bytes: usize,
}

/// A record to be worked on.
pub(crate) struct Item {
    head: Head,
    block: Vec<u8>,
}

/// What became of a record, or of several.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) bytes: Vec<u8>,
    /// The pages, and those of them that could not be cleaned.
    pub(crate) pages: u64,
    pub(crate) failed: u64,
    pub(crate) first_failure: Option<String>,
    /// Why the rest of the archive was not read.
    pub(crate) broken: Option<String>,
}

impl Done {
    /// Counts another one in; its bytes are not kept.
    pub(crate) fn add(&mut self, other: Done) {
        self.pages += other.pages;
        self.failed += other.failed;
        self.first_failure = self.first_failure.take().or(other.first_failure);
        self.broken = self.broken.take().or(other.broken);
    }
}

impl Plan {
    /// Reads the archive and gives out its records.
    pub(crate) fn feed(&self, mut reader: AnyReader, feed: &Feed<Item, Done>) -> Result<(), Gone> {
        let mut number: u64 = 0;
        loop {
            number += 1;
            let broken = match reader.next() {
                Ok(None) => return Ok(()),
                Ok(Some(head)) => match self.record(&mut reader, head, feed)? {
                    Ok(()) => continue,
                    Err(broken) => broken,
                },
                Err(broken) => broken,
            };
            let before = match number {
                1 => String::new(),
                2 => "; the one before it is done".into(),
                _ => format!("; the {} before it are done", number - 1),
            };
            let why = format!("record {number}: {}{before}", broken.0);
            return feed.pass(Done { broken: Some(why), ..Done::default() }, 0);
        }
    }

    fn record(
        &self,
        reader: &mut AnyReader,
        head: Head,
        feed: &Feed<Item, Done>,
    ) -> Result<Result<(), Broken>, Gone> {
        if !self.copies(&head) && !is(&head, "response") {
            return Ok(Ok(()));
        }
        if head.length > self.max_bytes as u64 {
            return self.large(reader, &head, feed);
        }
        let block = match reader.block() {
            Ok(block) => block,
            Err(broken) => return Ok(Err(broken)),
        };
        let weight = block.len();
        feed.give(Item { head, block }, weight).map(Ok)
    }

    /// Whether a record is written as it is.
    fn copies(&self, head: &Head) -> bool {
        self.pass_all || (is(head, "warcinfo") && !self.jsonl)
    }

    /// Passes a record that is too large to be held.
    fn large(
        &self,
        reader: &mut AnyReader,
        head: &Head,
        feed: &Feed<Item, Done>,
    ) -> Result<Result<(), Broken>, Gone> {
        let spooled = match self.spool(reader, head) {
            Ok(spooled) => spooled,
            Err(broken) => return Ok(Err(broken)),
        };
        let (start, file) = spooled;
        if let Some(file) = file {
            let mut out = Compressor::new(self.gzip);
            let mut part = head.raw.clone();
            loop {
                out.write(&part);
                let bytes = out.take();
                let weight = bytes.len();
                feed.pass(Done { bytes, ..Done::default() }, weight)?;
                part.clear();
                if let Err(error) = (&file).take(PART).read_to_end(&mut part) {
                    return Ok(Err(error.into()));
                }
                if part.is_empty() {
                    break;
                }
            }
            out.write(END);
            feed.pass(Done { bytes: out.finish(), ..Done::default() }, 0)?;
        }
        let mut done = Done::default();
        if let Some(page) = page(head, &start) {
            let limit = self.max_bytes;
            let why = format!("larger than {limit} bytes; --max-bytes raises the limit");
            self.fail(head, &page.content_type, &why, &mut done);
        }
        feed.pass(done, 0).map(Ok)
    }

    /// The first bytes of a block, and the whole block in a temporary file if it is to be copied:
    /// only when its end was seen it is known to be whole.
    fn spool(
        &self,
        reader: &mut AnyReader,
        head: &Head,
    ) -> Result<(Vec<u8>, Option<File>), Broken> {
        let start = reader.start(HTTP_HEAD)?;
        let file = if self.copies(head) {
            let own = |error: io::Error| {
                Broken(format!("no temporary file can hold it: {}", reason(&error)))
            };
            let mut file = tempfile::tempfile().map_err(own)?;
            file.write_all(&start).map_err(own)?;
            reader.copy(&mut file)?;
            file.rewind()?;
            Some(file)
        } else {
            reader.copy(&mut io::sink())?;
            None
        };
        reader.settle()?;
        Ok((start, file))
    }

    /// Makes of a record what is to be written.
    pub(crate) fn work(&self, item: &Item) -> Done {
        let Item { head, block } = item;
        let mut done = Done::default();
        if self.copies(head) {
            self.put(&[&head.raw, block, END], &mut done);
        }
        let Some(page) = page(head, block) else { return done };
        match self.clean(head, &page) {
            Ok(None) => {}
            Ok(Some(record)) => {
                done.pages += 1;
                self.put(&[&record], &mut done);
            }
            Err(why) => self.fail(head, &page.content_type, &why, &mut done),
        }
        done
    }

    /// The record or line for a page; none for an empty page.
    fn clean(&self, head: &Head, page: &Page<'_>) -> Result<Option<Vec<u8>>, String> {
        let body = page.response.body(self.max_bytes)?;
        if body.bytes.is_empty() {
            return Ok(None);
        }
        let cleaner = self.cleaner.clone().url(record::address(head).map(Into::into));
        let charset = http::charset(&page.content_type);
        // A charset that nobody knows is none, as in browsers.
        let cleaner = cleaner.clone().encoding(charset.as_deref()).unwrap_or(cleaner);
        let cleaned = cleaner.clean(&body.bytes).map_err(|error| error.to_string())?;
        let result = CleanPage {
            head,
            content_type: &page.content_type,
            cleaned: &cleaned,
            cut_off: body.cut_off,
        };
        let made = if self.jsonl { result.line(self.to) } else { result.conversion(self.to) };
        made.map(Some)
    }

    /// Counts a page as one that was not cleaned.
    fn fail(&self, head: &Head, content_type: &str, why: &str, done: &mut Done) {
        done.pages += 1;
        done.failed += 1;
        let address = record::address(head).unwrap_or("a page without an address");
        done.first_failure.get_or_insert(format!("{address}: {why}"));
        if self.jsonl {
            self.put(&[&record::error_line(head, content_type, why)], done);
        }
    }

    fn put(&self, record: &[&[u8]], done: &mut Done) {
        let mut out = Compressor::new(self.gzip);
        record.iter().for_each(|part| out.write(part));
        done.bytes.append(&mut out.finish());
    }
}

/// The page in a record.
struct Page<'a> {
    response: Response<'a>,
    content_type: String,
}

/// The page that a record holds, if it holds one.
fn page<'a>(head: &Head, block: &'a [u8]) -> Option<Page<'a>> {
    let http = head.get("Content-Type").is_some_and(|t| http::media_type(t) == "application/http");
    // Of a segment nobody knows what is before and after it.
    if !is(head, "response") || !http || head.get("WARC-Segment-Number").is_some() {
        return None;
    }
    let response = http::parse(block)?;
    let found = response.content_type().or_else(|| head.get("WARC-Identified-Payload-Type"));
    let content_type = found?.to_string();
    let page = PAGES.contains(&http::media_type(&content_type).as_str());
    page.then_some(Page { response, content_type })
}

fn is(head: &Head, kind: &str) -> bool {
    head.get("WARC-Type").is_some_and(|found| found.eq_ignore_ascii_case(kind))
}

/// A member of a gzip file, or plain bytes. Writing to memory does not fail.
enum Compressor {
    Plain(Vec<u8>),
    Gzip(GzEncoder<Vec<u8>>),
}

impl Compressor {
    fn new(gzip: bool) -> Compressor {
        if gzip {
            Compressor::Gzip(GzEncoder::new(Vec::new(), Compression::default()))
        } else {
            Compressor::Plain(Vec::new())
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let _ = match self {
            Compressor::Plain(out) => out.write_all(bytes),
            Compressor::Gzip(out) => out.write_all(bytes),
        };
    }

    /// What there is so far.
    fn take(&mut self) -> Vec<u8> {
        std::mem::take(match self {
            Compressor::Plain(out) => out,
            Compressor::Gzip(out) => out.get_mut(),
        })
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Compressor::Plain(out) => out,
            Compressor::Gzip(out) => out.finish().unwrap_or_default(),
        }
    }
}
