//! Runs commands in this workspace.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub(crate) fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or_else(|| manifest.to_owned(), Path::to_owned)
}

/// Cargo in the root of the workspace, without the variables that cargo sets for this program: build scripts and tests would
/// take them for those of their own package.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(workspace_root());
    let package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| package.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command; an error if it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    let words: Vec<_> = std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect();
    let shown = words.join(" ");
    eprintln!("running {shown}");
    let status = command.status().map_err(|cause| format!("cannot run {shown}: {cause}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: {status}")) }
}

/// The target directory of all copies of this workspace.
///
/// A copy must not share the directory of the workspace: cargo names artifacts by the paths below the root, so it would take
/// those of the copy for those of the workspace. Copies may share one, because their files are newer than all artifacts.
pub(crate) fn copies_target() -> PathBuf {
    target_directory().join("copies/target")
}

/// The target directory of this workspace.
pub(crate) fn target_directory() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => workspace_root().join(directory),
        None => workspace_root().join("target"),
    }
}
