//! A reply with the channel that it is sent to.

/// A reply and its channel, for a channel with parameters whose values are neither in the document nor in the request:
/// the handler has to set them.
///
/// ```
/// use asyncapi_runtime::request::ReplyTo;
///
/// struct Answers {
///     user: String,
/// }
///
/// let reply = ReplyTo::new(Answers { user: "ada".to_owned() }, 42);
/// assert_eq!((reply.channel.user.as_str(), reply.reply), ("ada", 42));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplyTo<C, R> {
    /// The channel with its parameters.
    pub channel: C,
    /// The reply.
    pub reply: R,
}

impl<C, R> ReplyTo<C, R> {
    /// A reply through this channel.
    pub fn new(channel: C, reply: R) -> Self {
        Self { channel, reply }
    }
}
