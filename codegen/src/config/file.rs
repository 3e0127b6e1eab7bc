//! Options from a file in TOML, with a place and a cure for whatever is wrong in it.

use std::cell::RefCell;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::Config;
use super::keys::{KEYS, Key, Kind};
use crate::diagnostic::{Diagnostic, Diagnostics, OptionsFile, Severity, Strictness};
use crate::error::Error;
use crate::source::Source;
use crate::suggestion::nearest;

/// # Options from a file
impl Config {
    /// The keys of an options file. For a test of the documentation.
    #[doc(hidden)]
    pub fn option_keys() -> impl Iterator<Item = &'static str> {
        KEYS.iter().map(|(key, _)| *key)
    }

    /// Reads options from a file in TOML; [`Config::compile`] lets cargo watch it.
    ///
    /// ```no_run
    /// fn main() -> Result<(), asyncapi_codegen::Error> {
    ///     asyncapi_codegen::Config::from_file("asyncapi.toml")?.compile("spec/orders.yaml")
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the file cannot be read, and what [`Config::from_toml`] says.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|cause| Error::Read { path: path.to_owned(), cause })?;
        let mut config = Self::from_toml(path, &text)?;
        config.options_path = Some(path.to_owned());
        Ok(config)
    }

    /// Reads options from a text in TOML; `name` stands for it in diagnostics, and paths in it are relative to the
    /// directory of that name.
    ///
    /// Every method that sets an option is a key, with hyphens for underscores. Where the method takes
    ///
    /// - nothing, the key takes `true`;
    /// - a pattern, a text, a list of texts, or `true` for everything;
    /// - another text, or several, a text or a list of texts;
    /// - a pair of texts, a table, in which a list of values is one call for each;
    /// - an enum, its variant in lower case, as `"application"`, or with a value `{ header = "X-Event" }`.
    ///
    /// ```
    /// let options = r#"
    /// closed-enums = true
    /// keep-unknown = ["/components/schemas/*"]
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
    /// [`Error::Refused`] with every key that is unknown and every value that does not fit, each with its line.
    pub fn from_toml(name: impl AsRef<Path>, text: &str) -> Result<Self, Error> {
        let name = name.as_ref();
        let shown = name.display().to_string();
        let file = File {
            text,
            directory: name.parent().unwrap_or(Path::new("")),
            diagnostics: Diagnostics::new(),
            chosen: RefCell::new(OptionsFile::new(shown.clone(), text.to_owned())),
        };
        let config = file.config();
        let is_refused = file.diagnostics.has_errors(Strictness::Lenient);
        let options_file = Arc::new(file.chosen.into_inner());
        let report = file.diagnostics.finish(&Source::new(shown, ""), &options_file);
        if is_refused { Err(Error::Refused(report)) } else { Ok(Config { options_file, ..config }) }
    }
}

/// An entry of a table.
type Entry<'a, 'b> = (&'a Spanned<DeString<'b>>, &'a Spanned<DeValue<'b>>);

/// A file under way.
struct File<'a> {
    text: &'a str,
    directory: &'a Path,
    diagnostics: Diagnostics,
    /// Where each choice stands.
    chosen: RefCell<OptionsFile>,
}

impl File<'_> {
    fn config(&self) -> Config {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            for error in errors {
                self.fault(error.span().unwrap_or_default(), error.message(), None);
            }
            return Config::new();
        }
        table.get_ref().iter().fold(Config::new(), |config, (name, value)| {
            let known = KEYS.iter().find(|(known, _)| *known == name.get_ref().as_ref());
            let Some((name, key)) = known else {
                self.unknown(name.span(), "option", name.get_ref(), KEYS.iter().map(|(known, _)| *known));
                return config;
            };
            self.apply(config, name, key, value)
        })
    }

    fn apply(&self, config: Config, name: &str, key: &Key, value: &Spanned<DeValue<'_>>) -> Config {
        match (key, value.get_ref()) {
            (Key::Flag(_) | Key::Patterns(_), DeValue::Boolean(false)) => config,
            (Key::Flag(call), DeValue::Boolean(true)) => call(config),
            (Key::Patterns(call), DeValue::Boolean(true)) => call(config, "/**".to_owned()),
            (Key::Text(call), DeValue::String(text)) => {
                self.note(name, text, None, value.span());
                call(config, text.to_string())
            }
            (Key::Path(call), DeValue::String(path)) => call(config, self.directory.join(path.as_ref())),
            (Key::Texts(call) | Key::Patterns(call), DeValue::String(_) | DeValue::Array(_)) => {
                self.texts(name, None, value).into_iter().fold(config, call)
            }
            (Key::Paths(call), DeValue::String(_) | DeValue::Array(_)) => {
                let paths = self.texts(name, None, value).into_iter().map(|path| self.directory.join(path));
                paths.fold(config, call)
            }
            (Key::Word(words), DeValue::String(word)) => {
                let Some((_, call)) = words.iter().find(|(known, _)| known == word) else {
                    self.unknown(value.span(), name, word, words.iter().map(|(known, _)| *known));
                    return config;
                };
                self.note(name, word, None, value.span());
                call(config)
            }
            (Key::Pairs(call), DeValue::Table(table)) => table.iter().fold(config, |config, (key, value)| {
                let texts = self.texts(name, Some(key), value).into_iter();
                texts.fold(config, |config, text| call(config, key.get_ref().to_string(), text))
            }),
            (Key::Places(call), DeValue::Table(table)) => table.iter().fold(config, |config, (key, value)| {
                let paths = self.texts(name, Some(key), value).into_iter().map(|path| self.directory.join(path));
                paths.fold(config, |config, path| call(config, key.get_ref().to_string(), path))
            }),
            (Key::Kind(kinds), DeValue::Table(table)) if table.len() == 1 => {
                table.iter().fold(config, |config, entry| self.kind(config, name, kinds, entry))
            }
            _ => {
                self.fault(value.span(), &format!("`{name}` takes {}", wanted(key)), None);
                config
            }
        }
    }

    fn kind(&self, config: Config, name: &str, kinds: &[(&'static str, Kind)], (key, value): Entry<'_, '_>) -> Config {
        let Some((kind, call)) = kinds.iter().find(|(known, _)| *known == key.get_ref().as_ref()) else {
            self.unknown(key.span(), name, key.get_ref(), kinds.iter().map(|(known, _)| *known));
            return config;
        };
        let called = value.get_ref().as_str().and_then(|text| call(config.clone(), text.to_owned()));
        called.unwrap_or_else(|| {
            let cure = "give a JSON pointer, such as `/type`".to_owned();
            self.fault(value.span(), &format!("this is not what `{kind}` of `{name}` takes"), Some(cure));
            config
        })
    }

    /// A text, or a list of texts, each for what the key of a table says.
    fn texts(&self, name: &str, of: Option<&Spanned<DeString<'_>>>, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        if let Some(key) = of {
            self.note(name, key.get_ref(), None, key.span());
        }
        let items = value.get_ref().as_array().map_or_else(|| vec![value], |items| items.iter().collect());
        let text = |item: &Spanned<DeValue<'_>>| {
            let text = item.get_ref().as_str();
            match (text, of) {
                (Some(text), Some(key)) => self.note(name, key.get_ref(), Some(text), item.span()),
                (Some(text), None) => self.note(name, text, None, item.span()),
                (None, _) => self.fault(item.span(), &format!("`{name}` takes texts"), None),
            }
            text.map(str::to_owned)
        };
        items.into_iter().filter_map(text).collect()
    }

    fn note(&self, name: &str, text: &str, value: Option<&str>, span: Range<usize>) {
        self.chosen.borrow_mut().note(name, text, value, span.start);
    }

    fn unknown(&self, span: Range<usize>, what: &str, name: &str, known: impl Iterator<Item = &'static str> + Clone) {
        let cure = match nearest(name, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", listed(known)),
        };
        self.fault(span, &format!("there is no {what} `{name}`"), Some(cure));
    }

    fn fault(&self, span: Range<usize>, message: &str, cure: Option<String>) {
        let position = self.chosen.borrow().position(span.start);
        let diagnostic = Diagnostic::of_option(Severity::Error, position, message);
        self.diagnostics.push(match cure {
            Some(cure) => diagnostic.with_help(cure),
            None => diagnostic,
        });
    }
}

/// What a key takes, in words.
fn wanted(key: &Key) -> String {
    match key {
        Key::Flag(_) => "`true` or `false`".to_owned(),
        Key::Word(words) => format!("one of {}", listed(words.iter().map(|(known, _)| *known))),
        Key::Text(_) | Key::Path(_) => "a text".to_owned(),
        Key::Texts(_) | Key::Paths(_) => "a text or a list of texts".to_owned(),
        Key::Patterns(_) => "`true`, a pattern or a list of patterns".to_owned(),
        Key::Pairs(_) | Key::Places(_) => "a table of texts".to_owned(),
        Key::Kind(kinds) => format!("a table with one of {}", listed(kinds.iter().map(|(known, _)| *known))),
    }
}

fn listed(names: impl Iterator<Item = &'static str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
