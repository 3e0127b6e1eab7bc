//! The memory budget that all request bodies share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The number of bytes that all bodies in memory may have together.
///
/// When the budget is used up, a body that needs more bytes takes them from the largest incomplete body, if that one is
/// larger. So clients that send large bodies, or stop in the middle of one, cannot keep small bodies out.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    total: usize,
    bodies: Arc<Mutex<InFlight>>,
}

#[derive(Debug)]
struct InFlight {
    left: usize,
    next: u64,
    /// Bodies that are not complete.
    partial: BTreeMap<u64, PartialBody>,
}

#[derive(Debug)]
struct PartialBody {
    bytes: usize,
    preempted: Arc<Notify>,
}

/// Bytes of the budget that one body uses. They return to the budget on drop.
pub(super) struct Permit {
    budget: Budget,
    number: u64,
    preempted: Arc<Notify>,
    /// The size of a complete body; 0 before that.
    bytes: usize,
}

impl Budget {
    pub(super) fn new(total: usize) -> Self {
        Self { total, bodies: Arc::new(Mutex::new(InFlight { left: total, next: 0, partial: BTreeMap::new() })) }
    }

    /// The whole budget in bytes.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// A permit of 0 bytes, for a new body.
    pub(super) fn permit(&self) -> Permit {
        let preempted = Arc::new(Notify::new());
        let mut bodies = self.lock();
        let number = bodies.next;
        bodies.next += 1;
        bodies.partial.insert(number, PartialBody { bytes: 0, preempted: Arc::clone(&preempted) });
        drop(bodies);
        Permit { budget: self.clone(), number, preempted, bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, InFlight> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InFlight {
    /// Takes the bytes of the largest incomplete body, if it is larger than this. `false` if there is none.
    fn reclaim(&mut self, bytes: usize) -> bool {
        let largest = self.partial.iter().max_by_key(|(_, coming)| coming.bytes);
        let Some(number) = largest.filter(|(_, coming)| coming.bytes > bytes).map(|(number, _)| *number) else {
            return false;
        };
        if let Some(coming) = self.partial.remove(&number) {
            self.left += coming.bytes;
            coming.preempted.notify_one();
        }
        true
    }
}

impl Permit {
    /// Takes more bytes. `false` if the budget has not enough left, or if this body has lost its bytes.
    pub(super) fn grow(&mut self, more: usize) -> bool {
        let mut bodies = self.budget.lock();
        let Some(bytes) = bodies.partial.get(&self.number).map(|coming| coming.bytes + more) else {
            return false;
        };
        while bodies.left < more {
            if !bodies.reclaim(bytes) {
                return false;
            }
        }
        bodies.left -= more;
        if let Some(coming) = bodies.partial.get_mut(&self.number) {
            coming.bytes = bytes;
        }
        true
    }

    /// Marks the body as complete: it cannot lose its bytes any more. `false` if it has lost them already.
    pub(super) fn complete(&mut self) -> bool {
        let partial = self.budget.lock().partial.remove(&self.number);
        self.bytes = partial.as_ref().map_or(0, |coming| coming.bytes);
        partial.is_some()
    }

    /// Completes when the body has lost its bytes.
    pub(super) fn preempted(&self) -> impl Future<Output = ()> + Send + use<> {
        let preempted = Arc::clone(&self.preempted);
        async move { preempted.notified().await }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut bodies = self.budget.lock();
        let coming = bodies.partial.remove(&self.number).map_or(0, |coming| coming.bytes);
        bodies.left += coming + self.bytes;
    }
}
