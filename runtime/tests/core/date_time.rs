//! Date-times.

use std::hash::{BuildHasher, RandomState};

use asyncapi_runtime::DateTime;
use jiff::Timestamp;
use proptest::prelude::*;

fn instant(text: &str) -> Timestamp {
    text.parse::<DateTime>().unwrap_or_else(|error| panic!("{text}: {error}")).timestamp()
}

#[test]
fn reads_what_rfc_3339_allows() {
    for (text, same) in [
        ("2024-06-01t12:00:00z", "2024-06-01T12:00:00Z"),
        ("2024-06-01T12:00:00.000Z", "2024-06-01T12:00:00Z"),
        ("2024-06-01 12:00:00Z", "2024-06-01T12:00:00Z"),
        ("2024-06-01T12:00:00-00:00", "2024-06-01T12:00:00Z"),
        ("2024-06-01T12:00:00+05:30", "2024-06-01T06:30:00Z"),
        ("2024-02-29T23:59:59.5-23:59", "2024-03-01T23:58:59.5Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:59Z"),
        ("2024-06-01T12:00:00.1234567899999Z", "2024-06-01T12:00:00.123456789Z"),
        ("2024-06-01T12:00:00.0000000000+01:00", "2024-06-01T11:00:00Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
    ] {
        assert_eq!(instant(text), same.parse::<Timestamp>().unwrap(), "{text}");
        assert_eq!(text.parse::<DateTime>().unwrap().to_string(), text);
    }
}

#[test]
fn refuses_what_names_no_instant() {
    for text in [
        "",
        "Z",
        "2024-06-01",
        "12:00:00Z",
        "2024-06-01T12:00:00",
        "2024-13-01T12:00:00Z",
        "2023-02-29T12:00:00Z",
        "2024-06-01T25:00:00Z",
        "2024-06-01T12:00:61Z",
        "2024-06-01T12:00:00.Z",
        "2024-06-01T12:00:00ZZ",
        " 2024-06-01T12:00:00Z",
        "9999-12-31T23:59:59",
        "9999-12-32T23:59:59Z",
        "9999-12-31T24:59:59Z",
        "10000-01-01T00:00:00Z",
        "1717243200",
        ".1234567890123",
    ] {
        assert!(text.parse::<DateTime>().is_err(), "{text}");
    }
}

#[test]
fn the_instant_decides() {
    let [utc, local, later] = ["2024-06-01T12:00:00Z", "2024-06-01T14:00:00.00+02:00", "2024-06-01T12:00:00.1Z"]
        .map(|text| text.parse::<DateTime>().unwrap());
    let hasher = RandomState::new();
    assert_eq!(utc, local);
    assert_eq!(hasher.hash_one(&utc), hasher.hash_one(&local));
    assert_ne!(utc, later);
    assert!(local < later);
    assert_eq!(utc.cmp(&local), std::cmp::Ordering::Equal);
}

#[test]
fn date_times_out_of_range_are_kept_and_ordered() {
    let [last, beyond, same, never, leap, west] = [
        "9999-12-30T22:00:00.999999999Z",
        "9999-12-30T22:00:01Z",
        "9999-12-31T00:00:01.0+02:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:60Z",
        "9999-12-31T23:59:59.999999999999-23:59",
    ]
    .map(|text| {
        let read: DateTime = serde_json::from_value(text.into()).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(serde_json::to_value(&read).unwrap(), text);
        assert_eq!(read.timestamp(), Timestamp::MAX, "{text}");
        read
    });
    let hasher = RandomState::new();
    assert_eq!(beyond, same);
    assert_eq!(hasher.hash_one(&beyond), hasher.hash_one(&same));
    assert_eq!(never, leap);
    assert!(last < beyond && beyond < never && never < west);
    assert_eq!(last, DateTime::from(Timestamp::MAX));
}

#[test]
fn shows_itself_as_written() {
    let local: DateTime = "2024-06-01T14:00:00+02:00".parse().unwrap();
    assert_eq!(format!("{local:?}"), "DateTime(2024-06-01T14:00:00+02:00)");
    assert_eq!(DateTime::from(local.timestamp()).to_string(), "2024-06-01T12:00:00Z");
    assert_eq!(Timestamp::from(local).as_second(), 1_717_243_200);
}

#[test]
fn is_a_string_in_json() {
    for wrong in ["7", "null", "true", "{}", r#""yesterday""#] {
        assert!(serde_json::from_str::<DateTime>(wrong).is_err(), "{wrong}");
    }
    let escaped: DateTime = serde_json::from_str(r#""2024-06-01\u005412:00:00Z""#).unwrap();
    assert_eq!(escaped.to_string(), "2024-06-01T12:00:00Z");
}

/// A date-time built from the grammar of RFC 3339, section 5.6, without jiff.
fn any_rfc_3339() -> impl Strategy<Value = String> {
    let date = (0..=9999_u16, 1..=12_u8, 1..=28_u8);
    let time = (0..=23_u8, 0..=59_u8, 0..=60_u8, "(\\.[0-9]{1,14})?");
    let offset = prop_oneof!["[zZ]", "[+-]([01][0-9]|2[0-3]):[0-5][0-9]"];
    (date, "[tT ]", time, offset).prop_map(|((year, month, day), t, (hour, minute, second, fraction), offset)| {
        format!("{year:04}-{month:02}-{day:02}{t}{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
    })
}

proptest! {
    #[test]
    fn is_written_back_as_it_was_read(text in any_rfc_3339()) {
        let json = serde_json::to_string(&text).unwrap();
        let read: DateTime = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn instants_survive(second in -62_135_596_800_i64..253_402_207_200, nanosecond in 0..1_000_000_000_i32) {
        let instant = Timestamp::new(second, nanosecond).unwrap();
        let json = serde_json::to_string(&DateTime::from(instant)).unwrap();
        prop_assert_eq!(serde_json::from_str::<DateTime>(&json).unwrap().timestamp(), instant);
    }

    #[test]
    fn any_text_gets_an_answer(text in ".{0,40}") {
        if let Ok(read) = text.parse::<DateTime>() {
            prop_assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn fractions_of_any_script_get_an_answer(text in "2024-06-01T12:00:00\\.[0-9]{8,10}.{0,4}") {
        if let Ok(read) = text.parse::<DateTime>() {
            prop_assert_eq!(read.to_string(), text);
        }
    }
}
