//! Targets that match nothing, and what is most likely meant: a node of another file, one behind a reference, or one whose
//! name has a slip in it.

use std::collections::BTreeMap;

use super::Overlaid;
use super::action::Action;
use super::json_path::{Step, Target};
use crate::json::Value;
use crate::location::FileId;
use crate::source::uri::file_name;
use crate::suggestion;

/// Says that an action changes nothing in its file, and where what it is for may stand.
pub(super) fn report(action: &Action<'_>, file: FileId, changed: &BTreeMap<FileId, Overlaid>) {
    let source = action.at.tree.source;
    let name = |file: FileId| file_name(source.name_of(file)).to_owned();
    let text = action.at.text().unwrap_or_default();
    let message = format!("`{text}` matches nothing in `{}`", name(file));
    let root = |file: FileId| changed.get(&file).map_or_else(|| action.at.tree.roots.get(file.0), |is| Some(&is.root));
    let matching = || {
        source.document_files().find(|part| root(*part).is_some_and(|root| !action.target.match_paths(root).is_empty()))
    };
    let cure = root(file).and_then(|root| behind_a_reference(root, &text)).or_else(|| {
        let other = matching()?;
        Some(format!("it matches in `{0}`: an overlay reaches that file by `extends: {0}`", name(other)))
    });
    let cure = cure.or_else(|| Some(format!("did you mean `{}`?", with_suggestions(root(file)?, &text)?)));
    let cure = cure
        .unwrap_or_else(|| "correct the path, or take the action out if the document no longer needs it".to_owned());
    action.at.warn(message, cure);
}

/// The reference at the end of the longest beginning of the path that matches anything.
fn behind_a_reference(root: &Value, text: &str) -> Option<String> {
    let (beginning, ways) = longest(root, text)?;
    let reference = ways.iter().find_map(|way| reference_at(root, way))?;
    let file = reference.split('#').next().unwrap_or_default();
    Some(match file {
        "" => format!("`{beginning}` refers to `{reference}`: let the target be there"),
        _ => format!("`{beginning}` refers to `{reference}`: an overlay reaches that file by `extends: {file}`"),
    })
}

/// The longest beginning of a path that matches anything, and what it matches.
fn longest<'a>(root: &Value, text: &'a str) -> Option<(&'a str, Vec<Vec<Step>>)> {
    let beginnings = text.char_indices().rev().filter(|(_, sign)| matches!(sign, '.' | '['));
    let mut matching = beginnings.filter_map(|(end, _)| {
        let beginning = text.get(..end)?;
        let ways = Target::of(beginning)?.match_paths(root);
        (!ways.is_empty()).then_some((beginning, ways))
    });
    matching.next()
}

/// The path with the nearest name in the place of each that is not there, if it matches then.
fn with_suggestions(root: &Value, text: &str) -> Option<String> {
    let mut path = text.to_owned();
    // Each turn goes at least a step further.
    for _ in text.matches(['.', '[']) {
        let (beginning, ways) = longest(root, &path)?;
        let (name, rest) = first_name(path.get(beginning.len()..)?)?;
        let nodes = ways.iter().filter_map(|way| node_at(root, way));
        let names = nodes.filter_map(|node| match node {
            Value::Mapping(entries) => Some(entries.iter().map(|(key, _)| key)),
            _ => None,
        });
        let near = suggestion::nearest(name, names.flatten())?;
        path = format!("{beginning}{}{rest}", spelled(near)?);
        if !Target::of(&path)?.match_paths(root).is_empty() {
            return Some(path);
        }
    }
    None
}

/// The name that a path begins with, after its `.` or between its `['` and `']`, and what follows.
fn first_name(path: &str) -> Option<(&str, &str)> {
    if let Some(rest) = path.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        return (!name.is_empty() && name != "*").then_some((name, rest));
    }
    ["'", "\""].into_iter().find_map(|quote| {
        let (name, rest) = path.strip_prefix('[')?.strip_prefix(quote)?.split_once(quote)?;
        Some((name, rest.strip_prefix(']')?))
    })
}

/// A name as a step of a path; `None` for one that would need escapes.
fn spelled(name: &str) -> Option<String> {
    let is_plain = name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    if is_plain && !name.starts_with(|sign: char| sign.is_ascii_digit()) {
        return Some(format!(".{name}"));
    }
    (!name.contains(['\'', '\\'])).then(|| format!("['{name}']"))
}

fn node_at<'a>(root: &'a Value, way: &[Step]) -> Option<&'a Value> {
    way.iter().try_fold(root, |value, step| match (value, step) {
        (Value::Mapping(entries), Step::Key(key)) => entries.get(key),
        (Value::Sequence(items), Step::Item(index)) => items.get(*index),
        _ => None,
    })
}

fn reference_at<'a>(root: &'a Value, way: &[Step]) -> Option<&'a str> {
    match node_at(root, way)?.child("$ref")? {
        Value::String(reference) => Some(reference),
        _ => None,
    }
}
