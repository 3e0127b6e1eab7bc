//! What bindings say, as constants.

use crate::location::Location;

/// What the bindings of one object say, as constants.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) at: Location,
    pub(crate) kind: BoundKind,
    pub(crate) key: String,
    pub(crate) constants: Vec<Constant>,
}

/// What has bindings, in the order of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoundKind {
    Server,
    Channel,
    Operation,
    Message,
}

impl BoundKind {
    pub(crate) const ALL: [Self; 4] = [Self::Server, Self::Channel, Self::Operation, Self::Message];
}

/// A value of a binding.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) at: Location,
    /// The protocol, and the keys from there.
    pub(crate) label: String,
    pub(crate) literal: Literal,
}

/// A value as Rust writes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Boolean(bool),
    Integer(i64),
    /// A number, and a finite one.
    Number(f64),
    Text(String),
    /// At least one item, and all of one kind.
    List(Vec<Literal>),
    /// What no constant can hold.
    Json(String),
}
