//! Instructions per page, counted by valgrind: the same on a busy machine as on an idle one.
//!
//! ```sh
//! cargo bench --bench instructions                  # pages made here
//! cargo bench --bench instructions -- --floor 0.6   # and fail below that ratio
//! DEHUSK_PAGES=saved/ cargo bench --bench instructions
//! ```

#![allow(clippy::print_stdout, reason = "its figures are what it is for")]

mod bare;
mod pages;

use std::hint::black_box;
use std::process::{Command, ExitCode};

use dehusk::{Cleaner, Rules};

/// What a counted run does, by the argument that asks for it.
const RUNS: [&str; 4] = ["--load", "--rules", "--bare", "--clean"];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if let Some(run) = RUNS.iter().find(|run| args.iter().any(|arg| arg == *run)) {
        work(run);
        return ExitCode::SUCCESS;
    }
    let floor = args.iter().skip_while(|arg| *arg != "--floor").nth(1);
    let floor: Option<f64> = floor.and_then(|floor| floor.parse().ok());
    let counts: Option<Vec<f64>> = RUNS.iter().map(|run| count(run)).collect();
    let Some(counts) = counts else {
        println!("instructions: skipped, there is no valgrind here");
        return ExitCode::SUCCESS;
    };
    let pages = pages::load().len() as f64;
    let (rules, bare) = (counts[1] - counts[0], counts[2] - counts[0]);
    let clean = counts[3] - counts[1];
    let ratio = bare / clean;
    println!("millions of instructions, {pages} pages");
    println!("rules, once             {:8.3}", rules / 1e6);
    println!("html5ever and an arena  {:8.3} a page  1", bare / pages / 1e6);
    println!("dehusk                  {:8.3} a page  {ratio:.3}", clean / pages / 1e6);
    match floor {
        Some(floor) if ratio < floor => {
            println!("{ratio:.3} is below the floor of {floor}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// The instructions of a run; `None` without valgrind.
fn count(run: &str) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .arg(run)
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&output.stderr);
    let counted = report.lines().find_map(|line| line.split("Collected : ").nth(1));
    Some(counted.expect("valgrind tells what it counted").trim().parse().expect("a number"))
}

fn work(run: &str) {
    let pages = pages::load();
    match run {
        "--rules" => {
            black_box(Rules::builtin());
        }
        "--bare" => {
            for page in &pages {
                black_box(bare::parse(&page.text));
            }
        }
        "--clean" => {
            let cleaner = Cleaner::new(Rules::builtin());
            for page in &pages {
                let _ = black_box(cleaner.clean(&page.bytes));
            }
        }
        _ => {}
    }
}
