//! A copy of the workspace that can be changed and built.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{fs, io};

use crate::process::{cargo, copies_target, target_directory, workspace_root};

/// A copy of the files that git tracks.
pub(crate) struct WorkspaceCopy {
    root: PathBuf,
}

impl WorkspaceCopy {
    /// Copies the workspace into a directory with this name. The directory remains for later runs.
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        let copy = Self { root: target_directory().join("copies").join(name) };
        if copy.root.exists() {
            copy.set_read_only(false)?;
            fs::remove_dir_all(&copy.root)
                .map_err(|cause| format!("cannot remove {}: {cause}", copy.root.display()))?;
        }
        let output = Command::new("git").args(["ls-files", "-z"]).current_dir(workspace_root()).output();
        let output = output.map_err(|cause| format!("cannot run git: {cause}"))?;
        for file in String::from_utf8_lossy(&output.stdout).split_terminator('\0') {
            copy.add(file).map_err(|cause| format!("cannot copy {file}: {cause}"))?;
        }
        Ok(copy)
    }

    fn add(&self, file: &str) -> io::Result<()> {
        let (from, to) = (workspace_root().join(file), self.root.join(file));
        // A file can be deleted and still be tracked.
        if from.exists() {
            to.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::copy(from, to)?;
        }
        Ok(())
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo in the copy.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo(arguments);
        command.arg("--offline").current_dir(&self.root).env_remove("RUSTFLAGS");
        command.env("CARGO_TARGET_DIR", copies_target()).env("CARGO_TERM_COLOR", "never");
        command
    }

    pub(crate) fn read(&self, file: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(file)).map_err(|cause| format!("cannot read {file}: {cause}"))
    }

    pub(crate) fn write(&self, file: &str, text: &str) -> Result<(), String> {
        fs::write(self.root.join(file), text).map_err(|cause| format!("cannot write {file}: {cause}"))?;
        self.touch(file)
    }

    /// Sets the time of a file to now. Some file systems round times, and cargo builds what is newer than the last build.
    pub(crate) fn touch(&self, file: &str) -> Result<(), String> {
        let touched = fs::File::open(self.root.join(file)).and_then(|file| file.set_modified(SystemTime::now()));
        touched.map_err(|cause| format!("cannot touch {file}: {cause}"))
    }

    pub(crate) fn set_read_only(&self, read_only: bool) -> Result<(), String> {
        set_read_only(&self.root, read_only).map_err(|cause| format!("cannot set permissions: {cause}"))
    }
}

fn set_read_only(path: &Path, read_only: bool) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(read_only);
    // A directory must be writable while the permissions of its entries change.
    if !read_only {
        fs::set_permissions(path, permissions.clone())?;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            set_read_only(&entry?.path(), read_only)?;
        }
    }
    if read_only { fs::set_permissions(path, permissions) } else { Ok(()) }
}
