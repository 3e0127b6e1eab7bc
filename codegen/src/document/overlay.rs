//! Applies overlays (`OpenAPI` Overlay 1.0.0) to the files of a document, before anything else is read.
//!
//! An overlay changes one file: the document, or the file that it `extends`. Its paths do not follow references.

mod action;
mod apply;
mod json_path;

use std::collections::BTreeMap;

use self::action::{Action, read_actions};
use self::apply::apply_action;
use self::json_path::{Step, Target};
use super::cursor::Tree;
use super::schema::ids::SchemaIds;
use super::text;
use crate::diagnostic::{Diagnostics, Strictness};
use crate::json::Value;
use crate::location::{FileId, Location, Origin, Origins, Pointer};
use crate::source::Source;
use crate::source::uri::file_name;

/// A file that overlays change, and the origin of each of its nodes.
struct Overlaid {
    root: Value,
    origin: Origin,
}

/// The `extends` of an overlay: the name of the file that it changes.
pub(crate) fn read_extends(name: &str, text: &str) -> Option<String> {
    text::parse(name, text).ok()?.child("extends")?.as_str().map(str::to_owned)
}

/// Applies all overlays in their order. `None` if one of them has an error. The document is not read then, because its
/// report would contain faults that the overlay corrects.
pub(super) fn apply_overlays(mut roots: Vec<Value>, source: &Source, diagnostics: &Diagnostics) -> Option<Vec<Value>> {
    let overlaid_file = |overlay: FileId| source.overlaid_file(overlay).unwrap_or_default();
    let mut changed: BTreeMap<FileId, Overlaid> = BTreeMap::new();
    for file in source.overlays().map(overlaid_file) {
        changed.entry(file).or_insert_with(|| Overlaid {
            root: roots.get_mut(file.0).map_or(Value::Null, |root| std::mem::replace(root, Value::Null)),
            origin: Origin::new(Location { file, pointer: Pointer::root() }),
        });
    }
    let tree = Tree { roots: &roots, source, schema_ids: &SchemaIds::default(), diagnostics };
    for overlay in source.overlays() {
        let file = overlaid_file(overlay);
        for action in read_actions(tree, overlay).unwrap_or_default() {
            let Some(target) = changed.get_mut(&file) else { continue };
            let matches = action.target.find_matches(&target.root);
            if matches.is_empty() {
                report_no_match(&action, file, &changed);
            } else {
                apply_action(&action, &matches, &mut target.root, &mut target.origin);
            }
        }
    }
    let mut origins = Origins::default();
    for (file, changed) in changed {
        origins.0.insert(file, changed.origin);
        if let Some(root) = roots.get_mut(file.0) {
            *root = changed.root;
        }
    }
    diagnostics.set_provenance(origins);
    (!diagnostics.has_errors(Strictness::Lenient)).then_some(roots)
}

/// Warns about a target without a match. The help names the reference at which the path ends, or the file that has a
/// match, or the part of the path that matches.
fn report_no_match(action: &Action<'_>, file: FileId, changed: &BTreeMap<FileId, Overlaid>) {
    let tree = action.at.tree;
    let file_name = |file: FileId| file_name(tree.source.name_of(file));
    let root = |file: FileId| changed.get(&file).map_or_else(|| tree.roots.get(file.0), |changed| Some(&changed.root));
    let has_match = |file: &FileId| root(*file).is_some_and(|root| !action.target.find_matches(root).is_empty());
    let text = action.at.to_text().unwrap_or_default();
    let prefix = root(file).and_then(|root| Some((root, longest_matching_prefix(root, &text)?)));
    let reference = prefix.as_ref().and_then(|(root, (prefix, matches))| {
        Some((*prefix, matches.iter().find_map(|path| json_path::node_at(root, path)?.child("$ref")?.as_str())?))
    });
    let help = match (reference, tree.source.document_files().find(has_match)) {
        (Some((prefix, reference)), _) => match reference.split('#').next().unwrap_or_default() {
            "" => format!("`{prefix}` refers to `{reference}`: select that node instead"),
            file => format!("`{prefix}` refers to `{reference}`: use an overlay with `extends: {file}`"),
        },
        (None, Some(other)) => {
            format!("it matches in `{0}`: use an overlay with `extends: {0}`", file_name(other))
        }
        (None, None) => match prefix {
            Some((_, (prefix, _))) => format!("`{prefix}` matches: correct what follows it, or remove the action"),
            None => "correct the path, or remove the action".to_owned(),
        },
    };
    action.at.report_warning(format!("`{text}` matches nothing in `{}`", file_name(file)), help);
}

/// The longest prefix of a path that matches something, and its matches.
fn longest_matching_prefix<'a>(root: &Value, path: &'a str) -> Option<(&'a str, Vec<Vec<Step>>)> {
    let ends = path.char_indices().rev().filter(|(_, char)| matches!(char, '.' | '['));
    ends.map(|(end, _)| &path[..end])
        .filter_map(|prefix| Some((prefix, Target::parse_prefix(prefix)?.find_matches(root))))
        .find(|(_, matches)| !matches.is_empty())
}
