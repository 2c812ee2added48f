//! Files: what can be read, where results go, and what happens to what was there.

use std::fs;

use super::{CLEAN, Desk, PAGE, Ran};

#[test]
fn output_to_a_new_file() {
    let desk = Desk::with_page();
    assert_eq!(desk.run(&["page.html", "-o", "new.html"]).code(0).out(), "");
    assert_eq!(desk.text("new.html"), CLEAN);
    assert_eq!(desk.names(), ["new.html", "page.html"]);
    assert_eq!(desk.run(&["page.html", "--output=-"]).code(0).out(), CLEAN);
    assert_eq!(desk.names(), ["new.html", "page.html"]);
}

#[test]
fn output_over_the_input() {
    let desk = Desk::with_page();
    desk.run(&["page.html", "-o", "page.html"]).code(0);
    assert_eq!(desk.text("page.html"), CLEAN);
    assert_eq!(desk.names(), ["page.html"]);
}

#[test]
fn output_to_where_none_can_be() {
    let desk = Desk::with_page();
    let ran = desk.run(&["page.html", "-o", "nowhere/page.html"]).code(3);
    ran.says("nowhere/page.html: cannot be written: there is no directory `nowhere`");
    desk.run(&["page.html", "-o", "page.html/x"]).code(3).says("page.html/x: cannot be written: ");
    desk.run(&["page.html", "-o", "."]).code(3).says(".: cannot be written: this is a directory");
    assert_eq!(desk.names(), ["page.html"]);
}

#[test]
fn several_files_are_refused_with_advice() {
    let desk = Desk::with_page();
    let ran = desk.run(&["page.html", "page.html"]).code(2).says("--output-dir DIR");
    assert_eq!(ran.out(), "");
    desk.run(&["page.html", "-", "-o", "out"]).code(2);
    assert_eq!(desk.names(), ["page.html"]);
}

#[test]
fn a_mistyped_command_is_told_from_a_file() {
    let desk = Desk::with_page();
    for args in [&["explian", "page.html"][..], &["clean"]] {
        desk.run(args).code(2).says(
            "no such command: the commands are explain, restore, filter, warc, rules and help",
        );
    }
    // A file of such a name is a file.
    desk.put("clean", PAGE);
    assert_eq!(desk.run(&["clean"]).code(0).out(), CLEAN);
    desk.put("explain", PAGE);
    assert_eq!(desk.run(&["./explain"]).code(0).out(), CLEAN);
}

#[test]
fn what_cannot_be_read() {
    let desk = Desk::new();
    for command in [&[][..], &["--check"], &["explain"]] {
        let run = |file: &str| -> Ran {
            let args: Vec<&str> = command.iter().copied().chain([file]).collect();
            let ran = desk.run(&args).code(3);
            assert_eq!(ran.out(), "");
            ran
        };
        run("missing.html").says("dehusk: missing.html: cannot be read: there is no such file\n");
        if command == ["explain"] {
            run(".").says("dehusk: .: cannot be read: this is a directory, not a file\n");
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::process::{Command, Stdio};

    use super::*;

    fn mode(desk: &Desk, name: &str) -> u32 {
        fs::metadata(desk.path(name)).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        let desk = Desk::with_page();
        for bits in [0o600, 0o640, 0o755] {
            desk.put("old.html", "old");
            fs::set_permissions(desk.path("old.html"), fs::Permissions::from_mode(bits)).unwrap();
            desk.run(&["page.html", "-o", "old.html"]).code(0);
            assert_eq!((mode(&desk, "old.html"), desk.text("old.html")), (bits, CLEAN.into()));
        }
    }

    #[test]
    fn a_new_file_is_as_the_umask_says() {
        let desk = Desk::with_page();
        desk.run(&["page.html", "-o", "new.html"]).code(0);
        // The page was written by the test under the same umask.
        assert_eq!(mode(&desk, "new.html"), mode(&desk, "page.html"));
    }

    #[test]
    fn a_link_stays_a_link() {
        let desk = Desk::with_page();
        fs::create_dir(desk.path("store")).unwrap();
        desk.put("store/old.html", "old");
        symlink("store/old.html", desk.path("near.html")).unwrap();
        symlink("near.html", desk.path("far.html")).unwrap();
        desk.run(&["page.html", "-o", "far.html"]).code(0);
        assert_eq!(desk.text("store/old.html"), CLEAN);
        for link in ["near.html", "far.html"] {
            assert!(fs::symlink_metadata(desk.path(link)).unwrap().is_symlink());
        }
    }

    #[test]
    fn a_link_to_no_file_yet_makes_it() {
        let desk = Desk::with_page();
        symlink("new.html", desk.path("link.html")).unwrap();
        desk.run(&["page.html", "-o", "link.html"]).code(0);
        assert_eq!(desk.text("new.html"), CLEAN);
        assert!(fs::symlink_metadata(desk.path("link.html")).unwrap().is_symlink());
    }

    #[test]
    fn a_link_that_goes_in_a_circle_is_an_error() {
        let desk = Desk::with_page();
        symlink("a", desk.path("b")).unwrap();
        symlink("b", desk.path("a")).unwrap();
        desk.run(&["page.html", "-o", "a"]).code(3).says("a: cannot be written: ");
        assert_eq!(desk.names(), ["a", "b", "page.html"]);
    }

    #[test]
    fn a_file_that_may_not_be_read() {
        let desk = Desk::with_page();
        fs::set_permissions(desk.path("page.html"), fs::Permissions::from_mode(0o000)).unwrap();
        if fs::read(desk.path("page.html")).is_ok() {
            return; // The superuser may read anything.
        }
        desk.run(&["page.html"]).code(3).says("page.html: cannot be read: permission denied");
    }

    #[test]
    fn a_directory_that_may_not_be_written() {
        let desk = Desk::with_page();
        fs::create_dir(desk.path("shut")).unwrap();
        fs::set_permissions(desk.path("shut"), fs::Permissions::from_mode(0o555)).unwrap();
        if fs::write(desk.path("shut/probe"), "").is_ok() {
            return; // The superuser may write anywhere.
        }
        let ran = desk.run(&["page.html", "-o", "shut/new.html"]).code(3);
        ran.says(
            "shut/new.html: cannot be written: no permission to make a file in the directory `shut`",
        );
    }

    #[test]
    fn empty_files_and_standard_input_by_its_name() {
        let desk = Desk::with_page();
        desk.put("empty.html", "");
        for args in [&["empty.html"][..], &["--to", "text", "empty.html"], &["/dev/null"]] {
            assert_eq!(desk.run(args).code(0).out().trim(), "");
        }
        desk.run(&["explain", "empty.html"]).code(0);
        if fs::metadata("/dev/stdin").is_ok() {
            assert_eq!(desk.pipe(&["/dev/stdin"], PAGE.as_bytes()).code(0).out(), CLEAN);
            let ran = desk.pipe(&["/dev/stdin", "--in-place"], PAGE.as_bytes()).code(3);
            ran.says("/dev/stdin: not cleaned: only a regular file can be replaced");
        }
        desk.run(&["empty.html", "--in-place", "-q"]).code(0);
        assert_eq!(desk.names(), ["empty.html", "page.html"]);
        assert_eq!(desk.text("empty.html"), "");
    }

    #[test]
    fn pipes_with_names() {
        let desk = Desk::with_page();
        let made = Command::new("mkfifo").args(["in", "out"]).current_dir(desk.path("")).status();
        if !made.is_ok_and(|status| status.success()) {
            return;
        }
        let reader = Command::new("cat")
            .arg("out")
            .current_dir(desk.path(""))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let path = desk.path("in");
        let writer = std::thread::spawn(move || fs::write(path, PAGE));
        desk.run(&["in", "-o", "out"]).code(0);
        writer.join().unwrap().unwrap();
        assert_eq!(reader.wait_with_output().unwrap().stdout, CLEAN.as_bytes());
        // The pipe is still one.
        assert!(!fs::metadata(desk.path("out")).unwrap().is_file());
    }

    #[test]
    fn odd_names_work_and_are_told_safely() {
        let desk = Desk::new();
        let names = [
            OsString::from("a b\nc.html"),
            OsString::from("red \x1b[31m.html"),
            OsString::from("turned \u{202e}lmth.html"),
            OsString::from_vec(b"caf\xe9.html".to_vec()),
            OsString::from("-o"),
        ];
        for name in &names {
            let missing = desk.run(&[OsStr::new("--"), name]).code(3);
            let told = missing.says(": cannot be read: there is no such file\n").err;
            assert_eq!(told.lines().count(), 1, "{told:?}");
            assert!(!told.contains(['\x1b', '\u{202e}']), "{told:?}");
            desk.put(name, PAGE);
            assert_eq!(desk.run(&[OsStr::new("--"), name]).code(0).out(), CLEAN);
            let output = [OsStr::new("--output"), name, OsStr::new("--"), name];
            if name != "-o" {
                desk.run(&output).code(0);
                assert_eq!(desk.text(name), CLEAN);
            }
            let report = desk.run(&[OsStr::new("explain"), OsStr::new("--"), name]).code(0);
            assert!(!report.out().contains(['\x1b', '\u{202e}']), "{report:?}");
        }
        let option = OsStr::from_bytes(b"--\x1b[31m\xff");
        let told = desk.run(&[option]).code(2).err;
        assert!(!told.contains('\x1b'), "{told:?}");
    }

    #[test]
    fn a_broken_pipe_ends_quietly() {
        let desk = Desk::new();
        // More than a pipe holds.
        desk.put("page.html", PAGE.repeat(900));
        for args in [
            &["page.html"][..],
            &["page.html", "--to", "json"],
            &["page.html", "--max-bytes", "9"],
            &["explain", "page.html"],
            &["explain", "page.html", "--json"],
        ] {
            let mut child =
                desk.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            let ran = Ran::from(child.wait_with_output().unwrap());
            assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
            assert!(args.contains(&"--max-bytes") || ran.err.is_empty(), "{args:?}: {ran:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let desk = Desk::with_page();
        for args in [&["page.html"][..], &["explain", "page.html"]] {
            let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
            let ran = Ran::from(desk.command(args).stdout(full).output().unwrap()).code(3);
            ran.says("standard output: cannot be written: No space left on device");
        }
        desk.run(&["page.html", "-o", "/dev/full"]).code(3).says("/dev/full: cannot be written");
    }
}
