//! Random schemas: each keyword of draft 7 turns up, and what authors write most turns up most.

use serde_json::{Map, Value, json};

use super::Dice;

/// Schemas nest no deeper than this.
const DEEPEST: u8 = 2;

/// Names of properties: plain ones, those that Rust or serde treat in their own way, and what needs escaping.
pub(super) const NAMES: &[&str] =
    &["id", "name", "type", "kind", "count", "self", "first name", "$ref-like", "tags", "é"];

/// A whole schema with its definitions.
pub(super) fn schema(dice: &mut Dice) -> Value {
    let mut schema = below(dice, DEEPEST);
    // An object with references to it is the commonest root, so that recursion turns up.
    if let Value::Object(keywords) = &mut schema {
        let node = object(dice, 1, true);
        keywords.insert("definitions".to_owned(), json!({"node": node, "text": scalar(dice)}));
    }
    schema
}

fn below(dice: &mut Dice, depth: u8) -> Value {
    if depth == 0 {
        return scalar(dice);
    }
    match dice.below(20) {
        0..=3 => scalar(dice),
        4..=9 => object(dice, depth, false),
        10 => map(dice, depth),
        11 | 12 => list(dice, depth),
        13 => tuple(dice, depth),
        14 => one_of(dice, depth),
        15 => any_of(dice, depth),
        16 => all_of(dice, depth),
        17 => conditional(dice, depth),
        18 => json!({"$ref": format!("#/definitions/{}", dice.pick(&["node", "text"]))}),
        _ => several_types(dice, depth),
    }
}

fn scalar(dice: &mut Dice) -> Value {
    match dice.below(12) {
        0 => json!({"type": "boolean"}),
        1 | 2 => integer(dice),
        3 => number(dice),
        4..=6 => string(dice),
        7 | 8 => enumeration(dice),
        9 => json!({"const": dice.pick(&[json!("a"), json!(1), json!(true), json!("b c")])}),
        10 => {
            let schema = scalar(dice);
            nullable(&schema, dice)
        }
        _ => dice.pick(&[json!(true), json!({}), json!({"type": "null"}), json!({"description": "anything"})]).clone(),
    }
}

fn nullable(schema: &Value, dice: &mut Dice) -> Value {
    match (dice.below(2), schema) {
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

fn integer(dice: &mut Dice) -> Value {
    let mut keywords = json!({"type": "integer"});
    match dice.below(6) {
        0 => keywords["minimum"] = json!(dice.between(-3, 3)),
        1 => {
            keywords["minimum"] = json!(dice.pick(&[0, 1, -5]));
            keywords["maximum"] = json!(dice.pick(&[5, 255, 70_000, 5_000_000_000_i64]));
        }
        2 => keywords["exclusiveMaximum"] = json!(dice.between(2, 300)),
        3 => keywords["multipleOf"] = json!(dice.between(2, 5)),
        4 => keywords["format"] = json!(dice.pick(&["int32", "int64"])),
        _ => {}
    }
    keywords
}

fn number(dice: &mut Dice) -> Value {
    let mut keywords = json!({"type": "number"});
    match dice.below(5) {
        0 => keywords["minimum"] = json!(0.5),
        1 => keywords["exclusiveMinimum"] = json!(0),
        2 => keywords["multipleOf"] = json!(0.25),
        3 => keywords["maximum"] = json!(1000),
        _ => {}
    }
    keywords
}

fn string(dice: &mut Dice) -> Value {
    let mut keywords = json!({"type": "string"});
    match dice.below(8) {
        0 => keywords["minLength"] = json!(dice.between(1, 3)),
        1 => keywords["maxLength"] = json!(dice.between(1, 6)),
        2 => keywords["pattern"] = json!(dice.pick(&["^a", "[0-9]+", "^[a-z]{2}$", "\\d\\d"])),
        3 => keywords["format"] = json!(dice.pick(&["date", "date-time", "uuid", "email", "uri", "ipv4", "hostname"])),
        4 => keywords["default"] = json!("a"),
        _ => {}
    }
    keywords
}

fn enumeration(dice: &mut Dice) -> Value {
    match dice.below(6) {
        0 => json!({"enum": [1, 2, 3]}),
        1 => json!({"type": ["string", "null"], "enum": ["a", null]}),
        2 => json!({"enum": ["a", 1, true, null]}),
        3 => json!({"type": "string", "enum": ["a", "A", "type", "a b"]}),
        _ => json!({"type": "string", "enum": dice.some(&["on", "off", "self", "1st", ""], 1)}),
    }
}

fn object(dice: &mut Dice, depth: u8, holds_itself: bool) -> Value {
    let known = 5 + dice.below(NAMES.len() - 5);
    let names = dice.some(&NAMES[..known], 1);
    let mut properties = Map::new();
    for name in &names {
        if dice.chance(50) || properties.is_empty() {
            properties.insert((*name).to_owned(), below(dice, depth - 1));
        }
    }
    let declared: Vec<String> = properties.keys().cloned().collect();
    let mut required = dice.some(&declared, 0);
    if holds_itself {
        let node = json!({"$ref": "#/definitions/node"});
        properties
            .insert("next".to_owned(), if dice.chance(50) { node } else { json!({"type": "array", "items": node}) });
    }
    let mut keywords = json!({"properties": properties});
    if dice.chance(90) {
        keywords["type"] = json!("object");
    }
    match dice.below(12) {
        0 => keywords["additionalProperties"] = json!(false),
        1 => keywords["additionalProperties"] = json!(true),
        2 => keywords["additionalProperties"] = scalar(dice),
        3 => {
            keywords["patternProperties"] = json!({"^x-": scalar(dice)});
            keywords["additionalProperties"] = json!(dice.chance(50));
        }
        4 => keywords["maxProperties"] = json!(declared.len()),
        5 => keywords["minProperties"] = json!(1),
        6 => keywords["dependencies"] = json!({declared[0].as_str(): dice.some(&declared, 1)}),
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

fn map(dice: &mut Dice, depth: u8) -> Value {
    match dice.below(5) {
        0 => json!({"type": "object"}),
        4 => json!({
            "type": "object",
            "patternProperties": {"^x-": below(dice, depth - 1), "^y-": below(dice, depth - 1)},
            "additionalProperties": below(dice, depth - 1),
        }),
        1 => {
            json!({"type": "object", "patternProperties": {"^x-": below(dice, depth - 1)}, "additionalProperties": false})
        }
        2 => json!({
            "type": "object",
            "propertyNames": {"enum": ["id", "name", "kind"]},
            "additionalProperties": below(dice, depth - 1),
        }),
        _ => json!({"type": "object", "additionalProperties": below(dice, depth - 1), "maxProperties": 3}),
    }
}

fn list(dice: &mut Dice, depth: u8) -> Value {
    let mut keywords = json!({"type": "array", "items": below(dice, depth - 1)});
    match dice.below(7) {
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

fn tuple(dice: &mut Dice, depth: u8) -> Value {
    let items = [below(dice, depth - 1), below(dice, depth - 1)];
    match dice.below(3) {
        0 => json!({"type": "array", "items": items, "minItems": 2, "maxItems": 2}),
        1 => json!({"type": "array", "items": items, "additionalItems": false}),
        _ => json!({"type": "array", "items": items, "additionalItems": scalar(dice)}),
    }
}

/// Alternatives of which exactly one holds: told by a constant, by what they require, or by their types.
fn one_of(dice: &mut Dice, depth: u8) -> Value {
    match dice.below(5) {
        0 | 1 => {
            let tag = *dice.pick(&["type", "kind"]);
            let values = [json!("a"), json!("b"), json!("c d")];
            let alternatives: Vec<Value> = values.iter().map(|value| tagged(dice, depth, tag, value)).collect();
            json!({"oneOf": alternatives})
        }
        2 => {
            let mut left = object(dice, depth, false);
            let mut right = object(dice, depth, false);
            left["required"] = json!(["left"]);
            right["required"] = json!(["right"]);
            left["properties"]["left"] = json!({"type": "integer"});
            right["properties"]["right"] = json!({"type": "string"});
            json!({"oneOf": [left, right]})
        }
        3 => json!({"oneOf": [{"const": "on"}, {"const": "off"}, {"type": "null"}]}),
        _ => json!({"oneOf": [string(dice), integer(dice), object(dice, depth, false), list(dice, depth)]}),
    }
}

fn tagged(dice: &mut Dice, depth: u8, tag: &str, value: &Value) -> Value {
    let mut keywords = object(dice, depth, false);
    keywords["type"] = json!("object");
    keywords["properties"][tag] = if dice.chance(50) { json!({"const": value}) } else { json!({"enum": [value]}) };
    let mut required = keywords["required"].as_array().cloned().unwrap_or_default();
    required.retain(|name| *name != json!(tag));
    required.push(json!(tag));
    keywords["required"] = json!(required);
    keywords
}

fn any_of(dice: &mut Dice, depth: u8) -> Value {
    match dice.below(3) {
        0 => json!({"anyOf": [object(dice, depth, false), object(dice, depth, false)]}),
        1 => json!({"anyOf": [scalar(dice), scalar(dice), list(dice, depth)]}),
        _ => {
            let mut keywords = object(dice, depth, false);
            let names: Vec<&String> = keywords["properties"].as_object().into_iter().flat_map(Map::keys).collect();
            let alternatives: Vec<Value> = names.iter().map(|name| json!({"required": [name]})).collect();
            keywords["anyOf"] = json!(alternatives);
            keywords
        }
    }
}

fn all_of(dice: &mut Dice, depth: u8) -> Value {
    let open = |dice: &mut Dice| {
        let mut keywords = object(dice, depth, false);
        if let Some(keywords) = keywords.as_object_mut() {
            keywords.retain(|key, _| matches!(key.as_str(), "type" | "properties" | "required"));
        }
        keywords
    };
    match dice.below(3) {
        0 => json!({"allOf": [open(dice), open(dice)]}),
        1 => {
            let mut keywords = open(dice);
            keywords["allOf"] = json!([{"properties": {"name": {"minLength": 1}}}, open(dice)]);
            keywords
        }
        _ => json!({"allOf": [{"$ref": "#/definitions/node"}, open(dice)]}),
    }
}

fn conditional(dice: &mut Dice, depth: u8) -> Value {
    let mut keywords = object(dice, depth, false);
    keywords["if"] = json!({"required": ["id"]});
    if dice.chance(70) {
        keywords["then"] = json!({"required": ["count"], "properties": {"other": scalar(dice), "only": scalar(dice)}});
    }
    if dice.chance(50) {
        keywords["else"] = json!({"properties": {"other": scalar(dice)}});
    }
    if dice.chance(30) {
        keywords["dependencies"] = json!({"only": {"properties": {"depends": below(dice, depth - 1)}}});
    }
    keywords
}

fn several_types(dice: &mut Dice, depth: u8) -> Value {
    match dice.below(4) {
        0 => json!({"type": ["string", "integer"]}),
        1 => json!({"type": ["number", "boolean", "null"]}),
        2 => json!({"type": ["array", "string"], "items": below(dice, depth - 1)}),
        _ => {
            let mut keywords = object(dice, depth, false);
            keywords["type"] = json!(["object", "null"]);
            keywords
        }
    }
}
