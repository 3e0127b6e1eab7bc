//! Unions: one of several alternatives, told by a tag or by their kind of JSON; where nothing tells, they are tried.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, attributes, docs, known, literal, tried, types, whole};
use crate::config::Extent;
use crate::ir::{Kind, Shape, TagValue, Told, Type, TypeDef, TypeId, Union, Variant, Width};
use crate::names::Name;

pub(super) fn define(emit: Emit<'_>, id: TypeId, def: &TypeDef, union: &Union) -> Vec<TokenStream> {
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let docs = docs::of_type(def);
    let told = match union.told() {
        Told::Tag(tag) => {
            let told = docs::line(&format!("Told apart by {}.", docs::code(tag)));
            quote!(#[doc = ""] #told)
        }
        Told::Kind | Told::Nothing => TokenStream::new(),
    };
    let variants = union.variants.iter().zip(members).map(|(variant, name)| {
        let ty = types::owned(emit, &variant.ty);
        let chosen = attributes::of_member(emit, &variant.at);
        quote!(#chosen #name(#ty),)
    });
    let is_open = keeps_unknown(emit, def, union);
    let open = is_open.then(|| quote!(#[non_exhaustive]));
    let unknown = is_open.then(|| {
        let docs = docs::line("An alternative that the document does not list.");
        quote!(#docs Unknown(Value),)
    });
    let deserialize = deserialize(emit, name, members, union, is_open);
    let derived: &[&str] = if deserialize.is_empty() {
        &["Clone", "Debug", "PartialEq", "Serialize", "Deserialize"]
    } else {
        &["Clone", "Debug", "PartialEq", "Serialize"]
    };
    let attributes = attributes::of_type(emit, &def.at, derived);
    // Boxing the large ones would change the type whenever the document gains a property.
    let definition = quote! {
        #docs
        #told
        #attributes
        #[serde(untagged)]
        #open
        #[allow(clippy::large_enum_variant)]
        pub enum #name {
            #(#variants)*
            #unknown
        }
    };
    [definition].into_iter().chain(deserialize).collect()
}

/// Whether an alternative that the document does not list is kept as it is.
pub(super) fn keeps_unknown(emit: Emit<'_>, def: &TypeDef, union: &Union) -> bool {
    union.tag.is_some() && !emit.config.is_closed(&def.at)
}

/// How a union is read, where it cannot be derived.
fn deserialize(emit: Emit<'_>, name: &Name, members: &[Name], union: &Union, is_open: bool) -> Vec<TokenStream> {
    match (union.told(), emit.config.extent) {
        (Told::Nothing, _) => vec![by_trial(emit, name, members, union)],
        (Told::Tag(tag), Extent::TypesOnly) => vec![by_value(emit, name, members, union, tag, is_open)],
        (Told::Kind, Extent::TypesOnly) if is_derived(emit, union) => Vec::new(),
        (Told::Kind, Extent::TypesOnly) => vec![by_kind(emit, name, members, union)],
        (told, Extent::Everything) => at_sight(emit, name, members, union, told, is_open),
    }
}

/// Whether serde can try the alternatives of a union that are told apart by their kinds.
///
/// What fails as one alternative would be tried as the one that takes everything, and what serde holds while it tries is
/// no integer where it was written with a fraction.
pub(super) fn is_derived(emit: Emit<'_>, union: &Union) -> bool {
    !union.variants.iter().any(|variant| takes_the_rest(variant) || whole::reaches(emit, &variant.ty))
}

/// What reads an alternative.
fn read(emit: Emit<'_>, variant: &Variant, otherwise: TokenStream) -> TokenStream {
    whole::reader(emit, &variant.ty).map_or(otherwise, whole::Reader::function)
}

/// The alternative is chosen by what can be seen, and read as the bytes come.
fn at_sight(
    emit: Emit<'_>,
    name: &Name,
    members: &[Name],
    union: &Union,
    told: Told<'_>,
    is_open: bool,
) -> Vec<TokenStream> {
    let tag = match told {
        Told::Tag(tag) => Some(quote!(const TAG: &'static str = #tag;)),
        Told::Kind | Told::Nothing => None,
    };
    let arms = union.variants.iter().zip(members).filter_map(|(variant, member)| {
        let values = seen_tags(&variant.tag_values);
        let kinds = variant.kinds.iter().map(|kind| seen(*kind));
        let pattern = match (&values[..], &variant.kinds[..]) {
            ([], []) => return None,
            ([], _) if takes_the_rest(variant) => quote!(_),
            ([], _) => quote!(#(#kinds)|*),
            (values, _) => quote!(Seen::Object(#(#values)|*)),
        };
        let read = read(emit, variant, quote!(Deserialize::deserialize));
        Some(quote!(#pattern => #read(value).map(Self::#member),))
    });
    let seen_words = match told {
        Told::Tag(_) => quote!({Seen, Tag}),
        Told::Kind | Told::Nothing => quote!(Seen),
    };
    let expected = expected(union, told);
    let rest = match (is_open, is_exhaustive(union)) {
        (true, _) => quote!(_ => Deserialize::deserialize(value).map(Self::Unknown),),
        (false, true) => TokenStream::new(),
        (false, false) => quote!(other => Err(other.refused(#expected)),),
    };
    let choice = quote! {
        impl choice::Choice for #name {
            #tag

            fn choose<'de, D: Deserializer<'de>>(seen: choice::Seen<'_>, value: D) -> Result<Self, D::Error> {
                use choice::#seen_words;

                match seen {
                    #(#arms)*
                    #rest
                }
            }
        }
    };
    let deserialize = quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                choice::read(deserializer)
            }
        }
    };
    vec![choice, deserialize]
}

/// Whether an alternative is for all that no other is for; it is the last then.
fn takes_the_rest(variant: &Variant) -> bool {
    variant.ty == Type::Any && !variant.kinds.is_empty()
}

fn is_exhaustive(union: &Union) -> bool {
    Kind::ALL.iter().all(|kind| union.variants.iter().any(|variant| variant.kinds.contains(kind)))
}

fn seen(kind: Kind) -> TokenStream {
    match kind {
        Kind::Null => quote!(Seen::Null),
        Kind::Boolean => quote!(Seen::Boolean),
        Kind::Number => quote!(Seen::Number),
        Kind::String => quote!(Seen::String),
        Kind::Array => quote!(Seen::Array),
        Kind::Object => quote!(Seen::Object(_)),
    }
}

/// The values of a tag as a pattern, those of one kind together.
fn seen_tags(values: &[TagValue]) -> Vec<TokenStream> {
    let integers = values.iter().filter_map(|value| match value {
        TagValue::Integer(value) => Some(literal::integer(*value, Width::I128)),
        _ => None,
    });
    let texts = values.iter().filter_map(|value| match value {
        TagValue::Text(text) => Some(quote!(#text)),
        _ => None,
    });
    let booleans = values.iter().filter_map(|value| match value {
        TagValue::Boolean(value) => Some(quote!(#value)),
        _ => None,
    });
    let of = |kind: TokenStream, values: Vec<TokenStream>| match &values[..] {
        [] => None,
        values => Some(quote!(Tag::#kind(#(#values)|*))),
    };
    let null = values.contains(&TagValue::Null).then(|| quote!(Tag::Null));
    let kinds = [
        null,
        of(quote!(Boolean), booleans.collect()),
        of(quote!(Integer), integers.collect()),
        of(quote!(Text), texts.collect()),
    ];
    kinds.into_iter().flatten().collect()
}

/// What would have been taken, for the error that says what was not.
fn expected(union: &Union, told: Told<'_>) -> String {
    let values = union.variants.iter().flat_map(|variant| &variant.tag_values).map(|value| format!("`{value}`"));
    let tag = match told {
        Told::Tag(tag) => Some(format!("an object whose `{tag}` is {}", either(&values.collect::<Vec<_>>()))),
        Told::Kind | Told::Nothing => None,
    };
    let kinds = union.variants.iter().flat_map(|variant| &variant.kinds).map(|kind| match kind {
        Kind::Null => "null",
        Kind::Boolean => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "an array",
        Kind::Object => "an object",
    });
    either(&kinds.map(str::to_owned).chain(tag).collect::<Vec<_>>())
}

fn either(texts: &[String]) -> String {
    match texts {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The kind chooses the alternative; without the runtime, from the value read whole.
fn by_kind(emit: Emit<'_>, name: &Name, members: &[Name], union: &Union) -> TokenStream {
    let arms = union.variants.iter().zip(members).map(|(variant, member)| {
        let kinds = variant.kinds.iter().map(|kind| value_of(*kind));
        let pattern = if takes_the_rest(variant) { quote!(_) } else { quote!(#(#kinds)|*) };
        let read = read(emit, variant, quote!(serde_json::from_value));
        quote!(#pattern => #read(value).map(Self::#member),)
    });
    let expected = expected(union, Told::Kind);
    let rest = (!is_exhaustive(union)).then(|| quote!(_ => Err(serde::de::Error::custom(#expected)),));
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let chosen = match value {
                    #(#arms)*
                    #rest
                };
                chosen.map_err(serde::de::Error::custom)
            }
        }
    }
}

fn value_of(kind: Kind) -> TokenStream {
    match kind {
        Kind::Null => quote!(Value::Null),
        Kind::Boolean => quote!(Value::Bool(_)),
        Kind::Number => quote!(Value::Number(_)),
        Kind::String => quote!(Value::String(_)),
        Kind::Array => quote!(Value::Array(_)),
        Kind::Object => quote!(Value::Object(_)),
    }
}

/// The tag chooses the alternative, which keeps it; without the runtime, from the value read whole.
fn by_value(emit: Emit<'_>, name: &Name, members: &[Name], union: &Union, tag: &str, is_open: bool) -> TokenStream {
    let is_text = |value: &TagValue| matches!(value, TagValue::Text(_));
    let are_texts = union.variants.iter().flat_map(|variant| &variant.tag_values).all(is_text);
    let seen = if are_texts { quote!(value.get(#tag).and_then(Value::as_str)) } else { quote!(value.get(#tag)) };
    let arms = union.variants.iter().zip(members).filter_map(|(variant, member)| {
        let values = &variant.tag_values;
        let pattern = match (&values[..], &variant.kinds[..]) {
            ([], []) => return None,
            ([], kinds) => {
                let tests = kinds.iter().map(|kind| is_kind(*kind));
                quote!(_ if #(#tests)||*)
            }
            (values, _) if are_texts => {
                let values = values.iter().map(TagValue::to_string);
                quote!(#(Some(#values))|*)
            }
            (values, _) => {
                let tests = values.iter().map(is_tag);
                quote!(Some(tag) if #(#tests)||*)
            }
        };
        let read = read(emit, variant, quote!(serde_json::from_value));
        Some(quote!(#pattern => #read(value).map(Self::#member)))
    });
    let expected = expected(union, Told::Tag(tag));
    let rest =
        if is_open { quote!(Ok(Self::Unknown(value))) } else { quote!(Err(serde::de::Error::custom(#expected))) };
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let chosen = match #seen {
                    #(#arms,)*
                    _ => #rest,
                };
                chosen.map_err(serde::de::Error::custom)
            }
        }
    }
}

fn is_tag(value: &TagValue) -> TokenStream {
    match value {
        TagValue::Null => quote!(tag.is_null()),
        TagValue::Boolean(value) => quote!(tag.as_bool() == Some(#value)),
        // A whole number may be written as `1.0`, up to where each has a double of its own.
        TagValue::Integer(value) if value.unsigned_abs() <= 1 << 53 => {
            let value = literal::json_number(*value);
            quote!(tag.as_f64() == Some(#value))
        }
        TagValue::Integer(value) if *value > i128::from(i64::MAX) => {
            let value = literal::integer(*value, Width::U64);
            quote!(tag.as_u64() == Some(#value))
        }
        TagValue::Integer(value) => {
            let value = literal::integer(*value, Width::I64);
            quote!(tag.as_i64() == Some(#value))
        }
        TagValue::Text(text) => quote!(tag.as_str() == Some(#text)),
    }
}

fn is_kind(kind: Kind) -> TokenStream {
    match kind {
        Kind::Null => quote!(value.is_null()),
        Kind::Boolean => quote!(value.is_boolean()),
        Kind::Number => quote!(value.is_number()),
        Kind::String => quote!(value.is_string()),
        Kind::Array => quote!(value.is_array()),
        Kind::Object => quote!(value.is_object()),
    }
}

/// The first alternative that keeps all of the value and knows it is meant, or else the one that keeps most.
fn by_trial(emit: Emit<'_>, name: &Name, members: &[Name], union: &Union) -> TokenStream {
    let types: Vec<&Type> = union.variants.iter().map(|variant| &variant.ty).collect();
    let tests = known::tests(emit, &types);
    let tries = union.variants.iter().zip(members).zip(tests).map(|((variant, member), test)| {
        let label = member.plain();
        if let Some(test) = test {
            let ty = types::owned(emit, &variant.ty);
            quote!(.or_known(#label, Self::#member, |read: &#ty| #test))
        } else {
            quote!(.or(#label, Self::#member))
        }
    });
    let best = best(&quote!(fitting), &tries.collect::<Vec<_>>());
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                choice::tried(deserializer, |fitting| #best)
            }
        }
    }
}

/// The best of several tries: one chain of calls, or where there are very many a chain after the other, because what
/// reads Rust follows a chain as deep as it is long.
pub(super) fn best(fitting: &TokenStream, tries: &[TokenStream]) -> TokenStream {
    const LONGEST: usize = 100;
    if tries.len() <= LONGEST {
        return quote!(#fitting #(#tries)* .best());
    }
    let chains = tries.chunks(LONGEST).map(|tries| quote!(let fitting = fitting #(#tries)*;));
    quote!({
        let fitting = #fitting;
        #(#chains)*
        fitting.best()
    })
}

/// What the runtime would bring, where there is none: the same by the same name.
pub(super) fn helpers(emit: Emit<'_>) -> Option<TokenStream> {
    let unions = emit.api.types.iter().filter_map(|(_, def)| match &def.shape {
        Shape::Union(union) if union.told() == Told::Nothing => Some(union),
        _ => None,
    });
    let tried: Vec<Option<TokenStream>> = unions
        .flat_map(|union| known::tests(emit, &union.variants.iter().map(|variant| &variant.ty).collect::<Vec<_>>()))
        .collect();
    if emit.config.extent == Extent::Everything || tried.is_empty() {
        return None;
    }
    let read = if whole::is_used(emit) { quote!(super::whole::read::<_, V>) } else { quote!(V::deserialize) };
    let or = tried.iter().any(Option::is_none).then(|| {
        quote! {
            pub(super) fn or<V>(self, name: &str, alternative: fn(V) -> T) -> Self
            where
                V: DeserializeOwned + Serialize,
            {
                self.try_one(name, alternative, |_| true)
            }
        }
    });
    let or_known = tried.iter().any(Option::is_some).then(|| {
        quote! {
            #[doc = " Tries an alternative that may only have kept what it does not know."]
            pub(super) fn or_known<V>(self, name: &str, alternative: fn(V) -> T, is_known: fn(&V) -> bool) -> Self
            where
                V: DeserializeOwned + Serialize,
            {
                self.try_one(name, alternative, is_known)
            }
        }
    });
    let once = tried::once();
    Some(quote! {
        #[doc = " Reading one of several alternatives that nothing tells apart."]
        mod choice {
            use std::any::{Any, TypeId};
            use std::cell::RefCell;
            use std::collections::HashMap;

            use serde::de::{DeserializeOwned, Error};
            use serde::{Deserialize, Deserializer, Serialize};
            use serde_json::Value;

            #once

            #[doc = " A value, and the alternative that keeps most of it so far, and whether it knows it all."]
            pub(super) struct Fitting<T> {
                value: Value,
                best: Option<((usize, bool), T)>,
                refused: String,
            }

            impl<T> Fitting<T> {
                fn of(value: Value) -> Self {
                    Self { value, best: None, refused: "no alternative fits".to_owned() }
                }

                #or

                #or_known

                fn try_one<V>(mut self, name: &str, alternative: fn(V) -> T, is_known: fn(&V) -> bool) -> Self
                where
                    V: DeserializeOwned + Serialize,
                {
                    let read = #read(&self.value);
                    match read.and_then(|read| Ok((serde_json::to_value(&read)?, read))) {
                        Ok((written, read)) => {
                            let fit = (kept(&self.value, &written), is_known(&read));
                            if self.best.as_ref().is_none_or(|(best, _)| fit > *best) {
                                self.best = Some((fit, alternative(read)));
                            }
                        }
                        Err(why) => {
                            #[doc = " Each level has the reasons of the level below, once for each alternative."]
                            const MOST: usize = 240;
                            self.refused = format!("{}; {name}: {:.MOST$}", self.refused, why.to_string());
                        }
                    }
                    self
                }

                pub(super) fn best<E: Error>(self) -> Result<T, E> {
                    self.best.map(|(_, read)| read).ok_or_else(|| E::custom(self.refused))
                }
            }

            #[doc = " How many of a value's parts are still there in what was written."]
            fn kept(value: &Value, written: &Value) -> usize {
                match (value, written) {
                    (Value::Object(value), Value::Object(written)) => {
                        let parts = value.iter();
                        1 + parts.filter_map(|(name, part)| Some(kept(part, written.get(name)?))).sum::<usize>()
                    }
                    (Value::Array(value), Value::Array(written)) => {
                        let parts = value.iter().zip(written);
                        1 + parts.map(|(part, written)| kept(part, written)).sum::<usize>()
                    }
                    (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => 0,
                    _ => 1,
                }
            }
        }
    })
}
