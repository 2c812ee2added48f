//! Many files: which are taken, where their results go, and what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{CLEAN, Desk, PAGE, PLAIN, fixture};

/// A desk with these files on it.
pub(super) fn desk(files: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    for (name, content) in files {
        fs::create_dir_all(desk.path(name).parent().unwrap()).unwrap();
        desk.put(name, content);
    }
    desk
}

/// The files below a directory with their content; temporary files, and the journal, are none.
pub(super) fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(at) = dirs.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(dir).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                dirs.push(path);
            } else if !name.contains(".dehusk-") {
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn names(desk: &Desk, dir: &str) -> Vec<String> {
    tree(&desk.path(dir)).into_keys().collect()
}

#[test]
fn a_directory_keeps_its_tree() {
    let desk = desk(&[
        ("pages/a.html", PAGE),
        ("pages/b/c.htm", PAGE),
        ("pages/b/d/e.html", PLAIN),
        ("pages/b/d/notes.txt", "Old stones.\n"),
    ]);
    let ran = desk.run(&["pages", "--output-dir", "clean"]);
    assert_eq!((ran.code, ran.out()), (0, ""));
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines[0], "4 files: 2 cleaned, 2 with nothing to remove");
    assert_eq!(lines[2], "  newsletter 2: newsletter-signup 2");
    let clean = tree(&desk.path("clean"));
    assert_eq!(
        clean.keys().collect::<Vec<_>>(),
        ["a.html", "b/c.htm", "b/d/e.html", "b/d/notes.txt"]
    );
    assert_eq!(clean["a.html"], CLEAN.as_bytes());
    assert_eq!(clean["b/c.htm"], CLEAN.as_bytes());
    assert_eq!(clean["b/d/e.html"], PLAIN.as_bytes());
    // The pages stay as they were.
    assert_eq!(desk.text("pages/a.html"), PAGE);
    desk.run(&["pages/", "--output-dir", "other/clean/", "--quiet"]).code(0);
    assert_eq!(tree(&desk.path("other/clean")), clean);
}

#[test]
fn pages_and_text_are_taken_by_name_or_content() {
    let desk = desk(&[
        ("pages/a.HTML", PAGE),
        ("pages/b.md", "The mill.\n"),
        ("pages/.gitignore", "*.html\n*.HTML\n"),
        ("pages/index.php", PAGE),
        ("pages/article", PAGE),
        ("pages/script.js", "let html = '<!doctype html>'"),
        ("pages/picture.png", "\u{fffd}PNG"),
        ("pages/fragment.inc", "<p>The mill.</p>"),
        ("pages/.cache/x.html", PAGE),
        ("pages/.hidden.html", PAGE),
        ("pages/.dehusk-x.html", PAGE),
    ]);
    let take = |args: &[&str]| {
        let _ = fs::remove_dir_all(desk.path("clean"));
        let args = [&["pages", "--output-dir", "clean", "-q"], args].concat();
        desk.run(&args).code(0);
        names(&desk, "clean")
    };
    assert_eq!(take(&[]), ["a.HTML", "article", "b.md", "index.php"]);
    assert_eq!(
        take(&["--hidden"]),
        [".cache/x.html", ".hidden.html", "a.HTML", "article", "b.md", "index.php"]
    );
    assert_eq!(take(&["--include", "*.inc", "--include", "art*"]), ["article", "fragment.inc"]);
    assert_eq!(take(&["--exclude", "*.md", "--exclude", "/a*"]), ["index.php"]);
    assert_eq!(take(&["--include", "*.inc", "--exclude", "fragment.*"]), [""; 0]);
    let all = take(&["--copy-others"]);
    assert_eq!(all.len(), 7);
    let others = ["script.js", "picture.png", "fragment.inc"];
    assert!(others.iter().all(|name| all.contains(&name.to_string())));
    assert_eq!(desk.get("clean/picture.png"), desk.get("pages/picture.png"));
    assert_eq!(desk.text("clean/a.HTML"), CLEAN);
    desk.run(&["pages", "--check", "--include", "[a"])
        .code(2)
        .says("--include [a: this is not a glob");
}

#[test]
fn several_inputs_keep_their_names() {
    let desk = desk(&[("x/a.html", PAGE), ("y/a.html", PLAIN), ("z/b.html", PAGE)]);
    desk.run(&["x", "y", "z/b.html", "--output-dir", "clean", "-q"]).code(0);
    assert_eq!(names(&desk, "clean"), ["b.html", "x/a.html", "y/a.html"]);
    let ran = desk.run(&["x/a.html", "y/a.html", "--output-dir", "other"]).code(2);
    ran.says("x/a.html and y/a.html would both become other/a.html");
    // The same file twice is one file.
    desk.run(&["x/a.html", "x/../x/a.html", "--output-dir", "other", "-q"]).code(0);
    assert_eq!(names(&desk, "other"), ["a.html"]);
}

#[test]
fn results_in_other_forms_have_other_names() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.md", "# Mill\n"), ("pages/page", PAGE)]);
    for (to, expected) in [
        ("markdown", ["a.md", "b.md", "page.md"]),
        ("text", ["a.txt", "b.txt", "page.txt"]),
        ("json", ["a.json", "b.json", "page.json"]),
    ] {
        let ran = desk.run(&["pages", "--to", to, "--output-dir", to, "-q"]);
        assert_eq!((ran.code, names(&desk, to)), (0, expected.map(String::from).to_vec()));
    }
    desk.put("pages/a.htm", PAGE);
    let ran = desk.run(&["pages", "--to", "text", "--output-dir", "new"]).code(2);
    ran.says("pages/a.htm and pages/a.html would both become new/a.txt");
    assert!(!desk.path("new").exists());
    desk.run(&["pages", "--to", "text", "--in-place"]).code(2).says("leave out --to");
}

#[test]
fn what_has_no_place_is_refused_with_advice() {
    let desk = desk(&[("pages/a.html", PAGE), ("b.html", PAGE)]);
    for args in [&["pages"][..], &["b.html", "pages/a.html"], &["b.html", "b.html"], &["."]] {
        let ran = desk.run(args).code(2).says("--output-dir DIR").says("--in-place");
        assert_eq!(ran.out(), "");
    }
    desk.run(&["pages", "-o", "clean"]).code(2).says("--output-dir DIR keeps their tree");
    desk.run(&["pages", "--record", "r"]).code(2).says("--record-dir DIR");
    desk.run(&["-", "--output-dir", "clean"]).code(2).says("standard input has no name");
    desk.run(&["pages", "--in-place", "--resume"]).code(2).says("--resume keeps its journal");
    desk.run(&["pages", "--output-dir", "pages"]).code(2).says("--in-place replaces files");
    assert_eq!(desk.names(), ["b.html", "pages"]);
}

#[test]
fn results_do_not_replace_inputs() {
    let desk = desk(&[("site/site/a.html", PAGE), ("site/a.html", PLAIN)]);
    let ran = desk.run(&["site", "--output-dir", "."]).code(2);
    ran.says("would replace an input");
    assert_eq!(desk.text("site/a.html"), PLAIN);
}

#[test]
fn a_directory_for_results_within_the_input_is_left_out() {
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b/c.html", PAGE)]);
    let args = ["pages", "--output-dir", "pages/clean", "--record-dir", "pages/cuts", "-q"];
    for _ in 0..3 {
        desk.run(&args).code(0);
        assert_eq!(names(&desk, "pages/clean"), ["a.html", "b/c.html"]);
        assert_eq!(names(&desk, "pages/cuts"), ["a.html.json", "b/c.html.json"]);
    }
}

#[test]
fn a_bad_file_does_not_stop_the_others() {
    let deep = "<div>".repeat(600);
    let desk = desk(&[("pages/a.html", PAGE), ("pages/b.html", &deep), ("pages/c.html", PAGE)]);
    let ran = desk.run(&["pages", "gone.html", "--output-dir", "clean", "--jobs", "2"]).code(3);
    let lines: Vec<&str> = ran.err.lines().collect();
    assert!(lines[0].starts_with("dehusk: pages/b.html: not cleaned: "), "{ran:?}");
    assert_eq!(lines[1], "dehusk: gone.html: cannot be read: there is no such file");
    assert_eq!(lines[2], "4 files: 2 cleaned, 2 failed");
    // What cannot be cleaned is passed on as it is.
    assert_eq!(desk.text("clean/pages/b.html"), deep);
    assert_eq!(desk.text("clean/pages/c.html"), CLEAN);
    // But not in another form.
    desk.run(&["pages", "--output-dir", "text", "--to", "text"]).code(3);
    assert_eq!(names(&desk, "text"), ["a.txt", "c.txt"]);
}

#[test]
fn lists_of_files() {
    let desk = desk(&[("a/b c.html", PAGE), ("d.html", PAGE), ("e.html", PAGE)]);
    desk.put("list", "a/b c.html\n./d.html\n\n");
    desk.run(&["--files-from", "list", "--output-dir", "one", "-q"]).code(0);
    assert_eq!(names(&desk, "one"), ["a/b c.html", "d.html"]);
    let list = b"a/b c.html\0d.html\0";
    for args in [&["--files-from", "-"][..], &["--files-from", "-", "-0"]] {
        let args = [args, &["e.html", "--output-dir", "two", "-q"]].concat();
        desk.pipe(&args, list).code(0);
        assert_eq!(names(&desk, "two"), ["a/b c.html", "d.html", "e.html"]);
    }
    desk.pipe(&["--files-from", "-", "--in-place", "-q"], b"d.html").code(0);
    assert_eq!(desk.text("d.html"), CLEAN);
    assert_eq!(desk.text("e.html"), PAGE);
    desk.pipe(&["--files-from", "-", "--in-place", "-q"], b"").code(0);
    desk.pipe(&["--files-from", "-", "--check"], b"gone\n").code(3).says("gone: cannot be read");
    desk.pipe(&["--files-from", "-", "-", "--check"], b"").code(2).says("cannot be both");
}

#[test]
fn names_from_a_list_do_not_lead_out() {
    let desk = desk(&[("in/a.html", PAGE), ("b.html", PAGE)]);
    let absolute = desk.path("b.html");
    let list = format!("../b.html\nin/../../x.html\n{}\na.html\n", absolute.display());
    fs::write(desk.path("in/list"), list).unwrap();
    fs::create_dir(desk.path("x.html")).unwrap();
    let mut command = desk.command(&["--files-from", "list", "--output-dir", "clean"]);
    let ran = super::Ran::from(command.current_dir(desk.path("in")).output().unwrap()).code(3);
    let ran = ran.says("../b.html: left out").says("in/../../x.html: ");
    assert!(ran.err.contains("4 files: 2 cleaned, 2 failed"), "{ran:?}");
    let below = absolute.strip_prefix("/").unwrap().to_string_lossy().into_owned();
    assert_eq!(names(&desk, "in/clean"), ["a.html".to_string(), below]);
    assert_eq!(desk.text("b.html"), PAGE);
}

#[test]
fn in_place_with_a_way_back() {
    let names = ["news-inline-signup.html", "russian-windows-1251.html", "exile-paper-text.txt"];
    let desk = Desk::new();
    fs::create_dir_all(desk.path("pages/sub")).unwrap();
    for name in names {
        desk.put(Path::new("pages/sub").join(name), fixture(name));
    }
    desk.put("pages/plain.html", PLAIN);
    let before = tree(&desk.path("pages"));
    let run = ["pages", "--in-place", "--record-dir", "undo", "-q"];
    desk.run(&run).code(0);
    let cleaned = tree(&desk.path("pages"));
    assert_eq!(cleaned.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert!(names.iter().all(|name| {
        let name = format!("sub/{name}");
        cleaned[&name].len() < before[&name].len()
    }));
    // To clean again loses nothing: the records still lead to the originals.
    desk.run(&run).code(0);
    assert_eq!(tree(&desk.path("pages")), cleaned);
    let restore = ["restore", "pages", "--record-dir", "undo"];
    desk.run(&restore).code(2).says("--in-place, or --output-dir DIR");
    let ran = desk.run(&[&restore[..], &["--output-dir", "back"]].concat());
    assert_eq!((ran.code, &*ran.err), (0, "3 files restored, 1 are the originals already\n"));
    assert_eq!(tree(&desk.path("back")), before);
    let ran = desk.run(&[&restore[..], &["--in-place"]].concat());
    assert_eq!(ran.code, 0);
    assert_eq!(tree(&desk.path("pages")), before);
    let ran = desk.run(&[&restore[..], &["--in-place"]].concat());
    assert_eq!(&*ran.err, "0 files restored, 4 are the originals already\n");
}

#[test]
fn in_place_again_with_other_rules_starts_from_the_original() {
    let desk = desk(&[(
        "pages/a.html",
        "<h1>The mill</h1><p>Advertisement</p><p>It is old.</p>\
        <form><p>Sign up for our newsletter</p><input type=email></form><p>It is quiet.</p>",
    )]);
    let original = desk.text("pages/a.html");
    let run = |only: &str| {
        let args = ["pages", "--in-place", "--record-dir", "undo", "-q", "--only", only];
        desk.run(&args).code(0);
        desk.text("pages/a.html")
    };
    assert!(!run("ad-notice").contains("Advertisement"));
    let both = run("ad-notice,newsletter");
    assert!(!both.contains("Advertisement") && !both.contains("Sign up"));
    let one = run("newsletter");
    assert!(one.contains("Advertisement") && !one.contains("Sign up"));
    desk.run(&["restore", "pages/a.html", "--record", "undo/a.html.json", "-o", "back"]).code(0);
    assert_eq!(desk.text("back"), original);
    // A file that was changed since has a new original.
    desk.put("pages/a.html", PAGE);
    assert_eq!(run("newsletter"), CLEAN);
    desk.run(&["restore", "pages/a.html", "--record", "undo/a.html.json", "-o", "back"]).code(0);
    assert_eq!(desk.text("back"), PAGE);
}

#[test]
fn in_place_touches_only_what_has_something_to_remove() {
    let desk = desk(&[("a.html", PAGE), ("b.html", PLAIN)]);
    let time = |name: &str| fs::metadata(desk.path(name)).unwrap().modified().unwrap();
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    for name in ["a.html", "b.html"] {
        fs::File::options().append(true).open(desk.path(name)).unwrap().set_modified(old).unwrap();
    }
    desk.run(&["a.html", "b.html", "./a.html", "--in-place", "-q"]).code(0);
    assert_eq!((desk.text("a.html"), desk.text("b.html")), (CLEAN.into(), PLAIN.into()));
    assert!(time("a.html") > old && time("b.html") == old);
}

#[test]
fn one_job_or_four_make_no_difference() {
    let desk = Desk::new();
    fs::create_dir(desk.path("pages")).unwrap();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    for entry in fs::read_dir(pages).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, desk.path("pages").join(path.file_name().unwrap())).unwrap();
    }
    desk.put("pages/broken.html.gz", b"\x1f\x8b\x08 not whole");
    let mut runs = Vec::new();
    for jobs in ["1", "4"] {
        let records = format!("cuts-{jobs}");
        let args = [
            "pages",
            "--jobs",
            jobs,
            "--output-dir",
            jobs,
            "--record-dir",
            &records,
            "--stats",
            "--summary-json",
            "-",
        ];
        let ran = desk.run(&args).code(3);
        let err = ran.err.replace(&format!(" {jobs}/"), " ");
        let looks = ["--diff", "--check", "--dry-run"].map(|look| {
            let ran = desk.run(&["pages", look, "--jobs", jobs]);
            (ran.code, ran.out, ran.err)
        });
        runs.push((tree(&desk.path(jobs)), tree(&desk.path(&records)), ran.out, err, looks));
    }
    assert!(runs[0].0.len() > 40);
    assert!(runs[0] == runs[1], "{}\n{}", runs[0].3, runs[1].3);
}

#[cfg(unix)]
mod unix {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn links_are_followed_only_when_told_and_never_in_circles() {
        let desk = desk(&[("pages/a/x.html", PAGE), ("store/y.html", PAGE)]);
        symlink("../..", desk.path("pages/a/up")).unwrap();
        symlink("../../store", desk.path("pages/a/store")).unwrap();
        symlink("../../store/y.html", desk.path("pages/a/z.html")).unwrap();
        symlink("nowhere", desk.path("pages/a/dead.html")).unwrap();
        desk.run(&["pages", "--output-dir", "clean", "-q"]).code(0);
        assert_eq!(names(&desk, "clean"), ["a/x.html"]);
        let ran = desk.run(&["pages/a", "--output-dir", "follow", "-q", "--follow"]).code(3);
        let ran = ran.says("dead.html: cannot be read: there is no such file");
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
        let followed = names(&desk, "follow");
        for name in ["x.html", "store/y.html", "z.html"] {
            assert!(followed.contains(&name.to_string()), "{followed:?}");
        }
        // In place, a file that is reached by two ways is still one.
        fs::remove_file(desk.path("pages/a/dead.html")).unwrap();
        fs::remove_file(desk.path("pages/a/up")).unwrap();
        let ran = desk.run(&["pages", "--in-place", "--follow"]);
        assert!(ran.err.starts_with("2 files: 2 cleaned\n"), "{ran:?}");
        assert_eq!(desk.text("store/y.html"), CLEAN);
        assert!(fs::symlink_metadata(desk.path("pages/a/z.html")).unwrap().is_symlink());
    }

    #[test]
    fn results_are_not_written_through_links() {
        let desk = desk(&[("pages/a.html", PAGE), ("pages/sub/b.html", PAGE), ("mine", "mine")]);
        fs::create_dir(desk.path("clean")).unwrap();
        fs::create_dir(desk.path("outside")).unwrap();
        symlink("../mine", desk.path("clean/a.html")).unwrap();
        symlink("../outside", desk.path("clean/sub")).unwrap();
        let ran = desk.run(&["pages", "--output-dir", "clean"]).code(3);
        ran.says("clean/sub/b.html: cannot be written: `clean/sub` is a link or a file");
        assert_eq!(desk.text("mine"), "mine");
        assert!(tree(&desk.path("outside")).is_empty());
        assert!(fs::symlink_metadata(desk.path("clean/a.html")).unwrap().is_file());
    }

    #[test]
    fn odd_names() {
        let names = [
            OsString::from("a b\nc.html"),
            OsString::from("red \x1b[31m.html"),
            OsString::from_vec(b"caf\xe9.html".to_vec()),
            OsString::from("-o.html"),
            OsString::from("!#.html"),
        ];
        let desk = Desk::new();
        fs::create_dir(desk.path("pages")).unwrap();
        for name in &names {
            desk.put(Path::new("pages").join(name), PAGE);
        }
        let check = desk.run(&["pages", "--check", "-0"]);
        assert_eq!(check.code, 1);
        assert_eq!(check.out.iter().filter(|byte| **byte == 0).count(), names.len());
        for dir in ["one", "two"] {
            for args in
                [&["pages", "--output-dir", dir][..], &["pages", "--output-dir", dir, "--resume"]]
            {
                let ran = desk.run(args);
                assert_eq!(ran.code, 0, "{ran:?}");
                assert!(!ran.err.contains('\x1b'));
                let resumed = args.len() > 3;
                assert_eq!(ran.err.contains("5 done before"), resumed, "{ran:?}");
            }
        }
        for name in &names {
            assert_eq!(desk.text(Path::new("one").join(name)), CLEAN);
        }
        let out = check.out;
        desk.pipe(&["--files-from", "-", "--in-place", "-q"], &out).code(0);
        assert_eq!(desk.run(&["pages", "--check"]).code, 0);
    }

    #[test]
    fn what_is_no_file() {
        let desk = desk(&[("pages/a.html", PAGE)]);
        let made = Command::new("mkfifo").arg(desk.path("pages/b.html")).status();
        if !made.is_ok_and(|status| status.success()) {
            return;
        }
        // A pipe in a directory would be waited for in vain.
        desk.run(&["pages", "--output-dir", "clean", "-q"]).code(0);
        assert_eq!(names(&desk, "clean"), ["a.html"]);
        // One that is named is read.
        let path = desk.path("pages/b.html");
        let writer = std::thread::spawn(move || fs::write(path, PAGE));
        desk.run(&["pages/b.html", "--output-dir", "clean", "-q"]).code(0);
        writer.join().unwrap().unwrap();
        assert_eq!(desk.text("clean/b.html"), CLEAN);
        let ran = desk.run(&["pages/b.html", "--in-place"]).code(3);
        ran.says("only a regular file can be replaced");
    }

    #[test]
    fn what_may_not_be_read_or_written() {
        let desk =
            desk(&[("pages/a.html", PAGE), ("pages/b.html", PAGE), ("pages/c/d.html", PAGE)]);
        fs::write(desk.path("clean"), "a file").unwrap();
        desk.run(&["pages", "--output-dir", "clean"]).code(3).says("clean: cannot be made");
        let set = |name: &str, bits| {
            fs::set_permissions(desk.path(name), fs::Permissions::from_mode(bits)).unwrap();
        };
        set("pages/b.html", 0o000);
        set("pages/c", 0o000);
        if fs::read(desk.path("pages/b.html")).is_err() {
            let ran = desk.run(&["pages", "--output-dir", "out"]).code(3);
            ran.says("pages/b.html: cannot be read: permission denied").says("pages/c: ");
            assert_eq!(names(&desk, "out"), ["a.html"]);
        }
        set("pages/b.html", 0o444);
        set("pages/c", 0o755);
        // Who may write to the directory may replace a file, and its permissions stay.
        desk.run(&["pages/b.html", "--in-place", "-q"]).code(0);
        let mode = fs::metadata(desk.path("pages/b.html")).unwrap().permissions().mode();
        assert_eq!((mode & 0o777, desk.text("pages/b.html")), (0o444, CLEAN.into()));
        set("pages/c", 0o555);
        if fs::write(desk.path("pages/c/probe"), "").is_err() {
            let ran = desk.run(&["pages/c", "--in-place"]).code(3);
            ran.says("pages/c/d.html: cannot be written: no permission");
        }
        set("pages/c", 0o755);
    }

    #[test]
    fn more_threads_than_files_or_none() {
        let desk = desk(&[("pages/a.html", PAGE)]);
        fs::create_dir(desk.path("none")).unwrap();
        desk.run(&["pages", "--check", "--jobs", "64"]).code(1);
        let ran = desk.run(&["none", "--output-dir", "clean"]);
        assert_eq!((ran.code, &*ran.err), (0, "0 files: 0 cleaned\n"));
        desk.run(&["pages", "--check", "--jobs", "0"]).code(2);
        let dash = OsStr::new("--output-dir=-x");
        assert_eq!(desk.run(&[OsStr::new("pages"), OsStr::new("-q"), dash]).code, 0);
        assert_eq!(names(&desk, "-x"), ["a.html"]);
    }
}
