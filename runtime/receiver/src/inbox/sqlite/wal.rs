//! Checkpoints of the write-ahead log (`-wal`) in a thread of their own.
//!
//! `SQLite` itself runs a checkpoint in a commit when the log is large, and the requests in that commit wait for it. So
//! this thread runs frequent small checkpoints, and the log rarely becomes large.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, Error, version_number};

use super::schema;
use crate::inbox::InboxError;

/// The delay between a commit and a checkpoint, which collects several commits.
const PAUSE: Duration = Duration::from_millis(5);

/// `SQLite` 3.51.3, the first version without the WAL-reset bug (<https://sqlite.org/wal.html>), in which concurrent
/// checkpoints could corrupt the file. A build can use an older `SQLite` of the system.
const FIRST_SAFE_VERSION: i32 = 3_051_003;

/// The checkpoint thread. It ends on drop.
pub(super) struct Wal {
    due: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Wal {
    /// Starts the thread. If that fails, only the writer runs checkpoints.
    pub(super) fn start_or_disable(path: &Path) -> Self {
        Self::start(path).unwrap_or_else(|error| {
            tracing::debug!(%error, "no checkpoint thread: checkpoints run in commits");
            Self { due: None, thread: None }
        })
    }

    fn start(path: &Path) -> Result<Self, InboxError> {
        if version_number() < FIRST_SAFE_VERSION {
            return Err(InboxError::Unavailable("this version of SQLite is not safe with two connections".into()));
        }
        let connection = schema::connect_beside(path)?;
        let (due, requests) = sync_channel(1);
        let thread = thread::Builder::new().name("inbox log".to_owned());
        let started = thread.spawn(move || run_checkpoints(&connection, &requests));
        let thread = started.map_err(|error| InboxError::Unavailable(error.into()))?;
        Ok(Self { due: Some(due), thread: Some(thread) })
    }

    /// Requests a checkpoint after a commit.
    pub(super) fn request_checkpoint(&self) {
        // A full channel means that a checkpoint is requested already.
        let _requested = self.due.as_ref().map(|due| due.try_send(()));
    }
}

impl Drop for Wal {
    /// Waits for the thread, so that the connection of the writer is the last one, which deletes the log.
    fn drop(&mut self) {
        self.due = None;
        let _panicked = self.thread.take().map(JoinHandle::join);
    }
}

fn run_checkpoints(connection: &Connection, requests: &Receiver<()>) {
    while requests.recv().is_ok() {
        thread::sleep(PAUSE);
        // If it fails, the commits stay in the log, which is as durable.
        let _not_now: Result<(), Error> = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }
}
