//! Alternatives that a tag tells apart, but for one that has none.
//!
//! ```yaml
//! oneOf:
//!   - {required: [type], properties: {type: {const: begin}}}
//!   - {required: [type], properties: {type: {const: end}}}
//!   - {required: [error], properties: {error: {type: string}}}
//! ```

use super::tag::{Values, const_values, discriminator_values};
use crate::document::{Keywords, SchemaId, SchemaKind, Schemas};
use crate::ir::TagValue;

/// So many alternatives must have a property before it is a tag for one that has not.
const FEWEST_TAGGED: usize = 2;

/// A property that every object must have, with values that no other has, but for one object that is not said to have it.
pub(super) fn constants(schemas: &Schemas, objects: &[(SchemaId, &Keywords)]) -> Option<(String, Vec<Values>)> {
    let has = |keywords: &Keywords, name: &str| keywords.properties.iter().any(|(known, _)| known == name);
    // One of the first two has the property.
    let names = objects.iter().take(2).flat_map(|(_, keywords)| &keywords.properties).map(|(name, _)| name);
    names.into_iter().find_map(|name| {
        let (tagged, others): (Vec<_>, Vec<_>) = objects.iter().copied().partition(|(_, keywords)| has(keywords, name));
        let [(other, keywords)] = others[..] else { return None };
        let are_required = tagged.iter().all(|(_, keywords)| keywords.required.contains(name));
        if tagged.len() < FEWEST_TAGGED || !are_required || may_have(schemas, keywords) {
            return None;
        }
        let values = tagged
            .iter()
            .map(|(id, keywords)| Some((*id, const_values(schemas, discriminator_values(keywords)[name.as_str()])?)));
        let mut values: Vec<Values> = values.collect::<Option<_>>()?;
        let mut all: Vec<&TagValue> = values.iter().flat_map(|(_, values)| values).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        if all.len() < count {
            return None;
        }
        values.push((other, vec![TagValue::Absent]));
        Some((name.clone(), values))
    })
}

/// Whether a schema says something of properties that it does not list by name.
fn may_have(schemas: &Schemas, keywords: &Keywords) -> bool {
    let is_nothing =
        |id: SchemaId| schemas.definition(id).is_some_and(|id| matches!(schemas[id].kind, SchemaKind::Nothing));
    !keywords.pattern_properties.is_empty()
        || !keywords.one_of.is_empty()
        || !keywords.any_of.is_empty()
        || !keywords.conditional.is_empty()
        || keywords.additional.is_some_and(|id| !is_nothing(id))
}
