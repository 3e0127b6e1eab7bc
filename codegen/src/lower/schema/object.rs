//! Lowers objects with named properties to structs.
//!
//! ```yaml
//! {type: object, required: [id], properties: {id: {type: string}, size: {type: integer}}}
//! # struct { id: String, size: Option<i64> }
//! ```
//!
//! If `patternProperties` describe the values differently, the map has a union of all of them: the runtime has no
//! regular expressions, which alone could select one. Properties that only conditions mention are optional fields.

use std::collections::BTreeSet;

use super::super::{docs::docs, name_path, scalar, union};
use super::{Context, TypeBuilder, defaults, enums, type_with_null};
use crate::config::{Nulls, UntypedSchemas, Validation};
use crate::document::{ConditionalProperty, JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::ir::{
    AdditionalProperties, Docs, Exhaustiveness, Field, ItemKind, Members, Presence, Setters, Step, Struct, Type,
    TypeDef, TypeId, Union, Variant,
};
use crate::normalize::{conditional_properties, describes_conditional, merge};

/// The struct of an object.
pub(super) fn build_struct(builder: &mut TypeBuilder<'_>, keywords: &Keywords) -> Struct {
    let cx = builder.cx;
    let required: BTreeSet<&str> = keywords.required.iter().map(String::as_str).collect();
    let declared = keywords.properties.iter();
    let mut fields: Vec<Field> = declared
        .map(|(name, id)| {
            let mut field = field(builder, name, *id, required.contains(name.as_str()));
            let absent_is_null = keywords.absent_is_null.contains(name);
            let nullable = matches!(field.presence, Presence::OptionalNullable | Presence::RequiredNullable);
            if absent_is_null && nullable {
                field.presence = Presence::NullOrAbsent;
            }
            defaults::set_default(cx, &builder.table, &mut field, *id);
            field
        })
        .collect();
    for (name, mention) in conditional_properties(cx.schemas, keywords) {
        fields.push(conditional_field(builder, keywords, name, mention, required.contains(name)));
    }
    let known: BTreeSet<String> = fields.iter().map(|field| field.name.clone()).collect();
    for name in keywords.required.iter().filter(|name| !known.contains(*name)) {
        fields.push(undeclared_property(builder, keywords, name));
    }
    let additional = match additional_properties(builder, keywords) {
        AdditionalProperties::Dropped if keeps_undeclared(cx, keywords) => AdditionalProperties::Kept(Type::Any),
        AdditionalProperties::Dropped if keywords.additional_properties.is_some() => AdditionalProperties::Refused,
        extra => extra,
    };
    Struct { fields, additional, exhaustiveness: Exhaustiveness::Exhaustive, setters: Setters::Omitted }
}

/// A required property that is not among `properties`. It has the type of `additionalProperties`.
fn undeclared_property(builder: &mut TypeBuilder<'_>, keywords: &Keywords, name: &str) -> Field {
    let cx = builder.cx;
    let described = keywords.additional_properties.filter(|id| !cx.schemas.is_false(*id));
    let described = described.filter(|_| keywords.pattern_properties.is_empty());
    let (at, docs) = (keywords.at.join("properties").join(name), Docs::default());
    if let Some(id) = described {
        return Field { at, docs, ..field(builder, name, id, true) };
    }
    Field { at, name: name.to_owned(), docs, ty: Type::Any, presence: Presence::Required, default: None }
}

/// A property that only conditions mention. Where no condition holds it may have any value, so it has a type only if
/// the options allow that.
fn conditional_field(
    builder: &mut TypeBuilder<'_>,
    keywords: &Keywords,
    name: &str,
    mention: ConditionalProperty,
    is_required: bool,
) -> Field {
    let cx = builder.cx;
    let (at, docs) = match mention {
        ConditionalProperty::Described(id) if cx.config.untyped_schemas == UntypedSchemas::Inferred => {
            return field(builder, name, id, is_required);
        }
        ConditionalProperty::Described(id) | ConditionalProperty::Tested(id) => {
            (cx.schemas[id].at.clone(), field_docs(cx, id))
        }
        ConditionalProperty::Named => (keywords.at.join("properties").join(name), Docs::default()),
    };
    let ty = match mention {
        ConditionalProperty::Tested(id) if cx.config.untyped_schemas == UntypedSchemas::Inferred => {
            type_of_tested(cx, id)
        }
        _ => Type::Any,
    };
    let presence = presence(cx, is_required, false, &ty);
    Field { at, name: name.to_owned(), docs, ty, presence, default: None }
}

/// The type of a property that a condition only tests: a value that fails the test is likely of the same scalar type.
fn type_of_tested(cx: Context<'_>, id: SchemaId) -> Type {
    match merge::merged_schema(cx.schemas, id).and_then(|merged| scalar::implied_type(&merged)) {
        Some(JsonType::String) => Type::String,
        Some(JsonType::Boolean) => Type::Boolean,
        _ => Type::Any,
    }
}

/// Whether properties without a field are kept for validation.
fn keeps_undeclared(cx: Context<'_>, keywords: &Keywords) -> bool {
    cx.config.validation == Validation::Full && !cx.facts.headers.contains(&keywords.at)
}

/// What happens to properties that are not declared.
pub(super) fn additional_properties(builder: &mut TypeBuilder<'_>, keywords: &Keywords) -> AdditionalProperties {
    let cx = builder.cx;
    let additional = keywords.additional_properties.filter(|id| !cx.schemas.is_false(*id));
    let patterns = keywords.pattern_properties.iter().map(|(_, id)| *id);
    // Without `additionalProperties`, a property that matches no pattern may have any value.
    let schemas: Vec<SchemaId> = patterns.chain(additional).collect();
    if schemas.is_empty() || keywords.additional_properties.is_none() {
        return if schemas.is_empty() { AdditionalProperties::Dropped } else { AdditionalProperties::Kept(Type::Any) };
    }
    let mut found: Vec<(SchemaId, Type)> = Vec::new();
    for id in schemas {
        let ty = type_with_null(builder, id);
        if !found.iter().any(|(_, known)| *known == ty) {
            found.push((id, ty));
        }
    }
    let nullable: Vec<Type> = found.iter().filter_map(|(_, ty)| without_null(ty)).collect();
    found.retain(|(_, ty)| !nullable.contains(ty));
    AdditionalProperties::Kept(match &found[..] {
        [(_, only)] => only.clone(),
        _ if found.iter().any(|(_, ty)| *ty == Type::Any) => Type::Any,
        _ => pattern_value_union(builder, keywords, found),
    })
}

/// The union of the types that patterns and `additionalProperties` give to the values of a map.
fn pattern_value_union(builder: &mut TypeBuilder<'_>, keywords: &Keywords, mut found: Vec<(SchemaId, Type)>) -> Type {
    let cx = builder.cx;
    let at = keywords.at.join("patternProperties");
    if let Some(known) = builder.table.pattern_values.get(&at) {
        return known.clone();
    }
    found.sort_by_key(|(id, _)| std::cmp::Reverse(union::specificity(cx.schemas, *id)));
    let variants = found.into_iter().map(|(id, ty)| Variant {
        at: cx.schemas[id].at.clone(),
        label: union::labels(cx.schemas, id),
        ty,
        tag_values: Vec::new(),
        kinds: Vec::new(),
    });
    let shape = ItemKind::Union(Union::new(variants.collect(), None));
    let mut name_path = name_path::name_path(&keywords.at, &builder.names, cx.schemas);
    name_path.steps.push(Step::Value);
    let union = builder.table.add(TypeDef { at: at.clone(), name_path, docs: Docs::default(), shape });
    builder.table.pattern_values.insert(at, union.clone());
    union
}

/// The enum in `propertyNames`.
pub(super) fn key_enum(builder: &mut TypeBuilder<'_>, keywords: &Keywords) -> Option<TypeId> {
    let cx = builder.cx;
    let (_, names) = *keywords.assertions.schemas.iter().find(|(key, _)| *key == "propertyNames")?;
    let merged = merge::merged_schema(cx.schemas, names)?;
    let is_enum = matches!(enums::find_enum(cx, &builder.table, &merged)?.members, Members::Texts(_));
    match type_with_null(builder, names) {
        Type::Named(id) if is_enum => Some(id),
        _ => None,
    }
}

/// The field of a declared property.
fn field(builder: &mut TypeBuilder<'_>, name: &str, id: SchemaId, is_required: bool) -> Field {
    let cx = builder.cx;
    let (ty, nullable) = match type_with_null(builder, id) {
        Type::Nullable(inner) => (*inner, true),
        ty => (ty, false),
    };
    let presence = presence(cx, is_required, nullable, &ty);
    let (at, docs) = (cx.schemas[id].at.clone(), field_docs(cx, id));
    Field { at, name: name.to_owned(), docs, ty, presence, default: None }
}

fn presence(cx: Context<'_>, is_required: bool, nullable: bool, ty: &Type) -> Presence {
    match (is_required, nullable) {
        (true, false) => Presence::Required,
        (true, true) => Presence::RequiredNullable,
        (false, false) if cx.config.nulls == Nulls::Kept && *ty != Type::Any => Presence::OptionalNullable,
        (false, false) => Presence::Optional,
        (false, true) => Presence::OptionalNullable,
    }
}

/// The docs of the property, or the first sentence of the docs of the schema that it refers to.
fn field_docs(cx: Context<'_>, id: SchemaId) -> Docs {
    let own = match &cx.schemas[id].kind {
        SchemaKind::Keywords(keywords) => docs(&keywords.docs),
        _ => cx.schemas.reference_docs(id).map(docs).unwrap_or_default(),
    };
    let has_text = |docs: &Docs| docs.summary.is_some() || docs.description.is_some();
    if has_text(&own) {
        return own;
    }
    let keywords = cx.schemas.own_keywords(id);
    if let Some(annotations) = keywords.and_then(|keywords| merge::annotations_of_parts(cx.schemas, keywords)).map(docs)
        && has_text(&annotations)
    {
        return Docs { deprecated: own.deprecated || annotations.deprecated, access: own.access, ..annotations };
    }
    let target = match &cx.schemas[id].kind {
        SchemaKind::Keywords(keywords) => merge::as_single_ref(cx.schemas, keywords).unwrap_or(id),
        _ => id,
    };
    let target = cx.schemas.keywords(target).map(|keywords| docs(&keywords.docs)).unwrap_or_default();
    let description = target.description.map(|text| first_sentence(&text).to_owned());
    Docs { description, deprecated: own.deprecated, access: own.access, ..target }
}

/// The inner type of a nullable type.
fn without_null(ty: &Type) -> Option<Type> {
    match ty {
        Type::Nullable(inner) => Some((**inner).clone()),
        _ => None,
    }
}

/// Whether an object is a struct, and not a map.
pub(super) fn is_struct(schemas: &Schemas, merged: &Keywords) -> bool {
    let has_names =
        !merged.properties.is_empty() || !merged.required.is_empty() || describes_conditional(schemas, merged);
    let is_empty =
        merged.additional_properties.is_some_and(|id| schemas.is_false(id)) && merged.pattern_properties.is_empty();
    scalar::implied_type(merged) == Some(JsonType::Object) && (has_names || is_empty)
}

/// The first sentence of the first paragraph, without a list that follows it.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let list = LIST_MARKERS.iter().filter_map(|marker| paragraph.find(marker)).min();
    let words = list.map_or(paragraph, |start| &paragraph[..start]);
    let words = if words.trim_end().ends_with(':') { paragraph } else { words };
    // A full stop before a lowercase letter ends an abbreviation.
    let mut stops = words.match_indices(". ").map(|(end, _)| end);
    let ends = |end: &usize| !words[end + 2..].trim_start().starts_with(char::is_lowercase);
    stops.find(ends).map_or(words, |end| &words[..=end])
}

/// The beginnings of Markdown list items.
const LIST_MARKERS: [&str; 4] = ["\n- ", "\n* ", "\n+ ", "\n1. "];

#[cfg(test)]
mod tests {
    use super::first_sentence;

    #[test]
    fn a_sentence_ends_at_its_stop_or_before_a_list() {
        for (text, sentence) in [
            ("One. Two.", "One."),
            ("The phase, e.g. while charging. More.", "The phase, e.g. while charging."),
            ("The mode\n- Off: none\n- On: e.g. now", "The mode"),
            ("One of:\n- off\n- on", "One of:\n- off\n- on"),
            ("One\ntwo\n\nThree", "One\ntwo"),
        ] {
            assert_eq!(first_sentence(text), sentence);
        }
    }
}
