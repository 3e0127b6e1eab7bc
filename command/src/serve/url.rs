//! Posts each event to a URL (`--forward`).

use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Request, StatusCode, Uri};
use kustomer_webhooks::asyncapi_receiver::verify::WebhookSignature;
use kustomer_webhooks::{EVENT_HEADER, HandlerError};

use super::forward_options::RequestOptions;
use super::forwarder::EventMetadata;
use crate::client::{self, Client};
use crate::error::Failure;

/// Posts to one URL.
pub(super) struct Poster {
    url: Uri,
    client: Client,
    headers: HeaderMap,
    signature: Option<WebhookSignature>,
}

impl Poster {
    pub(super) fn new(url: &str, options: &RequestOptions) -> Result<Self, Failure> {
        let (url, client) = client::for_url(url)?;
        Ok(Self { url, client, headers: options.headers()?, signature: options.signature()? })
    }

    /// Posts the event. A 4xx status other than 408 and 429 rejects the event. Any other error is retried.
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
        let status = response.map_err(|error| HandlerError::retry(Unreachable(error)))?.status();
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Err(HandlerError::retry(format!("status {status}")))
            }
            status if status.is_client_error() => Err(HandlerError::reject(format!("status {status}"))),
            _ => Err(HandlerError::retry(format!("status {status}"))),
        }
    }
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
