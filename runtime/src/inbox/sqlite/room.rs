//! What to do on a disk that is full, and on one that was.
//!
//! What is committed goes into a log (`-wal`), which is written back into the file now and then. `SQLite` does that after
//! a commit, once the log has grown to its size. On a full disk there is no commit, so the log would keep what it has
//! taken; and where less comes free than its size, it would take that too, and leave no room to be written back.

use rusqlite::{Error, ErrorCode};

use super::tables::{Failed, Tables};

/// How many commits in a row show that there is room again.
const ENOUGH: u32 = 1_000;

/// The tables, and the room for what is written into them.
pub(super) struct Room<'c> {
    tables: Tables<'c>,
    left: Left,
}

/// What the last commits say of the disk.
#[derive(Clone, Copy)]
enum Left {
    Enough,
    /// There was none before the last so many commits. The log is written back after each.
    Little(u32),
    None,
}

impl<'c> Room<'c> {
    pub(super) fn new(tables: Tables<'c>) -> Self {
        Self { tables, left: Left::Enough }
    }

    /// Does all of this, or nothing. It may be done twice.
    pub(super) fn transaction(&mut self, mut work: impl FnMut(&Tables<'c>) -> Result<(), Error>) -> Result<(), Failed> {
        // What has come free is the log's first.
        self.make();
        let done = self.tables.transaction(|| work(&self.tables));
        match (&done, self.left) {
            (Err(Failed::Within(error)), _) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                self.left = Left::None;
                if self.make() {
                    return self.tables.transaction(|| work(&self.tables));
                }
            }
            (Ok(()), _) if self.tables.is_checkpoint_due() => {
                // Where that cannot be, what is committed stays in the log.
                let _not_now = self.tables.write_log_back();
            }
            (Ok(()), Left::Little(ENOUGH..)) => self.left = Left::Enough,
            (Ok(()), Left::Little(commits)) => {
                // If somebody reads what is in the log, the next one writes it back.
                let _not_yet = self.tables.write_log_back();
                self.left = Left::Little(commits + 1);
            }
            _ => {}
        }
        done
    }

    /// Whether some was made, of none.
    fn make(&mut self) -> bool {
        let made = matches!(self.left, Left::None) && self.tables.write_log_back().is_ok();
        if made {
            self.left = Left::Little(0);
        }
        made
    }
}
