//! Rules about options. The diagnostics point to where the option is set.

use std::collections::BTreeSet;

use super::attributes;
use crate::config::{Config, Defaults, Validation};
use crate::diagnostic::{Diagnostic, Diagnostics, OptionSite, Severity};
use crate::document::Document;
use crate::location::Location;
use crate::suggestion;

/// Checks every rule.
pub(super) fn check(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    operations_exist(document, config, diagnostics);
    filled_defaults_exclude_validation(config, diagnostics);
    types_are_rust_types(config, diagnostics);
    attributes_parse(config, diagnostics);
    module_is_an_identifier(config, diagnostics);
}

/// `Config::new().operations(["onRefund"])` where no operation has this id.
fn operations_exist(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    let ids: BTreeSet<&str> = document.operations.iter().filter_map(|operation| operation.id.as_deref()).collect();
    for id in config.operations.iter().flatten() {
        if !ids.contains(id.as_str()) {
            let message = format!("there is no operation with the id `{id}`");
            let known: Vec<&str> = document.operations.iter().filter_map(|operation| operation.id.as_deref()).collect();
            let help = suggestion::nearest(id, known.iter().copied()).map_or_else(
                || format!("the ids are {}", known.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            let option = config.option_site("operations", id);
            let place = Location::root().join("channels");
            let diagnostic = Diagnostic::at_option(Severity::Error, &option, &place, message);
            diagnostics.push(diagnostic.at_key().with_help(help));
        }
    }
}

/// `Config::new().defaults(Defaults::Filled).validation(Validation::Full)`: filled defaults would be validated like
/// values that were sent, and could violate `dependencies` or `maxProperties`.
fn filled_defaults_exclude_validation(config: &Config, diagnostics: &Diagnostics) {
    if config.defaults == Defaults::Filled && config.validation == Validation::Full {
        let (defaults, validation) =
            (config.option_site("defaults", "filled"), config.option_site("validation", "full"));
        let message = format!(
            "filled defaults (`{defaults}`) cannot be distinguished from values that were sent, so values cannot be \
             validated (`{validation}`)"
        );
        let help = "remove the option for defaults: each such field has a method that returns its value or the default";
        diagnostics.push(error(&defaults, &Location::root(), message).with_help(help));
    }
}

/// `Config::new().map_format("date-time", "not a type")`
fn types_are_rust_types(config: &Config, diagnostics: &Diagnostics) {
    let formats = config.format_types.iter().map(|(format, path)| ("map_format", format.as_str(), path));
    let encoded = config.schema_format_types.iter().map(|(schema, path)| ("map_schema_format", schema.as_str(), path));
    let replaced = config.replacements.iter().map(|(pattern, path)| ("replace", pattern.as_str(), path));
    for (method, from, path) in formats.chain(encoded).chain(replaced).filter(|(.., path)| !is_type(path)) {
        let message = format!("`{path}`, the type for `{from}`, is not a Rust type");
        let option = config.option_site_for(method, from, path);
        diagnostics.push(error(&option, &Location::root(), message).with_help("give a path, such as `uuid::Uuid`"));
    }
    let numbers = [
        ("integer_type", "integers", "i32", &config.integer_type),
        ("number_type", "numbers", "f32", &config.number_type),
    ];
    for (method, what, example, path) in numbers {
        let Some(path) = path.as_ref().filter(|path| !is_type(path)) else { continue };
        let message = format!("`{path}`, the type of {what}, is not a Rust type");
        let diagnostic = error(&config.option_site(method, path), &Location::root(), message);
        diagnostics.push(diagnostic.with_help(format!("give a path, such as `{example}`")));
    }
    // Type parameters are added to it, so only a path is valid.
    if let Some(path) = config.map_type.as_ref().filter(|path| syn::parse_str::<syn::Path>(path).is_err()) {
        let message = format!("`{path}`, the type of maps, is not a Rust path");
        diagnostics.push(
            error(&config.option_site("map_type", path), &Location::root(), message)
                .with_help("give a path without type parameters, such as `std::collections::HashMap`"),
        );
    }
}

fn is_type(text: &str) -> bool {
    syn::parse_str::<syn::Type>(text).is_ok()
}

/// `Config::new().derive("/**", "Eq Hash")`, `Config::new().type_attribute("/**", "serde(default)")`
fn attributes_parse(config: &Config, diagnostics: &Diagnostics) {
    for (pattern, text) in config.derives.iter().filter(|(_, text)| attributes::parse_traits(text).is_none()) {
        let message = format!("`{text}`, the derives for `{pattern}`, is not a list of traits");
        let option = config.option_site_for("derive", pattern.as_str(), text);
        diagnostics.push(
            error(&option, &pattern.literal_prefix(), message)
                .with_help("write it as in `#[derive(…)]`, such as `Eq, Hash`"),
        );
    }
    let for_types = config.type_attributes.iter().map(|entry| ("type_attribute", entry));
    let for_fields = config.field_attributes.iter().map(|entry| ("field_attribute", entry));
    for (method, (pattern, text)) in for_types.chain(for_fields) {
        if attributes::parse_attributes(text).is_none() {
            let message = format!("`{text}`, the attribute for `{pattern}`, is not a Rust attribute");
            let option = config.option_site_for(method, pattern.as_str(), text);
            diagnostics.push(
                error(&option, &pattern.literal_prefix(), message)
                    .with_help("write it as in Rust, such as `#[serde(default)]`"),
            );
        }
    }
}

/// `Config::new().module("my-orders")`
fn module_is_an_identifier(config: &Config, diagnostics: &Diagnostics) {
    if let Some(name) = config.module.as_ref().filter(|name| syn::parse_str::<syn::Ident>(name).is_err()) {
        let message = format!("`{name}`, the name of the module, is not a Rust identifier");
        let diagnostic = error(&config.option_site("module", name), &Location::root(), message);
        diagnostics.push(diagnostic.with_help("give a name such as `orders`"));
    }
}

/// An error about an option.
fn error(option: &OptionSite, place: &Location, message: String) -> Diagnostic {
    Diagnostic::at_option(Severity::Error, option, place, message)
}
