//! The files that a text refers to, as far as one text alone can say.

use std::collections::BTreeSet;

use super::read;
use super::schema_ids::Resources;
use crate::json::Value;
use crate::location::Location;

/// A file that a text refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ExternalRef {
    /// The path or URL as it stands there.
    pub(crate) path: String,
    /// What that comes to where the schema around it says by its `$id` where it is from.
    pub(crate) elsewhere: Option<String>,
}

/// The files that a text refers to, each once.
pub(crate) fn files_referred_to(name: &str, text: &str) -> Vec<ExternalRef> {
    let Ok(root) = read(name, text) else { return Vec::new() };
    let roots = [root];
    let mut mentions = Mentions { resources: Resources::default(), found: Vec::new() };
    // Most texts name no schema, and need no places.
    if text.contains("$id") {
        mentions.resources = Resources::find(&roots);
        mentions.collect(&roots[0], Some(&Location::root()));
    } else {
        mentions.collect(&roots[0], None);
    }
    let mut seen = BTreeSet::new();
    mentions.found.retain(|mention| seen.insert(mention.clone()));
    mentions.found
}

struct Mentions {
    resources: Resources,
    found: Vec<ExternalRef>,
}

impl Mentions {
    fn collect(&mut self, value: &Value, at: Option<&Location>) {
        let join = |step: &str| at.map(|at| at.join(step));
        match value {
            Value::Mapping(entries) => {
                if let Some(Value::String(reference)) = entries.get("$ref") {
                    let path = reference.split('#').next().unwrap_or_default();
                    if !path.is_empty() {
                        let elsewhere = at.and_then(|at| self.resources.elsewhere(at, path));
                        self.found.push(ExternalRef { path: path.to_owned(), elsewhere });
                    }
                }
                for (key, value) in entries.iter() {
                    self.collect(value, join(key).as_ref());
                }
            }
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.collect(item, join(&index.to_string()).as_ref());
                }
            }
            _ => {}
        }
    }
}
