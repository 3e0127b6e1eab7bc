//! Turns names and types into the tokens of the generated file, one item at a time.

mod attributes;
mod bindings;
mod channels;
mod constructors;
mod content_type;
mod defaults;
mod dispatch;
mod docs;
mod enums;
mod examples;
mod handler;
mod imports;
mod is_known;
mod lenient_integers;
mod literal;
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
use syn::{Attribute, Item, ItemMod, parse_quote};

use self::imports::Imports;
use crate::ir::{Api, ItemKind, OutputScope, TypeDef, TypeId};
use crate::names::Names;

/// What every emitter reads.
#[derive(Clone, Copy)]
struct Context<'a> {
    api: &'a Api,
    names: &'a Names,
}

/// Passes the items of the file to `add_item`, in their order, and returns the imports, which come before them.
///
/// An item is printed before the next one is built, so that the syntax tree of a long file is never in memory as a
/// whole.
pub(crate) fn emit(api: &Api, names: &Names, add_item: &mut dyn FnMut(Item)) -> Vec<Item> {
    let cx = Context { api, names };
    let Some(name) = &api.output.module else { return emit_items(cx, add_item) };
    let mut items = Vec::new();
    let mut content = emit_items(cx, &mut |item| items.push(item));
    content.extend(items);
    add_item(in_module(api, name, content));
    Vec::new()
}

fn emit_items(cx: Context<'_>, add_item: &mut dyn FnMut(Item)) -> Vec<Item> {
    let mut imports = Imports::default();
    let deprecated = docs::has_deprecated(cx.api);
    let mut add = |tokens: TokenStream| {
        imports.add_names_in(tokens.clone());
        let mut item = parse_item(tokens);
        if deprecated {
            allow_deprecated(&mut item);
        }
        add_item(item);
    };
    enums::event_name(cx).into_iter().for_each(&mut add);
    if cx.api.output.scope == OutputScope::Everything {
        handler::handler(cx).into_iter().for_each(&mut add);
        dispatch::dispatch(cx).into_iter().for_each(&mut add);
        publisher::publisher(cx).into_iter().for_each(&mut add);
        requester::requester(cx).into_iter().for_each(&mut add);
        reply::correlation_ids(cx).into_iter().for_each(&mut add);
    }
    channels::channels(cx).into_iter().for_each(&mut add);
    servers::servers(cx).into_iter().for_each(&mut add);
    bindings::bindings(cx).into_iter().for_each(&mut add);
    examples::examples(cx).into_iter().for_each(&mut add);
    for (id, def) in cx.api.types.in_document_order() {
        type_def(cx, id, def).into_iter().for_each(&mut add);
        schemas::validate(cx, id).into_iter().for_each(&mut add);
    }
    structs::helpers(cx).into_iter().for_each(&mut add);
    schemas::functions(cx).into_iter().for_each(&mut add);
    schemas::schemas(cx).into_iter().for_each(&mut add);
    imports.items().into_iter().map(parse_item).collect()
}

/// Tokens that are not an item are an error of the generator. rustc reports it; a panic would end the build script.
fn parse_item(tokens: TokenStream) -> Item {
    syn::parse2(tokens).unwrap_or_else(|error| {
        let message = format!("asyncapi-codegen generated an item that does not parse: {error}");
        parse_quote!(compile_error!(#message);)
    })
}

/// Adds `#[allow(deprecated)]` below the docs: `#[deprecated]` warns users of the file, not the file itself.
fn allow_deprecated(item: &mut Item) {
    let attributes: &mut Vec<Attribute> = match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        _ => return,
    };
    let docs = attributes.iter().take_while(|attribute| attribute.path().is_ident("doc")).count();
    attributes.insert(docs, parse_quote!(#[allow(deprecated)]));
}

/// All items in a module, for a crate that generates code from several documents.
fn in_module(api: &Api, name: &str, items: Vec<Item>) -> Item {
    let docs =
        docs::line(&format!("The Rust code for {}.", docs::phrase(api.title.as_deref().unwrap_or("the document"))));
    let name = Ident::new(name, Span::call_site());
    // In a binary crate, rustc warns of public items that are not used.
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

fn type_def(cx: Context<'_>, id: TypeId, def: &TypeDef) -> Vec<TokenStream> {
    match &def.shape {
        ItemKind::Struct(object) => {
            let mut items = structs::define(cx, id, def, object);
            items.extend(constructors::define(cx, id, object));
            items
        }
        ItemKind::Enum(listed) => enums::define(cx, id, def, listed),
        ItemKind::MessageUnion(variants) => message_union::define(cx, id, def, variants),
        ItemKind::Union(union) => unions::define(cx, id, def, union),
        ItemKind::OpenTuple(tuple) => tuples::define(cx, id, def, tuple),
        ItemKind::Alias(target) => vec![types::alias(cx, id, def, target)],
        ItemKind::Newtype(target) => {
            let mut items = vec![types::newtype(cx, id, def, target)];
            items.extend(types::conversions(cx, id, target));
            items
        }
    }
}
