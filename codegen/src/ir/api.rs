//! The API as one side of it sees it: operations, messages, replies, channels, servers and bindings.

use std::collections::{BTreeSet, HashMap};

use super::{Definitions, EnumValue, IntegerUsage, OutputOptions, Routing, Type, Types};
use crate::json::Value;
use crate::location::{Location, RuntimeExpression};

/// Everything that the generated code contains. Each list has the order of the document.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) title: Option<String>,
    pub(crate) events: Vec<Event>,
    pub(crate) routing: Routing,
    pub(crate) operations: Vec<Operation>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) servers: Vec<Server>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) types: Types,
    /// The schemas that the generated code validates values against. Empty if it validates nothing.
    pub(crate) definitions: Definitions,
    pub(crate) integer_usage: IntegerUsage,
    pub(crate) output: OutputOptions,
    pub(crate) coverage: Coverage,
    /// A key by content for each place that has only a position in a list: such a key survives reordering.
    pub(crate) structural_keys: HashMap<Location, String>,
    /// Type names without their namespace that occur in several namespaces. Such a type always keeps its namespace in
    /// its name, even if the generated code uses only one of them.
    pub(crate) ambiguous_names: BTreeSet<String>,
    /// The names of the document's files, by [`FileId`](crate::location::FileId).
    pub(crate) files: Vec<String>,
}

impl Api {
    /// The operations whose messages this side receives.
    pub(crate) fn incoming(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.direction == Direction::Incoming)
    }

    /// The operations whose messages this side sends.
    pub(crate) fn outgoing(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.direction == Direction::Outgoing)
    }
}

/// How many schemas describe their values, and how many of these became a type more exact than `serde_json::Value`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Schemas that became a type of their own.
    pub typed: u64,
    /// All schemas that are not empty.
    pub all: u64,
}

impl Coverage {
    pub(crate) fn count(&mut self, is_typed: bool) {
        self.all += 1;
        self.typed += u64::from(is_typed);
    }
}

/// What the document says about an object for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Docs {
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) access: Access,
}

/// Whether a property is `readOnly` or `writeOnly`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Access {
    #[default]
    ReadWrite,
    ReadOnly,
    WriteOnly,
}

/// The name of a message on the wire: one variant of `EventName`.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Location,
    pub(crate) name: String,
    /// The text that names the variant: the key of the message under `components`, or else its name.
    pub(crate) label: String,
    /// Other texts that can name the variant if `label` is not unique, the best first.
    pub(crate) fallback_labels: Vec<String>,
    pub(crate) docs: Docs,
    /// The content type of the payload, if the document declares one.
    pub(crate) content_type: Option<String>,
    /// Where the message contains its correlation id.
    pub(crate) correlation: Option<RuntimeExpression>,
    pub(crate) examples: Vec<Example>,
}

/// An example of a payload or of headers.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) at: Location,
    pub(crate) label: String,
    /// The summary of the example, or else its name.
    pub(crate) summary: Option<String>,
    pub(crate) target: ExampleTarget,
    pub(crate) value: Value,
}

/// The part of a message that an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExampleTarget {
    Payload,
    Headers,
}

/// Whether this side receives or sends the messages of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Incoming,
    Outgoing,
}

/// An operation: one method of `Handler` or of `Publisher`.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) at: Location,
    /// The `operationId`, or a name made from the channel and the action.
    pub(crate) id: String,
    pub(crate) direction: Direction,
    /// Index into [`Api::channels`].
    pub(crate) channel: usize,
    /// The messages of the operation, at least one.
    pub(crate) messages: Vec<OperationMessage>,
    /// The payload of the only message, or the union of several.
    pub(crate) payload: Type,
    pub(crate) reply: Option<Reply>,
    pub(crate) docs: Docs,
}

impl Operation {
    /// The message of an operation that has exactly one.
    pub(crate) fn only_message(&self) -> Option<&OperationMessage> {
        match &self.messages[..] {
            [message] => Some(message),
            _ => None,
        }
    }

    /// The messages by their places, which the variants of the payload union have too. If a message occurs twice, the
    /// first.
    pub(crate) fn messages_by_place(&self) -> HashMap<&Location, &OperationMessage> {
        self.messages.iter().rev().map(|message| (&message.at, message)).collect()
    }
}

/// A message in an operation.
#[derive(Debug)]
pub(crate) struct OperationMessage {
    pub(crate) at: Location,
    /// Index into [`Api::events`].
    pub(crate) event: usize,
    pub(crate) payload: Type,
    /// The variant of the operation's payload union that contains this message: index into its variants.
    pub(crate) variant: Option<usize>,
    /// The content type of the payload, if the document declares one.
    pub(crate) content_type: Option<String>,
    /// The type of the headers, if the document describes them.
    pub(crate) headers: Option<Type>,
}

/// The reply to an operation's message.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The possible messages, at least one.
    pub(crate) messages: Vec<ReplyMessage>,
    /// The payload of the only message, or the union of several.
    pub(crate) payload: Type,
    pub(crate) headers: ReplyHeaders,
    pub(crate) to: ReplyTo,
    /// Where the reply repeats the correlation id of the request.
    pub(crate) correlation: Option<Correlation>,
    /// Where a request contains its correlation id.
    pub(crate) request_correlation: Option<Correlation>,
    /// Every location where a reply can contain its correlation id.
    pub(crate) correlation_locations: Vec<RuntimeExpression>,
}

/// A message of a reply.
#[derive(Debug)]
pub(crate) struct ReplyMessage {
    pub(crate) at: Location,
    /// The key of the message, or else its name.
    pub(crate) label: String,
    pub(crate) payload: Type,
    /// The content type of the payload, if the document declares one.
    pub(crate) content_type: Option<String>,
    /// The type of the headers, if the document describes more than the correlation id.
    pub(crate) headers: Option<Type>,
}

/// The address of a reply. Channels are indices into [`Api::channels`].
#[derive(Debug)]
pub(crate) enum ReplyTo {
    /// The request contains the address at this location. A request without it is answered on the channel, which has a
    /// fixed address.
    Expression(RuntimeExpression, Option<usize>),
    /// A channel with a fixed address.
    Fixed(usize),
    /// A channel whose address has parameters: the handler gives their values, or the caller of a request.
    Parameterized(usize),
    /// The document does not declare the address, so the transport decides.
    Undeclared,
}

/// The headers of a reply. The correlation id is not part of them: the runtime adds it.
#[derive(Debug)]
pub(crate) enum ReplyHeaders {
    Nothing,
    /// All messages have headers of this type.
    Typed(Type),
    /// The messages differ in their headers, so the variants of the payload type contain them.
    PerMessage,
}

/// Where a message contains its correlation id, and what type the id has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Correlation {
    pub(crate) location: RuntimeExpression,
    pub(crate) kind: IdKind,
}

/// The type of a correlation id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdKind {
    Text,
    Integer,
    /// The schema restricts the id, so the runtime cannot make one: the caller gives it.
    CallerProvided,
}

/// A channel.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) address: Address,
    pub(crate) docs: Docs,
}

/// The address of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Fixed(String),
    Template(Template),
    /// The address is known at run time only. The transport gets the key of the channel instead.
    Unknown,
}

/// An address with parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) text: String,
    pub(crate) segments: Vec<Segment>,
    /// The levels that a wildcard at the end matches. They are the last parameter.
    pub(crate) levels: Option<Levels>,
    pub(crate) parameters: Vec<Parameter>,
}

/// The levels that a wildcard at the end of an address matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Levels {
    /// The complete address.
    Any,
    /// Nothing, or this separator and the levels.
    ZeroOrMore(char),
    OneOrMore,
}

/// A parameter of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) ty: Type,
    pub(crate) docs: Docs,
    pub(crate) default: Option<String>,
    /// Where a message contains the value of the parameter.
    pub(crate) location: Option<RuntimeExpression>,
}

/// A server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) url: Vec<Segment>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) docs: Docs,
}

/// A part of an address or of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Text(String),
    /// Index into [`Server::variables`] or [`Template::parameters`].
    Variable(usize),
}

/// A variable of a server's URL.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) default: Option<String>,
    /// The allowed values. Empty if every text is allowed.
    pub(crate) values: Vec<EnumValue>,
    pub(crate) docs: Docs,
}

/// The constants from the bindings of one object.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) at: Location,
    pub(crate) owner: BindingOwner,
    pub(crate) key: String,
    pub(crate) constants: Vec<Constant>,
}

/// The kinds of objects that can have bindings, in the order of the generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BindingOwner {
    Server,
    Channel,
    Operation,
    Message,
}

impl BindingOwner {
    pub(crate) const ALL: [Self; 4] = [Self::Server, Self::Channel, Self::Operation, Self::Message];
}

/// A constant from a binding.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) at: Location,
    /// The protocol, and the keys below it.
    pub(crate) label: String,
    pub(crate) value: ConstantValue,
}

/// The value of a constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ConstantValue {
    /// A boolean, an `i64`, a finite number, or a string.
    Scalar(Value),
    /// A slice: at least one scalar, and all of one type.
    Slice(Vec<Value>),
    /// Any other value, as JSON text.
    Json(String),
}
