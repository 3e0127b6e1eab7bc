//! Reads documents of AsyncAPI 2.0 to 2.6.
//!
//! `subscribe` lists what a client can receive, so the application sends it. `publish` lists what the application
//! receives (AsyncAPI 2.6, "Channel Item Object").

use std::collections::BTreeSet;

use super::bindings;
use super::cursor::{Node, Object};
use super::model::{Action, Address, Channel, Document, MessageCardinality, MessageId, Operation, Server};
use super::objects::{ObjectReader, RootParts, read_info, read_variables};
use super::schema::Docs;
use super::schema::reader::SchemaReader;
use crate::json::Value;

/// Reads the root object.
pub(super) fn read_document(mut root: Object<'_>, files: Vec<String>) -> Document {
    let mut reader = ObjectReader::default();
    let info = root.get("info");
    let docs = info.and_then(|node| read_info(&node, "an Info Object of AsyncAPI 2")).unwrap_or_default();
    let servers = root.get_entries("servers");
    let servers = servers.into_iter().filter_map(|(key, node)| read_server(key, node, &mut reader.schemas)).collect();
    let components = root.get("components");
    let components =
        components.map(|node| reader.read_components(&node, "a Components Object of AsyncAPI 2")).unwrap_or_default();
    if let Some(channels) = root.get("channels") {
        for (address, node) in channels.as_entries("`channels`") {
            read_channel(&mut reader, address, node);
        }
    }
    let content_type = root.get_text("defaultContentType");
    reader.finish(files, RootParts { docs, content_type, servers, components })
}

fn read_server(key: &str, node: Node<'_>, schemas: &mut SchemaReader) -> Option<Server> {
    let mut object = node.follow()?.as_object("a Server Object of AsyncAPI 2")?;
    let url = object.required("url")?.to_text()?;
    let protocol = object.get("protocol").and_then(|node| node.to_text());
    let variables = read_variables(&mut object);
    let docs = Docs { description: object.get_annotation("description"), ..Docs::default() };
    let bindings = bindings::read_bindings(&mut object, schemas);
    Some(Server { at: object.into_location(), key: key.to_owned(), docs, url, variables, protocol, bindings })
}

fn read_channel(reader: &mut ObjectReader, address: &str, node: Node<'_>) {
    let key_at = node.at.clone();
    let Some(mut object) = node.follow().and_then(|node| node.as_object("a Channel Item Object of AsyncAPI 2")) else {
        return;
    };
    let index = reader.channels.len();
    let parameters = reader.read_parameters(&mut object);
    let bindings = bindings::read_bindings(&mut object, &mut reader.schemas);
    reader.channels.push(Channel {
        at: object.at().clone(),
        key_at,
        address_at: None,
        key: address.to_owned(),
        address: Address::Known(address.to_owned()),
        docs: Docs {
            description: object.get_annotation("description"),
            deprecated: object.get_bool("deprecated"),
            ..Docs::default()
        },
        parameters,
        bindings,
    });
    for (key, action) in [("subscribe", Action::Send), ("publish", Action::Receive)] {
        if let Some(node) = object.get(key) {
            read_operation(reader, &node, action, index);
        }
    }
}

fn read_operation(reader: &mut ObjectReader, node: &Node<'_>, action: Action, channel: usize) {
    let Some(mut object) = node.as_object("an Operation Object of AsyncAPI 2") else { return };
    let id = object.get_text("operationId");
    let docs = Docs {
        summary: object.get_annotation("summary"),
        description: object.get_annotation("description"),
        deprecated: object.get_bool("deprecated"),
        ..Docs::default()
    };
    let message = object.get("message");
    let alternatives = message.as_ref().and_then(|node| node.child("oneOf"));
    let is_empty = |list: &Node<'_>| matches!(list.value, Value::Sequence(items) if items.is_empty());
    let may_have_no_message = message.is_none() || alternatives.as_ref().is_some_and(is_empty);
    let cardinality = if alternatives.is_some() { MessageCardinality::Several } else { MessageCardinality::One };
    let messages = message.map(|node| read_messages(reader, node, alternatives)).unwrap_or_default();
    object.report_broken_references("traits");
    let bindings = bindings::read_bindings(&mut object, &mut reader.schemas);
    let at = object.into_location();
    // Without this condition, a message that could not be read would be reported again as missing.
    if !messages.is_empty() || may_have_no_message {
        let operation = Operation { at, id, action, channel, messages, cardinality, docs, reply: None, bindings };
        reader.operations.push(operation);
    }
}

/// The message of an operation, or the alternatives of its `oneOf`.
fn read_messages(reader: &mut ObjectReader, node: Node<'_>, alternatives: Option<Node<'_>>) -> Vec<MessageId> {
    let nodes = alternatives.map_or_else(|| vec![node], |list| list.as_items("`oneOf`"));
    let mut messages: Vec<MessageId> = nodes.into_iter().filter_map(|node| reader.read_message(&node, None)).collect();
    let mut seen = BTreeSet::new();
    messages.retain(|id| seen.insert(*id));
    messages
}
