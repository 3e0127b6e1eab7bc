//! How a receiver finds out which event has arrived, and which operation handles it.

use crate::location::{Pointer, RuntimeExpression};

/// How a receiver finds out which event has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Routing {
    /// The payload or a header contains the name of the event as a string.
    ByName(RuntimeExpression),
    /// The address decides which events are possible.
    ByAddress(AddressRoutes),
}

/// The routes by address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddressRoutes {
    /// In the order in which the receiver compares addresses.
    pub(crate) routes: Vec<AddressRoute>,
    /// The rule for events that arrive without an address.
    pub(crate) without_address: Option<Rule>,
}

/// The events that arrive at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddressRoute {
    /// The channel that has the address: index into [`Api::channels`](super::Api).
    pub(crate) channel: usize,
    pub(crate) match_mode: MatchMode,
    /// Selects the operation, and the message if the payload type does not select it.
    pub(crate) operation: Rule,
    /// Selects the message.
    pub(crate) message: Rule,
}

/// Which values of its parameters an address matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchMode {
    /// Only listed values of an enum, because another address takes the other values.
    ListedValues,
    /// Every value that parses.
    AnyValue,
}

/// Selects one of the events of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// All events belong to this operation, an index into [`Api::operations`](super::Api).
    Operation(usize),
    /// Only this message is possible.
    Message(Candidate),
    /// The union of this operation's payloads selects the message when it is read.
    Variant(usize),
    /// A text in a header or in the payload selects a case.
    Select { selector: Selector, cases: Vec<Case>, fallback: Option<Box<Rule>> },
    /// The message that keeps most of the payload when it is read. The most specific message comes first.
    Shape(Vec<Candidate>),
}

impl Rule {
    /// The candidates of the rule or of its fallback, if they are compared by shape.
    pub(crate) fn shape(&self) -> Option<&Vec<Candidate>> {
        match self {
            Self::Shape(candidates) => Some(candidates),
            Self::Select { fallback, .. } => fallback.as_ref()?.shape(),
            Self::Operation(_) | Self::Message(_) | Self::Variant(_) => None,
        }
    }
}

/// Where the text is that selects an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    /// A header, or a string in the payload.
    Text(RuntimeExpression),
    /// An integer in the payload, compared by its decimal digits.
    Integer(Pointer),
    /// The content type without parameters, in lower case.
    MediaType,
}

/// The texts that select one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) values: Vec<String>,
    pub(crate) candidate: Candidate,
}

/// A message that an event can be, as one operation receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Candidate {
    /// Index into [`Api::operations`](super::Api).
    pub(crate) operation: usize,
    /// Index into the messages of the operation.
    pub(crate) message: usize,
}
