//! Walking the tree: every node knows its address, every object notices the keys that nobody asked for.

use std::collections::BTreeSet;

use super::schema_ids::Resources;
use super::{ref_siblings, resolve};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::json::{Mapping, Value};
use crate::location::{FileId, Location};
use crate::source::Source;
use crate::suggestion;

/// What every node of one document shares.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'a> {
    /// The roots of the files, by their ids.
    pub(crate) roots: &'a [Value],
    pub(crate) source: &'a Source,
    /// The schemas that have names of their own.
    pub(crate) resources: &'a Resources,
    pub(crate) diagnostics: &'a Diagnostics,
}

/// One node of the document and its address.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub(crate) tree: Tree<'a>,
    pub(crate) value: &'a Value,
    pub(crate) at: Location,
}

impl<'a> Node<'a> {
    /// The root of a file.
    pub(crate) fn root(tree: Tree<'a>, file: FileId) -> Self {
        const NOTHING: &Value = &Value::Null;
        let value = tree.roots.get(file.0).unwrap_or(NOTHING);
        Self { tree, value, at: Location { file, ..Location::root() } }
    }

    /// The node at a place that leads through no reference.
    pub(crate) fn at(tree: Tree<'a>, place: &Location) -> Option<Self> {
        let root = Self::root(tree, place.file);
        let value = place.pointer.steps().try_fold(root.value, |value, step| value.child(&step))?;
        Some(Self { value, at: place.clone(), ..root })
    }

    pub(crate) fn child(&self, step: &str) -> Option<Self> {
        let value = self.value.child(step)?;
        Some(Self { tree: self.tree, value, at: self.at.join(step) })
    }

    /// The text of this node's `$ref`, where it is a reference.
    pub(crate) fn reference(&self) -> Option<&'a str> {
        match self.value.child("$ref")? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The node itself, or where its chain of references ends; a chain that leads nowhere is reported.
    pub(crate) fn follow(self) -> Option<Self> {
        match resolve::follow(self.clone()) {
            Ok(target) => {
                ref_siblings::report(&self, &target);
                Some(target)
            }
            Err(fault) => {
                self.report(fault);
                None
            }
        }
    }

    /// The nodes that the node's chain of references leads through, to where it ends.
    pub(crate) fn chain(&self) -> Vec<Self> {
        resolve::chain(self)
    }

    /// Reads the node as an object, or reports that it is none; `what` names the object the author meant.
    pub(crate) fn object(&self, what: &'static str) -> Option<Object<'a>> {
        match self.value {
            Value::Mapping(entries) => {
                Some(Object { tree: self.tree, entries, at: self.at.clone(), what, asked: BTreeSet::new() })
            }
            _ => self.wrong_kind(&format!("{what} is an object")),
        }
    }

    /// The entries of a map whose keys the author chose.
    pub(crate) fn entries(&self, what: &str) -> Vec<(&'a str, Self)> {
        match self.value {
            Value::Mapping(entries) => {
                entries.iter().map(|(key, value)| (key.as_str(), self.below(key, value))).collect()
            }
            _ => self.wrong_kind(&format!("{what} is an object")).unwrap_or_default(),
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self, what: &str) -> Vec<Self> {
        match self.value {
            Value::Sequence(items) => {
                items.iter().enumerate().map(|(index, value)| self.below(&index.to_string(), value)).collect()
            }
            _ => self.wrong_kind(&format!("{what} is a list")).unwrap_or_default(),
        }
    }

    /// A text; a number or boolean that the author forgot to quote counts as one.
    pub(crate) fn text(&self) -> Option<String> {
        match self.value {
            Value::String(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => self.wrong_kind("a text is wanted here"),
        }
    }

    /// A yes or no.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(*value),
            _ => self.wrong_kind("`true` or `false` is wanted here"),
        }
    }

    /// Reports an error at this node.
    pub(crate) fn refuse(&self, message: impl Into<String>, cure: impl Into<String>) {
        self.report(Diagnostic::new(Severity::Error, &self.at, message).with_help(cure));
    }

    /// Reports a warning at this node.
    #[cfg(feature = "overlay")]
    pub(crate) fn warn(&self, message: impl Into<String>, cure: impl Into<String>) {
        self.report(Diagnostic::new(Severity::Warning, &self.at, message).with_help(cure));
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.tree.diagnostics.push(diagnostic);
    }

    fn below(&self, step: &str, value: &'a Value) -> Self {
        Self { tree: self.tree, value, at: self.at.join(step) }
    }

    fn wrong_kind<T>(&self, expected: &str) -> Option<T> {
        let message = format!("{expected}, and this is {}", self.value.kind());
        let diagnostic = Diagnostic::new(Severity::Error, &self.at, message);
        let cure = match self.value {
            Value::Null => Some("write something after the key, or take the key out".to_owned()),
            Value::String(text) => {
                resolve::suggest_target(self.tree, text).map(|meant| format!("write `{{$ref: '#{meant}'}}`"))
            }
            _ => None,
        };
        self.report(match cure {
            Some(cure) => diagnostic.with_help(cure),
            None => diagnostic,
        });
        None
    }
}

/// An object with fixed keys, which must all be asked for before it is finished.
pub(crate) struct Object<'a> {
    tree: Tree<'a>,
    entries: &'a Mapping,
    at: Location,
    what: &'static str,
    asked: BTreeSet<&'static str>,
}

impl<'a> Object<'a> {
    /// The address of the object.
    pub(crate) fn at(&self) -> &Location {
        &self.at
    }

    /// The node of a key, where the object has it.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.asked.insert(key);
        let value = self.entries.get(key)?;
        Some(Node { tree: self.tree, value, at: self.at.join(key) })
    }

    /// The node of a key that the specification requires, and without which there is no right code.
    pub(crate) fn required(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.required_text(key, Severity::Error)
    }

    /// The node of a key that the specification requires, and without which the code is right all the same.
    pub(crate) fn expect(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.required_text(key, Severity::Warning)
    }

    fn required_text(&mut self, key: &'static str, severity: Severity) -> Option<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            let message = format!("{} has no `{key}`", self.what);
            let diagnostic = Diagnostic::new(severity, &self.at, message);
            self.tree.diagnostics.push(diagnostic.with_help(format!("add `{key}`")));
        }
        node
    }

    /// A text under a key.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        self.get(key)?.text()
    }

    /// A text for people under a key; what is no text is reported and left out.
    pub(crate) fn note(&mut self, key: &'static str) -> Option<String> {
        let node = self.get(key)?;
        // Long descriptions stand in files of their own.
        let node = if node.reference().is_some() { node.follow()? } else { node };
        match node.value {
            Value::Null => None,
            Value::Mapping(_) | Value::Sequence(_) => {
                let message = format!("`{key}` is a text, and this is {}", node.value.kind());
                node.report(Diagnostic::new(Severity::Warning, &node.at, message).with_help("it is passed over"));
                None
            }
            _ => node.text(),
        }
    }

    /// A yes or no under a key; no where the key is absent.
    pub(crate) fn flag(&mut self, key: &'static str) -> bool {
        self.get(key).and_then(|node| node.flag()).unwrap_or_default()
    }

    /// The named children under a key; none where the key is absent.
    pub(crate) fn entries(&mut self, key: &'static str) -> Vec<(&'a str, Node<'a>)> {
        let node = self.get(key);
        node.map(|node| node.entries(&format!("`{key}`"))).unwrap_or_default()
    }

    /// The items under a key; none where the key is absent.
    pub(crate) fn items(&mut self, key: &'static str) -> Vec<Node<'a>> {
        let node = self.get(key);
        node.map(|node| node.items(&format!("`{key}`"))).unwrap_or_default()
    }

    /// Keys that the specification knows and that say nothing to the generated code.
    pub(crate) fn ignore_keys(&mut self, keys: &[&'static str]) {
        self.asked.extend(keys);
    }

    /// Reports the references of a list that lead nowhere; what the others say has been merged before.
    pub(crate) fn report_unused_keys(&mut self, key: &'static str) {
        for node in self.items(key) {
            node.follow();
        }
    }

    /// Warns about each key that nobody asked for, extensions (`x-…`) excepted.
    pub(crate) fn finish(self) {
        for (key, value) in self.entries {
            if self.asked.contains(key.as_str()) || key.starts_with("x-") {
                continue;
            }
            if key == "$ref" && *value == Value::Null {
                let diagnostic = Diagnostic::new(Severity::Error, &self.at.join(key), "`$ref` refers to nothing");
                let cure = "put what follows it in quotes: after a space, `#` begins a comment";
                self.tree.diagnostics.push(diagnostic.at_key().with_help(cure));
                continue;
            }
            let message = format!("`{key}` is not allowed in {}", self.what);
            let known = suggestion::nearest(key, self.asked.iter());
            let cure = match known {
                Some(known) => format!("spell it `{known}`"),
                None => format!("it is passed over; take it out, or call it `x-{key}` if it is meant as an extension"),
            };
            self.tree
                .diagnostics
                .push(Diagnostic::new(Severity::Warning, &self.at.join(key), message).at_key().with_help(cure));
        }
    }
}
