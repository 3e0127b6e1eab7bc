//! What is there of NATS where this is built without it.

use clap::Args;

use super::Store;
use crate::error::Failure;

/// None.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {}

impl Options {
    #[expect(clippy::unused_async, reason = "as with NATS")]
    pub(super) async fn open(&self, servers: &str) -> Result<Store, Failure> {
        Err(Failure::call(
            format!("{servers}: this kustomer-webhooks is built without NATS"),
            "build it with its feature nats, which is a default; or name a file",
        ))
    }

    pub(super) async fn open_existing(&self, servers: &str) -> Result<Store, Failure> {
        self.open(servers).await
    }
}
