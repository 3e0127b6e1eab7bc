//! Compiles the expected code of the fixtures with rustc's default lints, and runs some of it.

// The documents decide the contents of these modules, so only the default lints of rustc and clippy apply.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)]

macro_rules! fixtures {
    ($($(#[$attribute:meta])* $module:ident = $path:literal;)*) => {
        $($(#[$attribute])* #[rustfmt::skip] #[path = $path] pub mod $module;)*
    };
}

fixtures! {
    alternatives = "../../codegen/tests/fixtures/alternatives/expected.rs";
    alternatives_alike = "../../codegen/tests/fixtures/alternatives-alike/expected.rs";
    alternatives_alike_validated = "../../codegen/tests/fixtures/alternatives-alike-validated/expected.rs";
    alternatives_types_only = "../../codegen/tests/fixtures/alternatives-types-only/expected.rs";
    bare = "../../codegen/tests/fixtures/bare/expected.rs";
    both_sides = "../../codegen/tests/fixtures/both-sides/expected.rs";
    both_sides_application = "../../codegen/tests/fixtures/both-sides-application/expected.rs";
    #[allow(clippy::approx_constant)]
    bindings_2 = "../../codegen/tests/fixtures/bindings-2/expected.rs";
    bindings_3 = "../../codegen/tests/fixtures/bindings-3/expected.rs";
    bindings_passed_over = "../../codegen/tests/fixtures/bindings-passed-over/expected.rs";
    catalogue = "../../codegen/tests/fixtures/catalogue/expected.rs";
    channel_keys = "../../codegen/tests/fixtures/channel-keys/expected.rs";
    channel_references = "../../codegen/tests/fixtures/channel-references/expected.rs";
    chosen_operations = "../../codegen/tests/fixtures/chosen-operations/expected.rs";
    composition = "../../codegen/tests/fixtures/composition/expected.rs";
    conditions = "../../codegen/tests/fixtures/conditions/expected.rs";
    conditions_as_written = "../../codegen/tests/fixtures/conditions-as-written/expected.rs";
    conditions_validated = "../../codegen/tests/fixtures/conditions-validated/expected.rs";
    conjunctions = "../../codegen/tests/fixtures/conjunctions/expected.rs";
    constants_of_another_type = "../../codegen/tests/fixtures/constants-of-another-type/expected.rs";
    constructors = "../../codegen/tests/fixtures/constructors/expected.rs";
    content_types = "../../codegen/tests/fixtures/content-types/expected.rs";
    customised = "../../codegen/tests/fixtures/customised/expected.rs";
    defaults = "../../codegen/tests/fixtures/defaults/expected.rs";
    defaults_filled = "../../codegen/tests/fixtures/defaults-filled/expected.rs";
    deprecated = "../../codegen/tests/fixtures/deprecated/expected.rs";
    descriptions = "../../codegen/tests/fixtures/descriptions/expected.rs";
    discriminator_mappings = "../../codegen/tests/fixtures/discriminator-mappings/expected.rs";
    discriminator_subtypes = "../../codegen/tests/fixtures/discriminator-subtypes/expected.rs";
    easily_lost = "../../codegen/tests/fixtures/easily-lost/expected.rs";
    enums = "../../codegen/tests/fixtures/enums/expected.rs";
    enums_closed = "../../codegen/tests/fixtures/enums-closed/expected.rs";
    every_shape = "../../codegen/tests/fixtures/every-shape/expected.rs";
    examples_held = "../../codegen/tests/fixtures/examples/expected.rs";
    exchange = "../../codegen/tests/fixtures/exchange/expected.rs";
    free_form_raw = "../../codegen/tests/fixtures/free-form-raw/expected.rs";
    header_discriminator = "../../codegen/tests/fixtures/header-discriminator/expected.rs";
    hierarchies = "../../codegen/tests/fixtures/hierarchies/expected.rs";
    keep_unknown = "../../codegen/tests/fixtures/keep-unknown/expected.rs";
    names_letters = "../../codegen/tests/fixtures/names-letters/expected.rs";
    named_schemas = "../../codegen/tests/fixtures/named-schemas/expected.rs";
    names = "../../codegen/tests/fixtures/names/expected.rs";
    names_reserved = "../../codegen/tests/fixtures/names-reserved/expected.rs";
    names_shared = "../../codegen/tests/fixtures/names-shared/expected.rs";
    nulls_kept = "../../codegen/tests/fixtures/nulls-kept/expected.rs";
    numbers = "../../codegen/tests/fixtures/numbers/expected.rs";
    later_keywords = "../../codegen/tests/fixtures/later-keywords/expected.rs";
    #[allow(clippy::type_complexity)]
    lists = "../../codegen/tests/fixtures/lists/expected.rs";
    lists_sorted = "../../codegen/tests/fixtures/lists-sorted/expected.rs";
    lists_hashed = "../../codegen/tests/fixtures/lists-hashed/expected.rs";
    mixed_payloads = "../../codegen/tests/fixtures/mixed-payloads/expected.rs";
    maps = "../../codegen/tests/fixtures/maps/expected.rs";
    overlay_warnings = "../../codegen/tests/fixtures/overlay-warnings/expected.rs";
    overlays_files = "../../codegen/tests/fixtures/overlays-files/expected.rs";
    overlays = "../../codegen/tests/fixtures/overlays/expected.rs";
    plain_texts = "../../codegen/tests/fixtures/plain-texts/expected.rs";
    routing_shapes = "../../codegen/tests/fixtures/routing-shapes/expected.rs";
    text_or_bytes = "../../codegen/tests/fixtures/text-or-bytes/expected.rs";
    recursion = "../../codegen/tests/fixtures/recursion/expected.rs";
    options_in_vain = "../../codegen/tests/fixtures/options-in-vain/expected.rs";
    parameters = "../../codegen/tests/fixtures/parameters/expected.rs";
    references = "../../codegen/tests/fixtures/references/expected.rs";
    renamed = "../../codegen/tests/fixtures/renamed/expected.rs";
    renamed_by_pattern = "../../codegen/tests/fixtures/renamed-by-pattern/expected.rs";
    reply_channels = "../../codegen/tests/fixtures/reply-channels/expected.rs";
    reply_channels_client = "../../codegen/tests/fixtures/reply-channels-client/expected.rs";
    reply_headers = "../../codegen/tests/fixtures/reply-headers/expected.rs";
    reply_headers_client = "../../codegen/tests/fixtures/reply-headers-client/expected.rs";
    reply_mixed = "../../codegen/tests/fixtures/reply-mixed/expected.rs";
    reply_mixed_client = "../../codegen/tests/fixtures/reply-mixed-client/expected.rs";
    request_reply = "../../codegen/tests/fixtures/request-reply/expected.rs";
    request_reply_client = "../../codegen/tests/fixtures/request-reply-client/expected.rs";
    routing_addresses = "../../codegen/tests/fixtures/routing-addresses/expected.rs";
    routing_headers = "../../codegen/tests/fixtures/routing-headers/expected.rs";
    routing_names = "../../codegen/tests/fixtures/routing-names/expected.rs";
    routing_operations = "../../codegen/tests/fixtures/routing-operations/expected.rs";
    routing_templates = "../../codegen/tests/fixtures/routing-templates/expected.rs";
    routing_unlisted = "../../codegen/tests/fixtures/routing-unlisted/expected.rs";
    routing_wildcards = "../../codegen/tests/fixtures/routing-wildcards/expected.rs";
    same_payload = "../../codegen/tests/fixtures/same-payload/expected.rs";
    server_variables = "../../codegen/tests/fixtures/server-variables/expected.rs";
    siblings = "../../codegen/tests/fixtures/siblings/expected.rs";
    slips = "../../codegen/tests/fixtures/slips/expected.rs";
    several_headers = "../../codegen/tests/fixtures/several-headers/expected.rs";
    several_messages = "../../codegen/tests/fixtures/several-messages/expected.rs";
    several_operations = "../../codegen/tests/fixtures/several-operations/expected.rs";
    telemetry = "../../codegen/tests/fixtures/telemetry/expected.rs";
    sole_message = "../../codegen/tests/fixtures/sole-message/expected.rs";
    strings = "../../codegen/tests/fixtures/strings/expected.rs";
    strings_every = "../../codegen/tests/fixtures/strings-every/expected.rs";
    traits_2 = "../../codegen/tests/fixtures/traits-2/expected.rs";
    tuples = "../../codegen/tests/fixtures/tuples/expected.rs";
    types_only = "../../codegen/tests/fixtures/types-only/expected.rs";
    unions = "../../codegen/tests/fixtures/unions/expected.rs";
    unions_closed = "../../codegen/tests/fixtures/unions-closed/expected.rs";
    unions_told = "../../codegen/tests/fixtures/unions-told/expected.rs";
    unions_nested = "../../codegen/tests/fixtures/unions-nested/expected.rs";
    unions_round = "../../codegen/tests/fixtures/unions-round/expected.rs";
    unions_told_types_only = "../../codegen/tests/fixtures/unions-told-types-only/expected.rs";
    unions_types_only = "../../codegen/tests/fixtures/unions-types-only/expected.rs";
    validated_messages = "../../codegen/tests/fixtures/validation-messages/expected.rs";
    validated_nulls = "../../codegen/tests/fixtures/validation-nulls/expected.rs";
    vague = "../../codegen/tests/fixtures/vague/expected.rs";
    validated = "../../codegen/tests/fixtures/validation/expected.rs";
    urls = "../../codegen/tests/fixtures/urls/expected.rs";
    untyped = "../../codegen/tests/fixtures/untyped/expected.rs";
    untyped_as_written = "../../codegen/tests/fixtures/untyped-as-written/expected.rs";
    whole_numbers = "../../codegen/tests/fixtures/whole-numbers/expected.rs";
    whole_numbers_digits = "../../codegen/tests/fixtures/whole-numbers-digits/expected.rs";
    whole_numbers_types_only = "../../codegen/tests/fixtures/whole-numbers-types-only/expected.rs";
    version_3 = "../../codegen/tests/fixtures/version-3/expected.rs";
    #[allow(clippy::approx_constant, clippy::wrong_self_convention)]
    words = "../../codegen/tests/fixtures/words/expected.rs";
    warnings = "../../codegen/tests/fixtures/warnings/expected.rs";
}

mod alternatives_kept;
mod bindings;
mod conditions_kept;
mod dispatch;
mod free_form;
mod hierarchies_kept;
mod messages;
mod options;
mod replies;
mod replies_by_kind;
mod replies_with_headers;
mod routing;
pub mod schema_formats;
mod self_holding;
mod shapes;
mod teams;
mod unions_kept;
mod unions_that_lead_back;
mod unions_told_apart;
mod validation;
mod values;
mod whole;

// The options of fixtures name these types by their paths in the crate.
pub use self::schema_formats::{Order, Xml};

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use asyncapi_runtime::{
    Context, Dispatch, DispatchError, HandlerError, Headers, Inbound, Outbound, Route, Transport, UnknownEvent,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A fixture that is not compiled is not tested.
#[test]
fn the_code_of_every_fixture_is_compiled() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("codegen/tests/fixtures");
    let compiled = concat!(include_str!("main.rs"), include_str!("schema_formats.rs"));
    for directory in fs::read_dir(fixtures).expect("the fixtures are readable").flatten() {
        let path = format!("fixtures/{}/expected.rs", directory.file_name().display());
        let is_compiled = compiled.contains(&path) || !directory.path().join("expected.rs").exists();
        assert!(is_compiled, "tests/compiled does not compile {path}: add a module for it");
    }
}

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
        self.0.lock().expect("no thread panicked").push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no thread panicked"))
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
        self.0.lock().expect("no thread panicked").push(outbound);
        Ok(())
    }
}
