//! Changes of schemas.

use serde_yaml::{Mapping, Value};

use super::dice::Dice;
use super::files;
use super::places::{self, Path, Places, Role};
use super::{Change, words};

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

/// A part in YAML; what none of the words is, is nothing.
pub(super) fn part(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_default()
}

fn schema(root: &Value, dice: &mut Dice) -> Option<Path> {
    dice.any(&Places::of(root).all(Role::Schema)).map(|path| (*path).clone())
}

/// Puts the entries of a part into the object at a path.
pub(super) fn add(root: &mut Value, path: &[String], text: &str) -> bool {
    let Some(object) = places::object(root, path) else { return false };
    if let Value::Mapping(entries) = part(text) {
        object.extend(entries);
    }
    true
}

fn set(root: &mut Value, path: &[String], value: Value) -> bool {
    places::at_mut(root, path).map(|node| *node = value).is_some()
}

fn add_keyword(root: &mut Value, dice: &mut Dice) -> bool {
    schema(root, dice).is_some_and(|path| add(root, &path, dice.word(words::OF_SCHEMAS)))
}

fn describe(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(path) = schema(root, dice) else { return false };
    let key = dice.word(&["description", "title"]);
    let text = dice.word(if key == "title" { words::NAMES } else { words::TEXTS });
    let Some(object) = places::object(root, &path) else { return false };
    object.insert(key.into(), text.into());
    true
}

fn add_property(root: &mut Value, dice: &mut Dice) -> bool {
    let maps = Places::of(root).maps;
    let properties: Vec<&Path> =
        maps.iter().filter(|(_, path)| path.last().is_some_and(|key| key == "properties")).map(|(_, at)| at).collect();
    let Some(object) = dice.any(&properties).and_then(|path| places::object(root, path)) else { return false };
    object.insert((dice.word(words::NAMES)).into(), part(dice.word(words::SCHEMAS)));
    true
}

fn replace(root: &mut Value, dice: &mut Dice) -> bool {
    schema(root, dice).is_some_and(|path| set(root, &path, part(dice.word(words::SCHEMAS))))
}

/// A schema becomes one of several, or a part of a whole.
fn wrap(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(path) = schema(root, dice) else { return false };
    let Some(inner) = places::at(root, &path).cloned() else { return false };
    let other = match schema(root, dice).filter(|_| dice.chance(50)) {
        Some(path) => places::at(root, &path).cloned().unwrap_or_default(),
        None => part(dice.word(words::SCHEMAS)),
    };
    let mut parts = vec![inner];
    if dice.chance(70) {
        parts.insert(dice.below(2), other);
    }
    if dice.chance(20) {
        parts.push(part("{type: 'null'}"));
    }
    let wrapped = match dice.below(5) {
        0 => single("items", parts.swap_remove(0)),
        1 => single("additionalProperties", parts.swap_remove(0)),
        list => single(["oneOf", "anyOf", "allOf"][list - 2], Value::Sequence(parts)),
    };
    set(root, &path, wrapped)
}

fn single(key: &str, value: Value) -> Value {
    Value::Mapping(Mapping::from_iter([(key.into(), value)]))
}

/// A reference in the place of a schema, to any other.
fn refer(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(target) = schema(root, dice) else { return false };
    let reference = single("$ref", places::reference(&target).into());
    schema(root, dice).is_some_and(|path| path != target && set(root, &path, reference))
}

/// A schema moves to the components, under a name that may meet another.
fn move_out(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(path) = schema(root, dice) else { return false };
    let Some(schema) = places::at(root, &path).cloned() else { return false };
    let key = match path.last().filter(|_| dice.chance(50)) {
        Some(last) => last.clone(),
        None => (dice.word(words::NAMES)).to_owned(),
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

fn swap(root: &mut Value, dice: &mut Dice) -> bool {
    let (Some(one), Some(other)) = (schema(root, dice), schema(root, dice)) else { return false };
    if one.starts_with(&other) || other.starts_with(&one) {
        return false;
    }
    let (first, second) = (places::at(root, &one).cloned(), places::at(root, &other).cloned());
    let (Some(first), Some(second)) = (first, second) else { return false };
    set(root, &one, second) && set(root, &other, first)
}

/// A property stands again, under a name that meets its own.
fn duplicate_property(root: &mut Value, dice: &mut Dice) -> bool {
    let maps = Places::of(root).maps;
    let properties: Vec<&Path> = maps.iter().filter(|(role, _)| *role == Role::Schema).map(|(_, path)| path).collect();
    let Some(object) = dice.any(&properties).and_then(|path| places::object(root, path)) else { return false };
    super::operations::duplicate_in(object, dice)
}

fn drop_keyword(root: &mut Value, dice: &mut Dice) -> bool {
    let Some(object) = schema(root, dice).and_then(|path| places::object(root, &path)) else { return false };
    let keys: Vec<Value> = object.keys().cloned().collect();
    dice.any(&keys).is_some_and(|key| object.remove(key).is_some())
}
