//! Enums of numbers, of booleans, and of values of several JSON types.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, attributes, docs, enums, lenient_integers, literal, types};
use crate::ir::{Docs, Enum, EnumValue, IntegerNotation, Members, Openness, Type, TypeDef, TypeId, Width};
use crate::json::Value;
use crate::location::Location;
use crate::names::Name;

/// The parts of such an enum.
struct ValueEnum<'a> {
    name: &'a Name,
    variants: &'a [Name],
    /// The values as Rust expressions, and as JSON.
    values: Vec<TokenStream>,
    texts: Vec<String>,
    /// The location and the docs of each value.
    docs: Vec<(&'a Location, &'a Docs)>,
    /// The type of the values.
    value: TokenStream,
    kind: ValueType,
    openness: Openness,
    strategy: DeserializeStrategy,
    comparison: Comparison,
}

/// How serde reads a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DeserializeStrategy {
    /// By the derived impl.
    Derived,
    /// As integers, which may be written as `1.0`.
    Lenient,
}

/// How a JSON value is compared with the values of the enum.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    /// An integer may be written as `1.0`.
    ByValue,
}

impl Comparison {
    fn of(cx: Context<'_>, members: &Members) -> Self {
        let Members::Mixed(values) = members else { return Self::Equal };
        let integers = || {
            values.iter().filter_map(|value| match value.value {
                Value::Integer(value) => Some(value),
                _ => None,
            })
        };
        // Every integer up to 2^53 is exact as a double.
        let are_exact = integers().all(|value| value.unsigned_abs() <= 1 << 53);
        let comparison = cx.api.output.integer_notation == IntegerNotation::AnyNumber && integers().next().is_some();
        if comparison && are_exact { Self::ByValue } else { Self::Equal }
    }

    /// The comparison of the variables `known` and `value`.
    fn condition(self) -> TokenStream {
        match self {
            Self::Equal => quote!(known.value() == value),
            Self::ByValue => {
                quote!(known.value() == value || value.is_f64() && known.value().as_f64() == value.as_f64())
            }
        }
    }
}

/// The values as JSON, and their locations and docs.
type MatchArms<'a> = (Vec<String>, Vec<(&'a Location, &'a Docs)>);

/// The type of the values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueType {
    Boolean,
    Integer,
    Number,
    Json,
}

const UNITS: &[&str] = &["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Serialize"];

const NUMBERS: &[&str] = &["Clone", "Copy", "Debug", "PartialEq", "PartialOrd", "Serialize"];

const VALUES: &[&str] = &["Clone", "Debug", "PartialEq", "Serialize"];

/// An enum of the document whose values are not all strings.
pub(super) fn define(cx: Context<'_>, id: TypeId, def: &TypeDef, listed: &Enum) -> Vec<TokenStream> {
    let parts = ValueEnum::new(cx, id, listed);
    let mut items = vec![parts.definition(cx, def, listed.default), parts.inherent()];
    items.extend(parts.conversions());
    if parts.strategy == DeserializeStrategy::Lenient {
        items.push(parts.deserialize());
    }
    if parts.kind == ValueType::Integer {
        items.push(parts.parsing());
    }
    items.push(parts.display());
    items
}

impl<'a> ValueEnum<'a> {
    fn new(cx: Context<'a>, id: TypeId, listed: &'a Enum) -> Self {
        fn match_arms<T>(values: &[EnumValue<T>], shown: impl Fn(&T) -> String) -> MatchArms<'_> {
            values.iter().map(|value| (shown(&value.value), (&value.at, &value.docs))).unzip()
        }
        let (value, kind, values, (texts, docs)) = match &listed.members {
            Members::Texts(values) => {
                let literals = values.iter().map(|value| literal::json(&Value::String(value.value.clone())));
                (quote!(Value), ValueType::Json, literals.collect(), match_arms(values, String::clone))
            }
            Members::Booleans(values) => {
                let literals = values.iter().map(|EnumValue { value, .. }| quote!(#value));
                (quote!(bool), ValueType::Boolean, literals.collect(), match_arms(values, bool::to_string))
            }
            Members::Integers(width, values) => {
                let literals = values.iter().map(|value| literal::integer(value.value, *width));
                let width: Width = *width;
                (types::integer(width), ValueType::Integer, literals.collect(), match_arms(values, i128::to_string))
            }
            Members::Numbers(values) => {
                let literals = values.iter().map(|value| literal::number(value.value));
                (quote!(f64), ValueType::Number, literals.collect(), match_arms(values, f64::to_string))
            }
            Members::Mixed(values) => {
                let literals = values.iter().map(|value| literal::json(&value.value));
                (quote!(Value), ValueType::Json, literals.collect(), match_arms(values, Value::to_json))
            }
        };
        let (name, variants) = (&cx.names.types[&id], cx.names.members[&id].as_slice());
        let strategy = if lenient_integers::transitively_contains_integers(cx, &Type::Named(id)) {
            DeserializeStrategy::Lenient
        } else {
            DeserializeStrategy::Derived
        };
        let comparison = Comparison::of(cx, &listed.members);
        Self { name, variants, values, texts, docs, value, kind, openness: listed.openness, strategy, comparison }
    }

    fn definition(&self, cx: Context<'_>, def: &TypeDef, default: Option<usize>) -> TokenStream {
        let Self { name, variants, value, .. } = self;
        let default_attributes = enums::default_attributes(default);
        let derived: &[&str] = match (self.kind, self.openness) {
            (ValueType::Boolean | ValueType::Integer, _) | (_, Openness::Closed) => UNITS,
            (ValueType::Number, Openness::Open) => NUMBERS,
            (ValueType::Json, Openness::Open) => VALUES,
        };
        let mut derived = enums::with_default(derived, default);
        let docs = docs::of_type(def);
        let wire = value.to_string();
        let read = match (self.strategy, self.openness) {
            (DeserializeStrategy::Lenient, _) => None,
            (DeserializeStrategy::Derived, Openness::Open) => Some(quote!(from = #wire,)),
            (DeserializeStrategy::Derived, Openness::Closed) => Some(quote!(try_from = #wire,)),
        };
        derived.extend(read.is_some().then_some("Deserialize"));
        let attributes = attributes::of_type(cx, &def.at, &derived);
        let variant_docs = self.texts.iter().zip(&self.docs);
        let variant_docs = variant_docs.map(|(text, (at, docs))| enums::variant_docs(cx, at, text, docs));
        let (open, unknown) = match self.openness {
            Openness::Open => {
                let docs = docs::line("A value that the document does not list.");
                (Some(quote!(#[non_exhaustive])), Some(quote!(#docs Unknown(#value),)))
            }
            Openness::Closed => (None, None),
        };
        quote! {
            #docs
            #attributes
            #[serde(#read into = #wire)]
            #open
            pub enum #name {
                #(#variant_docs #default_attributes #variants,)*
                #unknown
            }
        }
    }

    fn inherent(&self) -> TokenStream {
        let Self { name, variants, values, value, .. } = self;
        let known = docs::line(match self.openness {
            Openness::Open => "Every value that the document lists, in its order.",
            Openness::Closed => "Every value, in the order of the document.",
        });
        let receiver = if self.is_copy() { quote!(self) } else { quote!(&self) };
        let unknown = (self.openness == Openness::Open).then(|| {
            let value = if self.is_copy() { quote!(value) } else { quote!(value.clone()) };
            quote!(Self::Unknown(value) => #value,)
        });
        quote! {
            impl #name {
                #known
                pub const KNOWN: &[Self] = &[#(Self::#variants),*];

                #[doc = " The value in JSON."]
                pub fn value(#receiver) -> #value {
                    match self {
                        #(Self::#variants => #values,)*
                        #unknown
                    }
                }
            }
        }
    }

    /// The conversions from a value, which fail for a value outside a closed enum, and back.
    fn conversions(&self) -> Vec<TokenStream> {
        let Self { name, variants, values, value, .. } = self;
        let comparison = self.comparison.condition();
        let from = match (self.openness, self.kind) {
            (Openness::Open, ValueType::Json) => quote! {
                impl From<Value> for #name {
                    fn from(value: Value) -> Self {
                        let known = Self::KNOWN.iter().find(|known| #comparison);
                        known.cloned().unwrap_or(Self::Unknown(value))
                    }
                }
            },
            (Openness::Open, _) => quote! {
                impl From<#value> for #name {
                    fn from(value: #value) -> Self {
                        match value {
                            #(#values => Self::#variants,)*
                            _ => Self::Unknown(value),
                        }
                    }
                }
            },
            (Openness::Closed, ValueType::Json) => {
                let error = self.error();
                quote! {
                    impl TryFrom<Value> for #name {
                        type Error = serde::de::value::Error;

                        fn try_from(value: Value) -> Result<Self, serde::de::value::Error> {
                            let known = Self::KNOWN.iter().find(|known| #comparison);
                            known.copied().ok_or_else(|| #error)
                        }
                    }
                }
            }
            (Openness::Closed, _) => {
                let error = self.error();
                quote! {
                    impl TryFrom<#value> for #name {
                        type Error = serde::de::value::Error;

                        fn try_from(value: #value) -> Result<Self, serde::de::value::Error> {
                            match value {
                                #(#values => Ok(Self::#variants),)*
                                _ => Err(#error),
                            }
                        }
                    }
                }
            }
        };
        let into = quote! {
            impl From<#name> for #value {
                fn from(value: #name) -> Self {
                    value.value()
                }
            }
        };
        vec![from, into]
    }

    fn deserialize(&self) -> TokenStream {
        let Self { name, value, .. } = self;
        let read = match self.openness {
            Openness::Open => quote!(lenient_int::deserialize(deserializer).map(<Self as From<#value>>::from)),
            Openness::Closed => {
                quote!(Self::try_from(lenient_int::deserialize::<D, #value>(deserializer)?).map_err(serde::de::Error::custom))
            }
        };
        quote! {
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    #read
                }
            }
        }
    }

    /// An error like the one of serde for an unknown variant.
    fn error(&self) -> TokenStream {
        let listed = self.texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
        let expected = if self.texts.len() == 1 { "expected" } else { "expected one of" };
        let text = format!("unknown value `{{value}}`, {expected} {}", listed.replace('{', "{{").replace('}', "}}"));
        quote!(serde::de::Error::custom(format_args!(#text)))
    }

    /// `FromStr`, for numbers in addresses.
    fn parsing(&self) -> TokenStream {
        let Self { name, value, .. } = self;
        match self.openness {
            Openness::Open => quote! {
                impl FromStr for #name {
                    type Err = ParseIntError;

                    fn from_str(value: &str) -> Result<Self, ParseIntError> {
                        value.parse().map(<Self as From<#value>>::from)
                    }
                }
            },
            Openness::Closed => quote! {
                impl FromStr for #name {
                    type Err = serde::de::value::Error;

                    fn from_str(value: &str) -> Result<Self, serde::de::value::Error> {
                        let value: #value = value.parse().map_err(serde::de::Error::custom)?;
                        Self::try_from(value)
                    }
                }
            },
        }
    }

    fn display(&self) -> TokenStream {
        let name = self.name;
        quote! {
            impl fmt::Display for #name {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(&self.value(), formatter)
                }
            }
        }
    }

    fn is_copy(&self) -> bool {
        self.kind != ValueType::Json || self.openness == Openness::Closed
    }
}
