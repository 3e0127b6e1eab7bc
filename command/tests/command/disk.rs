//! A disk that is full: the sender is told to try again, and nothing else, until there is space.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::kit::{NOTE, PATIENCE, Place, report};

/// A small disk of its own.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// `None` where none can be mounted, which is said.
    pub(crate) fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        // Not by `eprintln!`, which the harness keeps to itself for as long as the test passes.
        let _unsaid =
            writeln!(std::io::stderr(), "SKIPPED: no tmpfs can be mounted here, so nothing was tested on a full disk");
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

/// How soon after there is room again the next event must be acknowledged.
const RECOVERY: Duration = Duration::from_secs(5);

#[test]
fn a_full_disk_is_answered_with_503_and_nothing_acknowledged_is_lost() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place.file("disk")) else {
        return;
    };
    // Its log is on the same disk, as it is on most machines.
    let log = File::create(place.file("disk/log")).unwrap();
    let serving = place.serve_logging(&["--inbox", "disk/inbox.sqlite", "--exec", NOTE], log.into());
    let sim = place.sim(&["--for", "8s", "--rate", "30", "--compress", "600", "--body-bytes", "2000"]);
    sleep(Duration::from_secs(1));
    disk.fill();
    sleep(Duration::from_secs(2));
    let before = place.acknowledged().len();
    disk.free();
    let freed = Instant::now();
    while place.acknowledged().len() == before {
        assert!(freed.elapsed() < RECOVERY, "nothing acknowledged since there is room again");
        sleep(Duration::from_millis(20));
    }
    let (report, code) = report(sim);
    assert_eq!(code, Some(0), "{report}");
    assert!(report["answers"]["503"].as_u64() > Some(0), "the disk was never full: {report}");
    let others = report["answers"].as_object().unwrap().keys();
    assert!(others.into_iter().all(|answer| ["200", "202", "503"].contains(&answer.as_str())), "{report}");
    assert_eq!(report["acknowledged"], report["events"], "all came through in the end");
    place.settled(&["--inbox", "disk/inbox.sqlite"]);
    serving.terminate();
    let handled = place.handled();
    assert!(place.acknowledged().keys().all(|id| handled.contains_key(id)), "{handled:?}");
    println!("{report}");
}

#[test]
fn an_inbox_that_is_deleted_while_in_use_is_503_until_the_restart() {
    let place = Place::new();
    let arguments = ["--exec", NOTE, "--canary", "0s"];
    let serving = place.serve(&arguments);
    let (_, code) = report(place.sim(&["--count", "5", "--rate", "100"]));
    assert_eq!(code, Some(0));
    fs::remove_file(place.file("inbox.sqlite")).unwrap();
    let acknowledged = place.acknowledged();
    let waiting = Instant::now();
    while place.handled().len() < acknowledged.len() {
        assert!(waiting.elapsed() < PATIENCE, "what was acknowledged before is handled: {:?}", place.handled());
        sleep(Duration::from_millis(20));
    }
    let (refused, code) = report(place.sim(&["--count", "1", "--compress", "100000"]));
    assert_eq!((code, refused["acknowledged"].as_u64()), (Some(1), Some(0)), "{refused}");
    let answers: Vec<_> = refused["answers"].as_object().unwrap().keys().collect();
    assert_eq!(answers, ["503"], "{refused}");
    let ended = serving.terminate();
    assert!(ended["pending"].is_null(), "nothing is said of what it cannot know: {ended}");

    let serving = place.serve(&arguments);
    let (_, code) = report(place.sim(&["--count", "5", "--rate", "100"]));
    assert_eq!(code, Some(0));
    place.settled(&[]);
    serving.terminate();
}
