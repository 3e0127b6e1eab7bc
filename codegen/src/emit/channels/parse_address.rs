//! `FromStr` of the type of an address, which parses the values of its parameters.

use proc_macro2::TokenStream;
use quote::quote;

use super::parse_expression;
use crate::emit::{Context, types};
use crate::ir::{ItemKind, Levels, Members, Segment, Template, Type};
use crate::names::Name;

/// `FromStr` of an address type. It parses from left to right, or by backtracking if that is ambiguous.
pub(super) fn from_str(cx: Context<'_>, name: &Name, template: &Template, fields: &[Name]) -> TokenStream {
    let steps = if needs_backtracking(template) {
        vec![parse_backtracking(cx, template, fields)]
    } else {
        parse_left_to_right(template, fields)
    };
    let values = template.parameters.iter().zip(fields).map(|(parameter, field)| {
        let value = parse_expression(cx, &parameter.ty, field, &quote!(OtherChannel));
        quote!(#field: #value)
    });
    quote! {
        impl FromStr for #name {
            type Err = OtherChannel;

            fn from_str(address: &str) -> Result<Self, OtherChannel> {
                #(#steps)*
                Ok(Self { #(#values),* })
            }
        }
    }
}

/// Statements that parse an address from left to right.
fn parse_left_to_right(template: &Template, fields: &[Name]) -> Vec<TokenStream> {
    let separator = separator(&template.text);
    let mut steps = vec![quote!(let rest = address;)];
    let mut seen = vec![false; fields.len()];
    let mut segments = template.segments.iter().peekable();
    while let Some(segment) = segments.next() {
        let index = match segment {
            Segment::Text(text) => {
                steps.push(quote!(let rest = rest.strip_prefix(#text).ok_or(OtherChannel)?;));
                continue;
            }
            Segment::Variable(index) => *index,
        };
        let field = &fields[index];
        let part = match segments.next_if(|next| matches!(next, Segment::Text(_))) {
            Some(Segment::Text(text)) if segments.peek().is_some() || template.levels.is_some() => {
                quote!(let (value, rest) = rest.split_once(#text).ok_or(OtherChannel)?;)
            }
            Some(Segment::Text(text)) => quote!(let value = rest.strip_suffix(#text).ok_or(OtherChannel)?;),
            // The next value follows without a separator, so this one takes everything.
            _ if segments.peek().is_some() => quote!(let (value, rest) = (rest, "");),
            _ if template.levels.is_some() => {
                quote!(let (value, rest) = rest.split_at(rest.find(#separator).unwrap_or(rest.len()));)
            }
            _ => quote!(let value = rest;),
        };
        steps.push(part);
        if std::mem::replace(&mut seen[index], true) {
            steps.push(quote!(if value != #field { return Err(OtherChannel); }));
        } else {
            steps.push(quote!(let #field = part(value, #separator)?;));
        }
    }
    steps.extend(template.levels.zip(fields.last()).map(|(levels, field)| match levels {
        Levels::Any => quote!(let #field = rest;),
        Levels::ZeroOrMore(separator) => {
            quote!(let #field = if rest.is_empty() { rest } else { rest.strip_prefix(#separator).ok_or(OtherChannel)? };)
        }
        Levels::OneOrMore => quote!(if rest.is_empty() { return Err(OtherChannel); } let #field = rest;),
    }));
    steps
}

/// Whether the end of a value can be ambiguous: nothing separates two values, or the text between them can be part of a
/// value whose type is not plain text.
fn needs_backtracking(template: &Template) -> bool {
    let separator = separator(&template.text);
    let is_known = |segment: &Segment| matches!(segment, Segment::Variable(index) if template.parameters[*index].ty != Type::String);
    let meets = |window: &[Segment]| match window {
        [Segment::Variable(_), Segment::Variable(_), ..] => true,
        [first @ Segment::Variable(_), Segment::Text(text), second @ Segment::Variable(_)] => {
            !text.contains(separator) && (is_known(first) || is_known(second))
        }
        _ => false,
    };
    // A parameter that occurs twice is compared with its first value.
    let variables = template.segments.iter().filter(|segment| matches!(segment, Segment::Variable(_))).count();
    if variables != template.parameters.len() {
        return false;
    }
    template.segments.windows(2).any(meets) || template.segments.windows(3).any(meets)
}

/// Statements that parse an address by backtracking, until each value is listed by its enum or parses. If there is no
/// such way, values outside the enums are accepted.
fn parse_backtracking(cx: Context<'_>, template: &Template, fields: &[Name]) -> TokenStream {
    let separator = separator(&template.text);
    let parts = |accepted: ClosedValues| {
        let parts = template.segments.iter().map(move |segment| match segment {
            Segment::Text(text) => quote!(AddressPiece::Text(#text)),
            Segment::Variable(index) => {
                let test = value_test(cx, &template.parameters[*index].ty, accepted);
                quote!(AddressPiece::Value(#test))
            }
        });
        quote!([#(#parts),*])
    };
    let strict = parts(ClosedValues::Only);
    let found = quote!(split_address(address, #separator, &#strict));
    let loose = parts(ClosedValues::OrNot);
    let found = if strict.to_string() == loose.to_string() {
        found
    } else {
        quote!(#found.or_else(|| split_address(address, #separator, &#loose)))
    };
    let bound = template.segments.iter().filter_map(|segment| match segment {
        Segment::Text(_) => None,
        Segment::Variable(index) => Some(&fields[*index]),
    });
    quote! {
        let Some(&[#(#bound),*]) = #found.as_deref() else { return Err(OtherChannel) };
    }
}

/// Which values of an enum are accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClosedValues {
    Only,
    OrNot,
}

/// A closure that tests whether a text is a value of the type.
fn value_test(cx: Context<'_>, ty: &Type, accepted: ClosedValues) -> TokenStream {
    match ty {
        Type::Named(id) => match (&cx.api.types[*id].shape, accepted) {
            (ItemKind::Enum(of), ClosedValues::Only) if matches!(of.members, Members::Texts(_)) => {
                let name = &cx.names.types[id];
                quote!(|value| #name::KNOWN.iter().any(|known| known.as_str() == value))
            }
            _ => quote!(|_| true),
        },
        Type::Boolean | Type::Integer(_) | Type::Double | Type::Single => {
            let ty = types::owned(cx, ty);
            quote!(|value| value.parse::<#ty>().is_ok())
        }
        _ => quote!(|_| true),
    }
}

/// The separator of the levels of an address. A value cannot contain it.
fn separator(template: &str) -> char {
    ['/', '.', ':'].into_iter().find(|sign| template.contains(*sign)).unwrap_or('/')
}

/// The functions that the parsers call.
pub(super) fn helpers(templates: &[&Template]) -> Vec<TokenStream> {
    let part = quote! {
        #[doc = " A value in an address. It is not empty and contains no separator."]
        fn part(value: &str, separator: char) -> Result<&str, OtherChannel> {
            if value.is_empty() || value.contains(separator) { Err(OtherChannel) } else { Ok(value) }
        }
    };
    let definition = quote! {
        #[doc = " A piece of an address."]
        enum AddressPiece {
            Text(&'static str),
            #[doc = " A value, with the test that it has to pass."]
            Value(fn(&str) -> bool),
        }
    };
    let apart = quote! {
        #[doc = " The values in an address, each as short as possible."]
        fn split_address<'a>(address: &'a str, separator: char, parts: &[AddressPiece]) -> Option<Vec<&'a str>> {
            match parts {
                [] => address.is_empty().then(Vec::new),
                [AddressPiece::Text(text), others @ ..] => split_address(address.strip_prefix(text)?, separator, others),
                [AddressPiece::Value(fits), others @ ..] => {
                    let level = address.split(separator).next()?;
                    let ends = level.char_indices().map(|(at, sign)| at + sign.len_utf8());
                    ends.map(|end| address.split_at(end)).filter(|(value, _)| fits(value)).find_map(|(value, rest)| {
                        let others = split_address(rest, separator, others)?;
                        Some([vec![value], others].concat())
                    })
                }
            }
        }
    };
    let (backtracking, simple): (Vec<&Template>, Vec<&Template>) =
        templates.iter().partition(|template| needs_backtracking(template));
    let has_variable =
        |template: &&Template| template.segments.iter().any(|segment| matches!(segment, Segment::Variable(_)));
    let simple = simple.iter().any(has_variable).then_some(part);
    let backtracking = (!backtracking.is_empty()).then_some([definition, apart]);
    simple.into_iter().chain(backtracking.into_iter().flatten()).collect()
}
