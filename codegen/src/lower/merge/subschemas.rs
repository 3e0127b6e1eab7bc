//! What the parts of an `allOf` say of what a value holds: its properties and its items.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{outline, precision};
use crate::document::{JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::json::Value;
use crate::location::Location;

/// The schemas that parts have for what a value holds, in the order of the parts.
#[derive(Default)]
pub(super) struct MergedSubschemas {
    properties: IndexMap<String, Vec<SchemaId>>,
    additional: Vec<SchemaId>,
    items: Vec<SchemaId>,
    tuple: Vec<Vec<SchemaId>>,
    /// What follows the tuple.
    rest: Vec<SchemaId>,
}

/// Merged keywords, and what no schema says alone.
pub(in crate::lower) struct Resolved {
    pub(in crate::lower) keywords: Keywords,
    pub(in crate::lower) contests: Vec<Conflict>,
}

/// A place where the parts of a schema have several schemas, none of which says what the others do.
pub(in crate::lower) struct Conflict {
    /// The schema that is made of parts, and the steps from there.
    pub(in crate::lower) at: Location,
    pub(in crate::lower) steps: Vec<String>,
    pub(in crate::lower) parts: Vec<SchemaId>,
}

impl MergedSubschemas {
    /// Takes them out of keywords.
    pub(super) fn take(keywords: &mut Keywords) -> Self {
        let properties = std::mem::take(&mut keywords.properties);
        let rest = keywords.constraints.schemas.iter().filter(|(key, _)| *key == "additionalItems");
        Self {
            rest: rest.map(|(_, id)| *id).collect(),
            properties: properties.into_iter().map(|(name, id)| (name, vec![id])).collect(),
            additional: keywords.additional.take().into_iter().collect(),
            items: keywords.items.take().into_iter().collect(),
            tuple: std::mem::take(&mut keywords.tuple).into_iter().map(|id| vec![id]).collect(),
        }
    }

    /// What comes after keeps its place where there is one of the kind already.
    pub(super) fn extend(&mut self, other: Self) {
        for (name, ids) in other.properties {
            self.properties.entry(name).or_default().extend(ids);
        }
        self.additional.extend(other.additional);
        self.items.extend(other.items);
        self.extend_tuple(other.tuple, other.rest);
    }

    /// What follows the shorter tuple is said of what the longer one has there.
    fn extend_tuple(&mut self, tuple: Vec<Vec<SchemaId>>, rest: Vec<SchemaId>) {
        let (ours, theirs) = (self.tuple.len(), tuple.len());
        for (index, ids) in tuple.into_iter().enumerate() {
            match self.tuple.get_mut(index) {
                Some(known) => known.extend(ids),
                None if ours > 0 => self.tuple.push(ids.into_iter().chain(self.rest.iter().copied()).collect()),
                None => self.tuple.push(ids),
            }
        }
        if theirs > 0 {
            self.tuple.iter_mut().skip(theirs).for_each(|known| known.extend(&rest));
        }
        self.rest.extend(rest);
    }

    /// Puts back one schema for each, of what is merged at a place.
    pub(super) fn settle(self, schemas: &Schemas, mut keywords: Keywords, at: &Location) -> Resolved {
        let mut settling = Resolution { schemas, at, contests: Vec::new() };
        let is_nothing = |id: &SchemaId| matches!(schemas[*id].kind, SchemaKind::Nothing);
        let nothing = self.additional.iter().copied().find(is_nothing);
        keywords.additional = nothing.or_else(|| settling.one(self.additional, &["additionalProperties"]));
        keywords.items = settling.one(self.items, &["items"]);
        let tuple = self.tuple.into_iter().enumerate();
        keywords.tuple = tuple.filter_map(|(index, ids)| settling.one(ids, &["items", &index.to_string()])).collect();
        let properties = self.properties.into_iter();
        keywords.properties = properties
            .filter_map(|(name, ids)| settling.one(ids, &["properties", &name]).map(|id| (name, id)))
            .collect();
        let mut seen = BTreeSet::new();
        keywords.required.retain(|name| seen.insert(name.clone()));
        Resolved { keywords, contests: settling.contests }
    }
}

struct Resolution<'a> {
    schemas: &'a Schemas,
    at: &'a Location,
    contests: Vec<Conflict>,
}

impl Resolution<'_> {
    /// The one schema of several: that says it all, or is made of all, or else says most.
    fn one(&mut self, ids: Vec<SchemaId>, steps: &[&str]) -> Option<SchemaId> {
        if let [] | [_] = ids[..] {
            return ids.first().copied();
        }
        let parts = most_specific(self.schemas, ids);
        if let [only] = parts[..] {
            return Some(only);
        }
        let slot = steps.iter().fold(self.at.clone(), |at, step| at.join(step));
        if let Some(conjunction) = self.schemas.conjunction(&slot) {
            return Some(conjunction);
        }
        let most = parts.iter().copied().max_by_key(|id| precision(self.schemas, *id));
        let steps = steps.iter().map(|step| (*step).to_owned()).collect();
        self.contests.push(Conflict { at: self.at.clone(), steps, parts });
        most
    }
}

/// The schemas without those that others say as well; of equals the last stays.
fn most_specific(schemas: &Schemas, ids: Vec<SchemaId>) -> Vec<SchemaId> {
    let mut telling: Vec<SchemaId> = Vec::new();
    for id in ids {
        match telling.iter_mut().find(|known| schemas.definition(**known) == schemas.definition(id)) {
            Some(known) => *known = id,
            None => telling.push(id),
        }
    }
    let mut index = 0;
    while index < telling.len() {
        let id = telling[index];
        let mut others = telling.iter().filter(|other| **other != id);
        if others.any(|other| implies(schemas, *other, id)) {
            telling.remove(index);
        } else {
            index += 1;
        }
    }
    telling
}

/// Whether a schema says all that a plain one does.
fn implies(schemas: &Schemas, schema: SchemaId, plain: SchemaId) -> bool {
    let Some(asked) = schemas.keywords(plain) else {
        return schemas.definition(plain).is_none_or(|id| !matches!(schemas[id].kind, SchemaKind::Nothing));
    };
    let Some(said) = schemas.keywords(schema).map(|keywords| outline(schemas, keywords)) else { return false };
    is_plain(asked)
        && has_types(&said, &asked.types)
        && (asked.format.is_none() || asked.format == said.format)
        && (asked.default.is_none() || asked.default == said.default)
        && (allows_null(asked) || !allows_null(&said))
        && asked
            .values
            .as_ref()
            .is_none_or(|asked| said.values.as_ref().is_some_and(|said| said.iter().all(|value| asked.contains(value))))
}

/// Whether a schema speaks of a value's type, format and values, and of nothing else.
fn is_plain(keywords: &Keywords) -> bool {
    let lists = [&keywords.tuple, &keywords.all_of, &keywords.any_of, &keywords.one_of];
    let constraints = &keywords.constraints;
    keywords.properties.is_empty()
        && keywords.pattern_properties.is_empty()
        && keywords.required.is_empty()
        && keywords.additional.is_none()
        && keywords.items.is_none()
        && keywords.length == (None, None)
        && keywords.discriminator.is_none()
        && lists.iter().all(|list| list.is_empty())
        && constraints.plain.iter().all(|(key, _)| *key == "const")
        && constraints.schemas.is_empty()
        && constraints.dependencies.is_empty()
}

/// Whether every value that is allowed is of one of these types.
fn has_types(keywords: &Keywords, types: &[JsonType]) -> bool {
    let is_met =
        |kind: JsonType| types.contains(&kind) || kind == JsonType::Integer && types.contains(&JsonType::Number);
    match (&keywords.types[..], &keywords.values) {
        _ if types.is_empty() => true,
        ([], Some(values)) => values.iter().all(|value| JsonType::of(value).is_none_or(is_met)),
        ([], None) => false,
        (said, _) => said.iter().all(|kind| is_met(*kind)),
    }
}

fn allows_null(keywords: &Keywords) -> bool {
    match &keywords.values {
        Some(values) => values.contains(&Value::Null),
        None => keywords.nullable || keywords.types.is_empty(),
    }
}
