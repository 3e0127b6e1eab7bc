//! The `DeadLetters` trait: where `Inline` puts deliveries that can never be handled.

use std::sync::Arc;

use asyncapi_runtime::{BoxError, BoxFuture, Inbound};

use crate::Refusal;

/// A sink for deliveries that can never be handled.
///
/// ```
/// use std::path::PathBuf;
///
/// use asyncapi_runtime::{BoxError, BoxFuture};
/// use asyncapi_receiver::{DeadLetter, DeadLetters};
///
/// /// One file per dead letter. (A real sink also syncs the file and does not block the executor.)
/// struct Folder(PathBuf);
///
/// impl DeadLetters for Folder {
///     fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
///         Box::pin(async move {
///             let id = letter.inbound().header("x-event-id").ok_or("an event without an id")?;
///             std::fs::write(self.0.join(format!("{}.json", id.replace('/', "_"))), letter.inbound().body())?;
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait DeadLetters: Send + Sync {
    /// Stores a dead letter. It must be durable when this returns, since the delivery is then acknowledged.
    ///
    /// The same dead letter may come again, if the acknowledgement is lost.
    ///
    /// # Errors
    ///
    /// The dead letter was not stored. The sender then repeats the delivery.
    fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>>;
}

/// A delivery that can never be handled, and the reason.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetter<'a> {
    inbound: &'a Inbound,
    reason: &'a Refusal,
}

impl<'a> DeadLetter<'a> {
    /// A dead letter of this delivery.
    #[must_use]
    pub fn new(inbound: &'a Inbound, reason: &'a Refusal) -> Self {
        Self { inbound, reason }
    }

    /// The delivery as it came in.
    #[must_use]
    pub fn inbound(&self) -> &'a Inbound {
        self.inbound
    }

    /// Why it can never be handled.
    #[must_use]
    pub fn reason(&self) -> &'a Refusal {
        self.reason
    }
}

impl<S: DeadLetters + ?Sized> DeadLetters for Arc<S> {
    fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
        (**self).put(letter)
    }
}

impl<S: DeadLetters + ?Sized> DeadLetters for Box<S> {
    fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
        (**self).put(letter)
    }
}
