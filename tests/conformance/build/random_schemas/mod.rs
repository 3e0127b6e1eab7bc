//! Random schemas with the keywords of draft 7, and random values that are valid, or almost valid, for them.
//!
//! The tests ask a validator which values are valid. The same seed gives the same cases.

mod damage;
mod instance;
mod rng;
mod schema;

use serde::Serialize;
use serde_json::Value;

use self::rng::Rng;

/// A schema and values to try.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    /// A complete schema: its references lead to its own `definitions`.
    pub(crate) schema: Value,
    /// Values that follow the schema, most of them valid, and the same values with one change.
    pub(crate) values: Vec<Value>,
}

/// Whether values have properties that their schema does not declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undeclared {
    /// Unless the schema forbids it.
    Present,
    /// Only if the schema describes additional properties.
    Absent,
}

/// `count` cases with `values` values and as many changed ones.
pub(crate) fn random_cases(seed: u64, count: usize, values: usize, undeclared: Undeclared) -> Vec<Case> {
    let mut rng = Rng::with_seed(seed);
    (0..count).map(|_| random_case(&mut rng, values, undeclared)).collect()
}

fn random_case(rng: &mut Rng, count: usize, undeclared: Undeclared) -> Case {
    let schema = schema::random_schema(rng);
    let mut values = Vec::new();
    for _ in 0..count {
        let value = instance::random_instance(&schema, rng, undeclared);
        values.push(damage::damage(&value, rng));
        values.push(value);
    }
    Case { schema, values }
}
