//! What a type is called after: the nearest place with a name of its own, and the steps from there.

use crate::document::{Called, Language, Place, Pointer, Schemas};
use crate::ir::{Origin, Root, Step};
use std::collections::BTreeMap;

use super::union;

/// The origin of the type at a place.
pub(super) fn of(at: &Place, roots: &BTreeMap<Place, Root>, schemas: &Schemas) -> Origin {
    let steps: Vec<String> = at.pointer.steps().collect();
    let mut root = Place { file: at.file, pointer: Pointer::root() };
    // A schema in a file of its own, or below no named place, goes by the last word of its address.
    let last = steps.last().cloned().unwrap_or_else(|| "document".to_owned());
    let mut origin = Origin { root: Root::Schema(last), steps: Vec::new() };
    let mut found_at = roots.get(&root).cloned();
    if let Some(found) = found_at.take() {
        origin = Origin { root: found, steps: inner_steps(&root, &steps, schemas) };
    }
    for (index, step) in steps.iter().enumerate() {
        root = root.join(step);
        if let Some(found) = roots.get(&root) {
            origin = Origin { root: found.clone(), steps: inner_steps(&root, &steps[index + 1..], schemas) };
        }
    }
    origin
}

/// The steps of a pointer inside a schema: each keyword takes the name or the index that follows it, if any.
fn inner_steps(root: &Place, steps: &[String], schemas: &Schemas) -> Vec<Step> {
    let mut inner = Vec::new();
    let mut at = root.clone();
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        at = at.join(step);
        match step.as_str() {
            "items" => inner.push(Step::Item),
            "additionalProperties" => inner.push(Step::Value),
            // The part of a multi-format schema that holds the schema.
            "schema" => {}
            // What is merged into its owner has no name of its own.
            "allOf" => at = steps.next().map_or_else(|| at.clone(), |index| at.join(index)),
            "oneOf" | "anyOf" => {
                at = steps.next().map_or_else(|| at.clone(), |index| at.join(index));
                let label = schemas.at(&at).map(|id| union::label(schemas, id));
                inner.push(Step::Variant(label.unwrap_or_default()));
            }
            "properties" | "patternProperties" | "definitions" | "$defs" => {
                let name = steps.next().unwrap_or(step);
                at = at.join(name);
                inner.push(Step::Property(name.clone()));
            }
            "fields" => {
                at = steps.next().map_or_else(|| at.clone(), |index| at.join(index));
                match schemas.called(&at) {
                    Some(Called::Field(name)) => inner.push(Step::Property(name.clone())),
                    _ => inner.push(Step::Property(step.clone())),
                }
            }
            "type" if is_avro(&at, schemas) => {}
            "values" if is_avro(&at, schemas) => inner.push(Step::Value),
            other if other.chars().all(|sign| sign.is_ascii_digit()) => {
                let alternative = schemas.at(&at).filter(|_| is_avro(&at, schemas));
                inner.push(alternative.map_or(Step::Item, |id| Step::Variant(union::label(schemas, id))));
            }
            other => inner.push(Step::Property(other.to_owned())),
        }
    }
    inner
}

fn is_avro(at: &Place, schemas: &Schemas) -> bool {
    let keywords = schemas.at(at).and_then(|id| schemas.keywords(id));
    keywords.is_some_and(|keywords| keywords.language == Language::Avro)
}
