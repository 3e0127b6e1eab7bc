//! The inbox in one `SQLite` file.

mod admin;
mod disk_full;
mod file_guard;
mod queries;
mod reader;
mod row;
mod schema;
mod uptime;
mod wal;
mod writer;

#[cfg(test)]
mod query_plans;

use std::fmt;
use std::path::{self, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use asyncapi_runtime::BoxFuture;
use rusqlite::Connection;
use tokio::sync::Notify;

use super::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Page, PurgeCounts, PutOutcome, Reason,
    Retention, Settlement, State, Stats, Stored,
};
use crate::{Clock, SteadyClock};
use file_guard::FileGuard;
use queries::{Shared, Store};
use reader::Reader;
use uptime::ClockReading;
use wal::Wal;
use writer::{CommitRequirement, Writer};

/// The number of rows that a long operation handles in one transaction, so that others are not blocked.
const BATCH_ROWS: usize = 100;

/// The number of rows that one transaction lists.
const PAGE_ROWS: usize = 500;

/// After each transaction, a long operation waits for this many times as long as the transaction took, so that others
/// write meanwhile.
const GIVE_WAY: u32 = 3;

/// The shortest and the longest such wait.
const GIVE_WAY_FOR: (Duration, Duration) = (Duration::from_millis(2), Duration::from_secs(1));

/// Changes some dead letters after an entry. Returns the last one and their number.
type ChangeSome = fn(&Store<'_>, EntryId, usize) -> Result<Option<(EntryId, u64)>, rusqlite::Error>;

/// An inbox in one `SQLite` file. `SQLite` is compiled in. The inbox survives `kill -9` and a power failure.
///
/// One thread reads for lists and statistics, and waits for no writer. One thread writes. It commits all requests that have arrived meanwhile in one transaction with one `fsync`
/// (`journal_mode=WAL`, `synchronous=FULL`), and completes them after the commit. Another thread runs checkpoints,
/// which move committed data from the log to the file. A missing file is created with access for its owner only; the
/// directory must exist and be on a local disk. Bodies of done events are deleted. A worker gives free space back to the
/// file system while more than half of the file is free. Files of releases before 0.2 do not shrink: their free space is
/// used again.
///
/// Each event is stored with a checksum. An event that was changed in the file becomes a dead letter, and its handler is
/// not called. A worker checks the structure of the file when it starts and every day; see
/// [`Inbox::check_integrity`].
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
    path: PathBuf,
    shared: Arc<Shared>,
    /// Before the writer, whose connection has to be closed last.
    reader: Reader,
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
        let files = || FileGuard::of(path).map_err(|error| InboxError::Unavailable(error.into()));
        let shared = Arc::new(Shared::new());
        let reader = Reader::start(path, files()?, Arc::clone(&shared))?;
        let writer = Writer::start(connection, files()?, Wal::start_or_disable(path), Arc::clone(&shared))?;
        let clock = SteadyClock::new();
        let began = clock.now().as_millisecond();
        let path = path.to_owned();
        Ok(Self { clock: Arc::new(clock), began, path, shared, reader, writer, changed: Notify::new() })
    }

    /// Sets how long a write waits while another process writes. A receiver needs less than the time that its senders
    /// wait; an operator's command may wait longer. Default: 1.5 s.
    #[must_use]
    pub fn with_lock_deadline(self, deadline: Duration) -> Self {
        self.shared.set_lock_deadline(deadline);
        self
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

    /// Runs this in a transaction of the reader.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store<'_>) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, InboxError>> {
        Box::pin(self.reader.run(CommitRequirement::None, work))
    }

    /// Runs a transaction of a long operation, and then lets others write.
    async fn write_and_give_way<T: Send + 'static>(
        &self,
        needs: CommitRequirement,
        work: impl FnMut(&Store<'_>) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, InboxError> {
        let started = Instant::now();
        let outcome = self.write_and_notify(needs, work).await?;
        let (shortest, longest) = GIVE_WAY_FOR;
        tokio::time::sleep((started.elapsed() * GIVE_WAY).clamp(shortest, longest)).await;
        Ok(outcome)
    }

    /// Changes all dead letters in several transactions, in the order of arrival. `change` changes some of them after an
    /// entry, and returns the last one and their number.
    async fn change_dead_letters(
        &self,
        progress: &(dyn Fn(u64) + Sync),
        change: ChangeSome,
    ) -> Result<u64, InboxError> {
        let (mut after, mut changed) = (EntryId(0), 0);
        // In the order of arrival, so that an event that dies again at once is not requeued twice.
        while let Some((last, count)) = self
            .write_and_give_way(CommitRequirement::FileInPlace, move |store| change(store, after, BATCH_ROWS))
            .await?
        {
            (after, changed) = (last, changed + count);
            progress(changed);
        }
        Ok(changed)
    }

    /// Deletes entries that have been in this state for longer than this, in several transactions.
    async fn purge_state(&self, state: State, kept: Duration, now: ClockReading) -> Result<u64, InboxError> {
        let mut purged = 0;
        loop {
            let purge = move |store: &Store<'_>| store.purge(state, kept, now, BATCH_ROWS);
            let count = self.write_and_give_way(CommitRequirement::None, purge).await?;
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

#[expect(clippy::redundant_closure_for_method_calls, reason = "the path of the method has one lifetime only")]
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
            // In parts, so that statistics are read between them.
            loop {
                part.most = PAGE_ROWS.min(page.most - listed.len());
                let some = self.read(move |store| store.list(part)).await?;
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
        self.read(move |store| store.get(entry_id))
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.read(move |store| store.find(&id))
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.write_and_notify(CommitRequirement::FileInPlace, move |store| store.requeue(&id))
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        Box::pin(self.change_dead_letters(progress, |store, after, most| store.requeue_after(after, most)))
    }

    fn discard_all_with_progress<'a>(
        &'a self,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        Box::pin(self.change_dead_letters(progress, |store, after, most| store.discard_after(after, most)))
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        let now = self.now();
        Box::pin(self.reader.run(CommitRequirement::FileInPlace, move |store| store.stats(now)))
    }

    fn check_writable(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async move {
            if let Some(damage) = self.shared.damage() {
                return Err(InboxError::Unreadable(damage.into()));
            }
            self.writer.run(CommitRequirement::FileInPlace, |store| store.probe()).await
        })
    }

    /// Checks the structure of the file. If it is damaged, [`Inbox::check_writable`] fails from then on.
    fn check_integrity(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async move {
            let path = self.path.clone();
            // On a thread of its own, because it reads the whole file.
            let checked = tokio::task::spawn_blocking(move || schema::quick_check(&path)).await;
            let checked = checked.unwrap_or_else(|error| Err(InboxError::Unavailable(error.into())));
            if let Err(InboxError::Unreadable(damage)) = &checked {
                self.shared.record_damage(damage.to_string());
            }
            checked
        })
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
            while self.write_and_give_way(CommitRequirement::None, |store| store.shrink()).await? {}
            Ok(PurgeCounts { done, dead })
        })
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").finish_non_exhaustive()
    }
}
