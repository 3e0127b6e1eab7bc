//! How a receiver tells which event has arrived: as the team says, else by a payload property, else by the address.

use std::collections::BTreeSet;

use crate::config::{Config, Discriminator};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Document, Keywords, Pointer, SchemaId, SchemaKind};
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
    let by_name = match &config.discriminator {
        Some(Discriminator::Payload(pointer)) => Some(Routing::Payload(pointer.clone())),
        Some(Discriminator::Header(name)) => Some(Routing::Header(name.clone())),
        None => naming_property(document, &incoming, events).map(Routing::Payload),
    };
    match by_name {
        Some(routing) if config.discriminator.is_some() || names_differ(&incoming) => {
            refuse_shared_names(&incoming, events, diagnostics);
            routing
        }
        _ => Routing::Channel,
    }
}

fn names_differ(incoming: &[&Operation]) -> bool {
    let names: BTreeSet<usize> = incoming.iter().map(|operation| operation.event).collect();
    names.len() == incoming.len()
}

/// Two operations with one message cannot be told apart by its name.
fn refuse_shared_names(incoming: &[&Operation], events: &[Event], diagnostics: &Diagnostics) {
    let mut seen = BTreeSet::new();
    for operation in incoming {
        if !seen.insert(operation.event) {
            let name = &events[operation.event].name;
            let message = format!("`{name}` arrives in another operation too, so its name does not tell them apart");
            diagnostics.push(
                Diagnostic::new(Severity::Error, &operation.at, message)
                    .with_cure("leave out `Config::discriminator`: the channel's address decides then"),
            );
        }
    }
}

/// The property that every arriving payload has and whose enum holds the message's name.
fn naming_property(document: &Document, incoming: &[&Operation], events: &[Event]) -> Option<Pointer> {
    let mut common: Option<Vec<&str>> = None;
    for operation in incoming {
        let name = &events[operation.event].name;
        let found = properties_naming(document, operation, name);
        common = Some(match common {
            None => found,
            Some(names) => names.into_iter().filter(|name| found.contains(name)).collect(),
        });
    }
    let property = common?.into_iter().next()?;
    Some(Pointer::root().join(property))
}

fn properties_naming<'a>(document: &'a Document, operation: &Operation, name: &str) -> Vec<&'a str> {
    let message = document.operations.iter().find(|candidate| candidate.at == operation.at);
    let payload = message.and_then(|operation| document.messages[*operation.messages.first()?].payload);
    let Some(payload) = payload.and_then(|id| keywords(document, id)) else { return Vec::new() };
    let holds = |id: SchemaId| {
        let values = keywords(document, id).and_then(|keywords| keywords.values.as_ref());
        values.is_some_and(|values| values.iter().any(|value| value == name))
    };
    payload.properties.iter().filter(|(_, id)| holds(*id)).map(|(name, _)| name.as_str()).collect()
}

fn keywords(document: &Document, id: SchemaId) -> Option<&Keywords> {
    match &document.schemas[document.schemas.definition(id)?].kind {
        SchemaKind::Keywords(keywords) => Some(keywords),
        _ => None,
    }
}
