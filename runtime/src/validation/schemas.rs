use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Violation, Violations};

/// The schemas of a document, in JSON Schema draft 7, as generated code holds them. Each is read when it is first asked for.
///
/// ```
/// use asyncapi_runtime::Schemas;
///
/// static SCHEMAS: Schemas = Schemas::new(
///     r#"{"definitions": {
///         "Order": {"properties": {"id": {"maxLength": 4}, "lines": {"items": {"$ref": "#/definitions/Line"}}}},
///         "Line": {"properties": {"count": {"minimum": 1}}}
///     }}"#,
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
    /// By the names of the definitions.
    validators: OnceLock<RwLock<HashMap<String, Prepared>>>,
}

/// A schema that is ready, or why it cannot be.
type Prepared = Result<Arc<Validator>, Arc<str>>;

/// What the text is called by the schemas in it; nothing outside sees it.
const BASE: &str = "urn:asyncapi:schemas";

impl Schemas {
    /// The schemas of a text: an object with `definitions`, which refer to each other as `#/definitions/Name`.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text, registry: OnceLock::new(), validators: OnceLock::new() }
    }

    /// Checks a value, as it is written, against the definition of this name.
    ///
    /// # Errors
    ///
    /// Every violation. A schema that cannot be read is one too, of all values: `$schema` is its keyword.
    pub fn check<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Violations> {
        let unchecked = |message: String| Violation::new(String::new(), "$schema".to_owned(), message);
        let value = match serde_json::to_value(value) {
            Ok(value) => value,
            Err(error) => return Violations::none_of(vec![unchecked(format!("the value is no JSON: {error}"))]),
        };
        match self.validator(name) {
            Ok(validator) => {
                Violations::none_of(validator.iter_errors(&value).map(|error| violation(&error)).collect())
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
        let registry = self.registry.get_or_init(|| registry(self.text)).as_ref().map_err(Clone::clone)?;
        let schema = json!({"$ref": format!("{BASE}#/definitions/{name}")});
        let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
        options.with_registry(registry).offline().build(&schema).map_err(|error| error.to_string())
    }
}

fn registry(text: &str) -> Result<Registry<'static>, String> {
    let schemas: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let registry = Registry::new().draft(Draft::Draft7).add(BASE, schemas).map_err(|error| error.to_string())?;
    registry.prepare().map_err(|error| error.to_string())
}

fn violation(error: &ValidationError<'_>) -> Violation {
    let keyword = match error.kind().keyword() {
        "falseSchema" => forbidding(error.schema_path().as_str()),
        keyword => keyword,
    };
    let message = error.masked_with("the value").to_string();
    Violation::new(error.instance_path().as_str().to_owned(), keyword.to_owned(), message)
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
