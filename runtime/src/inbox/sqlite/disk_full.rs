//! What to do on a disk that is full, and on one that was.
//!
//! What is committed goes into a log (`-wal`), which is written back into the file now and then. `SQLite` does that after
//! a commit, once the log has grown to its size. On a full disk there is no commit, so the log would keep what it has
//! taken; and where less comes free than its size, it would take that too, and leave no room to be written back.

use rusqlite::{Error, ErrorCode};

use super::queries::{Store, TxError};

/// How many commits in a row show that there is room again.
const ENOUGH: u32 = 1_000;

/// The store, and the room for what is written into them.
pub(super) struct SpaceGuard<'c> {
    store: Store<'c>,
    left: FreeSpace,
}

/// What the last commits say of the disk.
#[derive(Clone, Copy)]
enum FreeSpace {
    Enough,
    /// There was none before the last so many commits. The log is written back after each.
    Little(u32),
    None,
}

impl<'c> SpaceGuard<'c> {
    pub(super) fn new(store: Store<'c>) -> Self {
        Self { store, left: FreeSpace::Enough }
    }

    /// Does all of this, or nothing. It may be done twice.
    pub(super) fn transaction(&mut self, mut work: impl FnMut(&Store<'c>) -> Result<(), Error>) -> Result<(), TxError> {
        // What has come free is the log's first.
        self.make();
        let done = self.store.transaction(|| work(&self.store));
        match (&done, self.left) {
            (Err(TxError::Within(error)), _) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                self.left = FreeSpace::None;
                if self.make() {
                    return self.store.transaction(|| work(&self.store));
                }
            }
            (Ok(()), _) if self.store.is_checkpoint_due() => {
                // Where that cannot be, what is committed stays in the log.
                let _not_now = self.store.checkpoint_wal();
            }
            (Ok(()), FreeSpace::Little(ENOUGH..)) => self.left = FreeSpace::Enough,
            (Ok(()), FreeSpace::Little(commits)) => {
                // If somebody reads what is in the log, the next one writes it back.
                let _not_yet = self.store.checkpoint_wal();
                self.left = FreeSpace::Little(commits + 1);
            }
            _ => {}
        }
        done
    }

    /// Whether some was made, of none.
    fn make(&mut self) -> bool {
        let made = matches!(self.left, FreeSpace::None) && self.store.checkpoint_wal().is_ok();
        if made {
            self.left = FreeSpace::Little(0);
        }
        made
    }
}
