//! Posts each event to a URL (`--forward`).

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Request, Uri};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use kustomer_webhooks::asyncapi_receiver::verify::WebhookSignature;
use kustomer_webhooks::asyncapi_receiver::worker::RetryAfter;
use kustomer_webhooks::{EVENT_HEADER, HandlerError};

use super::forward_options::RequestOptions;
use super::forwarder::EventMetadata;
use crate::client::{self, Client};
use crate::error::Failure;

/// The status codes that reject an event by default: the target says that the event itself is wrong.
pub(super) const REJECTING: &str = "400,413,415,422";

/// Posts to one URL.
pub(super) struct Poster {
    url: Uri,
    client: Client,
    headers: HeaderMap,
    signature: Option<WebhookSignature>,
    rejecting: Vec<u16>,
}

impl Poster {
    pub(super) fn new(url: &str, options: &RequestOptions, rejecting: Vec<u16>) -> Result<Self, Failure> {
        let (url, client) = client::for_url(url)?;
        Ok(Self { url, client, headers: options.headers()?, signature: options.signature()?, rejecting })
    }

    /// Posts the event. A status of the list rejects the event. Any other error is retried, not before `Retry-After`.
    pub(super) async fn post(&self, metadata: &EventMetadata, body: Bytes) -> Result<(), HandlerError> {
        let mut request = Request::post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let headers =
            [(EVENT_HEADER, &metadata.name), ("X-Event-Id", &metadata.id), ("X-Event-Attempt", &metadata.attempt)];
        for (header, value) in headers {
            // A value that is not valid in a header is left out. The body contains it.
            if let Ok(value) = HeaderValue::from_str(value) {
                request = request.header(header, value);
            }
        }
        let signed = self.signature.as_ref().and_then(|by| by.sign(&metadata.id, SystemTime::now(), &body));
        for (name, value) in signed.iter().flatten() {
            request = request.header(name, value);
        }
        let mut request = request.body(Full::new(body))?;
        // The headers of the user replace others.
        for name in self.headers.keys() {
            request.headers_mut().remove(name);
        }
        request.headers_mut().extend(self.headers.clone());
        let response = self.client.request(request).await;
        let response = response.map_err(|error| HandlerError::retry(Unreachable(error)))?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let error = format!("status {status}");
        if self.rejecting.contains(&status.as_u16()) {
            return Err(HandlerError::reject(error));
        }
        let after = response.headers().get(RETRY_AFTER).and_then(|value| retry_after(value, Timestamp::now()));
        Err(after
            .map_or_else(|| HandlerError::retry(error.as_str()), |after| RetryAfter::new(after, error.as_str()).into()))
    }
}

/// The delay of a `Retry-After`: a number of seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after(value: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(text).ok()?.timestamp();
    // A date in the past asks for no delay.
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// No response: displays the error with its causes in one line, and keeps them.
#[derive(Debug)]
struct Unreachable(hyper_util::client::legacy::Error);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&client::with_causes(&self.0))
    }
}

impl Error for Unreachable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, HeaderValue, Timestamp, retry_after};

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:26:00Z".parse().unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(120)),
            ("Wed, 21 Oct 2015 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
        ] {
            let found = retry_after(&HeaderValue::from_static(value), now);
            assert_eq!(found, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
