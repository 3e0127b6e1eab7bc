//! Incoming operations grouped by address, in the order in which a receiver compares addresses: the most specific
//! first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::RoutingContext;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ir::{Address, Channel, Enum, ItemKind, MatchMode, Members, Operation, Segment, Type, Types};

/// The operations of one address.
pub(super) struct AddressGroup {
    pub(super) channel: usize,
    pub(super) match_mode: MatchMode,
    /// Indices into the operations, in the order of the document.
    pub(super) operations: Vec<usize>,
}

/// A segment of an address by what it matches. The variants are ordered: one that matches fewer texts comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SegmentMatch {
    Text(String),
    EnumValues(BTreeSet<String>),
    Boolean,
    Integer,
    Number,
    AnyText,
    /// Any number of levels, which a wildcard matches.
    AnyLevels,
}

impl SegmentMatch {
    fn parameter(types: &Types, ty: &Type) -> Self {
        match ty {
            Type::Boolean => Self::Boolean,
            Type::Integer(_) => Self::Integer,
            Type::Double | Type::Single => Self::Number,
            ty => enum_values(types, ty).map_or(Self::AnyText, |(_, values)| Self::EnumValues(values)),
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn value_count(&self) -> usize {
        match self {
            Self::EnumValues(values) => values.len(),
            _ => 0,
        }
    }
}

fn enum_values<'a>(types: &'a Types, ty: &Type) -> Option<(&'a Enum, BTreeSet<String>)> {
    let Type::Named(id) = ty else { return None };
    let ItemKind::Enum(item) = &types[*id].shape else { return None };
    let values = match &item.members {
        Members::Texts(values) => values.iter().map(|value| value.value.clone()).collect(),
        Members::Integers(_, values) => values.iter().map(|value| value.value.to_string()).collect(),
        Members::Booleans(_) | Members::Numbers(_) | Members::Mixed(_) => return None,
    };
    Some((item, values))
}

/// What an address matches, and the operations that receive from it.
struct AddressPattern {
    channel: usize,
    segments: Vec<SegmentMatch>,
    is_template: bool,
    /// Whether a parameter is an open enum, which also accepts values that it does not list.
    is_open: bool,
    operations: Vec<usize>,
}

impl AddressPattern {
    fn new(index: usize, channel: &Channel, types: &Types) -> Self {
        let (segments, is_template, is_open) = match &channel.address {
            Address::Fixed(text) => (vec![SegmentMatch::Text(text.clone())], false, false),
            Address::Unknown => (vec![SegmentMatch::Text(channel.key.clone())], false, false),
            Address::Template(template) => {
                let segment = |segment: &Segment| match segment {
                    Segment::Text(text) => SegmentMatch::Text(text.clone()),
                    Segment::Variable(index) => SegmentMatch::parameter(types, &template.parameters[*index].ty),
                };
                let is_open = |ty: &Type| enum_values(types, ty).is_some_and(|(item, _)| item.is_open());
                let has_open = template.parameters.iter().any(|parameter| is_open(&parameter.ty));
                let levels = template.levels.map(|_| SegmentMatch::AnyLevels);
                (template.segments.iter().map(segment).chain(levels).collect(), true, has_open)
            }
        };
        Self { channel: index, segments, is_template, is_open, operations: Vec::new() }
    }

    /// The sort key. First come fixed addresses, then templates with more fixed text, fewer parameters for any text,
    /// fewer parsed parameters, fewer enum values, and fixed text nearer to the start.
    fn sort_key(&self) -> impl Ord + use<> {
        let fixed_length: usize = self.segments.iter().map(|segment| segment.text().map_or(0, str::len)).sum();
        let count = |is: fn(&SegmentMatch) -> bool| self.segments.iter().filter(|segment| is(segment)).count();
        let any_text = count(|segment| *segment == SegmentMatch::AnyText);
        let parsed =
            count(|segment| matches!(segment, SegmentMatch::Boolean | SegmentMatch::Integer | SegmentMatch::Number));
        let values: usize = self.segments.iter().map(SegmentMatch::value_count).sum();
        let fixed: Vec<Reverse<bool>> = self.segments.iter().map(|segment| Reverse(segment.text().is_some())).collect();
        (
            self.is_template,
            self.segments.contains(&SegmentMatch::AnyLevels),
            Reverse(if self.is_template { fixed_length } else { 0 }),
            any_text,
            parsed,
            values,
            fixed,
            self.channel,
        )
    }

    /// An address that both patterns match, if the enums of neither are subsets of the enums of the other.
    fn shared_address(&self, other: &Self) -> Option<String> {
        let shared = |(left, right): (&SegmentMatch, &SegmentMatch)| match (left, right) {
            (SegmentMatch::Text(text), _) => Some(text.clone()),
            (SegmentMatch::EnumValues(left), SegmentMatch::EnumValues(right)) => {
                let is_subset = left.is_subset(right) || right.is_subset(left);
                left.intersection(right).next().filter(|_| !is_subset).cloned()
            }
            _ => None,
        };
        self.segments.iter().zip(&other.segments).map(shared).collect()
    }

    fn group(&self, match_mode: MatchMode) -> AddressGroup {
        AddressGroup { channel: self.channel, match_mode, operations: self.operations.clone() }
    }
}

/// The incoming operations by address, in the order in which addresses are compared.
pub(super) fn group_by_address(
    cx: &RoutingContext<'_>,
    incoming: &[(usize, &Operation)],
    channels: &[Channel],
) -> Vec<AddressGroup> {
    let mut patterns: BTreeMap<Vec<SegmentMatch>, AddressPattern> = BTreeMap::new();
    for (index, operation) in incoming {
        let pattern = AddressPattern::new(operation.channel, &channels[operation.channel], cx.types);
        patterns.entry(pattern.segments.clone()).or_insert(pattern).operations.push(*index);
    }
    let mut patterns: Vec<AddressPattern> = patterns.into_values().collect();
    for pattern in &patterns {
        warn_adjacent_parameters(pattern, channels, cx.diagnostics);
    }
    patterns.sort_by_key(AddressPattern::sort_key);
    // Templates with the same fixed text can match the same address.
    let mut by_fixed_text: BTreeMap<Vec<Option<&str>>, Vec<&AddressPattern>> = BTreeMap::new();
    for pattern in patterns.iter().filter(|pattern| pattern.is_template) {
        by_fixed_text.entry(pattern.segments.iter().map(SegmentMatch::text).collect()).or_default().push(pattern);
    }
    by_fixed_text.retain(|_, patterns| patterns.len() > 1);
    let open = by_fixed_text.values().flatten().filter(|pattern| pattern.is_open).map(|pattern| pattern.channel);
    let open: BTreeSet<usize> = open.collect();
    let fallbacks: Vec<AddressGroup> = by_fixed_text.values().filter_map(|patterns| fallback_route(patterns)).collect();
    for patterns in by_fixed_text.values() {
        warn_shared_addresses(patterns, channels, cx.diagnostics);
    }
    let groups = patterns.iter().map(|pattern| {
        pattern.group(if open.contains(&pattern.channel) { MatchMode::ListedValues } else { MatchMode::AnyValue })
    });
    groups.chain(fallbacks).collect()
}

/// The route for values that no enum lists. It exists if exactly one of the patterns has an open enum and none accepts
/// any text.
fn fallback_route(patterns: &[&AddressPattern]) -> Option<AddressGroup> {
    let accepts_any = |pattern: &AddressPattern| {
        pattern.segments.iter().all(|segment| matches!(segment, SegmentMatch::Text(_) | SegmentMatch::AnyText))
    };
    let mut open = patterns.iter().filter(|pattern| pattern.is_open);
    match (open.next(), open.next(), patterns.iter().any(|pattern| accepts_any(pattern))) {
        (Some(only), None, false) => Some(only.group(MatchMode::AnyValue)),
        _ => None,
    }
}

/// Warns about two parameters without text between them: where the first one ends is undecidable.
fn warn_adjacent_parameters(pattern: &AddressPattern, channels: &[Channel], diagnostics: &Diagnostics) {
    let is_adjacent = |pair: &[SegmentMatch]| matches!(pair, [SegmentMatch::AnyText, SegmentMatch::AnyText]);
    if pattern.segments.windows(2).any(is_adjacent) {
        let channel = &channels[pattern.channel];
        let message = "two parameters of the address have no text between them, so the first matches one character";
        let help = "put text between them, or list the values of one in an `enum`";
        diagnostics.push(Diagnostic::new(Severity::Warning, &channel.at, message).at_key().with_help(help));
    }
}

/// Warns about a value that the enums of two addresses list: the first address matches it.
fn warn_shared_addresses(patterns: &[&AddressPattern], channels: &[Channel], diagnostics: &Diagnostics) {
    for (index, later) in patterns.iter().enumerate() {
        let shared = patterns[..index].iter().find_map(|first| Some((first, first.shared_address(later)?)));
        if let Some((first, address)) = shared {
            let (first, later) = (&channels[first.channel], &channels[later.channel]);
            let message = format!("`{address}` is also an address of `{}`, which is compared first", first.key);
            let help = "list each value for only one of them";
            diagnostics.push(Diagnostic::new(Severity::Warning, &later.at, message).at_key().with_help(help));
        }
    }
}
