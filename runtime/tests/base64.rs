//! Base64 in payloads: a decoded value is encoded to the same text.

use asyncapi_runtime::{Base64, Verbatim};
use proptest::prelude::*;

#[test]
fn reads_both_alphabets_with_padding_and_without() {
    for text in ["/+8=", "/+8", "_-8=", "_-8"] {
        let read: Verbatim<Base64> = serde_json::from_value(text.into()).unwrap();
        assert_eq!(**read, [0xff, 0xef], "{text}");
        assert_eq!(serde_json::to_value(&read).unwrap(), text);
    }
    assert!("".parse::<Base64>().unwrap().is_empty());
    for wrong in ["a", "a b=", "+_==", "é", "AA=A", "\n"] {
        assert!(wrong.parse::<Base64>().is_err(), "{wrong:?}");
    }
}

proptest! {
    #[test]
    fn bytes_survive(bytes: Vec<u8>) {
        let written = Base64::from(bytes.clone()).to_string();
        prop_assert_eq!(written.parse::<Base64>().unwrap().into_bytes(), bytes);
    }
}
