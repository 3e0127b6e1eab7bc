//! Converts the errors of the `jsonschema` crate to violations.

use jsonschema::JsonType;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::Violation;

/// Returns a violation for each error. If no alternative of a union matches, the violations of the intended alternative
/// are added. `schema_at` returns the schema at a pointer, which may have a `discriminator` that selects it.
pub(super) fn all<'a, 's>(
    errors: impl Iterator<Item = ValidationError<'a>>,
    schema_at: impl Fn(&str) -> Option<&'s Value>,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for error in errors {
        add(&error, &schema_at, &mut violations);
    }
    violations
}

fn add<'s>(
    error: &ValidationError<'_>,
    schema_at: &impl Fn(&str) -> Option<&'s Value>,
    violations: &mut Vec<Violation>,
) {
    // Generated schemas declare a nullable value as `anyOf` of `null` and the schema. A value other than `null` is
    // always intended for the schema.
    if let Kind::AnyOf { context } = error.kind()
        && let [null, other] = &context[..]
        && is_not_null(null)
    {
        for error in other {
            add(error, schema_at, violations);
        }
        return;
    }
    let pointer = error.instance_path().as_str();
    let keyword = keyword(error);
    let message = match keyword {
        "minContains" => "the value contains too few of the items that it has to".to_owned(),
        "maxContains" => "the value contains too many of the items that it may".to_owned(),
        _ => error.masked_with("the value").to_string(),
    };
    violations.push(Violation::new(pointer.to_owned(), keyword.to_owned(), message));
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind() {
        let named = || named(error, schema_at).and_then(|index| context.get(index)).map(Vec::as_slice);
        for error in closest_branch(pointer, context).or_else(named).into_iter().flatten() {
            add(error, schema_at, violations);
        }
    }
}

/// Whether the only error of an alternative is that the value is not `null`.
fn is_not_null(errors: &[ValidationError<'_>]) -> bool {
    let is_null = |kind: &TypeKind| matches!(kind, TypeKind::Single(JsonType::Null));
    matches!(errors, [error] if matches!(error.kind(), Kind::Type { kind } if is_null(kind)))
}

/// The intended alternative: the only one that is not ruled out. Three errors rule an alternative out: the value has
/// another type, a required property is missing, or a property such as a tag has another constant.
///
/// If these rule all alternatives out, missing properties are ignored: then the tag alone selects the alternative.
fn closest_branch<'a>(
    union: &str,
    alternatives: &'a [Vec<ValidationError<'static>>],
) -> Option<&'a [ValidationError<'static>]> {
    let below = |error: &ValidationError<'_>| {
        let below = error.instance_path().as_str().strip_prefix(union).unwrap_or_default();
        below.matches('/').count()
    };
    let is_of_another = |error: &ValidationError<'_>| match error.kind() {
        Kind::Type { .. } | Kind::FalseSchema => below(error) == 0,
        Kind::Constant { .. } | Kind::Enum { .. } => below(error) <= 1,
        _ => false,
    };
    let is_lacking = |error: &ValidationError<'_>| matches!(error.kind(), Kind::Required { .. }) && below(error) == 0;
    only(alternatives, |error| is_of_another(error) || is_lacking(error)).or_else(|| only(alternatives, is_of_another))
}

/// The index of the alternative that the `discriminator` selects. For unions without constants.
fn named<'s>(error: &ValidationError<'_>, schema_at: &impl Fn(&str) -> Option<&'s Value>) -> Option<usize> {
    let (union, keyword) = error.schema_path().as_str().rsplit_once('/')?;
    let union = schema_at(union)?;
    let discriminator = union.get("discriminator")?;
    let tag = match error.instance().get(discriminator.get("propertyName")?.as_str()?)? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let alternative = discriminator.get("mapping")?.get(&tag)?;
    union.get(keyword)?.as_array()?.iter().position(|listed| listed == alternative)
}

/// The only alternative that no error rules out.
fn only<'a, 'e>(
    alternatives: &'a [Vec<ValidationError<'e>>],
    rules_out: impl Fn(&ValidationError<'e>) -> bool,
) -> Option<&'a [ValidationError<'e>]> {
    let mut possible = alternatives.iter().filter(|errors| !errors.iter().any(&rules_out));
    match (possible.next(), possible.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

fn keyword<'a>(error: &'a ValidationError<'_>) -> &'a str {
    match error.kind() {
        Kind::FalseSchema => forbidding(error.schema_path().as_str()),
        Kind::Contains => counting(error.schema_path().as_str()),
        kind => kind.keyword(),
    }
}

/// The keyword that limits the number of matching items. The library has one kind of error for all three keywords.
fn counting(schema_path: &str) -> &'static str {
    let keywords = ["minContains", "maxContains"];
    keywords.into_iter().find(|keyword| schema_path.ends_with(keyword)).unwrap_or("contains")
}

/// The keyword whose schema `false` forbids the value; `false` if the schema belongs to no such keyword.
fn forbidding(schema_path: &str) -> &'static str {
    let keywords = ["additionalProperties", "additionalItems"];
    let is_last = |keyword: &&str| {
        let path = schema_path.strip_suffix(*keyword).and_then(|path| path.strip_suffix('/'));
        path.is_some_and(|path| !path.ends_with("/properties"))
    };
    keywords.into_iter().find(is_last).unwrap_or("false")
}
