//! The schemas that generated code validates values against: JSON Schema draft 7, in whatever language the document's
//! schemas are.
//!
//! A schema with a type of its own becomes a definition, and so does the target of a reference if it contains schemas.
//! All other schemas are inlined where they are used. Annotations such as `description` are left out.

mod regex;

use std::collections::{BTreeMap, HashMap};

use super::union::{self, Alternative};
use crate::config::Nulls;
use crate::document::{
    Dependency, Document, Keywords, SchemaId, SchemaKind, SchemaLanguage, Schemas, pattern_syntax_error,
};
use crate::ir::{
    Definition, DefinitionOwner, Definitions, ItemKind, Root, Type, TypeDef, TypeId, Types, ValidationSchema,
};
use crate::json::Value;
use crate::location::{FileId, Location};
use crate::normalize::listed_alternatives;

/// The type that was generated for each schema.
#[derive(Debug, Default)]
pub(super) struct TypeIdBySchema {
    pub(super) by_schema: HashMap<SchemaId, TypeId>,
    /// For each union of messages, the payloads of the messages.
    pub(super) joined: BTreeMap<TypeId, Vec<Option<SchemaId>>>,
}

/// The definitions of all validated types, and of the schemas that they refer to.
pub(super) fn lower_definitions(
    document: &Document,
    types: &Types,
    type_ids: &TypeIdBySchema,
    nulls: Nulls,
) -> Definitions {
    let schemas = &document.schemas;
    let mut writer = SchemaWriter {
        schemas,
        files: &document.files,
        type_ids: &type_ids.by_schema,
        nulls,
        pending: Vec::new(),
        places: BTreeMap::new(),
    };
    let unions = unions_of_variants(types);
    let schema_of = |writer: &mut SchemaWriter<'_>, id: TypeId| {
        let at = &types[id].at;
        match (type_ids.joined.get(&id), schemas.at(at)) {
            (Some(payloads), _) => {
                let alternatives = payloads
                    .iter()
                    .map(|schema| schema.map_or(ValidationSchema::Value(Value::Bool(true)), |id| writer.schema(id)))
                    .collect();
                Some(object([("anyOf", ValidationSchema::List(alternatives))]))
            }
            (None, Some(schema)) if type_ids.by_schema.get(&schema) == Some(&id) => Some(writer.inline_schema(schema)),
            // A variant that also has the properties of its union: both schemas apply.
            (None, schema) => {
                let union = ValidationSchema::Reference(DefinitionOwner::Type(*unions.get(&id)?));
                let own =
                    schema.map_or_else(|| object([("type", string("object"))]), |schema| writer.inline_schema(schema));
                Some(object([("allOf", ValidationSchema::List(vec![union, own]))]))
            }
        }
    };
    let mut definitions = BTreeMap::new();
    let mut pending: Vec<DefinitionOwner> = types.iter().map(|(id, _)| DefinitionOwner::Type(id)).collect();
    pending.retain(|owner| matches!(owner, DefinitionOwner::Type(id) if is_validated(schemas, &types[*id])));
    while let Some(owner) = pending.pop() {
        if definitions.contains_key(&owner) {
            continue;
        }
        let schema = match &owner {
            DefinitionOwner::Type(id) => schema_of(&mut writer, *id),
            DefinitionOwner::Place(name) => writer.places.get(name).copied().map(|schema| writer.inline_schema(schema)),
        };
        if let Some(schema) = schema {
            definitions.insert(owner, schema);
            pending.append(&mut writer.pending);
        }
    }
    let in_order = types.in_document_order().into_iter().map(|(id, _)| DefinitionOwner::Type(id));
    let ordered: Vec<DefinitionOwner> = in_order.filter(|owner| definitions.contains_key(owner)).collect();
    let of_types = ordered.into_iter().filter_map(|owner| definitions.remove_entry(&owner)).collect::<Vec<_>>();
    Definitions::new(
        of_types.into_iter().chain(definitions).map(|(owner, schema)| Definition { owner, schema }).collect(),
    )
}

/// Whether users can validate values of a type. Of the aliases, only components are validated.
fn is_validated(schemas: &Schemas, def: &TypeDef) -> bool {
    let ItemKind::Alias(target) = &def.shape else { return true };
    let own = schemas.at(&def.at).and_then(|id| schemas.own_keywords(id));
    // An alias that is only a reference has no definition: values are validated as the target.
    let is_reference = own.is_none() && matches!(target, Type::Named(_));
    let is_value = !matches!(target, Type::Bytes | Type::Encoded(_));
    is_value && !is_reference && def.name_path.steps.is_empty() && matches!(def.name_path.root, Root::Schema(_))
}

/// The union of each type that is a variant.
fn unions_of_variants(types: &Types) -> BTreeMap<TypeId, TypeId> {
    let mut unions = BTreeMap::new();
    for (union_id, def) in types.iter() {
        let ItemKind::Union(union) = &def.shape else { continue };
        for variant in &union.variants {
            if let Type::Named(id) | Type::Boxed(id) = &variant.ty {
                unions.entry(*id).or_insert(union_id);
            }
        }
    }
    unions
}

/// Writes schemas, and collects the definitions that they refer to.
struct SchemaWriter<'a> {
    schemas: &'a Schemas,
    files: &'a [String],
    type_ids: &'a HashMap<SchemaId, TypeId>,
    nulls: Nulls,
    pending: Vec<DefinitionOwner>,
    places: BTreeMap<String, SchemaId>,
}

impl SchemaWriter<'_> {
    /// A reference to the schema's definition if it has a type, otherwise the schema itself.
    fn schema(&mut self, id: SchemaId) -> ValidationSchema {
        match self.type_ids.get(&id) {
            Some(id) => self.refer(DefinitionOwner::Type(*id)),
            None => self.inline_schema(id),
        }
    }

    /// The schema itself, without a reference.
    fn inline_schema(&mut self, id: SchemaId) -> ValidationSchema {
        let schemas = self.schemas;
        match &schemas[id].kind {
            SchemaKind::Anything | SchemaKind::Foreign(_) => ValidationSchema::Value(Value::Bool(true)),
            SchemaKind::Nothing => ValidationSchema::Value(Value::Bool(false)),
            // Avro defines types inside other types, so such a reference is not to another definition.
            SchemaKind::Reference(target) if is_below(&schemas[*target].at, &schemas[id].at) => self.schema(*target),
            SchemaKind::Reference(target) => self.reference_target(*target),
            SchemaKind::Keywords(keywords) => self.keywords(keywords),
        }
    }

    /// The target of a reference. References that form a cycle accept every value.
    fn reference_target(&mut self, id: SchemaId) -> ValidationSchema {
        if let Some(type_id) = self.type_ids.get(&id) {
            return self.refer(DefinitionOwner::Type(*type_id));
        }
        let Some(id) = self.schemas.definition(id) else { return ValidationSchema::Value(Value::Bool(true)) };
        match (self.type_ids.get(&id), &self.schemas[id].kind) {
            (Some(type_id), _) => self.refer(DefinitionOwner::Type(*type_id)),
            (None, SchemaKind::Keywords(keywords)) if has_subschemas(keywords) => {
                let name = self.place_name(&self.schemas[id].at);
                self.places.insert(name.clone(), id);
                self.refer(DefinitionOwner::Place(name))
            }
            (None, _) => self.inline_schema(id),
        }
    }

    /// The name of a definition without a type: its file and pointer.
    fn place_name(&self, at: &Location) -> String {
        let file = self.files.get(at.file.0).filter(|_| at.file != FileId::default());
        format!("{}{}", file.map(String::as_str).unwrap_or_default(), at.pointer)
    }

    fn refer(&mut self, to: DefinitionOwner) -> ValidationSchema {
        self.pending.push(to.clone());
        ValidationSchema::Reference(to)
    }

    fn keywords(&mut self, keywords: &Keywords) -> ValidationSchema {
        let mut entries = JsonObject(Vec::new());
        entries.put("type", type_keyword(keywords));
        let assertions = &keywords.assertions;
        let is_constant = assertions.plain.iter().any(|(key, value)| {
            *key == "const" && keywords.values.as_ref().is_none_or(|values| values[..] == *std::slice::from_ref(value))
        });
        if let Some(values) = keywords.values.as_ref().filter(|_| !is_constant) {
            entries.put("enum", Some(ValidationSchema::Value(Value::Sequence(values.clone()))));
        }
        // In Avro, logical types are formats. Only that of UUIDs restricts strings as JSON Schema does.
        let format = keywords.format.as_deref();
        let format = format.filter(|format| keywords.language == SchemaLanguage::JsonSchema || *format == "uuid");
        entries.put("format", format.map(string));
        let (counts, plain) = split_contains_counts(&assertions.plain);
        for (key, value) in plain {
            let value = match value {
                Value::String(pattern) if *key == "pattern" => string(&regex::without_annex_b(pattern)),
                value => ValidationSchema::Value(value.clone()),
            };
            entries.put(key, Some(value));
        }
        self.items(keywords, &mut entries);
        self.properties(keywords, &mut entries);
        let mut all_of = self.schemas(&keywords.all_of);
        for (key, id) in &assertions.schemas {
            let schema = self.schema(*id);
            if *key == "contains" && !counts.is_empty() {
                all_of.push(contains_schema(schema, &counts));
            } else {
                entries.put(key, Some(schema));
            }
        }
        let (any_of, one_of) = self.alternatives(keywords);
        for (key, listed) in [("allOf", all_of), ("anyOf", self.schemas(&any_of))] {
            entries.put(key, (!listed.is_empty()).then_some(ValidationSchema::List(listed)));
        }
        let mut alternatives = self.schemas(&one_of);
        if let ([], ids) | (ids, []) = (&any_of[..], &one_of[..]) {
            entries.put("discriminator", self.discriminator(keywords, ids));
        }
        match keywords.language {
            _ if alternatives.is_empty() => {}
            SchemaLanguage::JsonSchema => entries.put("oneOf", Some(ValidationSchema::List(alternatives))),
            // An Avro union means `anyOf`: an integer can be an `int` and a `long`.
            SchemaLanguage::Avro => {
                alternatives.extend(keywords.nullable.then(|| object([("type", string("null"))])));
                entries.put("anyOf", Some(ValidationSchema::List(alternatives)));
            }
        }
        if keywords.assertions.nullable { entries.nullable() } else { entries.schema() }
    }

    /// The schemas under `anyOf` and `oneOf`. A union that refers to itself has the flattened list of its alternatives,
    /// because a validator would not terminate.
    fn alternatives(&self, keywords: &Keywords) -> (Vec<SchemaId>, Vec<SchemaId>) {
        match self.schemas.at(&keywords.at).filter(|id| self.schemas.in_same_cycle(*id, *id)) {
            Some(_) => (listed_alternatives(self.schemas, keywords), Vec::new()),
            None => (keywords.any_of.clone(), keywords.one_of.clone()),
        }
    }

    /// Maps values of the discriminator to alternatives, so that violations name the selected alternative.
    fn discriminator(&mut self, keywords: &Keywords, ids: &[SchemaId]) -> Option<ValidationSchema> {
        keywords.discriminator.as_ref().filter(|_| !ids.is_empty())?;
        let (property, alternatives) = union::find_tag(self.schemas, Some(keywords), ids)?;
        let mapping = alternatives.into_iter().flat_map(|Alternative { id, tag_values }| {
            let schema = self.schema(id);
            tag_values.into_iter().map(move |value| (value.to_string(), schema.clone()))
        });
        let mapping = mapping.filter(|(_, schema)| matches!(schema, ValidationSchema::Reference(_))).collect();
        Some(object([("propertyName", string(&property)), ("mapping", ValidationSchema::Object(mapping))]))
    }

    fn schemas(&mut self, ids: &[SchemaId]) -> Vec<ValidationSchema> {
        ids.iter().map(|id| self.schema(*id)).collect()
    }

    fn items(&mut self, keywords: &Keywords, entries: &mut JsonObject) {
        let items = match (&keywords.tuple[..], keywords.items) {
            ([], None) => None,
            ([], Some(id)) => Some(self.schema(id)),
            (tuple, _) => Some(ValidationSchema::List(self.schemas(tuple))),
        };
        entries.put("items", items);
    }

    fn properties(&mut self, keywords: &Keywords, entries: &mut JsonObject) {
        let is_valid = |(pattern, _): &&(String, SchemaId)| pattern_syntax_error(pattern).is_none();
        let patterns: Vec<_> = keywords.pattern_properties.iter().filter(is_valid).cloned().collect();
        for (key, named) in [("properties", &keywords.properties), ("patternProperties", &patterns)] {
            let can_be_null =
                |name: &String| key == "properties" && self.nulls == Nulls::Kept && !keywords.required.contains(name);
            let may_be_null: Vec<bool> = named.iter().map(|(name, _)| can_be_null(name)).collect();
            let schemas = named.iter().zip(may_be_null).map(|((name, id), may_be_null)| {
                let schema = self.schema(*id);
                (name.clone(), if may_be_null { nullable(schema) } else { schema })
            });
            let schemas: Vec<_> = schemas.collect();
            entries.put(key, (!schemas.is_empty()).then_some(ValidationSchema::Object(schemas)));
        }
        let additional = keywords.additional_properties.map(|id| self.schema(id));
        entries.put(
            "additionalProperties",
            additional.filter(|schema| *schema != ValidationSchema::Value(Value::Bool(true))),
        );
        let required = keywords.required.iter().map(|name| string(name)).collect();
        entries.put("required", (!keywords.required.is_empty()).then_some(ValidationSchema::List(required)));
        let dependencies = keywords.assertions.dependencies.iter().map(|(name, dependency)| {
            let schema = match dependency {
                Dependency::Properties(names) => {
                    ValidationSchema::List(names.iter().map(|name| string(name)).collect())
                }
                Dependency::Schema(id) => self.schema(*id),
            };
            (name.clone(), schema)
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

    /// The schema; `true` if it has no keywords.
    fn schema(self) -> ValidationSchema {
        if self.0.is_empty() { ValidationSchema::Value(Value::Bool(true)) } else { ValidationSchema::Object(self.0) }
    }

    /// The schema or `null`: with `null` among the types, or `anyOf` if a keyword restricts values of every type.
    fn nullable(mut self) -> ValidationSchema {
        const FOR_EVERY_TYPE: [&str; 7] = ["const", "enum", "allOf", "anyOf", "oneOf", "not", "if"];
        let is_for_every_type = |(key, _): &(String, ValidationSchema)| FOR_EVERY_TYPE.contains(&key.as_str());
        if self.0.iter().any(is_for_every_type) {
            let alternatives = vec![object([("type", string("null"))]), self.schema()];
            return object([("anyOf", ValidationSchema::List(alternatives))]);
        }
        for (_, types) in self.0.iter_mut().filter(|(key, _)| key == "type") {
            match types {
                ValidationSchema::List(names) if names.contains(&string("null")) => {}
                ValidationSchema::List(names) => names.push(string("null")),
                only => *only = ValidationSchema::List(vec![only.clone(), string("null")]),
            }
        }
        self.schema()
    }
}

/// The schema of an optional property that can be `null` instead of missing.
fn nullable(schema: ValidationSchema) -> ValidationSchema {
    match schema {
        ValidationSchema::Object(entries) => JsonObject(entries).nullable(),
        ValidationSchema::Reference(_) => {
            object([("anyOf", ValidationSchema::List(vec![object([("type", string("null"))]), schema]))])
        }
        schema => schema,
    }
}

/// The value of `type`.
fn type_keyword(keywords: &Keywords) -> Option<ValidationSchema> {
    let mut names: Vec<ValidationSchema> = keywords.types.iter().map(|json_type| string(json_type.name())).collect();
    let is_alternative = keywords.language == SchemaLanguage::Avro && !keywords.one_of.is_empty();
    if keywords.nullable && !keywords.assertions.nullable && !is_alternative {
        names.push(string("null"));
    }
    if names.len() > 1 { Some(ValidationSchema::List(names)) } else { names.pop() }
}

/// Whether a schema contains schemas. Only such a schema can contain itself.
fn has_subschemas(keywords: &Keywords) -> bool {
    let lists = [&keywords.tuple, &keywords.all_of, &keywords.any_of, &keywords.one_of];
    let maps = [&keywords.properties, &keywords.pattern_properties];
    keywords.items.is_some()
        || keywords.additional_properties.is_some()
        || lists.iter().any(|list| !list.is_empty())
        || maps.iter().any(|map| !map.is_empty())
        || !keywords.assertions.schemas.is_empty()
        || !keywords.assertions.dependencies.is_empty()
}

/// Whether `at` is inside `other`.
fn is_below(at: &Location, other: &Location) -> bool {
    let rest = at.pointer.as_str().strip_prefix(other.pointer.as_str());
    at.file == other.file && rest.is_some_and(|rest| rest.starts_with('/'))
}

fn string(text: &str) -> ValidationSchema {
    ValidationSchema::Value(Value::String(text.to_owned()))
}

fn object<const N: usize>(entries: [(&str, ValidationSchema); N]) -> ValidationSchema {
    ValidationSchema::Object(entries.map(|(key, value)| (key.to_owned(), value)).to_vec())
}

const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";
const DRAFT_2019_09: &str = "https://json-schema.org/draft/2019-09/schema";

/// A keyword whose value contains no schema.
type KeywordEntry = (&'static str, Value);

/// `minContains` and `maxContains`, and all other keywords.
fn split_contains_counts(plain: &[KeywordEntry]) -> (Vec<&KeywordEntry>, Vec<&KeywordEntry>) {
    plain.iter().partition(|(key, _)| matches!(*key, "minContains" | "maxContains"))
}

/// `contains` with counts. Draft 7 has no counts, so the schema declares a later draft, and the schema of the items
/// draft 7:
///
/// ```json
/// {"$schema": "https://json-schema.org/draft/2019-09/schema", "contains": {"const": 1}, "maxContains": 2}
/// ```
fn contains_schema(item: ValidationSchema, counts: &[&KeywordEntry]) -> ValidationSchema {
    let item = match item {
        ValidationSchema::Object(mut entries) => {
            entries.insert(0, ("$schema".to_owned(), string(DRAFT_7)));
            ValidationSchema::Object(entries)
        }
        other => other,
    };
    let entries = [("$schema", string(DRAFT_2019_09)), ("contains", item)].into_iter();
    let counts = counts.iter().map(|(key, value)| (*key, ValidationSchema::Value(value.clone())));
    ValidationSchema::Object(entries.chain(counts).map(|(key, value)| (key.to_owned(), value)).collect())
}
