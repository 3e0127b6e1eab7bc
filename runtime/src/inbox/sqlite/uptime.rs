//! The time by which things in the file are old.
//!
//! A process's clock is right while it runs ([`SteadyClock`](crate::SteadyClock)), and may have been set by a day before it
//! began. Nobody can tell a day of rest from a clock that is a day ahead. So there are two times here, which differ by what
//! nobody has seen pass.

use rusqlite::Error;

use super::queries::Store;

/// Kept beside the tables of the first version, whose files are given it. One row.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS passed (lived INTEGER NOT NULL, seen INTEGER NOT NULL)";

/// What a process's clock shows, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct ClockReading {
    /// When it opened the inbox.
    pub(super) began: i64,
    pub(super) now: i64,
}

/// Now, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Now {
    /// By the clock, but never before what is in the file already: for ages that people look at, and for what is due.
    pub(super) seen: i64,
    /// Only what has passed while a process had the inbox open: for what is thrown away when it is old.
    pub(super) uptime: i64,
}

/// What is to be added to a process's clock.
#[derive(Clone, Copy, Default)]
pub(super) struct Offsets {
    seen: i64,
    uptime: i64,
}

impl Store<'_> {
    pub(super) fn time(&self, clock: ClockReading) -> Result<Now, Error> {
        let offsets = match self.offsets() {
            Some(offsets) => offsets,
            None => self.find_offsets(clock.began)?,
        };
        Ok(Now { seen: clock.now.saturating_add(offsets.seen), uptime: clock.now.saturating_add(offsets.uptime) })
    }

    fn find_offsets(&self, began: i64) -> Result<Offsets, Error> {
        if self.number("SELECT count(*) FROM passed", [])? == Some(0) {
            // Nothing has been measured in this file: the clock is all there is.
            self.run("INSERT INTO passed VALUES (?1, ?1)", [began])?;
        }
        // What was written down of events since is no later than now either.
        let done = self.number("SELECT max(settled_at) FROM event WHERE state = 4", [])?;
        let uptime = self.number("SELECT lived FROM passed", [])?.max(done).unwrap_or(began);
        let stored = self.number("SELECT stored_at FROM event ORDER BY receipt DESC LIMIT 1", [])?;
        let seen = self.number("SELECT seen FROM passed", [])?.max(stored).unwrap_or(began);
        let offsets = Offsets { seen: seen.saturating_sub(began).max(0), uptime: uptime.saturating_sub(began) };
        self.set_offsets(offsets);
        Ok(offsets)
    }

    /// Writes down how far it has come, for the next process. What a crash keeps from being written has not passed.
    pub(super) fn persist_uptime(&self, clock: ClockReading) -> Result<(), Error> {
        let now = self.time(clock)?;
        let sql = "UPDATE passed SET lived = max(lived, ?1), seen = max(seen, ?2)";
        self.run(sql, [now.uptime, now.seen]).map(|_| ())
    }
}
