//! The types of strings and numbers, and the JSON type that the keywords of a schema imply.

use crate::config::{Config, Formats, OutputScope};
use crate::document::{JsonType, Keywords, SchemaLanguage};
use crate::ir::{External, Type, Width};
use crate::json::Value;

/// The JSON type in `type`, or the one that the other keywords describe.
pub(super) fn implied_type(keywords: &Keywords) -> Option<JsonType> {
    if let [only] = keywords.types[..] {
        return Some(only);
    }
    if let [JsonType::Integer, JsonType::Number] | [JsonType::Number, JsonType::Integer] = keywords.types[..] {
        return Some(JsonType::Number);
    }
    if !keywords.types.is_empty() {
        return None;
    }
    if describes(keywords, JsonType::Object) {
        Some(JsonType::Object)
    } else if describes(keywords, JsonType::Array) {
        Some(JsonType::Array)
    } else {
        keywords.values.as_deref().and_then(common_type)
    }
}

/// Whether a schema has keywords that describe the properties of objects or the items of arrays.
pub(super) fn describes(keywords: &Keywords, json_type: JsonType) -> bool {
    match json_type {
        JsonType::Object => {
            !keywords.properties.is_empty()
                || keywords.additional_properties.is_some()
                || !keywords.pattern_properties.is_empty()
                || !keywords.required.is_empty()
        }
        JsonType::Array => keywords.items.is_some() || !keywords.tuple.is_empty(),
        JsonType::Boolean | JsonType::Integer | JsonType::Number | JsonType::String => false,
    }
}

/// The one type of all values; `null` is left aside.
fn common_type(values: &[Value]) -> Option<JsonType> {
    let mut types: Vec<JsonType> =
        values.iter().filter(|value| **value != Value::Null).map(JsonType::of_value).collect::<Option<_>>()?;
    types.sort_unstable();
    types.dedup();
    match types[..] {
        [only] => Some(only),
        [JsonType::Integer, JsonType::Number] => Some(JsonType::Number),
        _ => None,
    }
}

/// The number as `f64`, rounded as JSON parsers do.
pub(super) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => number.to_string().parse().ok(),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// `String`, or the type of the format.
pub(super) fn string(keywords: &Keywords, config: &Config) -> Type {
    let is_base64 = keywords.assertions.plain.iter().any(|(key, value)| {
        *key == "contentEncoding" && matches!(value, Value::String(encoding) if encoding.eq_ignore_ascii_case("base64"))
    });
    let Some(format) = keywords.format.as_deref().or_else(|| is_base64.then_some("byte")) else { return Type::String };
    if let Some(path) = config.format_types.get(format) {
        return if path == "String" { Type::String } else { Type::External(External::Path(path.clone())) };
    }
    match (config.scope, format) {
        (OutputScope::Everything, "date-time") => Type::External(External::DateTime),
        (OutputScope::Everything, "date") => Type::External(External::Date),
        (OutputScope::Everything, "uuid") => Type::External(External::Uuid),
        (OutputScope::Everything, format) if config.formats == Formats::All => type_of_format(format),
        _ => Type::String,
    }
}

/// The types of the formats that have a type only if types for all formats are chosen.
fn type_of_format(format: &str) -> Type {
    Type::External(match format {
        "uri" => External::Url,
        "ipv4" => External::Ipv4,
        "ipv6" => External::Ipv6,
        "byte" | "base64" => External::Base64,
        "password" => External::Password,
        "duration" => External::Span,
        _ => return Type::String,
    })
}

/// The type that an option gives to the format of a number. The logical types of Avro are formats of numbers too.
pub(super) fn mapped_number(keywords: &Keywords, config: &Config) -> Option<Type> {
    let format = keywords.format.as_deref()?;
    // The option is for the format of strings, and not for a number with a format of the same name.
    let is_string_format = keywords.language == SchemaLanguage::JsonSchema && STRING_FORMATS.contains(&format);
    let path = config.format_types.get(format).filter(|_| !is_string_format)?;
    Some(number_type(path))
}

/// Formats of JSON Schema that apply to strings, and that Avro uses for numbers.
const STRING_FORMATS: &[&str] = &["date", "date-time", "duration", "time"];

/// `f64`, or the type that an option gives to numbers without a format.
pub(super) fn number(keywords: &Keywords, config: &Config) -> Type {
    match (keywords.format.as_deref(), &config.number_type) {
        (None, Some(path)) => number_type(path),
        _ => Type::Double,
    }
}

/// `i64`, or the width of the format or the bounds, or the type that an option gives to integers.
///
/// With a minimum and a maximum this is the narrowest type for both, unsigned if the minimum is not negative. With one
/// of them it is `u64` or `i64`.
pub(super) fn integer(keywords: &Keywords, config: &Config) -> Type {
    if let (None, (None, None), Some(path)) = (&keywords.format, keywords.integer_bounds, &config.integer_type) {
        return number_type(path);
    }
    Type::Integer(match (keywords.format.as_deref(), keywords.integer_bounds) {
        (Some("int8"), _) => Width::I8,
        (Some("int16"), _) => Width::I16,
        (Some("int32"), _) => Width::I32,
        (Some("date" | "time-millis"), _) if keywords.language == SchemaLanguage::Avro => Width::I32,
        (Some("int64"), _) => Width::I64,
        (Some("uint8"), _) => Width::U8,
        (Some("uint16"), _) => Width::U16,
        (Some("uint32"), _) => Width::U32,
        (Some("uint64"), _) => Width::U64,
        (_, (Some(min), Some(max))) if min >= 0 => narrowest(UNSIGNED, [min, max]),
        (_, (Some(min), Some(max))) => narrowest(SIGNED, [min, max]),
        (_, (Some(min), None)) if min >= 0 => narrowest([Width::U64], [min]),
        (_, (Some(min), None)) => narrowest([Width::I64], [min]),
        (_, (None, Some(max))) => narrowest([Width::I64], [max]),
        (_, (None, None)) => Width::I64,
    })
}

/// The type of numbers at a path: a primitive type, or a type of another crate.
fn number_type(path: &str) -> Type {
    match path {
        "String" => Type::String,
        "f64" => Type::Double,
        "f32" => Type::Single,
        "i8" => Type::Integer(Width::I8),
        "i16" => Type::Integer(Width::I16),
        "i32" => Type::Integer(Width::I32),
        "i64" => Type::Integer(Width::I64),
        "i128" => Type::Integer(Width::I128),
        "u8" => Type::Integer(Width::U8),
        "u16" => Type::Integer(Width::U16),
        "u32" => Type::Integer(Width::U32),
        "u64" => Type::Integer(Width::U64),
        path => Type::External(External::Path(path.to_owned())),
    }
}

const UNSIGNED: [Width; 4] = [Width::U8, Width::U16, Width::U32, Width::U64];

const SIGNED: [Width; 4] = [Width::I8, Width::I16, Width::I32, Width::I64];

/// The first of these widths that contains all numbers.
fn narrowest<const N: usize, const M: usize>(widths: [Width; N], numbers: [i128; M]) -> Width {
    let holds = |width: &Width| numbers.iter().all(|number| width.range().contains(number));
    widths.into_iter().find(holds).unwrap_or(Width::I128)
}

/// The width of the values of an enum: that of an integer with these keywords, or a wider one if a value needs it.
pub(super) fn enum_width(keywords: &Keywords, config: &Config, values: &[i128]) -> Width {
    let width = match integer(keywords, config) {
        Type::Integer(width) => width,
        _ => Width::I64,
    };
    let fits = |width: Width| values.iter().all(|value| width.range().contains(value));
    [width, Width::I64, Width::U64].into_iter().find(|width| fits(*width)).unwrap_or(Width::I128)
}
