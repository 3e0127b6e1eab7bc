//! Runs `cargo clippy` and assigns its messages to files.
//!
//! Clippy's driver is rustc with more lints, so one run gives the errors and warnings of both.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::Failure;
use super::crates::SHARD;

/// A message of rustc or clippy about a file.
pub(crate) struct Finding {
    /// Relative to the workspace.
    pub(crate) file: String,
    pub(crate) kind: FindingKind,
    /// The code, such as `E0412` or `clippy::large_enum_variant`, and the message.
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FindingKind {
    Error,
    RustcWarning,
    ClippyWarning,
}

/// The result of one run.
pub(crate) struct ClippyOutput {
    pub(crate) findings: Vec<Finding>,
    /// Errors outside of the files of the workspace, as cargo displays them.
    pub(crate) other_errors: String,
    pub(crate) success: bool,
}

/// Checks the workspace, `jobs` crates at once.
pub(crate) fn clippy(root: &Path, jobs: usize) -> Result<ClippyOutput, Failure> {
    let log = root.join("cargo.log");
    let stderr = File::create(&log).map_err(Failure::at("write", &log))?;
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["clippy", "--workspace", "--keep-going", "--message-format=json", "--jobs"]).arg(jobs.to_string());
    command.arg("--target-dir").arg(root.join("target")).current_dir(root);
    command.env("CLIPPY_CONF_DIR", root);
    // Flags of the caller, such as `-D warnings`, would turn warnings into errors.
    for flags in ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(flags);
    }
    let failed = |cause| Failure::Broken(format!("cannot run cargo: {cause}"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().map_err(failed)?;
    let mut output = ClippyOutput { findings: Vec::new(), other_errors: String::new(), success: false };
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            output.add(&line.map_err(failed)?);
        }
    }
    output.success = child.wait().map_err(failed)?.success();
    if output.other_errors.is_empty() {
        output.other_errors = fs::read_to_string(&log).unwrap_or_default();
    }
    Ok(output)
}

impl ClippyOutput {
    fn add(&mut self, line: &str) {
        match serde_json::from_str(line) {
            Ok(Line::CompilerMessage { message }) => match message.finding() {
                Some(finding) => self.findings.push(finding),
                None if message.level.starts_with("error") => {
                    self.other_errors += &message.rendered.unwrap_or_default();
                }
                None => {}
            },
            Ok(Line::CompilerArtifact { target }) if target.name.starts_with("corpus_") => {
                eprintln!("compiled {}", target.name);
            }
            // Other lines of cargo, and the output of build scripts.
            _ => {}
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerMessage {
        message: Diagnostic,
    },
    CompilerArtifact {
        target: Target,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

impl Diagnostic {
    /// `None` if the message has no location in the workspace, such as the number of errors.
    fn finding(&self) -> Option<Finding> {
        let code = self.code.as_ref().map(|code| code.code.as_str());
        let clippy = code.is_some_and(|code| code.starts_with("clippy::"));
        let kind = match self.level.as_str() {
            _ if clippy => FindingKind::ClippyWarning,
            "warning" => FindingKind::RustcWarning,
            level if level.starts_with("error") => FindingKind::Error,
            _ => return None,
        };
        let primary = self.spans.iter().filter(|span| span.is_primary);
        let file = primary.chain(&self.spans).find_map(Span::file)?.to_owned();
        let text = code.map_or_else(|| self.message.clone(), |code| format!("{code}: {}", self.message));
        Some(Finding { file, kind, text })
    }
}

impl Span {
    /// The file in the workspace. Code of a macro has the location of its call.
    fn file(&self) -> Option<&str> {
        if self.file_name.starts_with(SHARD) {
            return Some(&self.file_name);
        }
        self.expansion.as_ref()?.span.file()
    }
}

#[cfg(test)]
mod tests {
    use super::{ClippyOutput, FindingKind};

    fn output(lines: &[&str]) -> ClippyOutput {
        let mut output = ClippyOutput { findings: Vec::new(), other_errors: String::new(), success: false };
        for line in lines {
            output.add(line);
        }
        output
    }

    #[test]
    fn messages_are_assigned_to_files() {
        let output = output(&[
            r#"{"reason":"compiler-message","message":{"message":"not found","code":{"code":"E0412"},"level":"error",
                "spans":[{"file_name":"corpus-00/src/a.rs","is_primary":true,"expansion":null}],"rendered":""}}"#,
            r#"{"reason":"compiler-message","message":{"message":"big","code":{"code":"clippy::big"},"level":"error",
                "spans":[{"file_name":"/std/macros.rs","is_primary":true,"expansion":{"span":
                {"file_name":"corpus-01/src/b.rs","is_primary":false,"expansion":null}}}],"rendered":""}}"#,
            r#"{"reason":"compiler-message","message":{"message":"1 warning emitted","code":null,"level":"warning",
                "spans":[],"rendered":""}}"#,
            r#"{"reason":"compiler-message","message":{"message":"aborting","code":null,"level":"error",
                "spans":[],"rendered":"error: aborting"}}"#,
            r#"{"reason":"build-finished","success":false}"#,
            "a line of a build script",
        ]);
        let findings: Vec<_> = output.findings.iter().map(|f| (f.file.as_str(), f.kind, f.text.as_str())).collect();
        assert_eq!(
            findings,
            [
                ("corpus-00/src/a.rs", FindingKind::Error, "E0412: not found"),
                ("corpus-01/src/b.rs", FindingKind::ClippyWarning, "clippy::big: big"),
            ]
        );
        assert_eq!(output.other_errors, "error: aborting");
    }
}
