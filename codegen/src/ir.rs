//! The intermediate representation: the API as Rust types and methods, before anything has a Rust name or is a token.
//!
//! `lower` builds it and makes every decision. `emit` reads it, and sees neither the document nor the options.

mod api;
mod integer_usage;
mod items;
mod output;
mod routing;
mod types;
mod validation;

pub use self::api::Coverage;
pub(crate) use self::api::{
    Access, Address, Api, Binding, BindingOwner, Channel, Constant, ConstantValue, Correlation, Direction, Docs, Event,
    Example, ExampleTarget, IdKind, Levels, Operation, OperationMessage, Parameter, Reply, ReplyHeaders, ReplyMessage,
    ReplyTo, Segment, Server, Template, Variable,
};
pub(crate) use self::integer_usage::IntegerUsage;
pub(crate) use self::items::{
    AdditionalProperties, DefaultValue, Enum, EnumValue, Exhaustiveness, Field, FieldDefault, ItemKind, JsonKind,
    Members, OpenTuple, Openness, Presence, Representation, Setters, Struct, TagValue, Union, Variant,
};
pub(crate) use self::output::{
    CustomAttributes, Derive, FieldReader, FreeForm, HandlerMethods, IntegerNotation, ItemAttributes, MemberAttributes,
    OutputOptions, OutputScope, SetType,
};
pub(crate) use self::routing::{
    AddressRoute, AddressRoutes, Candidate, Case, MatchMode, Routing, Rule, Selector, WithoutAddress,
};
pub(crate) use self::types::{
    BindingSchema, External, Label, NamePath, Root, Step, Type, TypeDef, TypeId, Types, Width,
};
pub(crate) use self::validation::{Definition, DefinitionOwner, Definitions, ValidationSchema};
