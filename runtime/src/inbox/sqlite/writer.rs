use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::tables::Tables;
use crate::inbox::InboxError;

/// The most jobs that share a transaction. More would make the first of them wait for the last.
const AT_MOST: usize = 512;

/// The way to the thread that owns the connection. The thread ends when this is dropped.
pub(super) struct Writer {
    queue: mpsc::UnboundedSender<Box<dyn Job>>,
}

/// Something to be done in a transaction that it may share with others.
trait Job: Send {
    /// Whether anybody still waits for it.
    fn is_wanted(&self) -> bool;
    /// Does it. It may be done again, if the transaction fails.
    fn run(&mut self, tables: &Tables<'_>) -> Result<(), rusqlite::Error>;
    /// Tells who waits that it is committed.
    fn committed(self: Box<Self>);
    /// Tells who waits that it is not.
    fn failed(self: Box<Self>, error: rusqlite::Error);
}

struct Pending<W, T> {
    work: W,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, InboxError>>,
}

impl<W, T> Job for Pending<W, T>
where
    W: FnMut(&Tables<'_>) -> Result<T, rusqlite::Error> + Send,
    T: Send,
{
    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }

    fn run(&mut self, tables: &Tables<'_>) -> Result<(), rusqlite::Error> {
        self.outcome = Some((self.work)(tables)?);
        Ok(())
    }

    fn committed(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // Whoever asked may be gone.
            let _gone = self.reply.send(Ok(outcome));
        }
    }

    fn failed(self: Box<Self>, error: rusqlite::Error) {
        let _gone = self.reply.send(Err(InboxError::Unavailable(error.into())));
    }
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, InboxError> {
        let (queue, jobs) = mpsc::unbounded_channel();
        let thread = thread::Builder::new().name("inbox".to_owned());
        let started = thread.spawn(move || write(&connection, jobs));
        started.map_err(|error| InboxError::Unavailable(error.into()))?;
        Ok(Self { queue })
    }

    /// Has this done. If the future is dropped before the work is begun, it is not done.
    pub(super) fn run<W, T>(&self, work: W) -> impl Future<Output = Result<T, InboxError>> + Send + use<W, T>
    where
        W: FnMut(&Tables<'_>) -> Result<T, rusqlite::Error> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let queued = self.queue.send(Box::new(Pending { work, outcome: None, reply }));
        async move {
            queued.map_err(|_| InboxError::Closed)?;
            outcome.await.unwrap_or(Err(InboxError::Closed))
        }
    }
}

/// What the thread does: whatever waits, together.
fn write(connection: &Connection, mut jobs: mpsc::UnboundedReceiver<Box<dyn Job>>) {
    let tables = Tables::new(connection);
    let mut batch = Vec::new();
    while jobs.blocking_recv_many(&mut batch, AT_MOST) > 0 {
        batch.retain(|job| job.is_wanted());
        if commit(&tables, &mut batch).is_ok() {
            batch.drain(..).for_each(Job::committed);
            continue;
        }
        // One of them may have spoilt it for all.
        for mut job in batch.drain(..) {
            match commit(&tables, std::slice::from_mut(&mut job)) {
                Ok(()) => job.committed(),
                Err(error) => job.failed(error),
            }
        }
    }
}

/// Does all of them, or none.
fn commit(tables: &Tables<'_>, batch: &mut [Box<dyn Job>]) -> Result<(), rusqlite::Error> {
    tables.transaction(|| batch.iter_mut().try_for_each(|job| job.run(tables)))
}
