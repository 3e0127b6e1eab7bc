//! One function for the URL of each server, with the variables as arguments.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs};
use crate::ir::{Segment, Server, Variable};
use crate::names::{Name, ServerVariableNames};

pub(super) fn servers(cx: Context<'_>) -> Option<TokenStream> {
    if cx.api.servers.is_empty() {
        return None;
    }
    let import = (!cx.names.variable_enums.is_empty()).then(|| {
        quote!(
            use std::fmt;
        )
    });
    let items = cx.api.servers.iter().enumerate().map(move |(index, server)| {
        let arguments = arguments(cx, index, server);
        let choices = arguments.iter().filter_map(|argument| choice(server, argument));
        let function = function(server, &cx.names.servers[index], &arguments);
        quote!(#(#choices)* #function)
    });
    Some(quote! {
        #[doc = " The URLs of the servers."]
        pub mod servers {
            #import
            #(#items)*
        }
    })
}

/// An argument of the function: a variable of the URL.
struct Argument<'a> {
    variable: &'a Variable,
    name: &'a Name,
    choice: Option<&'a ServerVariableNames>,
}

fn arguments<'a>(cx: Context<'a>, server: usize, of: &'a Server) -> Vec<Argument<'a>> {
    let named = of.variables.iter().zip(&cx.names.variables[server]).enumerate();
    named
        .map(|(index, (variable, name))| Argument {
            variable,
            name,
            choice: cx.names.variable_enums.get(&(server, index)),
        })
        .collect()
}

fn function(server: &Server, name: &Name, arguments: &[Argument<'_>]) -> TokenStream {
    let docs = docs::docs(&server.docs);
    let variables: Vec<TokenStream> = arguments.iter().map(variable_docs).collect();
    let separator = (!variables.is_empty() && !docs.is_empty()).then(|| quote!(#[doc = ""]));
    match &server.url[..] {
        segments @ ([] | [Segment::Text(_)]) => {
            let url: String = segments.iter().map(text).collect();
            quote!(#docs pub const fn #name() -> &'static str { #url })
        }
        segments => {
            let url = if let [Segment::Variable(index)] = segments {
                let Argument { name, choice, .. } = &arguments[*index];
                if choice.is_some() { quote!(#name.to_string()) } else { quote!(#name.to_owned()) }
            } else {
                let template = template(segments, arguments);
                quote!(format!(#template))
            };
            let parameters = arguments.iter().map(|Argument { name, choice, .. }| {
                let ty = choice.map_or_else(|| quote!(&str), |ServerVariableNames { name, .. }| quote!(#name));
                quote!(#name: #ty)
            });
            quote! {
                #docs
                #separator
                #(#variables)*
                pub fn #name(#(#parameters),*) -> String {
                    #url
                }
            }
        }
    }
}

/// The enum of the values of a variable. It is closed, because only the caller sets the value.
fn choice(server: &Server, argument: &Argument<'_>) -> Option<TokenStream> {
    let Argument { variable, choice, .. } = argument;
    let ServerVariableNames { name, variants } = choice.as_ref()?;
    let docs = docs::docs_or(&variable.docs, || {
        Some(format!("The variable {} of the server {}.", docs::code(&variable.key), docs::code(&server.key)))
    });
    let values: Vec<&str> = variable.values.iter().map(|value| value.value.as_str()).collect();
    let is_default = |value: &str| variable.default.as_deref() == Some(value);
    let derived = values.iter().any(|value| is_default(value)).then(|| quote!(Default,));
    let members = values.iter().zip(variants).map(|(value, variant)| {
        let docs = docs::line(&docs::code(value));
        let default = is_default(value).then(|| quote!(#[default]));
        quote!(#docs #default #variant)
    });
    Some(quote! {
        #docs
        #[derive(Clone, Copy, Debug, #derived PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name {
            #(#members,)*
        }

        impl #name {
            #[doc = " Every value, in the order of the document."]
            pub const KNOWN: &[Self] = &[#(Self::#variants),*];

            #[doc = " The value in the URL."]
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #values,)*
                }
            }
        }

        impl fmt::Display for #name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    })
}

fn variable_docs(argument: &Argument<'_>) -> TokenStream {
    let Argument { variable, name, choice } = argument;
    // The enum has the description.
    let summary = docs::summary(&variable.docs).filter(|_| choice.is_none()).map(str::to_owned);
    let default = variable.default.as_ref().map(|default| format!("The default is {}.", docs::code(default)));
    let details: Vec<String> = [summary, default].into_iter().flatten().collect();
    let separator = if details.is_empty() { "" } else { ": " };
    docs::text(&format!("- `{name}`{separator}{}", details.join(" ")))
}

fn text(segment: &Segment) -> &str {
    match segment {
        Segment::Text(text) => text,
        Segment::Variable(_) => "",
    }
}

/// The URL as a format string. Keywords in a format string need no `r#`.
fn template(segments: &[Segment], arguments: &[Argument<'_>]) -> String {
    let piece = |segment: &Segment| match segment {
        Segment::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Segment::Variable(index) => format!("{{{}}}", arguments[*index].name.plain()),
    };
    segments.iter().map(piece).collect()
}
