//! The thread that reads from the `SQLite` file, for lists, statistics and single events.
//!
//! Its transactions only read. With a write-ahead log they wait for no writer, and no writer waits for them: neither a
//! list of many events nor a monitor delays a receiver.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rusqlite::Error;
use tokio::sync::oneshot;

use super::file_guard::FileGuard;
use super::queries::{Access, Shared, Store};
use super::schema;
use super::writer::{CLOSING, CommitRequirement};
use crate::inbox::InboxError;

type Job = Box<dyn FnOnce(&Store<'_>, &FileGuard) + Send>;

/// A handle to the thread that owns the connection. The thread ends when the handle is dropped.
pub(super) struct Reader {
    queue: Mutex<Option<Sender<Job>>>,
    /// Is disconnected when the thread has closed the file.
    closed: Mutex<Receiver<()>>,
}

impl Reader {
    pub(super) fn start(path: &Path, files: FileGuard, shared: Arc<Shared>) -> Result<Self, InboxError> {
        let connection = schema::connect_to_read(path)?;
        let (queue, jobs) = channel::<Job>();
        let (closing, closed) = sync_channel(0);
        let thread = thread::Builder::new().name("inbox reader".to_owned());
        let started = thread.spawn(move || {
            let store = Store::new(&connection, Access::Read, shared);
            for job in jobs {
                job(&store, &files);
            }
            drop(store);
            drop(connection);
            drop(closing);
        });
        started.map_err(|error| InboxError::Unavailable(error.into()))?;
        Ok(Self { queue: Mutex::new(Some(queue)), closed: Mutex::new(closed) })
    }

    /// Runs the work in a transaction on the thread of the reader.
    pub(super) fn run<W, T>(
        &self,
        needs: CommitRequirement,
        work: W,
    ) -> impl Future<Output = Result<T, InboxError>> + Send + use<W, T>
    where
        W: FnOnce(&Store<'_>) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let job: Job = Box::new(move |store, files| {
            if reply.is_closed() {
                return;
            }
            let found = store.read(work).map_err(schema::unavailable);
            let found = match files.check_quietly() {
                Err(problem) if needs == CommitRequirement::FileInPlace => Err(InboxError::Unavailable(problem.into())),
                _ => found,
            };
            // The caller may have dropped the request.
            let _gone = reply.send(found);
        });
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queued = queue.as_ref().is_some_and(|queue| queue.send(job).is_ok());
        async move {
            if !queued {
                return Err(InboxError::Closed);
            }
            outcome.await.unwrap_or(Err(InboxError::Closed))
        }
    }
}

impl Drop for Reader {
    /// Waits until the connection is closed, so that the connection of the writer is the last one, which deletes the
    /// log.
    fn drop(&mut self) {
        *self.queue.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        let closed = self.closed.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _closed_or_stuck = closed.recv_timeout(CLOSING);
    }
}
