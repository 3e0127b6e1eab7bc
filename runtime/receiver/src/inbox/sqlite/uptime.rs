//! The two times by which entries in the file age.
//!
//! The clock of a process is steady while it runs ([`SteadyClock`](crate::SteadyClock)), but the system clock may have
//! been changed before its start. A day without a process cannot be distinguished from a clock that is a day ahead. So
//! the file has a wall time, and an uptime that counts only while a process has the inbox open.

use rusqlite::Error;

use super::queries::Store;

/// The table with both times, one row. Files of the first version get it when they are opened.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS passed (lived INTEGER NOT NULL, seen INTEGER NOT NULL)";

/// A reading of the clock of this process, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct ClockReading {
    /// When this process opened the inbox.
    pub(super) began: i64,
    pub(super) now: i64,
}

/// Now, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Now {
    /// The wall time, but never earlier than times in the file: for displayed ages and due times.
    pub(super) seen: i64,
    /// The time in which a process had the inbox open: for deletion by age.
    pub(super) uptime: i64,
}

/// The differences to the clock of this process.
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
            // A new file: both times start with the clock.
            self.run("INSERT INTO passed VALUES (?1, ?1)", [began])?;
        }
        // Times of events may be later than the stored times.
        let done = self.number("SELECT max(settled_at) FROM event WHERE state = 4", [])?;
        let uptime = self.number("SELECT lived FROM passed", [])?.max(done).unwrap_or(began);
        let stored = self.number("SELECT stored_at FROM event ORDER BY receipt DESC LIMIT 1", [])?;
        let seen = self.number("SELECT seen FROM passed", [])?.max(stored).unwrap_or(began);
        let offsets = Offsets { seen: seen.saturating_sub(began).max(0), uptime: uptime.saturating_sub(began) };
        self.set_offsets(offsets);
        Ok(offsets)
    }

    /// Stores both times for the next process. Time that a crash keeps from being stored does not count.
    pub(super) fn persist_uptime(&self, clock: ClockReading) -> Result<(), Error> {
        let now = self.time(clock)?;
        let sql = "UPDATE passed SET lived = max(lived, ?1), seen = max(seen, ?2)";
        self.run(sql, [now.uptime, now.seen]).map(|_| ())
    }
}
