//! What tells the events of one address apart: a header, a property of the payload, or its shape.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::super::structural_key;
use super::candidates::{CandidateMessage, contenders};
use super::selectors::SelectorMatch;
use super::{RoutingContext, selectors};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Candidate, Case, ItemKind, Representation, Rule, Selector, Type, Union};
use crate::location::{Pointer, RuntimeExpression};
use crate::lower::union;

/// What tells the operation, and what tells the message.
pub(super) fn of(apis: &RoutingContext<'_>, operations: &[usize]) -> Option<(Rule, Rule)> {
    let contenders = contenders(apis, operations);
    let first = contenders.first()?.of.operation;
    let message = message(apis, &contenders);
    if contenders.iter().any(|contender| contender.of.operation != first) {
        return Some((message.clone(), message));
    }
    // The payload of one operation is one type, which mostly knows its alternatives itself.
    let whole = Rule::Operation(first);
    if is_mixed(apis, first) {
        return Some((message.clone(), message));
    }
    let Some(union) = joined(apis, first) else { return Some((whole, message)) };
    let operation = match (union.representation(), &message) {
        (Representation::Untagged, Rule::Select { selector, cases, fallback }) => {
            let fallback = fallback.as_ref().map(|_| Box::new(whole));
            Rule::Select { selector: selector.clone(), cases: cases.clone(), fallback }
        }
        _ => whole,
    };
    let is_tag = |at: &Selector| match (at, union.representation()) {
        (
            Selector::Text(RuntimeExpression::Payload(pointer)) | Selector::Integer(pointer),
            Representation::Tagged(tag),
        ) => *pointer == Pointer::root().join(tag),
        (_, told) => told == Representation::Untagged,
    };
    let message = match message {
        Rule::Select { selector, cases, fallback } if is_tag(&selector) => {
            let fallback = fallback.map(|_| Box::new(Rule::Variant(first)));
            Rule::Select { selector, cases, fallback }
        }
        _ => Rule::Variant(first),
    };
    Some((operation, message))
}

/// The union of an operation's payloads, where they are joined in one.
fn joined<'a>(apis: &RoutingContext<'a>, operation: usize) -> Option<&'a Union> {
    let operation = &apis.operations[operation];
    let Type::Named(id) = &operation.payload else { return None };
    match &apis.types[*id].shape {
        ItemKind::Union(union) if operation.messages.iter().any(|message| message.payload != operation.payload) => {
            Some(union)
        }
        _ => None,
    }
}

/// Whether some of an operation's payloads are no JSON, so that no union reads them.
fn is_mixed(apis: &RoutingContext<'_>, operation: usize) -> bool {
    let Type::Named(id) = &apis.operations[operation].payload else { return false };
    matches!(apis.types[*id].shape, ItemKind::MessageUnion(_))
}

fn message(apis: &RoutingContext<'_>, contenders: &[CandidateMessage]) -> Rule {
    if let [only] = contenders {
        return single_candidate(apis, only.of);
    }
    let header = selectors::header(apis, contenders).or_else(|| media_type(apis, contenders));
    let payload = selectors::payload(apis, contenders);
    let by_payload = payload.map(|marked| {
        // Where the property may be missing, the rest of the payload has to tell.
        let shape = (!marked.is_required).then(|| shape(apis, contenders, OtherSelector::Marked)).flatten();
        by(marked, shape)
    });
    let Some(header) = header else {
        let only = Rule::Operation(contenders[0].of.operation);
        return by_payload.or_else(|| shape(apis, contenders, OtherSelector::ByNothing)).unwrap_or(only);
    };
    // Not every transport has headers.
    let otherwise = by_payload.or_else(|| shape(apis, contenders, OtherSelector::Marked));
    by(header, otherwise)
}

/// The content types, where each message has one of its own; of what is no JSON, those that no other has.
fn media_type(apis: &RoutingContext<'_>, contenders: &[CandidateMessage]) -> Option<SelectorMatch> {
    let media_type = |contender: &CandidateMessage| {
        let carried = apis.carried(contender.of);
        let json = is_json(apis, &carried.payload).then_some("application/json");
        let essence = carried.content_type.as_deref().or(json)?.split(';').next()?;
        Some(essence.trim().to_ascii_lowercase())
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for media_type in contenders.iter().filter_map(media_type) {
        *counts.entry(media_type).or_default() += 1;
    }
    let own = contenders.iter().filter_map(|contender| {
        let media_type = media_type(contender).filter(|media_type| counts[media_type] == 1)?;
        Some((contender, Case { values: vec![media_type], candidate: contender.of }))
    });
    let own: Vec<(&CandidateMessage, Case)> = own.collect();
    let are_others = own.iter().any(|(contender, _)| !is_json(apis, &apis.carried(contender.of).payload));
    let cases = own.iter().map(|(_, case)| case.clone()).collect();
    (are_others || own.len() == contenders.len()).then_some(SelectorMatch {
        at: Selector::MediaType,
        cases,
        is_required: false,
    })
}

/// The payload of an operation is that of its message, where that is the only one.
fn single_candidate(apis: &RoutingContext<'_>, of: Candidate) -> Rule {
    match apis.operations[of.operation].messages.len() {
        1 => Rule::Operation(of.operation),
        _ => Rule::Message(of),
    }
}

fn by(marked: SelectorMatch, fallback: Option<Rule>) -> Rule {
    Rule::Select { selector: marked.at, cases: marked.cases, fallback: fallback.map(Box::new) }
}

/// What else tells messages apart, beside their shape.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OtherSelector {
    ByNothing,
    Marked,
}

/// The messages in the order in which their payloads are tried. Where two are just the same, nothing is said where a mark
/// tells them, and their shapes are not asked; otherwise the second is never met.
fn shape(apis: &RoutingContext<'_>, contenders: &[CandidateMessage], apart: OtherSelector) -> Option<Rule> {
    let mut known: HashMap<String, Candidate> = HashMap::new();
    let mut tried: Vec<CandidateMessage> = Vec::new();
    for contender in contenders {
        let first = *known.entry(shape_key(apis, *contender)).or_insert(contender.of);
        if first == contender.of {
            tried.push(*contender);
        } else if apart == OtherSelector::Marked {
            return None;
        } else {
            warn_of_same(apis, first, *contender);
        }
    }
    let demand = |contender: &CandidateMessage| {
        let payload = apis.document.messages[contender.message].payload;
        payload.map_or((0, 0, 0), |payload| union::specificity(&apis.document.schemas, payload))
    };
    tried.sort_by_cached_key(|contender| {
        (!is_json(apis, &apis.carried(contender.of).payload), Reverse(demand(contender)))
    });
    match &tried[..] {
        [] => None,
        [only] => Some(single_candidate(apis, only.of)),
        tried => Some(Rule::Shape(tried.iter().map(|contender| contender.of).collect())),
    }
}

/// What a payload looks like, as one text: what is no JSON by its type, which reads it.
fn shape_key(apis: &RoutingContext<'_>, contender: CandidateMessage) -> String {
    let ty = &apis.carried(contender.of).payload;
    let schemas = &apis.document.schemas;
    let payload = apis.document.messages[contender.message].payload;
    match payload.and_then(|id| schemas.definition(id)) {
        _ if !is_json(apis, ty) => format!("{ty:?}"),
        Some(definition) if schemas.keywords(definition).is_some() => structural_key::of(schemas, definition),
        _ => format!("{ty:?}"),
    }
}

/// Whether a payload is read as JSON, by whatever name its type goes.
fn is_json(apis: &RoutingContext<'_>, ty: &Type) -> bool {
    match ty {
        Type::Bytes | Type::Text | Type::Encoded(_) => false,
        Type::Named(id) => match &apis.types[*id].shape {
            ItemKind::Alias(target) => is_json(apis, target),
            _ => true,
        },
        _ => true,
    }
}

fn warn_of_same(apis: &RoutingContext<'_>, first: Candidate, second: CandidateMessage) {
    let (known, lost) = (apis.event(first), apis.event(second.of));
    let (operation, other) = (&apis.operations[second.of.operation], &apis.operations[first.operation]);
    let is_one = first.operation == second.of.operation;
    if is_one
        && apis.carried(first).payload == apis.carried(second.of).payload
        && joined(apis, first.operation).is_none()
    {
        // The handler has the payload, whichever message it was.
        return;
    }
    let of = if is_one { String::new() } else { format!(" of `{}`", other.id) };
    let message = format!("`{}` looks just as `{}`{of}, so it is taken for that", lost.name, known.name);
    let at = if is_one { &apis.carried(second.of).at } else { &operation.at };
    let cure = "give each a property or a header with a `const`, or say what tells";
    let diagnostic = Diagnostic::new(Severity::Warning, at, message).at_key();
    apis.diagnostics.push(diagnostic.with_help(cure).with_option("discriminator", &[]));
}
