//! Random schemas: decoding and `validate` together refuse what a validator refuses by the schema itself, and nothing that
//! decodes is refused by `validate` alone.
//!
//! Seeds and numbers as in `lossless.rs`.

mod program;
mod random_schemas;

use std::env;
use std::fmt::Write as _;

use asyncapi_codegen::{Config, Source, Validation};
use serde_json::{Value, json};

use self::program::{Check, Module, Outcome, Stands, same};
use self::random_schemas::{Case, Undeclared, cases, seeds};

/// The seed that stays.
const FIXED_SEED: u64 = 20_261_125;

/// How many schemas of each seed, unless more are asked for, and how many values of each.
const SCHEMAS: usize = 200;
const VALUES: usize = 20;

/// With its hyphens (RFC 9562, 4).
const UUID_LENGTH: usize = 36;

#[test]
fn what_is_refused_is_what_a_validator_refuses() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let schemas = number("RANDOM_SCHEMAS").and_then(|count| usize::try_from(count).ok()).unwrap_or(SCHEMAS);
    let seeds = seeds(FIXED_SEED);
    println!("seeds {seeds:?}, {schemas} schemas each");
    let cases: Vec<Case> = seeds.iter().flat_map(|seed| cases(*seed, schemas, VALUES, Undeclared::Present)).collect();
    let modules: Vec<Module<'_>> = cases.iter().map(module).collect();
    let (mut valid, mut invalid, mut count) = (0, 0, 0);
    let mut faults = String::new();
    for (case, outcomes) in cases.iter().zip(program::run("validated", &modules)) {
        // Draft 7 has no format of this name, and generated code knows it all the same.
        let options = jsonschema::draft7::options()
            .with_format("uuid", |text: &str| text.len() == UUID_LENGTH && uuid::Uuid::try_parse(text).is_ok());
        let validator = options.build(&case.schema).expect("the schemas that are made are schemas");
        for (value, outcome) in case.values.iter().zip(outcomes) {
            let is_valid = validator.is_valid(value);
            *if is_valid { &mut valid } else { &mut invalid } += 1;
            let fault = match outcome {
                // The alias of an `Option` takes `null`, and has no `validate` to say that it is not meant.
                _ if value.is_null() => continue,
                // What the types refuse although it is valid is the matter of another test.
                Outcome::Refused(_) => continue,
                Outcome::Back(_) if is_valid => continue,
                Outcome::Back(back) if validator.is_valid(&back) && differs_in_nulls(value, &back) => continue,
                Outcome::Invalid(_) if !is_valid => continue,
                // A `null` may be read as an absent property, which another schema may require.
                Outcome::Invalid(_) if !validator.is_valid(&without_nulls(value)) => continue,
                Outcome::Back(back) => format!("passes as {back}"),
                Outcome::Invalid(why) => format!("is valid, and refused: {why}"),
            };
            count += 1;
            let _ = writeln!(faults, "{value}\n  {fault}\n  {}", case.schema);
            break;
        }
    }
    println!("{valid} valid values, {invalid} invalid ones");
    assert!(valid > 100 && invalid > 100, "too few values to prove anything");
    assert!(count == 0, "{count} of {} schemas, seeds {seeds:?}:\n{faults}", cases.len());
}

/// Whether the values are the same but for properties that are `null` in the first and absent in the second.
fn differs_in_nulls(value: &Value, back: &Value) -> bool {
    match (value, back) {
        (Value::Object(value), Value::Object(back)) => {
            let is_read = |(name, value): (&String, &Value)| match back.get(name) {
                Some(back) => differs_in_nulls(value, back),
                None => value.is_null(),
            };
            value.iter().all(is_read) && back.keys().all(|name| value.contains_key(name))
        }
        (Value::Array(value), Value::Array(back)) => {
            value.len() == back.len() && value.iter().zip(back).all(|(value, back)| differs_in_nulls(value, back))
        }
        (value, back) => same(value, back),
    }
}

/// The value without its properties that are `null`.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(properties) => {
            let kept = properties.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn module(case: &Case) -> Module<'_> {
    Module {
        code: code(&case.schema),
        values: case.values.iter().collect(),
        stands: Stands::Held,
        check: Check::Validity,
    }
}

/// The types of a schema as a component.
fn code(schema: &Value) -> Result<String, String> {
    let document = json!({
        "asyncapi": "2.6.0",
        "info": {"title": "Random", "version": "1"},
        "channels": {},
        "components": {"schemas": program::held("schema.json")},
    });
    let source = Source::new("random.json", document.to_string()).with_file("schema.json", schema.to_string());
    let config = Config::new().types_only().validation(Validation::Full);
    let output = config.generate(&source).map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}
