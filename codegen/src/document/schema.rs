//! Schema Objects: each is read once, wherever it stands, and known by its place from then on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Index;

use super::cursor::Node;
use super::dialect::Dialect;
use super::keywords::{self, ConditionalProperty, Keywords};
use super::subtypes::Subtypes;
use super::{Docs, avro, message_as_schema, ref_siblings, resolve};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::location::Location;
use crate::scc;

/// One schema of the document; two references to the same place are the same schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SchemaId(usize);

/// A schema and where it stands.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) at: Location,
    pub(crate) kind: SchemaKind,
}

/// The forms a schema can take.
#[derive(Debug)]
pub(crate) enum SchemaKind {
    /// `true`, or an object without a keyword: every value.
    Anything,
    /// `false`: no value.
    Nothing,
    /// `$ref`; of its siblings only words are read, as draft 7 says.
    Reference(SchemaId),
    /// Keywords that say something.
    Keywords(Box<Keywords>),
    /// A schema in a language that is not read, by its media type.
    Foreign(String),
}

/// What a language of schemas other than JSON Schema calls a thing at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ForeignName {
    /// A type that has a name, the namespace included.
    Type(String),
    /// A field of a record.
    Field(String),
    /// A type that everybody knows.
    Plain(String),
}

/// Every schema of a document.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    all: Vec<Schema>,
    /// In no order: what wraps a schema of Avro is the same schema, known by both places.
    by_place: HashMap<Location, SchemaId>,
    /// Every schema, by its place; those made since the reading stand behind.
    order: Vec<SchemaId>,
    called: BTreeMap<Location, ForeignName>,
    /// Of the schema that is being read.
    pub(super) dialect: Dialect,
    pub(super) avro: avro::DocumentDefinitions,
    /// What references lead to, and is not read yet: chains of them may be as long as documents, and no stack is.
    pending: Vec<SchemaId>,
    /// How many schemas are being read, each inside the one before.
    depth: usize,
    /// References that are known to lead to a definition.
    sound: HashSet<Location>,
    /// The words beside references.
    notes: HashMap<SchemaId, Docs>,
    /// The definition at the end of each reference.
    ends: HashMap<SchemaId, SchemaId>,
    /// The circle of each schema that is a part or an alternative of itself.
    rounds: BTreeMap<SchemaId, usize>,
    families: Subtypes,
    /// What is made of several schemas, by the place that they are all for.
    conjunctions: HashMap<Location, SchemaId>,
}

impl Index<SchemaId> for Schemas {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        &self.all[id.0]
    }
}

impl Schemas {
    /// The schema at the end of a chain of references; `None` where the chain is a circle.
    pub(crate) fn definition(&self, id: SchemaId) -> Option<SchemaId> {
        match self[id].kind {
            SchemaKind::Reference(_) => self.ends.get(&id).copied(),
            _ => Some(id),
        }
    }

    /// Finds the end of each chain of references, once everything has been read: every chain is walked once.
    pub(super) fn resolve_aliases(&mut self) {
        let mut seen = BTreeSet::new();
        for start in 0..self.all.len() {
            let mut way = Vec::new();
            let mut id = SchemaId(start);
            while let SchemaKind::Reference(target) = self[id].kind {
                if self.ends.contains_key(&id) || !seen.insert(id) {
                    break;
                }
                way.push(id);
                id = target;
            }
            if let Some(end) = self.definition(id) {
                self.ends.extend(way.into_iter().map(|id| (id, end)));
            }
        }
        self.order = (0..self.all.len()).map(SchemaId).collect();
        self.order.sort_unstable_by(|one, other| self.all[one.0].at.cmp(&self.all[other.0].at));
        self.find_cycles();
        self.families = Subtypes::of(self);
    }

    /// Finds what is a part or an alternative of itself.
    fn find_cycles(&mut self) {
        let same = |id: usize| {
            let keywords = self.own_keywords(SchemaId(id));
            let listed = keywords.map(|keywords| [&keywords.all_of, &keywords.any_of, &keywords.one_of]);
            let ids = listed.into_iter().flatten().flatten();
            ids.filter_map(|id| self.definition(*id)).map(|id| id.0).collect()
        };
        let edges: Vec<Vec<usize>> = (0..self.all.len()).map(same).collect();
        let circles = scc::find(&edges);
        let is_round = |id: &usize| edges[*id].iter().any(|next| circles.in_same_cycle(*next, *id));
        self.rounds = (0..edges.len()).filter(is_round).map(|id| (SchemaId(id), circles.of(id))).collect();
    }

    /// Whether each of two schemas is a part or an alternative of the other.
    pub(crate) fn in_same_cycle(&self, one: SchemaId, other: SchemaId) -> bool {
        self.rounds.get(&one).is_some_and(|round| self.rounds.get(&other) == Some(round))
    }

    /// Every schema with its own keywords.
    pub(super) fn with_keywords(&self) -> impl Iterator<Item = (SchemaId, &Keywords)> {
        let ids = (0..self.all.len()).map(SchemaId);
        ids.filter_map(|id| Some((id, self.own_keywords(id)?)))
    }

    /// Which schemas build on those with a discriminator.
    pub(crate) fn families(&self) -> &Subtypes {
        &self.families
    }

    /// Whether a schema is `false`, or a reference to `false`: no value is valid.
    pub(crate) fn is_false(&self, id: SchemaId) -> bool {
        self.definition(id).is_some_and(|id| matches!(self[id].kind, SchemaKind::Nothing))
    }

    /// The keywords at the end of a chain of references, where there are any.
    pub(crate) fn keywords(&self, id: SchemaId) -> Option<&Keywords> {
        match &self[self.definition(id)?].kind {
            SchemaKind::Keywords(keywords) => Some(keywords),
            _ => None,
        }
    }

    /// The keywords of a schema that is no reference.
    pub(crate) fn own_keywords(&self, id: SchemaId) -> Option<&Keywords> {
        match &self[id].kind {
            SchemaKind::Keywords(keywords) => Some(keywords),
            _ => None,
        }
    }

    /// The schema that was read at a place.
    pub(crate) fn at(&self, place: &Location) -> Option<SchemaId> {
        self.by_place.get(place).copied()
    }

    /// Where schemas stand, in order.
    pub(crate) fn places(&self) -> Vec<&Location> {
        let mut places: Vec<&Location> = self.by_place.keys().collect();
        places.sort_unstable();
        places
    }

    /// Every schema, in the order of their places: that of reading hangs on who refers to whom.
    pub(crate) fn in_order(&self) -> Vec<SchemaId> {
        let mut order = self.order.clone();
        // Mostly there is nothing to do, and otherwise only two lists to be joined.
        order.sort_by(|one, other| self[*one].at.cmp(&self[*other].at));
        order
    }

    /// The schema that was made of all that the parts of another say of a place.
    pub(crate) fn conjunction(&self, at: &Location) -> Option<SchemaId> {
        self.conjunctions.get(at).copied()
    }

    /// Makes a schema of all that several say, some steps below the schema that they are parts of.
    ///
    /// It stands where those steps lead, unless one of the several stands there.
    pub(crate) fn insert_all_of(&mut self, whole: &Location, steps: &[String], parts: Vec<SchemaId>) -> SchemaId {
        let below = |at: Location| steps.iter().fold(at, |at, step| at.join(step));
        let at = Some(below(whole.clone())).filter(|at| !self.by_place.contains_key(at));
        let at = at.unwrap_or_else(|| below(whole.join("allOf").join("all")));
        let keywords = self.synthesized_from(at, &parts);
        self.put(Keywords { all_of: parts, ..keywords })
    }

    /// Makes a schema, at a place where none stands, of what one of several says.
    pub(crate) fn insert_any_of(&mut self, at: Location, alternatives: Vec<SchemaId>) -> SchemaId {
        let keywords = self.synthesized_from(at, &alternatives);
        self.put(Keywords { any_of: alternatives, ..keywords })
    }

    /// What is said of several schemas alike.
    fn synthesized_from(&self, at: Location, parts: &[SchemaId]) -> Keywords {
        let said = parts.iter().rev().filter_map(|part| self.keywords(*part));
        let words = said.clone().map(|keywords| &keywords.docs);
        let told = words.clone().find(|docs| docs.title.is_some() || docs.description.is_some());
        let docs = Docs { deprecated: words.clone().any(|docs| docs.deprecated), ..told.cloned().unwrap_or_default() };
        let default = said.clone().find_map(|keywords| keywords.default.clone());
        Keywords { at, docs, default, ..Keywords::default() }
    }

    fn put(&mut self, keywords: Keywords) -> SchemaId {
        let (id, at) = (SchemaId(self.all.len()), keywords.at.clone());
        self.by_place.insert(at.clone(), id);
        self.order.push(id);
        self.all.push(Schema { at, kind: SchemaKind::Keywords(Box::new(keywords)) });
        id
    }

    /// Adds to what conditions say of the properties of a schema.
    pub(crate) fn add_conditional_property(&mut self, id: SchemaId, conditional: Vec<(String, ConditionalProperty)>) {
        if let SchemaKind::Keywords(keywords) = &mut self.all[id.0].kind {
            keywords.conditional.extend(conditional);
        }
    }

    /// Says which schema stands for all that the parts of another say some steps below it.
    pub(crate) fn record_resolution(&mut self, whole: &Location, steps: &[String], id: SchemaId) {
        self.conjunctions.insert(steps.iter().fold(whole.clone(), |at, step| at.join(step)), id);
    }

    /// The words that stand beside a reference, for the place where it is.
    pub(crate) fn notes(&self, id: SchemaId) -> Option<&Docs> {
        self.notes.get(&id)
    }

    /// What its own language calls the thing at a place.
    pub(crate) fn foreign_name(&self, place: &Location) -> Option<&ForeignName> {
        self.called.get(place)
    }

    /// The places of the types that have names in their own language.
    pub(crate) fn named_types(&self) -> impl Iterator<Item = (&Location, &str)> {
        self.called.iter().filter_map(|(place, called)| match called {
            ForeignName::Type(name) => Some((place, name.as_str())),
            ForeignName::Field(_) | ForeignName::Plain(_) => None,
        })
    }

    /// Reads the schema at a node, and all below it, unless it has been read before.
    pub(crate) fn read(&mut self, node: &Node<'_>) -> SchemaId {
        self.read_as(node, Self::kind)
    }

    /// Reads a schema of a media type other than JSON Schema's, or notes that its language is not read.
    pub(crate) fn read_format(&mut self, node: &Node<'_>, media_type: &str) -> SchemaId {
        self.read_as(node, |schemas, node, id| schemas.format(node, media_type, id))
    }

    fn read_as(
        &mut self,
        node: &Node<'_>,
        kind: impl FnOnce(&mut Self, &Node<'_>, SchemaId) -> SchemaKind,
    ) -> SchemaId {
        match self.reserve(node) {
            Ok(id) => {
                self.depth += 1;
                let kind = kind(self, node, id);
                self.fill(id, kind);
                self.depth -= 1;
                if self.depth == 0 {
                    self.read_pending(node);
                }
                id
            }
            Err(known) => known,
        }
    }

    /// Reads what references lead to, one after the other instead of one inside the other.
    fn read_pending(&mut self, near: &Node<'_>) {
        self.depth += 1;
        while let Some(id) = self.pending.pop() {
            if let Some(node) = Node::at(near.tree, &self[id].at) {
                let kind = self.kind(&node, id);
                self.fill(id, kind);
            }
        }
        self.depth -= 1;
    }

    /// The schema that a reference leads to, read later.
    fn read_later(&mut self, target: &Node<'_>) -> SchemaId {
        match self.reserve(target) {
            Ok(id) => {
                self.pending.push(id);
                id
            }
            Err(known) => known,
        }
    }

    /// Where a reference leads; an error where it leads nowhere in the end. Each reference is followed once.
    fn target<'a>(&mut self, node: &Node<'a>) -> Result<Node<'a>, Diagnostic> {
        let mut way = BTreeSet::new();
        let mut end = node.clone();
        while end.reference().is_some() && !self.sound.contains(&end.at) {
            if !way.insert(end.at.clone()) {
                return Err(resolve::circle(&node.at, &end.at));
            }
            end = resolve::step(&end)?;
        }
        // `append` would walk the whole of what is known, each time.
        self.sound.extend(way);
        resolve::step(node)
    }

    /// An id for the schema at a node; the one it has, where it has been read before.
    pub(super) fn reserve(&mut self, node: &Node<'_>) -> Result<SchemaId, SchemaId> {
        if let Some(id) = self.by_place.get(&node.at) {
            return Err(*id);
        }
        let id = SchemaId(self.all.len());
        self.by_place.insert(node.at.clone(), id);
        self.all.push(Schema { at: node.at.clone(), kind: SchemaKind::Anything });
        Ok(id)
    }

    pub(super) fn fill(&mut self, id: SchemaId, kind: SchemaKind) {
        self.all[id.0].kind = kind;
    }

    pub(super) fn call(&mut self, place: &Location, called: ForeignName) {
        self.called.insert(place.clone(), called);
    }

    /// A schema that says its media type. What a wrapper holds is the same schema, and so is what a component refers to:
    /// it goes by the component's name.
    fn format(&mut self, node: &Node<'_>, media_type: &str, id: SchemaId) -> SchemaKind {
        if is_json_schema(media_type) {
            let around = std::mem::replace(&mut self.dialect, Dialect::of(media_type));
            let kind = self.kind(node, id);
            self.dialect = around;
            return kind;
        }
        if !avro::is_avro(media_type) {
            return SchemaKind::Foreign(media_type.to_owned());
        }
        let Some(target) = avro::resolve(node) else { return SchemaKind::Anything };
        let is_component = self[id].at.pointer.as_str().starts_with("/components/schemas/");
        if target.at != node.at && !is_component || self.by_place.get(&target.at).is_some_and(|known| *known != id) {
            return SchemaKind::Reference(self.read_as(&target, |schemas, node, _| avro::kind(schemas, node)));
        }
        self.by_place.insert(target.at.clone(), id);
        avro::kind(self, &target)
    }

    fn kind(&mut self, node: &Node<'_>, id: SchemaId) -> SchemaKind {
        if node.reference().is_some() {
            return match self.target(node) {
                Ok(target) => {
                    ref_siblings::report(node, &target);
                    let target = message_as_schema::payload_of_message(node, &target).unwrap_or(target);
                    self.notes.insert(id, ref_siblings::notes(node));
                    SchemaKind::Reference(self.read_later(&target))
                }
                Err(fault) => {
                    node.report(fault);
                    SchemaKind::Anything
                }
            };
        }
        match node.value {
            Value::Bool(true) => SchemaKind::Anything,
            Value::Bool(false) => SchemaKind::Nothing,
            Value::Mapping(_) if avro::is_record(node.value) => avro::kind(self, node),
            Value::Mapping(_) => self.object(node, id),
            other => {
                let message = format!("a schema is an object, and this is {}", other.kind());
                node.report(
                    Diagnostic::new(Severity::Warning, &node.at, message)
                        .with_help("every value is allowed here for now"),
                );
                SchemaKind::Anything
            }
        }
    }

    /// A Schema Object, or a Multi Format Schema Object (AsyncAPI 3) whose schema stands in its place.
    fn object(&mut self, node: &Node<'_>, id: SchemaId) -> SchemaKind {
        match (node.child("schemaFormat").and_then(|node| node.text()), node.child("schema")) {
            (Some(media_type), Some(schema)) => self.format(&schema, &media_type, id),
            _ => match node.object("a schema") {
                Some(object) => SchemaKind::Keywords(Box::new(keywords::read(self, object))),
                None => SchemaKind::Anything,
            },
        }
    }
}

/// Whether schemas of this media type are JSON Schema, or near enough to be read as such.
fn is_json_schema(media_type: &str) -> bool {
    let media_type = media_type.to_lowercase();
    ["vnd.aai.asyncapi", "schema+json", "schema+yaml", "vnd.oai.openapi"].iter().any(|known| media_type.contains(known))
}
