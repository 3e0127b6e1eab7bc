//! A helper process that kills the running commands of `serve` after `serve` itself was killed.
//!
//! It reads from a pipe which process groups run. The system closes the pipe when `serve` ends for any reason, so the helper
//! needs no signal and no polling.

use std::collections::HashSet;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, kill_process_group};

/// The hidden subcommand that starts the helper process. It is not for users.
pub(crate) const SUBCOMMAND: &str = "reap-orphans";

/// The pipe to the helper process. The helper treats the end of the pipe as the end of `serve`.
pub(super) struct OrphanReaper(Mutex<ChildStdin>);

/// What happened to a process group.
#[derive(Clone, Copy)]
pub(super) enum GroupEvent {
    Started,
    Ended,
}

impl GroupEvent {
    fn symbol(self) -> char {
        match self {
            Self::Started => '+',
            Self::Ended => '-',
        }
    }
}

impl OrphanReaper {
    pub(super) fn start() -> io::Result<Self> {
        let mut helper = Command::new(std::env::current_exe()?);
        // The helper gets its own process group, so Ctrl-C reaches only serve, which stops its commands itself.
        helper.arg(SUBCOMMAND).process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self::from_stdin(helper.spawn()?.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?)
    }

    /// Makes the pipe non-blocking: a helper that does not read must not block `serve`.
    fn from_stdin(pipe: ChildStdin) -> io::Result<Self> {
        ioctl_fionbio(&pipe, true)?;
        Ok(Self(Mutex::new(pipe)))
    }

    /// Reports the start or the end of a process group to the helper.
    pub(super) fn report(&self, event: GroupEvent, leader: Pid) {
        let line = format!("{}{}\n", event.symbol(), leader.as_raw_nonzero());
        let mut pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Without the helper, the command runs all the same.
        let _ignored = pipe.write_all(line.as_bytes());
    }
}

/// The main function of the helper process. It returns after `serve` has ended.
pub(crate) fn run() -> ExitCode {
    let mut running = HashSet::new();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let Some(leader) = line.get(1..).and_then(|number| number.parse().ok()).and_then(Pid::from_raw) else {
            continue;
        };
        if line.starts_with(GroupEvent::Started.symbol()) {
            running.insert(leader);
        } else {
            running.remove(&leader);
        }
    }
    for leader in running {
        // The group may have ended already.
        let _ignored = kill_process_group(leader, Signal::KILL);
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use rustix::process::getpid;

    use super::{GroupEvent, OrphanReaper};

    #[test]
    fn a_child_process_that_does_not_read_does_not_block() {
        let mut not_reading = Command::new("sleep").arg("600").stdin(Stdio::piped()).spawn().unwrap();
        let reaper = OrphanReaper::from_stdin(not_reading.stdin.take().unwrap()).unwrap();
        let (sender, receiver) = channel();
        thread::spawn(move || {
            // This is more than the buffer of a pipe.
            (0..20_000).for_each(|_| reaper.report(GroupEvent::Started, getpid()));
            sender.send(())
        });
        let finished = receiver.recv_timeout(Duration::from_secs(60));
        not_reading.kill().unwrap();
        not_reading.wait().unwrap();
        assert!(finished.is_ok(), "report() blocks");
    }
}
