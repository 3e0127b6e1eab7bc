//! Requests that wait for their replies: a requester on one side, a handler on the other.

use std::fmt;

use asyncapi_runtime::request::Request;
use asyncapi_runtime::{RequestError, RequestReply};

use super::request_reply as application;
use super::request_reply_client as client;
use super::*;

struct Calculator;

impl application::Handler for Calculator {
    async fn add(
        &self,
        event: application::Add,
        _: &Context<'_>,
    ) -> Result<application::AddReplyMessage, HandlerError> {
        Ok(match event.a.checked_add(event.b) {
            Some(sum) => application::AddReplyMessage::Sum(application::Sum { sum }),
            None => application::AddReplyMessage::Failure(application::Failure::new("too large")),
        })
    }

    async fn ask(&self, _: application::Ask, _: &Context<'_>) -> Result<String, HandlerError> {
        Ok("fine".to_owned())
    }

    async fn check(&self, event: application::Check, cx: &Context<'_>) -> Result<application::Checked, HandlerError> {
        assert_eq!(cx.channel(), Some("calculator/ada/checks"));
        Ok(application::Checked::new(event.sum == 3))
    }

    async fn lost(&self, _: String, _: &Context<'_>) -> Result<(), HandlerError> {
        Ok(())
    }
}

/// What the application sends by any address, what was asked of it, and what others send by the addresses of replies.
#[derive(Default)]
struct Broker {
    replies: Kept,
    requests: Kept,
    strangers: Vec<(&'static str, &'static str)>,
}

/// Nothing came that was the reply.
#[derive(Debug)]
struct Unanswered;

impl fmt::Display for Unanswered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no reply came")
    }
}

impl std::error::Error for Unanswered {}

pub(super) fn arrived(outbound: Outbound) -> Inbound {
    let (channel, headers, body) = outbound.into_parts();
    Inbound::new(body).with_channel(channel).with_headers(headers)
}

impl Transport for &Broker {
    type Error = Unanswered;

    async fn send(&self, outbound: Outbound) -> Result<(), Unanswered> {
        let Ok(()) = (&self.requests).send(outbound.clone()).await;
        let application = application::Dispatcher::new(Calculator, &self.replies);
        dispatched(&application, &arrived(outbound)).await.map_err(|_| Unanswered)
    }
}

impl RequestReply for &Broker {
    async fn request(&self, request: Request) -> Result<Inbound, Unanswered> {
        let address = request.reply_address().unwrap_or("inbox/7").to_owned();
        self.send(request.outbound(&address)).await?;
        let replies = self.replies.0.lock().expect("no thread panicked").clone();
        let strangers = self.strangers.iter().map(|(id, body)| {
            Inbound::new(*body).with_channel(&*address).with_headers(Headers::from_iter([("answers", *id)]))
        });
        let mut came = strangers.chain(replies.into_iter().map(arrived));
        let reply = came.find(|inbound| inbound.channel() == Some(&*address) && request.is_answered_by(inbound));
        reply.ok_or(Unanswered)
    }
}

#[tokio::test]
async fn a_reply_is_matched_by_the_correlation_id_of_its_request() {
    let broker = Broker { strangers: vec![("another", r#"{"sum": 9}"#)], ..Broker::default() };
    let requester = client::Requester::new(&broker);
    let sum = requester.add(&client::Add::new(1, 2)).await.expect("answered");
    assert_eq!(sum, client::AddReplyMessage::Sum(client::Sum::new(3)));
    let failure = requester.add(&client::Add::new(i64::MAX, 2)).await.expect("answered");
    assert_eq!(failure, client::AddReplyMessage::Failure(client::Failure::new("too large")));
    let sent = broker.requests.0.lock().expect("no thread panicked");
    let ids: Vec<Option<&str>> = sent.iter().map(|sent| sent.headers().get_str("request")).collect();
    assert!(ids[0].is_some() && ids[0] != ids[1], "{ids:?}");
    assert_eq!(sent[0].headers().get_str("replyTo"), Some("inbox/7"));
}

#[tokio::test]
async fn the_reply_address_is_read_from_the_payload() {
    let broker = Broker::default();
    let requester = client::Requester::new(&broker);
    for said in [None, Some("inbox/mine".to_owned())] {
        let expected = said.clone().unwrap_or_else(|| "inbox/7".to_owned());
        assert_eq!(requester.ask(&client::Ask { reply_to: said }).await.expect("answered"), "fine");
        let sent = broker.replies.0.lock().expect("no thread panicked").pop().expect("a reply");
        assert_eq!(sent.channel(), expected);
    }
}

#[tokio::test]
async fn a_correlation_id_in_the_payload_has_the_type_of_its_schema() {
    let broker = Broker::default();
    let requester = client::Requester::new(&broker);
    let channel = client::channels::Checks { user: "ada".to_owned() };
    let checked = requester.check(&channel, &client::Check::new(3)).await.expect("answered");
    assert!(checked.right && checked.check_id.is_some(), "{checked:?}");
    let meta = client::CheckMeta { id: Some(41), reply_to: None };
    let check = client::Check { meta: Some(meta), ..client::Check::new(4) };
    let checked = requester.check(&channel, &check).await.expect("answered");
    assert_eq!(checked, client::Checked { right: false, check_id: Some(41) });
    let sent = broker.requests.0.lock().expect("no thread panicked");
    let body: Value = serde_json::from_slice(sent[1].body()).expect("JSON");
    assert_eq!(body, json!({"sum": 4, "meta": {"id": 41, "replyTo": "inbox/7"}}));
}

#[tokio::test]
async fn an_unusable_reply_is_an_error_with_the_reason() {
    let broker = Broker::default();
    let requester = client::Requester::new(&broker);
    let nothing = requester.lost("x").await.expect_err("the document does not say where to reply");
    assert!(matches!(nothing, RequestError::Transport(Unanswered)), "{nothing}");

    struct Garbled;
    impl Transport for Garbled {
        type Error = Infallible;
        async fn send(&self, _: Outbound) -> Result<(), Infallible> {
            Ok(())
        }
    }
    impl RequestReply for Garbled {
        async fn request(&self, _: Request) -> Result<Inbound, Infallible> {
            Ok(Inbound::new("7"))
        }
    }
    let garbled = client::Requester::new(Garbled).ask(&client::Ask::default()).await.expect_err("no text");
    assert!(matches!(garbled, RequestError::Decode(_)), "{garbled}");
}

#[tokio::test]
async fn a_request_without_a_reply_needs_only_a_transport() {
    let kept = Kept::default();
    client::Publisher::new(&kept).add(&client::Add::new(1, 2)).await.expect("sent");
    let sent = kept.0.lock().expect("no thread panicked");
    assert_eq!((sent[0].channel(), sent[0].headers().get("replyTo")), ("calculator/requests", None));
}

#[tokio::test]
async fn the_exchange_document_has_one_channel_for_requests_and_replies() {
    /// Answers a ping as an exchange does, with the number that it came with.
    struct Feed;

    impl Transport for Feed {
        type Error = Infallible;
        async fn send(&self, _: Outbound) -> Result<(), Infallible> {
            Ok(())
        }
    }

    impl RequestReply for Feed {
        async fn request(&self, request: Request) -> Result<Inbound, Infallible> {
            assert_eq!(request.reply_address(), Some("/"), "the document says where replies come");
            let ping: Value = serde_json::from_slice(request.outbound("/").body()).expect("JSON");
            let pong = json!({"event": "pong", "requestId": ping["requestId"]}).to_string();
            let came = [r#"{"event": "heartbeat"}"#.to_owned(), pong].map(Inbound::new);
            Ok(came.into_iter().find(|inbound| request.is_answered_by(inbound)).expect("the pong"))
        }
    }

    let ping = exchange::Ping { request_id: Some(7), ..exchange::Ping::default() };
    let pong = exchange::Requester::new(Feed).ping(&ping).await.expect("answered");
    assert_eq!(pong.request_id, Some(7));
}
