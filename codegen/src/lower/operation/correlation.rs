//! Where a request has its correlation id, of what kind that is, and where its replies repeat it.

use crate::document::{self, Document, JsonType, Message, MessageId, SchemaId, Schemas};
use crate::ir::{Correlation, IdKind};
use crate::location::RuntimeExpression;
use crate::lower::scalar;
use crate::normalize::merge;

/// The id that all messages of a request agree about.
pub(super) fn request_correlation(document: &Document, operation: &document::Operation) -> Option<Correlation> {
    common_location(document, &operation.messages)
}

/// Where a reply repeats the id of the request, if requests have one: where all replies agree, or a header of the first,
/// which does no harm to the others.
pub(super) fn reply_correlation(
    document: &Document,
    operation: &document::Operation,
    reply: &document::Reply,
) -> Option<Correlation> {
    let first = reply.messages.first().and_then(|id| of_message(document, *id));
    let is_header = |id: &Correlation| matches!(id.location, RuntimeExpression::Header(_));
    let requests_have_one = operation.messages.iter().any(|id| document.messages[*id].correlation.is_some());
    common_location(document, &reply.messages).or(first.filter(is_header)).filter(|_| requests_have_one)
}

fn common_location(document: &Document, messages: &[MessageId]) -> Option<Correlation> {
    let (first, others) = messages.split_first()?;
    let first = of_message(document, *first)?;
    others.iter().all(|id| of_message(document, *id).as_ref() == Some(&first)).then_some(first)
}

fn of_message(document: &Document, id: MessageId) -> Option<Correlation> {
    let message = &document.messages[id];
    let location = message.correlation.clone()?;
    let kind = kind(&document.schemas, message, &location);
    Some(Correlation { location, kind })
}

/// Every place where a reply may repeat it.
pub(super) fn answered(document: &Document, reply: &document::Reply) -> Vec<RuntimeExpression> {
    let mut places: Vec<RuntimeExpression> = Vec::new();
    for location in reply.messages.iter().filter_map(|id| document.messages[*id].correlation.as_ref()) {
        if !places.contains(location) {
            places.push(location.clone());
        }
    }
    places
}

/// What kind of id the schema at the place takes; a text where there is none.
fn kind(schemas: &Schemas, message: &Message, location: &RuntimeExpression) -> IdKind {
    let (schema, steps) = match location {
        RuntimeExpression::Header(name) => (message.headers, vec![name.clone()]),
        RuntimeExpression::Payload(pointer) => (message.payload, pointer.steps().collect()),
    };
    let property = |schema: Option<SchemaId>, name: &String| schema.and_then(|id| property(schemas, id, name));
    match steps.iter().fold(schema, property) {
        Some(id) => of_schema(schemas, id),
        None => IdKind::Text,
    }
}

/// A property of an object, or of the first alternative that has it.
fn property(schemas: &Schemas, id: SchemaId, name: &str) -> Option<SchemaId> {
    let whole = merge::merged_schema(schemas, id)?;
    let own = |properties: &[(String, SchemaId)]| properties.iter().find(|(key, _)| key == name).map(|(_, id)| *id);
    let alternatives = whole.one_of.iter().chain(&whole.any_of);
    own(&whole.properties).or_else(|| {
        alternatives.filter_map(|id| merge::merged_schema(schemas, *id)).find_map(|part| own(&part.properties))
    })
}

fn of_schema(schemas: &Schemas, id: SchemaId) -> IdKind {
    let Some(schema) = merge::merged_schema(schemas, id) else { return IdKind::Text };
    let is_narrow = schema.values.is_some()
        || ["maxLength", "pattern"].iter().any(|key| schema.constraints.plain.iter().any(|(said, _)| said == key));
    let holds_31_bits = || match (schema.format.as_deref(), schema.bounds.1) {
        (Some("int8" | "int16" | "uint8" | "uint16"), _) => false,
        (_, greatest) => greatest.is_none_or(|greatest| greatest >= i128::from(i32::MAX)),
    };
    match scalar::implied_type(&schema) {
        _ if is_narrow => IdKind::CallerProvided,
        None if schema.types.is_empty() || schema.types.contains(&JsonType::String) => IdKind::Text,
        Some(JsonType::String) => IdKind::Text,
        Some(JsonType::Integer | JsonType::Number) if holds_31_bits() => IdKind::Integer,
        _ => IdKind::CallerProvided,
    }
}
