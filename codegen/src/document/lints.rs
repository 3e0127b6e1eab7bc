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
    /// A schema of OpenAPI 3.0, named by the media type. It is draft 5 with other keywords.
    OpenApi,
}

impl Dialect {
    /// The dialect that a media type or the URI in `$schema` names.
    pub(super) fn from_identifier(text: &str) -> Self {
        let contains = |part: &&str| text.contains(*part);
        if ["2019-09", "2020-12", "openapi;version=3.1"].iter().any(contains) {
            Self::Later
        } else if text.contains("openapi") {
            Self::OpenApi
        } else {
            Self::Draft7
        }
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
        let Some(node) = object.get(key).filter(|_| dialect != Dialect::Later) else { continue };
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

/// The lists of which at least one item is needed.
const NONEMPTY_LISTS: &[&str] = &["enum", "type", "allOf", "anyOf", "oneOf"];

/// Pairs of bounds.
const BOUNDS: &[(&str, &str)] =
    &[("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties")];

/// The types to which keywords apply (JSON Schema draft 7, section 6).
const KEYWORDS_OF_TYPES: &[(&[&str], &[&str])] = &[
    (&["string"], &["minLength", "maxLength", "pattern"]),
    (&["number", "integer"], &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (&["array"], &["items", "minItems", "maxItems", "uniqueItems", "additionalItems", "contains"]),
    (
        &["object"],
        &[
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "minProperties",
            "maxProperties",
            "propertyNames",
            "discriminator",
        ],
    ),
];

/// Warns about keywords that are valid and have no effect, or an effect that is hardly intended.
pub(super) fn report_ineffective_keywords(dialect: Dialect, object: &mut Object<'_>) {
    for key in NONEMPTY_LISTS {
        let empty = object.get(key).filter(|node| matches!(node.value, Value::Sequence(items) if items.is_empty()));
        if let Some(node) = empty {
            let value =
                if matches!(*key, "enum" | "anyOf" | "oneOf") { "no value is valid" } else { "it has no effect" };
            node.report_warning(format!("`{key}` is empty, so {value}"), "list at least one item, or remove the key");
        }
    }
    for (least, most) in BOUNDS {
        let number = |node: &Node<'_>| match node.value {
            Value::Integer(number) => number.to_string().parse::<f64>().ok(),
            Value::Float(number) => Some(*number),
            _ => None,
        };
        let (Some(low), Some(high)) = (object.get(least), object.get(most)) else { continue };
        if number(&low).zip(number(&high)).is_some_and(|(low, high)| low > high) {
            low.report_warning(format!("`{least}` is larger than `{most}`, so no value is valid"), "exchange the two");
        }
    }
    report_keywords_of_other_types(object);
    if dialect == Dialect::OpenApi {
        return;
    }
    if let Some(node) = object.get("nullable") {
        let help = "write `type: [string, 'null']` with your type; it is supported here, but other tools ignore it";
        node.report_key_warning("`nullable` is a keyword of OpenAPI, not of AsyncAPI", help);
    }
    if let Some(node) = object.get("discriminator").filter(|node| matches!(node.value, Value::Mapping(_))) {
        let name = node.child("propertyName").and_then(|node| node.to_text()).unwrap_or_else(|| "name".to_owned());
        node.report_key_warning(
            "a `discriminator` is an object in OpenAPI, but the name of a property in AsyncAPI",
            format!("write `discriminator: {name}`; the object is supported here, but not by other tools"),
        );
    }
}

/// ```yaml
/// {type: string, properties: {id: {type: string}}}
/// {type: object, id: {type: string}}   # a property outside of `properties`
/// ```
fn report_keywords_of_other_types(object: &mut Object<'_>) {
    if let Some(node) = object.get("id").filter(|node| matches!(node.value, Value::Mapping(_))) {
        node.report_key_warning("`id` is not a keyword with a schema", "move it into `properties`");
    }
    let Some(Value::String(declared)) = object.get("type").map(|node| node.value) else { return };
    let is_known = KEYWORDS_OF_TYPES.iter().any(|(types, _)| types.contains(&declared.as_str()));
    if !is_known && declared != "boolean" {
        return;
    }
    for (types, keys) in KEYWORDS_OF_TYPES.iter().filter(|(types, _)| !types.contains(&declared.as_str())) {
        for key in *keys {
            if let Some(node) = object.get(key).filter(|node| !matches!(node.value, Value::Bool(_))) {
                node.report_key_warning(
                    format!("`{key}` has no effect, because the type is {declared}"),
                    format!("write `type: {}`, or remove `{key}`", types[0]),
                );
            }
        }
    }
}
