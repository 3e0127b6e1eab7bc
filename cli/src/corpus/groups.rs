//! The same complaint about many documents, told once.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

/// What is said of some documents, apart from the names in it.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Group {
    /// With `…` for every quoted name.
    pub(crate) text: String,
    pub(crate) count: usize,
    /// How often it is said of a valid document.
    pub(crate) valid: usize,
    /// The quoted names and how often each stands there, the most frequent first.
    pub(crate) names: Vec<(String, usize)>,
    /// Of whom it is said; more than once of whom it is said again.
    pub(crate) paths: Vec<String>,
}

/// One complaint.
pub(crate) struct Complaint<'a> {
    pub(crate) text: &'a str,
    pub(crate) path: String,
    pub(crate) valid: bool,
}

/// Groups the complaints, the most frequent first, else in the order of the alphabet.
pub(crate) fn groups<'a>(complaints: impl IntoIterator<Item = Complaint<'a>>) -> Vec<Group> {
    let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
    for complaint in complaints {
        let (text, names) = without_names(complaint.text);
        let gathered = gathered.entry(text).or_default();
        gathered.valid += usize::from(complaint.valid);
        gathered.paths.push(complaint.path);
        for name in names {
            *gathered.names.entry(name).or_default() += 1;
        }
    }
    let mut groups: Vec<Group> = gathered.into_iter().map(|(text, gathered)| gathered.group(text)).collect();
    groups.sort_by_key(|group| Reverse(group.count));
    groups
}

/// A group on the way.
#[derive(Default)]
struct Gathered {
    valid: usize,
    names: BTreeMap<String, usize>,
    paths: Vec<String>,
}

impl Gathered {
    fn group(self, text: String) -> Group {
        let mut names: Vec<_> = self.names.into_iter().collect();
        names.sort_by_key(|(_, count)| Reverse(*count));
        Group { text, count: self.paths.len(), valid: self.valid, names, paths: self.paths }
    }
}

/// The first line of the text with `…` for what stands in backticks or double quotes, and that.
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
    use super::{Complaint, groups, without_names};

    #[test]
    fn names_are_taken_out() {
        let (text, names) = without_names("`a` is not \"b\", and that isn't `c\nmore `d`");
        assert_eq!(text, "`…` is not \"…\", and that isn't `c");
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn the_most_frequent_comes_first() {
        let complaint = |text, path: &str| Complaint { text, path: path.to_owned(), valid: path == "1" };
        let rows = [("`x` is odd", "0"), ("no `a`", "1"), ("no `b`", "2"), ("no `b`", "3")];
        let groups = groups(rows.map(|(text, path)| complaint(text, path)));
        assert_eq!(groups[0].text, "no `…`");
        assert_eq!((groups[0].count, groups[0].valid), (3, 1));
        assert_eq!(groups[0].names, [("b".to_owned(), 2), ("a".to_owned(), 1)]);
        assert_eq!(groups[0].paths, ["1", "2", "3"]);
        assert_eq!(groups[1].text, "`…` is odd");
    }
}
