//! What decides which handler an event reaches: its address, a header, a property, or the shape of its payload.

use super::*;

struct Orders(Arc<Notes>);

impl routing_addresses::Handler for Orders {
    async fn on_paid(&self, event: routing_addresses::Order, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("paid {}", event.id.unwrap_or_default()));
        Ok(())
    }

    async fn on_shipped(&self, event: routing_addresses::Order, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("shipped {}", event.id.unwrap_or_default()));
        Ok(())
    }
}

#[tokio::test]
async fn an_address_decides_before_a_property() {
    let notes = Arc::new(Notes::default());
    let dispatcher = routing_addresses::Dispatcher::new(Orders(notes.clone()));
    for (address, previous) in [("paid", "shipped"), ("shipped", "paid"), ("shipped", "new")] {
        let body = json!({"id": "o1", "previous": previous}).to_string();
        let inbound = Inbound::new(body).with_channel(format!("orders/{address}"));
        dispatched(&dispatcher, &inbound).await.expect("handled");
        assert_eq!(notes.take(), [format!("{address} o1")]);
        assert_eq!(dispatcher.route(&inbound).expect("routed"), Route::Known(address.to_owned()));
    }
}

/// The handler notes which method was called, with which variant.
macro_rules! noting {
    ($module:ident: $($method:ident($ty:ty) $(-> $reply:expr, $answer:ty)?;)*) => {
        impl $module::Handler for Noting {
            $(
                #[allow(unused_variables, unreachable_code)]
                async fn $method(&self, event: $ty, _: &Context<'_>) -> Result<noting!(@ $($answer)?), HandlerError> {
                    self.0.note(format!("{} {event:?}", stringify!($method)));
                    Ok(noting!(@@ $($reply)?))
                }
            )*

            async fn on_unknown(&self, event: UnknownEvent<'_>, _: &Context<'_>) -> Result<(), HandlerError> {
                self.0.note(format!("unknown {:?}", event.name()));
                Ok(())
            }
        }
    };
    (@) => { () };
    (@ $answer:ty) => { $answer };
    (@@) => { () };
    (@@ $reply:expr) => { $reply };
}

struct Noting(Arc<Notes>);

noting! {
    routing_operations:
    on_note(routing_operations::Note);
    on_order(routing_operations::Order);
    on_opened(routing_operations::Opened);
    on_closed(routing_operations::Closed);
    on_hello(routing_operations::Hello);
    on_beat(routing_operations::Beat);
    on_on(routing_operations::State);
    on_off(routing_operations::State);
    ping(routing_operations::Ping) -> "pong".to_owned(), String;
    add(routing_operations::Sum) -> 3, i64;
    on_machine(routing_operations::OnMachineMessage);
    on_stopped(routing_operations::Stopped);
    on_again(routing_operations::Stopped);
    on_paused(routing_operations::Paused);
}

noting! {
    routing_headers:
    on_user(routing_headers::OnUserMessage);
    on_renamed(routing_headers::Renamed);
    on_count(routing_headers::OnCountMessage);
}

noting! {
    routing_templates:
    on_lamp(String);
    on_door(String);
    on_any(String);
    on_level(String);
    on_ten(String);
    on_hall(String);
    on_room(String);
    on_x(routing_templates::X);
    on_y(routing_templates::Y);
    on_up(String);
    on_set(String);
    on_glued(String);
}

noting! {
    routing_names:
    on_door(routing_names::OnDoorMessage);
    on_lamp(routing_names::Event);
}

noting! {
    mixed_payloads:
    on_upload(mixed_payloads::OnUploadMessage);
    on_picture(mixed_payloads::OnPictureMessage);
    on_line(String);
}

noting! {
    routing_unlisted:
    on_push(routing_unlisted::Push);
    on_ping(routing_unlisted::Ping);
    on_lamp(routing_unlisted::OnLampMessage);
    on_file(routing_unlisted::OnFileMessage);
    on_book(routing_unlisted::OnBookMessage);
}

noting! {
    routing_wildcards:
    on_state(String);
    on_any(String);
    on_order(String);
    on_paid(String);
    on_quay(String);
}

/// Dispatches, and says what the handler noted and what the event is called.
async fn note_and_route(dispatcher: &dyn Dispatch, notes: &Notes, inbound: &Inbound) -> (String, Route) {
    dispatched(dispatcher, inbound).await.expect("handled");
    (notes.take().join(", "), dispatcher.route(inbound).expect("routed"))
}

#[tokio::test]
async fn operations_of_one_channel_are_selected_by_constants() {
    let (notes, kept) = (Arc::new(Notes::default()), Kept::default());
    let dispatcher = routing_operations::Dispatcher::new(Noting(notes.clone()), &kept);
    let rows = [
        ("shapes", r#"{"id": "1"}"#, "on_order", Some("order")),
        ("shapes", r#"{"id": "1", "note": "n"}"#, "on_order", Some("order")),
        ("shapes", r#"{"note": "n"}"#, "on_note", Some("note")),
        ("shapes", "{}", "on_note", Some("note")),
        ("kinds", r#"{"kind": "closed"}"#, "on_closed", Some("closed")),
        ("kinds", r#"{"kind": "opened"}"#, "on_opened", Some("opened")),
        ("kinds", r#"{"kind": "torn"}"#, r#"unknown Some("torn")"#, None),
        ("codes", r#"{"op": 11}"#, "on_beat", Some("beat")),
        ("codes", r#"{"op": 10}"#, "on_hello", Some("hello")),
        ("codes", r#"{"op": 12}"#, r#"unknown Some("12")"#, None),
        ("states", r#"{"state": "off"}"#, "on_off", Some("off")),
        ("states", r#"{"state": "on"}"#, "on_on", Some("on")),
        ("requests", r#"{"a": 1, "b": 2}"#, "add", Some("sum")),
        ("requests", "{}", "ping", Some("ping")),
        ("shared", r#"{"started": "s"}"#, "on_machine Started", Some("started")),
        ("shared", r#"{"stopped": "s"}"#, "on_stopped", Some("stopped")),
    ];
    for (channel, body, method, name) in rows {
        let inbound = Inbound::new(body).with_channel(channel);
        let (noted, route) = note_and_route(&dispatcher, &notes, &inbound).await;
        assert!(noted.starts_with(method), "{channel} {body}: {noted}");
        assert_eq!(matches!(route, Route::Known(_)).then(|| route.name()).flatten(), name, "{channel} {body}");
    }
    let sent = std::mem::take(&mut *kept.0.lock().expect("no thread panicked"));
    let sent: Vec<&[u8]> = sent.iter().map(|outbound| outbound.body().as_ref()).collect();
    assert_eq!(sent, [b"3".as_slice(), br#""pong""#]);
    let undecodable = Inbound::new("[]").with_channel("shapes");
    assert!(matches!(dispatched(&dispatcher, &undecodable).await, Err(DispatchError::Undecodable(_))));
}

#[tokio::test]
async fn headers_select_between_messages_of_one_payload() {
    let notes = Arc::new(Notes::default());
    let dispatcher = routing_headers::Dispatcher::new(Noting(notes.clone()));
    let rows = [
        ("users", "kind", "created", "{}", "on_user Created", Some("created")),
        ("users", "Kind", "erased", "{}", "on_user Removed", Some("removed")),
        ("users", "Kind", "renamed", r#"{"name": "n"}"#, "on_renamed", Some("renamed")),
        ("users", "Kind", "lost", "{}", r#"unknown Some("lost")"#, None),
        ("users", "other", "created", "{}", "unknown None", None),
        ("counts", "version", "2", r#"{"part": 1}"#, "on_count Part", Some("part")),
        ("counts", "version", "1", r#"{"total": 1}"#, "on_count Total", Some("total")),
        // Not every transport has headers, and these payloads tell, too.
        ("counts", "other", "", r#"{"part": 1}"#, "on_count Part", Some("part")),
        ("counts", "other", "", r#"{"total": 1}"#, "on_count Total", Some("total")),
    ];
    for (channel, header, value, body, method, name) in rows {
        let headers = Headers::from_iter([(header, value)]);
        let inbound = Inbound::new(body).with_channel(channel).with_headers(headers);
        let (noted, route) = note_and_route(&dispatcher, &notes, &inbound).await;
        assert!(noted.starts_with(method), "{channel} {header} {value} {body}: {noted}");
        assert_eq!(matches!(route, Route::Known(_)).then(|| route.name()).flatten(), name, "{channel} {value} {body}");
    }
}

#[tokio::test]
async fn an_unlisted_value_is_an_unknown_event_and_absence_is_not() {
    let notes = Arc::new(Notes::default());
    let dispatcher = routing_unlisted::Dispatcher::new(Noting(notes.clone()));
    let star = r#"unknown Some("star")"#;
    let rows = [
        (None, Some(("X-Event", "push")), r#"{"ref": "main"}"#, "on_push"),
        (None, Some(("X-Event", "star")), r#"{"ref": "main"}"#, star),
        (None, None, r#"{"ref": "main"}"#, "on_push"),
        (Some("hook"), None, r#"{"zen": "z"}"#, "on_ping"),
        (Some("lamps"), Some(("kind", "dark")), r#"{"lamp": "l"}"#, "on_lamp Dark"),
        (Some("lamps"), Some(("kind", "star")), r#"{"lamp": "l"}"#, star),
        (Some("lamps"), Some(("kind", "star")), r#"{"level": 1}"#, star),
        (Some("lamps"), None, r#"{"level": 1}"#, "on_lamp Level"),
        (Some("files"), Some(("content-type", "image/png")), "not JSON", "on_file Image"),
        (Some("files"), Some(("content-type", "application/json; charset=utf-8")), r#"{"size": 1}"#, "on_file Sized"),
        (Some("files"), Some(("content-type", "text/csv")), "a,b", r#"unknown Some("text/csv")"#),
        (Some("books"), None, r#"{"events": [{"type": "update"}]}"#, "on_book Update"),
        (Some("books"), None, r#"{"events": [{"type": "snapshot"}]}"#, "on_book Snapshot"),
        (Some("shelf"), None, "{}", r#"unknown Some("shelf")"#),
    ];
    for (channel, header, body, method) in rows {
        let inbound = Inbound::new(body).with_headers(Headers::from_iter(header));
        let inbound = channel.into_iter().fold(inbound, Inbound::with_channel);
        let (noted, route) = note_and_route(&dispatcher, &notes, &inbound).await;
        assert!(noted.starts_with(method), "{channel:?} {header:?} {body}: {noted}");
        assert_eq!(
            matches!(route, Route::Unknown(_)),
            method.starts_with("unknown"),
            "{channel:?} {header:?}: {route:?}"
        );
    }
}

#[tokio::test]
async fn wildcards_match_as_their_protocol_does() {
    let notes = Arc::new(Notes::default());
    let dispatcher = routing_wildcards::Dispatcher::new(Noting(notes.clone()));
    for (channel, method) in [
        ("lamps/l1/state", "on_state"),
        ("lamps/l1/state/a/b", "on_any"),
        ("lamps/l1/states/a", "unknown"),
        ("lamps/l1/l2/state", "unknown"),
        ("orders.o1.paid", "on_paid"),
        ("orders.o1", "on_order"),
        ("orders.o1.paid.late", "on_order"),
        ("orders", "unknown"),
        ("quay.q1", "unknown"),
        ("quay.#", "on_quay"),
    ] {
        let inbound = Inbound::new(r#""on""#).with_channel(channel);
        let (noted, _) = note_and_route(&dispatcher, &notes, &inbound).await;
        assert!(noted.starts_with(method), "{channel}: {noted}");
    }
    let address: routing_wildcards::channels::LampsLampState = "lamps/l1/state/a/b".parse().expect("an address");
    assert_eq!((address.lamp.as_str(), address.levels.as_str()), ("l1", "a/b"));
    assert_eq!(address.to_string(), "lamps/l1/state/a/b");
    let none = routing_wildcards::channels::LampsLampState { levels: String::new(), ..address };
    assert_eq!((none.to_string().as_str(), "lamps/l1/state".parse()), ("lamps/l1/state", Ok(none)));
}

#[tokio::test]
async fn more_specific_addresses_come_first() {
    let notes = Arc::new(Notes::default());
    let dispatcher = routing_templates::Dispatcher::new(Noting(notes.clone()));
    let rows = [
        ("d/bulb", r#""""#, "on_lamp"),
        ("d/back", r#""""#, "on_door"),
        ("d/roof", r#""""#, "on_any"),
        ("l/low", r#""""#, "on_level"),
        ("l/20", r#""""#, "on_ten"),
        ("l/other", r#""""#, "unknown"),
        ("r/hall/1", r#""""#, "on_hall"),
        ("r/attic/1", r#""""#, "on_room"),
        ("s/1/2", r#"{"x": "1"}"#, "on_x"),
        ("s/1/2", r#"{"y": 1}"#, "on_y"),
        ("devices/dev-1-a/up", r#""""#, "on_up"),
        ("mm7/set", r#""""#, "on_set"),
        ("g/ab", r#""""#, "on_glued"),
        ("g/a", r#""""#, "unknown"),
    ];
    for (address, body, method) in rows {
        let inbound = Inbound::new(body).with_channel(address);
        let (noted, _) = note_and_route(&dispatcher, &notes, &inbound).await;
        assert!(noted.starts_with(method), "{address}: {noted}");
    }
}

#[test]
fn address_parameters_are_enums() {
    use routing_templates::channels::{Devices, Glued, Joined};
    use routing_templates::{DevicesSub, JoinedUnit};

    for (id, sub) in [("dev-1", DevicesSub::A), ("dev", DevicesSub::AB), ("dev", DevicesSub::Unknown("x".to_owned()))] {
        let device = Devices { id: id.to_owned(), sub };
        assert_eq!(device.to_string().parse::<Devices>().as_ref(), Ok(&device));
    }
    let joined: Joined = "m7/set".parse().expect("an address");
    assert_eq!((joined.unit, joined.number.as_str()), (JoinedUnit::M, "7"));
    let glued: Glued = "g/abc".parse().expect("an address");
    assert_eq!((glued.first.as_str(), glued.second.as_str()), ("a", "bc"));
}

#[tokio::test]
async fn one_operation_may_have_json_texts_and_bytes() {
    let notes = Arc::new(Notes::default());
    let dispatcher = mixed_payloads::Dispatcher::new(Noting(notes.clone()));
    let rows = [
        ("uploads", "", br#"{"type": "foo"}"#.as_slice(), "on_upload Foo", Some("foo")),
        ("uploads", "application/json", br#"{"type": "bar"}"#, "on_upload Bar", Some("bar")),
        ("uploads", "Text/Plain; charset=utf-8", br#"{"type": "bar"}"#, "on_upload Note", Some("note")),
        ("uploads", "", b"a note", r#"on_upload Note("a note")"#, Some("note")),
        ("uploads", "", b"\xff\x00", "on_upload Blob", Some("blob")),
        ("pictures", "image/jpeg", b"\xff\xd8", "on_picture Jpeg", Some("jpeg")),
        ("pictures", "image/png", b"\x89PNG", "on_picture Png", Some("png")),
        ("pictures", "application/json", br#"{"text": "t"}"#, "on_picture Caption", Some("caption")),
        ("pictures", "image/gif", b"GIF", r#"unknown Some("image/gif")"#, None),
        ("lines", "text/plain", "ligne à ligne".as_bytes(), r#"on_line "ligne à ligne""#, Some("line")),
    ];
    for (channel, content_type, body, method, name) in rows {
        let headers = [("content-type", content_type)].into_iter().filter(|(_, value)| !value.is_empty());
        let inbound = Inbound::new(body.to_vec()).with_channel(channel).with_headers(headers.collect());
        let (noted, route) = note_and_route(&dispatcher, &notes, &inbound).await;
        assert!(noted.starts_with(method), "{channel} {content_type}: {noted}");
        assert_eq!(matches!(route, Route::Known(_)).then(|| route.name()).flatten(), name, "{channel} {content_type}");
    }
    let torn = Inbound::new(r#"{"type": "baz"}"#).with_channel("uploads");
    assert!(matches!(dispatched(&dispatcher, &torn).await, Err(DispatchError::Undecodable(_))), "JSON is no note");
    let said = [("content-type", "application/json")].into_iter().collect();
    let cut = Inbound::new(r#"{"type": "fo"#).with_channel("uploads").with_headers(said);
    assert!(dispatcher.route(&cut).is_err(), "what is said to be JSON is no note, though it is cut off");
    assert!(matches!(dispatched(&dispatcher, &cut).await, Err(DispatchError::Undecodable(_))));
}

#[tokio::test]
async fn each_message_is_sent_with_its_own_content_type() {
    use mixed_payloads::{Order, Publisher, SendUploadMessage};

    let kept = Kept::default();
    let publisher = Publisher::new(&kept);
    for event in [
        SendUploadMessage::Order(Order::new("o1")),
        SendUploadMessage::Remark("r".to_owned()),
        SendUploadMessage::Xml(b"<x/>".to_vec()),
    ] {
        publisher.send_upload(&event).await.expect("sent");
    }
    publisher.send_line("l").await.expect("sent");
    let sent = kept.0.lock().expect("no thread panicked");
    let sent: Vec<(&[u8], Option<&str>)> =
        sent.iter().map(|outbound| (outbound.body().as_ref(), outbound.headers().get_str("content-type"))).collect();
    let expected: [(&[u8], _); 4] = [
        (br#"{"id":"o1"}"#, Some("application/json")),
        (b"r", Some("text/plain")),
        (b"<x/>", Some("application/xml")),
        (b"l", Some("text/plain")),
    ];
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_property_with_constants_routes_events_of_one_address() {
    let notes = Arc::new(Notes::default());
    let dispatcher = routing_names::Dispatcher::new(Noting(notes.clone()));
    let rows = [
        (Some("doors"), r#"{"kind": "closed"}"#, "on_door Closed", Some("closed")),
        (Some("doors"), r#"{"kind": "broken"}"#, "on_door Broken", Some("broken")),
        // The address counts for more.
        (Some("lamps"), r#"{"kind": "closed"}"#, "on_lamp", Some("lit")),
        (None, r#"{"kind": "lit"}"#, "on_lamp", Some("lit")),
        (None, r#"{"kind": "opened"}"#, "on_door Opened", Some("opened")),
        (None, r#"{"kind": "tested"}"#, r#"unknown Some("tested")"#, None),
        (Some("windows"), r#"{"kind": "opened"}"#, r#"unknown Some("windows")"#, None),
    ];
    for (channel, body, method, name) in rows {
        let inbound = Inbound::new(body);
        let inbound = channel.map_or(inbound.clone(), |channel| inbound.with_channel(channel));
        let (noted, route) = note_and_route(&dispatcher, &notes, &inbound).await;
        assert!(noted.starts_with(method), "{channel:?} {body}: {noted}");
        assert_eq!(matches!(route, Route::Known(_)).then(|| route.name()).flatten(), name, "{channel:?} {body}");
    }
}
