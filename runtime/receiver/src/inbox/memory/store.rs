//! The content of the inbox in memory, and its changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::clock::{elapsed, millis};
use crate::inbox::{
    Batch, Delivery, DeliveryKind, Entry, EntryId, EventId, InboxError, LeaseToken, LeasedDelivery, OrderKey,
    PurgeCounts, PutOutcome, Reason, Retention, Settlement, State, Stats, Stored,
};

#[derive(Default)]
pub(super) struct Store {
    last: u64,
    pub(super) rows: BTreeMap<u64, Row>,
    pub(super) ids: HashMap<EventId, u64>,
    ready: BTreeSet<u64>,
    last_event_at: Option<i64>,
}

pub(super) struct Row {
    delivery: Delivery,
    pub(super) state: State,
    attempts: u32,
    stored_at: i64,
    due: i64,
    due_after: i64,
    settled_at: i64,
    reason: Option<Reason>,
}

impl Store {
    pub(super) fn put(&mut self, delivery: Delivery, reason: Option<Reason>, now: i64) -> PutOutcome {
        if self.ids.contains_key(delivery.id()) {
            return PutOutcome::Duplicate;
        }
        self.last += 1;
        let number = self.last;
        if delivery.kind() == DeliveryKind::Event {
            self.last_event_at = Some(now);
        }
        self.ids.insert(delivery.id().clone(), number);
        let state = if reason.is_some() { State::Dead } else { self.initial_state(delivery.key()) };
        let row = Row { delivery, state, attempts: 0, stored_at: now, due: now, due_after: 0, settled_at: now, reason };
        self.rows.insert(number, row);
        self.push_ready(number, state);
        PutOutcome::Stored(EntryId(number))
    }

    /// The first state of an event with this key: held if another event with the key is pending, otherwise ready.
    fn initial_state(&self, key: Option<&OrderKey>) -> State {
        let is_ahead = |row: &Row| row.state.is_pending() && row.delivery.key() == key;
        if key.is_some() && self.rows.values().any(is_ahead) { State::Held } else { State::Ready }
    }

    fn push_ready(&mut self, number: u64, state: State) {
        if state == State::Ready {
            self.ready.insert(number);
        }
    }

    pub(super) fn lease(&mut self, most: usize, now: i64) -> Batch {
        for (number, row) in &mut self.rows {
            // If the clock was set back, no event waits longer than its original delay.
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

    fn take(&mut self, number: u64) -> Option<LeasedDelivery> {
        let row = self.rows.get_mut(&number)?;
        row.state = State::Leased;
        row.attempts += 1;
        let (delivery, attempt) = (row.delivery.clone(), row.attempts);
        let of_key = |row: &&Row| row.state == State::Done && row.delivery.key() == delivery.key();
        let revisions = self.rows.values().filter(of_key).filter_map(|row| row.delivery.revision());
        let handled = revisions.map(|revision| revision.number).max();
        let revision = delivery.revision().filter(|_| delivery.key().is_some());
        let freshness = revision.map(|revision| revision.freshness(handled)).unwrap_or_default();
        let token = LeaseToken { entry_id: EntryId(number), fence: 1 };
        Some(LeasedDelivery { token, delivery, attempt, freshness })
    }

    pub(super) fn settle(&mut self, token: LeaseToken, settlement: Settlement, now: i64) -> Result<(), InboxError> {
        let number = token.entry_id.0;
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
        self.push_ready(number, state);
        if !state.is_pending() {
            self.promote(key.as_ref());
        }
        if state == State::Done {
            self.drop_payload(number);
        }
        Ok(())
    }

    /// Makes the next held event with this key ready.
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
        if row.delivery.kind() == DeliveryKind::Canary {
            let id = row.delivery.id().clone();
            self.ids.remove(&id);
            self.rows.remove(&number);
        } else {
            row.delivery = row.delivery.without_payload();
        }
    }

    pub(super) fn requeue(&mut self, number: u64) -> bool {
        let Some(row) = self.rows.get(&number).filter(|row| row.state == State::Dead) else {
            return false;
        };
        let state = self.initial_state(row.delivery.key());
        if let Some(row) = self.rows.get_mut(&number) {
            (row.state, row.attempts, row.reason) = (state, 0, None);
        }
        self.push_ready(number, state);
        true
    }

    pub(super) fn stats(&self, now: i64) -> Stats {
        let count = |of: fn(State) -> bool| self.rows.values().filter(|row| of(row.state)).count() as u64;
        let oldest = self.rows.values().find(|row| row.state.is_pending());
        Stats {
            pending: count(State::is_pending),
            dead: count(|state| state == State::Dead),
            oldest_pending: oldest.map(|row| elapsed(row.stored_at, now)),
            last_event: self.last_event_at.map(|at| elapsed(at, now)),
        }
    }

    pub(super) fn discard(&mut self, id: &EventId) -> bool {
        let number = self.ids.get(id).copied();
        let is_dead = |number: &u64| self.rows.get(number).is_some_and(|row| row.state == State::Dead);
        let Some(number) = number.filter(is_dead) else {
            return false;
        };
        self.ids.remove(id);
        self.rows.remove(&number).is_some()
    }

    pub(super) fn purge(&mut self, retention: Retention, now: i64) -> PurgeCounts {
        let mut purged = PurgeCounts::default();
        let ids = &mut self.ids;
        self.rows.retain(|_, row| {
            let (kept, count) = match row.state {
                State::Done => (Some(retention.done), &mut purged.done),
                State::Dead => (retention.dead, &mut purged.dead),
                _ => return true,
            };
            let over = kept.is_some_and(|kept| elapsed(row.settled_at, now) > kept);
            if over {
                ids.remove(row.delivery.id());
                *count += 1;
            }
            !over
        });
        purged
    }
}

impl Row {
    pub(super) fn entry(&self, number: u64) -> Entry {
        Entry {
            entry_id: EntryId(number),
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

    pub(super) fn stored(&self, number: u64) -> Stored {
        let delivery = (self.state != State::Done).then(|| self.delivery.clone());
        Stored { entry: self.entry(number), delivery }
    }
}
