//! Warnings about mistakes that do not stop the generator: siblings of `$ref`, references to messages, later JSON
//! Schema drafts.

use super::cursor::{Node, Object};
use crate::json::Value;

/// Siblings of `$ref` that do not change the generated types.
const ANNOTATIONS: &[&str] = &[
    "$comment",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "name",
    "readOnly",
    "summary",
    "tags",
    "title",
    "writeOnly",
];

/// Warns about siblings of `$ref`, which have no effect (Reference Object; JSON Schema draft 7, section 8.3). A sibling
/// that has the same value in the target is allowed.
pub(super) fn report_ref_siblings(node: &Node<'_>, target: &Node<'_>) {
    let Value::Mapping(entries) = node.value else { return };
    if node.reference().is_none() {
        return;
    }
    for (key, value) in entries.iter() {
        let is_allowed = key == "$ref" || key.starts_with("x-") || ANNOTATIONS.contains(&key.as_str());
        if is_allowed || target.value.child(key) == Some(value) {
            continue;
        }
        if let Some(sibling) = node.child(key) {
            sibling.report_key_warning(
                format!("`{key}` has no effect beside `$ref`"),
                "move it to the target of the reference, or combine both with `allOf`",
            );
        }
    }
}

/// The payload of a message to which a schema refers by mistake. Warns about it.
///
/// ```yaml
/// properties: {lamp: {$ref: '#/components/messages/lamp'}}
/// ```
///
/// A payload with a `schemaFormat` may be in another language, so it is not used.
pub(super) fn payload_of_message<'a>(node: &Node<'_>, target: &Node<'a>) -> Option<Node<'a>> {
    let payload = target.child("payload").filter(|payload| matches!(payload.value, Value::Mapping(_)))?;
    let steps: Vec<String> = target.at.pointer.steps().collect();
    let is_message = matches!(&steps[..], [.., messages, _] if messages == "messages");
    if !is_message || ["schemaFormat", "type", "properties"].iter().any(|key| target.child(key).is_some()) {
        return None;
    }
    node.child("$ref").unwrap_or_else(|| node.clone()).report_warning(
        "this reference leads to a message, but a schema is required: the payload of the message is used",
        format!("write `#{}`", payload.at.pointer),
    );
    Some(payload)
}

/// The draft of JSON Schema in which a schema is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Draft 7, which AsyncAPI extends.
    #[default]
    Draft7,
    /// 2019-09 or 2020-12, named by `$schema` or the media type.
    Later,
}

impl Dialect {
    /// The dialect that a media type or the URI in `$schema` names.
    pub(super) fn from_identifier(text: &str) -> Self {
        let is_later = ["2019-09", "2020-12", "openapi;version=3.1"].iter().any(|later| text.contains(later));
        if is_later { Self::Later } else { Self::Draft7 }
    }

    /// The dialect that `$schema` names, or the dialect of the enclosing schema.
    pub(super) fn or_declared(self, object: &mut Object<'_>) -> Self {
        object.get("$schema").and_then(|node| node.value.as_str()).map_or(self, Self::from_identifier)
    }
}

/// What the generator does with a keyword of a later draft. Each variant has the replacement in draft 7.
#[derive(Clone, Copy)]
enum KeywordSupport {
    /// The keyword is read.
    Read(&'static str),
    /// The keyword is read if no sibling evaluates properties or items.
    ReadAlone(&'static str),
    Ignored(&'static str),
}

/// Keywords of later drafts, and the draft that added each.
const LATER_KEYWORDS: &[(&str, &str, KeywordSupport)] = &[
    ("$anchor", "2019-09", KeywordSupport::Ignored("move the schema to `definitions`")),
    ("$defs", "2019-09", KeywordSupport::Read("`definitions`")),
    ("$dynamicAnchor", "2020-12", KeywordSupport::Ignored("use `$ref`")),
    ("$dynamicRef", "2020-12", KeywordSupport::Ignored("use `$ref`")),
    ("$recursiveAnchor", "2019-09", KeywordSupport::Ignored("use `$ref`")),
    ("$recursiveRef", "2019-09", KeywordSupport::Ignored("use `$ref`")),
    ("$vocabulary", "2019-09", KeywordSupport::Ignored("remove it")),
    ("contentSchema", "2019-09", KeywordSupport::Ignored("remove it")),
    ("dependentRequired", "2019-09", KeywordSupport::Read("`dependencies`")),
    ("dependentSchemas", "2019-09", KeywordSupport::Read("`dependencies`")),
    ("maxContains", "2019-09", KeywordSupport::Read("`contains` alone, which requires at least one item")),
    ("minContains", "2019-09", KeywordSupport::Read("`contains` alone, which requires at least one item")),
    ("prefixItems", "2020-12", KeywordSupport::Read("`items` with a list")),
    ("unevaluatedItems", "2019-09", KeywordSupport::ReadAlone("`additionalItems`")),
    ("unevaluatedProperties", "2019-09", KeywordSupport::ReadAlone("`additionalProperties`")),
];

/// Keywords whose subschemas evaluate properties and items of the same value.
const EVALUATING_KEYWORDS: &[&str] = &[
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "dependentSchemas",
    "dependencies",
    "contains",
    "$dynamicRef",
    "$recursiveRef",
];

/// Whether `unevaluatedProperties` and `unevaluatedItems` mean the same as `additionalProperties` and
/// `additionalItems`.
pub(super) fn is_unevaluated_additional(object: &mut Object<'_>) -> bool {
    EVALUATING_KEYWORDS.iter().all(|key| object.get(key).is_none())
}

/// Warns about keywords that the dialect of the schema does not define.
pub(super) fn report_later_keywords(dialect: Dialect, object: &mut Object<'_>) {
    for (key, draft, support) in LATER_KEYWORDS {
        let Some(node) = object.get(key).filter(|_| dialect == Dialect::Draft7) else { continue };
        let is_additional = is_unevaluated_additional(object);
        let help = match support {
            KeywordSupport::Read(instead) => format!("it is supported here, but other tools need {instead}"),
            KeywordSupport::ReadAlone(instead) if is_additional => {
                format!("it is read as {instead}, which other tools need")
            }
            KeywordSupport::ReadAlone(instead) => {
                format!("it is ignored and not validated, because draft 7 has no equivalent here; use {instead}")
            }
            KeywordSupport::Ignored(instead) => format!("it is ignored; {instead}"),
        };
        let message = format!("`{key}` is a keyword of JSON Schema {draft}, but AsyncAPI uses draft 7");
        node.report_key_warning(message, help);
    }
}
