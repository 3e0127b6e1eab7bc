//! The `use` items of the file: they follow from the names in the other items.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

/// The names that the generated code uses without a path, by module. No item of a file has one of these names, because
/// `names` reserves them.
const IMPORTS: &[(&str, &[&str])] = &[
    ("std", &["fmt"]),
    ("std::collections", &["BTreeMap", "BTreeSet", "HashSet"]),
    ("std::convert", &["Infallible"]),
    ("std::future", &["Future"]),
    ("std::net", &["Ipv4Addr", "Ipv6Addr"]),
    ("std::num", &["ParseIntError"]),
    ("std::ops", &["Deref"]),
    ("std::str", &["FromStr"]),
    (
        "asyncapi_runtime",
        &[
            "Base64",
            "BoxFuture",
            "Context",
            "DateTime",
            "DecodeError",
            "Dispatch",
            "DispatchError",
            "HandlerError",
            "Headers",
            "Inbound",
            "IsoDuration",
            "JsonObject",
            "JsonValue",
            "Outbound",
            "Password",
            "PublishError",
            "RequestError",
            "RequestReply",
            "Route",
            "Schemas",
            "Transport",
            "UnknownEvent",
            "Verbatim",
            "Violations",
            "lenient_int",
            "request",
            "untagged",
        ],
    ),
    ("indexmap", &["IndexSet"]),
    ("jiff::civil", &["Date"]),
    ("serde", &["Deserialize", "Deserializer", "Serialize", "Serializer"]),
    ("serde_json", &["Map", "Value"]),
    ("url", &["Url"]),
    ("uuid", &["Uuid"]),
];

/// Collects the imported names that items use.
#[derive(Default)]
pub(super) struct Imports {
    used: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

/// The item whose body follows, if its body is read in a way of its own.
#[derive(PartialEq)]
enum Body {
    Enum,
    /// A module has `use` items of its own.
    Module,
    Other,
}

impl Imports {
    /// Adds the names in an item.
    pub(super) fn add_names_in(&mut self, item: TokenStream) {
        let mut body = Body::Other;
        let (mut is_after_colon, mut is_below_path) = (false, false);
        let mut tokens = item.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let is_path = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if is_path_separator(next));
            match token {
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    match name.as_str() {
                        "enum" => body = Body::Enum,
                        "mod" => body = Body::Module,
                        _ if !is_below_path => self.add_name(&name, is_path),
                        _ => {}
                    }
                    is_below_path = false;
                }
                TokenTree::Group(group) => {
                    match body {
                        Body::Enum if group.delimiter() == Delimiter::Brace => {
                            self.add_names_in_variants(group.stream());
                        }
                        Body::Module => {}
                        Body::Enum | Body::Other => self.add_names_in(group.stream()),
                    }
                    if group.delimiter() == Delimiter::Brace {
                        body = Body::Other;
                    }
                }
                TokenTree::Punct(punct) => {
                    is_below_path = is_after_colon && punct.as_char() == ':';
                    is_after_colon = is_path_separator(&punct);
                }
                // serde's attributes name functions in strings.
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if let Some((module, _)) = text.trim_start_matches('"').split_once("::") {
                        self.add_name(module, true);
                    }
                }
            }
        }
    }

    /// Adds the names in the body of an enum. The names of its variants are its own.
    fn add_names_in_variants(&mut self, variants: TokenStream) {
        let mut is_name_next = true;
        let others = variants.into_iter().filter(|token| match token {
            TokenTree::Ident(_) => !std::mem::take(&mut is_name_next),
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                is_name_next = true;
                true
            }
            _ => true,
        });
        let others = others.collect();
        self.add_names_in(others);
    }

    /// Adds a name. The name of a module counts only as a part of a path: a field or a variable may have the same name.
    fn add_name(&mut self, name: &str, is_path: bool) {
        let is_module = name.starts_with(|letter: char| letter.is_ascii_lowercase());
        if is_module && !is_path {
            return;
        }
        for (module, names) in IMPORTS {
            if let Some(name) = names.iter().find(|known| **known == name) {
                self.used.entry(module).or_default().insert(name);
            }
        }
    }

    /// One `use` item for each module: first the standard library, then the others.
    pub(super) fn items(&self) -> Vec<TokenStream> {
        let mut modules: Vec<_> = self.used.iter().collect();
        modules.sort_by_key(|(module, names)| {
            (!module.starts_with("std"), [*module, names.first().copied().unwrap_or_default()].join("::"))
        });
        modules.into_iter().map(|(module, names)| import(module, names)).collect()
    }
}

/// Whether this is the first sign of `::`.
fn is_path_separator(punct: &Punct) -> bool {
    punct.as_char() == ':' && punct.spacing() == Spacing::Joint
}

fn import(module: &str, names: &BTreeSet<&str>) -> TokenStream {
    let ident = |name: &str| Ident::new(name, Span::call_site());
    let path = module.split("::").map(ident);
    let names: Vec<Ident> = names.iter().map(|name| ident(name)).collect();
    match &names[..] {
        [name] => quote!(use #(#path)::*::#name;),
        names => quote!(use #(#path)::*::{#(#names),*};),
    }
}
