//! One namespace: who gets which name, and what happens where two wishes meet.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::case::{self, Style};
use super::{Name, NameKind, Named, reserved};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::location::{Location, Pointer};

/// What all namespaces of a file share.
pub(super) struct Scopes<'a> {
    config: &'a Config,
    structural_keys: &'a HashMap<Location, String>,
    /// The places that have a name, where there are renames, and whether it begins with a capital letter.
    named: RefCell<BTreeSet<(bool, Pointer)>>,
    /// Every name that was given.
    given: RefCell<Vec<Named>>,
    /// The names of the files, by [`FileId`](crate::document::FileId).
    files: &'a [String],
    diagnostics: &'a Diagnostics,
}

/// One namespace.
pub(super) struct Scope<'s, 'a> {
    scopes: &'s Scopes<'a>,
    /// None where the names are nobody's but the file's own: they can change, and nobody chooses them.
    kind: Option<NameKind>,
    style: Style,
    owner: Option<Location>,
    /// Asked for every name, and never listed, so that its order is nobody's.
    taken: HashSet<String>,
}

/// A thing that wants a name.
pub(super) struct NameRequest {
    at: Location,
    text: String,
    /// What it may be called where others are called just the same, the best first.
    otherwise: Vec<String>,
    /// What to add where the name is taken by something that came first.
    kind: &'static str,
    /// What it would be called if nothing else of the document could be meant.
    instead_of: Option<String>,
}

impl NameRequest {
    pub(super) fn new(at: &Location, text: &str, kind: &'static str) -> Self {
        Self { at: at.clone(), text: text.to_owned(), otherwise: Vec::new(), kind, instead_of: None }
    }

    /// The same, with the shorter text that others of the document have too, whether they are named here or not.
    pub(super) fn instead_of(self, shorter: Option<&str>) -> Self {
        Self { instead_of: shorter.map(str::to_owned), ..self }
    }

    /// The same, with other texts for where this one tells nothing apart.
    pub(super) fn or(mut self, otherwise: impl IntoIterator<Item = String>) -> Self {
        self.otherwise.extend(otherwise);
        self
    }
}

/// A way to write a text as an identifier.
type CaseFn = fn(Style, &str) -> String;

/// The wishes that would all have one name, and how many would have each of the longer ones.
struct Conflicts<'w> {
    wishes: Vec<&'w NameRequest>,
    texts: BTreeMap<&'w str, usize>,
    spelled: BTreeMap<String, usize>,
    with_case: BTreeMap<String, usize>,
    otherwise: BTreeMap<String, usize>,
}

/// A message names no more rivals than these: there may be hundreds.
const MOST_NAMED: usize = 3;

impl<'w> Conflicts<'w> {
    fn new(style: Style, wishes: Vec<&'w NameRequest>) -> Self {
        let counted = |named: CaseFn| {
            let mut counts = BTreeMap::new();
            // What is alone is told from nobody.
            for wish in wishes.iter().filter(|_| wishes.len() > 1) {
                *counts.entry(named(style, &wish.text)).or_default() += 1;
            }
            counts
        };
        let mut otherwise = BTreeMap::new();
        for wish in wishes.iter().filter(|_| wishes.len() > 1) {
            let names: BTreeSet<String> = wish.otherwise.iter().map(|text| case::style(style, text)).collect();
            for name in names {
                *otherwise.entry(name).or_default() += 1;
            }
        }
        let (spelled, with_case) = (counted(case::style_spelled), counted(case::style_with_case));
        let mut texts = BTreeMap::new();
        for wish in &wishes {
            *texts.entry(wish.text.as_str()).or_default() += 1;
        }
        Self { wishes, texts, spelled, with_case, otherwise }
    }

    /// The others, in words.
    fn others(&self, wish: &NameRequest) -> String {
        let others = self.wishes.iter().filter(|rival| !std::ptr::eq(**rival, wish));
        let named: Vec<String> = others.take(MOST_NAMED).map(|other| format!("`{}`", other.text)).collect();
        let more = self.wishes.len() - 1 - named.len();
        if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
    }
}

impl<'a> Scopes<'a> {
    pub(super) fn new(
        config: &'a Config,
        structural_keys: &'a HashMap<Location, String>,
        files: &'a [String],
        diagnostics: &'a Diagnostics,
    ) -> Self {
        Self { config, structural_keys, named: RefCell::default(), given: RefCell::default(), files, diagnostics }
    }

    /// A new namespace in which some names are taken.
    pub(super) fn open(&self, kind: NameKind, style: Style, taken: &[&str]) -> Scope<'_, 'a> {
        let taken = taken.iter().map(|&name| name.to_owned()).collect();
        Scope { scopes: self, kind: Some(kind), style, owner: None, taken }
    }

    /// A new namespace of what only the file itself speaks of.
    pub(super) fn open_inside(&self, style: Style) -> Scope<'_, 'a> {
        Scope { scopes: self, kind: None, style, owner: None, taken: HashSet::new() }
    }

    /// Reports renames that met nothing, and gives every name that was given.
    pub(super) fn finish(self) -> Vec<Named> {
        self.check_renames();
        self.given.into_inner()
    }

    fn check_renames(&self) {
        let named = self.named.borrow();
        let places = |is_upper: bool| -> Vec<&Pointer> {
            named.iter().filter(|(upper, _)| *upper == is_upper).map(|(_, at)| at).collect()
        };
        let (upper, lower) = (places(true), places(false));
        let what = "schema, property, enum value, operation, message, channel or server";
        for (pattern, name) in self.config.renames.iter() {
            let choice = self.config.choice_for("rename", pattern.as_str(), name);
            let of_name = |message: String, cure: String| {
                Diagnostic::of_choice(Severity::Error, &choice, &pattern.place(), message).with_help(cure)
            };
            if !is_identifier(name) {
                let message = format!("`{name}`, chosen for `{pattern}`, is not a Rust identifier");
                self.diagnostics.push(of_name(message, "rename it to one".to_owned()));
                continue;
            }
            let (fitting, others, case) =
                if is_upper(name) { (&upper, &lower, "small") } else { (&lower, &upper, "capital") };
            if pattern.matches_any(fitting) {
                continue;
            }
            self.diagnostics.push(if pattern.matches_any(others) {
                let message = format!("`{name}` is no name for what stands at `{pattern}`");
                of_name(message, format!("what stands there takes a name that begins with a {case} letter"))
            } else {
                pattern.no_match_diagnostic(what, &self.config.choice("rename", pattern.as_str()), fitting, None)
            });
        }
    }

    /// The name that the team chose, where it chose one that fits; a property and the type inside it share a pointer,
    /// and the first letter tells which is meant.
    fn chosen(&self, wish: &NameRequest, style: Style, taken: &HashSet<String>) -> Option<String> {
        if self.config.renames.is_empty() {
            return None;
        }
        let takes_upper = style != Style::Value;
        self.named.borrow_mut().insert((takes_upper, wish.at.pointer.clone()));
        let fits = |name: &String| is_upper(name) == takes_upper;
        let (pattern, name) = self.config.renames.best_match(&wish.at.pointer, fits)?;
        if taken.contains(name) || reserved::is_forbidden(name) {
            let message = format!("`{name}`, chosen for `{pattern}`, is taken by something else there");
            let choice = self.config.choice_for("rename", pattern.as_str(), name);
            let diagnostic = Diagnostic::of_choice(Severity::Error, &choice, &wish.at, message);
            self.diagnostics.push(diagnostic.with_help("choose another name, and one for each thing"));
        }
        Some(name.clone()).filter(|name| is_identifier(name))
    }
}

/// A keyword is one with `r#` before it.
fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok() || reserved::is_keyword(name)
}

/// Whether a name can be that of a type, a variant or a constant; the others begin with a small letter.
fn is_upper(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

impl Scope<'_, '_> {
    /// The namespace of the members of what stands at a place.
    pub(super) fn of(mut self, owner: &Location) -> Self {
        self.owner = Some(owner.clone());
        self
    }

    /// Gives each wish a name, in order. Names that were settled before, or are reserved, stay as they are.
    pub(super) fn assign(&mut self, wishes: &[NameRequest]) -> Vec<Name> {
        let mut chosen: Vec<Option<String>> = Vec::new();
        for wish in wishes {
            let name = self.kind.and_then(|_| self.scopes.chosen(wish, self.style, &self.taken));
            self.taken.extend(name.clone());
            chosen.push(name);
        }
        let plain: Vec<Result<String, String>> = wishes
            .iter()
            .zip(chosen)
            .map(|(wish, chosen)| chosen.map_or_else(|| Err(self.preferred_name(wish)), Ok))
            .collect();
        let mut wanted: HashMap<&str, Vec<usize>> = HashMap::with_capacity(wishes.len());
        for (index, plain) in plain.iter().enumerate() {
            if let Err(plain) = plain {
                wanted.entry(plain).or_default().push(index);
            }
        }
        let rivals: HashMap<&str, Conflicts<'_>> = wanted
            .into_iter()
            .filter(|(_, indices)| indices.len() > 1)
            .map(|(plain, indices)| {
                let wishes = indices.into_iter().map(|index| &wishes[index]).collect();
                (plain, Conflicts::new(self.style, wishes))
            })
            .collect();
        let rivals_of = |index: usize| plain[index].as_ref().err().and_then(|plain| rivals.get(plain.as_str()));
        // What nobody disputes comes first, wherever it stands: a name that has to give way gives way to all of it.
        let (mut disputed, undisputed): (Vec<usize>, Vec<usize>) =
            (0..wishes.len()).partition(|index| rivals_of(*index).is_some());
        disputed.sort_by_cached_key(|index| self.identity(&wishes[*index]));
        let mut settled = vec![Name(String::new()); wishes.len()];
        for index in undisputed.into_iter().chain(disputed) {
            let wish = &wishes[index];
            let name = match &plain[index] {
                Ok(chosen) => chosen.clone(),
                Err(plain) => match rivals_of(index) {
                    None if self.is_free(plain) => plain.clone(),
                    None => self.unique(wish, plain, &Conflicts::new(self.style, vec![wish])),
                    Some(rivals) => self.unique(wish, plain, rivals),
                },
            };
            self.taken.insert(name.clone());
            settled[index] = Name(name);
        }
        self.note(wishes, &settled);
        settled
    }

    fn note(&self, wishes: &[NameRequest], names: &[Name]) {
        let Some(kind) = self.kind else { return };
        let file = |at: &Location| (at.file.0 > 0).then(|| self.scopes.files.get(at.file.0).cloned()).flatten();
        let given = wishes.iter().zip(names).map(|(NameRequest { at, .. }, name)| Named {
            kind,
            name: name.plain().to_owned(),
            at: at.clone(),
            owner: self.owner.clone(),
            file: file(at),
        });
        self.scopes.given.borrow_mut().extend(given);
    }

    /// Whether nobody has the name, and rustc takes it.
    fn is_free(&self, name: &str) -> bool {
        !reserved::is_forbidden(name) && !self.taken.contains(name)
    }

    /// The name a wish has where nobody else wants it.
    fn preferred_name(&self, wish: &NameRequest) -> String {
        let name = case::style(self.style, &wish.text);
        if !self.is_free(&name) {
            let longer = case::style(self.style, &format!("{} {}", wish.text, wish.kind));
            self.warn(wish, &longer, &format!("the name `{name}` is taken"));
            return longer;
        }
        if let Some(shorter) = &wish.instead_of {
            self.warn(wish, &name, &format!("several types are called `{shorter}`"));
        }
        name
    }

    /// For a name that others want too, or have, the first of these that tells this wish from its rivals: with signs
    /// spelled out, as it is called otherwise, as it is spelled exactly, with the case of its first letter, with a
    /// mark made of the text.
    fn unique(&self, wish: &NameRequest, plain: &str, rivals: &Conflicts<'_>) -> String {
        let alone_with = |named: CaseFn, others: &BTreeMap<String, usize>| {
            let name = named(self.style, &wish.text);
            let alone = others.get(&name).is_none_or(|count| *count <= 1);
            (alone && self.is_free(&name)).then_some(name)
        };
        let exact = || (wish.text == plain && self.is_free(plain)).then(|| plain.to_owned());
        let name = alone_with(case::style_spelled, &rivals.spelled)
            .or_else(|| self.alternative_name(wish, plain, rivals))
            .or_else(exact)
            .or_else(|| alone_with(case::style_with_case, &rivals.with_case))
            .unwrap_or_else(|| self.with_hash_suffix(wish, rivals));
        if name != plain {
            let others = rivals.others(wish);
            self.warn(wish, &name, &format!("`{}` and {others} would both be `{plain}`", wish.text));
        }
        name
    }

    /// The first other name that is nobody else's, for one of several that are called just the same.
    fn alternative_name(&self, wish: &NameRequest, plain: &str, rivals: &Conflicts<'_>) -> Option<String> {
        let is_shared = rivals.texts.get(wish.text.as_str()).is_some_and(|count| *count > 1);
        let mut names = wish.otherwise.iter().filter(|_| is_shared).map(|text| case::style(self.style, text));
        let is_free = |name: &String| name != plain && rivals.otherwise[name] == 1 && self.is_free(name);
        names.find(is_free)
    }

    /// What is settled in the order of this is settled in the same order wherever it stands.
    fn identity<'w>(&self, wish: &'w NameRequest) -> (&'w str, String) {
        let place = self.scopes.structural_keys.get(&wish.at).cloned();
        (&wish.text, place.unwrap_or_else(|| wish.at.pointer.to_string()))
    }

    /// The text with a mark: of the text itself where that tells it apart, else of its place.
    fn with_hash_suffix(&self, wish: &NameRequest, rivals: &Conflicts<'_>) -> String {
        let is_alone = rivals.texts.get(wish.text.as_str()).is_none_or(|count| *count <= 1);
        let mut identity = if is_alone { wish.text.clone() } else { self.identity(wish).1 };
        loop {
            let name = case::with_hash_suffix(self.style, &wish.text, &identity);
            if self.is_free(&name) {
                return name;
            }
            identity.push('+');
        }
    }

    fn warn(&self, wish: &NameRequest, name: &str, why: &str) {
        if self.kind.is_none() {
            return;
        }
        let message = format!("{why}, so this one is called `{name}`");
        self.scopes.diagnostics.push(
            Diagnostic::new(Severity::Warning, &wish.at, message)
                .at_key()
                .with_help("to choose the name yourself")
                .with_option("rename", &[wish.at.pointer.as_str(), "…"]),
        );
    }
}
