//! Whether the files of an inbox are still where they were opened.
//!
//! A file that is deleted while it is in use goes on taking commits, and is gone with the process. So is a log (`-wal`).

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// What stands beside the file while it is open: the log, and the index of it that processes share.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

pub(super) struct FileGuard {
    opened: Vec<(PathBuf, Identity)>,
    found: FileState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FileState {
    InPlace,
    Gone,
}

impl FileGuard {
    /// Those of an inbox that is open, and has been read from.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        // Where it is a link, they stand beside what it leads to.
        let path = fs::canonicalize(path)?;
        let beside = BESIDE.map(|suffix| {
            let mut name = OsString::from(&path);
            name.push(suffix);
            PathBuf::from(name)
        });
        let all = [path].into_iter().chain(beside);
        let opened = all.map(|path| Identity::of(&path).map(|identity| (path, identity)));
        Ok(Self { opened: opened.collect::<Result<_, _>>()?, found: FileState::InPlace })
    }

    /// An error where one of them is not there any more, or is another.
    pub(super) fn check(&mut self) -> Result<(), &'static str> {
        let is_there = |(path, opened): &(PathBuf, Identity)| Identity::of(path).is_ok_and(|now| now == *opened);
        let found = if self.opened.iter().all(is_there) { FileState::InPlace } else { FileState::Gone };
        match (self.found, found) {
            (FileState::InPlace, FileState::Gone) => tracing::error!(
                "the inbox's file was deleted, moved or replaced while in use: nothing is acknowledged until it is put \
                 back, or this process started again; what was acknowledged is in memory of the file system only"
            ),
            (FileState::Gone, FileState::InPlace) => tracing::info!("the inbox's file is where it was"),
            _ => {}
        }
        self.found = found;
        if found == FileState::InPlace { Ok(()) } else { Err("the inbox's file was deleted, moved or replaced") }
    }
}

/// What tells a file from every other.
#[cfg(unix)]
#[derive(PartialEq, Eq)]
struct Identity {
    device: u64,
    number: u64,
}

#[cfg(unix)]
impl From<Metadata> for Identity {
    fn from(metadata: Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self { device: metadata.dev(), number: metadata.ino() }
    }
}

/// Here files that are in use cannot be deleted.
#[cfg(not(unix))]
#[derive(PartialEq, Eq)]
struct Identity;

#[cfg(not(unix))]
impl From<Metadata> for Identity {
    fn from(_: Metadata) -> Self {
        Self
    }
}

impl Identity {
    fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(Self::from)
    }
}
