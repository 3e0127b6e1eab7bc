//! The options that say how the generated code is written, as `emit` reads them.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::check::attributes;
use crate::config::{self, Config, IntegerParsing, UniqueItems};
use crate::ir::{
    CustomAttributes, Derive, Event, Exhaustiveness, FieldReader, FreeForm, HandlerMethods, IntegerNotation,
    ItemAttributes, ItemKind, MemberAttributes, OutputOptions, OutputScope, Server, SetType, Setters, TypeDef, Types,
    Union,
};
use crate::location::Pointer;

/// The options for the output. Parses the derives and attributes once; `check` has reported those that do not parse.
pub(super) fn output_options(config: &Config, types: &Types, events: &[Event], servers: &[Server]) -> OutputOptions {
    OutputOptions {
        scope: match config.scope {
            config::OutputScope::Everything => OutputScope::Everything,
            config::OutputScope::TypesOnly => OutputScope::TypesOnly,
        },
        handler_methods: match config.handler_methods {
            config::HandlerMethods::Required => HandlerMethods::Required,
            config::HandlerMethods::Default => HandlerMethods::Provided,
        },
        map_type: config.map_type.clone(),
        set_type: match config.unique_items {
            // A list stays a list, so this set type is never used.
            UniqueItems::Vec | UniqueItems::BTreeSet => SetType::BTree,
            UniqueItems::HashSet => SetType::Hash,
            UniqueItems::IndexSet => SetType::Index,
        },
        free_form: match config.free_form {
            config::FreeForm::Parsed => FreeForm::Parsed,
            config::FreeForm::Raw => FreeForm::Raw,
        },
        module: config.module.clone(),
        integer_notation: match config.integer_parsing {
            IntegerParsing::Lenient => IntegerNotation::AnyNumber,
            IntegerParsing::Strict => IntegerNotation::Digits,
        },
        attributes: CustomAttributes {
            items: item_attributes(config, types),
            members: member_attributes(config, types, events, servers),
        },
    }
}

/// Marks the structs that the options `non_exhaustive` and `setters` name.
pub(super) fn mark_structs(types: &mut Types, config: &Config) {
    for def in &mut types.0 {
        let at = &def.at.pointer;
        let ItemKind::Struct(object) = &mut def.shape else { continue };
        if config.non_exhaustive.matches(at) {
            object.exhaustiveness = Exhaustiveness::NonExhaustive;
        }
        if config.setters.matches(at) {
            object.setters = Setters::Generated;
        }
    }
}

/// By the places of the types. `EventName` has the place of the whole document.
fn item_attributes(config: &Config, types: &Types) -> HashMap<Pointer, ItemAttributes> {
    if config.derives.is_empty() && config.type_attributes.is_empty() {
        return HashMap::new();
    }
    let places = types.iter().map(|(_, def)| def.at.pointer.clone()).chain([Pointer::root()]);
    let attributes = places.map(|at| {
        let derives = config.derives.all(&at).filter_map(|text| attributes::parse_traits(text)).flatten();
        let attributes =
            config.type_attributes.all(&at).filter_map(|text| attributes::parse_attributes(text)).flatten();
        // A derive's own attributes have one segment, such as `serde`. A macro with one could not be distinguished.
        let (macros, helpers): (Vec<_>, Vec<_>) = attributes.partition(|attribute| attribute.path().segments.len() > 1);
        let attributes = ItemAttributes {
            derives: derives.map(|path| derive(&path)).collect(),
            macros: quote!(#(#macros)*),
            helpers: quote!(#(#helpers)*),
        };
        (at, attributes)
    });
    attributes.collect()
}

fn derive(path: &syn::Path) -> Derive {
    let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    Derive { name, path: path.to_token_stream() }
}

/// By the places of fields, variants, enum values, messages, and the values of server variables.
fn member_attributes(
    config: &Config,
    types: &Types,
    events: &[Event],
    servers: &[Server],
) -> HashMap<Pointer, MemberAttributes> {
    if config.field_attributes.is_empty() {
        return HashMap::new();
    }
    let variables = servers.iter().flat_map(|server| &server.variables).flat_map(|variable| &variable.values);
    let places = (types.iter().flat_map(|(_, def)| member_places(def)))
        .chain(events.iter().map(|event| &event.at.pointer))
        .chain(variables.map(|value| &value.at.pointer));
    let attributes = places.map(|at| {
        let parsed = config.field_attributes.all(at).filter_map(|text| attributes::parse_attributes(text));
        let tokens: TokenStream = parsed.flatten().map(ToTokens::into_token_stream).collect();
        let reader = if names_reader(tokens.clone()) { FieldReader::Custom } else { FieldReader::Generated };
        (at.clone(), MemberAttributes { tokens, reader })
    });
    attributes.collect()
}

/// Whether the attributes name the function that reads the field.
fn names_reader(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => names_reader(group.stream()),
        TokenTree::Ident(ident) => ["deserialize_with", "serde_as", "with"].iter().any(|word| ident == word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The places of the fields or variants of a type.
pub(super) fn member_places(def: &TypeDef) -> Vec<&Pointer> {
    match &def.shape {
        ItemKind::Struct(object) => object.fields.iter().map(|field| &field.at.pointer).collect(),
        ItemKind::Enum(listed) => listed.members.labels().into_iter().map(|(at, _)| &at.pointer).collect(),
        ItemKind::Union(Union { variants, .. }) | ItemKind::MessageUnion(variants) => {
            variants.iter().map(|variant| &variant.at.pointer).collect()
        }
        ItemKind::OpenTuple(_) | ItemKind::Alias(_) | ItemKind::Newtype(_) => Vec::new(),
    }
}
