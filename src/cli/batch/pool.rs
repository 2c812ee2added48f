//! Work shared by threads, and what comes of it told by one at a time.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::super::Stop;

/// What the main thread has, on most systems: what it can do, every worker can.
const STACK_BYTES: usize = 8 << 20;

struct Teller<T> {
    tell: T,
    /// The number of the item whose turn it is, where they are told in order.
    turn: usize,
    stop: Option<Stop>,
}

/// Does `work` on each of the items `0..count` in `threads` threads, and tells what came of each
/// with `tell`: in order if `ordered`, else as it comes. Stops early when `tell` says so.
///
/// No thread goes on before its result is told, so that no more results than threads wait.
pub(super) fn run<D>(
    count: usize,
    threads: NonZeroUsize,
    ordered: bool,
    work: impl Fn(usize) -> D + Sync,
    tell: impl FnMut(usize, D) -> Result<(), Stop> + Send,
) -> Result<(), Stop> {
    let next = AtomicUsize::new(0);
    let teller = Mutex::new(Teller { tell, turn: 0, stop: None });
    let turned = Condvar::new();
    let worker = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            let done = work(at);
            let mut teller = lock(&teller);
            while ordered && teller.turn != at && teller.stop.is_none() {
                teller = turned.wait(teller).unwrap_or_else(PoisonError::into_inner);
            }
            if teller.stop.is_some() {
                return;
            }
            if let Err(stop) = (teller.tell)(at, done) {
                teller.stop = Some(stop);
            }
            teller.turn += 1;
            turned.notify_all();
        }
    };
    let threads = threads.get().min(count);
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
