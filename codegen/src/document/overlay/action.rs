//! Reads the actions of an overlay (Overlay Object, Action Object).

use super::super::cursor::{Node, Object, Tree};
use super::json_path::Target;
use crate::diagnostic::{Diagnostic, Severity};
use crate::location::FileId;
use crate::source::uri::file_name;

/// One change to all nodes that a target selects.
pub(super) struct Action<'a> {
    /// The node of `target`.
    pub(super) at: Node<'a>,
    pub(super) target: Target,
    pub(super) change: Change<'a>,
}

/// What an action does with a node.
pub(super) enum Change<'a> {
    /// Merges a value into an object, or appends it to a list.
    Update(Node<'a>),
    Remove,
}

/// Reads an overlay. `None` if its version is not supported.
pub(super) fn read_actions(tree: Tree<'_>, file: FileId) -> Option<Vec<Action<'_>>> {
    let mut overlay = Node::root(tree, file).as_object("an Overlay Object")?;
    check_version(&overlay.required("overlay")?)?;
    if let Some(mut info) = overlay.required("info").and_then(|node| node.as_object("an Info Object of an overlay")) {
        info.required("title");
        info.required("version");
        info.finish();
    }
    if let Some(node) = overlay.get("extends") {
        check_extends(&node);
    }
    let actions = overlay.required("actions").map(|node| read_list(&node)).unwrap_or_default();
    overlay.finish();
    Some(actions)
}

/// Only the first two numbers of the version matter (Overlay 1.0.0, "Versions").
fn check_version(node: &Node<'_>) -> Option<()> {
    let text = node.to_text()?;
    if text == "1.0" || text.starts_with("1.0.") {
        return Some(());
    }
    node.report_error(format!("Overlay {text} is not supported"), "use version 1.0.0");
    None
}

/// Warns about an overlay for an unknown file. It is applied to the document, which may have been renamed.
fn check_extends(node: &Node<'_>) {
    let Some(text) = node.to_text() else { return };
    let source = node.tree.source;
    if source.overlaid_file(node.at.file).is_none() {
        let document = file_name(source.name());
        let message = format!("this overlay extends `{text}`, but it is applied to `{document}`");
        node.report_warning(message, "apply it to the file that it extends, or correct `extends`");
    }
}

fn read_list<'a>(node: &Node<'a>) -> Vec<Action<'a>> {
    let items = node.as_items("`actions`");
    if items.is_empty() {
        node.report_warning("this overlay has no actions", "add an action, or remove the overlay");
    }
    items.iter().filter_map(|item| read_action(item.as_object("an Action Object")?)).collect()
}

fn read_action(mut action: Object<'_>) -> Option<Action<'_>> {
    let target = action.required("target");
    let update = action.get("update");
    let removes = action.get("remove").map_or(Some(false), |node| node.to_bool());
    action.ignore_keys(&["description"]);
    let location = action.finish();
    let at = target?;
    let target = Target::parse(&at)?;
    let change = match (removes?, update) {
        (true, update) => {
            if let Some(update) = update {
                update.report_warning("`update` has no effect together with `remove: true`", "remove one of them");
            }
            Change::Remove
        }
        (false, Some(update)) => Change::Update(update),
        (false, None) => {
            let warning = Diagnostic::new(Severity::Warning, &location, "this action changes nothing");
            at.report(warning.with_help("add `update` or `remove: true`"));
            return None;
        }
    };
    Some(Action { at, target, change })
}
