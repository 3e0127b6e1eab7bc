//! Replies that differ in more than their JSON, and replies by channels with parameters: the handler's side against
//! the requester's.

use std::convert::Infallible;

use asyncapi_runtime::RequestReply;
use asyncapi_runtime::request::{Reply, ReplyTo, Request};

use super::replies::arrived;
use super::*;

/// Brings each request to a dispatcher, and what it replies back.
struct Direct<F>(F);

impl<F: Send + Sync> Transport for Direct<F> {
    type Error = Infallible;

    async fn send(&self, _: Outbound) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<F: Fn(Inbound) -> Answered + Send + Sync> RequestReply for Direct<F> {
    async fn request(&self, request: Request) -> Result<Inbound, Infallible> {
        let reply = (self.0)(arrived(request.outbound("inbox"))).await;
        assert_eq!(request.reply_address().unwrap_or("inbox"), reply.channel());
        let inbound = arrived(reply);
        assert!(request.is_answered_by(&inbound));
        Ok(inbound)
    }
}

type Answered = std::pin::Pin<Box<dyn Future<Output = Outbound> + Send>>;

/// What a dispatcher replies to a message.
async fn replied(dispatcher: &impl Dispatch, kept: &Kept, inbound: Inbound) -> Outbound {
    dispatched(dispatcher, &inbound).await.expect("handled");
    kept.0.lock().expect("no thread panicked").pop().expect("a reply")
}

mod mixed {
    use super::super::{reply_mixed as application, reply_mixed_client as client};
    use super::*;

    struct Archive;

    impl application::Handler for Archive {
        async fn fetch(
            &self,
            event: application::Fetch,
            _: &Context<'_>,
        ) -> Result<application::FetchReplyMessage, HandlerError> {
            Ok(match event.name.as_str() {
                "file" => application::FetchReplyMessage::File(b"{}".to_vec()),
                "note" => application::FetchReplyMessage::Note("7".to_owned()),
                "moved" => application::FetchReplyMessage::Moved(application::Moved::new("attic")),
                _ => application::FetchReplyMessage::Missing(application::Missing::new("gone")),
            })
        }

        async fn scan(
            &self,
            event: application::Scan,
            _: &Context<'_>,
        ) -> Result<application::ScanReplyMessage, HandlerError> {
            let headers = application::PngHeaders { width: event.dots };
            Ok(match event.dots {
                Some(_) => application::ScanReplyMessage::Png(Reply::new(vec![137, 80], headers)),
                None => application::ScanReplyMessage::Failed(application::Failed::new(3)),
            })
        }
    }

    fn direct() -> impl RequestReply<Error = Infallible> {
        Direct(|inbound| -> Answered {
            Box::pin(async {
                let kept = Kept::default();
                replied(&application::Dispatcher::new(Archive, &kept), &kept, inbound).await
            })
        })
    }

    #[tokio::test]
    async fn the_content_type_says_which_reply_it_is_whatever_it_looks_like() {
        let requester = client::Requester::new(direct());
        for (name, expected) in [
            ("file", client::FetchReplyMessage::File(b"{}".to_vec())),
            ("note", client::FetchReplyMessage::Note("7".to_owned())),
            ("moved", client::FetchReplyMessage::Moved(client::Moved::new("attic"))),
            ("missing", client::FetchReplyMessage::Missing(client::Missing::new("gone"))),
        ] {
            assert_eq!(requester.fetch(&client::Fetch::new(name)).await.expect("answered"), expected);
        }
        let scanned = requester.scan(&client::Scan { dots: Some(300) }).await.expect("answered");
        let headers = client::PngHeaders { width: Some(300) };
        assert_eq!(scanned, client::ScanReplyMessage::Png(Reply::new(vec![137, 80], headers)));
        let failed = requester.scan(&client::Scan::default()).await.expect("answered");
        assert_eq!(failed, client::ScanReplyMessage::Failed(client::Failed::new(3)));
    }

    /// Replies with this, and no content type.
    fn bare(body: &'static [u8]) -> impl RequestReply<Error = Infallible> {
        Direct(move |inbound: Inbound| -> Answered {
            let id = inbound.peek_id("/id").ok().flatten();
            let address = if id.is_some() { "archive/documents" } else { "archive/pictures" };
            let reply = Outbound::new(address, body).with_header("id", id.unwrap_or_default());
            Box::pin(async move { reply })
        })
    }

    #[tokio::test]
    async fn without_a_content_type_the_reply_is_what_it_looks_like() {
        for (body, expected) in [
            (&br#"{"reason": "gone"}"#[..], Some(client::FetchReplyMessage::Missing(client::Missing::new("gone")))),
            (b"a note", Some(client::FetchReplyMessage::Note("a note".to_owned()))),
            (&[255, 0], Some(client::FetchReplyMessage::File(vec![255, 0]))),
            (b"[1]", None),
        ] {
            assert_eq!(client::Requester::new(bare(body)).fetch(&client::Fetch::new("x")).await.ok(), expected);
        }
        let failed = client::Requester::new(bare(br#"{"code": 3}"#)).scan(&client::Scan::default()).await;
        assert_eq!(failed.expect("answered"), client::ScanReplyMessage::Failed(client::Failed::new(3)));
        let either = client::Requester::new(bare(&[255, 0])).scan(&client::Scan::default()).await;
        assert!(either.expect_err("one of two pictures").to_string().contains("could not be decoded"));
    }
}

mod channels {
    use super::super::{reply_channels as application, reply_channels_client as client};
    use super::*;

    struct Lamps;

    impl application::Handler for Lamps {
        async fn switch(
            &self,
            event: application::Switch,
            cx: &Context<'_>,
        ) -> Result<ReplyTo<application::channels::Results, application::Switched>, HandlerError> {
            let asked: application::channels::Commands =
                cx.channel().unwrap_or_default().parse().map_err(HandlerError::reject)?;
            let channel = application::channels::Results { lamp: asked.lamp, level: application::ResultsLevel::Good };
            Ok(ReplyTo::new(channel, application::Switched::new(event.on)))
        }

        async fn question(
            &self,
            event: application::Question,
            _: &Context<'_>,
        ) -> Result<ReplyTo<application::channels::Answers, Reply<String, application::AnswerHeaders>>, HandlerError>
        {
            let lamp = event.lamp.ok_or_else(|| HandlerError::reject("which lamp?"))?;
            let reply = Reply::new("on".to_owned(), application::AnswerHeaders::new(7));
            Ok(ReplyTo::new(application::channels::Answers { lamp }, reply))
        }

        async fn report(
            &self,
            _: application::Report,
            _: &Context<'_>,
        ) -> Result<Reply<String, application::AnswerHeaders>, HandlerError> {
            Ok(Reply::new("all on".to_owned(), application::AnswerHeaders::new(0)))
        }
    }

    fn direct() -> impl RequestReply<Error = Infallible> {
        Direct(|inbound| -> Answered {
            Box::pin(async {
                let kept = Kept::default();
                replied(&application::Dispatcher::new(Lamps, &kept), &kept, inbound).await
            })
        })
    }

    #[tokio::test]
    async fn both_sides_give_the_parameters_of_the_channel_of_replies() {
        let requester = client::Requester::new(direct());
        let commands = client::channels::Commands { lamp: "hall".to_owned() };
        let results = client::channels::Results { lamp: "hall".to_owned(), level: client::ResultsLevel::Good };
        let switched = requester.switch(&commands, &client::Switch::new(true), &results).await.expect("answered");
        assert!(switched.done);
        let answers = client::channels::Answers { lamp: "hall".to_owned() };
        let question = client::Question { lamp: Some("hall".to_owned()), answer_to: None };
        let answer = requester.question(&question, &answers).await.expect("answered");
        assert_eq!(answer, Reply::new("on".to_owned(), client::AnswerHeaders::new(7)));
    }

    #[tokio::test]
    async fn an_address_in_the_request_decides() {
        let report = client::Requester::new(direct()).report(&client::Report::default()).await.expect("answered");
        assert_eq!(report.payload, "all on");
    }
}
