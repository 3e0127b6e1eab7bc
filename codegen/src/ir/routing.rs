//! How a receiver tells which event has arrived, and whose it is.

use crate::location::Pointer;

/// How a receiver tells which event has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Routing {
    /// A string in the payload, at this pointer, is the event's name.
    Payload(Pointer),
    /// A header holds the event's name.
    Header(String),
    /// The address says which events it can be.
    Channel(Addresses),
}

/// What arrives where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// In the order in which addresses are compared.
    pub(crate) arrivals: Vec<AddressRoute>,
    /// What tells events that come without an address.
    pub(crate) without: Option<Rule>,
}

/// What arrives at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddressRoute {
    /// The channel that has the address: index into [`Api::channels`](super::Api).
    pub(crate) channel: usize,
    pub(crate) fit: MatchMode,
    /// What tells the operation, and the message where the payload alone does not.
    pub(crate) operation: Rule,
    /// What tells the message.
    pub(crate) message: Rule,
}

/// Which values the parameters of an address may have, so that it is this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchMode {
    /// Of enums those that are listed, because another address takes others.
    Listed,
    /// Whatever can be read.
    Read,
}

/// What tells the events of one address apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing has to: the operation, an index into [`Api::operations`](super::Api), takes them all.
    Operation(usize),
    /// It can be this message only.
    Message(Candidate),
    /// The payload, as the operation's union reads it.
    Variant(usize),
    /// A header, or a string in the payload.
    Mark { at: Selector, cases: Vec<Case>, otherwise: Option<Box<Rule>> },
    /// What each message keeps of the payload, the most demanding first.
    Shape(Vec<Candidate>),
}

impl Rule {
    /// The messages whose shapes are asked, where they are.
    pub(crate) fn shape(&self) -> Option<&Vec<Candidate>> {
        match self {
            Self::Shape(candidates) => Some(candidates),
            Self::Mark { otherwise, .. } => otherwise.as_ref()?.shape(),
            Self::Operation(_) | Self::Message(_) | Self::Variant(_) => None,
        }
    }
}

/// Where a text stands that tells events apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    Header(String),
    Payload(Pointer),
    /// An integer in the payload, by its digits.
    Integer(Pointer),
    /// The content type without its parameters, in lower case.
    MediaType,
}

/// The texts that mean one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) values: Vec<String>,
    pub(crate) of: Candidate,
}

/// A message that an event may be, as one operation receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Candidate {
    /// Index into [`Api::operations`](super::Api).
    pub(crate) operation: usize,
    /// Index into the operation's messages.
    pub(crate) message: usize,
}
