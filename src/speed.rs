//! What each stage of the way of a page costs, next to html5ever with an arena that holds no more
//! than the tree:
//!
//! ```sh
//! cargo test --release --lib -- --ignored --nocapture speed::stages
//! ```

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::decode::decode;
use crate::dom::parse::{ParseOptions, parse};
use crate::evidence::Evidence;
use crate::evidence::block::Outline;
use crate::evidence::memory::Memory;
use crate::judge::points::Scale;
use crate::judge::{Scope, judge};
use crate::text::Kind;
use crate::{Category, Cleaner, Rules};

#[path = "../benches/bare.rs"]
mod bare;
#[path = "../benches/pages.rs"]
mod pages;

/// Rounds over each page; the fastest counts, since noise only ever adds.
const ROUNDS: usize = 5;

const STAGES: [&str; 7] =
    ["bare", "decode", "parse", "measure", "measure and read", "judge", "whole"];

#[test]
#[ignore = "needs an optimised build; takes the pages of DEHUSK_PAGES, or some that it makes"]
#[allow(clippy::print_stderr, reason = "its figures are what it is for")]
fn stages() {
    let pages = pages::load();
    let rules = Rules::builtin();
    let cleaner = Cleaner::new(rules.clone());
    let applies = vec![true; rules.len()];
    let scope = Scope { categories: &Category::CORE, applies: &applies };
    let mut total = [Duration::ZERO; STAGES.len()];
    for page in &pages {
        let decoded = decode(&page.bytes, None, Kind::Html);
        let Ok(doc) = parse(&decoded.text, &ParseOptions::default()) else { continue };
        let fresh = || Memory::new(doc.nodes.len());
        let evidence = Evidence::read(&doc, &rules.0, None, &mut fresh());
        let scale = Scale { doc: &doc, rules: &rules.0, evidence: &evidence, text_document: false };
        let mut fastest = [Duration::MAX; STAGES.len()];
        for _ in 0..ROUNDS {
            let times = [
                time(|| bare::parse(&page.text)),
                time(|| decode(&page.bytes, None, Kind::Html)),
                time(|| parse(&decoded.text, &ParseOptions::default())),
                time(|| Outline::read(&doc)),
                time(|| Evidence::read(&doc, &rules.0, None, &mut fresh())),
                time(|| judge(&scale, &scope)),
                time(|| cleaner.clean(&page.bytes)),
            ];
            fastest = std::array::from_fn(|i| fastest[i].min(times[i]));
        }
        total.iter_mut().zip(fastest).for_each(|(total, time)| *total += time);
    }
    let bytes: usize = pages.iter().map(|page| page.bytes.len()).sum();
    eprintln!("{} pages, {:.1} MB", pages.len(), bytes as f64 / 1e6);
    for (stage, time) in STAGES.iter().zip(&total) {
        let speed = bytes as f64 / 1e6 / time.as_secs_f64();
        let share = time.as_secs_f64() / total[0].as_secs_f64();
        eprintln!("{stage:<17} {speed:8.1} MB/s, {share:6.3} of bare");
    }
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}
