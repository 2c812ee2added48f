//! What can go wrong with an input.

use std::fmt;

/// Why an input was not cleaned. The input is then to be left as it is.
///
/// What exactly happened, where, and what to do about it is in the [`Display`](fmt::Display)
/// form; [`is_limit`](Error::is_limit) and its like tell programs the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Limit,
    Depth,
    Record,
    Encoding,
    Format,
    Proof,
    Request,
}

impl Error {
    pub(crate) fn limit(message: impl Into<String>) -> Error {
        Error { kind: Kind::Limit, message: message.into() }
    }

    pub(crate) fn depth(message: impl Into<String>) -> Error {
        Error { kind: Kind::Depth, message: message.into() }
    }

    pub(crate) fn record(message: impl Into<String>) -> Error {
        Error { kind: Kind::Record, message: message.into() }
    }

    pub(crate) fn encoding(message: impl Into<String>) -> Error {
        Error { kind: Kind::Encoding, message: message.into() }
    }

    pub(crate) fn proof(message: impl Into<String>) -> Error {
        Error { kind: Kind::Proof, message: message.into() }
    }

    pub(crate) fn request(message: impl Into<String>) -> Error {
        Error { kind: Kind::Request, message: message.into() }
    }

    pub(crate) fn format(message: impl Into<String>) -> Error {
        Error { kind: Kind::Format, message: message.into() }
    }

    /// The input is larger or nested deeper than the limits allow, or the rules look at too much of
    /// it.
    pub fn is_limit(&self) -> bool {
        matches!(self.kind, Kind::Limit | Kind::Depth)
    }

    /// The input is nested deeper than [`Limits::max_depth`](crate::Limits::max_depth) allows.
    pub fn is_depth(&self) -> bool {
        self.kind == Kind::Depth
    }

    /// A record does not fit what it is applied to, or is not a record.
    pub fn is_record(&self) -> bool {
        self.kind == Kind::Record
    }

    /// The content cannot be rendered in the form that was asked for.
    pub fn is_format(&self) -> bool {
        self.kind == Kind::Format
    }

    /// A second parse found that a result changes more than it should. This is a bug in dehusk.
    pub fn is_proof(&self) -> bool {
        self.kind == Kind::Proof
    }

    /// What was asked for is not there: a rule, a text, an element.
    pub fn is_request(&self) -> bool {
        self.kind == Kind::Request
    }

    /// The name of an encoding is not known.
    pub fn is_encoding(&self) -> bool {
        self.kind == Kind::Encoding
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
