//! Schemas become types: those with a shape of their own become items, the others stand where they are used.

use std::collections::{BTreeMap, BTreeSet};

use super::union::Alternative;
use super::{docs, merge, origin, scalar, union};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{
    self, BindingRole, Document, JsonType, Keywords, Place, Pointer, SchemaId, SchemaKind, Schemas, Value,
};
use crate::ir::{
    Coverage, Docs, EnumValue, Event, Extra, Field, Origin, Presence, Root, Shape, Struct, Type, TypeDef, TypeId,
    Types, Union, Variant,
};

/// The types made so far.
pub(super) struct Lowering<'a> {
    schemas: &'a Schemas,
    config: &'a Config,
    event_names: BTreeSet<&'a str>,
    diagnostics: &'a Diagnostics,
    /// Where a name comes from: the place of each component, payload, headers and parameter.
    roots: BTreeMap<Place, Root>,
    made: BTreeMap<SchemaId, TypeId>,
    /// What is being resolved without an item, so that a circle of such schemas ends.
    under_way: BTreeSet<SchemaId>,
    /// `None` while the type is being made.
    types: Vec<Option<TypeDef>>,
    coverage: Coverage,
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
        let components = document.components.iter();
        let mut lowering = Self {
            schemas,
            config,
            event_names: events.iter().map(|event| event.name.as_str()).collect(),
            diagnostics,
            roots: components.map(|(key, id)| (schemas[*id].at.clone(), Root::Schema(key.clone()))).collect(),
            made: BTreeMap::new(),
            under_way: BTreeSet::new(),
            types: Vec::new(),
            coverage: Coverage::default(),
            encoded: BTreeMap::new(),
        };
        for (place, name) in schemas.named_types() {
            lowering.named_type(place, name);
        }
        for (_, id) in &document.components {
            lowering.reserve(*id);
        }
        for (_, id) in &document.components {
            lowering.component(*id);
        }
        lowering
    }

    /// A type that its own language names is called so, unless it is a component, whose key comes first.
    fn named_type(&mut self, place: &Place, name: &str) {
        let whole = self.schemas.at(place).map_or(place, |id| &self.schemas[id].at).clone();
        let root = self.roots.entry(whole).or_insert_with(|| Root::Named(name.to_owned())).clone();
        self.roots.insert(place.clone(), root);
    }

    /// The type of a message's payload, made now if it stands inline.
    pub(super) fn payload(&mut self, id: SchemaId, message: &str) -> Type {
        self.root(id, || Root::Payload(message.to_owned()));
        if self.is_foreign(id) { self.type_of(id) } else { self.value(id) }
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
            let message =
                format!("`{pointer}` is mapped to a type, and no payload there is in another language than JSON");
            let place = Place { pointer: Pointer::parse(pointer).unwrap_or_default(), ..Place::root() };
            self.diagnostics.push(
                Diagnostic::new(Severity::Error, &place, message)
                    .with_cure("give `Config::map_schema_format` the pointer of a payload or a component"),
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
        if !self.made.contains_key(&id) {
            self.reserve(id);
            self.component(id);
        }
    }

    /// The type of a channel's parameter: a text, a number, or an enum.
    pub(super) fn parameter(&mut self, parameter: &document::Parameter, channel: &str) -> Type {
        let root = Root::Parameter(channel.to_owned(), parameter.key.clone());
        if !parameter.values.is_empty() {
            let at = parameter.at.join("enum");
            let origin = Origin { root, steps: Vec::new() };
            return self.add(TypeDef {
                at: parameter.at.clone(),
                origin,
                docs: docs(&parameter.docs),
                shape: Shape::Enum(enum_values(&at, parameter.values.iter().map(String::as_str))),
            });
        }
        let Some(id) = parameter.schema else { return Type::String };
        self.root(id, || root);
        let ty = self.type_of(id);
        let is_text = match &ty {
            Type::Named(id) => self.types[id.0].as_ref().is_some_and(|def| matches!(def.shape, Shape::Enum(_))),
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
            let tag_values = tag.as_ref().map_or_else(Vec::new, |(_, found)| found[index].tag_values.clone());
            Variant { at, label, ty, tag_values }
        };
        let variants = order.into_iter().map(variant).collect();
        self.add(TypeDef {
            at: at.clone(),
            origin: Origin { root: Root::Operation(id.to_owned()), steps: Vec::new() },
            docs: Docs::default(),
            shape: Shape::Union(Union { variants, tag: tag.map(|(property, _)| property) }),
        })
    }

    /// Every type that was made, and how much of the schemas they say.
    pub(super) fn finish(self) -> (Types, Coverage) {
        self.mapped_payloads_exist();
        (Types(self.types.into_iter().flatten().collect()), self.coverage)
    }

    fn root(&mut self, id: SchemaId, root: impl FnOnce() -> Root) {
        self.roots.entry(self.schemas[id].at.clone()).or_insert_with(root);
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
            None => Shape::Alias(self.without_item(id)),
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
        if let Some(type_id) = self.made.get(&id) {
            return Type::Named(*type_id);
        }
        if let SchemaKind::Keywords(keywords) = &self.schemas[id].kind
            && self.needs_item(keywords)
        {
            let type_id = self.reserve(id);
            let shape = self.shape(keywords).unwrap_or(Shape::Alias(Type::Any));
            self.types[type_id.0] = Some(self.def(id, shape));
            return Type::Named(type_id);
        }
        self.without_item(id)
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
            SchemaKind::Keywords(keywords) => match merge::stands_for(keywords) {
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

    /// Whether a schema becomes an item: an enum, an object of which more is known than its values, or a union.
    fn needs_item(&self, keywords: &Keywords) -> bool {
        if self.lists_the_events(keywords) || merge::stands_for(keywords).is_some() {
            return false;
        }
        let merged = merge::flat(self.schemas, keywords);
        self.strings(&merged).is_some()
            || !matches!(self.union_of(&merged), Choice::None | Choice::Only(_))
            || merged.types.len() > 1 && scalar::implied(&merged).is_none()
            || is_struct(self.schemas, &merged)
    }

    /// The item that a schema needs, where it needs one.
    fn shape(&mut self, keywords: &'a Keywords) -> Option<Shape> {
        if !self.needs_item(keywords) {
            return None;
        }
        let merged = merge::flat(self.schemas, keywords);
        Some(self.shape_of(&merged))
    }

    fn shape_of(&mut self, merged: &Keywords) -> Shape {
        self.coverage.count(true);
        if let Some(strings) = self.strings(merged) {
            return Shape::Enum(enum_values(&merged.values_at(), strings.iter().map(String::as_str)));
        }
        if let Choice::Among(alternatives) = self.union_of(merged) {
            return Shape::Union(self.union(merged, &alternatives));
        }
        if merged.types.len() > 1 && scalar::implied(merged).is_none() {
            return Shape::Union(self.type_list(merged));
        }
        Shape::Struct(self.object(merged))
    }

    /// The strings of an enum that has no others; an enum that is spread over a union counts as one.
    fn strings(&self, merged: &Keywords) -> Option<Vec<String>> {
        if let Some(values) = &merged.values {
            let is_text = merged.types.is_empty() || merged.types == [JsonType::String];
            let texts = values.iter().filter(|value| **value != Value::Null).map(text);
            return texts.collect::<Option<Vec<String>>>().filter(|texts| is_text && !texts.is_empty());
        }
        let alternatives = union::alternatives(self.schemas, merged);
        if alternatives.len() < 2 {
            return None;
        }
        let mut strings: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        for id in alternatives {
            let part = merge::flat_of(self.schemas, id)?;
            if self.made.contains_key(&self.schemas.definition(id)?) {
                return None;
            }
            let values = part.values.as_ref()?;
            let texts = values.iter().map(text).collect::<Option<Vec<String>>>()?;
            strings.extend(texts.into_iter().filter(|text| seen.insert(text.clone())));
        }
        Some(strings)
    }

    fn union_of(&self, merged: &Keywords) -> Choice {
        let alternatives = union::alternatives(self.schemas, merged);
        let shapes_itself = !merged.properties.is_empty();
        let alternatives_shape = |id: &SchemaId| {
            merge::flat_of(self.schemas, *id).is_none_or(|part| {
                !part.properties.is_empty()
                    || !part.types.is_empty()
                    || !part.one_of.is_empty()
                    || !part.any_of.is_empty()
            })
        };
        match alternatives[..] {
            [] => Choice::None,
            // Alternatives that only say more about properties that are there already leave the object as it is.
            _ if shapes_itself && !alternatives.iter().all(alternatives_shape) => Choice::None,
            [only] if !shapes_itself => Choice::Only(only),
            _ => Choice::Among(alternatives),
        }
    }

    fn union(&mut self, merged: &Keywords, alternatives: &[SchemaId]) -> Union {
        let base = Keywords { one_of: Vec::new(), any_of: Vec::new(), ..merged.clone() };
        let shares = !base.properties.is_empty();
        let tag = union::tag(self.schemas, Some(merged), alternatives);
        let untold = || alternatives.iter().map(|id| Alternative { id: *id, tag_values: Vec::new() }).collect();
        let (tag, mut found): (_, Vec<Alternative>) =
            tag.map_or_else(|| (None, untold()), |(property, found)| (Some(property), found));
        if tag.is_none() {
            found.sort_by_key(|alternative| std::cmp::Reverse(union::demand(self.schemas, alternative.id)));
        }
        let mut variants: Vec<Variant> = Vec::new();
        let mut seen = BTreeSet::new();
        for Alternative { id, tag_values } in found {
            let label = union::label(self.schemas, id);
            let ty = if shares { self.joined(&base, id) } else { self.value(id) };
            // Without a tag, a second alternative of the same type can never be meant.
            if seen.insert(ty.clone()) || tag.is_some() {
                variants.push(Variant { at: self.schemas[id].at.clone(), label, ty, tag_values });
            }
        }
        Union { variants, tag }
    }

    /// The type of an alternative together with what all alternatives share.
    fn joined(&mut self, base: &Keywords, id: SchemaId) -> Type {
        let Some(part) = merge::flat_of(self.schemas, id) else { return Type::Any };
        let mut joined = merge::joined(self.schemas, base, part);
        joined.at = self.schemas[id].at.clone();
        let origin = origin::of(&joined.at, &self.roots, self.schemas);
        let (at, docs) = (joined.at.clone(), docs(&joined.docs));
        let type_id = TypeId(self.types.len());
        self.types.push(None);
        let shape = self.shape_of(&joined);
        self.types[type_id.0] = Some(TypeDef { at, origin, docs, shape });
        Type::Named(type_id)
    }

    /// `type: [string, integer]`: one alternative a type.
    fn type_list(&mut self, merged: &Keywords) -> Union {
        let mut types = merged.types.clone();
        // A whole number is a number, and what is neither is tried first.
        types.sort_unstable();
        let variants = types.into_iter().map(|json_type| {
            let part = Keywords { types: vec![json_type], values: None, ..merged.clone() };
            let label = match json_type {
                JsonType::Boolean => "Boolean",
                JsonType::Integer => "Integer",
                JsonType::Number => "Number",
                JsonType::String => "String",
                JsonType::Array => "List",
                JsonType::Object => "Object",
            };
            let ty = match json_type {
                JsonType::Object if is_struct(self.schemas, &part) => self.inner_object(&part),
                _ => self.plain(&part),
            };
            Variant { at: merged.at.join("type"), label: label.to_owned(), ty, tag_values: Vec::new() }
        });
        Union { variants: variants.collect(), tag: None }
    }

    fn inner_object(&mut self, part: &Keywords) -> Type {
        let mut origin = origin::of(&part.at, &self.roots, self.schemas);
        origin.steps.push(crate::ir::Step::Variant("Object".to_owned()));
        let shape = Shape::Struct(self.object(part));
        self.add(TypeDef { at: part.at.join("type"), origin, docs: docs(&part.docs), shape })
    }

    fn object(&mut self, keywords: &Keywords) -> Struct {
        let required: BTreeSet<&str> = keywords.required.iter().map(String::as_str).collect();
        let declared = keywords.properties.iter();
        let mut fields: Vec<Field> = declared
            .map(|(name, id)| {
                let mut field = self.field(name, *id, required.contains(name.as_str()));
                let means_null = keywords.absent_is_null.contains(name);
                let nullable = matches!(field.presence, Presence::OptionalNullable | Presence::RequiredNullable);
                if means_null && nullable {
                    field.presence = Presence::NullOrAbsent;
                }
                field
            })
            .collect();
        let known: BTreeSet<&str> = keywords.properties.iter().map(|(name, _)| name.as_str()).collect();
        for name in &keywords.required {
            if !known.contains(name.as_str()) {
                let at = keywords.at.join("properties").join(name);
                let presence = Presence::Required;
                fields.push(Field { at, name: name.clone(), docs: Docs::default(), ty: Type::Any, presence });
            }
        }
        Struct { fields, extra: self.extra(keywords) }
    }

    /// What becomes of properties that are not named.
    fn extra(&mut self, keywords: &Keywords) -> Extra {
        let additional = keywords.additional.filter(|id| !is_nothing(self.schemas, *id));
        match (additional, &keywords.pattern_properties[..]) {
            (None, []) => Extra::Dropped,
            (Some(id), []) => Extra::Kept(self.value(id)),
            (None, [(_, id)]) if keywords.additional.is_some() => Extra::Kept(self.value(*id)),
            _ => Extra::Kept(Type::Any),
        }
    }

    fn field(&mut self, name: &str, id: SchemaId, is_required: bool) -> Field {
        let (ty, nullable) = match self.value(id) {
            Type::Nullable(inner) => (*inner, true),
            ty => (ty, false),
        };
        let presence = match (is_required, nullable) {
            (true, false) => Presence::Required,
            (true, true) => Presence::RequiredNullable,
            (false, false) => Presence::Optional,
            (false, true) => Presence::OptionalNullable,
        };
        Field { at: self.schemas[id].at.clone(), name: name.to_owned(), docs: self.field_docs(id), ty, presence }
    }

    /// The property's own words, or the first sentence of the schema that it refers to.
    fn field_docs(&self, id: SchemaId) -> Docs {
        let own = match &self.schemas[id].kind {
            SchemaKind::Keywords(keywords) => docs(&keywords.docs),
            _ => Docs::default(),
        };
        if own.summary.is_some() || own.description.is_some() {
            return own;
        }
        let target = match &self.schemas[id].kind {
            SchemaKind::Keywords(keywords) => merge::stands_for(keywords).unwrap_or(id),
            _ => id,
        };
        let borrowed = self.schemas.keywords(target).map(|keywords| docs(&keywords.docs)).unwrap_or_default();
        let description = borrowed.description.map(|text| first_sentence(&text).to_owned());
        Docs { description, deprecated: own.deprecated, ..borrowed }
    }

    /// The type of a schema that needs no item.
    fn plain(&mut self, merged: &Keywords) -> Type {
        if let Choice::Only(id) = self.union_of(merged) {
            return self.value(id);
        }
        match scalar::implied(merged) {
            Some(JsonType::Boolean) => Type::Boolean,
            Some(JsonType::Integer) => scalar::logical(merged, self.config).unwrap_or_else(|| scalar::integer(merged)),
            Some(JsonType::Number) => scalar::number(merged),
            Some(JsonType::String) => scalar::string(merged, self.config),
            Some(JsonType::Array) if is_tuple(merged) => {
                Type::Tuple(merged.tuple.iter().map(|id| self.value(*id)).collect())
            }
            Some(JsonType::Array) => {
                let item = merged.items.map_or(Type::Any, |id| self.value(id));
                Type::List(Box::new(item))
            }
            Some(JsonType::Object) => {
                let value = match self.extra(merged) {
                    Extra::Kept(value) => value,
                    Extra::Dropped => Type::Any,
                };
                Type::Map(Box::new(value))
            }
            None => Type::Any,
        }
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
        let listed = keywords.one_of.iter().chain(&keywords.any_of);
        keywords.nullable
            || keywords.values.iter().flatten().any(|value| *value == Value::Null)
            || listed.clone().any(|id| union::is_null(self.schemas, *id))
    }
}

/// A message that is joined with others.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) at: Place,
    pub(super) label: String,
    pub(super) schema: SchemaId,
    pub(super) ty: Type,
}

/// What a schema's alternatives come to.
enum Choice {
    None,
    /// One alternative beside `null` is no union.
    Only(SchemaId),
    Among(Vec<SchemaId>),
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn enum_values<'a>(at: &Place, values: impl Iterator<Item = &'a str>) -> Vec<EnumValue> {
    let place = |index: usize| at.join(&index.to_string());
    values.enumerate().map(|(index, value)| EnumValue { at: place(index), value: value.to_owned() }).collect()
}

/// Whether an object has more to it than a type for all its values.
fn is_struct(schemas: &Schemas, merged: &Keywords) -> bool {
    let has_names = !merged.properties.is_empty() || !merged.required.is_empty();
    let is_empty = merged.additional.is_some_and(|id| is_nothing(schemas, id)) && merged.pattern_properties.is_empty();
    scalar::implied(merged) == Some(JsonType::Object) && (has_names || is_empty)
}

/// Whether a list has just as many items as its tuple has schemas.
fn is_tuple(merged: &Keywords) -> bool {
    let count = i128::try_from(merged.tuple.len()).ok();
    let (fewest, most) = merged.length;
    (1..=MOST_IN_TUPLE).contains(&merged.tuple.len()) && fewest >= count && (!merged.is_open_tuple || most == count)
}

/// serde reads tuples up to this length.
const MOST_IN_TUPLE: usize = 16;

fn is_nothing(schemas: &Schemas, id: SchemaId) -> bool {
    matches!(schemas[id].kind, SchemaKind::Nothing)
}

/// Up to the first full stop that ends a sentence, or to the end of the paragraph.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    match paragraph.find(". ") {
        Some(end) => &paragraph[..=end],
        None => paragraph,
    }
}
