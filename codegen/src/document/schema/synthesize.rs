//! Adds schemas that do not occur in the document, such as the intersection of several schemas for one property.

use super::keywords::{ConditionalProperty, Docs, Keywords, SchemaId};
use super::table::{Schema, SchemaKind, Schemas};
use crate::location::Location;

impl Schemas {
    /// Adds a schema that matches all of `parts`, for the location that `steps` lead to from `whole`. If there is a
    /// schema at that location, the new schema is at a similar location.
    pub(crate) fn insert_all_of(&mut self, whole: &Location, steps: &[String], parts: Vec<SchemaId>) -> SchemaId {
        let at = Some(descendant(whole, steps)).filter(|at| self.at(at).is_none());
        let at = at.unwrap_or_else(|| descendant(&whole.join("allOf").join("all"), steps));
        let keywords = self.shared_annotations(at, &parts);
        self.insert(Keywords { all_of: parts, ..keywords })
    }

    /// Adds a schema that matches any of `alternatives`, at a location without a schema.
    pub(crate) fn insert_any_of(&mut self, at: Location, alternatives: Vec<SchemaId>) -> SchemaId {
        let keywords = self.shared_annotations(at, &alternatives);
        self.insert(Keywords { any_of: alternatives, ..keywords })
    }

    /// Adds properties that conditions mention.
    pub(crate) fn add_conditional_properties(&mut self, id: SchemaId, conditional: Vec<(String, ConditionalProperty)>) {
        if let Some(keywords) = self.own_keywords_mut(id) {
            keywords.conditional_properties.extend(conditional);
        }
    }

    /// Records the schema that is used for the location to which `steps` lead from `whole`.
    pub(crate) fn record_intersection(&mut self, whole: &Location, steps: &[String], id: SchemaId) {
        self.intersections.insert(descendant(whole, steps), id);
    }

    /// The annotations and the default for a schema that combines several others. The last schema has precedence.
    fn shared_annotations(&self, at: Location, parts: &[SchemaId]) -> Keywords {
        let keywords: Vec<&Keywords> = parts.iter().rev().filter_map(|part| self.keywords(*part)).collect();
        let documented = keywords
            .iter()
            .map(|keywords| &keywords.docs)
            .find(|docs| docs.title.is_some() || docs.description.is_some());
        let deprecated = keywords.iter().any(|keywords| keywords.docs.deprecated);
        let docs = Docs { deprecated, ..documented.cloned().unwrap_or_default() };
        let default = keywords.iter().find_map(|keywords| keywords.default.clone());
        Keywords { at, docs, default, ..Keywords::default() }
    }

    fn insert(&mut self, keywords: Keywords) -> SchemaId {
        let id = self.push(Schema { at: keywords.at.clone(), kind: SchemaKind::Keywords(Box::new(keywords)) });
        self.order.push(id);
        id
    }
}

fn descendant(at: &Location, steps: &[String]) -> Location {
    steps.iter().fold(at.clone(), |at, step| at.join(step))
}
