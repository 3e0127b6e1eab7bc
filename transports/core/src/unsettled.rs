//! The messages that were received and are not settled, as an inbox for the worker.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asyncapi_receiver::inbox::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, LeasedDelivery, OrderKey, Page,
    PurgeCounts, PutOutcome, Reason, Retention, Settlement, Stats, Stored,
};
use asyncapi_runtime::{BoxFuture, Freshness};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::{Received, Settle, SettleError};

/// The messages that were received and are not settled.
///
/// The broker stores them, so this inbox keeps nothing: a message leaves it when the broker has its settlement. Few
/// messages are in it at a time, so it is searched from the front.
#[derive(Default)]
pub(crate) struct Unsettled {
    rows: Mutex<BTreeMap<u64, Row>>,
    last: AtomicU64,
    /// A message may be ready.
    ready: Notify,
    /// A message has left.
    left: Notify,
}

struct Row {
    delivery: Delivery,
    earlier_attempts: u32,
    settle: Arc<dyn Settle>,
    state: RowState,
    has_broker_id: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum RowState {
    Ready,
    Leased,
    WaitingUntil(Instant),
    /// Its handler runs, but the broker will deliver it again.
    LeasedAndStale,
}

type SettleResult = Result<(), SettleError>;

impl Unsettled {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<u64, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn insert(&self, received: Received) {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let mut rows = self.rows();
        let same = |row: &&mut Row| row.has_broker_id && received.id.as_ref() == Some(row.delivery.id());
        if let Some(row) = rows.values_mut().find(same) {
            // The broker delivers it again while it is handled here.
            row.settle = received.settle;
            if row.state == RowState::LeasedAndStale {
                row.state = RowState::Leased;
            }
            return;
        }
        let has_broker_id = received.id.is_some();
        let id = received.id.unwrap_or_else(|| EventId::new(number.to_string()));
        let mut delivery = Delivery::new(id, received.inbound);
        if let Some(key) = received.key {
            delivery = delivery.with_key(key);
        }
        let (earlier_attempts, settle) = (received.earlier_attempts, received.settle);
        rows.insert(number, Row { delivery, earlier_attempts, settle, state: RowState::Ready, has_broker_id });
        drop(rows);
        self.ready.notify_one();
    }

    /// Forgets the messages that the broker will deliver again. Running handlers go on, and what they return is
    /// ignored.
    pub(crate) fn reset(&self) {
        self.rows().retain(|_, row| match row.state {
            RowState::Ready | RowState::WaitingUntil(_) => false,
            RowState::Leased | RowState::LeasedAndStale => {
                row.state = RowState::LeasedAndStale;
                true
            }
        });
        self.left.notify_one();
    }

    pub(crate) fn len(&self) -> usize {
        self.rows().len()
    }

    /// Waits until fewer than this number of messages are unsettled.
    pub(crate) async fn fewer_than(&self, limit: usize) {
        while self.len() >= limit {
            self.left.notified().await;
        }
    }

    /// Gives every message back to the broker.
    pub(crate) async fn release_all(&self) {
        let settles: Vec<Arc<dyn Settle>> = self.rows().values().map(|row| Arc::clone(&row.settle)).collect();
        self.rows().clear();
        for settle in settles {
            if let Err(error) = settle.release().await {
                tracing::debug!(reason = %error, "a message could not be given back");
            }
        }
    }

    /// Renews the lease of every message.
    pub(crate) async fn renew_all(&self) {
        let settles: Vec<Arc<dyn Settle>> = self.rows().values().map(|row| Arc::clone(&row.settle)).collect();
        for settle in settles {
            if let Err(error) = settle.renew().await {
                tracing::warn!(reason = %error, "the lease of a message could not be renewed");
            }
        }
    }

    fn lease_now(&self, limit: usize) -> Batch {
        let now = Instant::now();
        let mut batch = Batch::default();
        let mut keys_ahead: HashSet<OrderKey> = HashSet::new();
        for (number, row) in self.rows().iter_mut() {
            let is_behind = row.delivery.key().is_some_and(|key| !keys_ahead.insert(key.clone()));
            if is_behind {
                continue;
            }
            match row.state {
                RowState::Leased | RowState::LeasedAndStale => continue,
                RowState::WaitingUntil(due) if due > now => {
                    let wait = due - now;
                    batch.next = Some(batch.next.map_or(wait, |next| next.min(wait)));
                    continue;
                }
                RowState::Ready | RowState::WaitingUntil(_) if batch.leased.len() == limit => break,
                RowState::Ready | RowState::WaitingUntil(_) => {}
            }
            row.state = RowState::Leased;
            row.earlier_attempts += 1;
            batch.leased.push(LeasedDelivery {
                token: LeaseToken { entry_id: EntryId(*number), fence: 0 },
                delivery: row.delivery.clone(),
                attempt: row.earlier_attempts,
                freshness: Freshness::Unknown,
            });
        }
        batch
    }

    async fn settle_now(&self, token: LeaseToken, settlement: Settlement) -> Result<(), InboxError> {
        let number = token.entry_id.0;
        let leased = self.rows().get(&number).map(|row| (Arc::clone(&row.settle), row.delivery.clone(), row.state));
        let Some((settle, delivery, state)) = leased else { return Err(InboxError::Superseded) };
        if state == RowState::LeasedAndStale {
            self.remove(number);
            return Err(InboxError::Superseded);
        }
        let settled: SettleResult = match settlement {
            Settlement::Done => settle.acknowledge().await,
            Settlement::Dead(reason) => settle.dead_letter(delivery.inbound(), &reason).await,
            Settlement::Released => settle.release().await,
            Settlement::Retry { after } => {
                if let Some(row) = self.rows().get_mut(&number) {
                    row.state = RowState::WaitingUntil(Instant::now() + after);
                }
                self.ready.notify_one();
                return Ok(());
            }
        };
        match settled {
            Ok(()) => self.remove(number),
            Err(SettleError::Unavailable(error)) => return Err(InboxError::Unavailable(error)),
            Err(SettleError::Stale) => {
                self.remove(number);
                return Err(InboxError::Superseded);
            }
        }
        Ok(())
    }

    fn remove(&self, number: u64) {
        self.rows().remove(&number);
        self.left.notify_one();
        self.ready.notify_one();
    }
}

/// Entries, dead letters and ids are with the broker, so those methods find nothing.
impl Inbox for Unsettled {
    fn put(&self, _: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        Box::pin(async { Err(InboxError::Closed) })
    }

    fn put_dead(&self, _: Delivery, _: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        Box::pin(async { Err(InboxError::Closed) })
    }

    fn lease(&self, limit: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        Box::pin(async move { Ok(self.lease_now(limit)) })
    }

    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(self.settle_now(token, settlement))
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.ready.notified())
    }

    fn list(&self, _: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn get(&self, _: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        Box::pin(async { Ok(None) })
    }

    fn find(&self, _: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        Box::pin(async { Ok(None) })
    }

    fn requeue(&self, _: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        Box::pin(async { Ok(false) })
    }

    fn requeue_all_with_progress<'a>(&'a self, _: &'a (dyn Fn(u64) + Sync)) -> BoxFuture<'a, Result<u64, InboxError>> {
        Box::pin(async { Ok(0) })
    }

    fn discard(&self, _: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        Box::pin(async { Ok(false) })
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        Box::pin(async { Ok(Stats { pending: self.len() as u64, ..Stats::default() }) })
    }

    fn purge(&self, _: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        Box::pin(async { Ok(PurgeCounts::default()) })
    }
}
