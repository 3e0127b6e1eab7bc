//! The fixed fields of the AsyncAPI objects, for each version, as data.
//!
//! Source: the tables "Fixed Fields" of AsyncAPI 2.0 to 2.6, 3.0 and 3.1.

use super::Version;

/// An object of AsyncAPI with fixed fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ObjectKind {
    Root,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Channel,
    Operation,
    OperationTrait,
    Reply,
    ReplyAddress,
    Parameter,
    Message,
    MessageTrait,
    MessageExample,
    Tag,
    ExternalDocs,
    CorrelationId,
    Components,
    SecurityScheme,
    OauthFlows,
    OauthFlow,
}

/// The place of a bindings object, which decides about its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BindingPlace {
    Server,
    Channel,
    Operation,
    Message,
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FieldValue {
    /// Any value. Another part of the parser reads it.
    Any,
    Text,
    OneOf(&'static [&'static str]),
    MediaType,
    Bool,
    Texts,
    /// A schema: an object or a boolean. Its keywords are not checked here.
    Schema,
    Map,
    Object(ObjectKind),
    Objects(ObjectKind),
    List(ObjectKind),
    Bindings(BindingPlace),
    BindingsMap(BindingPlace),
    /// A list of security requirements.
    Security,
    /// The servers of a channel: names in AsyncAPI 2, references in AsyncAPI 3.
    ServerNames,
}

/// One fixed field of an object.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) value: FieldValue,
    /// The first minor version of AsyncAPI 2 that has the field.
    two: Option<u8>,
    in_three: bool,
    /// The versions that require it.
    required_in: &'static [Version],
    /// What the other major version has instead.
    pub(super) instead: &'static str,
}

/// Whether a version has a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Availability {
    Available,
    /// From this minor version of the same major version.
    Later(u8),
    OtherMajor,
}

impl Field {
    pub(super) fn availability(&self, version: Version, minor: u8) -> Availability {
        match (version, self.two) {
            (Version::Three, _) if self.in_three => Availability::Available,
            (Version::Two, Some(first)) if first > minor => Availability::Later(first),
            (Version::Two, Some(_)) => Availability::Available,
            _ => Availability::OtherMajor,
        }
    }

    pub(super) fn is_required(&self, version: Version) -> bool {
        self.required_in.contains(&version)
    }

    const fn required(mut self) -> Self {
        self.required_in = &[Version::Two, Version::Three];
        self
    }

    const fn required_in(mut self, versions: &'static [Version]) -> Self {
        self.required_in = versions;
        self
    }

    /// Only in AsyncAPI 2.
    const fn two(mut self, instead: &'static str) -> Self {
        self.in_three = false;
        self.instead = instead;
        self
    }

    /// Only in AsyncAPI 3.
    const fn three(mut self, instead: &'static str) -> Self {
        self.two = None;
        self.instead = instead;
        self
    }

    /// In AsyncAPI 3, and in AsyncAPI 2 from a minor version.
    const fn since(mut self, minor: u8) -> Self {
        self.two = Some(minor);
        self
    }
}

const fn field(key: &'static str, value: FieldValue) -> Field {
    Field { key, value, two: Some(0), in_three: true, required_in: &[], instead: "" }
}

const fn text_field(key: &'static str) -> Field {
    field(key, FieldValue::Text)
}

/// The types of security schemes.
const SECURITY_TYPES: &[&str] = &[
    "userPassword",
    "apiKey",
    "X509",
    "symmetricEncryption",
    "asymmetricEncryption",
    "httpApiKey",
    "http",
    "oauth2",
    "openIdConnect",
    "plain",
    "scramSha256",
    "scramSha512",
    "gssapi",
];

/// The fields that a security scheme of a type requires.
pub(super) fn required_by_security_type(security_type: &str) -> &'static [&'static str] {
    match security_type {
        "apiKey" => &["in"],
        "httpApiKey" => &["name", "in"],
        "http" => &["scheme"],
        "oauth2" => &["flows"],
        "openIdConnect" => &["openIdConnectUrl"],
        _ => &[],
    }
}

const REMOVE: &str = "remove it";

/// The name of the object in messages, and its fields.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn fixed_fields(kind: ObjectKind) -> (&'static str, &'static [Field]) {
    use BindingPlace as Place;
    use FieldValue::{
        Any, Bindings, BindingsMap, Bool, List, Map, MediaType, Object, Objects, OneOf, Schema, Security, ServerNames,
        Text, Texts,
    };
    use ObjectKind as Kind;
    const TWO: &[Version] = &[Version::Two];
    const THREE: &[Version] = &[Version::Three];
    const TITLE: Field = text_field("title").three("write it in `description`");
    const SUMMARY: Field = text_field("summary").three("write it in `description`");
    const TAGS: Field = field("tags", List(Kind::Tag));
    const DOCS: Field = field("externalDocs", Object(Kind::ExternalDocs));
    const DESCRIPTION: Field = text_field("description");
    match kind {
        Kind::Root => (
            "the document",
            const {
                &[
                    field("asyncapi", Any),
                    text_field("id"),
                    field("info", Object(Kind::Info)).required(),
                    field("servers", Objects(Kind::Server)),
                    field("defaultContentType", MediaType),
                    field("channels", Objects(Kind::Channel)).required_in(TWO),
                    field("operations", Objects(Kind::Operation))
                        .three("describe the operation in its channel, with `publish` or `subscribe`"),
                    field("components", Object(Kind::Components)),
                    field("tags", List(Kind::Tag)).two("move it to `info`"),
                    field("externalDocs", Object(Kind::ExternalDocs)).two("move it to `info`"),
                ]
            },
        ),
        Kind::Info => (
            "an Info Object",
            const {
                &[
                    text_field("title").required(),
                    field("version", Text).required(),
                    DESCRIPTION,
                    text_field("termsOfService"),
                    field("contact", Object(Kind::Contact)),
                    field("license", Object(Kind::License)),
                    field("tags", List(Kind::Tag)).three("move it to the root of the document"),
                    field("externalDocs", Object(Kind::ExternalDocs)).three("move it to the root of the document"),
                ]
            },
        ),
        Kind::Contact => ("a Contact Object", const { &[text_field("name"), text_field("url"), text_field("email")] }),
        Kind::License => ("a License Object", const { &[text_field("name").required(), text_field("url")] }),
        Kind::Server => (
            "a Server Object",
            const {
                &[
                    text_field("url").required_in(TWO).two("write `host` and `pathname`"),
                    text_field("host").required_in(THREE).three("write `url`"),
                    text_field("pathname").three("append it to `url`"),
                    text_field("protocol").required(),
                    field("protocolVersion", Text),
                    TITLE,
                    SUMMARY,
                    DESCRIPTION,
                    field("variables", Objects(Kind::ServerVariable)),
                    field("security", Security),
                    field("tags", List(Kind::Tag)).since(5),
                    field("externalDocs", Object(Kind::ExternalDocs)).three(REMOVE),
                    field("bindings", Bindings(Place::Server)),
                ]
            },
        ),
        Kind::ServerVariable => (
            "a Server Variable Object",
            const { &[field("enum", Texts), field("default", Any), DESCRIPTION, field("examples", Texts)] },
        ),
        Kind::Channel => (
            "a Channel Object",
            const {
                &[
                    text_field("$ref"),
                    field("address", Any).three("the key of the channel is its address"),
                    field("messages", Objects(Kind::Message)).three("write `message` in `publish` or `subscribe`"),
                    TITLE,
                    SUMMARY,
                    DESCRIPTION,
                    field("servers", ServerNames).since(2),
                    field("subscribe", Object(Kind::Operation))
                        .two("describe it in `operations` of the document, with `action: send`"),
                    field("publish", Object(Kind::Operation))
                        .two("describe it in `operations` of the document, with `action: receive`"),
                    field("parameters", Objects(Kind::Parameter)),
                    field("tags", List(Kind::Tag)).three("move it to the operations"),
                    field("externalDocs", Object(Kind::ExternalDocs)).three("move it to the operations"),
                    field("bindings", Bindings(Place::Channel)),
                    field("deprecated", Bool),
                ]
            },
        ),
        Kind::Operation => (
            "an Operation Object",
            const {
                &[
                    text_field("operationId").two("the key in `operations` is the id"),
                    field("action", OneOf(&["send", "receive"]))
                        .required_in(THREE)
                        .three("the key `publish` or `subscribe` says it"),
                    field("channel", Any).required_in(THREE).three("the operation is a part of its channel"),
                    TITLE,
                    text_field("summary"),
                    DESCRIPTION,
                    field("security", Security).since(4),
                    TAGS,
                    DOCS,
                    field("bindings", Bindings(Place::Operation)),
                    field("traits", List(Kind::OperationTrait)),
                    field("message", Object(Kind::Message))
                        .two("list references to messages of the channel in `messages`"),
                    field("messages", Any).three("write `message`, with `oneOf` for several messages"),
                    field("reply", Object(Kind::Reply)).three("describe the reply as an operation"),
                    field("deprecated", Bool),
                ]
            },
        ),
        Kind::OperationTrait => (
            "an Operation Trait Object",
            const {
                &[
                    text_field("operationId").two("the key in `operations` is the id"),
                    TITLE,
                    text_field("summary"),
                    DESCRIPTION,
                    field("security", Security).since(4),
                    TAGS,
                    DOCS,
                    field("bindings", Bindings(Place::Operation)),
                    field("deprecated", Bool),
                ]
            },
        ),
        Kind::Reply => (
            "an Operation Reply Object",
            const { &[field("address", Object(Kind::ReplyAddress)), field("channel", Any), field("messages", Any)] },
        ),
        Kind::ReplyAddress => {
            ("an Operation Reply Address Object", const { &[DESCRIPTION, field("location", Text).required()] })
        }
        Kind::Parameter => (
            "a Parameter Object",
            const {
                &[
                    DESCRIPTION,
                    field("schema", Schema).two("write `enum`, `default` and `examples` in the parameter itself"),
                    field("enum", Texts).three("write it in `schema`"),
                    field("default", Any).three("write it in `schema`"),
                    field("examples", Texts).three("write it in `schema`"),
                    text_field("location"),
                    field("deprecated", Bool),
                ]
            },
        ),
        Kind::Message => (
            "a Message Object",
            const {
                &[
                    text_field("messageId").since_two(4, "the key in `messages` is the id"),
                    field("headers", Schema),
                    field("payload", Any),
                    field("correlationId", Object(Kind::CorrelationId)),
                    text_field("schemaFormat").two("write `payload: {schemaFormat: …, schema: …}`"),
                    field("contentType", MediaType),
                    text_field("name"),
                    text_field("title"),
                    text_field("summary"),
                    DESCRIPTION,
                    TAGS,
                    DOCS,
                    field("bindings", Bindings(Place::Message)),
                    field("examples", List(Kind::MessageExample)),
                    field("traits", List(Kind::MessageTrait)),
                    field("deprecated", Bool),
                ]
            },
        ),
        Kind::MessageTrait => (
            "a Message Trait Object",
            const {
                &[
                    text_field("messageId").since_two(4, "the key in `messages` is the id"),
                    field("headers", Schema),
                    field("correlationId", Object(Kind::CorrelationId)),
                    text_field("schemaFormat").two("write it in the `payload` of the message"),
                    field("contentType", MediaType),
                    text_field("name"),
                    text_field("title"),
                    text_field("summary"),
                    DESCRIPTION,
                    TAGS,
                    DOCS,
                    field("bindings", Bindings(Place::Message)),
                    field("examples", List(Kind::MessageExample)),
                    field("deprecated", Bool),
                ]
            },
        ),
        Kind::MessageExample => (
            "a Message Example Object",
            const { &[field("headers", Map), field("payload", Any), text_field("name"), text_field("summary")] },
        ),
        Kind::Tag => ("a Tag Object", const { &[text_field("name").required(), DESCRIPTION, DOCS] }),
        Kind::ExternalDocs => {
            ("an External Documentation Object", const { &[text_field("url").required(), DESCRIPTION] })
        }
        Kind::CorrelationId => {
            ("a Correlation ID Object", const { &[DESCRIPTION, field("location", Text).required()] })
        }
        Kind::Components => (
            "a Components Object",
            const {
                &[
                    field("schemas", Map),
                    field("servers", Objects(Kind::Server)).since(3),
                    field("serverVariables", Objects(Kind::ServerVariable)).since(4),
                    field("channels", Objects(Kind::Channel)).since(3),
                    field("operations", Objects(Kind::Operation)).three("describe them in `channels`"),
                    field("messages", Objects(Kind::Message)),
                    field("securitySchemes", Objects(Kind::SecurityScheme)),
                    field("parameters", Objects(Kind::Parameter)),
                    field("correlationIds", Objects(Kind::CorrelationId)),
                    field("replies", Objects(Kind::Reply)).three(REMOVE),
                    field("replyAddresses", Objects(Kind::ReplyAddress)).three(REMOVE),
                    field("externalDocs", Objects(Kind::ExternalDocs)).three(REMOVE),
                    field("tags", Objects(Kind::Tag)).three(REMOVE),
                    field("operationTraits", Objects(Kind::OperationTrait)),
                    field("messageTraits", Objects(Kind::MessageTrait)),
                    field("serverBindings", BindingsMap(Place::Server)),
                    field("channelBindings", BindingsMap(Place::Channel)),
                    field("operationBindings", BindingsMap(Place::Operation)),
                    field("messageBindings", BindingsMap(Place::Message)),
                ]
            },
        ),
        Kind::SecurityScheme => (
            "a Security Scheme Object",
            const {
                &[
                    field("type", OneOf(SECURITY_TYPES)).required(),
                    DESCRIPTION,
                    text_field("name"),
                    field("in", OneOf(&["user", "password", "query", "header", "cookie"])),
                    text_field("scheme"),
                    text_field("bearerFormat"),
                    field("flows", Object(Kind::OauthFlows)),
                    text_field("openIdConnectUrl"),
                    field("scopes", Texts).three("list them where the scheme is used"),
                ]
            },
        ),
        Kind::OauthFlows => (
            "an OAuth Flows Object",
            const {
                &[
                    field("implicit", Object(Kind::OauthFlow)),
                    field("password", Object(Kind::OauthFlow)),
                    field("clientCredentials", Object(Kind::OauthFlow)),
                    field("authorizationCode", Object(Kind::OauthFlow)),
                ]
            },
        ),
        Kind::OauthFlow => (
            "an OAuth Flow Object",
            const {
                &[
                    text_field("authorizationUrl"),
                    text_field("tokenUrl"),
                    text_field("refreshUrl"),
                    field("scopes", Map).required_in(TWO).two("write `availableScopes`"),
                    field("availableScopes", Map).required_in(THREE).three("write `scopes`"),
                ]
            },
        ),
    }
}

impl Field {
    /// Only in AsyncAPI 2, from a minor version.
    const fn since_two(self, minor: u8, instead: &'static str) -> Self {
        self.two(instead).since(minor)
    }
}

/// The keys of a binding. `None` if the protocol is not known, or has no fixed keys at this place.
///
/// Source: github.com/asyncapi/bindings, all versions of each binding together.
pub(super) fn binding_keys(protocol: &str, place: BindingPlace) -> Option<&'static [&'static str]> {
    use BindingPlace::{Channel, Message, Operation, Server};
    Some(match (protocol, place) {
        ("kafka" | "kafka-secure", Server) => &["schemaRegistryUrl", "schemaRegistryVendor"],
        ("kafka" | "kafka-secure", Channel) => &["topic", "partitions", "replicas", "topicConfiguration"],
        ("kafka" | "kafka-secure", Operation) => &["groupId", "clientId"],
        ("kafka" | "kafka-secure", Message) => {
            &["key", "schemaIdLocation", "schemaIdPayloadEncoding", "schemaLookupStrategy"]
        }
        ("amqp" | "amqps", Channel) => &["is", "exchange", "queue"],
        ("amqp" | "amqps", Operation) => &[
            "expiration",
            "userId",
            "cc",
            "priority",
            "deliveryMode",
            "mandatory",
            "bcc",
            "replyTo",
            "timestamp",
            "ack",
        ],
        ("amqp" | "amqps", Message) => &["contentEncoding", "messageType"],
        ("mqtt" | "mqtts" | "secure-mqtt" | "mqtt5", Server) => {
            &["clientId", "cleanSession", "lastWill", "keepAlive", "sessionExpiryInterval", "maximumPacketSize"]
        }
        ("mqtt" | "mqtts" | "secure-mqtt", Operation) => &["qos", "retain", "messageExpiryInterval"],
        ("mqtt" | "mqtts" | "secure-mqtt", Message) => {
            &["payloadFormatIndicator", "correlationData", "contentType", "responseTopic"]
        }
        ("ws" | "wss", Channel) => &["method", "query", "headers"],
        ("http" | "https", Operation) => &["type", "method", "query"],
        ("http" | "https", Message) => &["headers", "statusCode"],
        ("nats", Operation) => &["queue"],
        _ => return None,
    })
}

/// The protocols with a binding.
pub(super) const BINDING_PROTOCOLS: &[&str] = &[
    "amqp",
    "amqp1",
    "amqps",
    "anypointmq",
    "googlepubsub",
    "http",
    "https",
    "ibmmq",
    "jms",
    "kafka",
    "kafka-secure",
    "mercure",
    "mqtt",
    "mqtt5",
    "mqtts",
    "nats",
    "pulsar",
    "redis",
    "rabbitmq",
    "sns",
    "solace",
    "sqs",
    "stomp",
    "ros2",
    "ws",
    "wss",
];
