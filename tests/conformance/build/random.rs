//! Types of random schemas, for `src/round_trip.rs` and `src/validation.rs`.
//!
//! The first seed is fixed, so every run tries the same cases. `RANDOM_SCHEMAS_SEED=1..20` adds other seeds.
//! `RANDOM_SCHEMAS=200` sets the number of schemas of each seed.

use std::env;

use asyncapi_codegen::{Config, Source, UntypedSchemas, Validation};
use serde_json::{Value, json};

use super::program::{self, Check, Module, Position};
use super::random_schemas::{Case, Undeclared, random_cases};
use super::write_cases;

const FIXED_SEED: u64 = 20_261_125;

/// The number of schemas of each seed, if `RANDOM_SCHEMAS` is not set.
const SCHEMAS: usize = 12;
/// The number of values of each schema.
const VALUES: usize = 20;

pub(crate) fn generate() {
    for variable in ["RANDOM_SCHEMAS", "RANDOM_SCHEMAS_SEED"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let exact = Config::new().types_only().untyped_schemas(UntypedSchemas::AnyValue).keep_additional_properties("/**");
    write("round_trip", Undeclared::Absent, &exact, Check::Nothing);
    let validated = Config::new().types_only().validation(Validation::Full);
    write("validation", Undeclared::Present, &validated, Check::Validity);
}

fn write(name: &str, undeclared: Undeclared, config: &Config, check: Check) {
    let count = env::var("RANDOM_SCHEMAS").ok().and_then(|count| count.parse().ok()).unwrap_or(SCHEMAS);
    let cases: Vec<Case> = seeds().into_iter().flat_map(|seed| random_cases(seed, count, VALUES, undeclared)).collect();
    let modules =
        cases.iter().map(|case| Module { code: code(&case.schema, config), position: Position::Property, check });
    program::write(name, &modules.collect::<Vec<_>>());
    write_cases(name, &cases);
}

/// The fixed seed, and those of `RANDOM_SCHEMAS_SEED`: a number or a range such as `1..20`.
fn seeds() -> Vec<u64> {
    let text = env::var("RANDOM_SCHEMAS_SEED").unwrap_or_default();
    let (first, last) = text.split_once("..").unwrap_or((&text, &text));
    let seeds = first.parse().and_then(|first: u64| Ok(first..=last.parse()?));
    std::iter::once(FIXED_SEED).chain(seeds.into_iter().flatten()).collect()
}

/// The types of a schema as a component.
fn code(schema: &Value, config: &Config) -> Result<String, String> {
    let document = json!({
        "asyncapi": "2.6.0",
        "info": {"title": "Random", "version": "1"},
        "channels": {},
        "components": {"schemas": program::components("schema.json")},
    });
    let source = Source::new("random.json", document.to_string()).with_file("schema.json", schema.to_string());
    let output = config.generate(&source).map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}
