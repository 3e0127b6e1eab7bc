//! Schemas become types: those with a shape of their own become items, the others stand where they are used.

mod defaults;
mod enums;
mod hierarchy;
mod lists;
mod narrowed;
mod object;
mod shape;
mod tuples;
mod untyped;

use std::collections::{BTreeMap, BTreeSet};

use self::shape::Choice;
use super::definition::Made;
use super::origin::{self, Roots};
use super::{component, docs, merge, scalar, union};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{
    self, BindingRole, Document, JsonType, Keywords, Listing, Place, Pointer, SchemaId, SchemaKind, Schemas, Value,
};
use crate::ir::{
    Coverage, Docs, Enum, EnumValue, Event, External, Extra, Label, Members, Root, Shape, Type, TypeDef, TypeId, Types,
    Union, Variant,
};

/// The types made so far.
pub(super) struct Lowering<'a> {
    schemas: &'a Schemas,
    config: &'a Config,
    event_names: BTreeSet<&'a str>,
    diagnostics: &'a Diagnostics,
    roots: Roots,
    made: BTreeMap<SchemaId, TypeId>,
    /// The payloads that a union of messages joins.
    joined: BTreeMap<TypeId, Vec<SchemaId>>,
    /// The schemas of headers: there are always more headers than a message has.
    headers: BTreeSet<Place>,
    /// How many types are being made, each inside the one before; those of components are not.
    depth: usize,
    /// How many lists and maps stand inside each other on the way, since the last type of its own.
    nested: usize,
    /// What has a type that is not made yet, because the stack would have become too deep.
    postponed: Vec<SchemaId>,
    /// The alternatives that are being joined with what they share, each inside the one before.
    joining: Vec<SchemaId>,
    /// What is being resolved without an item, so that a circle of such schemas ends.
    under_way: BTreeSet<SchemaId>,
    /// `None` while the type is being made.
    types: Vec<Option<TypeDef>>,
    coverage: Coverage,
    /// The types of values that patterns of names describe differently, by where these stand.
    values: BTreeMap<Place, Type>,
    /// What travels in a binary form and has been looked at, by its place.
    encoded: BTreeMap<Place, Type>,
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
        let components = component::components(document);
        let mut lowering = Self {
            schemas,
            config,
            event_names: events.iter().map(|event| event.name.as_str()).collect(),
            diagnostics,
            roots: Roots::new(
                &document.files,
                components.iter().map(|(key, id)| (schemas[*id].at.clone(), Root::Schema((*key).to_owned()))).collect(),
            ),
            made: BTreeMap::new(),
            joined: BTreeMap::new(),
            headers: headers(document),
            depth: 0,
            nested: 0,
            postponed: Vec::new(),
            joining: Vec::new(),
            under_way: BTreeSet::new(),
            types: Vec::new(),
            coverage: Coverage::default(),
            values: BTreeMap::new(),
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
    fn named_type(&mut self, place: &Place, name: &str) {
        let whole = self.schemas.at(place).map_or(place, |id| &self.schemas[id].at).clone();
        let root = self.roots.name(&whole, || Root::Named(name.to_owned()));
        self.roots.rename(place, root);
    }

    /// The type of a message's payload, made now if it stands inline.
    pub(super) fn payload(&mut self, id: SchemaId, message: &str, otherwise: Option<&str>) -> Type {
        self.root(id, || Root::Payload(message.to_owned()));
        if let Some(name) = otherwise {
            self.roots.also(&self.schemas[id].at, name);
        }
        if self.is_foreign(id) {
            return self.type_of(id);
        }
        let ty = self.value(id);
        if !self.is_new_type(id, &ty) {
            return ty;
        }
        self.reserve(id);
        self.component(id);
        self.value(id)
    }

    /// What a payload is that travels in a binary form.
    pub(super) fn encoded(&mut self, at: &Place, media_type: &str, why: &str) -> Type {
        if let Some(known) = self.encoded.get(at) {
            return known.clone();
        }
        let ty = if let Some(path) = self.config.encoded_type(at, media_type) {
            Type::Encoded(path.to_owned())
        } else {
            let message = format!("{why}, so the payload is bytes");
            let cure = "decode them in the handler, or name a type that does: `Config::map_schema_format`";
            self.diagnostics.push(Diagnostic::new(Severity::Warning, at, message).with_cure(cure));
            Type::Bytes
        };
        self.encoded.insert(at.clone(), ty.clone());
        ty
    }

    /// A mapping by pointer that meets no payload is a slip, or was left behind by a change of the document.
    fn mapped_payloads_exist(&self) {
        let is_met = |pointer: &str| self.encoded.keys().any(|at| at.pointer.as_str() == pointer);
        for pointer in self.config.encoded.keys().filter(|key| key.starts_with('/') && !is_met(key)) {
            let choice = self.config.choice("map_schema_format", pointer);
            let message =
                format!("`{pointer}` is mapped to a type, and no payload there is in another language than JSON");
            let place = Place { pointer: Pointer::parse(pointer).unwrap_or_default(), ..Place::root() };
            self.diagnostics.push(
                Diagnostic::of_choice(Severity::Error, &choice, &place, message)
                    .with_cure(format!("give `{choice}` the pointer of a payload or a component")),
            );
        }
    }

    /// Whether a schema's language is not read.
    pub(super) fn is_foreign(&self, id: SchemaId) -> bool {
        let definition = self.schemas.definition(id);
        definition.is_some_and(|id| matches!(self.schemas[id].kind, SchemaKind::Foreign(_)))
    }

    /// The type of a message's headers.
    pub(super) fn headers(&mut self, id: SchemaId, message: &str) -> Type {
        self.root(id, || Root::Headers(message.to_owned()));
        self.type_of(id)
    }

    /// Makes the type of a schema in a binding: an item in any case, because nothing else names it.
    pub(super) fn binding(&mut self, id: SchemaId, owner: &str, role: BindingRole) {
        self.root(id, || Root::Binding(owner.to_owned(), role));
        if !self.made.contains_key(&id) && self.replacement(id).is_none() {
            self.reserve(id);
            self.component(id);
        }
    }

    /// The type of a channel's parameter: a text, a number, or an enum.
    pub(super) fn parameter(&mut self, parameter: &document::Parameter, channel: &str) -> Type {
        let root = Root::Parameter(channel.to_owned(), parameter.key.clone());
        if !parameter.values.is_empty() {
            let at = parameter.at.join("enum");
            let values = parameter.values.iter().enumerate();
            let values = values.map(|(index, value)| EnumValue::of_text(at.join(&index.to_string()), value));
            let origin = self.roots.origin(root, parameter.at.clone(), Vec::new());
            return self.add(TypeDef {
                at: parameter.at.clone(),
                origin,
                docs: docs(&parameter.docs),
                shape: Shape::Enum(Enum {
                    members: Members::Texts(values.collect()),
                    listing: Listing::Enum,
                    default: None,
                }),
            });
        }
        let Some(id) = parameter.schema else { return Type::String };
        self.root(id, || root);
        let ty = self.type_of(id);
        let is_text = match &ty {
            Type::Named(id) => self.types[id.0].as_ref().is_some_and(|def| match &def.shape {
                Shape::Enum(listed) => matches!(listed.members, Members::Texts(_) | Members::Integers(..)),
                _ => false,
            }),
            ty => matches!(ty, Type::Integer(_) | Type::Boolean | Type::Double),
        };
        if is_text { ty } else { Type::String }
    }

    /// The union of the payloads of an operation with several messages.
    pub(super) fn operation(&mut self, at: &Place, id: &str, messages: &[Joined]) -> Type {
        let ids: Vec<SchemaId> = messages.iter().map(|message| message.schema).collect();
        let tag = union::tag(self.schemas, None, &ids);
        let mut order: Vec<usize> = (0..messages.len()).collect();
        if tag.is_none() {
            order.sort_by_key(|index| std::cmp::Reverse(union::demand(self.schemas, ids[*index])));
        }
        let variant = |index: usize| {
            let Joined { at, label, ty, .. } = messages[index].clone();
            let label = Label::plain(label);
            let tag_values = tag.as_ref().map_or_else(Vec::new, |(_, found)| found[index].tag_values.clone());
            Variant { at, label, ty, tag_values, kinds: Vec::new() }
        };
        let variants = order.into_iter().map(variant).collect();
        self.joined.insert(TypeId(self.types.len()), ids);
        self.add(TypeDef {
            at: at.clone(),
            origin: self.roots.origin(Root::Operation(id.to_owned()), at.clone(), Vec::new()),
            docs: Docs::default(),
            shape: Shape::Union(Union { variants, tag: tag.map(|(property, _)| property) }),
        })
    }

    /// The payloads of an operation of which some are no JSON.
    pub(super) fn mixed(&mut self, at: &Place, id: &str, variants: Vec<Variant>) -> Type {
        self.add(TypeDef {
            at: at.clone(),
            origin: self.roots.origin(Root::Operation(id.to_owned()), at.clone(), Vec::new()),
            docs: Docs::default(),
            shape: Shape::Mixed(variants),
        })
    }

    /// Every type that was made, how much of the schemas they say, and which schemas they were made of.
    pub(super) fn finish(self) -> (Types, Coverage, Made) {
        self.mapped_payloads_exist();
        let made = Made { by_schema: self.made, joined: self.joined };
        let mut types = Types(self.types.into_iter().flatten().collect());
        defaults::settle(&mut types);
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
            None => match self.without_item(id) {
                ty if self.is_new_type(id, &ty) => Shape::Newtype(ty),
                ty => Shape::Alias(ty),
            },
        };
        self.types[type_id.0] = Some(self.def(id, shape));
    }

    fn def(&self, id: SchemaId, shape: Shape) -> TypeDef {
        let at = self.schemas[id].at.clone();
        let docs = self.schemas.keywords(id).map(|keywords| docs(&keywords.docs)).unwrap_or_default();
        TypeDef { origin: origin::of(&at, &self.roots, self.schemas), at, docs, shape }
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
        if self.depth >= DEEPEST {
            return self.too_deep(id);
        }
        self.depth += 1;
        let ty = match &self.schemas[id].kind {
            SchemaKind::Keywords(keywords) if self.needs_item(keywords) => self.item(id, keywords),
            _ => self.without_item(id),
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
        if self.depth > DEEP {
            self.postponed.push(id);
        } else {
            let nested = std::mem::take(&mut self.nested);
            let shape = self.shape(keywords).unwrap_or(Shape::Alias(Type::Any));
            self.types[type_id.0] = Some(self.def(id, shape));
            self.nested = nested;
        }
        Type::Named(type_id)
    }

    fn make_postponed(&mut self) {
        while let Some(id) = self.postponed.pop() {
            self.depth += 1;
            self.component(id);
            self.depth -= 1;
        }
    }

    /// No stack holds schemas that are made inside each other without end.
    fn too_deep(&self, id: SchemaId) -> Type {
        let message = format!("schemas are nested more than {DEEPEST} deep here");
        let diagnostic = Diagnostic::new(Severity::Error, &self.schemas[id].at, message);
        self.diagnostics
            .push(diagnostic.with_cure("define some of them under `components.schemas`, and refer to those"));
        Type::Any
    }

    /// The type of a schema that has no item, or that an item's alias stands for.
    fn without_item(&mut self, id: SchemaId) -> Type {
        if !self.under_way.insert(id) {
            return Type::Any;
        }
        let schemas = self.schemas;
        let ty = match &schemas[id].kind {
            SchemaKind::Reference(target) if self.is_foreign(*target) => self.type_of(*target),
            SchemaKind::Reference(target) => self.value(*target),
            SchemaKind::Anything | SchemaKind::Nothing => Type::Any,
            SchemaKind::Foreign(media_type) => {
                let why = format!("schemas of `{media_type}` are not read");
                self.encoded(&schemas[id].at, media_type, &why)
            }
            SchemaKind::Keywords(keywords) if self.lists_the_events(keywords) => Type::EventName,
            SchemaKind::Keywords(keywords) => match merge::stands_for(schemas, keywords) {
                Some(target) => self.value(target),
                None => self.plain(&merge::flat(schemas, keywords)),
            },
        };
        self.under_way.remove(&id);
        if matches!(&schemas[id].kind, SchemaKind::Keywords(keywords) if keywords.say_something()) {
            self.coverage.count(ty != Type::Any);
        }
        ty
    }

    /// The type of a schema where nothing but the type can say that `null` is allowed.
    fn value(&mut self, id: SchemaId) -> Type {
        // Bytes have no place in JSON, so what is described in another language there may be anything.
        if self.is_foreign(id) {
            return Type::Any;
        }
        let ty = self.type_of(id);
        match ty {
            Type::Any | Type::Nullable(_) => ty,
            ty if self.nullable(id) => Type::Nullable(Box::new(ty)),
            ty => ty,
        }
    }

    /// The type of a schema that needs no item.
    fn plain(&mut self, merged: &Keywords) -> Type {
        if let Choice::Only(id) = self.union_of(merged) {
            return self.value(id);
        }
        match scalar::implied(merged) {
            Some(JsonType::Boolean) => Type::Boolean,
            Some(JsonType::Integer) => {
                scalar::mapped_number(merged, self.config).unwrap_or_else(|| scalar::integer(merged, self.config))
            }
            Some(JsonType::Number) => {
                scalar::mapped_number(merged, self.config).unwrap_or_else(|| scalar::number(merged, self.config))
            }
            Some(JsonType::String) => scalar::string(merged, self.config),
            Some(JsonType::Array | JsonType::Object) if self.nested >= MOST_NESTED => self.too_nested(merged),
            Some(JsonType::Array | JsonType::Object) => {
                self.nested += 1;
                let ty = self.holder(merged);
                self.nested -= 1;
                ty
            }
            None => Type::Any,
        }
    }

    /// A list, a tuple or a map, and what it holds.
    fn holder(&mut self, merged: &Keywords) -> Type {
        if scalar::implied(merged) == Some(JsonType::Object) {
            let value = match self.extra(merged) {
                Extra::Kept(value) => value,
                Extra::Dropped => Type::Any,
            };
            return match self.key_of(merged) {
                Some(key) => Type::Keyed(key, Box::new(value)),
                None => Type::Map(Box::new(value)),
            };
        }
        if tuples::is_tuple(merged) {
            return self.tuple(merged);
        }
        self.list(merged)
    }

    /// Nobody reads such types, and neither does rustc.
    fn too_nested(&self, merged: &Keywords) -> Type {
        let message = format!("lists and maps are nested more than {MOST_NESTED} deep here, so every value is allowed");
        let diagnostic = Diagnostic::new(Severity::Warning, &merged.at, message);
        self.diagnostics.push(diagnostic.with_cure("give what they hold a name: an object with properties"));
        Type::Any
    }

    /// Whether the enum is the set of the events' names, in any order.
    fn lists_the_events(&self, keywords: &Keywords) -> bool {
        let Some(values) = &keywords.values else { return false };
        values.len() == self.event_names.len()
            && !values.is_empty()
            && values.iter().all(|value| text(value).is_some_and(|text| self.event_names.contains(text.as_str())))
    }

    fn nullable(&self, id: SchemaId) -> bool {
        let Some(keywords) = self.schemas.keywords(id) else { return false };
        let all = [union::listed(self.schemas, keywords), keywords.any_of.clone()].concat();
        let mut listed = all.into_iter();
        keywords.nullable
            || keywords.values.iter().flatten().any(|value| *value == Value::Null)
            || listed.any(|id| union::is_null(self.schemas, id))
    }
}

/// The schemas that headers are described by.
fn headers(document: &Document) -> BTreeSet<Place> {
    let described = document.messages.iter().filter_map(|message| document.schemas.definition(message.headers?));
    described.map(|id| document.schemas[id].at.clone()).collect()
}
/// So many lists and maps may stand inside each other.
const MOST_NESTED: usize = 16;

/// From this depth on, a type of its own is made after the others.
const DEEP: usize = 40;

/// No chain of other names for a schema is longer, unless somebody means it.
const DEEPEST: usize = 160;

/// A message that is joined with others.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) at: Place,
    pub(super) label: String,
    pub(super) schema: SchemaId,
    pub(super) ty: Type,
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn is_nothing(schemas: &Schemas, id: SchemaId) -> bool {
    matches!(schemas[id].kind, SchemaKind::Nothing)
}
