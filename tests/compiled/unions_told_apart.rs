//! Unions: constants of every kind tell alternatives apart, and what an alternative knows goes before what another keeps.

use super::*;

/// Reads a value by a type of both modules, expects this alternative of both, and the value back.
macro_rules! chosen {
    ($name:ident::$variant:ident, $value:expr) => {{
        let value: Value = $value;
        let with = serde_json::from_value::<unions_told::$name>(value.clone());
        assert!(matches!(with, Ok(unions_told::$name::$variant(..))), "{value}: {with:?}");
        let without = serde_json::from_value::<unions_told_types_only::$name>(value.clone());
        assert!(matches!(without, Ok(unions_told_types_only::$name::$variant(..))), "{value}: {without:?}");
        assert_eq!(with.ok().and_then(|read| serde_json::to_value(read).ok()), Some(value.clone()));
        assert_eq!(without.ok().and_then(|read| serde_json::to_value(read).ok()), Some(value));
    }};
}

#[test]
fn numbers_booleans_and_null_can_discriminate() {
    chosen!(Frame::Hello, json!({"op": 10, "note": "n"}));
    chosen!(Frame::Beat, json!({"note": "n", "op": 11}));
    chosen!(Frame::Beat, json!({"op": 12}));
    chosen!(Frame::Unknown, json!({"op": 13, "note": "n"}));
    chosen!(Frame::Unknown, json!({"op": "10"}));
    chosen!(Answer::OkTrue, json!({"ok": true}));
    chosen!(Answer::OkFalse, json!({"note": "n", "ok": false}));
    chosen!(Answer::Unknown, json!({"ok": null}));
    chosen!(Mixed::Nothing, json!({"note": "n", "t": null}));
    chosen!(Mixed::TMinus1, json!({"t": -1, "note": "n"}));
    chosen!(Mixed::TTrue, json!({"note": "n", "t": true}));
    chosen!(Mixed::NoteT, json!({"note": "n", "t": "word"}));
    chosen!(Mixed::NoteT, json!({"note": "n", "t": 7}));
    chosen!(Mixed::Unknown, json!({"note": "n", "t": false}));
    chosen!(Versioned::Op3, json!({"v": 1, "op": 3}));
    chosen!(Versioned::Op4, json!({"v": 1, "op": 4}));
}

#[test]
fn one_alternative_may_lack_the_tag() {
    chosen!(Session::Begun, json!({"type": "begun", "at": 1}));
    chosen!(Session::Ended, json!({"at": 1, "type": "ended"}));
    chosen!(Session::Failed, json!({"error": "full"}));
    chosen!(Session::Codes, json!([1, 2]));
    chosen!(Session::Unknown, json!({"type": "paused", "error": "full"}));
    let failed = serde_json::from_value::<unions_told::Session>(json!({"error": 1})).map(|_| ());
    let expected = "invalid type: integer `1`, expected a string";
    assert_eq!(failed.map_err(|error| error.to_string()), Err(expected.to_owned()));
    // Whose tag is none of `anyOf`'s may be what has no tag.
    let noted = serde_json::from_value::<unions_told::Either>(json!({"type": "left", "note": "n"}));
    assert!(matches!(noted, Ok(unions_told::Either::Noted(_))), "{noted:?}");
}

#[test]
fn an_integer_constant_discriminates_in_every_notation() {
    let frame = json!({"op": 10.0});
    assert!(matches!(serde_json::from_value(frame.clone()), Ok(unions_told::Frame::Hello(_))));
    assert!(matches!(serde_json::from_value(frame), Ok(unions_told_types_only::Frame::Hello(_))));
}

#[test]
fn a_constant_keeps_its_type() {
    assert_eq!(unions_told::Hello::default().op.value(), 10);
    assert!(round_trip::<unions_told::Hello>(&json!({"op": 11})).is_err());
    assert!(round_trip::<unions_told::AnswerOkTrue>(&json!({"ok": false})).is_err());
    chosen!(Tried::Fixed, json!({"op": 5}));
    chosen!(Tried::Loose, json!({"op": 6}));
}

#[test]
fn known_properties_go_before_kept_unknown_ones() {
    chosen!(Look::Color, json!("red"));
    chosen!(Look::Size, json!("s"));
    chosen!(Look::Color, json!("neither"));
    let looks = serde_json::from_value::<unions_told::Looks>(json!(["m", "green"]));
    let expected = [unions_told::Look::Size(unions_told::Size::M), unions_told::Look::Color(unions_told::Color::Green)];
    assert_eq!(looks.ok().as_deref(), Some(&expected[..]));
    chosen!(Marked::Name, json!("a"));
    chosen!(Marked::Time, json!("2026-01-01T00:00:00Z"));
    chosen!(Held::Colored, json!({"looks": ["red"]}));
    chosen!(Held::Sized, json!({"looks": ["s", "m"]}));
    // What both say alike does not count.
    chosen!(Dyed::Paint, json!({"state": "huge", "looks": ["red"]}));
    chosen!(Dyed::Wool, json!({"state": "huge", "looks": ["s"]}));
}

#[test]
fn tags_without_a_mapping_stay_valid() {
    chosen!(Pet::Cat, json!({"kind": "kitty", "lives": 9}));
    chosen!(Pet::Cat, json!({"kind": "Cat"}));
    chosen!(Pet::Dog, json!({"kind": "hound"}));
    chosen!(Pet::Unknown, json!({"kind": "Dog"}));
}

#[test]
fn a_discriminator_without_matching_names_uses_the_constants() {
    let request = serde_json::from_value(json!({"kind": "req", "reply": "soon"}));
    assert!(matches!(request, Ok(slips::Exchange::Request(_))), "{request:?}");
    let notice = serde_json::from_value(json!({"kind": "note", "sent": "today"}));
    assert!(matches!(notice, Ok(slips::Exchange::Notice(_))), "{notice:?}");
}

#[test]
fn a_mapping_is_a_name_or_a_reference() {
    use discriminator_mappings::Pet;

    let rows = [
        (json!({"kind": "cat"}), "AcmeCat"),
        (json!({"kind": "one", "one": 1}), "Item"),
        (json!({"kind": "two", "two": 2}), "ItemX"),
        (json!({"kind": "parrot"}), "Parrot"),
        (json!({"kind": "goldfish"}), "Fish"),
        (json!({"kind": "lost"}), "Unknown"),
    ];
    for (value, variant) in rows {
        let pet: Pet = serde_json::from_value(value.clone()).expect("it is a pet");
        assert!(format!("{pet:?}").starts_with(variant), "{value}: {pet:?}");
        assert_eq!(serde_json::to_value(&pet).expect("it has a JSON form"), value);
    }
}

#[test]
fn a_base_that_lists_its_subtypes_keeps_the_properties_of_both() {
    use discriminator_subtypes::{Diesel, Electric, Gasoline, Shape, Vehicle};

    let electric = json!({"vehicleType": "Electric", "topSpeed": 180.5, "battery": 77.5});
    let read: Vehicle = serde_json::from_value(electric.clone()).expect("an alternative");
    assert!(matches!(&read, Vehicle::Electric(Electric { top_speed: Some(_), battery, .. }) if *battery == 77.5));
    assert_eq!(serde_json::to_value(read).ok(), Some(electric));
    let diesel = json!({"vehicleType": "Diesel", "fuel": "d", "soot": true});
    for read in [
        serde_json::from_value::<Vehicle>(diesel.clone())
            .map(|read| matches!(read, Vehicle::Gasoline(Gasoline::Diesel(_)))),
        serde_json::from_value::<Gasoline>(diesel)
            .map(|read| matches!(read, Gasoline::Diesel(Diesel { soot: Some(true), .. }))),
    ] {
        assert_eq!(read.ok(), Some(true));
    }
    let unknown = serde_json::from_value(json!({"vehicleType": "Steam", "topSpeed": 40}));
    assert!(matches!(unknown, Ok(Vehicle::Unknown(_))), "{unknown:?}");
    let square = json!({"name": "s", "form": "square", "side": 2.5});
    assert!(matches!(serde_json::from_value(square), Ok(Shape::Square(_))));
}

#[test]
fn a_tag_is_always_written() {
    use discriminator_subtypes::{Apple, Circle, Electric, Fruit, Pear, Shape, Vehicle};

    let written = [
        (serde_json::to_value(Fruit::Apple(Apple::default())), json!({"sort": "Apple"})),
        (serde_json::to_value(Fruit::Pear(Pear::default())), json!({"sort": "Pear"})),
        (serde_json::to_value(Shape::Circle(Circle::default())), json!({"form": "circle"})),
        (
            serde_json::to_value(Vehicle::Electric(Electric::new(77.5))),
            json!({"vehicleType": "Electric", "battery": 77.5}),
        ),
    ];
    for (written, expected) in written {
        assert_eq!(written.ok(), Some(expected));
    }
    // Where `Apple` is no alternative, it may lack the tag.
    let twin = serde_json::from_value(json!({"sort": "Pear", "twin": {"color": "red"}}));
    assert!(matches!(twin, Ok(Fruit::Pear(Pear { twin: Some(_), .. }))), "{twin:?}");
}

#[test]
fn a_union_in_a_union_has_the_tag_of_its_alternatives() {
    use unions_nested::{Issue, Review};

    let team = json!({"action": "requested", "team": "t"});
    assert!(matches!(serde_json::from_value(team), Ok(Issue::Review(Review::OfTeam(_)))));
    assert!(matches!(serde_json::from_value(json!({"action": "opened"})), Ok(Issue::Opened(_))));
    assert!(matches!(serde_json::from_value(json!({"action": "closed", "team": "t"})), Ok(Issue::Unknown(_))));
}

#[test]
fn of_alternatives_that_keep_equally_much_the_one_with_fewest_unset_properties_is_taken() {
    use unions_nested::{OnClosedMessage, Pick};

    for (value, is_small) in [
        (json!({"id": "i"}), true),
        (json!({"id": "i", "x": "x"}), true),
        (json!({"id": "i", "y": "y"}), false),
        (json!({"id": "i", "z": 1}), true),
    ] {
        let read = serde_json::from_value::<Pick>(value.clone());
        assert_eq!(read.ok().map(|read| matches!(read, Pick::Small(_))), Some(is_small), "{value}");
    }
    assert!(matches!(serde_json::from_value(json!({"bye": "b"})), Ok(OnClosedMessage::Bye(_))));
    let other = serde_json::from_value::<OnClosedMessage>(json!({"ack": "x"})).map_err(|error| error.to_string());
    assert!(other.as_ref().is_err_and(|error| error.contains("`ack` is no property of it")), "{other:?}");
}

#[test]
fn an_unknown_value_of_a_nested_union_gives_way_to_an_alternative_that_matches() {
    use unions_nested::{Inner, Outer};

    let plain = json!({"plain": "p", "other": 1, "another": 2});
    assert!(matches!(serde_json::from_value(plain), Ok(Outer::Plain(_))));
    assert!(matches!(serde_json::from_value(json!({"kind": "b"})), Ok(Outer::Inner(Inner::B(_)))));
    assert!(matches!(serde_json::from_value(json!({"kind": "c"})), Ok(Outer::Inner(Inner::Unknown(_)))));
}
