//! Dead letters as messages.

use asyncapi_receiver::inbox::Reason;
use asyncapi_runtime::{Inbound, Outbound};

/// The header with the kind of the reason: `undecodable`, `unknown`, `rejected`, `exhausted`, `not_json`, `interrupted`.
pub const REASON_HEADER: &str = "dead-letter-reason";
/// The header with the message of the reason.
pub const MESSAGE_HEADER: &str = "dead-letter-message";
/// The header with the JSON pointer (RFC 6901) of the value that could not be decoded.
pub const POINTER_HEADER: &str = "dead-letter-pointer";
/// The header with the channel that the message came from.
pub const CHANNEL_HEADER: &str = "dead-letter-channel";

/// A message as a dead letter for this address: the same headers and body, and headers with the reason.
///
/// ```
/// use asyncapi_receiver::inbox::{Reason, ReasonKind};
/// use asyncapi_runtime::Inbound;
/// use asyncapi_transport::dead_letter;
///
/// let inbound = Inbound::new("{}").with_channel("orders");
/// let reason = Reason::new(ReasonKind::Undecodable, "missing field `id`").with_pointer("/id");
/// let letter = dead_letter::message("dead-letters.orders", &inbound, &reason);
///
/// assert_eq!(letter.channel(), "dead-letters.orders");
/// assert_eq!(letter.headers().get_str(dead_letter::REASON_HEADER), Some("undecodable"));
/// assert_eq!(letter.headers().get_str(dead_letter::POINTER_HEADER), Some("/id"));
/// assert_eq!(letter.body().as_ref(), b"{}");
/// ```
#[must_use]
pub fn message(address: impl Into<String>, inbound: &Inbound, reason: &Reason) -> Outbound {
    let mut outbound = Outbound::new(address, inbound.body().clone())
        .with_headers(inbound.headers())
        .with_header(REASON_HEADER, reason.kind().as_str())
        .with_header(MESSAGE_HEADER, one_line(reason.message()));
    if let Some(pointer) = reason.pointer() {
        outbound = outbound.with_header(POINTER_HEADER, one_line(pointer));
    }
    if let Some(channel) = inbound.channel() {
        outbound = outbound.with_header(CHANNEL_HEADER, channel);
    }
    outbound
}

/// A text without control characters, which headers of some protocols cannot contain.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}
