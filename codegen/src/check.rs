//! Rules about documents and options that the parser does not check, one function for each.

pub(crate) mod attributes;
mod examples;
mod options;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Address, Channel, Document, Server};
use crate::location::Location;
use crate::suggestion;

/// Checks every rule.
pub(crate) fn check(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    operation_ids_are_unique(document, diagnostics);
    options::check(document, config, diagnostics);
    examples::examples_match_their_schemas(document, diagnostics);
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
    let mut first: BTreeMap<&str, &Location> = BTreeMap::new();
    for operation in &document.operations {
        let Some(id) = &operation.id else { continue };
        if let Some(other) = first.insert(id, &operation.at) {
            let message = format!("the operationId `{id}` is already used by `#{}`", other.pointer);
            let place = operation.at.join("operationId");
            diagnostics
                .push(Diagnostic::new(Severity::Error, &place, message).with_help("give each operation a unique id"));
        }
    }
}

/// ```yaml
/// address: 'orders/{region}'
/// parameters: {regio: {enum: [eu, us]}}
/// ```
fn parameters_are_in_the_address(channel: &Channel, diagnostics: &Diagnostics) {
    let Address::Known(address) = &channel.address else { return };
    let named = template_names(address);
    let declared: BTreeSet<&str> = channel.parameters.iter().map(|parameter| parameter.key.as_str()).collect();
    for parameter in channel.parameters.iter().filter(|parameter| !named.contains(&parameter.key.as_str())) {
        let undeclared = named.iter().copied().filter(|name| !declared.contains(name));
        let help = suggestion::nearest(&parameter.key, undeclared)
            .map_or_else(|| "remove the parameter".to_owned(), |name| format!("did you mean `{name}`?"));
        let message = format!("the address has no `{{{}}}`", parameter.key);
        let at = channel.at.join("parameters").join(&parameter.key);
        let diagnostic = Diagnostic::new(Severity::Warning, &at, message);
        diagnostics.push(diagnostic.at_key().with_help(help));
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
            let message = format!("the url contains `{{{name}}}`, which is not in `variables`");
            diagnostics.push(
                Diagnostic::new(Severity::Warning, &server.at.join("url"), message)
                    .with_help(format!("add `{name}` to `variables`")),
            );
        }
    }
    for variable in &server.variables {
        if !named.contains(&variable.key.as_str()) {
            let message = format!("the url has no `{{{}}}`", variable.key);
            diagnostics.push(
                Diagnostic::new(Severity::Warning, &variable.at, message).at_key().with_help("remove the variable"),
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
                    .with_help(format!("the values are {}", variable.values.join(", "))),
            );
        }
    }
}

/// The names between braces.
fn template_names(template: &str) -> Vec<&str> {
    let opened = template.split('{').skip(1);
    opened.filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}
