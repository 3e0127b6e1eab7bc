//! Rules for what was chosen: each fault stands where the option does.

use std::collections::BTreeSet;

use super::attributes;
use crate::config::{Config, Defaults, Validation};
use crate::diagnostic::{Diagnostic, Diagnostics, OptionSite, Severity};
use crate::document::Document;
use crate::location::Location;
use crate::suggestion;

/// Runs every rule.
pub(super) fn check(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    chosen_operations_exist(document, config, diagnostics);
    filled_defaults_are_not_validated(config, diagnostics);
    chosen_types_are_types(config, diagnostics);
    chosen_attributes_parse(config, diagnostics);
    module_is_an_identifier(config, diagnostics);
}

/// `Config::new().operations(["onRefund"])` where no operation has this id.
fn chosen_operations_exist(document: &Document, config: &Config, diagnostics: &Diagnostics) {
    let ids: BTreeSet<&str> = document.operations.iter().filter_map(|operation| operation.id.as_deref()).collect();
    for chosen in config.operations.iter().flatten() {
        if !ids.contains(chosen.as_str()) {
            let message = format!("no operation has the id `{chosen}`, which the configuration asks for");
            let known: Vec<&str> = document.operations.iter().filter_map(|operation| operation.id.as_deref()).collect();
            let cure = suggestion::nearest(chosen, known.iter().copied())
                .map_or_else(|| format!("the ids are {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
            let choice = config.choice("operations", chosen);
            let place = Location::root().join("channels");
            let diagnostic = Diagnostic::of_choice(Severity::Error, &choice, &place, message);
            diagnostics.push(diagnostic.at_key().with_help(cure));
        }
    }
}

/// `Config::new().defaults(Defaults::Filled).validation(Validation::Full)`: what was filled in would be validated as if it
/// had been sent, and `dependencies` or `maxProperties` would find fault with it.
fn filled_defaults_are_not_validated(config: &Config, diagnostics: &Diagnostics) {
    if config.defaults == Defaults::Filled && config.validation == Validation::Full {
        let (defaults, validation) = (config.choice("defaults", "filled"), config.choice("validation", "full"));
        let message = format!(
            "defaults that are filled in (`{defaults}`) cannot be told from what was sent, so values cannot be \
             validated (`{validation}`)"
        );
        let cure = "leave the defaults apart: each such field has a method that gives the value or the default";
        diagnostics.push(fault(&defaults, &Location::root(), message).with_help(cure));
    }
}

/// `Config::new().map_format("date-time", "not a type")`
fn chosen_types_are_types(config: &Config, diagnostics: &Diagnostics) {
    let formats = config.formats.iter().map(|(format, path)| ("map_format", format.as_str(), path));
    let encoded = config.encoded.iter().map(|(schema, path)| ("map_schema_format", schema.as_str(), path));
    let replaced = config.replacements.iter().map(|(pattern, path)| ("replace", pattern.as_str(), path));
    for (method, from, path) in formats.chain(encoded).chain(replaced).filter(|(.., path)| !is_type(path)) {
        let message = format!("`{path}`, which `{from}` is mapped to, is not a Rust type");
        let choice = config.choice_for(method, from, path);
        diagnostics.push(fault(&choice, &Location::root(), message).with_help("give a path, such as `uuid::Uuid`"));
    }
    let numbers = [
        ("integer_type", "integers are", "i32", &config.integer_type),
        ("number_type", "numbers are", "f32", &config.number_type),
    ];
    for (method, what, such, path) in numbers {
        let Some(path) = path.as_ref().filter(|path| !is_type(path)) else { continue };
        let message = format!("`{path}`, which {what} to be, is not a Rust type");
        let diagnostic = fault(&config.choice(method, path), &Location::root(), message);
        diagnostics.push(diagnostic.with_help(format!("give a path, such as `{such}`")));
    }
    // The parameters are added to the path, so it may be nothing else.
    if let Some(path) = config.map_type.as_ref().filter(|path| syn::parse_str::<syn::Path>(path).is_err()) {
        let message = format!("`{path}`, which maps are to be, is not the path of a Rust type");
        diagnostics.push(
            fault(&config.choice("map_type", path), &Location::root(), message)
                .with_help("give a path without parameters, such as `std::collections::HashMap`"),
        );
    }
}

fn is_type(path: &str) -> bool {
    syn::parse_str::<syn::Type>(path).is_ok()
}

/// `Config::new().derive("/**", "Eq Hash")`, `Config::new().type_attribute("/**", "serde(default)")`
fn chosen_attributes_parse(config: &Config, diagnostics: &Diagnostics) {
    for (pattern, text) in config.derives.iter().filter(|(_, text)| attributes::parse_traits(text).is_none()) {
        let message = format!("`{text}`, which the types at `{pattern}` are to derive, is not a list of traits");
        let choice = config.choice_for("derive", pattern.as_str(), text);
        diagnostics.push(
            fault(&choice, &pattern.place(), message).with_help("write it as in `#[derive(…)]`, such as `Eq, Hash`"),
        );
    }
    let of_types = config.type_attributes.iter().map(|chosen| ("type_attribute", chosen));
    let of_fields = config.field_attributes.iter().map(|chosen| ("field_attribute", chosen));
    for (method, (pattern, text)) in of_types.chain(of_fields) {
        if attributes::parse_attributes(text).is_none() {
            let message = format!("`{text}`, chosen for `{pattern}`, is not an attribute");
            let choice = config.choice_for(method, pattern.as_str(), text);
            diagnostics.push(
                fault(&choice, &pattern.place(), message).with_help("write it as in Rust, such as `#[serde(default)]`"),
            );
        }
    }
}

/// `Config::new().module("my-orders")`
fn module_is_an_identifier(config: &Config, diagnostics: &Diagnostics) {
    if let Some(name) = config.module.as_ref().filter(|name| syn::parse_str::<syn::Ident>(name).is_err()) {
        let message = format!("`{name}`, which the module is to be called, is not a Rust identifier");
        let diagnostic = fault(&config.choice("module", name), &Location::root(), message);
        diagnostics.push(diagnostic.with_help("give a name such as `orders`"));
    }
}

/// An error of an option.
fn fault(choice: &OptionSite, place: &Location, message: String) -> Diagnostic {
    Diagnostic::of_choice(Severity::Error, choice, place, message)
}
