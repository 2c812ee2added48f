//! The command line, run as its users run it.

mod alike;
mod errors;
mod explain;
mod explain_rule;
mod files;
mod filter;
mod help;
mod hostile;
mod layers;
mod looks;
mod many;
mod options;
mod output;
mod packed;
mod report;
mod restore;
mod resume;
mod rules;
mod rules_drafts;
mod rules_new;
mod rules_test;
mod warc;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A page with a signup between two paragraphs, and the same without it.
const PAGE: &str = "<!DOCTYPE html>\n<h1>The mill</h1>\n<p>It was built in 1802.</p>\n\
    <form><p>Sign up for our newsletter</p><input type=email><button>Subscribe</button></form>\n\
    <p>It stood empty for a century.</p>\n";
const CLEAN: &str = "<!DOCTYPE html>\n<h1>The mill</h1>\n<p>It was built in 1802.</p>\n\
    \n<p>It stood empty for a century.</p>\n";
/// A page with nothing to remove.
const PLAIN: &str = "<!DOCTYPE html>\n<h1>The mill</h1>\n<p>It was built in 1802.</p>\n";

/// A directory of its own for a test, in which the command runs.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().expect("a directory for the test"))
    }

    /// A desk with `page.html` on it.
    fn with_page() -> Desk {
        let desk = Desk::new();
        desk.put("page.html", PAGE);
        desk
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("the test's own file");
    }

    fn get(&self, name: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.path(name)).expect("the file was written")
    }

    fn text(&self, name: impl AsRef<Path>) -> String {
        String::from_utf8(self.get(name)).expect("UTF-8")
    }

    /// The names of the files on the desk.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the desk");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dehusk"));
        command.args(args).current_dir(self.0.path()).stdin(Stdio::null());
        // What the shell of the tests says of its terminal would show in the output.
        for name in ["COLUMNS", "CLICOLOR_FORCE", "CLICOLOR", "NO_COLOR"] {
            command.env_remove(name);
        }
        // Nor have the tester's own rules anything to say here.
        command.env("HOME", self.0.path()).env_remove("XDG_CONFIG_HOME");
        command
    }

    fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        Ran::from(self.command(args).output().expect("the command starts"))
    }

    /// Runs with `input` as standard input.
    fn pipe<S: AsRef<OsStr>>(&self, args: &[S], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            // Whoever stops reading early breaks the pipe, and may.
            scope.spawn(move || drop(stdin.write_all(input)));
            Ran::from(child.wait_with_output().expect("the command ends"))
        })
    }
}

/// How a run ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn out(&self) -> &str {
        std::str::from_utf8(&self.out).expect("UTF-8")
    }

    /// Expects an exit code, and silence on standard error where all is well.
    #[track_caller]
    fn code(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{self:?}");
        if code < 2 {
            assert_eq!(self.err, "");
        }
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Ran {
        assert!(self.err.contains(text), "{:?} is not in {:?}", text, self.err);
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            // A command that was killed has no code, and no test expects -1.
            code: output.status.code().unwrap_or(-1),
            out: output.stdout,
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The most memory that a running process has used, in KiB, where the system tells.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok())
}

/// Memory that was measured now and then is the same after the first part, a tenth aside.
#[track_caller]
fn assert_constant(peaks: &[u64]) {
    if let [_, first, .., last] = peaks {
        assert!(*last <= first + first / 10, "memory grows: {peaks:?} KiB");
    }
}

/// A page of `tests/pages`.
fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name))
        .expect("a fixture")
}

/// Compares with the snapshot `name`.
#[track_caller]
fn snapshot(name: &str, content: &str) {
    insta::with_settings!({
        snapshot_path => "../../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, content);
    });
}
