//! Boxed errors and futures.

use std::pin::Pin;

/// Any error of a handler, a store or a sink.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A boxed future that is `Send`. The object-safe traits of this crate return it.
///
/// Create one with `Box::pin(async move { … })`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
