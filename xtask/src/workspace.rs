//! Checks in a copy of the workspace that `cargo build` keeps the generated bindings up to date.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::workspace_copy::WorkspaceCopy;

/// An eleventh channel with its message.
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

const BINDINGS: &str = "generated/kustomer.rs";
const DOCUMENT: &str = "spec/kustomer.yaml";
const OVERLAY: &str = "spec/kustomer.overlay.yaml";

/// Each step needs the build before it.
pub(crate) fn check() -> Result<(), String> {
    let copy = WorkspaceCopy::new("workspace")?;
    let original = copy.read(BINDINGS)?;

    build(&copy, "the copy builds")?;
    ensure(copy.read(BINDINGS)? == original, "the generated bindings are out of date: run cargo build")?;
    build_nothing(&copy, "the second build")?;

    copy.write(BINDINGS, &original.replace("KustomerEvent", "HandEdited"))?;
    build(&copy, "the build after a manual edit")?;
    ensure(copy.read(BINDINGS)? == original, "a manual edit of the bindings remains")?;
    build_nothing(&copy, "the build after that")?;

    copy.set_read_only(true)?;
    copy.touch(DOCUMENT)?;
    let before = modified(&copy.root().join(BINDINGS))?;
    build(&copy, "the build of a read-only copy")?;
    ensure(modified(&copy.root().join(BINDINGS))? == before, "equal bindings are written again")?;
    copy.set_read_only(false)?;

    let document = copy.read(DOCUMENT)?;
    copy.write(DOCUMENT, &document.replacen("components:\n", CHANNEL, 1))?;
    build(&copy, "the build after a change of the document")?;
    ensure(copy.read(BINDINGS)?.contains("fn on_tag_create("), "the new operation has no method")?;
    build_nothing(&copy, "the build after that")?;

    let overlay = copy.read(OVERLAY)?;
    copy.write(OVERLAY, &overlay.replace("      dataId:", "      dataKey:"))?;
    build(&copy, "the build after a change of the overlay")?;
    ensure(copy.read(BINDINGS)?.contains("pub data_key: "), "the bindings do not follow the overlay")?;
    build_nothing(&copy, "the build after that")?;

    let output = copy.cargo(&["check", "--example", "quickstart"]).output().map_err(|cause| cause.to_string())?;
    let message = String::from_utf8_lossy(&output.stderr);
    let is_refused = !output.status.success() && message.contains("missing: `on_tag_create`");
    ensure(is_refused, &format!("a handler without the new method compiles:\n{message}"))
}

fn ensure(condition: bool, message: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(message.to_owned()) }
}

/// Builds, and returns the messages of cargo.
fn build(copy: &WorkspaceCopy, step: &str) -> Result<String, String> {
    eprintln!("{step}");
    let output = copy.cargo(&["build", "--verbose"]).output().map_err(|cause| format!("cannot run cargo: {cause}"))?;
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(message) } else { Err(format!("{step} fails:\n{message}")) }
}

/// Builds, and fails if anything was compiled or run.
fn build_nothing(copy: &WorkspaceCopy, step: &str) -> Result<(), String> {
    let message = build(copy, step)?;
    let busy = message.lines().find(|line| line.contains("Running") || line.contains("Compiling"));
    busy.map_or(Ok(()), |line| Err(format!("{step} is not up to date: {line}")))
}

fn modified(path: &Path) -> Result<SystemTime, String> {
    let time = fs::metadata(path).and_then(|metadata| metadata.modified());
    time.map_err(|cause| format!("{}: {cause}", path.display()))
}
