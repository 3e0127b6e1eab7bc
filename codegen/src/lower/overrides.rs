//! Options for single types: applies them to the types, and reports patterns that match nothing.

use super::output_options::member_places;
use crate::config::{Config, PatternMap};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::Schemas;
use crate::ir::{AdditionalProperties, Event, ItemKind, Openness, Type, Types};
use crate::location::Pointer;

/// Adds a field for unknown properties to the structs that the option selects.
pub(super) fn keep_additional_properties(types: &mut Types, config: &Config) {
    for def in &mut types.0 {
        if let ItemKind::Struct(object) = &mut def.shape
            && !matches!(object.additional, AdditionalProperties::Kept(_))
            && config.keep_additional_properties.matches(&def.at.pointer)
        {
            object.additional = AdditionalProperties::Kept(Type::Any);
        }
    }
}

/// Closes the enums and unions that the option `closed_enums` names.
pub(super) fn close_enums(types: &mut Types, config: &Config) {
    for def in types.0.iter_mut().filter(|def| config.is_closed(&def.at)) {
        match &mut def.shape {
            ItemKind::Enum(listed) => listed.openness = Openness::Closed,
            ItemKind::Union(union) => union.openness = Openness::Closed,
            _ => {}
        }
    }
}

/// Reports patterns that match no type or member of the kind that their option is for.
pub(super) fn check(types: &Types, events: &[Event], schemas: &Schemas, config: &Config, diagnostics: &Diagnostics) {
    let places = |is_target: fn(&ItemKind) -> bool| -> Vec<&Pointer> {
        types.iter().filter(|(_, def)| is_target(&def.shape)).map(|(_, def)| &def.at.pointer).collect()
    };
    let check = Check { schemas, config, diagnostics };
    let objects = places(|shape| matches!(shape, ItemKind::Struct(_)));
    for (option, chosen) in [
        ("keep_additional_properties", &config.keep_additional_properties),
        ("non_exhaustive", &config.non_exhaustive),
        ("setters", &config.setters),
    ] {
        check.report_unmatched(chosen, option, "object with named properties", &objects);
    }
    let open = places(|shape| {
        matches!(shape, ItemKind::Enum(_)) || matches!(shape, ItemKind::Union(union) if union.tag.is_some())
    });
    check.report_unmatched(&config.closed_enums, "closed_enums", "enum of strings or union with a tag", &open);
    let items = places(|shape| !matches!(shape, ItemKind::Alias(_)));
    for (option, chosen) in [("derive", &config.derives), ("type_attribute", &config.type_attributes)] {
        check.report_unmatched(chosen, option, "schema with a type of its own", &items);
    }
    let members = types.iter().flat_map(|(_, def)| member_places(def));
    let members: Vec<&Pointer> = members.chain(events.iter().map(|event| &event.at.pointer)).collect();
    let what = "property, enum value, alternative or message";
    check.report_unmatched(&config.field_attributes, "field_attribute", what, &members);
    check.attributes_of_open_enums(types);
    if !config.replacements.is_empty() {
        let all: Vec<&Pointer> = schemas.locations().into_iter().map(|at| &at.pointer).collect();
        check.report_unmatched(&config.replacements, "replace", "schema", &all);
    }
}

struct Check<'a> {
    schemas: &'a Schemas,
    config: &'a Config,
    diagnostics: &'a Diagnostics,
}

impl Check<'_> {
    fn report_unmatched<T>(&self, patterns: &PatternMap<T>, option: &'static str, what: &str, places: &[&Pointer]) {
        for pattern in patterns.unmatched(places) {
            let schema = pattern.as_literal_pointer().and_then(|at| self.schemas.at(&at));
            let target = schema.and_then(|id| self.schemas.definition(id)).map(|id| &self.schemas[id].at.pointer);
            let target = target.filter(|target| places.contains(target));
            let choice = self.config.option_site(option, pattern.as_str());
            self.diagnostics.push(pattern.no_match_diagnostic(what, &choice, places, target));
        }
    }

    /// Warns about serde attributes on variants of open enums, whose `Deserialize` is generated and not derived.
    fn attributes_of_open_enums(&self, types: &Types) {
        let config = self.config;
        let open = types.iter().filter_map(|(_, def)| match &def.shape {
            ItemKind::Enum(listed) => Some(listed).filter(|listed| listed.is_open()),
            _ => None,
        });
        for listed in open {
            for (at, _) in listed.members.labels() {
                let matching = config.field_attributes.iter().filter(|(pattern, _)| pattern.matches(&at.pointer));
                for (pattern, text) in matching.filter(|(_, text)| text.contains("serde")) {
                    let choice = config.option_site_for("field_attribute", pattern.as_str(), text);
                    let message = format!(
                        "a serde attribute has no effect at `{}`, because open enums do not derive `Deserialize`",
                        at.pointer
                    );
                    let diagnostic = Diagnostic::at_option(Severity::Warning, &choice, at, message);
                    let closed = choice.show_other("closed_enums");
                    let help = format!("close the enum with `{closed}`, or remove the attribute");
                    self.diagnostics.push(diagnostic.with_help(help));
                }
            }
        }
    }
}
