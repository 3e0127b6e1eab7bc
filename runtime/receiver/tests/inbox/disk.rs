//! A full disk: a small tmpfs. The tests print `SKIPPED` if it cannot be mounted.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use asyncapi_receiver::inbox::{Delivery, EventId, Inbox, InboxError, Settlement, Sqlite};
use asyncapi_runtime::Inbound;
use tempfile::TempDir;

const KIB: usize = 1024;

struct Disk {
    directory: TempDir,
}

impl Disk {
    fn mount(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", size, "tmpfs"]).arg(directory.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { directory });
        }
        // Not `eprintln!`: the test harness hides its output when the test passes.
        let _unsaid =
            writeln!(std::io::stderr(), "SKIPPED: no tmpfs can be mounted here, so nothing was tested on a full disk");
        None
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Fills the disk except for this number of bytes.
    fn fill_but(&self, left: usize) {
        let mut file = File::create(self.ballast()).unwrap();
        while file.write_all(&[b'x'; 4 * KIB]).is_ok() {}
        self.free(left);
    }

    fn free(&self, bytes: usize) {
        let file = File::options().write(true).open(self.ballast()).unwrap();
        file.set_len(file.metadata().unwrap().len().checked_sub(bytes as u64).unwrap()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn event(number: usize) -> Delivery {
    Delivery::new(EventId::new(format!("e{number}")), Inbound::new(vec![b'x'; 2 * KIB]))
}

async fn handle_all(inbox: &Sqlite) -> Result<Vec<String>, InboxError> {
    let mut handled = Vec::new();
    for leased in inbox.lease(1_000).await?.leased {
        inbox.settle(leased.token, Settlement::Done).await?;
        handled.push(leased.delivery.id().to_string());
    }
    Ok(handled)
}

/// The log fills the disk. Then some space becomes free: more than the events need, but not enough for the log to grow
/// to its usual size.
#[tokio::test]
async fn the_log_does_not_fill_a_full_disk_again() {
    let Some(disk) = Disk::mount("size=2m") else { return };
    disk.fill_but(400 * KIB);
    let inbox = Sqlite::open(disk.path().join("inbox.sqlite")).unwrap();
    let mut stored = 0;
    while inbox.put(event(stored)).await.is_ok() {
        stored += 1;
    }
    assert!(stored > 0);
    assert!(inbox.put(event(stored)).await.is_err(), "it is still full");

    disk.free(300 * KIB);
    let handled = handle_all(&inbox).await.unwrap();
    assert_eq!(handled, (0..stored).map(|number| format!("e{number}")).collect::<Vec<_>>());
    for number in stored..stored + 300 {
        inbox.put(event(number)).await.unwrap();
        assert_eq!(handle_all(&inbox).await.unwrap().len(), 1, "{number}");
    }
}

#[tokio::test]
async fn an_inbox_on_a_full_disk_is_not_writable_until_there_is_space() {
    let Some(disk) = Disk::mount("size=2m") else { return };
    let inbox = Sqlite::open(disk.path().join("inbox.sqlite")).unwrap();
    inbox.put(event(0)).await.unwrap();
    inbox.check_writable().await.unwrap();
    disk.fill_but(0);
    let mut stored = 1;
    while inbox.put(event(stored)).await.is_ok() {
        stored += 1;
    }
    assert!(matches!(inbox.check_writable().await, Err(InboxError::Unavailable(_))));
    assert_eq!(inbox.stats().await.unwrap().pending, stored as u64, "it can be read");
    disk.free(1_000 * KIB);
    inbox.check_writable().await.unwrap();
}

#[tokio::test]
async fn an_inbox_on_a_read_only_file_system_is_not_opened() {
    let Some(disk) = Disk::mount("size=2m") else { return };
    let path = disk.path().join("inbox.sqlite");
    drop(Sqlite::open(&path).unwrap());
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(disk.path()).status();
    assert!(remounted.is_ok_and(|status| status.success()));
    assert!(matches!(Sqlite::open(&path), Err(InboxError::Unavailable(_))));
}
