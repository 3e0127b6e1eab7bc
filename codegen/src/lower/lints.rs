//! Names in schemas that are probably meant otherwise: what they say is legal, and no code is wrong for it.

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

/// Runs every rule over every schema.
pub(super) fn check(schemas: &Schemas, config: &Config, diagnostics: &Diagnostics) {
    let ids = schemas.in_order();
    let all: Vec<&Keywords> = ids.iter().filter_map(|id| schemas.own_keywords(*id)).collect();
    let parts: BTreeSet<SchemaId> =
        all.iter().flat_map(|keywords| parts(keywords)).filter_map(|id| schemas.definition(id)).collect();
    let everywhere: HashSet<&str> = all.iter().flat_map(|keywords| names(keywords)).collect();
    for (id, keywords) in ids.iter().filter_map(|id| Some((id, schemas.own_keywords(*id)?))) {
        // What is part of a schema may require what another part describes.
        let elsewhere = parts.contains(id).then_some(&everywhere);
        required_is_described(schemas, keywords, elsewhere, diagnostics);
    }
    mapped_formats_are_met(&all, config, diagnostics);
    for keywords in all {
        closed_parts_list_everything(schemas, keywords, diagnostics);
        items_are_more_than_the_first(keywords, diagnostics);
        format_is_known(keywords, config, diagnostics);
        discriminator_is_a_property(schemas, keywords, diagnostics);
        discriminator_names_alternatives(schemas, keywords, diagnostics);
    }
}

/// The properties that a schema itself describes.
fn names(keywords: &Keywords) -> impl Iterator<Item = &str> {
    keywords.properties.iter().map(|(name, _)| name.as_str())
}

/// The schemas that speak of the values of another, together with it.
fn parts(keywords: &Keywords) -> impl Iterator<Item = SchemaId> {
    let narrowing = keywords.assertions.schemas.iter().map(|(_, id)| *id);
    [&keywords.all_of, &keywords.any_of, &keywords.one_of].into_iter().flatten().copied().chain(narrowing)
}

/// ```yaml
/// required: [id, stat]
/// properties: {id: {type: string}, state: {type: string}}
/// ```
fn required_is_described(
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
    let known: BTreeSet<&str> = names(&merged).chain(conditional).collect();
    let optional = || known.iter().filter(|name| !merged.required.iter().any(|required| required == **name));
    let is_known = |name: &str| known.contains(name) || elsewhere.is_some_and(|elsewhere| elsewhere.contains(name));
    for (index, name) in keywords.required.iter().enumerate().filter(|(_, name)| !is_known(name)) {
        let Some(near) = suggestion::nearest(name, optional().copied()) else { continue };
        let at = keywords.at.join("required").join(&index.to_string());
        let message = format!("`{name}` is required, and no property is called so");
        let diagnostic = Diagnostic::new(Severity::Warning, &at, message);
        diagnostics.push(diagnostic.with_help(format!("did you mean `{near}`?")));
    }
}

/// ```yaml
/// {type: array, items: [{$ref: '#/components/schemas/Lamp'}]}
/// ```
///
/// A list of schemas says what the first items are, one after the other.
fn items_are_more_than_the_first(keywords: &Keywords, diagnostics: &Diagnostics) {
    let is_sized = keywords.item_count != (None, None)
        || keywords.assertions.schemas.iter().any(|(key, _)| *key == "additionalItems");
    if keywords.tuple.len() != 1 || is_sized || !keywords.is_open_tuple {
        return;
    }
    let message = "a list of one schema speaks of the first item alone, and the others may be anything";
    let diagnostic = Diagnostic::new(Severity::Warning, &keywords.at.join("items"), message);
    diagnostics.push(diagnostic.with_help("write the schema without the list, if all items are meant"));
}

/// ```yaml
/// allOf:
///   - {properties: {id: {type: string}}, additionalProperties: false}
///   - {properties: {name: {type: string}}}   # which the first part refuses
/// ```
///
/// Draft 7 lets a part speak of the properties of no other: the author means the whole.
fn closed_parts_list_everything(schemas: &Schemas, keywords: &Keywords, diagnostics: &Diagnostics) {
    let merged = merge::merged(schemas, keywords);
    for (index, id) in keywords.all_of.iter().enumerate() {
        let Some(part) = merge::merged_schema(schemas, *id).filter(|part| part.pattern_properties.is_empty()) else {
            continue;
        };
        if !part.additional_properties.is_some_and(|id| schemas.is_false(id)) {
            continue;
        }
        let listed: BTreeSet<&str> = names(&part).collect();
        let Some(refused) = names(&merged).find(|name| !listed.contains(name)) else { continue };
        let message = format!("this part allows no properties but its own, so `{refused}` may never be there");
        let at = keywords.at.join("allOf").join(&index.to_string());
        let cure = format!("take `additionalProperties: false` out of `#{}`", part.at.pointer);
        diagnostics.push(Diagnostic::new(Severity::Warning, &at, message).with_help(cure));
    }
}

/// The formats that have types, or are often meant.
const FORMATS: &[&str] = &["date-time", "date", "duration", "email", "hostname", "password", "uuid"];

/// Formats that look like slips and are none.
const OTHERS: &[&str] = &["data", "idn-email", "time"];

/// ```yaml
/// {type: string, format: uid}
/// ```
fn format_is_known(keywords: &Keywords, config: &Config, diagnostics: &Diagnostics) {
    let Some(format) = keywords.format.as_deref() else { return };
    if FORMATS.contains(&format) || OTHERS.contains(&format) || config.format_types.contains_key(format) {
        return;
    }
    let Some(near) = suggestion::nearest(format, FORMATS.iter().copied()) else { return };
    let message = format!("no format is called `{format}`, so it says nothing");
    let diagnostic = Diagnostic::new(Severity::Warning, &keywords.at.join("format"), message);
    diagnostics.push(diagnostic.with_help(format!("did you mean `{near}`?")));
}

/// `Config::new().map_format("uuuid", "String")`: a slip, or the document has changed. It may be right for another document.
fn mapped_formats_are_met(all: &[&Keywords], config: &Config, diagnostics: &Diagnostics) {
    let is_encoded = |keywords: &&Keywords| keywords.assertions.plain.iter().any(|(key, _)| *key == "contentEncoding");
    let of_texts = all.iter().filter(|keywords| is_encoded(keywords)).map(|_| "byte");
    let met: BTreeSet<&str> = all.iter().filter_map(|keywords| keywords.format.as_deref()).chain(of_texts).collect();
    for format in config.format_types.keys().filter(|format| !met.contains(format.as_str())) {
        let cure = suggestion::nearest(format, met.iter().copied())
            .map_or_else(|| "take the option out".to_owned(), |near| format!("did you mean `{near}`?"));
        let choice = config.option_site("map_format", format);
        let message = format!("`{choice}` speaks of `{format}`, and no schema has this format");
        diagnostics.push(Diagnostic::at_option(Severity::Warning, &choice, &Location::root(), message).with_help(cure));
    }
}

/// ```yaml
/// discriminator: kind
/// oneOf: [{$ref: '#/components/schemas/Cat'}, …]   # whose `kind` is `{enum: [feline, canine]}`
/// ```
///
/// By the names of the components nothing that is valid would be told; nor where two of them have one `const`.
fn discriminator_names_alternatives(schemas: &Schemas, keywords: &Keywords, diagnostics: &Diagnostics) {
    let Some(discriminator) = &keywords.discriminator else { return };
    let merged = merge::merged(schemas, keywords);
    let listed = alternatives(schemas, &merged);
    // Where none is listed, what builds on the schema is meant, or the schema itself.
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
        Some(_) => "what they add is dropped where the schema stands for them",
        None => "what they hold tells alternatives apart",
    };
    let name = &discriminator.property;
    let mut by_values: BTreeMap<&[TagValue], Vec<String>> = BTreeMap::new();
    for alternative in &unnamed {
        by_values.entry(&alternative.limited).or_default().push(format!("`{}`", alternative.label));
    }
    for (values, labels) in by_values {
        let (message, cure) = match values {
            [only] if labels.len() > 1 => (
                format!("`{only}` of `{name}` means each of {}", labels.join(", ")),
                format!("give `{name}` another value in each of them"),
            ),
            _ => (
                format!("no value of `{name}` means {}", labels.join(" or ")),
                format!("give `{name}` a `const` in each of them"),
            ),
        };
        let message = format!("{message}, so {consequence}");
        let diagnostic = Diagnostic::new(Severity::Warning, &keywords.at.join("discriminator"), message);
        diagnostics.push(diagnostic.with_help(cure));
    }
}

/// ```yaml
/// discriminator: knd
/// oneOf: [{properties: {kind: {const: a}}}, {properties: {kind: {const: b}}}]
/// ```
///
/// Where no alternative has the property, the values that would tell them apart would be made up.
fn discriminator_is_a_property(schemas: &Schemas, keywords: &Keywords, diagnostics: &Diagnostics) {
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
    let lacking: Vec<&(SchemaId, Cow<'_, Keywords>)> = alternatives
        .iter()
        .filter(|(_, alternative)| !has(alternative) && alternative.one_of.is_empty() && alternative.any_of.is_empty())
        .collect();
    if lacking.is_empty() {
        return;
    }
    let at = keywords.at.join("discriminator");
    let diagnostic = if lacking.len() == alternatives.len() {
        let names: BTreeSet<&str> =
            alternatives.iter().flat_map(|(_, keywords)| &keywords.properties).map(|(name, _)| name.as_str()).collect();
        let cure = suggestion::nearest(name, names.into_iter()).map_or_else(
            || "name a property that every alternative has".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Diagnostic::new(Severity::Error, &at, format!("no alternative has a property `{name}`")).with_help(cure)
    } else {
        let labels: Vec<String> = lacking.iter().map(|(id, _)| format!("`{}`", union::label(schemas, *id))).collect();
        let message =
            format!("alternatives are told apart by `{name}`, and {} has no such property", labels.join(", "));
        Diagnostic::new(Severity::Warning, &at, message).with_help(format!("describe `{name}` in each of them"))
    };
    diagnostics.push(diagnostic);
}
