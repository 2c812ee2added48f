//! How long cleaning takes, by shape of page, and next to bare html5ever.
//!
//! ```sh
//! cargo bench --bench speed
//! DEHUSK_PAGES=saved/ cargo bench --bench speed
//! ```

#![allow(clippy::print_stdout, reason = "its figures are what it is for")]

mod bare;
mod pages;

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use dehusk::{Category, Cleaner, Rules};
use divan::Bencher;
use divan::counter::BytesCount;
use pages::Page;

/// Rounds over all pages; the fastest of each page counts, since noise only ever adds.
const ROUNDS: usize = 7;

fn main() {
    ratio(&pages::load());
    divan::main();
}

/// Prints how fast cleaning all pages is next to parsing them, in turns, page by page, and what a
/// second thread gives.
fn ratio(pages: &[Page]) {
    let core = Cleaner::new(Rules::builtin());
    let all = core.clone().categories(Category::ALL);
    let (mut bare, mut whole, mut every) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for page in pages {
        let mut fastest = [Duration::MAX; 3];
        for _ in 0..ROUNDS {
            let times = [
                time(|| bare::parse(&page.text)),
                time(|| core.clean(&page.bytes)),
                time(|| all.clean(&page.bytes)),
            ];
            fastest = std::array::from_fn(|i| fastest[i].min(times[i]));
        }
        bare += fastest[0];
        whole += fastest[1];
        every += fastest[2];
    }
    let bytes: usize = pages.iter().map(|page| page.bytes.len()).sum();
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    let ratio = |time: Duration| bare.as_secs_f64() / time.as_secs_f64();
    println!("{} pages, {:.1} MB", pages.len(), bytes as f64 / 1e6);
    println!("html5ever and an arena  {:7.1} MB/s  1", speed(bare));
    println!("dehusk                  {:7.1} MB/s  {:.3}", speed(whole), ratio(whole));
    println!("dehusk, all categories  {:7.1} MB/s  {:.3}", speed(every), ratio(every));
    println!("dehusk, two threads     {:.2} times one\n", two_threads(&core, pages));
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// How much faster two threads clean all pages twice than one does.
fn two_threads(cleaner: &Cleaner, pages: &[Page]) -> f64 {
    let clean = || pages.iter().for_each(|page| drop(black_box(cleaner.clean(&page.bytes))));
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        let one = time(|| (clean(), clean()));
        let two = time(|| {
            thread::scope(|scope| {
                scope.spawn(clean);
                scope.spawn(clean);
            });
        });
        fastest = [fastest[0].min(one), fastest[1].min(two)];
    }
    fastest[0].as_secs_f64() / fastest[1].as_secs_f64()
}

/// html5ever with an arena that holds no more than the tree.
#[divan::bench(args = pages::made())]
fn parse_bare(bencher: Bencher<'_, '_>, page: &Page) {
    bencher.counter(BytesCount::of_slice(&page.bytes)).bench(|| bare::parse(black_box(&page.text)));
}

/// Everything: decode, parse, measure, read, judge, cut.
#[divan::bench(args = pages::made())]
fn clean(bencher: Bencher<'_, '_>, page: &Page) {
    let cleaner = Cleaner::new(Rules::builtin());
    bencher
        .counter(BytesCount::of_slice(&page.bytes))
        .bench(|| cleaner.clean(black_box(&page.bytes)).map(|cleaned| cleaned.cuts.len()));
}

/// What a process does once.
#[divan::bench]
fn load_rules() -> Rules {
    Rules::builtin()
}
