//! Keywords of later drafts, which authors use where draft 7 is meant.

use super::cursor::Object;
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;

/// The JSON Schema that a schema is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Draft 7, as AsyncAPI extends it.
    #[default]
    Draft7,
    /// 2019-09 or 2020-12, by `$schema` or the media type.
    Later,
}

impl Dialect {
    /// What a media type or an address of `$schema` says.
    pub(super) fn of(text: &str) -> Self {
        let is_later = ["2019-09", "2020-12", "openapi;version=3.1"].iter().any(|later| text.contains(later));
        if is_later { Self::Later } else { Self::Draft7 }
    }

    /// What the schema itself says, or else what is said around it.
    pub(super) fn within(self, object: &mut Object<'_>) -> Self {
        match object.get("$schema").map(|node| node.value) {
            Some(Value::String(text)) => Self::of(text),
            _ => self,
        }
    }
}

/// What becomes of a keyword, and what to write in its place.
#[derive(Clone, Copy)]
enum KeywordSupport {
    Read(&'static str),
    /// Where nothing beside it evaluates what it speaks of, draft 7 has a keyword that says the same.
    ReadAlone(&'static str),
    PassedOver(&'static str),
}

/// Each with the draft that brought it.
const LATER: &[(&str, &str, KeywordSupport)] = &[
    ("$anchor", "2019-09", KeywordSupport::PassedOver("give the schema a place under `definitions`")),
    ("$defs", "2019-09", KeywordSupport::Read("`definitions`")),
    ("$dynamicAnchor", "2020-12", KeywordSupport::PassedOver("use `$ref`")),
    ("$dynamicRef", "2020-12", KeywordSupport::PassedOver("use `$ref`")),
    ("$recursiveAnchor", "2019-09", KeywordSupport::PassedOver("use `$ref`")),
    ("$recursiveRef", "2019-09", KeywordSupport::PassedOver("use `$ref`")),
    ("$vocabulary", "2019-09", KeywordSupport::PassedOver("take it out")),
    ("contentSchema", "2019-09", KeywordSupport::PassedOver("take it out")),
    ("dependentRequired", "2019-09", KeywordSupport::Read("`dependencies`")),
    ("dependentSchemas", "2019-09", KeywordSupport::Read("`dependencies`")),
    ("maxContains", "2019-09", KeywordSupport::Read("`contains` alone, which asks for one or more")),
    ("minContains", "2019-09", KeywordSupport::Read("`contains` alone, which asks for one or more")),
    ("prefixItems", "2020-12", KeywordSupport::Read("`items` with a list")),
    ("unevaluatedItems", "2019-09", KeywordSupport::ReadAlone("`additionalItems`")),
    ("unevaluatedProperties", "2019-09", KeywordSupport::ReadAlone("`additionalProperties`")),
];

/// What evaluates properties and items from elsewhere, so that it takes a validator of a later draft to say what is left.
const ELSEWHERE: &[&str] = &[
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

/// Whether what is not evaluated is just what the schema itself does not speak of.
pub(super) fn evaluates_alone(object: &mut Object<'_>) -> bool {
    ELSEWHERE.iter().all(|key| object.get(key).is_none())
}

/// Warns about keywords that a schema's own draft does not have.
pub(super) fn check(dialect: Dialect, object: &mut Object<'_>) {
    for (key, draft, fate) in LATER {
        let Some(node) = object.get(key).filter(|_| dialect == Dialect::Draft7) else { continue };
        let is_alone = evaluates_alone(object);
        let message = format!("`{key}` is of JSON Schema {draft}, and schemas of AsyncAPI are of draft 7");
        let cure = match fate {
            KeywordSupport::Read(instead) => format!("it is read all the same; other tools want {instead}"),
            KeywordSupport::ReadAlone(instead) if is_alone => {
                format!("it is read as {instead}, which other tools want in its place")
            }
            KeywordSupport::ReadAlone(instead) => {
                format!(
                    "it is passed over, and not validated, for draft 7 cannot say what others evaluate; use {instead}"
                )
            }
            KeywordSupport::PassedOver(instead) => format!("it is passed over; {instead}"),
        };
        node.report(Diagnostic::new(Severity::Warning, &node.at, message).at_key().with_help(cure));
    }
}
