//! Rule files with mistakes: what their authors are told.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dehusk::{Layer, Problem, Rules, Severity};

fn check(path: &Path) -> Vec<Problem> {
    Rules::builder().path(path).check(&[Layer::Given], false)
}

/// Compares what is told of the files in a directory with its snapshot.
#[track_caller]
fn snapshot(dir: &str) -> Vec<(PathBuf, Vec<Problem>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/wrong").join(dir);
    let mut files: Vec<PathBuf> =
        fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut shown = String::new();
    let mut all = Vec::new();
    for file in files {
        let problems = check(&file);
        for problem in &problems {
            let text = problem.to_string().replace(&format!("{}/", root.display()), "");
            // On which line a shipped rule stands is not the matter.
            let (before, after) = text.split_once("rules/newsletter.yaml:").unwrap_or((&text, ""));
            let text =
                format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()));
            let _ = writeln!(shown, "{text}\n");
        }
        all.push((file, problems));
    }
    insta::with_settings!({
        snapshot_path => "../../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(format!("wrong-rules-{dir}"), shown);
    });
    all
}

#[test]
fn mistakes_are_told_with_place_and_advice() {
    for dir in ["yaml", "keys", "types", "words", "selectors", "meaning"] {
        for (file, problems) in snapshot(dir) {
            let error = problems.iter().find(|problem| problem.severity == Severity::Error);
            let Some(error) = error else { panic!("{}: no error", file.display()) };
            // Only of a file that cannot be read at all there is no line.
            assert!(error.line > 0 || error.message.starts_with("cannot be read"), "{error}");
            assert!(Rules::builder().path(&file).build().is_err(), "{}", file.display());
        }
    }
}

#[test]
fn what_runs_is_only_warned_of() {
    for (file, problems) in snapshot("warnings") {
        assert!(!problems.is_empty(), "{}", file.display());
        for problem in problems {
            assert_ne!(problem.severity, Severity::Error, "{problem}");
        }
        assert!(Rules::builder().path(&file).build().is_ok(), "{}", file.display());
    }
}

/// The first problem of a text, and how long it took to find.
fn first(text: String) -> (Problem, Duration) {
    let start = Instant::now();
    let errors = Rules::builder().text("big.yaml", text).build().unwrap_err();
    (errors.problems()[0].clone(), start.elapsed())
}

#[test]
fn floods_are_refused_in_good_time() {
    let phrases: String = (0..1_000_000).map(|n| format!("      - mill {n}\n")).collect();
    let nested = format!("rules: {}", "[".repeat(200_000));
    let maps = format!("rules: {}", "{a: ".repeat(100_000));
    let dashes = format!("rules:\n  {}", "- ".repeat(100_000));
    let indented: String = (0..3000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let selector = format!(
        "sites: [a.org]\nrules: [{{ id: a, category: share, remove: '{}' }}]",
        ":is(".repeat(500_000)
    );
    for (text, message) in [
        (format!("lists:\n  newsletter-ask:\n    en:\n{phrases}"), "more than 250,000 values"),
        (nested, "nested too deeply"),
        (maps, "a list is wanted here"),
        (dashes, "a map of keys is wanted here"),
        (indented, "unknown key `a`"),
        (selector, "at most 4096 bytes"),
    ] {
        let (problem, time) = first(text);
        assert!(problem.message.contains(message), "{problem}");
        assert!(time < Duration::from_secs(20), "{message}: {time:?}");
        assert!(problem.to_string().len() < 1000);
    }
}

/// Few bytes may stand for much: each of these would take minutes or gigabytes.
#[test]
fn what_is_short_for_too_much_is_refused_in_good_time() {
    let evidence = |phrases: &str| {
        format!(
            "rules:\n  - id: a\n    category: donation\n    evidence:\n      - points: 100\n        \
             phrases: {{ en: [{phrases}] }}\n"
        )
    };
    let many =
        |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let letters = "(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p)";
    let sites = format!("sites: [{}]\n", many(2000, &|n| format!("a{n}.org, ")));
    let remove = "category: share, remove: [p] }\n";
    for (text, message) in [
        (
            evidence(&many(2000, &|n| format!("'{letters} {letters} x{n}', "))),
            "all rules together have too many phrases",
        ),
        (
            sites + "rules:\n" + &many(2000, &|n| format!("  - {{ id: r{n}, {remove}")),
            "all rules together are for more than 200000 sites",
        ),
        (
            format!("sites: [{}]\nrules: []\n", many(20_000, &|n| format!("a{n}.org, "))),
            "a list has at most 2000 sites",
        ),
        (
            format!(
                "sites: [a.org]\nrules:\n{}",
                many(11_000, &|n| format!("  - {{ id: r{n}, {remove}"))
            ),
            "all files together have more than 10000 rules",
        ),
        (evidence(&many(20_000, &|_| "'*',\n            ".into())), "more problems"),
        (evidence(&many(20_000, &|_| "no,\n            ".into())), "is a truth value"),
        // Each is looked at, though nothing is wrong with it.
        (
            evidence(&(many(20_000, &|_| "'no',\n            ".into()) + "'*'")),
            "`*` stands at a word",
        ),
        (format!("sites:\n{}", many(20_000, &|_| "  - 'x'\n".into())), "a list has at most"),
        (format!("rules:\n{}", many(20_000, &|_| "  - { id: A b }\n".into())), "more problems"),
    ] {
        let start = Instant::now();
        let builder = Rules::builder().text("big.yaml", text);
        let errors = builder.clone().build().unwrap_err();
        let problems = builder.check(&[Layer::Given], true);
        for problems in [errors.problems(), &problems[..]] {
            let is_told =
                |p: &Problem| p.message.contains(message) && p.severity == Severity::Error;
            let count = problems.len();
            assert!(
                problems.iter().any(is_told),
                "{message}: {count} problems, the first is {}",
                problems[0]
            );
            assert!(problems.len() < 1100, "{message}: {} problems", problems.len());
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{message}: {:?}", start.elapsed());
    }
}

#[test]
fn huge_files_are_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("huge.yaml");
    // A gigabyte of nothing, which takes no room on the disk.
    fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let start = Instant::now();
    let problems = check(&path);
    assert!(problems[0].message.contains("more than 16 MiB"), "{problems:?}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_named() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("good.yaml"), "lists: { newsletter-ask: { cy: [ysgrifennwch at y golygydd] } }")
        .unwrap();
    fs::write(at(".hidden.yaml"), "not: a rule file").unwrap();
    fs::write(at("good.yaml~"), "not: a rule file").unwrap();
    fs::create_dir(at("sites")).unwrap();
    // A loop, and a second way to the same files.
    symlink(dir.path(), at("sites/loop")).unwrap();
    symlink(at("sites"), at("more")).unwrap();
    assert_eq!(check(dir.path()), []);
    symlink(at("nowhere.yaml"), at("dangling.yaml")).unwrap();
    let problems = check(dir.path());
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].file.ends_with("dangling.yaml"));
    assert!(problems[0].message.starts_with("cannot be read: it is a link to "), "{problems:?}");
    let socket = std::os::unix::net::UnixListener::bind(at("socket.yaml"));
    if socket.is_ok() {
        let problems = check(dir.path());
        assert!(problems.iter().any(|p| p.message.contains("neither a file nor a directory")));
    }
}

#[test]
fn a_file_is_read_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.yaml");
    let text =
        "rules: [{ id: mine, category: share, evidence: [{ points: 100, links: [/letters] }] }]";
    fs::write(&path, text).unwrap();
    let builder = Rules::builder().use_builtin(false).layer(Layer::User).path(dir.path());
    let rules = builder.layer(Layer::Given).path(&path).path(dir.path()).build().unwrap();
    let entries = rules.entries();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].place.layer, Layer::Given);
}
