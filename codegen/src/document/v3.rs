//! Reads documents of AsyncAPI 3.0 and 3.1.

use std::collections::BTreeMap;

use super::bindings;
use super::cursor::{Node, Object};
use super::model::{Action, Address, Channel, Document, MessageCardinality, MessageId, Operation, Reply, Server};
use super::objects::{ObjectReader, RootParts, read_docs, read_info, read_location, read_variables};
use super::schema::reader::SchemaReader;
use crate::json::Value;
use crate::location::Location;

#[derive(Default)]
struct Reader {
    objects: ObjectReader,
    /// Index of each channel, by the location of its key and of its description.
    channel_indexes: BTreeMap<Location, usize>,
    /// The messages of each channel, for operations that list none.
    channel_messages: Vec<Vec<MessageId>>,
}

/// Reads the root object.
pub(super) fn read_document(mut root: Object<'_>, files: Vec<String>) -> Document {
    let mut reader = Reader::default();
    let info = root.get("info");
    let docs = info.and_then(|node| read_info(&node, "an Info Object of AsyncAPI 3")).unwrap_or_default();
    let servers = root.get_entries("servers");
    let schemas = &mut reader.objects.schemas;
    let servers = servers.into_iter().filter_map(|(key, node)| read_server(key, node, schemas)).collect();
    let components = root.get("components");
    let components = components
        .map(|node| reader.objects.read_components(&node, "a Components Object of AsyncAPI 3"))
        .unwrap_or_default();
    for (key, node) in root.get_entries("channels") {
        reader.read_channel(key, node);
    }
    for (key, node) in root.get_entries("operations") {
        reader.read_operation(key, node);
    }
    let content_type = root.get_text("defaultContentType");
    reader.objects.finish(files, RootParts { docs, content_type, servers, components })
}

/// Reads a server. Its URL is built from protocol, host and path, as in AsyncAPI 2.
fn read_server(key: &str, node: Node<'_>, schemas: &mut SchemaReader) -> Option<Server> {
    let mut object = node.follow()?.as_object("a Server Object of AsyncAPI 3")?;
    let host = object.required("host")?.to_text()?;
    let protocol = object.get("protocol").and_then(|node| node.to_text());
    let path = object.get_text("pathname").unwrap_or_default();
    let scheme = protocol.as_ref().map(|protocol| format!("{protocol}://")).unwrap_or_default();
    let variables = read_variables(&mut object);
    let docs = read_docs(&mut object);
    let bindings = bindings::read_bindings(&mut object, schemas);
    // Authors forget the slash. A variable at the start may contain it.
    let slash = if path.is_empty() || path.starts_with(['/', '{']) { "" } else { "/" };
    let url = format!("{scheme}{host}{slash}{path}");
    Some(Server { at: object.into_location(), key: key.to_owned(), docs, url, variables, protocol, bindings })
}

fn read_action(node: &Node<'_>) -> Option<Action> {
    match node.to_text()?.as_str() {
        "send" => Some(Action::Send),
        "receive" => Some(Action::Receive),
        other => {
            node.report_error(
                format!("`{other}` is not an action"),
                "write `send` or `receive`: `subscribe` of AsyncAPI 2 is `send`, and `publish` is `receive`",
            );
            None
        }
    }
}

impl Reader {
    /// Reads the channel of a key, and gives its index. Several keys may refer to one description.
    fn read_channel(&mut self, key: &str, node: Node<'_>) -> Option<usize> {
        let key_at = node.at.clone();
        let node = node.follow()?;
        let mut object = node.as_object("a Channel Object of AsyncAPI 3")?;
        let address_at = object.at().join("address");
        let address = match object.get("address").filter(|node| *node.value != Value::Null) {
            Some(node) => Address::Known(node.to_text()?),
            None => Address::Unknown,
        };
        let parameters = self.objects.read_parameters(&mut object);
        let messages = object.get_entries("messages");
        let messages =
            messages.into_iter().filter_map(|(key, node)| self.objects.read_message(&node, Some(key))).collect();
        let index = self.objects.channels.len();
        self.channel_indexes.insert(key_at.clone(), index);
        // A reference to the description means its first key in alphabetical order, whatever the order of the document.
        let described = self.channel_indexes.entry(node.at.clone()).or_insert(index);
        let known = self.objects.channels.get(*described);
        if known.is_some_and(|known| known.key_at != node.at && *key < *known.key) {
            *described = index;
        }
        let bindings = bindings::read_bindings(&mut object, &mut self.objects.schemas);
        let docs = read_docs(&mut object);
        let at = object.into_location();
        self.objects.channels.push(Channel {
            at,
            key_at,
            address_at: Some(address_at),
            key: key.to_owned(),
            address,
            docs,
            parameters,
            bindings,
        });
        self.channel_messages.push(messages);
        Some(index)
    }

    fn read_operation(&mut self, key: &str, node: Node<'_>) {
        let Some(mut object) = node.follow().and_then(|node| node.as_object("an Operation Object of AsyncAPI 3"))
        else {
            return;
        };
        let action = object.required("action").and_then(|node| read_action(&node));
        let channel = object.required("channel").and_then(|node| self.resolve_channel(&node));
        let messages = object.get("messages").map(|node| self.read_message_list(&node, channel));
        let docs = read_docs(&mut object);
        let reply = object.get("reply").and_then(|node| self.read_reply(node));
        object.report_broken_references("traits");
        let bindings = bindings::read_bindings(&mut object, &mut self.objects.schemas);
        let at = object.into_location();
        let (Some(action), Some(channel)) = (action, channel) else { return };
        self.objects.operations.push(Operation {
            at,
            id: Some(key.to_owned()),
            action,
            channel,
            messages: messages.unwrap_or_else(|| self.channel_messages[channel].clone()),
            cardinality: MessageCardinality::Several,
            docs,
            reply,
            bindings,
        });
    }

    /// The index of the channel that an operation or a reply refers to.
    fn resolve_channel(&mut self, node: &Node<'_>) -> Option<usize> {
        let target = node.clone().follow()?;
        let known = node.reference_chain().into_iter().find_map(|node| self.channel_indexes.get(&node.at));
        if let Some(index) = known {
            return Some(*index);
        }
        let key = target.at.pointer.steps().last().unwrap_or_default();
        self.read_channel(&key, target)
    }

    fn read_message_list(&mut self, list: &Node<'_>, channel: Option<usize>) -> Vec<MessageId> {
        let mut messages = Vec::new();
        for node in list.as_items("`messages`") {
            if let (Some(name), Some(channel)) =
                (node.value.as_str(), channel.map(|index| &self.objects.channels[index]))
            {
                node.report_error(
                    "a reference to a message is required here, but this is a string",
                    format!("write `{{$ref: '#{}/messages/{name}'}}`", channel.key_at.pointer),
                );
                continue;
            }
            let id = self.objects.read_message(&node, None);
            messages.extend(id.filter(|id| !messages.contains(id)));
        }
        messages
    }

    fn read_reply(&mut self, node: Node<'_>) -> Option<Reply> {
        let mut object = node.follow()?.as_object("an Operation Reply Object")?;
        let channel = object.get("channel").and_then(|node| self.resolve_channel(&node));
        let messages = object.get("messages").map(|node| self.read_message_list(&node, channel));
        let address = object.get("address").and_then(|node| read_location(node, "an Operation Reply Address Object"));
        let at = object.into_location();
        let of_channel = || channel.map(|index| self.channel_messages[index].clone()).unwrap_or_default();
        Some(Reply { at, address, channel, messages: messages.unwrap_or_else(of_channel) })
    }
}
