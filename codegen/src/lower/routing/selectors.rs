//! Selectors: a header or a payload property whose value selects one of several messages.

use std::collections::BTreeSet;

use indexmap::IndexSet;

use super::{CandidateMessage, RoutingContext};
use crate::document::{MessageId, SchemaId, Schemas};
use crate::ir::{Case, Rule, Selector};
use crate::json::Value;
use crate::location::{Pointer, RuntimeExpression};
use crate::normalize::merge;

/// A selector, and the values that select each message.
pub(super) struct SelectorMatch {
    pub(super) selector: Selector,
    pub(super) cases: Vec<Case>,
    /// Whether every message must have the header or the property.
    pub(super) is_required: bool,
}

/// A property with `const` or `enum`.
struct EnumProperty {
    name: String,
    values: Vec<String>,
    is_required: bool,
}

/// Which JSON values a selector can have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueTypes {
    Strings,
    Integers,
    /// Strings, numbers and booleans: all of them are text in a header.
    Scalars,
}

/// The header that selects the message.
pub(super) fn header(cx: &RoutingContext<'_>, candidates: &[CandidateMessage]) -> Option<SelectorMatch> {
    let headers = |message: MessageId| cx.document.messages[message].headers;
    let mut properties = enum_properties_of_messages(cx, candidates, headers, ValueTypes::Scalars)?;
    for property in properties.iter_mut().flatten() {
        property.name.make_ascii_lowercase();
    }
    select_by_property(cx, candidates, &properties, |name| Selector::Text(RuntimeExpression::Header(name)))
}

/// A header that selects some of the messages, and the messages that do not have it.
pub(super) fn header_of_some(
    cx: &RoutingContext<'_>,
    candidates: &[CandidateMessage],
) -> Option<(SelectorMatch, Vec<CandidateMessage>)> {
    let names_of = |candidate: &CandidateMessage| -> Vec<String> {
        let headers = cx.document.messages[candidate.message].headers;
        let object = headers.and_then(|id| merge::merged_schema(&cx.document.schemas, id));
        let properties = object.iter().flat_map(|object| &object.properties);
        properties.map(|(name, _)| name.to_ascii_lowercase()).collect()
    };
    let names: IndexSet<String> = candidates.iter().flat_map(names_of).collect();
    names.into_iter().find_map(|name| {
        let (with, without): (Vec<CandidateMessage>, Vec<CandidateMessage>) =
            candidates.iter().partition(|candidate| names_of(candidate).contains(&name));
        let found = header(cx, &with).filter(|_| with.len() > 1 && !without.is_empty())?;
        (found.selector == Selector::Text(RuntimeExpression::Header(name))).then_some((found, without))
    })
}

/// The payload property that selects the message.
pub(super) fn payload(cx: &RoutingContext<'_>, candidates: &[CandidateMessage]) -> Option<SelectorMatch> {
    let payload = |message: MessageId| cx.document.messages[message].payload;
    let select = |types: ValueTypes, selector: fn(Pointer) -> Selector| {
        let properties = enum_properties_of_messages(cx, candidates, payload, types)?;
        select_by_property(cx, candidates, &properties, |name| selector(Pointer::root().join(&name)))
    };
    let text = |at: Pointer| Selector::Text(RuntimeExpression::Payload(at));
    select(ValueTypes::Strings, text).or_else(|| select(ValueTypes::Integers, Selector::Integer))
}

/// The enum properties of each message's headers or payload. `None` if a message has none.
fn enum_properties_of_messages(
    cx: &RoutingContext<'_>,
    candidates: &[CandidateMessage],
    schema: impl Fn(MessageId) -> Option<SchemaId>,
    types: ValueTypes,
) -> Option<Vec<Vec<EnumProperty>>> {
    let schemas = &cx.document.schemas;
    candidates.iter().map(|candidate| enum_properties(schemas, schema(candidate.message)?, types)).collect()
}

fn enum_properties(schemas: &Schemas, id: SchemaId, types: ValueTypes) -> Option<Vec<EnumProperty>> {
    let object = merge::merged_schema(schemas, id)?;
    let required: BTreeSet<&String> = object.required.iter().collect();
    let properties = object.properties.iter().filter_map(|(name, id)| {
        let merged = merge::merged_schema(schemas, *id)?;
        let texts = merged.values.as_ref()?.iter().map(|value| match value {
            Value::String(value) => (types != ValueTypes::Integers).then(|| value.clone()),
            Value::Integer(value) => (types != ValueTypes::Strings).then(|| value.to_string()),
            value => (types == ValueTypes::Scalars).then(|| value.plain_text())?,
        });
        let values = texts.collect::<Option<Vec<String>>>().filter(|values| !values.is_empty())?;
        Some(EnumProperty { name: name.clone(), values, is_required: required.contains(name) })
    });
    Some(properties.collect())
}

/// The first property of which no two messages share a value. If there is none, the first property that lists the
/// event's name in each message.
fn select_by_property(
    cx: &RoutingContext<'_>,
    candidates: &[CandidateMessage],
    properties: &[Vec<EnumProperty>],
    selector: impl Fn(String) -> Selector,
) -> Option<SelectorMatch> {
    let match_of = |property: &Vec<&EnumProperty>, values: Vec<BTreeSet<&String>>| {
        let mut seen = BTreeSet::new();
        let are_distinct = values.iter().flatten().all(|value| seen.insert(*value));
        are_distinct.then(|| {
            let cases = candidates.iter().zip(values).map(|(candidate, values)| Case {
                values: values.into_iter().cloned().collect(),
                rule: Rule::Message(candidate.candidate),
            });
            let is_required = property.iter().all(|property| property.is_required);
            SelectorMatch { selector: selector(property[0].name.clone()), cases: cases.collect(), is_required }
        })
    };
    let in_all_messages = |name: &str| -> Option<Vec<&EnumProperty>> {
        properties.iter().map(|properties| properties.iter().find(|property| property.name == name)).collect()
    };
    let common = properties.first()?.iter().filter_map(|property| in_all_messages(&property.name));
    let common: Vec<Vec<&EnumProperty>> = common.collect();
    let by_values = common.iter().find_map(|property| {
        match_of(property, property.iter().map(|property| property.values.iter().collect()).collect())
    });
    let by_name = || {
        let names: Vec<&String> = candidates.iter().map(|candidate| &cx.event(candidate.candidate).name).collect();
        let lists_names = |property: &&Vec<&EnumProperty>| {
            property.iter().zip(&names).all(|(property, name)| property.values.contains(name))
        };
        let name_properties: Vec<&Vec<&EnumProperty>> = common.iter().filter(lists_names).collect();
        let first = name_properties.first()?;
        if name_properties.len() > 1 {
            let properties: Vec<&str> = name_properties.iter().map(|property| property[0].name.as_str()).collect();
            super::warn_of_several(cx, &cx.operations[candidates[0].candidate.operation], &properties);
        }
        match_of(first, names.iter().map(|name| BTreeSet::from([*name])).collect())
    };
    by_values.or_else(by_name)
}
