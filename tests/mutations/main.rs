//! The proofs that nothing acknowledged is lost can fail: the code is made wrong in a copy, and they have to go red.

#[path = "../workspace/copy.rs"]
mod copy;
mod list;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use std::thread;

use copy::Copy;
use list::{MUTATIONS, Mutation, PROGRAMS};
use serde_json::Value;

/// How many are tried at once.
const AT_ONCE: usize = 8;

#[test]
fn an_acknowledgement_before_the_commit_and_every_other_broken_promise_turn_the_tests_red() {
    // The dependencies are there already. What is built stands beside what the workspace itself becomes.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in the target directory");
    let copy = Copy::of_the_workspace("mutations", target.to_owned());
    for mutation in MUTATIONS {
        mutation.apply(&copy);
    }
    let programs = build(&copy);
    let left = Mutex::new(MUTATIONS.iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let try_all =
        || std::iter::from_fn(next).filter_map(|mutation| mutation.goes_unnoticed(&copy, &programs)).collect();
    // Some proofs wait, and then fail for what does not come.
    let unnoticed: Vec<Vec<String>> = thread::scope(|scope| {
        let trying: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(try_all)).collect();
        trying.into_iter().map(|trying| trying.join().expect("all are tried")).collect()
    });
    assert!(unnoticed.concat().is_empty(), "{}", unnoticed.concat().join("\n"));
}

impl Mutation {
    /// Puts the wrong beside the right, for an environment variable to choose.
    fn apply(&self, copy: &Copy) {
        let mut text = copy.read(self.file);
        for (right, wrong) in self.sites {
            let places = text.matches(right).count();
            assert_eq!(places, 1, "{}: {right:?} is not there once; write this mutation anew", self.file);
            let chosen = format!("std::env::var(\"MUTATION\").as_deref() == Ok({:?})", self.name);
            text = text.replace(right, &format!("(if {chosen} {{ {wrong} }} else {{ {right} }})"));
        }
        copy.write(self.file, &text);
    }
}

impl Mutation {
    /// What its proof said, if it is not what it should.
    fn goes_unnoticed(&self, copy: &Copy, programs: &BTreeMap<String, String>) -> Option<String> {
        let Self { name, proof: (program, proof), .. } = self;
        let program = programs.get(*program).expect("it is one of PROGRAMS");
        let right = prove(copy, program, proof, "none");
        if said(&right).contains("SKIPPED") {
            // Not by `eprintln!`, which the harness keeps to itself for as long as the test passes.
            let _unsaid = writeln!(
                std::io::stderr(),
                "SKIPPED: {proof} passes itself over here, so nothing was tried with {name:?}"
            );
            return None;
        }
        if !said(&right).contains("test result: ok. 1 passed") {
            return Some(format!("{proof}, of the code as it is:\n{}", said(&right)));
        }
        let wrong = prove(copy, program, proof, name);
        let is_noticed = said(&wrong).contains("test result: FAILED. 0 passed; 1 failed");
        (!is_noticed).then(|| format!("{name}, and {proof} does not notice:\n{}", said(&wrong)))
    }
}

/// The tests of the receiver, as programs by their names.
fn build(copy: &Copy) -> BTreeMap<String, String> {
    let mut arguments =
        vec!["test", "--workspace", "--all-features", "--no-run", "--message-format=json-render-diagnostics"];
    arguments.extend(PROGRAMS.iter().flat_map(|program| ["--test", program]));
    let built = copy.cargo(&arguments).output().expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let messages = String::from_utf8_lossy(&built.stdout).into_owned();
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = |message: Value| {
        let path = message["executable"].as_str()?.to_owned();
        Some((message["target"]["name"].as_str()?.to_owned(), path))
    };
    messages.filter_map(program).collect()
}

fn prove(copy: &Copy, program: &str, proof: &str, mutation: &str) -> Output {
    let mut command = Command::new(program);
    command.args(["--exact", proof, "--nocapture"]).current_dir(&copy.root).env("MUTATION", mutation);
    command.env("RUST_BACKTRACE", "0").output().expect("the tests run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
