//! The webhook endpoint for Kustomer that calls the handler before it responds.

use asyncapi_receiver::Inline;
use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::verify::SecretError;

use crate::{Dispatcher, Handler, verifier};

/// Creates a webhook endpoint that verifies each delivery and calls the handler.
///
/// A delivery is accepted if its signature matches any of the tokens. The endpoint is a `tower_service::Service`: mount it
/// in axum with `route_service`, or in hyper with `TowerToHyperService`. Kustomer waits for the response, which is 2xx after
/// the handler has returned `Ok`. To set deadlines, limits and a store for dead letters, build the endpoint from its parts:
///
/// ```
/// use kustomer_webhooks::asyncapi_receiver::{Inline, http::Receiver};
/// use kustomer_webhooks::{Dispatcher, Handler, verifier};
/// use std::time::Duration;
///
/// # fn build<H: Handler + 'static>(handler: H) -> Result<(), kustomer_webhooks::asyncapi_receiver::verify::SecretError> {
/// let inline = Inline::new(Dispatcher::new(handler)).with_deadline(Duration::from_secs(3));
/// let receiver = Receiver::new(inline, verifier(["token"])?).with_body_limit(1024 * 1024);
/// # drop(receiver);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`SecretError`] if there is no token, or if a token is empty.
pub fn receiver<H: Handler>(
    handler: H,
    tokens: impl IntoIterator<Item = impl Into<Vec<u8>>>,
) -> Result<Receiver<Inline<Dispatcher<H>>>, SecretError> {
    Ok(Receiver::new(Inline::new(Dispatcher::new(handler)), verifier(tokens)?))
}
