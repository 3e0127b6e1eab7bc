//! Messages that are more than a payload: headers, ids, alternatives, replies, other languages.

use super::*;

#[tokio::test]
async fn headers_and_correlation_ids_are_typed() {
    struct Streets(Arc<Notes>);

    impl version_3::Handler for Streets {
        async fn on_measured(&self, event: version_3::Measured, cx: &Context<'_>) -> Result<(), HandlerError> {
            let headers: version_3::MeasuredHeaders = cx.headers().decode()?;
            let id = version_3::correlation_ids::measured(cx.inbound())?;
            self.0.note(format!("{:?} {:?} {:?} {id:?}", event.lumens, headers.trace, headers.lamp));
            Ok(())
        }

        async fn on_done(&self, event: String, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(event);
            Ok(())
        }
    }

    let notes = Arc::new(Notes::default());
    let dispatcher = version_3::Dispatcher::new(Streets(notes.clone()));
    let measured = Inbound::new(r#"{"lumens": 1.5}"#)
        .with_channel("streets/main/lamps/first/measured")
        .with_headers(Headers::from_iter([("Trace", "t1"), ("lamp", "7")]));
    dispatched(&dispatcher, &measured).await.expect("handled");
    dispatched(&dispatcher, &Inbound::new(r#""done""#).with_channel("replies")).await.expect("handled");
    assert_eq!(notes.take(), [r#"Some(1.5) Some("t1") Some(7) Some("t1")"#, "done"]);

    let kept = Kept::default();
    let headers = version_3::AlarmHeaders { level: 3, by: None };
    let alarm = version_3::Alarm { order: Some("o1".to_owned()) };
    version_3::Publisher::new(&kept).alarm(&alarm, &headers).await.expect("sent");
    let sent = kept.0.lock().expect("no thread panicked");
    assert_eq!((sent[0].headers().get_str("level"), sent[0].headers().get_str("by")), (Some("3"), None));
    let id = version_3::correlation_ids::alarm(&Inbound::new(sent[0].body().clone()));
    assert_eq!(id.ok().flatten().as_deref(), Some("o1"));
}

/// Notes what it gets of the fixture `several-messages`.
struct Socket(Arc<Notes>);

impl several_messages::Handler for Socket {
    async fn on_frame(&self, event: several_messages::OnFrameMessage, _: &Context<'_>) -> Result<(), HandlerError> {
        use several_messages::OnFrameMessage;

        self.0.note(match event {
            OnFrameMessage::Hello(hello) => format!("hello {:?}", hello.id),
            OnFrameMessage::Bye(_) => "bye".to_owned(),
            other => format!("other {other:?}"),
        });
        Ok(())
    }

    async fn on_shape(&self, event: several_messages::OnShapeMessage, _: &Context<'_>) -> Result<(), HandlerError> {
        use several_messages::OnShapeMessage;

        self.0.note(match event {
            OnShapeMessage::Circle(circle) => format!("circle {}", circle.radius),
            OnShapeMessage::Point(_) => "point".to_owned(),
            OnShapeMessage::Other(other) => format!("other {other}"),
        });
        Ok(())
    }
}

#[tokio::test]
async fn several_messages_of_one_operation_are_one_type() {
    let notes = Arc::new(Notes::default());
    let dispatcher = several_messages::Dispatcher::new(Socket(notes.clone()));
    for body in [r#"{"event": "hello", "id": 1}"#, r#"{"event": "bye"}"#, r#"{"event": "again"}"#] {
        dispatched(&dispatcher, &Inbound::new(body).with_channel("/socket")).await.expect("handled");
    }
    let notes = notes.take();
    assert_eq!(notes[..2], ["hello Some(1)", "bye"]);
    assert!(notes[2].starts_with("other Unknown"));
}

#[tokio::test]
async fn a_message_without_payload_is_one_of_several_messages() {
    let notes = Arc::new(Notes::default());
    let dispatcher = several_messages::Dispatcher::new(Socket(notes.clone()));
    for body in [r#"{"radius": 1.5}"#, r#"{"x": 1}"#, r#"["anything"]"#] {
        dispatched(&dispatcher, &Inbound::new(body).with_channel("/shapes")).await.expect("handled");
    }
    assert_eq!(notes.take(), ["circle 1.5", "point", r#"other ["anything"]"#]);
}

#[tokio::test]
async fn operations_of_one_address_are_selected_by_payload() {
    struct Socket(Arc<Notes>);

    impl several_operations::Handler for Socket {
        async fn on_opened(&self, event: several_operations::Opened, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("opened {}", event.opened));
            Ok(())
        }

        async fn on_closed(&self, event: several_operations::Closed, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("closed {}", event.reason));
            Ok(())
        }
    }

    let notes = Arc::new(Notes::default());
    let dispatcher = several_operations::Dispatcher::new(Socket(notes.clone()));
    for body in [r#"{"opened": "now"}"#, r#"{"closed": "now", "reason": "late"}"#] {
        dispatched(&dispatcher, &Inbound::new(body).with_channel("/")).await.expect("handled");
    }
    assert_eq!(notes.take(), ["opened now", "closed late"]);
    let undecodable = Inbound::new("{}").with_channel("/");
    assert!(matches!(dispatched(&dispatcher, &undecodable).await, Err(DispatchError::Undecodable(_))));
}

#[tokio::test]
async fn a_text_payload_is_a_string_also_by_reference() {
    struct Notebook(Arc<Notes>);

    impl plain_texts::Handler for Notebook {
        async fn on_jotted(&self, event: String, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("jotted {event}"));
            Ok(())
        }

        async fn on_note(&self, event: String, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("noted {event}"));
            Ok(())
        }

        async fn on_question(&self, event: String, _: &Context<'_>) -> Result<String, HandlerError> {
            Ok(event.replace('?', "!"))
        }
    }

    let (notes, kept) = (Arc::new(Notes::default()), Kept::default());
    let dispatcher = plain_texts::Dispatcher::new(Notebook(notes.clone()), &kept);
    for channel in ["inline", "referred", "asked"] {
        let headers = Headers::from_iter([("content-type", "text/plain")]);
        let inbound = Inbound::new("so?").with_channel(channel).with_headers(headers);
        dispatched(&dispatcher, &inbound).await.expect("handled");
    }
    assert_eq!(notes.take(), ["jotted so?", "noted so?"]);
    let sent = kept.0.lock().expect("no thread panicked");
    assert_eq!((sent[0].channel(), sent[0].body().as_ref()), ("answered", "so!".as_bytes()));
    assert_eq!(sent[0].headers().get_str("content-type"), Some("text/plain"));
}

#[tokio::test]
async fn a_payload_that_is_not_json_is_bytes() {
    struct Xml(Arc<Notes>);

    impl content_types::Handler for Xml {
        async fn on_xml(&self, event: Vec<u8>, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(String::from_utf8_lossy(&event).into_owned());
            Ok(())
        }

        async fn on_json(&self, event: content_types::Json, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("{:?}", event.a));
            Ok(())
        }
    }

    let notes = Arc::new(Notes::default());
    let dispatcher = content_types::Dispatcher::new(Xml(notes.clone()));
    dispatched(&dispatcher, &Inbound::new("<a/>").with_channel("xml")).await.expect("handled");
    dispatched(&dispatcher, &Inbound::new(r#"{"a": "b"}"#).with_channel("json")).await.expect("handled");
    assert_eq!(notes.take(), ["<a/>", r#"Some("b")"#]);
    let kept = Kept::default();
    content_types::Publisher::new(&kept).send_xml(b"<b/>").await.expect("sent");
    let sent = kept.0.lock().expect("no thread panicked");
    assert_eq!(sent[0].body().as_ref(), b"<b/>");
    assert_eq!(sent[0].headers().get_str("content-type"), Some("application/xml"));
    assert_eq!(content_types::EventName::Sent.content_type(), Some("application/xml"));
    assert_eq!(content_types::EventName::from("new".to_owned()).content_type(), None);
}

#[tokio::test]
async fn replies_go_to_the_address_in_the_request_with_its_correlation_id() {
    use request_reply::{Add, AddReplyMessage, Ask, Failure, Sum};

    struct Calculator;

    impl request_reply::Handler for Calculator {
        async fn add(&self, event: Add, _: &Context<'_>) -> Result<AddReplyMessage, HandlerError> {
            Ok(match event.a.checked_add(event.b) {
                Some(sum) => AddReplyMessage::Sum(Sum { sum }),
                None => AddReplyMessage::Failure(Failure { error: "too large".to_owned() }),
            })
        }

        async fn ask(&self, _: Ask, _: &Context<'_>) -> Result<String, HandlerError> {
            Ok("fine".to_owned())
        }

        async fn check(
            &self,
            _: request_reply::Check,
            _: &Context<'_>,
        ) -> Result<request_reply::Checked, HandlerError> {
            Err(HandlerError::reject("a publisher has no handler"))
        }

        async fn lost(&self, _: String, _: &Context<'_>) -> Result<(), HandlerError> {
            Ok(())
        }
    }

    let kept = Kept::default();
    let dispatcher = request_reply::Dispatcher::new(Calculator, &kept);
    let request = |body: &'static str, headers: &[(&str, &str)], channel: &str| {
        Inbound::new(body).with_channel(channel).with_headers(headers.iter().copied().collect())
    };
    let answered = [
        request(r#"{"a": 1, "b": 2}"#, &[("replyTo", "inbox/7"), ("request", "r1")], "calculator/requests"),
        request(r#"{"replyTo": "inbox/8"}"#, &[], "calculator/status"),
        request("{}", &[], "calculator/status"),
        request(r#""x""#, &[], "calculator/lost"),
    ];
    for inbound in answered {
        dispatched(&dispatcher, &inbound).await.expect("handled");
    }
    let nowhere = request(r#"{"a": 1, "b": 2}"#, &[], "calculator/requests");
    assert!(matches!(dispatched(&dispatcher, &nowhere).await, Err(DispatchError::Handler(HandlerError::Reject(_)))));
    let sent = kept.0.lock().expect("no thread panicked");
    let replies: Vec<(&str, &[u8], Option<&str>)> =
        sent.iter().map(|sent| (sent.channel(), sent.body().as_ref(), sent.headers().get_str("answers"))).collect();
    let expected: [(&str, &[u8], Option<&str>); 3] = [
        ("inbox/7", br#"{"sum":3}"#, Some("r1")),
        ("inbox/8", br#""fine""#, None),
        ("calculator/log", br#""fine""#, None),
    ];
    assert_eq!(replies, expected);
}

#[tokio::test]
async fn several_messages_are_sent_with_their_headers_and_by_their_names() {
    use several_headers::{Cancelled, CancelledHeaders, Publisher, SendOrderMessage};

    let kept = Kept::default();
    let cancelled = SendOrderMessage::Cancelled(Cancelled::default());
    let headers = Headers::encode(&CancelledHeaders { reason: "late".to_owned() }).expect("headers");
    Publisher::new(&kept).send_order(&cancelled, &headers).await.expect("sent");
    let sent = kept.0.lock().expect("no thread panicked").remove(0);
    assert_eq!(sent.headers().get_str("X-Event"), Some("order.cancelled"));
    assert_eq!(sent.headers().get_str("reason"), Some("late"));
}

#[test]
fn examples_are_constants_that_their_types_read() {
    use examples_held::examples::{SWITCHED_HEADERS, SWITCHED_THE_HALL, SWITCHED_THE_HALL_HEADERS};

    let lamp: examples_held::Lamp = serde_json::from_str(SWITCHED_THE_HALL).expect("a payload");
    assert_eq!((lamp.lamp.as_str(), lamp.state), ("hall", Some(examples_held::LampState::On)));
    let headers: examples_held::Tracing = serde_json::from_str(SWITCHED_THE_HALL_HEADERS).expect("headers");
    assert_eq!((headers.trace.as_str(), headers.hops), ("t1", Some(2)));
    assert_eq!(serde_json::from_str::<examples_held::Tracing>(SWITCHED_HEADERS).expect("headers alone").trace, "t2");
}
