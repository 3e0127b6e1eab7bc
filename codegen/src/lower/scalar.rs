//! Types that need no item: numbers, texts, booleans.

use crate::config::{Config, Extent};
use crate::document::{JsonType, Keywords, Language, Value};
use crate::ir::{External, Type, Width};

/// The type that is named, or the one that the other keywords speak of.
pub(super) fn implied(keywords: &Keywords) -> Option<JsonType> {
    if let [only] = keywords.types[..] {
        return Some(only);
    }
    if let [JsonType::Integer, JsonType::Number] | [JsonType::Number, JsonType::Integer] = keywords.types[..] {
        return Some(JsonType::Number);
    }
    if !keywords.types.is_empty() {
        return None;
    }
    let is_object = !keywords.properties.is_empty()
        || keywords.additional.is_some()
        || !keywords.pattern_properties.is_empty()
        || !keywords.required.is_empty();
    if is_object {
        Some(JsonType::Object)
    } else if keywords.items.is_some() || !keywords.tuple.is_empty() {
        Some(JsonType::Array)
    } else {
        keywords.values.as_deref().and_then(common_type)
    }
}

/// The one type of all values, `null` apart.
fn common_type(values: &[Value]) -> Option<JsonType> {
    let mut types: Vec<JsonType> =
        values.iter().filter(|value| **value != Value::Null).map(type_of).collect::<Option<_>>()?;
    types.sort_unstable();
    types.dedup();
    match types[..] {
        [only] => Some(only),
        [JsonType::Integer, JsonType::Number] => Some(JsonType::Number),
        _ => None,
    }
}

/// The type of a value; `None` for `null`.
pub(super) fn type_of(value: &Value) -> Option<JsonType> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => JsonType::Boolean,
        Value::Integer(_) => JsonType::Integer,
        Value::Float(_) => JsonType::Number,
        Value::String(_) => JsonType::String,
        Value::Sequence(_) => JsonType::Array,
        Value::Mapping(_) => JsonType::Object,
    })
}

/// A text, or what its format makes of it.
pub(super) fn string(keywords: &Keywords, config: &Config) -> Type {
    let Some(format) = keywords.format.as_deref() else { return Type::String };
    if let Some(path) = config.formats.get(format) {
        return if path == "String" { Type::String } else { Type::External(External::Path(path.clone())) };
    }
    match (config.extent, format) {
        (Extent::Everything, "date-time") => Type::External(External::DateTime),
        (Extent::Everything, "date") => Type::External(External::Date),
        (Extent::Everything, "uuid") => Type::External(External::Uuid),
        _ => Type::String,
    }
}

/// A number, or what the team makes of its logical type: those of Avro stand on numbers too.
pub(super) fn logical(keywords: &Keywords, config: &Config) -> Option<Type> {
    let format = keywords.format.as_deref().filter(|_| keywords.language == Language::Avro)?;
    config.formats.get(format).map(|path| Type::External(External::Path(path.clone())))
}

/// `f64`, unless the format says that half of it is enough, or the team chose another.
pub(super) fn number(keywords: &Keywords, config: &Config) -> Type {
    match (keywords.format.as_deref(), &config.number_type) {
        (Some("float"), _) => Type::Single,
        (None, Some(path)) => number_of(path),
        _ => Type::Double,
    }
}

/// `i64`, unless the format names a width, the bounds fit one, or the team chose another.
pub(super) fn integer(keywords: &Keywords, config: &Config) -> Type {
    if let (None, (None, None), Some(path)) = (&keywords.format, keywords.bounds, &config.integer_type) {
        return number_of(path);
    }
    Type::Integer(match (keywords.format.as_deref(), keywords.bounds) {
        (Some("int8"), _) => Width::I8,
        (Some("int16"), _) => Width::I16,
        (Some("int32"), _) => Width::I32,
        (Some("date" | "time-millis"), _) if keywords.language == Language::Avro => Width::I32,
        (Some("uint8"), _) => Width::U8,
        (Some("uint16"), _) => Width::U16,
        (Some("uint32"), _) => Width::U32,
        (Some("uint64"), _) => Width::U64,
        (_, (Some(least), Some(greatest))) if least >= 0 => unsigned_width(greatest),
        (_, (Some(least), None)) if least >= 0 => Width::U64,
        (_, (least, greatest)) => {
            let beyond = |bound: Option<i128>| bound.is_some_and(|bound| i64::try_from(bound).is_err());
            if beyond(least) || beyond(greatest) { Width::I128 } else { Width::I64 }
        }
    })
}

/// A type of numbers by its path: Rust's own, or one that is defined elsewhere.
fn number_of(path: &str) -> Type {
    match path {
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

fn unsigned_width(greatest: i128) -> Width {
    let widths = [
        (u64::from(u8::MAX), Width::U8),
        (u64::from(u16::MAX), Width::U16),
        (u64::from(u32::MAX), Width::U32),
        (u64::MAX, Width::U64),
    ];
    let fitting = widths.into_iter().find(|(most, _)| greatest <= i128::from(*most));
    fitting.map_or(Width::I128, |(_, width)| width)
}
