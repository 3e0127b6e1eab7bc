//! Stage two: the text becomes a mirror of the document, the same for every version of AsyncAPI.
//!
//! `serde_yaml` is known here and nowhere else.

mod assertions;
mod avro;
mod bindings;
mod cursor;
mod dialect;
mod ecma_regex;
mod enum_values;
mod external_refs;
mod integer_bounds;
mod keywords;
mod message;
mod message_as_schema;
#[cfg(feature = "overlay")]
mod overlay;
mod parameter;
mod ref_siblings;
mod resolve;
mod schema;
mod schema_ids;
mod server;
mod subtypes;
mod traits;
mod v2;
mod v3;
mod yaml_error;

use std::collections::HashMap;
use std::ops::Index;

use serde::de::DeserializeSeed;

pub(crate) use self::assertions::Dependency;
pub(crate) use self::bindings::{BindingRole, Bindings};
use self::cursor::{Node, Tree};
pub(crate) use self::ecma_regex::fault as fault_of_pattern;
pub(crate) use self::enum_values::{DeclaredValue, ValueKeyword};
pub(crate) use self::external_refs::{ExternalRef, files_referred_to};
pub(crate) use self::keywords::{ConditionalProperty, JsonType, Keywords, SchemaLanguage, Tag};
pub(crate) use self::schema::{ForeignName, SchemaId, SchemaKind, Schemas};
use self::schema_ids::Resources;
use self::traits::Precedence;
use crate::diagnostic::Diagnostics;
use crate::json::{Value, ValueSeed};
use crate::location::{FileId, Location, Position, RuntimeExpression};
use crate::source::Source;

/// A document of any supported version.
#[derive(Debug)]
pub(crate) struct Document {
    /// The names of the files that it is made of, by [`FileId`].
    pub(crate) files: Vec<String>,
    pub(crate) docs: Docs,
    /// `defaultContentType`: that of messages which name none.
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
    /// A message's own content type, or that of all.
    pub(crate) fn content_type<'a>(&'a self, message: &'a Message) -> Option<&'a str> {
        message.content_type.as_deref().or(self.content_type.as_deref())
    }

    /// Whether a message's payload travels as JSON, as it does where nothing is said.
    pub(crate) fn is_json(&self, message: &Message) -> bool {
        let Some(content_type) = self.content_type(message) else { return true };
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        essence.ends_with("/json") || essence.ends_with("+json") || !essence.contains('/')
    }
}

/// What a node says to people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Docs {
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) access: Access,
}

/// Which side of an API a property is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Access {
    #[default]
    Both,
    ReadOnly,
    WriteOnly,
}

/// Where the API can be reached.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    /// A template: `{name}` stands for a variable.
    pub(crate) url: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) bindings: Bindings,
}

/// A part of a server's URL that is chosen by the user.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    pub(crate) default: Option<String>,
    pub(crate) values: Vec<String>,
}

/// An address that messages travel through.
#[derive(Debug)]
pub(crate) struct Channel {
    /// Where it is described.
    pub(crate) at: Location,
    /// Where its key stands, which may refer to what others refer to as well.
    pub(crate) named_at: Location,
    /// The key in the document, which in 2.x is the address.
    pub(crate) key: String,
    pub(crate) address: Address,
    pub(crate) docs: Docs,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) bindings: Bindings,
}

/// What is known of a channel's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A template: `{name}` stands for a parameter.
    Known(String),
    /// Decided at run time (`address: null` in AsyncAPI 3).
    Open,
}

/// A variable part of an address.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) docs: Docs,
    pub(crate) schema: Option<SchemaId>,
    pub(crate) values: Vec<String>,
    pub(crate) default: Option<String>,
    /// Where messages have its value.
    pub(crate) location: Option<RuntimeExpression>,
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
    pub(crate) at: Location,
    pub(crate) id: Option<String>,
    pub(crate) action: Action,
    /// Index into [`Document::channels`].
    pub(crate) channel: usize,
    pub(crate) messages: Vec<MessageId>,
    pub(crate) carries: MessageCardinality,
    pub(crate) docs: Docs,
    pub(crate) reply: Option<Reply>,
    pub(crate) bindings: Bindings,
}

/// How an operation says what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageCardinality {
    /// One message, and no more.
    One,
    /// A list of messages, which may be of one, for now.
    Several,
}

/// What is answered to a message.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) at: Location,
    /// Where the request says to reply to.
    pub(crate) address: Option<RuntimeExpression>,
    /// Index into [`Document::channels`].
    pub(crate) channel: Option<usize>,
    pub(crate) messages: Vec<MessageId>,
}

/// One message of the document; two references to the same place are the same message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageId(usize);

/// What travels through a channel.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) at: Location,
    /// The key under `components.messages`.
    pub(crate) key: Option<String>,
    /// `name`, else `messageId`, else the key.
    pub(crate) name: Option<String>,
    pub(crate) docs: Docs,
    pub(crate) content_type: Option<String>,
    pub(crate) payload: Option<SchemaId>,
    pub(crate) headers: Option<SchemaId>,
    pub(crate) correlation: Option<RuntimeExpression>,
    pub(crate) examples: Vec<Example>,
    pub(crate) bindings: Bindings,
}

/// A payload, or headers, or both, that the author gives as an example.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) at: Location,
    pub(crate) name: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) payload: Option<Value>,
    pub(crate) headers: Option<Value>,
}

/// Every message of a document.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    all: Vec<Message>,
    by_place: HashMap<Location, MessageId>,
}

impl Messages {
    /// The messages, in the order of reading.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Message> {
        self.all.iter()
    }

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
    let roots = source.files().map(|file| root(source, file, diagnostics)).collect::<Option<Vec<Value>>>()?;
    #[cfg(feature = "overlay")]
    let roots = overlay::apply(roots, source, diagnostics)?;
    let tree = Tree { roots: &roots, source, resources: &Resources::default(), diagnostics };
    let version = version(tree)?;
    let winner = match version {
        Version::Two => Precedence::Trait,
        Version::Three => Precedence::Object,
    };
    let merged = traits::merged(tree, winner);
    let roots: Vec<Value> = roots.into_iter().zip(merged).map(|(root, merged)| merged.unwrap_or(root)).collect();
    let resources = Resources::find(&roots);
    let tree = Tree { roots: &roots, source, resources: &resources, diagnostics };
    let mut object = Node::root(tree, FileId::default()).object("the document")?;
    object.ignore_keys(&["asyncapi"]);
    let files = source.files().map(|file| source.name_of(file).to_owned()).collect();
    match version {
        Version::Two => Some(v2::read(object, files)),
        Version::Three => Some(v3::read(object, files)),
    }
}

/// The two ways in which documents are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Two,
    Three,
}

fn version(tree: Tree<'_>) -> Option<Version> {
    let root = Node::root(tree, FileId::default());
    let mut object = root.object("the document")?;
    for (key, language) in [("openapi", "OpenAPI"), ("swagger", "OpenAPI")] {
        if object.get("asyncapi").is_none() && object.get(key).is_some() {
            root.refuse(
                format!("this is a document of {language}, which says `{key}`"),
                "give an AsyncAPI document, which says `asyncapi: 3.0.0` and describes what is sent and received",
            );
            return None;
        }
    }
    let node = object.required("asyncapi")?;
    let text = match node.value {
        // As it was written: `3.0` is not `3`.
        Value::Float(number) => format!("{number:?}"),
        _ => node.text()?,
    };
    let known = known_version(&text);
    if known.is_none() {
        let cure = match known_version(&format!("{text}.0")) {
            Some(_) => format!("write all three parts: `{text}.0`"),
            None => "the versions 2.0.0 to 2.6.0, 3.0.0 and 3.1.0 are".to_owned(),
        };
        node.refuse(format!("AsyncAPI {text} is not supported"), cure);
    }
    known
}

fn known_version(text: &str) -> Option<Version> {
    match text.split('.').collect::<Vec<_>>()[..] {
        ["2", "0" | "1" | "2" | "3" | "4" | "5" | "6", patch] if is_number(patch) => Some(Version::Two),
        ["3", "0" | "1", patch] if is_number(patch) => Some(Version::Three),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|sign| sign.is_ascii_digit())
}

/// The file that an overlay says it is for.
#[cfg(feature = "overlay")]
pub(crate) fn overlay_extends(name: &str, text: &str) -> Option<String> {
    match read(name, text).ok()?.child("extends")? {
        Value::String(extends) => Some(extends.clone()),
        _ => None,
    }
}

fn root(source: &Source, file: FileId, diagnostics: &Diagnostics) -> Option<Value> {
    if file != FileId::default() && is_text(source.name_of(file)) {
        return Some(Value::String(source.text_of(file).to_owned()));
    }
    match read(source.name_of(file), source.text_of(file)) {
        Ok(root) => Some(root),
        Err((position, message)) => {
            diagnostics.push(yaml_error::unreadable(source, file, position, &message));
            None
        }
    }
}

/// Whether a file holds words, or a language that is not read: a document may refer to it, and nothing in it.
fn is_text(name: &str) -> bool {
    let ending = std::path::Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    TEXTS.iter().any(|text| ending.eq_ignore_ascii_case(text))
}

const TEXTS: &[&str] = &["adoc", "graphql", "html", "markdown", "md", "proto", "txt", "xml", "xsd"];

/// Reads a text as JSON where it is JSON, else as YAML, which for its escapes is not quite a superset.
fn read(name: &str, text: &str) -> Result<Value, (Option<Position>, String)> {
    let ending = std::path::Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_json = matches!(ending, "json" | "avsc") || text.trim_start().starts_with('{');
    if is_json {
        let mut json = serde_json::Deserializer::from_str(text);
        if let Ok(value) = ValueSeed.deserialize(&mut json).and_then(|value| json.end().map(|()| value)) {
            return Ok(value);
        }
    }
    ValueSeed.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let position = error.location().map(|place| Position { line: place.line(), column: place.column() });
        (position, error.to_string())
    })
}
