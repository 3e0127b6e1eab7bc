//! Checks in the system calls of the process that an event is synced to the disk before its sender gets the answer.

use std::fs;
use std::io::Write as _;
use std::process::Command;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::client::post;
use crate::kit::{HEADER, PATIENCE, body, signature};
use crate::process::Process;

const EVENTS: usize = 5;

/// A system call of the process, with its thread.
#[derive(Debug, PartialEq)]
enum Call<'t> {
    /// Data that contains this event was written to the log of the inbox.
    Logged {
        event: usize,
        by: &'t str,
    },
    /// The log was synced to the disk. The thread of checkpoints syncs the log too, at other times.
    Synced {
        by: &'t str,
    },
    Answered,
}

/// Whether strace is installed and may trace.
fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    tried.is_ok_and(|output| output.status.success())
}

fn read(trace: &str) -> Vec<Call<'_>> {
    let mut syncing = Vec::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').unwrap_or_default();
        let call = call.trim_start();
        let is_log = call.contains("inbox.sqlite-wal>");
        let is_sync = call.starts_with("fsync(") || call.starts_with("fdatasync(");
        if is_log && call.starts_with("pwrite64(") {
            calls.extend(
                (0..EVENTS).filter(|event| call.contains(&id(*event))).map(|event| Call::Logged { event, by: thread }),
            );
        } else if is_log && is_sync && call.contains("<unfinished") {
            syncing.push(thread);
        } else if is_log && is_sync && call.ends_with("= 0") {
            calls.push(Call::Synced { by: thread });
        } else if call.contains("sync resumed>") && call.ends_with("= 0") && syncing.contains(&thread) {
            syncing.retain(|syncing| *syncing != thread);
            calls.push(Call::Synced { by: thread });
        } else if call.contains("HTTP/1.1 202") {
            calls.push(Call::Answered);
        }
    }
    calls
}

fn id(event: usize) -> String {
    format!("traced-{event}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_synced_between_the_event_and_its_answer() {
    if !can_trace() {
        // Not `eprintln!`: the test harness hides its output when the test passes.
        let _unsaid = writeln!(
            std::io::stderr(),
            "SKIPPED: strace cannot trace here, so the test did not see when the disk is synced"
        );
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let calls = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg";
    // -D: strace becomes a child of the receiver, so that the receiver itself is the child of this test.
    // -s: complete pages of the log. -y: the path of each file.
    let arguments = ["-D", "-f", "-s", "5000", "-y", "-e", calls, "-o"].map(AsRef::as_ref);
    let arguments = [arguments.as_slice(), &[trace.as_os_str()]].concat();
    let process = Process::start_under("strace", &arguments, directory.path()).await;
    let id_of_process = process.id().to_string();
    let is_last = |line: &str| line.split(' ').next() == Some(&id_of_process) && line.contains("+++ exited");
    for event in 0..EVENTS {
        let body = body(&id(event), "fine");
        assert_eq!(post(process.address, &[(HEADER, &signature(&body))], &body).await.status, 202);
    }
    process.terminate().await;
    let traced = async {
        loop {
            let text = fs::read_to_string(&trace).unwrap();
            if text.lines().any(is_last) {
                return text;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let text = timeout(PATIENCE, traced).await.expect("strace sees the end");

    let calls = read(&text);
    let until_answered: Vec<_> = calls.split(|call| *call == Call::Answered).collect();
    assert_eq!(until_answered.len(), EVENTS + 1, "{text}");
    for (event, calls) in until_answered.iter().take(EVENTS).enumerate() {
        let logged = calls.iter().enumerate().find_map(|(index, call)| match call {
            Call::Logged { event: logged, by } if *logged == event => Some((index, *by)),
            _ => None,
        });
        let synced = logged.is_some_and(|(index, by)| calls[index..].contains(&Call::Synced { by }));
        assert!(synced, "event {event} was answered before the disk had it:\n{text}");
    }
}
