//! Operations and the events they carry, seen from the chosen side.

use std::collections::BTreeMap;

use super::docs;
use super::schema::{Joined, Lowering};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{self, Action, Address, Document, Location, MessageId};
use crate::ir::{Carried, Direction, Event, Operation, Reply, Type};

/// The events of the document, each name once, in the order of the operations.
pub(super) fn events(document: &Document) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for operation in &document.operations {
        for id in &operation.messages {
            let name = event_name(document, operation, *id);
            if known.insert(name.clone()) {
                let message = &document.messages[*id];
                let label = message.key.clone().unwrap_or_else(|| name.clone());
                let correlation = message.correlation.clone();
                events.push(Event { at: message.at.clone(), name, label, docs: docs(&message.docs), correlation });
            }
        }
    }
    events
}

/// A message without a name goes by the operation that carries it, or by its channel where that has no name either.
pub(super) fn event_name(document: &Document, operation: &document::Operation, message: MessageId) -> String {
    let own = document.messages[message].name.clone();
    let only = operation.messages.len() == 1;
    let name = own.or_else(|| operation.id.clone().filter(|_| only));
    name.unwrap_or_else(|| {
        let place = match operation.action {
            Action::Send if only => address(document, operation).to_owned(),
            _ => operation_id(document, operation),
        };
        let index = operation.messages.iter().position(|id| *id == message);
        let title = document.messages[message].docs.title.clone();
        match (only, title, index) {
            (true, ..) | (false, None, None) => place,
            (false, Some(title), _) => title,
            (false, None, Some(index)) => format!("{place} {}", index + 1),
        }
    })
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
pub(super) fn operation_id(document: &Document, operation: &document::Operation) -> String {
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
    let index = events.iter().enumerate().map(|(index, event)| (event.name.as_str(), index)).collect();
    let mut reader = Reader { document, schemas, diagnostics, index };
    let operations = document.operations.iter();
    let lowered = operations.filter_map(|operation| {
        let direction =
            if config.perspective.handles(operation.action) { Direction::Incoming } else { Direction::Outgoing };
        let lowered = reader.operation(operation, direction)?;
        let narrowed = config.operations.as_ref().is_some_and(|chosen| !chosen.contains(&lowered.id));
        (direction == Direction::Outgoing || !narrowed).then_some(lowered)
    });
    lowered.collect()
}

/// What every operation needs to be lowered.
struct Reader<'a, 's> {
    document: &'a Document,
    schemas: &'a mut Lowering<'s>,
    diagnostics: &'a Diagnostics,
    index: BTreeMap<&'a str, usize>,
}

impl Reader<'_, '_> {
    fn operation(&mut self, operation: &document::Operation, direction: Direction) -> Option<Operation> {
        let id = operation_id(self.document, operation);
        let mut messages: Vec<Carried> = operation.messages.iter().map(|id| self.carried(operation, *id)).collect();
        let reply = operation.reply.as_ref().and_then(|reply| self.reply(operation, reply, &id));
        if messages.is_empty() {
            self.diagnostics.push(no_message(operation));
            return None;
        }
        let mut carried = operation.messages.iter().zip(&messages);
        let is_binary = carried.any(|(id, carried)| self.is_binary(&self.document.messages[*id], &carried.payload));
        if is_binary && messages.iter().any(|message| message.payload != messages[0].payload) {
            // No union of JSON holds them, so all of them come as they are.
            for message in &mut messages {
                message.payload = Type::Bytes;
            }
        }
        let payload = self.payload(operation, &id, &messages);
        let at = operation.at.clone();
        let docs = docs(&operation.docs);
        Some(Operation { at, id, direction, channel: operation.channel, messages, payload, reply, docs })
    }

    fn carried(&mut self, operation: &document::Operation, id: MessageId) -> Carried {
        let name = event_name(self.document, operation, id);
        let message = &self.document.messages[id];
        let label = message.key.as_ref().unwrap_or(&name);
        let headers = message.headers.map(|id| self.schemas.headers(id, label));
        let payload = message.payload.map_or(Type::Any, |id| self.schemas.payload(id, label));
        let payload = self.travelling(message, payload);
        Carried { event: self.index.get(name.as_str()).copied().unwrap_or_default(), payload, headers }
    }

    /// What the handler answers; where that should go must be known.
    fn reply(&mut self, operation: &document::Operation, reply: &document::Reply, id: &str) -> Option<Reply> {
        let mut joined = Vec::new();
        for message_id in &reply.messages {
            let message = &self.document.messages[*message_id];
            let name = message.key.clone().or_else(|| message.name.clone());
            let label = name.unwrap_or_else(|| format!("{id} reply"));
            let ty = message.payload.map_or(Type::Any, |id| self.schemas.payload(id, &label));
            let ty = self.travelling(message, ty);
            joined.push((message, label, ty));
        }
        let (first, _, ty) = joined.first()?;
        let payload = if joined.iter().all(|(_, _, other)| other == ty) {
            ty.clone()
        } else if joined.iter().any(|(message, _, ty)| self.is_binary(message, ty)) {
            Type::Bytes
        } else {
            let several: Option<Vec<Joined>> = (joined.iter())
                .map(|(message, label, ty)| {
                    let (at, label, ty) = (message.at.clone(), label.clone(), ty.clone());
                    Some(Joined { at, label, schema: message.payload?, ty })
                })
                .collect();
            several.map_or(Type::Any, |joined| self.schemas.operation(&reply.at, &format!("{id} reply"), &joined))
        };
        let is_fixed = |index: &usize| matches!(&self.document.channels[*index].address, Address::Known(address) if !address.contains('{'));
        let channel = reply.channel.filter(is_fixed);
        if reply.address.is_none() && channel.is_none() {
            let message = "the document does not say where to reply, so the handler does not reply";
            let diagnostic = Diagnostic::new(Severity::Warning, &reply.at, message).at_key();
            self.diagnostics.push(diagnostic.with_cure("give the reply an `address`, or a channel with a fixed one"));
            return None;
        }
        let requests_have_one = operation.messages.iter().any(|id| self.document.messages[*id].correlation.is_some());
        let correlation = match &first.correlation {
            Some(Location::Header(name)) if requests_have_one => Some(name.clone()),
            _ => None,
        };
        Some(Reply { payload, address: reply.address.clone(), channel, correlation })
    }

    /// One type for whatever may travel.
    fn payload(&mut self, operation: &document::Operation, id: &str, messages: &[Carried]) -> Type {
        let first = &messages[0].payload;
        if messages.iter().all(|message| message.payload == *first) {
            return first.clone();
        }
        let joined: Option<Vec<Joined>> = (operation.messages.iter().zip(messages))
            .map(|(message_id, carried)| {
                let message = &self.document.messages[*message_id];
                let name = event_name(self.document, operation, *message_id);
                Some(Joined {
                    at: message.at.clone(),
                    label: message.key.clone().unwrap_or(name),
                    schema: message.payload?,
                    ty: carried.payload.clone(),
                })
            })
            .collect();
        // Without a payload, one of them may be anything.
        joined.map_or(Type::Any, |joined| self.schemas.operation(&operation.at, id, &joined))
    }

    /// The type of a payload as its message's content type lets it travel: what is no JSON is not decoded as such.
    fn travelling(&mut self, message: &document::Message, payload: Type) -> Type {
        let content_type = message.content_type.as_ref().or(self.document.content_type.as_ref());
        let Some(content_type) = content_type else { return payload };
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        let is_json = essence.ends_with("/json") || essence.ends_with("+json") || !essence.contains('/');
        if is_json || self.is_binary(message, &payload) {
            return payload;
        }
        let why = format!("messages of `{content_type}` are not decoded");
        self.schemas.encoded(&message.at.join("payload"), content_type, &why)
    }

    fn is_binary(&self, message: &document::Message, payload: &Type) -> bool {
        matches!(payload, Type::Bytes | Type::Encoded(_))
            || message.payload.is_some_and(|id| self.schemas.is_foreign(id))
    }
}

fn no_message(operation: &document::Operation) -> Diagnostic {
    Diagnostic::new(Severity::Warning, &operation.at, "the operation has no message, so nothing is made of it")
        .at_key()
        .with_cure("give it a `message`")
}
