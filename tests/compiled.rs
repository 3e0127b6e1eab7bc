//! What the fixtures became, compiled as a team would compile it, and some of it run.

// Documents decide what is in these modules; the lints that stay are rustc's and clippy's own defaults.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)]

macro_rules! fixtures {
    ($($module:ident = $path:literal;)*) => {
        $(#[rustfmt::skip] #[path = $path] pub mod $module;)*
    };
}

fixtures! {
    bare = "fixtures/bare/expected.rs";
    both_sides = "fixtures/both-sides/expected.rs";
    both_sides_application = "fixtures/both-sides-application/expected.rs";
    bindings_2 = "fixtures/bindings-2/expected.rs";
    bindings_3 = "fixtures/bindings-3/expected.rs";
    bindings_passed_over = "fixtures/bindings-passed-over/expected.rs";
    chosen_operations = "fixtures/chosen-operations/expected.rs";
    composition = "fixtures/composition/expected.rs";
    content_types = "fixtures/content-types/expected.rs";
    every_shape = "fixtures/every-shape/expected.rs";
    header_discriminator = "fixtures/header-discriminator/expected.rs";
    names = "fixtures/names/expected.rs";
    overlay_warnings = "fixtures/overlay-warnings/expected.rs";
    overlays = "fixtures/overlays/expected.rs";
    references = "fixtures/references/expected.rs";
    renamed = "fixtures/renamed/expected.rs";
    request_reply = "fixtures/request-reply/expected.rs";
    server_variables = "fixtures/server-variables/expected.rs";
    several_messages = "fixtures/several-messages/expected.rs";
    several_operations = "fixtures/several-operations/expected.rs";
    traits_2 = "fixtures/traits-2/expected.rs";
    types_only = "fixtures/types-only/expected.rs";
    version_3 = "fixtures/version-3/expected.rs";
    warnings = "fixtures/warnings/expected.rs";
}

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use asyncapi_runtime::{
    Context, Dispatch, DispatchError, HandlerError, Headers, Inbound, Outbound, Route, Transport, UnknownEvent,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads a value and writes it again.
fn round_trip<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let typed: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(&typed).map_err(|error| error.to_string())
}

fn least_job() -> Value {
    json!({
        "id": "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "state": "open",
        "closedBy": null,
        "undeclared": [1, null],
        "made at": "2026-11-23T10:00:00.100+02:00",
    })
}

fn job_with(name: &str, value: Value) -> Value {
    let mut job = least_job();
    job[name] = value;
    job
}

#[test]
fn every_shape_is_read_and_written_without_loss() {
    let rows = [
        ("closedBy", json!("somebody")),
        ("reopenedBy", json!(null)),
        ("reopenedBy", json!("somebody")),
        ("note", json!(null)),
        ("note", json!({"any": ["thing"]})),
        ("state", json!("a state of tomorrow")),
        ("priority", json!("low")),
        ("due", json!("2026-12-24")),
        ("huge", json!(9_223_372_036_854_775_808_u64)),
        ("below", json!(-5)),
        ("holes", json!([1, null, 2])),
        ("free", json!({"a": null})),
        ("counts", json!({"a": 1})),
        ("address", json!({"geo": {"lat": 0.5, "lon": -1.25}})),
        ("steps", json!([{"name": "saw"}, {}])),
        ("parts", json!({"leg": {"number": "4"}})),
        ("parent", job_with("parent", least_job())),
        ("children", json!([least_job()])),
    ];
    for (name, value) in rows {
        let job = job_with(name, value);
        assert_eq!(round_trip::<every_shape::Job>(&job), Ok(job));
    }
    let measured = json!({"unit": "kg", "gross": 1.5, "net": 1.25});
    assert_eq!(round_trip::<every_shape::Measured>(&measured), Ok(measured));
}

#[test]
fn what_the_document_forbids_does_not_decode() {
    let mut without_state = least_job();
    without_state.as_object_mut().expect("an object").remove("closedBy");
    let rows = [
        without_state,
        job_with("share", json!(256)),
        job_with("bytes", json!(-1)),
        job_with("state", json!(1)),
        job_with("due", json!("2026-13-01")),
        job_with("id", json!("not a uuid")),
    ];
    for job in rows {
        assert!(round_trip::<every_shape::Job>(&job).is_err(), "{job}");
    }
}

#[test]
fn null_for_an_optional_property_is_its_absence() {
    let job = job_with("tries", json!(null));
    assert_eq!(round_trip::<every_shape::Job>(&job), Ok(least_job()));
}

#[test]
fn a_property_that_is_not_named_does_not_fail() {
    let job = job_with("of tomorrow", json!({}));
    assert_eq!(round_trip::<every_shape::Job>(&job), Ok(least_job()));
}

#[test]
fn names_as_they_come_are_read_and_written() {
    let value = json!({
        "type": "a", "self": "b", "gen": "c", "fn": {"in": "d"}, "@id": "e", "id": "f", "e": "g", "E": "h",
        "16x16": "i", "+1": 1, "-1": -1, "": "j", "\\\\": "k", "NULL": "l", "a.b/c": "m", "größe": "n",
        "additionalProperties": "o", "another": "p",
    });
    assert_eq!(round_trip::<names::OptionSchema>(&value), Ok(value));
    let pascal = json!({"Pascal": "a", "Case": "b"});
    assert_eq!(round_trip::<names::FooBar>(&pascal), Ok(pascal));
    let kebab = json!({"kebab-case": "a", "other-case": "b"});
    assert_eq!(round_trip::<names::ComExampleEventsThing>(&kebab), Ok(kebab));
    for sign in names::Sign::KNOWN {
        assert_eq!(&names::Sign::from(sign.as_str().to_owned()), sign);
    }
}

#[test]
fn types_alone_keep_dates_as_texts() {
    let value = json!({"at": "any text", "day": "any text", "id": "any text"});
    assert_eq!(round_trip::<types_only::A>(&value), Ok(value));
}

#[test]
fn closed_enums_refuse_what_they_do_not_list() {
    let listed = json!({"kind": "a", "colour": "Green"});
    assert_eq!(round_trip::<chosen_operations::Event>(&listed), Ok(listed));
    assert!(round_trip::<chosen_operations::Event>(&json!({"kind": "a", "colour": "blue"})).is_err());
}

/// Which methods ran, with what.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn note(&self, text: String) {
        self.0.lock().expect("nobody panics").push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nobody panics"))
    }
}

async fn dispatched(dispatch: &dyn Dispatch, inbound: &Inbound) -> Result<(), DispatchError> {
    dispatch.dispatch(&Context::new(inbound)).await
}

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
async fn the_address_decides_where_payloads_do_not_tell() {
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

/// A transport that keeps what it is given.
#[derive(Default)]
struct Kept(Mutex<Vec<Outbound>>);

impl Transport for &Kept {
    type Error = Infallible;

    async fn send(&self, outbound: Outbound) -> Result<(), Infallible> {
        self.0.lock().expect("nobody panics").push(outbound);
        Ok(())
    }
}

#[tokio::test]
async fn what_is_published_has_its_channel_body_and_header() {
    let kept = Kept::default();
    both_sides::Publisher::new(&kept).switch_lamp(&["a".to_owned()]).await.expect("sent");
    let pong = serde_json::Map::new();
    header_discriminator::Publisher::new(&kept).send_pong(&pong).await.expect("sent");
    let sent = kept.0.lock().expect("nobody panics");
    assert_eq!((sent[0].channel(), sent[0].body().as_ref()), ("lamps/switch", br#"["a"]"#.as_slice()));
    assert_eq!((sent[1].channel(), sent[1].headers().get_str("x-event")), ("/other-hooks", Some("pong")));
}

#[tokio::test]
async fn what_one_side_publishes_the_other_side_handles() {
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
    for outbound in kept.0.into_inner().expect("nobody panics") {
        let (channel, headers, body) = outbound.into_parts();
        let inbound = Inbound::new(body).with_channel(channel).with_headers(headers);
        dispatched(&dispatcher, &inbound).await.expect("handled");
    }
    assert_eq!(notes.take(), ["lit", "a b"]);
}

#[test]
fn what_overlays_put_in_is_there_and_what_they_remove_is_not() {
    let lamp = json!({
        "id": "7", "colour": "green", "room": {"floor": -1}, "owner": null, "tags": ["a"], "since": "2026-11-23",
    });
    assert_eq!(round_trip::<overlays::Lamp>(&lamp), Ok(lamp.clone()));
    let without = |key: &str| {
        let mut lamp = lamp.clone();
        lamp.as_object_mut().expect("an object").remove(key);
        round_trip::<overlays::Lamp>(&lamp)
    };
    assert!(without("id").is_err() && without("room").is_err(), "the second is required by an overlay");
    assert!(without("owner").is_ok());
    let mut secret = lamp.clone();
    secret["secret"] = json!("x");
    assert_eq!(round_trip::<overlays::Lamp>(&secret), Ok(lamp), "a removed property is as one that never was");
    let colours = [overlays::LampColour::Red, overlays::LampColour::Green, overlays::LampColour::Blue];
    assert_eq!(colours.map(|colour| colour.to_string()), ["red", "green", "blue"]);
}

#[tokio::test]
async fn a_header_decides_where_the_team_says_so() {
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
    for inbound in [named("push", r#"{"ref": "main"}"#), named("ping", "[1]"), named("pong", "{}"), Inbound::new("{}")]
    {
        dispatched(&dispatcher, &inbound).await.expect("handled");
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

#[test]
fn alternatives_are_told_by_their_tags_and_keep_them() {
    use composition::{Pet, Vehicle};

    let wolf = json!({"kind": "wolf", "friend": {"kind": "cat", "lives": 9}});
    assert!(matches!(serde_json::from_value(wolf.clone()), Ok(Pet::Dog(_))));
    assert_eq!(round_trip::<Pet>(&wolf), Ok(wolf));
    let fish = json!({"kind": "fish", "fins": 2});
    assert!(matches!(serde_json::from_value(fish.clone()), Ok(Pet::Unknown(_))));
    assert_eq!(round_trip::<Pet>(&fish), Ok(fish));
    assert!(serde_json::from_value::<Pet>(json!({"kind": "cat", "lives": "nine"})).is_err());
    let mapped = serde_json::from_value(json!({"wheels": "two", "bell": true}));
    assert!(matches!(mapped, Ok(Vehicle::Bike(composition::Bike { bell: Some(true), .. }))));
    let named = serde_json::from_value(json!({"wheels": "Car", "doors": 4}));
    assert!(matches!(named, Ok(Vehicle::Car(composition::Car { doors: Some(4), .. }))));
}

#[test]
fn alternatives_without_a_tag_are_tried_from_the_most_demanding() {
    for shape in [json!({"x": 1.5, "y": 2.5}), json!({"x": 1.5}), json!("2026-11-23"), json!("a text")] {
        assert_eq!(round_trip::<composition::Shape>(&shape), Ok(shape));
    }
    assert!(serde_json::from_value::<composition::Shape>(json!(1)).is_err());
}

#[test]
fn composed_objects_lose_nothing() {
    let employee = json!({"name": "Ada", "number": 1, "boss": {"name": "Grace", "number": 2}});
    assert_eq!(round_trip::<composition::Employee>(&employee), Ok(employee));
    for event in [
        json!({"id": "1", "startedAt": "2026-11-23T10:00:00.100Z"}),
        json!({"id": "2", "endedAt": "2026-11-23T10:00:00+01:00"}),
    ] {
        assert_eq!(round_trip::<composition::Event>(&event), Ok(event));
    }
    let contact = json!({
        "mail": "a@example.com", "person": {"name": "Ada"}, "maybe": null, "either": 5, "level": "low", "count": 2,
        "pair": ["a", 1], "labels": {"x-a": "b"},
    });
    assert_eq!(round_trip::<composition::Contact>(&contact), Ok(contact));
    for either in [json!("five"), json!(null)] {
        let contact = json!({"either": either});
        assert_eq!(round_trip::<composition::Contact>(&contact), Ok(contact));
    }
    let tree = json!([[], [[]]]);
    assert_eq!(round_trip::<composition::Tree>(&tree), Ok(tree));
    let index = json!({"a": {}, "b": {"c": {}}});
    assert_eq!(round_trip::<composition::Index>(&index), Ok(index));
}

#[test]
fn addresses_with_parameters_are_written_and_read() {
    use version_3::{MeasuredLamp, channels::Measured};

    let measured = Measured { street: "main".to_owned(), lamp: MeasuredLamp::Last };
    assert_eq!(measured.to_string(), "streets/main/lamps/last/measured");
    assert_eq!("streets/main/lamps/last/measured".parse(), Ok(measured));
    for other in ["streets/commands", "streets//lamps/last/measured", "streets/a/b/lamps/last/measured", ""] {
        assert!(other.parse::<Measured>().is_err(), "{other}");
    }
}

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
    let sent = kept.0.lock().expect("nobody panics");
    assert_eq!((sent[0].headers().get_str("level"), sent[0].headers().get_str("by")), (Some("3"), None));
    let id = version_3::correlation_ids::alarm(&Inbound::new(sent[0].body().clone()));
    assert_eq!(id.ok().flatten().as_deref(), Some("o1"));
}

#[tokio::test]
async fn several_messages_of_one_operation_are_one_type() {
    use several_messages::OnFrameMessage;

    struct Socket(Arc<Notes>);

    impl several_messages::Handler for Socket {
        async fn on_frame(&self, event: OnFrameMessage, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(match event {
                OnFrameMessage::Hello(hello) => format!("hello {:?}", hello.id),
                OnFrameMessage::Bye(_) => "bye".to_owned(),
                other => format!("other {other:?}"),
            });
            Ok(())
        }

        async fn on_shape(&self, event: Value, _: &Context<'_>) -> Result<(), HandlerError> {
            self.0.note(event.to_string());
            Ok(())
        }
    }

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
async fn operations_of_one_address_are_told_by_what_they_decode() {
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
async fn what_is_no_json_is_bytes() {
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
    assert_eq!(kept.0.lock().expect("nobody panics")[0].body().as_ref(), b"<b/>");
}

#[tokio::test]
async fn replies_go_where_the_request_says_with_its_correlation_id() {
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
    let sent = kept.0.lock().expect("nobody panics");
    let told: Vec<(&str, &[u8], Option<&str>)> =
        sent.iter().map(|sent| (sent.channel(), sent.body().as_ref(), sent.headers().get_str("answers"))).collect();
    let expected: [(&str, &[u8], Option<&str>); 3] = [
        ("inbox/7", br#"{"sum":3}"#, Some("r1")),
        ("inbox/8", br#""fine""#, None),
        ("calculator/log", br#""fine""#, None),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_url_of_a_server_takes_nothing_but_listed_values() {
    use server_variables::servers::{ProductionPort, ProductionRegion, plain, production};
    assert_eq!(ProductionRegion::default(), ProductionRegion::EuWest1);
    assert_eq!(ProductionRegion::KNOWN, [ProductionRegion::EuWest1, ProductionRegion::UsEast1]);
    assert_eq!(format!("{:>10}", ProductionRegion::UsEast1), " us-east-1");
    let url = production(ProductionRegion::UsEast1, ProductionPort::N8443, "v2");
    assert_eq!(url, "wss://us-east-1.example.com:8443/v2");
    assert_eq!(plain(), "wss://plain.example.com");
}

#[test]
fn what_bindings_describe_is_typed() {
    use bindings_2::{LineKey, OnOrderQuery, OrderHttpHeaders, OrderKey, OrdersTenantQuery, SharedHttpHeaders};
    let key = json!({"tenant": "acme", "number": 7});
    assert_eq!(round_trip::<OrderKey>(&key), Ok(key));
    let key = json!("67e55044-10b1-426f-9247-bb680e5fe0c8");
    assert_eq!(round_trip::<LineKey>(&key), Ok(key));
    let query = json!({"token": "t", "since": 3});
    assert_eq!(round_trip::<OrdersTenantQuery>(&query), Ok(query));
    assert!(round_trip::<OnOrderQuery>(&json!({"page": 256})).is_err());
    assert!(round_trip::<OrderHttpHeaders>(&json!({"X-Order": "1"})).is_ok());
    assert!(round_trip::<SharedHttpHeaders>(&json!({})).is_err());
    assert_eq!(bindings_3::UserSignedUpKey::from("text"), "text");
}

#[test]
fn what_bindings_state_is_a_constant_of_its_type() {
    use bindings_2::bindings::{channels, messages, operations, servers};
    assert_eq!(servers::broker::MQTT_LAST_WILL_TOPIC, "/last-wills");
    assert_eq!(channels::orders_tenant::KAFKA_PARTITIONS, 20_i64);
    assert_eq!(channels::orders_tenant::KAFKA_TOPIC_CONFIGURATION_CLEANUP_POLICY, ["delete", "compact"]);
    assert_eq!((operations::on_order::KAFKA_GROUP_ID, operations::on_order::HTTP_METHOD), ("shop-readers", "POST"));
    assert_eq!((operations::plain::MQTT_QOS, operations::plain::MQTT_RETAIN), (1, true));
    assert_eq!(messages::refund::HTTP_STATUS_CODE, messages::line::HTTP_STATUS_CODE);
    let destinations: Value = serde_json::from_str(messages::line::SOLACE_DESTINATIONS).expect("JSON");
    assert_eq!(destinations[0]["queue"]["name"], "lines");
}
