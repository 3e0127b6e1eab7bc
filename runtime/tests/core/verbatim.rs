//! Values that keep their original text.

use std::collections::HashSet;
use std::net::Ipv6Addr;

use asyncapi_runtime::{IsoDuration, Password, Verbatim};
use jiff::civil::Date;
use proptest::prelude::*;

#[test]
fn keeps_the_text_that_its_type_would_change() {
    for (text, canonical) in [("2024-06-01", "2024-06-01"), ("20240601", "2024-06-01")] {
        let date: Verbatim<Date> = serde_json::from_value(text.into()).unwrap();
        assert_eq!(*date, canonical.parse::<Date>().unwrap());
        assert_eq!(serde_json::to_value(&date).unwrap(), text);
        assert_eq!(Verbatim::from(date.into_value()).to_string(), canonical);
    }
    for wrong in ["7", "null", r#""""#, r#""2024-13-01""#] {
        assert!(serde_json::from_str::<Verbatim<Date>>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_value_of_a_header_decides() {
    let [long, short, other] =
        ["0:0:0:0:0:0:0:1", "::1", "::2"].map(|text| text.parse::<Verbatim<Ipv6Addr>>().unwrap());
    assert_eq!(long, short);
    assert!(long < other && long != other);
    assert_eq!(HashSet::from([long.clone(), short]).len(), 1);
    assert_eq!(format!("{long:?}"), "Verbatim(0:0:0:0:0:0:0:1)");
}

#[test]
fn passwords_are_serialized_but_not_printed() {
    let password: Password = serde_json::from_str(r#""secret""#).unwrap();
    assert_eq!(password.as_str(), "secret");
    assert_eq!(serde_json::to_string(&password).unwrap(), r#""secret""#);
    assert!(!format!("{password:?}").contains("secret"));
}

proptest! {
    #[test]
    fn is_written_back_as_it_was_read(segments in prop::collection::vec("[0-9a-fA-F]{1,4}", 8)) {
        let text = segments.join(":");
        prop_assert_eq!(text.parse::<Verbatim<Ipv6Addr>>().unwrap().to_string(), text);
    }
}

#[test]
fn durations_keep_their_units() {
    for text in ["P1D", "PT24H", "P0Y1M", "-PT0.5S", "pt1h"] {
        let read: Verbatim<IsoDuration> = serde_json::from_value(text.into()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), text);
    }
    let [day, hours] = ["P1D", "PT24H"].map(|text| text.parse::<IsoDuration>().unwrap());
    assert_ne!(day, hours);
    assert_eq!(day, IsoDuration::from(jiff::Span::new().days(1)));
    assert!("P".parse::<IsoDuration>().is_err());
}
