use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::EXPECT;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;
use tower_service::Service;

use super::body::{self, BodyError, Limits};
use super::memory_budget::{Budget, Permit};
use super::outcome::Outcome;
use super::response_counts::ResponseCounts;
use crate::verify::Verify;
use crate::{Accept, BoxError, BoxFuture, Headers, Inbound, defaults};

/// Receives webhooks: a [`tower_service::Service`] that never fails, since every outcome has an answer.
///
/// Cloning is cheap, and the clones are one receiver. In axum it is `route_service("/hooks", receiver)`, in
/// plain hyper `TowerToHyperService::new(receiver)` of hyper-util. Needs a tokio runtime with its timer on.
///
/// In this order, the first that applies:
///
/// | what came | answer | |
/// |---|---|---|
/// | another method than POST | 405 | with `Allow: POST` |
/// | a body above the limit, by its declared length or as counted; or, once it is verified, above what the inbox takes | 413 | |
/// | a head that bears no signature, or what cannot be one | 401 | the body is not kept |
/// | a body that takes too long | 408 | |
/// | a body cut short | 400 | |
/// | a body while those of other requests fill the memory set aside for them | 503 | with `Retry-After: 10`, in seconds |
/// | a delivery that is not verified | 401 | the same whatever was wrong, and nothing else is done |
/// | one that is accepted, and handled | 204 | |
/// | one that is accepted, and stored to be handled later | 202 | |
/// | one that is accepted, and was stored before | 200 | |
/// | one that is accepted, and kept as a dead letter | 202 | |
/// | one that should be sent again | 503 | with `Retry-After: 60`, in seconds |
/// | one that can never be handled, and was not kept | 422 | |
///
/// The signature is checked over the bytes as they came, before anything reads them. The path and the query are
/// not looked at. Refused requests are told to `tracing` as warnings, by status and reason only.
///
/// ```
/// use asyncapi_runtime::http::Receiver;
/// use asyncapi_runtime::{Accept, Accepted, BoxFuture, Inbound, NotAccepted};
/// # use asyncapi_runtime::{Headers, verify::{Verify, VerifyError}};
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
}

impl<A: Accept> Receiver<A> {
    /// Hands to `accept` whatever `verifier` finds genuine.
    #[must_use]
    pub fn new(accept: A, verifier: impl Verify + 'static) -> Self {
        let settings = Settings {
            verifier: Arc::new(verifier),
            channel: None,
            limits: Limits {
                bytes: defaults::BODY_LIMIT,
                deadline: defaults::BODY_DEADLINE,
                budget: Budget::new(defaults::BODY_BUDGET),
            },
            response_counts: ResponseCounts::default(),
        };
        Self { accept: Arc::new(accept), settings: Arc::new(settings) }
    }

    /// Sets the channel of every delivery; see [`Inbound::channel`]. Default: none, since a webhook's URL is the
    /// receiver's own choice and says nothing of the document's channels.
    #[must_use]
    pub fn with_channel(mut self, channel: impl Into<String>) -> Self {
        self.settings_mut().channel = Some(channel.into());
        self
    }

    /// Sets the most bytes a body may have, of which there is one in memory a request. Default: 8 MiB.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.settings_mut().limits.bytes = bytes;
        self
    }

    /// Sets how long a body may take to come in whole. Default: 10 s.
    #[must_use]
    pub fn with_body_deadline(mut self, deadline: Duration) -> Self {
        self.settings_mut().limits.deadline = deadline;
        self
    }

    /// Sets the most bytes that the bodies of all requests together may have in memory, from their first byte
    /// until the answer. Default: 64 MiB. No body can be larger than this.
    ///
    /// Where it is used up, the largest body that is still coming in gives way, and is to be sent again; one that would
    /// itself be the largest is. So a few large bodies that nobody has signed, which shows once they are whole, do not
    /// keep events out. What does is a flood of small ones, or of connections: that is for whatever stands before the
    /// receiver to stop.
    #[must_use]
    pub fn with_body_budget(mut self, bytes: usize) -> Self {
        self.settings_mut().limits.budget = Budget::new(bytes);
        self
    }

    /// Changes what the deliveries are handed to.
    #[must_use]
    pub fn with_accept(mut self, change: impl FnOnce(A) -> A) -> Self
    where
        A: Clone,
    {
        self.accept = Arc::new(change(Arc::unwrap_or_clone(self.accept)));
        self
    }

    /// How often each answer was given, by this receiver and its clones.
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
            let answer = match settings.acquire_budget(request).await {
                // The body is in memory until the acceptor is done with it.
                Ok((inbound, _hold)) => Outcome::from(accept.accept(inbound).await),
                Err(answer) => answer,
            };
            settings.response_counts.count(answer);
            Ok(answer.response())
        })
    }
}

impl Settings {
    /// Everything that happens before the delivery is anyone's business.
    async fn acquire_budget<B>(&self, request: Request<B>) -> Result<(Inbound, Permit), Outcome>
    where
        B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return Err(refuse(Outcome::NotPost, "not a POST"));
        }
        let headers = collect(&head.headers);
        let mut body = Box::pin(body);
        let (body, hold) = match self.read(&headers, &mut body).await {
            Ok(read) => read,
            Err(answer) => {
                // Whoever waits to be told that the body is wanted need not be helped to get rid of it.
                let waits = head.headers.contains_key(EXPECT);
                if !waits && matches!(answer, Outcome::TooLarge | Outcome::Busy | Outcome::NotVerified) {
                    body::discard(body, &self.limits);
                }
                return Err(answer);
            }
        };
        self.verifier.verify(&headers, &body).map_err(|error| refuse(Outcome::NotVerified, error))?;
        let inbound = Inbound::new(body).with_headers(headers);
        let inbound = match &self.channel {
            Some(channel) => inbound.with_channel(channel),
            None => inbound,
        };
        Ok((inbound, hold))
    }
}

impl Settings {
    /// The body, unless the head says already that it will not do. Anybody can send a body: what is not even signed
    /// takes none of the memory set aside for them.
    async fn read<B>(&self, headers: &Headers, body: &mut Pin<Box<B>>) -> Result<(Bytes, Permit), Outcome>
    where
        B: http_body::Body<Error: Into<BoxError>>,
    {
        let unusable = |error: BodyError| refuse(error.into(), "no usable body");
        self.limits.check_declared(body.as_ref().get_ref()).map_err(unusable)?;
        self.verifier.verify_head(headers).map_err(|error| refuse(Outcome::NotVerified, error))?;
        body::read(body, &self.limits).await.map_err(unusable)
    }
}

fn refuse(answer: Outcome, reason: impl fmt::Display) -> Outcome {
    tracing::warn!(status = answer.status().as_u16(), %reason, "request refused");
    answer
}

fn collect(headers: &HeaderMap) -> Headers {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

/// Another handle to the same receiver.
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
