//! Assigns all Rust identifiers. Every name comes from the document or from the options, never from a counter.

mod case;
mod name;
mod report;
mod reserved;
mod scope;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::case::Style;
pub(crate) use self::name::{Name, Names, ServerVariableNames};
pub use self::report::{NameKind, Named};
use self::scope::{NameRequest, Scopes};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::ir::{
    Address, Api, BindingOwner, Candidate, Channel, Event, ItemKind, Label, NamePath, Root, Routing, Rule, Step,
    TypeDef, TypeId, Union, Variable, Variant,
};
use crate::location::Location;

/// Assigns all names. If two names collide, both get a longer name, in the same way every time, and a warning reports
/// it.
pub(crate) fn assign(api: &Api, config: &Config, diagnostics: &Diagnostics) -> Names {
    let scopes = Scopes::new(config, &api.structural_keys, &api.files, diagnostics);
    let types = types(api, &scopes);
    let members = api.types.iter().map(|(id, def)| (id, members(def, &scopes))).collect();
    let mut names = Names {
        types,
        members,
        events: events(api, &scopes),
        validators: validators(api, &scopes),
        correlations: correlations(api, &scopes),
        examples: examples(api, &scopes),
        operations: operations(api, &scopes),
        channels: channels(api, &scopes),
        shape_match_fns: shape_match_fns(api, &scopes),
        parameters: api.channels.iter().map(|channel| parameters(channel, &scopes)).collect(),
        servers: servers(api, &scopes),
        variables: api.servers.iter().map(|server| variables(server, &scopes)).collect(),
        variable_enums: variable_enums(api, &scopes),
        bindings: bindings(api, &scopes),
        report: Vec::new(),
    };
    names.report = scopes.finish();
    names
}

/// Names the types by rank: components, types that their schema language names, payloads, other roots, and nested
/// types. A type of an earlier rank keeps the shorter name.
fn types(api: &Api, scopes: &Scopes<'_>) -> BTreeMap<TypeId, Name> {
    let mut scope = scopes.open(NameKind::Type, Style::Type, reserved::TYPES);
    let mut assigned: BTreeMap<TypeId, Name> = BTreeMap::new();
    let roots = || api.types.iter().filter(|(_, def)| def.name_path.steps.is_empty());
    let by_root: HashMap<&Root, TypeId> = roots().map(|(id, def)| (&def.name_path.root, id)).collect();
    let by_place: HashMap<&Location, TypeId> = roots().map(|(id, def)| (&def.name_path.root_at, id)).collect();
    let root_name = |def: &TypeDef, named: &BTreeMap<TypeId, Name>| {
        let root = by_place.get(&def.name_path.root_at).or_else(|| by_root.get(&def.name_path.root));
        let name = root.and_then(|id| named.get(id));
        name.map(|name| name.plain().to_owned())
    };
    let rank = |def: &TypeDef| match (&def.name_path.root, def.name_path.steps.is_empty()) {
        (Root::Schema(_), true) => 0,
        (Root::Named(_), true) => 1,
        (Root::Payload(_), true) => 2,
        (Root::Binding(..), true) => 4,
        (_, true) => 3,
        (_, false) => 5,
    };
    for wanted_rank in 0..=5 {
        let ranked: Vec<(TypeId, &TypeDef)> = api.types.iter().filter(|(_, def)| rank(def) == wanted_rank).collect();
        let request =
            |(_, def): &(_, &TypeDef)| type_name_request(def, root_name(def, &assigned), &api.ambiguous_names);
        let names = scope.assign(ranked.iter().map(request));
        assigned.extend(ranked.iter().map(|(id, _)| *id).zip(names));
    }
    assigned
}

/// A root is named after its own text, without its namespace. A nested type is named after its root and the steps from
/// there.
fn type_name_request(def: &TypeDef, root_name: Option<String>, ambiguous: &BTreeSet<String>) -> NameRequest {
    let NamePath { root, steps, fallback_names, .. } = &def.name_path;
    let (own, noun) = match root {
        Root::Schema(key) => (key.clone(), "Schema"),
        Root::Named(full) if ambiguous.contains(root.name_without_namespace()) => (full.clone(), "Type"),
        Root::Named(_) => (root.name_without_namespace().to_owned(), "Type"),
        Root::Payload(message) => (message.clone(), "Payload"),
        Root::Headers(message) => (format!("{message} headers"), "Message"),
        Root::Operation(id) if id.to_lowercase().ends_with("message") => (id.clone(), "Operation"),
        Root::Operation(id) => (format!("{id} message"), "Operation"),
        Root::Parameter(Some(channel), name) => (format!("{channel} {name}"), "Parameter"),
        Root::Parameter(None, name) => (name.clone(), "Parameter"),
        Root::Binding(owner, schema) => (format!("{owner} {}", schema.name_suffix), "Binding"),
    };
    if steps.is_empty() {
        let suffix = if matches!(root, Root::Headers(_)) { " headers" } else { "" };
        let fallbacks = fallback_names.iter().map(|name| format!("{name}{suffix}"));
        let shorter =
            Some(root.name_without_namespace()).filter(|short| matches!(root, Root::Named(_)) && **short != own);
        return NameRequest::new(&def.at, &own, noun).with_fallbacks(fallbacks).with_ambiguous_text(shorter);
    }
    let root_name = root_name.unwrap_or_else(|| case::style(Style::Type, &own));
    let inner = |label: fn(&Label) -> &str| {
        let mut text = root_name.clone();
        for step in steps {
            text.push(' ');
            text.push_str(match step {
                Step::Property(name) => name,
                Step::Variant(name) => label(name),
                Step::Item => "item",
                Step::Key => "key",
                Step::Value => "value",
            });
        }
        text
    };
    NameRequest::new(&def.at, &inner(|label| &label.short), "Inner").with_fallbacks([inner(|label| &label.long)])
}

fn members(def: &TypeDef, scopes: &Scopes<'_>) -> Vec<Name> {
    match &def.shape {
        ItemKind::OpenTuple(_) | ItemKind::Alias(_) | ItemKind::Newtype(_) => Vec::new(),
        ItemKind::Union(Union { variants, .. }) | ItemKind::MessageUnion(variants) => {
            let mut scope = scopes.open(NameKind::Variant, Style::Type, reserved::VARIANTS).of_members(&def.at);
            scope.assign(variants.iter().map(variant_request))
        }
        ItemKind::Struct(object) => {
            let mut scope = scopes.open(NameKind::Field, Style::Value, &[]).of_members(&def.at);
            let fields = object.fields.iter().map(|field| NameRequest::new(&field.at, &field.name, "property"));
            let mut names = scope.assign(fields);
            let rest = NameRequest::new(&def.at.join("additionalProperties"), "additional properties", "map");
            names.extend(scope.assign([rest]));
            names
        }
        ItemKind::Enum(listed) => {
            let mut scope = scopes.open(NameKind::Variant, Style::Type, reserved::VARIANTS).of_members(&def.at);
            let requests = listed.members.labels().into_iter().map(|(at, label)| NameRequest::new(at, label, "Value"));
            scope.assign(requests)
        }
    }
}

fn variant_request(variant: &Variant) -> NameRequest {
    NameRequest::new(&variant.at, &variant.label.short, "Variant").with_fallbacks([variant.label.long.clone()])
}

fn events(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    scopes.open(NameKind::Event, Style::Type, reserved::VARIANTS).assign(api.events.iter().map(event_request))
}

fn validators(api: &Api, scopes: &Scopes<'_>) -> BTreeMap<TypeId, Name> {
    let aliases = || {
        let is_alias = |(id, def): &(TypeId, &TypeDef)| {
            matches!(def.shape, ItemKind::Alias(_))
                && def.name_path.steps.is_empty()
                && api.definitions.contains_type(*id)
        };
        api.types.iter().filter(is_alias)
    };
    let request = |(_, def): (TypeId, &TypeDef)| match &def.name_path.root {
        Root::Schema(key) => {
            Some(NameRequest::new(&def.at, key, "Schema").with_fallbacks(def.name_path.fallback_names.iter().cloned()))
        }
        _ => None,
    };
    let (ids, requests): (Vec<TypeId>, Vec<NameRequest>) =
        aliases().filter_map(|alias| Some((alias.0, request(alias)?))).unzip();
    ids.into_iter().zip(scopes.open(NameKind::Validator, Style::Value, &[]).assign(requests)).collect()
}

fn correlations(api: &Api, scopes: &Scopes<'_>) -> BTreeMap<usize, Name> {
    let correlated = || api.events.iter().enumerate().filter(|(_, event)| event.correlation.is_some());
    let requests = correlated().map(|(_, event)| event_request(event));
    let names = scopes.open(NameKind::Correlation, Style::Value, &[]).assign(requests);
    correlated().map(|(index, _)| index).zip(names).collect()
}

/// All examples share one scope, because they are in one module.
fn examples(api: &Api, scopes: &Scopes<'_>) -> Vec<Vec<Name>> {
    let all = api.events.iter().flat_map(|event| &event.examples);
    let requests = all.map(|example| NameRequest::new(&example.at, &example.label, "example"));
    let mut names = scopes.open(NameKind::Example, Style::Constant, &[]).assign(requests).into_iter();
    api.events.iter().map(|event| names.by_ref().take(event.examples.len()).collect()).collect()
}

fn event_request(event: &Event) -> NameRequest {
    NameRequest::new(&event.at, &event.label, "Event").with_fallbacks(event.fallback_labels.iter().cloned())
}

fn operations(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    let requests = api.operations.iter().map(|operation| NameRequest::new(&operation.at, &operation.id, "operation"));
    scopes.open(NameKind::Operation, Style::Value, reserved::METHODS).assign(requests)
}

/// A fixed address becomes a constant, an address with parameters a type.
fn channels(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    let is_template = |channel: &Channel| matches!(channel.address, Address::Template(_));
    let requests = |wanted: bool| -> Vec<NameRequest> {
        let channels = api.channels.iter().filter(|channel| is_template(channel) == wanted);
        channels.map(|channel| NameRequest::new(&channel.at, &channel.key, "channel")).collect()
    };
    let mut constants = scopes.open(NameKind::Channel, Style::Constant, &[]).assign(requests(false)).into_iter();
    let mut types = scopes.open(NameKind::Channel, Style::Type, reserved::CHANNELS).assign(requests(true)).into_iter();
    let names = api.channels.iter().map(|channel| if is_template(channel) { types.next() } else { constants.next() });
    names.flatten().collect()
}

/// If the event name and the handler call compare the same shapes, both call one function, named after the channel.
fn shape_match_fns(api: &Api, scopes: &Scopes<'_>) -> HashMap<Vec<Candidate>, Name> {
    let Routing::ByAddress(addresses) = &api.routing else { return HashMap::new() };
    let with_address = addresses.routes.iter().flat_map(|route| {
        let shapes = [&route.operation, &route.message].into_iter().flat_map(Rule::shapes);
        shapes.map(|shape| (shape, &api.channels[route.channel]))
    });
    // Without an address, one rule selects both the operation and the message.
    let without_address = addresses.rule_without_address().into_iter().flat_map(Rule::shapes);
    let without_address = without_address.flat_map(|shape| [shape, shape]);
    let without_address = without_address.filter_map(|shape| {
        let operation = &api.operations[shape.first()?.operation];
        Some((shape, &api.channels[operation.channel]))
    });
    let mut counts: HashMap<&Vec<Candidate>, usize> = HashMap::new();
    let mut shared: Vec<(&Vec<Candidate>, &Channel)> = Vec::new();
    for (shape, channel) in with_address.chain(without_address) {
        let count = counts.entry(shape).or_default();
        *count += 1;
        if *count == 2 {
            shared.push((shape, channel));
        }
    }
    let requests = shared.iter().map(|(shape, channel)| {
        let text = format!("best match at {}", channel.key);
        let message = |candidate: &Candidate| &api.operations[candidate.operation].messages[candidate.message];
        let events = shape.iter().map(|candidate| api.events[message(candidate).event].name.as_str());
        let with_events = format!("{text} {}", events.collect::<Vec<_>>().join(" "));
        NameRequest::new(&channel.at, &text, "event").with_fallbacks([with_events])
    });
    let names = scopes.open_private(Style::Value).assign(requests);
    shared.into_iter().map(|(shape, _)| shape.clone()).zip(names).collect()
}

fn parameters(channel: &Channel, scopes: &Scopes<'_>) -> Vec<Name> {
    let Address::Template(template) = &channel.address else { return Vec::new() };
    let requests =
        template.parameters.iter().map(|parameter| NameRequest::new(&parameter.at, &parameter.key, "parameter"));
    scopes.open(NameKind::Parameter, Style::Value, &[]).of_members(&channel.at).assign(requests)
}

fn servers(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    let requests = api.servers.iter().map(|server| NameRequest::new(&server.at, &server.key, "server"));
    scopes.open(NameKind::Server, Style::Value, &[]).assign(requests)
}

fn variables(server: &crate::ir::Server, scopes: &Scopes<'_>) -> Vec<Name> {
    let requests = server.variables.iter().map(|variable| NameRequest::new(&variable.at, &variable.key, "variable"));
    scopes.open(NameKind::Variable, Style::Value, &[]).of_members(&server.at).assign(requests)
}

/// All enums of servers share one scope, because they are in one module.
fn variable_enums(api: &Api, scopes: &Scopes<'_>) -> BTreeMap<(usize, usize), ServerVariableNames> {
    let variables = api.servers.iter().enumerate().flat_map(|(server_index, server)| {
        let variables = server.variables.iter().enumerate();
        variables.map(move |(index, variable)| ((server_index, index), server, variable))
    });
    let with_values: Vec<_> = variables.filter(|(_, _, variable)| !variable.values.is_empty()).collect();
    let requests = with_values.iter().map(|(_, server, variable)| {
        NameRequest::new(&variable.at, &format!("{} {}", server.key, variable.key), "Variable")
    });
    let names = scopes.open(NameKind::VariableType, Style::Type, reserved::SERVERS).assign(requests);
    let names_of_enum = |((key, _, variable), name): (&(_, _, &Variable), Name)| {
        let requests = variable.values.iter().map(|value| NameRequest::new(&value.at, &value.value, "Value"));
        let variants = scopes.open(NameKind::Variant, Style::Type, &[]).of_members(&variable.at).assign(requests);
        (*key, ServerVariableNames { name, variants })
    };
    with_values.iter().zip(names).map(names_of_enum).collect()
}

/// A module for each object that has bindings. Each kind of object has a scope of its own.
fn bindings(api: &Api, scopes: &Scopes<'_>) -> Vec<(Name, Vec<Name>)> {
    let modules = BindingOwner::ALL.into_iter().flat_map(|kind| {
        let bound = api.bindings.iter().filter(|bound| bound.owner == kind);
        let requests = bound.map(|bound| NameRequest::new(&bound.at, &bound.key, "binding"));
        scopes.open(NameKind::Bindings, Style::Value, reserved::BINDINGS).assign(requests)
    });
    let named = modules.zip(&api.bindings).map(|(module, bound)| {
        let requests =
            bound.constants.iter().map(|constant| NameRequest::new(&constant.at, &constant.label, "binding"));
        (module, scopes.open(NameKind::Binding, Style::Constant, &[]).of_members(&bound.at).assign(requests))
    });
    named.collect()
}
