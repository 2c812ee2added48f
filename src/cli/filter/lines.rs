//! Standard input as batches of whole lines.

use std::io::{self, Read};

use super::line::LineFilter;
use crate::cli::ordered::{Feed, Gone};

/// What is read at a time. A pipe holds as much, and what one read gives is cleaned and written
/// at once: whoever sends a line and waits for the answer gets it, and a stream of many lines
/// costs few writes.
const READ: usize = 64 << 10;

/// Whole lines, the last one perhaps without its line feed.
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// The number of the first line, from 1.
    pub(crate) first: u64,
}

/// What became of a batch, or of a part of a line that is too long to be held.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: u64,
    pub(crate) errors: u64,
    /// The number of the first line with an error, and what it is.
    pub(crate) first_error: Option<(u64, String)>,
    /// Reading came to an end other than that of the input.
    pub(crate) broken: Option<io::Error>,
}

impl Done {
    pub(crate) fn of(filter: &LineFilter, batch: &Batch) -> Done {
        let mut done = Done { bytes: Vec::with_capacity(batch.bytes.len()), ..Done::default() };
        for (line, number) in batch.bytes.split_inclusive(|byte| *byte == b'\n').zip(batch.first..)
        {
            let body = line.strip_suffix(b"\n").unwrap_or(line);
            if let Err(message) = filter.line(body, number, &mut done.bytes) {
                done.errors += 1;
                done.first_error.get_or_insert((number, message));
            }
            done.bytes.extend_from_slice(line.get(body.len()..).unwrap_or_default());
            done.lines += 1;
        }
        done
    }
}

/// Reads lines and gives them out in batches.
pub(crate) fn read(
    mut source: impl Read,
    filter: &LineFilter,
    feed: &Feed<Batch, Done>,
) -> Result<(), Gone> {
    let mut held: Vec<u8> = Vec::new();
    // Up to here `held` has no line feed.
    let mut searched = 0;
    let mut number = 1;
    loop {
        let new = held.get(searched..).unwrap_or_default();
        if let Some(last) = new.iter().rposition(|byte| *byte == b'\n') {
            let rest = held.split_off(searched + last + 1);
            let lines = held.iter().filter(|byte| **byte == b'\n').count() as u64;
            give(feed, std::mem::replace(&mut held, rest), number)?;
            number += lines;
        }
        // What is held now is a line without its end.
        if held.len() > filter.max_bytes.saturating_add(1) {
            let Some(rest) = pass_long(&mut source, filter, feed, &held, number)? else {
                return Ok(());
            };
            (held, searched, number) = (rest, 0, number + 1);
            continue;
        }
        searched = held.len();
        match more(&mut source, &mut held) {
            Ok(0) => return give(feed, held, number),
            Ok(_) => {}
            Err(error) => {
                give(feed, held, number)?;
                return feed.pass(Done { broken: Some(error), ..Done::default() }, 0);
            }
        }
    }
}

fn more(source: &mut impl Read, held: &mut Vec<u8>) -> io::Result<usize> {
    let old = held.len();
    held.resize(old + READ, 0);
    let read = loop {
        match source.read(held.get_mut(old..).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other,
        }
    };
    held.truncate(old + read.as_ref().map_or(0, |read| *read));
    read
}

fn give(feed: &Feed<Batch, Done>, bytes: Vec<u8>, first: u64) -> Result<(), Gone> {
    if bytes.is_empty() {
        return Ok(());
    }
    let weight = bytes.len();
    feed.give(Batch { bytes, first }, weight)
}

/// Passes a line that is too long to be held, of which `start` was read. Gives what was read after
/// it, or nothing at the end of the input.
fn pass_long(
    source: &mut impl Read,
    filter: &LineFilter,
    feed: &Feed<Batch, Done>,
    start: &[u8],
    number: u64,
) -> Result<Option<Vec<u8>>, Gone> {
    let (head, from, message) = filter.too_long(start, number);
    // A line that is left out leaves its end.
    let keep = from != usize::MAX;
    let mut done = Done { bytes: head, lines: 1, errors: 1, ..Done::default() };
    done.first_error = Some((number, message));
    done.bytes.extend_from_slice(start.get(from..).unwrap_or_default());
    let mut part = Vec::new();
    loop {
        let weight = done.bytes.len();
        feed.pass(done, weight)?;
        part.clear();
        done = Done::default();
        match more(source, &mut part) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) => {
                done.broken = Some(error);
                feed.pass(done, 0)?;
                return Ok(None);
            }
        }
        let end = part.iter().position(|byte| *byte == b'\n');
        let line = part.get(..end.map_or(part.len(), |end| end + 1)).unwrap_or_default();
        if keep {
            done.bytes.extend_from_slice(line);
        } else if end.is_some() {
            done.bytes.push(b'\n');
        }
        if let Some(end) = end {
            let weight = done.bytes.len();
            feed.pass(done, weight)?;
            return Ok(Some(part.split_off(end + 1)));
        }
    }
}
