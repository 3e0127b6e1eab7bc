//! Compares the public names before and after a change of a document.
//!
//! - A part that remains keeps its name, even if the change moves it.
//! - A move of parts adds no name and removes no name. A deletion adds no name.
//!
//! These names may change together with a deleted part:
//!
//! - A name that collided with the name of the deleted part loses its suffix. The warnings of the generator list the
//!   collisions.
//! - An enum whose values are exactly the names of the events is `EventName`. If an event is deleted, the enum gets a name of
//!   its own, and the reverse.
//! - Of one message, an operation has no union of its messages.
//! - A union whose other alternatives are one Rust type becomes an alias.
//! - The function `event_name` exists only if a property of the payloads routes events.

use std::collections::{BTreeMap, BTreeSet};

use asyncapi_codegen::{Config, NameKind, Output, Perspective, Pointer, Report, Source};
use proptest::prelude::*;
use serde_yaml::Value;

use super::Document;
use super::change::{Change, texts};
use super::public_names::public_names;

/// What the generator gives for a document.
pub(super) struct Generated {
    pub(super) public: BTreeSet<String>,
    output: Output,
}

/// What has a name: its kind, its file if that is not the document, its pointer, and the pointer of the type that it is a
/// member of.
type Named = (NameKind, Option<String>, Pointer, Option<Pointer>);

impl Generated {
    /// `None` if the document is refused.
    pub(super) fn new(document: &Document, root: &Value, perspective: Perspective) -> Option<Self> {
        let source = Source::new("document.yaml", serde_yaml::to_string(root).ok()?);
        let source = document.files.iter().fold(source, |source, (name, text)| source.with_file(name, text));
        let output = Config::new().perspective(perspective).generate(&source).ok()?;
        Some(Self { public: public_names(output.code()), output })
    }

    /// The number of references to missing Avro definitions: the deleted part may contain the definition.
    fn missing_definitions(&self) -> usize {
        self.output.report().iter().filter(|found| found.message().contains("is neither an Avro type")).count()
    }

    /// The names by what has them. `moved` gives the pointer after the change; parts without one are left out.
    fn names(&self, moved: impl Fn(&Pointer) -> Option<Pointer>) -> BTreeMap<Named, BTreeSet<&str>> {
        let mut names: BTreeMap<Named, BTreeSet<&str>> = BTreeMap::new();
        for named in self.output.names() {
            let at = if named.file().is_some() { Some(named.pointer().clone()) } else { moved(named.pointer()) };
            let owner = named.owner().map(&moved);
            let (Some(at), None | Some(Some(_))) = (at, &owner) else { continue };
            let key = (named.kind(), named.file().map(str::to_owned), at, owner.flatten());
            names.entry(key).or_default().insert(named.name());
        }
        names
    }
}

/// Fails if a name changes that must not.
pub(super) fn check(document: &Document, change: &Change, perspective: Perspective) -> Result<(), TestCaseError> {
    let Some(before) = Generated::new(document, &document.root, perspective) else { return Ok(()) };
    // If another part refers to the deleted part, the document is refused.
    let Some(after) = Generated::new(document, &change.apply(&document.root), perspective) else { return Ok(()) };
    if after.missing_definitions() > before.missing_definitions() {
        return Ok(());
    }
    let reachable = change.reachable(&document.root);
    let exceptions = Exceptions::new(document, change, &reachable, &before, &after);
    check_public_names(document, change, &before, &after, &exceptions)?;
    let names_before = before.names(|pointer| change.moved(&document.root, pointer));
    let names_after = after.names(|pointer| Some(pointer.clone()));
    for (named, names) in &names_before {
        let is_allowed = match names_after.get(named) {
            Some(now) => now.iter().all(|name| {
                let lost_suffix = change.deleted().is_some()
                    && names.iter().any(|was| without_suffixes(was) == name.replace([' ', '_'], ""));
                names.contains(name) || exceptions.allow(name) || lost_suffix
            }),
            // If two parts have one name, a move may give it to the other part.
            None if change.deleted().is_none() => true,
            None => {
                let types = type_names(named, &names_before);
                belongs_to_deleted(named, &reachable) || types.iter().any(|name| exceptions.allow(name))
            }
        };
        let now = names_after.get(named);
        prop_assert!(is_allowed, "{}: {change:?}: {named:?} was {names:?} and is {now:?}", document.name);
    }
    Ok(())
}

fn check_public_names(
    document: &Document,
    change: &Change,
    before: &Generated,
    after: &Generated,
    exceptions: &Exceptions<'_>,
) -> Result<(), TestCaseError> {
    let added = after.public.difference(&before.public).filter(|name| !exceptions.allow(name));
    // A type has `new` if it has required fields, whatever their names.
    let added: Vec<&String> = added.filter(|name| name.rsplit('.').next() != Some("new")).collect();
    prop_assert!(added.is_empty(), "{}: {change:?}: added: {added:#?}", document.name);
    if change.deleted().is_none() {
        let removed: Vec<&String> = before.public.difference(&after.public).collect();
        prop_assert!(removed.is_empty(), "{}: {change:?}: removed: {removed:#?}", document.name);
    }
    Ok(())
}

/// The names that may change.
struct Exceptions<'a> {
    change: &'a Change,
    before: &'a Generated,
    after: &'a Generated,
    /// Names that collided with a name of the deleted part.
    freed: BTreeSet<String>,
    /// Events that the deleted part was a message of.
    shared_events: Vec<String>,
    /// The names before a deletion, without their suffixes.
    without_suffixes: BTreeSet<String>,
}

impl<'a> Exceptions<'a> {
    fn new(
        document: &Document,
        change: &'a Change,
        reachable: &[Pointer],
        before: &'a Generated,
        after: &'a Generated,
    ) -> Self {
        let without_suffixes = match change.deleted() {
            Some(_) => before.public.iter().map(|name| without_suffixes(name)).collect(),
            None => BTreeSet::new(),
        };
        let texts = texts(&document.root, reachable);
        let freed = freed_names(before.output.report(), reachable, &texts);
        let shared_events = shared_events(&after.public, &texts);
        Self { change, before, after, freed, shared_events, without_suffixes }
    }

    fn allow(&self, name: &str) -> bool {
        contains_freed_name(name, &self.freed)
            || name.split([' ', ':', '.']).any(|word| self.shared_events.contains(&letters(word)))
            || is_list_of_events(name, &self.before.public, &self.after.public)
            || is_union_of_messages(name, self.change)
            || becomes_alias(name, self.change, self.before)
            || reads_event_name(name, self.change)
            || self.without_suffixes.contains(&name.replace([' ', '_'], ""))
    }
}

/// The names that collided with a name of the deleted part, from the warnings.
fn freed_names(report: &Report, reachable: &[Pointer], texts: &[String]) -> BTreeSet<String> {
    let mut freed = BTreeSet::new();
    for diagnostic in report.iter() {
        let quoted: Vec<&str> = diagnostic.message().split('`').skip(1).step_by(2).collect();
        if diagnostic.message().contains("would both be") {
            // `a` and `b` would both be `plain`, so this one is called `name`.
            let colliding = &quoted[..quoted.len().saturating_sub(2)];
            let is_deleted = diagnostic
                .pointer()
                .is_some_and(|pointer| reachable.iter().any(|reachable| is_at_or_below(pointer, reachable)));
            let collides = is_deleted || colliding.iter().any(|name| texts.iter().any(|text| text == name));
            if let (true, Some(plain)) = (collides, quoted.iter().rev().nth(1)) {
                freed.insert((*plain).to_owned());
            }
        } else if diagnostic.message().starts_with("several types are called") {
            let plain = quoted.first().filter(|plain| texts.iter().any(|text| text == *plain));
            freed.extend(plain.map(|plain| (*plain).to_owned()));
        } else if diagnostic.message().contains("is taken, so") {
            let plain = quoted.first().filter(|plain| texts.iter().any(|text| letters(text) == letters(plain)));
            freed.extend(plain.map(|plain| (*plain).to_owned()));
        }
    }
    freed
}

/// Whether a name is a freed name, perhaps with a prefix for its case, or a name of something inside of the freed name.
fn contains_freed_name(name: &str, freed: &BTreeSet<String>) -> bool {
    let words: Vec<&str> = name.split([' ', ':', '.', '=']).collect();
    let is_freed = |word: &str| {
        ["Upper", "Lower", "upper_", "lower_"]
            .iter()
            .find_map(|prefix| word.strip_prefix(prefix))
            .is_some_and(|rest| freed.contains(rest))
    };
    words.iter().any(|word| is_freed(word))
        || freed
            .iter()
            .any(|free| words.iter().any(|word| word == free || word.starts_with(free.as_str()) && free.len() > 3))
}

/// The events that the deleted part was a message of: messages with one name share an event, and a single one is called
/// after its key.
fn shared_events(after: &BTreeSet<String>, texts: &[String]) -> Vec<String> {
    let events = after.iter().filter_map(|name| name.strip_prefix("EventName: Self::")?.split_once(" = "));
    let shared = events.filter(|(_, value)| texts.iter().any(|text| *value == format!("{text:?}")));
    shared.map(|(event, _)| letters(event)).collect()
}

/// Whether a name belongs to an enum that lists the events before or after the change.
fn is_list_of_events(name: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) -> bool {
    let values = |names: &BTreeSet<String>, owner: &str| -> BTreeSet<String> {
        let start = format!("{owner}: ");
        let values = names.iter().filter_map(|name| name.strip_prefix(&start)?.split_once(" = "));
        values.map(|(_, value)| value.to_owned()).collect()
    };
    let mut words = name.split([' ', ':', '.', '=']);
    let Some(owner) = words.find(|word| word.starts_with(char::is_uppercase)) else { return false };
    // The deleted part may be a value of the enum.
    let is_list = |names, events| {
        let (values, events) = (values(names, owner), values(events, "EventName"));
        !values.is_empty() && values.is_subset(&events) && values.len() + 1 >= events.len()
    };
    owner != "EventName" && (is_list(after, before) || is_list(before, after))
}

/// Whether a message is deleted and a name belongs to the union of an operation's messages.
fn is_union_of_messages(name: &str, change: &Change) -> bool {
    let deletes_message =
        change.deleted().is_some_and(|pointer| pointer.contains("/message/oneOf/") || pointer.contains("/messages/"));
    deletes_message && name.split([' ', ':', '.']).any(|word| word.ends_with("Message"))
}

/// Whether an alternative of a union is deleted and a name is the alias that the union may become: two JSON Schema types of
/// numbers can be one Rust type.
pub(super) fn becomes_alias(name: &str, change: &Change, before: &Generated) -> bool {
    let (Some(deleted), Some(alias)) = (change.deleted(), name.strip_prefix("type ")) else { return false };
    let is_alternative_of = |union: &Pointer| {
        let rest = deleted.strip_prefix(union.as_str()).unwrap_or_default();
        let index = rest.strip_prefix("/oneOf/").or_else(|| rest.strip_prefix("/anyOf/"));
        index.is_some_and(|index| !index.contains('/'))
    };
    let types = before.output.names().iter().filter(|named| named.kind() == NameKind::Type && named.file().is_none());
    let mut unions = types.filter(|named| named.name() == alias);
    before.public.contains(&format!("union {alias}")) && unions.any(|named| is_alternative_of(named.pointer()))
}

/// Whether a name is the function that reads the name of an event from its payload, and the change is a deletion that can
/// let a property route events: one that removes an event, a property or a value of a property.
fn reads_event_name(name: &str, change: &Change) -> bool {
    let Change::Delete(container, ..) = change else { return false };
    let routes = ["channels", "operations", "messages", "oneOf", "properties", "enum"];
    name == "fn event_name" && container.last().is_some_and(|key| routes.contains(&key.as_str()))
}

/// The names of the type that has the name, or has the member that has it.
fn type_names<'a>((_, file, at, owner): &Named, names: &BTreeMap<Named, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let owner = (NameKind::Type, file.clone(), owner.as_ref().unwrap_or(at).clone(), None);
    names.get(&owner).cloned().unwrap_or_default()
}

/// Whether the deleted part contains or reaches what had the name, or is inside of it.
fn belongs_to_deleted((_, file, at, _): &Named, reachable: &[Pointer]) -> bool {
    let contains_deleted = reachable.first().is_some_and(|deleted| is_at_or_below(deleted, at));
    // Parts of other files are visited only through references.
    contains_deleted || file.is_some() || reachable.iter().any(|reachable| is_at_or_below(at, reachable))
}

fn is_at_or_below(pointer: &Pointer, ancestor: &Pointer) -> bool {
    let rest = pointer.as_str().strip_prefix(ancestor.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The letters and digits in lower case: they are the same in every style of names.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// A name without its hash suffixes (`x` and hexadecimal digits), spaces and underscores.
fn without_suffixes(name: &str) -> String {
    const DIGITS: usize = 8;
    let mut plain = name.to_owned();
    while let Some(start) = plain.match_indices(['x', 'X']).map(|(start, _)| start).find(|start| {
        let digits = plain.get(start + 1..=start + DIGITS).unwrap_or_default();
        digits.len() == DIGITS && digits.chars().all(|digit| digit.is_ascii_hexdigit())
    }) {
        plain.replace_range(start..=start + DIGITS, "");
    }
    plain.replace([' ', '_'], "")
}
