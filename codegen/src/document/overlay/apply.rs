//! Applies one action: merges, appends and removes nodes, and records the origin of each new node.

use super::super::cursor::Node;
use super::action::{Action, Change};
use super::json_path::Step;
use crate::json::Value;
use crate::location::Origin;

/// An update was not possible. The error has been reported.
struct UpdateError;

/// Applies an action at the given paths. After the first error of an action, its other targets are skipped.
pub(super) fn apply_action(action: &Action<'_>, paths: &[Vec<Step>], root: &mut Value, origin: &mut Origin) {
    match &action.change {
        Change::Update(update) => {
            let _ = paths.iter().try_for_each(|path| update_node(&action.at, update, descend(root, origin, path)));
        }
        // The last item of a list is removed first, so that the indexes of the others stay valid.
        Change::Remove => paths.iter().rev().for_each(|path| remove_node(&action.at, root, origin, path)),
    }
}

/// The node at a path. `None` if an earlier target of the same action replaced one of its parents.
fn descend<'a>(root: &'a mut Value, origin: &'a mut Origin, path: &[Step]) -> Option<(&'a mut Value, &'a mut Origin)> {
    path.iter().try_fold((root, origin), |(value, origin), step| match (value, step) {
        (Value::Mapping(entries), Step::Key(key)) => Some((entries.get_mut(key)?, origin.child(key))),
        (Value::Sequence(items), Step::Item(index)) => Some((items.get_mut(*index)?, origin.child(&index.to_string()))),
        _ => None,
    })
}

/// Merges an update into an object, or appends it to a list. Reports other targets.
fn update_node(
    target: &Node<'_>,
    update: &Node<'_>,
    node: Option<(&mut Value, &mut Origin)>,
) -> Result<(), UpdateError> {
    let Some((value, origin)) = node else { return Ok(()) };
    match (&mut *value, update.value) {
        (Value::Mapping(_), Value::Mapping(_)) => merge(value, origin, update),
        (Value::Mapping(_), other) => {
            let message = format!("an object can be updated only with an object, but this is {}", other.kind());
            update.report_error(message, "write an object with the keys to change, or select the parent of the object");
            return Err(UpdateError);
        }
        (Value::Sequence(items), _) => append(items, origin, update),
        (other, _) => {
            let path = target.to_text().unwrap_or_default();
            let message = format!("`{path}` selects {}, which cannot be updated", other.kind());
            target.report_error(message, "select its parent, and write its key in `update`");
            return Err(UpdateError);
        }
    }
    Ok(())
}

/// Merges objects key by key, appends lists to lists, and replaces everything else.
fn merge(value: &mut Value, origin: &mut Origin, update: &Node<'_>) {
    match (&mut *value, update.value) {
        (Value::Mapping(entries), Value::Mapping(updates)) => {
            for (key, child) in updates.keys().filter_map(|key| Some((key, update.child(key)?))) {
                if let Some(entry) = entries.get_mut(key) {
                    merge(entry, origin.child(key), &child);
                } else {
                    entries.insert(key.clone(), child.value.clone());
                    origin.put(key, child.at);
                }
            }
        }
        (Value::Sequence(items), Value::Sequence(updates)) => {
            for item in (0..updates.len()).filter_map(|index| update.child(&index.to_string())) {
                append(items, origin, &item);
            }
        }
        _ => {
            *value = update.value.clone();
            *origin = Origin::new(update.at.clone());
        }
    }
}

fn append(items: &mut Vec<Value>, origin: &mut Origin, item: &Node<'_>) {
    origin.put(&items.len().to_string(), item.at.clone());
    items.push(item.value.clone());
}

fn remove_node(target: &Node<'_>, root: &mut Value, origin: &mut Origin, path: &[Step]) {
    let Some((last, parents)) = path.split_last() else {
        target.report_error("this action removes the whole document", "select what to remove");
        return;
    };
    match (descend(root, origin, parents), last) {
        (Some((Value::Mapping(entries), origin)), Step::Key(key)) => {
            entries.shift_remove(key);
            origin.remove_key(key);
        }
        (Some((Value::Sequence(items), origin)), Step::Item(index)) if *index < items.len() => {
            items.remove(*index);
            origin.remove_item(*index, items.len());
        }
        _ => {}
    }
}
