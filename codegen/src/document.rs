//! Parses the texts of a document into one model, the same for all versions of AsyncAPI.
//!
//! Order of the steps: parse each file, apply overlays, merge traits, index `$id`, read the root object.

mod avro;
mod bindings;
mod cursor;
mod ecma_regex;
mod external_refs;
mod fixed_fields;
mod lints;
mod model;
mod objects;
#[cfg(feature = "overlay")]
mod overlay;
mod resolve;
mod schema;
mod structure;
mod text;
mod traits;
mod v2;
mod v3;

use self::cursor::{Node, Tree};
pub(crate) use self::ecma_regex::syntax_error as pattern_syntax_error;
pub(crate) use self::external_refs::{ExternalRef, files_referred_to};
pub(crate) use self::model::{
    Action, Address, BindingRole, Bindings, Channel, Document, Example, Message, MessageCardinality, MessageId,
    Operation, Parameter, Reply, Server, Variable,
};
#[cfg(feature = "overlay")]
pub(crate) use self::overlay::read_extends as read_overlay_extends;
use self::schema::ids::SchemaIds;
pub(crate) use self::schema::{
    Access, ConditionalProperty, DeclaredValue, Dependency, Docs, ForeignName, JsonType, Keywords, SchemaId,
    SchemaKind, SchemaLanguage, Schemas, Tag, ValueKeyword,
};
use self::structure::DeclaredVersion;
use self::traits::Precedence;
use crate::diagnostic::Diagnostics;
use crate::json::Value;
use crate::location::FileId;
use crate::source::Source;

/// Major versions of AsyncAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Two,
    Three,
}

impl Version {
    fn number(self) -> u8 {
        match self {
            Self::Two => 2,
            Self::Three => 3,
        }
    }
}

/// Parses a document. `None` if it cannot be read at all; the diagnostics contain the reason.
pub(crate) fn parse(source: &Source, diagnostics: &Diagnostics) -> Option<Document> {
    let roots =
        source.files().map(|file| text::parse_file(source, file, diagnostics)).collect::<Option<Vec<Value>>>()?;
    #[cfg(feature = "overlay")]
    let roots = overlay::apply_overlays(roots, source, diagnostics)?;
    let tree = Tree { roots: &roots, source, schema_ids: &SchemaIds::default(), diagnostics };
    let version = read_version(tree)?;
    let structure = Diagnostics::new();
    structure::check(Tree { diagnostics: &structure, ..tree }, &version);
    let precedence = match version.major {
        Version::Two => Precedence::Trait,
        Version::Three => Precedence::Object,
    };
    let merged = traits::merge_all(tree, precedence);
    let roots: Vec<Value> = roots.into_iter().zip(merged).map(|(root, merged)| merged.unwrap_or(root)).collect();
    let schema_ids = SchemaIds::collect(&roots);
    let tree = Tree { roots: &roots, source, schema_ids: &schema_ids, diagnostics };
    let mut root = Node::root(tree, FileId::default()).as_object("the document")?;
    root.ignore_keys(&["asyncapi"]);
    let files = source.files().map(|file| source.name_of(file).to_owned()).collect();
    let document = match version.major {
        Version::Two => v2::read_document(root, files),
        Version::Three => v3::read_document(root, files),
    };
    diagnostics.append_without_consequences(&structure);
    Some(document)
}

fn read_version(tree: Tree<'_>) -> Option<DeclaredVersion> {
    let root = Node::root(tree, FileId::default());
    let mut object = root.as_object("the document")?;
    for key in ["openapi", "swagger"] {
        if object.get("asyncapi").is_none() && object.get(key).is_some() {
            root.report_error(
                format!("this is an OpenAPI document: it has the key `{key}`"),
                "use an AsyncAPI document, which has a key such as `asyncapi: 3.0.0`",
            );
            return None;
        }
    }
    let node = object.required("asyncapi")?;
    let text = match node.value {
        // `{:?}` keeps the fraction: `3.0` is not `3`.
        Value::Float(number) => format!("{number:?}"),
        _ => node.to_text()?,
    };
    let version = parse_version(&text);
    if version.is_none() {
        let help = match parse_version(&format!("{text}.0")) {
            Some(_) => format!("write all three numbers: `{text}.0`"),
            None => "supported are 2.0.0 to 2.6.0, 3.0.0 and 3.1.0".to_owned(),
        };
        node.report_error(format!("AsyncAPI {text} is not supported"), help);
    }
    version
}

fn parse_version(text: &str) -> Option<DeclaredVersion> {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|char| char.is_ascii_digit());
    let [major, minor, patch] = text.split('.').collect::<Vec<_>>()[..] else { return None };
    let (major, last) = match major {
        "2" => (Version::Two, 6),
        "3" => (Version::Three, 1),
        _ => return None,
    };
    let minor = minor.parse().ok().filter(|minor| *minor <= last && is_number(patch))?;
    Some(DeclaredVersion { major, minor, text: text.to_owned() })
}
