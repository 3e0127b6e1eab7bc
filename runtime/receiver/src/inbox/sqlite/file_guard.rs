//! Detects that the files of an open inbox were deleted, moved or replaced.
//!
//! A deleted file that is open still accepts commits, and is lost when the process ends. So is a log (`-wal`).

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// The suffixes of the other files: the log, and its shared index.
const SUFFIXES: [&str; 2] = ["-wal", "-shm"];

pub(super) struct FileGuard {
    opened: Vec<(PathBuf, Identity)>,
    found: FileState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FileState {
    InPlace,
    Gone,
}

impl FileState {
    fn result(self) -> Result<(), &'static str> {
        if self == Self::InPlace { Ok(()) } else { Err("the file of the inbox was deleted, moved or replaced") }
    }
}

impl FileGuard {
    /// The files of an inbox that is open and was read.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        // For a symbolic link, the other files are next to its target.
        let path = fs::canonicalize(path)?;
        let beside = SUFFIXES.map(|suffix| {
            let mut name = OsString::from(&path);
            name.push(suffix);
            PathBuf::from(name)
        });
        let all = [path].into_iter().chain(beside);
        let opened = all.map(|path| Identity::of(&path).map(|identity| (path, identity)));
        Ok(Self { opened: opened.collect::<Result<_, _>>()?, found: FileState::InPlace })
    }

    /// Fails if one of the files is missing or is another file.
    pub(super) fn check(&mut self) -> Result<(), &'static str> {
        let found = self.find();
        match (self.found, found) {
            (FileState::InPlace, FileState::Gone) => tracing::error!(
                "the file of the inbox was deleted, moved or replaced while open: nothing is acknowledged until it is put back \
                 or this process is restarted; acknowledged events are only in the deleted file"
            ),
            (FileState::Gone, FileState::InPlace) => tracing::info!("the file of the inbox is back"),
            _ => {}
        }
        self.found = found;
        found.result()
    }

    /// Like [`check`](Self::check), and logs nothing: the writer does that.
    pub(super) fn check_quietly(&self) -> Result<(), &'static str> {
        self.find().result()
    }

    fn find(&self) -> FileState {
        let is_there = |(path, opened): &(PathBuf, Identity)| Identity::of(path).is_ok_and(|now| now == *opened);
        if self.opened.iter().all(is_there) { FileState::InPlace } else { FileState::Gone }
    }
}

/// Identifies a file.
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

/// On other systems, open files cannot be deleted.
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
