//! Parameter Objects: the variable parts of a channel's address.

use super::cursor::Node;
use super::message::read_expression;
use super::schema::Schemas;
use super::{Docs, Parameter};

/// Reads a parameter; 2.x describes it by a schema, 3.x by a list of values and a default.
pub(super) fn read(key: &str, node: Node<'_>, schemas: &mut Schemas) -> Option<Parameter> {
    let mut object = node.follow()?.object("a Parameter Object")?;
    let schema = object.get("schema").map(|node| schemas.read(&node));
    let values = object.items("enum").iter().filter_map(Node::text).collect();
    let description = object.note("description");
    let docs = Docs { description, deprecated: object.flag("deprecated"), ..Docs::default() };
    let of_schema = || schemas.keywords(schema?)?.default.as_ref()?.plain_text();
    let default = object.text("default").or_else(of_schema);
    let location = object.get("location").and_then(|node| read_expression(&node));
    object.ignore_keys(&["examples"]);
    let at = object.at().clone();
    object.finish();
    Some(Parameter { at, key: key.to_owned(), docs, schema, values, default, location })
}
