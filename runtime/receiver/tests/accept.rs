//! The errors of `Accept`.

use std::error::Error;

use asyncapi_receiver::{NotAccepted, Refusal, RetryCause};
use asyncapi_runtime::{DecodeError, Inbound};

#[test]
fn the_source_of_an_error_is_its_cause() {
    let error = Inbound::new("{").peek("/name").unwrap_err();
    let refused = NotAccepted::Refused(Refusal::Undecodable(error));
    assert!(refused.source().unwrap().is::<DecodeError>());
    let retry = NotAccepted::Retry(RetryCause::Handler("down".into()));
    assert_eq!(retry.source().unwrap().to_string(), "down");
    assert!(NotAccepted::Retry(RetryCause::Panicked).source().is_none());
}
