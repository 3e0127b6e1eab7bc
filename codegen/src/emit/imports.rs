//! The `use` items of the file.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::types::{self, Wire};
use super::{Context, dispatch, lenient_integers, reply, requester, structs};
use crate::ir::{
    AdditionalProperties, Enum, External, ItemKind, Members, Openness, OutputScope, Reply, ReplyHeaders, ReplyTo,
    SetType, Type, Union,
};

/// One `use` item for each module: first the standard library, then the others.
pub(super) fn imports(cx: Context<'_>) -> Vec<TokenStream> {
    let uses = UsedTypes::of(cx);
    let mut modules: Vec<_> = uses.modules.iter().collect();
    modules.sort_by_key(|(module, names)| {
        (!module.starts_with("std"), [*module, names.first().copied().unwrap_or_default()].join("::"))
    });
    modules.into_iter().map(|(module, names)| import(module, names)).collect()
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

/// The items of the runtime that a handler needs.
const RECEIVING: [&str; 9] = [
    "BoxFuture",
    "Context",
    "DecodeError",
    "Dispatch",
    "DispatchError",
    "HandlerError",
    "Inbound",
    "Route",
    "UnknownEvent",
];

/// The used names, by module.
#[derive(Default)]
struct UsedTypes {
    /// A map type from the options is written with its path and needs no import.
    map_is_default: bool,
    modules: BTreeMap<&'static str, BTreeSet<&'static str>>,
    set_type: SetType,
}

impl UsedTypes {
    fn of(cx: Context<'_>) -> Self {
        let map_is_default = cx.api.output.map_type.is_none();
        let mut uses = Self { map_is_default, set_type: cx.api.output.set_type, ..Self::default() };
        if !cx.api.events.is_empty() {
            uses.open_enum();
        }
        for (id, def) in cx.api.types.iter() {
            match &def.shape {
                ItemKind::Struct(object) => {
                    uses.add("serde", ["Deserialize", "Serialize"]);
                    if object.fields.iter().any(|field| structs::has_manual_deserialize(cx, field)) {
                        uses.add("serde", ["Deserializer"]);
                    }
                    object.fields.iter().for_each(|field| uses.ty(&field.ty));
                    if let AdditionalProperties::Kept(value) = &object.additional {
                        uses.ty(&Type::Map(Box::new(value.clone())));
                    }
                }
                ItemKind::Enum(listed) => {
                    uses.listed(listed);
                    if lenient_integers::transitively_contains_integers(cx, &Type::Named(id)) {
                        uses.add("serde", ["Deserializer"]);
                    }
                }
                ItemKind::Union(union) => {
                    uses.add("serde", ["Deserialize", "Serialize"]);
                    uses.union(union);
                    union.variants.iter().for_each(|variant| uses.ty(&variant.ty));
                }
                ItemKind::MessageUnion(variants) => variants.iter().for_each(|variant| uses.ty(&variant.ty)),
                ItemKind::OpenTuple(tuple) => {
                    uses.add("std", ["fmt"]);
                    uses.add("serde", ["Deserialize", "Deserializer", "Serialize", "Serializer"]);
                    tuple.types().for_each(|ty| uses.ty(ty));
                }
                ItemKind::Alias(target) => uses.ty(target),
                ItemKind::Newtype(target) => {
                    if cx.api.definitions.contains_type(id) {
                        uses.add("std::ops", ["Deref"]);
                    }
                    uses.add("serde", ["Deserialize", "Serialize"]);
                    uses.ty(target);
                }
            }
        }
        if lenient_integers::is_used(cx) {
            uses.add("asyncapi_runtime", ["lenient_int"]);
        }
        if cx.api.output.scope == OutputScope::Everything {
            uses.operations(cx);
        }
        if !cx.api.definitions.is_empty() {
            uses.add("asyncapi_runtime", ["Schemas", "Violations"]);
        }
        uses
    }

    fn add<const N: usize>(&mut self, module: &'static str, names: [&'static str; N]) {
        self.modules.entry(module).or_default().extend(names);
    }

    fn listed(&mut self, listed: &Enum) {
        match (&listed.members, listed.openness) {
            (Members::Texts(_), Openness::Open) => return self.open_enum(),
            (Members::Integers(..), Openness::Open) => {
                self.add("std::num", ["ParseIntError"]);
                self.add("std::str", ["FromStr"]);
            }
            (Members::Integers(..), Openness::Closed) => self.add("std::str", ["FromStr"]),
            (Members::Mixed(_), _) => self.add("serde_json", ["Value"]),
            (Members::Texts(_) | Members::Booleans(_) | Members::Numbers(_), _) => {}
        }
        self.add("std", ["fmt"]);
        self.add("serde", ["Deserialize", "Serialize"]);
    }

    fn open_enum(&mut self) {
        self.add("std", ["fmt"]);
        self.add("std::convert", ["Infallible"]);
        self.add("std::str", ["FromStr"]);
        self.add("serde", ["Deserialize", "Serialize", "Serializer"]);
    }

    fn union(&mut self, union: &Union) {
        self.add("serde", ["Deserializer"]);
        self.add("asyncapi_runtime", ["untagged"]);
        if union.is_open() {
            self.add("serde_json", ["Value"]);
        }
    }

    fn operations(&mut self, cx: Context<'_>) {
        cx.api.operations.iter().for_each(|operation| self.ty(&operation.payload));
        if cx.api.incoming().next().is_some() {
            self.add("std::future", ["Future"]);
            self.add("asyncapi_runtime", RECEIVING);
            if let Some(types) = dispatch::tried_types(cx) {
                self.add("asyncapi_runtime", ["untagged"]);
                for ty in types {
                    self.ty(ty);
                }
            }
        }
        let replies: Vec<_> = cx.api.incoming().filter_map(|operation| operation.reply.as_ref()).collect();
        if !replies.is_empty() {
            self.add("asyncapi_runtime", ["Outbound", "Transport"]);
            if reply::repeats_in_payloads(cx) {
                self.add("asyncapi_runtime", ["request"]);
            }
            for reply in replies {
                self.reply(reply);
                if let ReplyTo::Parameterized(_) = reply.to {
                    self.add("asyncapi_runtime", ["request"]);
                }
                if let ReplyHeaders::Typed(_) | ReplyHeaders::PerMessage = reply.headers {
                    self.add("asyncapi_runtime", ["Headers"]);
                }
            }
        }
        if cx.api.outgoing().next().is_some() {
            self.add("asyncapi_runtime", ["Outbound", "PublishError", "Transport"]);
            for operation in cx.api.outgoing() {
                if operation.messages.iter().any(|message| message.headers.is_some()) {
                    self.add("asyncapi_runtime", ["Headers"]);
                }
                if let Some(headers) = operation.only_message().and_then(|message| message.headers.as_ref()) {
                    self.ty(headers);
                }
            }
        }
        for (_, reply, _) in requester::operations_with_reply(cx) {
            self.add("asyncapi_runtime", ["RequestError", "RequestReply", "request"]);
            match types::wire(cx, &reply.payload) {
                Wire::Json | Wire::Text | Wire::Bytes => {}
                Wire::Own => self.add("asyncapi_runtime", ["DecodeError"]),
                Wire::Mixed => {
                    self.add("asyncapi_runtime", ["DecodeError", "Inbound"]);
                    if reply.messages.iter().any(|message| types::wire(cx, &message.payload) == Wire::Json) {
                        self.add("asyncapi_runtime", ["untagged"]);
                    }
                }
            }
            self.reply(reply);
        }
    }

    /// The names in the type of a reply.
    fn reply(&mut self, reply: &Reply) {
        self.ty(&reply.payload);
        match &reply.headers {
            ReplyHeaders::Nothing => return,
            ReplyHeaders::Typed(headers) => self.ty(headers),
            ReplyHeaders::PerMessage => {
                reply
                    .messages
                    .iter()
                    .filter_map(|message| message.headers.as_ref())
                    .for_each(|headers| self.ty(headers));
            }
        }
        self.add("asyncapi_runtime", ["request"]);
    }

    fn external(&mut self, external: &External) {
        if matches!(
            external,
            External::Date | External::Uuid | External::Url | External::Ipv6 | External::Base64 | External::Span
        ) {
            self.add("asyncapi_runtime", ["Verbatim"]);
        }
        match external {
            External::DateTime => self.add("asyncapi_runtime", ["DateTime"]),
            External::Date => self.add("jiff::civil", ["Date"]),
            External::Uuid => self.add("uuid", ["Uuid"]),
            External::Url => self.add("url", ["Url"]),
            External::Ipv4 => self.add("std::net", ["Ipv4Addr"]),
            External::Ipv6 => self.add("std::net", ["Ipv6Addr"]),
            External::Base64 => self.add("asyncapi_runtime", ["Base64"]),
            External::Password => self.add("asyncapi_runtime", ["Password"]),
            External::Span => self.add("asyncapi_runtime", ["IsoDuration"]),
            External::Path(_) => {}
        }
    }

    fn ty(&mut self, ty: &Type) {
        match ty {
            Type::Any => self.add("serde_json", ["Value"]),
            Type::Set(item) => {
                match self.set_type {
                    SetType::BTree => self.add("std::collections", ["BTreeSet"]),
                    SetType::Hash => self.add("std::collections", ["HashSet"]),
                    SetType::Index => self.add("indexmap", ["IndexSet"]),
                }
                self.ty(item);
            }
            Type::Map(value) if **value == Type::Any => self.add("serde_json", ["Map", "Value"]),
            Type::Map(value) | Type::Keyed(_, value) => {
                if self.map_is_default {
                    self.add("std::collections", ["BTreeMap"]);
                }
                self.ty(value);
            }
            Type::List(inner) | Type::Array(inner, _) | Type::Nullable(inner) => self.ty(inner),
            Type::Tuple(items) => items.iter().for_each(|item| self.ty(item)),
            Type::External(external) => self.external(external),
            _ => {}
        }
    }
}
