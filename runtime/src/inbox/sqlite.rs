//! The inbox in one file.

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

use rusqlite::Connection;
use tokio::sync::Notify;

use super::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Page, PurgeCounts, PutOutcome, Reason,
    Retention, Settlement, State, Stats, Stored,
};
use crate::{BoxFuture, Clock, SteadyClock};
use file_guard::FileGuard;
use queries::Store;
use uptime::ClockReading;
use wal::Wal;
use writer::{CommitRequirement, Writer};

/// How many rows a long change touches before others get their turn.
const AT_ONCE: usize = 500;

/// An inbox in one `SQLite` file, which is compiled in. It survives `kill -9` and the loss of power.
///
/// One thread writes. Whatever has come while it was busy it commits together: one transaction, one `fsync`
/// (`journal_mode=WAL`, `synchronous=FULL`), and only then is any of them told that it is done. Another writes what is
/// committed from the log back into the file. The file is made if there is none, for its owner only, in a directory that
/// must exist and be on a local disk.
/// Bodies are dropped once their events are done. The file does not shrink, its space is used again.
///
/// **`-wal` and `-shm` files stand beside it, and `-wal` holds events**: whoever moves or copies the file alone loses
/// them. After a drain the file is whole by itself ([`Inbox::checkpoint`]). While it is in use, a backup is
/// `sqlite3 inbox.sqlite ".backup copy.sqlite"`, or an export.
///
/// On a full disk nothing is stored, nor said to be; it goes on once there is room for what the log holds, 1 MiB or so.
///
/// Where the file is deleted, moved or replaced while it is in use, nothing more is said to be stored, and [`Inbox::stats`]
/// fails, so that a receiver answers 503 and is not ready. What was stored can still be handled, by this process only.
///
/// Several processes can have it open, as a receiver and a command line that lists dead letters, but one at a
/// time is to lease: the first lease ends those of every process before it, see [`Inbox::lease`].
///
/// A retry that waits is due after its delay, whatever the system's clock is set to meanwhile, and after a
/// restart it waits for no longer than that delay again. What is kept for a time, see [`Retention`], is kept for as long
/// while the inbox is open: neither a clock that is set between two starts nor a time of rest makes anything older.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use asyncapi_runtime::Durable;
/// use asyncapi_runtime::inbox::{EventFields, InboxError, FieldPath, Sqlite};
///
/// # fn open() -> Result<(), InboxError> {
/// let inbox = Arc::new(Sqlite::open("/var/lib/receiver/inbox.sqlite")?);
/// let durable = Durable::new(Arc::clone(&inbox), EventFields::new().with_id(FieldPath::pointer("/id")));
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
    /// Opens the inbox in this file, or makes one. Blocks the thread for some milliseconds.
    ///
    /// # Errors
    ///
    /// The file cannot be opened or written, is no inbox, or is one of a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, InboxError> {
        let path = absolute(path.as_ref())?;
        Self::start(&path, schema::open(&path)?)
    }

    /// Opens the inbox in this file, and makes none.
    ///
    /// # Errors
    ///
    /// As with [`open`](Self::open); and where there is no file, or no inbox in it, as when it was moved without its
    /// `-wal`.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, InboxError> {
        let path = absolute(path.as_ref())?;
        Self::start(&path, schema::open_existing(&path)?)
    }

    fn start(path: &Path, connection: Connection) -> Result<Self, InboxError> {
        let files = FileGuard::of(path).map_err(|error| InboxError::Unavailable(error.into()))?;
        let writer = Writer::start(connection, files, Wal::of(path))?;
        let clock = SteadyClock::new();
        let began = clock.now().as_millisecond();
        Ok(Self { clock: Arc::new(clock), began, writer, changed: Notify::new() })
    }

    /// Sets what it measures time with. Default: a [`SteadyClock`].
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.began = clock.now().as_millisecond();
        self.clock = clock;
        self
    }

    fn now(&self) -> ClockReading {
        ClockReading { began: self.began, now: self.clock.now().as_millisecond() }
    }

    /// Has the writer do this in a transaction. Done means committed.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Store<'_>) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, InboxError>> {
        Box::pin(self.writer.run(CommitRequirement::None, work))
    }

    /// Removes what has stood so for longer than this, some at a time.
    async fn purge_of(&self, state: State, kept: Duration, now: ClockReading) -> Result<u64, InboxError> {
        let mut purged = 0;
        loop {
            let count = self.write(move |store| store.purge(state, kept, now, AT_ONCE)).await?;
            purged += count as u64;
            if count < AT_ONCE {
                return Ok(purged);
            }
        }
    }

    /// The same, and wakes who waits for work.
    fn change<T: Send + 'static>(
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
        self.change(CommitRequirement::FileInPlace, move |store| store.put(&delivery, None, now))
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        let now = self.now();
        self.change(CommitRequirement::FileInPlace, move |store| store.put(&delivery, Some(&reason), now))
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        let now = self.now();
        Box::pin(async move { self.write(move |store| store.lease(most, now)).await?.ok_or(InboxError::Superseded) })
    }

    fn settle(&self, ticket: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        let now = self.now();
        Box::pin(async move {
            let settled =
                self.change(CommitRequirement::None, move |store| store.settle(ticket, &settlement, now)).await?;
            settled.ok_or(InboxError::Superseded)
        })
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.changed.notified())
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        Box::pin(async move {
            let (mut part, mut listed) = (page, Vec::new());
            // Some at a time: nothing can be put meanwhile.
            loop {
                part.most = AT_ONCE.min(page.most - listed.len());
                let some = self.write(move |store| store.list(part)).await?;
                let is_last = some.len() < part.most || part.most == 0;
                listed.extend(some);
                match listed.last() {
                    Some(last) if !is_last => part.after = last.receipt,
                    _ => return Ok(listed),
                }
            }
        })
    }

    fn get(&self, receipt: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.write(move |store| store.get(receipt))
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.write(move |store| store.find(&id))
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.change(CommitRequirement::FileInPlace, move |store| store.requeue(&id))
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        Box::pin(async move {
            let (mut after, mut requeued) = (EntryId(0), 0);
            // Each once: one that dies again at once is behind us.
            while let Some((last, count)) =
                self.change(CommitRequirement::FileInPlace, move |store| store.requeue_after(after, AT_ONCE)).await?
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
            let done = self.purge_of(State::Done, retention.done, now).await?;
            let dead = match retention.dead {
                Some(kept) => self.purge_of(State::Dead, kept, now).await?,
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
