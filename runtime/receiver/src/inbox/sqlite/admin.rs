//! The queries of operators: list, statistics, requeue, delete.

use std::time::Duration;

use rusqlite::{Error, OptionalExtension, params};

use super::queries::{Store, limit};
use super::row::{self, DEAD, DELIVERY, DONE, ENTRY, HELD, LEASED, READY, WAITING, entry_id, state_number};
use super::uptime::ClockReading;
use crate::clock::{elapsed, millis};
use crate::inbox::{Entry, EntryId, EventId, Page, State, Stats, Stored};

/// The size of a probe.
const PROBE_BYTES: i64 = 16 * 1024;

/// The number of free pages that a file keeps.
const FREE_PAGES: i64 = 256;

/// The number of pages that are given back in one transaction.
const SHRINK_PAGES: i64 = 256;

impl Store<'_> {
    pub(super) fn list(&self, page: Page) -> Result<Vec<Entry>, Error> {
        let (index, of_state) = match page.state {
            Some(_) => ("INDEXED BY event_by_state", "state = ?3"),
            None => ("NOT INDEXED", "?3 IS NULL"),
        };
        let sql =
            format!("SELECT {ENTRY} FROM event {index} WHERE {of_state} AND receipt > ?1 ORDER BY receipt LIMIT ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let params = params![page.after.0.cast_signed(), limit(page.most), page.state.map(state_number)];
        statement.query_map(params, row::entry)?.collect()
    }

    pub(super) fn find(&self, id: &EventId) -> Result<Option<Stored>, Error> {
        let number = self.number("SELECT receipt FROM event WHERE id = ?1", [id.as_str()])?;
        number.map_or(Ok(None), |number| self.get(entry_id(number)))
    }

    pub(super) fn get(&self, entry_id: EntryId) -> Result<Option<Stored>, Error> {
        let number = entry_id.0.cast_signed();
        let sql = format!("SELECT {ENTRY} FROM event WHERE receipt = ?1");
        let entry = self.connection.prepare_cached(&sql)?.query_row([number], row::entry).optional()?;
        let Some(entry) = entry else {
            return Ok(None);
        };
        if entry.state == State::Done {
            return Ok(Some(Stored { entry, delivery: None }));
        }
        let sql = format!("SELECT {DELIVERY} FROM event WHERE receipt = ?1");
        let delivery = self.connection.prepare_cached(&sql)?.query_row([number], row::delivery)?;
        Ok(Some(Stored { entry, delivery: Some(delivery) }))
    }

    pub(super) fn requeue(&self, id: &EventId) -> Result<bool, Error> {
        let sql = "SELECT receipt FROM event WHERE id = ?1 AND state = ?2";
        let number = self.number(sql, params![id.as_str(), DEAD])?;
        number.map(|number| self.requeue_entry(number)).transpose().map(|revived| revived.is_some())
    }

    /// Requeues some dead letters after this entry. Returns the last one and their number.
    pub(super) fn requeue_after(&self, after: EntryId, most: usize) -> Result<Option<(EntryId, u64)>, Error> {
        let numbers = self.dead_after(after, most)?;
        numbers.iter().try_for_each(|number| self.requeue_entry(*number))?;
        Ok(numbers.last().map(|last| (entry_id(*last), numbers.len() as u64)))
    }

    /// The receipts of some dead letters after this entry.
    fn dead_after(&self, after: EntryId, most: usize) -> Result<Vec<i64>, Error> {
        let sql = "SELECT receipt FROM event INDEXED BY event_by_state WHERE state = ?1 AND receipt > ?2
             ORDER BY receipt LIMIT ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let numbers = statement.query_map(params![DEAD, after.0.cast_signed(), limit(most)], |row| row.get(0))?;
        numbers.collect()
    }

    /// Deletes some dead letters after this entry. Returns the last one and their number.
    pub(super) fn discard_after(&self, after: EntryId, most: usize) -> Result<Option<(EntryId, u64)>, Error> {
        self.remember_last()?;
        let numbers = self.dead_after(after, most)?;
        for number in &numbers {
            self.run("DELETE FROM event WHERE receipt = ?1", [number])?;
        }
        Ok(numbers.last().map(|last| (entry_id(*last), numbers.len() as u64)))
    }

    fn requeue_entry(&self, number: i64) -> Result<(), Error> {
        let key: Option<String> = self
            .connection
            .prepare_cached("SELECT key FROM event WHERE receipt = ?1")?
            .query_row([number], |row| row.get(0))?;
        let state = self.initial_state(key.as_deref())?;
        let sql = "UPDATE event SET state = ?1, attempts = 0, settled_at = NULL, reason = NULL, reason_pointer = NULL,
             reason_message = NULL WHERE receipt = ?2";
        self.run(sql, [state, number]).map(|_| ())
    }

    pub(super) fn stats(&self, clock: ClockReading) -> Result<Stats, Error> {
        let now = self.time(clock)?.seen;
        let count = |sql| self.number(sql, []).map(|count| count.unwrap_or(0).unsigned_abs());
        let mut oldest = None;
        for state in [READY, HELD, WAITING, LEASED] {
            let sql = "SELECT stored_at FROM event INDEXED BY event_by_state WHERE state = ?1 ORDER BY receipt LIMIT 1";
            let of_state = self.number(sql, [state])?;
            oldest = oldest.into_iter().chain(of_state).min();
        }
        let last = match self.last_stored_at()? {
            Some(last) => Some(last),
            None => self.number("SELECT last_stored_at FROM forgotten", [])?,
        };
        Ok(Stats {
            pending: count("SELECT sum(events) FROM tally WHERE state < 4")?,
            dead: count("SELECT events FROM tally WHERE state = 5")?,
            oldest_pending: oldest.map(|at| elapsed(at, now)),
            last_event: last.map(|at| elapsed(at, now)),
        })
    }

    pub(super) fn discard(&self, id: &EventId) -> Result<bool, Error> {
        self.remember_last()?;
        self.run("DELETE FROM event WHERE id = ?1 AND state = ?2", params![id.as_str(), DEAD]).map(|gone| gone > 0)
    }

    /// Deletes some entries that have been in this state for longer than this.
    pub(super) fn purge(&self, state: State, kept: Duration, clock: ClockReading, most: usize) -> Result<usize, Error> {
        self.remember_last()?;
        self.persist_uptime(clock)?;
        let now = self.time(clock)?.uptime;
        // The state is in the SQL text, because each index has the rows of one state.
        let (index, state) = if state == State::Dead { ("event_by_death", DEAD) } else { ("event_by_end", DONE) };
        let sql = format!(
            "DELETE FROM event WHERE receipt IN (SELECT receipt FROM event INDEXED BY {index}
                 WHERE state = {state} AND settled_at < ?1 ORDER BY settled_at LIMIT ?2)"
        );
        self.run(&sql, params![now.saturating_sub(millis(kept)), limit(most)])
    }

    /// Writes as much as a small event, to test whether events can be stored.
    pub(super) fn probe(&self) -> Result<(), Error> {
        self.run("INSERT OR REPLACE INTO probe VALUES (1, randomblob(?1))", [PROBE_BYTES]).map(|_| ())
    }

    /// Gives some free pages back to the file system. `false` if the file has few of them.
    pub(super) fn shrink(&self) -> Result<bool, Error> {
        let free = self.number("PRAGMA freelist_count", [])?.unwrap_or(0);
        let pages = self.number("PRAGMA page_count", [])?.unwrap_or(0);
        // Files of earlier releases cannot be shrunk.
        let can_shrink = self.number("PRAGMA auto_vacuum", [])? == Some(2);
        if !can_shrink || free < FREE_PAGES.max(pages / 2) {
            return Ok(false);
        }
        self.connection.execute_batch(&format!("PRAGMA incremental_vacuum({SHRINK_PAGES})"))?;
        Ok(true)
    }

    fn last_stored_at(&self) -> Result<Option<i64>, Error> {
        self.number("SELECT stored_at FROM event WHERE kind = 0 ORDER BY receipt DESC LIMIT 1", [])
    }

    /// Stores the time of the last event before that event may be deleted.
    fn remember_last(&self) -> Result<(), Error> {
        let last = self.last_stored_at()?;
        let sql = "UPDATE forgotten SET last_stored_at = ?1 WHERE ?1 > ifnull(last_stored_at, 0)";
        self.run(sql, [last]).map(|_| ())
    }
}
