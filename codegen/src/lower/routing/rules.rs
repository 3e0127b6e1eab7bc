//! The rules that select the operation and the message among the events of one address: a header, the content type, a
//! payload property, or the shape of the payload.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::selectors::SelectorMatch;
use super::{CandidateMessage, RoutingContext, selectors};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::MessageId;
use crate::ir::{Candidate, Case, ItemKind, Representation, Rule, Selector, Type, Union};
use crate::location::{Location, Pointer, RuntimeExpression};
use crate::lower::{structural_key, union};

/// The rule that selects the operation, and the rule that selects the message.
pub(super) fn rules_of_operations(cx: &RoutingContext<'_>, operations: &[usize]) -> Option<(Rule, Rule)> {
    let candidates = candidate_messages(cx, operations);
    let first = candidates.first()?.candidate.operation;
    let message = message_rule(cx, &candidates);
    if candidates.iter().any(|candidate| candidate.candidate.operation != first) || has_message_union(cx, first) {
        return Some((message.clone(), message));
    }
    // All candidates belong to one operation. Its payload type is usually a union that selects the variant itself.
    let operation = Rule::Operation(first);
    let Some(union) = payload_union(cx, first) else { return Some((operation, message)) };
    let operation = match (union.representation(), &message) {
        (Representation::Untagged, Rule::Select { selector, cases, absent }) => {
            let absent = absent.as_ref().map(|rule| Box::new(absent_rule(rule, cases, operation)));
            Rule::Select { selector: selector.clone(), cases: cases.clone(), absent }
        }
        _ => operation,
    };
    let selects_variant = |selector: &Selector| match (selector, union.representation()) {
        (
            Selector::Text(RuntimeExpression::Payload(pointer)) | Selector::Integer(pointer),
            Representation::Tagged(tag),
        ) => *pointer == Pointer::root().join(tag),
        (_, representation) => representation == Representation::Untagged,
    };
    let message = match message {
        Rule::Select { selector, cases, absent } if selects_variant(&selector) => {
            let absent = absent.map(|rule| Box::new(absent_rule(&rule, &cases, Rule::Variant(first))));
            Rule::Select { selector, cases, absent }
        }
        _ => Rule::Variant(first),
    };
    Some((operation, message))
}

/// The rule for events without the header or property. The union of all messages selects among them, unless the events
/// are only those whose messages do not have it.
fn absent_rule(rule: &Rule, cases: &[Case], union: Rule) -> Rule {
    let selected: BTreeSet<Candidate> = cases.iter().flat_map(|case| case.rule.candidates()).collect();
    let is_of_others = rule.candidates().iter().all(|candidate| !selected.contains(candidate));
    if is_of_others { rule.clone() } else { union }
}

/// The messages of one address, each once. If several operations receive one message, it belongs to the operation with
/// the fewest messages, because that operation is the most specific. Among equals, the first operation gets the message.
fn candidate_messages(cx: &RoutingContext<'_>, operations: &[usize]) -> Vec<CandidateMessage> {
    let mut owners: HashMap<&Location, usize> = HashMap::new();
    let message_count = |operation: usize| cx.operations[operation].messages.len();
    for operation in operations {
        for message in &cx.operations[*operation].messages {
            let owner = owners.entry(&message.at).or_insert(*operation);
            if message_count(*operation) < message_count(*owner) {
                *owner = *operation;
            }
        }
    }
    let mut candidates: Vec<CandidateMessage> = Vec::new();
    let mut seen: BTreeSet<MessageId> = BTreeSet::new();
    for operation in operations {
        let Some(source) = cx.sources.get(&cx.operations[*operation].at) else { continue };
        let mut unreachable: Vec<(usize, usize)> = Vec::new();
        let messages = cx.operations[*operation].messages.iter().zip(&source.messages).enumerate();
        for (index, (message, id)) in messages {
            let owner = owners[&message.at];
            if owner != *operation {
                unreachable.push((message.event, owner));
            } else if seen.insert(*id) {
                let candidate = Candidate { operation: *operation, message: index };
                candidates.push(CandidateMessage { candidate, message: *id });
            }
        }
        warn_unreachable(cx, *operation, &unreachable);
    }
    candidates
}

/// Warns about the messages of an operation that another operation gets.
fn warn_unreachable(cx: &RoutingContext<'_>, operation: usize, unreachable: &[(usize, usize)]) {
    let Some((_, owner)) = unreachable.first() else { return };
    let (operation, owner) = (&cx.operations[operation], &cx.operations[*owner]);
    let names: Vec<String> = unreachable.iter().map(|(event, _)| format!("`{}`", cx.events[*event].name)).collect();
    let what = match &names[..] {
        all if all.len() == operation.messages.len() => "this operation never receives an event".to_owned(),
        [only] => format!("this operation never receives {only}"),
        several => format!("this operation never receives {}", several.join(", ")),
    };
    let message = format!("{what}: `{}` receives the same messages at the same address", owner.id);
    let help = "give each operation messages of its own, or select the operations to generate";
    let diagnostic = Diagnostic::new(Severity::Warning, &operation.at, message).at_key();
    cx.diagnostics.push(diagnostic.with_help(help).with_option("operations", &[]));
}

/// The union of an operation's payloads, if the messages have different payload types.
fn payload_union<'a>(cx: &RoutingContext<'a>, operation: usize) -> Option<&'a Union> {
    let operation = &cx.operations[operation];
    let Type::Named(id) = &operation.payload else { return None };
    match &cx.types[*id].shape {
        ItemKind::Union(union) if operation.messages.iter().any(|message| message.payload != operation.payload) => {
            Some(union)
        }
        _ => None,
    }
}

/// Whether some payloads of an operation are not JSON, so that the rule has to select the variant.
fn has_message_union(cx: &RoutingContext<'_>, operation: usize) -> bool {
    let Type::Named(id) = &cx.operations[operation].payload else { return false };
    matches!(cx.types[*id].shape, ItemKind::MessageUnion(_))
}

/// The rule that selects one of the candidates.
fn message_rule(cx: &RoutingContext<'_>, candidates: &[CandidateMessage]) -> Rule {
    if let [only] = candidates {
        return single_candidate(cx, only.candidate);
    }
    let header = selectors::header(cx, candidates).or_else(|| media_type(cx, candidates));
    if let (None, Some((header, others))) = (&header, selectors::header_of_some(cx, candidates)) {
        return select(header, Some(message_rule(cx, &others)));
    }
    let payload = selectors::payload(cx, candidates).map(|found| {
        // If the property is optional, the shape of the payload selects the events without it.
        let shape = (!found.is_required).then(|| shape_rule(cx, candidates, OtherSelector::Present)).flatten();
        select(found, shape)
    });
    let Some(header) = header else {
        let first = Rule::Operation(candidates[0].candidate.operation);
        return payload.or_else(|| shape_rule(cx, candidates, OtherSelector::Absent)).unwrap_or(first);
    };
    // Not every transport has headers.
    let absent = payload.or_else(|| shape_rule(cx, candidates, OtherSelector::Present));
    select(header, absent)
}

/// Selects by content type, if each message has one, and each has its own or one that is not JSON has.
fn media_type(cx: &RoutingContext<'_>, candidates: &[CandidateMessage]) -> Option<SelectorMatch> {
    let mut groups: IndexMap<String, Vec<CandidateMessage>> = IndexMap::new();
    for candidate in candidates {
        let message = cx.message(candidate.candidate);
        let json = is_json(cx, &message.payload).then_some("application/json");
        let essence = message.content_type.as_deref().or(json)?.split(';').next()?;
        groups.entry(essence.trim().to_ascii_lowercase()).or_default().push(*candidate);
    }
    let is_binary = |group: &Vec<CandidateMessage>| match group[..] {
        [only] => !is_json(cx, &cx.message(only.candidate).payload),
        _ => false,
    };
    if groups.len() < candidates.len() && !groups.values().any(is_binary) {
        return None;
    }
    let cases = groups.into_iter().map(|(media_type, group)| {
        let rule = match group[..] {
            [only] => Rule::Message(only.candidate),
            _ => message_rule(cx, &group),
        };
        Case { values: vec![media_type], rule }
    });
    Some(SelectorMatch { selector: Selector::MediaType, cases: cases.collect(), is_required: false })
}

/// If the candidate is the only message of its operation, the payload of the operation is the payload of the message.
fn single_candidate(cx: &RoutingContext<'_>, candidate: Candidate) -> Rule {
    match cx.operations[candidate.operation].messages.len() {
        1 => Rule::Operation(candidate.operation),
        _ => Rule::Message(candidate),
    }
}

fn select(found: SelectorMatch, absent: Option<Rule>) -> Rule {
    Rule::Select { selector: found.selector, cases: found.cases, absent: absent.map(Box::new) }
}

/// Whether a header or a property selects the messages too, not only their shape.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OtherSelector {
    Absent,
    Present,
}

/// Tries the payload types one after the other. If two candidates have the same shape, the second is unreachable: then
/// there is no rule if another selector is present, and otherwise a warning.
fn shape_rule(cx: &RoutingContext<'_>, candidates: &[CandidateMessage], other: OtherSelector) -> Option<Rule> {
    let mut known: HashMap<String, Candidate> = HashMap::new();
    let mut distinct: Vec<CandidateMessage> = Vec::new();
    for candidate in candidates {
        let first = *known.entry(shape_key(cx, *candidate)).or_insert(candidate.candidate);
        if first == candidate.candidate {
            distinct.push(*candidate);
        } else if other == OtherSelector::Present {
            return None;
        } else {
            warn_same_shape(cx, first, *candidate);
        }
    }
    let specificity = |candidate: &CandidateMessage| {
        let payload = cx.document.messages[candidate.message].payload;
        payload.map(|payload| union::specificity(&cx.document.schemas, payload)).unwrap_or_default()
    };
    distinct.sort_by_cached_key(|candidate| {
        (!is_json(cx, &cx.message(candidate.candidate).payload), Reverse(specificity(candidate)))
    });
    match &distinct[..] {
        [] => None,
        [only] => Some(single_candidate(cx, only.candidate)),
        several => Some(Rule::Shape(several.iter().map(|candidate| candidate.candidate).collect())),
    }
}

/// A key that is equal for payloads of the same shape: the content of the schema, or the type if it is not JSON.
fn shape_key(cx: &RoutingContext<'_>, candidate: CandidateMessage) -> String {
    let ty = &cx.message(candidate.candidate).payload;
    let schemas = &cx.document.schemas;
    let payload = cx.document.messages[candidate.message].payload;
    match payload.and_then(|id| schemas.definition(id)) {
        _ if !is_json(cx, ty) => format!("{ty:?}"),
        Some(definition) if schemas.keywords(definition).is_some() => structural_key::schema_key(schemas, definition),
        _ => format!("{ty:?}"),
    }
}

/// Whether a payload is read as JSON. Follows aliases.
fn is_json(cx: &RoutingContext<'_>, ty: &Type) -> bool {
    match ty {
        Type::Bytes | Type::Text | Type::Encoded(_) => false,
        Type::Named(id) => match &cx.types[*id].shape {
            ItemKind::Alias(target) => is_json(cx, target),
            _ => true,
        },
        _ => true,
    }
}

fn warn_same_shape(cx: &RoutingContext<'_>, first: Candidate, second: CandidateMessage) {
    let (known, lost) = (cx.event(first), cx.event(second.candidate));
    let (operation, other) = (&cx.operations[second.candidate.operation], &cx.operations[first.operation]);
    let is_same_operation = first.operation == second.candidate.operation;
    if is_same_operation
        && cx.message(first).payload == cx.message(second.candidate).payload
        && payload_union(cx, first.operation).is_none()
    {
        // Both messages have one payload type, so the handler gets the same value.
        return;
    }
    let of = if is_same_operation { String::new() } else { format!(" of `{}`", other.id) };
    let message = format!("`{}` has the same shape as `{}`{of}, so it is never selected", lost.name, known.name);
    let at = if is_same_operation { &cx.message(second.candidate).at } else { &operation.at };
    let help = "give each message a property or a header with a different `const`, or name the one that contains the name of the event";
    let diagnostic = Diagnostic::new(Severity::Warning, at, message).at_key();
    cx.diagnostics.push(diagnostic.with_help(help).with_option("event_name", &[]));
}
