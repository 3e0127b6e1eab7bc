//! A process beside `serve` that ends what its commands run where `serve` could not, since it was killed.
//!
//! It reads which process groups run from a pipe. The system closes that whatever ends `serve`, so there is nothing to be
//! missed: no signal goes astray, and nothing has to be asked time and again.

use std::collections::HashSet;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, kill_process_group};

/// What this program is called with to be the watcher. It is no word for people.
pub(crate) const CALL: &str = "end-what-serve-leaves";

/// The way to the watcher, which takes the end of this for the end of `serve`.
pub(super) struct OrphanReaper(Mutex<ChildStdin>);

/// What becomes of a process group.
#[derive(Clone, Copy)]
pub(super) enum GroupEvent {
    Begins,
    Ends,
}

impl GroupEvent {
    fn sign(self) -> char {
        match self {
            Self::Begins => '+',
            Self::Ends => '-',
        }
    }
}

impl OrphanReaper {
    pub(super) fn start() -> io::Result<Self> {
        let mut watcher = Command::new(std::env::current_exe()?);
        // A group of its own: Ctrl-C is for serve, which ends what it runs by itself.
        watcher.arg(CALL).process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self::by(watcher.spawn()?.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?)
    }

    /// A watcher that does not read, as one that was stopped, must not stop `serve`.
    fn by(way: ChildStdin) -> io::Result<Self> {
        ioctl_fionbio(&way, true)?;
        Ok(Self(Mutex::new(way)))
    }

    pub(super) fn tell(&self, turn: GroupEvent, leader: Pid) {
        let line = format!("{}{}\n", turn.sign(), leader.as_raw_nonzero());
        let mut way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a watcher the command runs as well.
        let _unwatched = way.write_all(line.as_bytes());
    }
}

/// What the watcher does, until `serve` has ended.
pub(crate) fn run() -> ExitCode {
    let mut running = HashSet::new();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let Some(leader) = line.get(1..).and_then(|number| number.parse().ok()).and_then(Pid::from_raw) else {
            continue;
        };
        if line.starts_with(GroupEvent::Begins.sign()) {
            running.insert(leader);
        } else {
            running.remove(&leader);
        }
    }
    for leader in running {
        // It may have ended by itself.
        let _gone = kill_process_group(leader, Signal::KILL);
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
    fn a_watcher_that_does_not_read_is_waited_for_by_nobody() {
        let mut deaf = Command::new("sleep").arg("600").stdin(Stdio::piped()).spawn().unwrap();
        let watcher = OrphanReaper::by(deaf.stdin.take().unwrap()).unwrap();
        let (told, hears) = channel();
        thread::spawn(move || {
            // More than a pipe holds.
            (0..20_000).for_each(|_| watcher.tell(GroupEvent::Begins, getpid()));
            told.send(())
        });
        let told = hears.recv_timeout(Duration::from_secs(60));
        deaf.kill().unwrap();
        deaf.wait().unwrap();
        assert!(told.is_ok(), "it waits");
    }
}
