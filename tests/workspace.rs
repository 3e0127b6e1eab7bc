//! What `cargo build` does, tried on a copy of the workspace.
//!
//! One test, because each step needs the build before it.

#[path = "workspace/copy.rs"]
mod copy;

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use copy::{Copy, set_read_only};

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
    let copy = Copy::of_the_workspace("workspace", Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspace/target"));
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

    let refused = copy.cargo(&["check", "--example", "quickstart"]).output().expect("cargo runs");
    let message = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success(), "an implementation without the new method compiles");
    assert!(message.contains("missing: `on_tag_create`"), "{message}");
}

impl Copy {
    fn must_build(&self, what: &str) -> String {
        let output = self.cargo(&["build", "--verbose"]).env_remove("RUSTFLAGS").output().expect("cargo runs");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{what}:\n{message}");
        message
    }

    fn must_do_nothing(&self, what: &str) {
        let message = self.must_build(what);
        let busy = message.lines().find(|line| line.contains("Running") || line.contains("Compiling"));
        assert_eq!(busy, None, "{what} runs something");
    }

    fn generated(&self) -> String {
        self.read("generated/kustomer.rs")
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
