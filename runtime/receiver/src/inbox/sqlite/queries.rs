//! The queries of workers and receivers, in transactions of the writer.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use asyncapi_runtime::Freshness;
use rusqlite::{Connection, Error, ErrorCode, OptionalExtension, Params, params};

use super::row::{self, DEAD, DELIVERY, DONE, HELD, LEASED, READY, WAITING, entry_id, kind_number};
use super::schema::PATIENCE;
use super::uptime::{ClockReading, Offsets};
use crate::clock::{elapsed, millis};
use crate::inbox::{
    Batch, Delivery, DeliveryKind, LeaseToken, LeasedDelivery, OrderKey, PutOutcome, Reason, ReasonKind, Settlement,
};
use crate::retry_policy::RetryPolicy;

/// The tolerance in milliseconds for clock readings of different threads.
const CLOCK_TOLERANCE: i64 = 1_000;

/// The `fence` of an event whose attempt was interrupted by the end of its process. It waits for its delay, and until
/// no other interrupted event is leased.
const INTERRUPTED: i64 = -1;

/// The largest number of waiting events that become ready in one lease. More of them would delay the events that are
/// stored meanwhile.
const DUE_AT_ONCE: i64 = 256;

/// The delay between two attempts to begin a transaction while another process writes.
const TRY_AGAIN: Duration = Duration::from_millis(1);

pub(super) struct Store<'c> {
    pub(super) connection: &'c Connection,
    pub(super) access: Access,
    shared: Arc<Shared>,
    session: Cell<Session>,
}

/// What a connection is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// What the connections of a process share.
pub(super) struct Shared {
    /// The clock offsets, after the writer has found them.
    offsets: OnceLock<Offsets>,
    /// How long a transaction waits while another process writes, in milliseconds.
    lock_deadline: AtomicU64,
    /// What a check of the file has found.
    damage: OnceLock<String>,
}

impl Shared {
    pub(super) fn new() -> Self {
        let lock_deadline = AtomicU64::new(millis(PATIENCE).unsigned_abs());
        Self { offsets: OnceLock::new(), lock_deadline, damage: OnceLock::new() }
    }

    pub(super) fn set_lock_deadline(&self, deadline: Duration) {
        self.lock_deadline.store(millis(deadline).unsigned_abs(), Ordering::Relaxed);
    }

    pub(super) fn record_damage(&self, damage: String) {
        // The first one is enough.
        let _recorded = self.damage.set(damage);
    }

    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.get().map(String::as_str)
    }
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
}

impl<'c> Store<'c> {
    pub(super) fn new(connection: &'c Connection, access: Access, shared: Arc<Shared>) -> Self {
        Self { connection, access, shared, session: Cell::default() }
    }

    pub(super) fn offsets(&self) -> Option<Offsets> {
        self.shared.offsets.get().copied()
    }

    pub(super) fn set_offsets(&self, offsets: Offsets) {
        // They do not change while the process runs.
        let _first = self.shared.offsets.set(offsets);
    }

    /// Runs this in a transaction that only reads: all queries see the same events.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Self) -> Result<T, Error>) -> Result<T, Error> {
        self.roll_back()?;
        self.run("BEGIN", [])?;
        let found = work(self);
        self.roll_back()?;
        found
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
        self.roll_back().and_then(|()| self.begin()).map_err(TxError::Begin)?;
        let done = work().and_then(|()| self.run("COMMIT", []).map(|_| ())).map_err(TxError::Within);
        if done.is_err() {
            self.roll_back().map_err(TxError::Within)?;
        }
        done
    }

    /// Begins a transaction. Waits while another process writes.
    ///
    /// `SQLite` itself waits longer after each attempt. Between two short transactions of a busy process, it would
    /// begin by chance only.
    fn begin(&self) -> Result<usize, Error> {
        let deadline = Duration::from_millis(self.shared.lock_deadline.load(Ordering::Relaxed));
        let started = Instant::now();
        self.connection.busy_timeout(Duration::ZERO)?;
        let begun = loop {
            match self.run("BEGIN IMMEDIATE", []) {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && started.elapsed() < deadline =>
                {
                    thread::sleep(TRY_AGAIN);
                }
                begun => break begun,
            }
        };
        self.connection.busy_timeout(PATIENCE)?;
        begun
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
        let (id, key) = (delivery.id().as_str(), delivery.key().map(OrderKey::as_str));
        let state = if reason.is_some() { DEAD } else { self.initial_state(key)? };
        let revision = delivery.revision();
        let inbound = delivery.inbound();
        let headers = row::write_headers(inbound.headers());
        let checksum = row::checksum(id, &headers, inbound.body());
        let stored = self.run(
            "INSERT INTO event (id, state, kind, key, name, revision, revision_before, received_at, stored_at,
                 settled_at, reason, reason_pointer, reason_message, channel, headers, body, checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
             ON CONFLICT (id) DO NOTHING",
            params![
                id,
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
                headers,
                inbound.body().as_ref(),
                checksum,
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
        let ahead = "SELECT 1 FROM event INDEXED BY event_by_key WHERE key = ?1 AND state < ?2 LIMIT 1";
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
        let due = "UPDATE event SET state = ?1 WHERE receipt IN (SELECT receipt FROM event INDEXED BY event_by_due
             WHERE state = 2 AND due_at <= ?2 AND fence >= 0 ORDER BY due_at LIMIT ?3)";
        self.run(due, params![READY, now, DUE_AT_ONCE])?;
        let interrupted = if most > 0 { self.next_interrupted(now)? } else { None };
        let most = limit(most) - i64::from(interrupted.is_some());
        let mut ready = self.connection.prepare_cached(
            "SELECT receipt FROM event INDEXED BY event_by_state WHERE state = ?1 ORDER BY receipt LIMIT ?2",
        )?;
        let ready: Vec<i64> = ready.query_map(params![READY, most], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let numbers = interrupted.into_iter().chain(ready);
        let mut leased = Vec::new();
        for number in numbers {
            leased.extend(self.lease_row(number, fence, clock)?);
        }
        // Interrupted events that wait for another one do not wait for a time.
        let may_come = self.session.get().interrupted.is_none();
        let next = "SELECT due_at FROM event INDEXED BY event_by_due WHERE state = 2 AND (fence >= 0 OR ?1)
             ORDER BY due_at LIMIT 1";
        let next = self.number(next, [may_come])?;
        Ok(Some(Batch { leased, next: next.map(|due| elapsed(now, due)) }))
    }

    /// The next interrupted event, if none is leased: the one with the fewest attempts.
    fn next_interrupted(&self, now: i64) -> Result<Option<i64>, Error> {
        let session = self.session.get();
        if session.interrupted.is_some() {
            return Ok(None);
        }
        let sql =
            "SELECT receipt FROM event INDEXED BY event_interrupted WHERE state = 2 AND due_at <= ?1 AND fence < 0
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
        self.interrupt_leased(now)?;
        // Delays are capped at the first lease, since the clock may have been set back before the start.
        self.session.set(Session { fence: Some(last + 1), leased_at: i64::MAX, ..self.session.get() });
        Ok(Some(last + 1))
    }

    /// Ends the leases of earlier processes. Their events wait: not after the first interrupted attempt, which is most
    /// often a crash with another cause; then as [`RetryPolicy::interrupted`] says.
    fn interrupt_leased(&self, now: i64) -> Result<(), Error> {
        let sql = "SELECT receipt, attempts FROM event INDEXED BY event_by_state WHERE state = ?1";
        let mut leased = self.connection.prepare_cached(sql)?;
        let leased = leased.query_map([LEASED], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let retries = RetryPolicy::interrupted();
        for (number, attempts) in leased.collect::<Result<Vec<(i64, u32)>, _>>()? {
            let after = attempts.checked_sub(1).filter(|attempts| *attempts > 0);
            let after = after.and_then(|attempts| retries.delay_after(attempts)).map_or(0, millis);
            let sql = "UPDATE event SET state = ?1, fence = ?2, due_after = ?3, due_at = ?4 WHERE receipt = ?5";
            self.run(sql, [WAITING, INTERRUPTED, after, now.saturating_add(after), number])?;
        }
        Ok(())
    }

    /// Shortens delays after the clock may have been set back.
    fn cap_backoff_after_clock_jump(&self, now: i64) -> Result<(), Error> {
        let sql = "UPDATE event INDEXED BY event_by_failure SET due_at = ?1 + due_after
             WHERE state = 2 AND due_at - due_after > ?1";
        self.run(sql, [now]).map(|_| ())
    }

    /// Leases an event. `None` if its checksum is wrong: then it becomes a dead letter.
    fn lease_row(&self, number: i64, fence: i64, clock: ClockReading) -> Result<Option<LeasedDelivery>, Error> {
        let sql = "UPDATE event SET state = ?1, attempts = attempts + 1, fence = ?2 WHERE receipt = ?3";
        self.run(sql, params![LEASED, fence, number])?;
        let token = LeaseToken { entry_id: entry_id(number), fence: fence.unsigned_abs() };
        let sql = format!("SELECT {DELIVERY}, attempts, checksum FROM event WHERE receipt = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let read = statement.query_row([number], |row| {
            row::check(row)?;
            Ok((row::delivery(row)?, row.get(10)?))
        });
        let (delivery, attempt) = match read {
            Ok(read) => read,
            // The file is damaged here. The other events are handled.
            Err(
                error @ (Error::FromSqlConversionFailure(..)
                | Error::InvalidColumnType(..)
                | Error::IntegralValueOutOfRange(..)),
            ) => {
                let reason = Reason::new(ReasonKind::Damaged, format!("the stored event was changed: {error}"));
                tracing::error!(receipt = number, reason = %reason.kind(), "dead letter: the file is damaged");
                self.settle(token, &Settlement::Dead(reason), clock)?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let freshness = self.freshness(&delivery)?;
        Ok(Some(LeasedDelivery { token, delivery, attempt, freshness }))
    }

    fn freshness(&self, delivery: &Delivery) -> Result<Freshness, Error> {
        let (Some(key), Some(revision)) = (delivery.key(), delivery.revision()) else {
            return Ok(Freshness::Unknown);
        };
        let newest = "SELECT max(revision) FROM event INDEXED BY event_by_revision WHERE key = ?1 AND state = 4 AND revision IS NOT NULL";
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
                let sql = "UPDATE event SET state = ?1, settled_at = ?2, channel = NULL, headers = NULL, body = NULL,
                     checksum = NULL WHERE receipt = ?3";
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
            let next = "SELECT min(receipt) FROM event INDEXED BY event_by_key WHERE key = ?1 AND state = ?2";
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
