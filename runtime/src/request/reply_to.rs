/// A reply, and the channel that it goes to, from a handler who alone knows the parameters of its address.
///
/// The document says by which channel replies go, and neither it nor the request says the values of the parameters.
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
    /// The channel, with its parameters.
    pub channel: C,
    /// What is replied.
    pub reply: R,
}

impl<C, R> ReplyTo<C, R> {
    /// This reply, by this channel.
    pub fn new(channel: C, reply: R) -> Self {
        Self { channel, reply }
    }
}
