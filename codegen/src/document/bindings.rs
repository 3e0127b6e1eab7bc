//! Reads bindings: what a document describes for one protocol only, in servers, channels, operations and messages.
//!
//! The bindings of the protocols (github.com/asyncapi/bindings) change without a new version of AsyncAPI. Therefore
//! only the keys that contain a schema are known here. Everything else is read as values.

use super::avro;
use super::cursor::{Node, Object};
use super::model::{BindingRole, Bindings, BoundSchema, BoundValue};
use super::resolve;
use super::schema::SchemaId;
use super::schema::reader::SchemaReader;
use crate::json::Value;
use crate::limits::MAX_BINDING_NODES;
use crate::location::Location;

/// What the schema under a key of a protocol describes. `None` for keys without a schema.
fn role(protocol: &str, key: &str) -> Option<BindingRole> {
    Some(match (protocol, key) {
        ("kafka" | "kafka-secure", "key") => BindingRole::KafkaKey,
        ("ws" | "wss", "query") => BindingRole::WebSocketQuery,
        ("ws" | "wss", "headers") => BindingRole::WebSocketHeaders,
        ("http" | "https", "query") => BindingRole::HttpQuery,
        ("http" | "https", "headers") => BindingRole::HttpHeaders,
        ("jms", "headers") => BindingRole::JmsHeaders,
        ("anypointmq", "headers") => BindingRole::AnypointMqHeaders,
        ("mqtt" | "mqtt5", "correlationData") => BindingRole::MqttCorrelationData,
        _ => return None,
    })
}

/// Reads the `bindings` of an object. Mistakes are only warnings, because no other code depends on bindings.
pub(super) fn read_bindings(owner: &mut Object<'_>, schemas: &mut SchemaReader) -> Bindings {
    let Some(node) = owner.get("bindings") else { return Bindings::default() };
    let mut reader = Reader { schemas, bindings: Bindings::default(), ancestors: Vec::new(), visits: 0 };
    reader.read_protocols(&node);
    reader.bindings
}

struct Reader<'s> {
    schemas: &'s mut SchemaReader,
    bindings: Bindings,
    /// The objects that contain the current value. They end cycles of references.
    ancestors: Vec<Location>,
    visits: usize,
}

impl Reader<'_> {
    fn read_protocols(&mut self, node: &Node<'_>) {
        let Some(bindings) = follow(node) else { return };
        for (protocol, node) in members(&bindings) {
            let Some(binding) = follow(&node) else { continue };
            for (key, node) in members(&binding) {
                self.read_member(protocol, key, &node);
            }
        }
    }

    fn read_member(&mut self, protocol: &str, key: &str, node: &Node<'_>) {
        let role = role(protocol, key);
        match role.and_then(|role| Some((role, self.read_schema(role, node)?))) {
            Some((role, schema)) => {
                let component_key = component_key(&node.at);
                self.bindings.schemas.push(BoundSchema { role, schema, component_key });
            }
            None => self.read_value(vec![protocol.to_owned(), key.to_owned()], node),
        }
    }

    /// Reads the schema under a key that contains one. The key of Kafka may be an Avro schema.
    fn read_schema(&mut self, role: BindingRole, node: &Node<'_>) -> Option<SchemaId> {
        if role == BindingRole::KafkaKey && avro::looks_like_avro(node) {
            return Some(self.schemas.read_schema_of_format(node, avro::MEDIA_TYPE));
        }
        matches!(node.value, Value::Mapping(_) | Value::Bool(_)).then(|| self.schemas.read_schema(node))
    }

    /// Adds a value, or each member of an object.
    fn read_value(&mut self, path: Vec<String>, node: &Node<'_>) {
        let Some(target) = follow(node).filter(|target| self.enter(target)) else { return };
        match target.value {
            Value::Null => {}
            Value::Mapping(_) if is_schema(target.value) => {
                if let Some(value) = only_value(target.value) {
                    self.bindings.values.push(BoundValue { at: target.at, path, value: value.clone() });
                }
            }
            Value::Mapping(_) => {
                self.ancestors.push(target.at.clone());
                for (key, node) in members(&target) {
                    let path = path.iter().cloned().chain([key.to_owned()]).collect();
                    self.read_value(path, &node);
                }
                self.ancestors.pop();
            }
            _ => {
                let value = self.dereference(&target);
                self.bindings.values.push(BoundValue { at: target.at, path, value });
            }
        }
    }

    /// A copy in which references are replaced by their targets.
    fn dereference(&mut self, node: &Node<'_>) -> Value {
        let Some(target) = follow(node).filter(|target| self.enter(target)) else { return Value::Null };
        self.ancestors.push(target.at.clone());
        let value = match target.value {
            Value::Mapping(entries) => {
                let members = entries.keys().filter_map(|key| Some((key.clone(), target.child(key)?)));
                Value::object(members.map(|(key, node)| (key, self.dereference(&node))))
            }
            Value::Sequence(items) => {
                let items = (0..items.len()).filter_map(|index| target.child(&index.to_string()));
                Value::Sequence(items.map(|item| self.dereference(&item)).collect())
            }
            scalar => scalar.clone(),
        };
        self.ancestors.pop();
        value
    }

    /// Counts a value. `false` if it contains itself or if there are too many.
    fn enter(&mut self, node: &Node<'_>) -> bool {
        self.visits += 1;
        if self.visits == MAX_BINDING_NODES {
            node.report_warning(
                format!("the bindings have more than {MAX_BINDING_NODES} values"),
                "the rest is ignored",
            );
        }
        self.visits < MAX_BINDING_NODES && !self.ancestors.contains(&node.at)
    }
}

/// The end of a chain of references. A broken reference is a warning.
fn follow<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    resolve::follow(node.clone()).map_err(|error| node.report(error.into_warning())).ok()
}

/// The members of a binding object that describe the protocol.
fn members<'a>(node: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    match node.value {
        Value::Mapping(entries) => {
            let keys = entries.keys().filter(|key| !is_metadata_key(key));
            keys.filter_map(|key| Some((key.as_str(), node.child(key)?))).collect()
        }
        Value::Null => Vec::new(),
        other => {
            node.report_warning(format!("a binding must be an object, but this is {}", other.kind()), "it is ignored");
            Vec::new()
        }
    }
}

/// Whether a key does not describe the protocol.
fn is_metadata_key(key: &str) -> bool {
    key == "bindingVersion" || key.starts_with("x-") || key.starts_with('$')
}

/// Whether an object is a schema for a value, such as Kafka's `groupId`, and not the value itself.
fn is_schema(value: &Value) -> bool {
    const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];
    let has_type = value.child("type").and_then(Value::as_str).is_some_and(|name| TYPES.contains(&name));
    has_type || matches!(value.child("enum"), Some(Value::Sequence(_))) || value.child("const").is_some()
}

/// The value of a schema that allows only one.
fn only_value(schema: &Value) -> Option<&Value> {
    match (schema.child("const"), schema.child("enum")) {
        (Some(value), _) => Some(value),
        (None, Some(Value::Sequence(values))) => match &values[..] {
            [only] => Some(only),
            _ => None,
        },
        _ => None,
    }
}

/// The key of the component that contains a binding.
fn component_key(at: &Location) -> Option<String> {
    let mut steps = at.pointer.steps();
    let is_component = steps.next()? == "components" && steps.next()?.ends_with("Bindings");
    steps.next().filter(|_| is_component)
}
