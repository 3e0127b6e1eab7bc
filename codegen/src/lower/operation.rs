//! Operations and the events they carry, seen from the chosen side.

use std::collections::BTreeMap;

use super::schema::Lowering;
use super::{docs, identity, union};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{self, Action, Address, Document, MessageId};
use crate::ir::{Carried, Direction, Event, Operation, Type};
use crate::mark::mark;

/// The events of the document, each name once, in the order of the operations.
pub(super) fn events(document: &Document) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for operation in &document.operations {
        for (id, name) in operation.messages.iter().zip(event_names(document, operation)) {
            if known.insert(name.clone()) {
                let message = &document.messages[*id];
                let label = message.key.clone().unwrap_or_else(|| name.clone());
                events.push(Event { at: message.at.clone(), name, label, docs: docs(&message.docs) });
            }
        }
    }
    events
}

/// The events' names of an operation's messages. One without a name goes by the operation that carries it, or by its
/// channel where that has no name either; several, by what they say, and never by their positions.
pub(super) fn event_names(document: &Document, operation: &document::Operation) -> Vec<String> {
    if let [only] = operation.messages[..] {
        let own = document.messages[only].name.clone().or_else(|| operation.id.clone());
        let made = || match operation.action {
            Action::Send => address(document, operation).to_owned(),
            Action::Receive => operation_id(document, operation),
        };
        return vec![own.unwrap_or_else(made)];
    }
    let place = operation_id(document, operation);
    let label = |id: &MessageId| {
        let message = &document.messages[*id];
        let own = message.name.clone().or_else(|| message.docs.title.clone());
        let label = || message.payload.map_or("Any".to_owned(), |payload| union::label(&document.schemas, payload));
        own.unwrap_or_else(|| format!("{place} {}", label()))
    };
    let names: Vec<String> = operation.messages.iter().map(label).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &names {
        *counts.entry(name).or_default() += 1;
    }
    let told_apart = names.iter().zip(&operation.messages).map(|(name, id)| {
        let message = &document.messages[*id];
        match message.payload {
            Some(payload) if message.name.is_none() && counts[name.as_str()] > 1 => {
                format!("{name} {}", mark(&identity::of(&document.schemas, payload)))
            }
            _ => name.clone(),
        }
    });
    told_apart.collect()
}

/// The address of an operation's channel, or what stands for it.
fn address<'a>(document: &'a Document, operation: &document::Operation) -> &'a str {
    let channel = &document.channels[operation.channel];
    match &channel.address {
        Address::Known(address) => address,
        Address::Open => &channel.key,
    }
}

/// The `operationId`, or one made of the verb and the channel's address.
fn operation_id(document: &Document, operation: &document::Operation) -> String {
    let made = || {
        let verb = match operation.action {
            Action::Send => "on",
            Action::Receive => "send",
        };
        format!("{verb} {}", address(document, operation))
    };
    operation.id.clone().unwrap_or_else(made)
}

/// The operations of the document that are the chosen side's business.
pub(super) fn lower(
    document: &Document,
    config: &Config,
    events: &[Event],
    schemas: &mut Lowering<'_>,
    diagnostics: &Diagnostics,
) -> Vec<Operation> {
    let index: BTreeMap<&str, usize> =
        events.iter().enumerate().map(|(index, event)| (event.name.as_str(), index)).collect();
    let mut lowered = Vec::new();
    for operation in &document.operations {
        let direction =
            if config.perspective.handles(operation.action) { Direction::Incoming } else { Direction::Outgoing };
        let id = operation_id(document, operation);
        let mut messages = Vec::new();
        let mut joined = Vec::new();
        for (message_id, name) in operation.messages.iter().zip(event_names(document, operation)) {
            let message = &document.messages[*message_id];
            let label = message.key.clone().unwrap_or_else(|| name.clone());
            if let Some(headers) = message.headers {
                schemas.headers(headers, &label);
            }
            let payload = message.payload.map_or(Type::Any, |id| schemas.payload(id, &label));
            if let Some(id) = message.payload {
                joined.push((message.at.clone(), label, id, payload.clone()));
            }
            let event = index.get(name.as_str()).copied().unwrap_or_default();
            messages.push(Carried { event, payload });
        }
        for message_id in operation.reply.iter().flat_map(|reply| &reply.messages) {
            let message = &document.messages[*message_id];
            let label = message.key.clone().or_else(|| message.name.clone()).unwrap_or_else(|| format!("{id} reply"));
            if let Some(payload) = message.payload {
                schemas.payload(payload, &label);
            }
        }
        let narrowed = config.operations.as_ref().is_some_and(|chosen| !chosen.contains(&id));
        if direction == Direction::Incoming && narrowed {
            continue;
        }
        let payload = match &messages[..] {
            [] => {
                diagnostics.push(no_message(operation));
                continue;
            }
            [only] => only.payload.clone(),
            // Without a payload, one of them may be anything.
            several if joined.len() < several.len() => Type::Any,
            several if several.iter().all(|message| message.payload == several[0].payload) => {
                several[0].payload.clone()
            }
            _ => schemas.operation(&operation.at, &id, &joined),
        };
        let at = operation.at.clone();
        let docs = docs(&operation.docs);
        lowered.push(Operation { at, id, direction, channel: operation.channel, messages, payload, docs });
    }
    lowered
}

fn no_message(operation: &document::Operation) -> Diagnostic {
    Diagnostic::new(Severity::Warning, &operation.at, "the operation has no message, so nothing is made of it")
        .at_key()
        .with_cure("give it a `message`")
}
