//! Operations: their direction as seen from the chosen side, their messages, and one payload type for each operation.

use std::collections::{BTreeSet, HashMap};

use super::event::{event_names, operation_id};
use crate::config::{Config, OutputScope, Perspective};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Strictness};
use crate::document::{self, Action, Document, MessageId};
use crate::ir::{Direction, Event, Label, Operation, OperationMessage, Type, Variant};
use crate::location::Location;
use crate::lower::docs::docs;
use crate::lower::schema::{TypeBuilder, UnionMessage};

/// All outgoing operations, and the incoming operations that the option `operations` selects.
pub(in crate::lower) fn lower_operations(
    document: &Document,
    config: &Config,
    events: &[Event],
    schemas: &mut TypeBuilder<'_>,
    diagnostics: &Diagnostics,
) -> Vec<Operation> {
    warn_if_no_incoming_operation(document, config, diagnostics);
    let event_indices = events.iter().enumerate().map(|(index, event)| (event.name.as_str(), index)).collect();
    let mut lowering = OperationLowering { document, schemas, diagnostics, event_indices, extent: config.scope };
    let operations = document.operations.iter().filter_map(|operation| {
        let direction = direction(operation.action, config.perspective);
        let lowered = lowering.operation(operation, direction)?;
        let is_excluded = config.operations.as_ref().is_some_and(|selected| !selected.contains(&lowered.id));
        (direction == Direction::Outgoing || !is_excluded).then_some(lowered)
    });
    operations.collect()
}

/// The direction of an operation's messages, as seen from the chosen side.
fn direction(action: Action, perspective: Perspective) -> Direction {
    match (perspective, action) {
        (Perspective::Client, Action::Send) | (Perspective::Application, Action::Receive) => Direction::Incoming,
        (Perspective::Client, Action::Receive) | (Perspective::Application, Action::Send) => Direction::Outgoing,
    }
}

/// Warns if the document has operations and none of them is incoming: probably the wrong side was chosen.
fn warn_if_no_incoming_operation(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    let is_incoming =
        |operation: &document::Operation| direction(operation.action, config.perspective) == Direction::Incoming;
    let is_consequence = diagnostics.has_errors(Strictness::Lenient);
    if is_consequence || document.operations.is_empty() || document.operations.iter().any(is_incoming) {
        return;
    }
    let (side, other, option) = match config.perspective {
        Perspective::Client => ("a client", "the application", "Application"),
        Perspective::Application => ("the application", "a client", "Client"),
    };
    let message = format!(
        "the code is for {side}, which sends all events of this document and handles none, so no handler is generated"
    );
    diagnostics.push(
        Diagnostic::new(Severity::Warning, &Location::root().join("channels"), message)
            .at_key()
            .with_help(format!("if your program is {other}, which handles them, choose `Perspective::{option}`")),
    );
}

/// Lowers operations and their replies.
pub(super) struct OperationLowering<'a, 's> {
    pub(super) document: &'a Document,
    pub(super) schemas: &'a mut TypeBuilder<'s>,
    pub(super) diagnostics: &'a Diagnostics,
    event_indices: HashMap<&'a str, usize>,
    pub(super) extent: OutputScope,
}

impl OperationLowering<'_, '_> {
    fn operation(&mut self, operation: &document::Operation, direction: Direction) -> Option<Operation> {
        let id = operation_id(self.document, operation);
        let names = event_names(self.document, operation);
        let messages = operation.messages.iter().zip(&names).map(|(id, name)| self.message(*id, name));
        let messages: Vec<OperationMessage> = messages.collect();
        let reply = operation.reply.as_ref().and_then(|reply| self.reply(operation, reply, direction, &id));
        if messages.is_empty() {
            if !self.diagnostics.has_errors(Strictness::Lenient) {
                self.diagnostics.push(no_message(operation));
            }
            return None;
        }
        let mut lowered = operation.messages.iter().zip(&messages);
        let has_binary = lowered.any(|(id, message)| self.is_binary(&self.document.messages[*id], &message.payload));
        let payload = if has_binary && messages.iter().any(|message| message.payload != messages[0].payload) {
            self.mixed_payload(operation, &id, &names, &messages)
        } else {
            self.json_payload(operation, &id, &names, &messages)
        };
        let at = operation.at.clone();
        let docs = docs(&operation.docs);
        Some(Operation { at, id, direction, channel: operation.channel, messages, payload, reply, docs })
    }

    fn message(&mut self, id: MessageId, name: &str) -> OperationMessage {
        let message = &self.document.messages[id];
        let label = message.key.as_deref().unwrap_or(name);
        let headers = message.headers.map(|id| self.schemas.headers_type(id, label));
        let payload = message.payload.map_or(Type::Any, |id| self.schemas.payload_type(id, label, Some(name)));
        let payload = self.with_content_type(message, payload);
        let at = message.at.clone();
        let content_type = self.document.content_type(message).map(str::to_owned);
        let event = self.event_indices.get(name).copied().unwrap_or_default();
        OperationMessage { at, event, payload, variant: None, content_type, headers }
    }

    /// One type for all payloads of an operation, which are JSON or all of one type.
    fn json_payload(
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
        let union: Vec<UnionMessage> = (operation.messages.iter().zip(names).zip(messages))
            .map(|((message_id, name), lowered)| {
                let message = &self.document.messages[*message_id];
                UnionMessage {
                    at: message.at.clone(),
                    label: message.key.clone().unwrap_or_else(|| name.clone()),
                    schema: message.payload,
                    ty: lowered.payload.clone(),
                }
            })
            .collect();
        self.schemas.union_of_messages(&operation.at, id, &union)
    }

    /// One type for all payloads of an operation, of which some are not JSON.
    fn mixed_payload(
        &mut self,
        operation: &document::Operation,
        id: &str,
        names: &[String],
        messages: &[OperationMessage],
    ) -> Type {
        let variants = (operation.messages.iter().zip(names).zip(messages)).map(|((message, name), lowered)| {
            let label = self.document.messages[*message].key.clone().unwrap_or_else(|| name.clone());
            let (at, ty) = (lowered.at.clone(), lowered.payload.clone());
            Variant { at, label: Label::plain(label), ty, tag_values: Vec::new(), kinds: Vec::new() }
        });
        let mut seen = BTreeSet::new();
        let variants = variants.filter(|variant| seen.insert(variant.at.clone())).collect();
        self.schemas.message_union(&operation.at, id, variants)
    }

    /// The type of a payload, given the content type of its message: JSON, text, bytes or a type of the user's own.
    pub(super) fn with_content_type(&mut self, message: &document::Message, payload: Type) -> Type {
        let Some(content_type) = self.document.content_type(message) else { return payload };
        if self.document.is_json(message) || self.is_binary(message, &payload) {
            return payload;
        }
        if content_type.trim_start().to_lowercase().starts_with("text/") && self.schemas.is_string(&payload) {
            return Type::Text;
        }
        let at = message.at.join("payload");
        if message.payload.is_some_and(|id| self.schemas.is_bytes(id, &at, content_type)) {
            return Type::Bytes;
        }
        let why = format!("messages of `{content_type}` are not decoded");
        self.schemas.encoded_type(&at, content_type, &why)
    }

    /// Whether a payload is not JSON.
    pub(super) fn is_binary(&self, message: &document::Message, payload: &Type) -> bool {
        matches!(payload, Type::Bytes | Type::Text | Type::Encoded(_))
            || message.payload.is_some_and(|id| self.schemas.is_non_json_schema(id))
    }
}

fn no_message(operation: &document::Operation) -> Diagnostic {
    Diagnostic::new(Severity::Warning, &operation.at, "the operation has no message, so no code is generated for it")
        .at_key()
        .with_help("give it a `message`")
}
