//! Code for the rules that distinguish the events of one address: to call a method, and to name the event.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::super::is_known;
use super::{message_payload, operation_payload};
use crate::emit::types::Wire;
use crate::emit::unions::untagged::attempt;
use crate::emit::{Context, reply, schemas, types};
use crate::ir::{Candidate, Case, ItemKind, Operation, OperationMessage, Rule, Selector, Type};
use crate::location::RuntimeExpression;

/// Code that calls the method of the handler.
pub(super) fn handler_call(cx: Context<'_>, rule: &Rule) -> TokenStream {
    match rule {
        Rule::Operation(operation) | Rule::Variant(operation) => call_with_union(cx, *operation),
        Rule::Message(candidate) => call_with_message(cx, *candidate),
        Rule::Select { selector, cases, absent } => {
            let patterns = cases.iter().map(pattern);
            let calls = cases.iter().map(|case| handler_call(cx, &case.rule));
            let absent = absent.as_ref().map(|rule| {
                let call = handler_call(cx, rule);
                quote!(None => #call,)
            });
            let text = text(selector, &quote!(cx.inbound()));
            let place = match selector {
                Selector::Text(RuntimeExpression::Header(_)) | Selector::MediaType => TokenStream::new(),
                Selector::Text(RuntimeExpression::Payload(pointer)) | Selector::Integer(pointer) => {
                    let pointer = pointer.as_str();
                    quote!(.at(#pointer))
                }
            };
            quote!(match #text {
                #(#patterns => #calls,)*
                #absent
                other => self.handler.on_unknown(UnknownEvent::new(other) #place, cx).await?,
            })
        }
        Rule::Shape(candidates) => {
            by_shape(cx, candidates, &quote!(cx.inbound()), &|candidate| call_with_message(cx, candidate))
        }
    }
}

/// Code that returns the route.
pub(super) fn route(cx: Context<'_>, rule: &Rule) -> TokenStream {
    match rule {
        Rule::Operation(operation) => known_route(cx, &cx.api.operations[*operation].messages[0]),
        Rule::Message(candidate) => known_route(cx, message_of(cx, *candidate).1),
        Rule::Variant(operation) => by_variant(cx, &cx.api.operations[*operation]),
        Rule::Select { selector, cases, absent } => {
            let patterns = cases.iter().map(pattern);
            let routes = cases.iter().map(|case| route(cx, &case.rule));
            let absent = absent.as_ref().map(|rule| {
                let route = route(cx, rule);
                quote!(None => #route,)
            });
            let text = text(selector, &quote!(inbound));
            quote!(match #text {
                #(#patterns => #routes,)*
                #absent
                other => Route::Unknown(other.map(str::to_owned)),
            })
        }
        Rule::Shape(candidates) if are_named(cx, candidates) => {
            let best_match = best_match(cx, candidates, &quote!(inbound));
            quote!(Route::Known(#best_match?.to_string()))
        }
        Rule::Shape(candidates) => {
            by_shape(cx, candidates, &quote!(inbound), &|candidate| known_route(cx, message_of(cx, candidate).1))
        }
    }
}

/// The text that identifies the event, as an `Option<&str>`.
fn text(selector: &Selector, inbound: &TokenStream) -> TokenStream {
    match selector {
        Selector::Text(RuntimeExpression::Header(name)) => quote!(#inbound.header(#name)),
        Selector::MediaType => quote!(#inbound.media_type().as_deref()),
        Selector::Text(RuntimeExpression::Payload(pointer)) => {
            let pointer = pointer.as_str();
            quote!(#inbound.peek(#pointer)?.as_deref())
        }
        Selector::Integer(pointer) => {
            let pointer = pointer.as_str();
            quote!(#inbound.peek_id(#pointer)?.as_deref())
        }
    }
}

fn pattern(case: &Case) -> TokenStream {
    let values = &case.values;
    quote!(Some(#(#values)|*))
}

fn known_route(cx: Context<'_>, message: &OperationMessage) -> TokenStream {
    let event = &cx.names.events[message.event];
    quote!(Route::Known(EventName::#event.to_string()))
}

fn message_of(cx: Context<'_>, candidate: Candidate) -> (&Operation, &OperationMessage) {
    let operation = &cx.api.operations[candidate.operation];
    (operation, &operation.messages[candidate.message])
}

/// Calls an operation's method with the union of its messages.
fn call_with_union(cx: Context<'_>, operation: usize) -> TokenStream {
    let (method, operation) = (&cx.names.operations[operation], &cx.api.operations[operation]);
    reply::handler_call(cx, operation, method, &operation_payload(cx, &operation.payload))
}

/// Calls an operation's method with one of its messages.
fn call_with_message(cx: Context<'_>, candidate: Candidate) -> TokenStream {
    let method = &cx.names.operations[candidate.operation];
    let (operation, message) = message_of(cx, candidate);
    reply::handler_call(cx, operation, method, &message_payload(cx, operation, message))
}

/// The event of the variant that the payload decodes to.
fn by_variant(cx: Context<'_>, operation: &Operation) -> TokenStream {
    let first = || known_route(cx, &operation.messages[0]);
    let Type::Named(id) = &operation.payload else { return first() };
    let ItemKind::Union(union) = &cx.api.types[*id].shape else { return first() };
    let name = &cx.names.types[id];
    let messages = operation.messages_by_place();
    let arms = union.variants.iter().zip(&cx.names.members[id]).filter_map(|(variant, member)| {
        let known = known_route(cx, messages.get(&variant.at)?);
        Some(quote!(#name::#member(_) => #known))
    });
    let is_open = union.is_open();
    let unknown = is_open.then(|| quote!(#name::Unknown(_) => Route::Unknown(None),));
    quote!(match inbound.decode::<#name>()? {
        #(#arms,)*
        #unknown
    })
}

/// The message that keeps most of the payload. Messages that are not JSON are tried last, and bytes accept everything.
fn by_shape(
    cx: Context<'_>,
    candidates: &[Candidate],
    inbound: &TokenStream,
    then: &impl Fn(Candidate) -> TokenStream,
) -> TokenStream {
    let wire = |candidate: &Candidate| types::wire(cx, &message_of(cx, *candidate).1.payload);
    let (json, others): (Vec<Candidate>, Vec<Candidate>) =
        candidates.iter().copied().partition(|candidate| wire(candidate) == Wire::Json);
    let (own, others): (Vec<Candidate>, Vec<Candidate>) =
        others.into_iter().partition(|candidate| wire(candidate) == Wire::Own);
    let (texts, bytes): (Vec<Candidate>, Vec<Candidate>) =
        others.into_iter().partition(|candidate| wire(candidate) == Wire::Text);
    let bytes = bytes.first().map(|candidate| then(*candidate));
    let bytes = match (texts.first().map(|candidate| then(*candidate)), bytes) {
        (Some(text), Some(bytes)) => Some(quote!(if #inbound.text().is_ok() { #text } else { #bytes })),
        (text, bytes) => text.or(bytes),
    };
    let rest = match (&own[..], bytes) {
        ([], bytes) => bytes,
        ([others @ .., last], None) => Some(by_custom_payload(cx, others, inbound, then, &then(*last))),
        (own, Some(bytes)) => Some(by_custom_payload(cx, own, inbound, then, &bytes)),
    };
    match (&json[..], rest) {
        ([], rest) => rest.unwrap_or_default(),
        (json, rest) => by_best_match(cx, json, inbound, then, rest.as_ref()),
    }
}

/// Tries the types from the options that decode bytes, one after the other.
fn by_custom_payload(
    cx: Context<'_>,
    candidates: &[Candidate],
    inbound: &TokenStream,
    then: &impl Fn(Candidate) -> TokenStream,
    rest: &TokenStream,
) -> TokenStream {
    if candidates.is_empty() {
        return rest.clone();
    }
    let attempts = candidates.iter().map(|candidate| {
        let ty = types::owned(cx, &message_of(cx, *candidate).1.payload);
        let then = then(*candidate);
        quote!(if <#ty as TryFrom<&[u8]>>::try_from(#inbound.body()).is_ok() { #then })
    });
    quote!(#(#attempts else)* { #rest })
}

/// Tries the JSON types, and picks the one that keeps most of the payload.
fn by_best_match(
    cx: Context<'_>,
    candidates: &[Candidate],
    inbound: &TokenStream,
    then: &impl Fn(Candidate) -> TokenStream,
    rest: Option<&TokenStream>,
) -> TokenStream {
    let labels: Vec<TokenStream> = labels(cx, candidates);
    let outcomes: Vec<TokenStream> = candidates.iter().map(|candidate| then(*candidate)).collect();
    let (Some((last, outcomes)), [labels @ .., _]) = (outcomes.split_last(), &labels[..]) else {
        return TokenStream::new();
    };
    let arms = quote!({
        #(#labels => #outcomes,)*
        _ => #last,
    });
    match rest {
        None => {
            let best_match = best_match(cx, candidates, inbound);
            quote!(match #best_match? #arms)
        }
        // JSON that matches none of the types is an error, not text or bytes.
        Some(rest) => {
            if outcomes.is_empty() {
                return quote!(if untagged::BestMatch::<()>::from_json_body(#inbound)?.is_some() { #last } else { #rest });
            }
            let attempts = attempts(cx, candidates);
            quote!(match untagged::BestMatch::from_json_body(#inbound)? {
                Some(alternatives) => match alternatives #attempts .finish()? #arms,
                None => #rest,
            })
        }
    }
}

/// The functions that recognise the events of an address.
pub(super) fn functions(cx: Context<'_>, rules: &[&Rule]) -> Vec<TokenStream> {
    let mut seen = BTreeSet::new();
    let shapes = rules.iter().flat_map(|rule| rule.shapes());
    let named = shapes.filter(|shape| are_named(cx, shape) && seen.insert(*shape));
    let functions = named.filter_map(|shape| {
        let name = cx.names.shape_match_fns.get(shape)?;
        let attempts = attempts(cx, shape);
        Some(quote! {
            #[doc = " The event whose type keeps most of the payload."]
            fn #name(inbound: &Inbound) -> Result<EventName, DecodeError> {
                untagged::BestMatch::from_body(inbound)? #attempts .finish()
            }
        })
    });
    functions.collect()
}

/// The best match as a `Result`, by the function for these candidates if there is one.
fn best_match(cx: Context<'_>, candidates: &[Candidate], inbound: &TokenStream) -> TokenStream {
    if let (Some(name), true) = (cx.names.shape_match_fns.get(candidates), are_named(cx, candidates)) {
        return quote!(#name(#inbound));
    }
    let attempts = attempts(cx, candidates);
    quote!(untagged::BestMatch::from_body(#inbound)? #attempts .finish())
}

/// Whether all candidates are JSON and have different event names.
fn are_named(cx: Context<'_>, candidates: &[Candidate]) -> bool {
    let is_json = |candidate: &Candidate| types::wire(cx, &message_of(cx, *candidate).1.payload) == Wire::Json;
    have_names(cx, candidates) && candidates.iter().all(is_json)
}

fn have_names(cx: Context<'_>, candidates: &[Candidate]) -> bool {
    let events: BTreeSet<usize> = candidates.iter().map(|candidate| message_of(cx, *candidate).1.event).collect();
    events.len() == candidates.len()
}

/// The label of each candidate: its event name, or its index if a name occurs twice.
fn labels(cx: Context<'_>, candidates: &[Candidate]) -> Vec<TokenStream> {
    let have_names = have_names(cx, candidates);
    let label = |(index, candidate): (usize, &Candidate)| {
        let event = &cx.names.events[message_of(cx, *candidate).1.event];
        let index = Literal::usize_unsuffixed(index);
        if have_names { quote!(EventName::#event) } else { quote!(#index) }
    };
    candidates.iter().enumerate().map(label).collect()
}

/// The calls that try each candidate, and validate it if the options ask for it.
fn attempts(cx: Context<'_>, candidates: &[Candidate]) -> TokenStream {
    let types: Vec<&Type> = candidates.iter().map(|candidate| &message_of(cx, *candidate).1.payload).collect();
    let tests = is_known::tests(cx, &types);
    let attempts = candidates.iter().zip(labels(cx, candidates)).zip(tests).map(|((candidate, label), is_known)| {
        let message = message_of(cx, *candidate).1;
        let (name, ty) = (&cx.api.events[message.event].name, types::owned(cx, &message.payload));
        match (schemas::validator(cx, &message.payload), is_known) {
            (Some(validate), _) => quote!(.or_try_valid(#name, |_: #ty| #label, #validate)),
            (None, test) => attempt(cx, name, &quote!(|_: #ty| #label), &message.payload, test),
        }
    });
    quote!(#(#attempts)*)
}
