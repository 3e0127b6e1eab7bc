//! The table of all schemas of a document, with the answers that need the whole table: references, cycles and subtypes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Index;

use super::keywords::{Docs, Keywords, SchemaId};
use super::subtypes::{Subtypes, take_listed};
use crate::location::{FileId, Location, file_stem};
use crate::scc;

/// A schema and its location.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) at: Location,
    pub(crate) kind: SchemaKind,
}

/// The forms of a schema.
#[derive(Debug)]
pub(crate) enum SchemaKind {
    /// `true` or an invalid schema: every value.
    Anything,
    /// `false`: no value.
    Nothing,
    /// `$ref`. Of its siblings only annotations are read.
    Reference(SchemaId),
    /// A schema object.
    Keywords(Box<Keywords>),
    /// A schema in a language that is not supported, by its media type.
    Foreign(String),
}

/// A name in a schema language other than JSON Schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ForeignName {
    /// A named type, with its namespace.
    Type(String),
    /// A field of a record.
    Field(String),
    /// A primitive or logical type.
    Plain(String),
}

/// All schemas of a document.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    pub(super) all: Vec<Schema>,
    /// An Avro schema is found by its own location and by that of the object around it. The map has no order.
    pub(super) by_location: HashMap<Location, SchemaId>,
    /// The schemas in the order of their locations, then those that were added later.
    pub(super) order: Vec<SchemaId>,
    foreign_names: BTreeMap<Location, ForeignName>,
    /// The annotations beside each `$ref`.
    reference_docs: HashMap<SchemaId, Docs>,
    /// The end of each chain of references.
    definitions: HashMap<SchemaId, SchemaId>,
    /// The cycle of each schema that is a part or an alternative of itself.
    cycles: BTreeMap<SchemaId, usize>,
    subtypes: Subtypes,
    /// The intersection of what several schemas require of one property, by the location of the property.
    pub(super) intersections: HashMap<Location, SchemaId>,
    file_names: Vec<String>,
}

impl Index<SchemaId> for Schemas {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        &self.all[id.0]
    }
}

/// # Lookups
impl Schemas {
    /// The name of a file without its directories and its extensions.
    pub(crate) fn file_stem(&self, file: FileId) -> &str {
        self.file_names.get(file.0).map_or("document", |name| file_stem(name))
    }

    /// The schema at the end of a chain of references. `None` if the chain is a cycle.
    pub(crate) fn definition(&self, id: SchemaId) -> Option<SchemaId> {
        match self[id].kind {
            SchemaKind::Reference(_) => self.definitions.get(&id).copied(),
            _ => Some(id),
        }
    }

    /// The keywords at the end of a chain of references.
    pub(crate) fn keywords(&self, id: SchemaId) -> Option<&Keywords> {
        self.own_keywords(self.definition(id)?)
    }

    /// The keywords of a schema that is not a reference.
    pub(crate) fn own_keywords(&self, id: SchemaId) -> Option<&Keywords> {
        match &self[id].kind {
            SchemaKind::Keywords(keywords) => Some(keywords),
            _ => None,
        }
    }

    /// Whether a schema is `false` or a reference to `false`. No value matches it.
    pub(crate) fn is_false(&self, id: SchemaId) -> bool {
        self.definition(id).is_some_and(|id| matches!(self[id].kind, SchemaKind::Nothing))
    }

    /// All schemas with their own keywords.
    pub(super) fn with_keywords(&self) -> impl Iterator<Item = (SchemaId, &Keywords)> {
        (0..self.all.len()).map(SchemaId).filter_map(|id| Some((id, self.own_keywords(id)?)))
    }

    /// The schema at a location.
    pub(crate) fn at(&self, location: &Location) -> Option<SchemaId> {
        self.by_location.get(location).copied()
    }

    /// The locations of all schemas, in order.
    pub(crate) fn locations(&self) -> Vec<&Location> {
        let mut locations: Vec<&Location> = self.by_location.keys().collect();
        locations.sort_unstable();
        locations
    }

    /// All schemas in the order of their locations. The order of reading would depend on the references.
    pub(crate) fn in_order(&self) -> Vec<SchemaId> {
        let mut order = self.order.clone();
        // The list is sorted except for a few schemas at its end.
        order.sort_by(|one, other| self[*one].at.cmp(&self[*other].at));
        order
    }

    /// Whether each of two schemas is a part or an alternative of the other.
    pub(crate) fn in_same_cycle(&self, one: SchemaId, other: SchemaId) -> bool {
        self.cycles.get(&one).is_some_and(|cycle| self.cycles.get(&other) == Some(cycle))
    }

    /// The subtypes of schemas with a discriminator.
    pub(crate) fn subtypes(&self) -> &Subtypes {
        &self.subtypes
    }

    /// The schema for a location that is the intersection of several schemas.
    pub(crate) fn intersection(&self, at: &Location) -> Option<SchemaId> {
        self.intersections.get(at).copied()
    }

    /// The annotations beside a `$ref`. They describe this use of the schema.
    pub(crate) fn reference_docs(&self, id: SchemaId) -> Option<&Docs> {
        self.reference_docs.get(&id)
    }

    /// The name that the schema language gives to the schema at a location.
    pub(crate) fn foreign_name(&self, location: &Location) -> Option<&ForeignName> {
        self.foreign_names.get(location)
    }

    /// The named types of other schema languages, with their locations.
    pub(crate) fn named_types(&self) -> impl Iterator<Item = (&Location, &str)> {
        self.foreign_names.iter().filter_map(|(location, name)| match name {
            ForeignName::Type(name) => Some((location, name.as_str())),
            ForeignName::Field(_) | ForeignName::Plain(_) => None,
        })
    }
}

/// # Building
impl Schemas {
    /// A new id for the schema at a location, or as an error the id that the location has already.
    pub(crate) fn reserve(&mut self, location: &Location) -> Result<SchemaId, SchemaId> {
        match self.at(location) {
            Some(known) => Err(known),
            None => Ok(self.push(Schema { at: location.clone(), kind: SchemaKind::Anything })),
        }
    }

    /// Adds a schema at a location that has none.
    pub(super) fn push(&mut self, schema: Schema) -> SchemaId {
        let id = SchemaId(self.all.len());
        self.by_location.insert(schema.at.clone(), id);
        self.all.push(schema);
        id
    }

    pub(crate) fn set_file_names(&mut self, names: &[String]) {
        self.file_names = names.to_vec();
    }

    pub(crate) fn set_kind(&mut self, id: SchemaId, kind: SchemaKind) {
        self.all[id.0].kind = kind;
    }

    pub(super) fn own_keywords_mut(&mut self, id: SchemaId) -> Option<&mut Keywords> {
        match &mut self.all[id.0].kind {
            SchemaKind::Keywords(keywords) => Some(keywords),
            _ => None,
        }
    }

    /// Makes a schema known by a second location.
    pub(super) fn add_location(&mut self, id: SchemaId, location: &Location) {
        self.by_location.insert(location.clone(), id);
    }

    pub(super) fn set_reference_docs(&mut self, id: SchemaId, docs: Docs) {
        self.reference_docs.insert(id, docs);
    }

    pub(crate) fn set_foreign_name(&mut self, location: &Location, name: ForeignName) {
        self.foreign_names.insert(location.clone(), name);
    }

    /// Finds the ends of references, the cycles and the subtypes, after all schemas have been read.
    pub(super) fn finish(mut self) -> Self {
        self.resolve_references();
        let listed = take_listed(&mut self);
        self.order = (0..self.all.len()).map(SchemaId).collect();
        self.order.sort_unstable_by(|one, other| self.all[one.0].at.cmp(&self.all[other.0].at));
        self.find_cycles();
        self.subtypes = Subtypes::find(&self, listed);
        self
    }

    /// Finds the end of each chain of references. Each reference is followed once.
    fn resolve_references(&mut self) {
        let mut seen = BTreeSet::new();
        for start in 0..self.all.len() {
            let mut chain = Vec::new();
            let mut id = SchemaId(start);
            while let SchemaKind::Reference(target) = self[id].kind {
                if self.definitions.contains_key(&id) || !seen.insert(id) {
                    break;
                }
                chain.push(id);
                id = target;
            }
            if let Some(definition) = self.definition(id) {
                self.definitions.extend(chain.into_iter().map(|id| (id, definition)));
            }
        }
    }

    /// Finds the schemas that are a part or an alternative of themselves.
    fn find_cycles(&mut self) {
        let subschemas = |id: usize| {
            let keywords = self.own_keywords(SchemaId(id));
            let lists = keywords.map(|keywords| [&keywords.all_of, &keywords.any_of, &keywords.one_of]);
            let ids = lists.into_iter().flatten().flatten();
            ids.filter_map(|id| self.definition(*id)).map(|id| id.0).collect()
        };
        let edges: Vec<Vec<usize>> = (0..self.all.len()).map(subschemas).collect();
        let components = scc::find(&edges);
        let is_cyclic = |id: &usize| edges[*id].iter().any(|next| components.in_same_cycle(*next, *id));
        self.cycles =
            (0..edges.len()).filter(is_cyclic).map(|id| (SchemaId(id), components.component_of(id))).collect();
    }
}
