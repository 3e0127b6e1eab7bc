//! Handlers and publishers: what decides which method is called.

use super::*;

struct Lamps(Arc<Notes>);

impl both_sides::Handler for Lamps {
    async fn on_lamp_switched(&self, event: both_sides::LampSwitched, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("switched {:?}", event.lamp));
        Ok(())
    }

    async fn on_lamps_lost(&self, event: i64, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("lost {event}"));
        Ok(())
    }

    async fn on_unknown(&self, event: UnknownEvent<'_>, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("unknown {:?}", event.name()));
        Ok(())
    }
}

#[tokio::test]
async fn the_address_decides_between_equal_payloads() {
    let notes = Arc::new(Notes::default());
    let dispatcher = both_sides::Dispatcher::new(Lamps(notes.clone()));
    let rows = [
        (Inbound::new(r#"{"lamp": "a"}"#).with_channel("lamps/switched"), r#"switched Some("a")"#),
        (Inbound::new("3").with_channel("lamps/lost"), "lost 3"),
        (Inbound::new("3").with_channel("lamps/switch"), r#"unknown Some("lamps/switch")"#),
        (Inbound::new("3"), "unknown None"),
    ];
    for (inbound, note) in rows {
        dispatched(&dispatcher, &inbound).await.expect("handled");
        assert_eq!(notes.take(), [note]);
    }
    let known = dispatcher.route(&Inbound::new("3").with_channel("lamps/lost")).expect("routed");
    assert_eq!(known, Route::Known("lamps/lost".to_owned()));
}

#[test]
fn a_dispatcher_lists_the_channels_that_it_receives_from() {
    let dispatcher = both_sides::Dispatcher::new(Lamps(Arc::default()));
    let addresses: Vec<&str> = dispatcher.subscriptions().iter().map(asyncapi_runtime::Subscription::address).collect();
    assert_eq!(addresses, ["lamps/switched", "lamps/lost"], "`lamps/switch` is sent, not received");
}

#[tokio::test]
async fn published_messages_have_channel_body_and_headers() {
    let kept = Kept::default();
    both_sides::Publisher::new(&kept).switch_lamp(&["a".to_owned()]).await.expect("sent");
    let pong = serde_json::Map::new();
    header_discriminator::Publisher::new(&kept).send_pong(&pong).await.expect("sent");
    let sent = kept.0.lock().expect("no thread panicked");
    assert_eq!((sent[0].channel(), sent[0].body().as_ref()), ("lamps/switch", br#"["a"]"#.as_slice()));
    assert_eq!((sent[1].channel(), sent[1].headers().get_str("x-event")), ("/other-hooks", Some("pong")));
}

#[tokio::test]
async fn one_side_handles_the_messages_that_the_other_publishes() {
    struct Application(Arc<Notes>);

    impl both_sides_application::Handler for Application {
        async fn report_lamp(&self, event: String, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(event);
            Ok(())
        }

        async fn switch_lamp(&self, event: Vec<String>, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(event.join(" "));
            Ok(())
        }
    }

    let kept = Kept::default();
    let publisher = both_sides::Publisher::new(&kept);
    publisher.report_lamp("lit").await.expect("sent");
    publisher.switch_lamp(&["a".to_owned(), "b".to_owned()]).await.expect("sent");
    let notes = Arc::new(Notes::default());
    let dispatcher = both_sides_application::Dispatcher::new(Application(notes.clone()));
    for outbound in kept.0.into_inner().expect("no thread panicked") {
        let (channel, headers, body) = outbound.into_parts();
        let inbound = Inbound::new(body).with_channel(channel).with_headers(headers);
        dispatched(&dispatcher, &inbound).await.expect("handled");
    }
    assert_eq!(notes.take(), ["lit", "a b"]);
}

#[tokio::test]
async fn the_discriminator_option_may_name_a_header() {
    struct Hooks(Arc<Notes>);

    impl header_discriminator::Handler for Hooks {
        async fn on_push(&self, event: header_discriminator::Push, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("push {:?}", event.r#ref));
            Ok(())
        }

        async fn on_ping(&self, event: Value, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("ping {event}"));
            Ok(())
        }
    }

    let notes = Arc::new(Notes::default());
    let dispatcher = header_discriminator::Dispatcher::new(Hooks(notes.clone()));
    let named =
        |name: &str, body: &'static str| Inbound::new(body).with_headers(Headers::from_iter([("x-event", name)]));
    for inbound in [named("push", r#"{"ref": "main"}"#), named("ping", "[1]")] {
        dispatched(&dispatcher, &inbound).await.expect("handled");
    }
    for inbound in [named("pong", "{}"), Inbound::new("{}")] {
        let error = dispatched(&dispatcher, &inbound).await.expect_err("the event has no method");
        let DispatchError::Handler(HandlerError::Unhandled { pointer }) = error else { panic!("{error}") };
        assert_eq!(pointer, None, "it is no payload that says the name");
    }
    assert_eq!(notes.take(), [r#"push Some("main")"#, "ping [1]"]);
}

#[tokio::test]
async fn operations_that_were_not_chosen_are_unknown_and_methods_may_be_left_out() {
    struct Chosen(Arc<Notes>);

    impl chosen_operations::Handler for Chosen {
        async fn on_a(&self, event: chosen_operations::Event, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(event.kind.to_string());
            Ok(())
        }

        async fn on_unhandled(&self, operation: &'static str, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("unhandled {operation}"));
            Ok(())
        }

        async fn on_unknown(&self, event: UnknownEvent<'_>, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(format!("unknown {:?}", event.name()));
            Ok(())
        }
    }

    let notes = Arc::new(Notes::default());
    let dispatcher = chosen_operations::Dispatcher::new(Chosen(notes.clone()));
    for body in [r#"{"kind": "a"}"#, r#"{"kind": "b"}"#, r#"{"kind": "c"}"#, r#"{"kind": "d"}"#] {
        dispatched(&dispatcher, &Inbound::new(body)).await.expect("handled");
    }
    assert_eq!(notes.take(), ["a", r#"unknown Some("b")"#, "unhandled onC", r#"unknown Some("d")"#]);
    let routes: BTreeMap<&str, Route> = ["a", "b", "d"]
        .into_iter()
        .map(|kind| (kind, dispatcher.route(&Inbound::new(format!(r#"{{"kind": "{kind}"}}"#))).expect("routed")))
        .collect();
    assert_eq!(routes["a"], Route::Known("a".to_owned()));
    assert_eq!(routes["b"], Route::Unknown(Some("b".to_owned())));
}

struct Frames(Arc<Notes>);

impl same_payload::Handler for Frames {
    async fn on_frame(&self, event: same_payload::OnFrameMessage, cx: &Context<'_>) -> Result<(), HandlerError> {
        let name = same_payload::event_name(cx.inbound())?;
        let variant = match event {
            same_payload::OnFrameMessage::Subscribed(_) => "subscribed",
            same_payload::OnFrameMessage::Unsubscribed(_) => "unsubscribed",
            same_payload::OnFrameMessage::Notice(_) => "notice",
        };
        self.0.note(format!("{variant} by {}", name.as_ref().map_or("nothing", same_payload::EventName::as_str)));
        Ok(())
    }
}

#[tokio::test]
async fn messages_with_one_payload_are_selected_by_their_names() {
    let notes = Arc::new(Notes::default());
    let dispatcher = same_payload::Dispatcher::new(Frames(notes.clone()));
    for name in ["subscribed", "unsubscribed", "notice"] {
        let inbound = Inbound::new(json!({"type": name, "stream": "prices"}).to_string());
        dispatched(&dispatcher, &inbound).await.expect("handled");
        assert_eq!(notes.take(), [format!("{name} by {name}")]);
    }
}
