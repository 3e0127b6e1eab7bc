//! The webhook endpoint, wired for Kustomer.

use asyncapi_receiver::Inline;
use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::verify::SecretError;

use crate::{Dispatcher, Handler, verifier};

/// A webhook endpoint that verifies each delivery with any of the tokens and hands it to the handler.
///
/// A `tower_service::Service`: mount it in axum with `route_service`, or in hyper with `TowerToHyperService`. It answers
/// while the sender waits: 2xx once the handler has returned `Ok`. Deadlines, limits and a place for dead letters are
/// chosen by putting the same three parts together by hand:
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
/// [`SecretError`] when there is no token, or an empty one.
pub fn receiver<H: Handler>(
    handler: H,
    tokens: impl IntoIterator<Item = impl Into<Vec<u8>>>,
) -> Result<Receiver<Inline<Dispatcher<H>>>, SecretError> {
    Ok(Receiver::new(Inline::new(Dispatcher::new(handler)), verifier(tokens)?))
}
