//! Reads the rule files, checks them, and packs them for the binary.
fn main() {}
