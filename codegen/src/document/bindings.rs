//! Bindings: what a document says of one protocol only, at servers, channels, operations and messages.
//!
//! The bindings objects of the protocols (github.com/asyncapi/bindings) come and go without a version of AsyncAPI, so
//! there is no list of their keys: a schema is known by the few keys that hold one, and the rest is values.

use super::cursor::{Node, Object};
use super::schema::{SchemaId, Schemas};
use super::{avro, resolve};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::limits::MAX_BINDING_NODES;
use crate::location::Location;

/// What the bindings of one object say.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    pub(crate) values: Vec<BoundValue>,
    pub(crate) schemas: Vec<BoundSchema>,
}

/// A value, or a list of them.
#[derive(Debug)]
pub(crate) struct BoundValue {
    pub(crate) at: Location,
    /// The protocol, and the keys from there.
    pub(crate) words: Vec<String>,
    pub(crate) value: Value,
}

/// A schema that becomes a type.
#[derive(Debug)]
pub(crate) struct BoundSchema {
    pub(crate) role: BindingRole,
    pub(crate) schema: SchemaId,
    /// The key of the component that several objects may share.
    pub(crate) shared: Option<String>,
}

/// What a schema in a binding describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum BindingRole {
    KafkaKey,
    WebSocketQuery,
    WebSocketHeaders,
    HttpQuery,
    HttpHeaders,
    JmsHeaders,
    AnypointMqHeaders,
    MqttCorrelationData,
}

impl BindingRole {
    fn of(protocol: &str, key: &str) -> Option<Self> {
        Some(match (protocol, key) {
            ("kafka" | "kafka-secure", "key") => Self::KafkaKey,
            ("ws" | "wss", "query") => Self::WebSocketQuery,
            ("ws" | "wss", "headers") => Self::WebSocketHeaders,
            ("http" | "https", "query") => Self::HttpQuery,
            ("http" | "https", "headers") => Self::HttpHeaders,
            ("jms", "headers") => Self::JmsHeaders,
            ("anypointmq", "headers") => Self::AnypointMqHeaders,
            ("mqtt" | "mqtt5", "correlationData") => Self::MqttCorrelationData,
            _ => return None,
        })
    }
}

/// Reads the `bindings` of an object; what is no binding is passed over with a warning, because no code hangs on it.
pub(super) fn read(owner: &mut Object<'_>, schemas: &mut Schemas) -> Bindings {
    let Some(node) = owner.get("bindings") else { return Bindings::default() };
    let mut reader = Reader { schemas, found: Bindings::default(), under_way: Vec::new(), visits: 0 };
    reader.protocols(&node);
    reader.found
}

struct Reader<'s> {
    schemas: &'s mut Schemas,
    found: Bindings,
    /// The objects that lead here, so that a circle of references ends.
    under_way: Vec<Location>,
    visits: usize,
}

/// Keys that say nothing of the protocol: extensions, and what tools note for themselves.
fn is_metadata_key(key: &str) -> bool {
    key == "bindingVersion" || key.starts_with("x-") || key.starts_with('$')
}

impl Reader<'_> {
    fn protocols(&mut self, node: &Node<'_>) {
        let Some(bindings) = followed(node) else { return };
        for (protocol, node) in members(&bindings) {
            let Some(binding) = followed(&node) else { continue };
            for (key, node) in members(&binding) {
                self.member(protocol, key, &node);
            }
        }
    }

    fn member(&mut self, protocol: &str, key: &str, node: &Node<'_>) {
        let role = BindingRole::of(protocol, key);
        match role.and_then(|role| Some((role, self.schema(role, node)?))) {
            Some((role, schema)) => {
                self.found.schemas.push(BoundSchema { role, schema, shared: component(&node.at) });
            }
            None => self.value(vec![protocol.to_owned(), key.to_owned()], node),
        }
    }

    /// The schema under a key that holds one; a key of Kafka may be one of Avro (Kafka bindings, "Message Binding Object").
    fn schema(&mut self, role: BindingRole, node: &Node<'_>) -> Option<SchemaId> {
        if role == BindingRole::KafkaKey && avro::looks_like_avro(node) {
            return Some(self.schemas.read_format(node, avro::MEDIA_TYPE));
        }
        matches!(node.value, Value::Mapping(_) | Value::Bool(_)).then(|| self.schemas.read(node))
    }

    /// Takes a value, and those of an object one by one.
    fn value(&mut self, words: Vec<String>, node: &Node<'_>) {
        let Some(target) = followed(node).filter(|target| self.is_within_visit_limit(target)) else { return };
        match target.value {
            Value::Null => {}
            Value::Mapping(_) if is_schema(target.value) => {
                if let Some(value) = only_value(target.value) {
                    self.found.values.push(BoundValue { at: target.at, words, value: value.clone() });
                }
            }
            Value::Mapping(_) => {
                self.under_way.push(target.at.clone());
                for (key, node) in members(&target) {
                    let words = words.iter().cloned().chain([key.to_owned()]).collect();
                    self.value(words, &node);
                }
                self.under_way.pop();
            }
            _ => {
                let value = self.resolved(&target);
                self.found.values.push(BoundValue { at: target.at, words, value });
            }
        }
    }

    /// A copy with what its references mean in their places.
    fn resolved(&mut self, node: &Node<'_>) -> Value {
        let Some(target) = followed(node).filter(|target| self.is_within_visit_limit(target)) else {
            return Value::Null;
        };
        self.under_way.push(target.at.clone());
        let value = match target.value {
            Value::Mapping(entries) => {
                let members = entries.keys().filter_map(|key| Some((key.clone(), target.child(key)?)));
                Value::object(members.map(|(key, node)| (key, self.resolved(&node))))
            }
            Value::Sequence(items) => {
                let items = (0..items.len()).filter_map(|index| target.child(&index.to_string()));
                Value::Sequence(items.map(|item| self.resolved(&item)).collect())
            }
            other => other.clone(),
        };
        self.under_way.pop();
        value
    }

    fn is_within_visit_limit(&mut self, node: &Node<'_>) -> bool {
        self.visits += 1;
        if self.visits == MAX_BINDING_NODES {
            let message = "the bindings say more than two thousand things";
            let diagnostic = Diagnostic::new(Severity::Warning, &node.at, message);
            node.report(diagnostic.with_help("the rest is passed over"));
        }
        self.visits < MAX_BINDING_NODES && !self.under_way.contains(&node.at)
    }
}

/// Where the references of a node end; one that leads nowhere costs no more than the binding.
fn followed<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    resolve::follow(node.clone()).map_err(|fault| node.report(fault.into_warning())).ok()
}

/// The members of an object that say something of the protocol.
fn members<'a>(node: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    match node.value {
        Value::Mapping(entries) => {
            let entries = entries.keys().filter(|key| !is_metadata_key(key));
            entries.filter_map(|key| Some((key.as_str(), node.child(key)?))).collect()
        }
        Value::Null => Vec::new(),
        other => {
            let message = format!("a binding is an object, and this is {}", other.kind());
            node.report(Diagnostic::new(Severity::Warning, &node.at, message).with_help("it is passed over"));
            Vec::new()
        }
    }
}

/// Whether an object describes a value in place of being one, as Kafka's `groupId` does.
fn is_schema(value: &Value) -> bool {
    const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];
    let names_a_type = matches!(value.child("type"), Some(Value::String(name)) if TYPES.contains(&name.as_str()));
    names_a_type || matches!(value.child("enum"), Some(Value::Sequence(_))) || value.child("const").is_some()
}

/// The value, where the schema allows no other.
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

/// The key of the component that a binding stands in.
fn component(at: &Location) -> Option<String> {
    let mut steps = at.pointer.steps();
    let is_shared = steps.next()? == "components" && steps.next()?.ends_with("Bindings");
    steps.next().filter(|_| is_shared)
}
