//! Schemas that speak of one type and name none: `properties` without `type: object` says nothing of a text.

use super::super::scalar;
use super::Lowering;
use super::items::VariantSource;
use crate::config::UntypedSchemas;
use crate::document::{JsonType, Keywords};
use crate::ir::{JsonKind, Label, Type, Union, Variant};

impl Lowering<'_> {
    /// The types that a schema speaks of, where it has to take values of all others as well.
    pub(super) fn accepts_non_objects(&self, merged: &Keywords) -> Vec<JsonType> {
        let is_untyped = merged.types.is_empty() && merged.values.is_none();
        if self.config.untyped_schemas == UntypedSchemas::Inferred
            || !is_untyped
            || !matches!(self.union_of(merged), VariantSource::None)
        {
            return Vec::new();
        }
        let speaks =
            [JsonType::Array, JsonType::Object].into_iter().filter(|json_type| scalar::has_type(merged, *json_type));
        speaks.collect()
    }

    /// An alternative for each type that the schema speaks of, and one for all others.
    pub(super) fn as_written(&mut self, merged: &Keywords, types: Vec<JsonType>) -> Union {
        let kind =
            |json_type: &JsonType| if *json_type == JsonType::Array { JsonKind::Array } else { JsonKind::Object };
        let spoken: Vec<JsonKind> = types.iter().map(kind).collect();
        let mut union = self.type_list(&Keywords { types, ..merged.clone() });
        for (variant, kind) in union.variants.iter_mut().zip(&spoken) {
            variant.kinds.push(*kind);
        }
        let others = JsonKind::ALL.into_iter().filter(|kind| !spoken.contains(kind));
        union.variants.push(Variant {
            at: merged.at.clone(),
            label: Label::plain("Other"),
            ty: Type::Any,
            tag_values: Vec::new(),
            kinds: others.collect(),
        });
        union
    }
}
