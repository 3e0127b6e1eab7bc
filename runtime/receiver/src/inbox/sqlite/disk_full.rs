//! Handles a full disk.
//!
//! Commits go into a log (`-wal`). `SQLite` runs a checkpoint after a commit when the log is large. On a full disk
//! there are no commits, so the log keeps its space. If less space becomes free than the log needs, new commits would
//! take that space too, and no checkpoint could run. So this module runs a checkpoint first.

use rusqlite::{Error, ErrorCode};

use super::queries::{Store, TxError};

/// After this number of commits, the disk counts as not full.
const RECOVERED_AFTER: u32 = 1_000;

/// The store, and what is known about free disk space.
pub(super) struct SpaceGuard<'c> {
    store: Store<'c>,
    left: FreeSpace,
}

/// The free disk space, as seen by the last commits.
#[derive(Clone, Copy)]
enum FreeSpace {
    Enough,
    /// The disk was full before this number of commits. A checkpoint follows each of them.
    Little(u32),
    None,
}

impl<'c> SpaceGuard<'c> {
    pub(super) fn new(store: Store<'c>) -> Self {
        Self { store, left: FreeSpace::Enough }
    }

    /// Runs this in a transaction, a second time if the disk was full and a checkpoint has made space.
    pub(super) fn transaction(&mut self, mut work: impl FnMut(&Store<'c>) -> Result<(), Error>) -> Result<(), TxError> {
        // Free space is for the checkpoint first.
        self.make_space();
        let done = self.store.transaction(|| work(&self.store));
        match (&done, self.left) {
            (Err(TxError::Within(error)), _) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                self.left = FreeSpace::None;
                if self.make_space() {
                    return self.store.transaction(|| work(&self.store));
                }
            }
            (Ok(()), _) if self.store.take_checkpoint_request() => {
                // If it fails, the commits stay in the log.
                let _not_now = self.store.checkpoint_wal();
            }
            (Ok(()), FreeSpace::Little(RECOVERED_AFTER..)) => self.left = FreeSpace::Enough,
            (Ok(()), FreeSpace::Little(commits)) => {
                // If another process reads the log, the next checkpoint does it.
                let _not_yet = self.store.checkpoint_wal();
                self.left = FreeSpace::Little(commits + 1);
            }
            _ => {}
        }
        done
    }

    /// Runs a checkpoint if the disk is full. `true` if it has made space.
    fn make_space(&mut self) -> bool {
        let made = matches!(self.left, FreeSpace::None) && self.store.checkpoint_wal().is_ok();
        if made {
            self.left = FreeSpace::Little(0);
        }
        made
    }
}
