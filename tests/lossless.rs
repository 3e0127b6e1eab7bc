//! Random schemas: each value that a validator finds valid is accepted, and comes back as it was.
//!
//! Two seeds: one that stays, so that what passed once is held, and one of the day. `RANDOM_SCHEMAS_SEED=n` repeats a
//! run, `RANDOM_SCHEMAS=n` asks for more schemas than a check of every change can wait for.

mod program;
mod random_schemas;

use std::collections::hash_map::RandomState;
use std::env;
use std::fmt::Write as _;
use std::hash::BuildHasher;

use asyncapi_codegen::{Config, Source, Untyped};
use serde_json::{Value, json};

use self::program::{Check, Module, Outcome, same};
use self::random_schemas::{Case, Undeclared, cases};

/// The seed that stays.
const FIXED_SEED: u64 = 20_261_125;

/// How many schemas of each seed, unless more are asked for, and how many values of each.
const SCHEMAS: usize = 100;
const VALUES: usize = 20;

#[test]
#[ignore = "an integer written as a float is refused, and so is some of what only one part of an anyOf allows"]
fn what_is_valid_is_accepted_and_comes_back() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let of_the_day = number("RANDOM_SCHEMAS_SEED").unwrap_or_else(|| RandomState::new().hash_one(()));
    let schemas = number("RANDOM_SCHEMAS").and_then(|count| usize::try_from(count).ok()).unwrap_or(SCHEMAS);
    println!("seeds {FIXED_SEED} and {of_the_day}, {schemas} schemas each");
    let seeds = [FIXED_SEED, of_the_day];
    let cases: Vec<Case> = seeds.iter().flat_map(|seed| cases(*seed, schemas, VALUES, Undeclared::Absent)).collect();
    let modules: Vec<Module<'_>> = cases.iter().map(module).collect();
    let valid: usize = modules.iter().map(|module| module.values.len()).sum();
    println!("{valid} valid values");
    assert!(valid > cases.len() * VALUES / 2, "too few of the values are valid to prove anything");
    let mut faults = String::new();
    let mut count = 0;
    for ((case, module), outcomes) in cases.iter().zip(&modules).zip(program::run("lossless", &modules)) {
        for (value, outcome) in module.values.iter().zip(outcomes) {
            let fault = match outcome {
                Outcome::Back(back) if same(value, &back) => continue,
                Outcome::Back(back) => format!("came back as {back}"),
                Outcome::Refused(why) | Outcome::Invalid(why) => format!("is refused: {why}"),
            };
            count += 1;
            let _ = writeln!(faults, "{value}\n  {fault}\n  {}", case.schema);
            break;
        }
    }
    assert!(count == 0, "{count} of {} schemas, seeds {seeds:?}:\n{faults}", cases.len());
}

/// The code of a schema, and those of its values that are valid.
fn module(case: &Case) -> Module<'_> {
    let validator = jsonschema::draft7::new(&case.schema).expect("the schemas that are made are schemas");
    let values = case.values.iter().filter(|value| validator.is_valid(value)).collect();
    Module { code: code(&case.schema), values, check: Check::Nothing }
}

/// The types of a schema as a component; in a file of its own, so that its references mean what they say.
fn code(schema: &Value) -> Result<String, String> {
    let document = json!({
        "asyncapi": "2.6.0",
        "info": {"title": "Random", "version": "1"},
        "channels": {},
        "components": {"schemas": {"Root": {"$ref": "schema.json"}}},
    });
    let source = Source::new("random.json", document.to_string()).with_file("schema.json", schema.to_string());
    let output = Config::new()
        .types_only()
        .untyped(Untyped::AsWritten)
        .keep_unknown("/**")
        .generate(&source)
        .map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}
