//! Reserved names: the keywords of Rust, and the names that the generated code uses itself.
//!
//! All of them are reserved in every file. Otherwise a name would change when an unrelated item begins to use another.

/// Keywords of all editions (The Rust Reference, "Keywords") that have a raw form.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that have no raw form.
const NO_RAW_FORM: &[&str] = &["Self", "_", "crate", "self", "super"];

/// Types, traits and variants that the generated code names without a path.
pub(super) const TYPES: &[&str] = &[
    "Base64",
    "BTreeMap",
    "BTreeSet",
    "Box",
    "BoxFuture",
    "Clone",
    "Context",
    "Copy",
    "Date",
    "DateTime",
    "Debug",
    "DecodeError",
    "Default",
    "Deref",
    "Deserialize",
    "Deserializer",
    "Dispatch",
    "DispatchError",
    "Dispatcher",
    "Display",
    "Eq",
    "Err",
    "EventName",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromStr",
    "Future",
    "Handler",
    "HandlerError",
    "Hash",
    "HashSet",
    "Headers",
    "Inbound",
    "IndexSet",
    "Infallible",
    "Into",
    "Ipv4Addr",
    "Ipv6Addr",
    "IsoDuration",
    "Iterator",
    "Map",
    "None",
    "Ok",
    "Option",
    "Ord",
    "Outbound",
    "ParseIntError",
    "PartialEq",
    "PartialOrd",
    "Password",
    "PublishError",
    "Publisher",
    "RequestError",
    "RequestReply",
    "Requester",
    "Result",
    "Route",
    "Schemas",
    "Send",
    "Serialize",
    "Serializer",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Transport",
    "TryFrom",
    "UnknownEvent",
    "Url",
    "Uuid",
    "Value",
    "Vec",
    "Verbatim",
    "Violations",
];

/// The variant of an open enum for unlisted values.
pub(super) const VARIANTS: &[&str] = &["Unknown"];

/// Names that the module `channels` uses.
pub(super) const CHANNELS: &[&str] = &[
    "AddressPiece",
    "DecodeError",
    "Default",
    "Err",
    "FromStr",
    "Inbound",
    "None",
    "Ok",
    "Option",
    "OtherChannel",
    "Result",
    "Self",
    "Some",
    "String",
];

/// Names that the enums in the module `servers` use.
pub(super) const SERVERS: &[&str] = &["Default", "Result", "String"];

/// The modules in `bindings`. A module in them must have another name (clippy: `module_inception`).
pub(super) const BINDINGS: &[&str] = &["channels", "messages", "operations", "servers"];

/// Methods that every handler or publisher has.
pub(super) const METHODS: &[&str] = &["new", "on_unhandled", "on_unknown"];

/// Whether the identifier must be written raw, as `r#type`.
pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Whether the name cannot be an identifier, not even a raw one.
pub(super) fn is_forbidden(name: &str) -> bool {
    NO_RAW_FORM.contains(&name)
}
