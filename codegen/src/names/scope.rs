//! One namespace: who gets which name, and what happens where two wishes meet.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::case::{self, Style};
use super::{Name, reserved};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::Pointer;

/// What all namespaces of a file share.
pub(super) struct Scopes<'a> {
    renames: &'a BTreeMap<String, String>,
    used: RefCell<BTreeSet<&'a str>>,
    diagnostics: &'a Diagnostics,
}

/// One namespace.
pub(super) struct Scope<'s, 'a> {
    scopes: &'s Scopes<'a>,
    style: Style,
    taken: BTreeSet<String>,
}

/// A thing that wants a name.
pub(super) struct Wish {
    at: Pointer,
    text: String,
    /// What to add where the name is taken by something that came first.
    kind: &'static str,
}

impl Wish {
    pub(super) fn new(at: &Pointer, text: &str, kind: &'static str) -> Self {
        Self { at: at.clone(), text: text.to_owned(), kind }
    }
}

impl<'a> Scopes<'a> {
    pub(super) fn new(renames: &'a BTreeMap<String, String>, diagnostics: &'a Diagnostics) -> Self {
        Self { renames, used: RefCell::default(), diagnostics }
    }

    /// A new namespace in which some names are taken.
    pub(super) fn open(&self, style: Style, taken: &[&str]) -> Scope<'_, 'a> {
        Scope { scopes: self, style, taken: taken.iter().map(|&name| name.to_owned()).collect() }
    }

    /// Reports renames that met nothing.
    pub(super) fn finish(&self) {
        for pointer in self.renames.keys().filter(|pointer| !self.used.borrow().contains(pointer.as_str())) {
            let place = Pointer::parse(pointer).unwrap_or_default();
            let message = format!("`{pointer}` is renamed, and nothing there has a name of its own");
            self.diagnostics.push(
                Diagnostic::new(Severity::Error, &place, message)
                    .with_cure("give `Config::rename` the pointer of a schema, property, enum value, operation, message, channel or server"),
            );
        }
    }

    /// The name that the team chose, where it chose one that fits; a property and the type inside it share a pointer,
    /// and the first letter tells which is meant.
    fn chosen(&self, wish: &Wish, style: Style) -> Option<String> {
        let (pointer, name) = self.renames.get_key_value(&wish.at.to_string())?;
        let starts_upper = name.starts_with(char::is_uppercase);
        if starts_upper == (style == Style::Value) {
            return None;
        }
        self.used.borrow_mut().insert(pointer);
        let is_identifier = syn::parse_str::<syn::Ident>(name).is_ok() || reserved::is_keyword(name);
        if !is_identifier {
            let message = format!("`{name}` is not a Rust identifier");
            self.diagnostics.push(Diagnostic::new(Severity::Error, &wish.at, message).with_cure("rename it to one"));
            return None;
        }
        Some(name.clone())
    }
}

impl Scope<'_, '_> {
    /// Gives each wish a name, in order. Names that were settled before, or are reserved, stay as they are.
    pub(super) fn settle(&mut self, wishes: &[Wish]) -> Vec<Name> {
        let chosen: Vec<Option<String>> = wishes.iter().map(|wish| self.scopes.chosen(wish, self.style)).collect();
        self.taken.extend(chosen.iter().flatten().cloned());
        let plain: Vec<String> = wishes.iter().map(|wish| self.plain(wish)).collect();
        let mut rivals: BTreeMap<&str, Vec<&Wish>> = BTreeMap::new();
        for (index, wish) in wishes.iter().enumerate().filter(|(index, _)| chosen[*index].is_none()) {
            rivals.entry(&plain[index]).or_default().push(wish);
        }
        let mut settled = Vec::with_capacity(wishes.len());
        for ((wish, plain), chosen) in wishes.iter().zip(&plain).zip(chosen) {
            let name = match chosen {
                Some(name) => name,
                None => self.unique(wish, plain, &rivals[plain.as_str()]),
            };
            self.taken.insert(name.clone());
            settled.push(Name(name));
        }
        settled
    }

    /// The name a wish has where nobody else wants it.
    fn plain(&self, wish: &Wish) -> String {
        let name = case::style(self.style, &wish.text);
        if reserved::is_forbidden(&name) || self.taken.contains(&name) {
            let longer = case::style(self.style, &format!("{} {}", wish.text, wish.kind));
            self.warn(wish, &longer, &format!("the name `{name}` is taken"));
            return longer;
        }
        name
    }

    /// The plain name for the only wish, or the only one that is spelled exactly so; else signs and case are spelled out.
    fn unique(&self, wish: &Wish, plain: &str, rivals: &[&Wish]) -> String {
        let others: Vec<&&Wish> = rivals.iter().filter(|rival| !std::ptr::eq(**rival, wish)).collect();
        let deserves_it = others.is_empty() || (wish.text == plain && others.iter().all(|other| other.text != plain));
        if deserves_it && !self.taken.contains(plain) {
            return plain.to_owned();
        }
        let spelled = case::style_spelled(self.style, &wish.text);
        let meets_again = |other: &&&Wish| case::style_spelled(self.style, &other.text) == spelled;
        let name = if others.iter().any(meets_again) || self.taken.contains(&spelled) {
            case::style_marked(self.style, &wish.text)
        } else {
            spelled
        };
        let others: Vec<String> = others.iter().map(|other| format!("`{}`", other.text)).collect();
        self.warn(wish, &name, &format!("`{}` and {} would both be `{plain}`", wish.text, others.join(", ")));
        name
    }

    fn warn(&self, wish: &Wish, name: &str, why: &str) {
        let message = format!("{why}, so this one is called `{name}`");
        self.scopes.diagnostics.push(
            Diagnostic::new(Severity::Warning, &wish.at, message)
                .at_key()
                .with_cure(format!("to choose the name yourself: `Config::rename(\"{}\", \"…\")`", wish.at)),
        );
    }
}
