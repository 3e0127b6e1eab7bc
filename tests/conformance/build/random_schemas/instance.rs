//! A random value for a schema. It is valid as far as each keyword alone decides that.

use serde_json::{Map, Value, json};

use super::schema::NAMES;
use super::{Rng, Undeclared};

/// References are followed to this depth. Deeper values are as small as possible.
const DEEPEST: u8 = 6;

/// A value for a complete schema.
pub(super) fn random_instance(root: &Value, rng: &mut Rng, undeclared: Undeclared) -> Value {
    Maker { root, undeclared }.value(root, rng, DEEPEST)
}

struct Maker<'a> {
    root: &'a Value,
    undeclared: Undeclared,
}

impl Maker<'_> {
    fn value(&self, schema: &Value, rng: &mut Rng, depth: u8) -> Value {
        let Value::Object(keywords) = schema else { return anything(rng) };
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
            return self.value(target, rng, depth.saturating_sub(1));
        }
        if let Some(value) = keywords.get("const") {
            return value.clone();
        }
        if let Some(values) = keywords.get("enum").and_then(Value::as_array) {
            return rng.pick(values).clone();
        }
        let mut value = self.plain(keywords, rng, depth);
        for part in list(keywords, "allOf") {
            value = joined(value, self.value(part, rng, depth), has_type(keywords));
        }
        for key in ["oneOf", "anyOf"] {
            let alternatives = list(keywords, key);
            if !alternatives.is_empty() {
                let chosen = rng.pick(alternatives);
                value = joined(value, self.value(chosen, rng, depth), has_type(keywords));
                if key == "anyOf" && rng.chance(30) {
                    let chosen = rng.pick(alternatives);
                    value = joined(value, self.value(chosen, rng, depth), true);
                }
            }
        }
        value
    }

    fn plain(&self, keywords: &Map<String, Value>, rng: &mut Rng, depth: u8) -> Value {
        let implied = || match () {
            () if keywords.contains_key("properties") || keywords.contains_key("required") => "object",
            () if keywords.contains_key("items") || keywords.contains_key("contains") => "array",
            () => "",
        };
        let json_type = match keywords.get("type") {
            Some(Value::String(name)) => name.clone(),
            Some(Value::Array(names)) => rng.pick(names).as_str().unwrap_or_default().to_owned(),
            // A schema without `type` accepts values of every type.
            _ if rng.chance(10) => return anything(rng),
            _ => implied().to_owned(),
        };
        match json_type.as_str() {
            "null" => Value::Null,
            "boolean" => json!(rng.chance(50)),
            "integer" => integer(keywords, rng),
            "number" => number(keywords, rng),
            "string" => json!(string(keywords, rng)),
            "array" => self.array(keywords, rng, depth),
            "object" => self.object(keywords, rng, depth),
            _ => anything(rng),
        }
    }

    fn array(&self, keywords: &Map<String, Value>, rng: &mut Rng, depth: u8) -> Value {
        let size = |key: &str| keywords.get(key).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
        let least = size("minItems").unwrap_or(usize::from(keywords.contains_key("contains")));
        let most = size("maxItems").unwrap_or(if depth == 0 { least } else { least + 3 });
        let count = least + rng.below(most - least + 1);
        let items = keywords.get("items").unwrap_or(&Value::Bool(true));
        let items = (0..count).map_while(|index| match items {
            Value::Array(tuple) => match (tuple.get(index), keywords.get("additionalItems")) {
                (Some(item), _) => Some(self.value(item, rng, depth.saturating_sub(1))),
                (None, Some(Value::Bool(false))) => None,
                (None, item) => Some(self.value(item.unwrap_or(&Value::Bool(true)), rng, depth.saturating_sub(1))),
            },
            item => Some(self.value(item, rng, depth.saturating_sub(1))),
        });
        items.collect()
    }

    fn object(&self, keywords: &Map<String, Value>, rng: &mut Rng, depth: u8) -> Value {
        let mut object = Map::new();
        let required: Vec<&str> = list(keywords, "required").iter().filter_map(Value::as_str).collect();
        let properties = keywords.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let is_wanted = if depth == 0 { false } else { rng.chance(60) };
            if required.contains(&name.as_str()) || is_wanted {
                object.insert(name.clone(), self.value(schema, rng, depth.saturating_sub(1)));
            }
        }
        for name in required {
            object.entry(name).or_insert_with(|| anything(rng));
        }
        for (name, schema) in conditional(keywords) {
            if depth > 0 && rng.chance(40) {
                // If the condition does not apply, the property may have any value.
                let value =
                    if rng.chance(80) { self.value(schema, rng, depth.saturating_sub(1)) } else { anything(rng) };
                object.insert(name.clone(), value);
            }
        }
        for (pattern, name) in [("^x-", "x-1"), ("^y-", "y-1")] {
            let schema = keywords.get("patternProperties").and_then(|patterns| patterns.get(pattern));
            let Some(schema) = schema else { continue };
            object.insert(name.to_owned(), self.value(schema, rng, depth.saturating_sub(1)));
        }
        let open = Value::Bool(true);
        let additional = match (keywords.get("additionalProperties"), self.undeclared) {
            (Some(Value::Bool(false)), _) | (None, Undeclared::Absent) => None,
            (None, Undeclared::Present) => Some(&open),
            (Some(schema), _) => Some(schema),
        };
        if let Some(schema) = additional.filter(|_| depth > 0 && rng.chance(50)) {
            let name = if keywords.contains_key("propertyNames") { *rng.pick(NAMES) } else { "more" };
            if !properties.is_some_and(|properties| properties.contains_key(name)) {
                object.insert(name.to_owned(), self.value(schema, rng, depth.saturating_sub(1)));
            }
        }
        Value::Object(object)
    }
}

/// The properties that conditions mention.
fn conditional(keywords: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let conditions = ["then", "else"].into_iter().filter_map(|key| keywords.get(key));
    let dependencies = keywords.get("dependencies").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let properties = conditions.chain(dependencies).filter_map(|condition| condition.get("properties"));
    properties.filter_map(Value::as_object).flatten()
}

/// One value for two schemas that apply together: objects are merged. Of other values the second is used, unless the first
/// schema has a type.
fn joined(earlier: Value, later: Value, earlier_counts: bool) -> Value {
    match (earlier, later) {
        (Value::Object(mut earlier), Value::Object(later)) => {
            earlier.extend(later);
            Value::Object(earlier)
        }
        (earlier, _) if earlier_counts => earlier,
        (_, later) => later,
    }
}

fn has_type(keywords: &Map<String, Value>) -> bool {
    keywords.contains_key("type") || keywords.contains_key("properties")
}

fn list<'a>(keywords: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    keywords.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn anything(rng: &mut Rng) -> Value {
    let values =
        [json!(null), json!(true), json!(-7), json!(0.5), json!("any"), json!([1, "a"]), json!({"deep": {"er": []}})];
    rng.pick(&values).clone()
}

fn integer(keywords: &Map<String, Value>, rng: &mut Rng) -> Value {
    let bound = |key: &str| keywords.get(key).and_then(Value::as_i64);
    let least = bound("minimum").unwrap_or(-20);
    let most = bound("maximum").or(bound("exclusiveMaximum").map(|bound| bound - 1)).unwrap_or(least.max(0) + 1_000);
    let step = bound("multipleOf").unwrap_or(1);
    let value = if rng.chance(20) { most } else { rng.between(least, most.min(least + 100_000)) };
    json!(value / step * step)
}

fn number(keywords: &Map<String, Value>, rng: &mut Rng) -> Value {
    let whole = keywords.contains_key("minimum") || keywords.contains_key("exclusiveMinimum");
    let quarters = if whole { rng.between(4, 400) } else { rng.between(-400, 400) };
    let number = i32::try_from(quarters).map_or(0.0, f64::from) / 4.0;
    if rng.chance(30) { json!(quarters) } else { json!(number) }
}

fn string(keywords: &Map<String, Value>, rng: &mut Rng) -> String {
    let text = match keywords.get("format").and_then(Value::as_str) {
        Some("date") => "2026-11-25",
        Some("date-time") => *rng.pick(&["2026-11-25T09:30:00Z", "2026-11-25T09:30:00.120+01:00"]),
        Some("uuid") => "0198c2b5-6d2e-7c3a-9f00-0123456789ab",
        Some("email") => "ada@example.com",
        Some("uri") => "https://example.com/a?b=c",
        Some("ipv4") => "192.0.2.1",
        Some("hostname") => "example.com",
        _ => match keywords.get("pattern").and_then(Value::as_str) {
            Some("^a" | "^[a-z]{2}$") => "ab",
            Some(_) => "12",
            None if keywords.contains_key("minLength") => "long enough",
            None if keywords.contains_key("maxLength") => *rng.pick(&["", "a", "é"]),
            None => *rng.pick(&["", "a", "type", "ünïcode \u{1f600}", "a\"b\\c", "long enough"]),
        },
    };
    text.to_owned()
}
