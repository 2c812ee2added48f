//! Records of a WARC file, one after the other.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use crate::cli::io::reason;

/// The largest head of a record. Addresses can be long, but not that long; without a limit a file
/// that is no archive would be read into memory in search of its first line feed.
const MAX_HEAD: u64 = 1 << 20;

/// What is read from the file at a time.
const BUFFER: usize = 64 << 10;

/// The head of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// As it stands in the file, with the empty line after it.
    pub(crate) raw: Vec<u8>,
    /// `WARC/1.0`.
    pub(crate) version: String,
    fields: Fields,
    /// The length of the block.
    pub(crate) length: u64,
}

impl Head {
    /// The value of a field, whatever the case of its name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name)
    }
}

/// `Name: value` lines, as in WARC and HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The last field of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let named = |field: &&(String, String)| field.0.eq_ignore_ascii_case(name);
        self.0.iter().rev().find(named).map(|(_, value)| value.as_str())
    }

    /// Takes a line in; one that starts with a space goes on with the field before.
    pub(crate) fn line(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        if text.starts_with([' ', '\t'])
            && let Some((_, value)) = self.0.last_mut()
        {
            value.push(' ');
            value.push_str(text.trim());
        } else if let Some((name, value)) = text.split_once(':') {
            self.0.push((name.trim().to_string(), value.trim().to_string()));
        }
    }
}

/// Why the rest of an archive cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) String);

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken(match error.kind() {
            io::ErrorKind::UnexpectedEof => "the file ends in the middle of it".into(),
            _ => format!("the file cannot be read on: {}", reason(&error)),
        })
    }
}

pub(crate) struct Reader<R> {
    source: R,
    /// What is left of the block of the record that was given last.
    left: u64,
    /// The end of the file came where it should not, though only after that record.
    ended: bool,
}

/// Any archive.
pub(crate) type AnyReader = Reader<Box<dyn BufRead + Send>>;

/// Opens an archive, compressed or not, and says which.
pub(crate) fn open(source: impl Read + Send + 'static) -> Result<(AnyReader, bool), Broken> {
    let mut source = BufReader::with_capacity(BUFFER, source);
    let mut start = Vec::new();
    source.by_ref().take(4).read_to_end(&mut start)?;
    let gzip = start.starts_with(b"\x1f\x8b");
    if start.is_empty() {
        return Err(Broken("this is empty, not a WARC archive".into()));
    }
    if start == b"\x28\xb5\x2f\xfd" {
        return Err(Broken(
            "this is compressed with zstd, which is not read here; use `zstd -dc FILE | dehusk warc`"
                .into(),
        ));
    }
    let source = io::Cursor::new(start).chain(source);
    let source: Box<dyn BufRead + Send> = if gzip {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(source)))
    } else {
        Box::new(source)
    };
    Ok((Reader { source, left: 0, ended: false }, gzip))
}

impl<R: BufRead> Reader<R> {
    /// The head of the next record, if there is one. What was left of the record before is passed.
    pub(crate) fn next(&mut self) -> Result<Option<Head>, Broken> {
        self.copy(&mut io::sink())?;
        if self.ended {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let mut head = Head::default();
        let mut line = Vec::new();
        // Two line ends follow each block; some writers add more.
        loop {
            if !self.line(&mut line, MAX_HEAD)? {
                return Ok(None);
            }
            if !text_of(&line).is_empty() {
                break;
            }
        }
        if !line.starts_with(b"WARC/") {
            return Err(Broken(format!("no WARC record begins here, but {:?}", excerpt(&line))));
        }
        head.version = String::from_utf8_lossy(text_of(&line)).into_owned();
        loop {
            head.raw.extend_from_slice(&line);
            if text_of(&line).is_empty() {
                break;
            }
            let room = MAX_HEAD.saturating_sub(head.raw.len() as u64);
            if room == 0 {
                return Err(Broken(format!("its head is longer than {MAX_HEAD} bytes")));
            }
            if !self.line(&mut line, room)? {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            head.fields.line(text_of(&line));
        }
        let length = head.get("Content-Length").and_then(|length| length.parse().ok());
        head.length = length.ok_or_else(|| Broken("it has no Content-Length".into()))?;
        self.left = head.length;
        Ok(Some(head))
    }

    /// Reads a line, up to `limit`; false at the end of the file.
    fn line(&mut self, line: &mut Vec<u8>, limit: u64) -> Result<bool, Broken> {
        line.clear();
        self.source.by_ref().take(limit).read_until(b'\n', line)?;
        if !line.is_empty() && !line.ends_with(b"\n") {
            if line.len() as u64 == limit {
                return Err(Broken(format!("no line ends here within {limit} bytes")));
            }
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(!line.is_empty())
    }

    /// The block of the record that was given last, whole.
    pub(crate) fn block(&mut self) -> Result<Vec<u8>, Broken> {
        let mut block = Vec::new();
        self.copy(&mut block)?;
        self.settle()?;
        Ok(block)
    }

    /// The first bytes of the block.
    pub(crate) fn start(&mut self, len: u64) -> Result<Vec<u8>, Broken> {
        let mut start = Vec::new();
        let read = self.source.by_ref().take(self.left.min(len)).read_to_end(&mut start)?;
        self.left -= read as u64;
        Ok(start)
    }

    /// Copies what is left of the block.
    pub(crate) fn copy(&mut self, to: &mut dyn io::Write) -> Result<(), Broken> {
        let copied = io::copy(&mut self.source.by_ref().take(self.left), to)?;
        self.left -= copied;
        if self.left > 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(())
    }

    /// Reads on to where the next record begins: the checksum of a compressed record stands after
    /// it, and only then it is known to be whole.
    pub(crate) fn settle(&mut self) -> Result<(), Broken> {
        loop {
            match self.source.fill_buf() {
                Ok(bytes) => {
                    let ends = bytes.iter().take_while(|byte| b"\r\n".contains(byte)).count();
                    let go_on = ends > 0 && ends == bytes.len();
                    self.source.consume(ends);
                    if !go_on {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.ended = true;
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A line without its end.
pub(crate) fn text_of(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn excerpt(line: &[u8]) -> String {
    String::from_utf8_lossy(text_of(line)).chars().take(40).collect()
}
