//! Errors and warnings about a document, each with its place and a help.

mod option_site;
mod render;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

pub(crate) use self::option_site::{OptionHint, OptionSite, OptionsFile};
#[cfg(feature = "overlay")]
use crate::location::Origins;
use crate::location::{EntryPart, FileId, Location, Pointer, Position, Positions};
use crate::source::Source;

/// The severity of a [`Diagnostic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document has a problem, and the generated code is correct.
    Warning,
    /// The generated code would be wrong, so there is none.
    Error,
}

/// An error or a warning about a document.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    severity: Severity,
    message: String,
    help: Option<String>,
    /// An option that helps. [`Diagnostics::finish`] appends it to the help.
    option_hint: Option<Box<OptionHint>>,
    anchor: Anchor,
    position: Option<Position>,
}

/// The place of a diagnostic, before its line and column are known.
#[derive(Clone, Debug)]
enum Anchor {
    /// The text of a file, which cannot be parsed.
    Text(FileId),
    Node(Location, EntryPart),
    /// The options file.
    OptionsFile,
}

impl Diagnostic {
    /// A diagnostic about a node.
    pub(crate) fn new(severity: Severity, place: &Location, message: impl Into<String>) -> Self {
        Self::with_anchor(severity, Anchor::Node(place.clone(), EntryPart::Value), None, message)
    }

    /// An error about a text that cannot be parsed.
    pub(crate) fn in_text(file: FileId, position: Option<Position>, message: impl Into<String>) -> Self {
        Self::with_anchor(Severity::Error, Anchor::Text(file), position, message)
    }

    /// A diagnostic about an option: at its line in the options file, or at the node that the option is for.
    pub(crate) fn at_option(
        severity: Severity,
        option: &OptionSite,
        place: &Location,
        message: impl Into<String>,
    ) -> Self {
        match option.position() {
            Some(position) => Self::in_options_file(severity, position, message),
            None => Self::new(severity, place, message),
        }
    }

    /// A diagnostic about the options file.
    pub(crate) fn in_options_file(severity: Severity, position: Position, message: impl Into<String>) -> Self {
        Self::with_anchor(severity, Anchor::OptionsFile, Some(position), message)
    }

    fn with_anchor(severity: Severity, anchor: Anchor, position: Option<Position>, message: impl Into<String>) -> Self {
        Self { severity, message: message.into(), help: None, option_hint: None, anchor, position }
    }

    /// Moves the diagnostic from the value of a mapping entry to its key.
    pub(crate) fn at_key(mut self) -> Self {
        if let Anchor::Node(_, part) = &mut self.anchor {
            *part = EntryPart::Key;
        }
        self
    }

    /// Adds what the author can do.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the option that does what the help says, by its method, with example arguments.
    pub(crate) fn with_option(mut self, method: &'static str, arguments: &[&str]) -> Self {
        self.option_hint = Some(Box::new(OptionHint::new(method, arguments)));
        self
    }

    /// Turns an error into a warning.
    pub(crate) fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// Whether it is an error or a warning.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong, in one sentence, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the author can do.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The JSON pointer (RFC 6901) of the node in its file. `None` if the text could not be parsed, or for the options
    /// file.
    #[must_use]
    pub fn pointer(&self) -> Option<&Pointer> {
        match &self.anchor {
            Anchor::Text(_) | Anchor::OptionsFile => None,
            Anchor::Node(place, _) => Some(&place.pointer),
        }
    }

    /// The file. `None` for the options file, which is not part of the source.
    fn file(&self) -> Option<FileId> {
        match &self.anchor {
            Anchor::Text(file) => Some(*file),
            Anchor::Node(place, _) => Some(place.file),
            Anchor::OptionsFile => None,
        }
    }

    /// Line and column, both from 1. The column counts characters.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        self.position.map(|position| (position.line, position.column))
    }

    /// Moves the diagnostic to where the node was before overlays were applied.
    #[cfg(feature = "overlay")]
    fn move_to_origin(&mut self, origins: &Origins) {
        if let Anchor::Node(place, _) = &mut self.anchor {
            *place = origins.find(place);
        }
    }
}

/// All errors and warnings about a document, in the order of the text.
///
/// `Display` renders them as rustc does: place, line, caret, help.
#[derive(Clone, Debug)]
pub struct Report {
    source: Source,
    options_file: Arc<OptionsFile>,
    diagnostics: Box<[Diagnostic]>,
}

impl Report {
    fn name_of(&self, diagnostic: &Diagnostic) -> &str {
        diagnostic.file().map_or(self.options_file.name(), |file| self.source.name_of(file))
    }

    fn text_of(&self, diagnostic: &Diagnostic) -> &str {
        diagnostic.file().map_or(self.options_file.text(), |file| self.source.text_of(file))
    }

    /// The diagnostics.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    /// Whether there are no diagnostics.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// One line for each diagnostic, `file:line:column: message; help`, for the warnings of a build script.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.iter().map(|diagnostic| render::line(self.name_of(diagnostic), diagnostic))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut snippets = render::Snippets::new(self);
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n\n" };
            write!(formatter, "{separator}{}", snippets.snippet(diagnostic))?;
        }
        Ok(())
    }
}

/// Collects the diagnostics of the stages, so that an author sees all of them at once.
///
/// [`Diagnostics::finish`] must be called. In tests, dropping it without that panics, because diagnostics are lost.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    found: RefCell<Option<Vec<Diagnostic>>>,
    /// Where nodes were before overlays were applied.
    #[cfg(feature = "overlay")]
    origins: RefCell<Origins>,
}

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self {
            found: RefCell::new(Some(Vec::new())),
            #[cfg(feature = "overlay")]
            origins: RefCell::default(),
        }
    }

    /// Adds a diagnostic.
    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        if let Some(found) = &mut *self.found.borrow_mut() {
            found.push(diagnostic);
        }
    }

    /// Adds the diagnostics of a stage, except those about a node with an error: they say less about the same mistake.
    pub(crate) fn append_without_consequences(&self, other: &Self) {
        let mut found = self.found.borrow_mut();
        let Some(found) = &mut *found else { return };
        let place = |diagnostic: &Diagnostic| diagnostic.file().zip(diagnostic.pointer().cloned());
        let errors = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let reported: BTreeSet<_> = errors.filter_map(place).collect();
        let new = other.found.take().unwrap_or_default().into_iter();
        found.extend(new.filter(|new| place(new).is_none_or(|place| !reported.contains(&place))));
    }

    /// Sets where nodes were before overlays were applied. Diagnostics are shown there.
    #[cfg(feature = "overlay")]
    pub(crate) fn set_provenance(&self, origins: Origins) {
        self.origins.replace(origins);
    }

    /// Whether a diagnostic so far prevents code.
    pub(crate) fn has_errors(&self, strictness: Strictness) -> bool {
        let least = match strictness {
            Strictness::Lenient => Severity::Error,
            Strictness::Strict => Severity::Warning,
        };
        self.found.borrow().iter().flatten().any(|diagnostic| diagnostic.severity >= least)
    }

    /// All diagnostics with their lines and columns. Those about options come first.
    pub(crate) fn finish(self, source: &Source, options_file: &Arc<OptionsFile>) -> Report {
        let mut diagnostics = self.found.take().unwrap_or_default();
        #[cfg(feature = "overlay")]
        for diagnostic in &mut diagnostics {
            diagnostic.move_to_origin(&self.origins.borrow());
        }
        // An object that several others refer to is parsed for each of them, so its diagnostics are found several
        // times.
        let mut seen = BTreeSet::new();
        diagnostics.retain(|found| seen.insert((found.file(), found.pointer().cloned(), found.message.clone())));
        for diagnostic in &mut diagnostics {
            let hint = diagnostic.option_hint.take().map(|hint| options_file.show_hint(&hint));
            diagnostic.help = match (diagnostic.help.take(), hint) {
                (Some(help), Some(hint)) => Some(format!("{help}: {hint}")),
                (help, hint) => help.or(hint),
            };
        }
        find_positions(&mut diagnostics, source);
        diagnostics.sort_by_key(|diagnostic| (diagnostic.file(), diagnostic.line_and_column()));
        Report { source: source.clone(), options_file: Arc::clone(options_file), diagnostics: diagnostics.into() }
    }
}

/// Finds the lines and columns of all diagnostics. Each file is parsed once.
fn find_positions(diagnostics: &mut [Diagnostic], source: &Source) {
    let mut files: BTreeMap<FileId, Positions> = BTreeMap::new();
    for diagnostic in &*diagnostics {
        if let Anchor::Node(place, _) = &diagnostic.anchor {
            files.entry(place.file).or_default().request(&place.pointer);
        }
    }
    for (file, positions) in &mut files {
        positions.find(source.text_of(*file));
    }
    for diagnostic in diagnostics {
        if let Anchor::Node(place, part) = &diagnostic.anchor {
            diagnostic.position =
                files.get(&place.file).and_then(|positions| positions.position(&place.pointer, *part));
        }
    }
}

#[cfg(test)]
impl Drop for Diagnostics {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || self.found.borrow().is_none(), "diagnostics were dropped without `finish`");
    }
}

/// Whether warnings prevent code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Strictness {
    #[default]
    Lenient,
    Strict,
}
