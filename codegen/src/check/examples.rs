//! Examples of messages, held against the schemas of their payloads and headers.
//!
//! Only what is certain is said: a type, a property that is missing, a value that is not listed. An example may be no value
//! of its schema for other reasons (a pattern, a format), and nothing is said of it.

mod instance;

use self::instance::{Fault, InstanceCheck, Violation};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Document, JsonType, Keywords};
use crate::json::Value;
use crate::limits::MAX_LISTED_VALUES;
use crate::location::Pointer;
use crate::suggestion;

/// ```yaml
/// payload: {type: object, required: [id], properties: {id: {type: string}}}
/// examples: [{payload: {id: 7}}, {payload: {}}]
/// ```
pub(super) fn examples_fit_their_schemas(document: &Document, diagnostics: &Diagnostics) {
    let mut fit = InstanceCheck::new(&document.schemas);
    for message in document.messages.iter() {
        let payload = message.payload.filter(|_| document.is_json(message));
        for example in &message.examples {
            let held = [("payload", payload, &example.payload), ("headers", message.headers, &example.headers)];
            for (key, schema, value) in held {
                let (Some(schema), Some(value)) = (schema, value) else { continue };
                fit.violations(schema, value, &example.at.join(key), &mut |misfit| {
                    diagnostics.push(describe_value(misfit))
                });
            }
        }
    }
}

fn describe_value(misfit: Violation<'_>) -> Diagnostic {
    let Violation { at, value, keywords, fault } = misfit;
    let schema = &keywords.at.pointer;
    let (message, cure) = match fault {
        Fault::Type => {
            let message = format!("the type is {}, and this is {}", types(keywords), value.kind());
            (message, cure_of_type(keywords, value, schema))
        }
        Fault::Unlisted => {
            let what = value.plain_text().map_or("this".to_owned(), |text| format!("`{text}`"));
            (format!("{what} is none of the values that the schema lists"), cure_of_unlisted(keywords, value, schema))
        }
        Fault::Missing(names) => {
            let (is, it) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
            let listed = listed(&names);
            let cure = suggest_property(keywords, value, &names)
                .unwrap_or_else(|| format!("add {it} to the example, or take {it} out of `required` in `#{schema}`"));
            (format!("{listed} {is} required, and the example has none"), cure)
        }
        Fault::Alternatives(number) => (
            format!("this fits none of the {number} alternatives of its schema"),
            format!("correct the example, or the schema at `#{schema}`"),
        ),
    };
    Diagnostic::new(Severity::Warning, &at, message).with_help(cure)
}

/// Names in words: each in backticks, the last after `and`.
fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    }
}

/// The types that a schema allows, in words.
fn types(keywords: &Keywords) -> String {
    let null = keywords.nullable.then_some("null");
    keywords.types.iter().map(|allowed| allowed.name()).chain(null).collect::<Vec<_>>().join(" or ")
}

fn cure_of_type(keywords: &Keywords, value: &Value, schema: &Pointer) -> String {
    let is_structured = |allowed: &JsonType| matches!(allowed, JsonType::Array | JsonType::Object);
    match (&keywords.types[..], value) {
        ([JsonType::String], Value::Integer(_) | Value::Float(_) | Value::Bool(_)) => {
            format!("put it in quotes: `\"{}\"`", value.plain_text().unwrap_or_default())
        }
        (types, Value::String(text))
            if types.iter().any(is_structured) && text.trim_start().starts_with(['{', '[']) =>
        {
            "write the value itself, not a text of it".to_owned()
        }
        _ => format!("correct the example, or the schema at `#{schema}`"),
    }
}

fn cure_of_unlisted(keywords: &Keywords, value: &Value, schema: &Pointer) -> String {
    let listed: Vec<String> = keywords.values.iter().flatten().filter_map(Value::plain_text).collect();
    let near = match value {
        Value::String(text) => suggestion::nearest(text, listed.iter()),
        _ => None,
    };
    match (near, &listed[..]) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, [only]) => format!("the only value is `{only}`"),
        (None, several @ [_, ..]) if several.len() <= MAX_LISTED_VALUES => {
            format!("the values are {}", several.join(", "))
        }
        (None, _) => format!("correct the example, or list the value in `#{schema}`"),
    }
}

/// A name in the example that is nearly one of the missing, and none that the schema knows.
fn suggest_property(keywords: &Keywords, value: &Value, missing: &[&str]) -> Option<String> {
    let Value::Mapping(entries) = value else { return None };
    let is_unknown = |name: &&String| !keywords.properties.iter().any(|(known, _)| known == *name);
    missing.iter().find_map(|name| {
        let written = suggestion::nearest(name, entries.keys().filter(is_unknown))?;
        Some(format!("the example says `{written}`: did you mean `{name}`?"))
    })
}
