//! The JSON Schemas for validation, and the methods that validate.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs, literal, types};
use crate::ir::{Definition, DefinitionOwner, ItemKind, Type, TypeId, ValidationSchema};
use crate::json::Value;

/// `SCHEMAS`: a JSON text with a line for each definition.
pub(super) fn schemas(cx: Context<'_>) -> Option<TokenStream> {
    if cx.api.definitions.is_empty() {
        return None;
    }
    let definitions = cx.api.definitions.iter().map(|Definition { owner, schema }| (name(cx, owner), json(cx, schema)));
    let lines: Vec<String> =
        definitions.map(|(name, schema)| format!("{}:{}", Value::String(name).to_json(), schema.to_json())).collect();
    let text = literal::text(&format!("{{\"definitions\":{{\n{}\n}}}}", lines.join(",\n")));
    Some(quote! {
        #[doc = " The schemas of the document, in JSON Schema draft 7."]
        static SCHEMAS: Schemas = Schemas::new(#text);
    })
}

/// The name of a definition in `SCHEMAS`.
fn name(cx: Context<'_>, owner: &DefinitionOwner) -> String {
    match owner {
        DefinitionOwner::Type(id) => cx.names.types[id].plain().to_owned(),
        DefinitionOwner::Place(name) => name.clone(),
    }
}

/// The schema with the names of the definitions in its references.
fn json(cx: Context<'_>, schema: &ValidationSchema) -> Value {
    match schema {
        ValidationSchema::Value(value) => value.clone(),
        ValidationSchema::List(items) => Value::Sequence(items.iter().map(|item| json(cx, item)).collect()),
        ValidationSchema::Object(entries) => {
            Value::object(entries.iter().map(|(key, value)| (key.clone(), json(cx, value))))
        }
        ValidationSchema::Reference(to) => {
            let reference = format!("#/definitions/{}", escaped(&name(cx, to)));
            Value::object([("$ref".to_owned(), Value::String(reference))])
        }
    }
}

/// Escapes a step of a JSON pointer in the fragment of a URI (RFC 6901, section 6).
fn escaped(step: &str) -> String {
    let step = step.replace('~', "~0").replace('/', "~1");
    let mut text = String::new();
    for byte in step.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// `validate` of a type that has a definition.
pub(super) fn validate(cx: Context<'_>, id: TypeId) -> Option<TokenStream> {
    if !is_defined(cx, id) {
        return None;
    }
    let name = &cx.names.types[&id];
    let definition = name.plain();
    Some(quote! {
        impl #name {
            #[doc = " Validates the value against its schema."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " All violations, each with its location."]
            pub fn validate(&self) -> Result<(), Violations> {
                SCHEMAS.check(#definition, self)
            }
        }
    })
}

/// The functions that validate values of aliases, which have no methods.
pub(super) fn functions(cx: Context<'_>) -> Option<TokenStream> {
    let functions = cx.names.validators.iter().map(|(id, function)| {
        let name = &cx.names.types[id];
        let definition = name.plain();
        let docs = docs::line(&format!("Validates a [`{definition}`](super::{definition})."));
        quote! {
            #docs
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " All violations, each with its location."]
            pub fn #function(value: &super::#name) -> Result<(), Violations> {
                SCHEMAS.check(#definition, value)
            }
        }
    });
    let functions: Vec<TokenStream> = functions.collect();
    (!functions.is_empty()).then(|| {
        quote! {
            #[doc = " Validation of type aliases, which have no methods."]
            pub mod validate {
                use asyncapi_runtime::Violations;

                use super::SCHEMAS;

                #(#functions)*
            }
        }
    })
}

/// The function that validates a payload of this type, if the type has a schema.
pub(super) fn validator(cx: Context<'_>, ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Named(id) if is_defined(cx, *id) => {
            let name = types::owned(cx, ty);
            Some(quote!(#name::validate))
        }
        Type::Named(id) => match (cx.names.validators.get(id), &cx.api.types[*id].shape) {
            (Some(name), _) => Some(quote!(validate::#name)),
            (None, ItemKind::Alias(target)) => validator(cx, target),
            _ => None,
        },
        Type::Nullable(inner) => {
            let owned = types::owned(cx, ty);
            let inner = validator(cx, inner)?;
            Some(quote!(|event: &#owned| event.as_ref().map_or(Ok(()), #inner)))
        }
        _ => None,
    }
}

fn is_defined(cx: Context<'_>, id: TypeId) -> bool {
    !matches!(cx.api.types[id].shape, ItemKind::Alias(_)) && cx.api.definitions.contains_type(id)
}
