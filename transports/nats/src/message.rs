//! Conversion of messages.

use async_nats::{HeaderMap, HeaderName, HeaderValue, Message};
use asyncapi_receiver::inbox::OrderKey;
use asyncapi_runtime::{Headers, Inbound};
use asyncapi_transport::{Addresses, Received, Settle};

/// The headers for NATS. A name or a value that NATS does not allow is left out, with a warning.
pub(crate) fn header_map(headers: &Headers) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name_and_value = (name.parse::<HeaderName>(), String::from_utf8_lossy(value).parse::<HeaderValue>());
        if let (Ok(name), Ok(value)) = name_and_value {
            map.append(name, value);
        } else {
            tracing::warn!(header = name, "NATS does not allow this header");
        }
    }
    map
}

/// A message as the runtime knows it. Its channel is the subject.
pub(crate) fn inbound(message: Message) -> Inbound {
    let headers = message.headers.iter().flat_map(HeaderMap::iter);
    let headers: Headers = headers
        .flat_map(|(name, values)| values.iter().map(|value| (name.to_string(), value.as_str().to_owned())))
        .collect();
    Inbound::new(message.payload).with_channel(message.subject.to_string()).with_headers(headers)
}

/// A message for the consumer. Its key is the subject if its channel has several subjects.
pub(crate) fn received(message: Message, addresses: &Addresses, settle: impl Settle + 'static) -> Received {
    let subject = message.subject.to_string();
    let received = Received::new(inbound(message), settle);
    match addresses.find(&subject) {
        Some(address) if address.is_pattern() => received.with_key(OrderKey::new(subject)),
        Some(_) | None => received,
    }
}
