//! How a receiver tells which event has arrived: as the team says, else by a payload property that names the events, else
//! by the address.

mod naming;

use std::collections::BTreeSet;

use self::naming::{Listing, Naming};
use crate::config::{Config, Discriminator};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Address, Document, Pointer};
use crate::ir::{Direction, Event, Operation, Routing};

pub(super) fn find(
    document: &Document,
    config: &Config,
    operations: &[Operation],
    events: &[Event],
    diagnostics: &Diagnostics,
) -> Routing {
    let incoming: Vec<&Operation> =
        operations.iter().filter(|operation| operation.direction == Direction::Incoming).collect();
    match &config.discriminator {
        Some(discriminator) => {
            refuse_shared_names(&incoming, events, diagnostics);
            match discriminator {
                Discriminator::Payload(pointer) => Routing::Payload(pointer.clone()),
                Discriminator::Header(name) => Routing::Header(name.clone()),
            }
        }
        None if names_differ(&incoming) => by_name(document, &incoming, events, diagnostics),
        None => Routing::Channel,
    }
}

/// A payload property that names the events decides where nothing contradicts it: where it lists names and nothing else,
/// or where all events come by one address. Otherwise the address is the surer sign: a property that lists more than
/// names, or one of several, may as well say what came before.
fn by_name(document: &Document, incoming: &[&Operation], events: &[Event], diagnostics: &Diagnostics) -> Routing {
    let found = naming::properties(document, incoming, events);
    let sure: Vec<&Naming> = found.iter().filter(|naming| naming.listing == Listing::Names).collect();
    let addresses: BTreeSet<&str> = incoming.iter().map(|operation| address(document, operation)).collect();
    let property = match (&sure[..], &found[..]) {
        ([only], _) => only,
        ([], [only]) if addresses.len() == 1 => only,
        ([first, _, ..], _) if addresses.len() == 1 => {
            warn_of_several(first, &sure, incoming, diagnostics);
            first
        }
        ([], [first, _, ..]) if addresses.len() == 1 => {
            warn_of_several(first, &found.iter().collect::<Vec<_>>(), incoming, diagnostics);
            first
        }
        _ => return Routing::Channel,
    };
    Routing::Payload(Pointer::root().join(&property.property))
}

fn address<'a>(document: &'a Document, operation: &Operation) -> &'a str {
    let channel = &document.channels[operation.channel];
    match &channel.address {
        Address::Known(address) => address,
        Address::Open => &channel.key,
    }
}

fn warn_of_several(first: &Naming, all: &[&Naming], incoming: &[&Operation], diagnostics: &Diagnostics) {
    let Some(operation) = incoming.first() else { return };
    let names: Vec<String> = all.iter().map(|naming| format!("`{}`", naming.property)).collect();
    let message = format!("{} all list the names of the events, and `{}` decides", names.join(", "), first.property);
    let cure = format!(
        "say which names the event that arrived: `Config::discriminator`, with `/{}` for the first",
        first.property
    );
    diagnostics.push(Diagnostic::new(Severity::Warning, &operation.at, message).at_key().with_cure(cure));
}

fn names_differ(incoming: &[&Operation]) -> bool {
    let mut names = BTreeSet::new();
    incoming.iter().flat_map(|operation| &operation.messages).all(|message| names.insert(message.event))
}

/// Two operations with one message cannot be told apart by its name.
fn refuse_shared_names(incoming: &[&Operation], events: &[Event], diagnostics: &Diagnostics) {
    let mut seen = BTreeSet::new();
    for operation in incoming {
        for message in &operation.messages {
            if !seen.insert(message.event) {
                let name = &events[message.event].name;
                let message =
                    format!("`{name}` arrives in another operation too, so its name does not tell them apart");
                diagnostics.push(
                    Diagnostic::new(Severity::Error, &operation.at, message)
                        .with_cure("leave out `Config::discriminator`: the channel's address decides then"),
                );
            }
        }
    }
}
