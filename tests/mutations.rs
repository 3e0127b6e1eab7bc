//! The proofs that nothing acknowledged is lost can fail: the code is made wrong in a copy, and they have to go red.

#[path = "workspace/copy.rs"]
mod copy;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use copy::Copy;
use serde_json::Value;

/// A way of being wrong, and the proof that has to notice.
struct Mutation {
    name: &'static str,
    file: &'static str,
    /// Expressions, each with what is there in its place.
    sites: &'static [(&'static str, &'static str)],
    proof: &'static str,
}

const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "acknowledged once the inbox is asked",
        file: "runtime/src/durable.rs",
        sites: &[(
            "tokio::time::timeout(self.deadline, put).await",
            "{
                let mut put = put;
                std::future::poll_fn(|cx| std::task::Poll::Ready(put.as_mut().poll(cx).is_ready())).await;
                std::mem::forget(put);
                Ok(Ok(Put::Stored(crate::inbox::Receipt(1))))
            }",
        )],
        proof: "acknowledgement::no_answer_comes_before_the_inbox_has_stored",
    },
    Mutation {
        name: "acknowledged before the commit, which comes with the next transaction",
        file: "runtime/src/inbox/sqlite/tables.rs",
        sites: &[
            (r#"self.run("COMMIT", []).map(|_| ())"#, "Ok(())"),
            (
                r#"self.roll_back().and_then(|()| self.run("BEGIN IMMEDIATE", []))"#,
                r#"(if self.connection.is_autocommit() { Ok(()) } else { self.connection.execute_batch("COMMIT") })
                    .and_then(|()| self.run("BEGIN IMMEDIATE", []))"#,
            ),
        ],
        proof: "acknowledgement::a_commit_that_fails_is_a_503_and_what_was_acknowledged_is_there",
    },
    Mutation {
        name: "acknowledged in a file that is gone",
        file: "runtime/src/inbox/sqlite.rs",
        sites: &[(
            "self.change(Needs::TheFileInPlace, move |tables| tables.put(&delivery, None, now))",
            "self.change(Needs::NothingMore, move |tables| tables.put(&delivery, None, now))",
        )],
        proof: "monitor::an_inbox_whose_file_is_deleted_is_503_and_not_ready",
    },
    Mutation {
        name: "committed, and not on the disk",
        file: "runtime/src/inbox/sqlite/schema.rs",
        sites: &[(r#""PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;""#, r#""PRAGMA synchronous = OFF;""#)],
        proof: "synced::the_log_is_synced_between_the_event_and_its_answer",
    },
];

#[test]
fn an_acknowledgement_before_the_commit_turns_the_tests_red() {
    // The dependencies are there already. What is built stands beside what the workspace itself becomes.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in the target directory");
    let copy = Copy::of_the_workspace("mutations", target.to_owned());
    for mutation in MUTATIONS {
        mutation.apply(&copy);
    }
    let tests = build(&copy);
    for Mutation { name, proof, .. } in MUTATIONS {
        let right = prove(&copy, &tests, proof, "none");
        assert!(right.status.success(), "{proof}, of the code as it is:\n{}", said(&right));
        if said(&right).contains("SKIPPED") {
            // Not by `eprintln!`, which the harness keeps to itself for as long as the test passes.
            let _unsaid = writeln!(
                std::io::stderr(),
                "SKIPPED: {proof} passes itself over here, so nothing was tried with {name:?}"
            );
            continue;
        }
        let wrong = prove(&copy, &tests, proof, name);
        let failed = said(&wrong).contains("test result: FAILED. 0 passed; 1 failed");
        assert!(failed, "{name}, and {proof} does not notice:\n{}", said(&wrong));
    }
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

/// The tests of the receiver, as a program.
fn build(copy: &Copy) -> String {
    let arguments = [
        "test",
        "--workspace",
        "--all-features",
        "--test",
        "durable",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ];
    let built = copy.cargo(&arguments).output().expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let messages = String::from_utf8_lossy(&built.stdout).into_owned();
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = messages.filter_map(|message| message["executable"].as_str().map(str::to_owned));
    programs.next_back().expect("the tests are a program")
}

fn prove(copy: &Copy, tests: &str, proof: &str, mutation: &str) -> Output {
    let mut command = Command::new(tests);
    command.args(["--exact", proof, "--nocapture"]).current_dir(&copy.root).env("MUTATION", mutation);
    command.env("RUST_BACKTRACE", "0").output().expect("the tests run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
