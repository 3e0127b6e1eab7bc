//! Changes of channels, operations, messages, servers, parameters, and of the keys of all maps.

use serde_yaml::{Mapping, Value};

use super::files;
use super::places::{self, Path, Places, Role};
use super::rng::Rng;
use super::schemas::{add, parse};
use super::{Change, vocabulary};

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

fn pick_node(root: &Value, rng: &mut Rng, role: Role) -> Option<Path> {
    rng.any(&Places::find(root).with_role(role)).map(|path| (*path).clone())
}

fn pick_map(root: &Value, rng: &mut Rng) -> Option<Path> {
    rng.any(&Places::find(root).maps).map(|(_, path)| path.clone())
}

fn add_one(root: &mut Value, rng: &mut Rng, role: Role, parts: &[&'static str]) -> bool {
    pick_node(root, rng, role).is_some_and(|path| add(root, &path, rng.text(parts)))
}

fn add_to_message(root: &mut Value, rng: &mut Rng) -> bool {
    add_one(root, rng, Role::Message, vocabulary::MESSAGE_PARTS)
}

fn add_to_operation(root: &mut Value, rng: &mut Rng) -> bool {
    add_one(root, rng, Role::Operation, vocabulary::OPERATION_PARTS)
}

fn add_to_channel(root: &mut Value, rng: &mut Rng) -> bool {
    add_one(root, rng, Role::Channel, vocabulary::CHANNEL_PARTS)
}

fn add_to_parameter(root: &mut Value, rng: &mut Rng) -> bool {
    add_one(root, rng, Role::Parameter, vocabulary::PARAMETER_PARTS)
}

fn add_to_server(root: &mut Value, rng: &mut Rng) -> bool {
    add_one(root, rng, Role::Server, vocabulary::SERVER_PARTS)
}

/// Gives any object a description or a summary.
fn describe(root: &mut Value, rng: &mut Rng) -> bool {
    let nodes = Places::find(root).nodes;
    let Some(object) = rng.any(&nodes).and_then(|(_, path)| places::object(root, path)) else { return false };
    object.insert(rng.text(&["description", "summary"]).into(), rng.text(vocabulary::TEXTS).into());
    true
}

/// Gives a message or an operation a name.
fn name(root: &mut Value, rng: &mut Rng) -> bool {
    let is_message = rng.chance(60);
    let role = if is_message { Role::Message } else { Role::Operation };
    let keys: &[&'static str] = if is_message { &["name", "title", "messageId"] } else { &["operationId", "title"] };
    let Some(object) = pick_node(root, rng, role).and_then(|path| places::object(root, &path)) else { return false };
    object.insert(rng.text(keys).into(), rng.text(vocabulary::NAMES).into());
    true
}

/// Renames a key, and changes the references to it.
fn rename_key(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(path) = pick_map(root, rng) else { return false };
    let Some(object) = places::object(root, &path) else { return false };
    let keys: Vec<String> = object.keys().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let Some(old) = rng.any(&keys) else { return false };
    let other = rng.any(&keys).unwrap_or(old);
    let new = if rng.chance(30) { name_collision(other, rng) } else { rng.text(vocabulary::NAMES).to_owned() };
    if object.contains_key(new.as_str()) {
        return false;
    }
    let renamed = |(key, value): (Value, Value)| if key == *old { (new.clone().into(), value) } else { (key, value) };
    *object = std::mem::take(object).into_iter().map(renamed).collect();
    let to = |key: &str| places::reference(&[path.as_slice(), &[key.to_owned()]].concat());
    places::redirect(root, &to(old), &to(&new));
    true
}

/// A name that may become the same identifier as the given one.
fn name_collision(text: &str, rng: &mut Rng) -> String {
    match rng.below(7) {
        0 => text.to_lowercase(),
        1 => text.to_uppercase(),
        2 => text.replace(['-', '_', ' '], "."),
        3 => format!("_{text}"),
        4 => format!("{text} "),
        _ => format!("{text}{}", rng.text(vocabulary::SUFFIXES)),
    }
}

/// Duplicates an entry under a key that may collide with its own.
pub(super) fn duplicate_in(object: &mut Mapping, rng: &mut Rng) -> bool {
    let entries: Vec<(String, Value)> =
        object.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone()))).collect();
    let Some((key, value)) = rng.any(&entries) else { return false };
    let key = name_collision(key, rng);
    !object.contains_key(key.as_str()) && object.insert(key.into(), value.clone()).is_none()
}

fn duplicate_part(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(object) = pick_map(root, rng).and_then(|path| places::object(root, &path)) else { return false };
    duplicate_in(object, rng)
}

fn drop_part(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(object) = pick_map(root, rng).and_then(|path| places::object(root, &path)) else { return false };
    let keys: Vec<Value> = object.keys().cloned().collect();
    rng.any(&keys).is_some_and(|key| object.remove(key).is_some())
}

fn reorder(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(object) = pick_map(root, rng).and_then(|path| places::object(root, &path)) else { return false };
    let mut entries: Vec<(Value, Value)> = std::mem::take(object).into_iter().collect();
    entries.reverse();
    *object = entries.into_iter().collect();
    true
}

/// Sets another version with the same major version.
fn change_version(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(document) = files::document(root).map(str::to_owned) else { return false };
    let Some(object) = places::object(root, &[document]) else { return false };
    let Some(version) = object.get("asyncapi").and_then(Value::as_str) else { return false };
    let versions: &[&'static str] = match version.split_once('.') {
        Some(("2", _)) => &["2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0"],
        _ => &["3.0.0", "3.1.0"],
    };
    let version = rng.text(versions);
    object.insert("asyncapi".into(), version.into()).is_some()
}

/// Adds an entry to a map.
fn add_component(root: &mut Value, rng: &mut Rng) -> bool {
    let maps = Places::find(root).maps;
    let Some((role, path)) = rng.any(&maps) else { return false };
    let added = match role {
        Role::Schema => parse(rng.text(vocabulary::SCHEMAS)),
        Role::Message => parse("{payload: {type: object, properties: {a: {type: string}}}}"),
        Role::Channel => parse("{address: added, subscribe: {message: {payload: {type: string}}}}"),
        Role::Server => parse("{url: 'ws://{a}', host: '{a}', protocol: ws, variables: {a: {enum: [b], default: b}}}"),
        _ => parse("{}"),
    };
    let Some(object) = places::object(root, path) else { return false };
    let key = rng.text(vocabulary::NAMES);
    !object.contains_key(key) && object.insert(key.into(), added).is_none()
}

/// Moves a part to a new file, in the directory of the document or in another one.
fn move_to_file(root: &mut Value, rng: &mut Rng) -> bool {
    let movable = [Role::Schema, Role::Schema, Role::Message, Role::Parameter, Role::Channel, Role::Operation];
    let role = *rng.pick(&movable);
    let Some(path) = pick_node(root, rng, role) else { return false };
    let Some(document) = files::document(root) else { return false };
    let parent = document.rsplit_once('/').filter(|_| rng.chance(70));
    let directory = parent.map_or(String::new(), |(directory, _)| format!("{directory}/"));
    let file = format!("{directory}{}.{}", rng.text(vocabulary::FILES), rng.text(&["yaml", "json", "yml"]));
    let Some(node) = places::at_mut(root, &path).filter(|node| node.is_mapping()) else { return false };
    let reference = Mapping::from_iter([("$ref".into(), file.clone().into())]);
    let moved = std::mem::replace(node, reference.into());
    let Some(files) = root.as_mapping_mut().filter(|files| !files.contains_key(file.as_str())) else { return false };
    files.insert(file.into(), moved).is_none()
}
