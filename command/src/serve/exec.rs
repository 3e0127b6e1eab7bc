//! Runs a command for each event (`--exec`).

use std::io;
use std::ops::RangeInclusive;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kustomer_webhooks::HandlerError;
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::forwarder::EventMetadata;
#[cfg(unix)]
use super::orphan_reaper::{GroupEvent, OrphanReaper};

/// `EX_TEMPFAIL` of sysexits.h.
const TEMPORARY_FAILURE: i32 = 75;
/// The exit codes of a shell whose child process was killed: 128 plus the number of the signal.
const KILLED: RangeInclusive<i32> = 129..=192;
/// The exit codes of a shell that cannot run the command (POSIX).
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// The exit codes that reject an event by default: `EX_DATAERR` of sysexits.h. An interpreter ends with 1 after any error.
pub(super) const REJECTING: &str = "65";

/// The end of the standard error of a command that is kept with a failure, in bytes.
const KEPT_OUTPUT: usize = 1_024;

/// How long to wait for the end of the standard error after the command has ended. A background process may keep it open.
const OUTPUT_TIMEOUT: Duration = Duration::from_millis(200);

/// The command that handles events.
pub(super) struct Exec {
    command: String,
    rejecting: Vec<i32>,
    /// The variables with secrets of this process. The command does not get them.
    secret_variables: Vec<String>,
    #[cfg(unix)]
    reaper: Option<OrphanReaper>,
}

impl Exec {
    pub(super) fn new(command: &str, rejecting: Vec<i32>, secret_variables: Vec<String>) -> Self {
        #[cfg(unix)]
        let reaper = OrphanReaper::start()
            .inspect_err(
                |error| tracing::warn!(%error, "commands that run will not be stopped if this process is killed"),
            )
            .ok();
        Self {
            command: command.to_owned(),
            rejecting,
            secret_variables,
            #[cfg(unix)]
            reaper,
        }
    }

    /// Runs the command once. If the future is dropped, for example at the deadline, the command and all its child processes
    /// are killed: the event is retried, and two runs must not overlap.
    pub(super) async fn run(&self, metadata: &EventMetadata, body: &[u8]) -> Result<(), HandlerError> {
        let mut shell = Command::new("sh");
        // The command gets its own process group, so Ctrl-C reaches only the receiver, which lets the command finish.
        #[cfg(unix)]
        shell.process_group(0);
        for variable in &self.secret_variables {
            shell.env_remove(variable);
        }
        let mut child = shell
            .args(["-c", &self.command])
            // An environment variable cannot contain NUL. No real name or id contains it.
            .env("KUSTOMER_EVENT_NAME", metadata.name.replace('\0', ""))
            .env("KUSTOMER_EVENT_ID", metadata.id.replace('\0', ""))
            .env("KUSTOMER_EVENT_ATTEMPT", &metadata.attempt)
            .stdin(Stdio::piped())
            .stdout(io::stderr())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut group = self.process_group(&child);
        let output = child.stderr.take().map(Output::copy);
        if let Some(mut stdin) = child.stdin.take() {
            match stdin.write_all(body).await {
                // The command closed its input early. Its exit code decides.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                written => written?,
            }
        }
        let status = child.wait().await?;
        group.release();
        let output = match output {
            Some(output) => output.end().await,
            None => String::new(),
        };
        let retry = |text: String| HandlerError::retry(text + &output);
        match status.code() {
            Some(0) => Ok(()),
            // The shell reports this, not the command. The cause can be corrected, for example a missing permission.
            Some(code @ (NOT_EXECUTABLE | NOT_FOUND)) => {
                Err(retry(format!("the command cannot be run (exit code {code})")))
            }
            Some(TEMPORARY_FAILURE) => Err(retry("the command asks for the event again (exit code 75)".to_owned())),
            // The system kills processes when memory is short. This says nothing about the event.
            Some(code) if KILLED.contains(&code) => {
                Err(retry(format!("a process of the command was killed (exit code {code})")))
            }
            Some(code) if self.rejecting.contains(&code) => {
                Err(HandlerError::reject(format!("the command ended with exit code {code}{output}")))
            }
            Some(code) => Err(retry(format!("the command ended with exit code {code}"))),
            None => Err(retry("the command was killed".to_owned())),
        }
    }

    #[cfg(unix)]
    fn process_group(&self, child: &Child) -> ProcessGroup<'_> {
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let (Some(reaper), Some(leader)) = (&self.reaper, leader) {
            reaper.report(GroupEvent::Started, leader);
        }
        ProcessGroup { leader, reaper: self.reaper.as_ref() }
    }

    #[cfg(not(unix))]
    fn process_group(&self, _: &Child) -> ProcessGroup {
        ProcessGroup {}
    }
}

/// The standard error of a command. It is copied to the standard error of `serve`, and its end is kept.
struct Output {
    kept: Arc<Mutex<Vec<u8>>>,
    copying: JoinHandle<()>,
}

impl Output {
    fn copy(mut from: ChildStderr) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let end = Arc::clone(&kept);
        let copying = tokio::spawn(async move {
            let mut buffer = [0; 4 * 1_024];
            let mut to = tokio::io::stderr();
            while let Ok(read @ 1..) = from.read(&mut buffer).await {
                {
                    let mut kept = end.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.extend_from_slice(&buffer[..read]);
                    let excess = kept.len().saturating_sub(KEPT_OUTPUT);
                    kept.drain(..excess);
                }
                // Without a standard error, the command runs all the same.
                let _ignored = to.write_all(&buffer[..read]).await;
            }
        });
        Self { kept, copying }
    }

    /// The end of the output, in the form of a suffix for a message.
    async fn end(self) -> String {
        let _ended_or_kept_open = timeout(OUTPUT_TIMEOUT, self.copying).await;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        if text.trim().is_empty() { String::new() } else { format!(": {}", text.trim()) }
    }
}

/// The process group of a command. It is killed on drop, unless it was released before.
#[cfg(unix)]
struct ProcessGroup<'a> {
    leader: Option<Pid>,
    reaper: Option<&'a OrphanReaper>,
}

#[cfg(unix)]
impl ProcessGroup<'_> {
    /// Stops tracking the group. Background processes of the command live on. The system may reuse the id of the group.
    fn release(&mut self) {
        if let (Some(leader), Some(reaper)) = (self.leader.take(), self.reaper) {
            reaper.report(GroupEvent::Ended, leader);
        }
    }
}

#[cfg(unix)]
impl Drop for ProcessGroup<'_> {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // The group may have ended already.
            let _ignored = kill_process_group(leader, Signal::KILL);
        }
        self.release();
    }
}

#[cfg(not(unix))]
struct ProcessGroup {}

#[cfg(not(unix))]
impl ProcessGroup {
    fn release(&mut self) {}
}
