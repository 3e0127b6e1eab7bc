//! A type where it is used.

use std::ops::RangeInclusive;

use super::TypeId;

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
    /// A payload that is a text, and no JSON.
    Text,
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
