//! Templates: texts with names in braces.

use crate::ir::Segment;

/// Whether an address has any name in braces.
pub(super) fn has_names(address: &str) -> bool {
    segments(address, |_| 0).iter().any(|segment| matches!(segment, Segment::Variable(_)))
}

/// Splits a template at its names; `index` says which variable a name is.
pub(super) fn segments(template: &str, mut index: impl FnMut(&str) -> usize) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = template;
    while let Some((before, opened)) = rest.split_once('{') {
        let Some((name, after)) = opened.split_once('}') else { break };
        if !before.is_empty() {
            segments.push(Segment::Text(before.to_owned()));
        }
        segments.push(Segment::Variable(index(name)));
        rest = after;
    }
    if !rest.is_empty() {
        segments.push(Segment::Text(rest.to_owned()));
    }
    segments
}
