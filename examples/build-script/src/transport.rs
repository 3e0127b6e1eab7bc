//! Sends and receives messages over NATS.

use std::io;

use async_nats::{Client, HeaderMap, HeaderName, HeaderValue, Message};
use asyncapi_runtime::request::Request;
use asyncapi_runtime::{Headers, Inbound, Outbound, RequestReply, Transport};
use futures_util::StreamExt;

/// A transport over core NATS. Delivery is at most once: sending does not wait for a receiver.
#[derive(Clone, Debug)]
pub(crate) struct Nats {
    client: Client,
}

impl Nats {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

impl Transport for Nats {
    type Error = io::Error;

    async fn send(&self, outbound: Outbound) -> io::Result<()> {
        let (subject, headers, body) = outbound.into_parts();
        let mut map = HeaderMap::new();
        for (name, value) in &headers {
            let value = String::from_utf8_lossy(value);
            // A header that NATS does not allow is left out.
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
                map.insert(name, value);
            }
        }
        self.client.publish_with_headers(subject, map, body).await.map_err(io::Error::other)
    }
}

impl RequestReply for Nats {
    async fn request(&self, request: Request) -> io::Result<Inbound> {
        let inbox = request.reply_address().map_or_else(|| self.client.new_inbox(), str::to_owned);
        let mut replies = self.client.subscribe(inbox.clone()).await.map_err(io::Error::other)?;
        self.send(request.outbound(&inbox)).await?;
        while let Some(message) = replies.next().await {
            let reply = inbound(message);
            if request.is_answered_by(&reply) {
                return Ok(reply);
            }
        }
        Err(io::Error::other("the server closed the subscription"))
    }
}

/// Converts a NATS message for the generated dispatcher.
pub(crate) fn inbound(message: Message) -> Inbound {
    let headers = message.headers.iter().flat_map(HeaderMap::iter);
    let headers: Headers = headers
        .flat_map(|(name, values)| values.iter().map(|value| (name.to_string(), value.as_str().to_owned())))
        .collect();
    Inbound::new(message.payload).with_channel(message.subject.to_string()).with_headers(headers)
}
