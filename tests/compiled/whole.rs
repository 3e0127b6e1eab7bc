//! Integers that were written with a fraction of zero, wherever they stand.

use super::*;

/// Reads a value from its text and from the value, and says what comes back.
fn back<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let from_text: T = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())?;
    let from_text = serde_json::to_value(&from_text).map_err(|error| error.to_string())?;
    assert_eq!(round_trip::<T>(value), Ok(from_text.clone()));
    Ok(from_text)
}

fn reading_with(name: &str, value: Value) -> Value {
    let mut reading = json!({"id": 1, "unit": null, "revision": 2});
    reading[name] = value;
    reading
}

fn are_read<Reading: DeserializeOwned + Serialize>() {
    let pairs = [
        ("id", json!(7.0), json!(7)),
        ("id", json!(1e3), json!(1000)),
        ("id", json!(-0.0), json!(0)),
        ("unit", json!(7.0), json!(7)),
        ("revision", json!(2.0), json!(2)),
        ("percent", json!(100.0), json!(100)),
        ("offset", json!(-3.0), json!(-3)),
        ("offset", json!(null), json!(null)),
        ("count", json!(4.0), json!(4)),
        ("level", json!(10.0), json!(10)),
        ("level", json!(11.0), json!(11)),
        ("counts", json!([1.0, 2, 3.0]), json!([1, 2, 3])),
        ("by_day", json!({"monday": [1.0], "sunday": []}), json!({"monday": [1], "sunday": []})),
        ("point", json!(["1.0", 2.0]), json!(["1.0", 2])),
        ("path", json!([1.0, "a", 2.0, 3]), json!([1, "a", 2, 3])),
        ("path", json!([]), json!([])),
        ("text_or_integer", json!(5.0), json!(5)),
        ("text_or_integer", json!("5.0"), json!("5.0")),
        ("integer_or_number", json!(5.0), json!(5)),
        ("integer_or_number", json!(5.5), json!(5.5)),
        ("integer_or_number", json!(50.0), json!(50)),
        ("mixed", json!(1.0), json!(1)),
        ("mixed", json!(2.5), json!(2.5)),
        ("mixed", json!(3.0), json!(3.0)),
        ("ratio", json!(1.0), json!(1.0)),
        ("any", json!([1.0]), json!([1.0])),
    ];
    for (name, value, expected) in pairs {
        assert_eq!(back::<Reading>(&reading_with(name, value)), Ok(reading_with(name, expected)));
    }
    let refused = [
        ("id", json!(7.5)),
        ("id", json!(1e19)),
        ("id", json!("7.0")),
        ("percent", json!(300.0)),
        ("count", json!(4_000_000_000.0)),
        ("counts", json!([1.5])),
        ("path", json!([1.5])),
        ("text_or_integer", json!(5.5)),
    ];
    for (name, value) in refused {
        assert!(back::<Reading>(&reading_with(name, value.clone())).is_err(), "{name}: {value}");
    }
}

/// In properties that no field has, and in what holds itself.
fn are_read_inside<Tally, Tallies, Tree, Branch>()
where
    Tally: DeserializeOwned + Serialize,
    Tallies: DeserializeOwned + Serialize,
    Tree: DeserializeOwned + Serialize,
    Branch: DeserializeOwned + Serialize,
{
    let tally = |one: Value, other: Value| json!({"total": one, "other": other});
    assert_eq!(back::<Tally>(&tally(json!(1.0), json!(2.0))), Ok(tally(json!(1), json!(2))));
    assert!(back::<Tally>(&tally(json!(1), json!(2.5))).is_err());
    let tallies = |one: Value| json!({"name": "all", "first": {"total": one.clone(), "other": one}});
    assert_eq!(back::<Tallies>(&tallies(json!(3.0))), Ok(tallies(json!(3))));
    let tree = |one: Value| json!([[one, []], [2, [[one, []]]]]);
    assert_eq!(back::<Tree>(&tree(json!(1.0))), Ok(tree(json!(1))));
    let branch = |one: Value| json!({"fork": [one, {"fork": [one, {}], "size": one}], "size": one});
    assert_eq!(back::<Branch>(&branch(json!(1.0))), Ok(branch(json!(1))));
}

#[test]
fn with_the_runtime() {
    use whole_numbers::{Branch, Reading, Tallies, Tally, Tree};

    are_read::<Reading>();
    are_read_inside::<Tally, Tallies, Tree, Branch>();
}

#[test]
fn without_the_runtime() {
    use whole_numbers_types_only::{Branch, Reading, Tallies, Tally, Tree};

    are_read::<Reading>();
    are_read_inside::<Tally, Tallies, Tree, Branch>();
}

#[test]
fn digits_are_read_to_the_last() {
    for digits in [i64::MAX, i64::MIN, 9_007_199_254_740_993] {
        let reading = reading_with("id", json!(digits));
        assert_eq!(back::<whole_numbers::Reading>(&reading), Ok(reading.clone()));
        assert_eq!(back::<whole_numbers_types_only::Reading>(&reading), Ok(reading));
    }
}

#[test]
fn numbers_beyond_64_bits_are_read_in_every_form() {
    use whole_numbers::{HugeLevel, Reading};

    let read = |property: &str| {
        serde_json::from_str::<Reading>(&format!(r#"{{"id": 1, "unit": null, "revision": 2, {property}}}"#))
    };
    let huge = |text: &str| read(&format!(r#""huge": {text}"#)).ok().and_then(|reading| reading.huge);
    assert_eq!(huge("7.0"), Some(7));
    assert_eq!(huge("99999999999999999999"), Some(99_999_999_999_999_999_999));
    assert_eq!(huge("99999999999999999999.00"), Some(99_999_999_999_999_999_999));
    assert_eq!(huge("1e20"), Some(100_000_000_000_000_000_000));
    assert_eq!(huge("7.5"), None);
    assert!(read(r#""huge": 7.5"#).is_err() && read(r#""huge": "7""#).is_err() && read(r#""huge": 1e40"#).is_err());
    assert_eq!(read(r#""huge": null"#).map(|reading| reading.huge).ok(), Some(None));
    assert_eq!(read(r#""huge_or_none": null"#).map(|reading| reading.huge_or_none).ok(), Some(Some(None)));
    let level = |text: &str| read(&format!(r#""huge_level": {text}"#)).ok().and_then(|reading| reading.huge_level);
    assert_eq!(level("1.0"), Some(HugeLevel::N1));
    assert_eq!(level("18446744073709551615.0"), Some(HugeLevel::N18446744073709551615));
    // Beside types of its own it is read in digits, to the last of them.
    let beside = read(r#""beside": [99999999999999999999, {"total": 1.0}]"#).expect("a reading").beside;
    assert_eq!(beside.expect("it is there").0, 99_999_999_999_999_999_999);
    let huges = read(r#""huges": {"a": [99999999999999999999, 2.0]}"#).expect("a reading").huges.expect("it is there");
    assert_eq!(huges["a"], [99_999_999_999_999_999_999, 2]);
}

#[test]
fn closed_enums_of_mixed_values_take_whole_numbers_in_every_form() {
    let job = |value: Value| json!({"level": 10, "mixed": value});
    let listed =
        enums_closed::JobMixed::KNOWN.iter().map(|known| known.value()).find(Value::is_i64).expect("an integer");
    let written = job(json!(listed.as_f64()));
    assert_eq!(back::<enums_closed::Job>(&written), Ok(job(listed)));
    assert!(back::<enums_closed::Job>(&job(json!(77.0))).is_err());
}

#[test]
fn integers_have_digits_only_if_the_option_says_so() {
    use whole_numbers_digits::Reading;

    for (name, value) in [("id", json!(7.0)), ("counts", json!([1.0])), ("level", json!(10.0)), ("huge", json!(1.0))] {
        assert!(back::<Reading>(&reading_with(name, value.clone())).is_err(), "{name}: {value}");
    }
    let reading = reading_with("counts", json!([1, 2]));
    assert_eq!(back::<Reading>(&reading), Ok(reading));
}
