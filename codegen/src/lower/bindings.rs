//! Bindings: schemas become types, values constants.

use std::collections::BTreeSet;

use super::operation::{event_names, operation_id};
use super::schema::Lowering;
use crate::document::{self, Bindings, Document, MessageId};
use crate::ir::{Binding, BoundKind, Constant, Literal};
use crate::json::Value;
use crate::location::Location;

/// The constants of everything that has bindings, kind by kind; the types are made on the way.
pub(super) fn lower(document: &Document, schemas: &mut Lowering<'_>) -> Vec<Binding> {
    let mut reader = Reader { schemas, found: Vec::new() };
    for server in &document.servers {
        reader.bound(BoundKind::Server, &server.at, &server.key, &server.bindings);
    }
    for channel in &document.channels {
        reader.bound(BoundKind::Channel, &channel.at, &channel.key, &channel.bindings);
    }
    for operation in &document.operations {
        reader.bound(BoundKind::Operation, &operation.at, &operation_id(document, operation), &operation.bindings);
    }
    for (id, label) in messages(document) {
        let message = &document.messages[id];
        reader.bound(BoundKind::Message, &message.at, &label, &message.bindings);
    }
    reader.found
}

/// The messages that travel, each once and by the name that its payload has.
fn messages(document: &Document) -> Vec<(MessageId, String)> {
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

struct Reader<'a, 's> {
    schemas: &'a mut Lowering<'s>,
    found: Vec<Binding>,
}

impl Reader<'_, '_> {
    fn bound(&mut self, kind: BoundKind, at: &Location, key: &str, bindings: &Bindings) {
        for schema in &bindings.schemas {
            let owner = schema.shared.as_deref().unwrap_or(key);
            self.schemas.binding(schema.schema, owner, schema.role);
        }
        let constants: Vec<Constant> = (bindings.values.iter())
            .filter_map(|value| {
                let literal = literal(&value.value)?;
                Some(Constant { at: value.at.clone(), label: value.words.join(" "), literal })
            })
            .collect();
        if !constants.is_empty() {
            self.found.push(Binding { at: at.clone(), kind, key: key.to_owned(), constants });
        }
    }
}

/// A value as a constant; `None` for what says nothing: `null`, an empty list, a number that is none.
fn literal(value: &Value) -> Option<Literal> {
    match value {
        Value::Bool(value) => Some(Literal::Boolean(*value)),
        // What is too large for the type of its neighbours is kept exactly, as text.
        Value::Integer(number) => {
            Some(i64::try_from(*number).map_or_else(|_| Literal::Json(number.to_string()), Literal::Integer))
        }
        Value::Float(number) => number.is_finite().then_some(Literal::Number(*number)),
        Value::String(text) => Some(Literal::Text(text.clone())),
        Value::Sequence(items) if items.is_empty() => None,
        Value::Sequence(items) => Some(slice(items).unwrap_or_else(|| Literal::Json(json(value).to_string()))),
        Value::Null | Value::Mapping(_) => None,
    }
}

/// A list as a slice; `None` where the kinds of its items differ, or are not plain.
fn slice(items: &[Value]) -> Option<Literal> {
    let literals: Vec<Literal> = items.iter().map(plain).collect::<Option<_>>()?;
    let kind = std::mem::discriminant(literals.first()?);
    literals.iter().all(|literal| std::mem::discriminant(literal) == kind).then_some(Literal::List(literals))
}

/// What stands in a slice.
fn plain(value: &Value) -> Option<Literal> {
    literal(value).filter(|literal| !matches!(literal, Literal::List(_) | Literal::Json(_)))
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(number) => i64::try_from(*number).map_or_else(|_| number.to_string().into(), Into::into),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::Sequence(items) => items.iter().map(json).collect(),
        Value::Mapping(entries) => entries.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}
