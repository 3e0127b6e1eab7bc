//! A broker as a child process.

use std::io::{self, ErrorKind, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A broker that this process has started. It is killed when this value is dropped.
#[derive(Debug)]
pub struct BrokerProcess {
    command: Command,
    child: Child,
    port: u16,
}

impl BrokerProcess {
    /// Starts a broker, and waits until it listens on this port of the loopback address. Prints `SKIPPED` and returns
    /// `None` if the program is missing.
    ///
    /// # Panics
    ///
    /// The program cannot be started, or it does not listen.
    pub async fn start(mut command: Command, port: u16) -> Option<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => {
                let broker = Self { command, child, port };
                broker.wait().await;
                Some(broker)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                skipped(&command.get_program().to_string_lossy());
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// The port that the broker listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the broker, without a chance to write anything, and starts it again.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub async fn kill_and_start_again(&mut self) {
        self.kill().expect("the broker runs");
        self.child = self.command.spawn().expect("the broker has started before");
        self.wait().await;
    }

    fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    async fn wait(&self) {
        for _ in 0..6_000 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the broker does not listen");
    }
}

impl Drop for BrokerProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.kill();
    }
}

/// Prints that tests with this broker were skipped, also if the test harness hides the output of tests that pass.
pub fn skipped(program: &str) {
    let message = "is not on the path, so nothing was tested against it";
    let _unsaid = writeln!(std::io::stderr(), "SKIPPED: {program} {message}");
}
