//! The types that operations, channels and bindings need: payloads, headers, parameters, and unions of messages.

use std::collections::BTreeSet;

use super::super::{docs::docs, union};
use super::{
    Context, TypeBuilder, TypeTable, define, inline_types, is_non_json_schema, replacement, set_root, type_of,
    type_with_null,
};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document;
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{
    BindingSchema, Docs, Enum, EnumValue, ItemKind, Label, Members, Openness, Root, Type, TypeDef, TypeId, Union,
    Variant,
};
use crate::location::{Location, Pointer};

/// A message of an operation with several messages.
#[derive(Clone, Debug)]
pub(in crate::lower) struct UnionMessage {
    pub(in crate::lower) at: Location,
    pub(in crate::lower) label: String,
    /// `None` if the message has no payload.
    pub(in crate::lower) schema: Option<SchemaId>,
    pub(in crate::lower) ty: Type,
}

impl TypeBuilder<'_> {
    /// The type of a message's payload, named after the message. `fallback` is another name for it.
    pub(in crate::lower) fn payload_type(&mut self, id: SchemaId, message: &str, fallback: Option<&str>) -> Type {
        set_root(self, id, || Root::Payload(message.to_owned()));
        if let Some(name) = fallback {
            self.names.add_fallback_name(&self.cx.schemas[id].at, name);
        }
        if is_non_json_schema(self.cx, id) {
            return type_of(self, id);
        }
        let ty = type_with_null(self, id);
        if !inline_types::needs_newtype(self.cx, id, &ty) {
            return ty;
        }
        self.table.reserve(id);
        define(self, id);
        type_with_null(self, id)
    }

    /// Whether the schema of a payload is of `format: binary`, and no option gives it a type.
    pub(in crate::lower) fn is_bytes(&self, id: SchemaId, at: &Location, media_type: &str) -> bool {
        let is_binary =
            |keywords: &Keywords| keywords.types == [JsonType::String] && keywords.format.as_deref() == Some("binary");
        self.cx.schemas.keywords(id).is_some_and(is_binary)
            && self.cx.config.schema_format_type(at, media_type).is_none()
    }

    /// The type of a payload that is not JSON: the type that an option gives it, or bytes, with a warning that has the
    /// reason.
    pub(in crate::lower) fn encoded_type(&mut self, at: &Location, media_type: &str, reason: &str) -> Type {
        if let Some(known) = self.table.encoded.get(at) {
            return known.clone();
        }
        let ty = if let Some(path) = self.cx.config.schema_format_type(at, media_type) {
            Type::Encoded(path.to_owned())
        } else {
            let message = format!("{reason}, so the payload is bytes");
            let diagnostic = Diagnostic::new(Severity::Warning, at, message);
            let diagnostic = diagnostic.with_help("decode them in the handler, or name a type that does");
            self.cx.diagnostics.push(diagnostic.with_option("map_schema_format", &[]));
            Type::Bytes
        };
        self.table.encoded.insert(at.clone(), ty.clone());
        ty
    }

    /// Whether a type is a string, possibly behind aliases and newtypes.
    pub(in crate::lower) fn is_string(&self, ty: &Type) -> bool {
        let (mut ty, mut seen) = (ty, BTreeSet::new());
        while let Type::Named(id) = ty {
            match self.table.get(*id).map(|def| &def.shape) {
                Some(ItemKind::Alias(target) | ItemKind::Newtype(target)) if seen.insert(*id) => ty = target,
                _ => return false,
            }
        }
        *ty == Type::String
    }

    /// Whether a schema is in a language that is not read.
    pub(in crate::lower) fn is_non_json_schema(&self, id: SchemaId) -> bool {
        is_non_json_schema(self.cx, id)
    }

    /// The type of a message's headers.
    pub(in crate::lower) fn headers_type(&mut self, id: SchemaId, message: &str) -> Type {
        set_root(self, id, || Root::Headers(message.to_owned()));
        type_of(self, id)
    }

    /// Builds the type of a schema in a binding. It is always an item, because nothing refers to it.
    pub(in crate::lower) fn define_binding_type(&mut self, id: SchemaId, owner: &str, schema: BindingSchema) {
        set_root(self, id, || Root::Binding(owner.to_owned(), schema));
        if !self.table.by_schema.contains_key(&id) && replacement(self.cx, id).is_none() {
            self.table.reserve(id);
            define(self, id);
        }
    }

    /// The type of a channel's parameter: a string, a number, a boolean or an enum.
    pub(in crate::lower) fn parameter_type(&mut self, parameter: &document::Parameter, root: Root) -> Type {
        if !parameter.values.is_empty() {
            let is_shared = matches!(root, Root::Parameter(None, _));
            if let Some(known) = self.table.parameters.get(&parameter.at).filter(|_| is_shared) {
                return known.clone();
            }
            let at = parameter.at.join("enum");
            let values = parameter.values.iter().enumerate();
            let values = values.map(|(index, value)| EnumValue::from_text(at.join(&index.to_string()), value));
            let name_path = self.names.name_path(root, parameter.at.clone(), Vec::new());
            let ty = self.table.add(TypeDef {
                at: parameter.at.clone(),
                name_path,
                docs: docs(&parameter.docs),
                shape: ItemKind::Enum(Enum {
                    members: Members::Texts(values.collect()),
                    openness: Openness::Open,
                    default: None,
                }),
            });
            self.table.parameters.insert(parameter.at.clone(), ty.clone());
            return ty;
        }
        let Some(id) = parameter.schema else { return Type::String };
        set_root(self, id, || root);
        let ty = type_of(self, id);
        let is_printable = match &ty {
            Type::Named(id) => self.table.get(*id).is_some_and(|def| match &def.shape {
                ItemKind::Enum(listed) => matches!(listed.members, Members::Texts(_) | Members::Integers(..)),
                _ => false,
            }),
            ty => matches!(ty, Type::Integer(_) | Type::Boolean | Type::Double),
        };
        if is_printable { ty } else { Type::String }
    }

    /// The union of the payloads of an operation with several messages.
    pub(in crate::lower) fn union_of_messages(&mut self, at: &Location, id: &str, messages: &[UnionMessage]) -> Type {
        let ids: Vec<Option<SchemaId>> = messages.iter().map(|message| message.schema).collect();
        let all: Option<Vec<SchemaId>> = ids.iter().copied().collect();
        let tag = all.and_then(|ids| union::find_tag(self.cx.schemas, None, &ids));
        let mut order: Vec<usize> = (0..messages.len()).collect();
        if tag.is_none() {
            let specificity = |index: &usize| ids[*index].map(|id| union::specificity(self.cx.schemas, id));
            order.sort_by_key(|index| std::cmp::Reverse(specificity(index)));
        }
        let variant = |index: usize| {
            let UnionMessage { at, label, ty, .. } = messages[index].clone();
            let label = Label::plain(label);
            let tag_values = tag.as_ref().map_or_else(Vec::new, |(_, found)| found[index].tag_values.clone());
            Variant { at, label, ty, tag_values, kinds: Vec::new() }
        };
        let variants = order.into_iter().map(variant).collect();
        self.table.joined.insert(TypeId(self.table.types.len()), ids);
        self.table.add(TypeDef {
            at: at.clone(),
            name_path: self.names.name_path(Root::Operation(id.to_owned()), at.clone(), Vec::new()),
            docs: Docs::default(),
            shape: ItemKind::Union(Union::new(variants, tag.map(|(property, _)| property))),
        })
    }

    /// The union of the payloads of an operation, if some of them are not JSON.
    pub(in crate::lower) fn message_union(&mut self, at: &Location, id: &str, variants: Vec<Variant>) -> Type {
        self.table.add(TypeDef {
            at: at.clone(),
            name_path: self.names.name_path(Root::Operation(id.to_owned()), at.clone(), Vec::new()),
            docs: Docs::default(),
            shape: ItemKind::MessageUnion(variants),
        })
    }
}

/// Reports the keys of `map_schema_format` that are pointers and match no payload.
pub(super) fn check_mapped_payloads(cx: Context<'_>, table: &TypeTable) {
    let is_used = |pointer: &str| table.encoded.keys().any(|at| at.pointer.as_str() == pointer);
    for pointer in cx.config.schema_format_types.keys().filter(|key| key.starts_with('/') && !is_used(key)) {
        let option = cx.config.option_site("map_schema_format", pointer);
        let message = format!("`{pointer}` is mapped to a type, and no payload there is in another language than JSON");
        let at = Location { pointer: Pointer::parse(pointer).unwrap_or_default(), ..Location::root() };
        let diagnostic = Diagnostic::at_option(Severity::Error, &option, &at, message);
        cx.diagnostics.push(diagnostic.with_help(format!("give `{option}` the pointer of a payload or a component")));
    }
}
