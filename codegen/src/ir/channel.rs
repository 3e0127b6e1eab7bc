//! Channels and servers: where messages travel.

use super::{Docs, EnumValue, Type};
use crate::document::RuntimeExpression;
use crate::location::Location;

/// Where messages travel.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) address: Address,
    pub(crate) docs: Docs,
}

/// A channel's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Fixed(String),
    Template(Template),
    /// Decided at run time; a transport gives the channel's key in its place.
    Open,
}

/// An address with variable parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) text: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
}

/// A variable part of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) ty: Type,
    pub(crate) docs: Docs,
    pub(crate) default: Option<String>,
    /// Where messages have its value.
    pub(crate) location: Option<RuntimeExpression>,
}

/// Where the API can be reached.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) url: Vec<Segment>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) docs: Docs,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Text(String),
    /// Index into [`Server::variables`] or [`Template::parameters`].
    Variable(usize),
}

/// A part of a URL that the caller chooses.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: Location,
    pub(crate) key: String,
    pub(crate) default: Option<String>,
    /// The only values it can have; any text where there are none.
    pub(crate) values: Vec<EnumValue>,
    pub(crate) docs: Docs,
}
