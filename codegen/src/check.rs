//! Stage three: rules that a document must keep beyond its grammar, one function each.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{self, Config, Defaults, Perspective, Validation};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Address, Channel, Document, Operation, Place, Server};
use crate::near;

/// Runs every rule; each reports what it finds.
pub(crate) fn check(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    operation_ids_are_unique(document, diagnostics);
    chosen_operations_exist(document, config, diagnostics);
    filled_defaults_are_not_validated(config, diagnostics);
    chosen_types_are_types(config, diagnostics);
    chosen_attributes_parse(config, diagnostics);
    module_is_an_identifier(config, diagnostics);
    something_arrives(document, config, diagnostics);
    for channel in &document.channels {
        parameters_are_in_the_address(channel, diagnostics);
    }
    for server in &document.servers {
        url_names_its_variables(server, diagnostics);
        default_is_among_the_values(server, diagnostics);
    }
}

/// ```yaml
/// orders: {subscribe: {operationId: onOrder}}
/// refunds: {subscribe: {operationId: onOrder}}   # the same id
/// ```
fn operation_ids_are_unique(document: &Document, diagnostics: &Diagnostics) {
    let mut first: BTreeMap<&str, &Place> = BTreeMap::new();
    for operation in &document.operations {
        let Some(id) = &operation.id else { continue };
        if let Some(other) = first.insert(id, &operation.at) {
            let message = format!("the operationId `{id}` is taken by `#{}`", other.pointer);
            let place = operation.at.join("operationId");
            diagnostics.push(
                Diagnostic::new(Severity::Error, &place, message).with_cure("give each operation an id of its own"),
            );
        }
    }
}

/// `Config::new().operations(["onRefund"])` where no operation has this id.
fn chosen_operations_exist(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    let ids: BTreeSet<&str> = document.operations.iter().filter_map(|operation| operation.id.as_deref()).collect();
    for chosen in config.operations.iter().flatten() {
        if !ids.contains(chosen.as_str()) {
            let message = format!("no operation has the id `{chosen}`, which the configuration asks for");
            let known: Vec<&str> = document.operations.iter().filter_map(|operation| operation.id.as_deref()).collect();
            diagnostics.push(
                Diagnostic::new(Severity::Error, &Place::root().join("channels"), message)
                    .at_key()
                    .with_cure(format!("the ids are {}", known.join(", "))),
            );
        }
    }
}

/// `Config::new().defaults(Defaults::Filled).validation(Validation::Full)`: what was filled in would be validated as if it
/// had been sent, and `dependencies` or `maxProperties` would find fault with it.
fn filled_defaults_are_not_validated(config: &Config, diagnostics: &Diagnostics) {
    if config.defaults == Defaults::Filled && config.validation == Validation::Full {
        let message = "defaults that are filled in (`Config::defaults`) cannot be told from what was sent, so values \
                       cannot be validated (`Config::validation`)";
        let cure = "leave the defaults apart: each such field has a method that gives the value or the default";
        diagnostics.push(Diagnostic::new(Severity::Error, &Place::root(), message).with_cure(cure));
    }
}

/// `Config::new().map_format("date-time", "not a type")`
fn chosen_types_are_types(config: &Config, diagnostics: &Diagnostics) {
    let mapped = config.formats.iter().chain(&config.encoded).map(|(from, path)| (from.clone(), path));
    let replaced = config.replacements.iter().map(|(pattern, path)| (pattern.to_string(), path));
    let chosen = [("integer", &config.integer_type), ("number", &config.number_type)];
    let chosen = chosen.into_iter().filter_map(|(name, path)| Some((name.to_owned(), path.as_ref()?)));
    for (from, path) in mapped.chain(replaced).chain(chosen) {
        if syn::parse_str::<syn::Type>(path).is_err() {
            let message = format!("`{path}`, which `{from}` is mapped to, is not a Rust type");
            diagnostics.push(
                Diagnostic::new(Severity::Error, &Place::root(), message)
                    .with_cure("give a path, such as `uuid::Uuid`"),
            );
        }
    }
    // The parameters are added to the path, so it may be nothing else.
    if let Some(path) = config.map_type.as_ref().filter(|path| syn::parse_str::<syn::Path>(path).is_err()) {
        let message = format!("`{path}`, which maps are to be, is not the path of a Rust type");
        diagnostics.push(
            Diagnostic::new(Severity::Error, &Place::root(), message)
                .with_cure("give a path without parameters, such as `std::collections::HashMap`"),
        );
    }
}

/// `Config::new().derive("/**", "Eq Hash")`, `Config::new().type_attribute("/**", "serde(default)")`
fn chosen_attributes_parse(config: &Config, diagnostics: &Diagnostics) {
    for (pattern, text) in config.derives.iter().filter(|(_, text)| config::traits(text).is_none()) {
        let message = format!("`{text}`, which the types at `{pattern}` are to derive, is not a list of traits");
        diagnostics.push(
            Diagnostic::new(Severity::Error, &pattern.place(), message)
                .with_cure("write it as in `#[derive(…)]`, such as `Eq, Hash`"),
        );
    }
    let texts = config.type_attributes.iter().chain(config.field_attributes.iter());
    for (pattern, text) in texts.filter(|(_, text)| config::attributes(text).is_none()) {
        let message = format!("`{text}`, chosen for `{pattern}`, is not an attribute");
        diagnostics.push(
            Diagnostic::new(Severity::Error, &pattern.place(), message)
                .with_cure("write it as in Rust, such as `#[serde(default)]`"),
        );
    }
}

/// `Config::new().module("my-orders")`
fn module_is_an_identifier(config: &Config, diagnostics: &Diagnostics) {
    if let Some(name) = config.module.as_ref().filter(|name| syn::parse_str::<syn::Ident>(name).is_err()) {
        let message = format!("`{name}`, which the module is to be called, is not a Rust identifier");
        diagnostics
            .push(Diagnostic::new(Severity::Error, &Place::root(), message).with_cure("give a name such as `orders`"));
    }
}

/// A document with nothing but `publish`, looked at from the client's side.
fn something_arrives(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    let arrives = |operation: &Operation| config.perspective.handles(operation.action);
    if document.operations.is_empty() || document.operations.iter().any(arrives) {
        return;
    }
    let (side, other) = match config.perspective {
        Perspective::Client => ("a client", "Perspective::Application"),
        Perspective::Application => ("the application", "Perspective::Client"),
    };
    let message = format!("nothing in this document arrives at {side}, so there is no handler");
    diagnostics.push(
        Diagnostic::new(Severity::Warning, &Place::root().join("channels"), message)
            .at_key()
            .with_cure(format!("if you are the other side, choose `{other}`")),
    );
}

/// ```yaml
/// address: 'orders/{region}'
/// parameters: {regio: {enum: [eu, us]}}
/// ```
fn parameters_are_in_the_address(channel: &Channel, diagnostics: &Diagnostics) {
    let Address::Known(address) = &channel.address else { return };
    let named = template_names(address);
    let described: BTreeSet<&str> = channel.parameters.iter().map(|parameter| parameter.key.as_str()).collect();
    for parameter in channel.parameters.iter().filter(|parameter| !named.contains(&parameter.key.as_str())) {
        let undescribed = named.iter().copied().filter(|name| !described.contains(name));
        let cure = near::nearest(&parameter.key, undescribed)
            .map_or_else(|| "take the parameter out".to_owned(), |near| format!("did you mean `{near}`?"));
        let message = format!("the address has no `{{{}}}`", parameter.key);
        let at = channel.at.join("parameters").join(&parameter.key);
        let diagnostic = Diagnostic::new(Severity::Warning, &at, message);
        diagnostics.push(diagnostic.at_key().with_cure(cure));
    }
}

/// ```yaml
/// url: 'https://{region}.example.com'
/// variables: {}                                  # no `region`
/// ```
fn url_names_its_variables(server: &Server, diagnostics: &Diagnostics) {
    let named = template_names(&server.url);
    for name in &named {
        if !server.variables.iter().any(|variable| variable.key == *name) {
            let message = format!("the url speaks of `{{{name}}}`, and `variables` does not");
            diagnostics.push(
                Diagnostic::new(Severity::Warning, &server.at.join("url"), message)
                    .with_cure(format!("describe `{name}` under `variables`")),
            );
        }
    }
    for variable in &server.variables {
        if !named.contains(&variable.key.as_str()) {
            let message = format!("the url has no `{{{}}}`", variable.key);
            diagnostics.push(
                Diagnostic::new(Severity::Warning, &variable.at, message).at_key().with_cure("take the variable out"),
            );
        }
    }
}

/// ```yaml
/// variables: {region: {enum: [eu, us], default: asia}}
/// ```
fn default_is_among_the_values(server: &Server, diagnostics: &Diagnostics) {
    for variable in &server.variables {
        let Some(default) = &variable.default else { continue };
        if !variable.values.is_empty() && !variable.values.contains(default) {
            let message = format!("the default `{default}` is not among the values of `{}`", variable.key);
            diagnostics.push(
                Diagnostic::new(Severity::Warning, &variable.at.join("default"), message)
                    .with_cure(format!("the values are {}", variable.values.join(", "))),
            );
        }
    }
}

/// The names between braces.
fn template_names(template: &str) -> Vec<&str> {
    let opened = template.split('{').skip(1);
    opened.filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}
