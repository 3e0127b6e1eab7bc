//! Opens the `SQLite` file, creates its tables and checks its version.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use super::uptime;
use crate::inbox::InboxError;

/// How long a write waits for the lock of another process before it fails. Shorter than the time a sender waits.
pub(super) const PATIENCE: Duration = Duration::from_millis(1_500);

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

/// What files of earlier releases do not have. An earlier release works with it.
///
/// The indexes contain only the rows of one state, so each query reads only rows that it returns. A query names its
/// index (`INDEXED BY`), because `SQLite` would choose the index of the state.
///
/// `tally` is the number of events in each state. Counting them takes as long as there are many.
const ADDITIONS: &str = "
    CREATE INDEX IF NOT EXISTS event_by_death ON event (settled_at) WHERE state = 5;
    CREATE INDEX IF NOT EXISTS event_by_failure ON event (due_at - due_after) WHERE state = 2;
    CREATE INDEX IF NOT EXISTS event_interrupted ON event (attempts, receipt) WHERE state = 2 AND fence < 0;
    CREATE TABLE IF NOT EXISTS tally (state INTEGER PRIMARY KEY, events INTEGER NOT NULL);
    INSERT OR REPLACE INTO tally
        SELECT column1, (SELECT count(*) FROM event WHERE state = column1) FROM (VALUES (0), (1), (2), (3), (4), (5));
    CREATE TRIGGER IF NOT EXISTS tally_insert AFTER INSERT ON event BEGIN
        UPDATE tally SET events = events + 1 WHERE state = NEW.state;
    END;
    CREATE TRIGGER IF NOT EXISTS tally_delete AFTER DELETE ON event BEGIN
        UPDATE tally SET events = events - 1 WHERE state = OLD.state;
    END;
    CREATE TRIGGER IF NOT EXISTS tally_update AFTER UPDATE OF state ON event WHEN OLD.state <> NEW.state BEGIN
        UPDATE tally SET events = events - 1 WHERE state = OLD.state;
        UPDATE tally SET events = events + 1 WHERE state = NEW.state;
    END;
    -- Written to test whether an event could be stored.
    CREATE TABLE IF NOT EXISTS probe (number INTEGER PRIMARY KEY, filler BLOB);
";

/// The number of names in [`ADDITIONS`].
const ADDITIONAL_NAMES: i64 = 8;

/// Opens a connection to the inbox in this file. Creates the file and the inbox if they do not exist.
pub(super) fn open(path: &Path) -> Result<Connection, InboxError> {
    let path = make(path).map_err(|error| InboxError::Unavailable(error.into()))?;
    let connection = connect(&path)?;
    if matches!(version(&connection).map_err(unavailable)?, SchemaVersion::Empty) {
        // Only before the first table: free pages can be given back to the file system.
        connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL").map_err(unavailable)?;
    }
    prepare(&connection).map_err(unavailable)?;
    if matches!(version(&connection).map_err(unavailable)?, SchemaVersion::Empty) {
        create(&connection).map_err(unavailable)?;
    }
    let connection = check(connection)?;
    if connection.is_readonly(MAIN_DB).map_err(unavailable)? {
        return Err(InboxError::Unavailable("the file or its file system is read-only".into()));
    }
    upgrade(&connection).map_err(unavailable)?;
    Ok(connection)
}

/// Opens a connection to an existing inbox. Returns an error, and leaves the file as it is, if it contains no inbox.
pub(super) fn open_existing(path: &Path) -> Result<Connection, InboxError> {
    let connection = check(connect(path)?)?;
    prepare(&connection).map_err(unavailable)?;
    upgrade(&connection).map_err(unavailable)?;
    Ok(connection)
}

/// Adds what files of earlier releases do not have. Takes the write lock only if something is missing, so that an
/// operator's command opens a busy inbox.
fn upgrade(connection: &Connection) -> Result<(), rusqlite::Error> {
    if is_current(connection)? {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    if !is_current(connection)? {
        connection.execute_batch(uptime::TABLE)?;
        connection.execute_batch(ADDITIONS)?;
        if !has_checksums(connection)? {
            connection.execute_batch("ALTER TABLE event ADD COLUMN checksum BLOB")?;
        }
    }
    connection.execute_batch("COMMIT")
}

fn is_current(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let names = "SELECT count(*) FROM sqlite_schema WHERE name IN ('passed', 'event_by_death', 'event_by_failure',
         'event_interrupted', 'tally', 'tally_insert', 'tally_update', 'tally_delete', 'probe')";
    let names: i64 = connection.query_row(names, [], |row| row.get(0))?;
    // And the table of uptimes.
    Ok(names > ADDITIONAL_NAMES && has_checksums(connection)?)
}

fn has_checksums(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let columns = "SELECT count(*) FROM pragma_table_info('event') WHERE name = 'checksum'";
    connection.query_row(columns, [], |row| row.get::<_, i64>(0)).map(|columns| columns > 0)
}

/// Checks the structure of the file, on a connection of its own.
pub(super) fn quick_check(path: &Path) -> Result<(), InboxError> {
    let connection = connect_to_read(path)?;
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match found.map_err(unavailable)?.as_str() {
        "ok" => Ok(()),
        damage => Err(InboxError::Unreadable(format!("the file is damaged: {damage}").into())),
    }
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

/// Opens a connection that only reads. In the mode of a write-ahead log, it waits for no writer, and none waits for it.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, InboxError> {
    let connection = connect(path)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch("PRAGMA query_only = ON").map_err(unavailable)?;
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
pub(super) fn unavailable(error: rusqlite::Error) -> InboxError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => InboxError::Unreadable(error.into()),
        _ => InboxError::Unavailable(error.into()),
    }
}
