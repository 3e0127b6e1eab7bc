//! Documents of AsyncAPI 2.0 to 2.6.
//!
//! What a 2.x document calls `subscribe` is what a client may subscribe to, so the application sends it; `publish` is
//! what the application receives (AsyncAPI 2.6, "Channel Item Object").

use super::cursor::{Node, Object};
use super::schema::{SchemaId, Schemas};
use super::server::{self, read_variables};
use super::{
    Action, Address, Channel, Docs, Document, MessageCardinality, MessageId, Messages, Operation, Server, bindings,
    message, parameter,
};
use crate::json::Value;

/// What is gathered on the way.
#[derive(Default)]
struct Reader {
    schemas: Schemas,
    messages: Messages,
    channels: Vec<Channel>,
    operations: Vec<Operation>,
}

/// Reads the root object; its version has been looked at.
pub(super) fn read(mut root: Object<'_>, files: Vec<String>) -> Document {
    let mut reader = Reader::default();
    let docs = root
        .expect("info")
        .and_then(|node| server::read_info(&node, "an Info Object of AsyncAPI 2", &[]))
        .unwrap_or_default();
    let servers = root.entries("servers");
    let servers = servers.into_iter().filter_map(|(key, node)| read_server(key, &node, &mut reader.schemas)).collect();
    let components = root.get("components").map(|node| reader.components(&node)).unwrap_or_default();
    if let Some(channels) = root.expect("channels") {
        for (address, node) in channels.entries("`channels`") {
            reader.channel(address, node);
        }
    }
    let content_type = root.text("defaultContentType");
    root.ignore_keys(&["id", "tags", "externalDocs"]);
    root.finish();
    reader.schemas.resolve_aliases();
    let Reader { schemas, messages, channels, operations } = reader;
    Document { files, docs, content_type, servers, channels, operations, messages, components, schemas }
}

fn read_server(key: &str, node: &Node<'_>, schemas: &mut Schemas) -> Option<Server> {
    let node = node.clone().follow()?;
    let mut object = node.object("a Server Object of AsyncAPI 2")?;
    let url = object.required("url")?.text()?;
    object.expect("protocol");
    let variables = read_variables(&mut object);
    let docs = Docs { description: object.note("description"), ..Docs::default() };
    let bindings = bindings::read(&mut object, schemas);
    object.ignore_keys(&["protocolVersion", "security", "tags"]);
    let at = object.at().clone();
    object.finish();
    Some(Server { at, key: key.to_owned(), docs, url, variables, bindings })
}

impl Reader {
    /// Reads the components; the ones that say something only where they are used are read there.
    fn components(&mut self, node: &Node<'_>) -> Vec<(String, SchemaId)> {
        let Some(mut object) = node.object("a Components Object of AsyncAPI 2") else { return Vec::new() };
        let schemas = object.entries("schemas");
        let schemas = schemas.into_iter().map(|(key, node)| (key.to_owned(), self.schemas.read(&node))).collect();
        for (_, node) in object.entries("messages") {
            message::read(&mut self.messages, &mut self.schemas, &node, None);
        }
        object.ignore_keys(&[
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
        let named_at = node.at.clone();
        let Some(node) = node.follow() else { return };
        let Some(mut object) = node.object("a Channel Item Object of AsyncAPI 2") else { return };
        let index = self.channels.len();
        let parameters = object.entries("parameters");
        let parameters =
            parameters.into_iter().filter_map(|(key, node)| parameter::read(key, node, &mut self.schemas)).collect();
        let bindings = bindings::read(&mut object, &mut self.schemas);
        self.channels.push(Channel {
            at: object.at().clone(),
            named_at,
            key: address.to_owned(),
            address: Address::Known(address.to_owned()),
            docs: Docs {
                description: object.note("description"),
                deprecated: object.flag("deprecated"),
                ..Docs::default()
            },
            parameters,
            bindings,
        });
        for (key, action) in [("subscribe", Action::Send), ("publish", Action::Receive)] {
            if let Some(node) = object.get(key) {
                self.operation(&node, action, index);
            }
        }
        object.ignore_keys(&["servers"]);
        object.finish();
    }

    fn operation(&mut self, node: &Node<'_>, action: Action, channel: usize) {
        let Some(mut object) = node.object("an Operation Object of AsyncAPI 2") else { return };
        let id = object.text("operationId");
        let docs = Docs {
            summary: object.note("summary"),
            description: object.note("description"),
            deprecated: object.flag("deprecated"),
            ..Docs::default()
        };
        let message = object.get("message");
        let is_given = message.is_some();
        let listed = message.as_ref().is_some_and(|node| node.child("oneOf").is_some());
        let lists_nothing = matches!(
            message.as_ref().and_then(|node| node.child("oneOf")).map(|list| list.value),
            Some(Value::Sequence(items)) if items.is_empty()
        );
        let carries = if listed { MessageCardinality::Several } else { MessageCardinality::One };
        let messages = message.map(|node| self.operation_messages(node)).unwrap_or_default();
        object.report_unused_keys("traits");
        let bindings = bindings::read(&mut object, &mut self.schemas);
        object.ignore_keys(&["externalDocs", "security", "tags"]);
        let at = object.at().clone();
        object.finish();
        // A message that could not be read has been reported; that it is missing here is no news.
        if !messages.is_empty() || !is_given || lists_nothing {
            self.operations.push(Operation { at, id, action, channel, messages, carries, docs, reply: None, bindings });
        }
    }

    /// The messages of an operation: one, or the alternatives of a `oneOf`.
    fn operation_messages(&mut self, node: Node<'_>) -> Vec<MessageId> {
        let alternatives = node.child("oneOf").map(|list| list.items("`oneOf`"));
        let nodes = alternatives.unwrap_or_else(|| vec![node]);
        let read = |node| message::read(&mut self.messages, &mut self.schemas, &node, None);
        let mut messages: Vec<MessageId> = nodes.into_iter().filter_map(read).collect();
        let mut seen = std::collections::BTreeSet::new();
        messages.retain(|id| seen.insert(*id));
        messages
    }
}
