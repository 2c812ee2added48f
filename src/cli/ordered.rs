//! Work on several threads with results in the order of the input, in bounded memory.
//!
//! One thread reads and gives out items, some work on them, and the caller takes the results. The
//! threads are not joined: when the caller has no use for further results (a broken pipe), the
//! reader may be waiting for input that never comes.

use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// The items that may be under way for each working thread: enough that none waits while the
/// result of a slow item is waited for.
const AHEAD: usize = 4;

/// The bytes of input that may be under way, a single larger item aside.
const IN_FLIGHT: usize = 16 << 20;

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

struct Pending<O> {
    result: Promise<O>,
    weight: usize,
}

enum Promise<O> {
    Kept(O),
    Made(Receiver<O>),
}

/// Starts `jobs` threads that do `work`, and one that feeds them.
pub(crate) fn start<I, O>(
    jobs: usize,
    work: impl Fn(I) -> O + Send + Sync + 'static,
    feed: impl FnOnce(&Feed<I, O>) -> Result<(), Gone> + Send + 'static,
) -> Results<O>
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
        thread::spawn(move || {
            // The lock is held for taking an item, not for working on it.
            let next = || items.lock().unwrap_or_else(PoisonError::into_inner).recv();
            while let Ok((item, result)) = next() {
                // Nobody waits for it if the caller has gone.
                let _ = result.send(work(item));
            }
        });
    }
    let budget = Arc::new(Budget::default());
    let feeder = Feed { work: work_in, order: order_in, budget: budget.clone() };
    thread::spawn(move || feed(&feeder));
    Results { order: order_out, budget }
}

impl<I, O> Feed<I, O> {
    /// Gives an item to be worked on, of `weight` bytes; waits while too much is under way.
    pub(crate) fn give(&self, item: I, weight: usize) -> Result<(), Gone> {
        let (send, receive) = mpsc::sync_channel(1);
        self.budget.take(weight)?;
        self.order.send(Pending { result: Promise::Made(receive), weight }).map_err(|_| Gone)?;
        self.work.send((item, send)).map_err(|_| Gone)
    }

    /// Passes a result on that needs no work.
    pub(crate) fn pass(&self, result: O, weight: usize) -> Result<(), Gone> {
        self.budget.take(weight)?;
        self.order.send(Pending { result: Promise::Kept(result), weight }).map_err(|_| Gone)
    }
}

impl<O> Iterator for Results<O> {
    type Item = O;

    fn next(&mut self) -> Option<O> {
        let pending = self.order.recv().ok()?;
        let result = match pending.result {
            Promise::Kept(result) => result,
            Promise::Made(result) => result.recv().ok()?,
        };
        self.budget.give_back(pending.weight);
        Some(result)
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
    use std::time::Duration;

    use super::*;

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
            assert!(results.eq(0..500), "{jobs} jobs");
        }
    }

    #[test]
    fn no_more_is_under_way_than_the_budget_and_one_item() {
        let (at, most) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        let (fed, seen) = (at.clone(), most.clone());
        let weight = IN_FLIGHT / 3;
        let results = start(
            8,
            |n: usize| n,
            move |feed| {
                (0..50).try_for_each(|n| {
                    feed.give(n, weight)?;
                    *fed.lock().unwrap() += weight;
                    Ok(())
                })
            },
        );
        for _ in results {
            thread::sleep(Duration::from_millis(1));
            let mut at = at.lock().unwrap();
            let mut most = seen.lock().unwrap();
            *most = (*most).max(*at);
            *at = at.saturating_sub(weight);
        }
        assert!(*most.lock().unwrap() <= IN_FLIGHT + weight);
    }

    #[test]
    fn an_item_larger_than_the_budget_passes() {
        let results =
            start(2, |n: u8| n, |feed| (0..3).try_for_each(|n| feed.give(n, IN_FLIGHT * 2)));
        assert!(results.eq(0..3));
    }

    #[test]
    fn the_feeder_hears_that_nobody_wants_more() {
        let (told, hears) = mpsc::channel();
        let mut results = start(
            2,
            |n: u64| n,
            move |feed| {
                let gone = (0..).try_for_each(|n| feed.give(n, IN_FLIGHT / 2));
                let _ = told.send(());
                gone
            },
        );
        assert_eq!(results.next(), Some(0));
        drop(results);
        hears.recv_timeout(Duration::from_secs(10)).expect("the feeder stops");
    }
}
