//! Posts each event to a URL (`--forward`).

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, StatusCode, Uri};
use kustomer_webhooks::{EVENT_HEADER, HandlerError};

use super::forwarder::EventMetadata;
use crate::client::{self, Client};
use crate::error::Failure;

/// Posts to one URL.
pub(super) struct Poster {
    url: Uri,
    client: Client,
}

impl Poster {
    pub(super) fn new(url: &str) -> Result<Self, Failure> {
        client::for_url(url).map(|(url, client)| Self { url, client })
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
        let response = self.client.request(request.body(Full::new(body))?).await;
        let status = response.map_err(|error| HandlerError::retry(client::with_causes(&error)))?.status();
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
