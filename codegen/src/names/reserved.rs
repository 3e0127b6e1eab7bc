//! Names that are taken: by the language, and by what the generated file itself uses.
//!
//! All of them are taken in every file, so that a name does not change when something unrelated begins to be used.

/// Keywords of every edition (The Rust Reference, "Keywords"), those apart that cannot be written raw.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that have no raw form.
const NEVER: &[&str] = &["Self", "_", "crate", "self", "super"];

/// Types, traits and variants that generated code speaks of by their short names.
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

/// The variant of an open enum for what the document does not list.
pub(super) const VARIANTS: &[&str] = &["Unknown"];

/// What the module of the channels uses itself.
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

/// What the enums in the module of the servers use themselves.
pub(super) const SERVERS: &[&str] = &["Default", "Result", "String"];

/// What a module in the module of the bindings is called; one inside it may not be called the same (clippy).
pub(super) const BINDINGS: &[&str] = &["channels", "messages", "operations", "servers"];

/// Methods that a handler or a publisher has anyway.
pub(super) const METHODS: &[&str] = &["new", "on_unhandled", "on_unknown"];

/// Whether the identifier must be written raw, as `r#type`.
pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Whether no identifier can be written so.
pub(super) fn is_forbidden(name: &str) -> bool {
    NEVER.contains(&name)
}
