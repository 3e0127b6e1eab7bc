//! The patterns that select parts of a document for an option, and the diagnostic for a pattern without a match.

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::{Diagnostic, OptionSite, Severity};
use crate::location::{Location, Pointer};
use crate::suggestion::close_distance;

/// A JSON pointer in which `*` matches any one step, and `**` any number of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: String,
    /// `None` if the text is not a pointer.
    steps: Option<Vec<Step>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A key or an index, with the escapes of JSON pointers.
    Key(String),
    AnyOne,
    AnyNumber,
}

impl Step {
    fn parse(text: &str) -> Self {
        match text {
            "*" => Self::AnyOne,
            "**" => Self::AnyNumber,
            // A key of stars.
            key => Self::Key(key.replace("~2", "*")),
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Key(key) if key.chars().all(|sign| sign == '*') => key.replace('*', "~2"),
            Self::Key(key) => key.clone(),
            Self::AnyOne => "*".to_owned(),
            Self::AnyNumber => "**".to_owned(),
        }
    }
}

impl Pattern {
    pub(crate) fn new(text: String) -> Self {
        let is_pointer = text.is_empty() || text.starts_with('/');
        let steps = is_pointer.then(|| text.split('/').skip(1).map(Step::parse).collect());
        Self { text, steps }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern matches a pointer.
    pub(crate) fn matches(&self, at: &Pointer) -> bool {
        let keys: Vec<&str> = at.as_str().split('/').skip(1).collect();
        self.steps.as_ref().is_some_and(|steps| matches(steps, &keys))
    }

    /// Whether the pattern matches one of these pointers. `/**` always does, even if there are none.
    pub(crate) fn matches_any(&self, places: &[&Pointer]) -> bool {
        self.steps.as_deref() == Some(&[Step::AnyNumber]) || places.iter().any(|at| self.matches(at))
    }

    /// A pointer without wildcards is more specific than a pattern, and a pattern with more keys than one with fewer.
    fn specificity(&self) -> (bool, usize) {
        let steps = self.steps.as_deref().unwrap_or_default();
        let keys = steps.iter().filter(|step| matches!(step, Step::Key(_))).count();
        (keys == steps.len(), keys)
    }

    /// The pointer up to the first wildcard.
    pub(crate) fn literal_prefix(&self) -> Location {
        let steps = self.steps.iter().flatten();
        let keys = steps.map_while(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::AnyOne | Step::AnyNumber => None,
        });
        let text = keys.fold(String::new(), |text, key| text + "/" + key);
        let pointer = Pointer::parse(&text).unwrap_or_default();
        Location { pointer, ..Location::root() }
    }

    /// The pointer, if the pattern has no wildcards.
    pub(crate) fn as_literal_pointer(&self) -> Option<Location> {
        self.specificity().0.then(|| self.literal_prefix())
    }

    /// The error for a pattern without a match: it is misspelled, or the document changed. If the pattern is the
    /// pointer of a reference, `reference_target` is what that refers to.
    pub(crate) fn no_match_diagnostic(
        &self,
        what: &str,
        option: &OptionSite,
        places: &[&Pointer],
        reference_target: Option<&Pointer>,
    ) -> Diagnostic {
        let help = match (reference_target, self.suggestion(places)) {
            (Some(target), _) => format!("it is a reference to `{target}`: give that pointer"),
            (None, Some(suggestion)) => format!("did you mean `{suggestion}`?"),
            (None, None) if self.steps.is_none() => self.suggestion_with_slash(places),
            (None, None) => "give the JSON pointer of one, or a pattern such as `/components/schemas/*`".to_owned(),
        };
        let message = format!("`{option}`: the pattern `{self}` matches no {what}");
        Diagnostic::at_option(Severity::Error, option, &self.literal_prefix(), message).with_help(help)
    }

    /// The help for a text that is not a pointer: the pattern with the missing `/`.
    fn suggestion_with_slash(&self, places: &[&Pointer]) -> String {
        let pattern = Self::new(format!("/{}", self.text.trim_start_matches('#').trim_start_matches('/')));
        let suggestion = if pattern.matches_any(places) { Some(pattern.text) } else { pattern.suggestion(places) };
        let rule = "a pattern begins with `/`, as a JSON pointer does";
        suggestion.map_or_else(|| rule.to_owned(), |suggestion| format!("{rule}: did you mean `{suggestion}`?"))
    }

    /// The pattern with one corrected key, or the pointer of the node with this name.
    fn suggestion(&self, places: &[&Pointer]) -> Option<String> {
        let Some(steps) = &self.steps else {
            let has_this_name =
                |at: &&&Pointer| at.steps().last().is_some_and(|last| close_distance(&self.text, &last) == Some(0));
            return places.iter().find(has_this_name).map(ToString::to_string);
        };
        let keys: BTreeSet<&str> = places.iter().flat_map(|at| at.as_str().split('/').skip(1)).collect();
        let corrected = steps.iter().enumerate().flat_map(|(index, step)| {
            let distance = |other: &&str| match step {
                Step::Key(key) => close_distance(key, other).filter(|_| key != other),
                Step::AnyOne | Step::AnyNumber => None,
            };
            keys.iter().filter_map(move |other| Some((distance(other)?, index, *other)))
        });
        let mut corrected: Vec<(usize, usize, &str)> = corrected.collect();
        corrected.sort_unstable();
        corrected.into_iter().find_map(|(_, index, key)| {
            let mut steps = steps.clone();
            steps[index] = Step::Key(key.to_owned());
            let text = format!("/{}", steps.iter().map(Step::to_text).collect::<Vec<_>>().join("/"));
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

fn matches(steps: &[Step], keys: &[&str]) -> bool {
    match (steps, keys) {
        ([], []) => true,
        ([Step::AnyNumber, rest @ ..], _) => (0..=keys.len()).any(|skipped| matches(rest, &keys[skipped..])),
        ([Step::AnyOne, steps @ ..], [_, keys @ ..]) => matches(steps, keys),
        ([Step::Key(expected), steps @ ..], [key, keys @ ..]) => expected == key && matches(steps, keys),
        _ => false,
    }
}

/// Values by pattern, in the order of the calls.
#[derive(Clone, Debug)]
pub(crate) struct PatternMap<T>(Vec<(Pattern, T)>);

impl<T> Default for PatternMap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> PatternMap<T> {
    pub(crate) fn insert(&mut self, pattern: impl Into<String>, value: T) {
        self.0.push((Pattern::new(pattern.into()), value));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every pattern and its value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Pattern, &T)> {
        self.0.iter().map(|(pattern, value)| (pattern, value))
    }

    /// The values of every matching pattern.
    pub(crate) fn all(&self, at: &Pointer) -> impl Iterator<Item = &T> {
        self.0.iter().filter(|(pattern, _)| pattern.matches(at)).map(|(_, value)| value)
    }

    /// Whether a pattern matches.
    pub(crate) fn matches(&self, at: &Pointer) -> bool {
        self.all(at).next().is_some()
    }

    /// The value of the most specific matching pattern, and among equally specific ones of the last.
    pub(crate) fn best(&self, at: &Pointer) -> Option<&T> {
        self.best_of(at, |_| true)
    }

    /// Like [`Self::best`], among the values that a condition accepts.
    pub(crate) fn best_of(&self, at: &Pointer, accepts: impl Fn(&T) -> bool) -> Option<&T> {
        self.best_match(at, accepts).map(|(_, value)| value)
    }

    /// Like [`Self::best_of`], with the pattern.
    pub(crate) fn best_match(&self, at: &Pointer, accepts: impl Fn(&T) -> bool) -> Option<(&Pattern, &T)> {
        let matching = self.0.iter().filter(|(pattern, value)| accepts(value) && pattern.matches(at));
        matching.max_by_key(|(pattern, _)| pattern.specificity()).map(|(pattern, value)| (pattern, value))
    }

    /// The patterns that match none of these pointers.
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
    fn one_star_matches_one_step_and_two_stars_match_any_number() {
        let matched = |pattern: &str, at: &str| Pattern::new(pattern.to_owned()).matches(&pointer(at));
        assert!(matched("/components/schemas/Order", "/components/schemas/Order"));
        assert!(matched("/components/schemas/*", "/components/schemas/Order"));
        assert!(!matched("/components/schemas/*", "/components/schemas/Order/properties/id"));
        assert!(matched("/**/id", "/components/schemas/Order/properties/id") && matched("/**/id", "/id"));
        assert!(matched("/components/**", "/components") && matched("/**", ""));
        assert!(
            matched("/channels/a~1b/**/x", "/channels/a~1b/subscribe/x") && !matched("/channels/a/b", "/channels/a~1b")
        );
        assert!(matched("/channels/~2", "/channels/*") && !matched("/channels/~2", "/channels/a"));
        assert!(!matched("Order", "/components/schemas/Order"));
    }

    #[test]
    fn the_most_specific_pattern_applies_and_among_equals_the_last() {
        let mut map = PatternMap::default();
        for (index, pattern) in ["/a/b", "/a/*", "/**/b", "/**", "/a/*"].into_iter().enumerate() {
            map.insert(pattern, index);
        }
        assert_eq!(map.best(&pointer("/a/b")), Some(&0));
        assert_eq!(map.best(&pointer("/a/c")), Some(&4));
        assert_eq!(map.best(&pointer("/c")), Some(&3));
    }

    #[test]
    fn a_misspelled_step_is_corrected() {
        let places = [pointer("/components/schemas/Order"), pointer("/components/schemas/Order/properties/note")];
        let places: Vec<&Pointer> = places.iter().collect();
        let suggestion = |pattern: &str| Pattern::new(pattern.to_owned()).suggestion(&places);
        assert_eq!(suggestion("/component/schemas/Order").as_deref(), Some("/components/schemas/Order"));
        assert_eq!(suggestion("/**/propertys/*").as_deref(), Some("/**/properties/*"));
        assert_eq!(suggestion("order").as_deref(), Some("/components/schemas/Order"));
        assert_eq!(suggestion("/channels/a"), None);
    }
}
