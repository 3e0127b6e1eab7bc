//! A typed view of the document tree: each node knows its location, each object reports its unknown keys.

use std::collections::BTreeSet;

use super::resolve;
use super::schema::ids::SchemaIds;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::json::{Mapping, Value};
use crate::location::{FileId, Location};
use crate::source::Source;
use crate::suggestion;

/// All files of a document. Every node has a copy.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'a> {
    /// The root of each file, by [`FileId`].
    pub(crate) roots: &'a [Value],
    pub(crate) source: &'a Source,
    pub(crate) schema_ids: &'a SchemaIds,
    pub(crate) diagnostics: &'a Diagnostics,
}

/// One value of the document and its location.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub(crate) tree: Tree<'a>,
    pub(crate) value: &'a Value,
    pub(crate) at: Location,
}

impl<'a> Node<'a> {
    /// The root of a file.
    pub(crate) fn root(tree: Tree<'a>, file: FileId) -> Self {
        const NULL: &Value = &Value::Null;
        let value = tree.roots.get(file.0).unwrap_or(NULL);
        Self { tree, value, at: Location { file, ..Location::root() } }
    }

    /// The node at a location. References on the way are not followed.
    pub(crate) fn at(tree: Tree<'a>, location: &Location) -> Option<Self> {
        let root = Self::root(tree, location.file);
        let value = location.pointer.steps().try_fold(root.value, |value, step| value.child(&step))?;
        Some(Self { value, at: location.clone(), ..root })
    }

    /// The child under a key or at an index.
    pub(crate) fn child(&self, step: &str) -> Option<Self> {
        Some(self.with_step(step, self.value.child(step)?))
    }

    fn with_step(&self, step: &str, value: &'a Value) -> Self {
        Self { tree: self.tree, value, at: self.at.join(step) }
    }

    /// The text of `$ref`, if the node has one.
    pub(crate) fn reference(&self) -> Option<&'a str> {
        self.value.child("$ref")?.as_str()
    }

    /// The node as an object with fixed keys. `what` names the object in messages. Reports other values.
    pub(crate) fn as_object(&self, what: &'static str) -> Option<Object<'a>> {
        match self.value {
            Value::Mapping(entries) => {
                Some(Object { tree: self.tree, entries, at: self.at.clone(), what, known_keys: BTreeSet::new() })
            }
            _ => self.report_wrong_type(&format!("{what} must be an object")),
        }
    }

    /// The entries of an object with arbitrary keys. Reports other values.
    pub(crate) fn as_entries(&self, what: &str) -> Vec<(&'a str, Self)> {
        match self.value {
            Value::Mapping(entries) => {
                entries.iter().map(|(key, value)| (key.as_str(), self.with_step(key, value))).collect()
            }
            _ => self.report_wrong_type(&format!("{what} must be an object")).unwrap_or_default(),
        }
    }

    /// The items of a list. Reports other values.
    pub(crate) fn as_items(&self, what: &str) -> Vec<Self> {
        match self.value {
            Value::Sequence(items) => {
                items.iter().enumerate().map(|(index, value)| self.with_step(&index.to_string(), value)).collect()
            }
            _ => self.report_wrong_type(&format!("{what} must be a list")).unwrap_or_default(),
        }
    }

    /// The node as a string. Numbers and booleans without quotes count as strings. Reports other values.
    pub(crate) fn to_text(&self) -> Option<String> {
        self.value.plain_text().or_else(|| self.report_wrong_type("a string is required here"))
    }

    /// The node as a boolean. Reports other values.
    pub(crate) fn to_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(*value),
            _ => self.report_wrong_type("`true` or `false` is required here"),
        }
    }

    /// Reports an error at this node.
    pub(crate) fn report_error(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::new(Severity::Error, &self.at, message).with_help(help));
    }

    /// Reports a warning at this node.
    pub(crate) fn report_warning(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::new(Severity::Warning, &self.at, message).with_help(help));
    }

    /// Reports a warning at the key of this node.
    pub(crate) fn report_key_warning(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::new(Severity::Warning, &self.at, message).at_key().with_help(help));
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.tree.diagnostics.push(diagnostic);
    }

    fn report_wrong_type<T>(&self, expected: &str) -> Option<T> {
        let message = format!("{expected}, but this is {}", self.value.kind());
        let help = match self.value {
            Value::Null => Some("add a value, or remove the key".to_owned()),
            Value::String(text) => {
                resolve::suggest_target(self.tree, text).map(|target| format!("write `{{$ref: '#{target}'}}`"))
            }
            _ => None,
        };
        let shape = || match expected.rsplit(' ').next() {
            Some("list") => Some("write a list: each item begins with `- `".to_owned()),
            Some("object") => Some("write an object: lines with `key: value`".to_owned()),
            _ => None,
        };
        let help = help.or_else(shape);
        let diagnostic = Diagnostic::new(Severity::Error, &self.at, message);
        self.report(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
        None
    }
}

/// An object with fixed keys. It remembers the keys that the reader asks for, and [`Object::finish`] reports all
/// others.
pub(crate) struct Object<'a> {
    tree: Tree<'a>,
    entries: &'a Mapping,
    at: Location,
    what: &'static str,
    known_keys: BTreeSet<&'static str>,
}

impl<'a> Object<'a> {
    /// The location of the object.
    pub(crate) fn at(&self) -> &Location {
        &self.at
    }

    /// The value of a key, if the object has it.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.known_keys.insert(key);
        let value = self.entries.get(key)?;
        Some(Node { tree: self.tree, value, at: self.at.join(key) })
    }

    /// The value of a key without which no code can be generated. Reports an error if it is missing.
    pub(crate) fn required(&mut self, key: &'static str) -> Option<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            let message = format!("{} has no `{key}`", self.what);
            let diagnostic = Diagnostic::new(Severity::Error, &self.at, message);
            self.tree.diagnostics.push(diagnostic.with_help(format!("add `{key}`")));
        }
        node
    }

    /// The string under a key.
    pub(crate) fn get_text(&mut self, key: &'static str) -> Option<String> {
        self.get(key)?.to_text()
    }

    /// A title, description or other annotation, which may be a reference to a file. Warns about other values.
    pub(crate) fn get_annotation(&mut self, key: &'static str) -> Option<String> {
        let node = self.get(key)?;
        let node = if node.reference().is_some() { node.follow()? } else { node };
        match node.value {
            Value::Null => None,
            Value::Mapping(_) | Value::Sequence(_) => {
                node.report_warning(
                    format!("`{key}` must be a string, but this is {}", node.value.kind()),
                    "it is ignored",
                );
                None
            }
            _ => node.to_text(),
        }
    }

    /// The boolean under a key. The default is `false`.
    pub(crate) fn get_bool(&mut self, key: &'static str) -> bool {
        self.get(key).and_then(|node| node.to_bool()).unwrap_or_default()
    }

    /// The entries of the object under a key, or none.
    pub(crate) fn get_entries(&mut self, key: &'static str) -> Vec<(&'a str, Node<'a>)> {
        self.get(key).map(|node| node.as_entries(&format!("`{key}`"))).unwrap_or_default()
    }

    /// The items of the list under a key, or none.
    pub(crate) fn get_items(&mut self, key: &'static str) -> Vec<Node<'a>> {
        self.get(key).map(|node| node.as_items(&format!("`{key}`"))).unwrap_or_default()
    }

    /// Marks keys that AsyncAPI defines and that do not affect the generated code.
    pub(crate) fn ignore_keys(&mut self, keys: &[&'static str]) {
        self.known_keys.extend(keys);
    }

    /// Reports the references of a list that lead nowhere, and ignores the other items.
    pub(crate) fn report_broken_references(&mut self, key: &'static str) {
        for node in self.get_items(key) {
            node.follow();
        }
    }

    /// Ends the reading of an AsyncAPI object, whose keys are checked elsewhere. Returns the object's location.
    pub(crate) fn into_location(self) -> Location {
        self.at
    }

    /// Warns about every key that the reader did not ask for, except extensions (`x-…`). Returns the object's location.
    pub(crate) fn finish(self) -> Location {
        for (key, value) in self.entries {
            if !self.known_keys.contains(key.as_str()) && !key.starts_with("x-") {
                self.tree.diagnostics.push(self.unknown_key(key, value));
            }
        }
        self.at
    }

    fn unknown_key(&self, key: &str, value: &Value) -> Diagnostic {
        let at = self.at.join(key);
        if key == "$ref" && *value == Value::Null {
            return Diagnostic::new(Severity::Error, &at, "`$ref` has no value")
                .at_key()
                .with_help("put the reference in quotes, because `#` after a space starts a comment");
        }
        let help = match suggestion::nearest(key, self.known_keys.iter()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("the key is ignored: remove it, or rename it to `x-{key}` if it is an extension"),
        };
        let message = format!("`{key}` is not allowed in {}", self.what);
        Diagnostic::new(Severity::Warning, &at, message).at_key().with_help(help)
    }
}
