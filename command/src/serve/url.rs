//! Events passed to a URL.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kustomer_webhooks::{EVENT_HEADER, HandlerError};

use super::forward::Facts;
use crate::failure::Failure;

/// Posts to one URL.
pub(super) struct Poster {
    url: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Poster {
    pub(super) fn new(url: &str) -> Result<Self, Failure> {
        Ok(Self { url: plain_http(url)?, client: Client::builder(TokioExecutor::new()).build_http() })
    }

    pub(super) async fn pass(&self, facts: &Facts, body: Bytes) -> Result<(), HandlerError> {
        let mut request = Request::post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let told = [(EVENT_HEADER, &facts.name), ("X-Event-Id", &facts.id), ("X-Event-Attempt", &facts.attempt)];
        for (header, value) in told {
            // What no header can say is in the body.
            if let Ok(value) = HeaderValue::from_str(value) {
                request = request.header(header, value);
            }
        }
        let answer = self.client.request(request.body(Full::new(body))?).await?.status();
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

/// A URL that can be posted to without TLS.
pub(crate) fn plain_http(url: &str) -> Result<Uri, Failure> {
    let cure = "write http://HOST:PORT/PATH; where TLS is needed, put a proxy in between";
    let uri: Uri = url.parse().map_err(|error| Failure::call(format!("{url}: {error}"), cure))?;
    if uri.scheme_str() == Some("http") && uri.host().is_some() {
        Ok(uri)
    } else {
        Err(Failure::call(format!("{url}: no http URL"), cure))
    }
}
