//! Reads the named types of Avro: records, enums and `fixed`.

use super::super::cursor::Node;
use super::super::schema::{DeclaredValue, Docs, ForeignName, JsonType, Keywords, SchemaKind};
use super::logical::{LogicalType, describe};
use super::{AvroReader, invalid, names, read_docs, required_items, schema, typed, untyped};
use crate::json::Value;

impl<'a> AvroReader<'_, 'a> {
    /// Reads a definition, unless an equal definition of the document has been read already.
    pub(super) fn read_definition(&mut self, node: &Node<'a>, type_name: &str, namespace: &str) -> SchemaKind {
        let Some((full_name, inner_namespace)) = names::full_name(node.value, namespace) else {
            invalid(node, format!("this Avro {type_name} has no name"), "add a `name`");
            return self.read_content(node, type_name, namespace);
        };
        if let Some(id) = self.schemas.avro_definitions().shared(&full_name, self.names) {
            return SchemaKind::Reference(id);
        }
        if self.names.is_first(&full_name, node) {
            let id = self.schemas.table().at(&node.at);
            self.schemas.avro_definitions().record_definition(&full_name, &node.at, id);
        } else {
            let message = format!("`{full_name}` is defined twice, and the name means the other definition");
            invalid(node, message, format!("remove one definition, and refer to the other as `{full_name}`"));
        }
        self.set_name(node, ForeignName::Type(full_name));
        self.read_content(node, type_name, &inner_namespace)
    }

    fn read_content(&mut self, node: &Node<'a>, type_name: &str, namespace: &str) -> SchemaKind {
        match type_name {
            "enum" => read_enum(node),
            "fixed" => {
                let format = LogicalType::from_schema(node.value).and_then(LogicalType::format).map(str::to_owned);
                schema(Keywords { format, ..typed(node, JsonType::String) })
            }
            _ => self.read_record(node, namespace),
        }
    }

    fn read_record(&mut self, node: &Node<'a>, namespace: &str) -> SchemaKind {
        let mut record = typed(node, JsonType::Object);
        for field in required_items(node, "fields", "an Avro record") {
            let Some(name) = field.value.child("name").and_then(Value::as_str) else {
                invalid(&field, "a field of a record must be an object with a `name`", "add a `name`");
                continue;
            };
            if record.properties.iter().any(|(known, _)| known == name) {
                invalid(&field, format!("the record has two fields `{name}`"), "remove one of them");
                continue;
            }
            match field.value.child("default") {
                None => record.required.push(name.to_owned()),
                // A missing field and `null` mean the same.
                Some(Value::Null) => record.absent_is_null.push(name.to_owned()),
                // Data that was written with an older schema does not have the field.
                Some(_) => {}
            }
            let id = self.read_with(&field, |reader| reader.read_field(&field, namespace));
            self.set_name(&field, ForeignName::Field(name.to_owned()));
            record.properties.push((name.to_owned(), id));
        }
        schema(record)
    }

    /// Reads the type of a field, with the documentation of the field.
    fn read_field(&mut self, field: &Node<'a>, namespace: &str) -> SchemaKind {
        let Some(inner) = field.child("type") else {
            return invalid(field, "a field of a record must have a `type`", "add a `type`");
        };
        if let Some(logical) = field.child("logicalType") {
            let help = "move it into the type: `type: {type: …, logicalType: …}`";
            invalid(&logical, "a logical type has no effect on a field", help);
        }
        let id = self.read(&inner, namespace);
        let description = [read_docs(field.value).description, describe(inner.value), describe_default(field.value)];
        match join_paragraphs(description) {
            None => SchemaKind::Reference(id),
            description => {
                let docs = Docs { description, ..Docs::default() };
                schema(Keywords { docs, all_of: vec![id], ..untyped(field) })
            }
        }
    }
}

/// Reads an enum. Its default matters only between schema versions, so it is documented and not used.
fn read_enum(node: &Node<'_>) -> SchemaKind {
    let mut declared: Vec<DeclaredValue> = Vec::new();
    for symbol in required_items(node, "symbols", "an Avro enum") {
        let is_known = declared.iter().any(|known| known.value == *symbol.value);
        match symbol.value {
            Value::String(text) if is_known => {
                invalid(&symbol, format!("`{text}` is listed twice"), "remove one of them");
            }
            Value::String(_) => {
                let value = symbol.value.clone();
                declared.push(DeclaredValue { at: symbol.at, value, name: None, description: None });
            }
            other => {
                invalid(
                    &symbol,
                    format!("a symbol must be a string, but this is {}", other.kind()),
                    "put it in quotes",
                );
            }
        }
    }
    let mut keywords = typed(node, JsonType::String);
    keywords.docs.description = join_paragraphs([keywords.docs.description.take(), describe_default(node.value)]);
    keywords.values = (!declared.is_empty()).then(|| declared.iter().map(|symbol| symbol.value.clone()).collect());
    keywords.declared_values = declared;
    schema(keywords)
}

/// A sentence about a default. `null` and long defaults have none.
fn describe_default(schema: &Value) -> Option<String> {
    let text = match schema.child("default")? {
        Value::String(text) => format!("{text:?}"),
        Value::Sequence(items) if items.is_empty() => "[]".to_owned(),
        Value::Mapping(entries) if entries.is_empty() => "{}".to_owned(),
        other => other.plain_text()?,
    };
    let code = if text.contains('`') { text } else { format!("`{text}`") };
    Some(format!("The default is {code}."))
}

fn join_paragraphs<const N: usize>(paragraphs: [Option<String>; N]) -> Option<String> {
    let paragraphs: Vec<String> = paragraphs.into_iter().flatten().collect();
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
}
