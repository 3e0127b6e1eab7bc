//! Changes of schemas.

use serde_yaml::{Mapping, Value};

use super::files;
use super::places::{self, Path, Places, Role};
use super::rng::Rng;
use super::{Change, vocabulary};

pub(super) const CHANGES: &[Change] = &[
    add_keyword,
    add_property,
    replace,
    wrap,
    refer,
    refer,
    move_out,
    swap,
    duplicate_property,
    drop_keyword,
    describe,
];

/// The value of a text in YAML.
pub(super) fn parse(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_default()
}

fn pick_schema(root: &Value, rng: &mut Rng) -> Option<Path> {
    rng.any(&Places::find(root).with_role(Role::Schema)).map(|path| (*path).clone())
}

/// Adds the entries of a text in YAML to the object at a path.
pub(super) fn add(root: &mut Value, path: &[String], text: &str) -> bool {
    let Some(object) = places::object(root, path) else { return false };
    if let Value::Mapping(entries) = parse(text) {
        object.extend(entries);
    }
    true
}

fn set(root: &mut Value, path: &[String], value: Value) -> bool {
    places::at_mut(root, path).map(|node| *node = value).is_some()
}

fn add_keyword(root: &mut Value, rng: &mut Rng) -> bool {
    pick_schema(root, rng).is_some_and(|path| add(root, &path, rng.text(vocabulary::SCHEMA_PARTS)))
}

fn describe(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(path) = pick_schema(root, rng) else { return false };
    let key = rng.text(&["description", "title"]);
    let text = rng.text(if key == "title" { vocabulary::NAMES } else { vocabulary::TEXTS });
    let Some(object) = places::object(root, &path) else { return false };
    object.insert(key.into(), text.into());
    true
}

fn add_property(root: &mut Value, rng: &mut Rng) -> bool {
    let maps = Places::find(root).maps;
    let properties: Vec<&Path> =
        maps.iter().filter(|(_, path)| path.last().is_some_and(|key| key == "properties")).map(|(_, at)| at).collect();
    let Some(object) = rng.any(&properties).and_then(|path| places::object(root, path)) else { return false };
    object.insert((rng.text(vocabulary::NAMES)).into(), parse(rng.text(vocabulary::SCHEMAS)));
    true
}

fn replace(root: &mut Value, rng: &mut Rng) -> bool {
    pick_schema(root, rng).is_some_and(|path| set(root, &path, parse(rng.text(vocabulary::SCHEMAS))))
}

/// Makes a schema an alternative, an item, a value of a map, or a part of an `allOf`.
fn wrap(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(path) = pick_schema(root, rng) else { return false };
    let Some(inner) = places::at(root, &path).cloned() else { return false };
    let other = match pick_schema(root, rng).filter(|_| rng.chance(50)) {
        Some(path) => places::at(root, &path).cloned().unwrap_or_default(),
        None => parse(rng.text(vocabulary::SCHEMAS)),
    };
    let mut parts = vec![inner];
    if rng.chance(70) {
        parts.insert(rng.below(2), other);
    }
    if rng.chance(20) {
        parts.push(parse("{type: 'null'}"));
    }
    let wrapped = match rng.below(5) {
        0 => single("items", parts.swap_remove(0)),
        1 => single("additionalProperties", parts.swap_remove(0)),
        list => single(["oneOf", "anyOf", "allOf"][list - 2], Value::Sequence(parts)),
    };
    set(root, &path, wrapped)
}

fn single(key: &str, value: Value) -> Value {
    Value::Mapping(Mapping::from_iter([(key.into(), value)]))
}

/// Replaces a schema by a reference to another one.
fn refer(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(target) = pick_schema(root, rng) else { return false };
    let reference = single("$ref", places::reference(&target).into());
    pick_schema(root, rng).is_some_and(|path| path != target && set(root, &path, reference))
}

/// Moves a schema to the components, under a name that may collide with another.
fn move_out(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(path) = pick_schema(root, rng) else { return false };
    let Some(schema) = places::at(root, &path).cloned() else { return false };
    let key = match path.last().filter(|_| rng.chance(50)) {
        Some(last) => last.clone(),
        None => (rng.text(vocabulary::NAMES)).to_owned(),
    };
    let Some(document) = files::document(root).map(str::to_owned) else { return false };
    let to = [document.clone(), "components".to_owned(), "schemas".to_owned(), key.clone()];
    if path == to || !set(root, &path, single("$ref", places::reference(&to).into())) {
        return false;
    }
    let mut entries = places::object(root, &[document]);
    for key in ["components", "schemas"] {
        let below = entries.map(|object| object.entry(key.into()).or_insert_with(|| Mapping::new().into()));
        entries = below.and_then(Value::as_mapping_mut);
    }
    entries.map(|schemas| schemas.insert(key.into(), schema)).is_some()
}

fn swap(root: &mut Value, rng: &mut Rng) -> bool {
    let (Some(one), Some(other)) = (pick_schema(root, rng), pick_schema(root, rng)) else { return false };
    if one.starts_with(&other) || other.starts_with(&one) {
        return false;
    }
    let (first, second) = (places::at(root, &one).cloned(), places::at(root, &other).cloned());
    let (Some(first), Some(second)) = (first, second) else { return false };
    set(root, &one, second) && set(root, &other, first)
}

/// Duplicates a property under a name that may collide with its own.
fn duplicate_property(root: &mut Value, rng: &mut Rng) -> bool {
    let maps = Places::find(root).maps;
    let properties: Vec<&Path> = maps.iter().filter(|(role, _)| *role == Role::Schema).map(|(_, path)| path).collect();
    let Some(object) = rng.any(&properties).and_then(|path| places::object(root, path)) else { return false };
    super::operations::duplicate_in(object, rng)
}

fn drop_keyword(root: &mut Value, rng: &mut Rng) -> bool {
    let Some(object) = pick_schema(root, rng).and_then(|path| places::object(root, &path)) else { return false };
    let keys: Vec<Value> = object.keys().cloned().collect();
    rng.any(&keys).is_some_and(|key| object.remove(key).is_some())
}
