//! What the document calls deprecated is so for those who use the file, and no warning inside it.

use std::collections::BTreeSet;

use super::Context;
use crate::ir::{Address, Docs, EnumValue, ItemKind, Members};

/// The names of what is deprecated.
#[derive(Default)]
pub(super) struct Deprecated {
    /// Types, methods and constants.
    alone: BTreeSet<String>,
    /// Fields and variants, each after its type.
    members: BTreeSet<(String, String)>,
}

impl Deprecated {
    pub(super) fn of(emit: Context<'_>) -> Self {
        let mut found = Self::default();
        for (id, def) in emit.api.types.iter() {
            let name = emit.names.types[&id].plain();
            if def.docs.deprecated {
                found.alone.insert(name.to_owned());
            }
            let docs = match &def.shape {
                ItemKind::Struct(object) => object.fields.iter().map(|field| &field.docs).collect(),
                ItemKind::Enum(listed) => docs_of(&listed.members),
                ItemKind::Union(_)
                | ItemKind::Mixed(_)
                | ItemKind::OpenTuple(_)
                | ItemKind::Alias(_)
                | ItemKind::Newtype(_) => Vec::new(),
            };
            let members = docs.into_iter().zip(&emit.names.members[&id]).filter(|(docs, _)| docs.deprecated);
            found.members.extend(members.map(|(_, member)| (name.to_owned(), member.plain().to_owned())));
        }
        for (event, name) in emit.api.events.iter().zip(&emit.names.events) {
            if event.docs.deprecated {
                found.members.insert(("EventName".to_owned(), name.plain().to_owned()));
            }
        }
        for (operation, name) in emit.api.operations.iter().zip(&emit.names.operations) {
            if operation.docs.deprecated {
                found.alone.insert(name.plain().to_owned());
            }
        }
        let parameters = emit.api.channels.iter().zip(&emit.names.channels).zip(&emit.names.parameters);
        for ((channel, name), fields) in parameters {
            if channel.docs.deprecated {
                found.alone.insert(name.plain().to_owned());
            }
            if let Address::Template(template) = &channel.address {
                let fields = template.parameters.iter().zip(fields).filter(|(parameter, _)| parameter.docs.deprecated);
                found.members.extend(fields.map(|(_, field)| (name.plain().to_owned(), field.plain().to_owned())));
            }
        }
        found
    }

    pub(super) fn is_empty(&self) -> bool {
        self.alone.is_empty() && self.members.is_empty()
    }

    /// Whether an item with these words in it speaks of something deprecated.
    pub(super) fn is_among(&self, words: &BTreeSet<String>) -> bool {
        self.alone.iter().any(|name| words.contains(name))
            || self.members.iter().any(|(owner, member)| words.contains(owner) && words.contains(member))
    }
}

fn docs_of(members: &Members) -> Vec<&Docs> {
    fn of<T>(values: &[EnumValue<T>]) -> Vec<&Docs> {
        values.iter().map(|value| &value.docs).collect()
    }
    match members {
        Members::Texts(values) => of(values),
        Members::Booleans(values) => of(values),
        Members::Integers(_, values) => of(values),
        Members::Numbers(values) => of(values),
        Members::Mixed(values) => of(values),
    }
}
