//! Replies that have headers of their own, the handler's side against the requester's.

use std::convert::Infallible;

use asyncapi_runtime::request::{Reply, Request};
use asyncapi_runtime::{RequestError, RequestReply};

use super::replies::arrived;
use super::reply_headers as application;
use super::reply_headers_client as client;
use super::*;

struct Shop;

impl application::Handler for Shop {
    async fn ask(
        &self,
        event: application::Ask,
        _: &Context<'_>,
    ) -> Result<Reply<application::Quote, application::QuoteHeaders>, HandlerError> {
        let cents = event.article.len() as i64;
        // The id is required, and whatever is written here, the request's is sent.
        Ok(Reply::new(application::Quote::new(cents), application::QuoteHeaders::new("whichever", 60_u64)))
    }

    async fn order(
        &self,
        event: application::Order,
        _: &Context<'_>,
    ) -> Result<Reply<application::OrderReplyMessage, application::Tracing>, HandlerError> {
        let payload = match event.pieces {
            0 => application::OrderReplyMessage::Refused(application::Refused::new("nothing to do")),
            _ => application::OrderReplyMessage::Taken(application::Taken::new("o1")),
        };
        Ok(Reply::new(payload, application::Tracing::new("t1")))
    }

    async fn show(
        &self,
        event: application::Show,
        _: &Context<'_>,
    ) -> Result<application::ShowReplyMessage, HandlerError> {
        let picture = Reply::new(application::Picture::new("…"), application::PictureHeaders::new(640));
        Ok(match event.article {
            Some(_) => application::ShowReplyMessage::Picture(picture),
            None => application::ShowReplyMessage::Missing(application::Missing::new("which one?")),
        })
    }

    async fn pack(
        &self,
        event: application::Pack,
        _: &Context<'_>,
    ) -> Result<application::PackReplyMessage, HandlerError> {
        let parcel = application::Parcel::new("p1");
        Ok(match event.article.as_deref() {
            Some("lamp") => {
                application::PackReplyMessage::Sent(Reply::new(parcel, application::SentHeaders::new("by hand")))
            }
            Some(_) => application::PackReplyMessage::Held(Reply::new(parcel, application::HeldHeaders::new(7))),
            None => application::PackReplyMessage::Lost(parcel),
        })
    }

    async fn print(&self, event: String, _: &Context<'_>) -> Result<String, HandlerError> {
        Ok(event.to_uppercase())
    }

    async fn scan(
        &self,
        _: application::Scan,
        _: &Context<'_>,
    ) -> Result<Reply<Vec<u8>, application::ImageHeaders>, HandlerError> {
        Ok(Reply::new(vec![0, 255], application::ImageHeaders { width: Some(2), height: None }))
    }
}

/// Brings each request to the shop, and what it replies back; keeps what came back, too.
#[derive(Default)]
struct Direct {
    replies: Kept,
}

impl Transport for &Direct {
    type Error = Infallible;

    async fn send(&self, _: Outbound) -> Result<(), Infallible> {
        Ok(())
    }
}

impl RequestReply for &Direct {
    async fn request(&self, request: Request) -> Result<Inbound, Infallible> {
        let shop = application::Dispatcher::new(Shop, &self.replies);
        dispatched(&shop, &arrived(request.outbound("inbox"))).await.expect("handled");
        let reply = self.replies.0.lock().expect("no thread panicked").last().cloned().expect("a reply");
        assert_eq!(request.reply_address(), Some(reply.channel()));
        let inbound = arrived(reply);
        assert!(request.is_answered_by(&inbound), "the correlation id travels");
        Ok(inbound)
    }
}

#[tokio::test]
async fn the_headers_of_a_reply_come_typed_with_its_payload() {
    let direct = Direct::default();
    let requester = client::Requester::new(&direct);
    let reply = requester.ask(&client::Ask::new("lamp")).await.expect("answered");
    assert_eq!((reply.payload, reply.headers.expires), (client::Quote::new(4), 60));
    assert_ne!(reply.headers.answers, "whichever");
    let scanned = requester.scan(&client::Scan::default()).await.expect("answered");
    assert_eq!((scanned.payload, scanned.headers.width, scanned.headers.height), (vec![0, 255], Some(2), None));
    let sent = direct.replies.0.lock().expect("no thread panicked");
    assert_eq!((sent[0].headers().get_str("expires"), sent[0].headers().get("currency")), (Some("60"), None));
    assert_eq!(sent[1].headers().get_str("content-type"), Some("image/png"));
}

#[tokio::test]
async fn several_replies_have_one_type_of_headers_or_each_its_own() {
    let direct = Direct::default();
    let requester = client::Requester::new(&direct);
    let taken = requester.order(&client::Order::new("lamp", 1)).await.expect("answered");
    assert_eq!(
        taken,
        Reply::new(client::OrderReplyMessage::Taken(client::Taken::new("o1")), client::Tracing::new("t1"))
    );
    let refused = requester.order(&client::Order::new("lamp", 0)).await.expect("answered");
    assert!(matches!(refused.payload, client::OrderReplyMessage::Refused(_)), "{refused:?}");

    let shown = requester.show(&client::Show { article: Some("lamp".to_owned()), id: None }).await.expect("answered");
    let client::ShowReplyMessage::Picture(Reply { headers, .. }) = shown else { panic!("{shown:?}") };
    assert!(headers.width == 640 && headers.id.is_some(), "{headers:?}");
    let missing = requester.show(&client::Show { article: None, id: Some(7) }).await.expect("answered");
    assert_eq!(missing, client::ShowReplyMessage::Missing(client::Missing::new("which one?")));
    let sent = direct.replies.0.lock().expect("no thread panicked");
    assert_eq!(sent.last().and_then(|reply| reply.headers().get_str("id")), Some("7"));
}

#[tokio::test]
async fn headers_select_between_replies_of_one_payload() {
    let direct = Direct::default();
    let requester = client::Requester::new(&direct);
    let parcel = client::Parcel::new("p1");
    for (article, expected) in [
        (Some("lamp"), client::PackReplyMessage::Sent(Reply::new(parcel.clone(), client::SentHeaders::new("by hand")))),
        (Some("bulb"), client::PackReplyMessage::Held(Reply::new(parcel.clone(), client::HeldHeaders::new(7)))),
        (None, client::PackReplyMessage::Lost(parcel.clone())),
    ] {
        let request = client::Pack { article: article.map(str::to_owned) };
        assert_eq!(requester.pack(&request).await.expect("answered"), expected);
    }
}

#[tokio::test]
async fn the_correlation_id_is_no_header_argument() {
    let direct = Direct::default();
    assert_eq!(client::Requester::new(&direct).print("lamp").await.expect("answered"), "LAMP");
}

#[tokio::test]
async fn a_reply_without_a_required_header_is_an_error() {
    struct Bare;
    impl Transport for Bare {
        type Error = Infallible;
        async fn send(&self, _: Outbound) -> Result<(), Infallible> {
            Ok(())
        }
    }
    impl RequestReply for Bare {
        async fn request(&self, _: Request) -> Result<Inbound, Infallible> {
            Ok(Inbound::new(r#"{"number": "o1"}"#))
        }
    }
    let bare = client::Requester::new(Bare).order(&client::Order::new("lamp", 1)).await.expect_err("no trace");
    assert!(matches!(&bare, RequestError::Decode(why) if why.to_string().contains("trace")), "{bare:?}");
}
