//! The thread that writes to the `SQLite` file, and commits several requests in one transaction.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{mem, slice, thread};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::disk_full::SpaceGuard;
use super::file_guard::FileGuard;
use super::queries::{Store, TxError};
use super::wal::Wal;
use crate::inbox::InboxError;

/// The most jobs that share a transaction. More would make the first of them wait for the last.
const AT_MOST: usize = 512;

/// How long whoever closes the inbox waits for that: usually a few milliseconds, and no longer for a disk that is stuck.
const CLOSING: Duration = Duration::from_millis(250);

/// The way to the thread that owns the connection. The thread ends when this is dropped.
pub(super) struct Writer {
    queue: Option<mpsc::UnboundedSender<Box<dyn Job>>>,
    /// Hears of it when the thread has closed the file.
    closed: Mutex<Receiver<()>>,
}

/// What has to hold once a transaction is committed, for those who asked for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitRequirement {
    /// That the next process finds the file: it is to be acknowledged, or said that all is well.
    FileInPlace,
    /// Nothing more. What was acknowledged before the file was deleted can still be handled.
    None,
}

/// Something to be done in a transaction that it may share with others.
trait Job: Send {
    /// Whether the caller has dropped the request.
    fn is_cancelled(&self) -> bool;
    /// Does it. It may be done again, if the transaction fails.
    fn run(&mut self, store: &Store<'_>) -> Result<(), rusqlite::Error>;
    /// Tells who waits that it is committed, and what was found of the files then.
    fn committed(self: Box<Self>, in_place: Result<(), &'static str>);
    /// Tells who waits that it is not.
    fn failed(self: Box<Self>, error: &rusqlite::Error);
}

/// Work that whoever asked for it can take back for as long as it is not begun, and with it the body that it holds:
/// while a disk is stuck, the queue must not keep what its sender was told to send again.
type Work<W> = Arc<Mutex<Option<W>>>;

/// Who asked. Takes the work back when it is dropped.
struct CancelOnDrop<W>(Work<W>);

impl<W> Drop for CancelOnDrop<W> {
    fn drop(&mut self) {
        // Where it is locked it is being done.
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
            // Whoever asked may be gone.
            let _gone = self.reply.send(outcome);
        }
    }

    fn failed(self: Box<Self>, error: &rusqlite::Error) {
        // As text, since it may be told to many.
        let _gone = self.reply.send(Err(InboxError::Unavailable(error.to_string().into())));
    }
}

impl Writer {
    pub(super) fn start(connection: Connection, files: FileGuard, log: Wal) -> Result<Self, InboxError> {
        let (queue, jobs) = mpsc::unbounded_channel();
        let (closing, closed) = sync_channel(0);
        let thread = thread::Builder::new().name("inbox".to_owned());
        let started = thread.spawn(move || {
            write(&connection, files, &log, jobs);
            // The last connection to be closed takes the log with it.
            drop(log);
            drop(connection);
            drop(closing);
        });
        started.map_err(|error| InboxError::Unavailable(error.into()))?;
        Ok(Self { queue: Some(queue), closed: Mutex::new(closed) })
    }

    /// Has this done. If the future is dropped before the work is begun, it is not done.
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
    /// Waits for the file to be closed, so that nothing is left beside it when the process ends.
    fn drop(&mut self) {
        self.queue = None;
        let closed = self.closed.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _closed_or_stuck = closed.recv_timeout(CLOSING);
    }
}

/// What the thread does: whatever waits, together.
fn write(connection: &Connection, mut files: FileGuard, log: &Wal, mut jobs: mpsc::UnboundedReceiver<Box<dyn Job>>) {
    let mut room = SpaceGuard::new(Store::new(connection));
    let mut batch = Vec::new();
    while jobs.blocking_recv_many(&mut batch, AT_MOST) > 0 {
        batch.retain(|job| !job.is_cancelled());
        match commit(&mut room, &mut batch) {
            Ok(()) => {
                // After the commit, and before anybody hears of it.
                let in_place = files.check();
                batch.drain(..).for_each(|job| job.committed(in_place));
                log.request_checkpoint();
            }
            Err(TxError::Within(_)) if batch.len() > 1 => one_by_one(&mut room, &mut files, &mut batch),
            Err(TxError::Begin(error) | TxError::Within(error)) => fail(&mut batch, &error),
        }
    }
}

/// One of them may have spoilt it for all.
fn one_by_one(room: &mut SpaceGuard<'_>, files: &mut FileGuard, batch: &mut Vec<Box<dyn Job>>) {
    let mut jobs = mem::take(batch).into_iter();
    while let Some(mut job) = jobs.next() {
        match commit(room, slice::from_mut(&mut job)) {
            Ok(()) => job.committed(files.check()),
            Err(TxError::Within(error)) => job.failed(&error),
            // The file is another's now. Each would wait for as long as this one has.
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

/// Does all of them, or none.
fn commit(room: &mut SpaceGuard<'_>, batch: &mut [Box<dyn Job>]) -> Result<(), TxError> {
    room.transaction(|store| batch.iter_mut().try_for_each(|job| job.run(store)))
}
