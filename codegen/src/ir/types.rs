//! The types of the generated code: the list of all items, how a type is written where it is used, and what an item is
//! named after.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Index, RangeInclusive};

use super::{Docs, ItemKind};
use crate::location::Location;

/// All types that become an item: a struct, an enum, or an alias.
#[derive(Debug, Default)]
pub(crate) struct Types(pub(crate) Vec<TypeDef>);

/// Index into [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) usize);

impl Index<TypeId> for Types {
    type Output = TypeDef;

    fn index(&self, id: TypeId) -> &TypeDef {
        &self.0[id.0]
    }
}

impl Types {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TypeId, &TypeDef)> {
        self.0.iter().enumerate().map(|(index, def)| (TypeId(index), def))
    }

    /// The types in the order of the document, each followed by the types nested in it.
    pub(crate) fn in_document_order(&self) -> Vec<(TypeId, &TypeDef)> {
        let mut first: BTreeMap<&Root, usize> = BTreeMap::new();
        for (id, def) in self.iter() {
            first.entry(&def.name_path.root).or_insert(id.0);
        }
        let mut types: Vec<_> = self.iter().collect();
        types.sort_by_key(|(_, def)| first.get(&def.name_path.root));
        types
    }

    /// Whether `null` is a value of the type.
    pub(crate) fn accepts_null(&self, ty: &Type) -> bool {
        let (mut pending, mut seen) = (vec![ty], BTreeSet::new());
        while let Some(ty) = pending.pop() {
            match ty {
                Type::Any | Type::Nullable(_) => return true,
                Type::Named(id) if seen.insert(*id) => match &self[*id].shape {
                    ItemKind::Alias(target) => pending.push(target),
                    ItemKind::Union(union) => pending.extend(union.variants.iter().map(|variant| &variant.ty)),
                    _ => {}
                },
                _ => {}
            }
        }
        false
    }
}

/// A type that becomes an item.
#[derive(Debug)]
pub(crate) struct TypeDef {
    pub(crate) at: Location,
    pub(crate) name_path: NamePath,
    pub(crate) docs: Docs,
    pub(crate) shape: ItemKind,
}

/// What a type is named after: a named place of the document, and the steps from there to the type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamePath {
    pub(crate) root: Root,
    /// The place of the root. Two roots can have the same name.
    pub(crate) root_at: Location,
    /// Other names for the root, for use if its own name is not unique. The best comes first.
    pub(crate) fallback_names: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// A named place of the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Root {
    /// A schema under `components`, by its key.
    Schema(String),
    /// A type that its schema language names, with its namespace.
    Named(String),
    /// The payload of this message.
    Payload(String),
    /// The headers of this message.
    Headers(String),
    /// The messages of this operation.
    Operation(String),
    /// A parameter: the channel that describes it, and its name. No channel if it is a component.
    Parameter(Option<String>, String),
    /// A schema in a binding: the object that has the binding, or the component that several objects share.
    Binding(String, BindingSchema),
}

impl Root {
    /// The name without its namespace, of a type that its schema language names. Empty for all other roots.
    pub(crate) fn name_without_namespace(&self) -> &str {
        let Self::Named(full) = self else { return "" };
        full.rsplit('.').next().unwrap_or(full)
    }
}

/// What a schema in a binding describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BindingSchema {
    /// What the name of its type ends in, such as `http headers`.
    pub(crate) name_suffix: &'static str,
    /// What the docs call it, such as `HTTP headers`.
    pub(crate) title: &'static str,
}

/// One step from a type to a type nested in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Property(String),
    Item,
    Key,
    Value,
    /// An alternative of a union.
    Variant(Label),
}

/// The text that an alternative of a union is named after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) short: String,
    /// A longer text, for use if another alternative has the same short one.
    pub(crate) long: String,
}

impl Label {
    /// A label whose long text is its short one.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        let short = text.into();
        Self { long: short.clone(), short }
    }
}

/// A type as a field or a signature contains it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Type {
    /// Any JSON value.
    Any,
    Boolean,
    Integer(Width),
    /// `f64`
    Double,
    /// `f32`
    Single,
    String,
    /// A payload in a schema language that the generator does not read.
    Bytes,
    /// A payload that is text, but not JSON.
    Text,
    /// A payload that is not JSON, as a type that the options name. The type encodes and decodes itself.
    Encoded(String),
    /// A type that the generated code names, but does not define.
    External(External),
    List(Box<Type>),
    /// A list of a fixed length, where each item has a type of its own.
    Tuple(Vec<Type>),
    Map(Box<Type>),
    /// A map whose keys are the values of an enum.
    Keyed(TypeId, Box<Type>),
    /// A list with `uniqueItems`, as a set.
    Set(Box<Type>),
    /// A list of a fixed length, where all items have one type.
    Array(Box<Type>, usize),
    /// The type or `null`, unless the presence of a property says so.
    Nullable(Box<Type>),
    /// The enum of the event names.
    EventName,
    Named(TypeId),
    /// A named type in a `Box`, because the type contains itself.
    Boxed(TypeId),
}

impl Type {
    /// The item that the type names.
    pub(crate) fn named(&self) -> Option<TypeId> {
        match self {
            Self::Named(id) | Self::Boxed(id) => Some(*id),
            _ => None,
        }
    }

    pub(crate) fn is_narrow_integer(&self) -> bool {
        matches!(self, Self::Integer(width) if *width != Width::I128)
    }

    pub(crate) fn is_wide_integer(&self) -> bool {
        *self == Self::Integer(Width::I128)
    }

    /// The types inside lists, maps, tuples and `null`able types, at any depth; else the type itself.
    pub(crate) fn leaves(&self) -> Vec<&Self> {
        let (mut leaves, mut pending) = (Vec::new(), vec![self]);
        while let Some(ty) = pending.pop() {
            match ty {
                Self::List(inner)
                | Self::Set(inner)
                | Self::Array(inner, _)
                | Self::Map(inner)
                | Self::Keyed(_, inner)
                | Self::Nullable(inner) => pending.push(inner),
                Self::Tuple(items) => pending.extend(items),
                leaf => leaves.push(leaf),
            }
        }
        leaves
    }
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
    /// The smallest and the largest integer of this width.
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

/// A type of the standard library, of the runtime, or of another crate.
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
    /// An ISO 8601 duration.
    Span,
    /// A path that the options give.
    Path(String),
}
