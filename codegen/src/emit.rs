//! Stage six: names and shapes become tokens. Nothing here can fail, and nothing here decides.

mod attributes;
mod bindings;
mod channels;
mod complexity;
mod constructors;
mod content_type;
mod correlation;
mod defaults;
mod deprecated;
mod dispatch;
mod docs;
mod draft;
mod enums;
mod event_name;
mod examples;
mod handler;
mod imports;
mod is_known;
mod joined;
mod json;
mod lenient_integers;
mod lints;
mod literal;
mod look;
mod markdown;
mod message_union;
mod parameters;
mod publisher;
mod reply;
mod requester;
mod schemas;
mod serde_rename;
mod servers;
mod structs;
mod tuples;
mod types;
mod unions;
mod value_enums;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Item, ItemMod, parse_quote};

use self::draft::Draft;
use self::look::{Items, MOST_MEMBERS};
use crate::config::{Config, OutputScope};
use crate::format::Piece;
use crate::ir::{Api, ItemKind, TypeDef, TypeId};
use crate::names::Names;

/// What every part of the output may look at.
#[derive(Clone, Copy)]
struct Context<'a> {
    api: &'a Api,
    names: &'a Names,
    config: &'a Config,
    integers: &'a lenient_integers::Integers,
    joined: &'a joined::MessageVariants<'a>,
}

/// Hands on the items of the file in their order, each as it is made, and returns what they import.
pub(crate) fn emit(api: &Api, names: &Names, config: &Config, hand_on: &mut dyn FnMut(Piece)) -> Vec<Item> {
    let (integers, joined) = (&lenient_integers::Integers::of(&api.types, config), &joined::MessageVariants::of(api));
    let emit = Context { api, names, config, integers, joined };
    let Some(module) = &config.module else { return items(emit, MOST_MEMBERS, hand_on) };
    let mut inside = Vec::new();
    // The module is one item, which holds each of them whole.
    let mut content = items(emit, usize::MAX, &mut |piece| match piece {
        Piece::Item(item) | Piece::Members(item, _) => inside.push(item),
    });
    content.append(&mut inside);
    hand_on(Piece::Item(in_module(api, module, content)));
    Vec::new()
}

fn items(emit: Context<'_>, most_members: usize, hand_on: &mut dyn FnMut(Piece)) -> Vec<Item> {
    let mut items = Items::of(emit, most_members, hand_on);
    items.extend(event_name::event_name(emit));
    if emit.config.extent == OutputScope::Everything {
        items.extend(handler::handler(emit));
        items.extend(dispatch::dispatch(emit));
        items.extend(publisher::publisher(emit));
        items.extend(requester::requester(emit));
        items.extend(correlation::correlation_ids(emit));
    }
    items.extend(channels::channels(emit));
    items.extend(servers::servers(emit));
    items.extend(bindings::bindings(emit));
    items.extend(examples::examples(emit));
    for (id, def) in emit.api.types.in_order() {
        items.extend(type_def(emit, id, def));
        items.extend(schemas::validate(emit, id));
    }
    items.extend(structs::helpers(emit));
    items.extend(unions::helpers(emit));
    let wholes = items.wholes;
    items.extend(lenient_integers::helpers(emit, wholes));
    items.extend(schemas::functions(emit));
    items.extend(schemas::schemas(emit));
    imports::imports(emit, wholes).into_iter().map(|tokens| items.import(tokens)).collect()
}

/// Everything in a module, for a crate with several documents.
fn in_module(api: &Api, name: &str, items: Vec<Item>) -> Item {
    let docs =
        docs::line(&format!("What {} becomes in Rust.", docs::phrase(api.title.as_deref().unwrap_or("the document"))));
    let name = Ident::new(name, Span::call_site());
    // A program, unlike a library, is warned of what it does not use.
    let mut module: ItemMod = parse_quote! {
        #docs
        #[allow(dead_code)]
        pub mod #name {}
    };
    if let Some((_, content)) = &mut module.content {
        *content = items;
    }
    Item::Mod(module)
}

fn type_def<'a>(emit: Context<'a>, id: TypeId, def: &'a TypeDef) -> Vec<Draft<'a>> {
    match &def.shape {
        ItemKind::Struct(object) => {
            let mut items = structs::define(emit, id, def, object);
            items.extend(constructors::define(emit, id, def, object));
            items
        }
        ItemKind::Enum(listed) => enums::define(emit, id, def, listed),
        ItemKind::Mixed(variants) => whole(message_union::define(emit, id, def, variants)),
        ItemKind::Union(union) => unions::define(emit, id, def, union),
        ItemKind::OpenTuple(tuple) => whole(tuples::define(emit, id, def, tuple)),
        ItemKind::Alias(target) => whole([types::alias(emit, id, def, target)]),
        ItemKind::Newtype(target) => {
            let mut items = vec![types::newtype(emit, id, def, target)];
            items.extend(types::conversions(emit, id, target));
            whole(items)
        }
    }
}

fn whole<'a>(items: impl IntoIterator<Item = TokenStream>) -> Vec<Draft<'a>> {
    items.into_iter().map(Draft::from).collect()
}
