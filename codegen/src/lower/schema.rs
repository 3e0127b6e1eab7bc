//! Lowers schemas to types: a schema with a shape of its own becomes an item, other schemas become types where they are
//! used.

mod api_types;
mod array;
mod defaults;
mod enums;
mod inline_types;
mod items;
mod object;
mod state;
mod unions;

pub(super) use self::api_types::UnionMessage;
pub(super) use self::state::{Context, Facts, TypeBuilder};
use self::state::{RecursionGuards, TypeTable};
use super::name_path::Roots;
use super::validation_schema::TypeIdBySchema;
use super::{docs::docs, name_path};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Document, Keywords, SchemaId, SchemaKind};
use crate::ir::{Coverage, External, ItemKind, Root, Type, TypeDef, Types};
use crate::json::Value;
use crate::limits::{MAX_RECURSIVE_ITEMS, MAX_SCHEMA_DEPTH};
use crate::location::Location;
use crate::normalize::{is_nullable, merge};

impl<'a> TypeBuilder<'a> {
    /// Builds the types of all components.
    pub(super) fn new(document: &Document, cx: Context<'a>) -> Self {
        let components = name_path::component_schemas(document);
        let roots = components.iter().map(|(key, id)| (cx.schemas[*id].at.clone(), Root::Schema((*key).to_owned())));
        let names = Roots::new(&document.files, roots.collect());
        let mut builder = Self { cx, table: TypeTable::default(), guards: RecursionGuards::default(), names };
        for (location, name) in cx.schemas.named_types() {
            builder.set_foreign_name(location, name);
        }
        let own = components.iter().map(|(_, id)| *id).filter(|id| replacement(cx, *id).is_none());
        let own: Vec<SchemaId> = own.collect();
        for id in &own {
            builder.table.reserve(*id);
        }
        for id in &own {
            define(&mut builder, *id);
        }
        builder
    }

    /// Names a type as its own schema language does, unless it is a component, whose key has precedence.
    fn set_foreign_name(&mut self, location: &Location, name: &str) {
        let schemas = self.cx.schemas;
        let definition = schemas.at(location).map_or(location, |id| &schemas[id].at).clone();
        let root = self.names.add_if_unnamed(&definition, || Root::Named(name.to_owned()));
        self.names.rename(location, root);
    }

    /// All types, how many schemas have a precise type, and the schema of each type.
    pub(super) fn finish(self) -> (Types, Coverage, TypeIdBySchema) {
        api_types::check_mapped_payloads(self.cx, &self.table);
        let type_ids = TypeIdBySchema { by_schema: self.table.by_schema, joined: self.table.joined };
        (Types(self.table.types.into_iter().flatten().collect()), self.table.coverage, type_ids)
    }
}

/// The type with which an option replaces a schema.
fn replacement(cx: Context<'_>, id: SchemaId) -> Option<&str> {
    cx.config.replacements.best(&cx.schemas[id].at.pointer).map(String::as_str)
}

/// Names a schema, unless it has a name.
fn set_root(builder: &mut TypeBuilder<'_>, id: SchemaId, root: impl FnOnce() -> Root) {
    builder.names.add_if_unnamed(&builder.cx.schemas[id].at, root);
}

/// Builds the reserved type of a schema.
fn define(builder: &mut TypeBuilder<'_>, id: SchemaId) {
    let cx = builder.cx;
    let Some(type_id) = builder.table.by_schema.get(&id).copied() else { return };
    let kind = match &cx.schemas[id].kind {
        SchemaKind::Keywords(keywords) => items::item_kind(builder, keywords),
        _ => None,
    };
    let kind = match kind {
        Some(kind) => kind,
        None => match inline_type(builder, id) {
            ty if inline_types::needs_newtype(cx, id, &ty) => ItemKind::Newtype(ty),
            ty => ItemKind::Alias(ty),
        },
    };
    let def = type_def(builder, id, kind);
    builder.table.define(type_id, def);
}

fn type_def(builder: &TypeBuilder<'_>, id: SchemaId, shape: ItemKind) -> TypeDef {
    let schemas = builder.cx.schemas;
    let at = schemas[id].at.clone();
    let docs = schemas.keywords(id).map(|keywords| docs(&keywords.docs)).unwrap_or_default();
    TypeDef { name_path: name_path::name_path(&at, &builder.names, schemas), at, docs, shape }
}

/// The type of a schema where it is used. Builds the item of the schema if it needs one.
fn type_of(builder: &mut TypeBuilder<'_>, id: SchemaId) -> Type {
    let cx = builder.cx;
    if let Some(path) = replacement(cx, id) {
        builder.table.coverage.count(true);
        return Type::External(External::Path(path.to_owned()));
    }
    if let Some(type_id) = builder.table.by_schema.get(&id) {
        return Type::Named(*type_id);
    }
    if builder.guards.depth >= MAX_SCHEMA_DEPTH {
        return report_depth(cx, id);
    }
    builder.guards.depth += 1;
    let ty = match &cx.schemas[id].kind {
        SchemaKind::Keywords(keywords) if items::needs_item(cx, &builder.table, keywords) => {
            item_type(builder, id, keywords)
        }
        _ => inline_type(builder, id),
    };
    builder.guards.depth -= 1;
    if builder.guards.depth == 0 {
        define_deferred(builder);
    }
    ty
}

/// The item of a schema. It is built later if many types are being built.
fn item_type(builder: &mut TypeBuilder<'_>, id: SchemaId, keywords: &Keywords) -> Type {
    let type_id = builder.table.reserve(id);
    if builder.guards.depth > MAX_RECURSIVE_ITEMS {
        builder.guards.deferred.push(id);
    } else {
        let containers = std::mem::take(&mut builder.guards.containers);
        let kind = items::item_kind(builder, keywords).unwrap_or(ItemKind::Alias(Type::Any));
        let def = type_def(builder, id, kind);
        builder.table.define(type_id, def);
        builder.guards.containers = containers;
    }
    Type::Named(type_id)
}

fn define_deferred(builder: &mut TypeBuilder<'_>) {
    while let Some(id) = builder.guards.deferred.pop() {
        builder.guards.depth += 1;
        define(builder, id);
        builder.guards.depth -= 1;
    }
}

fn report_depth(cx: Context<'_>, id: SchemaId) -> Type {
    let message = format!("schemas are nested more than {MAX_SCHEMA_DEPTH} deep here");
    let diagnostic = Diagnostic::new(Severity::Error, &cx.schemas[id].at, message);
    cx.diagnostics.push(diagnostic.with_help("define some of them under `components.schemas`, and refer to those"));
    Type::Any
}

/// The type of a schema without an item, or the target of its alias.
fn inline_type(builder: &mut TypeBuilder<'_>, id: SchemaId) -> Type {
    let cx = builder.cx;
    if !builder.guards.resolving.insert(id) {
        return Type::Any;
    }
    let kind = &cx.schemas[id].kind;
    let ty = match kind {
        SchemaKind::Reference(target) if is_non_json_schema(cx, *target) => type_of(builder, *target),
        SchemaKind::Reference(target) => type_with_null(builder, *target),
        SchemaKind::Anything | SchemaKind::Nothing => Type::Any,
        SchemaKind::Foreign(media_type) => {
            let reason = format!("schemas of `{media_type}` are not read");
            builder.encoded_type(&cx.schemas[id].at, media_type, &reason)
        }
        SchemaKind::Keywords(keywords) if lists_the_events(cx, keywords) => Type::EventName,
        SchemaKind::Keywords(keywords) => match merge::as_single_ref(cx.schemas, keywords) {
            Some(target) => type_with_null(builder, target),
            None => inline_types::inline_type_of_merged(builder, &merge::merged(cx.schemas, keywords)),
        },
    };
    builder.guards.resolving.remove(&id);
    if matches!(kind, SchemaKind::Keywords(keywords) if keywords.is_nonempty()) {
        builder.table.coverage.count(ty != Type::Any);
    }
    ty
}

/// The type of a schema, `Nullable` if the schema allows `null`.
fn type_with_null(builder: &mut TypeBuilder<'_>, id: SchemaId) -> Type {
    let cx = builder.cx;
    // Inside JSON there are no bytes, so a schema of another language accepts any JSON value there.
    if is_non_json_schema(cx, id) {
        return Type::Any;
    }
    match type_of(builder, id) {
        ty @ (Type::Any | Type::Nullable(_)) => ty,
        ty if is_nullable(cx.schemas, id) => Type::Nullable(Box::new(ty)),
        ty => ty,
    }
}

/// Whether a schema is in a language that is not read.
fn is_non_json_schema(cx: Context<'_>, id: SchemaId) -> bool {
    let definition = cx.schemas.definition(id);
    definition.is_some_and(|id| matches!(cx.schemas[id].kind, SchemaKind::Foreign(_)))
}

/// Whether the enum lists the names of all events, in any order.
fn lists_the_events(cx: Context<'_>, keywords: &Keywords) -> bool {
    let Some(values) = &keywords.values else { return false };
    let names = &cx.facts.event_names;
    let is_name = |value: &Value| matches!(value, Value::String(name) if names.contains(name.as_str()));
    values.len() == names.len() && !values.is_empty() && values.iter().all(is_name)
}
