//! Bytes to text, and the way back: which source byte a decoded byte came from.
