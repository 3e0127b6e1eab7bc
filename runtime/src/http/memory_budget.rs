use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Bytes that the bodies in memory may have together.
///
/// Where they are all taken, the largest body that is still coming in gives way to one that is smaller. Who sends large
/// bodies, or a part of one and then nothing, so cannot keep small ones out.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    whole: usize,
    bodies: Arc<Mutex<InFlight>>,
}

#[derive(Debug)]
struct InFlight {
    left: usize,
    next: u64,
    /// Those that are not whole yet.
    coming: BTreeMap<u64, PartialBody>,
}

#[derive(Debug)]
struct PartialBody {
    bytes: usize,
    preempted: Arc<Notify>,
}

/// Bytes taken from a budget for one body, given back when this is dropped.
pub(super) struct Permit {
    budget: Budget,
    number: u64,
    preempted: Arc<Notify>,
    /// Of a whole body.
    bytes: usize,
}

impl Budget {
    pub(super) fn new(whole: usize) -> Self {
        Self { whole, bodies: Arc::new(Mutex::new(InFlight { left: whole, next: 0, coming: BTreeMap::new() })) }
    }

    /// What no body can be larger than.
    pub(super) fn whole(&self) -> usize {
        self.whole
    }

    /// For a body that begins to come in.
    pub(super) fn hold(&self) -> Permit {
        let preempted = Arc::new(Notify::new());
        let mut bodies = self.lock();
        let number = bodies.next;
        bodies.next += 1;
        bodies.coming.insert(number, PartialBody { bytes: 0, preempted: Arc::clone(&preempted) });
        drop(bodies);
        Permit { budget: self.clone(), number, preempted, bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, InFlight> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InFlight {
    /// Has the largest body give way, if it is larger than this.
    fn reclaim(&mut self, bytes: usize) -> bool {
        let largest = self.coming.iter().max_by_key(|(_, coming)| coming.bytes);
        let Some(number) = largest.filter(|(_, coming)| coming.bytes > bytes).map(|(number, _)| *number) else {
            return false;
        };
        if let Some(coming) = self.coming.remove(&number) {
            self.left += coming.bytes;
            coming.preempted.notify_one();
        }
        true
    }
}

impl Permit {
    /// Takes some more; `false` if there is not so much left, or if it has given way.
    pub(super) fn grow(&mut self, more: usize) -> bool {
        let mut bodies = self.budget.lock();
        let Some(bytes) = bodies.coming.get(&self.number).map(|coming| coming.bytes + more) else {
            return false;
        };
        while bodies.left < more {
            if !bodies.reclaim(bytes) {
                return false;
            }
        }
        bodies.left -= more;
        if let Some(coming) = bodies.coming.get_mut(&self.number) {
            coming.bytes = bytes;
        }
        true
    }

    /// The body is whole, and gives way no more; `false` if it has before.
    pub(super) fn settle(&mut self) -> bool {
        let whole = self.budget.lock().coming.remove(&self.number);
        self.bytes = whole.as_ref().map_or(0, |coming| coming.bytes);
        whole.is_some()
    }

    /// Done once the body has given way.
    pub(super) fn preempted(&self) -> impl Future<Output = ()> + Send + use<> {
        let preempted = Arc::clone(&self.preempted);
        async move { preempted.notified().await }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut bodies = self.budget.lock();
        let coming = bodies.coming.remove(&self.number).map_or(0, |coming| coming.bytes);
        bodies.left += coming + self.bytes;
    }
}
