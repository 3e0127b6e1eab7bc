//! Random schemas: a value that is valid is accepted and comes back unchanged.

use std::fmt::Write as _;

use serde_json::Value;

use crate::outcome::{Outcome, is_equal, read_property};

include!(concat!(env!("OUT_DIR"), "/round_trip.rs"));

/// A schema and values to try.
#[derive(serde::Deserialize)]
struct Case {
    schema: Value,
    values: Vec<Value>,
}

#[test]
fn valid_values_of_random_schemas_come_back_unchanged() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/round_trip.json"))).expect("cases are JSON");
    let (mut valid, mut all) = (0, 0);
    let mut faults = String::new();
    for (module, case) in cases.iter().enumerate() {
        let validator = jsonschema::draft7::new(&case.schema).expect("random schemas are schemas");
        all += case.values.len();
        for value in case.values.iter().filter(|value| validator.is_valid(value)) {
            valid += 1;
            let fault = match read(module, &value.to_string()) {
                Outcome::Written(written) if is_equal(value, &written) => continue,
                Outcome::Written(written) => format!("came back as {written}"),
                Outcome::Refused(why) | Outcome::Invalid(why) => format!("is refused: {why}"),
            };
            let _ = writeln!(faults, "{value}\n  {fault}\n  {}", case.schema);
        }
    }
    println!("{valid} valid values of {} schemas", cases.len());
    assert!(valid * 4 > all, "{valid} of {all} values are valid, which are too few");
    assert!(faults.is_empty(), "{faults}");
}
