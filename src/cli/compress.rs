//! Compressed inputs: told by their content, and written back in the same compression.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::Path;

/// zstd's own default.
const ZSTD_LEVEL: i32 = 3;
/// What servers and archives use for pages that are packed once and read often; the top level, 11,
/// takes twenty times as long for a few percent.
const BROTLI_QUALITY: i32 = 6;
/// The window of brotli's streams, as a power of two: the largest that every decoder reads.
const BROTLI_WINDOW: i32 = 22;
/// The bytes that brotli's coders work through at a time.
const BUFFER: usize = 64 * 1024;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Gzip,
    Zstd,
    Brotli,
}

impl Method {
    const ALL: [Method; 3] = [Method::Gzip, Method::Zstd, Method::Brotli];

    /// The extension of files that are compressed so, and its name in messages.
    fn extension(self) -> &'static str {
        match self {
            Method::Gzip => "gz",
            Method::Zstd => "zst",
            Method::Brotli => "br",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Method::Gzip => "gzip",
            Method::Zstd => "zstd",
            Method::Brotli => "brotli",
        }
    }

    /// The method that a file's name promises.
    pub(crate) fn by_name(path: &Path) -> Option<Method> {
        let extension = path.extension()?;
        Method::ALL.into_iter().find(|method| extension.eq_ignore_ascii_case(method.extension()))
    }

    /// The method of `content`. Brotli has no mark of its own, so its name has to say it.
    pub(crate) fn of(content: &[u8], path: Option<&Path>) -> Option<Method> {
        if content.starts_with(&[0x1f, 0x8b, 8]) {
            Some(Method::Gzip)
        } else if content.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Method::Zstd)
        } else {
            path.and_then(Method::by_name).filter(|method| *method == Method::Brotli)
        }
    }

    /// Reads what is in `content`.
    pub(crate) fn reader<'a>(self, content: &'a [u8]) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Method::Gzip => Box::new(flate2::read::MultiGzDecoder::new(content)),
            Method::Zstd => Box::new(zstd::Decoder::with_buffer(content)?),
            Method::Brotli => Box::new(brotli::Decompressor::new(content, BUFFER)),
        })
    }

    /// Compresses `content`. The same content gives the same bytes: no time or name goes in.
    pub(crate) fn pack(self, content: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Method::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), Default::default());
                out.write_all(content)?;
                out.finish()
            }
            Method::Zstd => {
                let mut out = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                out.include_checksum(true)?;
                out.write_all(content)?;
                out.finish()
            }
            Method::Brotli => {
                let params = brotli::enc::BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    lgwin: BROTLI_WINDOW,
                    size_hint: content.len(),
                    ..Default::default()
                };
                let mut out = Vec::new();
                brotli::BrotliCompress(&mut &*content, &mut out, &params)?;
                Ok(out)
            }
        }
    }
}

/// Why something cannot be unpacked.
pub(crate) enum Unpacking {
    /// There is more in it than is asked for.
    TooLarge,
    /// It is damaged, or something else.
    Damaged(io::Error),
}

/// What is in `content`, if that is no more than `limit` bytes.
pub(crate) fn unpack(method: Method, content: &[u8], limit: usize) -> Result<Vec<u8>, Unpacking> {
    let mut bytes = Vec::new();
    method
        .reader(content)
        .and_then(|reader| reader.take(limit.saturating_add(1) as u64).read_to_end(&mut bytes))
        .map_err(Unpacking::Damaged)?;
    if bytes.len() > limit { Err(Unpacking::TooLarge) } else { Ok(bytes) }
}

/// The name of what is in a file: `page.html` for `page.html.gz`.
pub(crate) fn inner_name(path: &Path) -> &Path {
    match (Method::by_name(path), path.file_stem()) {
        (Some(_), Some(stem)) => Path::new(stem),
        _ => path.file_name().map_or(path, |name| Path::new::<OsStr>(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_found_again() {
        for content in [&b""[..], b"a", &b"<p>The mill.</p>\n".repeat(9000)] {
            for method in Method::ALL {
                let packed = method.pack(content).unwrap();
                assert_eq!(packed, method.pack(content).unwrap());
                let name = Path::new("x.br");
                let path = (method == Method::Brotli).then_some(name);
                assert_eq!(Method::of(&packed, path), Some(method));
                let limit = content.len();
                assert!(unpack(method, &packed, limit).is_ok_and(|found| found == content));
                if limit > 0 {
                    let less = unpack(method, &packed, limit - 1);
                    assert!(matches!(less, Err(Unpacking::TooLarge)));
                    let cut = unpack(method, &packed[..packed.len() - 1], limit);
                    assert!(matches!(cut, Err(Unpacking::Damaged(_))), "{method:?}");
                }
            }
        }
    }

    #[test]
    fn members_one_after_the_other_are_one_content() {
        for method in [Method::Gzip, Method::Zstd] {
            let both = [method.pack(b"one ").unwrap(), method.pack(b"two").unwrap()].concat();
            assert!(unpack(method, &both, 100).is_ok_and(|found| found == b"one two"));
        }
    }

    #[test]
    fn names() {
        for (name, inner) in [
            ("a/page.html.gz", "page.html"),
            ("page.html.ZST", "page.html"),
            ("page.html", "page.html"),
            ("page.br", "page"),
            (".gz", ".gz"),
        ] {
            assert_eq!(inner_name(Path::new(name)), Path::new(inner));
        }
        assert_eq!(Method::of(b"<p>", Some(Path::new("page.html.gz"))), None);
    }
}
