//! Breaks promises of the runtime in a copy of the workspace: for each mutation, the test of the promise must fail.
//!
//! All mutations are compiled at once. The environment variable `MUTATION` selects one.

mod list;

use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde_json::Value;

use self::list::{MUTATIONS, Mutation, TEST_TARGETS};
use crate::workspace_copy::WorkspaceCopy;

/// The number of tests that run at once. Most of them wait most of the time.
const THREADS: usize = 8;

/// Tries every mutation.
pub(crate) fn check() -> Result<(), String> {
    let copy = WorkspaceCopy::new("mutations")?;
    for mutation in MUTATIONS {
        let text = mutation.apply(&copy.read(mutation.file)?)?;
        copy.write(mutation.file, &text)?;
    }
    let executables = build_tests(&copy)?;
    let remaining = Mutex::new(MUTATIONS.iter());
    let next = || remaining.lock().unwrap_or_else(PoisonError::into_inner).next();
    let try_remaining = || -> Vec<String> {
        std::iter::from_fn(next).filter_map(|mutation| mutation.problem(&copy, &executables)).collect()
    };
    let problems: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(try_remaining)).collect();
        let results = threads.into_iter().map(thread::ScopedJoinHandle::join);
        results.flat_map(|result| result.unwrap_or_else(|_| vec!["a thread panicked".to_owned()])).collect()
    });
    println!("{} mutations", MUTATIONS.len());
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

impl Mutation {
    /// The text of the file with both the original and the changed expression, and a condition between them.
    fn apply(&self, text: &str) -> Result<String, String> {
        let mut text = text.to_owned();
        for (original, changed) in self.sites {
            let count = text.matches(original).count();
            if count != 1 {
                return Err(format!(
                    "{}: {original:?} occurs {count} times; update mutation {:?}",
                    self.file, self.name
                ));
            }
            let is_selected = format!("std::env::var(\"MUTATION\").as_deref() == Ok({:?})", self.name);
            text = text.replace(original, &format!("(if {is_selected} {{ {changed} }} else {{ {original} }})"));
        }
        Ok(text)
    }

    /// The output of the test, if it fails without the mutation or passes with it.
    fn problem(&self, copy: &WorkspaceCopy, executables: &BTreeMap<String, String>) -> Option<String> {
        let Self { name, test: (target, test), .. } = self;
        let Some(executable) = executables.get(*target) else { return Some(format!("no test target {target}")) };
        let run = |mutation: &str| run_test(copy, executable, test, mutation);
        let original = run("none");
        if original.contains("SKIPPED") {
            eprintln!("SKIPPED: {test} is skipped here, so mutation {name:?} is not tried");
            return None;
        }
        if !original.contains("test result: ok. 1 passed") {
            return Some(format!("{test} fails without a mutation:\n{original}"));
        }
        let changed = run(name);
        let is_noticed = changed.contains("test result: FAILED. 0 passed; 1 failed");
        (!is_noticed).then(|| format!("{test} passes with mutation {name:?}:\n{changed}"))
    }
}

/// The executables of the test targets by their names.
fn build_tests(copy: &WorkspaceCopy) -> Result<BTreeMap<String, String>, String> {
    let mut arguments =
        vec!["test", "--workspace", "--all-features", "--no-run", "--message-format=json-render-diagnostics"];
    arguments.extend(TEST_TARGETS.iter().flat_map(|target| ["--test", target]));
    let output = copy.cargo(&arguments).output().map_err(|cause| format!("cannot run cargo: {cause}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let executable = |message: Value| {
        let path = message["executable"].as_str()?.to_owned();
        Some((message["target"]["name"].as_str()?.to_owned(), path))
    };
    Ok(messages.filter_map(executable).collect())
}

fn run_test(copy: &WorkspaceCopy, executable: &str, test: &str, mutation: &str) -> String {
    let mut command = Command::new(executable);
    command.args(["--exact", test, "--nocapture"]).current_dir(copy.root()).env("MUTATION", mutation);
    let printed = |Output { stdout, stderr, .. }| {
        String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr)
    };
    command.env("RUST_BACKTRACE", "0").output().map_or_else(|cause| cause.to_string(), printed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::list::MUTATIONS;
    use crate::process::workspace_root;

    /// Whether the tests notice them, `cargo xtask mutations` finds out.
    #[test]
    fn every_mutation_applies_to_the_code() {
        let apply = |mutation: &super::Mutation| {
            let text = fs::read_to_string(workspace_root().join(mutation.file)).map_err(|cause| cause.to_string())?;
            mutation.apply(&text)
        };
        let failed: Vec<String> = MUTATIONS.iter().filter_map(|mutation| apply(mutation).err()).collect();
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}
