//! The schemas that the parts of an `allOf` have for properties, items and tuple elements, and the choice of one of
//! them.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Merged, collect_parts};
use crate::document::{JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::location::Location;
use crate::normalize::nullability::allows_null;

/// The subschemas of all parts, in the order of the parts.
#[derive(Default)]
pub(super) struct Subschemas {
    properties: IndexMap<String, Vec<SchemaId>>,
    additional: Vec<SchemaId>,
    items: Vec<SchemaId>,
    tuple: Vec<Vec<SchemaId>>,
    /// `additionalItems`: the elements after the tuple.
    additional_items: Vec<SchemaId>,
}

/// A location for which the parts of a schema have several schemas, none of which implies the others.
pub(in crate::normalize) struct Conflict {
    /// The schema with the parts.
    pub(in crate::normalize) at: Location,
    /// The steps from that schema to the location.
    pub(in crate::normalize) steps: Vec<String>,
    pub(in crate::normalize) parts: Vec<SchemaId>,
}

impl Subschemas {
    /// Moves the subschemas out of keywords.
    pub(super) fn take_from(keywords: &mut Keywords) -> Self {
        let properties = std::mem::take(&mut keywords.properties);
        let additional_items = keywords.assertions.schemas.iter().filter(|(key, _)| *key == "additionalItems");
        Self {
            additional_items: additional_items.map(|(_, id)| *id).collect(),
            properties: properties.into_iter().map(|(name, id)| (name, vec![id])).collect(),
            additional: keywords.additional_properties.take().into_iter().collect(),
            items: keywords.items.take().into_iter().collect(),
            tuple: std::mem::take(&mut keywords.tuple).into_iter().map(|id| vec![id]).collect(),
        }
    }

    /// Adds the subschemas of another part.
    pub(super) fn extend(&mut self, other: Self) {
        for (name, ids) in other.properties {
            self.properties.entry(name).or_default().extend(ids);
        }
        self.additional.extend(other.additional);
        self.items.extend(other.items);
        self.extend_tuple(other.tuple, other.additional_items);
    }

    /// Adds another tuple. `additionalItems` of the shorter tuple applies to the elements that only the longer one has.
    fn extend_tuple(&mut self, tuple: Vec<Vec<SchemaId>>, additional_items: Vec<SchemaId>) {
        let (own_length, other_length) = (self.tuple.len(), tuple.len());
        for (index, ids) in tuple.into_iter().enumerate() {
            match self.tuple.get_mut(index) {
                Some(known) => known.extend(ids),
                None if own_length > 0 => {
                    self.tuple.push(ids.into_iter().chain(self.additional_items.iter().copied()).collect());
                }
                None => self.tuple.push(ids),
            }
        }
        if other_length > 0 {
            self.tuple.iter_mut().skip(other_length).for_each(|known| known.extend(&additional_items));
        }
        self.additional_items.extend(additional_items);
    }

    /// Puts one schema for each location back into the keywords of the schema at `at`.
    pub(super) fn resolve(self, schemas: &Schemas, mut keywords: Keywords, at: &Location) -> Merged {
        let mut resolution = Resolution { schemas, at, conflicts: Vec::new() };
        let closed = self.additional.iter().copied().find(|id| schemas.is_false(*id));
        keywords.additional_properties =
            closed.or_else(|| resolution.choose(self.additional, &["additionalProperties"]));
        keywords.items = resolution.choose(self.items, &["items"]);
        let tuple = self.tuple.into_iter().enumerate();
        keywords.tuple =
            tuple.filter_map(|(index, ids)| resolution.choose(ids, &["items", &index.to_string()])).collect();
        let properties = self.properties.into_iter();
        keywords.properties = properties
            .filter_map(|(name, ids)| resolution.choose(ids, &["properties", &name]).map(|id| (name, id)))
            .collect();
        let mut seen = BTreeSet::new();
        keywords.required.retain(|name| seen.insert(name.clone()));
        Merged { keywords, conflicts: resolution.conflicts }
    }
}

struct Resolution<'a> {
    schemas: &'a Schemas,
    at: &'a Location,
    conflicts: Vec<Conflict>,
}

impl Resolution<'_> {
    /// One schema of several: the one that implies the others, or the one made of them, or else the most precise one.
    fn choose(&mut self, ids: Vec<SchemaId>, steps: &[&str]) -> Option<SchemaId> {
        if let [] | [_] = ids[..] {
            return ids.first().copied();
        }
        let parts = most_specific(self.schemas, ids);
        if let [only] = parts[..] {
            return Some(only);
        }
        let location = steps.iter().fold(self.at.clone(), |at, step| at.join(step));
        if let Some(conjunction) = self.schemas.intersection(&location) {
            return Some(conjunction);
        }
        let most_precise = parts.iter().copied().max_by_key(|id| precision(self.schemas, *id));
        let steps = steps.iter().map(|step| (*step).to_owned()).collect();
        self.conflicts.push(Conflict { at: self.at.clone(), steps, parts });
        most_precise
    }
}

/// How much a schema restricts its values.
fn precision(schemas: &Schemas, id: SchemaId) -> u8 {
    let Some(definition) = schemas.definition(id) else { return 0 };
    match &schemas[definition].kind {
        SchemaKind::Keywords(keywords) if keywords.values.is_some() => 3,
        SchemaKind::Keywords(keywords) if !keywords.properties.is_empty() || !keywords.all_of.is_empty() => 2,
        SchemaKind::Keywords(keywords) if !keywords.types.is_empty() => 1,
        _ => 0,
    }
}

/// The schemas without those that another one implies. Of equal schemas the last one stays.
fn most_specific(schemas: &Schemas, ids: Vec<SchemaId>) -> Vec<SchemaId> {
    let mut distinct: Vec<SchemaId> = Vec::new();
    for id in ids {
        match distinct.iter_mut().find(|known| schemas.definition(**known) == schemas.definition(id)) {
            Some(known) => *known = id,
            None => distinct.push(id),
        }
    }
    let mut index = 0;
    while index < distinct.len() {
        let id = distinct[index];
        let mut others = distinct.iter().filter(|other| **other != id);
        if others.any(|other| implies(schemas, *other, id)) {
            distinct.remove(index);
        } else {
            index += 1;
        }
    }
    distinct
}

/// Whether every value of `schema` is known to be valid against `plain`, which has only a type, a format and values.
fn implies(schemas: &Schemas, schema: SchemaId, plain: SchemaId) -> bool {
    let Some(plain) = schemas.keywords(plain) else { return !schemas.is_false(plain) };
    let Some(keywords) = schemas.keywords(schema).map(|keywords| collect_parts(schemas, keywords).0) else {
        return false;
    };
    is_plain(plain)
        && has_types(&keywords, &plain.types)
        && (plain.format.is_none() || plain.format == keywords.format)
        && (plain.default.is_none() || plain.default == keywords.default)
        && (allows_null(plain) || !allows_null(&keywords))
        && plain.values.as_ref().is_none_or(|allowed| {
            keywords.values.as_ref().is_some_and(|values| values.iter().all(|value| allowed.contains(value)))
        })
}

/// Whether a schema restricts the type, the format and the values, and nothing else.
fn is_plain(keywords: &Keywords) -> bool {
    let lists = [&keywords.tuple, &keywords.all_of, &keywords.any_of, &keywords.one_of];
    let constraints = &keywords.assertions;
    keywords.properties.is_empty()
        && keywords.pattern_properties.is_empty()
        && keywords.required.is_empty()
        && keywords.additional_properties.is_none()
        && keywords.items.is_none()
        && keywords.item_count == (None, None)
        && keywords.discriminator.is_none()
        && lists.iter().all(|list| list.is_empty())
        && constraints.plain.iter().all(|(key, _)| *key == "const")
        && constraints.schemas.is_empty()
        && constraints.dependencies.is_empty()
}

/// Whether every value of a schema is of one of these types. An empty list means all types.
fn has_types(keywords: &Keywords, types: &[JsonType]) -> bool {
    let is_allowed = |json_type: JsonType| types.iter().any(|allowed| allowed.includes(json_type));
    match (&keywords.types[..], &keywords.values) {
        _ if types.is_empty() => true,
        ([], Some(values)) => values.iter().all(|value| JsonType::of_value(value).is_none_or(is_allowed)),
        ([], None) => false,
        (own, _) => own.iter().all(|json_type| is_allowed(*json_type)),
    }
}
