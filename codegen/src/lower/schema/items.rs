//! Schemas with a shape of their own: enums, unions and structs.

use std::collections::BTreeSet;

use super::super::union::Alternative;
use super::super::{any_of_object, docs, name_path, scalar, union};
use super::object::is_struct;
use super::{Lowering, tuples};
use crate::config::{UntypedSchemas, Validation};
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{ItemKind, Label, Step, Type, TypeDef, TypeId, Union, Variant};
use crate::limits::MAX_MERGED_ALTERNATIVES;
use crate::normalize::{alternatives, exclude_each_other, merge};

/// What a schema's alternatives come to.
pub(super) enum VariantSource {
    None,
    /// One alternative beside `null` is no union.
    Only(SchemaId),
    Among(Vec<SchemaId>),
}

impl<'a> Lowering<'a> {
    /// Whether a schema becomes an item: an enum, an object of which more is known than its values, or a union.
    pub(super) fn needs_item(&self, keywords: &Keywords) -> bool {
        if self.lists_the_events(keywords) || merge::as_single_ref(self.schemas, keywords).is_some() {
            return false;
        }
        let merged = merge::merged(self.schemas, keywords);
        self.listed(&merged).is_some()
            || !matches!(self.union_of(&merged), VariantSource::None | VariantSource::Only(_))
            || merged.types.len() > 1 && scalar::implied_type(&merged).is_none()
            || tuples::is_open_tuple(&merged)
            || !self.accepts_non_objects(&merged).is_empty()
            || is_struct(self.schemas, &merged)
    }

    /// The item that a schema needs, where it needs one.
    pub(super) fn shape(&mut self, keywords: &'a Keywords) -> Option<ItemKind> {
        if !self.needs_item(keywords) {
            return None;
        }
        let merged = merge::merged(self.schemas, keywords);
        match self.hierarchy(&merged) {
            Some(union) => Some(ItemKind::Union(union)),
            None => Some(self.shape_of(&merged)),
        }
    }

    pub(super) fn shape_of(&mut self, merged: &Keywords) -> ItemKind {
        self.coverage.count(true);
        if let Some(listed) = self.listed(merged) {
            self.check_default(merged, &listed);
            return ItemKind::Enum(listed);
        }
        if let VariantSource::Among(alternatives) = self.union_of(merged) {
            // A property that only some describe may be anything where only others hold.
            let may_be_together = self.config.untyped_schemas == UntypedSchemas::Inferred
                && !exclude_each_other(self.schemas, merged, &alternatives);
            let together = may_be_together.then(|| any_of_object::combined_object(self.schemas, merged, &alternatives));
            if let Some(both) = together.flatten() {
                return ItemKind::Struct(self.object(&both));
            }
            let union = self.union(merged, &alternatives);
            return match &union.variants[..] {
                // Alternatives that only narrow one type leave it as it is.
                [only] if union.tag.is_none() => self.alias(only.ty.clone()),
                _ => ItemKind::Union(union),
            };
        }
        if merged.types.len() > 1 && scalar::implied_type(merged).is_none() {
            return ItemKind::Union(self.type_list(merged));
        }
        let types = self.accepts_non_objects(merged);
        if !types.is_empty() {
            return ItemKind::Union(self.as_written(merged, types));
        }
        if tuples::is_open_tuple(merged) {
            return ItemKind::OpenTuple(self.open_tuple(merged));
        }
        ItemKind::Struct(self.object(merged))
    }

    /// An alias has no methods, so what is to be validated is a type of its own.
    fn alias(&self, ty: Type) -> ItemKind {
        match self.config.validation {
            Validation::Types => ItemKind::Alias(ty),
            Validation::Full => ItemKind::Newtype(ty),
        }
    }

    pub(super) fn union_of(&self, merged: &Keywords) -> VariantSource {
        let alternatives = alternatives(self.schemas, merged);
        let is_plain = !merged.types.is_empty()
            && !merged.types.iter().any(|json_type| matches!(json_type, JsonType::Array | JsonType::Object));
        let shapes_itself = !merged.properties.is_empty();
        let alternatives_shape = |id: &SchemaId| {
            merge::merged_schema(self.schemas, *id).is_none_or(|part| {
                !part.properties.is_empty()
                    || !part.types.is_empty()
                    || !part.one_of.is_empty()
                    || !part.any_of.is_empty()
            })
        };
        match alternatives[..] {
            [] => VariantSource::None,
            // Alternatives that only say more about what is there already leave it as it is.
            _ if shapes_itself
                && !alternatives.iter().any(|id| self.schemas.keywords(*id).is_some() && alternatives_shape(id)) =>
            {
                VariantSource::None
            }
            _ if is_plain && !alternatives.iter().all(alternatives_shape) => VariantSource::None,
            [only] if !shapes_itself => VariantSource::Only(only),
            _ => VariantSource::Among(alternatives),
        }
    }

    pub(super) fn union(&mut self, merged: &Keywords, alternatives: &[SchemaId]) -> Union {
        let base = any_of_object::shared_keywords(self.schemas, merged);
        let shares = !base.properties.is_empty();
        let tag = union::find_tag(self.schemas, Some(merged), alternatives);
        let untold = || alternatives.iter().map(|id| Alternative { id: *id, tag_values: Vec::new() }).collect();
        let (tag, mut found): (_, Vec<Alternative>) =
            tag.map_or_else(|| (None, untold()), |(property, found)| (Some(property), found));
        if tag.is_none() {
            found.sort_by_key(|alternative| std::cmp::Reverse(union::specificity(self.schemas, alternative.id)));
        }
        let mut variants: Vec<Variant> = Vec::new();
        let mut seen = BTreeSet::new();
        for Alternative { id, tag_values } in found {
            let label = union::labels(self.schemas, id);
            let is_more = shares && !any_of_object::includes_shared(self.schemas, &base, id);
            let ty = if is_more && self.can_join(id) { self.joined(&base, id) } else { self.value(id) };
            // Without a tag, a second alternative of the same type can never be meant.
            if seen.insert(ty.clone()) || tag.is_some() {
                variants.push(Variant { at: self.schemas[id].at.clone(), label, ty, tag_values, kinds: Vec::new() });
            }
        }
        Union::new(variants, tag)
    }

    /// Whether an alternative is joined with what it shares: not inside itself, and not with every other on the way down,
    /// which would be types without end, or without number.
    fn can_join(&self, id: SchemaId) -> bool {
        let definition = self.schemas.definition(id).unwrap_or(id);
        self.joining.len() < MAX_MERGED_ALTERNATIVES && !self.joining.contains(&definition)
    }

    /// The type of an alternative together with what all alternatives share.
    pub(super) fn joined(&mut self, base: &Keywords, id: SchemaId) -> Type {
        let Some(part) = merge::merged_schema(self.schemas, id) else { return Type::Any };
        let mut joined = merge::merge_alternative(self.schemas, base, part.into_owned(), &self.schemas[id].at).keywords;
        joined.at = self.schemas[id].at.clone();
        let name_path = name_path::of(&joined.at, &self.roots, self.schemas);
        let (at, docs) = (joined.at.clone(), docs(&joined.docs));
        let type_id = TypeId(self.types.len());
        self.types.push(None);
        self.joining.push(self.schemas.definition(id).unwrap_or(id));
        let shape = self.shape_of(&joined);
        self.joining.pop();
        self.types[type_id.0] = Some(TypeDef { at, name_path, docs, shape });
        Type::Named(type_id)
    }

    /// `type: [string, integer]`: one alternative a type.
    pub(super) fn type_list(&mut self, merged: &Keywords) -> Union {
        let mut types = merged.types.clone();
        // A whole number is a number, and what is neither is tried first.
        types.sort_unstable();
        let variants = types.into_iter().map(|json_type| {
            let part = Keywords { types: vec![json_type], values: None, ..merged.clone() };
            let label = match json_type {
                JsonType::Boolean => "Boolean",
                JsonType::Integer => "Integer",
                JsonType::Number => "Number",
                JsonType::String => "String",
                JsonType::Array => "List",
                JsonType::Object => "Object",
            };
            let ty = match json_type {
                JsonType::Object if is_struct(self.schemas, &part) => self.inner_object(&part),
                _ => self.plain(&part),
            };
            Variant {
                at: merged.at.join("type"),
                label: Label::plain(label),
                ty,
                tag_values: Vec::new(),
                kinds: Vec::new(),
            }
        });
        Union::new(variants.collect(), None)
    }

    pub(super) fn inner_object(&mut self, part: &Keywords) -> Type {
        let mut name_path = name_path::of(&part.at, &self.roots, self.schemas);
        name_path.steps.push(Step::Variant(Label::plain("Object")));
        let shape = ItemKind::Struct(self.object(part));
        self.add(TypeDef { at: part.at.join("type"), name_path, docs: docs(&part.docs), shape })
    }
}
