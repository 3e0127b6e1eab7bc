//! What `cargo build` does, tried on a copy of the workspace.
//!
//! One test, because each step needs the build before it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;
use std::{env, fs};

/// An eleventh channel, with its message, for the copy's document.
const CHANNEL: &str = "  tag.create:
    description: Carries `kustomer.tag.create`.
    subscribe:
      operationId: onTagCreate
      message:
        name: kustomer.tag.create
        payload:
          $ref: '#/components/schemas/KustomerEvent'
components:
";

#[test]
fn cargo_build_keeps_document_and_bindings_together() {
    let copy = Copy::of_the_workspace();
    let original = copy.generated();

    copy.must_build("a fresh copy builds");
    assert_eq!(copy.generated(), original, "what is checked in is not what the document gives: run cargo build");
    copy.must_do_nothing("the second build");

    copy.write("generated/kustomer.rs", &original.replace("KustomerEvent", "HandEdited"));
    copy.must_build("a hand edit is put right");
    assert_eq!(copy.generated(), original);
    copy.must_do_nothing("the build after that");

    copy.make_read_only();
    copy.touch("spec/kustomer.yaml");
    let before = copy.modified("generated/kustomer.rs");
    copy.must_build("a read-only copy builds");
    assert_eq!(copy.modified("generated/kustomer.rs"), before, "nothing is written where nothing differs");
    copy.make_writable();

    let document = copy.read("spec/kustomer.yaml");
    copy.write("spec/kustomer.yaml", &document.replacen("components:\n", CHANNEL, 1));
    copy.must_build("a changed document builds");
    assert!(copy.generated().contains("fn on_tag_create("), "the new operation has its method");
    copy.must_do_nothing("the build after the change");

    let overlay = copy.read("spec/kustomer.overlay.yaml");
    copy.write("spec/kustomer.overlay.yaml", &overlay.replace("      dataId:", "      dataKey:"));
    copy.must_build("a changed overlay builds");
    assert!(copy.generated().contains("pub data_key: "), "the bindings follow the overlay");
    copy.must_do_nothing("the build after that change");

    let refused = copy.cargo(&["check", "--example", "quickstart"]);
    let message = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success(), "an implementation without the new method compiles");
    assert!(message.contains("missing: `on_tag_create`"), "{message}");
}

/// A copy of the workspace, with a target directory of its own that later runs of this test find again.
struct Copy {
    root: PathBuf,
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
    fn of_the_workspace() -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspace");
        let copy = Self { root: directory.join("copy"), target: directory.join("target") };
        if copy.root.exists() {
            copy.make_writable();
            fs::remove_dir_all(&copy.root).expect("the old copy can be removed");
        }
        for file in FILES {
            copy_all(&workspace.join(file), &copy.root.join(file));
        }
        copy
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }

    fn must_build(&self, what: &str) -> String {
        let output = self.cargo(&["build", "--verbose"]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{what}:\n{message}");
        message
    }

    fn must_do_nothing(&self, what: &str) {
        let message = self.must_build(what);
        let busy = message.lines().find(|line| line.contains("Running") || line.contains("Compiling"));
        assert_eq!(busy, None, "{what} runs something");
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root.join(file)).expect("the copy can be read")
    }

    fn generated(&self) -> String {
        self.read("generated/kustomer.rs")
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.root.join(file), text).expect("the copy can be written");
        self.touch(file);
    }

    /// Some file systems keep time in steps; what is written now must be younger than the last build.
    fn touch(&self, file: &str) {
        let file = fs::File::open(self.root.join(file)).expect("the copy can be opened");
        file.set_modified(SystemTime::now()).expect("its time can be set");
    }

    fn modified(&self, file: &str) -> SystemTime {
        fs::metadata(self.root.join(file)).and_then(|metadata| metadata.modified()).expect("the file has a time")
    }

    fn make_read_only(&self) {
        set_read_only(&self.root, true);
    }

    fn make_writable(&self) {
        set_read_only(&self.root, false);
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

fn set_read_only(path: &Path, read_only: bool) {
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
