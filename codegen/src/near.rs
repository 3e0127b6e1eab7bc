//! Near misses: what an author probably meant.

/// The name that differs least from the wanted one, where it is close enough to be a slip of the hand.
pub(crate) fn nearest<'a, N: AsRef<str> + ?Sized + 'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a N>,
) -> Option<&'a str> {
    let distances = names.filter_map(|name| Some((slip(wanted, name.as_ref())?, name.as_ref())));
    distances.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// By how much a name differs from the wanted one, the case of letters apart, where it is no more than a slip.
pub(crate) fn slip(wanted: &str, name: &str) -> Option<usize> {
    let wanted = wanted.to_lowercase();
    let distance = edit_distance(&name.to_lowercase(), &wanted);
    (distance <= wanted.chars().count() / 3).then_some(distance)
}

/// How many insertions, deletions and replacements turn one text into the other (Levenshtein).
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_hand_is_near_and_another_word_is_not() {
        let names = ["Customer", "Order"];
        assert_eq!(nearest("Custmer", names.iter()), Some("Customer"));
        assert_eq!(nearest("Invoice", names.iter()), None);
    }
}
