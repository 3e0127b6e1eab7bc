//! What types are named after: the nearest location with a name of its own, and the steps from there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::union;
use crate::document::{Document, ForeignName, SchemaId, SchemaKind, SchemaLanguage, Schemas};
use crate::ir::{Label, NamePath, Root, Step};
use crate::location::{Location, Pointer};

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
            fallback_names.extend(qualified_names(own, &root_at, &self.files));
        }
        NamePath { root, root_at, fallback_names, steps }
    }

    fn file_stem(&self, at: &Location) -> String {
        self.files.get(at.file.0).map_or("document", |name| file_stem(name)).to_owned()
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

/// The components, by key. One that only says where its schema stands, as in a file of its own, is that schema; of several
/// such keys for one schema, the first of the alphabet, whatever their order.
pub(super) fn components(document: &Document) -> Vec<(&str, SchemaId)> {
    let schemas = &document.schemas;
    let standing = |id: SchemaId| match schemas[id].kind {
        SchemaKind::Reference(_) => schemas.definition(id),
        _ => None,
    };
    let own: BTreeSet<SchemaId> = document.components.iter().map(|(_, id)| *id).collect();
    let mut names: BTreeMap<SchemaId, &str> = BTreeMap::new();
    for (key, id) in &document.components {
        if let Some(definition) = standing(*id).filter(|definition| !own.contains(definition)) {
            let name = names.entry(definition).or_insert(key);
            *name = (*name).min(key);
        }
    }
    let components = document.components.iter().map(|(key, id)| {
        let definition = standing(*id).filter(|definition| names.get(definition) == Some(&key.as_str()));
        (key.as_str(), definition.unwrap_or(*id))
    });
    components.collect()
}

/// The text after each of its owners, the nearest first.
pub(super) fn qualified_names(text: &str, at: &Location, files: &[String]) -> Vec<String> {
    let mut owners = Vec::new();
    let steps: Vec<String> = at.pointer.steps().collect();
    match &steps[..] {
        [group, key, action, ..] if group == "channels" && matches!(action.as_str(), "publish" | "subscribe") => {
            owners.extend([key.clone(), format!("{key} {action}")]);
        }
        [group, key, ..] if matches!(group.as_str(), "channels" | "operations") => owners.push(key.clone()),
        // A container among the components is no schema itself, and its key tells the schemas of two apart.
        [group, _, key, _, ..] if group == "components" => owners.push(key.clone()),
        _ => {}
    }
    if at.file.0 > 0
        && let Some(name) = files.get(at.file.0)
    {
        owners.extend(file_owners(name));
    }
    owners.into_iter().map(|owner| format!("{owner} {text}")).collect()
}

/// A file's name without its ending, and the same after its directory: files of one name are kept apart by those.
fn file_owners(name: &str) -> Vec<String> {
    let mut words = name.rsplit(['/', '\\']);
    let own = file_stem(words.next().unwrap_or(name)).to_owned();
    let directory = words.next().filter(|word| !word.is_empty() && word.chars().any(char::is_alphanumeric));
    let both = directory.map(|directory| format!("{directory} {own}"));
    std::iter::once(own).chain(both).collect()
}

/// A file's name without its directories and its ending.
fn file_stem(name: &str) -> &str {
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name);
    own.split('.').find(|word| !word.is_empty()).unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use super::qualified_names;
    use crate::location::{FileId, Location, Pointer};

    fn place(file: usize, pointer: &str) -> Location {
        Location { file: FileId(file), pointer: Pointer::parse(pointer).unwrap_or_default() }
    }

    #[test]
    fn the_nearest_owner_comes_first() {
        let files = ["api.yaml".to_owned(), "shared/units.v1.yaml".to_owned()];
        let rows = [
            (place(0, "/channels/depth/messages/request"), vec!["depth request"]),
            (place(0, "/channels/depth/publish/message"), vec!["depth request", "depth publish request"]),
            (place(0, "/components/messages/request"), vec![]),
            (place(0, "/components/schemas/units/types/request"), vec!["units request"]),
            (place(1, "/components/schemas/request"), vec!["units request", "shared units request"]),
        ];
        for (at, expected) in rows {
            assert_eq!(qualified_names("request", &at, &files), expected);
        }
    }
}
