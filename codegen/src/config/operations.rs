//! Who you are, and what reaches your handler.

use super::Config;
use crate::location::Pointer;

/// Which side of the API the generated code is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Perspective {
    /// You use the API that the document describes: you handle what it sends, and send what it receives.
    #[default]
    Client,
    /// You are the application that the document describes: you handle what it receives, and send what it sends.
    Application,
}

/// Whether an implementation has to have every handler method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Methods {
    #[default]
    Required,
    /// Each has a default, which calls `on_unhandled`.
    Provided,
}

/// Where the name of an event stands in what arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discriminator {
    /// A string in the payload, at this JSON pointer (RFC 6901), such as `/type`.
    Payload(Pointer),
    /// A header, such as `X-Event`.
    Header(String),
}

/// # Operations: who you are, and what reaches you
impl Config {
    /// Chooses the side of the API that the code is for; [`Perspective::Client`] by default.
    ///
    /// ```
    /// use asyncapi_codegen::{Config, Perspective};
    ///
    /// let config = Config::new().perspective(Perspective::Application);
    /// ```
    #[must_use]
    pub fn perspective(mut self, perspective: Perspective) -> Self {
        self.perspective = perspective;
        self
    }

    /// Narrows the handler trait to these operations, by `operationId`; events of the others reach `on_unknown`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().operations(["onOrderPlaced", "onOrderCancelled"]);
    /// ```
    #[must_use]
    pub fn operations<I: IntoIterator<Item: Into<String>>>(mut self, ids: I) -> Self {
        self.operations.get_or_insert_default().extend(ids.into_iter().map(Into::into));
        self
    }

    /// Gives every handler method a default that calls `on_unhandled`, so that an implementation may leave some out;
    /// without it, an operation that the document gains is an error of the compiler until it is handled.
    #[must_use]
    pub fn provided_methods(mut self) -> Self {
        self.methods = Methods::Provided;
        self
    }

    /// Says where the name of an event stands, for a document that does not tell by itself.
    ///
    /// ```
    /// use asyncapi_codegen::{Config, Discriminator};
    ///
    /// let config = Config::new().discriminator(Discriminator::Header("X-Event".to_owned()));
    /// ```
    #[must_use]
    pub fn discriminator(mut self, discriminator: Discriminator) -> Self {
        self.discriminator = Some(discriminator);
        self
    }
}
