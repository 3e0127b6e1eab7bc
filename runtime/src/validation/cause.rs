//! From what the library finds to violations.

use jsonschema::JsonType;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::Violation;

/// A violation for each error, and those of the alternative that is meant where a union has none that fits; the schema at
/// a pointer may say which that is.
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
    // Generated schemas write what is nullable as `null` or else the schema: nobody means `null` by another value.
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

/// Whether an alternative asked for nothing but `null`.
fn is_not_null(errors: &[ValidationError<'_>]) -> bool {
    let is_null = |kind: &TypeKind| matches!(kind, TypeKind::Single(JsonType::Null));
    matches!(errors, [error] if matches!(error.kind(), Kind::Type { kind } if is_null(kind)))
}

/// The alternative that is meant: the only one that is not ruled out by the type of the value, by a property that it lacks,
/// or by a constant in one of its properties, such as a tag. Where all are, a constant says more than what is lacking: the
/// alternative of the tag is meant, whatever else it asks for.
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

/// The alternative that a discriminator names, where no constants do: which of those in the list.
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

/// Which keyword counts what a list contains: to the library all of them are one kind of error.
fn counting(schema_path: &str) -> &'static str {
    let keywords = ["minContains", "maxContains"];
    keywords.into_iter().find(|keyword| schema_path.ends_with(keyword)).unwrap_or("contains")
}

/// What forbids a value by the schema `false`: the keyword that has it, or the schema itself.
fn forbidding(schema_path: &str) -> &'static str {
    let keywords = ["additionalProperties", "additionalItems"];
    let is_last = |keyword: &&str| {
        let path = schema_path.strip_suffix(*keyword).and_then(|path| path.strip_suffix('/'));
        path.is_some_and(|path| !path.ends_with("/properties"))
    };
    keywords.into_iter().find(is_last).unwrap_or("false")
}
