//! Schemas become types: those with a shape of their own become items, the others stand where they are used.

mod api_types;
mod arrays;
mod defaults;
mod discriminator_base;
mod enums;
mod inline_types;
mod items;
mod newtype;
mod object;
mod tuples;
mod untyped;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub(super) use self::api_types::UnionMessage;
use super::name_path::Roots;
use super::validation_schema::TypeIdBySchema;
use super::{docs, name_path};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Document, Keywords, SchemaId, SchemaKind, Schemas};
use crate::ir::{Coverage, Event, External, ItemKind, Root, Type, TypeDef, TypeId, Types};
use crate::json::Value;
use crate::limits::{MAX_RECURSIVE_ITEMS, MAX_SCHEMA_DEPTH};
use crate::location::Location;
use crate::normalize::{is_nullable, merge};

/// The types made so far.
pub(super) struct Lowering<'a> {
    schemas: &'a Schemas,
    config: &'a Config,
    event_names: BTreeSet<&'a str>,
    diagnostics: &'a Diagnostics,
    roots: Roots,
    made: HashMap<SchemaId, TypeId>,
    /// The payloads that a union of messages joins.
    joined: BTreeMap<TypeId, Vec<Option<SchemaId>>>,
    /// The schemas of headers: there are always more headers than a message has.
    headers: HashSet<Location>,
    /// How many types are being made, each inside the one before; those of components are not.
    depth: usize,
    /// How many lists and maps stand inside each other on the way, since the last type of its own.
    nested: usize,
    /// What has a type that is not made yet, because the stack would have become too deep.
    deferred: Vec<SchemaId>,
    /// The alternatives that are being joined with what they share, each inside the one before.
    joining: Vec<SchemaId>,
    /// What is being resolved without an item, so that a circle of such schemas ends.
    resolving: BTreeSet<SchemaId>,
    /// `None` while the type is being made.
    types: Vec<Option<TypeDef>>,
    coverage: Coverage,
    /// The types of values that patterns of names describe differently, by where these stand.
    values: BTreeMap<Location, Type>,
    /// The types of parameters that list their values, by the places of these.
    parameters: HashMap<Location, Type>,
    /// What travels in a binary form and has been looked at, by its place.
    encoded: BTreeMap<Location, Type>,
}

impl<'a> Lowering<'a> {
    /// Makes the types of all components.
    pub(super) fn new(
        document: &'a Document,
        config: &'a Config,
        events: &'a [Event],
        diagnostics: &'a Diagnostics,
    ) -> Self {
        let schemas = &document.schemas;
        let components = name_path::components(document);
        let mut lowering = Self {
            schemas,
            config,
            event_names: events.iter().map(|event| event.name.as_str()).collect(),
            diagnostics,
            roots: Roots::new(
                &document.files,
                components.iter().map(|(key, id)| (schemas[*id].at.clone(), Root::Schema((*key).to_owned()))).collect(),
            ),
            made: HashMap::new(),
            joined: BTreeMap::new(),
            headers: headers(document),
            depth: 0,
            nested: 0,
            deferred: Vec::new(),
            joining: Vec::new(),
            resolving: BTreeSet::new(),
            types: Vec::new(),
            coverage: Coverage::default(),
            values: BTreeMap::new(),
            parameters: HashMap::new(),
            encoded: BTreeMap::new(),
        };
        for (place, name) in schemas.named_types() {
            lowering.named_type(place, name);
        }
        let own = components.iter().filter(|(_, id)| lowering.replacement(*id).is_none());
        let own: Vec<SchemaId> = own.map(|(_, id)| *id).collect();
        for id in &own {
            lowering.reserve(*id);
        }
        for id in &own {
            lowering.component(*id);
        }
        lowering
    }

    /// A type that its own language names is called so, unless it is a component, whose key comes first.
    fn named_type(&mut self, place: &Location, name: &str) {
        let whole = self.schemas.at(place).map_or(place, |id| &self.schemas[id].at).clone();
        let root = self.roots.name(&whole, || Root::Named(name.to_owned()));
        self.roots.rename(place, root);
    }

    /// Every type that was made, how much of the schemas they say, and which schemas they were made of.
    pub(super) fn finish(self) -> (Types, Coverage, TypeIdBySchema) {
        self.mapped_payloads_exist();
        let made = TypeIdBySchema { by_schema: self.made, joined: self.joined };
        let types = Types(self.types.into_iter().flatten().collect());
        (types, self.coverage, made)
    }

    /// The type that a team puts in the place of a schema.
    pub(super) fn replacement(&self, id: SchemaId) -> Option<&'a str> {
        self.config.replacements.best(&self.schemas[id].at.pointer).map(String::as_str)
    }

    fn root(&mut self, id: SchemaId, root: impl FnOnce() -> Root) {
        self.roots.name(&self.schemas[id].at, root);
    }

    fn reserve(&mut self, id: SchemaId) -> TypeId {
        let type_id = TypeId(self.types.len());
        self.made.insert(id, type_id);
        self.types.push(None);
        type_id
    }

    fn add(&mut self, def: TypeDef) -> Type {
        self.types.push(Some(def));
        Type::Named(TypeId(self.types.len() - 1))
    }

    fn component(&mut self, id: SchemaId) {
        let Some(type_id) = self.made.get(&id).copied() else { return };
        let shape = match &self.schemas[id].kind {
            SchemaKind::Keywords(keywords) => self.shape(keywords),
            _ => None,
        };
        let shape = match shape {
            Some(shape) => shape,
            None => match self.inline_type(id) {
                ty if self.is_new_type(id, &ty) => ItemKind::Newtype(ty),
                ty => ItemKind::Alias(ty),
            },
        };
        self.types[type_id.0] = Some(self.def(id, shape));
    }

    fn def(&self, id: SchemaId, shape: ItemKind) -> TypeDef {
        let at = self.schemas[id].at.clone();
        let docs = self.schemas.keywords(id).map(|keywords| docs(&keywords.docs)).unwrap_or_default();
        TypeDef { name_path: name_path::of(&at, &self.roots, self.schemas), at, docs, shape }
    }

    /// The type of a schema where it is used, its own item made now if it needs one.
    fn type_of(&mut self, id: SchemaId) -> Type {
        if let Some(path) = self.replacement(id) {
            self.coverage.count(true);
            return Type::External(External::Path(path.to_owned()));
        }
        if let Some(type_id) = self.made.get(&id) {
            return Type::Named(*type_id);
        }
        if self.depth >= MAX_SCHEMA_DEPTH {
            return self.too_deep(id);
        }
        self.depth += 1;
        let ty = match &self.schemas[id].kind {
            SchemaKind::Keywords(keywords) if self.needs_item(keywords) => self.item(id, keywords),
            _ => self.inline_type(id),
        };
        self.depth -= 1;
        if self.depth == 0 {
            self.make_postponed();
        }
        ty
    }

    /// A type of its own; made later where many others are being made already.
    fn item(&mut self, id: SchemaId, keywords: &'a Keywords) -> Type {
        let type_id = self.reserve(id);
        if self.depth > MAX_RECURSIVE_ITEMS {
            self.deferred.push(id);
        } else {
            let nested = std::mem::take(&mut self.nested);
            let shape = self.shape(keywords).unwrap_or(ItemKind::Alias(Type::Any));
            self.types[type_id.0] = Some(self.def(id, shape));
            self.nested = nested;
        }
        Type::Named(type_id)
    }

    fn make_postponed(&mut self) {
        while let Some(id) = self.deferred.pop() {
            self.depth += 1;
            self.component(id);
            self.depth -= 1;
        }
    }

    /// No stack holds schemas that are made inside each other without end.
    fn too_deep(&self, id: SchemaId) -> Type {
        let message = format!("schemas are nested more than {MAX_SCHEMA_DEPTH} deep here");
        let diagnostic = Diagnostic::new(Severity::Error, &self.schemas[id].at, message);
        self.diagnostics
            .push(diagnostic.with_help("define some of them under `components.schemas`, and refer to those"));
        Type::Any
    }

    /// The type of a schema that has no item, or that an item's alias stands for.
    fn inline_type(&mut self, id: SchemaId) -> Type {
        if !self.resolving.insert(id) {
            return Type::Any;
        }
        let schemas = self.schemas;
        let ty = match &schemas[id].kind {
            SchemaKind::Reference(target) if self.is_non_json_schema(*target) => self.type_of(*target),
            SchemaKind::Reference(target) => self.value(*target),
            SchemaKind::Anything | SchemaKind::Nothing => Type::Any,
            SchemaKind::Foreign(media_type) => {
                let why = format!("schemas of `{media_type}` are not read");
                self.encoded(&schemas[id].at, media_type, &why)
            }
            SchemaKind::Keywords(keywords) if self.lists_the_events(keywords) => Type::EventName,
            SchemaKind::Keywords(keywords) => match merge::as_single_ref(schemas, keywords) {
                Some(target) => self.value(target),
                None => self.plain(&merge::merged(schemas, keywords)),
            },
        };
        self.resolving.remove(&id);
        if matches!(&schemas[id].kind, SchemaKind::Keywords(keywords) if keywords.is_nonempty()) {
            self.coverage.count(ty != Type::Any);
        }
        ty
    }

    /// The type of a schema where nothing but the type can say that `null` is allowed.
    fn value(&mut self, id: SchemaId) -> Type {
        // Bytes have no place in JSON, so what is described in another language there may be anything.
        if self.is_non_json_schema(id) {
            return Type::Any;
        }
        let ty = self.type_of(id);
        match ty {
            Type::Any | Type::Nullable(_) => ty,
            ty if is_nullable(self.schemas, id) => Type::Nullable(Box::new(ty)),
            ty => ty,
        }
    }

    /// Whether the enum is the set of the events' names, in any order.
    fn lists_the_events(&self, keywords: &Keywords) -> bool {
        let Some(values) = &keywords.values else { return false };
        values.len() == self.event_names.len()
            && !values.is_empty()
            && values.iter().all(|value| text(value).is_some_and(|text| self.event_names.contains(text.as_str())))
    }
}

/// The schemas that headers are described by.
fn headers(document: &Document) -> HashSet<Location> {
    let described = document.messages.iter().filter_map(|message| document.schemas.definition(message.headers?));
    described.map(|id| document.schemas[id].at.clone()).collect()
}
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}
