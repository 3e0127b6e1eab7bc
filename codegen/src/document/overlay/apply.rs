//! Actions done: nodes merged in, appended and removed, and where they came from noted beside them.

use super::super::cursor::Node;
use super::Overlaid;
use super::action::{Action, Change};
use super::json_path::Step;
use crate::json::Value;
use crate::location::Origin;

/// Does one action to its file, at the ends of these ways.
pub(super) fn apply(action: &Action<'_>, ways: &[Vec<Step>], changed: &mut Overlaid) {
    let Overlaid { root, origin } = changed;
    match &action.change {
        Change::Update(update) => {
            // One fault of an action is told once, however many nodes its target selects.
            let _ = ways.iter().try_for_each(|way| update_at(&action.at, update, descend(root, origin, way)));
        }
        // From the end, so that no removal moves an item that is still to be removed.
        Change::Remove => ways.iter().rev().for_each(|way| remove_at(&action.at, root, origin, way)),
    }
}

fn shown(target: &Node<'_>) -> String {
    target.text().unwrap_or_default()
}

/// The node at the end of the way; none where an earlier target of the same action replaced what led to it.
fn descend<'a>(
    document: &'a mut Value,
    origin: &'a mut Origin,
    way: &[Step],
) -> Option<(&'a mut Value, &'a mut Origin)> {
    way.iter().try_fold((document, origin), |(value, origin), step| match (value, step) {
        (Value::Mapping(entries), Step::Key(key)) => Some((entries.get_mut(key)?, origin.child(key))),
        (Value::Sequence(items), Step::Item(index)) => Some((items.get_mut(*index)?, origin.child(&index.to_string()))),
        _ => None,
    })
}

/// Merges into an object, appends to a list; nothing else can be updated in its place.
fn update_at(target: &Node<'_>, update: &Node<'_>, node: Option<(&mut Value, &mut Origin)>) -> Result<(), ApplyError> {
    let Some((value, origin)) = node else { return Ok(()) };
    match (&mut *value, update.value) {
        (Value::Mapping(_), Value::Mapping(_)) => merge(value, origin, update),
        (Value::Mapping(_), other) => {
            let message = format!("an object is updated with an object, and this is {}", other.kind());
            update.refuse(message, "write the keys that are to change, or let the target be what holds the object");
            return Err(ApplyError);
        }
        (Value::Sequence(items), _) => append(items, origin, update),
        (other, _) => {
            let message = format!("`{}` leads to {}, which cannot be updated", shown(target), other.kind());
            target.refuse(message, "let the target be the object that holds it, and write its key in `update`");
            return Err(ApplyError);
        }
    }
    Ok(())
}

/// The action has been reported.
struct ApplyError;

/// Objects are merged key by key, lists grow, and everything else is replaced.
fn merge(value: &mut Value, origin: &mut Origin, update: &Node<'_>) {
    match (&mut *value, update.value) {
        (Value::Mapping(entries), Value::Mapping(news)) => {
            for (key, child) in news.keys().filter_map(|key| Some((key, update.child(key)?))) {
                if let Some(entry) = entries.get_mut(key) {
                    merge(entry, origin.child(key), &child);
                } else {
                    entries.insert(key.clone(), child.value.clone());
                    origin.put(key, child.at);
                }
            }
        }
        (Value::Sequence(items), Value::Sequence(news)) => {
            for item in (0..news.len()).filter_map(|index| update.child(&index.to_string())) {
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

fn remove_at(target: &Node<'_>, document: &mut Value, origin: &mut Origin, way: &[Step]) {
    let Some((last, parents)) = way.split_last() else {
        target.refuse("this removes the whole document", "let the target be what is to go");
        return;
    };
    match (descend(document, origin, parents), last) {
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
