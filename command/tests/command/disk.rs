//! A full disk: the response is 503 until the disk has space again, and no acknowledged event is lost.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::kit::{RECORD_ID, Sandbox, TIMEOUT, report};

/// A small file system for one test.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// Returns `None`, and prints `SKIPPED`, if no tmpfs can be mounted.
    pub(crate) fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        // The test harness hides the output of `eprintln!` while the test passes.
        let _ignored =
            writeln!(std::io::stderr(), "SKIPPED: no tmpfs can be mounted here, which the test of a full disk needs");
        None
    }

    pub(crate) fn fill(&self) {
        let mut file = File::create(self.0.join("ballast")).unwrap();
        while file.write_all(&[b'x'; 4_096]).is_ok() {}
    }

    pub(crate) fn free(&self) {
        fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// After the disk has space again, the next event must be acknowledged within this time.
const RECOVERY: Duration = Duration::from_secs(5);

#[test]
fn a_full_disk_is_503_and_loses_no_acknowledged_event() {
    let sandbox = Sandbox::new();
    let Some(disk) = Disk::mount(&sandbox.file("disk")) else {
        return;
    };
    // The log is on the same disk, as on most machines.
    let log = File::create(sandbox.file("disk/log")).unwrap();
    let serving = sandbox.serve_logging(&["--inbox", "disk/inbox.sqlite", "--exec", RECORD_ID], log.into());
    let sim = sandbox.sim(&["--for", "8s", "--rate", "30", "--compress", "600", "--body-bytes", "2000"]);
    // The simulation runs for a fixed time: events must arrive before and while the disk is full.
    sleep(Duration::from_secs(1));
    disk.fill();
    sleep(Duration::from_secs(2));
    let before = sandbox.acknowledged().len();
    disk.free();
    let freed = Instant::now();
    while sandbox.acknowledged().len() == before {
        assert!(freed.elapsed() < RECOVERY, "no event is acknowledged although the disk has space again");
        sleep(Duration::from_millis(20));
    }
    let (report, code) = report(sim);
    assert_eq!(code, Some(0), "{report}");
    assert!(report["answers"]["503"].as_u64() > Some(0), "the disk was never full: {report}");
    let others = report["answers"].as_object().unwrap().keys();
    assert!(others.into_iter().all(|answer| ["200", "202", "503"].contains(&answer.as_str())), "{report}");
    assert_eq!(report["acknowledged"], report["events"], "not all events were acknowledged in the end");
    sandbox.wait_until_settled(&["--inbox", "disk/inbox.sqlite"]);
    serving.terminate();
    let handled = sandbox.handled();
    assert!(sandbox.acknowledged().keys().all(|id| handled.contains_key(id)), "{handled:?}");
    println!("{report}");
}

#[test]
fn the_response_is_503_after_the_inbox_file_is_deleted_until_a_restart() {
    let sandbox = Sandbox::new();
    let arguments = ["--exec", RECORD_ID, "--canary", "0s"];
    let serving = sandbox.serve(&arguments);
    let (_, code) = report(sandbox.sim(&["--count", "5", "--rate", "100"]));
    assert_eq!(code, Some(0));
    fs::remove_file(sandbox.file("inbox.sqlite")).unwrap();
    let acknowledged = sandbox.acknowledged();
    let waiting = Instant::now();
    while sandbox.handled().len() < acknowledged.len() {
        assert!(waiting.elapsed() < TIMEOUT, "not all acknowledged events are handled: {:?}", sandbox.handled());
        sleep(Duration::from_millis(20));
    }
    let (refused, code) = report(sandbox.sim(&["--count", "1", "--compress", "100000"]));
    assert_eq!((code, refused["acknowledged"].as_u64()), (Some(1), Some(0)), "{refused}");
    let answers: Vec<_> = refused["answers"].as_object().unwrap().keys().collect();
    assert_eq!(answers, ["503"], "{refused}");
    let ended = serving.terminate();
    assert!(ended["pending"].is_null(), "the number of pending events is unknown: {ended}");

    let serving = sandbox.serve(&arguments);
    let (_, code) = report(sandbox.sim(&["--count", "5", "--rate", "100"]));
    assert_eq!(code, Some(0));
    sandbox.wait_until_settled(&[]);
    serving.terminate();
}
