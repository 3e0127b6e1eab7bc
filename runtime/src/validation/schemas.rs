//! Compiled JSON Schemas that generated `validate` functions use.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jsonschema::{Draft, Registry, Validator};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Violation, Violations, cause, patterns};

/// The schemas of a document, in JSON Schema draft 7, as generated code contains them. Each is compiled at its first
/// use.
///
/// ```
/// use asyncapi_runtime::Schemas;
///
/// static SCHEMAS: Schemas = Schemas::new(
///     r##"{"definitions": {
///         "Order": {"properties": {"id": {"maxLength": 4}, "lines": {"items": {"$ref": "#/definitions/Line"}}}},
///         "Line": {"properties": {"count": {"minimum": 1}}}
///     }}"##,
/// );
///
/// let order = serde_json::json!({"id": "abcde", "lines": [{"count": 2}, {"count": 0}]});
/// let violations = SCHEMAS.check("Order", &order).unwrap_err();
///
/// let found: Vec<_> = violations.iter().map(|found| (found.pointer(), found.keyword())).collect();
/// assert_eq!(found, [("/id", "maxLength"), ("/lines/1/count", "minimum")]);
/// ```
#[derive(Debug)]
pub struct Schemas {
    text: &'static str,
    registry: OnceLock<Result<Registry<'static>, String>>,
    /// The schemas without invalid patterns. Built if a schema has an invalid pattern.
    readable: OnceLock<Result<Registry<'static>, String>>,
    /// The parsed text, for the violations of values that match no alternative.
    parsed: OnceLock<Result<Value, String>>,
    /// The compiled schemas, by the names of their definitions.
    validators: OnceLock<RwLock<HashMap<String, Prepared>>>,
}

/// A compiled schema, or the reason why it cannot be compiled.
type Prepared = Result<Arc<Validator>, Arc<str>>;

/// The URI of the schemas in the registry. It appears in no message.
const BASE: &str = "urn:asyncapi:schemas";

impl Schemas {
    /// The schemas in a text: a JSON object with `definitions`, which refer to each other as `#/definitions/Name`.
    ///
    /// A union may have a `discriminator` with a `propertyName`, and a `mapping` from the values of this property to
    /// alternatives, each as it is in the list of the union. The discriminator does not affect whether a value is
    /// valid. If no alternative matches, it selects the alternative whose violations are reported.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            registry: OnceLock::new(),
            readable: OnceLock::new(),
            parsed: OnceLock::new(),
            validators: OnceLock::new(),
        }
    }

    /// Checks the serialized form of a value against the definition with this name.
    ///
    /// # Errors
    ///
    /// All violations. If the schema cannot be compiled, every value has one violation, with the keyword `$schema`. A
    /// pattern that is an invalid regular expression is not checked.
    pub fn check<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Violations> {
        let unchecked = |message: String| Violation::new(String::new(), "$schema".to_owned(), message);
        let value = match written(value) {
            Ok(value) => value,
            Err(error) => return Violations::none_of(vec![unchecked(format!("the value is not JSON: {error}"))]),
        };
        match self.validator(name) {
            Ok(validator) => {
                let schema_at =
                    |pointer: &str| self.parsed.get_or_init(|| read(self.text)).as_ref().ok()?.pointer(pointer);
                Violations::none_of(cause::all(validator.iter_errors(&value), schema_at))
            }
            Err(why) => Violations::none_of(vec![unchecked(format!("the schema `{name}` cannot be read: {why}"))]),
        }
    }

    fn validator(&self, name: &str) -> Prepared {
        let validators = self.validators.get_or_init(RwLock::default);
        if let Some(known) = validators.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return known.clone();
        }
        let prepared = self.prepare(name).map(Arc::new).map_err(Arc::from);
        let mut validators = validators.write().unwrap_or_else(PoisonError::into_inner);
        validators.entry(name.to_owned()).or_insert(prepared).clone()
    }

    fn prepare(&self, name: &str) -> Result<Validator, String> {
        let whole = self.registry.get_or_init(|| registry(read(self.text)?));
        build(whole, name).or_else(|why| {
            let readable = self.readable.get_or_init(|| {
                let mut schemas = read(self.text)?;
                if patterns::leave_out_unreadable(&mut schemas) { registry(schemas) } else { Err(why) }
            });
            build(readable, name)
        })
    }
}

/// Compiles the definition with this name.
fn build(registry: &Result<Registry<'static>, String>, name: &str) -> Result<Validator, String> {
    let registry = registry.as_ref().map_err(Clone::clone)?;
    let schema = json!({"$ref": format!("{BASE}#/definitions/{name}")});
    let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
    // A format of later drafts, which documents use in all drafts.
    let options = options.with_format("uuid", is_uuid);
    options.with_registry(registry).offline().build(&schema).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Serializes a value. A [`Value`] cannot contain an integer of more than 64 bits: it becomes the nearest `f64`.
fn written<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Value> {
    serde_json::to_value(value).or_else(|_| serde_json::from_slice(&serde_json::to_vec(value)?))
}

fn registry(schemas: Value) -> Result<Registry<'static>, String> {
    let registry = Registry::new().draft(Draft::Draft7).add(BASE, schemas).map_err(|error| error.to_string())?;
    registry.prepare().map_err(|error| error.to_string())
}

/// RFC 9562: groups of 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(group.len()));
    groups.eq([8, 4, 4, 4, 12].map(Some))
}
