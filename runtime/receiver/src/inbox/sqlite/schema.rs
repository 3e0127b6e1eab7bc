//! Opens the `SQLite` file, creates its tables and checks its version.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::uptime;
use crate::inbox::InboxError;

/// How long a write waits for the lock of another process before it fails. Shorter than the time a sender waits.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The size of the log, in pages of 4 KiB, at which the writer copies the log back into the file (a checkpoint). The
/// log needs disk space in addition to the events. The default of `SQLite` is four times as large, and about 10 %
/// faster.
const LOG_PAGES: u32 = 256;

/// `AsIn` in ASCII. It identifies the file as an inbox, so that a file of another program is refused.
const APPLICATION: i64 = 0x4173_496e;
const VERSION: i64 = 1;

/// `headers` and `body` are the last columns: `SQLite` would have to read past them to reach columns behind them.
const TABLES: &str = "
    CREATE TABLE event (
        -- Never reused: a lease token or a line of a log must not refer to another event.
        receipt INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        state INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        key TEXT,
        name TEXT,
        revision INTEGER,
        revision_before INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        fence INTEGER NOT NULL DEFAULT 0,
        received_at INTEGER NOT NULL,
        stored_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL DEFAULT 0,
        due_after INTEGER NOT NULL DEFAULT 0,
        settled_at INTEGER,
        reason TEXT,
        reason_pointer TEXT,
        reason_message TEXT,
        channel TEXT,
        headers BLOB,
        body BLOB
    );
    CREATE INDEX event_by_state ON event (state);
    CREATE INDEX event_by_key ON event (key, state) WHERE key IS NOT NULL;
    CREATE INDEX event_by_revision ON event (key, revision) WHERE state = 4 AND revision IS NOT NULL;
    CREATE INDEX event_by_due ON event (due_at) WHERE state = 2;
    CREATE INDEX event_by_end ON event (settled_at) WHERE state = 4;
    -- The number of the process that leases events. Each new process increments it.
    CREATE TABLE lessee (fence INTEGER NOT NULL);
    INSERT INTO lessee VALUES (0);
    -- The arrival time of the newest event among those that were deleted.
    CREATE TABLE forgotten (last_stored_at INTEGER);
    INSERT INTO forgotten VALUES (NULL);
";

/// Opens a connection to the inbox in this file. Creates the file and the inbox if they do not exist.
pub(super) fn open(path: &Path) -> Result<Connection, InboxError> {
    let path = make(path).map_err(|error| InboxError::Unavailable(error.into()))?;
    let connection = connect(&path)?;
    prepare(&connection).map_err(unavailable)?;
    if matches!(version(&connection).map_err(unavailable)?, SchemaVersion::Empty) {
        create(&connection).map_err(unavailable)?;
    }
    let connection = check(connection)?;
    connection.execute_batch(uptime::TABLE).map_err(unavailable)?;
    Ok(connection)
}

/// Opens a connection to an existing inbox. Returns an error, and leaves the file as it is, if it contains no inbox.
pub(super) fn open_existing(path: &Path) -> Result<Connection, InboxError> {
    let connection = check(connect(path)?)?;
    prepare(&connection).map_err(unavailable)?;
    connection.execute_batch(uptime::TABLE).map_err(unavailable)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, InboxError> {
    // Without CREATE: the file must exist. Without URI: a path is always taken literally.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(unavailable)?;
    connection.busy_timeout(PATIENCE).map_err(unavailable)?;
    Ok(connection)
}

/// Opens a second connection, which is used only for checkpoints of the log.
pub(super) fn connect_beside(path: &Path) -> Result<Connection, InboxError> {
    let connection = connect(path)?;
    prepare(&connection).map_err(unavailable)?;
    Ok(connection)
}

fn check(connection: Connection) -> Result<Connection, InboxError> {
    let problem = match version(&connection).map_err(unavailable)? {
        SchemaVersion::Inbox(VERSION) => return Ok(connection),
        SchemaVersion::Inbox(newer) => format!("an inbox of version {newer}"),
        SchemaVersion::Empty => "a file without an inbox; its events may be in the missing -wal file next to it".into(),
        SchemaVersion::SomethingElse => "a file that is not an inbox".into(),
    };
    Err(InboxError::Unreadable(problem.into()))
}

/// Creates the file if it does not exist, readable by its owner only, because events may contain personal data. Returns
/// the absolute path, so that `SQLite` treats names like `:memory:` as files: an in-memory database would keep nothing.
fn make(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _made_or_there => Ok(path),
    }
}

fn prepare(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.set_prepared_statement_cache_capacity(64);
    // These statements return the new value, so they have to run as queries.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.query_row("PRAGMA journal_size_limit = 67108864", [], |_| Ok(()))?;
    connection.query_row(&format!("PRAGMA wal_autocheckpoint = {LOG_PAGES}"), [], |_| Ok(()))?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;")
}

enum SchemaVersion {
    Empty,
    Inbox(i64),
    SomethingElse,
}

fn version(connection: &Connection) -> Result<SchemaVersion, rusqlite::Error> {
    let number = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    Ok(match (application, tables) {
        (APPLICATION, _) => SchemaVersion::Inbox(number("PRAGMA user_version")?),
        (0, 0) => SchemaVersion::Empty,
        _ => SchemaVersion::SomethingElse,
    })
}

fn create(connection: &Connection) -> Result<(), rusqlite::Error> {
    // In a transaction: if two processes start at the same time, only one of them creates the tables.
    connection.execute_batch("BEGIN IMMEDIATE")?;
    if matches!(version(connection)?, SchemaVersion::Empty) {
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "user_version", VERSION)?;
    }
    connection.execute_batch("COMMIT")
}

/// Maps a damaged file to `Unreadable`, because a retry cannot help, and other errors to `Unavailable`.
fn unavailable(error: rusqlite::Error) -> InboxError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => InboxError::Unreadable(error.into()),
        _ => InboxError::Unavailable(error.into()),
    }
}
