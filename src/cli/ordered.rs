//! Work on several threads with results in the order of the input, in bounded memory.
//!
//! One thread reads and gives out items, some work on them, and the caller takes the results. The
//! threads are not joined: when the caller has no use for further results (a broken pipe), the
//! reader may be waiting for input that never comes.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// The items that may be under way for each working thread: enough that none waits while the
/// result of a slow item is waited for.
const AHEAD: usize = 4;

/// The bytes of input that may be under way, a single larger item aside.
const IN_FLIGHT: usize = 16 << 20;

/// The stack of a working thread. The main thread has as much on most systems, and what works
/// there is to work here.
const STACK: usize = 8 << 20;

/// Gives out items; see [`start`].
pub(crate) struct Feed<I, O> {
    work: Sender<(I, SyncSender<O>)>,
    order: SyncSender<Pending<O>>,
    budget: Arc<Budget>,
}

/// The results, in order.
pub(crate) struct Results<O> {
    order: Receiver<Pending<O>>,
    budget: Arc<Budget>,
}

/// The caller takes no more results.
pub(crate) struct Gone;

/// A thread came to an end that it should not have come to: a bug.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lost;

impl Lost {
    pub(crate) const MESSAGE: &str =
        "a thread broke off, so the output is not whole; this is a bug in dehusk";
}

/// A result, or the promise of one, with the weight of its item.
enum Pending<O> {
    Kept(O, usize),
    Made(Receiver<O>, usize),
    End,
}

/// Starts `jobs` threads that do `work`, and one that feeds them.
pub(crate) fn start<I, O>(
    jobs: usize,
    work: impl Fn(I) -> O + Send + Sync + 'static,
    feed: impl FnOnce(&Feed<I, O>) -> Result<(), Gone> + Send + 'static,
) -> io::Result<Results<O>>
where
    I: Send + 'static,
    O: Send + 'static,
{
    let jobs = jobs.max(1);
    let (work_in, work_out) = mpsc::channel::<(I, SyncSender<O>)>();
    let (order_in, order_out) = mpsc::sync_channel(AHEAD * jobs);
    let (work, work_out) = (Arc::new(work), Arc::new(Mutex::new(work_out)));
    for _ in 0..jobs {
        let (work, items) = (work.clone(), work_out.clone());
        thread::Builder::new().stack_size(STACK).spawn(move || {
            // The lock is held for taking an item, not for working on it.
            let next = || items.lock().unwrap_or_else(PoisonError::into_inner).recv();
            while let Ok((item, result)) = next() {
                // Nobody waits for it if the caller has gone.
                let _ = result.send(work(item));
            }
        })?;
    }
    drop(work_out);
    let budget = Arc::new(Budget::default());
    let feeder = Feed { work: work_in, order: order_in, budget: budget.clone() };
    thread::Builder::new().spawn(move || {
        if feed(&feeder).is_ok() {
            let _ = feeder.order.send(Pending::End);
        }
    })?;
    Ok(Results { order: order_out, budget })
}

impl<I, O> Feed<I, O> {
    /// Gives an item to be worked on, of `weight` bytes; waits while too much is under way.
    pub(crate) fn give(&self, item: I, weight: usize) -> Result<(), Gone> {
        let (send, receive) = mpsc::sync_channel(1);
        self.budget.take(weight)?;
        self.order.send(Pending::Made(receive, weight)).map_err(|_| Gone)?;
        // If no thread is left to take it, whoever waits for the result hears of it.
        let _ = self.work.send((item, send));
        Ok(())
    }

    /// Passes a result on that needs no work.
    pub(crate) fn pass(&self, result: O, weight: usize) -> Result<(), Gone> {
        self.budget.take(weight)?;
        self.order.send(Pending::Kept(result, weight)).map_err(|_| Gone)
    }
}

impl<O> Results<O> {
    /// The next result; none after the last one.
    pub(crate) fn next(&self) -> Result<Option<O>, Lost> {
        let (result, weight) = match self.order.recv().map_err(|_| Lost)? {
            Pending::Kept(result, weight) => (result, weight),
            Pending::Made(result, weight) => (result.recv().map_err(|_| Lost)?, weight),
            Pending::End => return Ok(None),
        };
        self.budget.give_back(weight);
        Ok(Some(result))
    }
}

impl<O> Drop for Results<O> {
    fn drop(&mut self) {
        self.budget.close();
    }
}

/// The bytes under way.
#[derive(Default)]
struct Budget {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    taken: usize,
    closed: bool,
}

impl Budget {
    fn take(&self, weight: usize) -> Result<(), Gone> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |state: &mut State| {
            !state.closed && state.taken > 0 && state.taken.saturating_add(weight) > IN_FLIGHT
        };
        let mut state =
            self.changed.wait_while(state, full).unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(Gone);
        }
        state.taken += weight;
        Ok(())
    }

    fn give_back(&self, weight: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).taken -= weight;
        self.changed.notify_one();
    }

    fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn all<O>(results: io::Result<Results<O>>) -> Vec<O> {
        let results = results.unwrap();
        std::iter::from_fn(|| results.next().unwrap()).collect()
    }

    #[test]
    fn results_come_in_order() {
        let work = |n: u64| {
            thread::sleep(Duration::from_micros(n * 7919 % 50));
            n
        };
        for jobs in [0, 1, 2, 7] {
            let results = start(jobs, work, |feed| {
                (0..500).try_for_each(|n| {
                    if n % 10 == 3 { feed.pass(n, 1 << 20) } else { feed.give(n, 1 << 18) }
                })
            });
            assert!(all(results).into_iter().eq(0..500), "{jobs} jobs");
        }
    }

    #[test]
    fn no_more_is_under_way_than_the_budget() {
        let given = Arc::new(AtomicUsize::new(0));
        let counted = given.clone();
        let weight = IN_FLIGHT / 3;
        let results = start(
            8,
            |n: usize| n,
            move |feed| {
                (0..20).try_for_each(|n| {
                    feed.give(n, weight)?;
                    counted.fetch_add(1, Ordering::SeqCst);
                    Ok(())
                })
            },
        );
        let results = results.unwrap();
        for taken in 0..20 {
            thread::sleep(Duration::from_millis(2));
            assert!(given.load(Ordering::SeqCst) <= taken + 3);
            assert_eq!(results.next(), Ok(Some(taken)));
        }
        assert_eq!(results.next(), Ok(None));
    }

    #[test]
    fn an_item_larger_than_the_budget_passes() {
        let results =
            start(2, |n: u8| n, |feed| (0..3).try_for_each(|n| feed.give(n, IN_FLIGHT * 2)));
        assert_eq!(all(results), [0, 1, 2]);
    }

    #[test]
    fn the_feeder_hears_that_nobody_wants_more() {
        let (told, hears) = mpsc::channel();
        let results = start(
            2,
            |n: u64| n,
            move |feed| {
                let gone = (0..).try_for_each(|n| feed.give(n, IN_FLIGHT / 2));
                let _ = told.send(());
                gone
            },
        );
        let results = results.unwrap();
        assert_eq!(results.next(), Ok(Some(0)));
        drop(results);
        hears.recv_timeout(Duration::from_secs(10)).expect("the feeder stops");
    }

    #[test]
    fn a_thread_that_breaks_off_is_not_taken_for_the_end() {
        let work = |n: u64| if n == 3 { panic!("on purpose") } else { n };
        let results = start(1, work, |feed| (0..9).try_for_each(|n| feed.give(n, 1))).unwrap();
        for n in 0..3 {
            assert_eq!(results.next(), Ok(Some(n)));
        }
        assert_eq!(results.next(), Err(Lost));
        let results = start(1, |n: u64| n, |_| panic!("on purpose")).unwrap();
        assert_eq!(results.next(), Err(Lost));
    }
}
