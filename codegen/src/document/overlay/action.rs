//! What an overlay says: its version, and its actions in their order (Overlay Object, Action Object).

use super::super::cursor::{Node, Object, Tree};
use super::json_path::Target;
use crate::diagnostic::{Diagnostic, Severity};
use crate::location::FileId;
use crate::source::uri::file_name;

/// One change, at every node that the target selects.
pub(super) struct Action<'a> {
    /// The node of the target's text, for what is to be said of it.
    pub(super) at: Node<'a>,
    pub(super) target: Target,
    pub(super) change: Change<'a>,
}

/// What becomes of the nodes.
pub(super) enum Change<'a> {
    /// This is merged into each, or appended to it where it is a list.
    Update(Node<'a>),
    Remove,
}

/// Reads one overlay; `None` where it is none of a version that is supported.
pub(super) fn read(tree: Tree<'_>, file: FileId) -> Option<Vec<Action<'_>>> {
    let mut overlay = Node::root(tree, file).object("an Overlay Object")?;
    version(&overlay.required("overlay")?)?;
    if let Some(mut info) = overlay.required("info").and_then(|node| node.object("an Info Object of an overlay")) {
        info.required("title");
        info.required("version");
        info.finish();
    }
    if let Some(node) = overlay.get("extends") {
        extends(&node);
    }
    let actions = overlay.required("actions").map(|node| read_list(&node)).unwrap_or_default();
    overlay.finish();
    Some(actions)
}

/// The patch version is not to be considered (Overlay 1.0.0, "Versions").
fn version(node: &Node<'_>) -> Option<()> {
    let text = node.text()?;
    if text == "1.0" || text.starts_with("1.0.") {
        return Some(());
    }
    node.refuse(format!("Overlay {text} is not supported"), "the version 1.0.0 is");
    None
}

/// An overlay for another document is laid over this one all the same, since whoever asked for it may have renamed it.
fn extends(node: &Node<'_>) {
    let Some(text) = node.text() else { return };
    let source = node.tree.source;
    if source.overlaid_file(node.at.file).is_none() {
        let document = file_name(source.name());
        let message = format!("this overlay extends `{text}`, and is laid over `{document}`");
        node.warn(message, "lay it over the file that it is for, or correct `extends`");
    }
}

fn read_list<'a>(node: &Node<'a>) -> Vec<Action<'a>> {
    let items = node.items("`actions`");
    if items.is_empty() {
        node.warn("this overlay has no actions", "add one, or leave the overlay out");
    }
    items.iter().filter_map(|item| read_action(item.object("an Action Object")?)).collect()
}

fn read_action(mut action: Object<'_>) -> Option<Action<'_>> {
    let at = action.required("target");
    let update = action.get("update");
    let removes = action.get("remove").map_or(Some(false), |node| node.flag());
    let place = action.at().clone();
    action.ignore_keys(&["description"]);
    action.finish();
    let at = at?;
    let target = Target::parse(&at)?;
    let change = match (removes?, update) {
        (true, update) => {
            if let Some(update) = update {
                update.warn("`update` says nothing beside `remove: true`", "take one of the two out");
            }
            Change::Remove
        }
        (false, Some(update)) => Change::Update(update),
        (false, None) => {
            let diagnostic = Diagnostic::new(Severity::Warning, &place, "this action changes nothing");
            at.report(diagnostic.with_help("add `update` or `remove: true`"));
            return None;
        }
    };
    Some(Action { at, target, change })
}
