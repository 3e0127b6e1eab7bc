//! The addresses of channels: a constant, or a struct if the address has parameters.

mod parse_address;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs, parameters, types};
use crate::ir::{self, Address, Channel, Docs, ItemKind, Levels, Segment, Template, Type};
use crate::names::Name;

pub(super) fn channels(cx: Context<'_>) -> Option<TokenStream> {
    if cx.api.channels.is_empty() {
        return None;
    }
    let channels = cx.api.channels.iter().zip(&cx.names.channels).zip(&cx.names.parameters);
    let items = channels.flat_map(move |((channel, name), parameters)| define(cx, channel, name, parameters));
    let templates: Vec<&Template> = templates(cx).collect();
    let support = (!templates.is_empty()).then(|| support(cx, &templates));
    Some(quote! {
        #[doc = " The addresses of the channels."]
        pub mod channels {
            #support
            #(#items)*
        }
    })
}

fn templates(cx: Context<'_>) -> impl Iterator<Item = &Template> {
    cx.api.channels.iter().filter_map(|channel| match &channel.address {
        Address::Template(template) => Some(template),
        Address::Fixed(_) | Address::Unknown => None,
    })
}

fn define(cx: Context<'_>, channel: &Channel, name: &Name, fields: &[Name]) -> Vec<TokenStream> {
    match &channel.address {
        Address::Fixed(address) => {
            let docs = docs::docs(&channel.docs);
            vec![quote!(#docs pub const #name: &str = #address;)]
        }
        Address::Unknown => {
            let key = &channel.key;
            let docs =
                docs_with(&channel.docs, "The address is only known at run time; this is the name of the channel.");
            vec![quote!(#docs pub const #name: &str = #key;)]
        }
        Address::Template(template) => {
            let docs = docs_with(&channel.docs, &format!("The address is {}.", docs::code(&template.text)));
            let items = [
                Some(structure(cx, &docs, name, template, fields)),
                parameters::from_message(cx, name, template, fields),
                parameters::default(cx, name, template, fields),
                Some(display(name, template, fields)),
                Some(parse_address::from_str(cx, name, template, fields)),
            ];
            items.into_iter().flatten().collect()
        }
    }
}

/// The docs of the document, and a sentence of the generator.
fn docs_with(docs: &Docs, sentence: &str) -> TokenStream {
    let description = match &docs.description {
        Some(description) => format!("{}\n\n{sentence}", description.trim_end()),
        None => sentence.to_owned(),
    };
    docs::docs(&Docs { description: Some(description), ..docs.clone() })
}

fn structure(cx: Context<'_>, docs: &TokenStream, name: &Name, template: &Template, fields: &[Name]) -> TokenStream {
    let field_docs = template.parameters.iter().map(parameters::parameter_docs);
    let types = template.parameters.iter().map(|parameter| types::owned(cx, &parameter.ty));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name {
            #(#field_docs pub #fields: #types,)*
        }
    }
}

fn display(name: &Name, template: &Template, fields: &[Name]) -> TokenStream {
    let mut format: String = template
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Text(text) => text.replace('{', "{{").replace('}', "}}"),
            Segment::Variable(_) => "{}".to_owned(),
        })
        .collect();
    let values = template.segments.iter().filter_map(|segment| match segment {
        Segment::Variable(index) => Some(&fields[*index]),
        Segment::Text(_) => None,
    });
    let mut values: Vec<TokenStream> = values.map(|field| quote!(self.#field)).collect();
    let separator = template.levels.zip(fields.last()).and_then(|(levels, field)| {
        let separator = match levels {
            Levels::Any | Levels::OneOrMore => None,
            Levels::ZeroOrMore(separator) => {
                let separator = separator.to_string();
                values.push(quote!(separator));
                format.push_str("{}");
                Some(quote!(let separator = if self.#field.is_empty() { "" } else { #separator };))
            }
        };
        values.push(quote!(self.#field));
        format.push_str("{}");
        separator
    });
    quote! {
        impl fmt::Display for #name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                #separator
                write!(formatter, #format, #(#values),*)
            }
        }
    }
}

/// An expression that parses the value of a parameter, and returns `error` if it does not parse.
pub(super) fn parse_expression(cx: Context<'_>, ty: &Type, field: &Name, error: &TokenStream) -> TokenStream {
    match ty {
        Type::String => quote!(#field.to_owned()),
        Type::Named(id) if is_closed(cx, ty) => {
            let name = &cx.names.types[id];
            quote!(#name::KNOWN.iter().find(|known| known.as_str() == #field).copied().ok_or(#error)?)
        }
        _ => quote!(#field.parse().map_err(|_| #error)?),
    }
}

fn is_closed(cx: Context<'_>, ty: &Type) -> bool {
    let Type::Named(id) = ty else { return false };
    match &cx.api.types[*id].shape {
        ItemKind::Enum(listed) => matches!(listed.members, ir::Members::Texts(_)) && !listed.is_open(),
        _ => false,
    }
}

/// The imports, the error type and the functions of the module.
fn support(cx: Context<'_>, templates: &[&Template]) -> TokenStream {
    let mut enums: Vec<&Name> = templates
        .iter()
        .flat_map(|template| &template.parameters)
        .filter_map(|parameter| match &parameter.ty {
            Type::Named(id) => Some(&cx.names.types[id]),
            _ => None,
        })
        .collect();
    enums.sort();
    enums.dedup();
    let enums = match enums[..] {
        [] => None,
        [only] => Some(quote!(use super::#only;)),
        _ => Some(quote!(use super::{#(#enums),*};)),
    };
    let read = templates.iter().any(|template| parameters::has_from_message(cx, template));
    let read = read.then(|| {
        quote!(
            use asyncapi_runtime::{DecodeError, Inbound};
        )
    });
    let helpers = parse_address::helpers(templates);
    quote! {
        use std::error::Error;
        use std::fmt;
        use std::str::FromStr;

        #read

        #enums

        #[doc = " The address belongs to another channel."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct OtherChannel;

        impl fmt::Display for OtherChannel {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the address belongs to another channel")
            }
        }

        impl Error for OtherChannel {}

        #(#helpers)*
    }
}
