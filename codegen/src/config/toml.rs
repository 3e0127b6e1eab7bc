//! Options from a file in TOML. Every error has a position and a help.
//!
//! A table of keys instead of `#[derive(Deserialize)]`: it finds every error of a file at once, suggests the right key,
//! and keeps the proc macros of serde out of build scripts.

use std::cell::RefCell;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{
    ArrayLengths, Config, Defaults, EventNameLocation, Formats, FreeForm, IntegerParsing, Nulls, Perspective,
    UniqueItems, UntypedSchemas, Validation,
};
use crate::diagnostic::{Diagnostic, Diagnostics, OptionsFile, Severity, Strictness};
use crate::error::Error;
use crate::location::Pointer;
use crate::source::Source;
use crate::suggestion::nearest;

/// # Options from a file
impl Config {
    /// Reads options from a file in TOML. [`Config::compile`] lets cargo watch the file.
    ///
    /// ```no_run
    /// fn main() -> Result<(), asyncapi_codegen::Error> {
    ///     asyncapi_codegen::Config::from_file("asyncapi.toml")?.compile("spec/orders.yaml")
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the file cannot be read, and the errors of [`Config::from_toml`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|cause| Error::Read { path: path.to_owned(), cause })?;
        let mut config = Self::from_toml(path, &text)?;
        config.options_path = Some(path.to_owned());
        Ok(config)
    }

    /// Reads options from a text in TOML. Diagnostics show `name`, and paths in the text are relative to the directory
    /// of `name`.
    ///
    /// Every method that sets an option has a key, with hyphens for underscores:
    ///
    /// | argument of the method | value of the key |
    /// |---|---|
    /// | none | `true` |
    /// | a pattern | a string, an array of strings, or `true` for everything |
    /// | one or several strings | a string or an array of strings |
    /// | two strings | a table; an array of values is one call for each |
    /// | an enum | its variant in lower case, as `"application"`, or with a value, as `{ header = "X-Event" }` |
    ///
    /// ```
    /// let options = r#"
    /// closed-enums = true
    /// setters = ["/components/schemas/*"]
    ///
    /// [rename]
    /// "/components/schemas/order_v2" = "Order"
    /// "#;
    /// let config = asyncapi_codegen::Config::from_toml("asyncapi.toml", options)?;
    /// # drop(config);
    /// # Ok::<(), asyncapi_codegen::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with every unknown key and every invalid value, each with its line.
    pub fn from_toml(name: impl AsRef<Path>, text: &str) -> Result<Self, Error> {
        let name = name.as_ref();
        let file_name = name.display().to_string();
        let parser = Parser {
            text,
            directory: name.parent().unwrap_or(Path::new("")),
            diagnostics: Diagnostics::new(),
            options_file: RefCell::new(OptionsFile::new(file_name.clone(), text.to_owned())),
        };
        let config = parser.config();
        let is_refused = parser.diagnostics.has_errors(Strictness::Lenient);
        let options_file = Arc::new(parser.options_file.into_inner());
        let report = parser.diagnostics.finish(&Source::new(file_name, ""), &options_file);
        if is_refused { Err(Error::Refused(report)) } else { Ok(Config { options_file, ..config }) }
    }
}

/// The value of a key, and the method that it calls.
enum Key {
    /// `true`, or `false` for the default.
    Flag(Setter),
    /// One of these strings.
    Variant(&'static [(&'static str, Setter)]),
    /// A string.
    Text(fn(Config, String) -> Config),
    /// A string, or an array of strings: one call for each.
    Texts(fn(Config, String) -> Config),
    /// The path of a file, relative to the options file.
    Path(fn(Config, PathBuf) -> Config),
    /// A path, or an array of paths: one call for each.
    #[cfg_attr(not(feature = "overlay"), expect(dead_code, reason = "only overlays are several files"))]
    Paths(fn(Config, PathBuf) -> Config),
    /// A pattern, an array of patterns, or `true` for everything.
    Patterns(fn(Config, String) -> Config),
    /// A table whose values are strings, or arrays of strings: one call for each.
    Pairs(fn(Config, String, String) -> Config),
    /// A table whose values are paths, relative to the options file, or arrays of them.
    PathPairs(fn(Config, String, PathBuf) -> Config),
    /// A table with one entry, whose key is one of these.
    VariantWithText(&'static [(&'static str, TextVariant)]),
}

/// Calls a method without an argument, or with a fixed one.
type Setter = fn(Config) -> Config;

/// Calls a method with an enum variant that contains a text. `None` if the text is invalid.
type TextVariant = fn(Config, String) -> Option<Config>;

/// A [`Key::Variant`]: the strings, and the argument of the method for each.
macro_rules! variants {
    ($method:ident, $($text:literal => $value:expr),+) => {
        Key::Variant(&[$(($text, |config| config.$method($value))),+])
    };
}

/// Every key, in the order of the documentation.
const KEYS: &[(&str, Key)] = &[
    ("strict", Key::Flag(Config::strict)),
    #[cfg(feature = "overlay")]
    ("overlay", Key::Paths(Config::overlay)),
    ("root", Key::Path(Config::root)),
    ("map-url", Key::PathPairs(Config::map_url)),
    ("perspective", variants!(perspective, "client" => Perspective::Client, "application" => Perspective::Application)),
    ("operations", Key::Texts(|config, id| config.operations([id]))),
    ("default-methods", Key::Flag(Config::default_methods)),
    (
        "event-name",
        Key::VariantWithText(&[
            ("payload", |config, text| Some(config.event_name(EventNameLocation::Payload(Pointer::parse(&text)?)))),
            ("header", |config, name| Some(config.event_name(EventNameLocation::Header(name)))),
        ]),
    ),
    ("closed-enums", Key::Patterns(Config::closed_enums)),
    (
        "untyped-schemas",
        variants!(
            untyped_schemas,
            "inferred" => UntypedSchemas::Inferred,
            "any-value" => UntypedSchemas::AnyValue
        ),
    ),
    ("keep-additional-properties", Key::Patterns(Config::keep_additional_properties)),
    ("non-exhaustive", Key::Patterns(Config::non_exhaustive)),
    ("setters", Key::Patterns(Config::setters)),
    ("defaults", variants!(defaults, "methods" => Defaults::Methods, "filled" => Defaults::Filled)),
    ("nulls", variants!(nulls, "as-absent" => Nulls::AsAbsent, "kept" => Nulls::Kept)),
    (
        "unique-items",
        variants!(
            unique_items,
            "vec" => UniqueItems::Vec,
            "btree-set" => UniqueItems::BTreeSet,
            "hash-set" => UniqueItems::HashSet,
            "index-set" => UniqueItems::IndexSet
        ),
    ),
    ("formats", variants!(formats, "common" => Formats::Common, "all" => Formats::All)),
    ("array-lengths", variants!(array_lengths, "any" => ArrayLengths::Any, "fixed" => ArrayLengths::Fixed)),
    ("replace", Key::Pairs(Config::replace)),
    ("map-type", Key::Text(Config::map_type)),
    ("free-form", variants!(free_form, "parsed" => FreeForm::Parsed, "raw" => FreeForm::Raw)),
    (
        "integer-parsing",
        variants!(integer_parsing, "lenient" => IntegerParsing::Lenient, "strict" => IntegerParsing::Strict),
    ),
    ("integer-type", Key::Text(Config::integer_type)),
    ("number-type", Key::Text(Config::number_type)),
    ("derive", Key::Pairs(Config::derive)),
    ("type-attribute", Key::Pairs(Config::type_attribute)),
    ("field-attribute", Key::Pairs(Config::field_attribute)),
    ("validation", variants!(validation, "types" => Validation::Types, "full" => Validation::Full)),
    ("map-format", Key::Pairs(Config::map_format)),
    ("map-schema-format", Key::Pairs(Config::map_schema_format)),
    ("rename", Key::Pairs(Config::rename)),
    ("types-only", Key::Flag(Config::types_only)),
    ("module", Key::Text(Config::module)),
    ("output", Key::Path(Config::output)),
];

impl Key {
    /// The values that the key accepts, for a diagnostic.
    fn expected(&self) -> String {
        match self {
            Self::Flag(_) => "`true` or `false`".to_owned(),
            Self::Variant(variants) => format!("one of {}", quoted_list(variants.iter().map(|(known, _)| *known))),
            Self::Text(_) | Self::Path(_) => "a string".to_owned(),
            Self::Texts(_) | Self::Paths(_) => "a string or an array of strings".to_owned(),
            Self::Patterns(_) => "`true`, a pattern or an array of patterns".to_owned(),
            Self::Pairs(_) | Self::PathPairs(_) => "a table of strings".to_owned(),
            Self::VariantWithText(variants) => {
                format!("a table with one of {}", quoted_list(variants.iter().map(|(known, _)| *known)))
            }
        }
    }
}

fn quoted_list(names: impl Iterator<Item = &'static str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// An entry of a table.
type Entry<'a, 'b> = (&'a Spanned<DeString<'b>>, &'a Spanned<DeValue<'b>>);

/// Turns a file into options, and collects the errors.
struct Parser<'a> {
    text: &'a str,
    directory: &'a Path,
    diagnostics: Diagnostics,
    /// Where each option is set.
    options_file: RefCell<OptionsFile>,
}

impl Parser<'_> {
    fn config(&self) -> Config {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            for error in errors {
                self.error(error.span().unwrap_or_default(), error.message(), None);
            }
            return Config::new();
        }
        table.get_ref().iter().fold(Config::new(), |config, (name, value)| {
            let known = KEYS.iter().find(|(known, _)| *known == name.get_ref().as_ref());
            let Some((name, key)) = known else {
                self.unknown_name(name.span(), "option", name.get_ref(), KEYS.iter().map(|(known, _)| *known));
                return config;
            };
            self.apply(config, name, key, value)
        })
    }

    fn apply(&self, config: Config, name: &str, key: &Key, value: &Spanned<DeValue<'_>>) -> Config {
        match (key, value.get_ref()) {
            (Key::Flag(_) | Key::Patterns(_), DeValue::Boolean(false)) => config,
            (Key::Flag(method), DeValue::Boolean(true)) => method(config),
            (Key::Patterns(method), DeValue::Boolean(true)) => method(config, "/**".to_owned()),
            (Key::Text(method), DeValue::String(text)) => {
                self.record_site(name, text, None, value.span());
                method(config, text.to_string())
            }
            (Key::Path(method), DeValue::String(path)) => method(config, self.directory.join(path.as_ref())),
            (Key::Texts(method) | Key::Patterns(method), DeValue::String(_) | DeValue::Array(_)) => {
                self.texts(name, None, value).into_iter().fold(config, method)
            }
            (Key::Paths(method), DeValue::String(_) | DeValue::Array(_)) => {
                let paths = self.texts(name, None, value).into_iter().map(|path| self.directory.join(path));
                paths.fold(config, method)
            }
            (Key::Variant(variants), DeValue::String(text)) => {
                let Some((_, method)) = variants.iter().find(|(known, _)| known == text) else {
                    self.unknown_name(value.span(), name, text, variants.iter().map(|(known, _)| *known));
                    return config;
                };
                self.record_site(name, text, None, value.span());
                method(config)
            }
            (Key::Pairs(method), DeValue::Table(table)) => table.iter().fold(config, |config, (key, value)| {
                let texts = self.texts(name, Some(key), value).into_iter();
                texts.fold(config, |config, text| method(config, key.get_ref().to_string(), text))
            }),
            (Key::PathPairs(method), DeValue::Table(table)) => table.iter().fold(config, |config, (key, value)| {
                let paths = self.texts(name, Some(key), value).into_iter().map(|path| self.directory.join(path));
                paths.fold(config, |config, path| method(config, key.get_ref().to_string(), path))
            }),
            (Key::VariantWithText(variants), DeValue::Table(table)) if table.len() == 1 => {
                table.iter().fold(config, |config, entry| self.variant_with_text(config, name, variants, entry))
            }
            _ => {
                self.error(value.span(), &format!("`{name}` takes {}", key.expected()), None);
                config
            }
        }
    }

    fn variant_with_text(
        &self,
        config: Config,
        name: &str,
        variants: &[(&'static str, TextVariant)],
        (key, value): Entry<'_, '_>,
    ) -> Config {
        let Some((variant, method)) = variants.iter().find(|(known, _)| *known == key.get_ref().as_ref()) else {
            self.unknown_name(key.span(), name, key.get_ref(), variants.iter().map(|(known, _)| *known));
            return config;
        };
        let changed = value.get_ref().as_str().and_then(|text| method(config.clone(), text.to_owned()));
        changed.unwrap_or_else(|| {
            let help = "give a JSON pointer, such as `/type`".to_owned();
            self.error(value.span(), &format!("this is not a valid `{variant}` of `{name}`"), Some(help));
            config
        })
    }

    /// The texts of a string or an array of strings, which may be the value of a key in a table.
    fn texts(&self, name: &str, key: Option<&Spanned<DeString<'_>>>, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        if let Some(key) = key {
            self.record_site(name, key.get_ref(), None, key.span());
        }
        let items = value.get_ref().as_array().map_or_else(|| vec![value], |items| items.iter().collect());
        let text = |item: &Spanned<DeValue<'_>>| {
            let text = item.get_ref().as_str();
            match (text, key) {
                (Some(text), Some(key)) => self.record_site(name, key.get_ref(), Some(text), item.span()),
                (Some(text), None) => self.record_site(name, text, None, item.span()),
                (None, _) => self.error(item.span(), &format!("`{name}` takes strings"), None),
            }
            text.map(str::to_owned)
        };
        items.into_iter().filter_map(text).collect()
    }

    fn record_site(&self, name: &str, text: &str, value: Option<&str>, span: Range<usize>) {
        self.options_file.borrow_mut().record_site(name, text, value, span.start);
    }

    fn unknown_name(
        &self,
        span: Range<usize>,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'static str> + Clone,
    ) {
        let help = match nearest(name, known.clone()) {
            Some(suggestion) => format!("did you mean `{suggestion}`?"),
            None => format!("there are {}", quoted_list(known)),
        };
        self.error(span, &format!("there is no {what} `{name}`"), Some(help));
    }

    fn error(&self, span: Range<usize>, message: &str, help: Option<String>) {
        let position = self.options_file.borrow().position(span.start);
        let diagnostic = Diagnostic::in_options_file(Severity::Error, position, message);
        self.diagnostics.push(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::KEYS;

    /// The methods of `builder.rs` that take `self` by value, as keys.
    fn builder_methods() -> BTreeSet<String> {
        let functions = include_str!("builder.rs").split("pub fn ").skip(1);
        let setters =
            functions.filter(|text| text.split_once('(').is_some_and(|(_, rest)| rest.starts_with("mut self")));
        let names = setters.filter_map(|text| text.split(|sign: char| sign != '_' && !sign.is_alphanumeric()).next());
        names.map(|name| name.replace('_', "-")).collect()
    }

    #[test]
    fn every_option_has_a_key() {
        let methods = builder_methods();
        assert!(methods.contains("operations") && methods.contains("types-only"), "{methods:?}");
        // Without the feature, `overlay` is in the text and not in the table.
        let keys = KEYS.iter().map(|(key, _)| (*key).to_owned()).chain(["overlay".to_owned()]).collect();
        assert_eq!(methods, keys);
    }
}
