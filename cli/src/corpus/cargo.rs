//! One call of `cargo clippy`, and what it says about which file.
//!
//! Clippy's driver is rustc with more lints, so that one call gives the errors and warnings of both.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::Failure;
use super::crates::SHARD;

/// What rustc or clippy says about a file.
pub(crate) struct Finding {
    /// Relative to the workspace.
    pub(crate) file: String,
    pub(crate) kind: Kind,
    /// Its code, such as `E0412` or `clippy::large_enum_variant`, and its message.
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Error,
    RustcWarning,
    ClippyWarning,
}

/// What came of one call.
pub(crate) struct Said {
    pub(crate) findings: Vec<Finding>,
    /// What is not about a file of the workspace, as cargo would show it.
    pub(crate) elsewhere: String,
    pub(crate) success: bool,
}

/// Checks the workspace; `jobs` crates at once.
pub(crate) fn clippy(root: &Path, jobs: usize) -> Result<Said, Failure> {
    let log = root.join("cargo.log");
    let stderr = File::create(&log).map_err(Failure::at("write", &log))?;
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["clippy", "--workspace", "--keep-going", "--message-format=json", "--jobs"]).arg(jobs.to_string());
    command.arg("--target-dir").arg(root.join("target")).current_dir(root);
    command.env("CLIPPY_CONF_DIR", root);
    // Flags of the caller, such as `-D warnings`, would make failures of warnings.
    for flags in ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(flags);
    }
    let failed = |cause| Failure::Broken(format!("cannot run cargo: {cause}"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().map_err(failed)?;
    let mut said = Said { findings: Vec::new(), elsewhere: String::new(), success: false };
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            said.take(&line.map_err(failed)?);
        }
    }
    said.success = child.wait().map_err(failed)?.success();
    if said.elsewhere.is_empty() {
        said.elsewhere = fs::read_to_string(&log).unwrap_or_default();
    }
    Ok(said)
}

impl Said {
    fn take(&mut self, line: &str) {
        match serde_json::from_str(line) {
            Ok(Line::CompilerMessage { message }) => match message.finding() {
                Some(finding) => self.findings.push(finding),
                None if message.level.starts_with("error") => self.elsewhere += &message.rendered.unwrap_or_default(),
                None => {}
            },
            Ok(Line::CompilerArtifact { target }) if target.name.starts_with("corpus_") => {
                eprintln!("compiled {}", target.name);
            }
            // Other lines of cargo's, and what build scripts print.
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
    /// `None` for what is not about a place, such as the number of errors, or about none in the workspace.
    fn finding(&self) -> Option<Finding> {
        let code = self.code.as_ref().map(|code| code.code.as_str());
        let clippy = code.is_some_and(|code| code.starts_with("clippy::"));
        let kind = match self.level.as_str() {
            _ if clippy => Kind::ClippyWarning,
            "warning" => Kind::RustcWarning,
            level if level.starts_with("error") => Kind::Error,
            _ => return None,
        };
        let primary = self.spans.iter().filter(|span| span.is_primary);
        let file = primary.chain(&self.spans).find_map(Span::file)?.to_owned();
        let text = code.map_or_else(|| self.message.clone(), |code| format!("{code}: {}", self.message));
        Some(Finding { file, kind, text })
    }
}

impl Span {
    /// The file in the workspace; what a macro from elsewhere made is found where the macro is called.
    fn file(&self) -> Option<&str> {
        if self.file_name.starts_with(SHARD) {
            return Some(&self.file_name);
        }
        self.expansion.as_ref()?.span.file()
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Said};

    fn said(lines: &[&str]) -> Said {
        let mut said = Said { findings: Vec::new(), elsewhere: String::new(), success: false };
        for line in lines {
            said.take(line);
        }
        said
    }

    #[test]
    fn what_is_said_is_found_in_its_file() {
        let said = said(&[
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
            "a line of a build script's",
        ]);
        let findings: Vec<_> = said.findings.iter().map(|f| (f.file.as_str(), f.kind, f.text.as_str())).collect();
        assert_eq!(
            findings,
            [
                ("corpus-00/src/a.rs", Kind::Error, "E0412: not found"),
                ("corpus-01/src/b.rs", Kind::ClippyWarning, "clippy::big: big"),
            ]
        );
        assert_eq!(said.elsewhere, "error: aborting");
    }
}
