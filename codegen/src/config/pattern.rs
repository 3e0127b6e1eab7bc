//! What an option is for: one notation, and what is said where it meets nothing.

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::{Diagnostic, OptionSite, Severity};
use crate::location::{Location, Pointer};
use crate::suggestion::slip;

/// A JSON pointer in which `*` stands for any one step, and `**` for any number of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: String,
    /// `None` where the text is no pointer at all.
    steps: Option<Vec<Step>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A key or an index, escaped as pointers are.
    Key(String),
    One,
    AnyNumber,
}

impl Step {
    fn read(text: &str) -> Self {
        match text {
            "*" => Self::One,
            "**" => Self::AnyNumber,
            // A key that is itself a star.
            key => Self::Key(key.replace("~2", "*")),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Key(key) if key.chars().all(|sign| sign == '*') => key.replace('*', "~2"),
            Self::Key(key) => key.clone(),
            Self::One => "*".to_owned(),
            Self::AnyNumber => "**".to_owned(),
        }
    }
}

impl Pattern {
    pub(crate) fn new(text: String) -> Self {
        let is_pointer = text.is_empty() || text.starts_with('/');
        let steps = is_pointer.then(|| text.split('/').skip(1).map(Step::read).collect());
        Self { text, steps }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the node at the pointer is one of those that are meant.
    pub(crate) fn matches(&self, at: &Pointer) -> bool {
        let keys: Vec<&str> = at.as_str().split('/').skip(1).collect();
        self.steps.as_ref().is_some_and(|steps| meets(steps, &keys))
    }

    /// Whether one of these places is meant, or everything, for then there may be nothing.
    pub(crate) fn matches_any(&self, places: &[&Pointer]) -> bool {
        self.steps.as_deref() == Some(&[Step::AnyNumber]) || places.iter().any(|at| self.matches(at))
    }

    /// A pointer is more exact than a pattern, and of two patterns the one that names more steps.
    fn specificity(&self) -> (bool, usize) {
        let steps = self.steps.as_deref().unwrap_or_default();
        let named = steps.iter().filter(|step| matches!(step, Step::Key(_))).count();
        (named == steps.len(), named)
    }

    /// The node that is meant, or the last that is named above it.
    pub(crate) fn place(&self) -> Location {
        let steps = self.steps.iter().flatten();
        let named = steps.map_while(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::One | Step::AnyNumber => None,
        });
        let text = named.fold(String::new(), |text, key| text + "/" + key);
        let pointer = Pointer::parse(&text).unwrap_or_default();
        Location { pointer, ..Location::root() }
    }

    /// The one node that is meant, where it is one.
    pub(crate) fn as_literal_pointer(&self) -> Option<Location> {
        self.specificity().0.then(|| self.place())
    }

    /// A pattern that meets nothing is a slip, or was left behind by a change of the document; or its place only refers
    /// to what is meant.
    pub(crate) fn no_match_diagnostic(
        &self,
        what: &str,
        choice: &OptionSite,
        places: &[&Pointer],
        referred_to: Option<&Pointer>,
    ) -> Diagnostic {
        let cure = match (referred_to, self.near_miss(places)) {
            (Some(target), _) => format!("it refers to `{target}`: give that"),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) if self.steps.is_none() => self.rooted(places),
            (None, None) => "give the JSON pointer of one, or a pattern such as `/components/schemas/*`".to_owned(),
        };
        let message = format!("`{choice}` speaks of `{self}`, which meets no {what}");
        Diagnostic::of_choice(Severity::Error, choice, &self.place(), message).with_help(cure)
    }

    /// The cure for a text that is no pointer: the pattern that it probably is without its beginning.
    fn rooted(&self, places: &[&Pointer]) -> String {
        let rooted = Self::new(format!("/{}", self.text.trim_start_matches('#').trim_start_matches('/')));
        let meant = if rooted.matches_any(places) { Some(rooted.text) } else { rooted.near_miss(places) };
        let rule = "a pattern begins with `/`, as a JSON pointer does";
        meant.map_or_else(|| rule.to_owned(), |meant| format!("{rule}: did you mean `{meant}`?"))
    }

    /// What was probably meant: the pattern with one step written otherwise, or the pointer of what is called so.
    fn near_miss(&self, places: &[&Pointer]) -> Option<String> {
        let Some(steps) = &self.steps else {
            let is_called_so =
                |at: &&&Pointer| at.steps().last().is_some_and(|last| slip(&self.text, &last) == Some(0));
            return places.iter().find(is_called_so).map(ToString::to_string);
        };
        let keys: BTreeSet<&str> = places.iter().flat_map(|at| at.as_str().split('/').skip(1)).collect();
        let corrected = steps.iter().enumerate().flat_map(|(index, step)| {
            let near = |other: &&str| match step {
                Step::Key(key) => slip(key, other).filter(|_| key != other),
                Step::One | Step::AnyNumber => None,
            };
            keys.iter().filter_map(move |other| Some((near(other)?, index, *other)))
        });
        let mut corrected: Vec<(usize, usize, &str)> = corrected.collect();
        corrected.sort_unstable();
        corrected.into_iter().find_map(|(_, index, key)| {
            let mut steps = steps.clone();
            steps[index] = Step::Key(key.to_owned());
            let text = format!("/{}", steps.iter().map(Step::write).collect::<Vec<_>>().join("/"));
            let pattern = Self { text, steps: Some(steps) };
            places.iter().any(|at| pattern.matches(at)).then_some(pattern.text)
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

fn meets(steps: &[Step], keys: &[&str]) -> bool {
    match (steps, keys) {
        ([], []) => true,
        ([Step::AnyNumber, rest @ ..], _) => (0..=keys.len()).any(|skipped| meets(rest, &keys[skipped..])),
        ([Step::One, steps @ ..], [_, keys @ ..]) => meets(steps, keys),
        ([Step::Key(wanted), steps @ ..], [key, keys @ ..]) => wanted == key && meets(steps, keys),
        _ => false,
    }
}

/// What was chosen for the places that patterns meet, in the order of the calls.
#[derive(Clone, Debug)]
pub(crate) struct PatternMap<T>(Vec<(Pattern, T)>);

impl<T> Default for PatternMap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> PatternMap<T> {
    pub(crate) fn add(&mut self, pattern: impl Into<String>, choice: T) {
        self.0.push((Pattern::new(pattern.into()), choice));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every choice, with its pattern.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Pattern, &T)> {
        self.0.iter().map(|(pattern, choice)| (pattern, choice))
    }

    /// Every choice for a place.
    pub(crate) fn all(&self, at: &Pointer) -> impl Iterator<Item = &T> {
        self.0.iter().filter(|(pattern, _)| pattern.matches(at)).map(|(_, choice)| choice)
    }

    /// Whether there is a choice for a place.
    pub(crate) fn matches(&self, at: &Pointer) -> bool {
        self.all(at).next().is_some()
    }

    /// The choice for a place: of several, that of the most exact pattern, and of equals the last.
    pub(crate) fn best(&self, at: &Pointer) -> Option<&T> {
        self.best_of(at, |_| true)
    }

    /// The same among those choices that fit.
    pub(crate) fn best_of(&self, at: &Pointer, fits: impl Fn(&T) -> bool) -> Option<&T> {
        self.best_match(at, fits).map(|(_, choice)| choice)
    }

    /// The same with its pattern.
    pub(crate) fn best_match(&self, at: &Pointer, fits: impl Fn(&T) -> bool) -> Option<(&Pattern, &T)> {
        let met = self.0.iter().filter(|(pattern, choice)| fits(choice) && pattern.matches(at));
        met.max_by_key(|(pattern, _)| pattern.specificity()).map(|(pattern, choice)| (pattern, choice))
    }

    /// The patterns that meet none of these places.
    pub(crate) fn unmatched(&self, places: &[&Pointer]) -> impl Iterator<Item = &Pattern> {
        self.0.iter().map(|(pattern, _)| pattern).filter(move |pattern| !pattern.matches_any(places))
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternMap};
    use crate::location::Pointer;

    fn pointer(text: &str) -> Pointer {
        Pointer::parse(text).expect("a pointer")
    }

    #[test]
    fn a_star_is_one_step_and_two_are_any_number() {
        let met = |pattern: &str, at: &str| Pattern::new(pattern.to_owned()).matches(&pointer(at));
        assert!(met("/components/schemas/Order", "/components/schemas/Order"));
        assert!(met("/components/schemas/*", "/components/schemas/Order"));
        assert!(!met("/components/schemas/*", "/components/schemas/Order/properties/id"));
        assert!(met("/**/id", "/components/schemas/Order/properties/id") && met("/**/id", "/id"));
        assert!(met("/components/**", "/components") && met("/**", ""));
        assert!(met("/channels/a~1b/**/x", "/channels/a~1b/subscribe/x") && !met("/channels/a/b", "/channels/a~1b"));
        assert!(met("/channels/~2", "/channels/*") && !met("/channels/~2", "/channels/a"));
        assert!(!met("Order", "/components/schemas/Order"));
    }

    #[test]
    fn the_most_exact_pattern_chooses_and_of_equals_the_last() {
        let mut chosen = PatternMap::default();
        for (index, pattern) in ["/a/b", "/a/*", "/**/b", "/**", "/a/*"].into_iter().enumerate() {
            chosen.add(pattern, index);
        }
        assert_eq!(chosen.best(&pointer("/a/b")), Some(&0));
        assert_eq!(chosen.best(&pointer("/a/c")), Some(&4));
        assert_eq!(chosen.best(&pointer("/c")), Some(&3));
    }

    #[test]
    fn a_slip_of_one_step_is_found() {
        let places = [pointer("/components/schemas/Order"), pointer("/components/schemas/Order/properties/note")];
        let places: Vec<&Pointer> = places.iter().collect();
        let near = |pattern: &str| Pattern::new(pattern.to_owned()).near_miss(&places);
        assert_eq!(near("/component/schemas/Order").as_deref(), Some("/components/schemas/Order"));
        assert_eq!(near("/**/propertys/*").as_deref(), Some("/**/properties/*"));
        assert_eq!(near("order").as_deref(), Some("/components/schemas/Order"));
        assert_eq!(near("/channels/a"), None);
    }
}
