//! Objects with named properties.

use std::collections::BTreeSet;

use super::super::{docs, name_path, scalar, union};
use super::Lowering;
use crate::config::{Nulls, UntypedSchemas, Validation};
use crate::document::{ConditionalProperty, JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::ir::{
    AdditionalProperties, Docs, Exhaustiveness, Field, ItemKind, Members, Presence, Setters, Step, Struct, Type,
    TypeDef, TypeId, Union, Variant,
};
use crate::normalize::{conditional_properties, describes_conditional, merge};

impl Lowering<'_> {
    pub(super) fn object(&mut self, keywords: &Keywords) -> Struct {
        let required: BTreeSet<&str> = keywords.required.iter().map(String::as_str).collect();
        let declared = keywords.properties.iter();
        let mut fields: Vec<Field> = declared
            .map(|(name, id)| {
                let mut field = self.field(name, *id, required.contains(name.as_str()));
                let means_null = keywords.absent_is_null.contains(name);
                let nullable = matches!(field.presence, Presence::OptionalNullable | Presence::RequiredNullable);
                if means_null && nullable {
                    field.presence = Presence::NullOrAbsent;
                }
                self.fill_in(&mut field, *id);
                field
            })
            .collect();
        for (name, mention) in conditional_properties(self.schemas, keywords) {
            fields.push(self.conditional(keywords, name, mention, required.contains(name)));
        }
        let known: BTreeSet<String> = fields.iter().map(|field| field.name.clone()).collect();
        for name in keywords.required.iter().filter(|name| !known.contains(*name)) {
            fields.push(self.undeclared_property(keywords, name));
        }
        let additional = match self.extra(keywords) {
            AdditionalProperties::Dropped if self.captures_additional(keywords) => {
                AdditionalProperties::Kept(Type::Any)
            }
            extra => extra,
        };
        Struct { fields, additional, exhaustiveness: Exhaustiveness::Exhaustive, setters: Setters::Omitted }
    }

    /// A property that is required and not described, but as one of all others.
    fn undeclared_property(&mut self, keywords: &Keywords, name: &str) -> Field {
        let described = keywords.additional_properties.filter(|id| !self.schemas.is_false(*id));
        let described = described.filter(|_| keywords.pattern_properties.is_empty());
        let (at, docs) = (keywords.at.join("properties").join(name), Docs::default());
        if let Some(id) = described {
            return Field { at, docs, ..self.field(name, id, true) };
        }
        Field { at, name: name.to_owned(), docs, ty: Type::Any, presence: Presence::Required, default: None }
    }

    /// A property that conditions speak of. Where none of them holds it may be anything, so only what is meant has a type.
    fn conditional(
        &mut self,
        keywords: &Keywords,
        name: &str,
        mention: ConditionalProperty,
        is_required: bool,
    ) -> Field {
        let (at, docs) = match mention {
            ConditionalProperty::Described(id) if self.config.untyped_schemas == UntypedSchemas::Inferred => {
                return self.field(name, id, is_required);
            }
            ConditionalProperty::Described(id) | ConditionalProperty::Tested(id) => {
                (self.schemas[id].at.clone(), self.field_docs(id))
            }
            ConditionalProperty::Named => (keywords.at.join("properties").join(name), Docs::default()),
        };
        let ty = match mention {
            ConditionalProperty::Tested(id) if self.config.untyped_schemas == UntypedSchemas::Inferred => {
                self.tested(id)
            }
            _ => Type::Any,
        };
        let presence = self.presence(is_required, false, &ty);
        Field { at, name: name.to_owned(), docs, ty, presence, default: None }
    }

    /// What fails a test for a text or a boolean is another text or boolean.
    fn tested(&self, id: SchemaId) -> Type {
        match merge::merged_schema(self.schemas, id).and_then(|merged| scalar::implied_type(&merged)) {
            Some(JsonType::String) => Type::String,
            Some(JsonType::Boolean) => Type::Boolean,
            _ => Type::Any,
        }
    }

    /// Whether properties without a field are kept, because schemas speak of them too.
    fn captures_additional(&self, keywords: &Keywords) -> bool {
        self.config.validation == Validation::Full && !self.headers.contains(&keywords.at)
    }

    /// What becomes of properties that are not named.
    pub(super) fn extra(&mut self, keywords: &Keywords) -> AdditionalProperties {
        let additional = keywords.additional_properties.filter(|id| !self.schemas.is_false(*id));
        let patterns = keywords.pattern_properties.iter().map(|(_, id)| *id);
        // Whatever matches no pattern may be anything, unless something is said of it.
        let schemas: Vec<SchemaId> = patterns.chain(additional).collect();
        if schemas.is_empty() || keywords.additional_properties.is_none() {
            return if schemas.is_empty() {
                AdditionalProperties::Dropped
            } else {
                AdditionalProperties::Kept(Type::Any)
            };
        }
        let mut found: Vec<(SchemaId, Type)> = Vec::new();
        for id in schemas {
            let ty = self.value(id);
            if !found.iter().any(|(_, known)| *known == ty) {
                found.push((id, ty));
            }
        }
        let nullable: Vec<Type> = found.iter().filter_map(|(_, ty)| without_null(ty)).collect();
        found.retain(|(_, ty)| !nullable.contains(ty));
        AdditionalProperties::Kept(match &found[..] {
            [(_, only)] => only.clone(),
            _ if found.iter().any(|(_, ty)| *ty == Type::Any) => Type::Any,
            _ => self.pattern_value_union(keywords, found),
        })
    }

    /// A value of one of several types: the name of a property tells which, but only to a regular expression.
    fn pattern_value_union(&mut self, keywords: &Keywords, mut found: Vec<(SchemaId, Type)>) -> Type {
        let at = keywords.at.join("patternProperties");
        if let Some(made) = self.values.get(&at) {
            return made.clone();
        }
        found.sort_by_key(|(id, _)| std::cmp::Reverse(union::specificity(self.schemas, *id)));
        let variants = found.into_iter().map(|(id, ty)| Variant {
            at: self.schemas[id].at.clone(),
            label: union::labels(self.schemas, id),
            ty,
            tag_values: Vec::new(),
            kinds: Vec::new(),
        });
        let shape = ItemKind::Union(Union::new(variants.collect(), None));
        let mut name_path = name_path::of(&keywords.at, &self.roots, self.schemas);
        name_path.steps.push(Step::Value);
        let made = self.add(TypeDef { at: at.clone(), name_path, docs: Docs::default(), shape });
        self.values.insert(at, made.clone());
        made
    }

    /// The enum that the names of all properties are limited to.
    pub(super) fn key_of(&mut self, keywords: &Keywords) -> Option<TypeId> {
        let (_, names) = *keywords.assertions.schemas.iter().find(|(key, _)| *key == "propertyNames")?;
        let merged = merge::merged_schema(self.schemas, names)?;
        let is_enum = matches!(self.listed(&merged)?.members, Members::Texts(_));
        match self.value(names) {
            Type::Named(id) if is_enum => Some(id),
            _ => None,
        }
    }

    pub(super) fn field(&mut self, name: &str, id: SchemaId, is_required: bool) -> Field {
        let (ty, nullable) = match self.value(id) {
            Type::Nullable(inner) => (*inner, true),
            ty => (ty, false),
        };
        let presence = self.presence(is_required, nullable, &ty);
        let (at, docs) = (self.schemas[id].at.clone(), self.field_docs(id));
        Field { at, name: name.to_owned(), docs, ty, presence, default: None }
    }

    fn presence(&self, is_required: bool, nullable: bool, ty: &Type) -> Presence {
        match (is_required, nullable) {
            (true, false) => Presence::Required,
            (true, true) => Presence::RequiredNullable,
            (false, false) if self.config.nulls == Nulls::Kept && *ty != Type::Any => Presence::OptionalNullable,
            (false, false) => Presence::Optional,
            (false, true) => Presence::OptionalNullable,
        }
    }

    /// The property's own words, or the first sentence of the schema that it refers to.
    pub(super) fn field_docs(&self, id: SchemaId) -> Docs {
        let own = match &self.schemas[id].kind {
            SchemaKind::Keywords(keywords) => docs(&keywords.docs),
            _ => self.schemas.reference_docs(id).map(docs).unwrap_or_default(),
        };
        let is_said = |docs: &Docs| docs.summary.is_some() || docs.description.is_some();
        if is_said(&own) {
            return own;
        }
        let keywords = self.schemas.own_keywords(id);
        if let Some(words) = keywords.and_then(|keywords| merge::annotations_of_parts(self.schemas, keywords)).map(docs)
            && is_said(&words)
        {
            return Docs { deprecated: own.deprecated || words.deprecated, access: own.access, ..words };
        }
        let target = match &self.schemas[id].kind {
            SchemaKind::Keywords(keywords) => merge::as_single_ref(self.schemas, keywords).unwrap_or(id),
            _ => id,
        };
        let borrowed = self.schemas.keywords(target).map(|keywords| docs(&keywords.docs)).unwrap_or_default();
        let description = borrowed.description.map(|text| first_sentence(&text).to_owned());
        Docs { description, deprecated: own.deprecated, access: own.access, ..borrowed }
    }
}

/// What a type is where it is not `null`.
fn without_null(ty: &Type) -> Option<Type> {
    match ty {
        Type::Nullable(inner) => Some((**inner).clone()),
        _ => None,
    }
}

/// Whether an object has more to it than a type for all its values.
pub(super) fn is_struct(schemas: &Schemas, merged: &Keywords) -> bool {
    let has_names =
        !merged.properties.is_empty() || !merged.required.is_empty() || describes_conditional(schemas, merged);
    let is_empty =
        merged.additional_properties.is_some_and(|id| schemas.is_false(id)) && merged.pattern_properties.is_empty();
    scalar::implied_type(merged) == Some(JsonType::Object) && (has_names || is_empty)
}

/// Up to the first full stop that ends a sentence, or to the end of the paragraph; a list after it is left out.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let list = LIST_MARKS.iter().filter_map(|mark| paragraph.find(mark)).min();
    let words = list.map_or(paragraph, |start| &paragraph[..start]);
    let words = if words.trim_end().ends_with(':') { paragraph } else { words };
    // No sentence begins with a small letter: the stop before one ends an abbreviation.
    let mut stops = words.match_indices(". ").map(|(end, _)| end);
    let ends = |end: &usize| !words[end + 2..].trim_start().starts_with(char::is_lowercase);
    stops.find(ends).map_or(words, |end| &words[..=end])
}

/// How an item of a list begins in Markdown.
const LIST_MARKS: [&str; 4] = ["\n- ", "\n* ", "\n+ ", "\n1. "];

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
