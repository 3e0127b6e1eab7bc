//! What a worker does beside its work.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Worker;
use crate::Dispatch;
use crate::inbox::{Delivery, PurgeCounts};
use crate::log_escape::Escaped;

/// How often what is over is forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(10 * 60);

impl<D: Dispatch + 'static> Worker<D> {
    pub(super) fn run_maintenance(self: &Arc<Self>) -> JoinSet<()> {
        let mut house = JoinSet::new();
        house.spawn(Arc::clone(self).purge_expired());
        if let Some(period) = self.settings.canary {
            house.spawn(Arc::clone(self).send_canaries(period));
        }
        house
    }

    async fn purge_expired(self: Arc<Self>) {
        loop {
            match self.inbox.purge(self.settings.retention).await {
                Ok(PurgeCounts { done, dead: 0 }) => tracing::debug!(done, "ids beyond the horizon forgotten"),
                Ok(PurgeCounts { dead, .. }) => tracing::warn!(dead, "dead letters beyond their retention thrown away"),
                Err(error) => tracing::warn!(reason = %Escaped(&error), "what is over not forgotten"),
            }
            self.clock.sleep(TIDY_EVERY).await;
        }
    }

    async fn send_canaries(self: Arc<Self>, period: Duration) {
        loop {
            let number = self.clock.now().as_nanosecond().unsigned_abs();
            self.health.record_canary_sent();
            if let Err(error) = self.inbox.put(Delivery::canary(number)).await {
                tracing::warn!(reason = %Escaped(&error), "canary not stored");
            }
            self.clock.sleep(period).await;
        }
    }
}
