//! Payload properties whose values name the events.

use std::collections::{BTreeMap, BTreeSet};

use super::RoutingContext;
use crate::document::{SchemaId, Schemas};
use crate::ir::Operation;
use crate::json::Value;
use crate::normalize::merge;

/// A property that every arriving payload has, with the event's name among its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Naming {
    pub(super) property: String,
    pub(super) listing: Listing,
}

/// What the values of a naming property are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// Names of events, and nothing else.
    Names,
    /// Others too.
    Others,
}

/// The properties that name the events, in the order of the first payload.
pub(super) fn properties(apis: &RoutingContext<'_>, incoming: &[(usize, &Operation)]) -> Vec<Naming> {
    let names: BTreeSet<&str> = apis.events.iter().map(|event| event.name.as_str()).collect();
    let mut common: Option<Vec<Naming>> = None;
    // Many messages may share one payload that lists the names of them all.
    let mut read: BTreeMap<SchemaId, Vec<Listed>> = BTreeMap::new();
    for (name, payload) in payloads(apis, incoming) {
        let Some(payload) = payload else { return Vec::new() };
        let listed = read.entry(payload).or_insert_with(|| listed(&apis.document.schemas, payload, &names));
        let found = listed.iter().filter(|property| property.values.contains(name));
        common = Some(match common {
            None => found.map(|property| property.naming.clone()).collect(),
            Some(known) => {
                let found: BTreeMap<&String, Listing> =
                    found.map(|property| (&property.naming.property, property.naming.listing)).collect();
                let joined = known.into_iter().filter_map(|naming| match found.get(&naming.property)? {
                    Listing::Names => Some(naming),
                    Listing::Others => Some(Naming { listing: Listing::Others, ..naming }),
                });
                joined.collect()
            }
        });
    }
    common.unwrap_or_default()
}

/// Every arriving message: its event's name, and its payload.
fn payloads<'a>(
    apis: &'a RoutingContext<'_>,
    incoming: &'a [(usize, &Operation)],
) -> impl Iterator<Item = (&'a str, Option<SchemaId>)> {
    incoming.iter().flat_map(|(_, operation)| {
        let source = apis.sources.get(&operation.at).map_or(&[][..], |source| &source.messages);
        let carried = operation.messages.iter().zip(source);
        carried.map(|(message, id)| (apis.events[message.event].name.as_str(), apis.document.messages[*id].payload))
    })
}

/// A property with an enum.
struct Listed {
    naming: Naming,
    values: BTreeSet<String>,
}

fn listed(schemas: &Schemas, payload: SchemaId, names: &BTreeSet<&str>) -> Vec<Listed> {
    let Some(payload) = merge::merged_schema(schemas, payload) else { return Vec::new() };
    let listed = payload.properties.iter().filter_map(|(property, id)| {
        let merged = merge::merged_schema(schemas, *id)?;
        let all = merged.values.as_ref()?;
        let values: BTreeSet<String> = (all.iter())
            .filter_map(|value| match value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        let is_names = |value: &Value| match value {
            Value::String(text) => names.contains(text.as_str()),
            value => *value == Value::Null,
        };
        let listing = if all.iter().all(is_names) { Listing::Names } else { Listing::Others };
        Some(Listed { naming: Naming { property: property.clone(), listing }, values })
    });
    listed.collect()
}
