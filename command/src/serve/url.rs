//! Events passed to a URL.

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

    pub(super) async fn pass(&self, facts: &EventMetadata, body: Bytes) -> Result<(), HandlerError> {
        let mut request = Request::post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let told = [(EVENT_HEADER, &facts.name), ("X-Event-Id", &facts.id), ("X-Event-Attempt", &facts.attempt)];
        for (header, value) in told {
            // What no header can say is in the body.
            if let Ok(value) = HeaderValue::from_str(value) {
                request = request.header(header, value);
            }
        }
        let answered = self.client.request(request.body(Full::new(body))?).await;
        let answer = answered.map_err(|error| HandlerError::retry(client::with_causes(&error)))?.status();
        match answer {
            status if status.is_success() => Ok(()),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Err(HandlerError::retry(format!("answered {answer}")))
            }
            status if status.is_client_error() => Err(HandlerError::reject(format!("answered {answer}"))),
            _ => Err(HandlerError::retry(format!("answered {answer}"))),
        }
    }
}
