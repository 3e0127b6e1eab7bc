//! Stage four's result: the API as Rust will see it, without a name or a token yet.

mod default;
mod enums;
mod open_tuple;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Index, RangeInclusive};

pub(crate) use self::default::{DefaultValue, FieldDefault};
pub(crate) use self::enums::{Enum, EnumValue, Members};
pub(crate) use self::open_tuple::OpenTuple;

use crate::document::{Access, BindingRole, Location, Place, Pointer};

/// Everything that the output is made of, each list in the order of the document.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) title: Option<String>,
    pub(crate) events: Vec<Event>,
    pub(crate) routing: Routing,
    pub(crate) operations: Vec<Operation>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) servers: Vec<Server>,
    pub(crate) bindings: Vec<Bound>,
    pub(crate) types: Types,
    /// What values are validated against; none where the types alone decide.
    pub(crate) definitions: Definitions,
    pub(crate) coverage: Coverage,
    /// What tells apart the places that only their positions in a list would.
    pub(crate) identities: BTreeMap<Place, String>,
}

impl Api {
    /// The operations whose messages arrive here.
    pub(crate) fn incoming(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.direction == Direction::Incoming)
    }

    /// The operations whose messages leave from here.
    pub(crate) fn outgoing(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.direction == Direction::Outgoing)
    }
}

/// How many schemas say something about their values, and how many of those have a type that says more than
/// `serde_json::Value`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Schemas with a type of their own.
    pub typed: u64,
    /// Schemas that say something.
    pub all: u64,
}

impl Coverage {
    pub(crate) fn count(&mut self, is_typed: bool) {
        self.all += 1;
        self.typed += u64::from(is_typed);
    }
}

/// What the document says to people, as documentation will repeat it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Docs {
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) access: Access,
}

/// A message's name as it travels; one variant of `EventName`.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Place,
    pub(crate) name: String,
    /// What the variant is called after: the message's key under `components`, else its name.
    pub(crate) label: String,
    /// What else it may be called after, for where that is not enough.
    pub(crate) otherwise: Vec<String>,
    pub(crate) docs: Docs,
    /// Where its correlation id stands.
    pub(crate) correlation: Option<Location>,
    pub(crate) examples: Vec<Example>,
}

/// A payload that the document gives as an example.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) at: Place,
    pub(crate) label: String,
    /// What the author says of it.
    pub(crate) words: Option<String>,
    pub(crate) json: String,
}

/// How a receiver tells which event has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Routing {
    /// A string in the payload, at this pointer, is the event's name.
    Payload(Pointer),
    /// A header holds the event's name.
    Header(String),
    /// Each address carries the messages of one operation.
    Channel,
}

/// Which way the messages of an operation go, seen from the chosen side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Incoming,
    Outgoing,
}

/// One handler or publisher method.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) at: Place,
    /// The `operationId`, or what stands for it.
    pub(crate) id: String,
    pub(crate) direction: Direction,
    /// Index into [`Api::channels`].
    pub(crate) channel: usize,
    /// What may travel: at least one message.
    pub(crate) messages: Vec<Carried>,
    /// The payload of the one message, or the union of several.
    pub(crate) payload: Type,
    /// What the handler answers.
    pub(crate) reply: Option<Reply>,
    pub(crate) docs: Docs,
}

/// What is answered to a message.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) payload: Type,
    /// Where the request says to reply to.
    pub(crate) address: Option<Location>,
    /// The channel to reply to where the request does not say, if its address is fixed: index into [`Api::channels`].
    pub(crate) channel: Option<usize>,
    /// The header that carries the request's correlation id back.
    pub(crate) correlation: Option<String>,
}

impl Operation {
    /// The message, where there is only one.
    pub(crate) fn only_message(&self) -> Option<&Carried> {
        match &self.messages[..] {
            [message] => Some(message),
            _ => None,
        }
    }
}

/// A message in an operation.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) at: Place,
    /// Index into [`Api::events`].
    pub(crate) event: usize,
    pub(crate) payload: Type,
    /// The type of the headers, where the document describes them.
    pub(crate) headers: Option<Type>,
}

/// Where messages travel.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) at: Place,
    pub(crate) key: String,
    pub(crate) address: Address,
    pub(crate) docs: Docs,
}

/// A channel's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Fixed(String),
    Template(Template),
    /// Decided at run time; a transport gives the channel's key in its place.
    Open,
}

/// An address with variable parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) text: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
}

/// A variable part of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) at: Place,
    pub(crate) key: String,
    pub(crate) ty: Type,
    pub(crate) docs: Docs,
    pub(crate) default: Option<String>,
    /// Where messages have its value.
    pub(crate) location: Option<Location>,
}

/// Where the API can be reached.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) at: Place,
    pub(crate) key: String,
    pub(crate) url: Vec<Segment>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) docs: Docs,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Text(String),
    /// Index into [`Server::variables`] or [`Template::parameters`].
    Variable(usize),
}

/// A part of a URL that the caller chooses.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: Place,
    pub(crate) key: String,
    pub(crate) default: Option<String>,
    /// The only values it can have; any text where there are none.
    pub(crate) values: Vec<EnumValue>,
    pub(crate) docs: Docs,
}

/// What the bindings of one object say, as constants.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) at: Place,
    pub(crate) kind: BoundKind,
    pub(crate) key: String,
    pub(crate) constants: Vec<Constant>,
}

/// What has bindings, in the order of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoundKind {
    Server,
    Channel,
    Operation,
    Message,
}

impl BoundKind {
    pub(crate) const ALL: [Self; 4] = [Self::Server, Self::Channel, Self::Operation, Self::Message];
}

/// A value of a binding.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) at: Place,
    /// The protocol, and the keys from there.
    pub(crate) label: String,
    pub(crate) literal: Literal,
}

/// A value as Rust writes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Boolean(bool),
    Integer(i64),
    /// A number, and a finite one.
    Number(f64),
    Text(String),
    /// At least one item, and all of one kind.
    List(Vec<Literal>),
    /// What no constant can hold.
    Json(String),
}

/// Every type that gets an item of its own.
#[derive(Debug, Default)]
pub(crate) struct Types(pub(crate) Vec<TypeDef>);

/// One of [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) usize);

impl Index<TypeId> for Types {
    type Output = TypeDef;

    fn index(&self, id: TypeId) -> &TypeDef {
        &self.0[id.0]
    }
}

impl Types {
    /// The types with their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TypeId, &TypeDef)> {
        self.0.iter().enumerate().map(|(index, def)| (TypeId(index), def))
    }

    /// The types in the order of the document, each followed by those that stand inside it.
    pub(crate) fn in_order(&self) -> Vec<(TypeId, &TypeDef)> {
        let mut first: BTreeMap<&Root, usize> = BTreeMap::new();
        for (id, def) in self.iter() {
            first.entry(&def.origin.root).or_insert(id.0);
        }
        let mut types: Vec<_> = self.iter().collect();
        types.sort_by_key(|(_, def)| first.get(&def.origin.root));
        types
    }
}

/// An item: a struct, an enum or an alias.
#[derive(Debug)]
pub(crate) struct TypeDef {
    pub(crate) at: Place,
    pub(crate) origin: Origin,
    pub(crate) docs: Docs,
    pub(crate) shape: Shape,
}

/// What a type is called after: a named place of the document, and the way from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) root: Root,
    /// Where the root stands: two of them may be called the same.
    pub(crate) root_at: Place,
    /// What else the root may be called, for where its own name is not enough.
    pub(crate) otherwise: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// What an alternative is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) short: String,
    /// The same in more words, for where another alternative has the short one too.
    pub(crate) long: String,
}

impl Label {
    /// A label that needs no more words.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        let short = text.into();
        Self { long: short.clone(), short }
    }
}

/// A place of the document that has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Root {
    /// The key of a component.
    Schema(String),
    /// What the schema's own language calls it, namespace included.
    Named(String),
    /// The message whose payload it is.
    Payload(String),
    /// The message whose headers they are.
    Headers(String),
    /// The operation whose messages it joins.
    Operation(String),
    /// A parameter of a channel.
    Parameter(String, String),
    /// What has the binding, or the component that holds it.
    Binding(String, BindingRole),
}

/// One step from a type to a type inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Property(String),
    Item,
    Key,
    Value,
    /// An alternative of a union.
    Variant(Label),
}

/// What kind of item a type becomes.
#[derive(Debug)]
pub(crate) enum Shape {
    Struct(Struct),
    Enum(Enum),
    Union(Union),
    OpenTuple(OpenTuple),
    Alias(Type),
    /// An alias that holds itself has to be a type of its own.
    Newtype(Type),
}

/// One of several alternatives.
#[derive(Debug)]
pub(crate) struct Union {
    /// In the order in which they are tried, where no tag decides.
    pub(crate) variants: Vec<Variant>,
    /// The property that decides among objects, where there is one.
    pub(crate) tag: Option<String>,
}

impl Union {
    /// What tells which alternative a value is.
    pub(crate) fn told(&self) -> Told<'_> {
        match &self.tag {
            Some(tag) => Told::Tag(tag),
            None if self.variants.iter().all(|variant| !variant.kinds.is_empty()) => Told::Kind,
            None => Told::Nothing,
        }
    }
}

/// What tells alternatives apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told<'a> {
    /// A property, and the kind of JSON of those that are no objects.
    Tag(&'a str),
    /// Each is of another kind of JSON.
    Kind,
    /// They are tried.
    Nothing,
}

/// The kinds of JSON that can be told at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];
}

/// One alternative.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) at: Place,
    pub(crate) label: Label,
    pub(crate) ty: Type,
    /// The values of the tag that mean this alternative.
    pub(crate) tag_values: Vec<String>,
    /// The kinds of JSON that mean this alternative and no other; known once all types are made.
    pub(crate) kinds: Vec<Kind>,
}

/// An object with named properties.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) fields: Vec<Field>,
    pub(crate) extra: Extra,
}

/// What happens to properties that are not named.
#[derive(Debug)]
pub(crate) enum Extra {
    /// They are accepted and dropped.
    Dropped,
    /// They are kept in a map of this type.
    Kept(Type),
}

/// A property.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) at: Place,
    pub(crate) name: String,
    pub(crate) docs: Docs,
    pub(crate) ty: Type,
    pub(crate) presence: Presence,
    pub(crate) default: Option<FieldDefault>,
}

/// Whether a property must be there, and whether it may be `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    RequiredNullable,
    Optional,
    OptionalNullable,
    /// Its absence and `null` say the same; it is written as `null`.
    NullOrAbsent,
    /// Where it is absent or `null`, the field has the default.
    Filled,
}

/// A type as it stands in a field or a signature.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Type {
    Any,
    Boolean,
    Integer(Width),
    Double,
    Single,
    String,
    /// A payload in a language that is not read.
    Bytes,
    /// A payload in such a language, as a type given in `Config` that reads and writes its own bytes.
    Encoded(String),
    /// A type that the output names and does not define.
    External(External),
    List(Box<Type>),
    /// A list of just so many items, each of its own type.
    Tuple(Vec<Type>),
    Map(Box<Type>),
    /// A map whose keys are the values of an enum.
    Keyed(TypeId, Box<Type>),
    /// A list without duplicates, as `Config` wants it.
    Set(Box<Type>),
    /// A list of one length.
    Array(Box<Type>, usize),
    /// The type, or `null`, where no property's presence says so.
    Nullable(Box<Type>),
    /// The type of the events' names.
    EventName,
    Named(TypeId),
    /// On the heap, because the type holds itself.
    Boxed(TypeId),
}

/// The schemas that values are validated against.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    all: Vec<Definition>,
    types: BTreeSet<TypeId>,
}

impl Definitions {
    pub(crate) fn new(all: Vec<Definition>) -> Self {
        let types = all.iter().filter_map(|definition| match definition.of {
            Defined::Type(id) => Some(id),
            Defined::Place(_) => None,
        });
        Self { types: types.collect(), all }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.all.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether there is one of this type.
    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.types.contains(&id)
    }
}

/// A schema that values are validated against.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) of: Defined,
    pub(crate) schema: Json,
}

/// What a definition is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Defined {
    Type(TypeId),
    /// A schema without a type of its own, by where it stands.
    Place(String),
}

/// JSON, with references to definitions, which have no names yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Integer(i128),
    /// A finite number.
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// A schema that is another definition.
    Reference(Defined),
}

/// The width of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    I8,
    I16,
    I32,
    I64,
    I128,
    U8,
    U16,
    U32,
    U64,
}

impl Width {
    /// The least and the greatest number of this width.
    pub(crate) fn range(self) -> RangeInclusive<i128> {
        match self {
            Self::I8 => i8::MIN.into()..=i8::MAX.into(),
            Self::I16 => i16::MIN.into()..=i16::MAX.into(),
            Self::I32 => i32::MIN.into()..=i32::MAX.into(),
            Self::I64 => i64::MIN.into()..=i64::MAX.into(),
            Self::I128 => i128::MIN..=i128::MAX,
            Self::U8 => 0..=u8::MAX.into(),
            Self::U16 => 0..=u16::MAX.into(),
            Self::U32 => 0..=u32::MAX.into(),
            Self::U64 => 0..=u64::MAX.into(),
        }
    }
}

/// A type that is defined elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum External {
    DateTime,
    Date,
    Uuid,
    Url,
    Ipv4,
    Ipv6,
    Base64,
    Password,
    Span,
    /// A path given in `Config`.
    Path(String),
}
