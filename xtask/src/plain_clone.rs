//! Runs the commands of the README on a clone in an empty directory, with nothing beside the clone.
//!
//! The clone has the last commit. It uses the target directory of the copies, so that crates of the registry are compiled once.

use std::process::Command;
use std::{env, fs};

use crate::process::{cargo, copies_target, run, workspace_root};

/// Clones the workspace, and runs the commands in the clone.
pub(crate) fn run_readme_commands() -> Result<(), String> {
    let directory = env::temp_dir().join(format!("plain-clone-{}", std::process::id()));
    let clone = directory.join("clone");
    fs::create_dir_all(&directory).map_err(|cause| format!("cannot create {}: {cause}", directory.display()))?;
    let mut git = Command::new("git");
    let outcome = run(git.args(["clone", "--quiet", "--no-hardlinks"]).arg(workspace_root()).arg(&clone))
        .and_then(|()| {
            run(cargo(&["test", "--workspace", "--all-features"]).current_dir(&clone).env(TARGET, copies_target()))
        })
        .and_then(|()| {
            run(cargo(&["run", "--example", "quickstart"]).current_dir(&clone).env(TARGET, copies_target()))
        });
    fs::remove_dir_all(&directory).map_err(|cause| format!("cannot remove {}: {cause}", directory.display()))?;
    outcome
}

const TARGET: &str = "CARGO_TARGET_DIR";
