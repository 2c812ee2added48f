//! HTML to [`Document`](super::Document), with byte spans.
