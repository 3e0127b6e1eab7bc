//! Checks that examples of messages match the schemas of their payloads and headers.
//!
//! Only certain violations are reported: a wrong type, a missing property, an unlisted value. Patterns and formats are
//! not checked.

mod instance;

use self::instance::{InstanceCheck, Mismatch, Violation};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Document, JsonType, Keywords, SchemaId, SchemaLanguage};
use crate::json::Value;
use crate::limits::MAX_LISTED_VALUES;
use crate::location::Pointer;
use crate::suggestion;

/// ```yaml
/// payload: {type: object, required: [id], properties: {id: {type: string}}}
/// examples: [{payload: {id: 7}}, {payload: {}}]
/// ```
pub(super) fn examples_match_their_schemas(document: &Document, diagnostics: &Diagnostics) {
    let mut check = InstanceCheck::new(&document.schemas);
    for message in document.messages.iter() {
        let payload = message.payload.filter(|_| document.is_json(message));
        for example in &message.examples {
            let pairs = [("payload", payload, &example.payload), ("headers", message.headers, &example.headers)];
            for (key, schema, value) in pairs {
                let (Some(schema), Some(value)) = (schema, value) else { continue };
                check.violations(schema, value, &example.at.join(key), &mut |violation| {
                    diagnostics.push(diagnostic(violation));
                });
            }
        }
    }
    for (id, keywords) in schemas_of_json(document) {
        let examples = keywords.examples.iter().enumerate();
        let examples = examples.map(|(index, value)| (keywords.at.join("examples").join(&index.to_string()), value));
        // The defaults of properties are checked where they become code.
        let is_top_level = document.components.iter().any(|(_, component)| *component == id);
        let default = keywords.default.iter().filter(|_| is_top_level);
        for (at, value) in examples.chain(default.map(|value| (keywords.at.join("default"), value))) {
            check.violations(id, value, &at, &mut |violation| diagnostics.push(diagnostic(violation)));
        }
    }
}

/// The schemas in JSON Schema, with their keywords.
fn schemas_of_json(document: &Document) -> impl Iterator<Item = (SchemaId, &Keywords)> {
    let ids = document.schemas.in_order().into_iter();
    let schemas = ids.filter_map(|id| Some((id, document.schemas.own_keywords(id)?)));
    schemas.filter(|(_, keywords)| keywords.language == SchemaLanguage::JsonSchema)
}

fn diagnostic(violation: Violation<'_>) -> Diagnostic {
    let Violation { at, value, keywords, mismatch } = violation;
    let schema = &keywords.at.pointer;
    let (message, help) = match mismatch {
        Mismatch::Type => {
            let message = format!("the type must be {}, but this is {}", type_names(keywords), value.kind());
            (message, type_help(keywords, value, schema))
        }
        Mismatch::Unlisted => {
            let what = value.plain_text().map_or("this".to_owned(), |text| format!("`{text}`"));
            (format!("{what} is not one of the values that the schema lists"), value_help(keywords, value, schema))
        }
        Mismatch::Missing(names) => {
            let (is, it) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
            let list = quoted_list(&names);
            let help = misspelled_property(keywords, value, &names)
                .unwrap_or_else(|| format!("add {it} to the example, or remove {it} from `required` in `#{schema}`"));
            (format!("{list} {is} required, but missing in the example"), help)
        }
        Mismatch::Alternatives(number) => (
            format!("this matches none of the {number} alternatives of its schema"),
            format!("correct the example, or the schema at `#{schema}`"),
        ),
    };
    Diagnostic::new(Severity::Warning, &at, message).with_help(help)
}

/// Names in backticks, the last after `and`.
fn quoted_list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    }
}

/// The types that a schema allows.
fn type_names(keywords: &Keywords) -> String {
    let null = keywords.nullable.then_some("null");
    keywords.types.iter().map(|allowed| allowed.name()).chain(null).collect::<Vec<_>>().join(" or ")
}

fn type_help(keywords: &Keywords, value: &Value, schema: &Pointer) -> String {
    let is_structured = |allowed: &JsonType| matches!(allowed, JsonType::Array | JsonType::Object);
    match (&keywords.types[..], value) {
        ([JsonType::String], Value::Integer(_) | Value::Float(_) | Value::Bool(_)) => {
            format!("put it in quotes: `\"{}\"`", value.plain_text().unwrap_or_default())
        }
        (types, Value::String(text))
            if types.iter().any(is_structured) && text.trim_start().starts_with(['{', '[']) =>
        {
            "write the value itself, not a string that contains it".to_owned()
        }
        _ => format!("correct the example, or the schema at `#{schema}`"),
    }
}

fn value_help(keywords: &Keywords, value: &Value, schema: &Pointer) -> String {
    let allowed: Vec<String> = keywords.values.iter().flatten().filter_map(Value::plain_text).collect();
    let suggestion = match value {
        Value::String(text) => suggestion::nearest(text, allowed.iter()),
        _ => None,
    };
    match (suggestion, &allowed[..]) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, [only]) => format!("the only value is `{only}`"),
        (None, several @ [_, ..]) if several.len() <= MAX_LISTED_VALUES => {
            format!("the values are {}", several.join(", "))
        }
        (None, _) => format!("correct the example, or list the value in `#{schema}`"),
    }
}

/// A property of the example that is unknown to the schema and similar to a missing one.
fn misspelled_property(keywords: &Keywords, value: &Value, missing: &[&str]) -> Option<String> {
    let Value::Mapping(entries) = value else { return None };
    let is_unknown = |name: &&String| !keywords.properties.iter().any(|(known, _)| known == *name);
    missing.iter().find_map(|name| {
        let misspelled = suggestion::nearest(name, entries.keys().filter(is_unknown))?;
        Some(format!("the example has `{misspelled}`: did you mean `{name}`?"))
    })
}
