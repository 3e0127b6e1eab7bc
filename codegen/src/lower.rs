//! The stage from the document to the IR: operations, routing and types, without Rust names and tokens.
//!
//! It only reads the document. First the API objects and the schemas are lowered, then the passes run over all types.

mod any_of_object;
mod api;
mod docs;
mod integer_usage;
mod lints;
mod message_variants;
mod name_path;
mod output_options;
mod overrides;
mod passes;
mod routing;
mod scalar;
mod schema;
mod structural_key;
mod union;
mod validation_schema;

use std::collections::{BTreeSet, HashMap};

use self::api::{bindings, channel, event, operation, server};
use self::passes::PassContext;
use self::schema::{Context, Facts, TypeBuilder};
use crate::config::{Config, Validation};
use crate::diagnostic::Diagnostics;
use crate::document::Document;
use crate::ir::{Api, Definitions, Server, TypeDef, Types};
use crate::location::Location;

/// The API of a document, as the chosen perspective sees it.
pub(crate) fn lower(document: &Document, config: &Config, diagnostics: &Diagnostics) -> Api {
    let events = event::lower_events(document);
    lints::check(&document.schemas, config, diagnostics);
    let facts = Facts::new(document, &events);
    let mut builder = TypeBuilder::new(document, Context::new(document, config, &facts, diagnostics));
    let mut operations = operation::lower_operations(document, config, &events, &mut builder, diagnostics);
    let channels = channel::lower_channels(document, &mut builder, diagnostics);
    let bindings = bindings::lower_bindings(document, &mut builder);
    let (mut types, coverage, type_ids) = builder.finish();
    let context =
        PassContext { schemas: &document.schemas, config, events: &events, operations: &operations, diagnostics };
    passes::run(&mut types, &context);
    let definitions = match config.validation {
        Validation::Types => Definitions::default(),
        Validation::Full => validation_schema::lower_definitions(document, &types, &type_ids, config.nulls),
    };
    message_variants::assign(&mut operations, &types);
    let servers: Vec<Server> = document.servers.iter().map(server::lower_server).collect();
    let output = output_options::output_options(config, &types, &events, &servers);
    let structural_keys = structural_keys(document, &types);
    let apis = routing::RoutingContext::new(document, &operations, &events, &types, diagnostics);
    let routing = routing::find_routing(&apis, &channels, config);
    Api {
        title: document.docs.title.clone(),
        routing,
        operations,
        channels,
        servers,
        bindings,
        events,
        integer_usage: integer_usage::integer_usage(&types, &output),
        output,
        types,
        definitions,
        coverage,
        structural_keys,
        ambiguous_names: ambiguous_names(document),
        files: document.files.clone(),
    }
}

fn ambiguous_names(document: &Document) -> BTreeSet<String> {
    let full: BTreeSet<&str> = document.schemas.named_types().map(|(_, name)| name).collect();
    let mut seen = BTreeSet::new();
    let short = full.into_iter().map(|name| name.rsplit('.').next().unwrap_or(name));
    short.filter(|short| !seen.insert(*short)).map(str::to_owned).collect()
}

/// The structural keys of locations below alternatives. The pointers of other locations identify them.
fn structural_keys(document: &Document, types: &Types) -> HashMap<Location, String> {
    let variants = |def: &TypeDef| -> Vec<Location> {
        let variants = def.shape.variants().unwrap_or_default();
        variants.iter().map(|variant| variant.at.clone()).collect()
    };
    let places = types.iter().flat_map(|(_, def)| [vec![def.at.clone()], variants(def)].concat());
    let below = places.filter(|at| ["/oneOf/", "/anyOf/"].iter().any(|list| at.pointer.as_str().contains(list)));
    below.map(|at| (at.clone(), structural_key::location_key(&document.schemas, &at))).collect()
}
