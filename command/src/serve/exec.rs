//! Events passed to a command.

use std::io;
use std::ops::RangeInclusive;
use std::process::Stdio;

use kustomer_webhooks::HandlerError;
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::forwarder::EventMetadata;
#[cfg(unix)]
use super::orphan_reaper::{GroupEvent, OrphanReaper};

/// `EX_TEMPFAIL` of sysexits.h.
const TRY_AGAIN: i32 = 75;
/// What a shell exits with when what it ran was killed: 128, and the signal's number.
const KILLED: RangeInclusive<i32> = 129..=192;
/// What a shell exits with when it cannot run a command (POSIX).
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// A command that each event is passed to.
pub(super) struct Exec {
    command: String,
    #[cfg(unix)]
    watcher: Option<OrphanReaper>,
}

impl Exec {
    pub(super) fn new(command: &str) -> Self {
        #[cfg(unix)]
        let watcher = OrphanReaper::start()
            .inspect_err(|error| tracing::warn!(%error, "should this be killed, a command that runs goes on"))
            .ok();
        Self {
            command: command.to_owned(),
            #[cfg(unix)]
            watcher,
        }
    }

    /// Runs the command once. If this is dropped, as at the deadline, the command is killed, and whatever it has started:
    /// the event is tried again, and two at once would not be one after the other.
    pub(super) async fn pass(&self, facts: &EventMetadata, body: &[u8]) -> Result<(), HandlerError> {
        let mut shell = Command::new("sh");
        // A group of its own: Ctrl-C is for the receiver, which lets the command finish.
        #[cfg(unix)]
        shell.process_group(0);
        let mut child = shell
            .args(["-c", &self.command])
            // What the environment takes has no NUL; no name of an event that anybody means has one.
            .env("KUSTOMER_EVENT_NAME", facts.name.replace('\0', ""))
            .env("KUSTOMER_EVENT_ID", facts.id.replace('\0', ""))
            .env("KUSTOMER_EVENT_ATTEMPT", &facts.attempt)
            .stdin(Stdio::piped())
            .stdout(io::stderr())
            .kill_on_drop(true)
            .spawn()?;
        let mut group = self.group_of(&child);
        if let Some(mut stdin) = child.stdin.take() {
            match stdin.write_all(body).await {
                // It has seen enough; how it ends tells the rest.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                written => written?,
            }
        }
        let ended = child.wait().await?;
        group.release();
        match ended.code() {
            Some(0) => Ok(()),
            // The shell's own word, not the command's: a mistake that is soon mended, such as a missing permission.
            Some(code @ (NOT_EXECUTABLE | NOT_FOUND)) => {
                Err(HandlerError::retry(format!("the command cannot be run (exit code {code})")))
            }
            Some(TRY_AGAIN) => Err(HandlerError::retry("the command asks for the event again (exit code 75)")),
            // As by the system when memory is short, which is no word of the command's about the event.
            Some(code) if KILLED.contains(&code) => {
                Err(HandlerError::retry(format!("what the command ran was killed (exit code {code})")))
            }
            Some(code) => Err(HandlerError::reject(format!("the command ended with exit code {code}"))),
            None => Err(HandlerError::retry("the command was killed")),
        }
    }

    #[cfg(unix)]
    fn group_of(&self, child: &Child) -> Group<'_> {
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let (Some(watcher), Some(leader)) = (&self.watcher, leader) {
            watcher.tell(GroupEvent::Begins, leader);
        }
        Group { leader, watcher: self.watcher.as_ref() }
    }

    #[cfg(not(unix))]
    fn group_of(&self, _: &Child) -> Group {
        Group {}
    }
}

/// The processes of a command, killed when this is dropped before it is released.
#[cfg(unix)]
struct Group<'a> {
    leader: Option<Pid>,
    watcher: Option<&'a OrphanReaper>,
}

#[cfg(unix)]
impl Group<'_> {
    /// What it has left in the background on purpose is let live; and its number may be another's from now on.
    fn release(&mut self) {
        if let (Some(leader), Some(watcher)) = (self.leader.take(), self.watcher) {
            watcher.tell(GroupEvent::Ends, leader);
        }
    }
}

#[cfg(unix)]
impl Drop for Group<'_> {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // It may have ended just now.
            let _gone = kill_process_group(leader, Signal::KILL);
        }
        self.release();
    }
}

#[cfg(not(unix))]
struct Group {}

#[cfg(not(unix))]
impl Group {
    fn release(&mut self) {}
}
