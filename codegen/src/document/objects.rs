//! Reads the objects that AsyncAPI 2 and 3 define alike: Info, Server Variable, Parameter, Message and parts of
//! Components.

use super::bindings;
use super::cursor::{Node, Object};
use super::model::{Channel, Document, Example, Message, MessageId, Messages, Operation, Parameter, Server, Variable};
use super::resolve;
use super::schema::reader::SchemaReader;
use super::schema::{Docs, SchemaId};
use crate::json::Value;
use crate::location::{Location, RuntimeExpression};

/// Collects the objects of a document.
#[derive(Default)]
pub(super) struct ObjectReader {
    pub(super) schemas: SchemaReader,
    pub(super) messages: Messages,
    pub(super) channels: Vec<Channel>,
    pub(super) operations: Vec<Operation>,
}

/// The parts of the root object that are read before or after everything else.
#[derive(Default)]
pub(super) struct RootParts {
    pub(super) docs: Docs,
    pub(super) content_type: Option<String>,
    pub(super) servers: Vec<Server>,
    pub(super) components: Vec<(String, SchemaId)>,
}

impl ObjectReader {
    /// Resolves the references between schemas and gives the document.
    pub(super) fn finish(self, files: Vec<String>, root: RootParts) -> Document {
        let RootParts { docs, content_type, servers, components } = root;
        let Self { schemas, messages, channels, operations } = self;
        let mut schemas = schemas.finish();
        schemas.set_file_names(&files);
        Document { files, docs, content_type, servers, channels, operations, messages, components, schemas }
    }

    /// Reads the schemas and messages of a Components Object. All other components are read where they are referred to.
    pub(super) fn read_components(&mut self, node: &Node<'_>, what: &'static str) -> Vec<(String, SchemaId)> {
        let Some(mut object) = node.as_object(what) else { return Vec::new() };
        let schemas = object.get_entries("schemas");
        let schemas =
            schemas.into_iter().map(|(key, node)| (key.to_owned(), self.schemas.read_schema(&node))).collect();
        for (_, node) in object.get_entries("messages") {
            self.read_message(&node, None);
        }
        schemas
    }

    /// Reads the parameters of a channel.
    pub(super) fn read_parameters(&mut self, channel: &mut Object<'_>) -> Vec<Parameter> {
        let parameters = channel.get_entries("parameters");
        parameters.into_iter().filter_map(|(key, node)| self.read_parameter(key, node)).collect()
    }

    /// AsyncAPI 2 describes a parameter by a schema, AsyncAPI 3 by a list of values and a default.
    fn read_parameter(&mut self, key: &str, node: Node<'_>) -> Option<Parameter> {
        let mut object = node.follow()?.as_object("a Parameter Object")?;
        let schema = object.get("schema").map(|node| self.schemas.read_schema(&node));
        let values = object.get_items("enum").iter().filter_map(Node::to_text).collect();
        let description = object.get_annotation("description");
        let docs = Docs { description, deprecated: object.get_bool("deprecated"), ..Docs::default() };
        let schema_default = || self.schemas.table().keywords(schema?)?.default.as_ref()?.plain_text();
        let default = object.get_text("default").or_else(schema_default);
        let location = object.get("location").and_then(|node| read_runtime_expression(&node));
        let at = object.into_location();
        Some(Parameter { at, key: key.to_owned(), docs, schema, values, default, location })
    }

    /// Reads a message, or finds it if it was read before. A key in `components.messages` has precedence over
    /// `channel_key`, the key in the messages of a channel.
    pub(super) fn read_message(&mut self, node: &Node<'_>, channel_key: Option<&str>) -> Option<MessageId> {
        let node = node.clone().follow()?;
        if let Some(id) = self.messages.find(&node.at) {
            return Some(id);
        }
        let mut object = node.as_object("a Message Object")?;
        let key = component_message_key(&node.at).or_else(|| channel_key.map(str::to_owned));
        let id = object.get_text("messageId");
        let name = object.get_annotation("name").or(id).or_else(|| key.clone());
        let docs = read_docs(&mut object);
        let media_type = object.get_text("schemaFormat");
        let payload = object.get("payload").map(|node| match &media_type {
            Some(media_type) => self.schemas.read_schema_of_format(&node, media_type),
            None => self.schemas.read_schema(&node),
        });
        let headers = object.get("headers").map(|node| self.schemas.read_schema(&node));
        object.report_broken_references("traits");
        let content_type = object.get_text("contentType");
        let correlation = object.get("correlationId").and_then(|node| read_location(node, "a Correlation ID Object"));
        let bindings = bindings::read_bindings(&mut object, &mut self.schemas);
        let examples = object.get("examples").map_or_else(Vec::new, |node| read_examples(&node));
        let at = object.into_location();
        let message = Message { at, key, name, docs, content_type, payload, headers, correlation, examples, bindings };
        Some(self.messages.insert(message))
    }
}

/// The key of a message in `components.messages`.
fn component_message_key(at: &Location) -> Option<String> {
    let steps: Vec<String> = at.pointer.steps().collect();
    match &steps[..] {
        [components, messages, key] if components == "components" && messages == "messages" => Some(key.clone()),
        _ => None,
    }
}

/// Reads `title`, `summary`, `description` and `deprecated`.
pub(super) fn read_docs(object: &mut Object<'_>) -> Docs {
    Docs {
        title: object.get_annotation("title"),
        summary: object.get_annotation("summary"),
        description: object.get_annotation("description"),
        deprecated: object.get_bool("deprecated"),
        ..Docs::default()
    }
}

/// Reads the Info Object.
pub(super) fn read_info(node: &Node<'_>, what: &'static str) -> Option<Docs> {
    let mut info = node.as_object(what)?;
    let (title, description) = (info.get_annotation("title"), info.get_annotation("description"));
    Some(Docs { title, description, ..Docs::default() })
}

/// Reads the variables of a server.
pub(super) fn read_variables(server: &mut Object<'_>) -> Vec<Variable> {
    let variables = server.get_entries("variables");
    variables.into_iter().filter_map(|(key, node)| read_variable(key, node)).collect()
}

fn read_variable(key: &str, node: Node<'_>) -> Option<Variable> {
    let mut object = node.follow()?.as_object("a Server Variable Object")?;
    let values = object.get_items("enum").iter().filter_map(Node::to_text).collect();
    let docs = Docs { description: object.get_annotation("description"), ..Docs::default() };
    let default = object.get_text("default");
    Some(Variable { at: object.into_location(), key: key.to_owned(), docs, default, values })
}

fn read_examples(node: &Node<'_>) -> Vec<Example> {
    if let Value::Sequence(_) = node.value {
        return node.as_items("`examples`").iter().filter_map(read_example).collect();
    }
    node.report_warning(
        format!("`examples` must be a list, but this is {}", node.value.kind()),
        "the examples are ignored: write a list",
    );
    Vec::new()
}

/// Reads a Message Example Object. Other objects are ignored, because AsyncAPI 2.0 allows any keys here.
fn read_example(node: &Node<'_>) -> Option<Example> {
    let value = |key: &str| node.child(key).map(|node| resolve::dereferenced(&node));
    let (payload, headers) = (value("payload"), value("headers"));
    if payload.is_none() && headers.is_none() {
        return None;
    }
    let text = |key| node.value.child(key).and_then(Value::as_str).map(str::to_owned);
    Some(Example { at: node.at.clone(), name: text("name"), summary: text("summary"), payload, headers })
}

/// Reads the `location` of a Correlation ID Object or an Operation Reply Address Object.
pub(super) fn read_location(node: Node<'_>, what: &'static str) -> Option<RuntimeExpression> {
    let mut object = node.follow()?.as_object(what)?;
    let location = object.required("location")?;
    read_runtime_expression(&location)
}

fn read_runtime_expression(node: &Node<'_>) -> Option<RuntimeExpression> {
    let text = node.to_text()?;
    let expression = RuntimeExpression::parse(&text);
    if expression.is_none() {
        node.report_warning(
            format!("`{text}` is not a supported runtime expression, so it is ignored"),
            "write `$message.header#/name` or `$message.payload#/pointer`",
        );
    }
    expression
}
