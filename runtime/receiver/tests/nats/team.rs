//! Handlers of several workers that share one inbox.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, HandlerError, Inbound, Route};
use tokio::sync::Semaphore;

/// The id of an event whose handler waits for a permit of the gate.
pub(crate) const GATED: &str = "gated";

/// Counts how often each event was handled.
pub(crate) struct Team {
    begun: AtomicUsize,
    done: Mutex<BTreeMap<String, u32>>,
    pub(crate) gate: Semaphore,
}

impl Default for Team {
    fn default() -> Self {
        Self { begun: AtomicUsize::new(0), done: Mutex::default(), gate: Semaphore::new(0) }
    }
}

impl Team {
    /// The number of started attempts.
    pub(crate) fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    pub(crate) fn done(&self) -> BTreeMap<String, u32> {
        self.done.lock().unwrap().clone()
    }
}

impl Dispatch for Team {
    fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Unknown(None))
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            self.begun.fetch_add(1, Ordering::SeqCst);
            let id = cx.event_id().unwrap();
            if id == GATED {
                self.gate.acquire().await.map_err(HandlerError::from)?.forget();
            }
            *self.done.lock().unwrap().entry(id.to_owned()).or_default() += 1;
            Ok(())
        })
    }
}
