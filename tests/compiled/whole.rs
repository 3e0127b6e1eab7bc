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
