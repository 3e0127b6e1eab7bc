//! Enums, numbers, texts, lists and maps: what their types keep, and what they refuse.

use super::*;

#[test]
fn enums_of_numbers_and_mixed_values_keep_what_is_not_listed() {
    use enums::{Job, JobMixed, JobOffset, Level};

    let listed = json!({
        "level": 20, "offset": -1, "ratio": -2.5, "mixed": {"a": -1}, "narrow": 2, "wide": u64::MAX, "scale": "OFF",
        "state": "c", "outcome": "err", "version": "2", "revision": 2, "sure": true, "priority": 1, "text_or_number": "auto",
    });
    assert_eq!(round_trip::<Job>(&listed), Ok(listed.clone()));
    let job: Job = serde_json::from_value(listed).expect("a job");
    assert_eq!((job.level, job.offset), (Level::Info, Some(JobOffset::Minus1)));
    assert_eq!(job.mixed, Some(Some(JobMixed::AMinus1)));

    let others = json!({
        "level": 25, "offset": 7, "ratio": 0.25, "mixed": [1], "narrow": 3, "wide": 0, "scale": "oFF", "state": "x",
        "outcome": "", "version": "2", "revision": 2, "sure": false, "priority": 9, "text_or_number": 11,
    });
    assert_eq!(round_trip::<Job>(&others), Ok(others.clone()));
    let job: Job = serde_json::from_value(others).expect("a job");
    assert_eq!(job.level, Level::Unknown(25));

    for mixed in [json!(1), json!("a"), json!("null"), json!(true), json!(1.5), json!([]), json!(null)] {
        let job = json!({"level": 10, "mixed": mixed});
        assert_eq!(round_trip::<Job>(&job), Ok(job));
    }
    assert!(JobMixed::KNOWN.iter().all(|known| JobMixed::from(known.value()) == *known));
}

#[test]
fn a_constant_never_has_another_value() {
    let job = json!({"level": 10, "version": "3"});
    assert_eq!(round_trip::<enums::Job>(&job), Err("unknown variant `3`, expected `2`".to_owned()));
    let job = json!({"level": 10, "revision": 3});
    assert_eq!(round_trip::<enums::Job>(&job), Err("unknown value `3`, expected `2`".to_owned()));
}

#[test]
fn enums_have_the_defaults_of_the_document() {
    assert_eq!(enums::State::default(), enums::State::Open);
    assert_eq!(enums::JobOffset::default().value(), 0);
    assert_eq!(enums::JobVersion::default().as_str(), "2");
    assert_eq!(enums_closed::State::default(), enums_closed::State::Open);
}

#[test]
fn enums_of_numbers_stand_in_addresses() {
    use enums::channels::JobsLevel;

    assert_eq!(JobsLevel { level: enums::Level::Error }.to_string(), "jobs/30");
    assert_eq!("jobs/31".parse(), Ok(JobsLevel { level: enums::Level::Unknown(31) }));
    assert!("jobs/loud".parse::<JobsLevel>().is_err());
    assert!("jobs/31".parse::<enums_closed::channels::JobsLevel>().is_err());
}

#[test]
fn closed_enums_say_what_they_list() {
    let error = |job: Value| serde_json::from_value::<enums_closed::Job>(job).expect_err("none of them").to_string();
    let known = json!({"level": 20, "offset": -1, "ratio": 0.5, "mixed": {"a": -1}, "state": "c"});
    assert_eq!(round_trip::<enums_closed::Job>(&known), Ok(known));
    assert_eq!(error(json!({"level": 25})), "unknown value `25`, expected one of `10`, `20`, `30`");
    assert_eq!(error(json!({"level": 10, "state": "x"})), "unknown variant `x`, expected one of `o`, `c`, `u`");
    assert_eq!(
        error(json!({"level": 10, "mixed": {"a": 1}})),
        r#"unknown value `{"a":1}`, expected one of `1`, `"a"`, `"null"`, `true`, `1.5`, `[]`, `{"a":-1}`"#
    );
}

#[deny(deprecated)]
mod included {
    include!("../../codegen/tests/fixtures/deprecated/expected.rs");
}

/// The file itself says nothing (`included` would not compile), and whoever uses what is deprecated hears of it.
#[test]
#[allow(deprecated)]
fn deprecated_items_work() {
    let order = json!({
        "event": "gone", "old": {"event": "placed", "kind": "old"}, "colour": "puce", "type": "a",
        "pet": {"event": "placed", "kind": "old"},
    });
    assert_eq!(round_trip::<included::Order>(&order), Ok(order));
    assert_eq!(included::Level::default(), included::Level::High);
    let code = include_str!("../../codegen/tests/fixtures/deprecated/expected.rs");
    let marked = code.lines().filter(|line| line.trim() == "#[deprecated]").count();
    assert_eq!(marked, 15, "every item, field, variant, method and address that the document calls deprecated");
}

#[test]
fn numbers_are_as_wide_as_their_bounds() {
    let numbers = json!({
        "plain": i64::MIN, "percent": 100, "port": 65535, "count": u64::MAX, "positive": 1, "old_positive": 255,
        "offset": -12, "sea_level": -11000, "floats": 1000, "half": 255, "at_most": -1, "at_least": i64::MAX,
        "long": 0, "int8": -128, "uint64": u64::MAX, "unknown": -1, "wide": u64::MAX, "wider": -1, "double": 0.1,
        "float": 1.1, "price": "1.10", "step": 2.0, "seconds": 7, "epoch": -7,
    });
    assert_eq!(round_trip::<numbers::Numbers>(&numbers), Ok(numbers));
    let wide = r#"{"wide":170141183460469231731687303715884105727}"#;
    let read: numbers::Numbers = serde_json::from_str(wide).expect("a wide number");
    assert_eq!(serde_json::to_string(&read).ok().as_deref(), Some(wide));
    for beyond in [json!({"percent": 256}), json!({"offset": -129}), json!({"old_positive": -1})] {
        assert!(serde_json::from_value::<numbers::Numbers>(beyond).is_err());
    }
}

/// serde has no room for `i128` where it holds a value for a moment.
#[test]
fn large_integers_are_read_from_buffered_values() {
    let held = json!({"name": "a", "x": 1, "y": -1, "z": u64::MAX});
    assert_eq!(round_trip::<numbers::Held>(&held), Ok(held));
    for either in [json!("a"), json!({"count": u64::MAX}), json!({"count": -1})] {
        assert_eq!(round_trip::<numbers::Either>(&either), Ok(either));
    }
}

#[test]
fn defaults_are_methods_and_absent_fields_stay_absent() {
    use defaults::{Order, OrderType, State};

    for order in [json!({}), json!({"quantity": 1, "currency": "EUR", "state": "open", "tags": []})] {
        assert_eq!(round_trip::<Order>(&order), Ok(order.clone()));
        let order: Order = serde_json::from_value(order).expect("an order");
        assert_eq!((order.quantity_or_default(), order.currency_or_default()), (1, "EUR"));
        assert_eq!((order.type_or_default(), order.state_or_default()), (&OrderType::Rent, &State::Open));
        assert_eq!((order.discount_or_default(), order.gift_or_default()), (2.0, false));
        assert!(order.tags_or_default().is_empty());
    }
    let order: Order = serde_json::from_value(json!({"quantity": 2, "currency": "CHF"})).expect("an order");
    assert_eq!((order.quantity_or_default(), order.currency_or_default()), (2, "CHF"));
}

#[test]
fn defaults_fill_fields_if_the_option_says_so() {
    use defaults_filled::{Line, Order, Rest, State};

    for absent in [json!({}), json!({"quantity": null, "currency": null, "state": null, "tags": null})] {
        let order: Order = serde_json::from_value(absent).expect("an order");
        assert_eq!(order, Order::default());
        assert_eq!((order.quantity, order.currency.as_str(), &order.state), (1, "EUR", &State::Open));
        assert!(order.tags.is_empty() && order.plain.is_none());
    }
    let given = json!({"quantity": 2, "price": 0.25, "more": [1]});
    assert_eq!(round_trip::<Line>(&given), Ok(given));
    assert!(serde_json::from_value::<Line>(json!({})).is_err(), "a default makes nothing optional that is required");
    let written = serde_json::to_value(Rest::default()).expect("JSON");
    assert_eq!(written, json!({"size": -1}), "a filled field is always written");
}

#[test]
fn lists_round_trip_and_unique_items_may_be_sets() {
    let given = json!({
        "tags": ["b", "a", "a"], "colours": ["green", "puce", "red"], "levels": [2, 7, 1], "days": ["2026-01-02", "2026-01-01"],
        "pairs": [[2, null], [1]], "floats": [0.5, 0.5], "objects": [{"a": "b"}], "anything": [1, "a"],
        "position": [1.5], "matrix": [[1], [2]], "both": ["a"], "pair": ["a", 1],
    });
    assert_eq!(round_trip::<lists::Lists>(&given), Ok(given.clone()));
    let mut fixed = given;
    fixed["position"] = json!([1.5, 2.5]);
    fixed["matrix"] = json!([[1, 2], [3, 4]]);
    let mut sorted = fixed.clone();
    for (list, items) in [
        ("tags", json!(["a", "b"])),
        ("colours", json!(["red", "green", "puce"])),
        ("levels", json!([1, 2, 7])),
        ("days", json!(["2026-01-01", "2026-01-02"])),
        ("pairs", json!([[1], [2, null]])),
    ] {
        sorted[list] = items;
    }
    assert_eq!(round_trip::<lists_sorted::Lists>(&fixed), Ok(sorted));
    for other_length in [json!({"position": [1.5]}), json!({"matrix": [[1, 2], [3]]})] {
        assert!(serde_json::from_value::<lists_sorted::Lists>(other_length).is_err());
    }
    let hashed: lists_hashed::Lists = serde_json::from_value(fixed).expect("lists");
    assert_eq!(hashed.tags.map(|tags| tags.len()), Some(2));
}

#[test]
fn maps_have_the_keys_that_enums_list() {
    use maps::{Colour, Maps};

    let given = json!({
        "counts": {"a": 1}, "by_colour": {"red": 1, "puce": 2}, "inline": {"a": [], "c": null},
        "nested": {"red": {"green": null}}, "short": {"abc": true}, "one_pattern": {"x-a": "b"},
        "same_patterns": {"x-a": "b", "y-a": "c"}, "pattern_and_rest": {"x-a": 1, "b": 2},
        "two_patterns": {"x-a": "b", "n-a": 1}, "open_pattern": {"x-a": "b", "c": 1},
    });
    assert_eq!(round_trip::<Maps>(&given), Ok(given.clone()));
    let by_colour = serde_json::from_value::<Maps>(given).expect("maps").by_colour.expect("a map");
    assert_eq!(by_colour[&Colour::Red], 1);
    assert_eq!(by_colour[&Colour::Unknown("puce".to_owned())], 2);
}

#[test]
fn values_of_several_patterns_are_typed_and_kept() {
    use maps::{Maps, MapsTwoPatternsValue, Nested, OrNull, Tagged, TaggedValue};

    let tagged = json!({"id": "1", "x-a": "b", "n-a": 1, "n-b": null, "o-a": {"at": 2}, "other": "c"});
    assert_eq!(round_trip::<Tagged>(&tagged), Ok(tagged.clone()));
    let tagged: Tagged = serde_json::from_value(tagged).expect("tagged");
    assert_eq!(tagged.additional_properties["x-a"], TaggedValue::String("b".to_owned()));
    assert!(round_trip::<Tagged>(&json!({"x-a": true})).is_err());
    assert_eq!(round_trip::<Tagged>(&json!({"n-a": 3.0})), Ok(json!({"n-a": 3})));
    let nested = json!({"x-a": {"b-a": true, "s-a": "b"}, "l-a": ["c"], "other": 0.5});
    assert_eq!(round_trip::<Nested>(&nested), Ok(nested));
    let or_null = json!({"x-a": "b", "other": null});
    assert_eq!(round_trip::<OrNull>(&or_null), Ok(or_null));
    let maps: Maps = serde_json::from_value(json!({"two_patterns": {"x-a": "b", "n-a": 1}})).expect("maps");
    assert_eq!(maps.two_patterns.expect("a map")["n-a"], MapsTwoPatternsValue::Integer(1));
}

/// Texts as senders write them, which their types would write otherwise.
fn odd_texts() -> Value {
    json!({
        "at": "2026-01-01T10:00:00.000+01:00", "day": "20260101", "id": "67E55044-10B1-426F-9247-BB680E5FE0C8",
        "home": "HTTP://example.com", "v4": "127.0.0.1", "v6": "0:0:0:0:0:0:0:1", "bytes": "_-8", "encoded": "",
        "quoted": "=20", "password": "secret", "time": "10:00:00+01:00", "duration": "P1D", "binary": "\u{0}",
        "email": "a@example.com", "unknown": "42",
    })
}

#[test]
fn formats_of_strings_are_written_back_as_they_were_read() {
    assert_eq!(round_trip::<strings::Strings>(&odd_texts()), Ok(odd_texts()));
    assert_eq!(round_trip::<strings_every::Strings>(&odd_texts()), Ok(odd_texts()));
    let read: strings_every::Strings = serde_json::from_value(odd_texts()).expect("strings");
    assert_eq!(read.id.map(|id| id.as_u128()), Some(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8));
    assert_eq!(read.home.as_ref().and_then(|home| home.host_str()), Some("example.com"));
    assert_eq!(read.v4.map(|address| address.is_loopback()), Some(true));
    assert_eq!(read.bytes.map(|bytes| bytes.into_value().into_bytes()), Some(vec![0xff, 0xef]));
    assert_eq!(read.duration.map(|duration| duration.get_days()), Some(1));
    assert!(!format!("{:?}", read.password).contains("secret"));
    for wrong in [json!({"home": "no address"}), json!({"v4": "localhost"}), json!({"bytes": "?"})] {
        assert!(serde_json::from_value::<strings_every::Strings>(wrong.clone()).is_err());
        assert_eq!(round_trip::<strings::Strings>(&wrong), Ok(wrong));
    }
}

#[test]
fn lists_of_tuples_may_be_longer_and_shorter() {
    use tuples::{Either, Tree, Tuples};

    for lists in [
        json!({"fixed": ["a", 1], "exact": ["a", 1], "open": ["a", 1], "typed_rest": ["a"], "short": [], "empty": [1]}),
        json!({"open": ["a", 1, null, [2]], "typed_rest": ["a", 1, true, false], "short": ["a", null], "unique": [["a", 1]]}),
        json!({"short": ["a"], "typed_rest": ["a", 1]}),
    ] {
        assert_eq!(round_trip::<Tuples>(&lists), Ok(lists));
    }
    for (lists, expected) in [
        (json!({"open": ["a"]}), "invalid length 1, expected a list of at least 2"),
        (json!({"short": ["a", 1, 2]}), "invalid length 3, expected fewer elements in array"),
        (json!({"typed_rest": ["a", 1, 2]}), "invalid type: integer `2`, expected a boolean"),
    ] {
        let error = serde_json::from_value::<Tuples>(lists).expect_err("of another length").to_string();
        assert_eq!(error, expected);
    }
    let tree = json!(["a", ["b", ["c"], 1]]);
    assert_eq!(round_trip::<Tree>(&tree), Ok(tree));
    for either in [json!("a"), json!(["red"]), json!(["puce", {"a": "b"}, 1])] {
        assert_eq!(round_trip::<Either>(&either), Ok(either));
    }
}

#[test]
fn a_kept_null_differs_from_absence() {
    let rows = [
        json!({"id": "1", "buyer": null}),
        json!({"id": "1", "buyer": "a", "note": null, "voucher": null, "anything": null}),
        json!({"id": "1", "buyer": "a", "note": "b", "voucher": "c", "anything": [1]}),
    ];
    for row in rows {
        assert_eq!(round_trip::<nulls_kept::Order>(&row), Ok(row));
    }
    for row in [json!({"buyer": null}), json!({"id": "1"}), json!({"id": null, "buyer": null})] {
        assert!(round_trip::<nulls_kept::Order>(&row).is_err(), "{row}");
    }
}

#[test]
fn values_beside_several_types_and_signs_without_a_letter_stay() {
    use easily_lost::{Mixed, Note, Separator};

    for (value, is_known) in [(json!("a"), true), (json!(1), true), (json!({"q": "b"}), false)] {
        let mixed: Mixed = serde_json::from_value(value.clone()).expect("any value");
        assert_eq!(matches!(mixed, Mixed::Unknown(_)), !is_known, "{value}");
        assert_eq!(serde_json::to_value(mixed).ok(), Some(value));
    }
    assert_eq!(serde_json::from_value(json!("\n")).ok(), Some(Separator::Newline));
    assert_eq!(Separator::Tab.as_str(), "\t");
    assert_eq!(round_trip::<Note>(&json!({"text": null})), Ok(json!({"text": null})));
    assert_eq!(round_trip::<Note>(&json!({"text": "t"})), Ok(json!({"text": "t"})));
}

#[test]
fn an_enum_or_any_string_is_an_open_enum() {
    use enums::{Model, Voice};
    assert_eq!(round_trip::<Model>(&json!("large")), Ok(json!("large")));
    assert_eq!(serde_json::from_value::<Model>(json!("huge")).ok(), Some(Model::Unknown("huge".to_owned())));
    assert_eq!(Voice::from("alto".to_owned()), Voice::Alto);
}
