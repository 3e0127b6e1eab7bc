//! One namespace: assigns a name to each request, and resolves conflicts between requests.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::case::{self, Style};
use super::{Name, NameKind, Named, reserved};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::limits::MAX_LISTED_REQUESTS;
use crate::location::{Location, Pointer};

/// What all namespaces of a file share.
pub(super) struct Scopes<'a> {
    config: &'a Config,
    structural_keys: &'a HashMap<Location, String>,
    /// The places that the option `rename` can address, each with whether its name begins with a capital letter. Empty
    /// if there are no renames.
    renamable: RefCell<BTreeSet<(bool, Pointer)>>,
    /// All assigned names.
    report: RefCell<Vec<Named>>,
    /// The names of the files, by [`FileId`](crate::location::FileId).
    files: &'a [String],
    diagnostics: &'a Diagnostics,
}

/// One namespace.
pub(super) struct Scope<'s, 'a> {
    scopes: &'s Scopes<'a>,
    /// `None` for names that are private to the generated file. They can change, and the options cannot choose them.
    kind: Option<NameKind>,
    style: Style,
    owner: Option<Location>,
    taken: HashSet<String>,
}

/// A request for a name.
pub(super) struct NameRequest {
    at: Location,
    /// The text that becomes the name.
    text: String,
    /// Other texts, for use if several requests have the same text. The best comes first.
    fallbacks: Vec<String>,
    /// A word that is added if an earlier item or the generated file has the name.
    noun: &'static str,
    /// The shorter text that is not unique in the document, even if only one of its owners gets a name.
    ambiguous_text: Option<String>,
}

impl NameRequest {
    pub(super) fn new(at: &Location, text: &str, noun: &'static str) -> Self {
        Self { at: at.clone(), text: text.to_owned(), fallbacks: Vec::new(), noun, ambiguous_text: None }
    }

    pub(super) fn with_ambiguous_text(self, shorter: Option<&str>) -> Self {
        Self { ambiguous_text: shorter.map(str::to_owned), ..self }
    }

    pub(super) fn with_fallbacks(mut self, fallbacks: impl IntoIterator<Item = String>) -> Self {
        self.fallbacks.extend(fallbacks);
        self
    }
}

/// A way to write a text as an identifier.
type CaseFn = fn(Style, &str) -> String;

/// Requests that would get the same name, with the number of requests that would get each of the longer names.
struct Conflict<'r> {
    requests: Vec<&'r NameRequest>,
    texts: BTreeMap<&'r str, usize>,
    spelled: BTreeMap<String, usize>,
    with_case: BTreeMap<String, usize>,
    fallbacks: BTreeMap<String, usize>,
}

impl<'r> Conflict<'r> {
    fn new(style: Style, requests: Vec<&'r NameRequest>) -> Self {
        let count = |to_name: CaseFn| count(requests.iter().map(|request| to_name(style, &request.text)));
        let (spelled, with_case) = (count(case::spelled_out), count(case::with_letter_case));
        let fallbacks = requests.iter().flat_map(|request| {
            request.fallbacks.iter().map(|text| case::style(style, text)).collect::<BTreeSet<String>>()
        });
        let fallbacks = self::count(fallbacks);
        let texts = self::count(requests.iter().map(|request| request.text.as_str()));
        Self { requests, texts, spelled, with_case, fallbacks }
    }

    /// The other requests, as a text.
    fn others(&self, request: &NameRequest) -> String {
        let others = self.requests.iter().filter(|other| !std::ptr::eq(**other, request));
        let listed: Vec<String> = others.take(MAX_LISTED_REQUESTS).map(|other| format!("`{}`", other.text)).collect();
        let more = self.requests.len() - 1 - listed.len();
        if more > 0 { format!("{} and {more} more", listed.join(", ")) } else { listed.join(", ") }
    }
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

impl<'a> Scopes<'a> {
    pub(super) fn new(
        config: &'a Config,
        structural_keys: &'a HashMap<Location, String>,
        files: &'a [String],
        diagnostics: &'a Diagnostics,
    ) -> Self {
        let (renamable, report) = (RefCell::default(), RefCell::default());
        Self { config, structural_keys, renamable, report, files, diagnostics }
    }

    /// A new namespace in which some names are taken.
    pub(super) fn open(&self, kind: NameKind, style: Style, taken: &[&str]) -> Scope<'_, 'a> {
        let taken = taken.iter().map(|&name| name.to_owned()).collect();
        Scope { scopes: self, kind: Some(kind), style, owner: None, taken }
    }

    /// A new namespace of names that are private to the generated file.
    pub(super) fn open_private(&self, style: Style) -> Scope<'_, 'a> {
        Scope { scopes: self, kind: None, style, owner: None, taken: HashSet::new() }
    }

    /// Reports renames that match no place, and returns all assigned names.
    pub(super) fn finish(self) -> Vec<Named> {
        self.check_renames();
        self.report.into_inner()
    }

    fn check_renames(&self) {
        let renamable = self.renamable.borrow();
        let places = |is_upper: bool| -> Vec<&Pointer> {
            renamable.iter().filter(|(upper, _)| *upper == is_upper).map(|(_, at)| at).collect()
        };
        let (upper, lower) = (places(true), places(false));
        let what = "schema, property, enum value, operation, message, channel or server";
        for (pattern, name) in self.config.renames.iter() {
            let option = self.config.option_site_for("rename", pattern.as_str(), name);
            let invalid_name = |message: String, help: String| {
                Diagnostic::at_option(Severity::Error, &option, &pattern.literal_prefix(), message).with_help(help)
            };
            if !is_identifier(name) {
                let message = format!("`{name}`, chosen for `{pattern}`, is not a Rust identifier");
                self.diagnostics.push(invalid_name(message, "rename it to one".to_owned()));
                continue;
            }
            let (same_case, other_case, letter) =
                if is_upper(name) { (&upper, &lower, "small") } else { (&lower, &upper, "capital") };
            if pattern.matches_any(same_case) {
                continue;
            }
            self.diagnostics.push(if pattern.matches_any(other_case) {
                let message = format!("`{name}` is no name for what stands at `{pattern}`");
                invalid_name(message, format!("what stands there takes a name that begins with a {letter} letter"))
            } else {
                pattern.no_match_diagnostic(what, &self.config.option_site("rename", pattern.as_str()), same_case, None)
            });
        }
    }

    /// The name from the option `rename`. A property and the type in it have the same pointer; the first letter of the
    /// chosen name says which of them the option renames.
    fn chosen(&self, request: &NameRequest, style: Style, taken: &HashSet<String>) -> Option<String> {
        if self.config.renames.is_empty() {
            return None;
        }
        let takes_upper = style != Style::Value;
        self.renamable.borrow_mut().insert((takes_upper, request.at.pointer.clone()));
        let fits = |name: &String| is_upper(name) == takes_upper;
        let (pattern, name) = self.config.renames.best_match(&request.at.pointer, fits)?;
        if taken.contains(name) || reserved::is_forbidden(name) {
            let message = format!("`{name}`, chosen for `{pattern}`, is taken by something else there");
            let option = self.config.option_site_for("rename", pattern.as_str(), name);
            let diagnostic = Diagnostic::at_option(Severity::Error, &option, &request.at, message);
            self.diagnostics.push(diagnostic.with_help("choose another name, and one for each thing"));
        }
        Some(name.clone()).filter(|name| is_identifier(name))
    }
}

/// Keywords count: they are written with `r#`.
fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok() || reserved::is_keyword(name)
}

/// Whether a name can be that of a type, a variant or a constant. All other names begin with a small letter.
fn is_upper(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

impl Scope<'_, '_> {
    /// The namespace of the members of the item at a place.
    pub(super) fn of_members(mut self, owner: &Location) -> Self {
        self.owner = Some(owner.clone());
        self
    }

    /// Assigns a name to each request, in order. Earlier names and reserved names stay as they are.
    pub(super) fn assign(&mut self, requests: impl IntoIterator<Item = NameRequest>) -> Vec<Name> {
        let requests: Vec<NameRequest> = requests.into_iter().collect();
        let mut chosen: Vec<Option<String>> = Vec::new();
        for request in &requests {
            let name = self.kind.and_then(|_| self.scopes.chosen(request, self.style, &self.taken));
            self.taken.extend(name.clone());
            chosen.push(name);
        }
        let preferred: Vec<Option<String>> = (requests.iter().zip(&chosen))
            .map(|(request, chosen)| chosen.is_none().then(|| self.preferred_name(request)))
            .collect();
        let conflicts = self.conflicts(&requests, &preferred);
        let conflict_of = |index: usize| preferred[index].as_ref().and_then(|name| conflicts.get(name.as_str()));
        // Names without a conflict come first, wherever their places are: no name of a conflict takes one of them away.
        let (mut conflicting, unique): (Vec<usize>, Vec<usize>) =
            (0..requests.len()).partition(|index| conflict_of(*index).is_some());
        conflicting.sort_by_cached_key(|index| self.content(&requests[*index]));
        let mut names = vec![Name(String::new()); requests.len()];
        for index in unique.into_iter().chain(conflicting) {
            let request = &requests[index];
            let name = match (&chosen[index], &preferred[index]) {
                (Some(chosen), _) => chosen.clone(),
                (None, Some(preferred)) => match conflict_of(index) {
                    None if self.is_free(preferred) => preferred.clone(),
                    None => self.unique_name(index, request, preferred, &Conflict::new(self.style, vec![request])),
                    Some(conflict) => self.unique_name(index, request, preferred, conflict),
                },
                (None, None) => continue,
            };
            self.taken.insert(name.clone());
            names[index] = Name(name);
        }
        self.add_to_report(&requests, &names);
        names
    }

    /// The requests that have the same preferred name, by this name.
    fn conflicts<'r>(
        &self,
        requests: &'r [NameRequest],
        preferred: &'r [Option<String>],
    ) -> HashMap<&'r str, Conflict<'r>> {
        let mut by_name: HashMap<&str, Vec<&NameRequest>> = HashMap::with_capacity(requests.len());
        for (request, name) in requests.iter().zip(preferred) {
            if let Some(name) = name {
                by_name.entry(name).or_default().push(request);
            }
        }
        let conflicts = by_name.into_iter().filter(|(_, requests)| requests.len() > 1);
        conflicts.map(|(name, requests)| (name, Conflict::new(self.style, requests))).collect()
    }

    fn add_to_report(&self, requests: &[NameRequest], names: &[Name]) {
        let Some(kind) = self.kind else { return };
        let file = |at: &Location| (at.file.0 > 0).then(|| self.scopes.files.get(at.file.0).cloned()).flatten();
        let entries = requests.iter().zip(names).map(|(NameRequest { at, .. }, name)| Named {
            kind,
            name: name.plain().to_owned(),
            at: at.clone(),
            owner: self.owner.clone(),
            file: file(at),
        });
        self.scopes.report.borrow_mut().extend(entries);
    }

    /// Whether the name is not taken, and is a valid identifier.
    fn is_free(&self, name: &str) -> bool {
        !reserved::is_forbidden(name) && !self.taken.contains(name)
    }

    /// The name of a request that has no conflict.
    fn preferred_name(&self, request: &NameRequest) -> String {
        let name = case::style(self.style, &request.text);
        if !self.is_free(&name) {
            let longer = case::style(self.style, &format!("{} {}", request.text, request.noun));
            self.warn(request, &longer, &format!("the name `{name}` is taken"));
            return longer;
        }
        if let Some(shorter) = &request.ambiguous_text {
            self.warn(request, &name, &format!("several types are called `{shorter}`"));
        }
        name
    }

    /// The name of a request in a conflict. Tries in this order: the text with all punctuation spelled out, the
    /// fallback texts, the text as it is, the text with the case of its first letter, the text with a hash.
    fn unique_name(&self, index: usize, request: &NameRequest, preferred: &str, conflict: &Conflict<'_>) -> String {
        let if_unique = |to_name: CaseFn, counts: &BTreeMap<String, usize>| {
            let name = to_name(self.style, &request.text);
            (counts.get(&name).is_none_or(|count| *count <= 1) && self.is_free(&name)).then_some(name)
        };
        let exact = || (request.text == preferred && self.is_free(preferred)).then(|| preferred.to_owned());
        let name = if_unique(case::spelled_out, &conflict.spelled)
            .or_else(|| self.fallback_name(request, preferred, conflict))
            .or_else(exact)
            .or_else(|| if_unique(case::with_letter_case, &conflict.with_case))
            .unwrap_or_else(|| self.name_with_hash(index, request, conflict));
        if name != preferred {
            let others = conflict.others(request);
            self.warn(request, &name, &format!("`{}` and {others} would both be `{preferred}`", request.text));
        }
        name
    }

    /// The first fallback that no other request has, if several requests have the same text.
    fn fallback_name(&self, request: &NameRequest, preferred: &str, conflict: &Conflict<'_>) -> Option<String> {
        if conflict.texts[request.text.as_str()] == 1 {
            return None;
        }
        let mut names = request.fallbacks.iter().map(|text| case::style(self.style, text));
        names.find(|name| name != preferred && conflict.fallbacks[name] == 1 && self.is_free(name))
    }

    /// The text of a request, and a key that does not depend on the order of the document where there is one.
    fn content<'r>(&self, request: &'r NameRequest) -> (&'r str, String) {
        let key = self.scopes.structural_keys.get(&request.at).cloned();
        (&request.text, key.unwrap_or_else(|| request.at.pointer.to_string()))
    }

    /// The text with a hash: of the text if no other request has it, else of the content, else of the place.
    fn name_with_hash(&self, index: usize, request: &NameRequest, conflict: &Conflict<'_>) -> String {
        let hashed = |content: &str| case::with_hash_suffix(self.style, &request.text, content);
        let text = (conflict.texts[request.text.as_str()] == 1).then(|| hashed(&request.text));
        let place = || hashed(&format!("{} {} {index}", request.at.file.0, request.at.pointer));
        text.into_iter().chain([hashed(&self.content(request).1)]).find(|name| self.is_free(name)).unwrap_or_else(place)
    }

    fn warn(&self, request: &NameRequest, name: &str, why: &str) {
        if self.kind.is_none() {
            return;
        }
        let message = format!("{why}, so this one is called `{name}`");
        self.scopes.diagnostics.push(
            Diagnostic::new(Severity::Warning, &request.at, message)
                .at_key()
                .with_help("to choose the name yourself")
                .with_option("rename", &[request.at.pointer.as_str(), "…"]),
        );
    }
}
