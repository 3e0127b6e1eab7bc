//! Random schemas: each value that a validator finds valid is accepted, and comes back as it was.
//!
//! One seed stays, so that what passed once is held. `RANDOM_SCHEMAS_SEED=1..20` tries others beside it, and
//! `RANDOM_SCHEMAS=n` asks for more schemas than a check of every change can wait for.

mod program;
mod random_schemas;

use std::env;
use std::fmt::Write as _;

use asyncapi_codegen::{Config, Source, Untyped};
use serde_json::{Value, json};

use self::program::{Check, Module, Outcome, Stands, same};
use self::random_schemas::{Case, Undeclared, cases, seeds};

/// The seed that stays.
const FIXED_SEED: u64 = 20_261_125;

/// How many schemas of each seed, unless more are asked for, and how many values of each.
const SCHEMAS: usize = 200;
const VALUES: usize = 20;

#[test]
fn what_is_valid_is_accepted_and_comes_back() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let schemas = number("RANDOM_SCHEMAS").and_then(|count| usize::try_from(count).ok()).unwrap_or(SCHEMAS);
    let seeds = seeds(FIXED_SEED);
    let cases: Vec<Case> = seeds.iter().flat_map(|seed| cases(*seed, schemas, VALUES, Undeclared::Absent)).collect();
    let modules: Vec<Module<'_>> = cases.iter().map(module).collect();
    let valid: usize = modules.iter().map(|module| module.values.len()).sum();
    assert!(valid > cases.len() * VALUES / 2, "too few of the values are valid to prove anything");
    let mut faults = String::new();
    for ((case, module), outcomes) in cases.iter().zip(&modules).zip(program::run("lossless", &modules)) {
        for (value, outcome) in module.values.iter().zip(outcomes) {
            let fault = match outcome {
                Outcome::Back(back) if same(value, &back) => continue,
                Outcome::Back(back) => format!("came back as {back}"),
                Outcome::Refused(why) | Outcome::Invalid(why) => format!("is refused: {why}"),
            };
            let _ = writeln!(faults, "{value}\n  {fault}\n  {}", case.schema);
        }
    }
    println!("seeds {seeds:?}: {valid} valid values of {} schemas", cases.len());
    assert!(faults.is_empty(), "seeds {seeds:?}:\n{faults}");
}

/// The code of a schema, and those of its values that are valid.
fn module(case: &Case) -> Module<'_> {
    let validator = jsonschema::draft7::new(&case.schema).expect("the schemas that are made are schemas");
    let values = case.values.iter().filter(|value| validator.is_valid(value)).collect();
    Module { code: code(&case.schema), values, stands: Stands::Held, check: Check::Nothing }
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
    let output = Config::new()
        .types_only()
        .untyped_schemas(Untyped::AsWritten)
        .keep_unknown("/**")
        .generate(&source)
        .map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}
