//! The tower service that receives webhooks.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use asyncapi_runtime::{BoxError, BoxFuture, Headers, Inbound};
use bytes::Bytes;
use http::header::EXPECT;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;
use tokio::sync::Semaphore;
use tower_service::Service;

use super::body::{self, BodyError, DISCARDS, Limits};
use super::memory_budget::{Budget, Permit};
use super::outcome::Outcome;
use super::refusals::Refusals;
use super::response_counts::ResponseCounts;
use crate::verify::Verify;
use crate::{Accept, defaults};

/// Receives webhooks: a [`tower_service::Service`] that never fails, since every outcome has a response.
///
/// Cloning is cheap; clones share limits and counts. In axum, use `route_service("/hooks", receiver)`; in plain hyper,
/// use `TowerToHyperService::new(receiver)` of hyper-util. Needs a tokio runtime with its timer enabled.
///
/// The first row that applies decides:
///
/// | request | status | |
/// |---|---|---|
/// | another method than POST | 405 | with `Allow: POST` |
/// | a body above the limit, by its declared or its real length, or a verified body that is too large for the inbox | 413 | |
/// | headers without a well-formed signature | 401 | the body is not read into memory |
/// | a body that takes too long | 408 | |
/// | a body cut short | 400 | |
/// | a body while the bodies of other requests use up the memory budget | 503 | with `Retry-After: 10`, in seconds |
/// | a wrong signature | 401 | the response does not say what was wrong |
/// | a delivery that was handled | 204 | |
/// | a delivery that was stored, to be handled later | 202 | |
/// | a delivery that had been stored before | 200 | |
/// | a delivery that was stored as a dead letter | 202 | |
/// | a delivery that the sender should repeat | 503 | with `Retry-After: 60`, in seconds |
/// | a delivery that can never be handled, and was not stored | 422 | |
///
/// The signature is checked over the raw bytes, before anything parses them. Path and query are ignored. Rejected
/// requests are logged with `tracing` as warnings that contain the status and the reason only: at most ten lines a
/// second, and then the number of the others.
///
/// ```
/// use asyncapi_receiver::http::Receiver;
/// use asyncapi_runtime::{BoxFuture, Inbound};
/// use asyncapi_receiver::{Accept, Accepted, NotAccepted};
/// # use asyncapi_runtime::Headers;
/// # use asyncapi_receiver::verify::{Verify, VerifyError};
/// # struct Signature;
/// # impl Verify for Signature {
/// #     fn verify(&self, headers: &Headers, _: &[u8]) -> Result<(), VerifyError> {
/// #         headers.get("x-signature").map(|_| ()).ok_or(VerifyError::Missing)
/// #     }
/// # }
/// use tower_service::Service;
///
/// struct Printer;
///
/// impl Accept for Printer {
///     fn accept(&self, inbound: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
///         Box::pin(async move {
///             println!("{} bytes", inbound.body().len());
///             Ok(Accepted::Handled)
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http::Error> {
/// let mut receiver = Receiver::new(Printer, Signature).with_body_limit(64 * 1024);
///
/// let request = http::Request::post("/hooks").header("x-signature", "…").body("{}".to_owned())?;
/// let Ok(response) = receiver.call(request).await;
/// assert_eq!(response.status(), 204);
///
/// let Ok(response) = receiver.call(http::Request::post("/hooks").body("{}".to_owned())?).await;
/// assert_eq!(response.status(), 401);
/// # Ok(())
/// # }
/// ```
pub struct Receiver<A> {
    accept: Arc<A>,
    settings: Arc<Settings>,
}

#[derive(Clone)]
struct Settings {
    verifier: Arc<dyn Verify>,
    channel: Option<String>,
    limits: Limits,
    response_counts: ResponseCounts,
    refusals: Arc<Refusals>,
}

impl<A: Accept> Receiver<A> {
    /// A receiver that hands each delivery that `verifier` accepts to `accept`.
    #[must_use]
    pub fn new(accept: A, verifier: impl Verify + 'static) -> Self {
        let settings = Settings {
            verifier: Arc::new(verifier),
            channel: None,
            limits: Limits {
                bytes: defaults::BODY_LIMIT,
                deadline: defaults::BODY_DEADLINE,
                budget: Budget::new(defaults::BODY_BUDGET),
                discards: Arc::new(Semaphore::new(DISCARDS)),
            },
            response_counts: ResponseCounts::default(),
            refusals: Arc::default(),
        };
        Self { accept: Arc::new(accept), settings: Arc::new(settings) }
    }

    /// Sets the channel of every delivery; see [`Inbound::channel`]. Default: none, since the URL of a webhook is
    /// chosen by the receiver and does not name a channel of the document.
    #[must_use]
    pub fn with_channel(mut self, channel: impl Into<String>) -> Self {
        self.settings_mut().channel = Some(channel.into());
        self
    }

    /// Sets the maximum size of a body in bytes. Each request has one body in memory. Default: 8 MiB.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.settings_mut().limits.bytes = bytes;
        self
    }

    /// Sets the time limit for a whole body. Default: 10 s.
    #[must_use]
    pub fn with_body_deadline(mut self, deadline: Duration) -> Self {
        self.settings_mut().limits.deadline = deadline;
        self
    }

    /// Sets the maximum of memory for the bodies of all requests together, in bytes, from their first byte until the
    /// response. Default: 64 MiB. No body can be larger than this.
    ///
    /// When the budget is used up, the largest incomplete body is rejected with 503, and the sender repeats it. So a
    /// few large bodies with wrong signatures, which are detected only when the body is complete, do not keep other
    /// events out. A flood of small bodies or connections does; a proxy in front of the receiver has to stop that.
    #[must_use]
    pub fn with_body_budget(mut self, bytes: usize) -> Self {
        self.settings_mut().limits.budget = Budget::new(bytes);
        self
    }

    /// Changes the acceptor.
    #[must_use]
    pub fn with_accept(mut self, change: impl FnOnce(A) -> A) -> Self
    where
        A: Clone,
    {
        self.accept = Arc::new(change(Arc::unwrap_or_clone(self.accept)));
        self
    }

    /// The counts of responses, shared by this receiver and its clones.
    #[must_use]
    pub fn response_counts(&self) -> ResponseCounts {
        self.settings.response_counts.clone()
    }

    fn settings_mut(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

impl<A, B> Service<Request<B>> for Receiver<A>
where
    A: Accept + 'static,
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Self { accept, settings } = self.clone();
        Box::pin(async move {
            let outcome = match settings.read_verified(request).await {
                // The permit is held while the acceptor uses the body.
                Ok((inbound, _permit)) => Outcome::from(accept.accept(inbound).await),
                Err(outcome) => outcome,
            };
            settings.response_counts.count(outcome);
            Ok(outcome.response())
        })
    }
}

impl Settings {
    /// Reads and verifies a delivery.
    async fn read_verified<B>(&self, request: Request<B>) -> Result<(Inbound, Permit), Outcome>
    where
        B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return Err(self.refusals.record(Outcome::NotPost, "not a POST"));
        }
        let mut body = Box::pin(body);
        let (body, permit) = match self.read_body(&head.headers, &mut body).await {
            Ok(read) => read,
            Err(outcome) => {
                // A client that waits for `100 Continue` has not sent the body.
                let waits = head.headers.contains_key(EXPECT);
                if !waits && matches!(outcome, Outcome::TooLarge | Outcome::Busy | Outcome::NotVerified) {
                    body::discard(body, &self.limits);
                }
                return Err(outcome);
            }
        };
        let headers = to_headers(&head.headers);
        drop(head);
        self.verifier.verify(&headers, &body).map_err(|error| self.refusals.record(Outcome::NotVerified, error))?;
        let inbound = Inbound::new(body).with_headers(headers);
        let inbound = match &self.channel {
            Some(channel) => inbound.with_channel(channel),
            None => inbound,
        };
        Ok((inbound, permit))
    }

    /// Reads the body, unless the headers show that the request is rejected. So requests without a signature use no
    /// memory of the budget.
    async fn read_body<B>(&self, headers: &HeaderMap, body: &mut Pin<Box<B>>) -> Result<(Bytes, Permit), Outcome>
    where
        B: http_body::Body<Error: Into<BoxError>>,
    {
        let unusable = |error: BodyError| self.refusals.record(error.into(), "no usable body");
        self.limits.check_declared(body.as_ref().get_ref()).map_err(unusable)?;
        let verified = match self.verifier.signature_headers() {
            // Only the signature is copied. The other headers are, when the body is there.
            Some(names) => self.verifier.verify_head(&only(headers, &names)),
            None => self.verifier.verify_head(&to_headers(headers)),
        };
        verified.map_err(|error| self.refusals.record(Outcome::NotVerified, error))?;
        body::read_body(body, &self.limits).await.map_err(unusable)
    }
}

/// The headers with these names.
fn only(headers: &HeaderMap, names: &[&str]) -> Headers {
    let mut found = Headers::new();
    for name in names {
        found.extend(headers.get_all(*name).iter().map(|value| (*name, value.as_bytes())));
    }
    found
}

fn to_headers(headers: &HeaderMap) -> Headers {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

impl<A> Clone for Receiver<A> {
    fn clone(&self) -> Self {
        Self { accept: Arc::clone(&self.accept), settings: Arc::clone(&self.settings) }
    }
}

impl<A> fmt::Debug for Receiver<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("channel", &self.settings.channel)
            .field("body_limit", &self.settings.limits.bytes)
            .field("body_deadline", &self.settings.limits.deadline)
            .finish_non_exhaustive()
    }
}
