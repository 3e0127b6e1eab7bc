//! Targets that match nothing, and what is most likely meant: a node of another file, or one behind a reference.

use std::collections::BTreeMap;

use super::super::place::FileId;
use super::super::value::Value;
use super::Changed;
use super::action::Action;
use super::target::{Step, Target};
use crate::source::file_name;

/// Says that an action changes nothing in its file, and where what it is for may stand.
pub(super) fn report(action: &Action<'_>, file: FileId, changed: &BTreeMap<FileId, Changed>) {
    let source = action.at.tree.source;
    let name = |file: FileId| file_name(source.name_of(file)).to_owned();
    let text = action.at.text().unwrap_or_default();
    let message = format!("`{text}` matches nothing in `{}`", name(file));
    let root = |file: FileId| changed.get(&file).map_or_else(|| action.at.tree.roots.get(file.0), |is| Some(&is.root));
    let matching = || source.parts().find(|part| root(*part).is_some_and(|root| !action.target.ways(root).is_empty()));
    let cure = root(file).and_then(|root| behind_a_reference(root, &text)).or_else(|| {
        let other = matching()?;
        Some(format!("it matches in `{0}`: an overlay reaches that file by `extends: {0}`", name(other)))
    });
    let cure = cure
        .unwrap_or_else(|| "correct the path, or take the action out if the document no longer needs it".to_owned());
    action.at.warn(message, cure);
}

/// The reference at the end of the longest beginning of the path that matches anything.
fn behind_a_reference(root: &Value, text: &str) -> Option<String> {
    let beginnings = text.char_indices().rev().filter(|(_, sign)| matches!(sign, '.' | '['));
    let mut matching = beginnings.filter_map(|(end, _)| {
        let beginning = text.get(..end)?;
        let ways = Target::of(beginning)?.ways(root);
        (!ways.is_empty()).then_some((beginning, ways))
    });
    let (beginning, ways) = matching.next()?;
    let reference = ways.iter().find_map(|way| reference_at(root, way))?;
    let file = reference.split('#').next().unwrap_or_default();
    Some(match file {
        "" => format!("`{beginning}` refers to `{reference}`: let the target be there"),
        _ => format!("`{beginning}` refers to `{reference}`: an overlay reaches that file by `extends: {file}`"),
    })
}

fn reference_at<'a>(root: &'a Value, way: &[Step]) -> Option<&'a str> {
    let node = way.iter().try_fold(root, |value, step| match (value, step) {
        (Value::Mapping(entries), Step::Key(key)) => entries.get(key),
        (Value::Sequence(items), Step::Item(index)) => items.get(*index),
        _ => None,
    })?;
    match node.child("$ref")? {
        Value::String(reference) => Some(reference),
        _ => None,
    }
}
