//! Addresses as they are compared: those that say more come first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::RoutingContext;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ir::{Address, Channel, Enum, ItemKind, MatchMode, Members, Operation, Segment, Type, Types};

/// The operations of one address.
pub(super) struct Group {
    pub(super) channel: usize,
    pub(super) match_mode: MatchMode,
    /// Indices into the operations, in the order of the document.
    pub(super) operations: Vec<usize>,
}

/// A piece of an address, by what it allows: pieces that allow less come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Text(String),
    Listed(BTreeSet<String>),
    Boolean,
    Integer,
    Number,
    Free,
}

impl Piece {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// How many values are listed.
    fn values(&self) -> usize {
        match self {
            Self::Listed(values) => values.len(),
            _ => 0,
        }
    }
}

/// An address with what it is compared by.
struct Pattern {
    channel: usize,
    pieces: Vec<Piece>,
    is_template: bool,
    /// Whether an enum among its parameters takes values that it does not list.
    is_open: bool,
    operations: Vec<usize>,
}

impl Pattern {
    fn of(index: usize, channel: &Channel, types: &Types) -> Self {
        let (pieces, is_template, is_open) = match &channel.address {
            Address::Fixed(text) => (vec![Piece::Text(text.clone())], false, false),
            Address::Unknown => (vec![Piece::Text(channel.key.clone())], false, false),
            Address::Template(template) => {
                let piece = |segment: &Segment| match segment {
                    Segment::Text(text) => Piece::Text(text.clone()),
                    Segment::Variable(index) => piece(types, &template.parameters[*index].ty),
                };
                let is_open = |ty: &Type| listed(types, ty).is_some_and(|(listed, _)| listed.is_open());
                let any_open = template.parameters.iter().any(|parameter| is_open(&parameter.ty));
                (template.segments.iter().map(piece).collect(), true, any_open)
            }
        };
        Self { channel: index, pieces, is_template, is_open, operations: Vec::new() }
    }

    /// What allows less comes first: fixed addresses, then those with more fixed letters, fewer free parameters, fewer
    /// values, and of equal ones those that are fixed earlier.
    fn order(&self) -> impl Ord + use<> {
        let letters: usize = self.pieces.iter().map(|piece| piece.text().map_or(0, str::len)).sum();
        let count = |is: fn(&Piece) -> bool| self.pieces.iter().filter(|piece| is(piece)).count();
        let free = count(|piece| *piece == Piece::Free);
        let parsed = count(|piece| matches!(piece, Piece::Boolean | Piece::Integer | Piece::Number));
        let listed: usize = self.pieces.iter().map(Piece::values).sum();
        let kinds: Vec<Reverse<bool>> = self.pieces.iter().map(|piece| Reverse(piece.text().is_some())).collect();
        (
            self.is_template,
            Reverse(if self.is_template { letters } else { 0 }),
            free,
            parsed,
            listed,
            kinds,
            self.channel,
        )
    }

    /// An address that both have, where values that both list are all there is to it.
    fn shared(&self, other: &Self) -> Option<String> {
        let shared = |(ours, theirs): (&Piece, &Piece)| match (ours, theirs) {
            (Piece::Text(text), _) => Some(text.clone()),
            (Piece::Listed(ours), Piece::Listed(theirs)) => {
                let is_part = ours.is_subset(theirs) || theirs.is_subset(ours);
                ours.intersection(theirs).next().filter(|_| !is_part).cloned()
            }
            _ => None,
        };
        self.pieces.iter().zip(&other.pieces).map(shared).collect()
    }
}

fn piece(types: &Types, ty: &Type) -> Piece {
    match ty {
        Type::Boolean => Piece::Boolean,
        Type::Integer(_) => Piece::Integer,
        Type::Double | Type::Single => Piece::Number,
        ty => listed(types, ty).map_or(Piece::Free, |(_, values)| Piece::Listed(values)),
    }
}

fn listed<'a>(types: &'a Types, ty: &Type) -> Option<(&'a Enum, BTreeSet<String>)> {
    let Type::Named(id) = ty else { return None };
    let ItemKind::Enum(listed) = &types[*id].shape else { return None };
    let values = match &listed.members {
        Members::Texts(values) => values.iter().map(|value| value.value.clone()).collect(),
        Members::Integers(_, values) => values.iter().map(|value| value.value.to_string()).collect(),
        Members::Booleans(_) | Members::Numbers(_) | Members::Mixed(_) => return None,
    };
    Some((listed, values))
}

/// The addresses at which anything arrives, in the order in which they are compared.
pub(super) fn groups(apis: &RoutingContext<'_>, incoming: &[(usize, &Operation)], channels: &[Channel]) -> Vec<Group> {
    let mut patterns: BTreeMap<Vec<Piece>, Pattern> = BTreeMap::new();
    for (index, operation) in incoming {
        let pattern = Pattern::of(operation.channel, &channels[operation.channel], apis.types);
        patterns.entry(pattern.pieces.clone()).or_insert(pattern).operations.push(*index);
    }
    let mut patterns: Vec<Pattern> = patterns.into_values().collect();
    for pattern in &patterns {
        warn_adjacent_parameters(pattern, channels, apis.diagnostics);
    }
    patterns.sort_by_key(Pattern::order);
    // Templates that are alike are few; each is held against those of its own kind alone.
    let mut alike: BTreeMap<Vec<Option<&str>>, Vec<&Pattern>> = BTreeMap::new();
    for pattern in patterns.iter().filter(|pattern| pattern.is_template) {
        alike.entry(pattern.pieces.iter().map(Piece::text).collect()).or_default().push(pattern);
    }
    let alike: Vec<Vec<&Pattern>> = alike.into_values().filter(|alike| alike.len() > 1).collect();
    let listing = alike.iter().flatten().filter(|pattern| pattern.is_open).map(|pattern| pattern.channel);
    let listing: BTreeSet<usize> = listing.collect();
    let unlisted: Vec<Group> = alike.iter().filter_map(|alike| fallback_route(alike)).collect();
    for alike in &alike {
        warn_of_shared(alike, channels, apis.diagnostics);
    }
    let groups = patterns.iter().map(|pattern| {
        let match_mode = if listing.contains(&pattern.channel) { MatchMode::ListedValues } else { MatchMode::AnyValue };
        Group { channel: pattern.channel, match_mode, operations: pattern.operations.clone() }
    });
    groups.chain(unlisted).collect()
}

/// Values that no address lists are for the only one with an open enum, unless another takes every text.
fn fallback_route(alike: &[&Pattern]) -> Option<Group> {
    let takes_all =
        |pattern: &Pattern| pattern.pieces.iter().all(|piece| matches!(piece, Piece::Text(_) | Piece::Free));
    let mut open = alike.iter().filter(|pattern| pattern.is_open);
    match (open.next(), open.next(), alike.iter().any(|pattern| takes_all(pattern))) {
        (Some(only), None, false) => {
            Some(Group { channel: only.channel, match_mode: MatchMode::AnyValue, operations: only.operations.clone() })
        }
        _ => None,
    }
}

/// Of two texts with nothing between them, nobody can tell where the first ends.
fn warn_adjacent_parameters(pattern: &Pattern, channels: &[Channel], diagnostics: &Diagnostics) {
    if pattern.pieces.windows(2).any(|pieces| matches!(pieces, [Piece::Free, Piece::Free])) {
        let channel = &channels[pattern.channel];
        let message = "nothing stands between two parameters of the address, so the first is taken to be one sign long";
        let cure = "put a sign between them, or list the values of one";
        diagnostics.push(Diagnostic::new(Severity::Warning, &channel.at, message).at_key().with_help(cure));
    }
}

/// A value that two addresses list says nothing; the first takes it.
fn warn_of_shared(alike: &[&Pattern], channels: &[Channel], diagnostics: &Diagnostics) {
    for (index, later) in alike.iter().enumerate() {
        let shared = alike[..index].iter().find_map(|first| Some((first, first.shared(later)?)));
        if let Some((first, address)) = shared {
            let (first, later) = (&channels[first.channel], &channels[later.channel]);
            let message = format!("`{address}` is an address of `{}` too, which takes it", first.key);
            let cure = "list each value for one of them only";
            diagnostics.push(Diagnostic::new(Severity::Warning, &later.at, message).at_key().with_help(cure));
        }
    }
}
