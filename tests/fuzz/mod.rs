//! Fuzzing without tools: mutations of our own fixtures, for as long as one likes.
//!
//! ```sh
//! DEHUSK_FUZZ_SECONDS=600 cargo test --release -- --ignored --nocapture fuzz
//! ```
//!
//! What a run finds is written to `target/fuzz`. Made small and put under `tests/fuzz/found`, it
//! runs in every `cargo test`.

mod seeds;
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 8] = [
    ("html", targets::html),
    ("text", targets::text),
    ("markdown", targets::markdown),
    ("rules", targets::rules),
    ("jsonl", targets::jsonl),
    ("warc", targets::warc),
    ("record", targets::record),
    ("encodings", targets::encodings),
];

/// No input here is longer.
const LONGEST: usize = 1 << 16;

/// What no input of that length may take, on a slow machine without optimisation.
const SLOW: Duration = Duration::from_secs(20);

/// Random numbers, the same for the same seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() % end.max(1)
    }
}

/// `seed` with some changes: bytes, pieces of other seeds, words that mean something.
fn mutated(numbers: &mut Numbers, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut data = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..1 + numbers.below(12) {
        let at = numbers.below(data.len() + 1);
        let length = 1 << numbers.below(10);
        let to = (at + numbers.below(length)).min(data.len());
        match numbers.below(7) {
            0 if at < data.len() => data[at] = numbers.next() as u8,
            1 => drop(data.drain(at..to)),
            2 => {
                let piece = data[at..to].to_vec();
                let to = numbers.below(data.len() + 1);
                data.splice(to..to, piece);
            }
            3 => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len() + 1);
                let end = (from + numbers.below(400)).min(other.len());
                data.splice(at..at, other[from..end].iter().copied());
            }
            4 => {
                let piece = data[at..to].repeat(1 + numbers.below(20));
                data.splice(at..at, piece);
            }
            _ => {
                let word = seeds::WORDS[numbers.below(seeds::WORDS.len())];
                data.splice(at..at, word.iter().copied());
            }
        }
    }
    data.truncate(LONGEST);
    data
}

/// Runs a target on one input; what went wrong, if anything did.
fn attempt(target: Target, data: &[u8]) -> Result<(), String> {
    let start = Instant::now();
    catch_unwind(AssertUnwindSafe(|| target(data))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()))
            .unwrap_or_else(|| "it panicked".into())
    })?;
    let took = start.elapsed();
    if took > SLOW { Err(format!("{} bytes took {took:?}", data.len())) } else { Ok(()) }
}

/// Runs a target for the time asked for.
#[allow(clippy::print_stderr, reason = "its counts are what it is for")]
fn fuzz(name: &str) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let time = Duration::from_secs(number("DEHUSK_FUZZ_SECONDS").unwrap_or(10));
    let seed = number("DEHUSK_FUZZ_SEED").unwrap_or(1);
    let (_, target) = TARGETS.into_iter().find(|(own, _)| *own == name).expect("a target");
    let seeds = seeds::of(name);
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15 ^ (seed << 8));
    let (start, mut runs, mut bytes) = (Instant::now(), 0u64, 0);
    while start.elapsed() < time {
        let data = mutated(&mut numbers, &seeds);
        runs += 1;
        bytes += data.len();
        if let Err(why) = attempt(target, &data) {
            let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
            fs::create_dir_all(&dir).expect("a directory for what was found");
            let path = dir.join(format!("{name}-{seed}-{runs}"));
            fs::write(&path, &data).expect("what was found");
            panic!("{why}\nrun {runs}, kept as {}", path.display());
        }
    }
    #[allow(clippy::print_stderr, reason = "what was tried is told to whoever asked for it")]
    {
        eprintln!("{name}: {runs} runs, {bytes} bytes, seed {seed}, {:?}", start.elapsed());
    }
}

macro_rules! ignored {
    ($($test:ident $name:literal),*) => {$(
        #[test]
        #[ignore = "runs as long as DEHUSK_FUZZ_SECONDS says"]
        fn $test() {
            fuzz($name);
        }
    )*};
}

ignored! {
    fuzz_html "html", fuzz_text "text", fuzz_markdown "markdown", fuzz_rules "rules",
    fuzz_jsonl "jsonl", fuzz_warc "warc", fuzz_record "record", fuzz_encodings "encodings"
}

/// The seeds themselves hold, and so does all that was ever found.
#[test]
fn what_was_found_stays_fixed() {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/found");
    for (name, target) in TARGETS {
        for (number, seed) in seeds::of(name).iter().enumerate().step_by(9) {
            assert_eq!(attempt(target, seed), Ok(()), "{name}, seed {number}");
        }
        let Ok(inputs) = fs::read_dir(found.join(name)) else { continue };
        for path in inputs.map(|entry| entry.expect("readable").path()) {
            let data = fs::read(&path).expect("readable");
            assert_eq!(attempt(target, &data), Ok(()), "{}", path.display());
        }
    }
}

/// Writes the seed corpora for cargo-fuzz to `fuzz/corpus`.
#[test]
#[ignore = "writes files: fuzz/seed runs it"]
fn write_corpora() {
    for (name, _) in TARGETS {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        fs::create_dir_all(&dir).expect("a directory for the corpus");
        for (number, seed) in seeds::of(name).iter().enumerate() {
            fs::write(dir.join(format!("seed-{number:03}")), seed).expect("a seed");
        }
    }
}
