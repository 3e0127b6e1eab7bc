//! The types of a parsed document. AsyncAPI 2 and 3 give the same types.

use std::collections::HashMap;
use std::ops::Index;

use super::schema::{Docs, SchemaId, Schemas};
use crate::json::Value;
use crate::location::{Location, RuntimeExpression};

/// An AsyncAPI document of any supported version.
#[derive(Debug)]
pub(crate) struct Document {
    /// The names of the files of the document, by [`FileId`](crate::location::FileId).
    pub(crate) files: Vec<String>,
    pub(crate) docs: Docs,
    /// `defaultContentType`: for messages without a content type.
    pub(crate) content_type: Option<String>,
    pub(crate) servers: Vec<Server>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) messages: Messages,
    /// `components.schemas`, in the order of the document.
    pub(crate) components: Vec<(String, SchemaId)>,
    pub(crate) schemas: Schemas,
}

impl Document {
    /// The content type of a message, or `defaultContentType`.
    pub(crate) fn content_type<'a>(&'a self, message: &'a Message) -> Option<&'a str> {
        message.content_type.as_deref().or(self.content_type.as_deref())
    }

    /// Whether the payload of a message is JSON. It is if there is no content type.
    pub(crate) fn is_json(&self, message: &Message) -> bool {
        let Some(content_type) = self.content_type(message) else { return true };
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        essence.ends_with("/json") || essence.ends_with("+json") || !essence.contains('/')
    }
}

/// A Server Object.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    /// A template, in which `{name}` is a variable.
    pub(crate) url: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) protocol: Option<String>,
    pub(crate) bindings: Bindings,
}

/// A Server Variable Object.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    pub(crate) default: Option<String>,
    pub(crate) values: Vec<String>,
}

/// A Channel Item Object (AsyncAPI 2) or a Channel Object (AsyncAPI 3).
#[derive(Debug)]
pub(crate) struct Channel {
    /// The location of the description.
    pub(crate) at: Location,
    /// The location of the key. It differs from `at` if the channel is a reference.
    pub(crate) key_at: Location,
    /// The location of `address`. `None` in AsyncAPI 2, where the key is the address.
    pub(crate) address_at: Option<Location>,
    /// The key in `channels`. In AsyncAPI 2 it is the address.
    pub(crate) key: String,
    pub(crate) address: Address,
    pub(crate) docs: Docs,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) bindings: Bindings,
}

/// The address of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A template, in which `{name}` is a parameter.
    Known(String),
    /// `address: null` (AsyncAPI 3): the address is known only at run time.
    Unknown,
}

/// A Parameter Object: a variable part of a channel's address.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    pub(crate) schema: Option<SchemaId>,
    pub(crate) values: Vec<String>,
    pub(crate) default: Option<String>,
    /// The value in a message that equals the parameter.
    pub(crate) location: Option<RuntimeExpression>,
}

/// What the application does, in the terms of AsyncAPI 3. `subscribe` of AsyncAPI 2 is `Send`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Send,
    Receive,
}

/// An Operation Object.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) at: Location,
    pub(crate) id: Option<String>,
    pub(crate) action: Action,
    /// Index into [`Document::channels`].
    pub(crate) channel: usize,
    pub(crate) messages: Vec<MessageId>,
    pub(crate) cardinality: MessageCardinality,
    pub(crate) docs: Docs,
    pub(crate) reply: Option<Reply>,
    pub(crate) bindings: Bindings,
}

/// Whether an operation gives one message or a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageCardinality {
    /// A single message.
    One,
    /// A list of messages, even if it has only one item.
    Several,
}

/// An Operation Reply Object.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) at: Location,
    /// The value in the request that contains the reply address.
    pub(crate) address: Option<RuntimeExpression>,
    /// Index into [`Document::channels`].
    pub(crate) channel: Option<usize>,
    pub(crate) messages: Vec<MessageId>,
}

/// Identifies a message of a document. All references to one message give the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageId(usize);

/// A Message Object.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) at: Location,
    /// The key in `components.messages`, or else the key in the channel.
    pub(crate) key: Option<String>,
    /// `name`, or else `messageId`, or else the key.
    pub(crate) name: Option<String>,
    pub(crate) docs: Docs,
    pub(crate) content_type: Option<String>,
    pub(crate) payload: Option<SchemaId>,
    pub(crate) headers: Option<SchemaId>,
    pub(crate) correlation: Option<RuntimeExpression>,
    pub(crate) examples: Vec<Example>,
    pub(crate) bindings: Bindings,
}

/// A Message Example Object with a payload, headers or both.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) at: Location,
    pub(crate) name: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) payload: Option<Value>,
    pub(crate) headers: Option<Value>,
}

/// The bindings of one object, for all protocols.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    pub(crate) values: Vec<BoundValue>,
    pub(crate) schemas: Vec<BoundSchema>,
}

/// A scalar or a list in a binding.
#[derive(Debug)]
pub(crate) struct BoundValue {
    pub(crate) at: Location,
    /// The protocol and the keys below it.
    pub(crate) path: Vec<String>,
    pub(crate) value: Value,
}

/// A schema in a binding, for which a type is generated.
#[derive(Debug)]
pub(crate) struct BoundSchema {
    pub(crate) role: BindingRole,
    pub(crate) schema: SchemaId,
    /// The key in `components`, if several objects can share the binding.
    pub(crate) component_key: Option<String>,
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

/// All messages of a document.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    all: Vec<Message>,
    by_location: HashMap<Location, MessageId>,
}

impl Messages {
    /// The messages, in the order in which they were read.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Message> {
        self.all.iter()
    }

    /// The message that was read at a location.
    pub(super) fn find(&self, location: &Location) -> Option<MessageId> {
        self.by_location.get(location).copied()
    }

    pub(super) fn insert(&mut self, message: Message) -> MessageId {
        let id = MessageId(self.all.len());
        self.by_location.insert(message.at.clone(), id);
        self.all.push(message);
        id
    }
}

impl Index<MessageId> for Messages {
    type Output = Message;

    fn index(&self, id: MessageId) -> &Message {
        &self.all[id.0]
    }
}
