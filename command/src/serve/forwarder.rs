//! Forwards each event unchanged to a command or a URL.

use clap::ValueEnum;
use kustomer_webhooks::runtime::{BoxFuture, DecodeError, Dispatch, DispatchError, Inbound, Route};
use kustomer_webhooks::{Context, EventName, KustomerEvent, UnknownEvent};

use super::exec::Exec;
use super::url::Poster;

/// A dispatcher that forwards every event, also events with an unknown name.
pub(super) struct Forwarder {
    pub(super) target: Target,
    pub(super) payload_check: PayloadCheck,
    pub(super) unknown: UnknownEventArg,
}

/// Where events are forwarded to.
pub(super) enum Target {
    Exec(Exec),
    Url(Box<Poster>),
}

/// Whether a payload is checked before it is forwarded.
#[derive(Clone, Copy)]
pub(super) enum PayloadCheck {
    Skip,
    /// The payload must decode as the type of the document.
    Decode,
}

/// What to do with events whose name is not in the document.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum UnknownEventArg {
    /// Forward them like all other events
    Pass,
    /// Keep them as dead letters
    SetAside,
}

/// The JSON pointer of the event name.
const NAME_POINTER: &str = "/name";

/// The maximum length of a forwarded name, in characters. An environment variable is limited to 128 KiB, and a header to
/// less. The body contains the complete name.
const MAX_NAME_CHARS: usize = 256;

/// What the target gets in addition to the body.
pub(super) struct EventMetadata {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) attempt: String,
}

impl Dispatch for Forwarder {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        Ok(match inbound.peek(NAME_POINTER)? {
            Some(name) if EventName::KNOWN.iter().any(|known| known.as_str() == name) => Route::Known(name),
            name => Route::Unknown(name),
        })
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            let name = match (self.route(cx.inbound())?, self.payload_check) {
                (Route::Known(name), PayloadCheck::Decode) => {
                    cx.decode::<KustomerEvent>()?;
                    name
                }
                (Route::Unknown(name), _) if matches!(self.unknown, UnknownEventArg::SetAside) => {
                    let event = UnknownEvent::new(name.as_deref()).at(NAME_POINTER);
                    return Err(event.unhandled().into());
                }
                (Route::Known(name) | Route::Unknown(Some(name)), _) => name,
                (Route::Unknown(None), _) => String::new(),
            };
            let id = cx.event_id().unwrap_or_default().to_owned();
            let name = name.chars().take(MAX_NAME_CHARS).collect();
            let metadata = EventMetadata { name, id, attempt: cx.attempt().to_string() };
            let body = cx.inbound().body();
            let result = match &self.target {
                Target::Exec(exec) => exec.run(&metadata, body).await,
                Target::Url(poster) => poster.post(&metadata, body.clone()).await,
            };
            Ok(result?)
        })
    }
}
