//! How a receiver tells which event has arrived: as the team says, else by a payload property, else by the address.

use std::collections::BTreeSet;

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
    for operation in incoming {
        let source = document.operations.iter().find(|candidate| candidate.at == operation.at)?;
        for (id, message) in source.messages.iter().zip(&operation.messages) {
            let payload = document.messages[*id].payload?;
            let found = properties_naming(&document.schemas, payload, &events[message.event].name);
            common = Some(match common {
                None => found,
                Some(names) => names.into_iter().filter(|name| found.contains(name)).collect(),
            });
        }
    }
    let property = common?.into_iter().next()?;
    Some(Pointer::root().join(&property))
}

fn properties_naming(schemas: &Schemas, payload: SchemaId, name: &str) -> Vec<String> {
    let Some(payload) = merge::flat_of(schemas, payload) else { return Vec::new() };
    let holds = |id: SchemaId| {
        let values = merge::flat_of(schemas, id).and_then(|keywords| keywords.values);
        values.is_some_and(|values| values.iter().any(|value| *value == Value::String(name.to_owned())))
    };
    payload.properties.iter().filter(|(_, id)| holds(*id)).map(|(name, _)| name.clone()).collect()
}
