//! Conversion and display of errors.

use std::error::Error;
use std::io;

use asyncapi_runtime::{BoxError, DecodeError, DispatchError, HandlerError, Inbound, PublishError};

fn undecodable() -> DecodeError {
    Inbound::new("{").peek("/name").unwrap_err()
}

#[test]
fn any_error_asks_for_a_retry() {
    fn handler() -> Result<(), HandlerError> {
        Err(io::Error::other("database down"))?;
        Ok(())
    }
    let Err(HandlerError::Retry(error)) = handler() else { panic!("not a retry") };
    assert_eq!(error.downcast_ref::<io::Error>().unwrap().to_string(), "database down");
}

#[test]
fn texts_and_errors_both_become_handler_errors() {
    assert_eq!(HandlerError::retry("later").to_string(), "to be tried again: later");
    assert_eq!(HandlerError::reject(io::Error::other("never")).to_string(), "rejected: never");
    let boxed: BoxError = "boxed".into();
    assert!(matches!(HandlerError::reject(boxed), HandlerError::Reject(_)));
}

#[test]
fn a_dispatch_error_distinguishes_decoding_and_handling() {
    let decode = DispatchError::from(undecodable());
    assert!(matches!(decode, DispatchError::Undecodable(_)));
    assert!(decode.to_string().starts_with("undecodable: at the root: "), "{decode}");
    let handler = DispatchError::from(HandlerError::reject("no"));
    assert!(matches!(handler, DispatchError::Handler(HandlerError::Reject(_))));
    assert_eq!(handler.to_string(), "rejected: no");
}

#[test]
fn the_source_of_a_dispatch_error_is_the_cause_of_the_error_it_shows() {
    let cause = PublishError::Transport(io::Error::other("closed"));
    let handler = DispatchError::from(HandlerError::retry(cause));
    assert_eq!(handler.source().unwrap().to_string(), "closed");
    assert!(DispatchError::from(undecodable()).source().is_none());
}

#[test]
fn a_publish_error_keeps_its_cause() {
    let no_json = serde_json::from_str::<u8>("x").unwrap_err();
    let encode = PublishError::<io::Error>::from(no_json);
    assert!(encode.source().unwrap().is::<serde_json::Error>());
    let transport = PublishError::Transport(io::Error::other("closed"));
    assert_eq!(transport.source().unwrap().to_string(), "closed");
}
