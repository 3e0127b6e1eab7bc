//! Definitions: records, enums and `fixed`, which have names of their own.

use super::super::Docs;
use super::super::cursor::Node;
use super::super::enum_values::DeclaredValue;
use super::super::keywords::{JsonType, Keywords};
use super::super::schema::{ForeignName, SchemaId, SchemaKind};
use super::logical::{Logical, meaning};
use super::{Reader, docs, fault, keywords, list, names, typed, untyped};
use crate::json::Value;

/// Whether a field has to be there.
enum Requirement {
    Required,
    /// It has a default, so that what was written by an older schema lacks it.
    Defaulted,
    /// Its default is `null`, so that there is nothing to tell absence from.
    Null,
}

impl<'a> Reader<'_, 'a> {
    /// A type with a name; one that stands elsewhere in the very same words is the same type.
    pub(super) fn definition(&mut self, node: &Node<'a>, word: &str, namespace: &str) -> SchemaKind {
        let Some((full, inner)) = names::full(node.value, namespace) else {
            fault(node, format!("this {word} of Avro has no name"), "add a `name`");
            return self.defined(node, word, namespace);
        };
        if let Some(id) = self.schemas.avro.shared(&full, self.names) {
            return SchemaKind::Reference(id);
        }
        if self.names.is_first(&full, node) {
            let id = self.schemas.at(&node.at);
            self.schemas.avro.record_definition(&full, &node.at, id);
        } else {
            let message = format!("`{full}` is defined twice, and its name means the other definition");
            fault(node, message, format!("leave one, and say `{full}` here"));
        }
        self.schemas.call(&node.at, ForeignName::Type(full));
        self.defined(node, word, &inner)
    }

    fn defined(&mut self, node: &Node<'a>, word: &str, namespace: &str) -> SchemaKind {
        match word {
            "enum" => symbols(node),
            "fixed" => {
                let format = Logical::of(node.value).and_then(Logical::format).map(str::to_owned);
                keywords(Keywords { format, ..typed(node, JsonType::String) })
            }
            _ => self.record(node, namespace),
        }
    }

    fn record(&mut self, node: &Node<'a>, namespace: &str) -> SchemaKind {
        let mut record = typed(node, JsonType::Object);
        for field in list(node, "fields", "a record of Avro") {
            let Some(Value::String(name)) = field.value.child("name") else {
                fault(&field, "a field of a record is an object with a `name`", "add a `name`");
                continue;
            };
            if record.properties.iter().any(|(known, _)| known == name) {
                fault(&field, format!("the record has two fields `{name}`"), "take one out");
                continue;
            }
            match need(&field) {
                Requirement::Required => record.required.push(name.clone()),
                Requirement::Defaulted => {}
                Requirement::Null => record.absent_is_null.push(name.clone()),
            }
            let id = self.read_with(&field, |reader| reader.field(&field, namespace));
            self.schemas.call(&field.at, ForeignName::Field(name.clone()));
            record.properties.push((name.clone(), id));
        }
        keywords(record)
    }

    /// The type of a field, with what the field says to people.
    fn field(&mut self, field: &Node<'a>, namespace: &str) -> SchemaKind {
        let Some(inner) = field.child("type") else {
            return fault(field, "a field of a record has a `type`", "add a `type`");
        };
        if let Some(logical) = field.child("logicalType") {
            let cure = "put it beside the name of the type: `type: {type: …, logicalType: …}`";
            fault(&logical, "a logical type belongs to a type, and says nothing of a field", cure);
        }
        let id: SchemaId = self.read(&inner, namespace);
        let notes = [docs(field.value).description, meaning(inner.value), default_note(field.value)];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        if notes.is_empty() {
            return SchemaKind::Reference(id);
        }
        let docs = Docs { description: Some(notes.join("\n\n")), ..Docs::default() };
        keywords(Keywords { docs, all_of: vec![id], ..untyped(field) })
    }
}

fn need(field: &Node<'_>) -> Requirement {
    match field.value.child("default") {
        None => Requirement::Required,
        Some(Value::Null) => Requirement::Null,
        Some(_) => Requirement::Defaulted,
    }
}

/// An enum of Avro; the default is a matter of reading with another schema, so it is only noted.
fn symbols(node: &Node<'_>) -> SchemaKind {
    let mut values: Vec<Value> = Vec::new();
    let mut listed: Vec<DeclaredValue> = Vec::new();
    for symbol in list(node, "symbols", "an enum of Avro") {
        match symbol.value {
            Value::String(_) if !values.contains(symbol.value) => {
                let value = symbol.value.clone();
                values.push(value.clone());
                listed.push(DeclaredValue { at: symbol.at, value, name: None, description: None });
            }
            Value::String(text) => {
                fault(&symbol, format!("`{text}` is listed twice"), "take one out");
            }
            other => {
                fault(&symbol, format!("a symbol is a text, and this is {}", other.kind()), "put it in quotes");
            }
        }
    }
    let mut enumeration = typed(node, JsonType::String);
    let notes = [enumeration.docs.description.take(), default_note(node.value)];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    enumeration.docs.description = (!notes.is_empty()).then(|| notes.join("\n\n"));
    enumeration.values = (!values.is_empty()).then_some(values);
    enumeration.listed = listed;
    keywords(enumeration)
}

/// The default, for people; `null` goes without saying, and what is long is left to the document.
fn default_note(value: &Value) -> Option<String> {
    let text = match value.child("default")? {
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::Sequence(items) if items.is_empty() => "[]".to_owned(),
        Value::Mapping(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => return None,
    };
    let code = if text.contains('`') { text } else { format!("`{text}`") };
    Some(format!("The default is {code}."))
}
