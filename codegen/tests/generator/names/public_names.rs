//! The public names in generated code, with their kinds and their names on the wire.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, TraitItem, Visibility};

/// `struct Order`, `Order.total_sum = totalSum`, `State::Paid`, `fn Handler.on_order`, `const channels::ORDERS`, …
pub(super) fn public_names(code: &str) -> BTreeSet<String> {
    let file = syn::parse_file(code).expect("generated code parses");
    let mut names = BTreeSet::new();
    items(&file.items, "", &mut names);
    names
}

fn items(items: &[Item], module: &str, names: &mut BTreeSet<String>) {
    for item in items {
        self::item(item, module, names);
    }
}

fn item(item: &Item, module: &str, names: &mut BTreeSet<String>) {
    match item {
        Item::Mod(inner) => {
            let items = inner.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default();
            self::items(items, &format!("{module}{}::", inner.ident), names);
        }
        Item::Const(constant) if is_public(&constant.vis) => {
            names.insert(format!("const {module}{}", constant.ident));
        }
        Item::Fn(function) if is_public(&function.vis) => {
            names.insert(format!("fn {module}{}", function.sig.ident));
        }
        Item::Type(alias) => {
            names.insert(format!("type {module}{}", alias.ident));
        }
        Item::Struct(object) => {
            names.insert(format!("struct {module}{}", object.ident));
            for field in &object.fields {
                let Some(ident) = &field.ident else { continue };
                let by_rule =
                    || argument(&object.attrs, "rename_all").map(|rule| apply_rename_rule(&rule, &ident.to_string()));
                let is_map =
                    field.attrs.iter().any(|attribute| attribute.to_token_stream().to_string().contains("flatten"));
                let wire = argument(&field.attrs, "rename").or_else(by_rule).unwrap_or_else(|| ident.to_string());
                let wire = if is_map { "additional properties" } else { wire.as_str() };
                names.insert(format!("{module}{}.{ident} = {wire}", object.ident));
            }
        }
        Item::Enum(choice) => {
            let is_union = choice
                .variants
                .iter()
                .any(|variant| matches!(&variant.fields, Fields::Unnamed(_)) && variant.ident != "Unknown");
            let kind = if is_union { "union" } else { "enum" };
            names.insert(format!("{kind} {module}{}", choice.ident));
            names.extend(choice.variants.iter().map(|variant| format!("{module}{}::{}", choice.ident, variant.ident)));
        }
        Item::Trait(definition) => {
            for item in &definition.items {
                if let TraitItem::Fn(method) = item {
                    names.insert(format!("fn {}.{}", definition.ident, method.sig.ident));
                }
            }
        }
        Item::Impl(block) if block.trait_.is_none() => {
            let owner = block.self_ty.to_token_stream().to_string().replace(' ', "");
            for item in &block.items {
                match item {
                    ImplItem::Fn(method) if is_public(&method.vis) => {
                        names.insert(format!("fn {module}{owner}.{}", method.sig.ident));
                        enum_values(&owner, &method.block, names);
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// The values of an enum, from the body of its `as_str`.
fn enum_values(owner: &str, block: &syn::Block, names: &mut BTreeSet<String>) {
    let Some(syn::Stmt::Expr(syn::Expr::Match(arms), _)) = block.stmts.first() else { return };
    for arm in &arms.arms {
        let (variant, value) = (arm.pat.to_token_stream().to_string(), arm.body.to_token_stream().to_string());
        names.insert(format!("{owner}: {} = {value}", variant.replace(' ', "")));
    }
}

/// The string argument `name` of a `#[serde(…)]` attribute.
fn argument(attributes: &[Attribute], name: &str) -> Option<String> {
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let start = format!("{name} = \"");
    let texts = serde.map(|attribute| attribute.meta.to_token_stream().to_string());
    texts.into_iter().find_map(|text| Some(text.split_once(&start)?.1.split_once('"')?.0.to_owned()))
}

/// The name that a rule of `rename_all` gives a field.
fn apply_rename_rule(rule: &str, field: &str) -> String {
    let capitalize =
        |word: &str| word.split_at_checked(1).map(|(first, rest)| first.to_uppercase() + rest).unwrap_or_default();
    let pascal: String = field.split('_').map(capitalize).collect();
    match rule {
        "camelCase" => {
            field.split('_').take(1).map(str::to_owned).chain(field.split('_').skip(1).map(capitalize)).collect()
        }
        "PascalCase" => pascal,
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING_SNAKE_CASE" => field.to_uppercase(),
        "SCREAMING-KEBAB-CASE" => field.to_uppercase().replace('_', "-"),
        _ => field.to_owned(),
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
