use std::pin::Pin;

/// Any error, owned: what a handler, a store or a sink failed with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A boxed future that can move between threads, as the object-safe traits here return it.
///
/// `Box::pin(async move { … })` makes one.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
