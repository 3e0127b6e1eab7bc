//! NATS as the transport of publishers and the source of deliveries.

use async_nats::{Client, HeaderMap, HeaderName, HeaderValue, Message};
use asyncapi_runtime::{Headers, Inbound, Outbound, Transport};

/// Where the document says that requests name their reply's address.
const REPLY_TO: &str = "replyTo";

/// Sends by core NATS: at most once, and done when it is on its way.
#[derive(Clone, Debug)]
pub(crate) struct Nats {
    client: Client,
    reply_to: Option<String>,
}

impl Nats {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, reply_to: None }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The same, naming an address for replies in whatever is sent.
    pub(crate) fn replying_to(&self, inbox: String) -> Self {
        Self { reply_to: Some(inbox), ..self.clone() }
    }
}

impl Transport for Nats {
    type Error = async_nats::PublishError;

    async fn send(&self, outbound: Outbound) -> Result<(), async_nats::PublishError> {
        let (subject, headers, body) = outbound.into_parts();
        let mut map = HeaderMap::new();
        let headers = headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned()));
        let reply_to = self.reply_to.iter().map(|inbox| (REPLY_TO, inbox.clone()));
        for (name, value) in headers.chain(reply_to) {
            // What NATS cannot carry as a header is left out; the body says everything that counts.
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
                map.insert(name, value);
            }
        }
        self.client.publish_with_headers(subject, map, body).await
    }
}

/// What came in, as the generated code takes it.
pub(crate) fn inbound(message: Message) -> Inbound {
    let headers = message.headers.iter().flat_map(HeaderMap::iter);
    let headers: Headers = headers
        .flat_map(|(name, values)| values.iter().map(|value| (name.to_string(), value.as_str().to_owned())))
        .collect();
    Inbound::new(message.payload).with_channel(message.subject.to_string()).with_headers(headers)
}
