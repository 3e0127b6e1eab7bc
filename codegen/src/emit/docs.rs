//! Doc comments from the titles and descriptions of the document.

use proc_macro2::TokenStream;
use quote::quote;

use super::markdown;
pub(super) use super::markdown::{code, phrase};
use crate::ir::{Access, Address, Api, Docs, EnumValue, ItemKind, Members, NamePath, Root, Step, TypeDef};

/// The summary, the description and `#[deprecated]`, as far as the document has them.
pub(super) fn docs(docs: &Docs) -> TokenStream {
    docs_or(docs, || None)
}

/// The docs of an item, and a sentence of the generator.
pub(super) fn with_note(docs: &Docs, note: Option<String>) -> TokenStream {
    to_lines(docs, || None, note)
}

/// The docs of an item, or a sentence of the generator if there are none.
pub(super) fn docs_or(docs: &Docs, otherwise: impl FnOnce() -> Option<String>) -> TokenStream {
    to_lines(docs, otherwise, None)
}

/// The docs of an item, or a sentence of the generator if there are none; and a note of the generator.
pub(super) fn to_lines(docs: &Docs, otherwise: impl FnOnce() -> Option<String>, note: Option<String>) -> TokenStream {
    let trimmed =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut paragraphs: Vec<String> = trimmed(&docs.summary).into_iter().chain(trimmed(&docs.description)).collect();
    paragraphs.dedup();
    if paragraphs.is_empty() {
        paragraphs.extend(otherwise());
    }
    paragraphs.extend(note);
    match docs.access {
        Access::ReadWrite => {}
        Access::ReadOnly => paragraphs.push("Read-only: it is never sent to the side that owns it.".to_owned()),
        Access::WriteOnly => paragraphs.push("Write-only: the side that owns it never sends it.".to_owned()),
    }
    let paragraphs: Vec<Vec<String>> = paragraphs.iter().map(|paragraph| markdown::lines(paragraph)).collect();
    let text = attributes(&paragraphs.join(&String::new()));
    let deprecated = docs.deprecated.then(|| quote!(#[deprecated]));
    quote!(#text #deprecated)
}

/// The docs of a type, or a sentence that says which schema it is.
pub(super) fn of_type(def: &TypeDef) -> TokenStream {
    docs_or(&def.docs, || {
        let NamePath { root, steps, .. } = &def.name_path;
        let place = match root {
            Root::Schema(key) => format!("the schema {}", code(key)),
            Root::Named(full) => format!("the type {}", code(full)),
            Root::Payload(message) => format!("the payload of {}", code(message)),
            Root::Headers(message) => format!("the headers of {}", code(message)),
            Root::Operation(id) => format!("the messages of {}", code(id)),
            Root::Parameter(Some(channel), name) => format!("the parameter {} of {}", code(name), code(channel)),
            Root::Parameter(None, name) => format!("the parameter {}", code(name)),
            Root::Binding(owner, schema) => format!("the {} of {}", schema.title, code(owner)),
        };
        let property = steps.iter().rev().find_map(|step| match step {
            Step::Property(name) => Some(format!("{} in {place}", code(name))),
            Step::Item | Step::Key | Step::Value | Step::Variant(_) => None,
        });
        let subject = property.unwrap_or(place);
        let sentence = match steps.last() {
            Some(Step::Item) => format!("An item of {subject}."),
            Some(Step::Key) => format!("A key of {subject}."),
            Some(Step::Value) => format!("A value of {subject}."),
            Some(Step::Variant(_)) => format!("An alternative of {subject}."),
            Some(Step::Property(_)) => format!("The property {subject}."),
            None => format!("The {}.", subject.trim_start_matches("the ")),
        };
        Some(sentence)
    })
}

/// The summary, or else the description.
pub(super) fn summary(docs: &Docs) -> Option<&str> {
    let text = docs.summary.as_deref().or(docs.description.as_deref());
    text.filter(|text| !text.trim().is_empty())
}

/// A text of the document as doc attributes, one for each line.
pub(super) fn text(text: &str) -> TokenStream {
    attributes(&markdown::lines(text))
}

fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// One line of the generator.
pub(super) fn line(text: &str) -> TokenStream {
    let line = format!(" {text}");
    quote!(#[doc = #line])
}

/// Whether the document declares anything deprecated.
pub(super) fn has_deprecated(api: &Api) -> bool {
    let channels = api.channels.iter().any(|channel| {
        let parameters = match &channel.address {
            Address::Template(template) => template.parameters.as_slice(),
            Address::Fixed(_) | Address::Unknown => &[],
        };
        channel.docs.deprecated || parameters.iter().any(|parameter| parameter.docs.deprecated)
    });
    channels
        || api.events.iter().any(|event| event.docs.deprecated)
        || api.operations.iter().any(|operation| operation.docs.deprecated)
        || api.types.iter().any(|(_, def)| def.docs.deprecated || has_deprecated_member(&def.shape))
}

fn has_deprecated_member(shape: &ItemKind) -> bool {
    fn any<T>(values: &[EnumValue<T>]) -> bool {
        values.iter().any(|value| value.docs.deprecated)
    }
    match shape {
        ItemKind::Struct(object) => object.fields.iter().any(|field| field.docs.deprecated),
        ItemKind::Enum(listed) => match &listed.members {
            Members::Texts(values) => any(values),
            Members::Booleans(values) => any(values),
            Members::Integers(_, values) => any(values),
            Members::Numbers(values) => any(values),
            Members::Mixed(values) => any(values),
        },
        ItemKind::Union(_)
        | ItemKind::MessageUnion(_)
        | ItemKind::OpenTuple(_)
        | ItemKind::Alias(_)
        | ItemKind::Newtype(_) => false,
    }
}
