//! A copy of the workspace, to be built and changed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{env, fs};

pub(crate) struct Copy {
    pub(crate) root: PathBuf,
    target: PathBuf,
}

/// What a build needs.
const FILES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "build.rs",
    "cli",
    "codegen",
    "command",
    "examples",
    "generated",
    "runtime",
    "spec",
    "src",
];

impl Copy {
    /// In a directory of this name, which later runs find again, and built into this one.
    pub(crate) fn of_the_workspace(name: &str, target: PathBuf) -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
        let copy = Self { root: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).join("copy"), target };
        if copy.root.exists() {
            set_read_only(&copy.root, false);
            fs::remove_dir_all(&copy.root).expect("the old copy can be removed");
        }
        for file in FILES {
            copy_all(&workspace.join(file), &copy.root.join(file));
        }
        copy
    }

    /// A call of cargo in it, as from a prompt: not as from the tests of a package.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&self.root);
        for (name, _) in env::vars_os() {
            let of_a_package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
            if name.to_str().is_some_and(|name| of_a_package.iter().any(|start| name.starts_with(start))) {
                command.env_remove(name);
            }
        }
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_TERM_COLOR", "never");
        command
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root.join(file)).expect("the copy can be read")
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.root.join(file), text).expect("the copy can be written");
        self.touch(file);
    }

    /// Some file systems keep time in steps; what is written now must be younger than the last build.
    pub(crate) fn touch(&self, file: &str) {
        let file = fs::File::open(self.root.join(file)).expect("the copy can be opened");
        file.set_modified(SystemTime::now()).expect("its time can be set");
    }
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a directory can be made");
        for entry in fs::read_dir(from).expect("the workspace can be read").flatten() {
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().expect("a file has a directory")).expect("a directory can be made");
        fs::copy(from, to).expect("a file can be copied");
    }
}

pub(crate) fn set_read_only(path: &Path, read_only: bool) {
    let mut permissions = fs::metadata(path).expect("the copy is there").permissions();
    permissions.set_readonly(read_only);
    // Directories stay open until what is in them is done.
    if !read_only {
        fs::set_permissions(path, permissions.clone()).expect("permissions can be set");
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("the copy can be read").flatten() {
            set_read_only(&entry.path(), read_only);
        }
    }
    if read_only {
        fs::set_permissions(path, permissions).expect("permissions can be set");
    }
}
