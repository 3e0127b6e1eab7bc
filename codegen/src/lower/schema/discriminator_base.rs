//! A schema with a discriminator that others build on stands for all of them.

use super::super::{docs, name_path, union};
use super::Lowering;
use crate::document::{Keywords, SchemaId};
use crate::ir::{ItemKind, Label, Step, TypeDef, Union, Variant};
use crate::normalize::merge;

impl Lowering<'_> {
    /// The union of what builds on a schema and of the schema alone; `None` where nothing has more to say than it has.
    ///
    /// Those that build on it have its properties merged into their own, so they never hold the union by being its
    /// alternatives.
    pub(super) fn hierarchy(&mut self, merged: &Keywords) -> Option<Union> {
        let base = self.schemas.at(&merged.at)?;
        let descendants = self.schemas.subtypes().descendants(base);
        let says_more = |id: &SchemaId| {
            merge::merged_schema(self.schemas, *id)
                .is_some_and(|keywords| keywords.properties.len() > merged.properties.len())
        };
        if !descendants.iter().any(says_more) {
            return None;
        }
        let alternatives = [descendants, &[base]].concat();
        let (property, found) = union::find_tag(self.schemas, Some(merged), &alternatives)?;
        let variants = found.into_iter().filter(|alternative| !alternative.tag_values.is_empty());
        let variants = variants.map(|alternative| {
            let is_base = alternative.id == base;
            let at = if is_base { merged.at.join("discriminator") } else { self.schemas[alternative.id].at.clone() };
            let label = if is_base { Label::plain(BASE) } else { union::labels(self.schemas, alternative.id) };
            let ty = if is_base { self.base(merged) } else { self.value(alternative.id) };
            Variant { at, label, ty, tag_values: alternative.tag_values, kinds: Vec::new() }
        });
        Some(Union::new(variants.collect(), Some(property)))
    }

    /// What the schema says itself.
    fn base(&mut self, merged: &Keywords) -> crate::ir::Type {
        let mut name_path = name_path::of(&merged.at, &self.roots, self.schemas);
        name_path.steps.push(Step::Variant(Label::plain(BASE)));
        let shape = ItemKind::Struct(self.object(merged));
        self.add(TypeDef { at: merged.at.join("discriminator"), name_path, docs: docs(&merged.docs), shape })
    }
}

/// What the schema itself is called among those that build on it.
const BASE: &str = "Base";
