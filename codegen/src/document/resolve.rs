//! `$ref`: from the text of a reference to the node it means (Reference Object; RFC 3986 fragments, RFC 6901).

use std::collections::{BTreeSet, VecDeque};

use super::cursor::{Node, Tree};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::limits::{MAX_DEREFERENCED_NODES, MAX_REFERENCE_HOPS};
use crate::location::{FileId, Location, Pointer};
use crate::source::uri::{is_url, percent_decoded, relative_path, resolve_path, shared_directory};
use crate::source::{MissingFile, Source};
use crate::suggestion;

/// Follows references from `node` until one that is none.
pub(crate) fn follow(node: Node<'_>) -> Result<Node<'_>, Diagnostic> {
    let start = node.at.clone();
    let mut seen = BTreeSet::from([start.clone()]);
    let mut node = node;
    while node.reference().is_some() {
        node = step(&node)?;
        if !seen.insert(node.at.clone()) {
            return Err(circle(&start, &node.at));
        }
    }
    Ok(node)
}

/// Every node that a chain of references leads to, as far as it can be followed.
pub(crate) fn chain<'a>(node: &Node<'a>) -> Vec<Node<'a>> {
    let mut seen = BTreeSet::from([node.at.clone()]);
    let mut found: Vec<Node<'a>> = Vec::new();
    while let Some(next) = found.last().or(Some(node)).filter(|node| node.reference().is_some()) {
        match step(next) {
            Ok(next) if seen.insert(next.at.clone()) => found.push(next),
            _ => break,
        }
    }
    found
}

/// A chain of references that never ends.
pub(crate) fn circle(start: &Location, back: &Location) -> Diagnostic {
    fault(start, format!("`$ref` leads in a circle, back to `#{}`", back.pointer))
        .with_help("let one of the references lead to a definition")
}

/// Follows one reference; a node that is none stays as it is.
pub(crate) fn step<'a>(node: &Node<'a>) -> Result<Node<'a>, Diagnostic> {
    let Some(text) = node.reference() else { return Ok(node.clone()) };
    if let Some(named) = node.tree.resources.resolve(&node.at, text).and_then(|place| find(node.tree, &place)) {
        return Ok(named);
    }
    let target = target(node, text)?;
    find(node.tree, &target).ok_or_else(|| missing(node.tree, &node.at.join("$ref"), text, &target))
}

/// What stands at a node, with what its references lead to in their place. One that leads nowhere is left as it is, for it may
/// be a value's own.
pub(super) fn resolved(node: &Node<'_>) -> Value {
    dereferenced(node, &mut { MAX_DEREFERENCED_NODES })
}

fn dereferenced(node: &Node<'_>, room: &mut usize) -> Value {
    let followed = node.reference().filter(|_| *room > 0).and_then(|_| follow(node.clone()).ok());
    let node = followed.as_ref().unwrap_or(node);
    *room = room.saturating_sub(1);
    let mut below = |step: &str| node.child(step).map_or(Value::Null, |child| dereferenced(&child, room));
    match node.value {
        Value::Mapping(entries) => Value::object(entries.keys().map(|key| (key.clone(), below(key)))),
        Value::Sequence(items) => Value::Sequence((0..items.len()).map(|index| below(&index.to_string())).collect()),
        plain => plain.clone(),
    }
}

/// The place that a reference names, whether there is anything or not.
fn target(node: &Node<'_>, text: &str) -> Result<Location, Diagnostic> {
    let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
    let file = file(node, path)?;
    let fragment = percent_decoded(fragment);
    if let Some(named) = fragment.as_deref().and_then(|name| node.tree.resources.anchored(file, name)) {
        return Ok(named);
    }
    match fragment.and_then(|text| Pointer::parse(&text)) {
        Some(pointer) => Ok(Location { file, pointer }),
        None => Err(fault(&node.at.join("$ref"), format!("`{text}` is not a JSON pointer"))
            .with_help("write it as `#/components/schemas/Name`, with `~1` for a slash in a name")),
    }
}

/// The file that a node means by a path; the empty path is its own file.
pub(crate) fn file(node: &Node<'_>, path: &str) -> Result<FileId, Diagnostic> {
    let place = node.at.join("$ref");
    match path {
        "" => Ok(node.at.file),
        path => {
            let source = node.tree.source;
            // A schema from elsewhere means its neighbours there; but where nobody has a copy of those, the file beside.
            let referrer = source.name_of(node.at.file);
            let elsewhere = node.tree.resources.elsewhere(&node.at, path);
            let copy = elsewhere.as_ref().and_then(|url| Some((source.target_file_name(referrer, url)?, is_url(url))));
            let copied = copy.as_ref().map(|(name, _)| source.file_by_name(name));
            if let Some(Ok(file)) = copied {
                return Ok(file);
            }
            let Some(name) = source.target_file_name(referrer, path) else {
                return Err(remote_reference_error(&place, node.reference().unwrap_or(path), path));
            };
            source.file_by_name(&name).map_err(|why| match (&copy, copied) {
                (Some((copy, true)), Some(Err(why))) => missing_file_error(node, path, copy, why, true),
                _ => missing_file_error(node, path, &name, why, is_url(path)),
            })
        }
    }
}

/// A reference of one file as another file has to write it.
pub(crate) fn rebase_reference(source: &Source, text: &str, from: FileId, to: FileId) -> String {
    let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
    if is_url(path) {
        return text.to_owned();
    }
    let target =
        if path.is_empty() { source.name_of(from).to_owned() } else { resolve_path(source.name_of(from), path) };
    format!("{}#{fragment}", relative_path(&target, source.name_of(to)))
}

/// The node at a place, which may lead through other references.
fn find<'a>(tree: Tree<'a>, place: &Location) -> Option<Node<'a>> {
    let mut node = Node::root(tree, place.file);
    let mut steps: VecDeque<String> = place.pointer.steps().collect();
    let mut hops = 0;
    while let Some(step) = steps.front() {
        if let Some(child) = node.child(step) {
            node = child;
            steps.pop_front();
            continue;
        }
        hops += 1;
        let through = target(&node, node.reference()?).ok().filter(|_| hops <= MAX_REFERENCE_HOPS)?;
        node = Node::root(tree, through.file);
        for step in through.pointer.steps().collect::<Vec<_>>().into_iter().rev() {
            steps.push_front(step);
        }
    }
    Some(node)
}

fn remote_reference_error(place: &Location, text: &str, url: &str) -> Diagnostic {
    let file = url.rsplit('/').next().unwrap_or(url);
    fault(place, format!("`{text}` is on the network, which is never asked"))
        .with_help("keep a copy, and say where")
        .with_option("map_url", &[url, file])
}

fn missing_file_error(node: &Node<'_>, path: &str, name: &str, why: &MissingFile, is_mapped: bool) -> Diagnostic {
    let fault = fault(&node.at.join("$ref"), format!("`{name}` cannot be read: {why}"));
    match why {
        MissingFile::Outside(_) => {
            let root = shared_directory(node.tree.source.name(), name);
            fault.with_help("keep a copy beside this file, or allow more").with_option("root", &[&root])
        }
        _ if is_mapped => fault.with_help("put the copy there, or say where it is").with_option("map_url", &[]),
        _ => match suggest_target(node.tree, &format!("#/{path}")) {
            Some(meant) => fault.with_help(format!("write `#{meant}`")),
            None => fault.with_help("correct the path; it is relative to this file"),
        },
    }
}

fn missing(tree: Tree<'_>, place: &Location, text: &str, target: &Location) -> Diagnostic {
    let diagnostic = fault(place, format!("`{text}` does not exist in this document"));
    match near_miss(tree, target) {
        Some(near) => diagnostic.with_help(format!("did you mean `#{near}`?")),
        None => diagnostic.with_help("define it, or correct the reference"),
    }
}

/// The way on which one name differs, little enough to be a slip of the hand.
fn near_miss(tree: Tree<'_>, target: &Location) -> Option<Pointer> {
    let steps: Vec<String> = target.pointer.steps().collect();
    let found = |steps: &[String]| {
        let pointer = steps.iter().fold(Pointer::root(), |pointer, step| pointer.join(step));
        find(tree, &Location { file: target.file, pointer })
    };
    let (parent, length) = (0..steps.len()).rev().find_map(|length| Some((found(&steps[..length])?, length)))?;
    let (wanted, rest) = steps[length..].split_first()?;
    let Value::Mapping(entries) = parent.value else { return None };
    let name = suggestion::nearest(wanted, entries.keys())?;
    let node = rest.iter().try_fold(parent.child(name)?, |node, step| node.child(step))?;
    Some(node.at.pointer)
}

/// What an author probably meant who wrote a name or a pointer in the place of an object.
pub(super) fn suggest_target(tree: Tree<'_>, text: &str) -> Option<Pointer> {
    let exists = |pointer: &Pointer| find(tree, &Location { pointer: pointer.clone(), ..Location::root() }).is_some();
    if let Some(pointer) = text.strip_prefix('#').and_then(Pointer::parse) {
        return Some(pointer).filter(exists);
    }
    let containers = ["channels", "components/messages", "components/schemas", "components/channels", "operations"];
    let named = containers.into_iter().filter_map(|path| Some(Pointer::parse(&format!("/{path}"))?.join(text)));
    named.into_iter().find(exists)
}

fn fault(place: &Location, message: String) -> Diagnostic {
    Diagnostic::new(Severity::Error, place, message)
}
