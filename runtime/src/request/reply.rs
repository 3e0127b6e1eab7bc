//! A reply with headers.

/// A reply with headers: a handler returns it, and a requester receives it.
///
/// It is used only if the document declares headers for the reply. A correlation id in the headers is replaced by that
/// of the request when the reply is sent.
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
    /// The payload.
    pub payload: P,
    /// The headers, a type from the document.
    pub headers: H,
}

impl<P, H> Reply<P, H> {
    /// A reply with this payload and these headers.
    pub fn new(payload: P, headers: H) -> Self {
        Self { payload, headers }
    }
}
