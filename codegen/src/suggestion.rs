//! Suggestions for misspelled names.

/// The name with the least edit distance, if it is close enough for a misspelling.
pub(crate) fn nearest<'a, N: AsRef<str> + ?Sized + 'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a N>,
) -> Option<&'a str> {
    let distances = names.filter_map(|name| Some((close_distance(wanted, name.as_ref())?, name.as_ref())));
    distances.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The edit distance of two names, ignoring case, if it is at most a third of the length. A swap of two neighbouring
/// characters counts as one edit.
pub(crate) fn close_distance(wanted: &str, name: &str) -> Option<usize> {
    let wanted = wanted.to_lowercase();
    let distance = strsim::osa_distance(&name.to_lowercase(), &wanted);
    (distance <= wanted.chars().count() / 3).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelling_is_close_and_another_word_is_not() {
        let names = ["Customer", "Order"];
        assert_eq!(nearest("Custmer", names.iter()), Some("Customer"));
        assert_eq!(nearest("Ordre", names.iter()), Some("Order"));
        assert_eq!(nearest("Invoice", names.iter()), None);
        assert_eq!(nearest("Lmap", ["Lamp", "Loop"].iter()), Some("Lamp"));
        assert_eq!(nearest("Lpma", ["Lamp"].iter()), None);
    }
}
