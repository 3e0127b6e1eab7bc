//! An inbox in front of the handlers.

use asyncapi_receiver::{Accept, NotAccepted};
use asyncapi_runtime::{
    BoxFuture, Context, DecodeError, Dispatch, DispatchError, HandlerError, Inbound, Route, Subscription,
};

/// A dispatcher for a [`Consumer`](crate::Consumer) that hands each message to an [`Accept`], such as `Durable`: the
/// message is stored in an inbox and then acknowledged, and a `Worker` handles it later.
///
/// Use it if handlers take longer than the broker waits, or if the broker does not store messages. A broker that stores
/// messages needs no second store.
#[derive(Clone, Debug)]
pub struct StoreFirst<A> {
    accept: A,
    subscriptions: &'static [Subscription],
}

impl<A: Accept> StoreFirst<A> {
    /// Stores the messages of these channels: those of [`Dispatch::subscriptions`] of the dispatcher that the worker
    /// has.
    #[must_use]
    pub fn new(accept: A, subscriptions: &'static [Subscription]) -> Self {
        Self { accept, subscriptions }
    }
}

impl<A: Accept> Dispatch for StoreFirst<A> {
    fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Unknown(None))
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            match self.accept.accept(cx.inbound().clone()).await {
                Ok(_) => Ok(()),
                Err(NotAccepted::Retry(cause)) => Err(HandlerError::retry(cause).into()),
                Err(error @ (NotAccepted::Refused(_) | NotAccepted::TooLarge(_))) => {
                    Err(HandlerError::reject(error).into())
                }
            }
        })
    }

    fn subscriptions(&self) -> &'static [Subscription] {
        self.subscriptions
    }
}
