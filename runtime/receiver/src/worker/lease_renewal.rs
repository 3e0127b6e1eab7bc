//! Renewal of a lease during an attempt.

use std::future;

use crate::Clock;
use crate::inbox::{Inbox, InboxError, LeaseToken};
use crate::log_escape::Escaped;

/// The number of renewals per lease, so that the lease survives one failed or late renewal.
const RENEWALS_PER_LEASE: u32 = 3;

/// Renews a lease while this future is polled. Completes when the lease is lost.
pub(super) async fn renew_until_done(inbox: &dyn Inbox, clock: &dyn Clock, token: LeaseToken) {
    let Some(duration) = inbox.lease_duration() else {
        return future::pending().await;
    };
    loop {
        clock.sleep(duration / RENEWALS_PER_LEASE).await;
        match inbox.renew(token).await {
            Ok(()) => {}
            Err(error @ (InboxError::Superseded | InboxError::Closed)) => {
                tracing::error!(reason = %Escaped(&error), "the lease is over before the attempt is");
                return;
            }
            Err(error) => tracing::warn!(reason = %Escaped(&error), "the lease could not be renewed yet"),
        }
    }
}
