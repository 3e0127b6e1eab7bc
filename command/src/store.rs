//! Where events are kept: in a file, or in a JetStream of NATS.

#[cfg(feature = "nats")]
mod nats;
#[cfg(not(feature = "nats"))]
#[path = "store/no_nats.rs"]
mod nats;

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::{fmt, fs};

use kustomer_webhooks::asyncapi_receiver::inbox::{Inbox, InboxError, Sqlite};

use crate::error::Failure;

pub(crate) use nats::Options;

/// What an address of servers begins with.
const SCHEMES: [&str; 2] = ["nats://", "tls://"];

/// What `--inbox` says.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    File(PathBuf),
    /// URLs with commas between them, as they were given.
    Servers(String),
}

/// An inbox that is open, and what its address is.
pub(crate) struct Store {
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) shown: String,
    /// How many servers keep a copy, where servers do.
    pub(crate) replicas: Option<usize>,
    /// The largest body that it takes for certain, where there is a limit.
    pub(crate) largest_body: Option<usize>,
}

impl Address {
    /// Opens the inbox, and makes it where there is none.
    pub(crate) async fn open(&self, options: &Options) -> Result<Store, Failure> {
        match self {
            Self::File(file) => of_file(file, Sqlite::open(file)),
            Self::Servers(servers) => options.open(servers).await,
        }
    }

    /// Opens the inbox that is there: where one was made, a wrong address would look like an empty inbox.
    pub(crate) async fn open_existing(&self, options: &Options) -> Result<Store, Failure> {
        match self {
            Self::File(file) if !file.exists() => {
                Err(Failure::call(format!("{self}: there is no such file"), "name the inbox of serve"))
            }
            Self::File(file) => of_file(file, Sqlite::open_existing(file)),
            Self::Servers(servers) => options.open_existing(servers).await,
        }
    }

    /// Whether this is a file of the inbox.
    pub(crate) fn is_kept_in(&self, file: &Path) -> bool {
        let Self::File(inbox) = self else { return false };
        let known = ["", "-wal", "-shm"].map(|suffix| {
            let mut name = inbox.clone().into_os_string();
            name.push(suffix);
            fs::canonicalize(name).ok()
        });
        fs::canonicalize(file).is_ok_and(|file| known.contains(&Some(file)))
    }
}

fn of_file(file: &Path, opened: Result<Sqlite, InboxError>) -> Result<Store, Failure> {
    let inbox = opened.map_err(|error| unusable(file.display(), &error))?;
    Ok(Store { inbox: Arc::new(inbox), shown: file.display().to_string(), replicas: None, largest_body: None })
}

impl Store {
    /// What to say where it does not do as it should.
    pub(crate) fn unusable(&self, error: &InboxError) -> Failure {
        unusable(&self.shown, error)
    }

    /// An error where bodies of this size could come in, and not be kept.
    pub(crate) fn check_body_limit(&self, limit: usize) -> Result<(), Failure> {
        match self.largest_body {
            Some(largest) if largest < limit => Err(Failure::call(
                format!("{}: takes bodies of {largest} bytes at most, and --body-limit is {limit}", self.shown),
                "set max_payload in the configuration of every NATS server to 256 KiB more than --body-limit, or give a \
                 --body-limit that is no larger: what is above the one and not the other would be answered 413",
            )),
            _ => Ok(()),
        }
    }
}

fn unusable(shown: impl fmt::Display, error: &InboxError) -> Failure {
    let cure = match error {
        InboxError::Unreadable(_) => {
            "name another inbox, or one of this version. A damaged one is moved away with the -wal and -shm beside it, so that \
             events are received again in a new one; `sqlite3 DAMAGED .recover` may save what it holds"
        }
        _ => {
            "name an inbox of this version that may be written: a file in a directory that is there, on a disk with space, \
             or NATS servers with a JetStream that answers"
        }
    };
    Failure::environment(shown, error, cure)
}

impl FromStr for Address {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let names_servers = SCHEMES.iter().any(|scheme| text.starts_with(scheme));
        Ok(if names_servers { Self::Servers(text.to_owned()) } else { Self::File(PathBuf::from(text)) })
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
