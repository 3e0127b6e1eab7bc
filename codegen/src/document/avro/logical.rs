//! Logical types: what a primitive type stands for. One that does not fit its type is passed over, as Avro says.

use crate::json::Value;

/// A logical type that fits the type that it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logical {
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
    /// Its sixteen bytes (Avro 1.12).
    UuidBytes,
    Decimal,
    /// One that brings its scale along (Avro 1.12).
    BigDecimal,
    Duration,
}

impl Logical {
    /// The logical type of a schema.
    pub(super) fn of(schema: &Value) -> Option<Self> {
        let text = |key| match schema.child(key) {
            Some(Value::String(text)) => text.as_str(),
            _ => "",
        };
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

    /// The `format` by which `Config::map_format` knows it; bytes are no duration and no UUID as JSON Schema has them.
    pub(super) fn format(self) -> Option<&'static str> {
        (!matches!(self, Self::Duration | Self::UuidBytes)).then(|| self.name())
    }

    /// What the JSON means, for people; nothing where the type says it.
    fn meaning(self) -> Option<&'static str> {
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

/// What a type's JSON means, where its logical type or that of an alternative tells.
pub(super) fn meaning(schema: &Value) -> Option<String> {
    if let Value::Sequence(parts) = schema {
        return parts.iter().find_map(meaning);
    }
    match (Logical::of(schema), schema.child("precision"), schema.child("scale")) {
        (Some(Logical::Decimal), Some(Value::Integer(precision)), scale) => {
            let scale = match scale {
                Some(Value::Integer(scale)) => *scale,
                _ => 0,
            };
            Some(format!("A decimal number of at most {precision} digits, {scale} of them after the point."))
        }
        (Some(logical), ..) => logical.meaning().map(str::to_owned),
        (None, ..) => schema.child("type").filter(|inner| !matches!(inner, Value::String(_))).and_then(meaning),
    }
}
