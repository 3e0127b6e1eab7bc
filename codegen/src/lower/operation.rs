//! Operations and the events they carry, seen from the chosen side.

use super::docs;
use super::schema::Lowering;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{self, Action, Document, MessageId};
use crate::ir::{Direction, Event, Operation, Type};

/// The events of the document, each name once, in the order of the operations.
pub(super) fn events(document: &Document) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for operation in &document.operations {
        for id in &operation.messages {
            let name = event_name(document, operation, *id);
            if !events.iter().any(|event| event.name == name) {
                let message = &document.messages[*id];
                let label = message.key.clone().unwrap_or_else(|| name.clone());
                events.push(Event { at: message.at.clone(), name, label, docs: docs(&message.docs) });
            }
        }
    }
    events
}

/// A message without a name goes by the operation that carries it, or by its channel where that has no name either.
fn event_name(document: &Document, operation: &document::Operation, message: MessageId) -> String {
    let name = document.messages[message].name.clone().or_else(|| operation.id.clone());
    name.unwrap_or_else(|| match operation.action {
        Action::Send => document.channels[operation.channel].address.clone(),
        Action::Receive => operation_id(document, operation),
    })
}

/// The `operationId`, or one made of the verb and the channel's address.
fn operation_id(document: &Document, operation: &document::Operation) -> String {
    let made = || {
        let verb = match operation.action {
            Action::Send => "on",
            Action::Receive => "send",
        };
        format!("{verb} {}", document.channels[operation.channel].address)
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
    let mut lowered = Vec::new();
    for operation in &document.operations {
        let direction =
            if config.perspective.handles(operation.action) { Direction::Incoming } else { Direction::Outgoing };
        let [message] = operation.messages[..] else {
            diagnostics.push(not_one_message(operation));
            continue;
        };
        let name = event_name(document, operation, message);
        let payload = document.messages[message].payload;
        let payload = payload.map_or(Type::Any, |id| schemas.payload(id, &name));
        let id = operation_id(document, operation);
        let narrowed = config.operations.as_ref().is_some_and(|chosen| !chosen.contains(&id));
        if direction == Direction::Incoming && narrowed {
            continue;
        }
        lowered.push(Operation {
            at: operation.at.clone(),
            id,
            direction,
            channel: operation.channel,
            event: events.iter().position(|event| event.name == name).unwrap_or_default(),
            payload,
            docs: docs(&operation.docs),
        });
    }
    lowered
}

fn not_one_message(operation: &document::Operation) -> Diagnostic {
    let (message, cure) = if operation.messages.is_empty() {
        ("the operation has no message", "give it a `message`")
    } else {
        ("several messages in one operation are not supported yet", "give each message a channel of its own")
    };
    Diagnostic::new(Severity::Error, &operation.at, message).at_key().with_cure(cure)
}
