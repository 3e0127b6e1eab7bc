//! Correlation ids: where requests and replies have them, and which values they take.

use crate::document::{self, Document, JsonType, Message, MessageId, SchemaId, Schemas};
use crate::ir::{Correlation, IdKind};
use crate::location::RuntimeExpression;
use crate::lower::scalar;
use crate::normalize::merge;

/// The correlation id of a request, if all messages of the operation have it in one location.
pub(super) fn request_correlation(document: &Document, operation: &document::Operation) -> Option<Correlation> {
    common_correlation(document, &operation.messages)
}

/// The correlation id of a reply, if requests have one: where all replies have it, or else a header of the first reply,
/// because an additional header does not change the other replies.
pub(super) fn reply_correlation(
    document: &Document,
    operation: &document::Operation,
    reply: &document::Reply,
) -> Option<Correlation> {
    let first = reply.messages.first().and_then(|id| message_correlation(document, *id));
    let is_header = |id: &Correlation| matches!(id.location, RuntimeExpression::Header(_));
    let request_has_id = operation.messages.iter().any(|id| document.messages[*id].correlation.is_some());
    common_correlation(document, &reply.messages).or(first.filter(is_header)).filter(|_| request_has_id)
}

fn common_correlation(document: &Document, messages: &[MessageId]) -> Option<Correlation> {
    let (first, others) = messages.split_first()?;
    let first = message_correlation(document, *first)?;
    others.iter().all(|id| message_correlation(document, *id).as_ref() == Some(&first)).then_some(first)
}

fn message_correlation(document: &Document, id: MessageId) -> Option<Correlation> {
    let message = &document.messages[id];
    let location = message.correlation.clone()?;
    let kind = id_kind(&document.schemas, message, &location);
    Some(Correlation { location, kind })
}

/// All locations in which replies may have the correlation id.
pub(super) fn reply_locations(document: &Document, reply: &document::Reply) -> Vec<RuntimeExpression> {
    let mut locations: Vec<RuntimeExpression> = Vec::new();
    for location in reply.messages.iter().filter_map(|id| document.messages[*id].correlation.as_ref()) {
        if !locations.contains(location) {
            locations.push(location.clone());
        }
    }
    locations
}

/// Which ids the schema at the location accepts; text if there is no schema.
fn id_kind(schemas: &Schemas, message: &Message, location: &RuntimeExpression) -> IdKind {
    let (schema, steps) = match location {
        RuntimeExpression::Header(name) => (message.headers, vec![name.clone()]),
        RuntimeExpression::Payload(pointer) => (message.payload, pointer.steps().collect()),
    };
    let property = |schema: Option<SchemaId>, name: &String| schema.and_then(|id| property_schema(schemas, id, name));
    match steps.iter().fold(schema, property) {
        Some(id) => schema_id_kind(schemas, id),
        None => IdKind::Text,
    }
}

/// The schema of a property of an object, or of the first alternative that has the property.
fn property_schema(schemas: &Schemas, id: SchemaId, name: &str) -> Option<SchemaId> {
    let merged = merge::merged_schema(schemas, id)?;
    let find = |properties: &[(String, SchemaId)]| properties.iter().find(|(key, _)| key == name).map(|(_, id)| *id);
    let alternatives = merged.one_of.iter().chain(&merged.any_of);
    find(&merged.properties).or_else(|| {
        alternatives.filter_map(|id| merge::merged_schema(schemas, *id)).find_map(|part| find(&part.properties))
    })
}

fn schema_id_kind(schemas: &Schemas, id: SchemaId) -> IdKind {
    let Some(schema) = merge::merged_schema(schemas, id) else { return IdKind::Text };
    let is_restricted = schema.values.is_some()
        || ["maxLength", "pattern"].iter().any(|key| schema.assertions.plain.iter().any(|(known, _)| known == key));
    let takes_31_bits = || match (schema.format.as_deref(), schema.integer_bounds.1) {
        (Some("int8" | "int16" | "uint8" | "uint16"), _) => false,
        (_, maximum) => maximum.is_none_or(|maximum| maximum >= i128::from(i32::MAX)),
    };
    match scalar::implied_type(&schema) {
        _ if is_restricted => IdKind::CallerProvided,
        None if schema.types.is_empty() || schema.types.contains(&JsonType::String) => IdKind::Text,
        Some(JsonType::String) => IdKind::Text,
        Some(JsonType::Integer | JsonType::Number) if takes_31_bits() => IdKind::Integer,
        _ => IdKind::CallerProvided,
    }
}
