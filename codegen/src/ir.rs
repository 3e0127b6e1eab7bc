//! The intermediate representation: the API as Rust types and methods, before anything has a Rust name or is a token.
//!
//! `lower` fills it. `names` and `emit` read it, and need nothing of the document or of the options beside it.

mod api;
mod items;
mod routing;
mod types;
mod validation;

pub use self::api::Coverage;
pub(crate) use self::api::{
    Access, Address, Api, Binding, BindingOwner, Channel, Constant, ConstantValue, Correlation, Direction, Docs, Event,
    Example, ExampleTarget, IdKind, Operation, OperationMessage, Parameter, Reply, ReplyHeaders, ReplyMessage, ReplyTo,
    Segment, Server, Template, Variable,
};
pub(crate) use self::items::{
    AdditionalProperties, DefaultValue, Enum, EnumValue, Field, FieldDefault, ItemKind, JsonKind, Members, OpenTuple,
    Openness, Presence, Representation, Struct, TagValue, Union, Variant,
};
pub(crate) use self::routing::{AddressRoute, AddressRoutes, Candidate, Case, MatchMode, Routing, Rule, Selector};
pub(crate) use self::types::{
    BindingSchema, External, Label, NamePath, Root, Step, Type, TypeDef, TypeId, Types, Width,
};
pub(crate) use self::validation::{Definition, DefinitionOwner, Definitions, ValidationSchema};
