//! Random schemas with all keywords of draft 7. Common keywords are more frequent.

use serde_json::{Map, Value, json};

use super::Rng;

/// The greatest depth of nested schemas.
const DEEPEST: u8 = 2;

/// Names of properties: plain ones, Rust keywords, names that serde uses, and names that need escaping.
pub(super) const NAMES: &[&str] =
    &["id", "name", "type", "kind", "count", "self", "first name", "$ref-like", "tags", "é"];

/// A complete schema with its definitions.
pub(super) fn random_schema(rng: &mut Rng) -> Value {
    let mut schema = below(rng, DEEPEST);
    // References to this object make recursive schemas.
    if let Value::Object(keywords) = &mut schema {
        let node = object(rng, 1, true);
        keywords.insert("definitions".to_owned(), json!({"node": node, "text": scalar(rng)}));
    }
    schema
}

fn below(rng: &mut Rng, depth: u8) -> Value {
    if depth == 0 {
        return scalar(rng);
    }
    match rng.below(20) {
        0..=3 => scalar(rng),
        4..=9 => object(rng, depth, false),
        10 => map(rng, depth),
        11 | 12 => list(rng, depth),
        13 => tuple(rng, depth),
        14 => one_of(rng, depth),
        15 => any_of(rng, depth),
        16 => all_of(rng, depth),
        17 => conditional(rng, depth),
        18 => json!({"$ref": format!("#/definitions/{}", rng.pick(&["node", "text"]))}),
        _ => several_types(rng, depth),
    }
}

fn scalar(rng: &mut Rng) -> Value {
    match rng.below(12) {
        0 => json!({"type": "boolean"}),
        1 | 2 => integer(rng),
        3 => number(rng),
        4..=6 => string(rng),
        7 | 8 => enumeration(rng),
        9 => json!({"const": rng.pick(&[json!("a"), json!(1), json!(true), json!("b c")])}),
        10 => {
            let schema = scalar(rng);
            nullable(&schema, rng)
        }
        _ => rng.pick(&[json!(true), json!({}), json!({"type": "null"}), json!({"description": "anything"})]).clone(),
    }
}

fn nullable(schema: &Value, rng: &mut Rng) -> Value {
    match (rng.below(2), schema) {
        (0, Value::Object(keywords)) if !keywords.contains_key("enum") && schema["type"] != "null" => {
            let mut keywords = keywords.clone();
            if let Some(json_type @ Value::String(_)) = keywords.get("type").cloned() {
                keywords.insert("type".to_owned(), json!([json_type, "null"]));
            }
            Value::Object(keywords)
        }
        _ => json!({"oneOf": [schema, {"type": "null"}]}),
    }
}

fn integer(rng: &mut Rng) -> Value {
    let mut keywords = json!({"type": "integer"});
    match rng.below(6) {
        0 => keywords["minimum"] = json!(rng.between(-3, 3)),
        1 => {
            keywords["minimum"] = json!(rng.pick(&[0, 1, -5]));
            keywords["maximum"] = json!(rng.pick(&[5, 255, 70_000, 5_000_000_000_i64]));
        }
        2 => keywords["exclusiveMaximum"] = json!(rng.between(2, 300)),
        3 => keywords["multipleOf"] = json!(rng.between(2, 5)),
        4 => keywords["format"] = json!(rng.pick(&["int32", "int64"])),
        _ => {}
    }
    keywords
}

fn number(rng: &mut Rng) -> Value {
    let mut keywords = json!({"type": "number"});
    match rng.below(5) {
        0 => keywords["minimum"] = json!(0.5),
        1 => keywords["exclusiveMinimum"] = json!(0),
        2 => keywords["multipleOf"] = json!(0.25),
        3 => keywords["maximum"] = json!(1000),
        _ => {}
    }
    keywords
}

fn string(rng: &mut Rng) -> Value {
    let mut keywords = json!({"type": "string"});
    match rng.below(8) {
        0 => keywords["minLength"] = json!(rng.between(1, 3)),
        1 => keywords["maxLength"] = json!(rng.between(1, 6)),
        2 => keywords["pattern"] = json!(rng.pick(&["^a", "[0-9]+", "^[a-z]{2}$", "\\d\\d"])),
        3 => keywords["format"] = json!(rng.pick(&["date", "date-time", "uuid", "email", "uri", "ipv4", "hostname"])),
        4 => keywords["default"] = json!("a"),
        _ => {}
    }
    keywords
}

fn enumeration(rng: &mut Rng) -> Value {
    match rng.below(6) {
        0 => json!({"enum": [1, 2, 3]}),
        1 => json!({"type": ["string", "null"], "enum": ["a", null]}),
        2 => json!({"enum": ["a", 1, true, null]}),
        3 => json!({"type": "string", "enum": ["a", "A", "type", "a b"]}),
        _ => json!({"type": "string", "enum": rng.some(&["on", "off", "self", "1st", ""], 1)}),
    }
}

fn object(rng: &mut Rng, depth: u8, holds_itself: bool) -> Value {
    let known = 5 + rng.below(NAMES.len() - 5);
    let names = rng.some(&NAMES[..known], 1);
    let mut properties = Map::new();
    for name in &names {
        if rng.chance(50) || properties.is_empty() {
            properties.insert((*name).to_owned(), below(rng, depth - 1));
        }
    }
    let declared: Vec<String> = properties.keys().cloned().collect();
    let mut required = rng.some(&declared, 0);
    if holds_itself {
        let node = json!({"$ref": "#/definitions/node"});
        properties
            .insert("next".to_owned(), if rng.chance(50) { node } else { json!({"type": "array", "items": node}) });
    }
    let mut keywords = json!({"properties": properties});
    if rng.chance(90) {
        keywords["type"] = json!("object");
    }
    match rng.below(12) {
        0 => keywords["additionalProperties"] = json!(false),
        1 => keywords["additionalProperties"] = json!(true),
        2 => keywords["additionalProperties"] = scalar(rng),
        3 => {
            keywords["patternProperties"] = json!({"^x-": scalar(rng)});
            keywords["additionalProperties"] = json!(rng.chance(50));
        }
        4 => keywords["maxProperties"] = json!(declared.len()),
        5 => keywords["minProperties"] = json!(1),
        6 => keywords["dependencies"] = json!({declared[0].as_str(): rng.some(&declared, 1)}),
        7 => keywords["dependencies"] = json!({declared[0].as_str(): {"minProperties": 2}}),
        8 => required.push("undeclared".to_owned()),
        9 => keywords["not"] = json!({"required": ["forbidden"]}),
        _ => {}
    }
    if !required.is_empty() {
        keywords["required"] = json!(required);
    }
    keywords
}

fn map(rng: &mut Rng, depth: u8) -> Value {
    match rng.below(5) {
        0 => json!({"type": "object"}),
        4 => json!({
            "type": "object",
            "patternProperties": {"^x-": below(rng, depth - 1), "^y-": below(rng, depth - 1)},
            "additionalProperties": below(rng, depth - 1),
        }),
        1 => {
            json!({"type": "object", "patternProperties": {"^x-": below(rng, depth - 1)}, "additionalProperties": false})
        }
        2 => json!({
            "type": "object",
            "propertyNames": {"enum": ["id", "name", "kind"]},
            "additionalProperties": below(rng, depth - 1),
        }),
        _ => json!({"type": "object", "additionalProperties": below(rng, depth - 1), "maxProperties": 3}),
    }
}

fn list(rng: &mut Rng, depth: u8) -> Value {
    let mut keywords = json!({"type": "array", "items": below(rng, depth - 1)});
    match rng.below(7) {
        0 => keywords["minItems"] = json!(1),
        1 => keywords["maxItems"] = json!(3),
        2 => keywords["uniqueItems"] = json!(true),
        3 => keywords["contains"] = keywords["items"].clone(),
        4 => {
            keywords.as_object_mut().map(|keywords| keywords.remove("type"));
        }
        5 => {
            keywords.as_object_mut().map(|keywords| keywords.remove("items"));
        }
        _ => {}
    }
    keywords
}

fn tuple(rng: &mut Rng, depth: u8) -> Value {
    let items = [below(rng, depth - 1), below(rng, depth - 1)];
    match rng.below(3) {
        0 => json!({"type": "array", "items": items, "minItems": 2, "maxItems": 2}),
        1 => json!({"type": "array", "items": items, "additionalItems": false}),
        _ => json!({"type": "array", "items": items, "additionalItems": scalar(rng)}),
    }
}

/// Alternatives of which exactly one applies: they differ in a constant, in their required properties, or in their types.
fn one_of(rng: &mut Rng, depth: u8) -> Value {
    match rng.below(5) {
        0 | 1 => {
            let tag = *rng.pick(&["type", "kind"]);
            let values = [json!("a"), json!("b"), json!("c d")];
            let alternatives: Vec<Value> = values.iter().map(|value| tagged(rng, depth, tag, value)).collect();
            json!({"oneOf": alternatives})
        }
        2 => {
            let mut left = object(rng, depth, false);
            let mut right = object(rng, depth, false);
            left["required"] = json!(["left"]);
            right["required"] = json!(["right"]);
            left["properties"]["left"] = json!({"type": "integer"});
            right["properties"]["right"] = json!({"type": "string"});
            json!({"oneOf": [left, right]})
        }
        3 => json!({"oneOf": [{"const": "on"}, {"const": "off"}, {"type": "null"}]}),
        _ => json!({"oneOf": [string(rng), integer(rng), object(rng, depth, false), list(rng, depth)]}),
    }
}

fn tagged(rng: &mut Rng, depth: u8, tag: &str, value: &Value) -> Value {
    let mut keywords = object(rng, depth, false);
    keywords["type"] = json!("object");
    keywords["properties"][tag] = if rng.chance(50) { json!({"const": value}) } else { json!({"enum": [value]}) };
    let mut required = keywords["required"].as_array().cloned().unwrap_or_default();
    required.retain(|name| *name != json!(tag));
    required.push(json!(tag));
    keywords["required"] = json!(required);
    keywords
}

fn any_of(rng: &mut Rng, depth: u8) -> Value {
    match rng.below(3) {
        0 => json!({"anyOf": [object(rng, depth, false), object(rng, depth, false)]}),
        1 => json!({"anyOf": [scalar(rng), scalar(rng), list(rng, depth)]}),
        _ => {
            let mut keywords = object(rng, depth, false);
            let names: Vec<&String> = keywords["properties"].as_object().into_iter().flat_map(Map::keys).collect();
            let alternatives: Vec<Value> = names.iter().map(|name| json!({"required": [name]})).collect();
            keywords["anyOf"] = json!(alternatives);
            keywords
        }
    }
}

fn all_of(rng: &mut Rng, depth: u8) -> Value {
    let open = |rng: &mut Rng| {
        let mut keywords = object(rng, depth, false);
        if let Some(keywords) = keywords.as_object_mut() {
            keywords.retain(|key, _| matches!(key.as_str(), "type" | "properties" | "required"));
        }
        keywords
    };
    match rng.below(3) {
        0 => json!({"allOf": [open(rng), open(rng)]}),
        1 => {
            let mut keywords = open(rng);
            keywords["allOf"] = json!([{"properties": {"name": {"minLength": 1}}}, open(rng)]);
            keywords
        }
        _ => json!({"allOf": [{"$ref": "#/definitions/node"}, open(rng)]}),
    }
}

fn conditional(rng: &mut Rng, depth: u8) -> Value {
    let mut keywords = object(rng, depth, false);
    keywords["if"] = json!({"required": ["id"]});
    if rng.chance(70) {
        keywords["then"] = json!({"required": ["count"], "properties": {"other": scalar(rng), "only": scalar(rng)}});
    }
    if rng.chance(50) {
        keywords["else"] = json!({"properties": {"other": scalar(rng)}});
    }
    if rng.chance(30) {
        keywords["dependencies"] = json!({"only": {"properties": {"depends": below(rng, depth - 1)}}});
    }
    keywords
}

fn several_types(rng: &mut Rng, depth: u8) -> Value {
    match rng.below(4) {
        0 => json!({"type": ["string", "integer"]}),
        1 => json!({"type": ["number", "boolean", "null"]}),
        2 => json!({"type": ["array", "string"], "items": below(rng, depth - 1)}),
        _ => {
            let mut keywords = object(rng, depth, false);
            keywords["type"] = json!(["object", "null"]);
            keywords
        }
    }
}
