//! The `dehusk` command.
fn main() {}
