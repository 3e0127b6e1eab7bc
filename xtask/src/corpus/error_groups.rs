//! Groups equal messages about several documents.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

/// A message about some documents, without the names in it.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Group {
    /// The message with `…` for every quoted name.
    pub(crate) text: String,
    pub(crate) count: usize,
    /// The number of occurrences in valid documents.
    pub(crate) valid: usize,
    /// The quoted names with their frequencies, the most frequent first.
    pub(crate) names: Vec<(String, usize)>,
    /// The document of each occurrence.
    pub(crate) paths: Vec<String>,
}

/// A message about a document.
pub(crate) struct Occurrence<'a> {
    pub(crate) text: &'a str,
    pub(crate) path: String,
    pub(crate) valid: bool,
}

/// The groups of the occurrences, the most frequent first, then in alphabetical order.
pub(crate) fn group<'a>(occurrences: impl IntoIterator<Item = Occurrence<'a>>) -> Vec<Group> {
    let mut builders: BTreeMap<String, GroupBuilder> = BTreeMap::new();
    for occurrence in occurrences {
        let (text, names) = without_names(occurrence.text);
        let builder = builders.entry(text).or_default();
        builder.valid += usize::from(occurrence.valid);
        builder.paths.push(occurrence.path);
        for name in names {
            *builder.names.entry(name).or_default() += 1;
        }
    }
    let mut groups: Vec<Group> = builders.into_iter().map(|(text, builder)| builder.build(text)).collect();
    groups.sort_by_key(|group| Reverse(group.count));
    groups
}

/// A group that still grows.
#[derive(Default)]
struct GroupBuilder {
    valid: usize,
    names: BTreeMap<String, usize>,
    paths: Vec<String>,
}

impl GroupBuilder {
    fn build(self, text: String) -> Group {
        let mut names: Vec<_> = self.names.into_iter().collect();
        names.sort_by_key(|(_, count)| Reverse(*count));
        Group { text, count: self.paths.len(), valid: self.valid, names, paths: self.paths }
    }
}

/// The first line of the text with `…` for each text in backticks or double quotes, and these texts.
fn without_names(text: &str) -> (String, Vec<String>) {
    let mut rest = text.split(['\n', '\r']).next().unwrap_or_default();
    let (mut plain, mut names) = (String::new(), Vec::new());
    while let Some(start) = rest.find(['`', '"']) {
        let (quote, inside) = (&rest[start..=start], &rest[start + 1..]);
        let Some(end) = inside.find(quote) else { break };
        plain.push_str(&rest[..start]);
        plain.push_str(quote);
        plain.push('…');
        plain.push_str(quote);
        names.push(inside[..end].to_owned());
        rest = &inside[end + 1..];
    }
    plain.push_str(rest);
    (plain, names)
}

#[cfg(test)]
mod tests {
    use super::{Occurrence, group, without_names};

    #[test]
    fn names_are_replaced() {
        let (text, names) = without_names("`a` is not \"b\", and that isn't `c\nmore `d`");
        assert_eq!(text, "`…` is not \"…\", and that isn't `c");
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn the_most_frequent_group_is_first() {
        let occurrence = |text, path: &str| Occurrence { text, path: path.to_owned(), valid: path == "1" };
        let rows = [("`x` is odd", "0"), ("no `a`", "1"), ("no `b`", "2"), ("no `b`", "3")];
        let groups = group(rows.map(|(text, path)| occurrence(text, path)));
        assert_eq!(groups[0].text, "no `…`");
        assert_eq!((groups[0].count, groups[0].valid), (3, 1));
        assert_eq!(groups[0].names, [("b".to_owned(), 2), ("a".to_owned(), 1)]);
        assert_eq!(groups[0].paths, ["1", "2", "3"]);
        assert_eq!(groups[1].text, "`…` is odd");
    }
}
