//! Documents of AsyncAPI 2.0 to 2.6.
//!
//! What a 2.x document calls `subscribe` is what a client may subscribe to, so the application sends it; `publish` is
//! what the application receives (AsyncAPI 2.6, "Channel Item Object").

use super::read::{Node, Object};
use super::schema::Schemas;
use super::{Action, Channel, Docs, Document, Message, MessageId, Messages, Operation, Server, Variable};

/// What is gathered on the way.
#[derive(Default)]
struct Reader {
    schemas: Schemas,
    messages: Messages,
    channels: Vec<Channel>,
    operations: Vec<Operation>,
}

/// Reads the root object; its version has been looked at.
pub(super) fn read(mut root: Object<'_>) -> Document {
    let mut reader = Reader::default();
    let docs = root.require("info").and_then(|node| read_info(&node)).unwrap_or_default();
    let servers = root.entries("servers");
    let servers = servers.into_iter().filter_map(|(key, node)| read_server(key, &node)).collect();
    let components = root.get("components").map(|node| reader.components(&node)).unwrap_or_default();
    if let Some(channels) = root.require("channels") {
        for (address, node) in channels.entries("`channels`") {
            reader.channel(address, node);
        }
    }
    root.pass_over(&["id", "defaultContentType", "tags", "externalDocs"]);
    root.finish();
    let Reader { schemas, messages, channels, operations } = reader;
    Document { docs, servers, channels, operations, messages, components, schemas }
}

fn read_info(node: &Node<'_>) -> Option<Docs> {
    let mut info = node.object("an Info Object of AsyncAPI 2")?;
    info.require("title");
    info.require("version");
    let docs = Docs { title: info.text("title"), description: info.text("description"), ..Docs::default() };
    info.pass_over(&["termsOfService", "contact", "license"]);
    info.finish();
    Some(docs)
}

fn read_server(key: &str, node: &Node<'_>) -> Option<Server> {
    let node = node.clone().follow()?;
    let mut object = node.object("a Server Object of AsyncAPI 2")?;
    let url = object.require("url")?.text()?;
    object.require("protocol");
    let variables = object.entries("variables");
    let variables = variables.into_iter().filter_map(|(key, node)| read_variable(key, node)).collect();
    let docs = Docs { description: object.text("description"), ..Docs::default() };
    object.pass_over(&["protocolVersion", "security", "bindings", "tags"]);
    let at = object.at().clone();
    object.finish();
    Some(Server { at, key: key.to_owned(), docs, url, variables })
}

fn read_variable(key: &str, node: Node<'_>) -> Option<Variable> {
    let mut object = node.follow()?.object("a Server Variable Object")?;
    let values = object.items("enum").iter().filter_map(Node::text).collect();
    let docs = Docs { description: object.text("description"), ..Docs::default() };
    let default = object.text("default");
    object.pass_over(&["examples"]);
    let at = object.at().clone();
    object.finish();
    Some(Variable { at, key: key.to_owned(), docs, default, values })
}

impl Reader {
    /// Reads the components; the ones that say something only where they are used are read there.
    fn components(&mut self, node: &Node<'_>) -> Vec<(String, super::SchemaId)> {
        let Some(mut object) = node.object("a Components Object of AsyncAPI 2") else { return Vec::new() };
        let schemas = object.entries("schemas");
        let schemas = schemas.into_iter().map(|(key, node)| (key.to_owned(), self.schemas.read(&node))).collect();
        for (key, node) in object.entries("messages") {
            if node.reference().is_none() {
                self.message(&node, Some(key));
            }
        }
        object.pass_over(&[
            "channels",
            "correlationIds",
            "channelBindings",
            "messageBindings",
            "messageTraits",
            "operationBindings",
            "operationTraits",
            "parameters",
            "securitySchemes",
            "serverBindings",
            "serverVariables",
            "servers",
        ]);
        object.finish();
        schemas
    }

    fn channel(&mut self, address: &str, node: Node<'_>) {
        let Some(node) = node.follow() else { return };
        let Some(mut object) = node.object("a Channel Item Object of AsyncAPI 2") else { return };
        let index = self.channels.len();
        let docs = Docs { description: object.text("description"), ..Docs::default() };
        self.channels.push(Channel { at: object.at().clone(), address: address.to_owned(), docs });
        for (key, action) in [("subscribe", Action::Send), ("publish", Action::Receive)] {
            if let Some(node) = object.get(key) {
                self.operation(&node, action, index);
            }
        }
        object.not_yet(&["parameters"]);
        object.pass_over(&["bindings", "servers"]);
        object.finish();
    }

    fn operation(&mut self, node: &Node<'_>, action: Action, channel: usize) {
        let Some(mut object) = node.object("an Operation Object of AsyncAPI 2") else { return };
        let id = object.text("operationId");
        let docs = Docs { summary: object.text("summary"), description: object.text("description"), ..Docs::default() };
        let message = object.get("message");
        let is_given = message.is_some();
        let messages = message.map(|node| self.operation_messages(node)).unwrap_or_default();
        object.not_yet(&["traits"]);
        object.pass_over(&["bindings", "externalDocs", "security", "tags"]);
        let at = object.at().clone();
        object.finish();
        // A message that could not be read has been reported; that it is missing here is no news.
        if !messages.is_empty() || !is_given {
            self.operations.push(Operation { at, id, action, channel, messages, docs });
        }
    }

    /// The messages of an operation: one, or the alternatives of a `oneOf`.
    fn operation_messages(&mut self, node: Node<'_>) -> Vec<MessageId> {
        let alternatives = node.child("oneOf").map(|list| list.items("`oneOf`"));
        let nodes = alternatives.unwrap_or_else(|| vec![node]);
        nodes.into_iter().filter_map(|node| self.message(&node, None)).collect()
    }

    /// Reads the message at a node, or behind its reference, unless it has been read before.
    fn message(&mut self, node: &Node<'_>, key: Option<&str>) -> Option<MessageId> {
        let node = node.clone().follow()?;
        if let Some(id) = self.messages.by_place.get(&node.at) {
            return Some(*id);
        }
        let mut object = node.object("a Message Object of AsyncAPI 2")?;
        let id = object.text("messageId");
        let key = key.map(str::to_owned);
        let name = object.text("name").or(id).or_else(|| key.clone());
        let docs = Docs {
            title: object.text("title"),
            summary: object.text("summary"),
            description: object.text("description"),
            deprecated: false,
        };
        let payload = object.get("payload").map(|node| self.schemas.read(&node));
        object.not_yet(&["correlationId", "headers", "schemaFormat", "traits"]);
        object.pass_over(&["bindings", "contentType", "examples", "externalDocs", "tags"]);
        let at = object.at().clone();
        object.finish();
        Some(self.messages.add(Message { at, key, name, docs, payload }))
    }
}
