//! Operations and the events they carry, seen from the chosen side.

mod correlation;
mod examples;
mod reply;

use std::collections::{BTreeSet, HashMap};

use super::schema::{Lowering, UnionMessage};
use super::{docs, qualified_name, structural_key, union};
use crate::config::{Config, OutputScope, Perspective};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{self, Action, Address, Document, MessageCardinality, MessageId, SchemaId};
use crate::hash_suffix::mark;
use crate::ir::{Direction, Event, Label, Operation, OperationMessage, Type, Variant};
use crate::location::Location;

/// The events of the document, each name once, in the order of the operations.
pub(super) fn events(document: &Document) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for operation in &document.operations {
        for (id, name) in operation.messages.iter().zip(event_names(document, operation)) {
            let message = &document.messages[*id];
            let label = message.key.clone().unwrap_or_else(|| name.clone());
            if let Some(index) = known.get(&name) {
                // Messages that share a name are one event, which none of their keys may claim.
                let event = &mut events[*index];
                if event.label != label {
                    event.label = name;
                }
                continue;
            }
            known.insert(name.clone(), events.len());
            let mut fallback_labels = vec![name.clone()];
            fallback_labels.extend(qualified_name::qualified(&label, &message.at, &document.files));
            let (at, docs, correlation) = (message.at.clone(), docs(&message.docs), message.correlation.clone());
            let examples = examples::lower(message, &label);
            let content_type = document.content_type(message).map(str::to_owned);
            events.push(Event { at, name, label, fallback_labels, docs, content_type, correlation, examples });
        }
    }
    events
}

/// The events' names of an operation's messages. One without a name goes by the operation that carries it, or by its
/// channel where that has no name either; those of a list, by what they say, and never by their positions or their number.
pub(super) fn event_names(document: &Document, operation: &document::Operation) -> Vec<String> {
    if let (MessageCardinality::One, &[only]) = (operation.cardinality, &operation.messages[..]) {
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
    // Of one payload there is but one event, however often the operation lists it.
    let mut payloads: HashMap<&str, BTreeSet<Option<SchemaId>>> = HashMap::new();
    for (name, id) in names.iter().zip(&operation.messages) {
        let payload = document.messages[*id].payload;
        payloads.entry(name).or_default().insert(payload.and_then(|id| document.schemas.definition(id)));
    }
    let told_apart = names.iter().zip(&operation.messages).map(|(name, id)| {
        let message = &document.messages[*id];
        match message.payload {
            Some(payload) if message.name.is_none() && payloads[name.as_str()].len() > 1 => {
                format!("{name} {}", mark(&structural_key::of(&document.schemas, payload)))
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
        Address::Unknown => &channel.key,
    }
}

/// The `operationId`, or one made of the verb and the channel's address; of the message, where the address is `/`.
pub(super) fn operation_id(document: &Document, operation: &document::Operation) -> String {
    let made = || {
        let verb = match operation.action {
            Action::Send => "on",
            Action::Receive => "send",
        };
        let address = address(document, operation);
        let says_something = address.contains(char::is_alphanumeric);
        match (operation.cardinality, &operation.messages[..]) {
            _ if says_something => format!("{verb} {address}"),
            (MessageCardinality::One, &[only]) => {
                format!("{verb} {}", document.messages[only].name.as_deref().unwrap_or("message"))
            }
            _ => format!("{verb} message"),
        }
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
    warn_if_no_incoming_operation(document, config, diagnostics);
    let index = events.iter().enumerate().map(|(index, event)| (event.name.as_str(), index)).collect();
    let mut reader = Reader { document, schemas, diagnostics, index, extent: config.extent };
    let operations = document.operations.iter();
    let lowered = operations.filter_map(|operation| {
        let direction = direction(operation.action, config.perspective);
        let lowered = reader.operation(operation, direction)?;
        let narrowed = config.operations.as_ref().is_some_and(|chosen| !chosen.contains(&lowered.id));
        (direction == Direction::Outgoing || !narrowed).then_some(lowered)
    });
    lowered.collect()
}

/// Which way the messages of an operation go, seen from the chosen side.
fn direction(action: Action, perspective: Perspective) -> Direction {
    match (perspective, action) {
        (Perspective::Client, Action::Send) | (Perspective::Application, Action::Receive) => Direction::Incoming,
        (Perspective::Client, Action::Receive) | (Perspective::Application, Action::Send) => Direction::Outgoing,
    }
}

/// Warns about a document with operations of which none is incoming: probably the wrong side was chosen.
fn warn_if_no_incoming_operation(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    let is_incoming =
        |operation: &document::Operation| direction(operation.action, config.perspective) == Direction::Incoming;
    if document.operations.is_empty() || document.operations.iter().any(is_incoming) {
        return;
    }
    let (side, other) = match config.perspective {
        Perspective::Client => ("a client", "Perspective::Application"),
        Perspective::Application => ("the application", "Perspective::Client"),
    };
    let message = format!("nothing in this document arrives at {side}, so there is no handler");
    diagnostics.push(
        Diagnostic::new(Severity::Warning, &Location::root().join("channels"), message)
            .at_key()
            .with_help(format!("if you are the other side, choose `{other}`")),
    );
}

/// What every operation needs to be lowered.
struct Reader<'a, 's> {
    document: &'a Document,
    schemas: &'a mut Lowering<'s>,
    diagnostics: &'a Diagnostics,
    index: HashMap<&'a str, usize>,
    extent: OutputScope,
}

impl Reader<'_, '_> {
    fn operation(&mut self, operation: &document::Operation, direction: Direction) -> Option<Operation> {
        let id = operation_id(self.document, operation);
        let names = event_names(self.document, operation);
        let carried = operation.messages.iter().zip(&names);
        let messages: Vec<OperationMessage> = carried.map(|(id, name)| self.carried(*id, name)).collect();
        let reply = operation.reply.as_ref().and_then(|reply| self.reply(operation, reply, direction, &id));
        if messages.is_empty() {
            self.diagnostics.push(no_message(operation));
            return None;
        }
        let mut carried = operation.messages.iter().zip(&messages);
        let is_binary = carried.any(|(id, carried)| self.is_binary(&self.document.messages[*id], &carried.payload));
        let payload = if is_binary && messages.iter().any(|message| message.payload != messages[0].payload) {
            self.mixed(operation, &id, &names, &messages)
        } else {
            self.payload(operation, &id, &names, &messages)
        };
        let at = operation.at.clone();
        let docs = docs(&operation.docs);
        Some(Operation { at, id, direction, channel: operation.channel, messages, payload, reply, docs })
    }

    fn carried(&mut self, id: MessageId, name: &str) -> OperationMessage {
        let message = &self.document.messages[id];
        let label = message.key.as_deref().unwrap_or(name);
        let headers = message.headers.map(|id| self.schemas.headers(id, label));
        let payload = message.payload.map_or(Type::Any, |id| self.schemas.payload(id, label, Some(name)));
        let payload = self.with_content_type(message, payload);
        let at = message.at.clone();
        let content_type = self.document.content_type(message).map(str::to_owned);
        OperationMessage {
            at,
            event: self.index.get(name).copied().unwrap_or_default(),
            payload,
            content_type,
            headers,
        }
    }

    /// One type for whatever may travel.
    fn payload(
        &mut self,
        operation: &document::Operation,
        id: &str,
        names: &[String],
        messages: &[OperationMessage],
    ) -> Type {
        let first = &messages[0].payload;
        if messages.iter().all(|message| message.payload == *first) {
            return first.clone();
        }
        let joined: Vec<UnionMessage> = (operation.messages.iter().zip(names).zip(messages))
            .map(|((message_id, name), carried)| {
                let message = &self.document.messages[*message_id];
                UnionMessage {
                    at: message.at.clone(),
                    label: message.key.clone().unwrap_or_else(|| name.clone()),
                    schema: message.payload,
                    ty: carried.payload.clone(),
                }
            })
            .collect();
        self.schemas.operation(&operation.at, id, &joined)
    }

    /// One type for payloads of which some are no JSON.
    fn mixed(
        &mut self,
        operation: &document::Operation,
        id: &str,
        names: &[String],
        messages: &[OperationMessage],
    ) -> Type {
        let variants = (operation.messages.iter().zip(names).zip(messages)).map(|((message, name), carried)| {
            let label = self.document.messages[*message].key.clone().unwrap_or_else(|| name.clone());
            let (at, ty) = (carried.at.clone(), carried.payload.clone());
            Variant { at, label: Label::plain(label), ty, tag_values: Vec::new(), kinds: Vec::new() }
        });
        let mut seen = BTreeSet::new();
        let variants = variants.filter(|variant| seen.insert(variant.at.clone())).collect();
        self.schemas.mixed(&operation.at, id, variants)
    }

    /// The type of a payload as its message's content type lets it travel: what is no JSON is not decoded as such.
    fn with_content_type(&mut self, message: &document::Message, payload: Type) -> Type {
        let Some(content_type) = self.document.content_type(message) else { return payload };
        if self.document.is_json(message) || self.is_binary(message, &payload) {
            return payload;
        }
        if content_type.trim_start().to_lowercase().starts_with("text/") && self.schemas.is_text(&payload) {
            return Type::Text;
        }
        let at = message.at.join("payload");
        if message.payload.is_some_and(|id| self.schemas.is_bytes(id, &at, content_type)) {
            return Type::Bytes;
        }
        let why = format!("messages of `{content_type}` are not decoded");
        self.schemas.encoded(&at, content_type, &why)
    }

    fn is_binary(&self, message: &document::Message, payload: &Type) -> bool {
        matches!(payload, Type::Bytes | Type::Text | Type::Encoded(_))
            || message.payload.is_some_and(|id| self.schemas.is_non_json_schema(id))
    }
}

fn no_message(operation: &document::Operation) -> Diagnostic {
    Diagnostic::new(Severity::Warning, &operation.at, "the operation has no message, so nothing is made of it")
        .at_key()
        .with_help("give it a `message`")
}
