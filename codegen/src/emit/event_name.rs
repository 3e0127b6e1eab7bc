//! `EventName`: every message that the document names.

use quote::quote;

use super::draft::Draft;
use super::enums::{self, StringEnum, Variant};
use super::{Context, attributes, content_type, docs};
use crate::ir::Event;
use crate::location::Location;
use crate::names::Name;

pub(super) fn event_name(emit: Context<'_>) -> Vec<Draft<'_>> {
    if emit.api.events.is_empty() {
        return Vec::new();
    }
    let title = emit.api.title.as_deref().unwrap_or("the document");
    let docs = docs::line(&format!("The names of the events of {}.", docs::phrase(title)));
    let variants = emit.api.events.iter().zip(&emit.names.events).map(|(event, name)| variant(event, name));
    // It stands for the whole document.
    let attributes = attributes::of_type(emit, &Location::root(), enums::OPEN);
    let items = enums::open(emit, StringEnum { name: quote!(EventName), docs, attributes, variants, default: None });
    items.into_iter().chain(content_type::of_events(emit)).collect()
}

fn variant<'a>(event: &'a Event, name: &'a Name) -> Variant<'a> {
    Variant { name, value: &event.name, at: &event.at, docs: &event.docs }
}
