//! Routing: how a receiver finds the operation and the message of an event.
//!
//! 1. The option `event_name`, if it is set.
//! 2. A payload property that lists the names of the events.
//! 3. The address. Among the messages of one address: a header, a payload property, or the shape of the payload.

mod address;
mod rules;
mod selectors;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::config::{Config, EventNameLocation};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{self, Document, MessageId, SchemaId, Schemas};
use crate::ir::{
    Address, AddressRoute, AddressRoutes, Candidate, Case, Channel, Direction, Event, Operation, OperationMessage,
    Routing, Rule, Selector, Types, WithoutAddress,
};
use crate::json::Value;
use crate::location::{Location, Pointer, RuntimeExpression};
use crate::normalize::merge;

/// What the routing is derived from.
pub(super) struct RoutingContext<'a> {
    document: &'a Document,
    operations: &'a [Operation],
    events: &'a [Event],
    types: &'a Types,
    /// The operations of the document by location.
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

    /// The incoming operations, each with its index.
    fn incoming(&self) -> Vec<(usize, &'a Operation)> {
        let operations = self.operations.iter().enumerate();
        operations.filter(|(_, operation)| operation.direction == Direction::Incoming).collect()
    }

    fn message(&self, candidate: Candidate) -> &'a OperationMessage {
        &self.operations[candidate.operation].messages[candidate.message]
    }

    fn event(&self, candidate: Candidate) -> &'a Event {
        &self.events[self.message(candidate).event]
    }
}

/// A message of the document, as one operation receives it.
#[derive(Clone, Copy, Debug)]
struct CandidateMessage {
    candidate: Candidate,
    message: MessageId,
}

/// The routing of all incoming operations.
pub(super) fn find_routing(cx: &RoutingContext<'_>, channels: &[Channel], config: &Config) -> Routing {
    let incoming = cx.incoming();
    match &config.event_name {
        Some(location) => {
            check_names_are_unique(cx, &incoming);
            match location {
                EventNameLocation::Payload(pointer) => Routing::ByName(RuntimeExpression::Payload(pointer.clone())),
                EventNameLocation::Header(name) => Routing::ByName(RuntimeExpression::Header(name.clone())),
            }
        }
        None => by_name_or_address(cx, &incoming, channels),
    }
}

fn by_name_or_address(cx: &RoutingContext<'_>, incoming: &[(usize, &Operation)], channels: &[Channel]) -> Routing {
    let properties = if are_names_unique(incoming) { name_properties(cx, incoming) } else { Vec::new() };
    let groups = address::group_by_address(cx, incoming, channels);
    if let Some(property) = pick_name_property(cx, incoming, &properties, groups.len()) {
        return Routing::ByName(payload_property(&property.name));
    }
    let routes = groups.into_iter().filter_map(|group| {
        let (operation, message) = rules::rules_of_operations(cx, &group.operations)?;
        Some(AddressRoute { channel: group.channel, match_mode: group.match_mode, operation, message })
    });
    let routes: Vec<AddressRoute> = routes.collect();
    let without_address = channel_without_address(&routes, channels).map(WithoutAddress::Channel);
    let without_address = without_address.or_else(|| match &properties[..] {
        [only] => Some(WithoutAddress::Rule(name_rule(cx, incoming, only))),
        _ => None,
    });
    Routing::ByAddress(AddressRoutes { routes, without_address })
}

/// The channel to which events without an address belong: the only one whose address is unknown (`address: null`), or
/// the only channel.
fn channel_without_address(routes: &[AddressRoute], channels: &[Channel]) -> Option<usize> {
    let address = |route: &&AddressRoute| &channels[route.channel].address;
    let unknown: Vec<&AddressRoute> =
        routes.iter().filter(|route| matches!(address(route), Address::Unknown)).collect();
    match (&unknown[..], routes) {
        ([only], _) => Some(only.channel),
        ([], [only]) if matches!(address(&only), Address::Fixed(_)) => Some(only.channel),
        _ => None,
    }
}

/// Selects the event whose name a property contains, for events that arrive without an address.
fn name_rule(cx: &RoutingContext<'_>, incoming: &[(usize, &Operation)], property: &NameProperty) -> Rule {
    let candidates = incoming.iter().flat_map(|(index, operation)| {
        (0..operation.messages.len()).map(|message| Candidate { operation: *index, message })
    });
    let cases = candidates
        .map(|candidate| Case { values: vec![cx.event(candidate).name.clone()], rule: Rule::Message(candidate) });
    let selector = Selector::Text(payload_property(&property.name));
    Rule::Select { selector, cases: cases.collect(), absent: None }
}

/// A property of the payload object.
fn payload_property(name: &str) -> RuntimeExpression {
    RuntimeExpression::Payload(Pointer::root().join(name))
}

/// A property that the payload of every incoming message has, with the event's name among its values.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NameProperty {
    name: String,
    values: NameValues,
}

/// Which values a name property lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameValues {
    /// Names of events, and no other values.
    OnlyNames,
    /// Names of events, and other values.
    OtherValuesToo,
}

/// The name properties, in the order of the first payload.
fn name_properties(cx: &RoutingContext<'_>, incoming: &[(usize, &Operation)]) -> Vec<NameProperty> {
    let names: BTreeSet<&str> = cx.events.iter().map(|event| event.name.as_str()).collect();
    let mut common: Option<Vec<NameProperty>> = None;
    // Many messages can share one payload that lists the names of them all, so it is inspected once.
    let mut inspected: BTreeMap<SchemaId, Vec<EnumProperty>> = BTreeMap::new();
    for (name, payload) in names_and_payloads(cx, incoming) {
        let Some(payload) = payload else { return Vec::new() };
        let schemas = &cx.document.schemas;
        let properties = inspected.entry(payload).or_insert_with(|| enum_properties(schemas, payload, &names));
        let matching = properties.iter().filter(|property| property.values.contains(name));
        common = Some(match common {
            None => matching.map(|property| property.name_property.clone()).collect(),
            Some(common) => {
                let matching: BTreeMap<&String, NameValues> =
                    matching.map(|property| (&property.name_property.name, property.name_property.values)).collect();
                let common = common.into_iter().filter_map(|property| match matching.get(&property.name)? {
                    NameValues::OnlyNames => Some(property),
                    NameValues::OtherValuesToo => Some(NameProperty { values: NameValues::OtherValuesToo, ..property }),
                });
                common.collect()
            }
        });
    }
    common.unwrap_or_default()
}

/// The event name and the payload of every incoming message.
fn names_and_payloads<'a>(
    cx: &'a RoutingContext<'_>,
    incoming: &'a [(usize, &Operation)],
) -> impl Iterator<Item = (&'a str, Option<SchemaId>)> {
    incoming.iter().flat_map(|(_, operation)| {
        let sources = cx.sources.get(&operation.at).map_or(&[][..], |source| &source.messages);
        let messages = operation.messages.iter().zip(sources);
        messages.map(|(message, id)| (cx.events[message.event].name.as_str(), cx.document.messages[*id].payload))
    })
}

/// A property with `enum` or `const`, and the strings among its values.
struct EnumProperty {
    name_property: NameProperty,
    values: BTreeSet<String>,
}

fn enum_properties(schemas: &Schemas, payload: SchemaId, names: &BTreeSet<&str>) -> Vec<EnumProperty> {
    let Some(payload) = merge::merged_schema(schemas, payload) else { return Vec::new() };
    let properties = payload.properties.iter().filter_map(|(property, id)| {
        let merged = merge::merged_schema(schemas, *id)?;
        let all = merged.values.as_ref()?;
        let values: BTreeSet<String> = (all.iter())
            .filter_map(|value| match value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        let is_name = |value: &Value| match value {
            Value::String(text) => names.contains(text.as_str()),
            value => *value == Value::Null,
        };
        let are_names = all.iter().all(is_name);
        let listed = if are_names { NameValues::OnlyNames } else { NameValues::OtherValuesToo };
        Some(EnumProperty { name_property: NameProperty { name: property.clone(), values: listed }, values })
    });
    properties.collect()
}

/// The name property that routes events without regard to the address, if one is certain: it lists only names, or all
/// events have one address. If it lists other values or is one of several, its value may not be the event's name, and
/// the address is more certain.
fn pick_name_property<'a>(
    cx: &RoutingContext<'_>,
    incoming: &[(usize, &Operation)],
    properties: &'a [NameProperty],
    addresses: usize,
) -> Option<&'a NameProperty> {
    let only_names = properties.iter().filter(|property| property.values == NameValues::OnlyNames);
    let only_names: Vec<&NameProperty> = only_names.collect();
    let best = if only_names.is_empty() { properties.iter().collect() } else { only_names };
    match best[..] {
        [only] if only.values == NameValues::OnlyNames || addresses == 1 => Some(only),
        [first, _, ..] if addresses == 1 => {
            if let Some((_, operation)) = incoming.first() {
                let names: Vec<&str> = best.iter().map(|property| property.name.as_str()).collect();
                warn_of_several(cx, operation, &names);
            }
            Some(first)
        }
        _ => None,
    }
}

/// Warns that several properties could contain the event's name.
fn warn_of_several(cx: &RoutingContext<'_>, operation: &Operation, properties: &[&str]) {
    let [first, ..] = properties else { return };
    let names: Vec<String> = properties.iter().map(|property| format!("`{property}`")).collect();
    let message = format!("{} all list the names of the events, and `{first}` is used", names.join(", "));
    let diagnostic = Diagnostic::new(Severity::Warning, &operation.at, message).at_key();
    cx.diagnostics.push(
        diagnostic.with_help("name the property that contains the name of the event").with_option("event_name", &[]),
    );
}

fn are_names_unique(incoming: &[(usize, &Operation)]) -> bool {
    let mut names = BTreeSet::new();
    incoming.iter().flat_map(|(_, operation)| &operation.messages).all(|message| names.insert(message.event))
}

/// Reports event names that occur in two operations: a name then does not select an operation.
fn check_names_are_unique(cx: &RoutingContext<'_>, incoming: &[(usize, &Operation)]) {
    let mut seen = BTreeSet::new();
    for (_, operation) in incoming {
        for message in &operation.messages {
            if !seen.insert(message.event) {
                let name = &cx.events[message.event].name;
                let message =
                    format!("another operation receives `{name}` too, so the name does not select an operation");
                cx.diagnostics.push(
                    Diagnostic::new(Severity::Error, &operation.at, message)
                        .with_help("let the address of the channel select the operation, and remove the option")
                        .with_option("event_name", &[]),
                );
            }
        }
    }
}
