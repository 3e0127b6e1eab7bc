//! Lists whose first items have their own types, and whose length varies.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::{Context, attributes, docs, lenient_integers, types};
use crate::ir::{OpenTuple, TypeDef, TypeId};
use crate::names::Name;

pub(super) fn define(cx: Context<'_>, id: TypeId, def: &TypeDef, tuple: &OpenTuple) -> Vec<TokenStream> {
    let name = &cx.names.types[&id];
    let docs = docs::of_type(def);
    let attributes = attributes::of_type(cx, &def.at, &["Clone", "Debug", "PartialEq"]);
    let items = tuple.items.iter().enumerate().map(|(index, ty)| {
        let ty = types::owned(cx, ty);
        if index < tuple.required { ty } else { quote!(Option<#ty>) }
    });
    let rest = tuple.rest.as_ref().map(|ty| {
        let ty = types::owned(cx, ty);
        quote!(Vec<#ty>)
    });
    let fields = items.chain(rest).map(|ty| quote!(pub #ty));
    let definition = quote! {
        #docs
        #attributes
        pub struct #name(#(#fields),*);
    };
    vec![definition, serialize(name, tuple), deserialize(cx, name, tuple)]
}

/// `Serialize`, which leaves out missing items.
fn serialize(name: &Name, tuple: &OpenTuple) -> TokenStream {
    let items = (0..tuple.items.len()).map(|index| {
        let field = Literal::usize_unsuffixed(index);
        if index < tuple.required {
            quote!(items.serialize_element(&self.#field)?;)
        } else {
            quote!(if let Some(item) = &self.#field { items.serialize_element(item)?; })
        }
    });
    let rest = tuple.rest.as_ref().map(|_| {
        let field = Literal::usize_unsuffixed(tuple.items.len());
        quote!(for item in &self.#field { items.serialize_element(item)?; })
    });
    quote! {
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeSeq as _;

                let mut items = serializer.serialize_seq(None)?;
                #(#items)*
                #rest
                items.end()
            }
        }
    }
}

fn deserialize(cx: Context<'_>, name: &Name, tuple: &OpenTuple) -> TokenStream {
    let names: Vec<Ident> =
        (0..tuple.items.len()).map(|index| Ident::new(&format!("item_{index}"), Span::call_site())).collect();
    let items = names.iter().enumerate().map(|(index, item)| {
        let index_literal = Literal::usize_unsuffixed(index);
        let missing = quote!(serde::de::Error::invalid_length(#index_literal, &self));
        let required = (index < tuple.required).then(|| quote!(.ok_or_else(|| #missing)?));
        let unwrapped = lenient_integers::contains_integers(cx, &tuple.items[index])
            .then(|| quote!(.map(|lenient_int::Lenient(item)| item)));
        quote!(let #item = items.next_element()? #unwrapped #required;)
    });
    let (rest, last) = match &tuple.rest {
        Some(ty) => {
            let item = if lenient_integers::contains_integers(cx, ty) {
                quote!(lenient_int::Lenient(item))
            } else {
                quote!(item)
            };
            let rest = quote! {
                let mut rest = Vec::new();
                while let Some(#item) = items.next_element()? {
                    rest.push(item);
                }
            };
            (Some(rest), Some(quote!(rest)))
        }
        None => (None, None),
    };
    let values = names.iter().map(|name| quote!(#name)).chain(last);
    // The name is longer than the struct's name, so it does not shadow it.
    let visitor = Ident::new(&format!("{}Items", name.plain()), Span::call_site());
    let expected = expected(tuple);
    let deserialize = if tuple.types().any(|ty| lenient_integers::contains_integers(cx, ty)) {
        // `lenient_int` does not look inside tuple structs, because they read their own integers.
        let (name, count) = (name.plain(), Literal::usize_unsuffixed(tuple.items.len()));
        quote!(deserialize_tuple_struct(#name, #count, #visitor))
    } else {
        quote!(deserialize_seq(#visitor))
    };
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct #visitor;

                impl<'de> serde::de::Visitor<'de> for #visitor {
                    type Value = #name;

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        formatter.write_str(#expected)
                    }

                    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<#name, A::Error> {
                        #(#items)*
                        #rest
                        Ok(#name(#(#values),*))
                    }
                }

                deserializer.#deserialize
            }
        }
    }
}

/// The allowed lengths, for the error message.
fn expected(tuple: &OpenTuple) -> String {
    match (tuple.required, &tuple.rest) {
        (0, Some(_)) => "a list".to_owned(),
        (fewest, Some(_)) => format!("a list of at least {fewest}"),
        (0, None) => format!("a list of at most {}", tuple.items.len()),
        (fewest, None) => format!("a list of {fewest} to {}", tuple.items.len()),
    }
}
