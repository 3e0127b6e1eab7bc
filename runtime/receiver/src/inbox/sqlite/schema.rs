//! Opens the `SQLite` file, creates its tables and checks its version.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::uptime;
use crate::inbox::InboxError;

/// How long another process may hold the file before a write fails. Below what a sender waits for.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// After how many pages of 4 KiB the writer itself writes the log back into the file, so that it begins again. What it has
/// grown to is room that the disk must have beside the events. A quarter of `SQLite`'s own choice, for a tenth less speed.
const LOG_PAGES: u32 = 256;

/// `AsIn` in ASCII, so that no other program's file is taken for ours.
const APPLICATION: i64 = 0x4173_496e;
const VERSION: i64 = 1;

/// `headers` and `body` come last: what is read most should not have to be sought behind them.
const TABLES: &str = "
    CREATE TABLE event (
        -- Never given twice: a ticket, and what was logged of an event, must not mean another.
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
    -- Who leases: a number that grows with each process that does.
    CREATE TABLE lessee (fence INTEGER NOT NULL);
    INSERT INTO lessee VALUES (0);
    -- When the last of the events came that are not known any more.
    CREATE TABLE forgotten (last_stored_at INTEGER);
    INSERT INTO forgotten VALUES (NULL);
";

/// A connection to the inbox in this file, made if there is none.
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

/// A connection to the inbox in this file, which is left as it is if there is none.
pub(super) fn open_existing(path: &Path) -> Result<Connection, InboxError> {
    let connection = check(connect(path)?)?;
    prepare(&connection).map_err(unavailable)?;
    connection.execute_batch(uptime::TABLE).map_err(unavailable)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, InboxError> {
    // The file is there, or is to be. Without URIs: a path is a path.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(unavailable)?;
    connection.busy_timeout(PATIENCE).map_err(unavailable)?;
    Ok(connection)
}

/// A second connection, for writing the log back and nothing else.
pub(super) fn connect_beside(path: &Path) -> Result<Connection, InboxError> {
    let connection = connect(path)?;
    prepare(&connection).map_err(unavailable)?;
    Ok(connection)
}

fn check(connection: Connection) -> Result<Connection, InboxError> {
    let problem = match version(&connection).map_err(unavailable)? {
        SchemaVersion::Inbox(VERSION) => return Ok(connection),
        SchemaVersion::Inbox(newer) => format!("an inbox of version {newer}"),
        SchemaVersion::Empty => {
            "a file with no inbox in it; what one holds may be in the -wal file that stood beside it".into()
        }
        SchemaVersion::SomethingElse => "a file that is no inbox".into(),
    };
    Err(InboxError::Unreadable(problem.into()))
}

/// The file, made if there is none, for its owner only: it holds what senders say of people. The path is absolute, so
/// that `:memory:` and the like, which would keep nothing, are files as well.
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
    // These answer with the value set, so they are queries.
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
    // All or nothing, and only one of two processes that start together.
    connection.execute_batch("BEGIN IMMEDIATE")?;
    if matches!(version(connection)?, SchemaVersion::Empty) {
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "user_version", VERSION)?;
    }
    connection.execute_batch("COMMIT")
}

/// What no waiting helps with is told apart.
fn unavailable(error: rusqlite::Error) -> InboxError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => InboxError::Unreadable(error.into()),
        _ => InboxError::Unavailable(error.into()),
    }
}
