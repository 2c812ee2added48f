//! The line that shows how far a run is, on a terminal.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::summary::{Done, number, plural, size};

/// Often enough to be seen to move, seldom enough to cost nothing.
const EVERY: Duration = Duration::from_millis(100);
/// Clears the line.
const CLEAR: &str = "\r\x1b[2K";

/// How far a run is. Only for show: no result depends on it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    files: AtomicU64,
    bytes: AtomicU64,
    cuts: AtomicU64,
    over: AtomicBool,
}

impl Progress {
    /// Whether there is somebody to show it to.
    pub(super) fn is_wanted(quiet: bool) -> bool {
        !quiet && io::stderr().is_terminal()
    }

    pub(super) fn add(&self, done: &Done) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(done.bytes_in, Ordering::Relaxed);
        self.cuts.fetch_add(done.cuts.len() as u64, Ordering::Relaxed);
    }

    /// Shows the line while `run` runs.
    pub(super) fn show<T>(&self, files: usize, run: impl FnOnce() -> T) -> T {
        thread::scope(|scope| {
            let shower = scope.spawn(|| {
                let start = Instant::now();
                while !self.over.load(Ordering::Relaxed) {
                    thread::park_timeout(EVERY);
                    let line = self.line(files as u64, start.elapsed());
                    // If standard error is closed there is nobody to show it to.
                    let _ = write!(io::stderr().lock(), "{CLEAR}{line}");
                }
                let _ = write!(io::stderr().lock(), "{CLEAR}");
            });
            let result = run();
            self.over.store(true, Ordering::Relaxed);
            shower.thread().unpark();
            result
        })
    }

    fn line(&self, all: u64, elapsed: Duration) -> String {
        let files = self.files.load(Ordering::Relaxed);
        let cuts = plural(self.cuts.load(Ordering::Relaxed), "cut");
        let seconds = elapsed.as_secs_f64().max(f64::EPSILON);
        let speed = size((self.bytes.load(Ordering::Relaxed) as f64 / seconds) as u64);
        let left = match files {
            0 => String::new(),
            _ => format!(
                ", {} left",
                time(seconds / files as f64 * all.saturating_sub(files) as f64)
            ),
        };
        format!("{} of {}, {speed}/s, {cuts}{left}", number(files), plural(all, "file"))
    }
}

/// `2 min 5 s`
fn time(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let progress = Progress::default();
        let second = Duration::from_secs(1);
        assert_eq!(progress.line(4000, second), "0 of 4,000 files, 0 B/s, 0 cuts");
        progress.files.store(1000, Ordering::Relaxed);
        progress.bytes.store(30_000_000, Ordering::Relaxed);
        progress.cuts.store(1, Ordering::Relaxed);
        assert_eq!(
            progress.line(4000, 30 * second),
            "1,000 of 4,000 files, 1.0 MB/s, 1 cut, 1 min 30 s left"
        );
        assert_eq!([0.2, 61.0, 7300.0].map(time), ["1 s", "1 min 1 s", "2 h 1 min"]);
    }
}
