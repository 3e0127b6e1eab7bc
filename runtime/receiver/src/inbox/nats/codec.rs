//! Encodes events as messages: a line of JSON with all fields except the body, then the raw body.

use bytes::Bytes;
use serde_json::Value;

use crate::inbox::{Delivery, InboxError, Reason, State, json_lines};

/// A decoded message.
pub(super) struct WireMessage {
    pub(super) delivery: Delivery,
    pub(super) attempts: u32,
    pub(super) reason: Option<Reason>,
    /// The uptime of the inbox when this became a dead letter, in seconds.
    pub(super) lived: Option<u64>,
}

pub(super) fn write(delivery: &Delivery) -> Bytes {
    with_body(&json_lines::head(State::Ready, 0, None, delivery), delivery)
}

pub(super) fn write_letter(delivery: &Delivery, attempts: u32, reason: &Reason, lived: Option<u64>) -> Bytes {
    let mut head = json_lines::head(State::Dead, attempts, Some(reason), delivery);
    if let Some(lived) = lived {
        head["lived"] = lived.into();
    }
    with_body(&head, delivery)
}

fn with_body(head: &Value, delivery: &Delivery) -> Bytes {
    let body = delivery.inbound().body();
    let mut frame = head.to_string().into_bytes();
    frame.reserve_exact(1 + body.len());
    frame.push(b'\n');
    frame.extend_from_slice(body);
    frame.into()
}

pub(super) fn read(payload: &Bytes) -> Result<WireMessage, InboxError> {
    parse(payload).map_err(|problem| InboxError::Unreadable(problem.into()))
}

fn parse(payload: &Bytes) -> Result<WireMessage, String> {
    let end = payload.iter().position(|byte| *byte == b'\n').ok_or("no line of JSON before a body")?;
    let Value::Object(head) = serde_json::from_slice(&payload[..end]).map_err(|error| error.to_string())? else {
        return Err("not an object".to_owned());
    };
    let attempts = head.get("attempts").and_then(Value::as_u64).unwrap_or(0);
    let lived = head.get("lived").and_then(Value::as_u64);
    let (delivery, reason) = json_lines::with_head(&head, payload.slice(end + 1..))?;
    Ok(WireMessage { delivery, attempts: u32::try_from(attempts).unwrap_or(u32::MAX), reason, lived })
}
