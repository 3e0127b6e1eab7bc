//! Schemas of Avro that nobody called so, known by words that JSON Schema does not have.

use std::path::Path;

use super::super::cursor::Node;
use super::super::resolve;
use crate::json::Value;

/// Whether a schema that nobody called Avro can be nothing else.
pub(in crate::document) fn is_record(value: &Value) -> bool {
    let is_record = matches!(value.child("type"), Some(Value::String(name)) if name == "record");
    is_record && matches!(value.child("fields"), Some(Value::Sequence(_)))
}

/// Whether a schema at a place where both languages may stand is one of Avro, or leads to one.
///
/// Where the words are those of both, as in `{type: string}`, it does not matter which is read.
pub(in crate::document) fn looks_like_avro(node: &Node<'_>) -> bool {
    let file = node.reference().and_then(|reference| reference.split('#').next());
    let ending = file.and_then(|file| Path::new(file).extension());
    let is_of_avro = ending.is_some_and(|ending| ending == "avsc");
    is_of_avro || resolve::follow(node.clone()).is_ok_and(|target| has_avro_type(target.value))
}

fn has_avro_type(schema: &Value) -> bool {
    match schema {
        Value::String(name) => is_primitive(name),
        Value::Sequence(parts) => parts.iter().any(has_avro_type),
        Value::Mapping(_) => match schema.child("type") {
            Some(Value::String(word)) => schema.child("logicalType").is_some() || speaks_of(schema, word),
            // In JSON Schema, a list holds names of its own, and an object stands there never.
            Some(Value::Sequence(parts)) => parts.iter().any(|part| matches!(part, Value::Mapping(_))),
            Some(Value::Mapping(_)) => true,
            _ => false,
        },
        _ => false,
    }
}

fn speaks_of(schema: &Value, word: &str) -> bool {
    let has = |key| schema.child(key).is_some();
    match word {
        "record" | "error" => has("fields"),
        "enum" => has("symbols"),
        "fixed" => has("size"),
        "map" => has("values"),
        "array" => schema.child("items").is_some_and(|items| matches!(items, Value::String(_)) || has_avro_type(items)),
        "int" | "long" | "float" | "double" | "bytes" => true,
        _ => false,
    }
}

fn is_primitive(name: &str) -> bool {
    matches!(name, "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string")
}
