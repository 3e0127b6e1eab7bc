//! What an API has types made for: payloads, headers, bindings, parameters, and operations of several messages.

use std::collections::BTreeSet;

use super::super::{docs, union};
use super::Lowering;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document;
use crate::document::{JsonType, Keywords, SchemaId, SchemaKind};
use crate::ir::{
    BindingSchema, Docs, Enum, EnumValue, ItemKind, Label, Members, Openness, Root, Type, TypeDef, TypeId, Union,
    Variant,
};
use crate::location::{Location, Pointer};

/// A message that is joined with others.
#[derive(Clone, Debug)]
pub(in crate::lower) struct UnionMessage {
    pub(in crate::lower) at: Location,
    pub(in crate::lower) label: String,
    /// None of a message of which nothing is said.
    pub(in crate::lower) schema: Option<SchemaId>,
    pub(in crate::lower) ty: Type,
}

impl Lowering<'_> {
    /// The type of a message's payload, made now if it stands inline.
    pub(in crate::lower) fn payload(&mut self, id: SchemaId, message: &str, otherwise: Option<&str>) -> Type {
        self.root(id, || Root::Payload(message.to_owned()));
        if let Some(name) = otherwise {
            self.roots.also(&self.schemas[id].at, name);
        }
        if self.is_non_json_schema(id) {
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

    /// Whether the document says itself that a payload is bytes, and no type is chosen for them.
    pub(in crate::lower) fn is_bytes(&self, id: SchemaId, at: &Location, media_type: &str) -> bool {
        let is_binary =
            |keywords: &Keywords| keywords.types == [JsonType::String] && keywords.format.as_deref() == Some("binary");
        self.schemas.keywords(id).is_some_and(is_binary) && self.config.schema_format_type(at, media_type).is_none()
    }

    /// What a payload is that travels in a binary form.
    pub(in crate::lower) fn encoded(&mut self, at: &Location, media_type: &str, why: &str) -> Type {
        if let Some(known) = self.encoded.get(at) {
            return known.clone();
        }
        let ty = if let Some(path) = self.config.schema_format_type(at, media_type) {
            Type::Encoded(path.to_owned())
        } else {
            let message = format!("{why}, so the payload is bytes");
            let diagnostic = Diagnostic::new(Severity::Warning, at, message);
            let diagnostic = diagnostic.with_help("decode them in the handler, or name a type that does");
            self.diagnostics.push(diagnostic.with_option("map_schema_format", &[]));
            Type::Bytes
        };
        self.encoded.insert(at.clone(), ty.clone());
        ty
    }

    /// A mapping by pointer that meets no payload is a slip, or was left behind by a change of the document.
    pub(super) fn mapped_payloads_exist(&self) {
        let is_met = |pointer: &str| self.encoded.keys().any(|at| at.pointer.as_str() == pointer);
        for pointer in self.config.schema_format_types.keys().filter(|key| key.starts_with('/') && !is_met(key)) {
            let choice = self.config.option_site("map_schema_format", pointer);
            let message =
                format!("`{pointer}` is mapped to a type, and no payload there is in another language than JSON");
            let place = Location { pointer: Pointer::parse(pointer).unwrap_or_default(), ..Location::root() };
            self.diagnostics.push(
                Diagnostic::at_option(Severity::Error, &choice, &place, message)
                    .with_help(format!("give `{choice}` the pointer of a payload or a component")),
            );
        }
    }

    /// Whether a type is a text and nothing more, by whatever names it goes.
    pub(in crate::lower) fn is_text(&self, ty: &Type) -> bool {
        let (mut ty, mut seen) = (ty, BTreeSet::new());
        while let Type::Named(id) = ty {
            match self.types[id.0].as_ref().map(|def| &def.shape) {
                Some(ItemKind::Alias(target) | ItemKind::Newtype(target)) if seen.insert(*id) => ty = target,
                _ => return false,
            }
        }
        *ty == Type::String
    }

    /// Whether a schema's language is not read.
    pub(in crate::lower) fn is_non_json_schema(&self, id: SchemaId) -> bool {
        let definition = self.schemas.definition(id);
        definition.is_some_and(|id| matches!(self.schemas[id].kind, SchemaKind::Foreign(_)))
    }

    /// The type of a message's headers.
    pub(in crate::lower) fn headers(&mut self, id: SchemaId, message: &str) -> Type {
        self.root(id, || Root::Headers(message.to_owned()));
        self.type_of(id)
    }

    /// Makes the type of a schema in a binding: an item in any case, because nothing else names it.
    pub(in crate::lower) fn binding(&mut self, id: SchemaId, owner: &str, schema: BindingSchema) {
        self.root(id, || Root::Binding(owner.to_owned(), schema));
        if !self.made.contains_key(&id) && self.replacement(id).is_none() {
            self.reserve(id);
            self.component(id);
        }
    }

    /// The type of a channel's parameter: a text, a number, or an enum.
    pub(in crate::lower) fn parameter(&mut self, parameter: &document::Parameter, root: Root) -> Type {
        if !parameter.values.is_empty() {
            let stands_by_itself = matches!(root, Root::Parameter(None, _));
            if let Some(known) = self.parameters.get(&parameter.at).filter(|_| stands_by_itself) {
                return known.clone();
            }
            let at = parameter.at.join("enum");
            let values = parameter.values.iter().enumerate();
            let values = values.map(|(index, value)| EnumValue::from_text(at.join(&index.to_string()), value));
            let name_path = self.roots.name_path(root, parameter.at.clone(), Vec::new());
            let ty = self.add(TypeDef {
                at: parameter.at.clone(),
                name_path,
                docs: docs(&parameter.docs),
                shape: ItemKind::Enum(Enum {
                    members: Members::Texts(values.collect()),
                    openness: Openness::Open,
                    default: None,
                }),
            });
            self.parameters.insert(parameter.at.clone(), ty.clone());
            return ty;
        }
        let Some(id) = parameter.schema else { return Type::String };
        self.root(id, || root);
        let ty = self.type_of(id);
        let is_text = match &ty {
            Type::Named(id) => self.types[id.0].as_ref().is_some_and(|def| match &def.shape {
                ItemKind::Enum(listed) => matches!(listed.members, Members::Texts(_) | Members::Integers(..)),
                _ => false,
            }),
            ty => matches!(ty, Type::Integer(_) | Type::Boolean | Type::Double),
        };
        if is_text { ty } else { Type::String }
    }

    /// The union of the payloads of an operation with several messages.
    pub(in crate::lower) fn operation(&mut self, at: &Location, id: &str, messages: &[UnionMessage]) -> Type {
        let ids: Vec<Option<SchemaId>> = messages.iter().map(|message| message.schema).collect();
        let said: Option<Vec<SchemaId>> = ids.iter().copied().collect();
        let tag = said.and_then(|ids| union::find_tag(self.schemas, None, &ids));
        let mut order: Vec<usize> = (0..messages.len()).collect();
        if tag.is_none() {
            let demand = |index: &usize| ids[*index].map(|id| union::specificity(self.schemas, id));
            order.sort_by_key(|index| std::cmp::Reverse(demand(index)));
        }
        let variant = |index: usize| {
            let UnionMessage { at, label, ty, .. } = messages[index].clone();
            let label = Label::plain(label);
            let tag_values = tag.as_ref().map_or_else(Vec::new, |(_, found)| found[index].tag_values.clone());
            Variant { at, label, ty, tag_values, kinds: Vec::new() }
        };
        let variants = order.into_iter().map(variant).collect();
        self.joined.insert(TypeId(self.types.len()), ids);
        self.add(TypeDef {
            at: at.clone(),
            name_path: self.roots.name_path(Root::Operation(id.to_owned()), at.clone(), Vec::new()),
            docs: Docs::default(),
            shape: ItemKind::Union(Union::new(variants, tag.map(|(property, _)| property))),
        })
    }

    /// The payloads of an operation of which some are no JSON.
    pub(in crate::lower) fn mixed(&mut self, at: &Location, id: &str, variants: Vec<Variant>) -> Type {
        self.add(TypeDef {
            at: at.clone(),
            name_path: self.roots.name_path(Root::Operation(id.to_owned()), at.clone(), Vec::new()),
            docs: Docs::default(),
            shape: ItemKind::MessageUnion(variants),
        })
    }
}
