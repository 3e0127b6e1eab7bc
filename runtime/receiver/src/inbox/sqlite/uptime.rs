//! The two times by which entries in the file age.
//!
//! The clock of a process is steady while it runs ([`SteadyClock`](crate::SteadyClock)), but the system clock may have
//! been changed before its start. A day without a process cannot be distinguished from a clock that is a day ahead. So
//! the file has a wall time, and an uptime that counts only while a process has the inbox open.

use rusqlite::Error;

use super::queries::{Access, Store};

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
        let offsets = match (self.offsets(), self.access) {
            (Some(offsets), _) => offsets,
            (None, Access::Write) => {
                let offsets = self.find_offsets(clock.began)?;
                self.set_offsets(offsets);
                offsets
            }
            // The writer of this process has none yet: from the times that other processes have written until now.
            (None, Access::Read) => {
                let offsets = self.stored_offsets(clock.began)?;
                let is_ahead = offsets.seen > clock.now.saturating_sub(clock.began);
                Offsets { seen: if is_ahead { offsets.seen } else { 0 }, ..offsets }
            }
        };
        Ok(Now { seen: clock.now.saturating_add(offsets.seen), uptime: clock.now.saturating_add(offsets.uptime) })
    }

    fn find_offsets(&self, began: i64) -> Result<Offsets, Error> {
        if self.number("SELECT count(*) FROM passed", [])? == Some(0) {
            // A new file: both times start with the clock.
            self.run("INSERT INTO passed VALUES (?1, ?1)", [began])?;
        }
        self.stored_offsets(began)
    }

    fn stored_offsets(&self, began: i64) -> Result<Offsets, Error> {
        // Times of events may be later than the stored times.
        let done = "SELECT max(settled_at) FROM event INDEXED BY event_by_end WHERE state = 4";
        let uptime = self.number("SELECT lived FROM passed", [])?.max(self.number(done, [])?).unwrap_or(began);
        let stored = self.number("SELECT stored_at FROM event ORDER BY receipt DESC LIMIT 1", [])?;
        let seen = self.number("SELECT seen FROM passed", [])?.max(stored).unwrap_or(began);
        Ok(Offsets { seen: seen.saturating_sub(began).max(0), uptime: uptime.saturating_sub(began) })
    }

    /// Stores both times for the next process. Time that a crash keeps from being stored does not count.
    pub(super) fn persist_uptime(&self, clock: ClockReading) -> Result<(), Error> {
        let now = self.time(clock)?;
        let sql = "UPDATE passed SET lived = max(lived, ?1), seen = max(seen, ?2)";
        if self.run(sql, [now.uptime, now.seen])? == 0 {
            // The transaction with the first row failed.
            self.run("INSERT INTO passed VALUES (?1, ?2)", [now.uptime, now.seen])?;
        }
        Ok(())
    }
}
