//! `EventName`, the enum of all messages of the document.

use proc_macro2::TokenStream;
use quote::quote;

use super::enums::{self, StringEnum, Variant};
use super::{Context, attributes, content_type, docs};
use crate::ir::Event;
use crate::location::Location;
use crate::names::Name;

pub(super) fn event_name(cx: Context<'_>) -> Vec<TokenStream> {
    if cx.api.events.is_empty() {
        return Vec::new();
    }
    let title = cx.api.title.as_deref().unwrap_or("the document");
    let docs = docs::line(&format!("The names of the events of {}.", docs::phrase(title)));
    let variants = cx.api.events.iter().zip(&cx.names.events).map(|(event, name)| variant(event, name)).collect();
    // Attributes for the root of the document apply to it.
    let attributes = attributes::of_type(cx, &Location::root(), enums::OPEN);
    let mut items = enums::open(cx, &StringEnum { name: quote!(EventName), docs, attributes, variants, default: None });
    items.extend(content_type::of_events(cx));
    items
}

fn variant<'a>(event: &'a Event, name: &'a Name) -> Variant<'a> {
    Variant { name, value: &event.name, at: &event.at, docs: &event.docs }
}
