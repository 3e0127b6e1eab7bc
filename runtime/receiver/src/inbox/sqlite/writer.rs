//! The thread that writes to the `SQLite` file, and commits several requests in one transaction.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{mem, slice, thread};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::disk_full::SpaceGuard;
use super::file_guard::FileGuard;
use super::queries::{Access, Shared, Store, TxError};
use super::wal::Wal;
use crate::inbox::InboxError;

/// The largest number of jobs in one transaction. With more, the first job would wait too long for the last one.
const AT_MOST: usize = 512;

/// How long `drop` waits until the file is closed. It usually takes a few milliseconds; a stuck disk may take forever.
pub(super) const CLOSING: Duration = Duration::from_millis(250);

/// A handle to the thread that owns the connection. The thread ends when the handle is dropped.
pub(super) struct Writer {
    queue: Option<mpsc::UnboundedSender<Box<dyn Job>>>,
    /// Is disconnected when the thread has closed the file.
    closed: Mutex<Receiver<()>>,
}

/// What the caller of a job requires after the commit, in addition to the commit itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitRequirement {
    /// The file still exists under its path. Required before an event is acknowledged and before the inbox is
    /// reported as healthy.
    FileInPlace,
    /// Nothing. Events that were acknowledged before the file was deleted can still be handled.
    None,
}

/// Work in a transaction. Several jobs may share one transaction.
trait Job: Send {
    /// Whether the caller has dropped the request.
    fn is_cancelled(&self) -> bool;
    /// Runs the job. It may run again if the transaction fails.
    fn run(&mut self, store: &Store<'_>) -> Result<(), rusqlite::Error>;
    /// Sends the outcome to the caller after the commit. `in_place` is the result of [`FileGuard::check`].
    fn committed(self: Box<Self>, in_place: Result<(), &'static str>);
    /// Sends the error to the caller.
    fn failed(self: Box<Self>, error: &rusqlite::Error);
}

/// Work that has not run is removed when the caller drops the request. This frees the event body that the work owns:
/// while a disk is stuck, the queue must not keep bodies that their senders will send again.
type Work<W> = Arc<Mutex<Option<W>>>;

/// Removes the work from its job when it is dropped, unless the work is running.
struct CancelOnDrop<W>(Work<W>);

impl<W> Drop for CancelOnDrop<W> {
    fn drop(&mut self) {
        // The lock is taken while the work runs.
        if let Ok(mut work) = self.0.try_lock() {
            work.take();
        }
    }
}

struct Pending<W, T> {
    work: Work<W>,
    needs: CommitRequirement,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, InboxError>>,
}

impl<W, T> Job for Pending<W, T>
where
    W: FnMut(&Store<'_>) -> Result<T, rusqlite::Error> + Send,
    T: Send,
{
    fn is_cancelled(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, store: &Store<'_>) -> Result<(), rusqlite::Error> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        self.outcome = work.as_mut().map(|work| work(store)).transpose()?;
        Ok(())
    }

    fn committed(self: Box<Self>, in_place: Result<(), &'static str>) {
        if let Some(outcome) = self.outcome {
            let outcome = match in_place {
                Err(problem) if self.needs == CommitRequirement::FileInPlace => {
                    Err(InboxError::Unavailable(problem.into()))
                }
                _ => Ok(outcome),
            };
            // The caller may have dropped the request.
            let _gone = self.reply.send(outcome);
        }
    }

    fn failed(self: Box<Self>, error: &rusqlite::Error) {
        // As a string, because several jobs may get the same error, and it cannot be cloned.
        let _gone = self.reply.send(Err(InboxError::Unavailable(error.to_string().into())));
    }
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        files: FileGuard,
        log: Wal,
        shared: Arc<Shared>,
    ) -> Result<Self, InboxError> {
        let (queue, jobs) = mpsc::unbounded_channel();
        let (closing, closed) = sync_channel(0);
        let thread = thread::Builder::new().name("inbox".to_owned());
        let started = thread.spawn(move || {
            write(&connection, files, &log, shared, jobs);
            // `SQLite` deletes the log when the last connection is closed.
            drop(log);
            drop(connection);
            drop(closing);
        });
        started.map_err(|error| InboxError::Unavailable(error.into()))?;
        Ok(Self { queue: Some(queue), closed: Mutex::new(closed) })
    }

    /// Runs the work on the thread of the writer. If the future is dropped before the work starts, it never runs.
    pub(super) fn run<W, T>(
        &self,
        needs: CommitRequirement,
        work: W,
    ) -> impl Future<Output = Result<T, InboxError>> + Send + use<W, T>
    where
        W: FnMut(&Store<'_>) -> Result<T, rusqlite::Error> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let asked = CancelOnDrop(Arc::new(Mutex::new(Some(work))));
        let job = Box::new(Pending { work: Arc::clone(&asked.0), needs, outcome: None, reply });
        let queued = self.queue.as_ref().is_some_and(|queue| queue.send(job).is_ok());
        async move {
            let _until_answered = asked;
            if !queued {
                return Err(InboxError::Closed);
            }
            outcome.await.unwrap_or(Err(InboxError::Closed))
        }
    }
}

impl Drop for Writer {
    /// Waits until the file is closed, so that no log is left next to it when the process ends.
    fn drop(&mut self) {
        self.queue = None;
        let closed = self.closed.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _closed_or_stuck = closed.recv_timeout(CLOSING);
    }
}

/// The loop of the thread: commits all waiting jobs in one transaction.
fn write(
    connection: &Connection,
    mut files: FileGuard,
    log: &Wal,
    shared: Arc<Shared>,
    mut jobs: mpsc::UnboundedReceiver<Box<dyn Job>>,
) {
    let mut room = SpaceGuard::new(Store::new(connection, Access::Write, shared));
    let mut batch = Vec::new();
    while jobs.blocking_recv_many(&mut batch, AT_MOST) > 0 {
        batch.retain(|job| !job.is_cancelled());
        match commit(&mut room, &mut batch) {
            Ok(()) => {
                // After the commit, and before the callers get their outcomes.
                let in_place = files.check();
                batch.drain(..).for_each(|job| job.committed(in_place));
                log.request_checkpoint();
            }
            Err(TxError::Within(_)) if batch.len() > 1 => one_by_one(&mut room, &mut files, &mut batch),
            Err(TxError::Begin(error) | TxError::Within(error)) => fail(&mut batch, &error),
        }
    }
}

/// Commits each job in its own transaction, because one job may have failed the shared transaction.
fn one_by_one(room: &mut SpaceGuard<'_>, files: &mut FileGuard, batch: &mut Vec<Box<dyn Job>>) {
    let mut jobs = mem::take(batch).into_iter();
    while let Some(mut job) = jobs.next() {
        match commit(room, slice::from_mut(&mut job)) {
            Ok(()) => job.committed(files.check()),
            Err(TxError::Within(error)) => job.failed(&error),
            // Another process has locked the file. Each remaining job would wait as long as this one.
            Err(TxError::Begin(error)) => {
                job.failed(&error);
                fail(&mut jobs.by_ref().collect(), &error);
            }
        }
    }
}

fn fail(batch: &mut Vec<Box<dyn Job>>, error: &rusqlite::Error) {
    batch.drain(..).for_each(|job| job.failed(error));
}

/// Commits all jobs of the batch, or none.
fn commit(room: &mut SpaceGuard<'_>, batch: &mut [Box<dyn Job>]) -> Result<(), TxError> {
    room.transaction(|store| batch.iter_mut().try_for_each(|job| job.run(store)))
}
