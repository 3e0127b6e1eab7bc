//! What is wrong with a document: each fault with its place and its cure.

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

/// How grave a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document has a flaw, and the code is right all the same.
    Warning,
    /// The code would be wrong, so there is none.
    Error,
}

/// One fault of a document.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    severity: Severity,
    message: String,
    cure: Option<String>,
    /// The option that the cure speaks of; spelled at its end once all is found.
    advice: Option<Box<OptionHint>>,
    fault_at: Anchor,
    position: Option<Position>,
}

/// Where the fault is, as the stage that found it knows it.
#[derive(Clone, Debug)]
enum Anchor {
    /// The text of the file cannot be read from here on.
    Text(FileId),
    Node(Location, EntryPart),
    /// In the options file, known by its position there.
    Option,
}

impl Diagnostic {
    /// A fault at a node.
    pub(crate) fn new(severity: Severity, place: &Location, message: impl Into<String>) -> Self {
        let fault_at = Anchor::Node(place.clone(), EntryPart::Value);
        Self { severity, message: message.into(), cure: None, advice: None, fault_at, position: None }
    }

    /// A fault of the text, before there are nodes.
    pub(crate) fn of_text(file: FileId, position: Option<Position>, message: impl Into<String>) -> Self {
        let fault_at = Anchor::Text(file);
        Self { severity: Severity::Error, message: message.into(), cure: None, advice: None, fault_at, position }
    }

    /// A fault of an option: at its line where a file says it, and otherwise at what it is for.
    pub(crate) fn of_choice(
        severity: Severity,
        choice: &OptionSite,
        place: &Location,
        message: impl Into<String>,
    ) -> Self {
        match choice.position() {
            Some(position) => Self::of_option(severity, position, message),
            None => Self::new(severity, place, message),
        }
    }

    /// A fault in the options file.
    pub(crate) fn of_option(severity: Severity, position: Position, message: impl Into<String>) -> Self {
        let (message, position) = (message.into(), Some(position));
        Self { severity, message, cure: None, advice: None, fault_at: Anchor::Option, position }
    }

    /// Points at the key of the entry, not at its value.
    pub(crate) fn at_key(mut self) -> Self {
        if let Anchor::Node(_, part) = &mut self.fault_at {
            *part = EntryPart::Key;
        }
        self
    }

    /// Says what the author can do about it.
    pub(crate) fn with_help(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }

    /// Says which option does what the cure says, and what it might be given: its arguments as texts.
    pub(crate) fn with_option(mut self, method: &'static str, arguments: &[&str]) -> Self {
        self.advice = Some(Box::new(OptionHint::new(method, arguments)));
        self
    }

    /// The same fault where no code hangs on it.
    pub(crate) fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// How grave the fault is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong, in one sentence without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn cure(&self) -> Option<&str> {
        self.cure.as_deref()
    }

    /// The JSON pointer (RFC 6901) of the node in the file that it came from, or `None` when the text could not be read at all.
    #[must_use]
    pub fn pointer(&self) -> Option<&Pointer> {
        match &self.fault_at {
            Anchor::Text(_) | Anchor::Option => None,
            Anchor::Node(place, _) => Some(&place.pointer),
        }
    }

    /// The file of the fault; none where it is the options file, which is no part of the source.
    fn file(&self) -> Option<FileId> {
        match &self.fault_at {
            Anchor::Text(file) => Some(*file),
            Anchor::Node(place, _) => Some(place.file),
            Anchor::Option => None,
        }
    }

    /// Line and column, both from 1, the column in characters.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        self.position.map(|position| (position.line, position.column))
    }

    #[cfg(feature = "overlay")]
    fn move_to(&mut self, origins: &Origins) {
        if let Anchor::Node(place, _) = &mut self.fault_at {
            *place = origins.find(place);
        }
    }
}

/// Every fault that was found in one document, in the order of the text.
///
/// Displayed, it reads as the compiler's own messages do: place, line, caret, help.
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

    /// The faults, one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    /// Whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// One line for each fault, `file:line:column: message; cure`, for the warnings of a build script.
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

/// Collects what the stages find, so that an author sees every fault at once.
///
/// Must be asked for its result with [`Diagnostics::finish`]; one that is dropped unread has swallowed faults, and
/// says so in tests.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    found: RefCell<Option<Vec<Diagnostic>>>,
    /// Where nodes came from, once overlays have changed their files.
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

    /// Takes one fault into the collection.
    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        if let Some(found) = &mut *self.found.borrow_mut() {
            found.push(diagnostic);
        }
    }

    /// From here on, faults of the document are shown where their nodes came from.
    #[cfg(feature = "overlay")]
    pub(crate) fn set_provenance(&self, origins: Origins) {
        self.origins.replace(origins);
    }

    /// Whether anything so far forbids making code.
    pub(crate) fn has_errors(&self, strict: Strictness) -> bool {
        let least = match strict {
            Strictness::Lenient => Severity::Error,
            Strictness::Strict => Severity::Warning,
        };
        self.found.borrow().iter().flatten().any(|diagnostic| diagnostic.severity >= least)
    }

    /// Everything that was found, with the line and column of each; the faults of options first.
    pub(crate) fn finish(self, source: &Source, options_file: &Arc<OptionsFile>) -> Report {
        let mut diagnostics = self.found.take().unwrap_or_default();
        #[cfg(feature = "overlay")]
        for diagnostic in &mut diagnostics {
            diagnostic.move_to(&self.origins.borrow());
        }
        // What several objects refer to is read for each of them, and its faults are told once.
        let mut told = BTreeSet::new();
        diagnostics.retain(|found| told.insert((found.file(), found.pointer().cloned(), found.message.clone())));
        for diagnostic in &mut diagnostics {
            let advice = diagnostic.advice.take().map(|advice| options_file.spelled(&advice));
            diagnostic.cure = match (diagnostic.cure.take(), advice) {
                (Some(cure), Some(advice)) => Some(format!("{cure}: {advice}")),
                (cure, advice) => cure.or(advice),
            };
        }
        find_positions(&mut diagnostics, source);
        diagnostics.sort_by_key(|diagnostic| (diagnostic.file(), diagnostic.line_and_column()));
        Report { source: source.clone(), options_file: Arc::clone(options_file), diagnostics: diagnostics.into() }
    }
}

/// Finds the lines and columns of all diagnostics, walking each file once.
fn find_positions(diagnostics: &mut [Diagnostic], source: &Source) {
    let mut files: BTreeMap<FileId, Positions> = BTreeMap::new();
    for diagnostic in &*diagnostics {
        if let Anchor::Node(place, _) = &diagnostic.fault_at {
            files.entry(place.file).or_default().want(&place.pointer);
        }
    }
    for (file, positions) in &mut files {
        positions.find(source.text_of(*file));
    }
    for diagnostic in diagnostics {
        if let Anchor::Node(place, part) = &diagnostic.fault_at {
            diagnostic.position = files.get(&place.file).and_then(|positions| positions.of(&place.pointer, *part));
        }
    }
}

#[cfg(test)]
impl Drop for Diagnostics {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || self.found.borrow().is_none(), "the diagnostics were dropped unread");
    }
}

/// Whether a warning is enough to refuse a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Strictness {
    #[default]
    Lenient,
    Strict,
}
