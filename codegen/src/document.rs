//! Stage two: the text becomes a mirror of the document, the same for every version of AsyncAPI.
//!
//! `serde_yaml` is known here and nowhere else.

mod locate;
mod pointer;
mod read;
mod reference;
mod schema;
mod v2;
mod value;

use std::collections::BTreeMap;
use std::ops::Index;

use serde::de::DeserializeSeed;

pub(crate) use self::locate::{Part, Position, locate};
pub use self::pointer::Pointer;
use self::read::{Node, Tree};
pub(crate) use self::schema::{JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use self::value::ValueSeed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;

/// A document of any supported version.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) docs: Docs,
    pub(crate) servers: Vec<Server>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) messages: Messages,
    /// `components.schemas`, in the order of the document.
    pub(crate) components: Vec<(String, SchemaId)>,
    pub(crate) schemas: Schemas,
}

/// What a node says to people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Docs {
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
}

/// Where the API can be reached.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) at: Pointer,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    /// A template: `{name}` stands for a variable.
    pub(crate) url: String,
    pub(crate) variables: Vec<Variable>,
}

/// A part of a server's URL that is chosen by the user.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: Pointer,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    pub(crate) default: Option<String>,
    pub(crate) values: Vec<String>,
}

/// An address that messages travel through.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) at: Pointer,
    pub(crate) address: String,
    pub(crate) docs: Docs,
}

/// What the application does, in the words of AsyncAPI 3: a 2.x `subscribe` is what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Send,
    Receive,
}

/// One thing that the application does on a channel.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) at: Pointer,
    pub(crate) id: Option<String>,
    pub(crate) action: Action,
    /// Index into [`Document::channels`].
    pub(crate) channel: usize,
    pub(crate) messages: Vec<MessageId>,
    pub(crate) docs: Docs,
}

/// One message of the document; two references to the same place are the same message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageId(usize);

/// What travels through a channel.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) at: Pointer,
    /// The key under `components.messages`.
    pub(crate) key: Option<String>,
    /// `name`, else `messageId`, else the key.
    pub(crate) name: Option<String>,
    pub(crate) docs: Docs,
    pub(crate) payload: Option<SchemaId>,
}

/// Every message of a document.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    all: Vec<Message>,
    by_place: BTreeMap<Pointer, MessageId>,
}

impl Messages {
    fn add(&mut self, message: Message) -> MessageId {
        let id = MessageId(self.all.len());
        self.by_place.insert(message.at.clone(), id);
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

/// Reads a document; `None` where what it says cannot be made out at all, and the diagnostics then say why.
pub(crate) fn parse(source: &Source, diagnostics: &Diagnostics) -> Option<Document> {
    let root = match ValueSeed.deserialize(serde_yaml::Deserializer::from_str(source.text())) {
        Ok(root) => root,
        Err(error) => {
            diagnostics.push(unreadable(&error));
            return None;
        }
    };
    let node = Node::root(Tree { root: &root, diagnostics });
    let mut object = node.object("an AsyncAPI document")?;
    let version = object.require("asyncapi")?;
    match version.text()?.as_str() {
        "2.0.0" | "2.1.0" | "2.2.0" | "2.3.0" | "2.4.0" | "2.5.0" | "2.6.0" => Some(v2::read(object)),
        other => {
            version.refuse(format!("AsyncAPI {other} is not supported yet"), "the versions 2.0.0 to 2.6.0 are");
            None
        }
    }
}

/// What the parser says, with the place as a place, and in our words where its own are for programmers.
fn unreadable(error: &serde_yaml::Error) -> Diagnostic {
    let position = error.location().map(|place| Position { line: place.line(), column: place.column() });
    let message = error.to_string();
    let message = message.split_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    if message.contains("more than one document") {
        return Diagnostic::of_text(position, "the file holds several documents, one after the other")
            .with_cure("keep each in a file of its own");
    }
    Diagnostic::of_text(position, message)
}
