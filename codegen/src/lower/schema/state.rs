//! The state of lowering schemas, in parts: what is read, the types built so far, what ends recursion, and the names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::name_path::Roots;
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::document::{Document, SchemaId, Schemas};
use crate::ir::{Coverage, Event, Type, TypeDef, TypeId};
use crate::location::Location;

/// What all functions read, and none changes.
#[derive(Clone, Copy)]
pub(in crate::lower) struct Context<'a> {
    pub(super) schemas: &'a Schemas,
    pub(super) config: &'a Config,
    pub(super) facts: &'a Facts<'a>,
    pub(super) diagnostics: &'a Diagnostics,
}

impl<'a> Context<'a> {
    pub(in crate::lower) fn new(
        document: &'a Document,
        config: &'a Config,
        facts: &'a Facts<'a>,
        diagnostics: &'a Diagnostics,
    ) -> Self {
        Self { schemas: &document.schemas, config, facts, diagnostics }
    }
}

/// What is known about the document before its schemas are lowered.
pub(in crate::lower) struct Facts<'a> {
    pub(super) event_names: BTreeSet<&'a str>,
    /// The schemas of headers. A message may have more headers than its schema mentions.
    pub(super) headers: HashSet<Location>,
}

impl<'a> Facts<'a> {
    pub(in crate::lower) fn new(document: &Document, events: &'a [Event]) -> Self {
        let schemas = &document.schemas;
        let headers = document.messages.iter().filter_map(|message| schemas.definition(message.headers?));
        Self {
            event_names: events.iter().map(|event| event.name.as_str()).collect(),
            headers: headers.map(|id| schemas[id].at.clone()).collect(),
        }
    }
}

/// The types built so far, and which schema each is the type of.
#[derive(Default)]
pub(super) struct TypeTable {
    /// `None` while the type is being built.
    pub(super) types: Vec<Option<TypeDef>>,
    pub(super) by_schema: HashMap<SchemaId, TypeId>,
    /// The payloads of each union of messages.
    pub(super) joined: BTreeMap<TypeId, Vec<Option<SchemaId>>>,
    /// The unions of differing `patternProperties`, by the location of these.
    pub(super) pattern_values: BTreeMap<Location, Type>,
    /// The types of parameters with a list of values, by the location of the parameter.
    pub(super) parameters: HashMap<Location, Type>,
    /// The types of payloads that are not JSON, by their location.
    pub(super) encoded: BTreeMap<Location, Type>,
    pub(super) coverage: Coverage,
}

impl TypeTable {
    /// Reserves the type of a schema, which is defined later.
    pub(super) fn reserve(&mut self, schema: SchemaId) -> TypeId {
        let id = self.reserve_unnamed();
        self.by_schema.insert(schema, id);
        id
    }

    /// Reserves a type that no schema has alone.
    pub(super) fn reserve_unnamed(&mut self) -> TypeId {
        self.types.push(None);
        TypeId(self.types.len() - 1)
    }

    /// Defines a reserved type.
    pub(super) fn define(&mut self, id: TypeId, def: TypeDef) {
        self.types[id.0] = Some(def);
    }

    /// Adds a type that no schema has alone.
    pub(super) fn add(&mut self, def: TypeDef) -> Type {
        self.types.push(Some(def));
        Type::Named(TypeId(self.types.len() - 1))
    }

    /// The definition of a type, unless it is still being built.
    pub(super) fn get(&self, id: TypeId) -> Option<&TypeDef> {
        self.types[id.0].as_ref()
    }
}

/// What ends or limits the recursion through schemas.
#[derive(Default)]
pub(super) struct RecursionGuards {
    /// How many types are being built inside each other. Components are not counted.
    pub(super) depth: usize,
    /// How many lists and maps are being built inside each other, since the last item.
    pub(super) containers: usize,
    /// Reserved types that are built later, because the stack would become too deep.
    pub(super) deferred: Vec<SchemaId>,
    /// The alternatives that are being merged with shared keywords, each inside the one before.
    pub(super) merging: Vec<SchemaId>,
    /// The schemas whose inline types are being found.
    pub(super) resolving: BTreeSet<SchemaId>,
}

/// Builds the types of schemas.
pub(in crate::lower) struct TypeBuilder<'a> {
    pub(super) cx: Context<'a>,
    pub(super) table: TypeTable,
    pub(super) guards: RecursionGuards,
    pub(super) names: Roots,
}
