//! The inbox in one `SQLite` file.

mod admin;
mod disk_full;
mod file_guard;
mod queries;
mod row;
mod schema;
mod uptime;
mod wal;
mod writer;

use std::fmt;
use std::path::{self, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use asyncapi_runtime::BoxFuture;
use rusqlite::Connection;
use tokio::sync::Notify;

use super::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Page, PurgeCounts, PutOutcome, Reason,
    Retention, Settlement, State, Stats, Stored,
};
use crate::{Clock, SteadyClock};
use file_guard::FileGuard;
use queries::Store;
use uptime::ClockReading;
use wal::Wal;
use writer::{CommitRequirement, Writer};

/// The number of rows that a long operation handles in one transaction, so that others are not blocked.
const BATCH_ROWS: usize = 500;

/// An inbox in one `SQLite` file. `SQLite` is compiled in. The inbox survives `kill -9` and a power failure.
///
/// One thread writes. It commits all requests that have arrived meanwhile in one transaction with one `fsync`
/// (`journal_mode=WAL`, `synchronous=FULL`), and completes them after the commit. Another thread runs checkpoints,
/// which move committed data from the log to the file. A missing file is created with access for its owner only; the
/// directory must exist and be on a local disk. Bodies of done events are deleted. The file does not shrink; free space
/// is used again.
///
/// **There are also `-wal` and `-shm` files, and `-wal` contains events**: a copy of the main file alone may miss
/// events. After a drain the file is complete ([`Inbox::checkpoint`]). Back up a running inbox with `sqlite3
/// inbox.sqlite ".backup copy.sqlite"`, or with an export.
///
/// On a full disk, puts fail. They work again when there is space for the content of the log, about 1 MiB.
///
/// If the file is deleted, moved or replaced while it is open, puts and [`Inbox::stats`] fail, so that a receiver
/// responds 503 and is not ready. Stored events can still be handled by this process.
///
/// Several processes can open the file, such as a receiver and a command that lists dead letters. Only one process may
/// lease: its first lease ends the leases of all processes before it; see [`Inbox::lease`].
///
/// Delays of retries do not depend on changes of the system clock. After a restart, an event waits at most for its
/// delay again. For [`Retention`], only time counts in which a process has the inbox open.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use asyncapi_receiver::Durable;
/// use asyncapi_receiver::inbox::{EventFields, InboxError, FieldPath, Sqlite};
///
/// # fn open() -> Result<(), InboxError> {
/// let inbox = Arc::new(Sqlite::open("/var/lib/receiver/inbox.sqlite")?);
/// let durable = Durable::new(Arc::clone(&inbox), EventFields::new().with_id(FieldPath::payload("/id")));
/// # Ok(())
/// # }
/// ```
pub struct Sqlite {
    clock: Arc<dyn Clock>,
    began: i64,
    writer: Writer,
    changed: Notify,
}

impl Sqlite {
    /// Opens or creates the inbox in this file. Blocks the thread for some milliseconds.
    ///
    /// # Errors
    ///
    /// The file cannot be opened or written, is not an inbox, or has a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, InboxError> {
        let path = absolute(path.as_ref())?;
        Self::start(&path, schema::open(&path)?)
    }

    /// Opens an existing inbox in this file.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); or the file does not exist or is empty, for example because it was moved without its
    /// `-wal`.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, InboxError> {
        let path = absolute(path.as_ref())?;
        Self::start(&path, schema::open_existing(&path)?)
    }

    fn start(path: &Path, connection: Connection) -> Result<Self, InboxError> {
        let files = FileGuard::of(path).map_err(|error| InboxError::Unavailable(error.into()))?;
        let writer = Writer::start(connection, files, Wal::start_or_disable(path))?;
        let clock = SteadyClock::new();
        let began = clock.now().as_millisecond();
        Ok(Self { clock: Arc::new(clock), began, writer, changed: Notify::new() })
    }

    /// Sets the clock. Default: a [`SteadyClock`].
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.began = clock.now().as_millisecond();
        self.clock = clock;
        self
    }

    fn now(&self) -> ClockReading {
        ClockReading { began: self.began, now: self.clock.now().as_millisecond() }
    }

    /// Runs this in a transaction of the writer. Completes after the commit.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Store<'_>) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, InboxError>> {
        Box::pin(self.writer.run(CommitRequirement::None, work))
    }

    /// Deletes entries that have been in this state for longer than this, in several transactions.
    async fn purge_state(&self, state: State, kept: Duration, now: ClockReading) -> Result<u64, InboxError> {
        let mut purged = 0;
        loop {
            let count = self.write(move |store| store.purge(state, kept, now, BATCH_ROWS)).await?;
            purged += count as u64;
            if count < BATCH_ROWS {
                return Ok(purged);
            }
        }
    }

    /// Like [`write`](Self::write), and wakes a worker that waits in `ready`.
    fn write_and_notify<T: Send + 'static>(
        &self,
        needs: CommitRequirement,
        work: impl FnMut(&Store<'_>) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, InboxError>> {
        Box::pin(async move {
            let outcome = self.writer.run(needs, work).await;
            self.changed.notify_one();
            outcome
        })
    }
}

fn absolute(path: &Path) -> Result<PathBuf, InboxError> {
    path::absolute(path).map_err(|error| InboxError::Unavailable(error.into()))
}

impl Inbox for Sqlite {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        let now = self.now();
        self.write_and_notify(CommitRequirement::FileInPlace, move |store| store.put(&delivery, None, now))
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        let now = self.now();
        self.write_and_notify(CommitRequirement::FileInPlace, move |store| store.put(&delivery, Some(&reason), now))
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        let now = self.now();
        Box::pin(async move { self.write(move |store| store.lease(most, now)).await?.ok_or(InboxError::Superseded) })
    }

    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        let now = self.now();
        Box::pin(async move {
            let settled = self
                .write_and_notify(CommitRequirement::None, move |store| store.settle(token, &settlement, now))
                .await?;
            settled.ok_or(InboxError::Superseded)
        })
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.changed.notified())
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        Box::pin(async move {
            let (mut part, mut listed) = (page, Vec::new());
            // In parts: puts have to wait during each of them.
            loop {
                part.most = BATCH_ROWS.min(page.most - listed.len());
                let some = self.write(move |store| store.list(part)).await?;
                let is_last = some.len() < part.most || part.most == 0;
                listed.extend(some);
                match listed.last() {
                    Some(last) if !is_last => part.after = last.entry_id,
                    _ => return Ok(listed),
                }
            }
        })
    }

    fn get(&self, entry_id: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.write(move |store| store.get(entry_id))
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.write(move |store| store.find(&id))
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.write_and_notify(CommitRequirement::FileInPlace, move |store| store.requeue(&id))
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        Box::pin(async move {
            let (mut after, mut requeued) = (EntryId(0), 0);
            // In the order of arrival, so that an event that dies again at once is not requeued twice.
            while let Some((last, count)) = self
                .write_and_notify(CommitRequirement::FileInPlace, move |store| store.requeue_after(after, BATCH_ROWS))
                .await?
            {
                (after, requeued) = (last, requeued + count);
                tell(requeued);
            }
            Ok(requeued)
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        let now = self.now();
        Box::pin(self.writer.run(CommitRequirement::FileInPlace, move |store| store.stats(now)))
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        Box::pin(self.writer.run(CommitRequirement::FileInPlace, move |store| store.discard(&id)))
    }

    fn checkpoint(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        let now = self.now();
        self.write(move |store| {
            store.persist_uptime(now)?;
            store.request_checkpoint();
            Ok(())
        })
    }

    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        let now = self.now();
        Box::pin(async move {
            let done = self.purge_state(State::Done, retention.done, now).await?;
            let dead = match retention.dead {
                Some(kept) => self.purge_state(State::Dead, kept, now).await?,
                None => 0,
            };
            Ok(PurgeCounts { done, dead })
        })
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").finish_non_exhaustive()
    }
}
