//! The queries of workers and receivers, in transactions of the writer.

use std::cell::Cell;

use asyncapi_runtime::Freshness;
use rusqlite::{Connection, Error, OptionalExtension, Params, params};

use super::row::{self, DEAD, DELIVERY, DONE, HELD, LEASED, READY, WAITING, entry_id, kind_number};
use super::uptime::{ClockReading, Offsets};
use crate::clock::{elapsed, millis};
use crate::defaults::{FIRST_INTERRUPTED_RETRY, LAST_INTERRUPTED_RETRY};
use crate::inbox::{
    Batch, Delivery, DeliveryKind, LeaseToken, LeasedDelivery, OrderKey, PutOutcome, Reason, Settlement,
};

/// The tolerance in milliseconds for clock readings of different threads.
const CLOCK_TOLERANCE: i64 = 1_000;

/// The `fence` of an event whose attempt was interrupted by the end of its process. It waits for its delay, and until
/// no other interrupted event is leased.
const INTERRUPTED: i64 = -1;

/// SQL for the delay of such an event, in milliseconds: none after the first interrupted attempt, which is most often a
/// crash with another cause; then [`FIRST_INTERRUPTED_RETRY`], doubled each time up to [`LAST_INTERRUPTED_RETRY`].
fn interrupted_backoff() -> String {
    let (first, last) = (millis(FIRST_INTERRUPTED_RETRY), millis(LAST_INTERRUPTED_RETRY));
    format!("CASE WHEN attempts < 2 THEN 0 ELSE min({last}, {first} << min(attempts - 2, 14)) END")
}

pub(super) struct Store<'c> {
    pub(super) connection: &'c Connection,
    session: Cell<Session>,
}

/// Why a transaction failed.
pub(super) enum TxError {
    /// It could not begin, for example because another process has locked the file.
    Begin(Error),
    /// A query in it, or the commit, failed.
    Within(Error),
}

/// The state of this process.
#[derive(Clone, Copy, Default)]
struct Session {
    /// The fencing token of its leases, after the first lease.
    fence: Option<i64>,
    /// The time of its last lease.
    leased_at: i64,
    /// The interrupted event that it has leased. Only one is leased at a time, since it may crash this process too.
    interrupted: Option<i64>,
    /// Whether a checkpoint is requested.
    checkpoint: bool,
    /// The clock offsets, after they were read from the file.
    offsets: Option<Offsets>,
}

impl<'c> Store<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, session: Cell::default() }
    }

    pub(super) fn offsets(&self) -> Option<Offsets> {
        self.session.get().offsets
    }

    pub(super) fn set_offsets(&self, offsets: Offsets) {
        self.session.set(Session { offsets: Some(offsets), ..self.session.get() });
    }

    /// Runs this in a transaction.
    pub(super) fn transaction(&self, work: impl FnOnce() -> Result<(), Error>) -> Result<(), TxError> {
        let session = self.session.get();
        let done = self.begin_and_end(work);
        if done.is_err() {
            self.session.set(session);
        }
        done
    }

    fn begin_and_end(&self, work: impl FnOnce() -> Result<(), Error>) -> Result<(), TxError> {
        // If the transaction before could not be ended, no other can begin.
        self.roll_back().and_then(|()| self.run("BEGIN IMMEDIATE", [])).map_err(TxError::Begin)?;
        let done = work().and_then(|()| self.run("COMMIT", []).map(|_| ())).map_err(TxError::Within);
        if done.is_err() {
            self.roll_back().map_err(TxError::Within)?;
        }
        done
    }

    /// Rolls a failed transaction back, unless the failure has done that.
    fn roll_back(&self) -> Result<(), Error> {
        if self.connection.is_autocommit() { Ok(()) } else { self.connection.execute_batch("ROLLBACK") }
    }

    /// Requests a checkpoint after this commit.
    pub(super) fn request_checkpoint(&self) {
        self.session.set(Session { checkpoint: true, ..self.session.get() });
    }

    /// Whether a checkpoint was requested since the last call.
    pub(super) fn take_checkpoint_request(&self) -> bool {
        let session = self.session.get();
        self.session.set(Session { checkpoint: false, ..session });
        session.checkpoint
    }

    /// Runs a checkpoint that truncates the log. Fails if there is no disk space for its content.
    pub(super) fn checkpoint_wal(&self) -> Result<(), Error> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, Error> {
        self.connection.prepare_cached(sql)?.execute(params)
    }

    pub(super) fn number(&self, sql: &str, params: impl Params) -> Result<Option<i64>, Error> {
        let found = self.connection.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    pub(super) fn put(
        &self,
        delivery: &Delivery,
        reason: Option<&Reason>,
        clock: ClockReading,
    ) -> Result<PutOutcome, Error> {
        let now = self.time(clock)?;
        let key = delivery.key().map(OrderKey::as_str);
        let state = if reason.is_some() { DEAD } else { self.initial_state(key)? };
        let revision = delivery.revision();
        let inbound = delivery.inbound();
        let stored = self.run(
            "INSERT INTO event (id, state, kind, key, name, revision, revision_before, received_at, stored_at,
                 settled_at, reason, reason_pointer, reason_message, channel, headers, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (id) DO NOTHING",
            params![
                delivery.id().as_str(),
                state,
                kind_number(delivery.kind()),
                key,
                delivery.name(),
                revision.map(|revision| revision.number),
                revision.and_then(|revision| revision.before),
                delivery.received_at().as_millisecond(),
                now.seen,
                reason.map(|_| now.uptime),
                reason.map(|reason| reason.kind().as_str()),
                reason.and_then(Reason::pointer),
                reason.map(Reason::message),
                inbound.channel(),
                row::write_headers(inbound.headers()),
                inbound.body().as_ref(),
            ],
        )?;
        Ok(if stored == 0 {
            PutOutcome::Duplicate
        } else {
            PutOutcome::Stored(entry_id(self.connection.last_insert_rowid()))
        })
    }

    /// The state of a new event: held if there is an earlier event with its key, otherwise ready.
    pub(super) fn initial_state(&self, key: Option<&str>) -> Result<i64, Error> {
        let Some(key) = key else {
            return Ok(READY);
        };
        let ahead = "SELECT 1 FROM event WHERE key = ?1 AND state < ?2 LIMIT 1";
        Ok(if self.number(ahead, params![key, DONE])?.is_some() { HELD } else { READY })
    }

    /// Leases events; `None` if a later process leases.
    pub(super) fn lease(&self, most: usize, clock: ClockReading) -> Result<Option<Batch>, Error> {
        let now = self.time(clock)?.seen;
        let Some(fence) = self.next_fencing_token(now)? else {
            return Ok(None);
        };
        if now < self.session.get().leased_at - CLOCK_TOLERANCE {
            self.cap_backoff_after_clock_jump(now)?;
        }
        self.session.set(Session { fence: Some(fence), leased_at: now, ..self.session.get() });
        let due = "UPDATE event SET state = ?1 WHERE state = 2 AND due_at <= ?2 AND fence >= 0";
        self.run(due, params![READY, now])?;
        let interrupted = if most > 0 { self.next_interrupted(now)? } else { None };
        let most = limit(most) - i64::from(interrupted.is_some());
        let mut ready =
            self.connection.prepare_cached("SELECT receipt FROM event WHERE state = ?1 ORDER BY receipt LIMIT ?2")?;
        let ready: Vec<i64> = ready.query_map(params![READY, most], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let numbers = interrupted.into_iter().chain(ready);
        let leased = numbers.map(|number| self.lease_row(number, fence)).collect::<Result<_, _>>()?;
        // Interrupted events that wait for another one do not wait for a time.
        let may_come = self.session.get().interrupted.is_none();
        let next = "SELECT min(due_at) FROM event WHERE state = 2 AND (fence >= 0 OR ?1)";
        let next = self.number(next, [may_come])?;
        Ok(Some(Batch { leased, next: next.map(|due| elapsed(now, due)) }))
    }

    /// The next interrupted event, if none is leased: the one with the fewest attempts.
    fn next_interrupted(&self, now: i64) -> Result<Option<i64>, Error> {
        let session = self.session.get();
        if session.interrupted.is_some() {
            return Ok(None);
        }
        let sql = "SELECT receipt FROM event WHERE state = 2 AND due_at <= ?1 AND fence < 0
             ORDER BY attempts, receipt LIMIT 1";
        let interrupted = self.number(sql, [now])?;
        self.session.set(Session { interrupted, ..session });
        Ok(interrupted)
    }

    /// The fencing token of this process; `None` if a later process leases. The first call ends all leases of earlier
    /// processes.
    fn next_fencing_token(&self, now: i64) -> Result<Option<i64>, Error> {
        let last = self.number("SELECT fence FROM lessee", [])?.unwrap_or(0);
        if let Some(own) = self.session.get().fence {
            return Ok((own == last).then_some(own));
        }
        self.run("UPDATE lessee SET fence = ?1", [last + 1])?;
        let backoff = interrupted_backoff();
        let sql = format!(
            "UPDATE event SET state = ?1, fence = ?2, due_after = {backoff}, due_at = ?3 + {backoff} WHERE state = ?4"
        );
        self.run(&sql, [WAITING, INTERRUPTED, now, LEASED])?;
        // Delays are capped at the first lease, since the clock may have been set back before the start.
        self.session.set(Session { fence: Some(last + 1), leased_at: i64::MAX, ..self.session.get() });
        Ok(Some(last + 1))
    }

    /// Shortens delays after the clock may have been set back.
    fn cap_backoff_after_clock_jump(&self, now: i64) -> Result<(), Error> {
        self.run("UPDATE event SET due_at = min(due_at, ?1 + due_after) WHERE state = 2", [now]).map(|_| ())
    }

    fn lease_row(&self, number: i64, fence: i64) -> Result<LeasedDelivery, Error> {
        let sql = "UPDATE event SET state = ?1, attempts = attempts + 1, fence = ?2 WHERE receipt = ?3";
        self.run(sql, params![LEASED, fence, number])?;
        let sql = format!("SELECT {DELIVERY}, attempts FROM event WHERE receipt = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let (delivery, attempt) = statement.query_row([number], |row| Ok((row::delivery(row)?, row.get(10)?)))?;
        let freshness = self.freshness(&delivery)?;
        let token = LeaseToken { entry_id: entry_id(number), fence: fence.unsigned_abs() };
        Ok(LeasedDelivery { token, delivery, attempt, freshness })
    }

    fn freshness(&self, delivery: &Delivery) -> Result<Freshness, Error> {
        let (Some(key), Some(revision)) = (delivery.key(), delivery.revision()) else {
            return Ok(Freshness::Unknown);
        };
        let newest = "SELECT max(revision) FROM event WHERE key = ?1 AND state = 4 AND revision IS NOT NULL";
        Ok(revision.freshness(self.number(newest, [key.as_str()])?))
    }

    /// Records how an attempt ended; `None` if the lease has ended.
    pub(super) fn settle(
        &self,
        token: LeaseToken,
        settlement: &Settlement,
        clock: ClockReading,
    ) -> Result<Option<()>, Error> {
        let now = self.time(clock)?;
        let number = token.entry_id.0.cast_signed();
        let sql = "SELECT key, kind FROM event WHERE receipt = ?1 AND state = ?2 AND fence = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let row = statement.query_row(params![number, LEASED, token.fence.cast_signed()], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?))
        });
        let Some((key, kind)) = row.optional()? else {
            return Ok(None);
        };
        let session = self.session.get();
        if session.interrupted == Some(number) {
            self.session.set(Session { interrupted: None, ..session });
        }
        match settlement {
            Settlement::Done if kind == kind_number(DeliveryKind::Canary) => {
                self.run("DELETE FROM event WHERE receipt = ?1", [number])?;
            }
            Settlement::Done => {
                let sql = "UPDATE event SET state = ?1, settled_at = ?2, channel = NULL, headers = NULL, body = NULL
                     WHERE receipt = ?3";
                self.run(sql, params![DONE, now.uptime, number])?;
            }
            Settlement::Retry { after } => {
                let after = millis(*after);
                let sql = "UPDATE event SET state = ?1, due_at = ?2, due_after = ?3 WHERE receipt = ?4";
                self.run(sql, params![WAITING, now.seen.saturating_add(after), after, number])?;
                return Ok(Some(()));
            }
            Settlement::Dead(reason) => {
                let sql = "UPDATE event SET state = ?1, settled_at = ?2, reason = ?3, reason_pointer = ?4,
                     reason_message = ?5 WHERE receipt = ?6";
                let params =
                    params![DEAD, now.uptime, reason.kind().as_str(), reason.pointer(), reason.message(), number];
                self.run(sql, params)?;
            }
            Settlement::Released => {
                let sql = "UPDATE event SET state = ?1, attempts = attempts - 1 WHERE receipt = ?2";
                self.run(sql, [READY, number])?;
                return Ok(Some(()));
            }
        }
        self.promote(key.as_deref())?;
        Ok(Some(()))
    }

    /// Makes the next held event of a key ready.
    fn promote(&self, key: Option<&str>) -> Result<(), Error> {
        if let Some(key) = key {
            let next = "SELECT min(receipt) FROM event WHERE key = ?1 AND state = ?2";
            if let Some(next) = self.number(next, params![key, HELD])? {
                self.run("UPDATE event SET state = ?1 WHERE receipt = ?2", [READY, next])?;
            }
        }
        Ok(())
    }
}

pub(super) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
