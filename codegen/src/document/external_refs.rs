//! Finds the files that the references of one file lead to, before the document is read.

use std::collections::BTreeSet;

use super::schema::ids::SchemaIds;
use super::text;
use crate::json::Value;
use crate::location::Location;

/// A reference to another file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ExternalRef {
    /// The path or URL as it is written, without the fragment.
    pub(crate) path: String,
    /// The path resolved against the `$id` of the enclosing schema, if that gives another URI.
    pub(crate) elsewhere: Option<String>,
}

/// The references of a file to other files, each once. A file with a syntax error has none.
pub(crate) fn files_referred_to(name: &str, text: &str) -> Vec<ExternalRef> {
    let Ok(root) = text::parse(name, text) else { return Vec::new() };
    let roots = [root];
    let mut collector = Collector { schema_ids: SchemaIds::default(), found: Vec::new() };
    // Locations are needed only for `$id`, and most files have none.
    if text.contains("$id") {
        collector.schema_ids = SchemaIds::collect(&roots);
        collector.visit(&roots[0], Some(&Location::root()));
    } else {
        collector.visit(&roots[0], None);
    }
    let mut seen = BTreeSet::new();
    collector.found.retain(|reference| seen.insert(reference.clone()));
    collector.found
}

struct Collector {
    schema_ids: SchemaIds,
    found: Vec<ExternalRef>,
}

impl Collector {
    fn visit(&mut self, value: &Value, at: Option<&Location>) {
        let child_location = |step: &str| at.map(|at| at.join(step));
        match value {
            Value::Mapping(entries) => {
                if let Some(Value::String(reference)) = entries.get("$ref") {
                    self.push(reference, at);
                }
                for (key, value) in entries.iter() {
                    self.visit(value, child_location(key).as_ref());
                }
            }
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(item, child_location(&index.to_string()).as_ref());
                }
            }
            _ => {}
        }
    }

    fn push(&mut self, reference: &str, at: Option<&Location>) {
        let path = reference.split('#').next().unwrap_or_default();
        if !path.is_empty() {
            let elsewhere = at.and_then(|at| self.schema_ids.resolve_path(at, path));
            self.found.push(ExternalRef { path: path.to_owned(), elsewhere });
        }
    }
}
