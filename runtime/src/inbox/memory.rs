use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{
    Batch, Delivery, Entry, EventId, Inbox, InboxError, Kind, Leased, OrderKey, Page, Put, Reason, Receipt, Settlement,
    State, Stats, Stored, Ticket,
};
use crate::clock::{elapsed, millis};
use crate::{BoxFuture, Clock, SteadyClock};

/// An inbox that is gone when the process is: for tests, and for trying things out.
///
/// ```
/// use asyncapi_runtime::Inbound;
/// use asyncapi_runtime::inbox::{Delivery, EventId, Inbox, Memory, Put, Settlement};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), asyncapi_runtime::inbox::InboxError> {
/// let inbox = Memory::new();
/// let delivery = Delivery::new(EventId::new("e1"), Inbound::new("{}"));
/// assert!(matches!(inbox.put(delivery.clone()).await?, Put::Stored(_)));
///
/// let leased = inbox.lease(10).await?.leased;
/// inbox.settle(leased[0].ticket, Settlement::Done).await?;
/// assert_eq!(inbox.put(delivery).await?, Put::Duplicate);
/// # Ok(())
/// # }
/// ```
pub struct Memory {
    clock: Arc<dyn Clock>,
    shelf: Mutex<Shelf>,
    changed: Notify,
}

#[derive(Default)]
struct Shelf {
    last: u64,
    rows: BTreeMap<u64, Row>,
    ids: HashMap<EventId, u64>,
    ready: BTreeSet<u64>,
    last_event_at: Option<i64>,
}

struct Row {
    delivery: Delivery,
    state: State,
    attempts: u32,
    stored_at: i64,
    due: i64,
    due_after: i64,
    settled_at: i64,
    reason: Option<Reason>,
}

impl Memory {
    /// An empty inbox.
    #[must_use]
    pub fn new() -> Self {
        Self { clock: Arc::new(SteadyClock::new()), shelf: Mutex::default(), changed: Notify::new() }
    }

    /// Sets what it measures time with. Default: a [`SteadyClock`].
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does this to the shelf at once, and wakes who waits for work.
    fn change<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Shelf, i64) -> Result<T, InboxError> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, InboxError>> {
        Box::pin(async move {
            let outcome = work(&mut self.shelf(), self.now());
            self.changed.notify_one();
            outcome
        })
    }

    fn look<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Shelf, i64) -> T + Send + 'a,
    ) -> BoxFuture<'a, Result<T, InboxError>> {
        Box::pin(async move { Ok(work(&mut self.shelf(), self.now())) })
    }
}

impl Shelf {
    fn put(&mut self, delivery: Delivery, reason: Option<Reason>, now: i64) -> Put {
        if self.ids.contains_key(delivery.id()) {
            return Put::Duplicate;
        }
        self.last += 1;
        let number = self.last;
        if delivery.kind() == Kind::Event {
            self.last_event_at = Some(now);
        }
        self.ids.insert(delivery.id().clone(), number);
        let state = if reason.is_some() { State::Dead } else { self.place_in_line(delivery.key()) };
        let row = Row { delivery, state, attempts: 0, stored_at: now, due: now, due_after: 0, settled_at: now, reason };
        self.rows.insert(number, row);
        self.note_ready(number, state);
        Put::Stored(Receipt(number))
    }

    /// Where an event of this key goes: behind another, or in front.
    fn place_in_line(&self, key: Option<&OrderKey>) -> State {
        let is_ahead = |row: &Row| row.state.is_pending() && row.delivery.key() == key;
        if key.is_some() && self.rows.values().any(is_ahead) { State::Held } else { State::Ready }
    }

    fn note_ready(&mut self, number: u64, state: State) {
        if state == State::Ready {
            self.ready.insert(number);
        }
    }

    fn lease(&mut self, most: usize, now: i64) -> Batch {
        for (number, row) in &mut self.rows {
            // Should the clock have been set back: nobody waits for longer than was meant.
            row.due = row.due.min(now.saturating_add(row.due_after));
            if row.state == State::Waiting && row.due <= now {
                row.state = State::Ready;
                self.ready.insert(*number);
            }
        }
        let mut batch = Batch::default();
        while batch.leased.len() < most
            && let Some(number) = self.ready.pop_first()
        {
            batch.leased.extend(self.take(number));
        }
        let waiting = self.rows.values().filter(|row| row.state == State::Waiting);
        batch.next = waiting.map(|row| elapsed(now, row.due)).min();
        batch
    }

    fn take(&mut self, number: u64) -> Option<Leased> {
        let row = self.rows.get_mut(&number)?;
        row.state = State::Leased;
        row.attempts += 1;
        let (delivery, attempt) = (row.delivery.clone(), row.attempts);
        let of_key = |row: &&Row| row.state == State::Done && row.delivery.key() == delivery.key();
        let revisions = self.rows.values().filter(of_key).filter_map(|row| row.delivery.revision());
        let handled = revisions.map(|revision| revision.number).max();
        let revision = delivery.revision().filter(|_| delivery.key().is_some());
        let freshness = revision.map(|revision| revision.freshness(handled)).unwrap_or_default();
        let ticket = Ticket { receipt: Receipt(number), fence: 1 };
        Some(Leased { ticket, delivery, attempt, freshness })
    }

    fn settle(&mut self, ticket: Ticket, settlement: Settlement, now: i64) -> Result<(), InboxError> {
        let number = ticket.receipt.0;
        let row = self.rows.get_mut(&number).filter(|row| row.state == State::Leased).ok_or(InboxError::Superseded)?;
        row.settled_at = now;
        row.state = match settlement {
            Settlement::Done => State::Done,
            Settlement::Retry { after } => {
                row.due_after = millis(after);
                row.due = now.saturating_add(row.due_after);
                State::Waiting
            }
            Settlement::Dead(reason) => {
                row.reason = Some(reason);
                State::Dead
            }
            Settlement::Released => {
                row.attempts -= 1;
                State::Ready
            }
        };
        let (state, key) = (row.state, row.delivery.key().cloned());
        self.note_ready(number, state);
        if !state.is_pending() {
            self.promote(key.as_ref());
        }
        if state == State::Done {
            self.drop_payload(number);
        }
        Ok(())
    }

    /// Lets the next of a key step forward.
    fn promote(&mut self, key: Option<&OrderKey>) {
        let held = |row: &Row| row.state == State::Held && row.delivery.key() == key;
        if let Some((number, row)) = self.rows.iter_mut().find(|(_, row)| held(row)) {
            row.state = State::Ready;
            self.ready.insert(*number);
        }
    }

    fn drop_payload(&mut self, number: u64) {
        let Some(row) = self.rows.get_mut(&number) else {
            return;
        };
        if row.delivery.kind() == Kind::Canary {
            let id = row.delivery.id().clone();
            self.ids.remove(&id);
            self.rows.remove(&number);
        } else {
            row.delivery = row.delivery.without_payload();
        }
    }

    fn requeue(&mut self, number: u64) -> bool {
        let Some(row) = self.rows.get(&number).filter(|row| row.state == State::Dead) else {
            return false;
        };
        let state = self.place_in_line(row.delivery.key());
        if let Some(row) = self.rows.get_mut(&number) {
            (row.state, row.attempts, row.reason) = (state, 0, None);
        }
        self.note_ready(number, state);
        true
    }

    fn stats(&self, now: i64) -> Stats {
        let count = |of: fn(State) -> bool| self.rows.values().filter(|row| of(row.state)).count() as u64;
        let oldest = self.rows.values().find(|row| row.state.is_pending());
        Stats {
            pending: count(State::is_pending),
            dead: count(|state| state == State::Dead),
            oldest_pending: oldest.map(|row| elapsed(row.stored_at, now)),
            last_event: self.last_event_at.map(|at| elapsed(at, now)),
        }
    }

    fn purge(&mut self, horizon: Duration, now: i64) -> u64 {
        let before = self.rows.len();
        let ids = &mut self.ids;
        self.rows.retain(|_, row| {
            let over = row.state == State::Done && elapsed(row.settled_at, now) > horizon;
            if over {
                ids.remove(row.delivery.id());
            }
            !over
        });
        (before - self.rows.len()) as u64
    }
}

impl Row {
    fn entry(&self, number: u64) -> Entry {
        Entry {
            receipt: Receipt(number),
            id: self.delivery.id().clone(),
            name: self.delivery.name().map(str::to_owned),
            key: self.delivery.key().cloned(),
            state: self.state,
            attempts: self.attempts,
            received_at: self.delivery.received_at(),
            body_bytes: self.delivery.inbound().body().len() as u64,
            reason: self.reason.clone(),
        }
    }

    fn stored(&self, number: u64) -> Stored {
        let delivery = (self.state != State::Done).then(|| self.delivery.clone());
        Stored { entry: self.entry(number), delivery }
    }
}

impl Inbox for Memory {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<Put, InboxError>> {
        self.change(move |shelf, now| Ok(shelf.put(delivery, None, now)))
    }

    fn quarantine(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<Put, InboxError>> {
        self.change(move |shelf, now| Ok(shelf.put(delivery, Some(reason), now)))
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        self.look(move |shelf, now| shelf.lease(most, now))
    }

    fn settle(&self, ticket: Ticket, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        self.change(move |shelf, now| shelf.settle(ticket, settlement, now))
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.changed.notified())
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        self.look(move |shelf, _| {
            let rows = shelf.rows.range(page.after.0.saturating_add(1)..);
            let wanted = rows.filter(|(_, row)| page.state.is_none_or(|state| row.state == state));
            wanted.take(page.most).map(|(number, row)| row.entry(*number)).collect()
        })
    }

    fn show(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.look(move |shelf, _| {
            let number = *shelf.ids.get(&id)?;
            shelf.rows.get(&number).map(|row| row.stored(number))
        })
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.change(move |shelf, _| {
            let number = shelf.ids.get(&id).copied();
            Ok(number.is_some_and(|number| shelf.requeue(number)))
        })
    }

    fn requeue_all(&self) -> BoxFuture<'_, Result<u64, InboxError>> {
        self.change(|shelf, _| {
            let numbers: Vec<_> = shelf.rows.keys().copied().collect();
            Ok(numbers.into_iter().filter(|number| shelf.requeue(*number)).count() as u64)
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        self.look(|shelf, now| shelf.stats(now))
    }

    fn purge(&self, horizon: Duration) -> BoxFuture<'_, Result<u64, InboxError>> {
        self.look(move |shelf, now| shelf.purge(horizon, now))
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("events", &self.shelf().rows.len()).finish_non_exhaustive()
    }
}
