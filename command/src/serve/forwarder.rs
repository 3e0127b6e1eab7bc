//! Events that are passed on as they are.

use clap::ValueEnum;
use kustomer_webhooks::runtime::{BoxFuture, DecodeError, Dispatch, DispatchError, Inbound, Route};
use kustomer_webhooks::{Context, EventName, KustomerEvent, UnknownEvent};

use super::exec::Exec;
use super::url::Poster;

/// Passes each event on, known or not.
pub(super) struct Forwarder {
    pub(super) target: Target,
    pub(super) shape: PayloadCheck,
    pub(super) unlisted: UnknownEventArg,
}

/// Where events are passed on to.
pub(super) enum Target {
    Exec(Exec),
    Url(Box<Poster>),
}

/// What an event has to look like.
#[derive(Clone, Copy)]
pub(super) enum PayloadCheck {
    Any,
    AsTheDocumentHasIt,
}

/// What becomes of events whose names the document does not list.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum UnknownEventArg {
    /// They are passed on as all others
    Pass,
    /// They are kept as dead letters
    SetAside,
}

/// Where an event's name is.
const NAME: &str = "/name";

/// What is told of a name at most, in characters. An environment takes no more than 128 KiB of one, and servers less of a
/// header; the whole of it is in the body.
const LONGEST_NAME: usize = 256;

/// What the target is told beside the body.
pub(super) struct EventMetadata {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) attempt: String,
}

impl Dispatch for Forwarder {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        Ok(match inbound.peek(NAME)? {
            Some(name) if EventName::KNOWN.iter().any(|known| known.as_str() == name) => Route::Known(name),
            name => Route::Unknown(name),
        })
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            let name = match (self.route(cx.inbound())?, self.shape) {
                (Route::Known(name), PayloadCheck::AsTheDocumentHasIt) => {
                    cx.decode::<KustomerEvent>()?;
                    name
                }
                (Route::Unknown(name), _) if matches!(self.unlisted, UnknownEventArg::SetAside) => {
                    let unlisted = UnknownEvent::new(name.as_deref()).at(NAME);
                    return Err(unlisted.unhandled().into());
                }
                (Route::Known(name) | Route::Unknown(Some(name)), _) => name,
                (Route::Unknown(None), _) => String::new(),
            };
            let id = cx.event_id().unwrap_or_default().to_owned();
            let name = name.chars().take(LONGEST_NAME).collect();
            let facts = EventMetadata { name, id, attempt: cx.attempt().to_string() };
            let body = cx.inbound().body();
            let passed = match &self.target {
                Target::Exec(exec) => exec.pass(&facts, body).await,
                Target::Url(poster) => poster.pass(&facts, body.clone()).await,
            };
            Ok(passed?)
        })
    }
}
