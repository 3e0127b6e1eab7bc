use std::sync::Arc;

use crate::{BoxFuture, Context, DecodeError, DispatchError, HandlerError, Inbound};

/// From a delivery to the handler of its event. Generated code implements it; receivers call it.
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
    /// Which event a delivery is, without decoding its payload.
    ///
    /// # Errors
    ///
    /// The place that tells could not be looked at: the body is not JSON.
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError>;

    /// Decodes the payload and calls the event's handler. An event the document does not list is no error: it
    /// goes to the handler for unknown events.
    ///
    /// The future may be dropped at any await, and the same delivery dispatched again later.
    ///
    /// # Errors
    ///
    /// The payload could not be read, or the handler did not handle it.
    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>>;
}

/// Which event a delivery is, and whether the document lists it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The document lists this event.
    Known(String),
    /// It doesn't. `None` if the delivery names no event at all.
    Unknown(Option<String>),
}

impl Route {
    /// The event's name, if the delivery has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Known(name) => Some(name),
            Self::Unknown(name) => name.as_deref(),
        }
    }
}

/// An event the document does not list. Ordinary: senders add events before documents do.
///
/// The payload is at hand by [`Context::decode`].
///
/// ```
/// use asyncapi_runtime::{HandlerError, UnknownEvent};
///
/// async fn on_unknown(event: UnknownEvent<'_>) -> Result<(), HandlerError> {
///     match event.name() {
///         Some(name) if name.starts_with("tag.") => Ok(()), // known not to matter
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
    /// An unknown event of this name; `None` if the delivery names no event at all.
    #[must_use]
    pub const fn new(name: Option<&'a str>) -> Self {
        Self { name, pointer: None }
    }

    /// Sets the JSON pointer (RFC 6901) to the place in the payload where its name stands.
    #[must_use]
    pub const fn at(mut self, pointer: &'a str) -> Self {
        self.pointer = Some(pointer);
        self
    }

    /// The name it came under.
    #[must_use]
    pub const fn name(&self) -> Option<&'a str> {
        self.name
    }

    /// Says that nobody handles it. A receiver that keeps dead letters keeps it as one, so that it can be handled
    /// once the document lists it; any other acknowledges it, since its sender did nothing wrong.
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
}

impl<D: Dispatch + ?Sized> Dispatch for Box<D> {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        (**self).route(inbound)
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        (**self).dispatch(cx)
    }
}
