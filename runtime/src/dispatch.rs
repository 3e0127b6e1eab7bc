//! The `Dispatch` trait, which generated code implements.

use std::sync::Arc;

use crate::{BoxFuture, Context, DecodeError, DispatchError, HandlerError, Inbound, Subscription};

/// Calls the handler for the event of a delivery. Generated code implements this trait, and receivers call it.
///
/// ```
/// use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};
///
/// struct Notes;
///
/// impl Dispatch for Notes {
///     fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
///         Ok(match inbound.peek("/name")? {
///             Some(name) if name == "note.create" => Route::Known(name),
///             name => Route::Unknown(name),
///         })
///     }
///
///     fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
///         Box::pin(async move {
///             let payload: serde_json::Value = cx.decode()?;
///             println!("a note with {} properties", payload.as_object().map_or(0, |note| note.len()));
///             Ok(())
///         })
///     }
/// }
///
/// let routed = Notes.route(&Inbound::new(r#"{"name": "tag.create"}"#))?;
/// assert_eq!(routed, Route::Unknown(Some("tag.create".to_owned())));
/// # Ok::<(), DecodeError>(())
/// ```
pub trait Dispatch: Send + Sync {
    /// Finds out which event a delivery is, without decoding its payload.
    ///
    /// # Errors
    ///
    /// The body is not JSON.
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError>;

    /// Decodes the payload and calls the handler of the event. An event that the document does not contain goes to the
    /// handler for unknown events.
    ///
    /// The future may be dropped at any await, and the same delivery may be dispatched again.
    ///
    /// # Errors
    ///
    /// The payload could not be decoded, or the handler failed.
    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>>;

    /// The channels that the events come from, for a transport that subscribes to them. A channel whose address the
    /// document does not know is not listed.
    fn subscriptions(&self) -> &'static [Subscription] {
        &[]
    }
}

/// The event of a delivery, and whether the document contains it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The document contains an event with this name.
    Known(String),
    /// The document does not contain it. `None` if the delivery has no name of an event.
    Unknown(Option<String>),
}

impl Route {
    /// The name of the event, if the delivery has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Known(name) => Some(name),
            Self::Unknown(name) => name.as_deref(),
        }
    }
}

/// An event that the document does not contain. This is usual: senders add events before documents are updated.
///
/// Use [`Context::decode`] for the payload.
///
/// ```
/// use asyncapi_runtime::{HandlerError, UnknownEvent};
///
/// async fn on_unknown(event: UnknownEvent<'_>) -> Result<(), HandlerError> {
///     match event.name() {
///         Some(name) if name.starts_with("tag.") => Ok(()), // ignored
///         _ => Err(event.unhandled()),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEvent<'a> {
    name: Option<&'a str>,
    pointer: Option<&'a str>,
}

impl<'a> UnknownEvent<'a> {
    /// An unknown event with this name; `None` if the delivery has no name of an event.
    #[must_use]
    pub const fn new(name: Option<&'a str>) -> Self {
        Self { name, pointer: None }
    }

    /// Sets the JSON pointer (RFC 6901) of the name in the payload.
    #[must_use]
    pub const fn at(mut self, pointer: &'a str) -> Self {
        self.pointer = Some(pointer);
        self
    }

    /// The name of the event.
    #[must_use]
    pub const fn name(&self) -> Option<&'a str> {
        self.name
    }

    /// An error for an event without a handler. A receiver with dead letters stores the event as one, so that it can be
    /// handled later. Other receivers acknowledge it, since the sender did nothing wrong.
    #[must_use]
    pub fn unhandled(&self) -> HandlerError {
        HandlerError::Unhandled { pointer: self.pointer.map(str::to_owned) }
    }
}

impl<D: Dispatch + ?Sized> Dispatch for Arc<D> {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        (**self).route(inbound)
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        (**self).dispatch(cx)
    }

    fn subscriptions(&self) -> &'static [Subscription] {
        (**self).subscriptions()
    }
}

impl<D: Dispatch + ?Sized> Dispatch for Box<D> {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        (**self).route(inbound)
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        (**self).dispatch(cx)
    }

    fn subscriptions(&self) -> &'static [Subscription] {
        (**self).subscriptions()
    }
}
