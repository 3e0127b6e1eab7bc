//! The webhook as Kustomer sees it: one event, one delivery after the other, until one is acknowledged.

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
    open: Semaphore,
    stats: Arc<SimStats>,
    enabled: watch::Sender<bool>,
}

/// What befalls an event on its way.
pub(super) struct FaultPlan {
    pub(super) copies: Copies,
    /// How long it is held back.
    pub(super) held: Option<Duration>,
    /// When the sender hangs up on the first delivery, whatever the answer would be.
    pub(super) hung_up: Option<Duration>,
}

/// How often an event is sent at once.
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
        let open = Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS));
        Self { url, token, delays, timeout, client, open, stats, enabled: watch::channel(true).0 }
    }

    pub(super) fn is_enabled(&self) -> bool {
        *self.enabled.borrow()
    }

    /// Done once the webhook is disabled.
    pub(super) async fn disabled(&self) {
        let mut enabled = self.enabled.subscribe();
        // The other end is here, so it cannot be gone.
        drop(enabled.wait_for(|enabled| !enabled).await);
    }

    pub(super) async fn deliver(self: Arc<Self>, event: Event, fate: FaultPlan) {
        self.stats.made();
        if let Some(held) = fate.held {
            sleep(held).await;
        }
        let acknowledged = match fate.copies {
            Copies::One => self.persist(&event, fate.hung_up).await,
            // A whole life of its own for each: the first acknowledged one does not end the other.
            Copies::Two => {
                let (one, other) = tokio::join!(self.persist(&event, fate.hung_up), self.persist(&event, None));
                one || other
            }
        };
        if acknowledged {
            self.stats.acknowledged(&event);
        }
    }

    /// Tries until one is acknowledged; after the last failure the webhook is disabled.
    async fn persist(&self, event: &Event, hung_up: Option<Duration>) -> bool {
        let mut acknowledged = match hung_up {
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
            self.stats.retried();
            acknowledged = self.send(event).await;
        }
        if !acknowledged && self.enabled.send_replace(false) {
            self.stats.disabled(event);
        }
        acknowledged
    }

    async fn send_and_hang_up(&self, event: &Event, after: Duration) -> bool {
        let _not_heard = timeout(after, self.post(event)).await;
        self.stats.record_response(ResponseKind::Dropped, None);
        false
    }

    async fn send(&self, event: &Event) -> bool {
        // Never closed.
        let _place = self.open.acquire().await;
        let started = Instant::now();
        match timeout(self.timeout, self.post(event)).await {
            Ok(Some(status)) => {
                self.stats.record_response(ResponseKind::Status(status), Some(started.elapsed()));
                (200..300).contains(&status)
            }
            Ok(None) => {
                self.stats.record_response(ResponseKind::NoAnswer, None);
                false
            }
            Err(_elapsed) => {
                self.stats.record_response(ResponseKind::TooLate, None);
                false
            }
        }
    }

    /// The status, if there is an answer.
    async fn post(&self, event: &Event) -> Option<u16> {
        let request = Request::post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(EVENT_HEADER, &event.name)
            .header(SIGNATURE_HEADER, sign(self.token.as_str(), &event.body).ok()?)
            .body(Full::new(event.body.clone()))
            .ok()?;
        let answered = self.client.request(request).await;
        let response = answered.map_err(|error| self.stats.no_answer(&with_causes(&error))).ok()?;
        let status = response.status().as_u16();
        // Read to its end, so that the connection can be used again.
        let _read = response.into_body().collect().await;
        Some(status)
    }
}
