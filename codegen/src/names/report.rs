//! What a name belongs to, for those who ask.

use crate::location::{Location, Pointer};

/// A name in generated code, and the place of the document that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub(super) kind: NameKind,
    pub(super) name: String,
    pub(super) at: Location,
    pub(super) owner: Option<Location>,
    /// The file of `at`, where it is not the document itself.
    pub(super) file: Option<String>,
}

/// What bears a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NameKind {
    /// A struct, an enum or an alias.
    Type,
    /// A field of a struct.
    Field,
    /// A variant of an enum, of the document's values or of the alternatives of a union.
    Variant,
    /// A variant of `EventName`.
    Event,
    /// A function that finds a correlation id.
    Correlation,
    /// A function that validates what is an alias, and so has no methods.
    Validator,
    /// The constant of an example.
    Example,
    /// A method of the handler or of the publisher.
    Operation,
    /// The constant or the type of a channel's address.
    Channel,
    /// A field of a channel's type.
    Parameter,
    /// The function of a server.
    Server,
    /// An argument of a server's function.
    Variable,
    /// The enum of a server's variable.
    VariableType,
    /// The module of the constants of bindings.
    Bindings,
    /// A constant of a binding.
    Binding,
}

impl Named {
    /// What bears the name.
    #[must_use]
    pub fn kind(&self) -> NameKind {
        self.kind
    }

    /// The identifier, without the `r#` of a keyword.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where in its file stands what the name belongs to: what [`Config::rename`](crate::Config::rename) is given.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.at.pointer
    }

    /// The file, where it is not the document itself.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Where the type, the channel or the server stands that has this member; a member that several types share is
    /// described at one place, and has a name in each.
    #[must_use]
    pub fn owner(&self) -> Option<&Pointer> {
        self.owner.as_ref().map(|owner| &owner.pointer)
    }
}
