//! What the fixtures became, compiled as a team would compile it, and some of it run.

// Documents decide what is in these modules; the lints that stay are rustc's and clippy's own defaults.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)]

macro_rules! fixtures {
    ($($(#[$attribute:meta])* $module:ident = $path:literal;)*) => {
        $($(#[$attribute])* #[rustfmt::skip] #[path = $path] pub mod $module;)*
    };
}

fixtures! {
    alternatives = "../fixtures/alternatives/expected.rs";
    alternatives_alike = "../fixtures/alternatives-alike/expected.rs";
    alternatives_alike_validated = "../fixtures/alternatives-alike-validated/expected.rs";
    alternatives_types_only = "../fixtures/alternatives-types-only/expected.rs";
    bare = "../fixtures/bare/expected.rs";
    both_sides = "../fixtures/both-sides/expected.rs";
    both_sides_application = "../fixtures/both-sides-application/expected.rs";
    #[allow(clippy::approx_constant)]
    bindings_2 = "../fixtures/bindings-2/expected.rs";
    bindings_3 = "../fixtures/bindings-3/expected.rs";
    bindings_passed_over = "../fixtures/bindings-passed-over/expected.rs";
    catalogue = "../fixtures/catalogue/expected.rs";
    channel_keys = "../fixtures/channel-keys/expected.rs";
    channel_references = "../fixtures/channel-references/expected.rs";
    chosen_operations = "../fixtures/chosen-operations/expected.rs";
    composition = "../fixtures/composition/expected.rs";
    conditions = "../fixtures/conditions/expected.rs";
    conditions_as_written = "../fixtures/conditions-as-written/expected.rs";
    conditions_validated = "../fixtures/conditions-validated/expected.rs";
    conjunctions = "../fixtures/conjunctions/expected.rs";
    constructors = "../fixtures/constructors/expected.rs";
    content_types = "../fixtures/content-types/expected.rs";
    customised = "../fixtures/customised/expected.rs";
    defaults = "../fixtures/defaults/expected.rs";
    defaults_filled = "../fixtures/defaults-filled/expected.rs";
    deprecated = "../fixtures/deprecated/expected.rs";
    easily_lost = "../fixtures/easily-lost/expected.rs";
    enums = "../fixtures/enums/expected.rs";
    enums_closed = "../fixtures/enums-closed/expected.rs";
    every_shape = "../fixtures/every-shape/expected.rs";
    examples_held = "../fixtures/examples/expected.rs";
    exchange = "../fixtures/exchange/expected.rs";
    header_discriminator = "../fixtures/header-discriminator/expected.rs";
    hierarchies = "../fixtures/hierarchies/expected.rs";
    keep_unknown = "../fixtures/keep-unknown/expected.rs";
    names_letters = "../fixtures/names-letters/expected.rs";
    named_schemas = "../fixtures/named-schemas/expected.rs";
    names = "../fixtures/names/expected.rs";
    names_reserved = "../fixtures/names-reserved/expected.rs";
    names_shared = "../fixtures/names-shared/expected.rs";
    nulls_kept = "../fixtures/nulls-kept/expected.rs";
    numbers = "../fixtures/numbers/expected.rs";
    later_keywords = "../fixtures/later-keywords/expected.rs";
    #[allow(clippy::type_complexity)]
    lists = "../fixtures/lists/expected.rs";
    lists_sorted = "../fixtures/lists-sorted/expected.rs";
    lists_hashed = "../fixtures/lists-hashed/expected.rs";
    mixed_payloads = "../fixtures/mixed-payloads/expected.rs";
    maps = "../fixtures/maps/expected.rs";
    overlay_warnings = "../fixtures/overlay-warnings/expected.rs";
    overlays_files = "../fixtures/overlays-files/expected.rs";
    overlays = "../fixtures/overlays/expected.rs";
    plain_texts = "../fixtures/plain-texts/expected.rs";
    routing_shapes = "../fixtures/routing-shapes/expected.rs";
    text_or_bytes = "../fixtures/text-or-bytes/expected.rs";
    recursion = "../fixtures/recursion/expected.rs";
    options_in_vain = "../fixtures/options-in-vain/expected.rs";
    parameters = "../fixtures/parameters/expected.rs";
    references = "../fixtures/references/expected.rs";
    renamed = "../fixtures/renamed/expected.rs";
    renamed_by_pattern = "../fixtures/renamed-by-pattern/expected.rs";
    reply_channels = "../fixtures/reply-channels/expected.rs";
    reply_channels_client = "../fixtures/reply-channels-client/expected.rs";
    reply_headers = "../fixtures/reply-headers/expected.rs";
    reply_headers_client = "../fixtures/reply-headers-client/expected.rs";
    reply_mixed = "../fixtures/reply-mixed/expected.rs";
    reply_mixed_client = "../fixtures/reply-mixed-client/expected.rs";
    request_reply = "../fixtures/request-reply/expected.rs";
    request_reply_client = "../fixtures/request-reply-client/expected.rs";
    routing_addresses = "../fixtures/routing-addresses/expected.rs";
    routing_headers = "../fixtures/routing-headers/expected.rs";
    routing_implied = "../fixtures/routing-implied/expected.rs";
    routing_names = "../fixtures/routing-names/expected.rs";
    routing_operations = "../fixtures/routing-operations/expected.rs";
    routing_templates = "../fixtures/routing-templates/expected.rs";
    same_payload = "../fixtures/same-payload/expected.rs";
    server_variables = "../fixtures/server-variables/expected.rs";
    siblings = "../fixtures/siblings/expected.rs";
    slips = "../fixtures/slips/expected.rs";
    several_headers = "../fixtures/several-headers/expected.rs";
    several_messages = "../fixtures/several-messages/expected.rs";
    several_operations = "../fixtures/several-operations/expected.rs";
    telemetry = "../fixtures/telemetry/expected.rs";
    sole_message = "../fixtures/sole-message/expected.rs";
    strings = "../fixtures/strings/expected.rs";
    strings_every = "../fixtures/strings-every/expected.rs";
    traits_2 = "../fixtures/traits-2/expected.rs";
    tuples = "../fixtures/tuples/expected.rs";
    types_only = "../fixtures/types-only/expected.rs";
    unions = "../fixtures/unions/expected.rs";
    unions_closed = "../fixtures/unions-closed/expected.rs";
    unions_told = "../fixtures/unions-told/expected.rs";
    unions_round = "../fixtures/unions-round/expected.rs";
    unions_told_types_only = "../fixtures/unions-told-types-only/expected.rs";
    unions_types_only = "../fixtures/unions-types-only/expected.rs";
    validated_messages = "../fixtures/validation-messages/expected.rs";
    validated_nulls = "../fixtures/validation-nulls/expected.rs";
    vague = "../fixtures/vague/expected.rs";
    validated = "../fixtures/validation/expected.rs";
    urls = "../fixtures/urls/expected.rs";
    untyped = "../fixtures/untyped/expected.rs";
    untyped_as_written = "../fixtures/untyped-as-written/expected.rs";
    whole_numbers = "../fixtures/whole-numbers/expected.rs";
    whole_numbers_digits = "../fixtures/whole-numbers-digits/expected.rs";
    whole_numbers_types_only = "../fixtures/whole-numbers-types-only/expected.rs";
    version_3 = "../fixtures/version-3/expected.rs";
    #[allow(clippy::approx_constant, clippy::wrong_self_convention)]
    words = "../fixtures/words/expected.rs";
    warnings = "../fixtures/warnings/expected.rs";
}

mod alternatives_kept;
mod bindings;
mod conditions_kept;
mod dispatch;
mod hierarchies_kept;
mod messages;
mod options;
mod replies;
mod replies_by_kind;
mod replies_with_headers;

mod routing;
mod self_holding;
mod shapes;
mod teams;
mod unions_kept;
mod unions_that_lead_back;
mod unions_told_apart;
mod validation;
mod values;
mod whole;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use asyncapi_runtime::{
    Context, Dispatch, DispatchError, HandlerError, Headers, Inbound, Outbound, Route, Transport, UnknownEvent,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads a value and writes it again.
fn round_trip<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let typed: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(&typed).map_err(|error| error.to_string())
}

/// Which methods ran, with what.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn note(&self, text: String) {
        self.0.lock().expect("nobody panics").push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nobody panics"))
    }
}

async fn dispatched(dispatch: &dyn Dispatch, inbound: &Inbound) -> Result<(), DispatchError> {
    dispatch.dispatch(&Context::new(inbound)).await
}

/// A transport that keeps what it is given.
#[derive(Default)]
struct Kept(Mutex<Vec<Outbound>>);

impl Transport for &Kept {
    type Error = Infallible;

    async fn send(&self, outbound: Outbound) -> Result<(), Infallible> {
        self.0.lock().expect("nobody panics").push(outbound);
        Ok(())
    }
}
