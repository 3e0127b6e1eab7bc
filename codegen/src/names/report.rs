//! The report about all names in the generated code: what each name belongs to.

use crate::location::{Location, Pointer};

/// A name in the generated code, and the place of the document that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub(super) kind: NameKind,
    pub(super) name: String,
    pub(super) at: Location,
    pub(super) owner: Option<Location>,
    /// The file of `at`, if it is not the document itself.
    pub(super) file: Option<String>,
}

/// The kind of item that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NameKind {
    /// A struct, an enum or an alias.
    Type,
    /// A field of a struct.
    Field,
    /// A variant of an enum: a listed value, or an alternative of a union.
    Variant,
    /// A variant of `EventName`.
    Event,
    /// A function that reads a correlation id.
    Correlation,
    /// A function that validates an alias.
    Validator,
    /// The constant of an example.
    Example,
    /// A method of the handler or of the publisher.
    Operation,
    /// The constant or the type of a channel's address.
    Channel,
    /// A parameter of a channel's address.
    Parameter,
    /// The function that builds the URL of a server.
    Server,
    /// An argument of a server's function.
    Variable,
    /// The enum of a server variable.
    VariableType,
    /// The module of the constants of bindings.
    Bindings,
    /// A constant of a binding.
    Binding,
}

impl Named {
    /// The kind of item that has the name.
    #[must_use]
    pub fn kind(&self) -> NameKind {
        self.kind
    }

    /// The identifier, without the `r#` of a keyword.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place that the name belongs to, in its file. [`Config::rename`](crate::Config::rename) takes this pointer.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.at.pointer
    }

    /// The file of the place, if it is not the document itself.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The place of the type, channel or server that has this member. If several types share a member, it is described
    /// at one place and has a name in each type.
    #[must_use]
    pub fn owner(&self) -> Option<&Pointer> {
        self.owner.as_ref().map(|owner| &owner.pointer)
    }
}
