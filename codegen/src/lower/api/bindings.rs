//! Bindings: their values become constants, their schemas become types.

use std::collections::BTreeSet;

use super::event::{event_names, operation_id};
use crate::document::{self, BindingRole, Bindings, Document, MessageId};
use crate::ir::{Binding, BindingOwner, BindingSchema, Constant, ConstantValue};
use crate::json::Value;
use crate::location::Location;
use crate::lower::schema::TypeBuilder;

/// The constants of all servers, channels, operations and messages with bindings. Also adds the types of the schemas.
pub(in crate::lower) fn lower_bindings(document: &Document, schemas: &mut TypeBuilder<'_>) -> Vec<Binding> {
    let mut lowering = BindingLowering { schemas, bindings: Vec::new() };
    for server in &document.servers {
        lowering.add(BindingOwner::Server, &server.at, &server.key, &server.bindings);
    }
    for channel in &document.channels {
        lowering.add(BindingOwner::Channel, &channel.at, &channel.key, &channel.bindings);
    }
    for operation in &document.operations {
        lowering.add(BindingOwner::Operation, &operation.at, &operation_id(document, operation), &operation.bindings);
    }
    for (id, label) in labelled_messages(document) {
        let message = &document.messages[id];
        lowering.add(BindingOwner::Message, &message.at, &label, &message.bindings);
    }
    lowering.bindings
}

/// The messages of all operations and replies, each once, with the name that its payload type has.
fn labelled_messages(document: &Document) -> Vec<(MessageId, String)> {
    let mut seen = BTreeSet::new();
    let mut messages = Vec::new();
    for operation in &document.operations {
        for (id, name) in operation.messages.iter().zip(event_names(document, operation)) {
            let key = document.messages[*id].key.clone();
            if seen.insert(*id) {
                messages.push((*id, key.unwrap_or(name)));
            }
        }
        for id in operation.reply.iter().flat_map(|reply| &reply.messages) {
            let document::Message { key, name, .. } = &document.messages[*id];
            if seen.insert(*id) {
                let label = key.clone().or_else(|| name.clone());
                messages.push((*id, label.unwrap_or_else(|| format!("{} reply", operation_id(document, operation)))));
            }
        }
    }
    messages
}

struct BindingLowering<'a, 's> {
    schemas: &'a mut TypeBuilder<'s>,
    bindings: Vec<Binding>,
}

impl BindingLowering<'_, '_> {
    fn add(&mut self, owner: BindingOwner, at: &Location, key: &str, bindings: &Bindings) {
        for schema in &bindings.schemas {
            let name = schema.component_key.as_deref().unwrap_or(key);
            self.schemas.define_binding_type(schema.schema, name, binding_schema(schema.role));
        }
        let constants: Vec<Constant> = (bindings.values.iter())
            .filter_map(|value| {
                let constant = constant_value(&value.value)?;
                Some(Constant { at: value.at.clone(), label: value.path.join(" "), value: constant })
            })
            .collect();
        if !constants.is_empty() {
            self.bindings.push(Binding { at: at.clone(), owner, key: key.to_owned(), constants });
        }
    }
}

/// A value as a constant; `None` for `null`, an empty list, an object, or a float that is not finite.
fn constant_value(value: &Value) -> Option<ConstantValue> {
    match value {
        // An integer beyond `i64` stays exact as text.
        Value::Integer(number) if i64::try_from(*number).is_err() => Some(ConstantValue::Json(number.to_string())),
        Value::Float(number) if !number.is_finite() => None,
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => {
            Some(ConstantValue::Scalar(value.clone()))
        }
        Value::Sequence(items) if items.is_empty() => None,
        Value::Sequence(items) if is_slice(items) => Some(ConstantValue::Slice(items.clone())),
        Value::Sequence(_) => Some(ConstantValue::Json(serde_json::Value::from(value).to_string())),
        Value::Null | Value::Mapping(_) => None,
    }
}

/// Whether all items are scalars of one type.
fn is_slice(items: &[Value]) -> bool {
    let is_scalar = |item: &Value| matches!(constant_value(item), Some(ConstantValue::Scalar(_)));
    let is_same_type = |item: &Value| std::mem::discriminant(item) == std::mem::discriminant(&items[0]);
    items.iter().all(|item| is_scalar(item) && is_same_type(item))
}

/// How the generated code names and describes a schema in a binding. A message has headers of its own, so the headers
/// of a protocol carry the name of the protocol.
fn binding_schema(role: BindingRole) -> BindingSchema {
    let (name_suffix, title) = match role {
        BindingRole::KafkaKey => ("key", "Kafka key"),
        BindingRole::WebSocketQuery => ("query", "WebSocket query"),
        BindingRole::HttpQuery => ("query", "HTTP query"),
        BindingRole::WebSocketHeaders => ("headers", "WebSocket headers"),
        BindingRole::HttpHeaders => ("http headers", "HTTP headers"),
        BindingRole::JmsHeaders => ("jms headers", "JMS headers"),
        BindingRole::AnypointMqHeaders => ("anypoint mq headers", "Anypoint MQ headers"),
        BindingRole::MqttCorrelationData => ("mqtt correlation data", "MQTT correlation data"),
    };
    BindingSchema { name_suffix, title }
}
