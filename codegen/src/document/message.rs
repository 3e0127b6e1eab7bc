//! Message Objects, which differ little between the versions.

use super::cursor::Node;
use super::schema::Schemas;
use super::{Docs, Example, Message, MessageId, Messages, bindings, resolve};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::location::RuntimeExpression;

/// Reads the message at a node, or behind its reference, unless it has been read before.
///
/// `key` is what the message is called where it is referred to; a key of the components counts for more.
pub(super) fn read(
    messages: &mut Messages,
    schemas: &mut Schemas,
    node: &Node<'_>,
    key: Option<&str>,
) -> Option<MessageId> {
    let node = node.clone().follow()?;
    if let Some(id) = messages.by_place.get(&node.at) {
        return Some(*id);
    }
    let mut object = node.object("a Message Object")?;
    let key = component_key(&node).or_else(|| key.map(str::to_owned));
    let id = object.text("messageId");
    let name = object.note("name").or(id).or_else(|| key.clone());
    let docs = Docs {
        title: object.note("title"),
        summary: object.note("summary"),
        description: object.note("description"),
        deprecated: object.flag("deprecated"),
        ..Docs::default()
    };
    let media_type = object.text("schemaFormat");
    let payload = object.get("payload").map(|node| match &media_type {
        Some(media_type) => schemas.read_format(&node, media_type),
        None => schemas.read(&node),
    });
    let headers = object.get("headers").map(|node| schemas.read(&node));
    object.report_unused_keys("traits");
    let content_type = object.text("contentType");
    let correlation = object.get("correlationId").and_then(|node| read_location(node, "a Correlation ID Object"));
    let bindings = bindings::read(&mut object, schemas);
    let examples = object.get("examples").map_or_else(Vec::new, |node| examples(&node));
    object.ignore_keys(&["externalDocs", "tags"]);
    let at = object.at().clone();
    object.finish();
    Some(messages.add(Message { at, key, name, docs, content_type, payload, headers, correlation, examples, bindings }))
}

/// What no code hangs on is passed over where it is not as it should be.
fn examples(node: &Node<'_>) -> Vec<Example> {
    if let Value::Sequence(_) = node.value {
        return node.items("`examples`").iter().filter_map(example).collect();
    }
    let message = format!("`examples` is a list, and this is {}", node.value.kind());
    let diagnostic = Diagnostic::new(Severity::Warning, &node.at, message);
    node.report(diagnostic.with_help("list them; they are passed over"));
    Vec::new()
}

/// An example of a payload or of headers; anything else says nothing that is made use of. Before AsyncAPI 2.1 its keys are
/// anybody's.
fn example(node: &Node<'_>) -> Option<Example> {
    let value = |key: &str| node.child(key).map(|node| resolve::resolved(&node));
    let (payload, headers) = (value("payload"), value("headers"));
    let text = |key: &str| match node.child(key)?.value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    let says_something = payload.is_some() || headers.is_some();
    let at = node.at.clone();
    says_something.then(|| Example { at, name: text("name"), summary: text("summary"), payload, headers })
}

/// The runtime expression of a Correlation ID Object, or of an Operation Reply Address Object.
pub(super) fn read_location(node: Node<'_>, what: &'static str) -> Option<RuntimeExpression> {
    let node = node.follow()?;
    let mut object = node.object(what)?;
    let location = object.required("location")?;
    object.ignore_keys(&["description"]);
    object.finish();
    read_expression(&location)
}

/// A runtime expression, where it is one that is understood.
pub(super) fn read_expression(location: &Node<'_>) -> Option<RuntimeExpression> {
    let text = location.text()?;
    let place = RuntimeExpression::parse(&text);
    if place.is_none() {
        let message = format!("`{text}` is not an expression that is understood, so it is passed over");
        let diagnostic = Diagnostic::new(Severity::Warning, &location.at, message);
        location.report(diagnostic.with_help("write `$message.header#/name` or `$message.payload#/pointer`"));
    }
    place
}

/// The key of a message that stands among the components.
fn component_key(node: &Node<'_>) -> Option<String> {
    let steps: Vec<String> = node.at.pointer.steps().collect();
    match &steps[..] {
        [components, messages, key] if components == "components" && messages == "messages" => Some(key.clone()),
        _ => None,
    }
}
