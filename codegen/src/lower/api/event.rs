//! Events: their names and their examples. Also the ids of operations, because unnamed events are named after them.

use std::collections::{BTreeSet, HashMap};

use crate::document::{self, Action, Address, Document, Example, Message, MessageCardinality, MessageId, SchemaId};
use crate::hash_suffix::hash_suffix;
use crate::ir::{self, Event, ExampleTarget};
use crate::json::Value;
use crate::limits::MAX_SUMMARY_IN_LABEL;
use crate::lower::name_path::qualified_names;
use crate::lower::{docs::docs, structural_key, union};

/// The events of all operations, in the order of the document. Each name occurs once.
pub(in crate::lower) fn lower_events(document: &Document) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut indices: HashMap<String, usize> = HashMap::new();
    for operation in &document.operations {
        for (id, name) in operation.messages.iter().zip(event_names(document, operation)) {
            let message = &document.messages[*id];
            let label = message.key.clone().unwrap_or_else(|| name.clone());
            if let Some(index) = indices.get(&name) {
                // Messages with the same name are one event. If their keys differ, the label is the name.
                let event = &mut events[*index];
                if event.label != label {
                    event.label = name;
                }
                continue;
            }
            indices.insert(name.clone(), events.len());
            let mut fallback_labels = vec![name.clone()];
            fallback_labels.extend(qualified_names(&label, &message.at, &document.files));
            let (at, docs, correlation) = (message.at.clone(), docs(&message.docs), message.correlation.clone());
            let examples = lower_examples(message, &label);
            let content_type = document.content_type(message).map(str::to_owned);
            events.push(Event { at, name, label, fallback_labels, docs, content_type, correlation, examples });
        }
    }
    events
}

/// The event name of each message of an operation. A name never depends on the position or the number of messages.
///
/// A single message without a name is named after its operation or its channel. One of several messages without a name
/// is named after its title, or after the operation and the payload.
pub(super) fn event_names(document: &Document, operation: &document::Operation) -> Vec<String> {
    if let (MessageCardinality::One, &[only]) = (operation.cardinality, &operation.messages[..]) {
        let declared = document.messages[only].name.clone().or_else(|| operation.id.clone());
        let generated = || match operation.action {
            Action::Send => address_or_key(document, operation).to_owned(),
            Action::Receive => operation_id(document, operation),
        };
        return vec![declared.unwrap_or_else(generated)];
    }
    let operation_id = operation_id(document, operation);
    let name = |id: &MessageId| {
        let message = &document.messages[*id];
        let declared = message.name.clone().or_else(|| message.docs.title.clone());
        let label = || message.payload.map_or("Any".to_owned(), |payload| union::label(&document.schemas, payload));
        declared.unwrap_or_else(|| format!("{operation_id} {}", label()))
    };
    let names: Vec<String> = operation.messages.iter().map(name).collect();
    // Messages with the same name and the same payload are one event. If the payloads differ, each name gets a suffix.
    let mut payloads: HashMap<&str, BTreeSet<Option<SchemaId>>> = HashMap::new();
    for (name, id) in names.iter().zip(&operation.messages) {
        let payload = document.messages[*id].payload;
        payloads.entry(name).or_default().insert(payload.and_then(|id| document.schemas.definition(id)));
    }
    let unique = names.iter().zip(&operation.messages).map(|(name, id)| {
        let message = &document.messages[*id];
        match message.payload {
            Some(payload) if message.name.is_none() && payloads[name.as_str()].len() > 1 => {
                format!("{name} {}", hash_suffix(&structural_key::schema_key(&document.schemas, payload)))
            }
            _ => name.clone(),
        }
    });
    unique.collect()
}

/// The address of an operation's channel, or the channel's key if the address is not known.
fn address_or_key<'a>(document: &'a Document, operation: &document::Operation) -> &'a str {
    let channel = &document.channels[operation.channel];
    match &channel.address {
        Address::Known(address) => address,
        Address::Unknown => &channel.key,
    }
}

/// The `operationId`. If there is none, a verb and the channel's address, or the message's name if the address has no
/// letters or digits.
pub(super) fn operation_id(document: &Document, operation: &document::Operation) -> String {
    let generated = || {
        let verb = match operation.action {
            Action::Send => "on",
            Action::Receive => "send",
        };
        let address = address_or_key(document, operation);
        match (operation.cardinality, &operation.messages[..]) {
            _ if address.contains(char::is_alphanumeric) => format!("{verb} {address}"),
            (MessageCardinality::One, &[only]) => {
                format!("{verb} {}", document.messages[only].name.as_deref().unwrap_or("message"))
            }
            _ => format!("{verb} message"),
        }
    };
    operation.id.clone().unwrap_or_else(generated)
}

/// The examples of a message: one for each payload and one for each set of headers.
fn lower_examples(message: &Message, message_label: &str) -> Vec<ir::Example> {
    let examples = message.examples.iter().flat_map(|example| {
        let label = example_label(message, example, message_label);
        let summary = example.summary.clone().or_else(|| example.name.clone());
        let payload = example.payload.as_ref().map(|payload| ir::Example {
            at: example.at.clone(),
            label: label.clone(),
            summary: summary.clone(),
            target: ExampleTarget::Payload,
            value: payload.clone(),
        });
        let headers = example.headers.as_ref().map(|headers| ir::Example {
            at: example.at.join("headers"),
            label: format!("{label} headers"),
            summary,
            target: ExampleTarget::Headers,
            value: headers.clone(),
        });
        payload.into_iter().chain(headers)
    });
    examples.collect()
}

/// The label of the message, followed by the name of the example, its summary or a hash of its content. Nothing follows
/// if the message has only one example without a name.
fn example_label(message: &Message, example: &Example, message_label: &str) -> String {
    // Examples of headers only get labels of their own, so they are not counted with examples of payloads.
    let is_same_kind = |other: &&Example| other.name.is_none() && other.payload.is_some() == example.payload.is_some();
    let is_unique = |summary: &&String| {
        let same = message.examples.iter().filter(|other| other.summary.as_ref() == Some(summary)).count();
        same == 1 && summary.len() <= MAX_SUMMARY_IN_LABEL
    };
    match (&example.name, example.summary.as_ref().filter(is_unique)) {
        (Some(name), _) => format!("{message_label} {name}"),
        (None, _) if message.examples.iter().filter(is_same_kind).count() == 1 => message_label.to_owned(),
        (None, Some(summary)) => format!("{message_label} {summary}"),
        (None, None) => {
            let content = example.payload.as_ref().or(example.headers.as_ref());
            format!("{message_label} {}", hash_suffix(&content.map(Value::to_json).unwrap_or_default()))
        }
    }
}
