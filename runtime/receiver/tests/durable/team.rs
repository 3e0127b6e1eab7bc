//! Handlers that act by the name of the event, and record the events that they handled.

use std::collections::BTreeMap;
use std::future;
use std::panic;
use std::sync::Mutex;
use std::time::Duration;

use asyncapi_runtime::{
    BoxFuture, Context, DecodeError, Dispatch, DispatchError, Freshness, HandlerError, Inbound, Route, UnknownEvent,
};
use serde::Deserialize;
use tokio::sync::Semaphore;

#[derive(Deserialize)]
struct Event {
    id: String,
    #[expect(dead_code, reason = "only has to be a string")]
    text: Option<String>,
}

/// The input of a handler.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) attempt: u32,
    pub(crate) freshness: Freshness,
}

pub(crate) struct Team {
    seen: Mutex<Vec<Seen>>,
    done: Mutex<BTreeMap<String, u32>>,
    /// Handlers of the event `gated` wait for a permit.
    pub(crate) gate: Semaphore,
}

impl Default for Team {
    fn default() -> Self {
        Self { seen: Mutex::default(), done: Mutex::default(), gate: Semaphore::new(0) }
    }
}

impl Team {
    /// All started attempts, in order.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How often the handler of each event completed.
    pub(crate) fn done(&self) -> BTreeMap<String, u32> {
        self.done.lock().unwrap().clone()
    }

    async fn handle(&self, name: &str, cx: &Context<'_>) -> Result<(), HandlerError> {
        match name {
            "unlisted_too" => return Err(UnknownEvent::new(Some(name)).at("/name").unhandled()),
            "rejected" => return Err(HandlerError::reject("not ours")),
            // `EMFILE`, twelve times.
            "no_descriptor" if self.seen().len() <= 12 => return Err(std::io::Error::from_raw_os_error(24).into()),
            "failing" => return Err(HandlerError::retry("database down")),
            "failing_twice" if cx.attempt() < 3 => return Err(HandlerError::retry("database down")),
            "panicking" => panic!("as the test asks"),
            // Without a message on standard error, because there may be thousands of panics.
            "panicking_once" if cx.attempt() == 1 => panic::resume_unwind(Box::new("as the test asks")),
            "stuck" => future::pending().await,
            "stuck_once" if cx.attempt() == 1 => future::pending().await,
            "slow" => tokio::time::sleep(Duration::from_millis(50)).await,
            "gated" => self.gate.acquire().await?.forget(),
            _ => {}
        }
        Ok(())
    }
}

impl Dispatch for Team {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        Ok(match inbound.peek("/name")? {
            Some(name) if !name.starts_with("unlisted") => Route::Known(name),
            name => Route::Unknown(name),
        })
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            let id = cx.event_id().expect("an inbox tells").to_owned();
            self.seen.lock().unwrap().push(Seen { id, attempt: cx.attempt(), freshness: cx.freshness() });
            let event: Event = cx.decode()?;
            let name = cx.inbound().peek("/name")?.unwrap_or_default();
            self.handle(&name, cx).await?;
            *self.done.lock().unwrap().entry(event.id).or_default() += 1;
            Ok(())
        })
    }
}
