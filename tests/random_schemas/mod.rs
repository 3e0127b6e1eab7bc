//! Random schemas over all keywords of draft 7, and random values that are, or nearly are, instances of them.
//!
//! Which values are valid is not decided here: the tests ask a validator. The same seed gives the same cases.

mod damage;
mod dice;
mod instance;
mod schema;

use std::env;

use serde_json::Value;

pub(crate) use self::dice::Dice;

/// A schema, and values to try on it.
#[derive(Debug)]
pub(crate) struct Case {
    /// A whole schema: its references lead to its own `definitions`.
    pub(crate) schema: Value,
    /// Values made from the schema, most of them valid, and others that were valid until one thing was changed.
    pub(crate) values: Vec<Value>,
}

/// What the properties that a schema does not name are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub(crate) enum Undeclared {
    /// Values have them wherever the schema does not forbid it.
    Present,
    /// Values have them only where the schema speaks of them.
    Absent,
}

/// The seed that stays, and those that are asked for: `RANDOM_SCHEMAS_SEED=7`, or from one to another, `1..20`.
pub(crate) fn seeds(fixed: u64) -> Vec<u64> {
    let asked = env::var("RANDOM_SCHEMAS_SEED").unwrap_or_default();
    let (first, last) = asked.split_once("..").unwrap_or((&asked, &asked));
    let asked = first.parse().and_then(|first: u64| Ok(first..=last.parse()?));
    std::iter::once(fixed).chain(asked.into_iter().flatten()).collect()
}

/// So many cases, each with so many values and as many damaged ones.
pub(crate) fn cases(seed: u64, count: usize, values: usize, undeclared: Undeclared) -> Vec<Case> {
    let mut dice = Dice::seeded(seed);
    (0..count).map(|_| case(&mut dice, values, undeclared)).collect()
}

fn case(dice: &mut Dice, count: usize, undeclared: Undeclared) -> Case {
    let schema = schema::schema(dice);
    let mut values = Vec::new();
    for _ in 0..count {
        let value = instance::instance(&schema, dice, undeclared);
        values.push(damage::damaged(&value, dice));
        values.push(value);
    }
    Case { schema, values }
}
