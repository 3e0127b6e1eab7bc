//! An event's lease, while somebody works on it.

use std::future;

use crate::Clock;
use crate::inbox::{Inbox, InboxError, LeaseToken};
use crate::log_escape::Escaped;

/// How often it is renewed before it would end: one renewal that fails, or comes late, loses nothing.
const TIMES: u32 = 3;

/// Keeps a lease for as long as this is polled. Done once it is over all the same.
pub(super) async fn renew_until_done(inbox: &dyn Inbox, clock: &dyn Clock, ticket: LeaseToken) {
    let Some(span) = inbox.lease_span() else {
        return future::pending().await;
    };
    loop {
        clock.sleep(span / TIMES).await;
        match inbox.renew(ticket).await {
            Ok(()) => {}
            Err(error @ (InboxError::Superseded | InboxError::Closed)) => {
                tracing::error!(reason = %Escaped(&error), "the lease is over before the attempt is");
                return;
            }
            Err(error) => tracing::warn!(reason = %Escaped(&error), "the lease could not be renewed yet"),
        }
    }
}
