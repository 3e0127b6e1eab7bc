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

/// How many insertions, deletions, replacements and swaps of neighbours turn one text into the other (optimal string
/// alignment).
fn edit_distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.iter().enumerate() {
        let mut next = vec![index + 1];
        for (column, to) in right.iter().enumerate() {
            let replaced = row[column] + usize::from(from != to);
            let mut least = replaced.min(next[column] + 1).min(row[column + 1] + 1);
            if index > 0 && column > 0 && *from == right[column - 1] && left[index - 1] == *to {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
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
        assert_eq!(nearest("Ordre", names.iter()), Some("Order"));
        assert_eq!(nearest("Invoice", names.iter()), None);
        assert_eq!(nearest("Lmap", ["Lamp", "Loop"].iter()), Some("Lamp"));
        assert_eq!(nearest("Lpma", ["Lamp"].iter()), None);
    }
}
