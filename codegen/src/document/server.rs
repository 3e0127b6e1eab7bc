//! Info and Server Objects: the parts that the versions share.

use super::cursor::{Node, Object};
use super::{Docs, Variable};

/// Reads what the document says of itself; 3.x moved `more` keys here, which 2.x does not allow.
pub(super) fn read_info(node: &Node<'_>, what: &'static str, more: &[&'static str]) -> Option<Docs> {
    let mut info = node.object(what)?;
    info.expect("title");
    info.expect("version");
    let docs = Docs { title: info.note("title"), description: info.note("description"), ..Docs::default() };
    info.ignore_keys(&["termsOfService", "contact", "license"]);
    info.ignore_keys(more);
    info.finish();
    Some(docs)
}

/// The variables of a server.
pub(super) fn read_variables(server: &mut Object<'_>) -> Vec<Variable> {
    let variables = server.entries("variables");
    variables.into_iter().filter_map(|(key, node)| read_variable(key, node)).collect()
}

fn read_variable(key: &str, node: Node<'_>) -> Option<Variable> {
    let mut object = node.follow()?.object("a Server Variable Object")?;
    let values = object.items("enum").iter().filter_map(Node::text).collect();
    let docs = Docs { description: object.note("description"), ..Docs::default() };
    let default = object.text("default");
    object.ignore_keys(&["examples"]);
    let at = object.at().clone();
    object.finish();
    Some(Variable { at, key: key.to_owned(), docs, default, values })
}
