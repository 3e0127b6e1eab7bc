//! `$ref`: from the text of a reference to the node it means (Reference Object; RFC 3986 fragments, RFC 6901).

use super::Pointer;
use super::read::{Node, Tree};
use crate::diagnostic::{Diagnostic, Severity};

/// Follows references from `node` until one that is none.
pub(crate) fn follow(node: Node<'_>) -> Result<Node<'_>, Diagnostic> {
    let mut seen = vec![node.at.clone()];
    let mut node = node;
    while node.reference().is_some() {
        node = step(&node)?;
        if seen.contains(&node.at) {
            return Err(fault(&seen[0], format!("`$ref` leads in a circle, back to `#{}`", node.at))
                .with_cure("let one of the references lead to a definition"));
        }
        seen.push(node.at.clone());
    }
    Ok(node)
}

/// Follows one reference; a node that is none stays as it is.
pub(crate) fn step<'a>(node: &Node<'a>) -> Result<Node<'a>, Diagnostic> {
    let Some(text) = node.reference() else { return Ok(node.clone()) };
    let place = node.at.join("$ref");
    let Some(fragment) = text.strip_prefix('#') else {
        return Err(outside(&place, text));
    };
    let pointer = percent_decoded(fragment).and_then(|text| Pointer::parse(&text));
    let Some(pointer) = pointer else {
        return Err(fault(&place, format!("`{text}` is not a JSON pointer"))
            .with_cure("write it as `#/components/schemas/Name`, with `~1` for a slash in a name"));
    };
    find(node.tree, &pointer).ok_or_else(|| missing(node.tree, &place, text, &pointer))
}

/// The node at a pointer, which may lead through other references.
fn find<'a>(tree: Tree<'a>, pointer: &Pointer) -> Option<Node<'a>> {
    let mut node = Node::root(tree);
    let mut hops = 0;
    for name in pointer.steps() {
        while node.value.child(&name).is_none() && node.reference().is_some() {
            hops += 1;
            if hops > MOST_HOPS {
                return None;
            }
            node = step(&node).ok()?;
        }
        node = node.child(&name)?;
    }
    Some(node)
}

/// No honest pointer leads through more references than this; a circle of them would.
const MOST_HOPS: usize = 64;

fn outside(place: &Pointer, text: &str) -> Diagnostic {
    if text.contains("://") {
        fault(place, format!("`{text}` is on the network, which is never asked"))
            .with_cure("keep a copy of what it means under `components` and refer to that")
    } else {
        fault(place, format!("`{text}` is in another file, which is not supported yet"))
            .with_cure("move what it means under `components` and refer to that")
    }
}

fn missing(tree: Tree<'_>, place: &Pointer, text: &str, pointer: &Pointer) -> Diagnostic {
    let diagnostic = fault(place, format!("`{text}` does not exist in this document"));
    match near_miss(tree, pointer) {
        Some(near) => diagnostic.with_cure(format!("did you mean `#{near}`?")),
        None => diagnostic.with_cure("define it, or correct the reference"),
    }
}

/// The sibling whose name differs least, where one is close enough to be a slip of the hand.
fn near_miss(tree: Tree<'_>, pointer: &Pointer) -> Option<Pointer> {
    let steps: Vec<String> = pointer.steps().collect();
    let (wanted, parents) = steps.split_last()?;
    let parent = parents.iter().fold(Pointer::root(), |pointer, step| pointer.join(step));
    let parent = find(tree, &parent)?;
    let names = match parent.value {
        super::value::Value::Mapping(entries) => entries.keys(),
        _ => return None,
    };
    let distance = |name: &&String| edit_distance(&name.to_lowercase(), &wanted.to_lowercase());
    let nearest = names.min_by_key(distance)?;
    (distance(&nearest) <= wanted.chars().count() / 3).then(|| parent.at.join(nearest))
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

fn fault(place: &Pointer, message: String) -> Diagnostic {
    Diagnostic::new(Severity::Error, place, message)
}

/// Undoes `%20` and its like in a URI fragment; `None` where what comes out is not text.
fn percent_decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let (digits, tail) = tail.split_at_checked(2)?;
            let digits = std::str::from_utf8(digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{edit_distance, percent_decoded};

    #[test]
    fn percent_escapes_are_bytes_of_utf_8() {
        assert_eq!(percent_decoded("/a%20b/%C3%A9").as_deref(), Some("/a b/é"));
        assert_eq!(percent_decoded("%2"), None);
        assert_eq!(percent_decoded("%FF"), None);
    }

    #[test]
    fn a_slip_of_the_hand_is_near() {
        assert_eq!(edit_distance("customer", "custmer"), 1);
        assert_eq!(edit_distance("", "abc"), 3);
    }
}
