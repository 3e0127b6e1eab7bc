//! The passes over the types, as a table in the order in which they run. Each pass changes or checks all types at once.

mod dedup_variants;
mod enum_defaults;
mod i128_fallback;
mod json_kinds;
mod recursion;
mod recursion_limit;
mod tag_fields;

use super::{output_options, overrides};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::document::Schemas;
use crate::ir::{Event, Operation, Types};

/// What passes read beside the types.
pub(super) struct PassContext<'a> {
    pub(super) schemas: &'a Schemas,
    pub(super) config: &'a Config,
    pub(super) events: &'a [Event],
    pub(super) operations: &'a [Operation],
    pub(super) diagnostics: &'a Diagnostics,
}

/// What a pass makes true of all types, and later passes rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    /// A default that is a variant names the enum itself, and no alias of it.
    DefaultsNameEnums,
    /// No alias and no union is itself again without a type in between.
    NoSelfAliases,
    /// Each untagged union has variants of at least two types.
    DistinctVariants,
    /// Each variant has a tag, the JSON types that select it, or is tried.
    SelectableVariants,
    /// The struct of each alternative with a tag writes the tag.
    WrittenTags,
    /// Structs keep unknown properties where the options say so.
    KeptProperties,
    /// The openness of enums and unions is final.
    Openness,
    /// Structs are non-exhaustive and have setters where the options say so.
    MarkedStructs,
    /// A chain of aliases always ends.
    FiniteAliases,
    /// No type contains itself without a `Box`, a list or a map in between.
    FiniteSize,
    /// Types that serde buffers contain no `i128`.
    BufferableIntegers,
}

/// A pass over all types.
struct Pass {
    name: &'static str,
    requires: &'static [Property],
    establishes: &'static [Property],
    run: fn(&mut Types, &PassContext<'_>),
}

const PASSES: &[Pass] = &[
    Pass {
        name: "enum_defaults",
        requires: &[],
        establishes: &[Property::DefaultsNameEnums],
        run: |types, _| enum_defaults::follow_aliases(types),
    },
    Pass {
        name: "break_self_aliases",
        requires: &[],
        establishes: &[Property::NoSelfAliases],
        run: |types, context| recursion::break_self_aliases(types, context.diagnostics),
    },
    Pass {
        name: "dedup_variants",
        requires: &[Property::NoSelfAliases],
        establishes: &[Property::DistinctVariants],
        run: |types, context| dedup_variants::dedup_variants(types, context.config.validation),
    },
    Pass {
        name: "json_kinds",
        requires: &[Property::DistinctVariants],
        establishes: &[Property::SelectableVariants],
        run: |types, _| json_kinds::assign_kinds(types),
    },
    Pass {
        name: "tag_fields",
        requires: &[Property::SelectableVariants],
        establishes: &[Property::WrittenTags],
        run: |types, context| tag_fields::add_tag_fields(types, context.operations),
    },
    Pass {
        name: "keep_additional_properties",
        requires: &[],
        establishes: &[Property::KeptProperties],
        run: |types, context| overrides::keep_additional_properties(types, context.config),
    },
    Pass {
        name: "close_enums",
        requires: &[Property::SelectableVariants],
        establishes: &[Property::Openness],
        run: |types, context| overrides::close_enums(types, context.config),
    },
    Pass {
        name: "mark_structs",
        requires: &[],
        establishes: &[Property::MarkedStructs],
        run: |types, context| output_options::mark_structs(types, context.config),
    },
    Pass {
        name: "check_overrides",
        requires: &[Property::DistinctVariants, Property::Openness],
        establishes: &[],
        run: |types, context| {
            overrides::check(types, context.events, context.schemas, context.config, context.diagnostics);
        },
    },
    Pass {
        name: "alias_to_newtype",
        requires: &[Property::NoSelfAliases],
        establishes: &[Property::FiniteAliases],
        run: |types, _| recursion::alias_to_newtype(types),
    },
    Pass {
        name: "box_cycles",
        requires: &[Property::FiniteAliases],
        establishes: &[Property::FiniteSize],
        run: |types, _| recursion::box_cycles(types),
    },
    Pass {
        name: "i128_fallback",
        requires: &[Property::DefaultsNameEnums, Property::DistinctVariants, Property::KeptProperties],
        establishes: &[Property::BufferableIntegers],
        run: |types, _| i128_fallback::widen_buffered_i128(types),
    },
    Pass {
        name: "recursion_limit",
        requires: &[Property::FiniteSize],
        establishes: &[],
        run: |types, context| recursion_limit::check(types, context.operations, context.diagnostics),
    },
];

/// Runs all passes.
pub(super) fn run(types: &mut Types, context: &PassContext<'_>) {
    debug_assert_eq!(unmet_requirement(), None);
    for pass in PASSES {
        (pass.run)(types, context);
    }
}

/// The first pass that requires a property which no pass before it establishes, with that property.
fn unmet_requirement() -> Option<(&'static str, Property)> {
    PASSES.iter().enumerate().find_map(|(index, pass)| {
        let is_established =
            |property: &Property| PASSES[..index].iter().any(|pass| pass.establishes.contains(property));
        let unmet = pass.requires.iter().find(|property| !is_established(property));
        unmet.map(|property| (pass.name, *property))
    })
}
