//! Stage four: what the document says becomes what Rust will say, still without names and tokens.

mod bindings;
mod channel;
mod merge;
mod operation;
mod origin;
mod recursion;
mod routing;
mod scalar;
mod schema;
mod server;
mod template;
mod union;

use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::ir::{self, Api};

/// Turns the document into the API as the chosen side sees it.
pub(crate) fn lower(document: &Document, config: &Config, diagnostics: &Diagnostics) -> Api {
    let events = operation::events(document);
    let mut schemas = schema::Lowering::new(document, config, &events, diagnostics);
    let operations = operation::lower(document, config, &events, &mut schemas, diagnostics);
    let channels = document.channels.iter().map(|channel| channel::lower(channel, &mut schemas)).collect();
    let bindings = bindings::lower(document, &mut schemas);
    let (mut types, coverage) = schemas.finish();
    recursion::name_what_holds_itself(&mut types);
    recursion::box_what_holds_itself(&mut types);
    let routing = routing::find(document, config, &operations, &events, diagnostics);
    Api {
        title: document.docs.title.clone(),
        routing,
        operations,
        channels,
        servers: document.servers.iter().map(server::lower).collect(),
        bindings,
        events,
        types,
        coverage,
    }
}

/// A title stands in for a summary.
fn docs(docs: &document::Docs) -> ir::Docs {
    ir::Docs {
        summary: docs.summary.clone().or_else(|| docs.title.clone()),
        description: docs.description.clone(),
        deprecated: docs.deprecated,
    }
}
