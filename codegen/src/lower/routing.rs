//! How a receiver tells which event has arrived: as the team says, else by a payload property that names the events, else
//! by the address.

mod address;
mod candidates;
mod implied_values;
mod name_property;
mod rules;
mod selectors;

use std::collections::{BTreeSet, HashMap};

use self::name_property::{Listing, Naming};
use crate::config::{Config, Discriminator};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{self, Document};
use crate::ir::{
    AddressRoute, AddressRoutes, Candidate, Case, Channel, Direction, Event, Operation, OperationMessage, Routing,
    Rule, Selector, Types,
};
use crate::location::{Location, Pointer, RuntimeExpression};

/// What routing is found from.
pub(super) struct RoutingContext<'a> {
    document: &'a Document,
    operations: &'a [Operation],
    events: &'a [Event],
    types: &'a Types,
    sources: HashMap<&'a Location, &'a document::Operation>,
    diagnostics: &'a Diagnostics,
}

impl<'a> RoutingContext<'a> {
    pub(super) fn new(
        document: &'a Document,
        operations: &'a [Operation],
        events: &'a [Event],
        types: &'a Types,
        diagnostics: &'a Diagnostics,
    ) -> Self {
        let sources = document.operations.iter().map(|operation| (&operation.at, operation)).collect();
        Self { document, operations, events, types, sources, diagnostics }
    }

    /// The operations that arrive, each with its index.
    fn incoming(&self) -> Vec<(usize, &'a Operation)> {
        let operations = self.operations.iter().enumerate();
        operations.filter(|(_, operation)| operation.direction == Direction::Incoming).collect()
    }

    fn carried(&self, candidate: Candidate) -> &'a OperationMessage {
        &self.operations[candidate.operation].messages[candidate.message]
    }

    fn event(&self, candidate: Candidate) -> &'a Event {
        &self.events[self.carried(candidate).event]
    }
}

pub(super) fn find(apis: &RoutingContext<'_>, channels: &[Channel], config: &Config) -> Routing {
    let incoming = apis.incoming();
    match &config.discriminator {
        Some(discriminator) => {
            refuse_shared_names(apis, &incoming);
            match discriminator {
                Discriminator::Payload(pointer) => Routing::ByName(RuntimeExpression::Payload(pointer.clone())),
                Discriminator::Header(name) => Routing::ByName(RuntimeExpression::Header(name.clone())),
            }
        }
        None => by_address_or_name(apis, &incoming, channels),
    }
}

fn by_address_or_name(apis: &RoutingContext<'_>, incoming: &[(usize, &Operation)], channels: &[Channel]) -> Routing {
    let found = if names_differ(incoming) { name_property::properties(apis, incoming) } else { Vec::new() };
    let groups = address::groups(apis, incoming, channels);
    if let Some(naming) = pick_name_property(apis, incoming, &found, groups.len()) {
        return Routing::ByName(payload_property(&naming.property));
    }
    let routes = groups.into_iter().filter_map(|group| {
        let (operation, message) = rules::of(apis, &group.operations)?;
        Some(AddressRoute { channel: group.channel, match_mode: group.match_mode, operation, message })
    });
    let without_address = match &found[..] {
        [only] => Some(by_name(apis, incoming, only)),
        _ => None,
    };
    Routing::ByAddress(AddressRoutes { routes: routes.collect(), without_address })
}

/// The name that the one property says, for events without an address.
fn by_name(apis: &RoutingContext<'_>, incoming: &[(usize, &Operation)], naming: &Naming) -> Rule {
    let candidates = incoming.iter().flat_map(|(index, operation)| {
        (0..operation.messages.len()).map(|message| Candidate { operation: *index, message })
    });
    let cases = candidates.map(|candidate| Case { values: vec![apis.event(candidate).name.clone()], candidate });
    let selector = Selector::Text(payload_property(&naming.property));
    Rule::Select { selector, cases: cases.collect(), fallback: None }
}

/// A property of the payload object.
fn payload_property(name: &str) -> RuntimeExpression {
    RuntimeExpression::Payload(Pointer::root().join(name))
}

/// A payload property that names the events decides where nothing contradicts it: where it lists names and nothing else,
/// or where all events come by one address. Otherwise the address is the surer sign: a property that lists more than
/// names, or one of several, may as well say what came before.
fn pick_name_property<'a>(
    apis: &RoutingContext<'_>,
    incoming: &[(usize, &Operation)],
    found: &'a [Naming],
    addresses: usize,
) -> Option<&'a Naming> {
    let sure: Vec<&Naming> = found.iter().filter(|naming| naming.listing == Listing::Names).collect();
    let best = if sure.is_empty() { found.iter().collect() } else { sure };
    match best[..] {
        [only] if only.listing == Listing::Names || addresses == 1 => Some(only),
        [first, _, ..] if addresses == 1 => {
            if let Some((_, operation)) = incoming.first() {
                let names: Vec<&str> = best.iter().map(|naming| naming.property.as_str()).collect();
                warn_of_several(apis, operation, &names);
            }
            Some(first)
        }
        _ => None,
    }
}

/// Which of several properties names the event, only the author knows.
fn warn_of_several(apis: &RoutingContext<'_>, operation: &Operation, properties: &[&str]) {
    let [first, ..] = properties else { return };
    let names: Vec<String> = properties.iter().map(|property| format!("`{property}`")).collect();
    let message = format!("{} all list the names of the events, and `{first}` decides", names.join(", "));
    let diagnostic = Diagnostic::new(Severity::Warning, &operation.at, message).at_key();
    apis.diagnostics.push(diagnostic.with_help("say which one it is").with_option("discriminator", &[]));
}

fn names_differ(incoming: &[(usize, &Operation)]) -> bool {
    let mut names = BTreeSet::new();
    incoming.iter().flat_map(|(_, operation)| &operation.messages).all(|message| names.insert(message.event))
}

/// Two operations with one message cannot be told apart by its name.
fn refuse_shared_names(apis: &RoutingContext<'_>, incoming: &[(usize, &Operation)]) {
    let mut seen = BTreeSet::new();
    for (_, operation) in incoming {
        for message in &operation.messages {
            if !seen.insert(message.event) {
                let name = &apis.events[message.event].name;
                let message =
                    format!("`{name}` arrives in another operation too, so its name does not tell them apart");
                apis.diagnostics.push(
                    Diagnostic::new(Severity::Error, &operation.at, message)
                        .with_help("let the channel's address decide, and leave this out")
                        .with_option("discriminator", &[]),
                );
            }
        }
    }
}
