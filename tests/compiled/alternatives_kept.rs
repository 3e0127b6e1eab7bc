//! Alternatives beside what they share, and inside each other: with the runtime and without it.

use super::*;

/// Reads and writes a value by a type of both modules, and expects it back.
macro_rules! both {
    ($name:ident, $value:expr) => {{
        let value: Value = $value;
        assert_eq!(round_trip::<alternatives::$name>(&value), Ok(value.clone()));
        assert_eq!(round_trip::<alternatives_types_only::$name>(&value), Ok(value));
    }};
}

#[test]
fn an_alternative_may_have_only_required() {
    both!(Reach, json!({"mail": "m"}));
    both!(Reach, json!({"phone": "p", "extension": 7}));
    both!(Payer, json!({"name": "n"}));
    both!(Payer, json!({"name": "n", "account": "a"}));
    both!(Payer, json!({"account": "a"}));
}

#[test]
fn two_enums_of_one_value_allow_their_intersection() {
    both!(Crossed, json!({"left": "l", "up": "u"}));
    both!(Crossed, json!({"right": "r", "down": "d"}));
    let crossed = serde_json::from_value(json!({"right": "r", "up": "u"}));
    assert!(matches!(crossed, Ok(alternatives::Crossed::Right(_))), "{crossed:?}");
    both!(Beside, json!({"left": "l", "up": "u", "down": "d"}));
    let narrowed: alternatives::Narrowed = 7;
    assert_eq!(narrowed, 7_i64);
}

#[test]
fn recursive_unions_are_read_without_exponential_work() {
    let nested = |leaf: Value| (0..40).fold(leaf, |tree, _| json!({"left": tree, "b": "x"}));
    both!(Tree, nested(json!({"leaf": 1})));
    assert!(round_trip::<alternatives::Tree>(&nested(json!({"leaf": "1"}))).is_err());
    assert!(round_trip::<alternatives_types_only::Tree>(&nested(json!({"leaf": "1"}))).is_err());
}

#[test]
fn an_integer_of_128_bits_in_a_union_has_its_default() {
    let counted = serde_json::from_value(json!({"unit": "kg"}));
    let Ok(alternatives::Counted::Unit(counted)) = counted else { panic!("{counted:?}") };
    assert_eq!(counted.count_or_default(), 3.into());
    both!(Counted, json!({"unit": "kg", "count": u64::MAX}));
}

#[test]
fn required_properties_that_are_not_described_are_kept() {
    let scores: alternatives::Scores = serde_json::from_value(json!({"total": 3, "first": 1})).expect("scores");
    let total: i64 = scores.total;
    assert_eq!(total, 3);
    assert!(round_trip::<alternatives::Scores>(&json!({"total": "3"})).is_err());
}

#[test]
fn an_unlisted_value_may_be_negative() {
    both!(Serial, json!(-5));
    both!(Serial, json!(u64::MAX));
    both!(Serial, json!(1));
}

#[test]
fn alternatives_of_one_type_are_that_type() {
    use alternatives_alike::{Code, MaybeCode, Parcel};

    let parcel = Parcel { code: Code::from("O-1"), inline: Some("B".to_owned()), maybe: Some(MaybeCode::None) };
    let written = json!({"code": "O-1", "inline": "B", "maybe": null});
    assert_eq!(serde_json::to_value(&parcel).ok(), Some(written.clone()));
    assert_eq!(round_trip::<Parcel>(&written), Ok(written));

    let validated = |code: &str| alternatives_alike_validated::Code::from(code.to_owned()).validate().is_ok();
    assert_eq!(["O-1", "N-1", "X-1"].map(validated), [true, true, false]);
}
