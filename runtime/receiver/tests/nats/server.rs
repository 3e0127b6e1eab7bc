//! A NATS server as a child process.

use std::io::ErrorKind;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream;
use tempfile::TempDir;

use crate::port;

/// A nats-server with a JetStream in a directory of its own.
pub(crate) struct Server {
    child: Child,
    port: u16,
    directory: TempDir,
}

/// The largest message of a server that is not told otherwise, and of one that is.
#[derive(Clone, Copy)]
pub(crate) enum Messages {
    Usual,
    Large,
}

impl Server {
    /// `None` where there is none, which is said.
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

    /// A connection, once the server listens.
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
    // Not by `eprintln!`, which the harness keeps to itself for as long as the test passes.
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
        // It may have been killed before.
        let _dead = self.child.kill();
        let _waited = self.child.wait();
    }
}
