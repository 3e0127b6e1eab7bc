//! What a type is called after: the nearest place with a name of its own, and the steps from there.

use crate::document::{ForeignName, SchemaLanguage, Schemas};
use crate::ir::{Label, NamePath, Root, Step};
use crate::location::{Location, Pointer};
use std::collections::HashMap;

use super::{qualified_name, union};

/// The origin of the type at a place.
pub(super) fn of(at: &Location, roots: &Roots, schemas: &Schemas) -> NamePath {
    let steps: Vec<String> = at.pointer.steps().collect();
    let mut root_at = Location { file: at.file, pointer: Pointer::root() };
    let mut nearest = roots.named.get(&root_at).map(|root| (root, root_at.clone(), 0));
    for (index, step) in steps.iter().enumerate() {
        root_at = root_at.join(step);
        nearest = roots.named.get(&root_at).map(|root| (root, root_at.clone(), index + 1)).or(nearest);
    }
    let Some((root, root_at, depth)) = nearest else {
        if let Some((root, depth)) = of_message(&steps) {
            let start = Location { file: at.file, pointer: Pointer::root() };
            let root_at = steps[..depth].iter().fold(start, |at, step| at.join(step));
            let steps = inner_steps(&root_at, &steps[depth..], schemas);
            return roots.name_path(root, root_at, steps);
        }
        // A schema below no named place goes by the last word of its address, or by its file.
        let last = steps.last().cloned().unwrap_or_else(|| roots.file_stem(at));
        return roots.name_path(Root::Schema(last), at.clone(), Vec::new());
    };
    let steps = inner_steps(&root_at, &steps[depth..], schemas);
    roots.name_path(root.clone(), root_at, steps)
}

/// The payload or the headers of a message that no operation has, and how many steps lead there.
fn of_message(steps: &[String]) -> Option<(Root, usize)> {
    let steps = steps.windows(3).enumerate().rev();
    steps.into_iter().find_map(|(index, steps)| match steps {
        [messages, name, part] if messages == "messages" && part == "payload" => {
            Some((Root::Payload(name.clone()), index + 3))
        }
        [messages, name, part] if messages == "messages" && part == "headers" => {
            Some((Root::Headers(name.clone()), index + 3))
        }
        _ => None,
    })
}

/// Where names come from.
pub(super) struct Roots {
    /// The place of each component, payload, headers and parameter.
    named: HashMap<Location, Root>,
    /// What else those may be called.
    fallback_names: HashMap<Location, Vec<String>>,
    files: Vec<String>,
}

impl Roots {
    pub(super) fn new(files: &[String], named: HashMap<Location, Root>) -> Self {
        Self { named, fallback_names: HashMap::new(), files: files.to_vec() }
    }

    /// Calls a place so, unless it has a name.
    pub(super) fn name(&mut self, at: &Location, root: impl FnOnce() -> Root) -> Root {
        self.named.entry(at.clone()).or_insert_with(root).clone()
    }

    /// Calls a place so, whatever it was called before.
    pub(super) fn rename(&mut self, at: &Location, root: Root) {
        self.named.insert(at.clone(), root);
    }

    /// Adds another name of a place, which counts where its own is not enough.
    pub(super) fn also(&mut self, at: &Location, name: &str) {
        let names = self.fallback_names.entry(at.clone()).or_default();
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }

    /// The origin of what stands some steps below a root.
    pub(super) fn name_path(&self, root: Root, root_at: Location, steps: Vec<Step>) -> NamePath {
        let mut fallback_names = self.fallback_names.get(&root_at).cloned().unwrap_or_default();
        if let Root::Schema(name) | Root::Named(name) | Root::Payload(name) | Root::Headers(name) = &root {
            let own = if matches!(root, Root::Named(_)) { root.name_without_namespace() } else { name };
            fallback_names.extend(qualified_name::qualified(own, &root_at, &self.files));
        }
        NamePath { root, root_at, fallback_names, steps }
    }

    fn file_stem(&self, at: &Location) -> String {
        self.files.get(at.file.0).map_or("document", |name| qualified_name::stem(name)).to_owned()
    }
}

/// The steps of a pointer inside a schema: each keyword takes the name or the index that follows it, if any.
fn inner_steps(root: &Location, steps: &[String], schemas: &Schemas) -> Vec<Step> {
    let mut inner = Vec::new();
    let mut at = root.clone();
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        at = at.join(step);
        match step.as_str() {
            "items" => inner.push(Step::Item),
            "propertyNames" => inner.push(Step::Key),
            "additionalProperties" => inner.push(Step::Value),
            // The part of a multi-format schema that holds the schema; conditions, which speak of their owner.
            "schema" | "if" | "then" | "else" => {}
            "dependencies" | "dependentSchemas" => at = steps.next().map_or_else(|| at.clone(), |name| at.join(name)),
            // What is merged into its owner has no name of its own.
            "allOf" => at = steps.next().map_or_else(|| at.clone(), |index| at.join(index)),
            "oneOf" | "anyOf" => {
                at = steps.next().map_or_else(|| at.clone(), |index| at.join(index));
                let label = schemas.at(&at).map(|id| union::labels(schemas, id));
                inner.push(Step::Variant(label.unwrap_or_else(|| Label::plain(""))));
            }
            "properties" | "patternProperties" | "definitions" | "$defs" => {
                let name = steps.next().unwrap_or(step);
                at = at.join(name);
                inner.push(Step::Property(name.clone()));
            }
            "fields" => {
                at = steps.next().map_or_else(|| at.clone(), |index| at.join(index));
                match schemas.foreign_name(&at) {
                    Some(ForeignName::Field(name)) => inner.push(Step::Property(name.clone())),
                    _ => inner.push(Step::Property(step.clone())),
                }
            }
            "type" if is_avro(&at, schemas) => {}
            "values" if is_avro(&at, schemas) => inner.push(Step::Value),
            other if other.chars().all(|sign| sign.is_ascii_digit()) => {
                let alternative = schemas.at(&at).filter(|_| is_avro(&at, schemas));
                inner.push(alternative.map_or(Step::Item, |id| Step::Variant(union::labels(schemas, id))));
            }
            other => inner.push(Step::Property(other.to_owned())),
        }
    }
    inner
}

fn is_avro(at: &Location, schemas: &Schemas) -> bool {
    let keywords = schemas.at(at).and_then(|id| schemas.keywords(id));
    keywords.is_some_and(|keywords| keywords.language == SchemaLanguage::Avro)
}
