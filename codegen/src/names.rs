//! Stage five: the only maker of identifiers. Every name comes from the document, never from a counter.

mod case;
mod identifier_chars;
mod report;
mod reserved;
mod scope;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

use self::case::Style;
pub use self::report::{NameKind, Named};
use self::scope::{NameRequest, Scopes};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::ir::{
    Address, AddressRoute, AddressRoutes, Api, BindingOwner, Candidate, Channel, Event, ItemKind, Label, NamePath,
    Root, Routing, Rule, Step, TypeDef, TypeId, Union, Variable, Variant,
};
use crate::location::Location;

/// A Rust identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(String);

impl Name {
    /// The name as serde sees it: without the `r#` of a keyword.
    pub(crate) fn plain(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let ident = if reserved::is_keyword(&self.0) {
            Ident::new_raw(&self.0, Span::call_site())
        } else {
            Ident::new(&self.0, Span::call_site())
        };
        ident.to_tokens(tokens);
    }
}

/// The name of everything in an [`Api`], by the same indexes.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) types: BTreeMap<TypeId, Name>,
    /// The members of a type: a struct's fields, and then the map of what is not named; an enum's variants.
    pub(crate) members: BTreeMap<TypeId, Vec<Name>>,
    pub(crate) events: Vec<Name>,
    /// The functions that validate components which are other names of types.
    pub(crate) validators: BTreeMap<TypeId, Name>,
    /// The functions that find the correlation ids of the events that have one.
    pub(crate) correlations: BTreeMap<usize, Name>,
    /// The constants of the events' examples.
    pub(crate) examples: Vec<Vec<Name>>,
    pub(crate) operations: Vec<Name>,
    pub(crate) channels: Vec<Name>,
    /// The functions that tell events apart by their shapes, by the messages that they tell.
    pub(crate) tellings: HashMap<Vec<Candidate>, Name>,
    /// The fields of each channel whose address has parameters.
    pub(crate) parameters: Vec<Vec<Name>>,
    pub(crate) servers: Vec<Name>,
    /// The arguments of each server's function.
    pub(crate) variables: Vec<Vec<Name>>,
    /// The enums of the arguments that have one, by server and argument.
    pub(crate) choices: BTreeMap<(usize, usize), ServerVariableNames>,
    /// The modules of what has bindings, and their constants.
    pub(crate) bindings: Vec<(Name, Vec<Name>)>,
    /// Each of them with what it belongs to.
    pub(crate) given: Vec<Named>,
}

/// The enum of an argument that takes nothing but listed values.
#[derive(Debug)]
pub(crate) struct ServerVariableNames {
    pub(crate) name: Name,
    pub(crate) variants: Vec<Name>,
}

/// Names everything; where two names meet, both are told apart in the same way every time, and a warning says so.
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
        tellings: shape_match_fn_names(api, &scopes),
        parameters: api.channels.iter().map(|channel| parameters(channel, &scopes)).collect(),
        servers: servers(api, &scopes),
        variables: api.servers.iter().map(|server| variables(server, &scopes)).collect(),
        choices: choices(api, &scopes),
        bindings: bindings(api, &scopes),
        given: Vec::new(),
    };
    names.given = scopes.finish();
    names
}

/// Components first, then what has a name in its own language, then payloads, then what stands inside them: what comes first keeps the shorter name.
fn types(api: &Api, scopes: &Scopes<'_>) -> BTreeMap<TypeId, Name> {
    let mut scope = scopes.open(NameKind::Type, Style::Type, reserved::TYPES);
    let mut settled: BTreeMap<TypeId, Name> = BTreeMap::new();
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
    for wanted in 0..=5 {
        let ranked: Vec<(TypeId, &TypeDef)> = api.types.iter().filter(|(_, def)| rank(def) == wanted).collect();
        let wishes = ranked
            .iter()
            .map(|(_, def)| type_name_request(def, root_name(def, &settled), &api.ambiguous_names))
            .collect::<Vec<_>>();
        let names = scope.assign(&wishes);
        settled.extend(ranked.iter().map(|(id, _)| *id).zip(names));
    }
    settled
}

/// A root goes by its own text, one with a namespace by its last word; what stands inside it, by the root's name and the way from there.
fn type_name_request(def: &TypeDef, root_name: Option<String>, ambiguous: &BTreeSet<String>) -> NameRequest {
    let NamePath { root, steps, fallback_names, .. } = &def.name_path;
    let (own, kind) = match root {
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
        let otherwise = fallback_names.iter().map(|name| format!("{name}{suffix}"));
        let shorter =
            Some(root.name_without_namespace()).filter(|short| matches!(root, Root::Named(_)) && **short != own);
        return NameRequest::new(&def.at, &own, kind).or(otherwise).instead_of(shorter);
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
    NameRequest::new(&def.at, &inner(|label| &label.short), "Inner").or([inner(|label| &label.long)])
}

fn members(def: &TypeDef, scopes: &Scopes<'_>) -> Vec<Name> {
    match &def.shape {
        ItemKind::OpenTuple(_) | ItemKind::Alias(_) | ItemKind::Newtype(_) => Vec::new(),
        ItemKind::Union(Union { variants, .. }) | ItemKind::MessageUnion(variants) => {
            let mut scope = scopes.open(NameKind::Variant, Style::Type, reserved::VARIANTS).of(&def.at);
            let wishes = variants.iter().map(variant_wish);
            scope.assign(&wishes.collect::<Vec<_>>())
        }
        ItemKind::Struct(object) => {
            let mut scope = scopes.open(NameKind::Field, Style::Value, &[]).of(&def.at);
            let fields = object.fields.iter().map(|field| NameRequest::new(&field.at, &field.name, "property"));
            let mut names = scope.assign(&fields.collect::<Vec<_>>());
            let rest = NameRequest::new(&def.at.join("additionalProperties"), "additional properties", "map");
            names.extend(scope.assign(&[rest]));
            names
        }
        ItemKind::Enum(listed) => {
            let mut scope = scopes.open(NameKind::Variant, Style::Type, reserved::VARIANTS).of(&def.at);
            let wishes = listed.members.labels().into_iter().map(|(at, label)| NameRequest::new(at, label, "Value"));
            scope.assign(&wishes.collect::<Vec<_>>())
        }
    }
}

fn variant_wish(variant: &Variant) -> NameRequest {
    NameRequest::new(&variant.at, &variant.label.short, "Variant").or([variant.label.long.clone()])
}

fn events(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    let wishes: Vec<NameRequest> = api.events.iter().map(event_wish).collect();
    scopes.open(NameKind::Event, Style::Type, reserved::VARIANTS).assign(&wishes)
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
    let wish = |(_, def): (TypeId, &TypeDef)| match &def.name_path.root {
        Root::Schema(key) => {
            Some(NameRequest::new(&def.at, key, "Schema").or(def.name_path.fallback_names.iter().cloned()))
        }
        _ => None,
    };
    let (ids, wishes): (Vec<TypeId>, Vec<NameRequest>) =
        aliases().filter_map(|alias| Some((alias.0, wish(alias)?))).unzip();
    ids.into_iter().zip(scopes.open(NameKind::Validator, Style::Value, &[]).assign(&wishes)).collect()
}

fn correlations(api: &Api, scopes: &Scopes<'_>) -> BTreeMap<usize, Name> {
    let with_one = || api.events.iter().enumerate().filter(|(_, event)| event.correlation.is_some());
    let wishes: Vec<NameRequest> = with_one().map(|(_, event)| event_wish(event)).collect();
    with_one()
        .map(|(index, _)| index)
        .zip(scopes.open(NameKind::Correlation, Style::Value, &[]).assign(&wishes))
        .collect()
}

/// One scope for those of all events, because they stand in one module.
fn examples(api: &Api, scopes: &Scopes<'_>) -> Vec<Vec<Name>> {
    let all = api.events.iter().flat_map(|event| &event.examples);
    let wishes: Vec<NameRequest> =
        all.map(|example| NameRequest::new(&example.at, &example.label, "example")).collect();
    let mut names = scopes.open(NameKind::Example, Style::Constant, &[]).assign(&wishes).into_iter();
    api.events.iter().map(|event| names.by_ref().take(event.examples.len()).collect()).collect()
}

fn event_wish(event: &Event) -> NameRequest {
    NameRequest::new(&event.at, &event.label, "Event").or(event.fallback_labels.iter().cloned())
}

fn operations(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    let wishes = api.operations.iter().map(|operation| NameRequest::new(&operation.at, &operation.id, "operation"));
    scopes.open(NameKind::Operation, Style::Value, reserved::METHODS).assign(&wishes.collect::<Vec<_>>())
}

/// A fixed address is a constant, one with parameters a type.
fn channels(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    let is_template = |channel: &Channel| matches!(channel.address, Address::Template(_));
    let wishes = |wanted: bool| -> Vec<NameRequest> {
        let channels = api.channels.iter().filter(|channel| is_template(channel) == wanted);
        channels.map(|channel| NameRequest::new(&channel.at, &channel.key, "channel")).collect()
    };
    let mut constants = scopes.open(NameKind::Channel, Style::Constant, &[]).assign(&wishes(false)).into_iter();
    let mut types = scopes.open(NameKind::Channel, Style::Type, reserved::CHANNELS).assign(&wishes(true)).into_iter();
    let names = api.channels.iter().map(|channel| if is_template(channel) { types.next() } else { constants.next() });
    names.flatten().collect()
}

/// What is asked of shapes to name an event and to call a handler is asked by one function, called after the channel.
fn shape_match_fn_names(api: &Api, scopes: &Scopes<'_>) -> HashMap<Vec<Candidate>, Name> {
    let Routing::ByAddress(AddressRoutes { routes, without_address }) = &api.routing else { return HashMap::new() };
    let at = |arrival: &AddressRoute| &api.channels[arrival.channel];
    let of_arrivals = routes.iter().flat_map(|arrival| {
        let both = [&arrival.operation, &arrival.message].into_iter().filter_map(|telling| telling.shape());
        both.map(move |shape| (shape, at(arrival)))
    });
    let mut asked: HashMap<&Vec<Candidate>, usize> = HashMap::new();
    let mut told: Vec<(&Vec<Candidate>, &Channel)> = Vec::new();
    let twice_without = without_address.iter().filter_map(Rule::shape).flat_map(|shape| [shape, shape]);
    let channel_of = |shape: &Vec<Candidate>| Some(&api.channels[api.operations[shape.first()?.operation].channel]);
    let of_others = twice_without.filter_map(|shape| Some((shape, channel_of(shape)?)));
    for (shape, channel) in of_arrivals.chain(of_others) {
        let count = asked.entry(shape).or_default();
        *count += 1;
        if *count == 2 {
            told.push((shape, channel));
        }
    }
    let wishes =
        told.iter().map(|(_, channel)| NameRequest::new(&channel.at, &format!("told at {}", channel.key), "event"));
    let names = scopes.open_inside(Style::Value).assign(&wishes.collect::<Vec<_>>());
    told.into_iter().map(|(shape, _)| shape.clone()).zip(names).collect()
}

fn parameters(channel: &Channel, scopes: &Scopes<'_>) -> Vec<Name> {
    let Address::Template(template) = &channel.address else { return Vec::new() };
    let wishes =
        template.parameters.iter().map(|parameter| NameRequest::new(&parameter.at, &parameter.key, "parameter"));
    scopes.open(NameKind::Parameter, Style::Value, &[]).of(&channel.at).assign(&wishes.collect::<Vec<_>>())
}

fn servers(api: &Api, scopes: &Scopes<'_>) -> Vec<Name> {
    let wishes = api.servers.iter().map(|server| NameRequest::new(&server.at, &server.key, "server"));
    scopes.open(NameKind::Server, Style::Value, &[]).assign(&wishes.collect::<Vec<_>>())
}

fn variables(server: &crate::ir::Server, scopes: &Scopes<'_>) -> Vec<Name> {
    let wishes = server.variables.iter().map(|variable| NameRequest::new(&variable.at, &variable.key, "variable"));
    scopes.open(NameKind::Variable, Style::Value, &[]).of(&server.at).assign(&wishes.collect::<Vec<_>>())
}

/// One scope for the enums of all servers, because they stand in one module.
fn choices(api: &Api, scopes: &Scopes<'_>) -> BTreeMap<(usize, usize), ServerVariableNames> {
    let variables = api.servers.iter().enumerate().flat_map(|(at, server)| {
        let variables = server.variables.iter().enumerate();
        variables.map(move |(index, variable)| ((at, index), server, variable))
    });
    let listed: Vec<_> = variables.filter(|(_, _, variable)| !variable.values.is_empty()).collect();
    let wishes = listed.iter().map(|(_, server, variable)| {
        NameRequest::new(&variable.at, &format!("{} {}", server.key, variable.key), "Variable")
    });
    let names = scopes.open(NameKind::VariableType, Style::Type, reserved::SERVERS).assign(&wishes.collect::<Vec<_>>());
    let choice = |((key, _, variable), name): (&(_, _, &Variable), Name)| {
        let wishes = variable.values.iter().map(|value| NameRequest::new(&value.at, &value.value, "Value"));
        let variants =
            scopes.open(NameKind::Variant, Style::Type, &[]).of(&variable.at).assign(&wishes.collect::<Vec<_>>());
        (*key, ServerVariableNames { name, variants })
    };
    listed.iter().zip(names).map(choice).collect()
}

/// A module for each object that has bindings; those of each kind stand together, apart from the other kinds.
fn bindings(api: &Api, scopes: &Scopes<'_>) -> Vec<(Name, Vec<Name>)> {
    let modules = BindingOwner::ALL.into_iter().flat_map(|kind| {
        let bound = api.bindings.iter().filter(|bound| bound.owner == kind);
        let wishes = bound.map(|bound| NameRequest::new(&bound.at, &bound.key, "binding"));
        scopes.open(NameKind::Bindings, Style::Value, reserved::BINDINGS).assign(&wishes.collect::<Vec<_>>())
    });
    let named = modules.zip(&api.bindings).map(|(module, bound)| {
        let wishes = bound.constants.iter().map(|constant| NameRequest::new(&constant.at, &constant.label, "binding"));
        (module, scopes.open(NameKind::Binding, Style::Constant, &[]).of(&bound.at).assign(&wishes.collect::<Vec<_>>()))
    });
    named.collect()
}
