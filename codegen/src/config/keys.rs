//! The keys of an options file: each is called as the method of [`Config`] that it stands for.

use std::path::PathBuf;

use super::{
    ArrayLengths, Config, Defaults, Discriminator, Formats, Nulls, Perspective, UniqueItems, Untyped, Validation,
    WholeNumbers,
};
use crate::location::Pointer;

/// What a key takes, and the call it stands for.
pub(super) enum Key {
    /// `true`, or `false` for the default.
    Flag(Setter),
    /// One of some words.
    Word(&'static [(&'static str, Setter)]),
    /// A text.
    Text(fn(Config, String) -> Config),
    /// A text, or a list of texts, one a call.
    Texts(fn(Config, String) -> Config),
    /// The path of a file, relative to the options file.
    Path(fn(Config, PathBuf) -> Config),
    /// A path, or a list of paths, one a call.
    #[cfg_attr(not(feature = "overlay"), expect(dead_code, reason = "only overlays are several files"))]
    Paths(fn(Config, PathBuf) -> Config),
    /// A pattern, a list of patterns, or `true` for everything.
    Patterns(fn(Config, String) -> Config),
    /// A table; each of its values is a text, or a list of texts, one a call.
    Pairs(fn(Config, String, String) -> Config),
    /// The same, and the texts are paths, relative to the options file.
    Places(fn(Config, String, PathBuf) -> Config),
    /// A table of one entry, whose key says what its text is.
    Kind(&'static [(&'static str, Kind)]),
}

/// A call without an argument.
type Setter = fn(Config) -> Config;

/// What an entry of a table of kinds does; `None` where its text is no such thing.
pub(super) type Kind = fn(Config, String) -> Option<Config>;

/// Every key, in the order of the documentation.
pub(super) const KEYS: &[(&str, Key)] = &[
    ("strict", Key::Flag(Config::strict)),
    #[cfg(feature = "overlay")]
    ("overlay", Key::Paths(Config::overlay)),
    ("root", Key::Path(Config::root)),
    ("map-url", Key::Places(Config::map_url)),
    (
        "perspective",
        Key::Word(&[
            ("client", |config| config.perspective(Perspective::Client)),
            ("application", |config| config.perspective(Perspective::Application)),
        ]),
    ),
    ("operations", Key::Texts(|config, id| config.operations([id]))),
    ("provided-methods", Key::Flag(Config::provided_methods)),
    (
        "discriminator",
        Key::Kind(&[
            ("payload", |config, pointer| {
                Some(config.discriminator(Discriminator::Payload(Pointer::parse(&pointer)?)))
            }),
            ("header", |config, name| Some(config.discriminator(Discriminator::Header(name)))),
        ]),
    ),
    ("closed-enums", Key::Patterns(Config::closed_enums)),
    (
        "untyped-schemas",
        Key::Word(&[
            ("as-meant", |config| config.untyped_schemas(Untyped::AsMeant)),
            ("as-written", |config| config.untyped_schemas(Untyped::AsWritten)),
        ]),
    ),
    ("keep-unknown", Key::Patterns(Config::keep_unknown)),
    ("non-exhaustive", Key::Patterns(Config::non_exhaustive)),
    ("with-methods", Key::Patterns(Config::with_methods)),
    (
        "defaults",
        Key::Word(&[
            ("apart", |config| config.defaults(Defaults::Apart)),
            ("filled", |config| config.defaults(Defaults::Filled)),
        ]),
    ),
    (
        "nulls",
        Key::Word(&[
            ("as-absent", |config| config.nulls(Nulls::AsAbsent)),
            ("kept", |config| config.nulls(Nulls::Kept)),
        ]),
    ),
    (
        "unique-items",
        Key::Word(&[
            ("list", |config| config.unique_items(UniqueItems::List)),
            ("btree-set", |config| config.unique_items(UniqueItems::BTreeSet)),
            ("hash-set", |config| config.unique_items(UniqueItems::HashSet)),
            ("index-set", |config| config.unique_items(UniqueItems::IndexSet)),
        ]),
    ),
    (
        "formats",
        Key::Word(&[
            ("usual", |config| config.formats(Formats::Usual)),
            ("every", |config| config.formats(Formats::Every)),
        ]),
    ),
    (
        "array-lengths",
        Key::Word(&[
            ("any", |config| config.array_lengths(ArrayLengths::Any)),
            ("fixed", |config| config.array_lengths(ArrayLengths::Fixed)),
        ]),
    ),
    ("replace", Key::Pairs(Config::replace)),
    ("map-type", Key::Text(Config::map_type)),
    (
        "whole-numbers",
        Key::Word(&[
            ("every-form", |config| config.whole_numbers(WholeNumbers::EveryForm)),
            ("digits", |config| config.whole_numbers(WholeNumbers::Digits)),
        ]),
    ),
    ("integer-type", Key::Text(Config::integer_type)),
    ("number-type", Key::Text(Config::number_type)),
    ("derive", Key::Pairs(Config::derive)),
    ("type-attribute", Key::Pairs(Config::type_attribute)),
    ("field-attribute", Key::Pairs(Config::field_attribute)),
    (
        "validation",
        Key::Word(&[
            ("types", |config| config.validation(Validation::Types)),
            ("full", |config| config.validation(Validation::Full)),
        ]),
    ),
    ("map-format", Key::Pairs(Config::map_format)),
    ("map-schema-format", Key::Pairs(Config::map_schema_format)),
    ("rename", Key::Pairs(Config::rename)),
    ("types-only", Key::Flag(Config::types_only)),
    ("module", Key::Text(Config::module)),
    ("output", Key::Path(Config::output)),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::KEYS;

    /// The methods of `Config` that take it and give it back, as keys spell them.
    fn options(path: &Path) -> Vec<String> {
        let text = fs::read_to_string(path).expect("the source is there");
        let file = syn::parse_file(&text).expect("it parses");
        let impls = file.items.into_iter().filter_map(|item| match item {
            syn::Item::Impl(item) if item.trait_.is_none() && is_config(&item.self_ty) => Some(item.items),
            _ => None,
        });
        let options = impls.flatten().filter_map(|item| match item {
            syn::ImplItem::Fn(method) if is_option(&method) => Some(method.sig.ident.to_string().replace('_', "-")),
            _ => None,
        });
        options.collect()
    }

    fn is_config(ty: &syn::Type) -> bool {
        matches!(ty, syn::Type::Path(ty) if ty.path.is_ident("Config"))
    }

    fn is_option(method: &syn::ImplItemFn) -> bool {
        let takes_itself = matches!(
            method.sig.inputs.first(),
            Some(syn::FnArg::Receiver(receiver)) if matches!(receiver.kind, syn::ReceiverKind::Value)
        );
        matches!(method.vis, syn::Visibility::Public(_)) && takes_itself
    }

    #[test]
    fn every_option_has_a_key() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = fs::read_dir(source.join("config")).expect("the options are there").flatten();
        let paths = files.map(|entry| entry.path()).chain([source.join("config.rs")]);
        let options: BTreeSet<String> = paths.flat_map(|path| options(&path)).collect();
        let keys: BTreeSet<String> = KEYS.iter().map(|(key, _)| (*key).to_owned()).collect();
        assert!(options.contains("rename") && options.contains("types-only"), "{options:?}");
        let missing: Vec<_> = options.symmetric_difference(&keys).collect();
        assert!(
            missing.is_empty(),
            "methods of Config without a key in config/keys.rs, or keys without one: {missing:?}"
        );
    }
}
