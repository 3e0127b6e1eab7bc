//! Avro schemas (Avro 1.12, "Schema Declaration"), read into the keywords that JSON Schema would use for the same JSON.
//!
//! What travels is taken for plain JSON of the schema's shape, not for Avro's JSON encoding, which wraps each value of a
//! union in an object with the name of its type: a document says `contentType: application/json`, and serializers that
//! know nothing of Avro write that. Bytes and `fixed` are strings, and a logical type has the JSON of the type below it.
//!
//! Faults are warnings, and the place where they are allows every value: nothing that is typed becomes wrong by them.

mod detect;
mod logical;
mod names;
mod record;

pub(super) use self::detect::{is_record, looks_like_avro};
use self::logical::Logical;
pub(super) use self::names::DocumentDefinitions;
use self::names::Names;
use super::cursor::Node;
use super::keywords::{JsonType, Keywords, SchemaLanguage};
use super::schema::{ForeignName, SchemaId, SchemaKind, Schemas};
use super::{Docs, resolve};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::suggestion;

/// The media type of schemas of Avro.
pub(super) const MEDIA_TYPE: &str = "application/vnd.apache.avro";

/// Whether schemas of this media type are Avro.
pub(super) fn is_avro(media_type: &str) -> bool {
    media_type.to_lowercase().contains("vnd.apache.avro")
}

/// What the schema at a node says, which has no reference any more.
pub(super) fn kind(schemas: &mut Schemas, node: &Node<'_>) -> SchemaKind {
    let names = Names::below(node, &mut schemas.avro);
    Reader { schemas, names: &names }.kind(node, "")
}

/// The node behind a chain of references; `None`, and a warning, where it leads nowhere.
pub(super) fn resolve<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    match resolve::follow(node.clone()) {
        Ok(target) => Some(target),
        // `user.avsc#/User` is how some tools name a type of a file.
        Err(fault) => names::of_file(node).or_else(|| {
            node.report(fault.into_warning());
            None
        }),
    }
}

/// Reads the schemas of one scope of names.
struct Reader<'s, 'a> {
    schemas: &'s mut Schemas,
    names: &'s Names<'a>,
}

impl<'a> Reader<'_, 'a> {
    fn read(&mut self, node: &Node<'a>, namespace: &str) -> SchemaId {
        self.read_with(node, |reader| reader.kind(node, namespace))
    }

    fn read_with(&mut self, node: &Node<'a>, kind: impl FnOnce(&mut Self) -> SchemaKind) -> SchemaId {
        match self.schemas.reserve(node) {
            Ok(id) => {
                let kind = kind(self);
                self.schemas.fill(id, kind);
                id
            }
            Err(known) => known,
        }
    }

    fn kind(&mut self, node: &Node<'a>, namespace: &str) -> SchemaKind {
        if node.reference().is_some() {
            return match resolve(node) {
                Some(target) => SchemaKind::Reference(self.read(&target, namespace)),
                None => SchemaKind::Anything,
            };
        }
        match node.value {
            Value::String(name) => self.word(node, name, namespace),
            Value::Sequence(_) => self.union(node, namespace),
            Value::Mapping(_) => match node.child("type") {
                Some(inner) => self.object(node, &inner, namespace),
                None => fault(node, "an Avro schema has a `type`", "add one"),
            },
            Value::Null => {
                unquoted(node);
                keywords(Keywords { nullable: true, ..untyped(node) })
            }
            other => {
                let message = format!("an Avro schema is a name, an object or a list, and this is {}", other.kind());
                fault(node, message, TYPES)
            }
        }
    }

    /// An object with a `type`: a definition, a type with attributes, or a schema within a schema.
    fn object(&mut self, node: &Node<'a>, inner: &Node<'a>, namespace: &str) -> SchemaKind {
        let Value::String(word) = inner.value else {
            return SchemaKind::Reference(self.read(inner, namespace));
        };
        match word.as_str() {
            "record" | "error" | "enum" | "fixed" => self.definition(node, word, namespace),
            "array" => {
                let items = self.part(node, "items", namespace);
                keywords(Keywords { items, ..typed(node, JsonType::Array) })
            }
            "map" => {
                let additional = self.part(node, "values", namespace);
                keywords(Keywords { additional, ..typed(node, JsonType::Object) })
            }
            word => match self.primitive(node, word, Logical::of(node.value)) {
                Some(kind) => kind,
                None => self.word(inner, word, namespace),
            },
        }
    }

    fn part(&mut self, node: &Node<'a>, key: &'static str, namespace: &str) -> Option<SchemaId> {
        if let Some(part) = node.child(key) {
            return Some(self.read(&part, namespace));
        }
        fault(node, format!("an Avro type of this kind has `{key}`"), format!("add `{key}`"));
        None
    }

    /// A primitive type, or the name of a definition.
    fn word(&mut self, node: &Node<'a>, word: &str, namespace: &str) -> SchemaKind {
        if let Some(kind) = self.primitive(node, word, None) {
            return kind;
        }
        if let Some((full, definition)) = self.names.find(word, namespace) {
            let shared = self.schemas.avro.shared(full, self.names);
            return SchemaKind::Reference(shared.unwrap_or_else(|| self.read(&definition.node, &definition.namespace)));
        }
        let cure = match word {
            "record" | "enum" | "array" | "map" | "fixed" => {
                "write the definition as an object of its own, under `type`".to_owned()
            }
            _ => suggestion::nearest(word, self.names.all())
                .map_or(TYPES.to_owned(), |near| format!("did you mean `{near}`?")),
        };
        let message =
            format!("`{word}` is neither a type of Avro nor defined in this schema, so every value is allowed");
        fault(node, message, cure)
    }

    fn primitive(&mut self, node: &Node<'a>, word: &str, logical: Option<Logical>) -> Option<SchemaKind> {
        let (json_type, format) = match word {
            "null" => {
                return Some(keywords(Keywords { nullable: true, ..untyped(node) }));
            }
            "boolean" => (JsonType::Boolean, None),
            "int" => (JsonType::Integer, Some("int32")),
            "long" => (JsonType::Integer, Some("int64")),
            "float" => (JsonType::Number, Some("float")),
            "double" => (JsonType::Number, Some("double")),
            "bytes" | "string" => (JsonType::String, None),
            _ => return None,
        };
        let label = match logical {
            Some(logical) => logical.name(),
            None => word,
        };
        self.schemas.call(&node.at, ForeignName::Plain(label.to_owned()));
        let format = logical.map_or(format, Logical::format).map(str::to_owned);
        Some(keywords(Keywords { format, ..typed(node, json_type) }))
    }

    /// The alternatives of a list; `null` among them is a matter of presence.
    fn union(&mut self, node: &Node<'a>, namespace: &str) -> SchemaKind {
        let is = |part: &Node<'a>, name: &str| {
            let word = part.value.child("type").unwrap_or(part.value);
            matches!(word, Value::String(word) if word == name) || *word == Value::Null && name == "null"
        };
        let parts = node.items("a union");
        parts.iter().filter(|part| *part.value == Value::Null).for_each(unquoted);
        let nullable = parts.iter().any(|part| is(part, "null"));
        // Every number is a `double`, and a `float` that is tried first would round it.
        let has_double = parts.iter().any(|part| is(part, "double"));
        let shaping = parts.iter().filter(|part| !(is(part, "null") || has_double && is(part, "float")));
        let one_of = shaping.map(|part| self.read(part, namespace)).collect();
        keywords(Keywords { nullable, one_of, ..untyped(node) })
    }
}

const TYPES: &str = "the types are null, boolean, int, long, float, double, bytes, string, and what is defined";

fn keywords(keywords: Keywords) -> SchemaKind {
    SchemaKind::Keywords(Box::new(keywords))
}

fn untyped(node: &Node<'_>) -> Keywords {
    Keywords { at: node.at.clone(), docs: docs(node.value), language: SchemaLanguage::Avro, ..Keywords::default() }
}

fn typed(node: &Node<'_>, json_type: JsonType) -> Keywords {
    Keywords { types: vec![json_type], ..untyped(node) }
}

fn docs(value: &Value) -> Docs {
    let description = match value.child("doc") {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
        _ => None,
    };
    Docs { description, ..Docs::default() }
}

/// Without quotes, YAML takes the name of the type for no value at all.
fn unquoted(node: &Node<'_>) {
    let message = "the type `null` is a name, and this is no value; it is read as that type";
    node.report(Diagnostic::new(Severity::Warning, &node.at, message).with_help("put it in quotes: `\"null\"`"));
}

/// Warns, and allows every value.
fn fault(node: &Node<'_>, message: impl Into<String>, cure: impl Into<String>) -> SchemaKind {
    node.report(Diagnostic::new(Severity::Warning, &node.at, message).with_help(cure));
    SchemaKind::Anything
}

/// The items under a key that has to be a list; none, and a warning, where it is not.
fn list<'a>(node: &Node<'a>, key: &'static str, what: &str) -> Vec<Node<'a>> {
    match node.child(key) {
        Some(list) if matches!(list.value, Value::Sequence(_)) => list.items(key),
        Some(other) => {
            fault(&other, format!("`{key}` is a list, and this is {}", other.value.kind()), "make it one");
            Vec::new()
        }
        None => {
            fault(node, format!("{what} has `{key}`"), format!("add `{key}`"));
            Vec::new()
        }
    }
}
