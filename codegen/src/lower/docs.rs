//! The documentation of generated items.

use crate::document;
use crate::ir::{self, Access};

/// The summary, or the title if there is none, and the other annotations of a node.
pub(super) fn docs(docs: &document::Docs) -> ir::Docs {
    ir::Docs {
        summary: docs.summary.clone().or_else(|| docs.title.clone()),
        description: docs.description.clone(),
        deprecated: docs.deprecated,
        access: match docs.access {
            document::Access::Both => Access::ReadWrite,
            document::Access::ReadOnly => Access::ReadOnly,
            document::Access::WriteOnly => Access::WriteOnly,
        },
    }
}
