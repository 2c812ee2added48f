//! Reads the rule files under `rules/`, checks them, and packs them for the binary. A mistake in
//! one of them fails the build with its place.

#![allow(clippy::print_stderr, clippy::exit)] // How a build script talks to cargo.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

#[path = "src/rules/source/mod.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod source;

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rules/source");
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let mut files = Vec::new();
    collect(&root.join("rules"), &mut files);
    files.sort();
    let texts: Vec<_> = files
        .iter()
        .map(|path| source::resolve::Text {
            name: path
                .strip_prefix(&root)
                .expect("found below the root")
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect::<Vec<_>>()
                .join("/"),
            text: fs::read_to_string(path).unwrap_or_else(|error| {
                eprintln!("{}: {error}", path.display());
                process::exit(1);
            }),
            layer: source::layer::Layer::Builtin,
        })
        .collect();
    let (mut set, mut problems) =
        source::resolve::resolve(source::rule::Ruleset::default(), &texts);
    let (tests, mistaken) = source::case::cases(&texts);
    problems.extend(mistaken);
    for problem in &problems {
        eprintln!("{problem}\n");
    }
    if !problems.is_empty() {
        process::exit(1);
    }
    let phrases = source::table::Table::pack(&mut set);
    let packed = postcard::to_allocvec(&set).expect("plain data");
    let tests = postcard::to_allocvec(&tests).expect("plain data");
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    for (name, bytes) in [
        ("rules.bin", packed.as_slice()),
        ("phrases.bin", phrases.as_bytes()),
        ("tests.bin", tests.as_slice()),
    ] {
        fs::write(target.join(name), bytes).expect("the build directory can be written to");
    }
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            files.push(path);
        }
    }
}
