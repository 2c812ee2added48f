//! What the command says of itself.

use super::{Desk, snapshot};

#[test]
fn help() {
    let desk = Desk::new();
    snapshot("cli-help-short", desk.run(&["-h"]).code(0).out());
    snapshot("cli-help-long", desk.run(&["--help"]).code(0).out());
    snapshot("cli-help-explain", desk.run(&["explain", "-h"]).code(0).out());
    snapshot("cli-help-rules", desk.run(&["rules", "--help"]).code(0).out());
    snapshot("cli-help-rules-schema", desk.run(&["rules", "schema", "--help"]).code(0).out());
    snapshot("cli-help-rules-new", desk.run(&["rules", "new", "--help"]).code(0).out());
    snapshot("cli-help-rules-test", desk.run(&["rules", "test", "--help"]).code(0).out());
    snapshot("cli-help-restore", desk.run(&["restore", "--help"]).code(0).out());
    snapshot("cli-help-filter", desk.run(&["filter", "--help"]).code(0).out());
    snapshot("cli-help-warc", desk.run(&["warc", "--help"]).code(0).out());
    snapshot("cli-help-rules-list", desk.run(&["rules", "list", "--help"]).code(0).out());
    snapshot("cli-help-rules-check", desk.run(&["rules", "check", "--help"]).code(0).out());
}

#[test]
fn help_as_a_command_is_the_long_help() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["help"]).code(0).out, desk.run(&["--help"]).code(0).out);
}

#[test]
fn version() {
    let version = format!("dehusk {}\n", env!("CARGO_PKG_VERSION"));
    let desk = Desk::new();
    assert_eq!(desk.run(&["--version"]).code(0).out(), version);
    assert_eq!(desk.run(&["-V"]).code(0).out(), version);
}
