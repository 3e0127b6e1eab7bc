//! Resolves `$ref` (Reference Object; URI fragments of RFC 3986, JSON pointers of RFC 6901). Nothing is downloaded.

use std::collections::{BTreeSet, VecDeque};

use super::cursor::{Node, Tree};
use super::lints;
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::limits::{MAX_DEREFERENCED_NODES, MAX_REFERENCE_HOPS};
use crate::location::{FileId, Location, Pointer};
use crate::source::uri::{is_url, percent_decoded, relative_path, resolve_path, shared_directory};
use crate::source::{MissingFile, Source};
use crate::suggestion;

impl Node<'_> {
    /// The node itself, or the end of its chain of references. Reports a chain that leads nowhere.
    pub(crate) fn follow(self) -> Option<Self> {
        match follow(self.clone()) {
            Ok(target) => {
                lints::report_ref_siblings(&self, &target);
                Some(target)
            }
            Err(error) => {
                self.report(error);
                None
            }
        }
    }

    /// The targets of a chain of references, as far as it can be followed.
    pub(crate) fn reference_chain(&self) -> Vec<Self> {
        let mut seen = BTreeSet::from([self.at.clone()]);
        let mut targets: Vec<Self> = Vec::new();
        while let Some(node) = targets.last().or(Some(self)).filter(|node| node.reference().is_some()) {
            match follow_once(node) {
                Ok(target) if seen.insert(target.at.clone()) => targets.push(target),
                _ => break,
            }
        }
        targets
    }
}

impl Node<'_> {
    /// The location of the schema that a text means: the name of a component, or else a reference (OpenAPI 3.0.3,
    /// Discriminator Object). Reports a text that means nothing.
    pub(super) fn schema_location(&self) -> Option<Location> {
        let text = self.to_text()?;
        let component = ["components", "schemas", &text].iter().fold(Pointer::root(), |at, step| at.join(step));
        let by_name = [self.at.file, FileId::default()].map(|file| Location { file, pointer: component.clone() });
        let by_id = self.tree.schema_ids.resolve(&self.at, &text);
        let by_reference = by_id.or_else(|| target_location(self, &text).ok());
        let candidates = by_name.iter().chain(&by_reference);
        let target = candidates.clone().find_map(|location| find(self.tree, location));
        if target.is_none() {
            let suggestion = candidates.rev().find_map(|location| suggest_spelling(self.tree, location));
            let help = suggestion.map(|suggestion| format!("did you mean `#{suggestion}`?"));
            let help = help.unwrap_or_else(|| "name a schema of this document".to_owned());
            self.report_warning(format!("`{text}` is no schema of this document"), help);
        }
        Some(target?.at)
    }
}

/// The end of a chain of references.
pub(super) fn follow(mut node: Node<'_>) -> Result<Node<'_>, Diagnostic> {
    let start = node.at.clone();
    let mut seen = BTreeSet::from([start.clone()]);
    while node.reference().is_some() {
        node = follow_once(&node)?;
        if !seen.insert(node.at.clone()) {
            return Err(cyclic_reference(&start, &node.at));
        }
    }
    Ok(node)
}

/// The target of one reference. A node without `$ref` is its own target.
pub(super) fn follow_once<'a>(node: &Node<'a>) -> Result<Node<'a>, Diagnostic> {
    let Some(reference) = node.reference() else { return Ok(node.clone()) };
    let by_id = node.tree.schema_ids.resolve(&node.at, reference);
    if let Some(schema) = by_id.and_then(|location| find(node.tree, &location)) {
        return Ok(schema);
    }
    let target = target_location(node, reference)?;
    find(node.tree, &target).ok_or_else(|| missing_target(node.tree, &node.at.join("$ref"), reference, &target))
}

/// A copy of the value, in which every reference is replaced by its target. Broken references are copied.
pub(super) fn dereferenced(node: &Node<'_>) -> Value {
    dereference(node, &mut { MAX_DEREFERENCED_NODES })
}

fn dereference(node: &Node<'_>, budget: &mut usize) -> Value {
    let target = node.reference().filter(|_| *budget > 0).and_then(|_| follow(node.clone()).ok());
    let node = target.as_ref().unwrap_or(node);
    *budget = budget.saturating_sub(1);
    let mut child = |step: &str| node.child(step).map_or(Value::Null, |child| dereference(&child, budget));
    match node.value {
        Value::Mapping(entries) => Value::object(entries.keys().map(|key| (key.clone(), child(key)))),
        Value::Sequence(items) => Value::Sequence((0..items.len()).map(|index| child(&index.to_string())).collect()),
        scalar => scalar.clone(),
    }
}

/// The location that a reference means. There may be nothing.
fn target_location(node: &Node<'_>, reference: &str) -> Result<Location, Diagnostic> {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let file = target_file(node, path)?;
    let fragment = percent_decoded(fragment);
    if let Some(schema) = fragment.as_deref().and_then(|anchor| node.tree.schema_ids.find_anchor(file, anchor)) {
        return Ok(schema);
    }
    match fragment.and_then(|text| Pointer::parse(&text)) {
        Some(pointer) => Ok(Location { file, pointer }),
        None => Err(error(&node.at.join("$ref"), format!("`{reference}` is not a JSON pointer"))
            .with_help("write it like `#/components/schemas/Name`, with `~1` for a slash in a name")),
    }
}

/// The file that the path of a reference means. The empty path means the file of the node.
pub(super) fn target_file(node: &Node<'_>, path: &str) -> Result<FileId, Diagnostic> {
    if path.is_empty() {
        return Ok(node.at.file);
    }
    let source = node.tree.source;
    let referrer = source.name_of(node.at.file);
    // The `$id` of the enclosing schema has precedence, if there is a local copy of the URI that it gives.
    let by_id = node.tree.schema_ids.resolve_path(&node.at, path);
    let copy = by_id.as_ref().and_then(|uri| Some((source.target_file_name(referrer, uri)?, is_url(uri))));
    let copy_file = copy.as_ref().map(|(name, _)| source.file_by_name(name));
    if let Some(Ok(file)) = copy_file {
        return Ok(file);
    }
    let Some(name) = source.target_file_name(referrer, path) else {
        return Err(remote_reference_error(node, path));
    };
    source.file_by_name(&name).map_err(|cause| match (&copy, copy_file) {
        (Some((copy, true)), Some(Err(cause))) => missing_file_error(node, path, copy, cause, true),
        _ => missing_file_error(node, path, &name, cause, is_url(path)),
    })
}

/// Rewrites a reference of the file `from`, so that it means the same in the file `to`.
pub(super) fn rebase_reference(source: &Source, reference: &str, from: FileId, to: FileId) -> String {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    if is_url(path) {
        return reference.to_owned();
    }
    let from = source.name_of(from);
    let target = if path.is_empty() { from.to_owned() } else { resolve_path(from, path) };
    format!("{}#{fragment}", relative_path(&target, source.name_of(to)))
}

/// The node at a location. References on the way are followed.
fn find<'a>(tree: Tree<'a>, location: &Location) -> Option<Node<'a>> {
    let mut node = Node::root(tree, location.file);
    let mut steps: VecDeque<String> = location.pointer.steps().collect();
    let mut hops = 0;
    while let Some(step) = steps.front() {
        if let Some(child) = node.child(step) {
            node = child;
            steps.pop_front();
            continue;
        }
        hops += 1;
        let target = target_location(&node, node.reference()?).ok().filter(|_| hops <= MAX_REFERENCE_HOPS)?;
        node = Node::root(tree, target.file);
        for step in target.pointer.steps().collect::<Vec<_>>().into_iter().rev() {
            steps.push_front(step);
        }
    }
    Some(node)
}

/// The existing location that an author probably meant by a string in the place of an object.
pub(super) fn suggest_target(tree: Tree<'_>, text: &str) -> Option<Pointer> {
    let exists = |pointer: &Pointer| find(tree, &Location { pointer: pointer.clone(), ..Location::root() }).is_some();
    if let Some(pointer) = text.strip_prefix('#').and_then(Pointer::parse) {
        return Some(pointer).filter(exists);
    }
    let containers = ["channels", "components/messages", "components/schemas", "components/channels", "operations"];
    let candidates = containers.into_iter().filter_map(|path| Some(Pointer::parse(&format!("/{path}"))?.join(text)));
    candidates.into_iter().find(exists)
}

/// The existing location that differs from the target of a broken reference by one misspelled step.
fn suggest_spelling(tree: Tree<'_>, target: &Location) -> Option<Pointer> {
    let steps: Vec<String> = target.pointer.steps().collect();
    let find_prefix = |length: usize| {
        let pointer = steps[..length].iter().fold(Pointer::root(), |pointer, step| pointer.join(step));
        Some((find(tree, &Location { file: target.file, pointer })?, length))
    };
    let (parent, length) = (0..steps.len()).rev().find_map(find_prefix)?;
    let (misspelled, rest) = steps[length..].split_first()?;
    let Value::Mapping(entries) = parent.value else { return None };
    let name = suggestion::nearest(misspelled, entries.keys())?;
    let node = rest.iter().try_fold(parent.child(name)?, |node, step| node.child(step))?;
    Some(node.at.pointer)
}

/// The error for a chain of references without an end.
pub(super) fn cyclic_reference(start: &Location, repeated: &Location) -> Diagnostic {
    error(start, format!("`$ref` is part of a cycle: it leads back to `#{}`", repeated.pointer))
        .with_help("change one of the references so that it leads to a definition")
}

fn remote_reference_error(node: &Node<'_>, url: &str) -> Diagnostic {
    let file = url.rsplit('/').next().unwrap_or(url);
    let reference = node.reference().unwrap_or(url);
    error(&node.at.join("$ref"), format!("`{reference}` is a URL, and nothing is downloaded"))
        .with_help("save a copy, and map the URL to it")
        .with_option("map_url", &[url, file])
}

fn missing_file_error(node: &Node<'_>, path: &str, name: &str, cause: &MissingFile, is_mapped: bool) -> Diagnostic {
    let error = error(&node.at.join("$ref"), format!("`{name}` cannot be read: {cause}"));
    // A reference into this document whose `#` is missing.
    if let Some(target) = suggest_target(node.tree, &format!("#/{}", path.trim_start_matches('/')))
        && !is_mapped
    {
        return error.with_help(format!("write `#{target}`"));
    }
    match cause {
        MissingFile::Outside(_) => {
            let root = shared_directory(node.tree.source.name(), name);
            error
                .with_help("copy the file to the directory of this file, or allow a larger root directory")
                .with_option("root", &[&root])
        }
        _ if is_mapped => {
            error.with_help("save the copy there, or map the URL to another path").with_option("map_url", &[])
        }
        _ => error.with_help("correct the path; it is relative to this file"),
    }
}

fn missing_target(tree: Tree<'_>, at: &Location, reference: &str, target: &Location) -> Diagnostic {
    let error = error(at, format!("`{reference}` does not exist in this document"));
    match suggest_spelling(tree, target) {
        Some(suggestion) => error.with_help(format!("did you mean `#{suggestion}`?")),
        None => error.with_help("define it, or correct the reference"),
    }
}

fn error(at: &Location, message: String) -> Diagnostic {
    Diagnostic::new(Severity::Error, at, message)
}
