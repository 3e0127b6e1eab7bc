//! What tries alternatives, without the runtime: as `asyncapi_runtime::choice` does it.

use proc_macro2::TokenStream;
use quote::quote;

use super::memo;
use crate::config::OutputScope;
use crate::emit::{Context, is_known, lenient_integers};
use crate::ir::{ItemKind, Representation};

/// What the runtime would bring, where there is none: the same by the same name.
pub(in crate::emit) fn helpers(cx: Context<'_>) -> Option<TokenStream> {
    let unions = cx.api.types.iter().filter_map(|(_, def)| match &def.shape {
        ItemKind::Union(union) if union.representation() == Representation::Untagged => Some(union),
        _ => None,
    });
    let tried: Vec<Option<TokenStream>> = unions
        .flat_map(|union| is_known::tests(cx, &union.variants.iter().map(|variant| &variant.ty).collect::<Vec<_>>()))
        .collect();
    if cx.config.extent == OutputScope::Everything || tried.is_empty() {
        return None;
    }
    let read = if lenient_integers::is_used(cx) { quote!(super::whole::read::<_, V>) } else { quote!(V::deserialize) };
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
    let once = memo::once();
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
