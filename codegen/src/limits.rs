//! The fixed limits of the generator: the value of each, and what happens beyond it.
//!
//! A limit of each kind: those of other programs (serde, rustc, clippy), those that end a walk through a recursive
//! document, and those that keep names and messages short. No limit is an option, because no document of the corpus
//! reaches one.

use std::ops::RangeInclusive;

// Reading.

/// Nodes of one dereferenced value. Beyond: references are left in place.
pub(crate) const MAX_DEREFERENCED_NODES: usize = 10_000;
/// References that one JSON pointer may lead through. Beyond: the pointer has no target, which is an error.
pub(crate) const MAX_REFERENCE_HOPS: usize = 64;
/// Nodes of one bindings object. Beyond: the rest has no constants.
pub(crate) const MAX_BINDING_NODES: usize = 2_000;
/// Nested brackets of a `JSONPath`, whose parser takes twice as long for each level. Beyond: an error.
#[cfg(feature = "overlay")]
pub(crate) const MAX_JSON_PATH_DEPTH: usize = 8;

// Checking.

/// Levels to which an example is compared with its schema. Beyond: values count as valid.
pub(crate) const MAX_EXAMPLE_DEPTH: usize = 100;
/// Allowed values that a diagnostic about an example lists. Beyond: it lists none.
pub(crate) const MAX_LISTED_VALUES: usize = 8;

// Normalizing.

/// Schemas added for one `allOf` and the schemas below it. Beyond: the most precise part is used.
pub(crate) const MAX_INTERSECTIONS: usize = 200;

// Lowering.

/// Nested types that are lowered recursively. Beyond: they are lowered after the others, with an empty stack.
pub(crate) const MAX_RECURSIVE_ITEMS: usize = 40;
/// Schemas that are lowered inside each other. Beyond: an error.
pub(crate) const MAX_SCHEMA_DEPTH: usize = 160;
/// Lists and maps inside each other. Beyond: a JSON value, with a warning.
pub(crate) const MAX_CONTAINER_DEPTH: usize = 16;
/// Alternatives inside alternatives that are merged with the keywords beside them. Beyond: they are not merged.
pub(crate) const MAX_MERGED_ALTERNATIVES: usize = 8;
/// Lists inside lists whose items are inspected for `Ord` and `Hash`. Beyond: a `Vec` instead of a set.
pub(crate) const MAX_ORDERED_DEPTH: u8 = 8;
/// Lengths of arrays that serde implements, without the empty one. Beyond: a `Vec`.
pub(crate) const ARRAY_LENGTHS: RangeInclusive<usize> = 1..=32;
/// Lengths of tuples that serde implements, without the empty one. Beyond: a `Vec`.
pub(crate) const TUPLE_LENGTHS: RangeInclusive<usize> = 1..=16;
/// Levels of an alternative whose properties are counted. Beyond: they do not count.
pub(crate) const MAX_COUNTED_DEPTH: u8 = 2;
/// Unions inside unions that are searched for a tag. Beyond: there is no tag.
pub(crate) const MAX_NESTED_UNIONS: u8 = 4;
/// Alternatives with a tag before an alternative without it is accepted. Fewer: the union is untagged.
pub(crate) const MIN_TAGGED_ALTERNATIVES: usize = 2;
/// Types inside each other that rustc follows for auto traits: 128 (The Rust Reference, `recursion_limit`), less some
/// for the types around them. Beyond: a warning.
pub(crate) const MAX_AUTO_TRAIT_DEPTH: usize = 100;
/// Types inside each other that rustc follows for drop glue, for which it counts fewer of them. Beyond: a warning.
pub(crate) const MAX_DROP_DEPTH: usize = 4 * MAX_AUTO_TRAIT_DEPTH;

// Naming.

/// Lists inside lists that the name of an alternative describes. Beyond: the name says `List`.
pub(crate) const MAX_LISTS_IN_LABEL: u8 = 3;
/// Alternatives that the name of a union inside a union mentions. Beyond: the rest is left out.
pub(crate) const MAX_ALTERNATIVES_IN_LABEL: usize = 3;
/// Properties that the short name of an object mentions. Beyond: the rest is left out.
pub(crate) const MAX_PROPERTIES_IN_LABEL: usize = 3;
/// Properties that the long name of an object mentions. Beyond: the rest is left out.
pub(crate) const MAX_PROPERTIES_IN_LONG_LABEL: usize = 5;
/// Bytes of an example's summary that becomes part of a name. Beyond: a hash of the example is used.
pub(crate) const MAX_SUMMARY_IN_LABEL: usize = 60;
/// Schemas inside each other that a structural key describes. Beyond: it has the label of the schema.
pub(crate) const MAX_KEY_DEPTH: u8 = 4;
/// Other requests for a name that a warning lists. Beyond: their number.
pub(crate) const MAX_LISTED_REQUESTS: usize = 3;

// Emitting.

/// Calls in one chain, which rustc follows by recursion. Beyond: several statements.
pub(crate) const MAX_CHAINED_CALLS: usize = 100;
/// Types inside each other that are searched for `Unknown`. Beyond: a value counts as known.
pub(crate) const MAX_UNKNOWN_DEPTH: usize = 4;
/// Parameters of a constructor (`clippy::too_many_arguments`). Beyond: an `allow` attribute.
pub(crate) const MAX_CONSTRUCTOR_PARAMETERS: usize = 7;
/// Characters in a list of derives that fit into one line. Beyond: several `derive` attributes.
pub(crate) const MAX_DERIVE_WIDTH: usize = 74;
/// Characters in a line of docs, without indentation and `///`. Beyond: the line is wrapped.
pub(crate) const MAX_DOC_WIDTH: usize = 90;
/// Bytes of a default in JSON that the docs show. Beyond: the docs do not show it.
pub(crate) const MAX_DOCUMENTED_DEFAULT: usize = 80;
