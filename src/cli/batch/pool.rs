//! Work shared by threads, and what comes of it told by one at a time.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::super::Stop;

/// What the main thread has, on most systems: what it can do, every worker can.
const STACK_BYTES: usize = 8 << 20;

/// Results for each thread that may wait for their turn: so many short pages pass while one is long.
const AHEAD: usize = 16;

struct Teller<T, D> {
    tell: T,
    /// The number of the item whose turn it is, where they are told in order.
    turn: usize,
    /// What came of items whose turn it is not yet.
    waiting: BTreeMap<usize, D>,
    stop: Option<Stop>,
}

impl<D, T: FnMut(usize, D) -> Result<(), Stop>> Teller<T, D> {
    /// Tells what came of an item, and of those that waited for it.
    fn take(&mut self, at: usize, done: D, ordered: bool) -> Result<(), Stop> {
        if !ordered {
            return (self.tell)(at, done);
        }
        self.waiting.insert(at, done);
        while let Some(done) = self.waiting.remove(&self.turn) {
            (self.tell)(self.turn, done)?;
            self.turn += 1;
        }
        Ok(())
    }
}

/// Does `work` on each of the items `0..count` in `threads` threads, and tells what came of each
/// with `tell`: in order if `ordered`, else as it comes. Stops early when `tell` says so.
///
/// No thread goes far ahead of the item whose turn it is, so that few results wait.
pub(super) fn run<D: Send>(
    count: usize,
    threads: NonZeroUsize,
    ordered: bool,
    work: impl Fn(usize) -> D + Sync,
    tell: impl FnMut(usize, D) -> Result<(), Stop> + Send,
) -> Result<(), Stop> {
    let next = AtomicUsize::new(0);
    let threads = threads.get().min(count);
    let teller = Mutex::new(Teller { tell, turn: 0, waiting: BTreeMap::new(), stop: None });
    let turned = Condvar::new();
    let worker = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            let done = work(at);
            let mut teller = lock(&teller);
            // Whoever has the item whose turn it is never waits.
            while ordered && at - teller.turn >= AHEAD * threads && teller.stop.is_none() {
                teller = turned.wait(teller).unwrap_or_else(PoisonError::into_inner);
            }
            if teller.stop.is_some() {
                return;
            }
            if let Err(stop) = teller.take(at, done, ordered) {
                teller.stop = Some(stop);
            }
            turned.notify_all();
        }
    };
    if threads <= 1 {
        worker();
    } else {
        thread::scope(|scope| {
            for _ in 1..threads {
                let builder = thread::Builder::new().stack_size(STACK_BYTES);
                if builder.spawn_scoped(scope, worker).is_err() {
                    // The system has no more threads: those that there are do it.
                    break;
                }
            }
            worker();
        });
    }
    let stop = lock(&teller).stop.take();
    stop.map_or(Ok(()), Err)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_done_once_and_told_in_order() {
        for threads in [1, 2, 7, 400] {
            let mut told = Vec::new();
            let threads = NonZeroUsize::new(threads).unwrap();
            let tell = |at, done| {
                told.push((at, done));
                Ok(())
            };
            run(100, threads, true, |at| at * 2, tell).unwrap();
            assert!(told.iter().copied().eq((0..100).map(|at| (at, at * 2))));
        }
    }

    /// While the first takes its time, others go on, but not for ever.
    #[test]
    fn few_results_wait() {
        let threads = NonZeroUsize::new(2).unwrap();
        let (done, turned) = (Mutex::new(0), Condvar::new());
        let ahead = AHEAD * threads.get();
        let work = |at: usize| {
            let mut done = lock(&done);
            if at == 0 {
                let enough = |done: &mut usize| *done < ahead;
                done = turned.wait_while(done, enough).unwrap_or_else(PoisonError::into_inner);
                assert_eq!(*done, ahead);
                return;
            }
            *done += 1;
            turned.notify_all();
        };
        let mut told = 0;
        let tell = |at, ()| {
            assert_eq!(at, told);
            told += 1;
            Ok(())
        };
        run(200, threads, true, work, tell).unwrap();
        assert_eq!(told, 200);
    }

    #[test]
    fn it_stops_when_told() {
        for ordered in [true, false] {
            let mut told = 0;
            let tell = |_, ()| {
                told += 1;
                if told == 3 { Err(Stop::Pipe) } else { Ok(()) }
            };
            let threads = NonZeroUsize::new(4).unwrap();
            assert!(run(100, threads, ordered, |_| (), tell).is_err());
            assert_eq!(told, 3);
        }
    }
}
