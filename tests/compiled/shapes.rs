//! Structs, enums, unions and addresses: what each keeps, and what it refuses.

use super::*;

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
fn values_that_the_document_forbids_do_not_decode() {
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
fn a_property_without_a_name_does_not_fail() {
    let job = job_with("of tomorrow", json!({}));
    assert_eq!(round_trip::<every_shape::Job>(&job), Ok(least_job()));
}

#[test]
fn unusual_property_names_round_trip() {
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

#[test]
fn overlays_add_and_remove_types() {
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

#[test]
fn alternatives_are_selected_by_their_tags_and_keep_them() {
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
fn untagged_alternatives_with_more_requirements_are_tried_first() {
    for shape in [json!({"x": 1.5, "y": 2.5}), json!({"x": 1.5}), json!("2026-11-23"), json!("a text")] {
        assert_eq!(round_trip::<composition::Shape>(&shape), Ok(shape));
    }
    assert!(serde_json::from_value::<composition::Shape>(json!(1)).is_err());
}

#[test]
fn composed_objects_keep_every_property() {
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

#[test]
fn an_untyped_schema_accepts_any_value_if_the_option_says_so() {
    let order = |value: &Value| round_trip::<untyped_as_written::Order>(value);
    let rows = [
        json!({"id": "a", "lines": [1], "either": {"a": "b"}, "counts": {"c": 1}}),
        json!({"lines": "none", "either": ["b"], "counts": null}),
        json!({"lines": null, "either": 5}),
        json!("no object"),
        json!(null),
    ];
    for row in rows {
        assert_eq!(order(&row), Ok(row));
    }
    assert!(order(&json!({"id": 1})).is_err());
    assert!(order(&json!({"lines": ["a"]})).is_err());
    assert!(round_trip::<untyped::Order>(&json!("no object")).is_err());
}

#[test]
fn a_message_says_which_address_it_is_for() {
    use parameters::channels::Readings;

    assert_eq!(Readings::default().to_string(), "readings/north/main");
    let reading = Inbound::new(r#"{"sensor": {"name": "roof"}}"#);
    let south = reading.clone().with_headers(Headers::from_iter([("region", "south")]));
    let found = Readings::of(&south).expect("readable").map(|address| address.to_string());
    assert_eq!(found.as_deref(), Some("readings/south/roof"));
    assert_eq!(Readings::of(&reading).expect("readable"), None);
    assert!(Readings::of(&Inbound::new("{").with_headers(Headers::from_iter([("region", "south")]))).is_err());
}

#[test]
fn the_constraints_of_all_parts_of_a_property_hold() {
    use conjunctions::{Both, Member, MemberState, Never, Nothing, Owner, Shared};

    let nothing = json!({"both": null, "one": "a", "listed": null, "either": null});
    assert_eq!(round_trip::<Nothing>(&nothing), Ok(nothing.clone()));
    assert!(round_trip::<Nothing>(&json!({"both": null, "one": null, "listed": null, "either": null})).is_err());

    let member = json!({
        "name": "Ada", "age": 36, "state": "locked", "kind": "member",
        "partner": {"name": "Bo", "since": "2020", "partner": {"name": "Cy", "tags": [{"key": "a"}]}},
        "tags": [{"key": "a", "value": 0.5}],
        "extra": {"b": {"a": "1", "b": "2"}},
    });
    assert_eq!(round_trip::<Member>(&member), Ok(member.clone()));
    let typed: Member = serde_json::from_value(member).expect("a member");
    assert_eq!(typed.partner.expect("a partner").since, "2020");
    // Each list has a value that the other lacks.
    assert_eq!(MemberState::KNOWN, [MemberState::Active, MemberState::Locked]);
    assert!(round_trip::<Member>(&json!({"name": "Ada", "age": 300})).is_err());
    assert!(round_trip::<Member>(&json!({"name": "Ada", "age": 1, "partner": {"name": "no since"}})).is_err());
    let owner = json!({"name": "Ada", "partner": {"name": "Bo", "phone": "1"}});
    assert_eq!(round_trip::<Owner>(&owner), Ok(owner));
    let both = json!({"left": "l", "next": {"left": "l", "right": "r", "next": {"next": {"right": "r"}}}});
    assert_eq!(round_trip::<Both>(&both), Ok(both));
    for (kind, name) in [("flat", "y"), ("deep", "z")] {
        let shared = json!({"kind": kind, "at": {"x": 1, name: 2}});
        assert_eq!(round_trip::<Shared>(&shared), Ok(shared));
    }
    assert_eq!(round_trip::<Never>(&json!({"name": "Ada"})), Ok(json!({"name": "Ada"})));
}
