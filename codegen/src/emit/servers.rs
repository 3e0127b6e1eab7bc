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
    let docs = docs::docs(&server.docs, || docs::code(&server.key));
    let variables: Vec<TokenStream> =
        server.variables.iter().zip(arguments).map(|(variable, name)| variable_docs(variable, name)).collect();
    let separator = (!variables.is_empty()).then(|| quote!(#[doc = ""]));
    match &server.url[..] {
        [] | [Segment::Text(_)] => {
            let url = template(&server.url).replace("{{", "{").replace("}}", "}");
            quote!(#docs pub const fn #name() -> &'static str { #url })
        }
        segments => {
            let used = segments.iter().filter_map(|segment| match segment {
                Segment::Variable(index) => Some(&arguments[*index]),
                Segment::Text(_) => None,
            });
            let url = if let [Segment::Variable(index)] = segments {
                let name = &arguments[*index];
                quote!(#name.to_owned())
            } else {
                let template = template(segments);
                quote!(format!(#template, #(#used),*))
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
    let summary = docs::summary(&variable.docs).map(|summary| format!(": {summary}"));
    let values: Vec<String> = variable.values.iter().map(|value| docs::code(value)).collect();
    let values = (!values.is_empty()).then(|| format!(" One of {}.", values.join(", ")));
    let default = variable.default.as_ref().map(|default| format!(" The default is {}.", docs::code(default)));
    let details: String = [summary, values, default].into_iter().flatten().collect();
    docs::text(&format!("- `{name}`{details}"))
}

/// The URL as a format string.
fn template(segments: &[Segment]) -> String {
    let piece = |segment: &Segment| match segment {
        Segment::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Segment::Variable(_) => "{}".to_owned(),
    };
    segments.iter().map(piece).collect()
}
