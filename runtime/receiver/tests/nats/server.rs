//! A NATS server as a child process.

use std::io::ErrorKind;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream;
use tempfile::TempDir;

use crate::port;

/// A nats-server with JetStream in its own directory.
pub(crate) struct Server {
    child: Child,
    port: u16,
    directory: TempDir,
}

/// The largest message that the server accepts: the default, or a configured size.
#[derive(Clone, Copy)]
pub(crate) enum Messages {
    Usual,
    Large,
}

impl Server {
    /// Starts a server. Prints `SKIPPED` and returns `None` if nats-server is missing.
    pub(crate) fn start() -> Option<Self> {
        Self::start_for(Messages::Usual)
    }

    pub(crate) fn start_for(messages: Messages) -> Option<Self> {
        let port = port::free();
        let directory = tempfile::tempdir().unwrap();
        let configuration = match messages {
            Messages::Usual => "",
            Messages::Large => "max_payload: 16MB",
        };
        std::fs::write(directory.path().join("conf"), configuration).unwrap();
        match run(port, &directory) {
            Ok(child) => Some(Self { child, port, directory }),
            Err(error) if error.kind() == ErrorKind::NotFound => said_to_be_missing(),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn kill_and_start_again(&mut self) {
        self.kill();
        self.child = run(self.port, &self.directory).unwrap();
    }

    /// Waits until the server listens, and opens a connection.
    pub(crate) async fn jetstream(&self) -> jetstream::Context {
        for _ in 0..1_000 {
            if let Ok(client) = async_nats::connect(format!("nats://127.0.0.1:{}", self.port)).await {
                return jetstream::new(client);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nats-server does not answer");
    }
}

pub(crate) fn said_to_be_missing<T>() -> Option<T> {
    // Not `eprintln!`: the test harness hides its output when the test passes.
    let _unsaid =
        writeln!(std::io::stderr(), "SKIPPED: there is no nats-server on the path, so nothing was tested against one");
    None
}

fn run(port: u16, directory: &TempDir) -> std::io::Result<Child> {
    let port = port.to_string();
    let mut command = Command::new("nats-server");
    command.args(["--addr", "127.0.0.1", "--port", &port, "--jetstream", "--store_dir"]).arg(directory.path());
    command.arg("--config").arg(directory.path().join("conf"));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server may have ended already.
        let _dead = self.child.kill();
        let _waited = self.child.wait();
    }
}
