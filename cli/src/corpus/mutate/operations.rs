//! Changes of everything but schemas: channels, operations, messages, servers, and the keys of all maps.

use serde_yaml::{Mapping, Value};

use super::dice::Dice;
use super::files;
use super::places::{self, Path, Places, Role};
use super::schemas::{add, part};
use super::{Change, words};

pub(super) const CHANGES: &[Change] = &[
    rename_key,
    rename_key,
    duplicate_part,
    duplicate_part,
    add_to_message,
    add_to_message,
    add_to_operation,
    add_to_channel,
    add_to_parameter,
    add_to_server,
    describe,
    name,
    change_version,
    add_component,
    reorder,
    drop_part,
    move_to_file,
    move_to_file,
];

fn node(root: &Value, dice: &mut Dice, role: Role) -> Option<Path> {
    dice.any(&Places::of(root).all(role)).map(|path| (*path).clone())
}

fn map(root: &Value, dice: &mut Dice) -> Option<Path> {
    dice.any(&Places::of(root).maps).map(|(_, path)| path.clone())
}

fn add_one(root: &mut Value, dice: &mut Dice, role: Role, parts: &[&'static str]) -> bool {
    node(root, dice, role).is_some_and(|path| add(root, &path, dice.word(parts)))
}

fn add_to_message(root: &mut Value, dice: &mut Dice) -> bool {
    add_one(root, dice, Role::Message, words::OF_MESSAGES)
}

fn add_to_operation(root: &mut Value, dice: &mut Dice) -> bool {
    add_one(root, dice, Role::Operation, words::OF_OPERATIONS)
}

fn add_to_channel(root: &mut Value, dice: &mut Dice) -> bool {
    add_one(root, dice, Role::Channel, words::OF_CHANNELS)
}

fn add_to_parameter(root: &mut Value, dice: &mut Dice) -> bool {
    add_one(root, dice, Role::Parameter, words::OF_PARAMETERS)
}

fn add_to_server(root: &mut Value, dice: &mut Dice) -> bool {
    add_one(root, dice, Role::Server, words::OF_SERVERS)
}

/// Any object but a reference gets a text for people.
fn describe(root: &mut Value, dice: &mut Dice) -> bool {
    let nodes = Places::of(root).nodes;
    let Some(object) = dice.any(&nodes).and_then(|(_, path)| places::object(root, path)) else { return false };
    object.insert(dice.word(&["description", "summary"]).into(), dice.word(words::TEXTS).into());
    true
}

/// A message or an operation gets a name.
fn name(root: &mut Value, dice: &mut Dice) -> bool {
    let is_message = dice.chance(60);
    let role = if is_message { Role::Message } else { Role::Operation };
    let keys: &[&'static str] = if is_message { &["name", "title", "messageId"] } else { &["operationId", "title"] };
    let Some(object) = node(root, dice, role).and_then(|path| places::object(root, &path)) else { return false };
    object.insert(dice.word(keys).into(), dice.word(words::NAMES).into());
    true
}

/// A key becomes another, and what refers to it follows.
fn rename_key(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(path) = map(root, dice) else { return false };
    let Some(object) = places::object(root, &path) else { return false };
    let keys: Vec<String> = object.keys().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let Some(old) = dice.any(&keys) else { return false };
    let other = dice.any(&keys).unwrap_or(old);
    let new = if dice.chance(30) { meeting(other, dice) } else { dice.word(words::NAMES).to_owned() };
    if object.contains_key(new.as_str()) {
        return false;
    }
    let renamed = |(key, value): (Value, Value)| if key == *old { (new.clone().into(), value) } else { (key, value) };
    *object = std::mem::take(object).into_iter().map(renamed).collect();
    let to = |key: &str| places::reference(&[path.as_slice(), &[key.to_owned()]].concat());
    places::redirect(root, &to(old), &to(&new));
    true
}

/// A text that is written almost as another one is.
fn meeting(text: &str, dice: &mut Dice) -> String {
    match dice.below(7) {
        0 => text.to_lowercase(),
        1 => text.to_uppercase(),
        2 => text.replace(['-', '_', ' '], "."),
        3 => format!("_{text}"),
        4 => format!("{text} "),
        _ => format!("{text}{}", dice.word(words::ENDINGS)),
    }
}

/// An entry stands again, under a key that meets its own.
pub(super) fn duplicate_in(object: &mut Mapping, dice: &mut Dice) -> bool {
    let entries: Vec<(String, Value)> =
        object.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone()))).collect();
    let Some((key, value)) = dice.any(&entries) else { return false };
    let key = meeting(key, dice);
    !object.contains_key(key.as_str()) && object.insert(key.into(), value.clone()).is_none()
}

fn duplicate_part(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(object) = map(root, dice).and_then(|path| places::object(root, &path)) else { return false };
    duplicate_in(object, dice)
}

fn drop_part(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(object) = map(root, dice).and_then(|path| places::object(root, &path)) else { return false };
    let keys: Vec<Value> = object.keys().cloned().collect();
    dice.any(&keys).is_some_and(|key| object.remove(key).is_some())
}

fn reorder(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(object) = map(root, dice).and_then(|path| places::object(root, &path)) else { return false };
    let mut entries: Vec<(Value, Value)> = std::mem::take(object).into_iter().collect();
    entries.reverse();
    *object = entries.into_iter().collect();
    true
}

/// Another version of the same major one.
fn change_version(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(document) = files::document(root).map(str::to_owned) else { return false };
    let Some(object) = places::object(root, &[document]) else { return false };
    let Some(version) = object.get("asyncapi").and_then(Value::as_str) else { return false };
    let versions: &[&'static str] = match version.split_once('.') {
        Some(("2", _)) => &["2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0"],
        _ => &["3.0.0", "3.1.0"],
    };
    let version = dice.word(versions);
    object.insert("asyncapi".into(), version.into()).is_some()
}

/// A new entry of a map, under any name.
fn add_component(root: &mut Value, dice: &mut Dice) -> bool {
    let maps = Places::of(root).maps;
    let Some((role, path)) = dice.any(&maps) else { return false };
    let added = match role {
        Role::Schema => part(dice.word(words::SCHEMAS)),
        Role::Message => part("{payload: {type: object, properties: {a: {type: string}}}}"),
        Role::Channel => part("{address: added, subscribe: {message: {payload: {type: string}}}}"),
        Role::Server => part("{url: 'ws://{a}', host: '{a}', protocol: ws, variables: {a: {enum: [b], default: b}}}"),
        _ => part("{}"),
    };
    let Some(object) = places::object(root, path) else { return false };
    let key = dice.word(words::NAMES);
    !object.contains_key(key) && object.insert(key.into(), added).is_none()
}

/// A part moves to a file of its own, beside the document, above it or below.
fn move_to_file(root: &mut Value, dice: &mut Dice) -> bool {
    let movable = [Role::Schema, Role::Schema, Role::Message, Role::Parameter, Role::Channel, Role::Operation];
    let role = *dice.pick(&movable);
    let Some(path) = node(root, dice, role) else { return false };
    let Some(document) = files::document(root) else { return false };
    let beside = document.rsplit_once('/').filter(|_| dice.chance(70));
    let directory = beside.map_or(String::new(), |(directory, _)| format!("{directory}/"));
    let file = format!("{directory}{}.{}", dice.word(words::FILES), dice.word(&["yaml", "json", "yml"]));
    let Some(node) = places::at_mut(root, &path).filter(|node| node.is_mapping()) else { return false };
    let reference = Mapping::from_iter([("$ref".into(), file.clone().into())]);
    let moved = std::mem::replace(node, reference.into());
    let Some(files) = root.as_mapping_mut().filter(|files| !files.contains_key(file.as_str())) else { return false };
    files.insert(file.into(), moved).is_none()
}
