//! A channel that a dispatcher receives from, for transports that subscribe.

/// A channel that a dispatcher receives from: its address and its bindings, as the document declares them.
///
/// Generated code lists them in [`Dispatch::subscriptions`](crate::Dispatch::subscriptions). A transport turns each into
/// a subscription of its protocol.
///
/// ```
/// use asyncapi_runtime::Subscription;
///
/// const REPORTS: Subscription = Subscription::new("lamps.{lamp}.reports").with_bindings(&[("nats queue", "accounting")]);
///
/// assert_eq!(REPORTS.address(), "lamps.{lamp}.reports");
/// assert_eq!(REPORTS.binding("nats queue"), Some("accounting"));
/// assert_eq!(REPORTS.binding("mqtt qos"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subscription {
    address: &'static str,
    bindings: &'static [(&'static str, &'static str)],
}

impl Subscription {
    /// A channel with this address, without bindings. Parameters are written in braces, as in the document.
    #[must_use]
    pub const fn new(address: &'static str) -> Self {
        Self { address, bindings: &[] }
    }

    /// Sets the bindings of the channel and of its operations: the protocol and the keys below it, with a space
    /// between them, and the value: a text as it is, other values as JSON.
    #[must_use]
    pub const fn with_bindings(mut self, bindings: &'static [(&'static str, &'static str)]) -> Self {
        self.bindings = bindings;
        self
    }

    /// The address of the channel, with its parameters in braces.
    #[must_use]
    pub const fn address(&self) -> &'static str {
        self.address
    }

    /// The bindings of the channel and of its operations, in the order of the document.
    #[must_use]
    pub const fn bindings(&self) -> &'static [(&'static str, &'static str)] {
        self.bindings
    }

    /// The value of a binding: `mqtt qos`, `kafka topic`.
    #[must_use]
    pub fn binding(&self, name: &str) -> Option<&'static str> {
        self.bindings.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}
