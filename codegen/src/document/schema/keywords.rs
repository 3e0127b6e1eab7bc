//! The types for one schema: its id, its annotations and its keywords.

use crate::json::Value;
use crate::location::Location;

/// Identifies a schema of a document. All references to one schema lead to the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SchemaId(pub(super) usize);

/// The title, description and other annotations of an object or schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Docs {
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) access: Access,
}

/// `readOnly` and `writeOnly` of a property.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Access {
    #[default]
    Both,
    ReadOnly,
    WriteOnly,
}

/// The keywords of a schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keywords {
    pub(crate) at: Location,
    pub(crate) docs: Docs,
    /// `type` without `null`. Empty if there is no `type`.
    pub(crate) types: Vec<JsonType>,
    /// `null` in `type`, or OpenAPI's `nullable`.
    pub(crate) nullable: bool,
    pub(crate) format: Option<String>,
    /// The values of `enum`, or the value of `const`.
    pub(crate) values: Option<Vec<Value>>,
    pub(crate) value_keyword: ValueKeyword,
    /// The same values with their locations and labels.
    pub(crate) declared_values: Vec<DeclaredValue>,
    pub(crate) default: Option<Value>,
    /// The items of `examples`.
    pub(crate) examples: Vec<Value>,
    /// The smallest and the largest integer, both inclusive.
    pub(crate) integer_bounds: (Option<i128>, Option<i128>),
    pub(crate) properties: Vec<(String, SchemaId)>,
    pub(crate) pattern_properties: Vec<(String, SchemaId)>,
    pub(crate) required: Vec<String>,
    /// Properties that `if`, `then`, `else` and `dependencies` mention. Empty until the whole document has been read.
    pub(crate) conditional_properties: Vec<(String, ConditionalProperty)>,
    /// Properties for which a missing key and `null` mean the same.
    pub(crate) absent_is_null: Vec<String>,
    /// `additionalProperties`.
    pub(crate) additional_properties: Option<SchemaId>,
    pub(crate) items: Option<SchemaId>,
    /// `items` as a list, or `prefixItems`.
    pub(crate) tuple: Vec<SchemaId>,
    /// `minItems` and `maxItems`.
    pub(crate) item_count: (Option<i128>, Option<i128>),
    /// Whether the tuple may be followed by other items.
    pub(crate) is_open_tuple: bool,
    pub(crate) all_of: Vec<SchemaId>,
    pub(crate) any_of: Vec<SchemaId>,
    pub(crate) one_of: Vec<SchemaId>,
    /// `oneOf` and `anyOf` lists of the subschemas of `allOf`. One alternative of each list matches.
    pub(crate) further_alternatives: Vec<Vec<SchemaId>>,
    pub(crate) discriminator: Option<Tag>,
    pub(crate) assertions: Assertions,
    pub(crate) language: SchemaLanguage,
}

impl Keywords {
    /// Whether there is any keyword besides annotations.
    pub(crate) fn is_nonempty(&self) -> bool {
        !self.types.is_empty()
            || self.nullable
            || self.format.is_some()
            || self.values.is_some()
            || !self.properties.is_empty()
            || !self.required.is_empty()
            || self.additional_properties.is_some()
            || self.items.is_some()
            || !self.tuple.is_empty()
            || !self.all_of.is_empty()
            || !self.any_of.is_empty()
            || !self.one_of.is_empty()
    }
}

/// The language in which a schema is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SchemaLanguage {
    #[default]
    JsonSchema,
    Avro,
}

/// The types of JSON without `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JsonType {
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl JsonType {
    /// The type of a value. `None` for `null`.
    pub(crate) fn of_value(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Integer(_) => Self::Integer,
            Value::Float(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Sequence(_) => Self::Array,
            Value::Mapping(_) => Self::Object,
        })
    }

    /// Whether every value of the other type is of this type. An integer is a number.
    pub(crate) fn includes(self, other: Self) -> bool {
        self == other || self == Self::Number && other == Self::Integer
    }

    /// Whether some values of the other type are of this type. The number `1.0` is an integer.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.includes(other) || other.includes(self)
    }

    /// The type that `type` names.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// The name in `type`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// One value of `enum` or `const`, with its labels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DeclaredValue {
    pub(crate) at: Location,
    pub(crate) value: Value,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
}

/// The keyword that lists the values of a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ValueKeyword {
    #[default]
    Enum,
    Const,
}

/// `discriminator`: the property that selects an alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) property: String,
    /// OpenAPI's `mapping`: pairs of a value of the property and the location of a schema.
    pub(crate) mapping: Vec<(String, Location)>,
}

/// How a condition mentions a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConditionalProperty {
    /// The condition requires the property.
    Named,
    /// The condition tests the property. Values may fail the test.
    Tested(SchemaId),
    /// The schema of the property if the condition holds.
    Described(SchemaId),
}

/// Assertion keywords that do not change the type of a value. Only validation uses them. Each list has a fixed order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assertions {
    /// OpenAPI's `nullable`: `null` is allowed, whatever the other keywords are.
    pub(crate) nullable: bool,
    /// Keywords with a plain value, such as `maxLength`.
    pub(crate) plain: Vec<(&'static str, Value)>,
    /// Keywords with a schema, such as `not`.
    pub(crate) schemas: Vec<(&'static str, SchemaId)>,
    /// `dependencies`: what the presence of a property requires.
    pub(crate) dependencies: Vec<(String, Dependency)>,
}

impl Assertions {
    /// Whether there is no assertion.
    pub(crate) fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.schemas.is_empty() && self.dependencies.is_empty()
    }
}

/// What the presence of a property requires.
#[derive(Clone, Debug)]
pub(crate) enum Dependency {
    /// Other properties.
    Properties(Vec<String>),
    /// A schema that the whole object matches.
    Schema(SchemaId),
}
