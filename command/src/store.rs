//! Opens the inbox: an SQLite file, or a JetStream of NATS.

#[cfg(feature = "nats")]
mod nats;
#[cfg(not(feature = "nats"))]
#[path = "store/nats_disabled.rs"]
mod nats;

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, fs};

use kustomer_webhooks::asyncapi_receiver::inbox::{Inbox, InboxError, Sqlite};

use crate::error::Failure;

pub(crate) use nats::Options;

/// The URL schemes of NATS servers.
const SCHEMES: [&str; 2] = ["nats://", "tls://"];

/// How long an operator's command waits for its turn to write. A receiver waits less, because senders wait for it.
const OPERATOR_PATIENCE: Duration = Duration::from_secs(2 * 60);

/// The value of `--inbox`.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    File(PathBuf),
    /// URLs of NATS servers, separated by commas.
    Servers(String),
}

/// An open inbox.
pub(crate) struct Store {
    pub(crate) inbox: Arc<dyn Inbox>,
    /// The address, for messages.
    pub(crate) display_name: String,
    /// The number of NATS servers that store a copy. `None` for a file.
    pub(crate) replicas: Option<usize>,
    /// The largest body in bytes that the NATS servers accept. `None` for a file.
    pub(crate) largest_body: Option<usize>,
}

impl Address {
    /// Opens the inbox, and creates it if it does not exist.
    pub(crate) async fn open(&self, options: &Options) -> Result<Store, Failure> {
        match self {
            Self::File(file) => open_file(file, Sqlite::open(file)),
            Self::Servers(servers) => options.open(servers).await,
        }
    }

    /// Like [`open`](Self::open), for an operator's command: it waits while a receiver writes.
    pub(crate) async fn open_for_operator(&self, options: &Options) -> Result<Store, Failure> {
        match self {
            Self::File(file) => open_file(file, Sqlite::open(file).map(patient)),
            Self::Servers(servers) => options.open(servers).await,
        }
    }

    /// Opens an inbox that exists. It creates none: a wrong address would look like an empty inbox.
    pub(crate) async fn open_existing(&self, options: &Options) -> Result<Store, Failure> {
        match self {
            Self::File(file) if !file.exists() => {
                Err(Failure::usage(format!("{self}: the file does not exist"), "give the inbox of serve"))
            }
            Self::File(file) => open_file(file, Sqlite::open_existing(file).map(patient)),
            Self::Servers(servers) => options.open_existing(servers).await,
        }
    }

    /// Whether `file` is the inbox file, or the `-wal` or `-shm` file of it.
    pub(crate) fn is_stored_in(&self, file: &Path) -> bool {
        let Self::File(inbox) = self else { return false };
        let inbox_files = ["", "-wal", "-shm"].map(|suffix| {
            let mut name = inbox.clone().into_os_string();
            name.push(suffix);
            fs::canonicalize(name).ok()
        });
        fs::canonicalize(file).is_ok_and(|file| inbox_files.contains(&Some(file)))
    }
}

fn patient(inbox: Sqlite) -> Sqlite {
    inbox.with_lock_deadline(OPERATOR_PATIENCE)
}

fn open_file(file: &Path, opened: Result<Sqlite, InboxError>) -> Result<Store, Failure> {
    let inbox = opened.map_err(|error| unusable(file.display(), &error))?;
    Ok(Store { inbox: Arc::new(inbox), display_name: file.display().to_string(), replicas: None, largest_body: None })
}

impl Store {
    /// The error for an inbox that cannot be used.
    pub(crate) fn unusable(&self, error: &InboxError) -> Failure {
        unusable(&self.display_name, error)
    }

    /// Checks that the inbox can store every body up to `limit` bytes.
    pub(crate) fn check_body_limit(&self, limit: usize) -> Result<(), Failure> {
        match self.largest_body {
            Some(largest) if largest < limit => Err(Failure::usage(
                format!(
                    "{}: the largest body that fits is {largest} bytes, and --body-limit is {limit}",
                    self.display_name
                ),
                "set max_payload in the configuration of every NATS server to 256 KiB more than --body-limit, or set a \
                 smaller --body-limit. Otherwise larger bodies that --body-limit allows would get the response 413",
            )),
            _ => Ok(()),
        }
    }
}

fn unusable(shown: impl fmt::Display, error: &InboxError) -> Failure {
    let help = match error {
        InboxError::Unreadable(_) => {
            "give another inbox, or an inbox of this version. If the file is damaged, move it away together with its -wal and \
             -shm files: then serve creates a new inbox. `sqlite3 DAMAGED .recover` may save its contents"
        }
        _ => {
            "give an inbox of this version that can be written: a file in a directory that exists, on a disk with space, \
             or NATS servers with a JetStream that responds"
        }
    };
    Failure::environment(shown, error, help)
}

impl FromStr for Address {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_servers = SCHEMES.iter().any(|scheme| text.starts_with(scheme));
        Ok(if is_servers { Self::Servers(text.to_owned()) } else { Self::File(PathBuf::from(text)) })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::Servers(servers) => servers.fmt(f),
        }
    }
}
