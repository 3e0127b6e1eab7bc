//! What types are named after: the nearest location with a name of its own, and the steps from there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::union;
use crate::document::{Document, ForeignName, SchemaId, SchemaKind, SchemaLanguage, Schemas};
use crate::ir::{Label, NamePath, Root, Step};
use crate::location::{Location, Pointer, file_stem};

/// The path that the type at a location is named after.
pub(super) fn name_path(at: &Location, roots: &Roots, schemas: &Schemas) -> NamePath {
    let steps: Vec<String> = at.pointer.steps().collect();
    let mut root_at = Location { file: at.file, pointer: Pointer::root() };
    let mut nearest = roots.named.get(&root_at).map(|root| (root, root_at.clone(), 0));
    for (index, step) in steps.iter().enumerate() {
        root_at = root_at.join(step);
        nearest = roots.named.get(&root_at).map(|root| (root, root_at.clone(), index + 1)).or(nearest);
    }
    let Some((root, root_at, depth)) = nearest else {
        if let Some((root, depth)) = message_root(&steps) {
            let start = Location { file: at.file, pointer: Pointer::root() };
            let root_at = steps[..depth].iter().fold(start, |at, step| at.join(step));
            let steps = inner_steps(&root_at, &steps[depth..], schemas);
            return roots.name_path(root, root_at, steps);
        }
        // A schema below no named location is named after the last step of its pointer, or after its file.
        let last = steps.last().cloned().unwrap_or_else(|| roots.file_stem(at));
        return roots.name_path(Root::Schema(last), at.clone(), Vec::new());
    };
    let steps = inner_steps(&root_at, &steps[depth..], schemas);
    roots.name_path(root.clone(), root_at, steps)
}

/// The payload or the headers of a message that no operation has, and the number of steps to it.
fn message_root(steps: &[String]) -> Option<(Root, usize)> {
    steps.windows(3).enumerate().rev().find_map(|(index, steps)| {
        let [messages, name, part] = steps else { return None };
        let root: fn(String) -> Root = match part.as_str() {
            "payload" => Root::Payload,
            "headers" => Root::Headers,
            _ => return None,
        };
        (messages == "messages").then(|| (root(name.clone()), index + 3))
    })
}

/// The locations that have names of their own.
pub(super) struct Roots {
    /// The name of each component, payload, set of headers and parameter.
    named: HashMap<Location, Root>,
    /// Further names of these locations, used if the first is not unique.
    fallback_names: HashMap<Location, Vec<String>>,
    files: Vec<String>,
}

impl Roots {
    pub(super) fn new(files: &[String], named: HashMap<Location, Root>) -> Self {
        Self { named, fallback_names: HashMap::new(), files: files.to_vec() }
    }

    /// Names a location, unless it has a name. Returns its name.
    pub(super) fn add_if_unnamed(&mut self, at: &Location, root: impl FnOnce() -> Root) -> Root {
        self.named.entry(at.clone()).or_insert_with(root).clone()
    }

    /// Names a location, and replaces the name that it has.
    pub(super) fn rename(&mut self, at: &Location, root: Root) {
        self.named.insert(at.clone(), root);
    }

    /// Adds a further name of a location.
    pub(super) fn add_fallback_name(&mut self, at: &Location, name: &str) {
        let names = self.fallback_names.entry(at.clone()).or_default();
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }

    /// The path of the type some steps below a root, with the names to use if it is not unique.
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

/// The steps of a pointer inside a schema. A keyword also consumes the name or the index after it.
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
            // The schema of a multi-format schema, and conditions, which apply to the same value.
            "schema" | "if" | "then" | "else" => {}
            "dependencies" | "dependentSchemas" => at = steps.next().map_or_else(|| at.clone(), |name| at.join(name)),
            // Schemas in `allOf` are merged into their parent and have no names of their own.
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

/// The component schemas by key. A component that is a reference to a schema elsewhere names that schema. If several
/// keys refer to one schema, the first key in alphabetical order does.
pub(super) fn component_schemas(document: &Document) -> Vec<(&str, SchemaId)> {
    let schemas = &document.schemas;
    let referenced = |id: SchemaId| match schemas[id].kind {
        SchemaKind::Reference(_) => schemas.definition(id),
        _ => None,
    };
    let own: BTreeSet<SchemaId> = document.components.iter().map(|(_, id)| *id).collect();
    let mut names: BTreeMap<SchemaId, &str> = BTreeMap::new();
    for (key, id) in &document.components {
        if let Some(definition) = referenced(*id).filter(|definition| !own.contains(definition)) {
            let name = names.entry(definition).or_insert(key);
            *name = (*name).min(key);
        }
    }
    let components = document.components.iter().map(|(key, id)| {
        let definition = referenced(*id).filter(|definition| names.get(definition) == Some(&key.as_str()));
        (key.as_str(), definition.unwrap_or(*id))
    });
    components.collect()
}

/// The name prefixed with its channel, operation, component or file. The nearest comes first.
pub(super) fn qualified_names(text: &str, at: &Location, files: &[String]) -> Vec<String> {
    let mut owners = Vec::new();
    let steps: Vec<String> = at.pointer.steps().collect();
    match &steps[..] {
        [group, key, action, ..] if group == "channels" && matches!(action.as_str(), "publish" | "subscribe") => {
            owners.extend([key.clone(), format!("{key} {action}")]);
        }
        [group, key, ..] if matches!(group.as_str(), "channels" | "operations") => owners.push(key.clone()),
        // An object of schemas among the components: its key qualifies the names of the schemas.
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

/// A file's name without its extension, alone and prefixed with its directory.
fn file_owners(name: &str) -> Vec<String> {
    let mut words = name.rsplit(['/', '\\']);
    let own = file_stem(words.next().unwrap_or(name)).to_owned();
    let directory = words.next().filter(|word| !word.is_empty() && word.chars().any(char::is_alphanumeric));
    let both = directory.map(|directory| format!("{directory} {own}"));
    std::iter::once(own).chain(both).collect()
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
