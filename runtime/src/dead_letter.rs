use std::sync::Arc;

use crate::{BoxError, BoxFuture, Inbound, Refusal};

/// Where deliveries go that can never be handled as they are, so that the sender need not keep them.
///
/// ```
/// use std::path::PathBuf;
///
/// use asyncapi_runtime::{BoxError, BoxFuture, DeadLetter, DeadLetters};
///
/// /// One file a letter. (A real one would also sync it, and not block the executor.)
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
    /// Keeps one letter. Once this is done the delivery is acknowledged, so it has to be durable by then.
    ///
    /// The same letter may come again: the sender may not hear the acknowledgement.
    ///
    /// # Errors
    ///
    /// The letter was not kept. The delivery is then left to its sender.
    fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>>;
}

/// A delivery that can never be handled as it is, and why.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetter<'a> {
    inbound: &'a Inbound,
    reason: &'a Refusal,
}

impl<'a> DeadLetter<'a> {
    /// A letter of this delivery.
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
