//! A dispatcher that acts by the name of the event, and a dead-letter sink that records letters.

use std::future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use asyncapi_receiver::{DeadLetter, DeadLetters, Refusal};
use asyncapi_runtime::{
    BoxError, BoxFuture, Context, DecodeError, Dispatch, DispatchError, HandlerError, Inbound, Route, UnknownEvent,
};
use serde::Deserialize;

pub(crate) const HANDLED: &str = r#"{"name": "handled", "text": "s3cret"}"#;
pub(crate) const RETRIED: &str = r#"{"name": "retried", "text": "s3cret"}"#;
pub(crate) const REJECTED: &str = r#"{"name": "rejected", "text": "s3cret"}"#;
pub(crate) const SLOW: &str = r#"{"name": "slow", "text": "s3cret"}"#;
pub(crate) const PANICKING: &str = r#"{"name": "panicking", "text": "s3cret"}"#;
pub(crate) const UNKNOWN: &str = r#"{"name": "s3cret", "text": "s3cret"}"#;
/// An event without a handler.
pub(crate) const UNHANDLED: &str = r#"{"name": "s3cret unhandled"}"#;
pub(crate) const UNKNOWN_RETRIED: &str = r#"{"name": "s3cret retried"}"#;
pub(crate) const WRONG_SHAPE: &str = r#"{"name": "handled", "text": {"s3cret": 1}}"#;
/// Its handler fails to decode the payload, as a handler of an unknown event may.
pub(crate) const DECODING: &str = r#"{"name": "decoding", "text": "s3cret"}"#;
pub(crate) const NOT_JSON: &str = "s3cret, and no JSON";

#[derive(Deserialize)]
struct Event {
    #[expect(dead_code, reason = "only has to be a string")]
    text: String,
}

#[derive(Default)]
pub(crate) struct Script {
    dispatched: AtomicUsize,
    channel: Mutex<Option<String>>,
}

impl Script {
    pub(crate) fn dispatched(&self) -> usize {
        self.dispatched.load(Ordering::SeqCst)
    }

    /// The channel of the last delivery.
    pub(crate) fn channel(&self) -> Option<String> {
        self.channel.lock().unwrap().clone()
    }

    async fn handle(&self, name: &str, cx: &Context<'_>) -> Result<(), HandlerError> {
        match name {
            "retried" => Err(HandlerError::retry("database down")),
            "rejected" => Err(HandlerError::reject("not ours")),
            "slow" => future::pending().await,
            "panicking" => panic!("as the test asks"),
            "decoding" => Ok(cx.decode::<Vec<u8>>().map(|_| ())?),
            _ => Ok(()),
        }
    }
}

impl Dispatch for Script {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        let listed = ["handled", "retried", "rejected", "slow", "panicking", "decoding"];
        Ok(match inbound.peek("/name")? {
            Some(name) if listed.contains(&name.as_str()) => Route::Known(name),
            name => Route::Unknown(name),
        })
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            self.dispatched.fetch_add(1, Ordering::SeqCst);
            *self.channel.lock().unwrap() = cx.channel().map(str::to_owned);
            match self.route(cx.inbound())? {
                Route::Known(name) => {
                    cx.decode::<Event>()?;
                    self.handle(&name, cx).await?;
                }
                Route::Unknown(Some(name)) if name.ends_with("retried") => {
                    return Err(HandlerError::retry("database down").into());
                }
                Route::Unknown(Some(name)) if name.ends_with("unhandled") => {
                    return Err(UnknownEvent::new(Some(&name)).unhandled().into());
                }
                Route::Unknown(_) => {}
            }
            Ok(())
        })
    }
}

/// The result of the sink.
#[derive(Clone, Copy)]
pub(crate) enum Fate {
    Keeps,
    Fails,
    Hangs,
    Panics,
}

pub(crate) struct Sink {
    fate: Fate,
    kept: Mutex<Vec<(String, &'static str)>>,
}

impl Sink {
    pub(crate) fn new(fate: Fate) -> Self {
        Self { fate, kept: Mutex::default() }
    }

    /// Bodies and reasons of all stored letters.
    pub(crate) fn kept(&self) -> Vec<(String, &'static str)> {
        self.kept.lock().unwrap().clone()
    }
}

impl DeadLetters for Sink {
    fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            match self.fate {
                Fate::Keeps => {}
                Fate::Fails => return Err("disk full".into()),
                Fate::Hangs => future::pending().await,
                Fate::Panics => panic!("as the test asks"),
            }
            let body = String::from_utf8_lossy(letter.inbound().body()).into_owned();
            let reason = match letter.reason() {
                Refusal::Undecodable(_) => "undecodable",
                Refusal::Rejected(_) => "rejected",
                Refusal::Unhandled => "unhandled",
                _ => "another",
            };
            self.kept.lock().unwrap().push((body, reason));
            Ok(())
        })
    }
}
