//! What a team chose for single types, laid over those that the document gave.

use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::document::{Pointer, Schemas};
use crate::ir::{Event, Extra, Shape, Type, TypeDef, Types};

/// Lets structs keep what the document does not name, where that is chosen.
pub(super) fn keep_unknown(types: &mut Types, config: &Config) {
    for def in &mut types.0 {
        if let Shape::Struct(object) = &mut def.shape
            && matches!(object.extra, Extra::Dropped)
            && config.keep_unknown.meet(&def.at.pointer)
        {
            object.extra = Extra::Kept(Type::Any);
        }
    }
}

/// Reports the patterns that meet nothing they could be for.
pub(super) fn check(types: &Types, events: &[Event], schemas: &Schemas, config: &Config, diagnostics: &Diagnostics) {
    let places = |is_meant: fn(&Shape) -> bool| -> Vec<&Pointer> {
        types.iter().filter(|(_, def)| is_meant(&def.shape)).map(|(_, def)| &def.at.pointer).collect()
    };
    let objects = places(|shape| matches!(shape, Shape::Struct(_)));
    for (option, chosen) in [
        ("keep_unknown", &config.keep_unknown),
        ("non_exhaustive", &config.non_exhaustive),
        ("with_methods", &config.with_methods),
    ] {
        chosen.check(option, "object with named properties", &objects, diagnostics);
    }
    let open =
        places(|shape| matches!(shape, Shape::Enum(_)) || matches!(shape, Shape::Union(union) if union.tag.is_some()));
    config.closed_enums.check("closed_enums", "enum of strings or union with a tag", &open, diagnostics);
    let items = places(|shape| !matches!(shape, Shape::Alias(_)));
    config.derives.check("derive", "schema with a type of its own", &items, diagnostics);
    config.type_attributes.check("type_attribute", "schema with a type of its own", &items, diagnostics);
    if !config.field_attributes.is_empty() {
        let members =
            types.iter().flat_map(|(_, def)| members(def)).chain(events.iter().map(|event| &event.at.pointer));
        let what = "property, enum value, alternative or message";
        config.field_attributes.check("field_attribute", what, &members.collect::<Vec<_>>(), diagnostics);
    }
    if !config.replacements.is_empty() {
        let all: Vec<&Pointer> = schemas.places().map(|at| &at.pointer).collect();
        config.replacements.check("replace", "schema", &all, diagnostics);
    }
}

/// The places of a type's fields or variants.
fn members(def: &TypeDef) -> Vec<&Pointer> {
    match &def.shape {
        Shape::Struct(object) => object.fields.iter().map(|field| &field.at.pointer).collect(),
        Shape::Enum(values) => values.iter().map(|value| &value.at.pointer).collect(),
        Shape::Union(union) => union.variants.iter().map(|variant| &variant.at.pointer).collect(),
        Shape::Alias(_) | Shape::Newtype(_) => Vec::new(),
    }
}
