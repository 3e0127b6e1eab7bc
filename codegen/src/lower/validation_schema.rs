//! Schemas as values are validated against them: JSON Schema draft 7, whatever language the document's own are in.
//!
//! A schema with a type of its own is a definition, and so is one that references lead to, unless it has no parts; all
//! others stand where they are used. What is written for people is left out.

mod contains;
mod regex;

use std::collections::{BTreeMap, HashMap};

use super::union::{self, Alternative};
use crate::config::Nulls;
use crate::document::{
    Dependency, Document, JsonType, Keywords, SchemaId, SchemaKind, SchemaLanguage, Schemas, pattern_syntax_error,
};
use crate::ir::{
    Definition, DefinitionOwner, Definitions, ItemKind, Root, Type, TypeDef, TypeId, Types, ValidationSchema,
};
use crate::json::Value;
use crate::location::{FileId, Location};
use crate::normalize::listed_alternatives;

/// Which schemas the types were made of.
#[derive(Debug, Default)]
pub(super) struct TypeIdBySchema {
    pub(super) by_schema: HashMap<SchemaId, TypeId>,
    /// The payloads that a union of messages joins.
    pub(super) joined: BTreeMap<TypeId, Vec<Option<SchemaId>>>,
}

/// The definitions of all types that are no aliases, and of whatever these refer to.
pub(super) fn all(document: &Document, types: &Types, made: &TypeIdBySchema, nulls: Nulls) -> Definitions {
    let schemas = &document.schemas;
    let mut writer = Writer {
        schemas,
        files: &document.files,
        made: &made.by_schema,
        nulls,
        pending: Vec::new(),
        places: BTreeMap::new(),
    };
    let owners = owners(types);
    let schema_of = |writer: &mut Writer<'_>, id: TypeId| {
        let at = &types[id].at;
        match (made.joined.get(&id), schemas.at(at)) {
            (Some(joined), _) => {
                let alternatives = joined
                    .iter()
                    .map(|schema| schema.map_or(ValidationSchema::Value(Value::Bool(true)), |id| writer.schema(id)))
                    .collect();
                Some(object([("anyOf", ValidationSchema::List(alternatives))]))
            }
            (None, Some(schema)) if made.by_schema.get(&schema) == Some(&id) => Some(writer.inline_schema(schema)),
            // An alternative together with what all alternatives share: it is what the union is, and itself.
            (None, schema) => {
                let union = ValidationSchema::Reference(DefinitionOwner::Type(*owners.get(&id)?));
                let own =
                    schema.map_or_else(|| object([("type", text("object"))]), |schema| writer.inline_schema(schema));
                Some(object([("allOf", ValidationSchema::List(vec![union, own]))]))
            }
        }
    };
    let mut found = BTreeMap::new();
    let mut pending: Vec<DefinitionOwner> = types.iter().map(|(id, _)| DefinitionOwner::Type(id)).collect();
    pending.retain(|defined| matches!(defined, DefinitionOwner::Type(id) if is_validated(schemas, &types[*id])));
    while let Some(defined) = pending.pop() {
        if found.contains_key(&defined) {
            continue;
        }
        let schema = match &defined {
            DefinitionOwner::Type(id) => schema_of(&mut writer, *id),
            DefinitionOwner::Place(name) => writer.places.get(name).copied().map(|schema| writer.inline_schema(schema)),
        };
        if let Some(schema) = schema {
            found.insert(defined, schema);
            pending.append(&mut writer.pending);
        }
    }
    let in_order = types.in_document_order().into_iter().map(|(id, _)| DefinitionOwner::Type(id));
    let ordered: Vec<DefinitionOwner> = in_order.filter(|defined| found.contains_key(defined)).collect();
    let of_types = ordered.into_iter().filter_map(|defined| found.remove_entry(&defined)).collect::<Vec<_>>();
    Definitions::new(of_types.into_iter().chain(found).map(|(owner, schema)| Definition { owner, schema }).collect())
}

/// Whether somebody may have a value of a type to validate: an alias is one that they know if it is a component of its own.
fn is_validated(schemas: &Schemas, def: &TypeDef) -> bool {
    let ItemKind::Alias(target) = &def.shape else { return true };
    let own = schemas.at(&def.at).and_then(|id| schemas.own_keywords(id));
    // What only refers to another is validated as that.
    let is_other = own.is_none() && matches!(target, Type::Named(_));
    let is_value = !matches!(target, Type::Bytes | Type::Encoded(_));
    is_value && !is_other && def.name_path.steps.is_empty() && matches!(def.name_path.root, Root::Schema(_))
}

/// The unions that types are alternatives of.
fn owners(types: &Types) -> BTreeMap<TypeId, TypeId> {
    let mut owners = BTreeMap::new();
    for (owner, def) in types.iter() {
        let ItemKind::Union(union) = &def.shape else { continue };
        for variant in &union.variants {
            if let Type::Named(id) | Type::Boxed(id) = &variant.ty {
                owners.entry(*id).or_insert(owner);
            }
        }
    }
    owners
}

/// Writes schemas, and notes which others they refer to.
struct Writer<'a> {
    schemas: &'a Schemas,
    files: &'a [String],
    made: &'a HashMap<SchemaId, TypeId>,
    nulls: Nulls,
    pending: Vec<DefinitionOwner>,
    places: BTreeMap<String, SchemaId>,
}

impl Writer<'_> {
    /// A schema where it is used.
    fn schema(&mut self, id: SchemaId) -> ValidationSchema {
        match self.made.get(&id) {
            Some(made) => self.refer(DefinitionOwner::Type(*made)),
            None => self.inline_schema(id),
        }
    }

    /// A schema itself.
    fn inline_schema(&mut self, id: SchemaId) -> ValidationSchema {
        let schemas = self.schemas;
        match &schemas[id].kind {
            SchemaKind::Anything | SchemaKind::Foreign(_) => ValidationSchema::Value(Value::Bool(true)),
            SchemaKind::Nothing => ValidationSchema::Value(Value::Bool(false)),
            // A schema within a schema, as Avro writes them, is at home where it stands.
            SchemaKind::Reference(target) if is_below(&schemas[*target].at, &schemas[id].at) => self.schema(*target),
            SchemaKind::Reference(target) => self.target(*target),
            SchemaKind::Keywords(keywords) => self.keywords(keywords),
        }
    }

    /// What a reference leads to; a circle of references leads nowhere.
    fn target(&mut self, id: SchemaId) -> ValidationSchema {
        if let Some(made) = self.made.get(&id) {
            return self.refer(DefinitionOwner::Type(*made));
        }
        let Some(id) = self.schemas.definition(id) else { return ValidationSchema::Value(Value::Bool(true)) };
        match (self.made.get(&id), &self.schemas[id].kind) {
            (Some(made), _) => self.refer(DefinitionOwner::Type(*made)),
            (None, SchemaKind::Keywords(keywords)) if has_parts(keywords) => {
                let name = self.name(&self.schemas[id].at);
                self.places.insert(name.clone(), id);
                self.refer(DefinitionOwner::Place(name))
            }
            (None, _) => self.inline_schema(id),
        }
    }

    /// What a definition is called that has no type: where it stands.
    fn name(&self, at: &Location) -> String {
        let file = self.files.get(at.file.0).filter(|_| at.file != FileId::default());
        format!("{}{}", file.map(String::as_str).unwrap_or_default(), at.pointer)
    }

    fn refer(&mut self, to: DefinitionOwner) -> ValidationSchema {
        self.pending.push(to.clone());
        ValidationSchema::Reference(to)
    }

    fn keywords(&mut self, keywords: &Keywords) -> ValidationSchema {
        let mut entries = JsonObject(Vec::new());
        entries.put("type", types(keywords));
        let constraints = &keywords.assertions;
        let is_constant = constraints.plain.iter().any(|(key, value)| {
            *key == "const" && keywords.values.as_ref().is_none_or(|values| values[..] == *std::slice::from_ref(value))
        });
        if let Some(values) = keywords.values.as_ref().filter(|_| !is_constant) {
            entries.put("enum", Some(ValidationSchema::Value(Value::Sequence(values.clone()))));
        }
        // What Avro calls so are logical types of numbers, the format of UUIDs apart.
        let format = keywords.format.as_deref();
        let format = format.filter(|format| keywords.language == SchemaLanguage::JsonSchema || *format == "uuid");
        entries.put("format", format.map(text));
        let (counts, plain) = contains::split(&constraints.plain);
        for (key, value) in plain {
            let value = match value {
                Value::String(pattern) if *key == "pattern" => text(&regex::strict(pattern)),
                value => ValidationSchema::Value(value.clone()),
            };
            entries.put(key, Some(value));
        }
        self.items(keywords, &mut entries);
        self.properties(keywords, &mut entries);
        let mut all_of = self.list(&keywords.all_of);
        for (key, id) in &constraints.schemas {
            let schema = self.schema(*id);
            if *key == "contains" && !counts.is_empty() {
                all_of.push(contains::contains(schema, &counts));
            } else {
                entries.put(key, Some(schema));
            }
        }
        let (any_of, one_of) = self.alternatives(keywords);
        for (key, listed) in [("allOf", all_of), ("anyOf", self.list(&any_of))] {
            entries.put(key, (!listed.is_empty()).then_some(ValidationSchema::List(listed)));
        }
        let mut alternatives = self.list(&one_of);
        if let ([], ids) | (ids, []) = (&any_of[..], &one_of[..]) {
            entries.put("discriminator", self.discriminator(keywords, ids));
        }
        match keywords.language {
            _ if alternatives.is_empty() => {}
            SchemaLanguage::JsonSchema => entries.put("oneOf", Some(ValidationSchema::List(alternatives))),
            // A whole number is an `int` and a `long` of Avro, whose unions do not mean exactly one.
            SchemaLanguage::Avro => {
                alternatives.extend(keywords.nullable.then(|| object([("type", text("null"))])));
                entries.put("anyOf", Some(ValidationSchema::List(alternatives)));
            }
        }
        if keywords.assertions.nullable { entries.nullable() } else { entries.schema() }
    }

    /// What stands under `anyOf` and `oneOf`; of a union that leads back to itself, what its type takes, since no
    /// validator would ever end there.
    fn alternatives(&self, keywords: &Keywords) -> (Vec<SchemaId>, Vec<SchemaId>) {
        match self.schemas.at(&keywords.at).filter(|id| self.schemas.in_same_cycle(*id, *id)) {
            Some(_) => (listed_alternatives(self.schemas, keywords), Vec::new()),
            None => (keywords.any_of.clone(), keywords.one_of.clone()),
        }
    }

    /// Which alternative a value of the discriminator means, for what is said of those that fit none.
    fn discriminator(&mut self, keywords: &Keywords, ids: &[SchemaId]) -> Option<ValidationSchema> {
        keywords.discriminator.as_ref().filter(|_| !ids.is_empty())?;
        let (property, alternatives) = union::find_tag(self.schemas, Some(keywords), ids)?;
        let mapping = alternatives.into_iter().flat_map(|Alternative { id, tag_values }| {
            let schema = self.schema(id);
            tag_values.into_iter().map(move |value| (value.to_string(), schema.clone()))
        });
        let mapping = mapping.filter(|(_, schema)| matches!(schema, ValidationSchema::Reference(_))).collect();
        Some(object([("propertyName", text(&property)), ("mapping", ValidationSchema::Object(mapping))]))
    }

    fn list(&mut self, ids: &[SchemaId]) -> Vec<ValidationSchema> {
        ids.iter().map(|id| self.schema(*id)).collect()
    }

    fn items(&mut self, keywords: &Keywords, entries: &mut JsonObject) {
        let items = match (&keywords.tuple[..], keywords.items) {
            ([], None) => None,
            ([], Some(id)) => Some(self.schema(id)),
            (tuple, _) => Some(ValidationSchema::List(self.list(tuple))),
        };
        entries.put("items", items);
    }

    fn properties(&mut self, keywords: &Keywords, entries: &mut JsonObject) {
        let is_readable = |(pattern, _): &&(String, SchemaId)| pattern_syntax_error(pattern).is_none();
        let patterns: Vec<_> = keywords.pattern_properties.iter().filter(is_readable).cloned().collect();
        for (key, named) in [("properties", &keywords.properties), ("patternProperties", &patterns)] {
            let is_written =
                |name: &String| key == "properties" && self.nulls == Nulls::Kept && !keywords.required.contains(name);
            let may_be_null: Vec<bool> = named.iter().map(|(name, _)| is_written(name)).collect();
            let schemas = named.iter().zip(may_be_null).map(|((name, id), may_be_null)| {
                let schema = self.schema(*id);
                (name.clone(), if may_be_null { or_null(schema) } else { schema })
            });
            let schemas: Vec<_> = schemas.collect();
            entries.put(key, (!schemas.is_empty()).then_some(ValidationSchema::Object(schemas)));
        }
        let additional = keywords.additional_properties.map(|id| self.schema(id));
        entries.put(
            "additionalProperties",
            additional.filter(|schema| *schema != ValidationSchema::Value(Value::Bool(true))),
        );
        let required = keywords.required.iter().map(|name| text(name)).collect();
        entries.put("required", (!keywords.required.is_empty()).then_some(ValidationSchema::List(required)));
        let dependencies = keywords.assertions.dependencies.iter().map(|(name, dependency)| {
            let asked = match dependency {
                Dependency::Properties(names) => ValidationSchema::List(names.iter().map(|name| text(name)).collect()),
                Dependency::Schema(id) => self.schema(*id),
            };
            (name.clone(), asked)
        });
        let dependencies: Vec<_> = dependencies.collect();
        entries.put("dependencies", (!dependencies.is_empty()).then_some(ValidationSchema::Object(dependencies)));
    }
}

/// The keywords of a schema.
struct JsonObject(Vec<(String, ValidationSchema)>);

impl JsonObject {
    fn put(&mut self, key: &str, value: Option<ValidationSchema>) {
        self.0.extend(value.map(|value| (key.to_owned(), value)));
    }

    /// A schema that says nothing is `true`.
    fn schema(self) -> ValidationSchema {
        if self.0.is_empty() { ValidationSchema::Value(Value::Bool(true)) } else { ValidationSchema::Object(self.0) }
    }

    /// The schema, or `null`: by its type, where nothing else is said of values of every type.
    fn nullable(mut self) -> ValidationSchema {
        const OF_EVERY_TYPE: [&str; 7] = ["const", "enum", "allOf", "anyOf", "oneOf", "not", "if"];
        let is_of_every_type = |(key, _): &(String, ValidationSchema)| OF_EVERY_TYPE.contains(&key.as_str());
        if self.0.iter().any(is_of_every_type) {
            let alternatives = vec![object([("type", text("null"))]), self.schema()];
            return object([("anyOf", ValidationSchema::List(alternatives))]);
        }
        for (_, types) in self.0.iter_mut().filter(|(key, _)| key == "type") {
            match types {
                ValidationSchema::List(names) if names.contains(&text("null")) => {}
                ValidationSchema::List(names) => names.push(text("null")),
                only => *only = ValidationSchema::List(vec![only.clone(), text("null")]),
            }
        }
        self.schema()
    }
}

/// A schema of what need not be there, where a `null` in its place is written as it was read.
fn or_null(schema: ValidationSchema) -> ValidationSchema {
    match schema {
        ValidationSchema::Object(entries) => JsonObject(entries).nullable(),
        ValidationSchema::Reference(_) => {
            object([("anyOf", ValidationSchema::List(vec![object([("type", text("null"))]), schema]))])
        }
        schema => schema,
    }
}

fn types(keywords: &Keywords) -> Option<ValidationSchema> {
    let mut names: Vec<ValidationSchema> = keywords.types.iter().map(|json_type| text(type_name(*json_type))).collect();
    let is_alternative = keywords.language == SchemaLanguage::Avro && !keywords.one_of.is_empty();
    if keywords.nullable && !keywords.assertions.nullable && !is_alternative {
        names.push(text("null"));
    }
    if names.len() > 1 { Some(ValidationSchema::List(names)) } else { names.pop() }
}

fn type_name(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Boolean => "boolean",
        JsonType::Integer => "integer",
        JsonType::Number => "number",
        JsonType::String => "string",
        JsonType::Array => "array",
        JsonType::Object => "object",
    }
}

/// Whether a schema holds others, and so could hold itself.
fn has_parts(keywords: &Keywords) -> bool {
    let lists = [&keywords.tuple, &keywords.all_of, &keywords.any_of, &keywords.one_of];
    let maps = [&keywords.properties, &keywords.pattern_properties];
    keywords.items.is_some()
        || keywords.additional_properties.is_some()
        || lists.iter().any(|list| !list.is_empty())
        || maps.iter().any(|map| !map.is_empty())
        || !keywords.assertions.schemas.is_empty()
        || !keywords.assertions.dependencies.is_empty()
}

/// Whether a node stands inside another.
fn is_below(at: &Location, other: &Location) -> bool {
    let rest = at.pointer.as_str().strip_prefix(other.pointer.as_str());
    at.file == other.file && rest.is_some_and(|rest| rest.starts_with('/'))
}

fn text(text: &str) -> ValidationSchema {
    ValidationSchema::Value(Value::String(text.to_owned()))
}

fn object<const N: usize>(entries: [(&str, ValidationSchema); N]) -> ValidationSchema {
    ValidationSchema::Object(entries.map(|(key, value)| (key.to_owned(), value)).to_vec())
}
