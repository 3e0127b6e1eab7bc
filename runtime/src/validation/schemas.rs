//! Compiled JSON Schemas that generated `validate` functions use.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jsonschema::{Draft, Registry, Validator};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Violation, Violations, cause, patterns};

/// The schemas of a document, in JSON Schema draft 7, as generated code holds them. Each is read when it is first asked for.
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
    /// The same without the patterns that no regular expression can be made of, where there are any.
    readable: OnceLock<Result<Registry<'static>, String>>,
    /// The text, for what is to be said of values that fit no alternative.
    parsed: OnceLock<Result<Value, String>>,
    /// By the names of the definitions.
    validators: OnceLock<RwLock<HashMap<String, Prepared>>>,
}

/// A schema that is ready, or why it cannot be.
type Prepared = Result<Arc<Validator>, Arc<str>>;

/// What the text is called by the schemas in it; nothing outside sees it.
const BASE: &str = "urn:asyncapi:schemas";

impl Schemas {
    /// The schemas of a text: an object with `definitions`, which refer to each other as `#/definitions/Name`. A schema with
    /// alternatives may have a `discriminator` with a `propertyName` and a `mapping` from its values to alternatives, as they
    /// are listed: it rules nothing out, and tells which alternative is spoken of where none fits.
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

    /// Checks a value, as it is written, against the definition of this name.
    ///
    /// # Errors
    ///
    /// Every violation. A schema that cannot be read is one too, of all values: `$schema` is its keyword. A pattern that
    /// no regular expression can be made of is left out.
    pub fn check<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Violations> {
        let unchecked = |message: String| Violation::new(String::new(), "$schema".to_owned(), message);
        let value = match written(value) {
            Ok(value) => value,
            Err(error) => return Violations::none_of(vec![unchecked(format!("the value is no JSON: {error}"))]),
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

/// The validator of a definition.
fn build(registry: &Result<Registry<'static>, String>, name: &str) -> Result<Validator, String> {
    let registry = registry.as_ref().map_err(Clone::clone)?;
    let schema = json!({"$ref": format!("{BASE}#/definitions/{name}")});
    let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
    // Later drafts know it, and documents say it whatever the draft.
    let options = options.with_format("uuid", is_uuid);
    options.with_registry(registry).offline().build(&schema).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A value as it is written. A number beyond 64 bits has no place in a [`Value`] but as the nearest `f64`.
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
