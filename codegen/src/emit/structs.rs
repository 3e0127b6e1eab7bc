//! Structs for objects with named properties, and their serde attributes.

use proc_macro2::TokenStream;
use quote::quote;

use super::lenient_integers::IntReader;
use super::serde_rename::Rule;
use super::{Context, attributes, defaults, docs, lenient_integers, types};
use crate::ir::{AdditionalProperties, Exhaustiveness, Field, ItemKind, Presence, Struct, TypeDef, TypeId};
use crate::names::Name;

pub(super) fn define(cx: Context<'_>, id: TypeId, def: &TypeDef, object: &Struct) -> Vec<TokenStream> {
    let name = &cx.names.types[&id];
    let members = &cx.names.members[&id];
    let docs = docs::of_type(def);
    let is_filled = object.fields.iter().any(|field| field.presence == Presence::Defaulted);
    let has_default = object.fields.iter().all(is_optional);
    let derived: &[&str] = if has_default && !is_filled {
        &["Clone", "Debug", "Default", "PartialEq", "Serialize", "Deserialize"]
    } else {
        &["Clone", "Debug", "PartialEq", "Serialize", "Deserialize"]
    };
    let attributes = attributes::of_type(cx, &def.at, derived);
    let non_exhaustive = (object.exhaustiveness == Exhaustiveness::NonExhaustive).then(|| quote!(#[non_exhaustive]));
    let wire_names = object.fields.iter().map(|field| field.name.as_str());
    let rule = Rule::best(&members.iter().map(Name::plain).zip(wire_names).collect::<Vec<_>>());
    let serde = rule.attribute().map(|rule| quote!(#[serde(#rule)]));
    let fields = object.fields.iter().zip(members).map(move |(field, member)| {
        let field = self::field(cx, name, field, member, rule);
        quote!(#field,)
    });
    let extra = extra(cx, object, members);
    let has_extra = extra.is_some();
    let definition = quote! {
        #docs
        #attributes
        #serde
        #non_exhaustive
        pub struct #name {
            #(#fields)*
            #extra
        }
    };
    let default = (has_default && is_filled).then(|| defaults::filled_default(name, object, members, has_extra));
    let methods = defaults::methods(cx, name, object, members);
    [Some(definition), default, methods].into_iter().flatten().collect()
}

fn field(cx: Context<'_>, owner: &Name, field: &Field, name: &Name, rule: Rule) -> TokenStream {
    let docs = docs::with_note(&field.docs, defaults::note(field));
    let wire = &field.name;
    let mut serde = Vec::new();
    if rule.apply(name.plain()) != *wire {
        serde.push(quote!(rename = #wire));
    }
    let inner = types::owned(cx, &field.ty);
    let ty = match field.presence {
        Presence::Required | Presence::Defaulted => inner,
        Presence::RequiredNullable | Presence::NullOrAbsent | Presence::Optional => quote!(Option<#inner>),
        Presence::OptionalNullable => quote!(Option<Option<#inner>>),
    };
    if matches!(field.presence, Presence::Optional | Presence::OptionalNullable) {
        serde.push(quote!(skip_serializing_if = "Option::is_none"));
    }
    // Two attributes, because one long attribute would be broken over several lines.
    let serde = [serde, read_attributes(cx, owner, field, name)];
    let serde =
        serde.iter().filter(|arguments| !arguments.is_empty()).map(|arguments| quote!(#[serde(#(#arguments),*)]));
    let configured = attributes::of_member(cx, &field.at);
    quote!(#docs #(#serde)* #configured pub #name: #ty)
}

/// The serde attributes that read a property, unless the options set one.
fn read_attributes(cx: Context<'_>, owner: &Name, field: &Field, name: &Name) -> Vec<TokenStream> {
    if attributes::overrides_deserialize(cx, &field.at) {
        return Vec::new();
    }
    // With `deserialize_with`, serde requires a missing property, even if the type is `Option`.
    let or_absent = |function: &str| vec![quote!(default), quote!(deserialize_with = #function)];
    let reader = lenient_integers::reader(cx, &field.ty);
    match field.presence {
        Presence::Defaulted => defaults::attributes(owner, name).to_vec(),
        Presence::Required => {
            reader.map(IntReader::path).map(|path| quote!(deserialize_with = #path)).into_iter().collect()
        }
        Presence::RequiredNullable => {
            let path = reader.map_or("Option::deserialize", IntReader::path);
            vec![quote!(deserialize_with = #path)]
        }
        _ if keeps_null(cx, field) => or_absent(reader.map_or("present", IntReader::present_path)),
        _ => reader.map(IntReader::path).map(or_absent).unwrap_or_default(),
    }
}

/// The field for additional properties: a flattened map.
fn extra(cx: Context<'_>, object: &Struct, members: &[Name]) -> Option<TokenStream> {
    let AdditionalProperties::Kept(value) = &object.additional else { return None };
    let name = members.last()?;
    let docs = docs::line("Additional properties, which have no field.");
    let map = types::additional(cx, value);
    let read = lenient_integers::transitively_contains_integers(cx, value)
        .then(|| quote!(, deserialize_with = "lenient_int::deserialize_buffered"));
    Some(quote!(#docs #[serde(flatten #read)] pub #name: #map,))
}

/// The function `present`, which attributes of fields call.
pub(super) fn helpers(cx: Context<'_>) -> Option<TokenStream> {
    let mut fields = cx.api.types.iter().flat_map(|(_, def)| match &def.shape {
        ItemKind::Struct(object) => object.fields.as_slice(),
        _ => &[],
    });
    fields.any(|field| calls_present(cx, field)).then(|| {
        quote! {
            #[doc = " Distinguishes `null` from a missing property."]
            fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
            where
                D: Deserializer<'de>,
                T: Deserialize<'de>,
            {
                T::deserialize(deserializer).map(Some)
            }
        }
    })
}

/// Whether `null` and a missing property mean different things.
pub(super) fn keeps_null(cx: Context<'_>, field: &Field) -> bool {
    match field.presence {
        Presence::Optional => cx.api.types.accepts_null(&field.ty),
        Presence::OptionalNullable => true,
        Presence::Required | Presence::RequiredNullable | Presence::NullOrAbsent | Presence::Defaulted => false,
    }
}

/// Whether the generated function `present` reads this property.
fn calls_present(cx: Context<'_>, field: &Field) -> bool {
    keeps_null(cx, field)
        && !lenient_integers::contains_integers(cx, &field.ty)
        && !attributes::overrides_deserialize(cx, &field.at)
}

pub(super) fn is_optional(field: &Field) -> bool {
    !matches!(field.presence, Presence::Required | Presence::RequiredNullable)
}
