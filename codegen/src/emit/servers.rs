//! The servers' URLs: one function each, the variables as arguments.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, docs};
use crate::ir::{Segment, Server, Variable};
use crate::names::Name;

pub(super) fn servers(emit: Emit<'_>) -> Option<TokenStream> {
    if emit.api.servers.is_empty() {
        return None;
    }
    let servers = emit.api.servers.iter().zip(&emit.names.servers).zip(&emit.names.variables);
    let functions = servers.map(|((server, name), arguments)| function(server, name, arguments));
    Some(quote! {
        #[doc = " The URLs of the servers."]
        pub mod servers {
            #(#functions)*
        }
    })
}

fn function(server: &Server, name: &Name, arguments: &[Name]) -> TokenStream {
    let docs = docs::docs(&server.docs);
    let variables: Vec<TokenStream> =
        server.variables.iter().zip(arguments).map(|(variable, name)| variable_docs(variable, name)).collect();
    let separator = (!variables.is_empty() && !docs.is_empty()).then(|| quote!(#[doc = ""]));
    match &server.url[..] {
        segments @ ([] | [Segment::Text(_)]) => {
            let url: String = segments.iter().map(text).collect();
            quote!(#docs pub const fn #name() -> &'static str { #url })
        }
        segments => {
            let url = if let [Segment::Variable(index)] = segments {
                let name = &arguments[*index];
                quote!(#name.to_owned())
            } else {
                let template = template(segments, arguments);
                quote!(format!(#template))
            };
            quote! {
                #docs
                #separator
                #(#variables)*
                pub fn #name(#(#arguments: &str),*) -> String {
                    #url
                }
            }
        }
    }
}

fn variable_docs(variable: &Variable, name: &Name) -> TokenStream {
    let summary = docs::summary(&variable.docs).map(str::to_owned);
    let values: Vec<String> = variable.values.iter().map(|value| docs::code(value)).collect();
    let values = (!values.is_empty()).then(|| format!("One of {}.", values.join(", ")));
    let default = variable.default.as_ref().map(|default| format!("The default is {}.", docs::code(default)));
    let details: Vec<String> = [summary, values, default].into_iter().flatten().collect();
    let separator = if details.is_empty() { "" } else { ": " };
    docs::text(&format!("- `{name}`{separator}{}", details.join(" ")))
}

fn text(segment: &Segment) -> &str {
    match segment {
        Segment::Text(text) => text,
        Segment::Variable(_) => "",
    }
}

/// The URL as a format string; a keyword in it needs no `r#`.
fn template(segments: &[Segment], arguments: &[Name]) -> String {
    let piece = |segment: &Segment| match segment {
        Segment::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Segment::Variable(index) => format!("{{{}}}", arguments[*index].plain()),
    };
    segments.iter().map(piece).collect()
}
