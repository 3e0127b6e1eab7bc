//! The outcomes of a request, and the HTTP response of each.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use super::body::BodyError;
use crate::{Accepted, NotAccepted};

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Handled,
    Stored,
    Duplicate,
    DeadLettered,
    NotPost,
    TooLarge,
    TooSlow,
    Broken,
    NotVerified,
    Refused,
    Retry,
    Busy,
    Draining,
}

impl Outcome {
    pub(super) const ALL: [Self; 13] = [
        Self::Handled,
        Self::Stored,
        Self::Duplicate,
        Self::DeadLettered,
        Self::NotPost,
        Self::TooLarge,
        Self::TooSlow,
        Self::Broken,
        Self::NotVerified,
        Self::Refused,
        Self::Retry,
        Self::Busy,
        Self::Draining,
    ];

    pub(crate) fn response(self) -> Response<Full<Bytes>> {
        let (status, text) = self.status_and_text();
        let mut response = Response::new(Full::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if !text.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        }
        match self {
            Self::NotPost => headers.insert(ALLOW, HeaderValue::from_static("POST")),
            Self::Retry => headers.insert(RETRY_AFTER, HeaderValue::from_static("60")),
            // These two last shorter than a failure.
            Self::Busy | Self::Draining => headers.insert(RETRY_AFTER, HeaderValue::from_static("10")),
            _ => None,
        };
        response
    }

    /// The name of the outcome in metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::DeadLettered => "dead_letter",
            Self::NotPost => "not_post",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken",
            Self::NotVerified => "not_verified",
            Self::Refused => "refused",
            Self::Retry => "not_accepted",
            Self::Busy => "busy",
            Self::Draining => "draining",
        }
    }

    pub(super) fn status(self) -> StatusCode {
        self.status_and_text().0
    }

    fn status_and_text(self) -> (StatusCode, &'static str) {
        match self {
            Self::Handled => (StatusCode::NO_CONTENT, ""),
            Self::Stored => (StatusCode::ACCEPTED, "stored\n"),
            Self::Duplicate => (StatusCode::OK, "stored before\n"),
            Self::DeadLettered => (StatusCode::ACCEPTED, "kept, not handled\n"),
            Self::NotPost => (StatusCode::METHOD_NOT_ALLOWED, "POST only\n"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body too large\n"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "body too slow\n"),
            Self::Broken => (StatusCode::BAD_REQUEST, "body cut short\n"),
            Self::NotVerified => (StatusCode::UNAUTHORIZED, "not verified\n"),
            Self::Refused => (StatusCode::UNPROCESSABLE_ENTITY, "cannot be handled\n"),
            Self::Retry | Self::Busy | Self::Draining => (StatusCode::SERVICE_UNAVAILABLE, "try again later\n"),
        }
    }
}

impl From<BodyError> for Outcome {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::TooLarge,
            BodyError::TooSlow => Self::TooSlow,
            BodyError::Broken => Self::Broken,
            BodyError::OverBudget => Self::Busy,
        }
    }
}

impl From<Result<Accepted, NotAccepted>> for Outcome {
    fn from(outcome: Result<Accepted, NotAccepted>) -> Self {
        match outcome {
            Ok(Accepted::Handled) => Self::Handled,
            Ok(Accepted::Stored) => Self::Stored,
            Ok(Accepted::Duplicate) => Self::Duplicate,
            Ok(Accepted::DeadLettered) => Self::DeadLettered,
            Err(NotAccepted::Retry(_)) => Self::Retry,
            Err(NotAccepted::Refused(_)) => Self::Refused,
            Err(NotAccepted::TooLarge(_)) => Self::TooLarge,
        }
    }
}
