//! Writing the log (`-wal`) back into the file.
//!
//! `SQLite` does that within a commit, once the log has grown to its size, and whoever is to be acknowledged just then
//! waits for it: with a file that grows, longer than for anything else. So it is done beside the writer, a little at a
//! time; the log is then mostly written back before it has grown so far, and begins again by itself.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, Error, version_number};

use super::schema;
use crate::inbox::InboxError;

/// How long after a commit, so that what is committed meanwhile goes along.
const PAUSE: Duration = Duration::from_millis(5);

/// `SQLite` 3.51.3. In those before, a connection that wrote back just when another began the log again could spoil the
/// file ("The WAL-Reset Bug", <https://sqlite.org/wal.html>). A build may be told to use the system's.
const SOUND: i32 = 3_051_003;

/// A thread that writes the log back. It ends when this is dropped.
pub(super) struct Wal {
    due: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Wal {
    /// Where it cannot be started, the writer goes on writing back what it commits.
    pub(super) fn of(path: &Path) -> Self {
        Self::start(path).unwrap_or_else(|error| {
            tracing::debug!(%error, "the log is written back by the writer alone");
            Self { due: None, thread: None }
        })
    }

    fn start(path: &Path) -> Result<Self, InboxError> {
        if version_number() < SOUND {
            return Err(InboxError::Unavailable("this SQLite is to have one connection at a time".into()));
        }
        let connection = schema::connect_beside(path)?;
        let (due, asked) = sync_channel(1);
        let thread = thread::Builder::new().name("inbox log".to_owned());
        let started = thread.spawn(move || checkpoint(&connection, &asked));
        let thread = started.map_err(|error| InboxError::Unavailable(error.into()))?;
        Ok(Self { due: Some(due), thread: Some(thread) })
    }

    /// Something has been committed.
    pub(super) fn has_grown(&self) {
        // Where that has been said already, it holds for this too.
        let _said = self.due.as_ref().map(|due| due.try_send(()));
    }
}

impl Drop for Wal {
    /// Waits for the thread, so that the writer's connection is the last one, and takes the log away with it.
    fn drop(&mut self) {
        self.due = None;
        let _panicked = self.thread.take().map(JoinHandle::join);
    }
}

fn checkpoint(connection: &Connection, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        thread::sleep(PAUSE);
        // What cannot be written back now stays in the log, where it is as safe.
        let _not_now: Result<(), Error> = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }
}
