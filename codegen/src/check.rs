//! Rules about documents and options that the parser does not check, one function for each.

pub(crate) mod attributes;
mod examples;
mod options;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, OutputScope};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Strictness};
use crate::document::{Address, Channel, Document, Server};
use crate::location::Location;
use crate::suggestion;

/// Checks every rule.
pub(crate) fn check(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    operation_ids_are_unique(document, diagnostics);
    options::check(document, config, diagnostics);
    examples::examples_match_their_schemas(document, diagnostics);
    document_has_operations(document, config, diagnostics);
    for channel in &document.channels {
        address_is_a_template(channel, diagnostics);
        address_is_described(channel, diagnostics);
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
/// channels: {}
/// ```
fn document_has_operations(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    let is_consequence = diagnostics.has_errors(Strictness::Lenient);
    if is_consequence || !document.operations.is_empty() || config.scope != OutputScope::Everything {
        return;
    }
    let (key, help) = if document.channels.is_empty() {
        // A document of schemas is common: other documents refer to it.
        if !document.components.is_empty() {
            return;
        }
        ("channels", "add channels and operations, or choose to generate only types")
    } else {
        ("operations", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3")
    };
    let message = format!("the document has no {key}, so only types are generated");
    diagnostics.push(Diagnostic::new(Severity::Warning, &Location::root(), message).with_help(help));
}

/// A warning about the address of a channel: at `address`, or in AsyncAPI 2 at the key.
fn address_warning(channel: &Channel, message: String) -> Diagnostic {
    match &channel.address_at {
        Some(at) => Diagnostic::new(Severity::Warning, at, message),
        None => Diagnostic::new(Severity::Warning, &channel.key_at, message).at_key(),
    }
}

/// ```yaml
/// address: 'orders/{id'
/// address: 'orders/{}'
/// address: 'orders?page=1'
/// ```
fn address_is_a_template(channel: &Channel, diagnostics: &Diagnostics) {
    let Address::Known(address) = &channel.address else { return };
    let names = template_names(address);
    let mut seen = BTreeSet::new();
    let is_wildcard = |segment: &str| segment == "#";
    let mut segments = address.split(['/', '.']);
    let opened = address.matches('{').count();
    let (message, help) = if opened != names.len() || opened != address.matches('}').count() {
        ("the address has a brace without its pair".to_owned(), "write `{name}` for each parameter")
    } else if names.contains(&"") {
        ("the address has a parameter without a name".to_owned(), "write the name between the braces")
    } else if let Some(name) = names.iter().find(|name| !seen.insert(**name)) {
        (format!("the address contains `{{{name}}}` twice"), "give each parameter a name of its own")
    } else if let (None, Some(name)) = (&channel.address_at, names.iter().find(|name| !is_template_name(name))) {
        (format!("`{name}` is not a name of a URI template"), "use only letters, digits, `_` and `.`")
    } else if address.contains('?') {
        ("the address contains a query".to_owned(), "describe it in the `query` of a binding")
    } else if segments.any(|segment| segment.contains('#') && !is_wildcard(segment)) {
        ("the address contains a fragment".to_owned(), "remove `#` and what follows")
    } else {
        return;
    };
    diagnostics.push(address_warning(channel, message).with_help(help));
}

/// A variable name of a URI template (RFC 6570, section 2.3). AsyncAPI 2 requires it.
fn is_template_name(name: &str) -> bool {
    name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.' | '%'))
}

/// ```yaml
/// address: 'orders/{region}'                     # no `parameters`
/// ```
fn address_is_described(channel: &Channel, diagnostics: &Diagnostics) {
    let Address::Known(address) = &channel.address else { return };
    let named = template_names(address);
    let declared: Vec<&str> = channel.parameters.iter().map(|parameter| parameter.key.as_str()).collect();
    // A misspelled parameter has its own warning.
    let unused = || declared.iter().copied().filter(|name| !named.contains(name));
    let undescribed = named.iter().filter(|name| !name.is_empty() && !declared.contains(name));
    for name in undescribed.filter(|name| suggestion::nearest(name, unused()).is_none()) {
        let message = format!("`parameters` does not describe `{{{name}}}` of the address");
        let help = format!("add `{name}` to `parameters` of the channel");
        diagnostics.push(address_warning(channel, message).with_help(help));
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
