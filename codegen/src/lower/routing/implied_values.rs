//! A property that says the names of the messages, though not all of them say so.
//!
//! ```yaml
//! oneOf:
//!   - {name: tick, payload: {required: [type], properties: {type: {const: tick}}}}
//!   - {name: pong, payload: {required: [type], properties: {type: {const: pong}}}}
//!   - {name: subscribed, payload: {$ref: '#/components/schemas/Ack'}}     # whose `type` is any text
//!   - {name: unsubscribed, payload: {$ref: '#/components/schemas/Ack'}}
//! ```

use std::collections::BTreeSet;

use super::{CandidateMessage, RoutingContext};
use crate::document::{JsonType, Keywords, Schemas};
use crate::ir::Case;
use crate::json::Value;
use crate::normalize::merge;

/// So many messages must have their own name as a constant before the others are believed to have theirs.
const FEWEST_SURE: usize = 2;

/// The property that every message must have, and the name that means each.
pub(super) fn names(apis: &RoutingContext<'_>, contenders: &[CandidateMessage]) -> Option<(String, Vec<Case>)> {
    let schemas = &apis.document.schemas;
    let names: Vec<&str> = contenders.iter().map(|contender| apis.event(contender.candidate).name.as_str()).collect();
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        return None;
    }
    let payloads = contenders.iter().map(|contender| {
        let payload = apis.document.messages[contender.message].payload?;
        Some(merge::merged_schema(schemas, payload)?.into_owned())
    });
    let payloads: Vec<Keywords> = payloads.collect::<Option<_>>()?;
    let says = |property: &str| {
        let said = payloads.iter().zip(&names).map(|(payload, name)| said(schemas, payload, property, name));
        said.collect::<Option<Vec<ImpliedName>>>()
    };
    let tells = |property: &&String| {
        says(property).is_some_and(|said| said.iter().filter(|said| **said == ImpliedName::Name).count() >= FEWEST_SURE)
    };
    let property = payloads.first()?.properties.iter().map(|(name, _)| name).find(tells)?;
    let cases = contenders.iter().zip(names);
    let cases =
        cases.map(|(contender, name)| Case { values: vec![name.to_owned()], candidate: contender.candidate }).collect();
    Some((property.clone(), cases))
}

/// What a payload says of a property.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ImpliedName {
    /// It is the name of the message.
    Name,
    /// It is a text.
    Text,
}

/// `None` where it need not be there, or is something else.
fn said(schemas: &Schemas, payload: &Keywords, property: &str, name: &str) -> Option<ImpliedName> {
    let (_, id) = payload.properties.iter().find(|(known, _)| known == property)?;
    let merged = merge::merged_schema(schemas, *id)?;
    let is_required = payload.required.iter().any(|required| required == property);
    match merged.values.as_deref() {
        _ if !is_required => None,
        Some([Value::String(only)]) if only == name => Some(ImpliedName::Name),
        None if merged.types == [JsonType::String] && !merged.nullable && merged.format.is_none() => {
            Some(ImpliedName::Text)
        }
        _ => None,
    }
}
