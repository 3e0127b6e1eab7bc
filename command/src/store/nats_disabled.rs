//! Replaces `nats` in a build without the feature `nats`.

use clap::Args;

use super::Store;
use crate::error::Failure;

/// No options.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {}

impl Options {
    #[expect(clippy::unused_self, reason = "the same signature as with NATS")]
    pub(crate) fn secret_variables(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
    }

    #[expect(clippy::unused_async, reason = "the same signature as with NATS")]
    pub(super) async fn open(&self, servers: &str) -> Result<Store, Failure> {
        Err(Failure::usage(
            format!("{servers}: this kustomer-webhooks was built without NATS"),
            "build it with the default feature nats, or give a file",
        ))
    }

    pub(super) async fn open_existing(&self, servers: &str) -> Result<Store, Failure> {
        self.open(servers).await
    }
}
