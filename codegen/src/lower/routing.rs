//! How a receiver tells which event has arrived: as the team says, else by a payload property, else by the address.

use std::collections::{BTreeMap, BTreeSet};

use super::merge;
use crate::config::{Config, Discriminator};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Document, Pointer, SchemaId, Schemas, Value};
use crate::ir::{Direction, Event, Operation, Routing};

pub(super) fn find(
    document: &Document,
    config: &Config,
    operations: &[Operation],
    events: &[Event],
    diagnostics: &Diagnostics,
) -> Routing {
    let incoming: Vec<&Operation> =
        operations.iter().filter(|operation| operation.direction == Direction::Incoming).collect();
    match &config.discriminator {
        Some(discriminator) => {
            refuse_shared_names(&incoming, events, diagnostics);
            match discriminator {
                Discriminator::Payload(pointer) => Routing::Payload(pointer.clone()),
                Discriminator::Header(name) => Routing::Header(name.clone()),
            }
        }
        None if names_differ(&incoming) => {
            let property = naming_property(document, &incoming, events);
            property.map_or(Routing::Channel, Routing::Payload)
        }
        None => Routing::Channel,
    }
}

fn names_differ(incoming: &[&Operation]) -> bool {
    let mut names = BTreeSet::new();
    incoming.iter().flat_map(|operation| &operation.messages).all(|message| names.insert(message.event))
}

/// Two operations with one message cannot be told apart by its name.
fn refuse_shared_names(incoming: &[&Operation], events: &[Event], diagnostics: &Diagnostics) {
    let mut seen = BTreeSet::new();
    for operation in incoming {
        for message in &operation.messages {
            if !seen.insert(message.event) {
                let name = &events[message.event].name;
                let message =
                    format!("`{name}` arrives in another operation too, so its name does not tell them apart");
                diagnostics.push(
                    Diagnostic::new(Severity::Error, &operation.at, message)
                        .with_cure("leave out `Config::discriminator`: the channel's address decides then"),
                );
            }
        }
    }
}

/// The property that every arriving payload has and whose enum holds the message's name.
fn naming_property(document: &Document, incoming: &[&Operation], events: &[Event]) -> Option<Pointer> {
    let mut common: Option<Vec<String>> = None;
    let sources: BTreeMap<_, _> = document.operations.iter().map(|operation| (&operation.at, operation)).collect();
    // Many messages may share one payload that lists the names of them all.
    let mut read: BTreeMap<SchemaId, Vec<Listed>> = BTreeMap::new();
    for operation in incoming {
        let source = sources.get(&operation.at)?;
        for (id, message) in source.messages.iter().zip(&operation.messages) {
            let payload = document.messages[*id].payload?;
            let listed = read.entry(payload).or_insert_with(|| listed(&document.schemas, payload));
            let name = &events[message.event].name;
            let found = listed.iter().filter(|property| property.values.contains(name)).map(|property| &property.name);
            common = Some(match common {
                None => found.cloned().collect(),
                Some(names) => {
                    let found: BTreeSet<&String> = found.collect();
                    names.into_iter().filter(|name| found.contains(name)).collect()
                }
            });
        }
    }
    let property = common?.into_iter().next()?;
    Some(Pointer::root().join(&property))
}

/// A property with an enum.
struct Listed {
    name: String,
    values: BTreeSet<String>,
}

fn listed(schemas: &Schemas, payload: SchemaId) -> Vec<Listed> {
    let Some(payload) = merge::flat_of(schemas, payload) else { return Vec::new() };
    let listed = payload.properties.into_iter().filter_map(|(name, id)| {
        let values = merge::flat_of(schemas, id)?.values?.into_iter().filter_map(|value| match value {
            Value::String(text) => Some(text),
            _ => None,
        });
        Some(Listed { name, values: values.collect() })
    });
    listed.collect()
}
