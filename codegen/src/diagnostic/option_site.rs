//! Where an option was set: in a line of an options file, by its key, or in Rust, by its method.

use std::collections::BTreeMap;
use std::fmt;

use crate::location::Position;

/// An option that solves a problem, with example arguments.
#[derive(Clone, Debug)]
pub(crate) struct OptionHint {
    method: &'static str,
    arguments: Vec<String>,
}

impl OptionHint {
    pub(crate) fn new(method: &'static str, arguments: &[&str]) -> Self {
        Self { method, arguments: arguments.iter().map(|&argument| argument.to_owned()).collect() }
    }
}

/// The file that the options were read from, and where each option is set in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct OptionsFile {
    name: String,
    text: String,
    /// The byte at which each begins.
    sites: BTreeMap<SetOption, usize>,
}

/// One setting in an options file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SetOption {
    key: String,
    /// The first argument, such as a pattern.
    argument: String,
    /// The second argument.
    value: Option<String>,
}

impl OptionsFile {
    #[cfg(feature = "toml")]
    pub(crate) fn new(name: String, text: String) -> Self {
        Self { name, text, sites: BTreeMap::new() }
    }

    /// Records where an option is set. Of several equal settings the last is recorded.
    #[cfg(feature = "toml")]
    pub(crate) fn record_site(&mut self, key: &str, argument: &str, value: Option<&str>, start: usize) {
        let option = SetOption { key: key.to_owned(), argument: argument.to_owned(), value: value.map(str::to_owned) };
        self.sites.insert(option, start);
    }

    /// The line and column of a byte.
    pub(crate) fn position(&self, start: usize) -> Position {
        let before = self.text.get(..start).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// How the user sets an option: as a key if the options come from a file, otherwise as a method call.
    pub(crate) fn show_hint(&self, hint: &OptionHint) -> String {
        let arguments: Vec<String> = hint.arguments.iter().map(|argument| format!("\"{argument}\"")).collect();
        let (method, key) = (hint.method, key(hint.method));
        let name = &self.name;
        match &arguments[..] {
            [] if name.is_empty() => format!("`Config::{method}`"),
            all if name.is_empty() => format!("`Config::{method}({})`", all.join(", ")),
            [] => format!("`{key}` in {name}"),
            [pattern, value] => format!("`{key}.{pattern} = {value}` in {name}"),
            all => format!("`{key} = {}` in {name}", all.join(", ")),
        }
    }

    /// Where the option of a method was set with these arguments.
    pub(crate) fn site(&self, method: &'static str, argument: &str, value: Option<&str>) -> OptionSite {
        let option = SetOption { key: key(method), argument: argument.to_owned(), value: value.map(str::to_owned) };
        OptionSite { method, position: self.sites.get(&option).map(|start| self.position(*start)) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Where an option was set. Displayed, it is the name of the option as the user wrote it: a key or a method.
#[derive(Clone, Debug)]
pub(crate) struct OptionSite {
    method: &'static str,
    position: Option<Position>,
}

impl OptionSite {
    /// The name of another option, as the same user would write it.
    pub(crate) fn show_other(&self, method: &'static str) -> String {
        Self { method, position: self.position }.to_string()
    }

    /// The position in the options file. `None` for a method call.
    pub(crate) fn position(&self) -> Option<Position> {
        self.position
    }
}

impl fmt::Display for OptionSite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(_) => formatter.write_str(&key(self.method)),
            None => write!(formatter, "Config::{}", self.method),
        }
    }
}

/// The key in an options file for a method.
fn key(method: &str) -> String {
    method.replace('_', "-")
}
