//! Avro's logical types. A logical type on the wrong base type is ignored, as Avro requires.

use crate::json::Value;

/// A logical type on a base type that allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LogicalType {
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,
    Uuid,
    /// A UUID as sixteen bytes (Avro 1.12).
    UuidBytes,
    Decimal,
    /// A decimal that contains its scale (Avro 1.12).
    BigDecimal,
    Duration,
}

impl LogicalType {
    /// The logical type of a schema.
    pub(super) fn from_schema(schema: &Value) -> Option<Self> {
        let text = |key| schema.child(key).and_then(Value::as_str).unwrap_or_default();
        Some(match (text("type"), text("logicalType")) {
            ("int", "date") => Self::Date,
            ("int", "time-millis") => Self::TimeMillis,
            ("long", "time-micros") => Self::TimeMicros,
            ("long", "timestamp-millis") => Self::TimestampMillis,
            ("long", "timestamp-micros") => Self::TimestampMicros,
            ("long", "timestamp-nanos") => Self::TimestampNanos,
            ("long", "local-timestamp-millis") => Self::LocalTimestampMillis,
            ("long", "local-timestamp-micros") => Self::LocalTimestampMicros,
            ("long", "local-timestamp-nanos") => Self::LocalTimestampNanos,
            ("string", "uuid") => Self::Uuid,
            ("fixed", "uuid") => Self::UuidBytes,
            ("bytes" | "fixed", "decimal") => Self::Decimal,
            ("bytes", "big-decimal") => Self::BigDecimal,
            ("fixed", "duration") => Self::Duration,
            _ => return None,
        })
    }

    /// The name in `logicalType`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::TimeMillis => "time-millis",
            Self::TimeMicros => "time-micros",
            Self::TimestampMillis => "timestamp-millis",
            Self::TimestampMicros => "timestamp-micros",
            Self::TimestampNanos => "timestamp-nanos",
            Self::LocalTimestampMillis => "local-timestamp-millis",
            Self::LocalTimestampMicros => "local-timestamp-micros",
            Self::LocalTimestampNanos => "local-timestamp-nanos",
            Self::Uuid | Self::UuidBytes => "uuid",
            Self::Decimal => "decimal",
            Self::BigDecimal => "big-decimal",
            Self::Duration => "duration",
        }
    }

    /// The `format` for `Config::map_format`. Bytes have none, because they are not a duration or UUID of JSON Schema.
    pub(super) fn format(self) -> Option<&'static str> {
        (!matches!(self, Self::Duration | Self::UuidBytes)).then(|| self.name())
    }

    /// A description of the JSON value. `None` if the generated type is clear enough.
    fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::Date => "Days since 1970-01-01.",
            Self::TimeMillis => "Milliseconds after midnight.",
            Self::TimeMicros => "Microseconds after midnight.",
            Self::TimestampMillis => "Milliseconds since 1970-01-01T00:00:00Z.",
            Self::TimestampMicros => "Microseconds since 1970-01-01T00:00:00Z.",
            Self::TimestampNanos => "Nanoseconds since 1970-01-01T00:00:00Z.",
            Self::LocalTimestampMillis => "Milliseconds since 1970-01-01T00:00:00 in some local time.",
            Self::LocalTimestampMicros => "Microseconds since 1970-01-01T00:00:00 in some local time.",
            Self::LocalTimestampNanos => "Nanoseconds since 1970-01-01T00:00:00 in some local time.",
            Self::Decimal => "A decimal number.",
            Self::BigDecimal => "A decimal number, with its scale.",
            Self::UuidBytes => "The sixteen bytes of a UUID.",
            Self::Duration => "Twelve bytes: months, days and milliseconds.",
            Self::Uuid => return None,
        })
    }
}

/// A description of the JSON value, from the logical type of a schema or of one of its alternatives.
pub(super) fn describe(schema: &Value) -> Option<String> {
    if let Value::Sequence(parts) = schema {
        return parts.iter().find_map(describe);
    }
    match (LogicalType::from_schema(schema), schema.child("precision"), schema.child("scale")) {
        (Some(LogicalType::Decimal), Some(Value::Integer(precision)), scale) => {
            let scale = if let Some(Value::Integer(scale)) = scale { *scale } else { 0 };
            Some(format!("A decimal number of at most {precision} digits, {scale} of them after the point."))
        }
        (Some(logical), ..) => logical.description().map(str::to_owned),
        (None, ..) => schema.child("type").filter(|inner| !matches!(inner, Value::String(_))).and_then(describe),
    }
}
