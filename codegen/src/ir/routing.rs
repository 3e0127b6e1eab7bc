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
    /// Where events belong that arrive without an address.
    pub(crate) without_address: Option<WithoutAddress>,
}

/// Where an event belongs that arrives without an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WithoutAddress {
    /// To this channel: it is the only one, or the only one whose address the document does not know.
    Channel(usize),
    /// A property selects the event.
    Rule(Rule),
}

impl AddressRoutes {
    /// The rule for events that arrive without an address, if they belong to no channel.
    pub(crate) fn rule_without_address(&self) -> Option<&Rule> {
        match &self.without_address {
            Some(WithoutAddress::Rule(rule)) => Some(rule),
            Some(WithoutAddress::Channel(_)) | None => None,
        }
    }
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
    /// A text in a header or in the payload selects a case. Another text is that of an unknown event. `absent` is the
    /// rule for events without the text; if it is `None`, such an event is unknown too.
    Select { selector: Selector, cases: Vec<Case>, absent: Option<Box<Rule>> },
    /// The message that keeps most of the payload when it is read. The most specific message comes first.
    Shape(Vec<Candidate>),
}

impl Rule {
    /// The candidates among which the rule, or a rule inside it, selects. Operations with one message have none.
    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        match self {
            Self::Message(candidate) => vec![*candidate],
            Self::Shape(candidates) => candidates.clone(),
            Self::Select { cases, absent, .. } => {
                let rules = cases.iter().map(|case| &case.rule).chain(absent.as_deref());
                rules.flat_map(Self::candidates).collect()
            }
            Self::Operation(_) | Self::Variant(_) => Vec::new(),
        }
    }

    /// The candidates that the rule, or a rule inside it, compares by shape.
    pub(crate) fn shapes(&self) -> Vec<&Vec<Candidate>> {
        match self {
            Self::Shape(candidates) => vec![candidates],
            Self::Select { cases, absent, .. } => {
                let rules = cases.iter().map(|case| &case.rule).chain(absent.as_deref());
                rules.flat_map(Self::shapes).collect()
            }
            Self::Operation(_) | Self::Message(_) | Self::Variant(_) => Vec::new(),
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

/// The texts that select one message, or a rule for several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) values: Vec<String>,
    pub(crate) rule: Rule,
}

/// A message that an event can be, as one operation receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Candidate {
    /// Index into [`Api::operations`](super::Api).
    pub(crate) operation: usize,
    /// Index into the messages of the operation.
    pub(crate) message: usize,
}
