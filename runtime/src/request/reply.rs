/// A reply with headers of its own: what a handler returns, and what a requester gets.
///
/// A reply whose headers the document does not describe is its payload alone. A correlation id among them is the
/// request's when it is sent, whatever the handler wrote.
///
/// ```
/// use asyncapi_runtime::request::Reply;
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct PriceHeaders {
///     expires: u32,
/// }
///
/// let reply = Reply::new(1290, PriceHeaders { expires: 60 });
/// assert_eq!((reply.payload, reply.headers.expires), (1290, 60));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reply<P, H> {
    /// What is replied.
    pub payload: P,
    /// The headers that go with it, a type of the document.
    pub headers: H,
}

impl<P, H> Reply<P, H> {
    /// This payload, with these headers.
    pub fn new(payload: P, headers: H) -> Self {
        Self { payload, headers }
    }
}
