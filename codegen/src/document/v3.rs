//! Documents of AsyncAPI 3.0 and 3.1.

use std::collections::BTreeMap;

use super::cursor::{Node, Object};
use super::schema::{SchemaId, Schemas};
use super::server::{self, read_variables};
use super::{
    Action, Address, Channel, Docs, Document, MessageCardinality, MessageId, Messages, Operation, Reply, Server,
    bindings, message, parameter,
};
use crate::diagnostic::{Diagnostic, Severity};
use crate::location::Location;

/// What is gathered on the way.
#[derive(Default)]
struct Reader {
    schemas: Schemas,
    messages: Messages,
    channels: Vec<Channel>,
    by_place: BTreeMap<Location, usize>,
    /// The messages of each channel, where an operation names none.
    channel_messages: Vec<Vec<MessageId>>,
    operations: Vec<Operation>,
}

/// Reads the root object; its version has been looked at.
pub(super) fn read(mut root: Object<'_>, files: Vec<String>) -> Document {
    let mut reader = Reader::default();
    let docs = root
        .expect("info")
        .and_then(|node| server::read_info(&node, "an Info Object of AsyncAPI 3", &["externalDocs", "tags"]))
        .unwrap_or_default();
    let servers = root.entries("servers");
    let servers = servers.into_iter().filter_map(|(key, node)| read_server(key, &node, &mut reader.schemas)).collect();
    let components = root.get("components").map(|node| reader.components(&node)).unwrap_or_default();
    for (key, node) in root.entries("channels") {
        reader.channel(key, node);
    }
    for (key, node) in root.entries("operations") {
        reader.operation(key, node);
    }
    let content_type = root.text("defaultContentType");
    root.ignore_keys(&["id"]);
    root.finish();
    reader.schemas.resolve_aliases();
    let Reader { schemas, messages, channels, operations, .. } = reader;
    Document { files, docs, content_type, servers, channels, operations, messages, components, schemas }
}

/// The host, the path and the protocol make what 2.x calls the URL.
fn read_server(key: &str, node: &Node<'_>, schemas: &mut Schemas) -> Option<Server> {
    let node = node.clone().follow()?;
    let mut object = node.object("a Server Object of AsyncAPI 3")?;
    let host = object.required("host")?.text()?;
    let protocol = object.expect("protocol").and_then(|node| node.text());
    let path = object.text("pathname").unwrap_or_default();
    let scheme = protocol.map(|protocol| format!("{protocol}://")).unwrap_or_default();
    let variables = read_variables(&mut object);
    let docs = documentation(&mut object);
    let bindings = bindings::read(&mut object, schemas);
    object.ignore_keys(&["protocolVersion", "security", "tags", "externalDocs"]);
    // Authors forget the slash; where a variable comes first, it may be in its value.
    let slash = if path.is_empty() || path.starts_with(['/', '{']) { "" } else { "/" };
    let at = object.at().clone();
    object.finish();
    Some(Server { at, key: key.to_owned(), docs, url: format!("{scheme}{host}{slash}{path}"), variables, bindings })
}

fn documentation(object: &mut Object<'_>) -> Docs {
    Docs {
        title: object.note("title"),
        summary: object.note("summary"),
        description: object.note("description"),
        deprecated: object.flag("deprecated"),
        ..Docs::default()
    }
}

impl Reader {
    /// Reads the components; the ones that say something only where they are used are read there.
    fn components(&mut self, node: &Node<'_>) -> Vec<(String, SchemaId)> {
        let Some(mut object) = node.object("a Components Object of AsyncAPI 3") else { return Vec::new() };
        let schemas = object.entries("schemas");
        let schemas = schemas.into_iter().map(|(key, node)| (key.to_owned(), self.schemas.read(&node))).collect();
        for (_, node) in object.entries("messages") {
            message::read(&mut self.messages, &mut self.schemas, &node, None);
        }
        object.ignore_keys(&[
            "channels",
            "channelBindings",
            "correlationIds",
            "externalDocs",
            "messageBindings",
            "messageTraits",
            "operationBindings",
            "operationTraits",
            "operations",
            "parameters",
            "replies",
            "replyAddresses",
            "securitySchemes",
            "serverBindings",
            "serverVariables",
            "servers",
            "tags",
        ]);
        object.finish();
        schemas
    }

    /// Reads the channel of a key, which may be described elsewhere and go by other keys as well, and says which it is.
    fn channel(&mut self, key: &str, node: Node<'_>) -> Option<usize> {
        let named_at = node.at.clone();
        let node = node.follow()?;
        let mut object = node.object("a Channel Object of AsyncAPI 3")?;
        let address = match object.get("address").filter(|node| *node.value != crate::json::Value::Null) {
            Some(node) => Address::Known(node.text()?),
            None => Address::Open,
        };
        let parameters = object.entries("parameters");
        let parameters =
            parameters.into_iter().filter_map(|(key, node)| parameter::read(key, node, &mut self.schemas)).collect();
        let messages = object.entries("messages");
        let messages = messages
            .into_iter()
            .filter_map(|(key, node)| message::read(&mut self.messages, &mut self.schemas, &node, Some(key)))
            .collect();
        let index = self.channels.len();
        self.by_place.insert(named_at.clone(), index);
        // Who refers to a description means its first key in the alphabet, whatever the order.
        let described = self.by_place.entry(node.at.clone()).or_insert(index);
        if self.channels.get(*described).is_some_and(|known| known.named_at != node.at && *key < *known.key) {
            *described = index;
        }
        let bindings = bindings::read(&mut object, &mut self.schemas);
        self.channels.push(Channel {
            at: node.at.clone(),
            named_at,
            key: key.to_owned(),
            address,
            docs: documentation(&mut object),
            parameters,
            bindings,
        });
        self.channel_messages.push(messages);
        object.ignore_keys(&["servers", "externalDocs", "tags"]);
        object.finish();
        Some(index)
    }

    fn operation(&mut self, key: &str, node: Node<'_>) {
        let Some(node) = node.follow() else { return };
        let Some(mut object) = node.object("an Operation Object of AsyncAPI 3") else { return };
        let action = object.required("action").and_then(|node| read_action(&node));
        let channel = object.required("channel").and_then(|node| self.referred_channel(&node));
        let named = object.get("messages").map(|node| self.named_messages(&node));
        let docs = documentation(&mut object);
        let reply = object.get("reply").and_then(|node| self.reply(node));
        object.report_unused_keys("traits");
        let bindings = bindings::read(&mut object, &mut self.schemas);
        object.ignore_keys(&["externalDocs", "security", "tags"]);
        let at = object.at().clone();
        object.finish();
        let (Some(action), Some(channel)) = (action, channel) else { return };
        let messages = named.unwrap_or_else(|| self.channel_messages[channel].clone());
        self.operations.push(Operation {
            at,
            id: Some(key.to_owned()),
            action,
            channel,
            messages,
            carries: MessageCardinality::Several,
            docs,
            reply,
            bindings,
        });
    }

    /// The channel that an operation or a reply refers to.
    fn referred_channel(&mut self, node: &Node<'_>) -> Option<usize> {
        let target = node.clone().follow()?;
        let on_the_way = node.chain().into_iter().find_map(|node| self.by_place.get(&node.at));
        if let Some(index) = on_the_way {
            return Some(*index);
        }
        let key = target.at.pointer.steps().last().unwrap_or_default();
        self.channel(&key, target)
    }

    fn named_messages(&mut self, list: &Node<'_>) -> Vec<MessageId> {
        let mut messages = Vec::new();
        for node in list.items("`messages`") {
            let id = message::read(&mut self.messages, &mut self.schemas, &node, None);
            messages.extend(id.filter(|id| !messages.contains(id)));
        }
        messages
    }

    fn reply(&mut self, node: Node<'_>) -> Option<Reply> {
        let mut object = node.follow()?.object("an Operation Reply Object")?;
        let channel = object.get("channel").and_then(|node| self.referred_channel(&node));
        let named = object.get("messages").map(|node| self.named_messages(&node));
        let address = object.get("address");
        let address = address.and_then(|node| message::read_location(node, "an Operation Reply Address Object"));
        let at = object.at().clone();
        object.finish();
        let of_channel = || channel.map(|index| self.channel_messages[index].clone()).unwrap_or_default();
        Some(Reply { at, address, channel, messages: named.unwrap_or_else(of_channel) })
    }
}

fn read_action(node: &Node<'_>) -> Option<Action> {
    match node.text()?.as_str() {
        "send" => Some(Action::Send),
        "receive" => Some(Action::Receive),
        other => {
            let message = format!("`{other}` is not an action");
            node.report(
                Diagnostic::new(Severity::Error, &node.at, message).with_help("an action is `send` or `receive`; what was `subscribe` before AsyncAPI 3 is `send`, and `publish` is `receive`"),
            );
            None
        }
    }
}
