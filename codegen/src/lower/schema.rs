//! Schemas become types: those with a shape of their own become items, the others stand where they are used.

use std::collections::BTreeMap;

use super::docs;
use crate::config::{Config, Extent};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Document, JsonType, Keywords, Pointer, SchemaId, SchemaKind};
use crate::ir::{
    EnumValue, Event, External, Extra, Field, Origin, Presence, Root, Shape, Step, Struct, Type, TypeDef, TypeId,
    Types, Width,
};

/// The types made so far.
pub(super) struct Lowering<'a> {
    document: &'a Document,
    config: &'a Config,
    events: &'a [Event],
    diagnostics: &'a Diagnostics,
    /// Where a name comes from: the place of each component and each inline payload.
    roots: BTreeMap<Pointer, Root>,
    made: BTreeMap<SchemaId, TypeId>,
    /// `None` while the type is being made.
    types: Vec<Option<TypeDef>>,
}

impl<'a> Lowering<'a> {
    /// Makes the types of all components.
    pub(super) fn new(
        document: &'a Document,
        config: &'a Config,
        events: &'a [Event],
        diagnostics: &'a Diagnostics,
    ) -> Self {
        let components = document.components.iter();
        let roots = components.map(|(key, id)| (document.schemas[*id].at.clone(), Root::Schema(key.clone()))).collect();
        let mut lowering =
            Self { document, config, events, diagnostics, roots, made: BTreeMap::new(), types: Vec::new() };
        for (_, id) in &document.components {
            lowering.made.insert(*id, TypeId(lowering.types.len()));
            lowering.types.push(None);
        }
        for (_, id) in &document.components {
            lowering.component(*id);
        }
        lowering
    }

    /// The type of a message's payload, made now if it stands inline.
    pub(super) fn payload(&mut self, id: SchemaId, message: &str) -> Type {
        let at = self.document.schemas[id].at.clone();
        self.roots.entry(at).or_insert_with(|| Root::Payload(message.to_owned()));
        self.type_of(id)
    }

    /// Every type that was made.
    pub(super) fn finish(self) -> Types {
        Types(self.types.into_iter().flatten().collect())
    }

    fn component(&mut self, id: SchemaId) {
        let Some(type_id) = self.made.get(&id).copied() else { return };
        let shape = match &self.document.schemas[id].kind {
            SchemaKind::Keywords(keywords) => self.shape(keywords),
            _ => None,
        };
        let shape = match shape {
            Some(shape) => shape,
            None => Shape::Alias(self.alias_target(id)),
        };
        self.types[type_id.0] = Some(self.def(id, shape));
    }

    /// What a component without a shape of its own stands for.
    fn alias_target(&mut self, id: SchemaId) -> Type {
        match &self.document.schemas[id].kind {
            SchemaKind::Keywords(keywords) if self.lists_the_events(keywords) => Type::EventName,
            SchemaKind::Keywords(keywords) => self.plain(keywords),
            SchemaKind::Reference(target) => self.value(*target),
            SchemaKind::Anything | SchemaKind::Nothing => self.anything(id),
        }
    }

    fn def(&self, id: SchemaId, shape: Shape) -> TypeDef {
        let schema = &self.document.schemas[id];
        let docs = match &schema.kind {
            SchemaKind::Keywords(keywords) => docs(&keywords.docs),
            _ => crate::ir::Docs::default(),
        };
        TypeDef { at: schema.at.clone(), origin: self.origin(&schema.at), docs, shape }
    }

    /// The type of a schema where it is used, its own item made now if it needs one.
    fn type_of(&mut self, id: SchemaId) -> Type {
        if let Some(type_id) = self.made.get(&id) {
            return Type::Named(*type_id);
        }
        match &self.document.schemas[id].kind {
            SchemaKind::Reference(target) => self.type_of(*target),
            SchemaKind::Anything | SchemaKind::Nothing => self.anything(id),
            SchemaKind::Keywords(keywords) if self.lists_the_events(keywords) => Type::EventName,
            SchemaKind::Keywords(keywords) if self.has_shape(keywords) => {
                let type_id = TypeId(self.types.len());
                self.made.insert(id, type_id);
                self.types.push(None);
                if let Some(shape) = self.shape(keywords) {
                    self.types[type_id.0] = Some(self.def(id, shape));
                }
                Type::Named(type_id)
            }
            SchemaKind::Keywords(keywords) => self.plain(keywords),
        }
    }

    /// The type of a schema where nothing but the type can say that `null` is allowed.
    fn value(&mut self, id: SchemaId) -> Type {
        let ty = self.type_of(id);
        if self.nullable(id) && ty != Type::Any { Type::Nullable(Box::new(ty)) } else { ty }
    }

    fn anything(&self, id: SchemaId) -> Type {
        let schema = &self.document.schemas[id];
        if matches!(schema.kind, SchemaKind::Nothing) {
            self.diagnostics.push(
                Diagnostic::new(
                    Severity::Error,
                    &schema.at,
                    "`false`, which allows no value, is not supported yet here",
                )
                .with_cure("leave the schema out"),
            );
        }
        Type::Any
    }

    /// The item that a schema needs, where it needs one.
    fn shape(&mut self, keywords: &'a Keywords) -> Option<Shape> {
        if !self.has_shape(keywords) || self.lists_the_events(keywords) {
            return None;
        }
        match &keywords.values {
            Some(_) => Some(Shape::Enum(enum_values(keywords))),
            None => Some(Shape::Struct(self.object(keywords))),
        }
    }

    fn object(&mut self, keywords: &'a Keywords) -> Struct {
        let declared = keywords.properties.iter();
        let mut fields: Vec<Field> = declared.map(|(name, id)| self.field(keywords, name, *id)).collect();
        for name in &keywords.required {
            if !fields.iter().any(|field| field.name == *name) {
                let at = keywords.at.join("required");
                let presence = Presence::Required;
                fields.push(Field {
                    at,
                    name: name.clone(),
                    docs: crate::ir::Docs::default(),
                    ty: Type::Any,
                    presence,
                });
            }
        }
        let extra = match keywords.additional {
            Some(id) if !self.is_sealed(keywords) => Extra::Kept(self.value(id)),
            _ => Extra::Dropped,
        };
        Struct { fields, extra }
    }

    fn field(&mut self, owner: &Keywords, name: &str, id: SchemaId) -> Field {
        let ty = self.type_of(id);
        let nullable = ty != Type::Any && self.nullable(id);
        let presence = match (owner.required.iter().any(|required| required == name), nullable) {
            (true, false) => Presence::Required,
            (true, true) => Presence::RequiredNullable,
            (false, false) => Presence::Optional,
            (false, true) => Presence::OptionalNullable,
        };
        Field {
            at: self.document.schemas[id].at.clone(),
            name: name.to_owned(),
            docs: self.field_docs(id),
            ty,
            presence,
        }
    }

    /// The property's own words, or the first sentence of the schema that it refers to.
    fn field_docs(&self, id: SchemaId) -> crate::ir::Docs {
        let own = &self.document.schemas[id].kind;
        let target = self.definition(id).map(|id| &self.document.schemas[id].kind);
        match (own, target) {
            (SchemaKind::Keywords(keywords), _) => docs(&keywords.docs),
            (_, Some(SchemaKind::Keywords(keywords))) => {
                let mut borrowed = docs(&keywords.docs);
                borrowed.description = borrowed.description.map(|text| first_sentence(&text).to_owned());
                borrowed
            }
            _ => crate::ir::Docs::default(),
        }
    }

    /// The type of a schema that needs no item.
    fn plain(&mut self, keywords: &Keywords) -> Type {
        match implied_type(keywords) {
            Some(JsonType::Boolean) => Type::Boolean,
            Some(JsonType::Integer) => Type::Integer(width(keywords)),
            Some(JsonType::Number) if keywords.format.as_deref() == Some("float") => Type::Single,
            Some(JsonType::Number) => Type::Double,
            Some(JsonType::String) => self.string(keywords),
            Some(JsonType::Array) => {
                let item = keywords.items.map_or(Type::Any, |id| self.value(id));
                Type::List(Box::new(item))
            }
            Some(JsonType::Object) => {
                let value = keywords.additional.map_or(Type::Any, |id| self.value(id));
                Type::Map(Box::new(value))
            }
            None => Type::Any,
        }
    }

    fn string(&self, keywords: &Keywords) -> Type {
        let Some(format) = keywords.format.as_deref() else { return Type::String };
        if let Some(path) = self.config.formats.get(format) {
            return if path == "String" { Type::String } else { Type::External(External::Path(path.clone())) };
        }
        match (self.config.extent, format) {
            (Extent::Everything, "date-time") => Type::External(External::DateTime),
            (Extent::Everything, "date") => Type::External(External::Date),
            (Extent::Everything, "uuid") => Type::External(External::Uuid),
            _ => Type::String,
        }
    }

    /// Whether the enum is the set of the events' names, in any order.
    fn lists_the_events(&self, keywords: &Keywords) -> bool {
        let Some(values) = &keywords.values else { return false };
        values.len() == self.events.len()
            && !values.is_empty()
            && values.iter().all(|value| self.events.iter().any(|event| event.name == *value))
    }

    /// Whether a schema becomes an item: an enum, or an object of which more is known than its values.
    fn has_shape(&self, keywords: &Keywords) -> bool {
        let is_map = keywords.properties.is_empty() && keywords.required.is_empty() && !self.is_sealed(keywords);
        keywords.values.is_some() || (implied_type(keywords) == Some(JsonType::Object) && !is_map)
    }

    /// Whether no property may stand beside those that are named.
    fn is_sealed(&self, keywords: &Keywords) -> bool {
        keywords.additional.is_some_and(|id| matches!(self.document.schemas[id].kind, SchemaKind::Nothing))
    }

    fn nullable(&self, id: SchemaId) -> bool {
        match self.definition(id).map(|id| &self.document.schemas[id].kind) {
            Some(SchemaKind::Keywords(keywords)) => keywords.nullable,
            _ => false,
        }
    }

    fn definition(&self, id: SchemaId) -> Option<SchemaId> {
        self.document.schemas.definition(id)
    }

    /// What an item is called after: the nearest place with a name of its own, and the steps from there.
    fn origin(&self, at: &Pointer) -> Origin {
        let steps: Vec<String> = at.steps().collect();
        let mut root = Pointer::root();
        let mut origin = Origin { root: Root::Schema(steps.last().cloned().unwrap_or_default()), steps: Vec::new() };
        for (index, step) in steps.iter().enumerate() {
            root = root.join(step);
            if let Some(found) = self.roots.get(&root) {
                origin = Origin { root: found.clone(), steps: inner_steps(&steps[index + 1..]) };
            }
        }
        origin
    }
}

fn enum_values(keywords: &Keywords) -> Vec<EnumValue> {
    let at = keywords.at.join("enum");
    let values = keywords.values.iter().flatten().enumerate();
    values.map(|(index, value)| EnumValue { at: at.join(&index.to_string()), value: value.clone() }).collect()
}

/// The steps of a pointer inside a schema: each keyword takes the name that follows it, if any.
fn inner_steps(steps: &[String]) -> Vec<Step> {
    let mut inner = Vec::new();
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        inner.push(match step.as_str() {
            "items" => Step::Item,
            "additionalProperties" => Step::Value,
            _ => Step::Property(steps.next().unwrap_or(step).clone()),
        });
    }
    inner
}

/// The type that is named, or the one that the other keywords speak of.
fn implied_type(keywords: &Keywords) -> Option<JsonType> {
    let named = keywords.types.first().copied();
    let implied = || {
        if !keywords.properties.is_empty() || keywords.additional.is_some() {
            Some(JsonType::Object)
        } else if keywords.items.is_some() {
            Some(JsonType::Array)
        } else {
            None
        }
    };
    named.or_else(implied)
}

/// `i64`, unless the format names a width or the bounds fit one.
fn width(keywords: &Keywords) -> Width {
    match (keywords.format.as_deref(), keywords.bounds) {
        (Some("int8"), _) => Width::I8,
        (Some("int16"), _) => Width::I16,
        (Some("int32"), _) => Width::I32,
        (Some("uint8"), _) => Width::U8,
        (Some("uint16"), _) => Width::U16,
        (Some("uint32"), _) => Width::U32,
        (Some("uint64"), _) => Width::U64,
        (_, (Some(least), Some(greatest))) if least >= 0 => unsigned_width(greatest),
        (_, (Some(least), None)) if least >= 0 => Width::U64,
        (_, (least, greatest)) => {
            let beyond = |bound: Option<i128>| bound.is_some_and(|bound| i64::try_from(bound).is_err());
            if beyond(least) || beyond(greatest) { Width::I128 } else { Width::I64 }
        }
    }
}

fn unsigned_width(greatest: i128) -> Width {
    let fits = |most: u64| greatest <= i128::from(most);
    let widths = [
        (u64::from(u8::MAX), Width::U8),
        (u64::from(u16::MAX), Width::U16),
        (u64::from(u32::MAX), Width::U32),
        (u64::MAX, Width::U64),
    ];
    widths.into_iter().find(|(most, _)| fits(*most)).map_or(Width::I128, |(_, width)| width)
}

/// Up to the first full stop that ends a sentence, or to the end of the paragraph.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    match paragraph.find(". ") {
        Some(end) => &paragraph[..=end],
        None => paragraph,
    }
}
