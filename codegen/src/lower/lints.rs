//! Warnings about probable mistakes in schemas that are valid, such as a misspelled name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::union;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Keywords, SchemaId, Schemas};
use crate::ir::TagValue;
use crate::location::Location;
use crate::normalize::{alternatives, merge};
use crate::suggestion;

/// Runs every lint over every schema.
pub(super) fn check(schemas: &Schemas, config: &Config, diagnostics: &Diagnostics) {
    let ids = schemas.in_order();
    let all: Vec<&Keywords> = ids.iter().filter_map(|id| schemas.own_keywords(*id)).collect();
    let subschemas: BTreeSet<SchemaId> =
        all.iter().flat_map(|keywords| in_place_subschemas(keywords)).filter_map(|id| schemas.definition(id)).collect();
    let everywhere: HashSet<&str> = all.iter().flat_map(|keywords| property_names(keywords)).collect();
    for (id, keywords) in ids.iter().filter_map(|id| Some((id, schemas.own_keywords(*id)?))) {
        // A schema inside `allOf` and the like can require a property that another one describes.
        let elsewhere = subschemas.contains(id).then_some(&everywhere);
        check_required_names(schemas, keywords, elsewhere, diagnostics);
    }
    check_mapped_formats(&all, config, diagnostics);
    for keywords in all {
        check_closed_all_of(schemas, keywords, diagnostics);
        check_item_list(keywords, diagnostics);
        check_format(keywords, config, diagnostics);
        check_discriminator_property(schemas, keywords, diagnostics);
        check_discriminator_values(schemas, keywords, diagnostics);
        check_constants(schemas, keywords, diagnostics);
    }
}

/// The properties that a schema describes itself.
fn property_names(keywords: &Keywords) -> impl Iterator<Item = &str> {
    keywords.properties.iter().map(|(name, _)| name.as_str())
}

/// The subschemas that apply to the same value as the schema (JSON Schema: in-place applicators).
fn in_place_subschemas(keywords: &Keywords) -> impl Iterator<Item = SchemaId> {
    let others = keywords.assertions.schemas.iter().map(|(_, id)| *id);
    [&keywords.all_of, &keywords.any_of, &keywords.one_of].into_iter().flatten().copied().chain(others)
}

/// ```yaml
/// required: [id, stat]
/// properties: {id: {type: string}, state: {type: string}}
/// ```
fn check_required_names(
    schemas: &Schemas,
    keywords: &Keywords,
    elsewhere: Option<&HashSet<&str>>,
    diagnostics: &Diagnostics,
) {
    if keywords.required.is_empty() || keywords.properties.is_empty() {
        return;
    }
    let merged = merge::merged(schemas, keywords);
    let conditional = merged.conditional_properties.iter().map(|(name, _)| name.as_str());
    let known: BTreeSet<&str> = property_names(&merged).chain(conditional).collect();
    let optional = || known.iter().filter(|name| !merged.required.iter().any(|required| required == **name));
    let is_known = |name: &str| known.contains(name) || elsewhere.is_some_and(|elsewhere| elsewhere.contains(name));
    for (index, name) in keywords.required.iter().enumerate().filter(|(_, name)| !is_known(name)) {
        let help = match suggestion::nearest(name, optional().copied()) {
            Some(suggestion) => format!("did you mean `{suggestion}`?"),
            None => format!("describe `{name}` in `properties`, or remove it from `required`"),
        };
        let at = keywords.at.join("required").join(&index.to_string());
        let message = format!("`{name}` is required, but no property has this name");
        let diagnostic = Diagnostic::new(Severity::Warning, &at, message);
        diagnostics.push(diagnostic.with_help(help));
    }
}

/// ```yaml
/// {type: array, items: [{$ref: '#/components/schemas/Lamp'}]}
/// ```
///
/// A list of schemas describes the items one by one, so the schema applies to the first item only.
fn check_item_list(keywords: &Keywords, diagnostics: &Diagnostics) {
    let is_sized = keywords.item_count != (None, None)
        || keywords.assertions.schemas.iter().any(|(key, _)| *key == "additionalItems");
    if keywords.tuple.len() != 1 || is_sized || !keywords.is_open_tuple {
        return;
    }
    let message = "a list of one schema describes only the first item, and the other items may be anything";
    let diagnostic = Diagnostic::new(Severity::Warning, &keywords.at.join("items"), message);
    diagnostics.push(diagnostic.with_help("write the schema without the list if it describes all items"));
}

/// ```yaml
/// allOf:
///   - {properties: {id: {type: string}}, additionalProperties: false}
///   - {properties: {name: {type: string}}}   # rejected by the first schema
/// ```
///
/// In draft 7, `additionalProperties: false` rejects the properties that the other schemas of the `allOf` describe.
fn check_closed_all_of(schemas: &Schemas, keywords: &Keywords, diagnostics: &Diagnostics) {
    let merged = merge::merged(schemas, keywords);
    for (index, id) in keywords.all_of.iter().enumerate() {
        let Some(part) = merge::merged_schema(schemas, *id).filter(|part| part.pattern_properties.is_empty()) else {
            continue;
        };
        if !part.additional_properties.is_some_and(|id| schemas.is_false(id)) {
            continue;
        }
        let listed: BTreeSet<&str> = property_names(&part).collect();
        let Some(refused) = property_names(&merged).find(|name| !listed.contains(name)) else { continue };
        let message = format!("this schema allows only its own properties, so `{refused}` is never valid");
        let at = keywords.at.join("allOf").join(&index.to_string());
        let help = format!("remove `additionalProperties: false` from `#{}`", part.at.pointer);
        diagnostics.push(Diagnostic::new(Severity::Warning, &at, message).with_help(help));
    }
}

/// Formats that are suggested for a misspelled format.
const FORMATS: &[&str] = &["date-time", "date", "duration", "email", "hostname", "password", "uuid"];

/// Formats that are similar to one of [`FORMATS`] and are correct.
const SIMILAR_FORMATS: &[&str] = &["data", "idn-email", "time"];

/// ```yaml
/// {type: string, format: uid}
/// ```
fn check_format(keywords: &Keywords, config: &Config, diagnostics: &Diagnostics) {
    let Some(format) = keywords.format.as_deref() else { return };
    if FORMATS.contains(&format) || SIMILAR_FORMATS.contains(&format) || config.format_types.contains_key(format) {
        return;
    }
    let Some(suggestion) = suggestion::nearest(format, FORMATS.iter().copied()) else { return };
    let message = format!("there is no format `{format}`, so it has no effect");
    let diagnostic = Diagnostic::new(Severity::Warning, &keywords.at.join("format"), message);
    diagnostics.push(diagnostic.with_help(format!("did you mean `{suggestion}`?")));
}

/// `Config::new().map_format("uuuid", "String")`: no schema has the format. A warning, because several documents may
/// share the options.
fn check_mapped_formats(all: &[&Keywords], config: &Config, diagnostics: &Diagnostics) {
    let is_encoded = |keywords: &&Keywords| keywords.assertions.plain.iter().any(|(key, _)| *key == "contentEncoding");
    let encoded = all.iter().filter(|keywords| is_encoded(keywords)).map(|_| "byte");
    let declared: BTreeSet<&str> =
        all.iter().filter_map(|keywords| keywords.format.as_deref()).chain(encoded).collect();
    for format in config.format_types.keys().filter(|format| !declared.contains(format.as_str())) {
        let help = suggestion::nearest(format, declared.iter().copied())
            .map_or_else(|| "remove the option".to_owned(), |suggestion| format!("did you mean `{suggestion}`?"));
        let choice = config.option_site("map_format", format);
        let message = format!("`{choice}` maps `{format}`, but no schema has this format");
        diagnostics.push(Diagnostic::at_option(Severity::Warning, &choice, &Location::root(), message).with_help(help));
    }
}

/// ```yaml
/// discriminator: kind
/// oneOf: [{$ref: '#/components/schemas/Cat'}, …]   # whose `kind` is `{enum: [feline, canine]}`
/// ```
///
/// Without a `const`, the value of an alternative is the name of its component, which no valid `kind` has here. If two
/// alternatives have the same `const`, the value selects neither.
fn check_discriminator_values(schemas: &Schemas, keywords: &Keywords, diagnostics: &Diagnostics) {
    let Some(discriminator) = &keywords.discriminator else { return };
    let merged = merge::merged(schemas, keywords);
    let listed = listed_alternatives(schemas, &merged);
    // Without `oneOf` and `anyOf`, the alternatives are the schema and those that extend it by `allOf`.
    let base = schemas.at(&keywords.at).filter(|_| listed.is_empty());
    let children = base.map_or(&[][..], |base| schemas.subtypes().descendants(base)).iter().copied();
    let alternatives = listed.into_iter().chain(children).chain(base);
    let alternatives: Vec<(SchemaId, Cow<'_, Keywords>)> =
        alternatives.filter_map(|id| Some((id, merge::merged_schema(schemas, id)?))).collect();
    let is_one = |id: SchemaId, part: &Keywords| match base {
        Some(base) => id == base || part.properties.len() > merged.properties.len(),
        None => !part.properties.is_empty(),
    };
    let objects: Vec<(SchemaId, &Keywords)> =
        alternatives.iter().filter(|(id, part)| is_one(*id, part)).map(|(id, part)| (*id, &**part)).collect();
    let mut unnamed = union::unmapped_alternatives(schemas, discriminator, &objects);
    let own = base.map(|base| union::label(schemas, base));
    unnamed.retain(|alternative| Some(&alternative.label) != own.as_ref());
    if unnamed.is_empty() {
        return;
    }
    let consequence = match base {
        Some(_) => "additional properties are dropped when a value is read as this schema",
        None => "the content of the value selects the alternative",
    };
    let name = &discriminator.property;
    let mut by_values: BTreeMap<&[TagValue], Vec<String>> = BTreeMap::new();
    for alternative in &unnamed {
        by_values.entry(&alternative.limited).or_default().push(format!("`{}`", alternative.label));
    }
    for (values, labels) in by_values {
        let (message, help) = match values {
            [only] if labels.len() > 1 => (
                format!("`{only}` of `{name}` selects each of {}", labels.join(", ")),
                format!("give `{name}` a different value in each of them"),
            ),
            _ => (
                format!("no value of `{name}` selects {}", labels.join(" or ")),
                format!("give `{name}` a `const` in each of them"),
            ),
        };
        let message = format!("{message}, so {consequence}");
        let diagnostic = Diagnostic::new(Severity::Warning, &keywords.at.join("discriminator"), message);
        diagnostics.push(diagnostic.with_help(help));
    }
}

/// The alternatives of a schema, also of one that lists its own subtypes.
fn listed_alternatives(schemas: &Schemas, merged: &Keywords) -> Vec<SchemaId> {
    let subtypes = schemas.at(&merged.at).and_then(|id| schemas.subtypes().listed(id));
    subtypes.map_or_else(|| alternatives(schemas, merged), <[_]>::to_vec)
}

/// ```yaml
/// oneOf: [{properties: {kind: {const: a}, x: {}}}, {properties: {kind: {const: a}, y: {}}}]
/// ```
///
/// Alternatives whose constants are all equal cannot be distinguished by them.
fn check_constants(schemas: &Schemas, keywords: &Keywords, diagnostics: &Diagnostics) {
    if keywords.discriminator.is_some() {
        return;
    }
    let mut seen: BTreeMap<Vec<String>, &SchemaId> = BTreeMap::new();
    for (index, id) in keywords.one_of.iter().enumerate() {
        let Some(part) = merge::merged_schema(schemas, *id) else { continue };
        let constant = |(name, id): &(String, SchemaId)| match merge::merged_schema(schemas, *id)?.values.as_deref() {
            Some([only]) => Some(format!("`{}` of `{name}`", only.plain_text().unwrap_or_else(|| "null".to_owned()))),
            _ => None,
        };
        let mut constants: Vec<String> = part.properties.iter().filter_map(constant).collect();
        constants.sort();
        let (false, Some(first)) = (constants.is_empty(), seen.insert(constants.clone(), id)) else { continue };
        if first == id {
            continue;
        }
        let at = keywords.at.join("oneOf").join(&index.to_string());
        let message = format!("another alternative has the same constant: {}", constants.join(" and "));
        let help = "give each alternative a different `const`, or make one schema of both";
        diagnostics.push(Diagnostic::new(Severity::Warning, &at, message).with_help(help));
    }
}

/// ```yaml
/// discriminator: knd
/// oneOf: [{properties: {kind: {const: a}}}, {properties: {kind: {const: b}}}]
/// ```
///
/// If no alternative has the property, no value can select one.
fn check_discriminator_property(schemas: &Schemas, keywords: &Keywords, diagnostics: &Diagnostics) {
    let Some(discriminator) = &keywords.discriminator else { return };
    let (name, merged) = (&discriminator.property, merge::merged(schemas, keywords));
    let has = |keywords: &Keywords| keywords.properties.iter().any(|(known, _)| known == name);
    if has(&merged) {
        return;
    }
    let alternatives: Vec<(SchemaId, Cow<'_, Keywords>)> = alternatives(schemas, &merged)
        .into_iter()
        .filter_map(|id| Some((id, merge::merged_schema(schemas, id)?)))
        .filter(|(_, alternative)| !alternative.properties.is_empty())
        .collect();
    let without_property: Vec<&(SchemaId, Cow<'_, Keywords>)> = alternatives
        .iter()
        .filter(|(_, alternative)| !has(alternative) && alternative.one_of.is_empty() && alternative.any_of.is_empty())
        .collect();
    if without_property.is_empty() {
        return;
    }
    let at = keywords.at.join("discriminator");
    let diagnostic = if without_property.len() == alternatives.len() {
        let names: BTreeSet<&str> =
            alternatives.iter().flat_map(|(_, keywords)| &keywords.properties).map(|(name, _)| name.as_str()).collect();
        let help = suggestion::nearest(name, names.into_iter()).map_or_else(
            || "name a property that every alternative has".to_owned(),
            |suggestion| format!("did you mean `{suggestion}`?"),
        );
        Diagnostic::new(Severity::Error, &at, format!("no alternative has a property `{name}`")).with_help(help)
    } else {
        let labels: Vec<String> =
            without_property.iter().map(|(id, _)| format!("`{}`", union::label(schemas, *id))).collect();
        let message = format!("`{name}` selects the alternative, but {} has no such property", labels.join(", "));
        Diagnostic::new(Severity::Warning, &at, message).with_help(format!("describe `{name}` in each of them"))
    };
    diagnostics.push(diagnostic);
}
