//! Delivers events like a Kustomer webhook: it retries each event until a delivery is acknowledged.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Uri};
use kustomer_webhooks::{EVENT_HEADER, SIGNATURE_HEADER, sign};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use super::events::Event;
use super::stats::{ResponseKind, SimStats};
use crate::client::{Client, with_causes};

pub(super) struct Webhook {
    url: Uri,
    token: String,
    delays: Vec<Duration>,
    timeout: Duration,
    client: Client,
    open_requests: Semaphore,
    stats: Arc<SimStats>,
    enabled: watch::Sender<bool>,
}

/// The faults of the delivery of one event.
pub(super) struct FaultPlan {
    pub(super) copies: Copies,
    /// How long the first delivery is delayed.
    pub(super) delay: Option<Duration>,
    /// When the sender closes the connection of the first delivery, without waiting for the response.
    pub(super) hang_up_after: Option<Duration>,
}

/// How many copies of an event are sent at the same time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Copies {
    One,
    Two,
}

impl Webhook {
    pub(super) fn new(
        (url, client): (Uri, Client),
        token: String,
        delays: Vec<Duration>,
        timeout: Duration,
        connections: usize,
        stats: Arc<SimStats>,
    ) -> Self {
        let open_requests = Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS));
        Self { url, token, delays, timeout, client, open_requests, stats, enabled: watch::channel(true).0 }
    }

    pub(super) fn is_enabled(&self) -> bool {
        *self.enabled.borrow()
    }

    /// Waits until the webhook is disabled.
    pub(super) async fn disabled(&self) {
        let mut enabled = self.enabled.subscribe();
        // The sender is a field of `self`, so the channel is open.
        drop(enabled.wait_for(|enabled| !enabled).await);
    }

    pub(super) async fn deliver(self: Arc<Self>, event: Event, faults: FaultPlan) {
        self.stats.record_event();
        if let Some(delay) = faults.delay {
            sleep(delay).await;
        }
        let acknowledged = match faults.copies {
            Copies::One => self.deliver_with_retries(&event, faults.hang_up_after).await,
            // Each copy has its own retries: an acknowledged copy does not stop the other one.
            Copies::Two => {
                let (first, second) = tokio::join!(
                    self.deliver_with_retries(&event, faults.hang_up_after),
                    self.deliver_with_retries(&event, None)
                );
                first || second
            }
        };
        if acknowledged {
            self.stats.record_acknowledged(&event);
        }
    }

    /// Sends the event until it is acknowledged. If the last attempt fails, the webhook is disabled.
    async fn deliver_with_retries(&self, event: &Event, hang_up_after: Option<Duration>) -> bool {
        let mut acknowledged = match hang_up_after {
            Some(after) => self.send_and_hang_up(event, after).await,
            None => self.send(event).await,
        };
        for delay in &self.delays {
            if acknowledged {
                return true;
            }
            tokio::select! {
                () = sleep(*delay) => {}
                () = self.disabled() => return false,
            }
            self.stats.record_retry();
            acknowledged = self.send(event).await;
        }
        if !acknowledged && self.enabled.send_replace(false) {
            self.stats.record_disabled(event);
        }
        acknowledged
    }

    async fn send_and_hang_up(&self, event: &Event, after: Duration) -> bool {
        let _dropped = timeout(after, self.post(event)).await;
        self.stats.record_response(ResponseKind::Dropped, None);
        false
    }

    async fn send(&self, event: &Event) -> bool {
        // The semaphore is never closed.
        let _permit = self.open_requests.acquire().await;
        let started = Instant::now();
        match timeout(self.timeout, self.post(event)).await {
            Ok(Some(status)) => {
                self.stats.record_response(ResponseKind::Status(status), Some(started.elapsed()));
                (200..300).contains(&status)
            }
            Ok(None) => {
                self.stats.record_response(ResponseKind::NoResponse, None);
                false
            }
            Err(_elapsed) => {
                self.stats.record_response(ResponseKind::TimedOut, None);
                false
            }
        }
    }

    /// Posts the event. Returns the status, or `None` without a response.
    async fn post(&self, event: &Event) -> Option<u16> {
        let request = Request::post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(EVENT_HEADER, &event.name)
            .header(SIGNATURE_HEADER, sign(self.token.as_str(), &event.body).ok()?)
            .body(Full::new(event.body.clone()))
            .ok()?;
        let result = self.client.request(request).await;
        let response = result.map_err(|error| self.stats.warn_no_response(&with_causes(&error))).ok()?;
        let status = response.status().as_u16();
        // The body is read to its end, so that the connection can be reused.
        let _ignored = response.into_body().collect().await;
        Some(status)
    }
}
