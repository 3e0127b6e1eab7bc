//! Integers in all JSON forms, such as `1.0` and `1e2`.

use std::collections::BTreeMap;

use asyncapi_runtime::untagged::BestMatch;
use asyncapi_runtime::{Headers, Inbound, lenient_int};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Counts {
    #[serde(deserialize_with = "lenient_int::deserialize")]
    small: u8,
    #[serde(deserialize_with = "lenient_int::deserialize")]
    large: u64,
    #[serde(deserialize_with = "lenient_int::deserialize")]
    signed: i64,
    #[serde(deserialize_with = "lenient_int::deserialize")]
    optional: Option<i32>,
    #[allow(clippy::option_option, reason = "absent, `null` and a number are three things")]
    #[serde(deserialize_with = "lenient_int::deserialize_present")]
    nullable: Option<Option<i64>>,
    #[serde(deserialize_with = "lenient_int::deserialize")]
    list: Vec<Option<i64>>,
    #[serde(deserialize_with = "lenient_int::deserialize")]
    map: BTreeMap<String, Vec<u16>>,
    #[serde(deserialize_with = "lenient_int::deserialize")]
    tuple: (String, f64, i64),
    #[serde(flatten, deserialize_with = "lenient_int::deserialize_buffered")]
    rest: BTreeMap<String, i64>,
}

fn read(value: &Value) -> Result<Counts, serde_json::Error> {
    let from_text: Counts = serde_json::from_str(&value.to_string())?;
    let from_value = Counts::deserialize(value)?;
    assert_eq!(from_text, from_value);
    Ok(from_text)
}

#[test]
fn integers_with_a_zero_fraction_are_read_in_every_position() {
    let counts = read(&json!({
        "small": 7.0, "large": 1e19, "signed": -4.0, "optional": 5.0, "nullable": 6.0, "list": [1.0, null, 2],
        "map": {"a": [1.0, 2]}, "tuple": ["1.0", 2.0, 3.0], "other": 8.0,
    }))
    .expect("all of them are integers");
    let expected = Counts {
        small: 7,
        large: 10_000_000_000_000_000_000,
        signed: -4,
        optional: Some(5),
        nullable: Some(Some(6)),
        list: vec![Some(1), None, Some(2)],
        map: BTreeMap::from([("a".to_owned(), vec![1, 2])]),
        tuple: ("1.0".to_owned(), 2.0, 3),
        rest: BTreeMap::from([("other".to_owned(), 8)]),
    };
    assert_eq!(counts, expected);
}

#[test]
fn digits_are_read_to_the_last() {
    let counts = read(&json!({"large": u64::MAX, "signed": i64::MIN, "other": i64::MAX})).expect("integers");
    assert_eq!((counts.large, counts.signed, counts.rest["other"]), (u64::MAX, i64::MIN, i64::MAX));
}

#[test]
fn null_and_absence_are_different() {
    assert_eq!(read(&json!({"nullable": null})).expect("null").nullable, Some(None));
    assert_eq!(read(&json!({})).expect("nothing").nullable, None);
    assert_eq!(read(&json!({"optional": null})).expect("null").optional, None);
}

#[test]
fn numbers_that_do_not_fit_the_integer_type_are_refused() {
    let refused = [
        json!({"small": 7.5}),
        json!({"small": 256.0}),
        json!({"small": -1.0}),
        json!({"large": 1e20}),
        json!({"signed": 9_223_372_036_854_775_808.0}),
        json!({"signed": "1.0"}),
        json!({"signed": true}),
        json!({"list": [1.5]}),
        json!({"other": 1.5}),
    ];
    for value in refused {
        assert!(read(&value).is_err(), "{value}");
    }
    let error = read(&json!({"small": 7.5})).expect_err("a fraction");
    assert!(error.to_string().starts_with("invalid type: floating point `7.5`, expected u8"), "{error}");
}

#[test]
fn a_payload_may_be_an_integer() {
    assert_eq!(Inbound::new("3.0").decode::<i64>().expect("an integer"), 3);
    assert_eq!(Inbound::new("[1.0, 2]").decode::<Vec<i64>>().expect("integers"), [1, 2]);
    let error = Inbound::new("[1.0, 2.5]").decode::<Vec<i64>>().expect_err("a fraction");
    assert_eq!(error.pointer(), "/1");
}

#[test]
fn an_alternative_may_be_an_integer() {
    #[derive(Debug, PartialEq)]
    enum Either {
        Integer(i64),
        Number(f64),
    }
    let read = |text: &str| {
        let mut json = serde_json::Deserializer::from_str(text);
        let fitting = BestMatch::from_deserializer(&mut json)?
            .or_try("Integer", Either::Integer)
            .or_try("Number", Either::Number);
        fitting.best::<serde_json::Error>()
    };
    assert_eq!(read("2.0").expect("an integer"), Either::Integer(2));
    assert_eq!(read("2.5").expect("a number"), Either::Number(2.5));
}

#[test]
fn headers_are_strings_and_round_trip() {
    #[derive(Deserialize)]
    struct Tracing {
        #[serde(deserialize_with = "lenient_int::deserialize")]
        trace: i64,
        #[serde(default, deserialize_with = "lenient_int::deserialize")]
        hops: Option<u8>,
    }
    let headers = Headers::from_iter([("trace", "9007199254740993"), ("hops", "3")]);
    let tracing: Tracing = headers.decode().expect("numbers");
    assert_eq!((tracing.trace, tracing.hops), (9_007_199_254_740_993, Some(3)));
}
