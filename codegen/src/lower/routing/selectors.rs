//! Texts in headers and payloads that tell messages apart.

use std::collections::BTreeSet;

use super::RoutingContext;
use super::candidates::CandidateMessage;
use crate::document::{MessageId, SchemaId, Schemas};
use crate::ir::{Case, Selector};
use crate::json::Value;
use crate::location::{Pointer, RuntimeExpression};
use crate::normalize::merge;

/// A property that tells messages apart, and the values that mean each.
pub(super) struct SelectorMatch {
    pub(super) at: Selector,
    pub(super) cases: Vec<Case>,
    /// Whether every message must have it.
    pub(super) is_required: bool,
}

/// A property with a constant or an enum.
struct EnumProperty {
    name: String,
    values: Vec<String>,
    is_required: bool,
}

/// The header that tells them apart. Headers are texts, whatever their schemas say.
pub(super) fn header(apis: &RoutingContext<'_>, contenders: &[CandidateMessage]) -> Option<SelectorMatch> {
    let headers = |message: MessageId| apis.document.messages[message].headers;
    let mut limited = limited_of(apis, contenders, headers, Text::Any)?;
    for property in limited.iter_mut().flatten() {
        property.name.make_ascii_lowercase();
    }
    marked(apis, contenders, &limited, |name| Selector::Text(RuntimeExpression::Header(name)))
}

/// The property of the payloads that tells them apart.
pub(super) fn payload(apis: &RoutingContext<'_>, contenders: &[CandidateMessage]) -> Option<SelectorMatch> {
    let payload = |message: MessageId| apis.document.messages[message].payload;
    let at = |property: String| Pointer::root().join(&property);
    let marked = |text: Text, mark: fn(Pointer) -> Selector| {
        let limited = limited_of(apis, contenders, payload, text)?;
        marked(apis, contenders, &limited, |property| mark(at(property)))
    };
    let named = || {
        super::implied_values::names(apis, contenders).map(|(property, cases)| selector_from_names(at(property), cases))
    };
    marked(Text::Strings, payload_text).or_else(|| marked(Text::Integers, Selector::Integer)).or_else(named)
}

fn selector_from_names(at: Pointer, cases: Vec<Case>) -> SelectorMatch {
    SelectorMatch { at: payload_text(at), cases, is_required: true }
}

fn payload_text(at: Pointer) -> Selector {
    Selector::Text(RuntimeExpression::Payload(at))
}

/// Which values are texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Strings,
    /// Integers, as they are written.
    Integers,
    /// Numbers and booleans too, as they are written.
    Any,
}

fn limited_of(
    apis: &RoutingContext<'_>,
    contenders: &[CandidateMessage],
    schema: impl Fn(MessageId) -> Option<SchemaId>,
    text: Text,
) -> Option<Vec<Vec<EnumProperty>>> {
    let limited = contenders.iter().map(|contender| limited(&apis.document.schemas, schema(contender.message)?, text));
    limited.collect()
}

fn limited(schemas: &Schemas, id: SchemaId, text: Text) -> Option<Vec<EnumProperty>> {
    let merged = merge::merged_schema(schemas, id)?;
    let required: BTreeSet<&String> = merged.required.iter().collect();
    let limited = merged.properties.iter().filter_map(|(name, id)| {
        let merged = merge::merged_schema(schemas, *id)?;
        let values = merged.values.as_ref()?;
        let texts = values.iter().map(|value| match value {
            Value::String(value) => (text != Text::Integers).then(|| value.clone()),
            Value::Integer(value) => (text != Text::Strings).then(|| value.to_string()),
            value => (text == Text::Any).then(|| value.plain_text())?,
        });
        let values = texts.collect::<Option<Vec<String>>>().filter(|values| !values.is_empty())?;
        Some(EnumProperty { name: name.clone(), values, is_required: required.contains(name) })
    });
    Some(limited.collect())
}

/// The first property of which each message has values that no other has; or else the first whose values name them all.
fn marked(
    apis: &RoutingContext<'_>,
    contenders: &[CandidateMessage],
    limited: &[Vec<EnumProperty>],
    mark: impl Fn(String) -> Selector,
) -> Option<SelectorMatch> {
    let names: Vec<&String> = contenders.iter().map(|contender| &apis.event(contender.of).name).collect();
    let are_distinct = |values: &[Vec<&String>]| {
        let mut seen = BTreeSet::new();
        values.iter().all(|values| {
            let values: BTreeSet<_> = values.iter().collect();
            values.into_iter().all(|value| seen.insert(*value))
        })
    };
    let all = |name: &str| -> Option<Vec<&EnumProperty>> {
        limited.iter().map(|limited| limited.iter().find(|limited| limited.name == name)).collect()
    };
    let told = |property: &Vec<&EnumProperty>, values: Vec<Vec<&String>>| {
        are_distinct(&values).then(|| {
            let cases = contenders.iter().zip(values).map(|(contender, values)| {
                let values: BTreeSet<String> = values.into_iter().cloned().collect();
                Case { values: values.into_iter().collect(), candidate: contender.of }
            });
            let is_required = property.iter().all(|limited| limited.is_required);
            SelectorMatch { at: mark(property[0].name.clone()), cases: cases.collect(), is_required }
        })
    };
    let shared: Vec<Vec<&EnumProperty>> = limited.first()?.iter().filter_map(|first| all(&first.name)).collect();
    let own = shared
        .iter()
        .find_map(|property| told(property, property.iter().map(|limited| limited.values.iter().collect()).collect()));
    let by_name = || {
        let names_all = |property: &&Vec<&EnumProperty>| {
            property.iter().zip(&names).all(|(limited, name)| limited.values.contains(name))
        };
        let naming: Vec<&Vec<&EnumProperty>> = shared.iter().filter(names_all).collect();
        let property = naming.first()?;
        if naming.len() > 1 {
            let names: Vec<&str> = naming.iter().map(|property| property[0].name.as_str()).collect();
            super::warn_of_several(apis, &apis.operations[contenders[0].of.operation], &names);
        }
        told(property, names.iter().map(|name| vec![*name]).collect())
    };
    own.or_else(by_name)
}
