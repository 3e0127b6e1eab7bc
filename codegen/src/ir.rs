//! Stage four's result: the API as Rust will see it, without a name or a token yet.

mod binding;
mod channel;
mod default;
mod enums;
mod item;
mod open_tuple;
mod operation;
mod reply;
mod routing;
mod type_ref;
mod types;
mod validation_schema;

use std::collections::{BTreeSet, HashMap};

pub(crate) use self::binding::{Binding, BoundKind, Constant, Literal};
pub(crate) use self::channel::{Address, Channel, Parameter, Segment, Server, Template, Variable};
pub(crate) use self::default::{DefaultValue, FieldDefault};
pub(crate) use self::enums::{Enum, EnumValue, Members};
pub(crate) use self::item::{
    AdditionalProperties, Field, ItemKind, Kind, Presence, Representation, Struct, TagValue, Union, Variant,
};
pub(crate) use self::open_tuple::OpenTuple;
pub(crate) use self::operation::{Direction, Event, Example, ExampleTarget, Operation, OperationMessage};
pub(crate) use self::reply::{Correlation, IdKind, Reply, ReplyHeaders, ReplyMessage, ReplyTo};
pub(crate) use self::routing::{AddressRoute, Addresses, Candidate, Case, MatchMode, Routing, Rule, Selector};
pub(crate) use self::type_ref::{External, Type, Width};
pub(crate) use self::types::{Label, NamePath, Root, Step, TypeDef, TypeId, Types};
pub(crate) use self::validation_schema::{Definition, DefinitionOwner, Definitions, Json};
use crate::document::Access;
use crate::location::Location;

/// Everything that the output is made of, each list in the order of the document.
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
    /// What values are validated against; none where the types alone decide.
    pub(crate) definitions: Definitions,
    pub(crate) coverage: Coverage,
    /// What tells apart the places that only their positions in a list would.
    pub(crate) identities: HashMap<Location, String>,
    /// The names that several types of the document have in their own language, but for the namespaces; whether a type
    /// goes by its namespace must not hang on what else is used.
    pub(crate) ambiguous: BTreeSet<String>,
    /// The names of the files that the document is made of, by [`FileId`](crate::document::FileId).
    pub(crate) files: Vec<String>,
}

impl Api {
    /// The operations whose messages arrive here.
    pub(crate) fn incoming(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.direction == Direction::Incoming)
    }

    /// The operations whose messages leave from here.
    pub(crate) fn outgoing(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.direction == Direction::Outgoing)
    }
}

/// How many schemas say something about their values, and how many of those have a type that says more than
/// `serde_json::Value`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Schemas with a type of their own.
    pub typed: u64,
    /// Schemas that say something.
    pub all: u64,
}

impl Coverage {
    pub(crate) fn count(&mut self, is_typed: bool) {
        self.all += 1;
        self.typed += u64::from(is_typed);
    }
}

/// What the document says to people, as documentation will repeat it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Docs {
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) access: Access,
}
