//! Gives each alternative of a discriminator a field for its tag that has only its own values.
//!
//! ```yaml
//! Method: {discriminator: method, oneOf: [{$ref: '#/components/schemas/card'}, …]}
//! card: {required: [method], properties: {method: {type: string}}}   # `method` is `card`, although only text is described
//! ```
//!
//! The field gets the type of a constant, so `new` fills it in, and no other value compiles. An alternative without the
//! property gets the field: without it, a value would be written that cannot be read again.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{
    DefaultValue, Docs, Enum, EnumValue, Field, FieldDefault, ItemKind, Members, Openness, Operation, Presence, Step,
    Struct, TagValue, Type, TypeDef, TypeId, Types, Union, Variant,
};
use crate::json::Value;
use crate::location::Location;

/// The tags of a struct.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Tags {
    /// The values that are written.
    written: Vec<String>,
    /// Whether other values select the alternative too.
    others: bool,
}

/// Adds and types the fields.
pub(super) fn add_tag_fields(types: &mut Types, operations: &[Operation]) {
    // Two unions can give different tags to one struct. Then its field stays a text.
    let mut tags: BTreeMap<(TypeId, String), BTreeSet<Option<Tags>>> = BTreeMap::new();
    for union in types.iter().filter_map(|(_, def)| union_of(def)) {
        let Some(tag) = &union.tag else { continue };
        for variant in &union.variants {
            let is_always_there =
                !variant.tag_values.iter().any(|value| matches!(value, TagValue::Absent | TagValue::Null));
            if let Some(id) =
                struct_of(types, &variant.ty).filter(|_| is_always_there && !variant.tag_values.is_empty())
            {
                tags.entry((id, tag.clone())).or_default().insert(tags_of(variant));
            }
        }
    }
    let untagged = used_without_tag(types, operations);
    for ((id, tag), found) in tags {
        let is_used_without_tag = untagged.contains(&id);
        let mut found = found.into_iter();
        if let (Some(Some(values)), None) = (found.next(), found.next()) {
            add_tag_field(types, id, &tag, &values, is_used_without_tag);
        }
        if !is_used_without_tag {
            require_tag(types, id, &tag);
        }
    }
}

fn union_of(def: &TypeDef) -> Option<&Union> {
    match &def.shape {
        ItemKind::Union(union) => Some(union),
        _ => None,
    }
}

/// The struct at the end of a chain of aliases.
fn struct_of(types: &Types, ty: &Type) -> Option<TypeId> {
    let mut id = ty.named()?;
    for _ in 0..types.0.len() {
        match &types[id].shape {
            ItemKind::Struct(_) => return Some(id),
            ItemKind::Alias(Type::Named(target)) => id = *target,
            _ => return None,
        }
    }
    None
}

/// The tags of a variant, if all are texts. The name of the component is read too, but not written if `mapping` has
/// another value.
fn tags_of(variant: &Variant) -> Option<Tags> {
    let text = |value: &TagValue| match value {
        TagValue::Text(text) => Some(text.clone()),
        _ => None,
    };
    let mut written: Vec<String> = variant.tag_values.iter().map(text).collect::<Option<_>>()?;
    if written.len() > 1 {
        written.retain(|value| *value != variant.label.short);
    }
    let others = written.len() < variant.tag_values.len();
    (!written.is_empty()).then_some(Tags { written, others })
}

/// The types that occur at other places than as alternatives with a tag. There, the property may be absent or have other
/// values.
fn used_without_tag(types: &Types, operations: &[Operation]) -> BTreeSet<TypeId> {
    let untagged = types.iter().filter(|(_, def)| union_of(def).is_none_or(|union| union.tag.is_none()));
    let contained = untagged.flat_map(|(_, def)| def.shape.contained_types());
    let messages = operations.iter().flat_map(|operation| {
        let replies = operation.reply.iter().flat_map(|reply| &reply.messages).map(|message| &message.payload);
        operation.messages.iter().map(|message| &message.payload).chain(replies)
    });
    contained.chain(messages).flat_map(Type::leaves).filter_map(Type::named).collect()
}

fn add_tag_field(types: &mut Types, id: TypeId, tag: &str, values: &Tags, is_used_without_tag: bool) {
    let enum_id = TypeId(types.0.len());
    let def = &mut types.0[id.0];
    let (at, mut name_path) = (def.at.join("properties").join(tag), def.name_path.clone());
    let ItemKind::Struct(object) = &mut def.shape else { return };
    let Some(field) = text_field(object, tag, &at) else { return };
    field.ty = Type::Named(enum_id);
    let is_required = field.presence == Presence::Required || !is_used_without_tag;
    (field.presence, field.default) = match &values.written[..] {
        [only] if !is_required => {
            let (json, value) = (Value::String(only.clone()).to_json(), DefaultValue::Variant(enum_id, 0));
            (Presence::Defaulted, Some(FieldDefault { json, value: Some(value) }))
        }
        _ => (Presence::Required, None),
    };
    name_path.steps.push(Step::Property(tag.to_owned()));
    let members = values.written.iter().enumerate();
    let members = members.map(|(index, value)| EnumValue::from_text(at.join("enum").join(&index.to_string()), value));
    let shape = ItemKind::Enum(Enum {
        members: Members::Texts(members.collect()),
        openness: if values.others || is_used_without_tag { Openness::Open } else { Openness::Closed },
        default: (values.written.len() == 1).then_some(0),
    });
    types.0.push(TypeDef { at, name_path, docs: Docs::default(), shape });
}

/// Makes a tag required, for which its schema lists the values: without a tag, the alternative is never read.
fn require_tag(types: &mut Types, id: TypeId, tag: &str) {
    let ItemKind::Struct(object) = &mut types.0[id.0].shape else { return };
    let fields = object.fields.iter_mut().filter(|field| field.name == tag && field.ty.named().is_some());
    fields.for_each(|field| field.presence = Presence::Required);
}

/// The field of the tag, if its schema describes any text. A missing one is added.
fn text_field<'a>(object: &'a mut Struct, tag: &str, at: &Location) -> Option<&'a mut Field> {
    let index = object.fields.iter().position(|field| field.name == tag);
    if index.is_none() {
        let (at, name, docs) = (at.clone(), tag.to_owned(), Docs::default());
        let field = Field { at, name, docs, ty: Type::String, presence: Presence::Optional, default: None };
        object.fields.insert(0, field);
    }
    object.fields.get_mut(index.unwrap_or(0)).filter(|field| field.ty == Type::String)
}
