//! Where an option was chosen: at a line of an options file, by the name of its key, or in a call, by its method's.

use std::collections::BTreeMap;
use std::fmt;

use crate::location::Position;

/// An option that would help, and what it might be given.
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

/// The file that options came from, and where in it each was chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct OptionsFile {
    name: String,
    text: String,
    /// By the byte that each begins with.
    chosen: BTreeMap<SetOption, usize>,
}

/// What was chosen, as a file says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SetOption {
    key: String,
    /// What the option is for, or the text itself where it takes but one.
    text: String,
    /// What was chosen for that.
    value: Option<String>,
}

impl OptionsFile {
    #[cfg(feature = "toml")]
    pub(crate) fn new(name: String, text: String) -> Self {
        Self { name, text, chosen: BTreeMap::new() }
    }

    /// Notes where a choice stands; of several equal ones the last counts, as it does for the option.
    #[cfg(feature = "toml")]
    pub(crate) fn note(&mut self, key: &str, text: &str, value: Option<&str>, start: usize) {
        let chosen = SetOption { key: key.to_owned(), text: text.to_owned(), value: value.map(str::to_owned) };
        self.chosen.insert(chosen, start);
    }

    /// Line and column of a byte.
    pub(crate) fn position(&self, start: usize) -> Position {
        let before = self.text.get(..start).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// An option as the author writes it: in the file where there is one, and otherwise as a call.
    pub(crate) fn spelled(&self, advice: &OptionHint) -> String {
        let arguments: Vec<String> = advice.arguments.iter().map(|argument| format!("\"{argument}\"")).collect();
        let (method, key) = (advice.method, key(advice.method));
        let name = &self.name;
        match &arguments[..] {
            [] if name.is_empty() => format!("`Config::{method}`"),
            all if name.is_empty() => format!("`Config::{method}({})`", all.join(", ")),
            [] => format!("`{key}` in {name}"),
            [pattern, value] => format!("`{key}.{pattern} = {value}` in {name}"),
            all => format!("`{key} = {}` in {name}", all.join(", ")),
        }
    }

    /// Where an option was set to a text, or to a value for that text; the option is named by its method.
    pub(crate) fn site(&self, method: &'static str, text: &str, value: Option<&str>) -> OptionSite {
        let set = SetOption { key: key(method), text: text.to_owned(), value: value.map(str::to_owned) };
        OptionSite { method, position: self.chosen.get(&set).map(|start| self.position(*start)) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// One choice, as diagnostics speak of it; displayed, it is the name of the option as whoever chose it wrote it.
#[derive(Clone, Debug)]
pub(crate) struct OptionSite {
    method: &'static str,
    position: Option<Position>,
}

impl OptionSite {
    /// How the same author would write the name of another option.
    pub(crate) fn spelled(&self, method: &'static str) -> String {
        Self { method, position: self.position }.to_string()
    }

    /// Its place in the options file; none where it was a call.
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

/// The key of a method in an options file.
fn key(method: &str) -> String {
    method.replace('_', "-")
}
