//! The schemas that values are validated against, and the methods that do it.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, docs, types};
use crate::ir::{Defined, Definition, Json, Shape, Type, TypeId};

/// A line of the text is no longer than this, where what stands in it can be broken.
const WIDTH: usize = 100;

/// `SCHEMAS`: the definitions as one text.
pub(super) fn schemas(emit: Emit<'_>) -> Option<TokenStream> {
    if emit.api.definitions.is_empty() {
        return None;
    }
    let definitions = emit.api.definitions.iter().map(|Definition { of, schema }| (name(emit, of), schema.clone()));
    let whole = Json::Object(vec![("definitions".to_owned(), Json::Object(definitions.collect()))]);
    let mut text = String::new();
    broken(emit, &whole, 0, &mut text);
    let text = raw(&text);
    Some(quote! {
        #[doc = " What the document asks of values, in JSON Schema draft 7."]
        static SCHEMAS: Schemas = Schemas::new(#text);
    })
}

/// `validate` of a type that has a definition.
pub(super) fn validate(emit: Emit<'_>, id: TypeId) -> Option<TokenStream> {
    if !is_defined(emit, id) {
        return None;
    }
    let name = &emit.names.types[&id];
    let definition = name.plain();
    Some(quote! {
        impl #name {
            #[doc = " Checks what the document asks for and the type does not say."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " Every violation, with its place."]
            pub fn validate(&self) -> Result<(), Violations> {
                SCHEMAS.check(#definition, self)
            }
        }
    })
}

/// The functions that validate values of components without methods.
pub(super) fn functions(emit: Emit<'_>) -> Option<TokenStream> {
    let functions = emit.names.validators.iter().map(|(id, function)| {
        let name = &emit.names.types[id];
        let definition = name.plain();
        let docs = docs::line(&format!("Checks a [`{definition}`](super::{definition})."));
        quote! {
            #docs
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " Every violation, with its place."]
            pub fn #function(value: &super::#name) -> Result<(), Violations> {
                SCHEMAS.check(#definition, value)
            }
        }
    });
    let functions: Vec<TokenStream> = functions.collect();
    (!functions.is_empty()).then(|| {
        quote! {
            #[doc = " Checks of what is another name of a type, and so has no methods of its own."]
            pub mod validate {
                use super::{SCHEMAS, Violations};

                #(#functions)*
            }
        }
    })
}

/// The function that validates a payload of this type; `None` where there is nothing to validate.
pub(super) fn validator(emit: Emit<'_>, ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Named(id) if is_defined(emit, *id) => {
            let name = types::owned(emit, ty);
            Some(quote!(#name::validate))
        }
        Type::Named(id) => match (emit.names.validators.get(id), &emit.api.types[*id].shape) {
            (Some(name), _) => Some(quote!(validate::#name)),
            (None, Shape::Alias(target)) => validator(emit, target),
            _ => None,
        },
        Type::Nullable(inner) => {
            let owned = types::owned(emit, ty);
            let inner = validator(emit, inner)?;
            Some(quote!(|event: &#owned| event.as_ref().map_or(Ok(()), #inner)))
        }
        _ => None,
    }
}

fn is_defined(emit: Emit<'_>, id: TypeId) -> bool {
    !matches!(emit.api.types[id].shape, Shape::Alias(_)) && emit.api.definitions.has(id)
}

fn name(emit: Emit<'_>, defined: &Defined) -> String {
    match defined {
        Defined::Type(id) => emit.names.types[id].plain().to_owned(),
        Defined::Place(name) => name.clone(),
    }
}

/// A raw string, fenced by as many signs as its text asks for.
fn raw(text: &str) -> TokenStream {
    let mut fence = String::from("#");
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    format!("r{fence}\"{text}\"{fence}").parse().unwrap_or_default()
}

/// Writes a value on one line, where it fits, else each of its parts on lines of their own.
fn write(emit: Emit<'_>, value: &Json, depth: usize, before: usize, text: &mut String) {
    let start = text.len();
    flat(emit, value, text);
    if before + text.len() - start > WIDTH {
        text.truncate(start);
        broken(emit, value, depth, text);
    }
}

fn broken(emit: Emit<'_>, value: &Json, depth: usize, text: &mut String) {
    let indent = |depth: usize| "  ".repeat(depth);
    match value {
        Json::Object(entries) if !entries.is_empty() => {
            text.push_str("{\n");
            for (index, (key, value)) in entries.iter().enumerate() {
                let key = format!("{}{}: ", indent(depth + 1), quoted(key));
                text.push_str(&key);
                // One sign more for the comma.
                write(emit, value, depth + 1, key.len() + 1, text);
                text.push_str(if index + 1 < entries.len() { ",\n" } else { "\n" });
            }
            let _ = write!(text, "{}}}", indent(depth));
        }
        Json::List(items) if !items.is_empty() => {
            text.push_str("[\n");
            for (index, item) in items.iter().enumerate() {
                text.push_str(&indent(depth + 1));
                write(emit, item, depth + 1, 2 * (depth + 1) + 1, text);
                text.push_str(if index + 1 < items.len() { ",\n" } else { "\n" });
            }
            let _ = write!(text, "{}]", indent(depth));
        }
        value => flat(emit, value, text),
    }
}

fn flat(emit: Emit<'_>, value: &Json, text: &mut String) {
    match value {
        Json::Null => text.push_str("null"),
        Json::Boolean(value) => {
            let _ = write!(text, "{value}");
        }
        Json::Integer(number) => {
            let _ = write!(text, "{number}");
        }
        Json::Number(number) => {
            let _ = write!(text, "{number:?}");
        }
        Json::Text(value) => text.push_str(&quoted(value)),
        Json::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                flat(emit, item, text);
            }
            text.push(']');
        }
        Json::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                let _ = write!(text, "{}: ", quoted(key));
                flat(emit, value, text);
            }
            text.push('}');
        }
        Json::Reference(to) => {
            let reference = format!("#/definitions/{}", escaped(&name(emit, to)));
            let _ = write!(text, "{{\"$ref\": {}}}", quoted(&reference));
        }
    }
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A step of a JSON pointer in the fragment of a URI.
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
