//! Checks every AsyncAPI object of a document against the table of its fixed fields: unknown keys, keys of another
//! version, wrong types, missing keys, and names that lead nowhere.
//!
//! All components are checked, also those that nothing refers to. Schemas have their own reader.

use std::collections::{BTreeMap, BTreeSet};

use super::Version;
use super::cursor::{Node, Tree};
use super::fixed_fields::{
    Availability, BINDING_PROTOCOLS, BindingPlace, Field, FieldValue, ObjectKind, binding_keys, fixed_fields,
    required_by_security_type,
};
use super::resolve;
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::{Mapping, Value};
use crate::location::{FileId, Location};
use crate::suggestion;

/// The version of a document: major, minor, and the text.
pub(super) struct DeclaredVersion {
    pub(super) major: Version,
    pub(super) minor: u8,
    pub(super) text: String,
}

/// Checks the document and the objects that it refers to. The diagnostics of `tree` receive what is found.
pub(super) fn check(tree: Tree<'_>, version: &DeclaredVersion) {
    let root = Node::root(tree, FileId::default());
    let mut walker =
        Walker { tree, version, seen: BTreeSet::new(), foreign_keys: Vec::new(), message_ids: BTreeMap::new() };
    walker.check_object(&root, ObjectKind::Root);
    let foreign_keys = std::mem::take(&mut walker.foreign_keys);
    match written_in_other_version(&root, version) {
        Some(diagnostic) => tree.diagnostics.push(diagnostic),
        None => foreign_keys.into_iter().for_each(|diagnostic| tree.diagnostics.push(diagnostic)),
    }
}

/// ```yaml
/// asyncapi: 3.0.0
/// channels: {lamps: {subscribe: {message: {payload: {type: string}}}}}   # AsyncAPI 2
/// ```
fn written_in_other_version(root: &Node<'_>, version: &DeclaredVersion) -> Option<Diagnostic> {
    let channels = root.child("channels");
    let channels = channels.as_ref().map_or_else(Vec::new, |node| match node.value {
        Value::Mapping(entries) => entries.values().collect(),
        _ => Vec::new(),
    });
    let first_of = |keys: [&'static str; 2]| {
        keys.into_iter().find(|key| channels.iter().any(|channel| channel.child(key).is_some()))
    };
    let (old, new) = (first_of(["publish", "subscribe"]), first_of(["messages", "address"]));
    let (key, other, write) = match version.major {
        Version::Two => {
            ((old.is_none()).then_some(root.child("operations").map(|_| "operations").or(new))??, 3, "3.0.0")
        }
        Version::Three => (old.filter(|_| root.child("operations").is_none())?, 2, "2.6.0"),
    };
    let message = format!("the version is {}, but `{key}` is a key of AsyncAPI {other}", version.text);
    let help = format!("write `asyncapi: {write}`, or move the document to AsyncAPI {}", version.major.number());
    Some(Diagnostic::new(Severity::Error, &root.at.join("asyncapi"), message).with_help(help))
}

/// Whether an object may be a Reference Object.
fn may_be_reference(kind: ObjectKind, major: Version) -> bool {
    use ObjectKind as Kind;
    let never = [Kind::Info, Kind::Contact, Kind::License, Kind::Components, Kind::MessageExample, Kind::OauthFlows];
    let only_in_three = [Kind::Tag, Kind::ExternalDocs, Kind::Operation];
    !never.contains(&kind) && (major == Version::Three || !only_in_three.contains(&kind))
}

struct Walker<'a, 'v> {
    tree: Tree<'a>,
    version: &'v DeclaredVersion,
    seen: BTreeSet<(Location, ObjectKind)>,
    /// Diagnostics about keys of the other major version.
    foreign_keys: Vec<Diagnostic>,
    /// The message of each `messageId`.
    message_ids: BTreeMap<String, Location>,
}

impl<'a> Walker<'a, '_> {
    fn check_object(&mut self, node: &Node<'a>, kind: ObjectKind) {
        let (what, fields) = fixed_fields(kind);
        let Some(node) = self.follow(node, kind) else { return };
        if !self.seen.insert((node.at.clone(), kind)) {
            return;
        }
        let Value::Mapping(entries) = node.value else {
            return report_type(&node, &format!("{what} must be an object"));
        };
        // In AsyncAPI 2, the message of an operation can be a list of alternatives.
        if let (ObjectKind::Message, Version::Two, Some(list)) = (kind, self.version.major, node.child("oneOf")) {
            return self.check_value(&list, "oneOf", FieldValue::List(ObjectKind::Message));
        }
        for key in entries.keys().filter(|key| !key.starts_with("x-")) {
            let Some(value) = node.child(key) else { continue };
            match fields.iter().find(|field| field.key == key) {
                Some(field) => self.check_field(&value, field, what),
                None => report_unknown_key(&value, key, what, self.available(fields)),
            }
        }
        self.check_required(&node, kind, what, fields);
        match kind {
            ObjectKind::Operation if self.version.major == Version::Three => check_operation(&node),
            ObjectKind::Message => self.check_message_id(&node),
            ObjectKind::MessageExample => check_example(&node, entries),
            ObjectKind::Server => check_server(&node),
            _ => {}
        }
    }

    /// The end of a chain of references. A reference that leads nowhere is a warning here; the readers make it an
    /// error where it matters.
    fn follow(&mut self, node: &Node<'a>, kind: ObjectKind) -> Option<Node<'a>> {
        if node.reference().is_none() || !may_be_reference(kind, self.version.major) {
            return Some(node.clone());
        }
        let first = match kind {
            ObjectKind::Server => 3,
            ObjectKind::ServerVariable => 4,
            _ => 0,
        };
        if self.version.major == Version::Two && self.version.minor < first && node.at.file == FileId::default() {
            node.report_warning(
                format!("AsyncAPI {} allows no reference here", self.version.text),
                "write `asyncapi: 2.6.0`, or copy the target",
            );
        }
        resolve::follow(node.clone()).map_err(|error| node.report(error.into_warning())).ok()
    }

    fn available(&self, fields: &'static [Field]) -> impl Iterator<Item = &'static str> {
        let (major, minor) = (self.version.major, self.version.minor);
        let fields = fields.iter().filter(move |field| field.availability(major, minor) == Availability::Available);
        fields.map(|field| field.key)
    }

    fn check_field(&mut self, node: &Node<'a>, field: &'static Field, what: &str) {
        let (key, version) = (field.key, self.version);
        match field.availability(version.major, version.minor) {
            Availability::Available => self.check_value(node, key, field.value),
            Availability::Later(minor) => {
                let message =
                    format!("`{key}` is allowed in {what} from AsyncAPI 2.{minor}.0, and this is {}", version.text);
                node.report_key_warning(message, "write `asyncapi: 2.6.0`, or remove the key");
            }
            Availability::OtherMajor => {
                let message = format!("`{key}` is not allowed in {what} of AsyncAPI {}", version.major.number());
                let diagnostic = Diagnostic::new(Severity::Warning, &node.at, message).at_key();
                self.foreign_keys.push(diagnostic.with_help(field.instead));
            }
        }
    }

    fn check_required(&self, node: &Node<'a>, kind: ObjectKind, what: &str, fields: &[Field]) {
        let security_type = node.child("type").and_then(|node| node.value.as_str()).unwrap_or_default();
        let by_type = match kind {
            ObjectKind::SecurityScheme => required_by_security_type(security_type),
            _ => &[],
        };
        let required = fields.iter().filter(|field| field.is_required(self.version.major)).map(|field| field.key);
        for key in required.chain(by_type.iter().copied()).filter(|key| node.value.child(key).is_none()) {
            node.report_warning(format!("{what} has no `{key}`"), format!("add `{key}`"));
        }
    }

    fn check_value(&mut self, node: &Node<'a>, key: &str, value: FieldValue) {
        match value {
            FieldValue::Any => {}
            FieldValue::Text => check_text(node, key),
            FieldValue::OneOf(values) => check_one_of(node, key, values),
            FieldValue::MediaType => check_media_type(node, key),
            FieldValue::Bool if matches!(node.value, Value::Bool(_)) => {}
            FieldValue::Bool => report_type(node, &format!("`{key}` must be a boolean")),
            FieldValue::Schema if matches!(node.value, Value::Mapping(_) | Value::Bool(_)) => {}
            FieldValue::Schema => report_type(node, &format!("`{key}` must be a schema")),
            FieldValue::Map if matches!(node.value, Value::Mapping(_)) => {}
            FieldValue::Map => report_type(node, &format!("`{key}` must be an object")),
            FieldValue::Texts => {
                for item in items(node, key).iter().filter(|item| !matches!(item.value, Value::String(_))) {
                    report_type(item, &format!("each item of `{key}` must be a string"));
                }
            }
            FieldValue::Object(kind) => self.check_object(node, kind),
            FieldValue::Objects(kind) => {
                for (_, node) in entries(node, key) {
                    self.check_object(&node, kind);
                }
            }
            FieldValue::List(kind) => {
                let items = items(node, key);
                for item in &items {
                    self.check_object(item, kind);
                }
                if kind == ObjectKind::Tag {
                    check_tag_names(&items);
                }
            }
            FieldValue::Bindings(place) => check_bindings(node, place),
            FieldValue::BindingsMap(place) => {
                for (_, node) in entries(node, key) {
                    check_bindings(&node, place);
                }
            }
            FieldValue::Security => self.check_security(node),
            FieldValue::ServerNames => self.check_server_names(node),
        }
    }

    /// ```yaml
    /// security: [{apiKy: []}]                        # AsyncAPI 2: the name of a component
    /// security: [{$ref: '#/components/securitySchemes/apiKey'}]   # AsyncAPI 3
    /// ```
    fn check_security(&mut self, node: &Node<'a>) {
        let root = Node::root(self.tree, FileId::default());
        let schemes = root.child("components").and_then(|node| node.child("securitySchemes"));
        let names: Vec<&str> = schemes.as_ref().map_or_else(Vec::new, keys);
        for item in items(node, "security") {
            let is_scheme = item.reference().is_some() || item.value.child("type").is_some();
            match self.version.major {
                Version::Three if is_scheme => self.check_object(&item, ObjectKind::SecurityScheme),
                Version::Three => {
                    let name = keys(&item).first().copied().or(item.value.as_str()).unwrap_or("name");
                    item.report_warning(
                        "a security scheme or a reference to one is required here",
                        format!("write `$ref: '#/components/securitySchemes/{name}'`"),
                    );
                }
                Version::Two => {
                    for (name, scopes) in entries(&item, "security requirement") {
                        if !names.contains(&name) {
                            let help = did_you_mean(name, &names, "define it in `components.securitySchemes`");
                            scopes.report_key_warning(format!("there is no security scheme `{name}`"), help);
                        }
                    }
                }
            }
        }
    }

    fn check_server_names(&mut self, node: &Node<'a>) {
        let root = Node::root(self.tree, FileId::default());
        let names: Vec<&str> = root.child("servers").as_ref().map_or_else(Vec::new, keys);
        for item in items(node, "servers") {
            match (self.version.major, item.value.as_str(), item.reference()) {
                (Version::Two, Some(name), _) if names.contains(&name) => {}
                (Version::Two, Some(name), _) => {
                    let help = did_you_mean(name, &names, "add it to `servers` of the document");
                    item.report_warning(format!("there is no server `{name}`"), help);
                }
                (Version::Two, None, _) => report_type(&item, "the name of a server must be a string"),
                (Version::Three, _, Some(_)) => {
                    let Some(target) = direct_target(&item) else { continue };
                    if !is_below(&target.at, "servers") {
                        item.report_warning(
                            "a channel can only refer to the `servers` of the document",
                            "add the server there, and write `$ref: '#/servers/name'`",
                        );
                    }
                }
                (Version::Three, name, None) => {
                    let name = name.unwrap_or("name");
                    item.report_warning(
                        "a reference to a server is required here",
                        format!("write `$ref: '#/servers/{name}'`"),
                    );
                }
            }
        }
    }

    /// ```yaml
    /// one: {messageId: lamp}
    /// two: {messageId: lamp}   # the same id
    /// ```
    fn check_message_id(&mut self, node: &Node<'a>) {
        let Some(id) = node.child("messageId").filter(|_| self.version.major == Version::Two) else { return };
        let Some(text) = id.value.as_str() else { return };
        if let Some(first) = self.message_ids.get(text) {
            id.report_warning(
                format!("the messageId `{text}` is already used by `#{}`", first.pointer),
                "give each message a unique id",
            );
        } else {
            self.message_ids.insert(text.to_owned(), node.at.clone());
        }
    }
}

/// ```yaml
/// bindings: {kafka: {groupID: {type: string}}}   # `groupId`
/// ```
fn check_bindings(node: &Node<'_>, place: BindingPlace) {
    let Some(node) = followed(node) else { return };
    for (protocol, binding) in entries(&node, "bindings") {
        let is_known = BINDING_PROTOCOLS.contains(&protocol) || is_extension(protocol);
        let suggestion = suggestion::nearest(protocol, BINDING_PROTOCOLS.iter());
        if let Some(suggestion) = suggestion.filter(|_| !is_known) {
            let help = format!("did you mean `{suggestion}`?");
            binding.report_key_warning(format!("`{protocol}` is no protocol with a binding"), help);
        }
        let (Some(known), Some(binding)) = (binding_keys(protocol, place), followed(&binding)) else { continue };
        let Value::Mapping(members) = binding.value else { continue };
        for key in members.keys().filter(|key| !is_extension(key) && *key != "bindingVersion") {
            let Some(member) = binding.child(key).filter(|_| !known.contains(&key.as_str())) else { continue };
            let help = suggestion::nearest(key, known.iter()).map_or_else(
                || format!("the keys are {}", known.join(", ")),
                |suggestion| format!("did you mean `{suggestion}`?"),
            );
            member.report_key_warning(format!("`{key}` is not a key of this `{protocol}` binding"), help);
        }
    }
}

/// ```yaml
/// onOther: {channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/d/messages/other'}]}
/// ```
fn check_operation(node: &Node<'_>) {
    check_messages_of_channel(node);
    if let Some(reply) = node.child("reply").as_ref().and_then(followed) {
        check_messages_of_channel(&reply);
    }
}

fn check_messages_of_channel(owner: &Node<'_>) {
    let Some(channel) = owner.child("channel") else { return };
    if channel.reference().is_none() {
        if matches!(channel.value, Value::Mapping(_)) {
            channel.report_warning(
                "a reference to a channel is required here",
                "move the channel to `channels`, and write `$ref: '#/channels/name'`",
            );
        }
        return;
    }
    let Some(target) = direct_target(&channel) else { return };
    let is_root_operation = is_below(&owner.at, "operations");
    if is_root_operation && !is_below(&target.at, "channels") {
        channel.report_warning(
            "an operation can only refer to the `channels` of the document",
            "add the channel there, and write `$ref: '#/channels/name'`",
        );
    }
    let (Some(list), Some(described)) = (owner.child("messages"), followed(&target)) else { return };
    let described: Vec<(Location, Node<'_>)> = described
        .child("messages")
        .map_or_else(Vec::new, |messages| entries(&messages, "messages"))
        .into_iter()
        .filter_map(|(_, node)| Some((node.at.clone(), followed(&node)?)))
        .collect();
    for item in items(&list, "messages") {
        let Some(message) = followed(&item) else { continue };
        let known = described.iter().find(|(_, known)| known.at == message.at);
        let Some((place, _)) = known else {
            let step = message.at.pointer.steps().last().unwrap_or_default();
            item.report_warning(
                format!(
                    "this message is not one of the channel `{}`",
                    target.at.pointer.steps().last().unwrap_or_default()
                ),
                format!(
                    "add it to `messages` of the channel, and write `$ref: '#{}/messages/{step}'`",
                    target.at.pointer
                ),
            );
            continue;
        };
        let is_direct = direct_target(&item).is_some_and(|direct| direct.at == *place);
        if !is_direct {
            item.report_warning(
                "an operation refers to a message by its place in the channel",
                format!("write `$ref: '#{}'`", place.pointer),
            );
        }
    }
}

/// ```yaml
/// {host: 'mqtt://broker.example.com', protocol: mqt}
/// ```
fn check_server(node: &Node<'_>) {
    let text = |key: &str| node.child(key).and_then(|node| Some((node.value.as_str()?, node)));
    if let Some((protocol, node)) = text("protocol") {
        let is_known = BINDING_PROTOCOLS.contains(&&*protocol.to_lowercase());
        if let Some(suggestion) = suggestion::nearest(protocol, BINDING_PROTOCOLS.iter()).filter(|_| !is_known) {
            node.report_warning(
                format!("`{protocol}` is no protocol of AsyncAPI"),
                format!("did you mean `{suggestion}`?"),
            );
        }
    }
    if let Some((host, node)) = text("host").filter(|(host, _)| host.contains("://")) {
        let rest = host.split_once("://").map_or(host, |(_, rest)| rest);
        node.report_warning("`host` contains a protocol, which is written in `protocol`", format!("write `{rest}`"));
    }
}

fn check_example(node: &Node<'_>, entries: &Mapping) {
    if !entries.contains_key("payload") && !entries.contains_key("headers") {
        node.report_warning("this example has no `payload` and no `headers`", "write the example below `payload`");
    }
}

/// ```yaml
/// tags: [{name: lamps}, {name: lamps}]
/// ```
fn check_tag_names(tags: &[Node<'_>]) {
    let mut names = BTreeSet::new();
    for tag in tags {
        let Some(name) = tag.child("name") else { continue };
        if name.value.as_str().is_some_and(|text| !names.insert(text.to_owned())) {
            name.report_warning("this list has several tags with this name", "remove one of them");
        }
    }
}

fn check_text(node: &Node<'_>, key: &str) {
    match node.value {
        Value::String(_) => {}
        Value::Mapping(_) if node.reference().is_some() => {}
        _ => report_type(node, &format!("`{key}` must be a string")),
    }
}

fn check_one_of(node: &Node<'_>, key: &str, values: &[&str]) {
    match node.value.as_str() {
        Some(text) if !values.contains(&text) => {
            let help = did_you_mean(text, values, &format!("the values are {}", values.join(", ")));
            node.report_warning(format!("`{text}` is not a value of `{key}`"), help);
        }
        Some(_) => {}
        None => check_text(node, key),
    }
}

/// Media types that are suggested for a misspelled one.
const MEDIA_TYPES: &[&str] = &[
    "application/avro",
    "application/cloudevents+json",
    "application/json",
    "application/protobuf",
    "application/octet-stream",
    "application/x-protobuf",
    "application/xml",
    "application/yaml",
    "avro/binary",
    "text/plain",
    "text/xml",
];

/// ```yaml
/// contentType: aplication/json
/// contentType: json
/// ```
fn check_media_type(node: &Node<'_>, key: &str) {
    let Some(text) = node.value.as_str() else { return check_text(node, key) };
    let essence = text.split(';').next().unwrap_or_default().trim().to_lowercase();
    if MEDIA_TYPES.contains(&&*essence) {
        return;
    }
    let is_slip = |known: &&str| {
        // A media type of another kind can be similar: `application/xjson` is not meant here.
        let (kind, subtype) = known.split_once('/').unwrap_or_default();
        essence == subtype
            || essence == kind
            || suggestion::close_distance(&essence, known).is_some_and(|distance| distance <= 2)
    };
    let suggestion = MEDIA_TYPES.iter().find(|known| is_slip(known));
    if essence.contains('/') && suggestion.is_none() {
        return;
    }
    let help = match suggestion {
        Some(known) => format!("did you mean `{known}`?"),
        None => "write a media type, such as `application/json`".to_owned(),
    };
    node.report_warning(format!("`{text}` is not a media type"), help);
}

fn report_unknown_key(node: &Node<'_>, key: &str, what: &str, known: impl Iterator<Item = &'static str>) {
    if key == "$ref" && *node.value == Value::Null {
        let help = "put the reference in quotes, because `#` after a space starts a comment";
        return node.report(Diagnostic::new(Severity::Error, &node.at, "`$ref` has no value").at_key().with_help(help));
    }
    let help = match suggestion::nearest(key, known) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the key is ignored: remove it, or rename it to `x-{key}` if it is an extension"),
    };
    node.report_key_warning(format!("`{key}` is not allowed in {what}"), help);
}

/// Reports a value of a wrong type.
fn report_type(node: &Node<'_>, expected: &str) {
    let help = match node.value {
        Value::Null => "add a value, or remove the key",
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) if expected.ends_with("a string") => "put it in quotes",
        _ if expected.ends_with("a list") => "write a list: each item begins with `- `",
        _ if expected.ends_with("an object") => "write an object: lines with `key: value`",
        _ => "correct the value",
    };
    node.report_warning(format!("{expected}, but this is {}", node.value.kind()), help);
}

fn items<'a>(node: &Node<'a>, key: &str) -> Vec<Node<'a>> {
    if let Value::Sequence(items) = node.value {
        return (0..items.len()).filter_map(|index| node.child(&index.to_string())).collect();
    }
    report_type(node, &format!("`{key}` must be a list"));
    Vec::new()
}

fn entries<'a>(node: &Node<'a>, key: &str) -> Vec<(&'a str, Node<'a>)> {
    let Some(node) = followed(node) else { return Vec::new() };
    if let Value::Mapping(entries) = node.value {
        return entries.keys().filter_map(|key| Some((key.as_str(), node.child(key)?))).collect();
    }
    report_type(&node, &format!("`{key}` must be an object"));
    Vec::new()
}

fn keys<'a>(node: &Node<'a>) -> Vec<&'a str> {
    match node.value {
        Value::Mapping(entries) => entries.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The end of a chain of references, if there is one.
fn followed<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    resolve::follow(node.clone()).ok()
}

/// The target of the first reference of a chain.
fn direct_target<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    resolve::follow_once(node).ok()
}

/// Whether a location is directly below a key of the root document.
fn is_below(at: &Location, key: &str) -> bool {
    let mut steps = at.pointer.steps();
    at.file == FileId::default() && steps.next().is_some_and(|step| step == key) && steps.count() == 1
}

fn is_extension(key: &str) -> bool {
    key.starts_with("x-") || key == "$ref"
}

fn did_you_mean(name: &str, known: &[&str], otherwise: &str) -> String {
    suggestion::nearest(name, known.iter())
        .map_or_else(|| otherwise.to_owned(), |suggestion| format!("did you mean `{suggestion}`?"))
}
